"""Scores against their definitions, computed again in the plainest way."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.metrics import (
    PART_CELL,
    SentenceScore,
    expected_calibration_error,
    f1,
    iou,
    parts,
    score_sentence,
    summarize,
)
from less3d.referral import Referral

bools = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[st.lists(st.booleans(), min_size=n, max_size=n).map(np.array)] * 2)
)


def mask(*points, size=10):
    out = np.zeros(size, bool)
    out[list(points)] = True
    return out


def apart(size=10):
    """Points one meter from each other: each is an object of its own."""
    return np.stack([np.arange(size), np.zeros(size), np.zeros(size)], axis=1).astype(np.float32)


def scored(predicted, true, **about) -> SentenceScore:
    referral = Referral("room", "it", tuple(range(len(true))), **about)
    return score_sentence(referral, predicted, true, apart(len(predicted)))


@given(bools)
def test_iou_is_that_of_sets(pair):
    a, b = pair
    left, right = set(np.flatnonzero(a)), set(np.flatnonzero(b))
    expected = len(left & right) / len(left | right) if left | right else 1.0
    assert iou(a, b) == pytest.approx(expected)
    assert iou(b, a) == iou(a, b)
    assert scored(a, [b]).iou == pytest.approx(expected)


def test_empty_masks():
    assert iou(mask(), mask()) == 1.0
    assert iou(mask(), mask(1)) == 0.0
    assert iou(mask(1), mask()) == 0.0


def test_masks_of_different_scans_are_refused():
    with pytest.raises(InputError, match="same points"):
        iou(mask(size=9), mask(size=10))
    with pytest.raises(InputError, match="same points"):
        scored(mask(size=9), [mask(size=10)])


@given(bools)
def test_a_prediction_is_scored_as_it_is(pair):
    """However small the mask: the release swaps one under 100 points for the 5,000 best points."""
    predicted, true = pair
    before = predicted.copy()
    row = scored(predicted, [true])
    assert (predicted == before).all()
    assert (row.predicted, row.true) == (before.sum(), true.sum())


def naive_f1(predicted: list[set], true: list[set], threshold: float) -> float:
    """Every one-to-one matching is tried: the largest sum of IoUs counts, then the most hits."""
    if not true or not predicted:
        return 1.0 if not true and not predicted else 0.0
    overlap = [[len(a & b) / len(a | b) for b in true] for a in predicted]
    size = max(len(predicted), len(true))
    square = [
        [overlap[i][j] if i < len(predicted) and j < len(true) else 0.0 for j in range(size)] for i in range(size)
    ]
    matchings = [[square[i][order[i]] for i in range(size)] for order in itertools.permutations(range(size))]
    _, hits = max((round(sum(ious), 9), sum(iou >= threshold for iou in ious)) for ious in matchings)
    return 2 * hits / (len(predicted) + len(true))


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**32 - 1), st.sampled_from([0.25, 0.5]))
@example(2, 2, 38156, 0.25)  # two matchings of the same sum, one of them with a hit
def test_f1_is_that_of_the_best_matching(found, described, seed, threshold):
    rng = np.random.default_rng(seed)
    predicted, true = (
        [mask(*rng.choice(12, rng.integers(1, 6), replace=False), size=12) for _ in range(n)]
        for n in (found, described)
    )
    sets = [[set(np.flatnonzero(one).tolist()) for one in masks] for masks in (predicted, true)]
    assert f1(predicted, true, threshold) == pytest.approx(naive_f1(*sets, threshold))


def test_f1_of_nothing():
    assert f1([], [], 0.5) == 1.0, "nothing is there, nothing was found"
    assert f1([mask(1)], [], 0.5) == 0.0
    assert f1([], [mask(1)], 0.5) == 0.0


@given(st.integers(0, 2**32 - 1))
def test_parts_are_what_cells_that_touch_hold_together(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 0.8, (30, 3)).astype(np.float32) * [1, 1, 0.2]
    points, whole = points.astype(np.float32), rng.random(30) < 0.7
    cells = [tuple(np.floor(point / PART_CELL).astype(int)) for point in points]
    groups: list[set[int]] = []
    for row in np.flatnonzero(whole).tolist():
        near = [
            g for g in groups if any(max(abs(a - b) for a, b in zip(cells[row], cells[o], strict=True)) <= 1 for o in g)
        ]
        groups = [g for g in groups if g not in near] + [{row}.union(*near)]
    found = [set(np.flatnonzero(part).tolist()) for part in parts(whole, points)]
    assert sorted(map(sorted, found)) == sorted(sorted(g) for g in groups if len(g) >= 0.02 * max(map(len, groups)))
    assert [len(part) for part in found] == sorted(map(len, found), reverse=True)


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.floats(0.01, 0.5))
def test_a_filled_mask_has_an_object_so_that_finding_anything_where_nothing_is_meant_scores_0(drawn, gap):
    predicted = np.array(drawn)
    points = (apart(len(predicted)) * gap).astype(np.float32)
    row = score_sentence(Referral("room", "it", ()), predicted, [], points)
    assert row.f1_25 == row.f1_50 == float(not predicted.any())


def test_many_equal_objects_are_all_found():
    masks = [mask(n, size=50) for n in range(50)]
    assert scored(np.ones(50, bool), masks).f1_50 == 1.0


def test_a_mask_over_two_of_three_objects_finds_two():
    true = [mask(1), mask(4), mask(7)]
    row = scored(mask(1, 4), true)
    assert row.iou == pytest.approx(2 / 3)
    assert row.f1_25 == row.f1_50 == pytest.approx(2 * 2 / (2 + 3))


def test_scores_overall_and_by_split():
    rows = [
        scored(mask(0, 1), [mask(0, 1)], unique=True, tags=("class",), label="bed"),  # 1
        scored(mask(0, 1, 2), [mask(0, 1, 3)], unique=False, tags=("color", "hard"), label="chair"),  # .5
        scored(mask(0), [mask(1)], unique=False, tags=("color",), label="chair"),  # 0
        scored(mask(0), [mask(0, 1, 2)]),  # 1/3
    ]
    scores = summarize(rows)
    assert (scores.overall.sentences, scores.overall.miou) == (4, pytest.approx((1 + 0.5 + 0 + 1 / 3) / 4))
    assert scores.overall.acc_25 == 0.75
    assert scores.overall.acc_50 == 0.25, "an IoU of exactly .5 is not over .5"
    assert scores.unique is not None
    assert (scores.unique.sentences, scores.unique.miou) == (1, 1.0)
    assert scores.multiple is not None
    assert (scores.multiple.sentences, scores.multiple.miou) == (2, 0.25)
    assert {tag: score.sentences for tag, score in scores.by_tag.items()} == {"class": 1, "color": 2, "hard": 1}
    assert {label: score.miou for label, score in scores.by_label.items()} == {"bed": 1.0, "chair": 0.25}


@given(st.lists(st.tuples(bools, st.sampled_from([True, False, None])), min_size=1, max_size=6))
def test_summaries_agree_with_a_naive_recomputation(cases):
    scores = summarize([scored(predicted, [true], unique=unique) for (predicted, true), unique in cases])
    for name, wanted in (("overall", (True, False, None)), ("unique", (True,)), ("multiple", (False,))):
        ious = []
        for (predicted, true), unique in cases:
            if unique in wanted:
                both, either = sum(map(min, predicted, true)), sum(map(max, predicted, true))
                ious.append(both / either if either else 1.0)
        score = getattr(scores, name)
        if not ious:
            assert score is None
            continue
        assert score.sentences == len(ious)
        assert score.miou == pytest.approx(sum(ious) / len(ious))
        assert score.acc_25 == pytest.approx(sum(value > 0.25 for value in ious) / len(ious))
        assert score.acc_50 == pytest.approx(sum(value > 0.5 for value in ious) / len(ious))


def test_splits_without_a_sentence_are_absent_and_nothing_cannot_be_scored():
    scores = summarize([scored(mask(0), [mask(0)])])
    assert (scores.unique, scores.multiple, scores.by_tag, scores.by_label) == (None, None, {}, {})
    with pytest.raises(InputError, match="at least one"):
        summarize([])


answered = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


@given(answered, st.integers(1, 20))
def test_the_calibration_error_agrees_with_a_naive_recomputation(cases, bins):
    expected = 0.0
    for number in range(bins):
        inside = [(p, r) for p, r in cases if number <= p * bins < number + 1 or (number + 1 == bins and p == 1)]
        if inside:
            mean, share = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            expected += abs(share - mean) * len(inside) / len(cases)
    confidence, right = (np.array(column) for column in zip(*cases, strict=True))
    assert expected_calibration_error(confidence, right, bins) == pytest.approx(expected, abs=1e-9)


def test_confidence_that_says_how_often_it_is_right_has_no_error():
    confidence = np.repeat([0.25, 0.5, 1.0], 4)
    right = np.array([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1], dtype=bool)
    assert expected_calibration_error(confidence, right) == 0
    assert expected_calibration_error(confidence, ~right) == pytest.approx((0.5 + 0 + 1) / 3)


def test_answers_are_right_from_an_iou_of_a_half_and_when_nothing_is_found_where_nothing_is():
    points = apart(10)
    asked = [
        (mask(0, 1), [mask(0)]),
        (mask(0, 1, 2), [mask(0)]),
        (mask(), []),
        (mask(0), []),
        (mask(), [mask(0)]),
    ]
    right = [1.0, 0.0, 1.0, 0.0, 0.0]
    rows = [
        score_sentence(Referral("room", "it", (0,) * len(true)), predicted, true, points, confidence=confidence)
        for (predicted, true), confidence in zip(asked, right, strict=True)
    ]
    assert summarize(rows).ece == 0


def test_no_answers_have_no_calibration_error():
    with pytest.raises(InputError, match="at least one answer"):
        expected_calibration_error(np.zeros(0), np.zeros(0, dtype=bool))
