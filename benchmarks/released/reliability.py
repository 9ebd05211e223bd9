"""Whether confidence is what it says: of answers given with confidence .8, eight in ten should be right.

An answer is right when its mask has an IoU of at least .5 with what is meant or, when it is empty, when nothing is.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from less3d.metrics import RIGHT_IOU, SentenceScore, expected_calibration_error

BINS = 15


def reliability(rows: Sequence[SentenceScore]) -> dict[str, Any]:
    """The expected calibration error, and the mean confidence and the share right in each bin that has an answer."""
    confidence = np.array([row.confidence for row in rows], dtype=np.float64)
    right = np.array([row.iou >= RIGHT_IOU for row in rows])
    return {
        "sentences": len(rows),
        "ece": expected_calibration_error(confidence, right, bins=BINS),
        "bins": reliability_bins(confidence, right),
    }


def reliability_bins(confidence: np.ndarray, right: np.ndarray) -> list[dict[str, Any]]:
    """`BINS` bins of equal width over 0..1, without those that are empty.

    Args:
        confidence: of each answer, 0..1.
        right: whether it was right, bool.
    """
    bin_of = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "from": number / BINS,
            "to": (number + 1) / BINS,
            "sentences": int((bin_of == number).sum()),
            "confidence": float(confidence[bin_of == number].mean()),
            "right": float(right[bin_of == number].mean()),
        }
        for number in np.unique(bin_of).tolist()
    ]


def plot_reliability(curves: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """The share of right answers over confidence, a line a set of sentences, dots as large as bins are full."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), layout="constrained")
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color="gray", linestyle="--", linewidth=1, label="perfectly calibrated")
    for name, found in curves.items():
        confidence, right, count = ([row[key] for row in found["bins"]] for key in ("confidence", "right", "sentences"))
        (line,) = axis.plot(confidence, right, label=f"{name}: ECE {found['ece']:.3f}")
        axis.scatter(confidence, right, s=400 * np.array(count) / found["sentences"], color=line.get_color(), alpha=0.6)
    axis.set(xlabel="confidence", ylabel="share of right answers", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axis.legend(loc="upper left")
    figure.savefig(path, dpi=100)
