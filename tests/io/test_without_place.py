"""Points without coordinates, as depth cameras leave where they saw nothing: left out, but masks count them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from less3d.errors import InputError, InputWarning
from less3d.io import read_scan, write_scan
from less3d.scan import Scan

N = 60
LEFT_OUT = "points have no coordinates"


def a_scan(seed: int) -> Scan:
    rng = np.random.default_rng(seed)
    return Scan(
        points=rng.uniform(0, 2, (N, 3)).astype(np.float32),
        colors=rng.integers(0, 256, (N, 3)).astype(np.uint8),
        instances=rng.integers(0, 3, N).astype(np.int32),
        attributes={"intensity": rng.integers(0, 99, N).astype(np.uint16)},
    )


def write_with_holes(path: Path, scan: Scan, absent: np.ndarray) -> None:
    """Write the scan with NaN for the coordinates of some points, which `Scan` itself would refuse."""
    holed = replace(scan)
    object.__setattr__(holed, "points", np.where(absent[:, None], np.float32(np.nan), scan.points))
    write_scan(holed, path)


@pytest.fixture
def absent() -> np.ndarray:
    absent = np.random.default_rng(1).random(N) < 0.4
    absent[0] = True
    return absent


@pytest.mark.parametrize("suffix", [".ply", ".pcd", ".npz", ".xyz"])
def test_they_are_left_out_and_masks_have_false_for_them(tmp_path: Path, absent: np.ndarray, suffix: str):
    scan, path = a_scan(0), tmp_path / f"a{suffix}"
    write_with_holes(path, scan, absent)
    with pytest.warns(InputWarning, match=f"{absent.sum()} {LEFT_OUT}"):
        read = read_scan(path)
    np.testing.assert_array_equal(read.points, scan.points[~absent])
    np.testing.assert_array_equal(read.colors, scan.colors[~absent])
    np.testing.assert_array_equal(read.instances, scan.instances[~absent])
    np.testing.assert_array_equal(read.attributes["intensity"], scan.attributes["intensity"][~absent])
    mask = read.points[:, 0] > 1
    np.testing.assert_array_equal(read.on_file(mask), (scan.points[:, 0] > 1) & ~absent)
    np.testing.assert_array_equal(read.of_file(read.on_file(mask)), mask)


@pytest.mark.parametrize("suffix", [".ply", ".pcd", ".npz", ".xyz"])
def test_they_do_not_change_how_the_others_are_thinned(tmp_path: Path, absent: np.ndarray, suffix: str):
    scan, path = a_scan(0), tmp_path / f"a{suffix}"
    write_with_holes(path, scan, absent)
    with pytest.warns(InputWarning, match=LEFT_OUT):
        read = read_scan(path, thin=0.5)
    rest = tmp_path / f"b{suffix}"
    write_scan(Scan(scan.points[~absent], scan.colors[~absent], instances=scan.instances[~absent]), rest)
    whole = read_scan(rest, thin=0.5)
    np.testing.assert_array_equal(read.points, whole.points)
    np.testing.assert_array_equal(read.colors, whole.colors)
    assert read.stand_ins is not None
    assert whole.stand_ins is not None
    np.testing.assert_array_equal(read.stand_ins[~absent], whole.stand_ins)
    assert (read.stand_ins[absent] == -1).all()


@pytest.mark.parametrize("thin", [0, 0.5])
def test_a_point_with_some_coordinates_or_a_scan_with_none_is_refused(tmp_path: Path, thin: float):
    path = tmp_path / "a.xyz"
    path.write_text("nan nan nan 1 2 3\n0 nan 1 1 2 3\n0 0 0 1 2 3\n")
    with pytest.raises(InputError, match=r"a\.xyz: point .*NaN"):
        read_scan(path, thin=thin)
    path.write_text("nan nan nan 1 2 3\nnan nan nan 1 2 3\n")
    with pytest.raises(InputError, match=r"a\.xyz: "):
        read_scan(path, thin=thin)


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_a_point_is_inside_when_most_that_it_stands_for_are(stand_ins: list[int], seed: int):
    scan = Scan(np.zeros((5, 3), np.float32), np.zeros((5, 3), np.uint8), stand_ins=np.array(stand_ins, np.int32))
    mask = np.random.default_rng(seed).random(len(stand_ins)) < 0.5
    for row, inside in enumerate(scan.of_file(mask)):
        votes = [bool(vote) for vote, stand_in in zip(mask, stand_ins, strict=True) if stand_in == row]
        assert inside == (sum(votes) > len(votes) / 2)
