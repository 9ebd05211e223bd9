"""Fusion finds surfaces where they are, and vertices where a plain search for zero crossings finds them."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from less3d.data.rooms.scanning.camera import rotation_of
from less3d.data.rooms.scanning.fusion import Measurements, Volume, decimated, fuse, surface_vertices

TURNED = rotation_of(0.7, 0.3, 0.2)


def measured(points: np.ndarray, normals: np.ndarray, color: float = 100.0, instance: int = 0) -> Measurements:
    count = len(points)
    return Measurements(
        points.astype(np.float32),
        normals.astype(np.float32),
        np.full((count, 3), color, dtype=np.float32),
        np.full(count, instance, dtype=np.int32),
        np.ones(count, dtype=np.float32),
    )


def sphere(radius: float, count: int, rng: np.random.Generator) -> Measurements:
    normals = rng.normal(size=(count, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return measured(radius * normals, normals)


def plate(height: float, count: int, rng: np.random.Generator, up: float = 1.0, **kwargs: float) -> Measurements:
    points = np.column_stack([rng.uniform(-0.5, 0.5, (count, 2)), np.full(count, height)])
    return measured(points, np.tile([0.0, 0.0, up], (count, 1)), **kwargs)


def together(*parts: Measurements) -> Measurements:
    names = ("points", "normals", "colors", "ids", "weights")
    return Measurements(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def test_vertices_are_all_zero_crossings_along_edges_of_the_grid():
    rng = np.random.default_rng(0)
    shape = (5, 4, 6)
    cells = np.sort(rng.choice(int(np.prod(shape)), 90, replace=False)).astype(np.int32)
    values = rng.normal(size=len(cells)).astype(np.float32)
    plain = np.zeros((len(cells), 3), dtype=np.float32)
    ones, ids = np.ones(len(cells), dtype=np.float32), np.arange(len(cells), dtype=np.int32)
    volume = Volume(0.1, np.eye(3, dtype=np.float32), plain[0], shape, cells, values, ones, plain, ids, ones)
    known = {tuple(np.unravel_index(cell, shape)): value for cell, value in zip(cells, values, strict=True)}
    expected = []
    for cell, value in known.items():
        for axis in range(3):
            other = tuple(np.add(cell, np.eye(3, dtype=int)[axis]))
            if other in known and (value < 0) != (known[other] < 0):
                place = np.array(cell, dtype=float) + 0.5
                place[axis] += value / (value - known[other])
                expected.append(0.1 * place)
    found = surface_vertices(volume).points
    assert len(found) == len(expected) > 20
    assert np.allclose(sorted(found.tolist()), sorted(np.array(expected).tolist()), atol=1e-5)


def test_light_voxels_take_no_part():
    volume = fuse(plate(0.0, 20_000, np.random.default_rng(0)), size=0.03, rotation=TURNED)
    assert len(surface_vertices(volume).points) > 500
    assert len(surface_vertices(volume, least_weight=float(volume.weight.max())).points) == 0


@pytest.mark.parametrize("rotation", [np.eye(3), TURNED])
def test_vertices_of_a_sphere_lie_on_it(rotation):
    size = 0.025
    volume = fuse(sphere(0.3, 60_000, np.random.default_rng(1)), size=size, rotation=rotation)
    points = surface_vertices(volume).points
    assert np.abs(np.linalg.norm(points, axis=1) - 0.3).max() < 0.15 * size
    # Edges of the grid cross a surface 1.5 times for each squared voxel edge of it.
    assert len(points) == pytest.approx(1.5 * 4 * np.pi * 0.3**2 / size**2, rel=0.03)


def test_fusion_averages_doubled_surfaces_and_their_colors():
    rng = np.random.default_rng(2)
    low, high = plate(0.0, 30_000, rng, color=80.0), plate(0.008, 30_000, rng, color=120.0)
    fused = surface_vertices(fuse(together(low, high), size=0.025, rotation=TURNED))
    assert np.abs(fused.points[:, 2] - 0.004).mean() < 0.001
    assert np.abs(fused.colors - 100).mean() < 5


def test_both_sides_of_a_board_survive():
    rng = np.random.default_rng(3)
    thickness, size = 0.03, 0.022
    top = plate(0.0, 40_000, rng, instance=1)
    bottom = plate(-thickness, 40_000, rng, up=-1.0, instance=2)
    fused = surface_vertices(fuse(together(top, bottom), size=size, rotation=TURNED))
    expected = 0.9 / size**2  # points a square meter and side, less than the edges of a turned grid give
    for instance, height in ((1, 0.0), (2, -thickness)):
        mine = fused.points[fused.ids == instance]
        assert len(mine) > expected
        assert np.abs(mine[:, 2] - height).mean() < 0.2 * size


def test_ids_are_those_of_the_nearest_measurement():
    rng = np.random.default_rng(4)
    floor = plate(0.0, 40_000, rng, instance=5)
    box = plate(0.2, 40_000, rng, instance=6)
    fused = surface_vertices(fuse(together(floor, box), size=0.025, rotation=TURNED))
    assert (fused.ids[fused.points[:, 2] < 0.1] == 5).all()
    assert (fused.ids[fused.points[:, 2] > 0.1] == 6).all()


def test_decimation_thins_evenly_and_mixes_no_ids():
    rng = np.random.default_rng(6)
    left, right = plate(0.0, 40_000, rng, color=10.0, instance=1), plate(0.2, 40_000, rng, color=200.0, instance=2)
    volume = fuse(together(left, right), size=0.02, rotation=TURNED)
    fused = surface_vertices(volume)
    thin = decimated(fused, volume, most=len(fused.ids) // 2)
    assert 0.4 < len(thin.ids) / len(fused.ids) < 0.6
    assert np.abs(thin.points[:, 2] - np.where(thin.ids == 1, 0.0, 0.2)).max() < 0.01
    assert np.array_equal(thin.colors[:, 0].round(), np.where(thin.ids == 1, 10, 200))
    apart = cKDTree(fused.points).query(thin.points)[0]
    assert apart.max() < 0.02
    assert decimated(fused, volume, most=len(fused.ids)) is fused
