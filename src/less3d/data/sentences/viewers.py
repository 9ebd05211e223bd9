"""Phrases for viewers: where someone stands and looks, before or after what is said from there."""

from less3d.data.sentences import rare_turns
from less3d.data.sentences.lexicon import plural
from less3d.data.sentences.meaning import ROW, Meaning, View
from less3d.data.sentences.voice import RARE, Voice


def view_before(voice: Voice, view: View, noun: str) -> str:
    """Where the viewer is, to start a sentence with: "facing the desk"; empty when nothing need be said."""
    if _at_only_door(view) and voice.chance(0.15):
        return voice.any("from the entrance", "from the doorway", "looking from the entrance", "from the entrance door")
    doing, finite = _viewing(voice, view, noun)
    if not doing:
        return ""
    if voice.chance(0.55):
        return doing
    if voice.chance(RARE):
        return voice.any(*rare_turns.WHENS).format(doing=doing, finite=finite)
    return voice.any(
        *(f"when {doing}", f"when {doing}", f"if you are {doing}", f"when you {finite}", f"if you {finite}"),
        *(f"when you're {doing}", f"as you {finite}", f"if you were {doing}", f"while {doing}"),
    )


def view_after(voice: Voice, view: View, noun: str) -> str:
    """Where the viewer is, to end a sentence with: "when facing the desk"; empty when nothing need be said."""
    doing, finite = _viewing(voice, view, noun)
    if not doing:
        return ""
    return voice.any(
        *(f"when {doing}", f"when {doing}", f"when {doing}", f"when you are {doing}", f"as you {finite}"),
        *(f"if you are {doing}", f"while {doing}"),
    )


def _at_only_door(view: View) -> bool:
    """Whether the viewer comes in through a door that needs no further words."""
    return view.kind == "enter" and view.at is not None and view.at == Meaning(view.at.noun)


def _viewing(voice: Voice, view: View, noun: str) -> tuple[str, str]:
    """What the viewer does, as "facing the desk" and as "face the desk"; empty when nothing need be said."""
    if view == ROW:
        return _pairs(voice, _FACING, f"the {plural(voice.noun(noun))}") if voice.chance(0.45) else ("", "")
    if view.kind == "facing" and view.toward is not None:
        forms = rare_turns.FACING if voice.chance(RARE) else _FACING
        return _pairs(voice, forms, voice.name(view.toward, new=0.0).text)
    if view.kind == "enter" and view.at is not None:
        forms = _ENTERING if _at_only_door(view) else _ENTERING[:3]
        forms = rare_turns.ENTERING if voice.chance(RARE) else forms
        return _pairs(voice, forms, voice.name(view.at, new=0.0).text)
    if view.kind == "from" and view.at is not None:
        at = voice.name(view.at, new=0.0).text
        if view.toward is None:
            return _pairs(voice, _STANDING, at)
        return _pairs(voice, _LOOKING, at, voice.name(view.toward, new=0.0).text)
    return "", ""


def _pairs(voice: Voice, forms: tuple[tuple[str, str], ...], *names: str) -> tuple[str, str]:
    doing, finite = voice.any(*forms)
    return doing.format(*names), finite.format(*names)


_FACING = (
    ("facing {}", "face {}"),
    ("facing {}", "are facing {}"),
    ("looking at {}", "look at {}"),
    ("standing in front of {}", "stand in front of {}"),
)
_ENTERING = (
    ("entering through {}", "enter through {}"),
    ("standing at {} looking into the room", "stand at {} and look into the room"),
    ("coming in through {}", "come in through {}"),
    ("entering the room", "enter the room"),
    ("walking into the room", "walk into the room"),
    ("walking in {}", "walk in {}"),
    ("coming into the room", "come into the room"),
    ("standing at the entrance looking in", "stand at the entrance and look in"),
    ("standing in the doorway looking in", "walk in"),
)
_STANDING = (("standing at {}", "stand at {}"), ("looking from {}", "look from {}"), ("standing by {}", "are at {}"))
_LOOKING = (
    ("standing at {} looking at {}", "stand at {} and look at {}"),
    ("looking from {} to {}", "look from {} towards {}"),
    ("standing by {} and facing {}", "stand at {} and face {}"),
    ("at {} looking towards {}", "stand by {} facing {}"),
)
