"""Painted solids: fronts outwards, sampled evenly, patterns that move with their part."""

import numpy as np
import pytest

from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.solids import (
    Part,
    box,
    lathe,
    lens,
    mirrored,
    pipe,
    prism,
    ring,
    rotation,
    sheet,
    soft_box,
    tube,
)
from less3d.data.rooms.surface import sample, sample_quad

GRAY, RED = Paint((128, 128, 128)), Paint((200, 20, 20))
UNIT = (0.0, 1.0)

CLOSED = {
    "box": (box(UNIT, UNIT, UNIT, GRAY), 1.0),
    "mirrored box": (mirrored(box(UNIT, UNIT, UNIT, GRAY)), 1.0),
    "turned box": (box(UNIT, UNIT, UNIT, GRAY).turned(0.7, axis=1).moved(3, 2, 1), 1.0),
    "ellipsoid": (soft_box((-1, 1), (-1, 1), (-1, 1), GRAY, roundness=1.0, detail=12), 4 / 3 * np.pi),
    "upright tube": (tube((0, 0, 0), (0, 0, 2), 0.5, GRAY, sides=64), np.pi / 2),
    "level tube": (tube((0, 0, 0), (2, 0, 0), 0.5, GRAY, sides=64), np.pi / 2),
    "slanted tube": (tube((1, 0, 2), (0, 2, 0), 0.5, GRAY, sides=64), 3 * np.pi / 4),
    "cone": (tube((0, 0, 0), (0, 0, 3), 1.0, GRAY, end_radius=1e-6, sides=64), np.pi),
    "bent pipe": (pipe([(0, 0, 0), (0, 0, 1), (1, 0, 2)], 0.1, GRAY), None),
    "bowl": (lathe([(1.0, 0.0), (1.0, 1.0), (0.9, 1.0), (0.9, 0.1)], GRAY, sides=64), np.pi * (1 - 0.81 * 0.9)),
    "prism": (prism(ring((-1, 1), (-2, 2), 0, sides=64)[:, :2], (0, 0.5), GRAY), np.pi),
    "pillow": (lens(UNIT, UNIT, UNIT, GRAY), None),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_solids_hold_their_volume(name: str) -> None:
    """The divergence theorem over the triangles gives the volume, with its sign right only when fronts are outside."""
    part, volume = CLOSED[name]
    corners = part.vertices[part.triangles]
    held = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert held > 0
    if volume is not None:
        assert held == pytest.approx(volume, rel=0.03)


def test_samples_lie_on_the_box_and_face_outwards() -> None:
    surface = sample([box((-1, 1), (-0.5, 0.5), (0, 0.2), GRAY)], np.random.default_rng(0))
    half = np.array([1, 0.5, 0.1])
    offset = np.abs(surface.points - (0, 0, 0.1)) / half
    assert np.allclose(offset.max(axis=1), 1, atol=1e-5)
    assert (np.einsum("ij,ij->i", surface.points - np.array([0, 0, 0.1], dtype=np.float32), surface.normals) > 0).all()


def test_samples_are_even() -> None:
    """Density is the same on a large and a small part, and no large hole is left."""
    large, small = box((0, 1), (0, 1), (0, 1), GRAY), box((2, 2.5), (0, 0.5), (0, 0.5), RED)
    surface = sample([large, small], np.random.default_rng(1), density=2000)
    assert len(surface) == pytest.approx(2000 * 7.5, rel=0.01)
    assert (surface.points[:, 0] > 1.5).mean() == pytest.approx(1.5 / 7.5, rel=0.03)
    top = surface.points[(surface.points[:, 2] > 0.999) & (surface.points[:, 0] < 1.5)]
    cells = np.histogram2d(top[:, 0], top[:, 1], bins=12, range=((0, 1), (0, 1)))[0]
    assert cells.min() >= 4, "random points would leave some cell of 14 with fewer"


def test_small_things_get_enough_points() -> None:
    assert len(sample([box((0, 0.01), (0, 0.01), (0, 0.01), GRAY)], np.random.default_rng(0), minimum=300)) == 300


def test_an_inlay_moves_with_its_part() -> None:
    panel = box((0, 0.1), (-1, 1), (0, 1), GRAY).faced((-0.5, 0.5), (0.2, 0.8), RED)
    turned = panel.turned(np.pi / 2).moved(0, 5, 0)
    surface = sample([turned], np.random.default_rng(0))
    red = surface.colors[:, 0] > 160
    assert red.mean() == pytest.approx(0.6 / (2 * (2 + 0.2 + 0.1)), rel=0.1)
    assert np.allclose(surface.normals[red], (0, 1, 0), atol=1e-5)
    assert np.abs(surface.points[red, 0]).max() < 0.51


def test_hidden_sides_are_left_out() -> None:
    part = box(UNIT, UNIT, UNIT, GRAY, without=("-x", "+z"))
    normals = sample([part], np.random.default_rng(0)).normals
    assert len(part.triangles) == 8
    assert normals[:, 0].min() > -0.5
    assert normals[:, 2].max() < 0.5


def test_a_sheet_has_two_sides() -> None:
    u, v = np.meshgrid(np.linspace(0, 1, 4), np.linspace(0, 1, 5), indexing="ij")
    cloth = sheet(np.stack([u, v, np.zeros_like(u)], axis=-1), GRAY)
    normals = sample([cloth], np.random.default_rng(0)).normals
    assert (normals[:, 2] > 0.99).mean() == pytest.approx(0.5, abs=0.02)
    assert (normals[:, 2] < -0.99).mean() == pytest.approx(0.5, abs=0.02)


def test_a_quad_faces_its_front() -> None:
    wall = sample_quad((0, 0, 0), (0, 4, 0), (0, 0, 2.5), GRAY, np.random.default_rng(0), density=100)
    assert len(wall) == 1000
    assert np.allclose(wall.normals, (1, 0, 0))
    assert np.ptp(wall.points, axis=0) == pytest.approx((0, 4, 2.5), abs=0.1)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_rotation_is_counter_clockwise(axis: int) -> None:
    first, second = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
    assert np.allclose(rotation(np.pi / 2, axis) @ first, second)


def test_scaling_keeps_the_pattern_in_metres() -> None:
    striped = Paint((0, 0, 0), "stripes", accents=((10, 10, 10), (240, 240, 240)), scale=0.2, axis=1)
    part: Part = lathe([(0.5, 0), (0.5, 1)], striped).scaled(1, 2, 1)
    surface = sample([part], np.random.default_rng(0))
    bright = surface.colors[:, 0] > 120
    band = np.floor(surface.points[:, 1] / 0.1).astype(int) % 2 == 1
    assert (bright == band).mean() > 0.98
