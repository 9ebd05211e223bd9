"""Saying a meaning in English: sentence forms as people use them to point out an object to one another."""

from dataclasses import dataclass

import numpy as np

from less3d.data.rooms.statistics import scene_statistics
from less3d.data.sentences import facts, habits, slips
from less3d.data.sentences.draws import pick
from less3d.data.sentences.lexicon import is_plural, plural
from less3d.data.sentences.meaning import OWN, ROW, Meaning, View
from less3d.data.sentences.phrases import Clause, ranking_clause, relation_clause, view_after, view_before
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.verdict import TRUE, UNSURE
from less3d.data.sentences.voice import Voice, article


def say(meaning: Meaning, resolver: Resolver, row: int, rng: np.random.Generator, *, long: bool) -> str:
    """A meaning in English: as one phrase or sentence, or as a longer description in two or three sentences."""
    voice = Voice(resolver, rng)
    parts = _parts(voice, meaning, row)
    said = _description(voice, parts) if long else _phrase(voice, parts)
    return slips.finish(said, rng, long=long)


@dataclass(frozen=True)
class _Parts:
    """The pieces of a sentence about one object, or about a pair of things that is one object."""

    noun: str
    meant: str
    """The noun that `noun` is a word for."""
    adjectives: tuple[str, ...]
    clauses: tuple[Clause, ...]
    """The rank, if there is one, comes first."""
    rivals: int
    """How many objects the noun alone means, 0 when that is not sure."""
    category: str
    """The object's class."""
    room: str
    """The room as it is called: "the kitchen"."""

    @property
    def many(self) -> bool:
        return is_plural(self.noun)

    @property
    def thing(self) -> str:
        """The noun with its plain adjectives: "brown wooden chair"."""
        return " ".join((*self.adjectives, self.noun))

    @property
    def ranked(self) -> str:
        """The noun with everything that stands before it: "second brown chair"."""
        return " ".join((*(clause.before for clause in self.clauses if clause.before), self.thing))

    def fill(self, text: str) -> str:
        """Text with its places filled for one thing or several."""
        if self.many:
            return text.format_map(_MANY)
        return text.format_map(_ONE)

    @property
    def view(self) -> View:
        """The viewer that must be stated, or the silent one of a row."""
        return next((clause.view for clause in self.clauses if clause.view != OWN), OWN)


def _parts(voice: Voice, meaning: Meaning, row: int) -> _Parts:
    scene = voice.scene
    noun = voice.noun(meaning.noun)
    hung = scene.support[row] >= 0 and scene.objects[scene.support[row]].category == "wall"
    adjectives = [voice.adjective(attribute, row) for attribute in meaning.attributes]
    fixed = scene.objects[row].category in habits.FIXED
    clauses = [relation_clause(voice, part, meaning.noun, hung=hung, fixed=fixed) for part in meaning.relations]
    if meaning.ranking is not None:
        rest = Meaning(meaning.noun, meaning.attributes, meaning.relations)
        rivals = int((voice.resolver.verdicts(rest) > 0).sum())
        clauses.insert(0, ranking_clause(voice, meaning.ranking, meaning.noun, rivals))
    same = voice.resolver.verdicts(Meaning(meaning.noun))
    rivals = 0 if (same == UNSURE).any() else int((same == TRUE).sum())
    size = _apparent_size(voice, row, same) if voice.chance(0.35) else None
    if size is not None and not any(clause.before for clause in clauses):
        adjectives.insert(0, size)
    if len(adjectives) > 1 and voice.chance(0.1):
        adjectives = [f"{word}," for word in adjectives[:-1]] + adjectives[-1:]
    category, room = scene.objects[row].category, facts.place(voice, scene.kind)
    return _Parts(noun, meaning.noun, tuple(adjectives), tuple(clauses), rivals, category, room)


def _phrase(voice: Voice, parts: _Parts) -> str:
    """One phrase: "the brown chair closest to the door", with an order or a viewer before it."""
    several = 2 <= parts.rivals <= 6 and bool(parts.clauses) and not parts.many
    if several and voice.chance(0.18):
        return _among(voice, parts)
    core = _noun_phrase(voice, parts)
    if parts.view != OWN:
        viewed = _viewed(voice, parts, core)
        if viewed:
            return viewed
    if parts.rivals == 1 and not parts.many and voice.chance(0.08):
        return voice.any(f"the only {core}", f"{voice.any('it is', _ITS)} the only {core}")
    if not parts.clauses and voice.chance(0.15):
        return f"{'these are' if parts.many else 'this is'} {article(parts.thing)}{parts.thing}"
    stated = len(parts.clauses) == 1 and parts.view == OWN and parts.clauses[0].whole.startswith("{it}")
    if stated and parts.clauses[0].after and voice.chance(0.2):
        return f"the {parts.thing}{parts.fill(parts.clauses[0].whole.removeprefix('{it}'))}"
    start = pick(voice.rng, _STARTS)
    if start == "order":
        return f"{_order(voice)} the {core}{_please(voice)}"
    if start == "room":
        return f"in {parts.room}, {voice.any('', '', _order(voice) + ' ')}the {core}"
    if start == "it is":
        return f"{'they are' if parts.many else voice.any('it is', 'its', _ITS, _ITS)} the {core}"
    if start == "this is":
        return f"{'these are' if parts.many else 'this is'} the {core}"
    if start == "object":
        if parts.clauses and voice.chance(0.35):
            return f"the correct {parts.noun} {'are' if parts.many else 'is'} the {core}"
        return f"the {facts.general(voice, parts.category)} is the {core}"
    return {"the": f"the {core}", "": core, "telegram": _without_articles(core)}[start]


