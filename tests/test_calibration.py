"""Calibration: confidence becomes how often answers are right, and nothing is answered where it pays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from less3d.calibration import Calibration, Known, Platt, fit
from less3d.data.absent import absence_f1
from less3d.metrics import expected_calibration_error
from less3d.settings import from_json, to_json

probabilities = st.lists(st.floats(0, 1), min_size=2, max_size=20).map(lambda values: np.array(values))


def drawn(seed: int, count: int = 4000, absent_share: float = 0.3) -> Known:
    """Sentences about which a network knows something, but says it with the wrong strength."""
    rng = np.random.default_rng(seed)
    absent = rng.random(count) < absent_share
    nothing = expit(rng.normal(np.where(absent, 0.0, -2.0), 1.5))
    expected = (1 - nothing) * rng.uniform(0.05, 1.0, count)
    right = rng.random(count) < expit(2 * logit(expected) - 1)
    iou = np.where(absent, 0.0, np.where(right, rng.uniform(0.5, 1.0, count), rng.uniform(0, 0.49, count)))
    return Known(expected, nothing, iou, absent)


def test_uncalibrated_the_numbers_are_taken_at_their_word():
    known = drawn(0)
    found, confidence = Calibration().judge(known.expected, known.nothing)
    np.testing.assert_array_equal(found, known.expected >= known.nothing)
    np.testing.assert_allclose(confidence, np.maximum(known.expected, known.nothing), rtol=1e-6)


def test_a_mask_without_a_point_is_not_found_however_little_nothing_is_believed():
    found, _ = Calibration(nothing=-30.0).judge(np.zeros(2), np.array([0.0, 0.5]))
    assert not found.any()


@given(probabilities, st.floats(0, 5), st.floats(-5, 5))
def test_a_map_never_falls_and_stays_a_probability(p, slope, shift):
    mapped = Platt(slope, shift)(np.sort(p))
    assert (np.diff(mapped) >= 0).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()


@given(probabilities, probabilities, st.floats(-5, 5), st.floats(0, 5))
def test_the_more_is_added_to_nothing_the_less_is_found(expected, nothing, shift, more):
    pair = expected[: len(nothing)] * (1 - nothing[: len(expected)]), nothing[: len(expected)]
    before, after = Calibration(shift).judge(*pair)[0], Calibration(shift + more).judge(*pair)[0]
    assert (before >= after).all()


def test_a_map_that_falls_is_refused():
    with pytest.raises(ValueError, match="slope of at least 0"):
        Platt(slope=-0.1)


def test_the_truth_is_recovered():
    known = drawn(1, count=20_000, absent_share=0.0)
    found = fit(known).mask
    assert found.slope == pytest.approx(2, abs=0.15)
    assert found.shift == pytest.approx(-1, abs=0.15)


def test_confidence_becomes_how_often_answers_are_right():
    learned, other = drawn(2), drawn(3)
    errors = []
    for calibration in (Calibration(), fit(learned)):
        found, confidence = calibration.judge(other.expected, other.nothing)
        errors.append(expected_calibration_error(confidence, other.right(found)))
    assert errors[0] > 0.08
    assert errors[1] < 0.04


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.01, 0.1, 1.0]))
def test_nothing_is_answered_where_its_f1_is_best_of_all_that_cost_no_more(seed, cost):
    known = drawn(seed, count=30)
    chosen, present = fit(known, cost=cost), ~known.absent
    if not known.absent.any():
        assert chosen.nothing == 0
        return

    def measured(shift: float) -> tuple[float, float]:
        found, _ = Calibration(shift).judge(known.expected, known.nothing)
        lost = known.iou[present & ~found].sum()
        return absence_f1(known.absent.tolist(), (~found).tolist()), lost - cost * known.iou[present].sum()

    reached, excess = measured(chosen.nothing)
    assert excess < 1e-9
    odds = np.sort(np.log(known.expected) - np.log(known.nothing))
    tried = [measured(shift) for shift in (odds[0] - 1, *(odds[:-1] + odds[1:]) / 2, odds[-1] + 1)]
    assert reached == pytest.approx(max(f1 for f1, excess in tried if excess < 1e-9))


@pytest.mark.parametrize("absent", [False, True])
def test_of_one_kind_alone_nothing_is_made_up(absent):
    known = drawn(4, count=50, absent_share=float(absent))
    found = fit(known)
    if not absent:
        assert (found.nothing, found.empty) == (0.0, Platt())
    judged, confidence = found.judge(known.expected, known.nothing)
    assert np.isfinite(confidence).all()
    assert judged.any() != absent


def test_the_answers_that_are_always_right_are_not_called_certain():
    known = Known(np.full(8, 0.5), np.zeros(8), np.ones(8), np.zeros(8, dtype=bool))
    _, confidence = fit(known).judge(known.expected, known.nothing)
    np.testing.assert_allclose(confidence, 9 / 10, atol=1e-3)  # Platt's target


def test_it_is_written_and_read_exactly():
    calibration = fit(drawn(5))
    assert calibration != Calibration()
    assert from_json(Calibration, to_json(calibration)) == calibration
