"""Collisions against a count of shared grid points; resting heights against furniture built by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from less3d.data.rooms.placing import box_rows, corners, overlaps, resting_heights
from less3d.data.rooms.surface import Surface

place = st.floats(-1.5, 1.5)
half = st.floats(0.1, 1.0)
yaw = st.floats(-3.2, 3.2)
box = st.tuples(place, place, yaw, half, half)


def row(x: float, y: float, angle: float, half_depth: float, half_width: float, bottom: float = 0.0) -> np.ndarray:
    return box_rows(np.array([[x, y, angle]], dtype=float), (2.0 * half_depth, 2.0 * half_width, 1.0), bottom)


def shared_grid_points(a: np.ndarray, b: np.ndarray) -> int:
    """Points of a fine grid inside of both footprints."""
    grid = np.stack(np.meshgrid(np.linspace(-3.2, 3.2, 321), np.linspace(-3.2, 3.2, 321)), axis=-1).reshape(-1, 2)
    inside = np.ones(len(grid), dtype=bool)
    for x, y, angle, half_depth, half_width in (a[0, :5], b[0, :5]):
        offset = grid - (x, y)
        forward = offset @ (np.cos(angle), np.sin(angle))
        sideways = offset @ (-np.sin(angle), np.cos(angle))
        inside &= (np.abs(forward) < half_depth) & (np.abs(sideways) < half_width)
    return int(inside.sum())


@given(box, box)
@settings(max_examples=80, deadline=None)
def test_boxes_that_share_area_overlap_and_others_do_not(first, second):
    a, b = row(*first), row(*second)
    shared = shared_grid_points(a, b)
    if overlaps(a, b, slack=0.05)[0, 0]:
        assert shared > 0
    if not overlaps(a, b, slack=0.0)[0, 0]:
        assert shared == 0
    assert overlaps(a, b)[0, 0] == overlaps(b, a)[0, 0]


def test_one_box_over_another_does_not_touch_it():
    assert overlaps(row(0, 0, 0, 1, 1), row(0, 0, 0.3, 1, 1, bottom=0.9))[0, 0]
    assert not overlaps(row(0, 0, 0, 1, 1), row(0, 0, 0.3, 1, 1, bottom=1.0))[0, 0]


def test_corners_of_a_turned_box():
    found = corners(row(1.0, 2.0, np.pi / 2, 0.5, 0.25))[0]
    assert {tuple(corner) for corner in found.round(6)} == {(0.75, 1.5), (0.75, 2.5), (1.25, 1.5), (1.25, 2.5)}


def shelf(*heights: float) -> Surface:
    """Boards of 1 m by 1 m at some heights, seen from above."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(-0.5, 0.5, 40), np.linspace(-0.5, 0.5, 40)))
    points = np.concatenate([np.stack([x, y, np.full_like(x, height)], axis=1) for height in heights])
    normals = np.tile(np.float32([0, 0, 1]), (len(points), 1))
    return Surface(points.astype(np.float32), normals, np.zeros((len(points), 3), np.uint8))


def test_a_thing_rests_on_the_top_or_between_the_boards():
    boards = shelf(0.2, 0.7, 1.1)
    footprint = (-0.2, -0.2, 0.2, 0.2)
    assert [round(height, 3) for height, _ in resting_heights(boards, footprint, inside=False)] == [1.1]
    inside = resting_heights(boards, footprint, inside=True)
    assert [round(height, 3) for height, _ in inside] == [1.1, 0.7, 0.2]
    assert [round(free, 2) for _, free in inside[1:]] == [0.4, 0.5]


def test_nothing_rests_half_over_an_edge():
    assert not resting_heights(shelf(0.7), (0.35, 0.35, 1.5, 1.5), inside=False)
    assert not resting_heights(shelf(0.7), (2.0, 2.0, 2.4, 2.4), inside=True)
