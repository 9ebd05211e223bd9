"""Numbers written as words, as in text files and ascii PLY."""

import warnings

import numpy as np
from jaxtyping import Float64


def parse_numbers(text: str | bytes) -> Float64[np.ndarray, "U"]:
    """Parse numbers between white space as doubles, which hold every PLY type exactly.

    Raises:
        ValueError: when a word is no number.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # how NumPy before 2.3 reported a word that is no number
        try:
            return np.fromstring(text, sep=" ")
        except DeprecationWarning as error:
            raise ValueError(str(error)) from error


def is_number(word: str | bytes) -> bool:
    """Tell whether a word is a number, NaN and infinity among them."""
    try:
        float(word)
    except ValueError:
        return False
    return True


def first_bad_word(text: bytes, first_line: int) -> tuple[int, str]:
    """Return the line and the start of the first word that is no number, lines counted from `first_line`."""
    for line, words in enumerate(text.split(b"\n"), start=first_line):
        for word in words.split():
            if not is_number(word):
                return line, word[:20].decode("latin-1")
    return first_line, "something else"
