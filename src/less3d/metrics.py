"""How good predicted masks are: mIoU, Acc@0.25, Acc@0.5, F1@0.25 and F1@0.5, over all sentences and their splits.

And how good their confidence is: the expected calibration error.

Masks are scored over all points of a scan, exactly as given: nothing is thresholded, filtered or filled in for an IoU.
F1 asks for objects, and takes a mask apart, see `parts`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from less3d.errors import InputError
from less3d.referral import Referral

RIGHT_IOU = 0.5
"""An answer with at least this IoU is right; so is an empty one where nothing is meant, for empty masks agree."""

PART_CELL = 0.1
"""Meters: edge of the cells in which a mask is parted into objects; cells that touch belong to one object."""

_FOR_A_HIT = 1e-9
"""What a hit adds to an IoU where matchings are of the same sum."""

_LEAST_SHARE = 0.02
"""Groups with a smaller share of the largest group's points are specks, not objects."""


@dataclass(frozen=True)
class SentenceScore:
    """What one sentence scored: all that any table of scores is made of."""

    scan: str
    record: str
    """Which record of the data set it is."""
    sentence: str
    """What was asked."""
    targets: tuple[int, ...]
    label: str
    unique: bool | None
    tags: tuple[str, ...]
    source: str
    predicted: int
    """Points of the answer."""
    true: int
    """Points of the described objects."""
    shared: int
    """Points of both."""
    f1_25: float
    f1_50: float
    confidence: float

    @property
    def iou(self) -> float:
        """Intersection over union in 0..1; two empty masks agree."""
        union = self.predicted + self.true - self.shared
        return self.shared / union if union else 1.0


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
    f1_25: float
    """F1@0.25 of Multi3DRefer: of the objects found and those described, matched one to one, at an IoU of 0.25."""
    f1_50: float


@dataclass(frozen=True)
class Scores:
    """Scores of all sentences and of their splits; a split without a sentence is None or has no entry."""

    overall: Score
    unique: Score | None
    """Sentences whose target is the only object of its class in its scan."""
    multiple: Score | None
    """Sentences with look-alikes: other objects of the target's class in the scan."""
    by_tag: Mapping[str, Score]
    """By what the data set says of its sentences: what tells the target apart, Nr3D's "hard", ..."""
    by_label: Mapping[str, Score]
    """By the target's class."""
    ece: float
    """Expected calibration error, in 0..1, of the confidence that the answer is right."""


def iou(a: Bool[np.ndarray, "N"], b: Bool[np.ndarray, "M"]) -> float:
    """Intersection over union of two masks of the same points (M = N), in 0..1.

    Two empty masks agree: 1. An empty and a filled one: 0.

    Raises:
        InputError: when the masks differ in length.
    """
    _require_same_points(a, b)
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


def f1(predicted: Sequence[Bool[np.ndarray, "N"]], true: Sequence[Bool[np.ndarray, "N"]], threshold: float) -> float:
    """F1 of found objects against described ones (Multi3DRefer, Zhang et al., ICCV 2023, section 5.1), in 0..1.

    Objects are matched one to one so that the sum of IoUs is largest, and of such matchings so that there are the most
    hits, pairs of at least `threshold`. Where nothing is described, finding nothing is 1 and finding anything 0. The
    IoU is that of masks, not of boxes.
    """
    if not predicted or not true:
        return float(not predicted and not true)
    overlaps = np.array([[iou(one, other) for other in true] for one in predicted])
    hits = overlaps >= threshold
    rows, columns = linear_sum_assignment(overlaps + _FOR_A_HIT * hits, maximize=True)
    return 2 * int(hits[rows, columns].sum()) / (len(predicted) + len(true))


