"""Saying a meaning in English: sentence forms as people use them to point out an object to one another."""

from dataclasses import replace

import numpy as np

from less3d.data.sentences import facts, rare_turns, slips
from less3d.data.sentences.descriptions import description
from less3d.data.sentences.draws import pick
from less3d.data.sentences.lexicon import plural
from less3d.data.sentences.meaning import OWN, Meaning
from less3d.data.sentences.parts import ITS, Parts, parts_of
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.viewers import view_after, view_before
from less3d.data.sentences.voice import COLOR_WORDS, RARE, Voice, article


def say(meaning: Meaning, resolver: Resolver, row: int, rng: np.random.Generator, *, long: bool) -> str:
    """A meaning in English: as one phrase or sentence, or as a longer description in two or three sentences."""
    voice = Voice(resolver, rng)
    parts = parts_of(voice, meaning, row)
    said = description(voice, parts) if long else _phrase(voice, parts)
    return slips.finish(said, rng, long=long)


def _phrase(voice: Voice, parts: Parts) -> str:
    """One phrase: "the brown chair closest to the door", with an order or a viewer before it."""
    several = 2 <= parts.rivals <= 6 and bool(parts.clauses) and not parts.many
    if several and voice.chance(0.18):
        return _among(voice, parts)
    if parts.view == OWN and _tells_place(parts) and voice.chance(0.3):
        return _place_first(voice, parts)
    if parts.view == OWN and not parts.many and voice.chance(0.03):
        return _noted(voice, parts)
    core = _noun_phrase(voice, parts)
    if parts.ranked == parts.thing and len(parts.adjectives) == 1 and voice.chance(0.08):
        core = _colored_behind(voice, parts, core)
    if parts.view != OWN:
        viewed = _viewed(voice, parts, core)
        if viewed:
            return viewed
    if parts.rivals == 1 and not parts.many and voice.chance(0.08):
        return voice.any(f"the only {core}", f"{voice.any('it is', ITS)} the only {core}")
    if not parts.clauses and voice.chance(0.15):
        return f"{'these are' if parts.many else 'this is'} {article(parts.thing)}{parts.thing}"
    stated = len(parts.clauses) == 1 and parts.view == OWN and parts.clauses[0].whole.startswith("{it}")
    if stated and parts.clauses[0].after and voice.chance(0.2):
        return f"the {parts.thing}{parts.fill(parts.clauses[0].whole.removeprefix('{it}'))}"
    if not parts.many and voice.chance(RARE):
        return voice.any(*rare_turns.STARTS).format(core=core)
    start = pick(voice.rng, _STARTS)
    if start == "order":
        return f"{_order(voice)} the {core}{_please(voice)}"
    if start == "room":
        return f"in {parts.room}, {voice.any('', '', _order(voice) + ' ')}the {core}"
    if start == "it is":
        return f"{'they are' if parts.many else voice.any('it is', 'its', ITS, ITS)} the {core}"
    if start == "this is":
        return f"{'these are' if parts.many else 'this is'} the {core}"
    if start == "object":
        if parts.clauses and voice.chance(0.35):
            return f"the correct {parts.noun} {'are' if parts.many else 'is'} the {core}"
        return f"the {facts.general(voice, parts.category)} is the {core}"
    return {"the": f"the {core}", "": core, "telegram": _without_articles(core)}[start]


def _noun_phrase(voice: Voice, parts: Parts) -> str:
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


def _noted(voice: Voice, parts: Parts) -> str:
    """A note: "brown chair (next to the desk)"."""
    rest = _noun_phrase(voice, parts).removeprefix(parts.ranked).strip()
    return voice.any(*rare_turns.PUNCTUATED).format(thing=parts.ranked, rest=rest) if rest else parts.ranked


def _colored_behind(voice: Voice, parts: Parts, core: str) -> str:
    """The phrase with its color behind the noun: "chair that is brown next to the desk"."""
    (color,) = parts.adjectives
    if color.split()[-1] not in COLOR_WORDS:
        return core
    behind = parts.fill(voice.any(*rare_turns.COLORED).replace("{color}", color))
    return f"{parts.noun} {behind}{core.removeprefix(parts.thing)}"


