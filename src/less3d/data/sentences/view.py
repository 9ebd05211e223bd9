"""View words: the words of a sentence that change their truth when the scene is mirrored or turned."""

import re

VIEW_WORDS = frozenset(
    {"left", "right", "front", "behind", "back", "facing", "leftmost", "rightmost", "looking", "across"}
)
"""Words that depend on where the viewer stands, as LESS lists them, and ReferIt3D (`is_explicitly_view_dependent`)."""

_SWAPS = {"left": "right", "leftmost": "rightmost", "lefthand": "righthand", "clockwise": "counterclockwise"}
_SWAPS |= {other: one for one, other in _SWAPS.items()}
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_PLACE = re.compile(
    r"\s+(next|beside|by|near|above|below|under|underneath|behind|in|across|at|against|over|on|there|here|beneath)\b",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"\b(the|your|its|their|my|his|her|our|far|(?<!flat )top|bottom|upper|lower|most|left (and|or))[\s-]+$",
    re.IGNORECASE,
)


def has_view_words(sentence: str) -> bool:
    """Whether a sentence has a view word, whatever punctuation or capitals it is written with."""
    return any(word.lower() in VIEW_WORDS for word in _WORD.findall(sentence))


def swap_left_right(sentence: str) -> str:
    """The sentence that is true of the mirrored scene: left and right exchanged, also in "Left-most" or "LEFT,".

    "Right" in the sense of "just" stays, as in "right next to the bed".
    """

    def swapped(match: re.Match[str]) -> str:
        word = match.group()
        other = _SWAPS.get(word.lower())
        if other is None or (word.lower() == "right" and _means_just(sentence, match)):
            return word
        if word.isupper() and len(word) > 1:
            return other.upper()
        return other.capitalize() if word[0].isupper() else other

    return _WORD.sub(swapped, sentence)


def _means_just(sentence: str, match: re.Match[str]) -> bool:
    """Whether this "right" stands before a place without being a place itself: "right next to", not "the right by"."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    return _PLACE.match(after) is not None and _DETERMINER.search(before) is None
