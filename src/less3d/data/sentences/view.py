"""View words: the words of a sentence that change their truth when the scene is mirrored or turned."""

import re

VIEW_WORDS = frozenset(
    [
        "left",
        "right",
        "front",
        "behind",
        "back",
        "facing",
        "leftmost",
        "rightmost",
        "looking",
        "across",
        "face",
        "faces",
        "viewing",
        "enter",
        "entering",
        "entrance",
        "clockwise",
        "counterclockwise",
    ]
)
"""Words that depend on where the viewer stands."""

_SWAPS = {"left": "right", "right": "left", "leftmost": "rightmost", "rightmost": "leftmost"}
_SWAPS |= {
    "lefthand": "righthand",
    "righthand": "lefthand",
    "clockwise": "counterclockwise",
    "counterclockwise": "clockwise",
}
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_STRAIGHT = re.compile(
    r"^(?:\s+|-)(?:next|beside|by|above|below|under|underneath|behind|in\s+front|across|at|against|over)\b",
    re.IGNORECASE,
)


def has_view_words(sentence: str) -> bool:
    """Whether a sentence has a view word, whatever punctuation or capitals it is written with."""
    return any(word.lower() in VIEW_WORDS for word in _WORD.findall(sentence))


def swap_left_right(sentence: str) -> str:
    """The sentence that is true of the mirrored scene: left and right exchanged, also inside "left-most" or "LEFT".

    "right" in the sense of "just" ("right next to", "right behind") stays.
    """

    def swapped(match: re.Match[str]) -> str:
        word = match.group()
        other = _SWAPS.get(word.lower())
        if other is None or (word.lower() == "right" and _STRAIGHT.match(sentence[match.end() :])):
            return word
        return other.upper() if word.isupper() and len(word) > 1 else other.title() if word[0].isupper() else other

    return _WORD.sub(swapped, sentence)
