"""How people type: capitals, periods and now and then a slip of the finger."""

from functools import cache

import numpy as np

from less3d.data.sentences.lexicon import all_words

TYPOS, RUN_TOGETHER = 0.06, 0.025
"""Shares of sentences with a word mistyped, and with two joined, parted or left without an apostrophe."""


def finish(sentence: str, rng: np.random.Generator, *, long: bool) -> str:
    """A sentence as it would be typed; descriptions are lower case with periods, phrases come either way."""
    if rng.random() < TYPOS:
        sentence = mistype(sentence, rng)
    if rng.random() < RUN_TOGETHER:
        sentence = _respace(sentence, rng)
    if long:
        return f"{sentence}." if rng.random() < 0.94 else sentence
    if rng.random() < 0.55:
        sentence = sentence[0].upper() + sentence[1:]
    return f"{sentence}." if rng.random() < 0.55 else sentence


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