def _noun_phrase(voice: Voice, parts: _Parts) -> str:
    """Everything about the object as one noun phrase without article."""
    said, open_end = parts.ranked, False
    links = [clause for clause in parts.clauses if clause.after]
    aside = facts.use(voice, parts.category) if voice.chance(0.02) and not parts.many else ""
    if not aside and voice.chance(0.03) and not parts.many:
        aside = facts.part(voice, parts.category)
        aside = f"with {aside}" if aside else ""
    if aside and not parts.ranked.endswith(" one") and not any(clause.before for clause in links):
        said, open_end = f"{said} {aside}", True
    for index, clause in enumerate(links):
        after = parts.fill(clause.after)
        relative = voice.any("that is ", "that's ", "which is ") if not parts.many else "that are "
        if after.startswith(("with", "that ", "not ", "but ")):
            said += f" {after}"
            open_end = True
        elif index == 0:
            said += f" {relative if voice.chance(0.25) else ''}{after}"
        else:
            said += f" {relative}{after}" if open_end else f"{voice.any(' and ', ' and ', ', ')}{after}"
    return said


def _among(voice: Voice, parts: _Parts) -> str:
    """One of several alike: "there are two chairs. choose the one by the door"."""
    count, several = _COUNTED[parts.rivals], plural(parts.noun)
    one = " ".join((*(c.before for c in parts.clauses if c.before), *parts.adjectives, "one"))
    rest = _noun_phrase(voice, parts).removeprefix(parts.ranked)
    before = view_before(voice, parts.view, parts.meant)
    before = f"{before}, " if before else ""
    return voice.any(
        f"of the {count} {several}, {before}{voice.any('it is ', '', _ITS + ' ', 'choose ')}the {one}{rest}",
        f"there are {count} {several}. {before}{_order(voice)} the {one}{rest}",
        f"out of the {count} {several}, {before}{_order(voice)} the {one}{rest}",
        f"there are {count} {several} in the room, {before}{voice.any('you want', 'pick', 'choose')} the {one}{rest}",
    )


def _viewed(voice: Voice, parts: _Parts, core: str) -> str:
    """A phrase with the viewer before or after it; empty when a silent viewer stays silent."""
    if voice.chance(0.65):
        before = view_before(voice, parts.view, parts.meant)
        order = f"{_order(voice)} the "
        it_is = "they are" if parts.many else voice.any("it is", _ITS)
        start = voice.any("the ", "the ", "the ", f"{it_is} the ", order, order)
        return f"{before}{voice.any(', ', ', ', ' ')}{start}{core}" if before else ""
    after = view_after(voice, parts.view, parts.meant)
    return f"{voice.any('the ', 'the ', _order(voice) + ' the ')}{core} {after}" if after else ""


def _description(voice: Voice, parts: _Parts) -> str:
    """Two or three sentences: what it is, then where it is."""
    clauses = list(parts.clauses)
    sentences = [_opening(voice, parts, clauses)]
    if voice.chance(0.06) and not parts.many:
        part = facts.part(voice, parts.category)
        sentences += [f"it has {part}"] if part else []
    while clauses:
        sentences.append(_whole(voice, parts, clauses))
    return ". ".join(sentences)


def _opening(voice: Voice, parts: _Parts, clauses: list[Clause]) -> str:
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
    if opening == "a":
        return a_thing
    if opening == "object":
        general = facts.general(voice, parts.category)
        start = voice.any("the", "the", "the", "this") if not parts.many else "the"
        return f"{start} {general if not parts.many else 'objects'} {are} {a_thing}"
    if opening == "it":
        return f"{'they are' if parts.many else voice.any('it is', 'it is', _ITS)} {a_thing}"
    if opening == "in":
        return f"in {parts.room} {voice.any(f'there {are} ', 'you can see ')}{a_thing}"
    there = _THERES if not parts.many and voice.chance(0.08) else f"there {are}"
    first = f"{there if opening == 'there' else 'these are' if parts.many else 'this is'} {a_thing}"
    if len(clauses) > 1 and not bound and not clauses[0].restricts and clauses[0].after and voice.chance(0.35):
        return f"{first} {parts.fill(clauses.pop(0).after)}"
    return f"{first}{_aside(voice, parts)}"


