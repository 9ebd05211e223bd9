import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.metrics import SegmentationMetrics, iou

masks = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[st.lists(st.booleans(), min_size=n, max_size=n).map(np.array)] * 2)
)


def mask(*points, size=10):
    out = np.zeros(size, bool)
    out[list(points)] = True
    return out


@given(masks)
def test_iou_is_that_of_sets(pair):
    a, b = pair
    left, right = set(np.flatnonzero(a)), set(np.flatnonzero(b))
    expected = len(left & right) / len(left | right) if left | right else 1.0
    assert iou(a, b) == pytest.approx(expected)
    assert iou(b, a) == iou(a, b)


def test_empty_masks():
    assert iou(mask(), mask()) == 1.0
    assert iou(mask(), mask(1)) == 0.0
    assert iou(mask(1), mask()) == 0.0


def test_masks_of_different_scans_are_refused():
    with pytest.raises(InputError, match="same points"):
        iou(mask(size=9), mask(size=10))


@given(masks)
def test_a_prediction_is_scored_as_it_is(pair):
    """However small the mask: the release swaps one under 100 points for the 5,000 best points."""
    predicted, true = pair
    before = predicted.copy()
    metrics = SegmentationMetrics()
    assert metrics.update(predicted, true) == iou(before, true)
    assert (predicted == before).all()
    assert metrics.compute().overall.miou == iou(before, true)


def test_scores_overall_and_by_split():
    metrics = SegmentationMetrics()
    metrics.update(mask(0, 1), mask(0, 1), unique=True, kind="class", label="bed")  # 1
    metrics.update(mask(0, 1, 2), mask(0, 1, 3), unique=False, kind="color", label="chair")  # .5
    metrics.update(mask(0), mask(1), unique=False, kind="color", label="chair")  # 0
    metrics.update(mask(0), mask(0, 1, 2), unique=None)  # 1/3
    scores = metrics.compute()
    assert (scores.overall.sentences, scores.overall.miou) == (4, pytest.approx((1 + 0.5 + 0 + 1 / 3) / 4))
    assert scores.overall.acc_25 == 0.75
    assert scores.overall.acc_50 == 0.25, "an IoU of exactly .5 is not over .5"
    assert scores.unique is not None
    assert (scores.unique.sentences, scores.unique.miou) == (1, 1.0)
    assert scores.multiple is not None
    assert (scores.multiple.sentences, scores.multiple.miou) == (2, 0.25)
    assert {kind: score.sentences for kind, score in scores.by_kind.items()} == {"class": 1, "color": 2}
    assert {label: score.miou for label, score in scores.by_label.items()} == {"bed": 1.0, "chair": 0.25}


def test_splits_without_a_sentence_are_absent():
    metrics = SegmentationMetrics()
    metrics.update(mask(0), mask(0))
    scores = metrics.compute()
    assert scores.unique is None
    assert scores.multiple is None
    assert scores.by_kind == {}
    assert scores.by_label == {}


def test_reset_forgets_and_nothing_cannot_be_scored():
    metrics = SegmentationMetrics()
    metrics.update(mask(0), mask(1))
    metrics.reset()
    with pytest.raises(InputError, match="update"):
        metrics.compute()
    metrics.update(mask(0), mask(0))
    assert metrics.compute().overall.miou == 1.0
