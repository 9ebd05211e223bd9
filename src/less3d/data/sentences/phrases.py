"""Phrases for the parts of a meaning: relations and ranks, each in several forms that mean the same."""

from dataclasses import dataclass, replace

from less3d.data.sentences import rare_turns, turns
from less3d.data.sentences.lexicon import plural
from less3d.data.sentences.meaning import OWN, ROW, Ranking, Relation, View
from less3d.data.sentences.voice import RARE, Name, Voice


@dataclass(frozen=True)
class Clause:
    """One relation or rank in words.

    Whole sentences leave open who is spoken about: "{it} {is}", "{it} {has}", "{them}", "{one}".
    """

    after: str = ""
    """What fits behind the noun: "next to the desk"; empty for a rank said before the noun only."""
    before: str = ""
    """A superlative that stands before the noun: "tallest", "second"."""
    whole: str = ""
    """A whole sentence without its period: "{it} {is} next to the desk"."""
    view: View = OWN
    restricts: bool = False
    """Whether `after` needs "that is" when another phrase comes before it."""


def relation_clause(voice: Voice, relation: Relation, noun: str, *, hung: bool, fixed: bool) -> Clause:
    """A relation of an object called `noun`, in words.

    `hung` says that the object hangs on a wall, `fixed` that it does not stand or sit anywhere.
    """
    if relation.name in turns.WHERE or relation.name == "surrounded":
        return _having(voice, relation, noun)
    if relation.name in _INVERTED and not relation.negated and relation.anchors[0].noun != noun and voice.chance(0.3):
        return _having(voice, replace(relation, name=_INVERTED[relation.name]), noun)
    if relation.name == "between":
        both = voice.pair(relation.anchors[0], relation.anchors[1], noun)
        place = voice.seldom(turns.BETWEEN, () if relation.negated else rare_turns.PLACES["between"]).format(both)
    else:
        place = _place(voice, relation, noun, hung=hung)
    if relation.negated:
        after = voice.any(f"that {{is}} not {place}", f"not {place}", f"but not the {{one}} {place}")
        return Clause(after, whole=f"{{it}} {{is}} not {place}", view=relation.view, restricts=True)
    if place.startswith(_RESTRICTING):
        return Clause(place, whole=f"{{it}} {{is}} the {{one}} {place}", view=relation.view, restricts=True)
    if relation.name in ("facing", "facing away"):
        return Clause(place, whole=f"{{it}} {{is}} {place}", restricts=True)
    whole = f"{{it}} {{is}} {place}"
    if fixed or _posed(place):
        return Clause(place, whole=whole, view=relation.view)
    if voice.chance(0.25):
        whole = f"{{it}} {{is}} {_posture(voice, relation, hung)}{place}"
    elif not hung and voice.chance(0.15):
        whole = f"{{it}} {voice.any('{sits}', '{sits}', '{stands}')} {place}"
    posture = _posture(voice, relation, hung) if voice.chance(0.08) else ""
    return Clause(posture + place, whole=whole, view=relation.view)


def ranking_clause(voice: Voice, ranking: Ranking, noun: str, rivals: int) -> Clause:
    """A superlative or ordinal of an object called `noun`, among so many, in words."""
    if ranking.name in ("closest", "farthest"):
        return _distance(voice, ranking, rivals)
    if ranking.name not in ("left", "right"):
        if ranking.of is not None:
            return _nth(voice, ranking)
        if voice.chance(RARE):
            return _behind(voice, ranking)
        word = voice.any(*turns.COMPARATIVES[ranking.name]) if rivals == 2 else _superlative(voice, ranking.name)
        graded = word.endswith(("er", "est")) and 1 < rivals < len(_COUNTED)
        tail = voice.any(" one", f" of the {_COUNTED[rivals]}") if graded else " one"
        return Clause(before=word, whole=f"{{it}} {{is}} the {word}{tail}")
    if ranking.of is None:
        return _behind(voice, ranking) if voice.chance(RARE) else _outermost(voice, ranking, rivals)
    if 2 * ranking.place == ranking.of + 1:
        middle = voice.any("middle", "middle", "center")
        whole = voice.any(f"{{it}} {{is}} the {middle} {{one}}", "{it} {is} the {one} in the middle")
        return voice.any(Clause("", middle, whole, ranking.view), Clause("in the middle", "", whole, ranking.view))
    place = _ORDINALS[ranking.place]
    if voice.chance(RARE):
        return _counted(voice, ranking)
    whole = voice.any(
        *(f"{{it}} {{is}} {place} from the {ranking.name}",) * 2,
        f"{{it}} {{is}} the {place} {{one}} from the {ranking.name}",
    )
    row = f" in the row{voice.any('', f' of {plural(voice.noun(noun))}')}" if ranking.view == ROW else ""
    row = row if voice.chance(0.35) else ""
    split = Clause(f"from the {ranking.name}{row}", place, whole, ranking.view)
    return voice.any(split, Clause(f"{place} from the {ranking.name}", "", whole, ranking.view, restricts=True))


