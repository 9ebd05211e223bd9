"""Sentences to words: the tokenizer and the vocabulary of the GRU, and what counts as a sentence at all."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from less3d.errors import InputError, InputWarning

PADDING, UNKNOWN = 0, 1
"""Token ids that are no word; those of a vocabulary's words follow."""

MAX_WORDS = 200
"""The longest sentence accepted; the longest of ScanRefer has 126 words."""

MAX_TOKENS = 126
"""Tokens that an encoder reads of a sentence; those that follow are cut off with a warning."""

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]|_")


def tokenize(sentence: str) -> tuple[str, ...]:
    """Lower-case words and single punctuation marks: "It's left." -> ("it's", "left", ".")."""
    return tuple(_TOKEN.findall(sentence.lower().replace("’", "'")))


def words_of(sentence: str) -> tuple[str, ...]:
    """The tokens that are words or numbers: "It's left." -> ("it's", "left")."""
    return tuple(token for token in tokenize(sentence) if token[0].isalnum())


def check_sentence(sentence: str) -> None:
    """Refuse what cannot be a description of an object.

    Raises:
        InputError: when there is no word, or more than 200.
    """
    count = len(words_of(sentence))
    if count == 0:
        raise InputError(f"expected a sentence, got {sentence[:40]!r} with no word in it: describe one object")
    if count > MAX_WORDS:
        raise InputError(f"expected a sentence of at most {MAX_WORDS} words, got {count}: describe one object")


def warn_if_cut(count: int) -> None:
    """Say so when a sentence of `count` tokens has more than will be read."""
    if count > MAX_TOKENS:
        warnings.warn(
            f"a sentence of {count} tokens is cut to {MAX_TOKENS}: describe one object in fewer words",
            InputWarning,
            stacklevel=5,
        )


@dataclass(frozen=True)
class Vocabulary:
    """The words a GRU knows; the id of word i is i + 2.

    Raises:
        InputError: when a word occurs twice.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a word that would have two ids."""
        if len(set(self.words)) < len(self.words):
            raise InputError("a vocabulary needs each word once, got a word twice: remove the repeated words")

    @classmethod
    def from_sentences(cls, sentences: Iterable[str], *, min_count: int = 2) -> "Vocabulary":
        """The words that occur at least `min_count` times, sorted; rarer ones train the unknown word."""
        counts = Counter(token for sentence in sentences for token in tokenize(sentence))
        return cls(tuple(sorted(word for word, count in counts.items() if count >= min_count)))

    def __len__(self) -> int:
        """Number of ids, padding and the unknown word included."""
        return len(self.words) + 2

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def encode(self, sentence: str) -> list[int]:
        """One id a token."""
        return [self._ids.get(token, UNKNOWN) for token in tokenize(sentence)]

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: index for index, word in enumerate(self.words, start=UNKNOWN + 1)}
