"""Descriptions in two or three sentences: what the object is, then where it is."""

from less3d.data.sentences import facts, rare_turns
from less3d.data.sentences.draws import pick
from less3d.data.sentences.meaning import OWN, ROW
from less3d.data.sentences.parts import ITS, Parts
from less3d.data.sentences.phrases import Clause
from less3d.data.sentences.viewers import view_after, view_before
from less3d.data.sentences.voice import COLOR_WORDS, RARE, Voice, article


def description(voice: Voice, parts: Parts) -> str:
    """Two or three sentences: what it is, then where it is."""
    clauses = list(parts.clauses)
    sentences = [_opening(voice, parts, clauses)]
    if voice.chance(0.06) and not parts.many:
        part = facts.part(voice, parts.category)
        sentences += [f"it has {part}"] if part else []
    while clauses:
        sentences.append(_whole(voice, parts, clauses))
    return ". ".join(sentences)


def _opening(voice: Voice, parts: Parts, clauses: list[Clause]) -> str:
    """The first sentence: what it is. It may take the first clause from the list."""
    opening = pick(voice.rng, _OPENINGS)
    are, a_thing = "are" if parts.many else "is", f"{article(parts.thing)}{parts.thing}"
    bound = bool(clauses) and (bool(clauses[0].before) or clauses[0].view != OWN)  # its rank or viewer comes later
    if opening in ("the", "this ...") and parts.adjectives:
        subject = "the" if opening == "the" else "these" if parts.many else "this"
        first = f"{subject} {parts.noun} {are} {_listed(parts.adjectives)}{_in_color(voice, parts)}"
        if clauses and not bound and clauses[0].whole.startswith("{it}") and voice.chance(0.2):
            first += f" and{parts.fill(clauses.pop(0).whole.removeprefix('{it}'))}"
        return first
    if opening in ("the", "this ...") and clauses and clauses[0].whole.startswith("{it}"):
        named = f"the {parts.noun}" if opening == "the" or parts.many else f"this {parts.noun}"
        return _whole(voice, parts, clauses, named=named)
    if opening == "a":
        return a_thing
    if opening == "object":
        general = facts.general(voice, parts.category)
        start = voice.any("the", "the", "the", "this") if not parts.many else "the"
        return f"{start} {general if not parts.many else 'objects'} {are} {a_thing}"
    if opening == "it":
        return f"{'they are' if parts.many else voice.any('it is', 'it is', ITS)} {a_thing}"
    if opening == "in":
        return f"in {parts.room} {voice.any(f'there {are} ', 'you can see ')}{a_thing}"
    if not parts.many and voice.chance(RARE):
        return voice.any(*rare_turns.OPENINGS).format(a=a_thing)
    there = _THERES if not parts.many and voice.chance(0.08) else f"there {are}"
    first = f"{there if opening == 'there' else 'these are' if parts.many else 'this is'} {a_thing}"
    if len(clauses) > 1 and not bound and not clauses[0].restricts and clauses[0].after and voice.chance(0.35):
        return f"{first} {parts.fill(clauses.pop(0).after)}"
    return f"{first}{_aside(voice, parts)}"


def _aside(voice: Voice, parts: Parts) -> str:
    """What may follow "this is a chair" and tells nothing apart."""
    draw = voice.rng.random()
    if draw < 0.05:
        return f" {voice.any('in', 'in', 'located in')} {parts.room}"
    if draw < 0.09 and not parts.many:
        use = facts.use(voice, parts.category)
        return f" {use}" if use else ""
    if draw < 0.17 and not parts.many:
        part = facts.part(voice, parts.category)
        return f" with {part}" if part else ""
    return ""


def _whole(voice: Voice, parts: Parts, clauses: list[Clause], *, named: str = "") -> str:
    """One sentence for the first clauses, which it takes from the list; `named` is its subject, "it" as a rule."""
    clause = clauses.pop(0)
    said = clause.whole
    nexts = clauses[0] if clauses else None
    if nexts is not None and nexts.view == clause.view == OWN and voice.chance(0.55):
        if said.startswith("{it} {is} ") and nexts.whole.startswith("{it} {is} "):
            said += f" and {clauses.pop(0).whole.removeprefix('{it} {is} ')}"
        elif said.startswith("{it}") and nexts.whole.startswith("{it}"):
            said += f" and {clauses.pop(0).whole.removeprefix('{it} ')}"
    elif nexts is None and len(parts.clauses) > 1 and voice.chance(0.15):
        said = said.replace("{it} {is} ", "{it} {is} also ", 1)
    if said.startswith("{it} {is} ") and not parts.many and not named and voice.chance(0.12):
        said = f"{voice.any(ITS, ITS, 'its')} {said.removeprefix('{it} {is} ')}"
    this = "these" if parts.many else "this"
    subject = pick(voice.rng, (("{it}", 0.74), (f"the {parts.noun}", 0.2), (f"{this} {parts.noun}", 0.06)))
    said = (named or subject) + said.removeprefix("{it}") if said.startswith("{it}") else said
    if clause.view not in (OWN, ROW) or (clause.view == ROW and voice.chance(0.3)):
        if voice.chance(0.5):
            before = view_before(voice, clause.view, parts.meant)
            said = f"{before}, {said}" if before else said
        else:
            said = f"{said} {view_after(voice, clause.view, parts.meant)}".strip()
    return parts.fill(said)


def _listed(adjectives: tuple[str, ...]) -> str:
    """Properties as they stand after "is"."""
    plain = [word.rstrip(",") for word in adjectives]
    plain = [
        {"wood": "made of wood", "cloth": "made of cloth", "fabric": "made of fabric", "rectangle": "a rectangle"}.get(
            word, word
        )
        for word in plain
    ]
    return " and ".join([", ".join(plain[:-1]), plain[-1]] if len(plain) > 1 else plain)


def _in_color(voice: Voice, parts: Parts) -> str:
    last = parts.adjectives[-1].split()[-1]
    if last in COLOR_WORDS and len(parts.adjectives) == 1 and voice.chance(0.3):
        return " in color"
    if last in ("large", "small", "big") and voice.chance(0.25):
        return " in size"
    return voice.any(" in shape", " shaped") if last in ("square", "round") and voice.chance(0.2) else ""


_OPENINGS = (
    *(("this", 2.3), ("there", 2.3), ("a", 1.0), ("the", 3.4), ("this ...", 1.2)),
    *(("object", 0.6), ("it", 1.0), ("in", 0.2)),
)
"""How a description starts, and how often."""

_THERES = "there's"
