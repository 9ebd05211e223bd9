"""How people type: capitals, periods, words that say nothing, and now and then a slip of the finger."""

from functools import cache

import numpy as np

from less3d.data.sentences.lexicon import all_words

TYPOS, RUN_TOGETHER = 0.06, 0.025
"""Shares of sentences with a word mistyped, and with two joined, parted or left without an apostrophe."""
FILLED = 0.12
"""Share of sentences with words that say nothing of the object: whoever reads must not stumble over them."""


def finish(sentence: str, rng: np.random.Generator, *, long: bool) -> str:
    """A sentence as it would be typed; descriptions are lower case with periods, phrases come either way.

    A question keeps its mark, and no period comes behind it.
    """
    if rng.random() < FILLED:
        sentence = _filled(sentence, rng)
    if rng.random() < TYPOS:
        sentence = mistype(sentence, rng)
    if rng.random() < RUN_TOGETHER:
        sentence = _respace(sentence, rng)
    if not long and rng.random() < 0.55:
        sentence = sentence[0].upper() + sentence[1:]
    ends = rng.random() < (0.94 if long else 0.55) and not sentence.endswith("?")
    return f"{sentence}." if ends else sentence


def _filled(sentence: str, rng: np.random.Generator) -> str:
    """The sentence with words before, within or behind it, or several of these, that say nothing of the object."""
    draw = rng.random()
    if draw < 0.5:
        sentence = f"{_one_of(OPENERS, rng)}{_one_of((', ', ' ', ': '), rng)}{sentence}"
    if draw > 0.4:
        sentence = f"{sentence}{_one_of((', ', ' ', '. '), rng)}{_one_of(CLOSERS, rng)}"
    words = sentence.split(" ")
    places = [index for index in range(1, len(words)) if words[index] in _LINKS and words[index - 1] not in _BOUND]
    if places and rng.random() < 0.5:
        at = places[int(rng.integers(len(places)))]
        sentence = " ".join((*words[:at], _one_of(HEDGES, rng), *words[at:]))
    return sentence


