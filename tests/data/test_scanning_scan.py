"""The scan of simple scenes from known poses: what is in sight, where it is, with its noise, colors and ids."""

from dataclasses import replace

import numpy as np
import pytest

from less3d.data.rooms.light import Light, lit_colors
from less3d.data.rooms.plan import Plan, Wall
from less3d.data.rooms.scanning.camera import FARTHEST, NOTHING, Scene, render, rotation_of
from less3d.data.rooms.scanning.path import Path, walk
from less3d.data.rooms.scanning.scan import ScanSettings, scan_along, scan_room
from less3d.data.rooms.scanning.seen import Seen
from less3d.data.rooms.scanning.sensor import Sensor, measure
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.surface import Surface, concatenate, sample_quad
from less3d.scan import NO_INSTANCE

GRAY = Paint((150.0, 140.0, 130.0))
CAMERA = np.array([0.0, 0.0, 1.4], dtype=np.float32)
STILL = ScanSettings(drift=0.0, exposure=0.0, white_balance=0.0, misalignment=0.0, haze=0.0, grain=0.0)
EXACT = Sensor(noise=0.0, grazing=0.1)


def plate(x: float, width: float, low: float, high: float, rng: np.random.Generator) -> Surface:
    """An upright plate at distance x in front of the camera, facing it."""
    return sample_quad((x, width / 2, low), (0.0, -width, 0.0), (0.0, 0.0, high - low), GRAY, rng)


def standing(count: int) -> Path:
    """Frames from about one place, looking about along x."""
    rng = np.random.default_rng(8)
    positions = CAMERA + rng.normal(0, 0.03, (count, 3)).astype(np.float32)
    turns = [rotation_of(*rng.normal(0, 0.05, 2)) for _ in range(count)]
    return Path(positions, np.stack(turns))


def scan(*parts: Surface, frames: int = 12, loss: float = 0.0, settings: ScanSettings = STILL) -> Seen:
    """Scan plates; the first is instance 0."""
    surface = concatenate(parts)
    ids = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    losses = np.where(ids == 0, loss, 0).astype(np.float32)
    rng = np.random.default_rng(3)
    return scan_along(
        surface, ids, losses, standing(frames), scene=Scene.of(surface), settings=settings, light=Light(), rng=rng
    )


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_a_wall_is_flat_within_noise_that_grows_with_distance(rng):
    deviations = []
    for distance in (1.0, 2.0, 4.0):
        seen = scan(plate(distance, 3.0, 0.2, 2.6, rng), settings=replace(STILL, sensor=Sensor(noise=0.0015)))
        assert len(seen.points) > 500
        assert abs(np.median(seen.points[:, 0]) - distance) < 0.002 * distance**2
        deviations.append(np.percentile(np.abs(seen.points[:, 0] - distance), 70))
    assert deviations[0] < 0.0025
    assert deviations[0] < 0.8 * deviations[1] < 0.64 * deviations[2]
    assert deviations[2] < 0.04


def test_drifting_poses_roughen_surfaces(rng):
    wall = plate(2.0, 3.0, 0.2, 2.6, rng)
    spread = [
        np.std(scan(wall, settings=replace(STILL, sensor=EXACT, drift=drift)).points[:, 0]) for drift in (0.0, 0.02)
    ]
    assert spread[1] > 2 * spread[0]


def test_what_is_behind_something_is_not_in_the_scan(rng):
    board, wall = plate(1.96, 1.0, 1.0, 1.8, rng), plate(2.0, 3.0, 0.2, 2.6, rng)
    seen = scan(board, wall)
    inside = (np.abs(seen.points[:, 1]) < 0.45) & (seen.points[:, 2] > 1.05) & (seen.points[:, 2] < 1.75)
    assert (seen.ids[inside] == 0).sum() > 500
    assert (seen.ids[inside] == 1).mean() < 0.01
    assert (seen.ids[~inside] == 1).sum() > 2000


def test_ids_are_right_for_a_box_before_a_wall(rng):
    box, wall = plate(1.5, 0.8, 1.0, 1.8, rng), plate(2.5, 4.0, 0.2, 2.6, rng)
    seen = scan(box, wall)
    assert set(np.unique(seen.ids)) == {NO_INSTANCE, 0, 1}
    assert (seen.ids == NO_INSTANCE).mean() < 0.01  # pixels that fly between the two
    at_box, at_wall = np.abs(seen.points[:, 0] - 1.5) < 0.1, np.abs(seen.points[:, 0] - 2.5) < 0.1
    assert (at_box | at_wall).mean() > 0.98
    assert (seen.ids[at_box] == 0).mean() > 0.99
    assert (seen.ids[at_wall] == 1).mean() > 0.99
    assert (at_box | at_wall)[seen.ids != NO_INSTANCE].mean() > 0.999  # flying pixels are nobody's
    # The box casts a shadow on the wall, two thirds larger than itself.
    shadow = at_wall & (np.abs(seen.points[:, 1]) < 0.55) & (np.abs(seen.points[:, 2] - 1.4) < 0.55)
    assert shadow.sum() < 0.03 * at_wall.sum()


def test_backs_are_not_seen(rng):
    front = plate(2.0, 1.0, 0.9, 1.9, rng)
    back = Surface(front.points, -front.normals, front.colors)
    shown = [(render(Scene.of(part), CAMERA, rotation_of(0.0, 0.0)).index != NOTHING).mean() for part in (front, back)]
    assert shown[0] > 0.15
    assert shown[1] == 0


