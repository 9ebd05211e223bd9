"""Three-valued truth: what geometry says about an object is sure, surely not so, or too close to call.

Truth values are the integers FALSE < UNSURE < TRUE in arrays over a scene's objects, so that Kleene's strong logic is
plain arithmetic: *and* is the minimum, *or* the maximum, *not* the reflection.
"""

from functools import reduce

import numpy as np
from jaxtyping import Float, Int8, Integer

FALSE, UNSURE, TRUE = 0, 1, 2

Verdicts = Int8[np.ndarray, "..."]


def at_most(values: Float[np.ndarray, "..."], sure: float, never: float) -> Verdicts:
    """TRUE where a value is at most `sure`, FALSE where it is over `never`, UNSURE between and where it is NaN."""
    verdicts = np.full(values.shape, UNSURE, dtype=np.int8)
    verdicts[values <= sure] = TRUE
    verdicts[values > never] = FALSE
    return verdicts


def at_least(values: Float[np.ndarray, "..."], sure: float, never: float) -> Verdicts:
    """TRUE where a value is at least `sure`, FALSE where it is under `never`, UNSURE between and where it is NaN."""
    return at_most(-values, -sure, -never)


def both(*verdicts: Integer[np.ndarray, "..."]) -> Verdicts:
    """Kleene's *and*."""
    return reduce(np.minimum, verdicts).astype(np.int8)


def negate(verdicts: Integer[np.ndarray, "..."]) -> Verdicts:
    """Kleene's *not*."""
    return (TRUE - verdicts).astype(np.int8)
