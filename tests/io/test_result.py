"""The answer's file: the input's own points and properties, with other colors and a score."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scan_cases import ENCODINGS, REAL, needs_real_scans

from less3d.errors import InputError
from less3d.io import orient, read_scan, write_result, write_scan
from less3d.io.ply_layout import PlyElement, PlyLists
from less3d.io.ply_table import PlyTable, read_ply_table, write_ply_table
from less3d.scan import Scan

N = 6
RNG = np.random.default_rng(8)
COLORS = RNG.integers(0, 256, (N, 3)).astype(np.uint8)
SCORES = RNG.random(N).astype(np.float32)


def rich_table(encoding: str) -> PlyTable:
    """A mesh with everything: doubles, extra properties, polygons with colors, another element, comments."""
    vertex: dict[str, np.ndarray | PlyLists] = {"confidence": RNG.random(N).astype(np.float32)}
    vertex |= {name: RNG.random(N) * 4e6 + np.arange(N) for name in "xyz"}
    vertex |= {name: RNG.integers(0, 256, N).astype(np.uint8) for name in ("red", "green", "blue", "alpha")}
    vertex["seen_by"] = PlyLists(np.arange(N), np.arange(15, dtype=np.uint16))
    corners = PlyLists(np.array([3, 4, 3]), np.array([0, 1, 2, 2, 3, 4, 5, 0, 4, 5], np.uint32), np.dtype(np.int32))
    face: dict[str, np.ndarray | PlyLists] = {"vertex_indices": corners, "quality": RNG.random(3)}
    camera: dict[str, np.ndarray | PlyLists] = {"view": RNG.random(1).astype(np.float32)}
    elements = (PlyElement("camera", 1, camera), PlyElement("vertex", N, vertex), PlyElement("face", 3, face))
    return PlyTable(elements, encoding, ("comment scanned on a Tuesday", "obj_info 7"))


def assert_same_column(got: np.ndarray | PlyLists, want: np.ndarray | PlyLists) -> None:
    if isinstance(want, PlyLists):
        assert isinstance(got, PlyLists)
        assert got.length_dtype == want.length_dtype
        np.testing.assert_array_equal(got.lengths, want.lengths)
        got, want = got.values, want.values
    assert isinstance(got, np.ndarray)
    assert got.dtype == want.dtype
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_everything_in_a_ply_stays_but_colors_and_score(tmp_path: Path, encoding: str):
    before = rich_table(encoding)
    write_ply_table(before, tmp_path / "in.ply")
    scan = orient(replace(read_scan(tmp_path / "in.ply", units="mm")), up="y")
    write_result(tmp_path / "in.ply", scan, COLORS, SCORES, tmp_path / "out.ply")
    after = read_ply_table(tmp_path / "out.ply")
    assert (after.encoding, after.comments) == (before.encoding, before.comments)
    assert [e.name for e in after.elements] == [e.name for e in before.elements]
    changed = {"red": COLORS[:, 0], "green": COLORS[:, 1], "blue": COLORS[:, 2], "score": SCORES}
    for old, new in zip(before.elements, after.elements, strict=True):
        want = dict(old.columns) | (changed if old.name == "vertex" else {})
        assert list(new.columns) == list(want)
        for name, values in want.items():
            assert_same_column(new.columns[name], values)


def test_colors_and_score_are_added_where_there_were_none_and_others_read_them(tmp_path: Path):
    points = RNG.random((N, 3)).astype(np.float32)
    element = PlyElement("vertex", N, dict(zip("xyz", points.T, strict=True)) | {"score": np.zeros(N)})
    write_ply_table(PlyTable((element,)), tmp_path / "in.ply")
    scan = Scan(points, COLORS)
    write_result(tmp_path / "in.ply", scan, COLORS, SCORES, tmp_path / "out.ply")
    theirs = trimesh.load(tmp_path / "out.ply", process=False)
    np.testing.assert_array_equal(np.asarray(theirs.colors)[:, :3], COLORS)
    np.testing.assert_array_equal(np.asarray(theirs.vertices, np.float32), points)
    np.testing.assert_array_equal(theirs.metadata["_ply_raw"]["vertex"]["data"]["score"].ravel(), SCORES)


@pytest.mark.parametrize("extension", [".npz", ".xyz"])
def test_other_sources_give_the_scan(tmp_path: Path, extension: str):
    scan = Scan(
        RNG.random((N, 3)).astype(np.float32),
        np.zeros((N, 3), np.uint8),
        origin=np.array([5_000_000.0, 0, 0]),
        instances=np.arange(N, dtype=np.int32),
        attributes={"curvature": RNG.random(N)},
    )
    write_scan(scan, tmp_path / f"in{extension}")
    scan = read_scan(tmp_path / f"in{extension}")
    write_result(tmp_path / f"in{extension}", scan, COLORS, SCORES, tmp_path / "out.ply")
    back = read_scan(tmp_path / "out.ply")
    np.testing.assert_allclose(back.points + back.origin, scan.points + scan.origin, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(back.colors, COLORS)
    np.testing.assert_array_equal(back.instances, scan.instances)
    np.testing.assert_array_equal(back.attributes["score"], SCORES)
    np.testing.assert_array_equal(back.attributes["curvature"], scan.attributes["curvature"])


def test_columns_with_names_in_any_language_stay(tmp_path: Path):
    (tmp_path / "in.xyz").write_text("x y z r g b höhe\n1 2 3 9 9 9 0.5\n", encoding="utf-8")
    scan = read_scan(tmp_path / "in.xyz")
    write_result(tmp_path / "in.xyz", scan, scan.colors, SCORES[:1], tmp_path / "out.ply")
    assert read_scan(tmp_path / "out.ply").attributes["höhe"].tolist() == [0.5]


def test_a_source_that_has_changed_is_refused(tmp_path: Path):
    write_ply_table(rich_table("ascii"), tmp_path / "in.ply")
    scan = Scan(np.zeros((2, 3), np.float32), COLORS[:2])
    with pytest.raises(InputError, match="has changed since"):
        write_result(tmp_path / "in.ply", scan, COLORS[:2], SCORES[:2], tmp_path / "out.ply")
    assert not (tmp_path / "out.ply").exists()


@pytest.mark.shared
@needs_real_scans
def test_a_real_mesh_keeps_every_byte_but_the_colors(tmp_path: Path):
    source = REAL / "scene0470_00_vh_clean_2.ply"
    scan = read_scan(source)
    write_result(source, scan, scan.colors, np.zeros(len(scan), np.float32), tmp_path / "out.ply")
    before, after = source.read_bytes(), (tmp_path / "out.ply").read_bytes()
    faces = len(scan.faces if scan.faces is not None else ()) * 13
    assert after[-faces:] == before[-faces:]
    back = read_scan(tmp_path / "out.ply")
    np.testing.assert_array_equal(back.points, scan.points)
    np.testing.assert_array_equal(back.attributes["alpha"], scan.attributes["alpha"])
