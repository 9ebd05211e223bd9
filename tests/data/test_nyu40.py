"""Names of things and the classes they are of."""

from less3d.data.nyu40 import _NAMES, NYU40, UNSCORED, nyu40_class
from less3d.data.rooms.kinds import KIND_SHARES, recipe

_NO_NAMES = {"kitchen run", "vanity", "object"}
"""Of rules: what is made of several things, or is anything."""


def test_every_class_is_one_of_the_forty_and_is_its_own():
    assert set(_NAMES) <= set(NYU40)
    assert set(NYU40) > UNSCORED
    assert all(nyu40_class(name) == name for name in NYU40)


def test_no_name_is_of_two_classes():
    names = [name for names in _NAMES.values() for name in names.split("|")]
    assert len(set(names)) == len(names)
    assert not set(names) & set(NYU40)
    assert nyu40_class("theremin") == "theremin"


def test_what_stands_in_made_rooms_has_a_class():
    names = {name for kind in KIND_SHARES for rule in recipe(kind) for name in rule.category} - _NO_NAMES
    assert len(names) > 100
    assert {nyu40_class(name) for name in names} <= set(NYU40)
