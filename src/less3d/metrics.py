"""How good predicted masks are: mIoU, Acc@0.25 and Acc@0.5, over all sentences and over their splits.

Masks are scored over all points of a scan, exactly as given: nothing is thresholded, filtered or filled in here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool

from less3d.errors import InputError


@dataclass(frozen=True)
class Score:
    """Scores of a set of sentences, each in 0..1."""

    sentences: int
    miou: float
    """Mean IoU, every sentence weighing alike."""
    acc_25: float
    """Acc@0.25: the share of sentences with an IoU over 0.25."""
    acc_50: float
    """Acc@0.5: the share of sentences with an IoU over 0.5."""


@dataclass(frozen=True)
class Scores:
    """Scores of all sentences and of their splits; a split without a sentence is None or has no entry."""

    overall: Score
    unique: Score | None
    """Sentences whose target is the only object of its class in its scan."""
    multiple: Score | None
    """Sentences with look-alikes: other objects of the target's class in the scan."""
    by_kind: Mapping[str, Score]
    """By what tells the target apart ("color", "closest", ...)."""
    by_label: Mapping[str, Score]
    """By the target's class."""


def iou(a: Bool[np.ndarray, "N"], b: Bool[np.ndarray, "M"]) -> float:
    """Intersection over union of two masks of the same points (M = N), in 0..1.

    Two empty masks agree: 1. An empty and a filled one: 0.

    Raises:
        InputError: when the masks differ in length.
    """
    if a.shape != b.shape:
        raise InputError(f"masks to compare need one value for each of the same points, got {a.shape} and {b.shape}")
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


@dataclass
class SegmentationMetrics:
    """Gathers one IoU a sentence: `update` with each prediction, then `compute`; `reset` starts again."""

    _rows: list["_Row"] = field(default_factory=list, init=False, repr=False)

    def update(
        self,
        predicted: Bool[np.ndarray, "N"],
        true: Bool[np.ndarray, "N"],
        *,
        unique: bool | None = None,
        kind: str = "",
        label: str = "",
    ) -> float:
        """Score one sentence and return its IoU.

        Args:
            predicted: the mask to score; it is read, never changed.
            true: the described object's points.
            unique: True, False, or None when not known: the sentence is then in neither split.
            kind: what tells the target apart; "" when not known.
            label: the target's class; "" when not known.
        """
        value = iou(predicted, true)
        self._rows.append(_Row(value, unique, kind, label))
        return value

    def compute(self) -> Scores:
        """Scores of all sentences since the last reset.

        Raises:
            InputError: when there was none.
        """
        rows = self._rows
        if not rows:
            raise InputError("expected at least one scored sentence, got none: call update first")
        return Scores(
            overall=_score(row.iou for row in rows),
            unique=_score_or_none(row.iou for row in rows if row.unique is True),
            multiple=_score_or_none(row.iou for row in rows if row.unique is False),
            by_kind=_grouped((row.kind, row.iou) for row in rows),
            by_label=_grouped((row.label, row.iou) for row in rows),
        )

    def reset(self) -> None:
        """Forget all sentences."""
        self._rows.clear()


@dataclass(frozen=True)
class _Row:
    iou: float
    unique: bool | None
    kind: str
    label: str


def _score(ious: Iterable[float]) -> Score:
    values = np.array(list(ious))
    return Score(len(values), float(values.mean()), float((values > 0.25).mean()), float((values > 0.5).mean()))


def _score_or_none(ious: Iterable[float]) -> Score | None:
    values = list(ious)
    return _score(values) if values else None


def _grouped(pairs: Iterable[tuple[str, float]]) -> dict[str, Score]:
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for name, value in pairs:
        if name:
            groups[name].append(value)
    return {name: _score(values) for name, values in sorted(groups.items())}
