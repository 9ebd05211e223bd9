"""Portions of a data set: nested, drawn once and for all, with no mask that their sentences are not about."""

import pytest
from tiny_data import write_tiny_data

from less3d.benchmark.portions import BY_MASKS, BY_SCANS, EVERYTHING, Portion, full_cost, mask_cost
from less3d.data.folder import Folder


@pytest.fixture
def data(tmp_path):
    return Folder(write_tiny_data(tmp_path))


def test_all_is_the_data_set_itself(data):
    assert EVERYTHING.of(data) is data
    assert EVERYTHING.title == ""


def test_some_scans_keep_all_that_is_said_of_them(data):
    one, two = Portion(scans=0.1).of(data), Portion(scans=0.6).of(data)
    assert (len(one.scans), len(two.scans)) == (1, 2)
    assert set(one.scans) < set(two.scans) < set(data.scans)
    for scan in two.scans:
        assert two.load(scan)[1].members.keys() == data.load(scan)[1].members.keys()
        assert two.referrals[scan] == data.referrals[scan]
    assert two.fingerprint == Portion(scans=0.6).of(data).fingerprint != one.fingerprint


def test_some_objects_keep_the_sentences_about_them_alone_and_their_masks(data):
    one = Portion(objects=1).of(data)
    assert one.scans == data.scans
    for scan in one.scans:
        (row,) = one.referrals[scan]
        assert row in data.referrals[scan]
        assert tuple(one.load(scan)[1].members) == row.targets
    assert len({row.targets for rows in one.referrals.values() for row in rows}) == 2  # not the same one everywhere
    assert Portion(objects=2).of(data).referrals == data.referrals


def test_portions_of_both_kinds_take_as_long_to_label(data):
    for some, whole in zip(BY_MASKS[:2], BY_SCANS[:2], strict=True):
        assert some.objects is not None
        assert 2 * some.objects == 20 * whole.scans  # minutes a scan, over all scans
    assert mask_cost(data) == (6, 12.0)
    assert full_cost(data, {"room0": 2, "room1": 2, "room2": 3}) == (7, 60.0)
    assert mask_cost(Portion(objects=1).of(data)) == (3, 6.0)
