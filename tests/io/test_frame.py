"""Turning scans, and noticing that one lies on its side or is in other units."""

from dataclasses import replace

import numpy as np
import pytest
from scan_cases import LAYOUTS, REAL, furnished_room, needs_real_scans

from less3d.errors import InputError
from less3d.io import METERS, frame_warnings, orient, read_scan
from less3d.io.frame import TURNS
from less3d.scan import Scan


def laid_on(scan: Scan, up: str) -> Scan:
    """The scan as a file would hold it whose axis `up` points up."""
    return replace(scan, points=(scan.points @ TURNS[up]).astype(np.float32))


@pytest.mark.parametrize("up", TURNS)
def test_turns_are_rotations_that_put_the_axis_up(up: str):
    axis = np.zeros(3)
    axis["xyz".index(up[-1])] = -1 if up[0] == "-" else 1
    assert (TURNS[up] @ axis).tolist() == [0, 0, 1]
    assert np.linalg.det(TURNS[up]) == 1
    np.testing.assert_array_equal(TURNS[up] @ TURNS[up].T, np.eye(3))


@pytest.mark.parametrize("units", METERS)
def test_orienting_keeps_the_file_coordinates_up_to_turn_and_scale(units: str):
    scan = replace(furnished_room(n=500), origin=np.array([5e6, 4e5, 0.0]))
    got = orient(scan, up="-x", units=units)
    expected = (scan.points + scan.origin) @ TURNS["-x"].T * METERS[units]
    np.testing.assert_allclose(got.points + got.origin, expected, rtol=0, atol=1e-5)
    assert got.colors is scan.colors


def test_wrong_names_are_refused():
    scan = furnished_room(n=500)
    with pytest.raises(InputError, match="expected up to be one of z, y, x"):
        orient(scan, up="up")
    with pytest.raises(InputError, match="expected units to be one of m, cm"):
        orient(scan, units="km")


@pytest.mark.parametrize("ceiling", [False, True])
def test_an_upright_room_is_not_warned_of(ceiling: bool):
    assert frame_warnings(furnished_room(ceiling=ceiling)) == ()


@pytest.mark.parametrize(("axis", "low", "high"), [(1, 0, 3.95), (1, 0, 3), (1, 2, 4), (1, 0, 2)])
def test_an_upright_room_with_a_ceiling_and_an_open_side_is_not_warned_of(axis: int, low: float, high: float):
    room = furnished_room(ceiling=True)
    kept = (room.points[:, axis] > low - 0.1) & (room.points[:, axis] < high)
    assert frame_warnings(replace(room, points=room.points[kept], colors=room.colors[kept])) == ()


@pytest.mark.parametrize("up", [up for up in TURNS if up != "z"])
def test_a_room_on_its_side_is_noticed_and_put_right(up: str):
    room = laid_on(furnished_room(), up)
    (warning,) = frame_warnings(room)
    assert warning.endswith(f"pass --up {up}")
    assert frame_warnings(orient(room, up=up)) == ()


def test_a_leaning_room_is_noticed_and_leveled():
    axis = np.array([0.6, 0.8, 0.0])
    turn = np.eye(3) + np.sin(0.5) * skew(axis) + (1 - np.cos(0.5)) * skew(axis) @ skew(axis)
    room = furnished_room()
    leaning = replace(room, points=(room.points @ turn.T).astype(np.float32))
    (warning,) = frame_warnings(leaning)
    assert "up leans 2" in warning
    assert warning.endswith("pass --up auto")
    level = orient(leaning, up="auto")
    assert frame_warnings(level) == ()
    np.testing.assert_allclose(np.ptp(level.points[:, 2]), np.ptp(room.points[:, 2]), atol=0.1)
    distances = [np.linalg.norm(scan.points[::97] - scan.points[5], axis=1) for scan in (room, level)]
    np.testing.assert_allclose(*distances, atol=1e-4)


def skew(axis: np.ndarray) -> np.ndarray:
    return np.cross(np.eye(3), -axis)


@pytest.mark.parametrize(("scale", "said"), [(1000, "--units mm"), (100, "--units cm"), (0.01, "scale it to meters")])
def test_a_room_in_other_units_is_noticed(scale: float, said: str):
    room = furnished_room()
    (warning,) = frame_warnings(replace(room, points=room.points * np.float32(scale)))
    assert said in warning


def test_units_and_axes_are_noticed_together():
    room = laid_on(furnished_room(), "y")
    warnings = frame_warnings(replace(room, points=room.points * np.float32(1000)))
    assert [warning.split()[-1] for warning in warnings] == ["m)", "y"]


@pytest.mark.parametrize("shape", [(1, 3), (40, 3), (5000, 3)])
def test_scans_that_tell_nothing_are_not_warned_of(shape: tuple[int, int]):
    points = np.random.default_rng(0).random(shape).astype(np.float32)
    points[:, 2] = 0 if len(points) > 1000 else points[:, 2]
    points[0] = 2
    scan = Scan(points, np.zeros(shape, np.uint8))
    assert not any("--up" in warning for warning in frame_warnings(scan))


def test_up_auto_needs_enough_points():
    scan = Scan(np.zeros((5, 3), np.float32), np.zeros((5, 3), np.uint8))
    with pytest.raises(InputError, match="large enough to find its up"):
        orient(scan, up="auto")


def test_stray_points_do_not_hide_the_floor():
    room = laid_on(furnished_room(), "y")
    points = room.points.copy()
    points[:20] = np.random.default_rng(0).uniform(-1e4, 1e4, (20, 3))
    assert any(warning.endswith("--up y") for warning in frame_warnings(replace(room, points=points)))


def test_of_large_scans_only_a_part_is_looked_at():
    room = laid_on(furnished_room(n=300_000), "y")
    step = len(room) // 60_000
    assert step >= 4
    points = np.random.default_rng(0).permuted(room.points, axis=0)  # of no use, within the same bounds
    points[::step] = room.points[::step]
    assert frame_warnings(room)
    assert frame_warnings(replace(room, points=points)) == frame_warnings(room)


@pytest.mark.shared
@needs_real_scans
def test_real_scans_are_judged_rightly():
    for name in ("scene0470_00_vh_clean_2.ply", "scannet_scene0470_00.npz", "scannet_scene0706_00_boxlabels.npz"):
        scan = read_scan(REAL / name)
        assert frame_warnings(scan) == ()
        for up in ("x", "y", "-z"):
            assert frame_warnings(laid_on(scan, up))[0].endswith(f"--up {up}")
    tilted = read_scan(REAL / "7scenes_tsdf_fusion_demo_fused.ply")
    assert "degrees off -y; if so, pass --up auto" in frame_warnings(tilted)[0]
    assert frame_warnings(orient(tilted, up="auto")) == ()


@pytest.mark.shared
@needs_real_scans
def test_no_layout_of_a_real_room_is_warned_of():
    warned = [path.name for path in sorted(LAYOUTS.glob("*.npz"))[::10] if frame_warnings(read_scan(path))]
    assert warned == []
