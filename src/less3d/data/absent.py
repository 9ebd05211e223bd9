"""Sentences that describe nothing in a scan: borrowed from other scans, about a class that nobody names here.

They teach a network to answer that nothing is meant, and measure whether it does. For training, only what is said of
the scans is looked at, the sentences' own labels, no annotation; so a scan whose sentences name few of its classes
borrows sentences that may fit something after all. A measurement names the other classes of the scan, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from less3d.data.dataset import Dataset
from less3d.referral import Referral

ABSENT = "absent"
"""The tag of a borrowed sentence."""

_TRIES = 20


def borrowed(
    data: Dataset, scan: str, count: int, rng: np.random.Generator, *, there: Iterable[str] = ()
) -> list[Referral]:
    """Up to `count` sentences of other scans about classes that no sentence of this scan is about.

    Classes are alike when their last words are: an office chair is a chair.

    Args:
        data: the scans and what is said of them.
        scan: the one that nothing is to be found in.
        count: of sentences, at most.
        rng: what draws them.
        there: classes that are known to be in the scan, whether a sentence names them or not.
    """
    named = {_head(label) for label in (*there, *(row.label for row in data.referrals[scan]))}
    found: list[Referral] = []
    for _ in range(count):
        for _ in range(_TRIES):
            rows = data.referrals[data.scans[rng.integers(len(data.scans))]]
            row = rows[rng.integers(len(rows))]
            if row.label and _head(row.label) not in named:
                found.append(as_absent(row, scan))
                break
    return found


def as_absent(row: Referral, scan: str) -> Referral:
    """The sentence as one that describes nothing in a scan."""
    return replace(row, scan=scan, targets=(), unique=None, tags=(ABSENT,))


def absence_f1(absent: Sequence[bool], refused: Sequence[bool]) -> float:
    """F1 of the answer "nothing": of sentences that describe nothing, and of answers that found nothing."""
    both = sum(a and b for a, b in zip(absent, refused, strict=True))
    return 2 * both / max(sum(absent) + sum(refused), 1)


def _head(label: str) -> str:
    words = label.lower().split()
    return words[-1] if words else ""