def test_images_have_no_gaps_and_exact_depth(rng):
    for distance in (0.6, 1.2, 2.5, 4.2):
        image = render(Scene.of(plate(distance, 8.0, -3, 6, rng)), CAMERA, rotation_of(0.2, 0.1))
        assert (image.index != NOTHING).mean() > (0.97 if distance < 4 else 0.6)  # corners are out of range at 4.2 m
        forward = rotation_of(0.2, 0.1)[2]
        middle = image.depth[image.depth.shape[0] // 2, image.depth.shape[1] // 2]
        assert middle * forward[0] == pytest.approx(distance, rel=0.01)
    assert (
        render(Scene.of(plate(FARTHEST + 0.2, 8.0, -3, 6, rng)), CAMERA, rotation_of(0.0, 0.0)).index == NOTHING
    ).all()


def test_outlines_and_grazing_surfaces_lose_depth(rng):
    box, wall = plate(1.5, 0.8, 1.0, 1.8, rng), plate(2.5, 6.0, -1, 4, rng)
    surface = concatenate([box, wall])
    image = render(Scene.of(surface), CAMERA, rotation_of(0.0, 0.0))
    nothing_lost = np.zeros(len(surface), dtype=bool)
    depth = measure(image, nothing_lost, sensor=Sensor(shadow=1.0, edges=0.0, flying=0.0), rng=rng)
    shown = image.depth > 0
    step = (np.diff(image.depth, axis=1) > 0.5) & shown[:, 1:] & shown[:, :-1]
    assert step.sum() > 20
    assert (depth[:, 1:][step] == 0).all()
    assert (depth[:, :-1][step] > 0).all()
    assert (depth > 0).mean() > 0.8
    aslant = render(Scene.of(wall), CAMERA, rotation_of(1.2, 0.0))
    lost = measure(aslant, nothing_lost, sensor=Sensor(grazing=0.5), rng=rng) == 0
    assert lost[(aslant.incidence > 0) & (aslant.incidence < 0.3)].all()


def test_glass_loses_points(rng):
    pane = plate(2.0, 3.0, 0.2, 2.6, rng)
    whole, lossy = scan(pane), scan(pane, loss=0.7)
    assert 0.05 < len(lossy.points) / len(whole.points) < 0.6


def test_colors_are_those_of_the_surface_within_the_drift_of_exposure(rng):
    wall = plate(2.0, 3.0, 0.2, 2.6, rng)
    truth = lit_colors(wall, Light(), np.ones(len(wall), dtype=bool)).mean(axis=0)
    assert np.abs(scan(wall).colors.mean(axis=0) / truth - 1).max() < 0.03
    drifting = scan(wall, settings=replace(STILL, exposure=0.1, white_balance=0.02))
    assert np.abs(drifting.colors.mean(axis=0) / truth - 1).max() < 0.25


def square_room(rng: np.random.Generator) -> tuple[Plan, Surface, np.ndarray]:
    """Three by four metres with a floor, two walls and a box in the middle."""
    parts = [
        sample_quad((0.0, 0.0, 0.0), (3.0, 0.0, 0.0), (0.0, 4.0, 0.0), GRAY, rng),
        sample_quad((0.0, 4.0, 0.0), (0.0, 0.0, 2.4), (0.0, -4.0, 0.0), GRAY, rng),
        sample_quad((0.0, 0.0, 0.0), (0.0, 0.0, 2.4), (3.0, 0.0, 0.0), GRAY, rng),
        sample_quad((1.2, 1.7, 1.3), (0.6, 0.0, 0.0), (0.0, 0.6, 0.0), GRAY, rng),
    ]
    walls = (Wall((0.0, 0.0), (1.0, 0.0), 3.0, True),)
    ids = np.repeat(np.arange(4, dtype=np.int32), [len(part) for part in parts])
    return Plan(((0.0, 0.0, 3.0, 4.0),), walls, 2.4, False), concatenate(parts), ids


def test_the_path_stays_over_free_floor_and_looks_around(rng):
    plan, surface, _ = square_room(rng)
    path = walk(plan, surface, Scene.of(surface), frames=80, pitch=(-0.4, 0.3), rng=rng)
    assert plan.holds(path.positions[:, :2]).all()
    assert ((path.positions[:, 2] >= 1.1) & (path.positions[:, 2] <= 1.7)).all()
    assert (np.linalg.norm(path.positions[:, :2] - (1.5, 2.0), axis=1) > 0.3).all()
    assert np.linalg.norm(np.diff(path.positions, axis=0), axis=1).max() < 0.5
    yaw = np.arctan2(path.rotations[:, 2, 1], path.rotations[:, 2, 0])
    assert (np.histogram(yaw, bins=6, range=(-np.pi, np.pi))[0] > 0).all()
    assert -0.8 < np.arcsin(path.rotations[:, 2, 2]).mean() < -0.1
    assert np.allclose(path.rotations @ path.rotations.transpose(0, 2, 1), np.eye(3), atol=1e-5)


def test_the_same_seed_gives_the_same_scan(rng):
    plan, surface, ids = square_room(rng)
    nothing_lost = np.zeros(len(surface), dtype=np.float32)
    scans = [
        scan_room(
            surface,
            ids,
            nothing_lost,
            plan,
            settings=ScanSettings.draw(np.random.default_rng(seed)),
            light=Light(),
            rng=np.random.default_rng(seed),
        )
        for seed in (1, 1, 2)
    ]
    assert scans[0].points.tobytes() == scans[1].points.tobytes() != scans[2].points.tobytes()
    assert scans[0].colors.tobytes() == scans[1].colors.tobytes()
    assert scans[0].ids.tobytes() == scans[1].ids.tobytes()