def _one_of(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def mistype(sentence: str, rng: np.random.Generator) -> str:
    """One word mistyped: two letters exchanged, one dropped, doubled or hit beside.

    Never a word that tells things apart by side, order, color or count, and never into another word known here.
    """
    words = sentence.split(" ")
    places = [index for index, word in enumerate(words) if _may_slip(word)]
    for index in rng.permutation(places)[:3].tolist():
        wrong = _slipped(words[index], rng)
        if wrong != words[index] and wrong not in _known():
            return " ".join((*words[:index], wrong, *words[index + 1 :]))
    return sentence


def _may_slip(word: str) -> bool:
    return len(word) >= 5 and word.isalpha() and word.islower() and word not in _DECISIVE


def _slipped(word: str, rng: np.random.Generator) -> str:
    """One edit behind the first letter, mostly of those that fast fingers make."""
    at = int(rng.integers(1, len(word) - 1))
    before, here, after, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
    draw = rng.random()
    if draw < 0.35:
        return f"{before}{after}{here}{rest}"
    if draw < 0.7:
        return f"{before}{after}{rest}"
    if draw < 0.85:
        return f"{before}{here}{here}{after}{rest}"
    return f"{before}{_BESIDE[here]}{after}{rest}"


def _respace(sentence: str, rng: np.random.Generator) -> str:
    """Spaces, hyphens and apostrophes as people leave them out or put them in."""
    changes = [change for change in _RESPACED if change[0] in sentence]
    if not changes:
        return sentence
    before, after = changes[int(rng.integers(len(changes)))]
    return sentence.replace(before, after, 1)


@cache
def _known() -> frozenset[str]:
    return all_words() | _DECISIVE | _OTHERS


OPENERS = (
    *("ok", "okay", "okay so", "so", "well", "hey", "hmm", "um", "alright", "please", "listen", "again", "quickly"),
    *("i guess", "i think", "to be clear", "just to be sure", "as i said", "let me see", "for this one", "your task"),
    *("this time", "bit by bit", "from what i remember", "as far as i can tell", "if possible", "once more"),
    *("to begin", "my request", "the answer", "hello", "good morning", "it would help", "the description says"),
    *("according to my notes", "what matters to us", "honestly", "in brief", "in a word", "speaking of", "by the way"),
)
"""What people say before they come to the point."""
CLOSERS = (
    *("please", "thanks", "thank you", "okay", "if you can", "for me", "i believe", "i suppose", "you know"),
    *("you see", "as mentioned", "that should do", "obviously", "of course", "as usual", "should be easy"),
    *("that is all", "nothing else", "exactly", "precisely", "to be exact", "to be precise", "hopefully", "somehow"),
    *("as you may see", "that is what we need", "that is what i mean", "at least i hope so", "if it is still there"),
    *("nothing less will do", "got it", "am i clear", "take your time", "it matters a lot", "good luck", "i am sure"),
)
"""What people add."""
HEDGES = (
    *("actually", "basically", "really", "kind of", "sort of", "probably", "clearly", "simply", "definitely"),
    *("presumably", "apparently", "more or less", "quite", "rather", "let us say", "like", "indeed", "i think"),
    *("as it happens", "it seems", "to my mind", "of sorts", "once again", "for some reason", "in fact", "as ever"),
)
"""What people put before a clause."""
_LINKS = frozenset(
    {"that", "which", "is", "are", "with", "on", "in", "near", "under", "above", "behind", "between", "closest", "next"}
    | {"by", "at", "against", "below", "beside", "to", "furthest", "farthest", "nearest"}
)
"""Words that start a clause,"""
_BOUND = frozenset(
    {"right", "left", "just", "directly", "on", "in", "at", "that", "which", "is", "are", "the", "a", "an"}
)
"""unless they belong to these before them."""

_RESPACED = (
    *((". ", "."), (", ", ","), (", ", " "), ("it's", "its"), ("that's", "thats"), ("there's", "theres")),
    *(("trash can", "trashcan"), ("nightstand", "night-stand"), ("hand side", "handside"), ("colored", "coloured")),
    *(("bookshelf", "book-shelf"), ("whiteboard", "white-board"), ("bathtub", "bath tub"), ("armchair", "arm-chair")),
)

_DECISIVE = frozenset(
    {"left", "right", "leftmost", "rightmost", "front", "behind", "above", "below", "under", "underneath", "beneath"}
    | {"across", "against", "beside", "between", "without", "first", "second", "third", "fourth", "fifth", "three"}
    | {
        "closest",
        "closer",
        "nearest",
        "nearer",
        "farthest",
        "farther",
        "furthest",
        "further",
        "there",
        "where",
        "seven",
    }
    | {"black", "white", "brown", "beige", "green", "purple", "orange", "yellow", "violet", "silver", "cream", "eight"}
    | {"bigger", "biggest", "larger", "largest", "large", "small", "smaller", "smallest", "little", "short", "shorter"}
    | {"taller", "tallest", "longer", "longest", "shortest", "upper", "lower", "higher", "highest", "lowest", "bottom"}
    | {"other", "another", "closed", "round", "square", "opposite", "middle", "center", "inside", "outside", "toward"}
)
"""Words that no slip touches."""

_OTHERS = frozenset(
    {"chose", "loose", "lose", "close", "closes", "places", "place", "paces", "stared", "staring", "sing", "siting"}
    | {"string", "want", "wants", "finding", "pulled", "polled", "pushed", "hair", "stole", "tables", "stall", "tall"}
    | {"tale", "cable", "cough", "couches", "lam", "wail", "well", "bead", "though", "through", "thorough", "crate"}
)
"""Words that are said nowhere here and that a slip could make."""

_BESIDE = dict(zip("abcdefghijklmnopqrstuvwxyz", "snxfrdhgujklknipwtdyicseta", strict=True))
"""For each letter one that lies beside it on the keyboard."""
