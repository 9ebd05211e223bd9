"""Random choices by weight."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def pick(rng: np.random.Generator, choices: Sequence[tuple[T, float]]) -> T:
    """One of the (choice, weight) pairs, as often as its weight says."""
    left = rng.random() * sum(weight for _, weight in choices)
    for choice, weight in choices:
        left -= weight
        if left <= 0:
            return choice
    return choices[-1][0]
