"""Second wording: what is lost when the same meanings are said in turns of phrase that training never used."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from less3d.errors import InputError
from less3d.metrics import SentenceScore, summarize

RESAMPLES = 10_000


def compare_wordings(first: Sequence[SentenceScore], second: Sequence[SentenceScore]) -> dict[str, Any]:
    """Scores of the second wording, and the mIoU that it loses against the first with a 95 % interval.

    The interval is a paired bootstrap over scans, not over sentences: those about one scan share its furniture, and
    fail together.

    Args:
        first: scores of the sentences.
        second: scores of the same sentences, in the same order, in other words.

    Raises:
        InputError: when they are not about the same objects.
    """
    if [(row.scan, row.targets) for row in first] != [(row.scan, row.targets) for row in second]:
        raise InputError("expected the second wording to be about the same objects, line by line: make the rooms again")
    lost = np.array([one.iou - other.iou for one, other in zip(first, second, strict=True)])
    scans, scan_of = np.unique([row.scan for row in first], return_inverse=True)
    sums, counts = np.bincount(scan_of, lost), np.bincount(scan_of)
    drawn = np.random.default_rng(0).integers(len(scans), size=(RESAMPLES, len(scans)))
    resampled = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return {
        **asdict(summarize(second)),
        "lost_miou": float(lost.mean()),
        "lost_miou_95": np.percentile(resampled, (2.5, 97.5)).tolist(),
    }
