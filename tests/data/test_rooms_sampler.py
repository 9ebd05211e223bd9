"""The fast scanner sees what is in sight, only that, and thins what it sees; no scanner sees all."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from less3d.data.rooms.light import Light, lit_colors
from less3d.data.rooms.scanning.complete import complete_surfaces
from less3d.data.rooms.scanning.sampler import SampleSettings, sample_surfaces, visible
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.surface import Surface, concatenate, sample_quad

GRAY = Paint((150.0, 140.0, 130.0))
CAMERA = np.array([0.0, 0.0, 1.4])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def plate(x: float, width: float, low: float, high: float, rng: np.random.Generator) -> Surface:
    """An upright plate at distance x in front of the camera, facing it."""
    return sample_quad((x, width / 2, low), (0.0, -width, 0.0), (0.0, 0.0, high - low), GRAY, rng)


def facing_camera(surface: Surface) -> bool:
    return bool((surface.normals @ np.float32([1, 0, 0]) < 0).all())


def test_nothing_behind_a_wall_is_seen(rng):
    wall, hidden, beside = plate(2.0, 2.0, 0, 2.5, rng), plate(2.4, 0.8, 0.4, 1.2, rng), plate(2.4, 8.0, 0, 0.5, rng)
    assert facing_camera(wall)
    seen = visible(concatenate([wall, hidden, beside]), CAMERA, rng)
    of_wall, of_hidden, of_beside = np.split(seen, [len(wall), len(wall) + len(hidden)])
    assert of_wall.mean() > 0.97
    assert of_hidden.sum() == 0
    # In plain sight past the wall's edges, where |y| / 2.4 > 1 / 2; one pixel of margin.
    clear = np.abs(beside.points[:, 1]) > 1.3
    covered = np.abs(beside.points[:, 1]) < 1.1
    assert of_beside[clear].mean() > 0.95
    assert of_beside[covered].sum() == 0


def test_backs_are_not_seen(rng):
    front = plate(2.0, 1.0, 0.5, 1.5, rng)
    back = Surface(front.points, -front.normals, front.colors)
    assert visible(front, CAMERA, rng).mean() > 0.97
    assert visible(back, CAMERA, rng).sum() == 0


def room(rng: np.random.Generator) -> tuple[Surface, np.ndarray]:
    floor = sample_quad((-2.0, -2.0, 0.0), (4.0, 0.0, 0.0), (0.0, 4.0, 0.0), GRAY, rng)
    parts = [floor, plate(1.9, 3.8, 0, 2.4, rng)]
    return concatenate(parts), np.repeat(np.arange(2, dtype=np.int32), [len(part) for part in parts])


def scan(rng: np.random.Generator, loss: float = 0.0, **changes: float):
    surface, ids = room(rng)
    lost = np.where(ids == 1, loss, 0).astype(np.float32)
    settings = SampleSettings(looks=40, holes=0.0, **changes)
    return sample_surfaces(surface, ids, lost, CAMERA[None], settings=settings, light=Light(), rng=rng)


def test_points_keep_their_ids_and_stay_near_their_surface(rng):
    seen = scan(rng, floaters=0.0)
    assert set(np.unique(seen.ids)) == {0, 1}
    assert np.percentile(np.abs(seen.points[seen.ids == 0, 2]), 90) < 0.06
    assert np.percentile(np.abs(seen.points[seen.ids == 1, 0] - 1.9), 90) < 0.06


def test_spacing_is_about_what_was_asked_for(rng):
    coarse = scan(rng, spacing=0.05, noise=0.0, waviness=0.0, floaters=0.0)
    nearest = cKDTree(coarse.points).query(coarse.points, k=2)[0][:, 1]
    assert 0.02 < np.median(nearest) < 0.05


def test_glass_loses_points(rng):
    whole, lossy = scan(np.random.default_rng(1)), scan(np.random.default_rng(1), loss=0.9)
    assert (lossy.ids == 1).sum() < 0.4 * (whole.ids == 1).sum()
    assert (lossy.ids == 0).sum() > 0.9 * (whole.ids == 0).sum()


def test_corners_and_floors_under_tables_are_darker(rng):
    floor = sample_quad((-2.0, -2.0, 0.0), (4.0, 0.0, 0.0), (0.0, 4.0, 0.0), GRAY, rng)
    table = sample_quad((-0.6, -0.6, 0.6), (1.2, 0.0, 0.0), (0.0, 1.2, 0.0), GRAY, rng)
    both = concatenate([floor, table])
    colors = lit_colors(both, Light(drift=0.0, blotches=0.0, shade=0.8), np.arange(len(both)) < len(floor)).mean(axis=1)
    reach = np.abs(floor.points[:, :2]).max(axis=1)
    assert colors[reach < 0.4].mean() < 0.85 * colors[(reach > 1.2) & (reach < 1.8)].mean()


def test_a_wall_is_not_seen_through_what_hangs_on_it(rng):
    wall, board = plate(2.0, 3.0, 0, 2.5, rng), plate(1.95, 1.0, 1.0, 1.8, rng)
    both = concatenate([wall, board])
    ids = np.repeat(np.arange(2, dtype=np.int32), [len(wall), len(board)])
    settings = SampleSettings(looks=60, holes=0.0, noise=0.0, waviness=0.0, floaters=0.0, rounding=0.0)
    camera = np.array([[0.0, 0.0, 1.4]])
    nothing_lost = np.zeros(len(both), dtype=np.float32)
    seen = sample_surfaces(both, ids, nothing_lost, camera, settings=settings, light=Light(), rng=rng)
    inside = (np.abs(seen.points[:, 1]) < 0.45) & (seen.points[:, 2] > 1.05) & (seen.points[:, 2] < 1.75)
    assert (seen.ids[inside] == 1).sum() > 300
    assert (seen.ids[inside] == 0).mean() < 0.15


def test_without_a_scanner_what_is_hidden_is_as_dense_as_the_rest(rng):
    wall, hidden = plate(2.0, 3.0, 0, 2.5, rng), plate(2.1, 3.0, 0, 2.5, rng)
    ids = np.repeat(np.arange(2, dtype=np.int32), [len(wall), len(hidden)])
    densities = []
    for seed in range(20):
        drawn = np.random.default_rng(seed)
        seen = complete_surfaces(concatenate([wall, hidden]), ids, light=Light.draw(drawn), rng=drawn)
        counts = np.bincount(seen.ids, minlength=2)
        assert counts[0] == pytest.approx(counts[1], rel=0.15)
        assert np.allclose(seen.points[:, 0], np.where(seen.ids == 0, 2.0, 2.1), atol=1e-5)
        densities.append(counts.sum() / 15)
    assert 350 < min(densities) < 800
    assert 1500 < max(densities) < 2800