def _place(voice: Voice, relation: Relation, noun: str, *, hung: bool) -> str:
    """A relation as a place: what follows "it is"."""
    if relation.name in ("left side", "right side"):
        side = relation.name.removesuffix(" side")
        return voice.seldom(turns.SIDES, rare_turns.PLACES[relation.name]).format(side)
    anchor = relation.anchors[0] if relation.anchors else None
    if relation.name == "on" and anchor is not None and anchor.noun in ("wall", "floor"):
        return voice.any(*(turns.HUNG if hung else turns.ON_FLOOR)).format(anchor.noun)
    said = [voice.name(name, noun) for name in relation.anchors]
    forms = turns.PLACES[relation.name]
    if relation.name == "front" and anchor is not None and anchor.noun == "bed" and relation.view == OWN:
        forms = ("at the foot of {}", "at the foot of {}", "at the end of {}", "in front of {}")
    if relation.name == "under" and noun in _PUSHED and voice.chance(0.5):
        forms = ("tucked under {}", "pushed under {}", "pushed in under {}")
    elif relation.name == "on" and noun in _SOFT and voice.chance(0.4):
        forms = ("laying on {}", "lying on {}", "resting on {}", "laying on top of {}")
    rare = () if relation.negated else rare_turns.PLACES[relation.name]
    place = voice.seldom(forms[:2] if relation.negated else forms, rare).format(*said)
    own_side = relation.name in ("left", "right", "front") and relation.view == OWN and anchor is not None
    if own_side and voice.chance(0.2):
        again = said[0].text if said[0].text.startswith("the ") else "it"
        place += voice.any(
            f" when facing {again}", f" when facing {again}", f" as you face {again}", f" if you are facing {again}"
        )
    return place


def _posture(voice: Voice, relation: Relation, hung: bool) -> str:
    """A participle that says no more than "is"."""
    if hung:
        return "" if relation.name == "on" else voice.any("hanging ", "hanging ", "located ", "mounted ", "hung ")
    if relation.name in ("left side", "right side", "left part", "right part", "under", "against"):
        return voice.any("located ", "placed ", "")
    return voice.any("located ", "placed ", "sitting ", "located ", "positioned ", "kept ", "")


def _posed(place: str) -> bool:
    """Whether a place says already how something is there: "sitting on the desk"."""
    first = place.split()[0]
    return first.endswith(("ing", "ed")) or first in _SAYING_HOW


def _having(voice: Voice, relation: Relation, noun: str) -> Clause:
    """Relations that an object has with what belongs to it: "with a lamp on it"."""
    thing = voice.name(relation.anchors[0], noun, new=0.6)
    if relation.name == "surrounded":
        things = plural(voice.noun(relation.anchors[0].noun))
        after = voice.any(f"surrounded by {things}", f"with {things} around {{them}}")
        return Clause(
            after, whole=voice.any(f"{{it}} {{is}} surrounded by {things}", f"{{it}} {{has}} {things} around {{them}}")
        )
    where = voice.seldom(turns.WHERE[relation.name], rare_turns.WHERE[relation.name])
    if relation.negated:
        return Clause(f"without {thing} {where}", whole=f"{{it}} {{does}} not have {thing} {where}")
    after = voice.any(f"with {thing} {where}", f"with {thing} {where}", f"that {{has}} {thing} {where}")
    verb = "are" if thing.many else "is"
    wholes = [f"{{it}} {{has}} {thing} {where}"] * 5 + [f"{thing} can be seen {where}"]
    if thing.text.startswith("the "):
        wholes.append(f"{thing} {verb} {where}")
    else:
        wholes += (
            [] if thing.text.startswith("one of") else [f"there {verb} {thing} {where}", f"{where} {verb} {thing}"]
        )
    return Clause(after, whole=voice.any(*wholes), restricts=after.startswith("that"))


