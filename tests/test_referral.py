"""Masks are sets of points, whatever is done to them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.referral import Masks, Referral, Sample
from less3d.scan import Scan

instance_ids = st.lists(st.integers(-1, 4), min_size=1, max_size=40).map(lambda ids: np.array(ids, np.int32))


@given(instance_ids)
def test_instances_are_masks_and_minus_one_is_none(instances):
    masks = Masks.of_instances(instances)
    assert set(masks.members) == set(instances.tolist()) - {-1}
    for target in masks.members:
        np.testing.assert_array_equal(masks.mask([target]), instances == target)
    np.testing.assert_array_equal(masks.mask(list(masks.members)), instances >= 0)
    assert not masks.mask([]).any()


@given(instance_ids, st.randoms(use_true_random=False))
def test_masks_of_some_points_in_another_order(instances, random):
    rows = list(range(len(instances)))
    random.shuffle(rows)
    kept = np.array(rows[: random.randint(1, len(rows))])
    taken = Masks.of_instances(instances).take(kept)
    assert taken.size == len(kept)
    for target in set(instances.tolist()) - {-1}:
        np.testing.assert_array_equal(taken.mask([target]), instances[kept] == target)
        assert taken.has([target]) == (target in instances[kept])


@given(instance_ids)
def test_only_some_objects(instances):
    masks = Masks.of_instances(instances).only([0, 3, 77])
    assert set(masks.members) == {0, 3} & set(instances.tolist())
    assert masks.size == len(instances)


def test_objects_may_share_points_and_the_unknown_is_refused():
    masks = Masks({1: np.array([0, 1], np.int32), 2: np.array([1, 2], np.int32)}, 4)
    assert masks.mask([1, 2]).tolist() == [True, True, True, False]
    with pytest.raises(KeyError):
        masks.mask([3])


def test_a_sample_needs_a_value_a_point():
    scan = Scan(np.zeros((3, 3), np.float32), np.zeros((3, 3), np.uint8))
    with pytest.raises(InputError, match=r"shape \(3,\)"):
        Sample(scan, Referral("a", "x", (1,)), np.zeros(2, bool))
