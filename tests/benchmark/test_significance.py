"""Both tests of systems against cases whose answer is known."""

import numpy as np
import pytest

from less3d.benchmark.significance import paired_bootstrap, swapped_groups
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
    values = [paired_bootstrap(*rng.uniform(0, 1, (2, 200)), draws=400).p for _ in range(300)]
    assert 0.06 < np.mean(np.array(values) < 0.1) < 0.14


@pytest.mark.parametrize("rooms", [10, 30])
def test_p_by_rooms_is_even_where_sentences_stand_and_fall_together(rooms):
    """Rooms of thirty sentences, all alike within a room: of comparisons of a system with its like one in ten has a p
    under .1, by sentences far more. An interval without 0 goes with a p under .05."""
    rng, names = np.random.default_rng(0), np.repeat(np.arange(rooms), 30).astype(str).tolist()
    by_rooms, by_sentences = [], []
    for _ in range(400):
        a, b = np.repeat(rng.uniform(0, 1, (2, rooms)), 30, axis=1)
        found = swapped_groups(a, b, names, swaps=400)
        by_rooms.append(found.p)
        by_sentences.append(paired_bootstrap(a, b, draws=400).p)
        assert (found.p > 0.05) == (found.low <= 0 <= found.high)
    assert 0.06 < np.mean(np.array(by_rooms) < 0.1) < 0.14
    assert np.mean(np.array(by_sentences) < 0.1) > 0.5


def test_the_interval_by_rooms_is_that_of_the_mean_of_differences():
    """By the central limit theorem, as the sentences' is, where rooms are many and as large as each other."""
    rng = np.random.default_rng(0)
    a, b = np.repeat(rng.uniform(0, 1, (2, 400)), 2, axis=1)
    found, gain = swapped_groups(a, b, [str(row // 2) for row in range(800)]), (a - b)[::2]
    error = gain.std(ddof=1) / 400**0.5
    assert found.mean == pytest.approx(gain.mean())
    assert found.low == pytest.approx(gain.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(gain.mean() + 1.96 * error, abs=0.1 * error)


def test_of_few_groups_nothing_is_sure():
    """Four can be swapped in sixteen ways, two of which give as large a difference."""
    found = swapped_groups([0.5] * 4, [0.2] * 4, list("abcd"), swaps=4000)
    assert found.p == pytest.approx(2 / 16, abs=0.02)
    assert (found.low, found.high) == (-1.0, 1.0)
    assert swapped_groups([0.5] * 12, [0.2] * 12, list("abcdefghijkl")).high == pytest.approx(0.3)


def test_the_other_way_round_is_the_opposite():
    a, b = np.random.default_rng(0).uniform(0, 1, (2, 100))
    rooms = [str(row // 5) for row in range(100)]
    for one, other in (
        (paired_bootstrap(a, b), paired_bootstrap(b, a)),
        (swapped_groups(a, b, rooms), swapped_groups(b, a, rooms)),
    ):
        assert (one.mean, one.low, one.high) == pytest.approx((-other.mean, -other.high, -other.low))
        assert one.p == pytest.approx(other.p)
    assert paired_bootstrap(a, a).p == swapped_groups(a, a, rooms).p == 1.0


def test_other_sentences_are_refused():
    for a, b in (([], []), ([0.1, 0.2, 0.3], [0.1])):
        with pytest.raises(InputError, match="same sentences"):
            paired_bootstrap(a, b)
        with pytest.raises(InputError, match="same sentences"):
            swapped_groups(a, b, ["room"] * len(a))
    with pytest.raises(InputError, match="a group of each of 2"):
        swapped_groups([0.1, 0.2], [0.1, 0.2], ["room"])
