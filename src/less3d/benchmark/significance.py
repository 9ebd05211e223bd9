"""Whether one system is better than another, or was lucky in its sentences or scans."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from less3d.errors import InputError

DRAWS, SWAPS = 10_000, 200_000
"""How often sentences are drawn anew, and groups swapped: a p of .05 is then known to .004, and to .001."""
_AT_ONCE = 500
_HALVINGS = 20
_LEVEL = 0.05

Ious = Sequence[float] | Float64[np.ndarray, "S"]
"""IoU of each sentence with one system, 0..1; of several seeds, the means."""


@dataclass(frozen=True)
class Difference:
    """How much higher the mIoU of one system is than that of another."""

    mean: float
    low: float
    """Of the 95 % confidence interval."""
    high: float
    p: float
    """Two-sided: how often a difference as large as this comes about where there is none."""


def paired_bootstrap(a: Ious, b: Ious, *, draws: int = DRAWS, seed: int = 0) -> Difference:
    """Compare two systems on the same sentences (Efron and Tibshirani, 1993, section 8; Koehn, EMNLP 2004, section 4).

    Sentences are drawn anew, with replacement, the same ones for both systems.

    Args:
        a: of one system.
        b: of the other.
        draws: how often.
        seed: of the draws.

    Raises:
        InputError: when there is no sentence, or they are not the same ones.
    """
    gain = _gain(a, b)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [
            gain[rng.integers(len(gain), size=(min(_AT_ONCE, draws - start), len(gain)))].mean(axis=1)
            for start in range(0, draws, _AT_ONCE)
        ]
    )
    low, high = np.quantile(means, (0.025, 0.975))
    below, above = (np.count_nonzero(side) for side in (means <= 0, means >= 0))
    p = min(1.0, 2 * (min(below, above) + 1) / (draws + 1))
    return Difference(float(gain.mean()), float(low), float(high), float(p))


def swapped_groups(a: Ious, b: Ious, groups: Sequence[str], *, swaps: int = SWAPS, seed: int = 0) -> Difference:
    """Compare two systems on groups of sentences that stand and fall together, as those about one scan do: they share
    its objects, and what a system gets wrong of them.

    Were the systems alike, what they say of a group could as well be swapped: p is how often that, done for each group
    at random, gives a difference as large (Noreen, 1989, chapter 2; Smucker et al., CIKM 2007, section 3). Of few
    groups that is as often below .05 as it should be, where a bootstrap of groups is too often. The interval has the
    differences that are not refused so.

    Args:
        a: of one system.
        b: of the other.
        groups: of each sentence, such as its scan.
        swaps: how often.
        seed: of the swaps.

    Raises:
        InputError: when there is no sentence, or they are not the same ones, or not all have a group.
    """
    gain = _gain(a, b)
    if len(groups) != len(gain):
        raise InputError(f"expected a group of each of {len(gain)} sentences, got {len(groups)}")
    rows = np.unique(groups, return_inverse=True)[1]
    totals = np.stack([np.bincount(rows, gain), np.bincount(rows)], axis=1)  # (G, 2)
    rng = np.random.default_rng(seed)
    swapped = np.concatenate(
        [
            rng.choice((-1.0, 1.0), size=(min(_AT_ONCE, swaps - start), len(totals))) @ totals
            for start in range(0, swaps, _AT_ONCE)
        ]
    )
    slack = 1e-9 * len(gain)

    def p_against(difference: float) -> float:
        """Of there being this difference, and no other."""
        found = abs(gain.sum() - difference * len(gain)) - slack
        as_large = np.count_nonzero(np.abs(swapped @ (1.0, -difference)) >= found)
        return float(as_large + 1) / (swaps + 1)

    def furthest(refused: float) -> float:
        """From the mean towards a difference, the last that is not refused."""
        kept = mean
        if p_against(refused) > _LEVEL:
            return refused
        for _ in range(_HALVINGS):
            middle = (kept + refused) / 2
            kept, refused = (middle, refused) if p_against(middle) > _LEVEL else (kept, middle)
        return kept

    mean = float(gain.mean())
    return Difference(mean, furthest(-1.0), furthest(1.0), p_against(0.0))


def _gain(a: Ious, b: Ious) -> Float64[np.ndarray, "S"]:
    """What the first system has over the second, sentence by sentence."""
    if not len(a) or len(a) != len(b):
        raise InputError(f"expected the same sentences, one at least, of both systems, got {len(a)} and {len(b)}")
    return np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
