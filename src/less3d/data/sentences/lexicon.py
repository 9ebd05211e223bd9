"""Nouns: what people call the objects of a room, and which classes of objects each noun can mean.

A noun is a set of words that mean the same classes. What a noun covers decides whether a sentence is ambiguous: in a
room with a chair and an office chair, "the chair" means either. Classes that look so alike that people may call one by
the other's name are in doubt.
"""

from functools import cache

from less3d.data.sentences import rare_nouns
from less3d.data.sentences.nouns import NAMES, NOUNS, Noun, Weighted
from less3d.data.sentences.verdict import FALSE, TRUE, UNSURE


@cache
def covers(noun: str, category: str) -> int:
    """Verdict: whether an object of this class can be called by this noun."""
    if category == noun or category in _noun(noun).covers:
        return TRUE
    if category in _noun(noun).may_cover:
        return UNSURE
    return TRUE if category.endswith(f" {noun}") or singular(category) == singular(noun) else FALSE


def nouns(category: str) -> Weighted:
    """Nouns for objects of a class, with how often people choose each."""
    return NAMES.get(category, ((category, 1.0),))


def words(noun: str) -> Weighted:
    """Words for a noun, with how often people choose each."""
    return _noun(noun).words


def rare_words(noun: str) -> tuple[str, ...]:
    """Words for a noun that few people use; none for most nouns that are seldom met."""
    return rare_nouns.NOUNS.get(noun, ())


def is_plural(word: str) -> bool:
    """Whether a word takes "these are" rather than "this is"."""
    last = word.split(" of ")[0].split()[-1]
    return last.endswith("s") and not last.endswith(("ss", "us"))


def plural(word: str) -> str:
    """The plural of a singular word, of its last part when it has several."""
    head, of, rest = word.partition(" of ")
    if of:
        return f"{plural(head)}{of}{rest}"
    if is_plural(word) or word in _MASS:
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("shelf"):
        return f"{word[:-1]}ves"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


@cache
def singular(word: str) -> str:
    """The singular of a class name as ScanNet writes it."""
    if word.endswith("shelves"):
        return f"{word[:-3]}f"
    if word.endswith("boxes") or word.endswith("benches"):
        return word[:-2]
    return word[:-1] if is_plural(word) else word


def class_words(label: str) -> str:
    """A class alone as a phrase, such as "the chair": what a model that reads nothing but the noun would read."""
    return f"the {label}"


@cache
def all_words() -> frozenset[str]:
    """Every word that occurs in a noun or a class, and its plural."""
    spoken = [word for noun in NOUNS.values() for word, _ in noun.words]
    spoken += [word for words in rare_nouns.NOUNS.values() for word in words]
    phrases = {*spoken, *NOUNS, *NAMES, *(category for noun in NOUNS.values() for category in noun.covers)}
    singles = {word for phrase in phrases for word in phrase.split()}
    return frozenset(singles | {plural(word) for word in singles})


def _noun(noun: str) -> Noun:
    return NOUNS.get(noun) or Noun(((noun, 1.0),))


_MASS = frozenset({"toilet paper", "clothing", "laundry", "luggage"})
