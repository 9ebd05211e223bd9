"""The paired bootstrap against cases whose answer is known."""

import numpy as np
import pytest

from less3d.benchmark.significance import paired_bootstrap
from less3d.errors import InputError


def test_the_interval_is_that_of_the_mean_of_differences():
    """By the central limit theorem it is the mean and 1.96 standard errors to each side."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0, 1, 800), rng.uniform(0, 1, 800)
    found, gain = paired_bootstrap(a, b), a - b
    error = gain.std(ddof=1) / 800**0.5
    assert found.mean == pytest.approx(gain.mean())
    assert found.low == pytest.approx(gain.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(gain.mean() + 1.96 * error, abs=0.1 * error)


def test_what_both_find_hard_does_not_blur_the_difference():
    hard = np.random.default_rng(0).uniform(0, 0.9, 300)
    assert paired_bootstrap(hard + 0.05, hard).p < 0.001
    apart = np.random.default_rng(1).permutation(hard)
    assert paired_bootstrap(hard + 0.05, apart).p > 0.01


def test_p_is_even_where_there_is_no_difference():
    """Of comparisons of a system with its like, one in ten has a p under .1."""
    rng = np.random.default_rng(0)
    values = [paired_bootstrap(*rng.uniform(0, 1, (2, 200)), resamplings=400).p for _ in range(300)]
    assert 0.06 < np.mean(np.array(values) < 0.1) < 0.14


def test_sentences_that_stand_and_fall_together_are_drawn_together():
    """Ten rooms of thirty sentences, all alike within a room: p by rooms is even, that by sentences far too low."""
    rng, rooms = np.random.default_rng(0), list(np.repeat(list("abcdefghij"), 30))
    low = {"rooms": [], "sentences": []}
    for _ in range(200):
        a, b = np.repeat(rng.uniform(0, 1, (2, 10)), 30, axis=1)
        for name, groups in (("rooms", rooms), ("sentences", None)):
            low[name].append(paired_bootstrap(a, b, groups=groups, resamplings=400).p < 0.1)
    assert 0.06 < np.mean(low["rooms"]) < 0.25  # ten rooms are few for a bootstrap
    assert np.mean(low["sentences"]) > 0.5
    assert paired_bootstrap(a, b, groups=rooms).mean == pytest.approx(np.mean(a - b))


def test_the_other_way_round_is_the_opposite():
    a, b = np.random.default_rng(0).uniform(0, 1, (2, 100))
    one, other = paired_bootstrap(a, b), paired_bootstrap(b, a)
    assert (one.mean, one.low, one.high) == pytest.approx((-other.mean, -other.high, -other.low))
    assert one.p == pytest.approx(other.p)
    assert paired_bootstrap(a, a).p == 1.0


def test_no_sentence_is_refused():
    with pytest.raises(InputError, match="at least one sentence"):
        paired_bootstrap([], [])