def _aside(voice: Voice, parts: _Parts) -> str:
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


def _whole(voice: Voice, parts: _Parts, clauses: list[Clause]) -> str:
    """One sentence for the first clauses, which it takes from the list."""
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
    if said.startswith("{it} {is} ") and not parts.many and voice.chance(0.12):
        said = f"{voice.any(_ITS, _ITS, 'its')} {said.removeprefix('{it} {is} ')}"
    this = "these" if parts.many else "this"
    subject = pick(voice.rng, (("{it}", 0.74), (f"the {parts.noun}", 0.2), (f"{this} {parts.noun}", 0.06)))
    said = subject + said.removeprefix("{it}") if said.startswith("{it}") else said
    said = said.replace("located sitting", "sitting").replace("placed sitting", "sitting")
    said = said.replace("{sits} sitting", "{is} sitting").replace("{stands} sitting", "{is} sitting")
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


def _in_color(voice: Voice, parts: _Parts) -> str:
    last = parts.adjectives[-1].split()[-1]
    if last in _COLOR_WORDS and len(parts.adjectives) == 1 and voice.chance(0.3):
        return " in color"
    if last in ("large", "small", "big") and voice.chance(0.25):
        return " in size"
    return voice.any(" in shape", " shaped") if last in ("square", "round") and voice.chance(0.2) else ""


def _please(voice: Voice) -> str:
    """Now and then a word after an order."""
    return ", please" if voice.chance(0.03) else ""


def _order(voice: Voice) -> str:
    return voice.any(*_ORDERS)


def _without_articles(text: str) -> str:
    """Telegram style: "chair closest to door"."""
    kept = text.replace("one of the ", "one of_the ").split()
    return " ".join(word for word in kept if word not in ("the", "a", "an")).replace("of_the", "of the")


def _apparent_size(voice: Voice, row: int, same: np.ndarray) -> str | None:
    """A word for an object that is clearly large or small for its class and no exception among those alike."""
    scene = voice.scene
    known = scene_statistics().classes.get(scene.objects[row].category)
    if known is None:
        return None
    long = scene.extent[row, 0]
    others = scene.extent[np.flatnonzero(same), 0]
    high = scene.high[row] - scene.low[row]
    if high > max(_toward(known.height, 1), 0.8) and scene.low[row] < 0.2 and high > 2.5 * long:
        return voice.any("tall", "tall", "narrow", "skinny", "tall skinny", "tall narrow")
    if long > _toward(known.long, 2) and long >= 0.9 * others.max():
        slim = scene.extent[row, 1] < 0.45 * long and high < long
        return voice.any("large", "large", "big", *(("long", "long", "wide") if slim else ()))
    if long < _toward(known.long, 0) and long <= 1.1 * others.min():
        return voice.any("small", "small", "small", "little")
    if high > max(_toward(known.height, 2), 0.8) and scene.low[row] < 0.2:
        return "tall"
    return None


def _toward(percentiles: tuple[float, float, float], end: int) -> float:
    """Two thirds of the way from the median to the 10th (0) or 90th (2) percentile."""
    return (percentiles[1] + 2 * percentiles[end]) / 3


_ONE = {"it": "it", "is": "is", "has": "has", "does": "does", "them": "it", "their": "its", "one": "one"}
_ONE |= {"sits": "sits", "stands": "stands"}
_MANY = {"it": "they", "is": "are", "has": "have", "does": "do", "them": "them", "their": "their", "one": "ones"}
_MANY |= {"sits": "sit", "stands": "stand"}
_STARTS = (
    ("the", 4.5),
    ("", 1.0),
    ("telegram", 1.0),
    ("order", 1.8),
    ("it is", 1.2),
    ("this is", 0.6),
    ("object", 0.6),
    ("room", 0.25),
)
"""How a phrase starts, and how often."""

_OPENINGS = (
    *(("this", 2.6), ("there", 2.3), ("a", 1.0), ("the", 3.4), ("this ...", 1.6)),
    *(("object", 0.6), ("it", 1.0), ("in", 0.2)),
)
"""How a description starts, and how often."""

_ITS = "it's"
_THERES = "there's"
_COUNTED = ("zero", "one", "two", "three", "four", "five", "six")
_ORDERS = (
    "choose",
    "choose",
    "select",
    "pick",
    "find",
    "you want",
    "please select",
    "locate",
    "look for",
    "you are looking for",
    "we want",
    "i want",
    "i need",
    "we are looking for",
    "you need",
    "looking for",
    "go to",
    "point to",
    "can you find",
)
_COLOR_WORDS = frozenset(
    {"gray", "grey", "brown", "beige", "tan", "black", "white", "red", "green", "blue", "purple", "pink", "orange"}
    | {"yellow", "maroon", "cream", "violet", "silver"}
)
