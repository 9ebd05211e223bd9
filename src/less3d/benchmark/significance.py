"""Whether one system is better than another, or was lucky in its sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from less3d.errors import InputError

RESAMPLINGS = 10_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Difference:
    """How much higher the mIoU of one system is than that of another."""

    mean: float
    low: float
    """Of the 95 % confidence interval."""
    high: float
    p: float
    """Two-sided: how often a difference as large as this comes about where there is none."""


def paired_bootstrap(
    a: Sequence[float] | Float64[np.ndarray, "S"],
    b: Sequence[float] | Float64[np.ndarray, "S"],
    *,
    groups: Sequence[str] | None = None,
    resamplings: int = RESAMPLINGS,
    seed: int = 0,
) -> Difference:
    """Compare two systems on the same sentences (Efron and Tibshirani, 1993, section 8; Koehn, EMNLP 2004, section 4).

    Sentences are drawn anew, with replacement, the same ones for both systems; or whole groups of them (Davison and
    Hinkley, 1997, section 3.8): sentences about one scan share its objects, and what a system gets wrong of them.

    Args:
        a: IoU of each sentence with one system, 0..1; of several seeds, the means.
        b: the same with the other.
        groups: of each sentence, such as its scan.
        resamplings: how often.
        seed: of the draws.

    Raises:
        InputError: when there is no sentence, or they are not the same ones.
    """
    gain = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    if not len(gain):
        raise InputError("expected at least one sentence to compare systems on, got none")
    rows = np.arange(len(gain)) if groups is None else np.unique(groups, return_inverse=True)[1]
    sums, counts = np.bincount(rows, gain), np.bincount(rows)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [
            sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
            for start in range(0, resamplings, _AT_ONCE)
            for drawn in [rng.integers(len(sums), size=(min(_AT_ONCE, resamplings - start), len(sums)))]
        ]
    )
    low, high = np.quantile(means, (0.025, 0.975))
    below, above = (np.count_nonzero(side) for side in (means <= 0, means >= 0))
    p = min(1.0, 2 * (min(below, above) + 1) / (resamplings + 1))
    return Difference(float(gain.mean()), float(low), float(high), p)