def _among(voice: Voice, parts: Parts) -> str:
    """One of several alike: "there are two chairs. choose the one by the door"."""
    count, several = _COUNTED[parts.rivals], plural(parts.noun)
    one = " ".join((*(c.before for c in parts.clauses if c.before), *parts.adjectives, "one"))
    rest = _noun_phrase(voice, parts).removeprefix(parts.ranked)
    before = view_before(voice, parts.view, parts.meant)
    before = f"{before}, " if before else ""
    return voice.any(
        f"of the {count} {several}, {before}{voice.any('it is ', '', ITS + ' ', 'choose ')}the {one}{rest}",
        f"there are {count} {several}. {before}{_order(voice)} the {one}{rest}",
        f"out of the {count} {several}, {before}{_order(voice)} the {one}{rest}",
        f"there are {count} {several} in the room, {before}{voice.any('you want', 'pick', 'choose')} the {one}{rest}",
    )


def _tells_place(parts: Parts) -> bool:
    """Whether the first clause says where the object is in words that may come before it."""
    first = parts.clauses[0].after if parts.clauses and not parts.clauses[0].before else ""
    return bool(first) and not parts.clauses[0].restricts and not first.startswith(_LEANING)


def _place_first(voice: Voice, parts: Parts) -> str:
    """The place before the thing that is there: "next to the desk there is a brown chair. choose it"."""
    place, rest = parts.fill(parts.clauses[0].after), replace(parts, clauses=parts.clauses[1:])
    core, be, it = _noun_phrase(voice, rest), "are" if parts.many else "is", "them" if parts.many else "it"
    those = "those" if parts.many else "that one"
    if rest.ranked != rest.thing:
        return voice.any(f"{place}, the {core}", f"{place}, {_order(voice)} the {core}", f"{place} {be} the {core}")
    some = f"{article(core)}{core}"
    return voice.any(
        f"{place} {be} {some}",
        f"{place} there {be} {some}",
        f"{place} you see {some}",
        f"{place}, the {core}",
        f"{place} there {be} {some}. {_order(voice)} {it}",
        f"there {be} {some}, {place}. {_order(voice)} {those}",
        f"{place}, {_order(voice)} the {core}",
        f"what {be} {place}? {_order(voice)} the {core}",
        f"which {core} {be} {place}?",
        f"where {be} the {core} {place}?",
        f"what stands out {place} {be} {some}" if parts.many else f"the thing {place} is {some}",
        f"{core}, the {parts.fill('{one}')} {place}",
        f"do you see {some} {place}? {_order(voice)} {it}",
        f"the {core}, {place}",
    )


def _viewed(voice: Voice, parts: Parts, core: str) -> str:
    """A phrase with the viewer before or after it; empty when a silent viewer stays silent."""
    if voice.chance(0.8):
        before = view_before(voice, parts.view, parts.meant)
        order = f"{_order(voice)} the "
        it_is = "they are" if parts.many else voice.any("it is", ITS)
        start = voice.any("the ", "the ", "the ", f"{it_is} the ", order, order)
        return f"{before}{voice.any(', ', ', ', ' ')}{start}{core}" if before else ""
    after = view_after(voice, parts.view, parts.meant)
    return f"{voice.any('the ', 'the ', _order(voice) + ' the ')}{core} {after}" if after else ""


def _please(voice: Voice) -> str:
    """Now and then a word after an order."""
    return ", please" if voice.chance(0.03) else ""


def _order(voice: Voice) -> str:
    return voice.any(*_ORDERS)


def _without_articles(text: str) -> str:
    """Telegram style: "chair closest to door"."""
    kept = text.replace("one of the ", "one of_the ").split()
    return " ".join(word for word in kept if word not in ("the", "a", "an")).replace("of_the", "of the")


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

_LEANING = ("with", "that ", "not ", "but ", "without", "surrounded", "facing")
"""How clauses start that lean on the noun before them."""

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
