"""How good instance segmentation is: AP, AP50 and AP25 by the definition of ScanNet's benchmark.

The definition is that of evaluate_semantic_instance.py in ScanNet's BenchmarkScripts/3d_evaluation: found and annotated
objects of one class are matched within each scan, precision and recall follow from all scans together, and classes
weigh alike.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from less3d.errors import InputError
from less3d.referral import Masks

LEAST_POINTS = 100
"""Objects with fewer points are not looked for, and found ones do not count."""
THRESHOLDS = tuple(np.arange(50, 95, 5) / 100)
"""The IoUs over which AP is the mean: nine, .50, .55, ... .90, as in the benchmark's script."""


@dataclass(frozen=True, eq=False)
class FoundInstance:
    """An object that was found in a scan of N points."""

    mask: Bool[np.ndarray, "N"]
    label: str
    """Its class."""
    confidence: float
    """Of any scale; only the order counts."""


@dataclass(frozen=True, eq=False)
class ClassMatches:
    """The F objects of a class that were found in one scan, the most confident first, beside the T that are there."""

    iou: Float64[np.ndarray, "F T"]
    confidence: Float64[np.ndarray, "F"]
    ignored: Float64[np.ndarray, "F"]
    """Share of each found one's points that are of nothing annotated, or of an object of the class too small to count,
    0 to 1."""


@dataclass(frozen=True)
class InstanceScore:
    """Average precisions, each in 0..1."""

    ap: float
    """The mean over the IoUs of `THRESHOLDS`."""
    ap_50: float
    ap_25: float


@dataclass(frozen=True)
class InstanceScores:
    """Average precision by class, and the mean over the classes."""

    mean: InstanceScore | None
    """None where no object of any class is there."""
    by_class: Mapping[str, InstanceScore]
    """Classes of which no object is there have no entry."""


def match_instances(
    found: Sequence[FoundInstance],
    masks: Masks,
    classes: Mapping[int, str],
    scored: Collection[str],
    *,
    least_points: int = LEAST_POINTS,
) -> dict[str, ClassMatches]:
    """Lay the found objects of one scan over the annotated ones, class by class.

    Args:
        found: what was found; masks may overlap.
        masks: the annotated objects.
        classes: the class of each of them.
        scored: classes that count; objects of others are as if they were not annotated.
        least_points: see `LEAST_POINTS`.

    Raises:
        InputError: when a mask has not one value for each point of the scan.
    """
    for one in found:
        if one.mask.shape != (masks.size,):
            raise InputError(f"expected masks over the {masks.size} points of the scan, got {one.mask.shape}")
    annotated = np.zeros(masks.size, dtype=bool)
    for key, rows in masks.members.items():
        if classes.get(key) in scored:
            annotated[rows] = True
    return {label: _of_class(label, found, masks, classes, annotated, least_points) for label in sorted(scored)}


def summarize_instances(scans: Sequence[Mapping[str, ClassMatches]]) -> InstanceScores:
    """Average precisions over all scans.

    Args:
        scans: what `match_instances` gave for each, with the same scored classes.
    """
    by_class: dict[str, InstanceScore] = {}
    for label in sorted({label for scan in scans for label in scan}):
        matches = [scan[label] for scan in scans]
        if any(one.iou.shape[1] for one in matches):
            strict = [average_precision(matches, threshold) for threshold in THRESHOLDS]
            by_class[label] = InstanceScore(float(np.mean(strict)), strict[0], average_precision(matches, 0.25))
    if not by_class:
        return InstanceScores(None, {})
    columns = np.array([(score.ap, score.ap_50, score.ap_25) for score in by_class.values()])
    return InstanceScores(InstanceScore(*columns.mean(axis=0).tolist()), by_class)


def average_precision(matches: Sequence[ClassMatches], threshold: float) -> float:
    """Area under precision over recall, by the trapezoids of the benchmark, for one class with objects.

    An annotated object is found by the most confident found one that overlaps it by more than the threshold and has not
    found another before; further ones that overlap it are wrong, and so are those that overlap none, unless more of
    their points than the threshold are ignored.
    """
    objects = sum(one.iou.shape[1] for one in matches)
    confidence, right = (
        np.concatenate(column) for column in zip(*(_judged(one, threshold) for one in matches), strict=True)
    )
    order = np.argsort(confidence, kind="stable")
    _, firsts = np.unique(confidence[order], return_index=True)  # what is kept when all from a confidence on are
    found = np.cumsum(right[order][::-1])[::-1][firsts]
    precision = np.append(found / (len(right) - firsts), 1.0)
    recall = np.append(found / objects, 0.0)
    widths = np.concatenate([recall[:1], recall, [0.0]])
    return float(precision @ (widths[:-2] - widths[2:]) / 2)


def _of_class(
    label: str,
    found: Sequence[FoundInstance],
    masks: Masks,
    classes: Mapping[int, str],
    annotated: Bool[np.ndarray, "N"],
    least_points: int,
) -> ClassMatches:
    own = [one for one in found if one.label == label and np.count_nonzero(one.mask) >= least_points]
    own.sort(key=lambda one: -one.confidence)
    objects = [rows for key, rows in masks.members.items() if classes.get(key) == label and len(rows)]
    small = ~annotated
    for rows in objects:
        if len(rows) < least_points:
            small[rows] = True
    objects = [rows for rows in objects if len(rows) >= least_points]
    shared = np.array([[np.count_nonzero(one.mask[rows]) for rows in objects] for one in own], dtype=np.float64)
    shared = shared.reshape(len(own), len(objects))
    sizes = np.array([np.count_nonzero(one.mask) for one in own], dtype=np.float64)
    unions = sizes[:, None] + np.array([len(rows) for rows in objects]) - shared
    ignored = np.array([np.count_nonzero(one.mask & small) for one in own], dtype=np.float64) / np.maximum(sizes, 1)
    return ClassMatches(shared / unions, np.array([one.confidence for one in own], dtype=np.float64), ignored)


def _judged(one: ClassMatches, threshold: float) -> tuple[Float64[np.ndarray, "J"], Bool[np.ndarray, "J"]]:
    """The confidence of what counts in one scan, and whether it is right."""
    over = one.iou > threshold  # (F, T)
    used = np.zeros(len(over), dtype=bool)
    rows: list[int] = []
    right: list[bool] = []
    for column in over.T:
        hits = np.flatnonzero(column & ~used)
        rows += hits.tolist()
        right += [place == 0 for place in range(len(hits))]
        used[hits[:1]] = True
    wrong = np.flatnonzero(~over.any(axis=1) & (one.ignored <= threshold))
    rows += wrong.tolist()
    right += [False] * len(wrong)
    return one.confidence[rows], np.array(right, dtype=bool)