def _distance(voice: Voice, ranking: Ranking, rivals: int) -> Clause:
    thing = voice.name(ranking.anchor, new=0.02) if ranking.anchor else Name("", False)
    two = rivals == 2 and voice.chance(0.4)
    if ranking.of is not None:
        word = f"{_ORDINALS[ranking.place]} {voice.any(*turns.SUPERLATIVES[ranking.name])}"
        return Clause(f"{word} {thing}", whole=f"{{it}} {{is}} the {word} {thing}", restricts=True)
    word = voice.any(*turns.COMPARATIVES[ranking.name]) if two else _superlative(voice, ranking.name)
    whole = f"{{it}} {{is}} {word} {thing}"
    if word.startswith(_RESTRICTING) or voice.chance(0.15):
        whole = f"{{it}} {{is}} the {{one}} {word} {thing}"
    return Clause(f"{word} {thing}", whole=whole, restricts=True)


def _superlative(voice: Voice, name: str) -> str:
    return voice.seldom(turns.SUPERLATIVES[name], rare_turns.RANKS[name])


def _nth(voice: Voice, ranking: Ranking) -> Clause:
    """An ordinal by size or height: "second tallest", "second from the top"."""
    place, end = _ORDINALS[ranking.place], {"highest": "top", "lowest": "bottom"}.get(ranking.name)
    if end is not None and voice.chance(0.6):
        return Clause(f"from the {end}", place, f"{{it}} {{is}} {place} from the {end}")
    word = f"{place} {turns.SUPERLATIVES[ranking.name][0]}"
    return Clause(before=word, whole=f"{{it}} {{is}} the {word} {{one}}")


def _behind(voice: Voice, ranking: Ranking) -> Clause:
    """A superlative behind the noun: "bigger than all the others"."""
    after = voice.any(*rare_turns.RANKS_BEHIND[ranking.name])
    return Clause(after, whole=f"{{it}} {{is}} the {{one}} {after}", view=ranking.view, restricts=True)


def _counted(voice: Voice, ranking: Ranking) -> Clause:
    """An ordinal from a side in other words: "at place 2 from the left"."""
    first = f"{_COUNTED[ranking.place - 1]} other{'s' if ranking.place > 2 else ''}" if ranking.place > 1 else "none"
    slots = {"place": _ORDINALS[ranking.place], "side": ranking.name, "before": first, "number": str(ranking.place)}
    after = voice.any(*rare_turns.COUNTED)
    for name, word in slots.items():
        after = after.replace(f"{{{name}}}", word)
    return Clause(after, whole=f"{{it}} {{is}} the {{one}} {after}", view=ranking.view, restricts=True)


def _outermost(voice: Voice, ranking: Ranking, rivals: int) -> Clause:
    """The first object from the left or right."""
    side = ranking.name
    your = ranking.view.kind in ("enter", "from") and voice.chance(0.4)
    whole = voice.any(
        f"{{it}} {{is}} on {'your' if your else 'the'} {side}",
        f"{{it}} {{is}} on the {side}",
        f"{{it}} {{is}} the {{one}} on the {side}",
        f"{{it}} {{is}} on the far {side}",
        f"{{it}} {{is}} the {side}most {{one}}",
        f"{{it}} {{is}} furthest to the {side}",
    )
    if rivals > 2 and ranking.view == ROW and voice.chance(0.45):
        return voice.any(
            Clause(f"on the {side}", "first", f"{{it}} {{is}} the first {{one}} on the {side}", ranking.view),
            Clause(f"on the {side}", "last", f"{{it}} {{is}} the last {{one}} on the {side}", ranking.view),
            Clause(f"on the {side} end of the row", "", f"{{it}} {{is}} on the {side} end of the row", ranking.view),
            Clause(f"at the {side} end", "", f"{{it}} {{is}} at the {side} end of the row", ranking.view),
            Clause(f"from the {side}", "first", f"{{it}} {{is}} the first {{one}} from the {side}", ranking.view),
        )
    if voice.chance(0.4):
        return Clause("", voice.any(side, side, f"{side}most", f"far {side}", f"{side} most"), whole, ranking.view)
    after = voice.any(
        f"on the {side}",
        f"on the {side}",
        f"on the far {side}",
        f"to the far {side}",
        f"furthest to the {side}",
        f"on the {side} side",
        f"all the way to the {side}",
    )
    return Clause(f"on your {side}" if your else after, "", whole, ranking.view)


_RESTRICTING = ("that ", "with ", "of ")
"""How places start that only fit behind a noun."""
_SAYING_HOW = frozenset({"set", "kept", "stuck", "hung", "drawn", "flush", "laid", "hidden"})
"""What places may start with that say how something is there, beside participles in -ing and -ed."""
_COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")

_PUSHED = frozenset({"chair", "office chair", "stool"})
_SOFT = frozenset({"pillow", "towel", "blanket", "clothes", "jacket", "bag", "backpack", "books", "book", "cushion"})

_INVERTED = {"next": "has next", "above": "has below", "below": "has above"}
"""Relations that can be told from the other thing as well."""
