"""Pictures: what is near hides what is far, the object is in sight, and pixels are where a pinhole camera puts them."""

import subprocess
import sys

import numpy as np
import pytest

from less3d.draw import HIGHLIGHT, View, choose_view, highlight, in_sight, picture, render, tint
from less3d.errors import InputError
from less3d.scan import Scan

FRONT = View(eye=(0.0, -4.0, 0.0), target=(0.0, 0.0, 0.0), field_of_view=60.0)
SIZE = (120, 90)


def sheet(y: float, half: float, color: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A square that faces the camera of `FRONT`."""
    side = np.linspace(-half, half, round(half * 80))
    x, z = np.meshgrid(side, side)
    points = np.stack([x.ravel(), np.full(x.size, y), z.ravel()], axis=1).astype(np.float32)
    return points, np.tile(np.array(color, dtype=np.uint8), (len(points), 1))


def room() -> tuple[np.ndarray, np.ndarray]:
    """A 4 x 5 x 2.6 m room with floor, four walls, a ceiling and a 0.5 m box by the wall at +x; and the box's mask."""
    rng = np.random.default_rng(0)

    def wall(low, high, count):
        return rng.uniform(low, high, (count, 3))

    shell = [
        wall((-2, -2.5, 0), (2, 2.5, 0.01), 5000),
        wall((-2, -2.5, 2.6), (2, 2.5, 2.61), 5000),
        wall((-2, -2.5, 0), (-1.99, 2.5, 2.6), 3500),
        wall((1.99, -2.5, 0), (2, 2.5, 2.6), 3500),
        wall((-2, -2.5, 0), (2, -2.49, 2.6), 2800),
        wall((-2, 2.49, 0), (2, 2.5, 2.6), 2800),
    ]
    box = wall((1.3, -0.25, 0.02), (1.8, 0.25, 0.5), 1500)
    points = np.concatenate([*shell, box]).astype(np.float32)
    return points, np.arange(len(points)) >= len(points) - len(box)


def is_red(image: np.ndarray) -> np.ndarray:
    red, green, blue = image.astype(int).transpose(2, 0, 1)
    return (red > green + 60) & (red > blue + 60)


def test_near_points_hide_far_ones():
    far, far_colors = sheet(1.0, 1.5, (0, 0, 255))
    near, near_colors = sheet(-1.0, 0.5, (255, 0, 0))
    orders = [(near, far), (far, near)]
    colors = [(near_colors, far_colors), (far_colors, near_colors)]
    first, second = (
        render(np.concatenate(points), np.concatenate(paint), view=FRONT, size=SIZE)
        for points, paint in zip(orders, colors, strict=True)
    )
    assert is_red(first)[45, 60]
    red, _, blue = first[45, 35].astype(int)
    assert blue > red + 60
    np.testing.assert_array_equal(first, second)


def test_a_square_is_as_large_as_a_pinhole_camera_sees_it():
    points, colors = sheet(0.0, 1.0, (255, 0, 0))
    focal = SIZE[0] / 2 / np.tan(np.radians(30))
    expected = (2.0 / 4.0 * focal) ** 2
    assert is_red(render(points, colors, view=FRONT, size=SIZE)).sum() == pytest.approx(expected, rel=0.1)


def test_up_is_up_and_right_is_right():
    focal = FRONT.focal(SIZE)
    place = FRONT.project(np.array([[1.0, 0.0, 0.5]], dtype=np.float32), SIZE)[0]
    np.testing.assert_allclose(place, [60 + focal / 4, 45 - focal / 8, 4.0], rtol=1e-5)


def test_a_sparse_surface_has_no_holes():
    rng = np.random.default_rng(1)
    points = (rng.uniform(-1, 1, (4000, 3)) * (2, 0, 2)).astype(np.float32)
    image = render(points, np.full((4000, 3), (255, 0, 0), dtype=np.uint8), view=FRONT, size=SIZE)
    assert is_red(image)[20:-20, 20:-20].mean() > 0.99


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_points_are_drawn(count):
    points = np.zeros((count, 3), dtype=np.float32)
    image = render(points, np.full((count, 3), (255, 0, 0), dtype=np.uint8), view=FRONT, size=SIZE)
    assert image.shape == (90, 120, 3)
    assert is_red(image).any() == (count > 0)


def test_points_behind_the_eye_are_not_drawn():
    points, colors = sheet(-9.0, 1.0, (255, 0, 0))
    assert not is_red(render(points, colors, view=FRONT, size=SIZE)).any()


def test_a_view_straight_down_is_possible():
    points, colors = sheet(0.0, 1.0, (255, 0, 0))
    down = View(eye=(0.0, 0.0, 4.0), target=(0.0, 0.0, 0.0))
    assert is_red(render(points[:, [0, 2, 1]], colors, view=down, size=SIZE))[45, 60]


def test_a_view_without_a_direction_is_refused():
    with pytest.raises(InputError, match="differ"):
        View(eye=(1.0, 1.0, 1.0), target=(1.0, 1.0, 1.0))


def test_the_chosen_view_shows_the_object_inside_a_closed_room():
    points, mask = room()
    view = choose_view(points, mask)
    drawn = in_sight(points, mask, view)
    colors = np.where(mask[:, None], (255, 0, 0), (200, 200, 200)).astype(np.uint8)
    image = render(points[drawn], colors[drawn], view=view, size=SIZE)
    alone = render(points[mask], colors[mask], view=view, size=SIZE)
    assert is_red(alone).mean() > 0.02
    assert is_red(image).sum() > 0.8 * is_red(alone).sum()


def test_the_view_is_from_above_and_from_the_middle_of_the_room():
    points, mask = room()
    view = choose_view(points, mask)
    assert view.eye[2] > view.target[2]
    assert view.eye[0] < view.target[0]  # the box stands at +x


def test_walls_between_are_looked_through_but_not_those_behind():
    points, mask = room()
    view = View(eye=(0.0, -8.0, 5.0), target=(0.0, 0.0, 0.5))
    drawn = in_sight(points, mask, view)
    high = (points[:, 2] > 0.5) & (points[:, 2] < 2.0) & (abs(points[:, 0]) < 1.5)
    assert not drawn[high & (points[:, 1] < -2.45)].any()
    assert drawn[high & (points[:, 1] > 2.45)].all()
    assert not drawn[points[:, 2] > 2.55].any()
    assert drawn[mask].all()


def test_nothing_is_dropped_for_an_eye_inside_the_room():
    points, mask = room()
    assert in_sight(points, mask, View(eye=(0.0, 0.0, 1.6), target=(1.5, 0.0, 0.3))).all()


def test_an_empty_mask_shows_the_whole_scan():
    points, mask = room()
    view = choose_view(points, np.zeros_like(mask))
    place = view.project(points, SIZE)
    inside = ((place[:, :2] > 0) & (place[:, :2] < SIZE)).all(axis=1) & (place[:, 2] > view.near)
    assert inside.mean() > 0.95


def test_highlight_colors_the_object_alone():
    colors = np.array([[10, 10, 10], [250, 250, 250], [0, 0, 255], [30, 160, 40]], dtype=np.uint8)
    mask = np.array([True, True, False, False])
    shown = highlight(colors, mask).astype(int)
    assert abs(shown[:2].mean(axis=0) - HIGHLIGHT).max() < 40
    assert shown[0].sum() < shown[1].sum()
    np.testing.assert_array_equal(tint(colors, mask)[:2], shown[:2])
    np.testing.assert_array_equal(tint(colors, mask)[2:], colors[2:])
    assert (np.ptp(shown[2:], axis=1) < 0.5 * np.ptp(colors[2:].astype(int), axis=1)).all()


def test_a_picture_has_the_object_in_it_and_the_sentence_under_it():
    points, mask = room()
    scan = Scan(points, np.full((len(points), 3), 128, dtype=np.uint8))
    short = picture(scan, mask, "the box", size=SIZE)
    assert short.width == SIZE[0]
    assert is_red(np.asarray(short)[: SIZE[1]]).mean() > 0.02
    strip = np.asarray(short)[SIZE[1] :]
    assert strip.min() < 100 < 250 < strip.max()


def test_a_very_long_sentence_keeps_the_picture_small():
    points, mask = room()
    scan = Scan(points, np.full((len(points), 3), 128, dtype=np.uint8))
    image = picture(scan, mask, " ".join(["chair"] * 300), view=FRONT, size=SIZE)
    assert image.height < 3 * SIZE[1]


def test_drawing_needs_no_torch():
    code = "import less3d.draw, sys; sys.exit('torch' in sys.modules or 'PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