def parts(mask: Bool[np.ndarray, "N"], points: Float32[np.ndarray, "N 3"]) -> list[Bool[np.ndarray, "N"]]:
    """The objects that one mask shows, largest first: groups of points in cells of `PART_CELL` that touch.

    A system that answers with a mask does not say how many objects it means, but the scores of Multi3DRefer ask it.
    Specks, under 2 % of the largest, are left out; a mask with a point has an object.
    """
    rows = np.flatnonzero(mask)
    if not len(rows):
        return []
    cells, cell_of = np.unique(np.floor(points[rows] / PART_CELL).astype(np.int64), axis=0, return_inverse=True)
    pairs = KDTree(cells).query_pairs(1.5, p=np.inf, output_type="ndarray")
    links = coo_array((np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(len(cells), len(cells)))
    group = connected_components(links, directed=False)[1][cell_of.reshape(-1)]
    sizes = np.bincount(group)
    found = []
    for number in np.argsort(-sizes, kind="stable"):
        if sizes[number] >= _LEAST_SHARE * sizes.max():
            part = np.zeros(len(mask), dtype=bool)
            part[rows[group == number]] = True
            found.append(part)
    return found


def expected_calibration_error(
    confidence: Float64[np.ndarray, "S"], right: Bool[np.ndarray, "S"], bins: int = 15
) -> float:
    """How far confidence is off: in bins of equal width, |share right - mean confidence| (Guo et al., 2017, section 2).

    Args:
        confidence: of each answer, in 0..1.
        right: whether it was.
        bins: number of bins; each weighs as much as it has answers.

    Raises:
        InputError: when there is no answer.
    """
    if not len(right):
        raise InputError("expected the confidence of at least one answer, got none")
    bin_of = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    off = np.bincount(bin_of, weights=right - confidence, minlength=bins)
    return float(np.abs(off).sum() / len(right))


def score_sentence(
    referral: Referral,
    predicted: Bool[np.ndarray, "_"],
    true: Sequence[Bool[np.ndarray, "_"]],
    points: Float32[np.ndarray, "N 3"],
    *,
    asked: str | None = None,
    confidence: float = 0.0,
) -> SentenceScore:
    """Score the answer to one sentence.

    Args:
        referral: the sentence, and what is known of it.
        predicted: the mask to score; it is read, never changed.
        true: the mask of each described object; none when nothing that is there is described.
        points: of the scan, meters.
        asked: what was asked instead of the sentence, if something else was.
        confidence: of the answer.

    Raises:
        InputError: when the masks differ in length.
    """
    whole = np.zeros(len(points), dtype=bool)
    for mask in true:
        _require_same_points(whole, mask)
        whole |= mask
    _require_same_points(predicted, whole)
    shared = int(np.count_nonzero(predicted & whole))
    found = parts(predicted, points)
    return SentenceScore(
        scan=referral.scan,
        record=referral.record,
        sentence=referral.sentence if asked is None else asked,
        targets=referral.targets,
        label=referral.label,
        unique=referral.unique,
        tags=referral.tags,
        source=referral.source,
        predicted=int(np.count_nonzero(predicted)),
        true=int(np.count_nonzero(whole)),
        shared=shared,
        f1_25=f1(found, true, 0.25),
        f1_50=f1(found, true, 0.5),
        confidence=confidence,
    )


def summarize(rows: Sequence[SentenceScore]) -> Scores:
    """Scores of all sentences and of their splits.

    Raises:
        InputError: when there is no sentence.
    """
    if not rows:
        raise InputError("expected at least one scored sentence, got none")
    return Scores(
        overall=_score(rows),
        unique=_score_or_none([row for row in rows if row.unique is True]),
        multiple=_score_or_none([row for row in rows if row.unique is False]),
        by_tag=_grouped(rows, lambda row: row.tags),
        by_label=_grouped(rows, lambda row: (row.label,) if row.label else ()),
        ece=expected_calibration_error(
            np.array([row.confidence for row in rows], dtype=np.float64),
            np.array([row.iou >= RIGHT_IOU for row in rows]),
        ),
    )


def _score(rows: Sequence[SentenceScore]) -> Score:
    ious = np.array([row.iou for row in rows])
    return Score(
        sentences=len(rows),
        miou=float(ious.mean()),
        acc_25=float((ious > 0.25).mean()),
        acc_50=float((ious > 0.5).mean()),
        f1_25=float(np.mean([row.f1_25 for row in rows])),
        f1_50=float(np.mean([row.f1_50 for row in rows])),
    )


def _score_or_none(rows: Sequence[SentenceScore]) -> Score | None:
    return _score(rows) if rows else None


def _grouped(rows: Iterable[SentenceScore], names: Callable[[SentenceScore], Iterable[str]]) -> dict[str, Score]:
    groups: defaultdict[str, list[SentenceScore]] = defaultdict(list)
    for row in rows:
        for name in names(row):
            groups[name].append(row)
    return {name: _score(members) for name, members in sorted(groups.items())}


def _require_same_points(a: np.ndarray, b: np.ndarray) -> None:
    if a.shape != b.shape:
        raise InputError(f"masks to compare need one value for each of the same points, got {a.shape} and {b.shape}")
