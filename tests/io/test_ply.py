"""PLY files: every variant that programs write, read to the bit, and broken ones refused in one line."""

import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from scan_cases import ENCODINGS, REAL, assert_same, needs_real_scans, scans

from less3d.errors import InputError, InputWarning
from less3d.io.ply import read_ply, triangles, write_ply
from less3d.io.ply_layout import PlyElement, PlyLists
from less3d.io.ply_table import PlyTable, read_ply_table, write_ply_table
from less3d.scan import Scan

XYZ = "property float x\nproperty float y\nproperty float z\n"
RGB = "property uchar red\nproperty uchar green\nproperty uchar blue\n"


def ascii_ply(elements: str, body: str, end: str = "\n") -> bytes:
    return f"ply\nformat ascii 1.0\n{elements}end_header\n{body}".replace("\n", end).encode()


@settings(max_examples=60, deadline=None)
@given(scan=scans())
def test_a_scan_comes_back_from_every_encoding(scan: Scan):
    for encoding in ENCODINGS:
        with tempfile.TemporaryDirectory() as folder:
            write_ply(scan, Path(folder) / "a.ply", encoding=encoding)
            assert_same(read_ply(Path(folder) / "a.ply"), scan)


@settings(max_examples=20, deadline=None)
@given(scan=scans())
def test_trimesh_reads_what_we_write(scan: Scan):
    faces = scan.faces if scan.faces is not None else np.zeros((0, 3), np.int32)
    for encoding in ENCODINGS:
        with tempfile.TemporaryDirectory() as folder:
            write_ply(scan, Path(folder) / "a.ply", encoding=encoding)
            theirs = trimesh.load(Path(folder) / "a.ply", process=False)
        np.testing.assert_array_equal(np.asarray(theirs.vertices, np.float32), scan.points)
        if len(faces):
            np.testing.assert_array_equal(theirs.faces, faces)
            np.testing.assert_array_equal(theirs.visual.vertex_colors[:, :3], scan.colors)


@pytest.mark.parametrize("encoding", ["ascii", "binary"])
def test_we_read_what_trimesh_writes(tmp_path: Path, encoding: str):
    ball = trimesh.creation.icosphere(2)
    ball.visual.vertex_colors = np.random.default_rng(0).integers(0, 256, (len(ball.vertices), 4)).astype(np.uint8)
    (tmp_path / "a.ply").write_bytes(trimesh.exchange.ply.export_ply(ball, encoding=encoding))
    scan = read_ply(tmp_path / "a.ply")
    np.testing.assert_allclose(scan.points, ball.vertices, atol=1e-6)
    np.testing.assert_array_equal(scan.colors, ball.visual.vertex_colors[:, :3])
    np.testing.assert_array_equal(scan.attributes["alpha"], ball.visual.vertex_colors[:, 3])
    np.testing.assert_array_equal(scan.faces, ball.faces)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_table_with_lists_of_every_type_comes_back(tmp_path: Path, encoding: str):
    rng = np.random.default_rng(5)
    lengths = rng.integers(0, 6, 50)
    columns: dict[str, np.ndarray | PlyLists] = {"first": rng.integers(0, 9, 50).astype(np.int16)}
    for kind in ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"):
        values = (rng.random(int(lengths.sum())) * 100).astype(kind)
        columns[f"list_{kind}"] = PlyLists(lengths, values, np.dtype("u1" if kind[0] == "f" else kind))
    table = PlyTable((PlyElement("thing", 50, columns),), encoding, ("comment kept", "obj_info too"))
    write_ply_table(table, tmp_path / "a.ply")
    back = read_ply_table(tmp_path / "a.ply")
    assert back.comments == table.comments
    for name, want in columns.items():
        got = back.elements[0].columns[name]
        if isinstance(want, PlyLists):
            assert isinstance(got, PlyLists)
            assert got.length_dtype == want.length_dtype
            np.testing.assert_array_equal(got.lengths, want.lengths)
            got, want = got.values, want.values
        assert got.dtype == want.dtype
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("length", ["uchar", "int", "uint", "short"])
def test_polygons_become_fans_and_too_short_ones_vanish(tmp_path: Path, length: str):
    body = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n0 2 0\n" + "4 0 1 2 3\n3 2 3 4\n2 0 1\n5 0 1 2 4 3\n"
    faces = f"element face 4\nproperty list {length} int vertex_index\n"
    (tmp_path / "a.ply").write_bytes(ascii_ply(f"element vertex 5\n{XYZ}{faces}", body))
    table = read_ply_table(tmp_path / "a.ply")
    for encoding in ENCODINGS:
        write_ply_table(PlyTable(table.elements, encoding), tmp_path / "b.ply")
        found = triangles(read_ply_table(tmp_path / "b.ply"), tmp_path / "b.ply")
        assert found is not None
        assert found.tolist() == [[0, 1, 2], [0, 2, 3], [2, 3, 4], [0, 1, 2], [0, 2, 4], [0, 4, 3]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_other_elements_comments_and_line_ends_do_not_disturb(tmp_path: Path, end: str):
    camera = "comment before\nelement camera 2\nproperty list uchar float pose\nproperty int id\n"
    tail = "element edge 1\nproperty int vertex1\nproperty int vertex2\nelement empty 3\n"
    body = "2 .5 .5 7\n0 8\n1 2 3 9 8 7\n4 5 6 6 5 4\n0 1\n"
    (tmp_path / "a.ply").write_bytes(ascii_ply(f"{camera}element vertex 2\n{XYZ}{RGB}{tail}", body, end))
    scan = read_ply(tmp_path / "a.ply")
    assert scan.points.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert scan.colors.tolist() == [[9, 8, 7], [6, 5, 4]]


@pytest.mark.parametrize(
    ("kind", "names", "stored"),
    [
        ("float", ("red", "green", "blue"), (0.0, 1.0, 0.4)),
        ("uchar", ("diffuse_red", "diffuse_green", "diffuse_blue"), (0, 255, 102)),
        ("int", ("r", "g", "b"), (0, 255, 102)),
        ("ushort", ("red", "green", "blue"), (0, 65535, 26214)),
    ],
)
def test_colors_of_every_kind_become_bytes(
    tmp_path: Path, kind: str, names: tuple[str, ...], stored: tuple[float, ...]
):
    colors = "".join(f"property {kind} {name}\n" for name in names)
    body = f"0 0 0 {' '.join(map(str, stored))}\n"
    (tmp_path / "a.ply").write_bytes(ascii_ply(f"element vertex 1\n{XYZ}{colors}", body))
    assert read_ply(tmp_path / "a.ply").colors.tolist() == [[0, 255, 102]]


def test_without_colors_a_scan_is_grey_and_says_so(tmp_path: Path):
    (tmp_path / "a.ply").write_bytes(ascii_ply(f"element vertex 1\n{XYZ}", "0 0 0\n"))
    with pytest.warns(InputWarning, match="no colors"):
        scan = read_ply(tmp_path / "a.ply")
    assert scan.colors.tolist() == [[128, 128, 128]]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_georeferenced_doubles_keep_their_millimeters(tmp_path: Path, encoding: str):
    xyz = np.array([[5_412_345.678, 452_345.001, 31.5], [5_412_345.679, 452_349.25, 33.125]])
    columns = dict(zip("xyz", xyz.T, strict=True)) | {name: np.zeros(2, np.uint8) for name in ("red", "green", "blue")}
    write_ply_table(PlyTable((PlyElement("vertex", 2, columns),), encoding), tmp_path / "a.ply")
    scan = read_ply(tmp_path / "a.ply")
    np.testing.assert_allclose(scan.points + scan.origin, xyz, atol=1e-6, rtol=0)
    assert scan.origin[2] == 0
    assert (scan.origin == np.round(scan.origin)).all()
    write_ply(scan, tmp_path / "b.ply", encoding=encoding)
    again = read_ply(tmp_path / "b.ply")
    np.testing.assert_array_equal(again.points, scan.points)
    np.testing.assert_array_equal(again.origin, scan.origin)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"this is no scan\n", "not a PLY file"),
        (b"ply\nformat ascii 1.0\n", "end_header"),
        (ascii_ply(f"element vertex 2\n{XYZ}", "0 0 0\n1 1 x\n"), "line 9: .*'x'"),
        (ascii_ply(f"element vertex 2\n{XYZ}", "0 0 0\n1 1\n"), "promises 2 rows of vertex"),
        (ascii_ply(f"element vertex 0\n{XYZ}", ""), "zero points"),
        (ascii_ply(f"element vertex 2\n{XYZ}", "0 0 0\n0 nan 0\n"), "point 1 .*NaN"),
        (ascii_ply(f"element vertex 1\n{XYZ}", "0 inf 0\n"), "infinite"),
        (ascii_ply(f"element vertex 1\n{XYZ}{RGB}", "0 0 0 1 2 300\n"), "blue: expected uint8 numbers, got 300"),
        (ascii_ply("element vertex 1\nproperty float x\n", "0\n"), "got no y and no z"),
        (ascii_ply(f"element points 1\n{XYZ}", "0 0 0\n"), "element 'vertex'"),
        (ascii_ply(f"element vertex -1\n{XYZ}", ""), "line 3"),
        (ascii_ply("property float x\n", ""), "line 3"),
        (ascii_ply("element vertex 1\nproperty half x\n", "0\n"), "line 4"),
        (b"ply\nformat binary 1.0\nelement vertex 0\nend_header\n", "line 2"),
        (b"ply\nelement vertex 0\nend_header\n", "no format line"),
    ],
)
def test_broken_files_are_refused_in_one_line(tmp_path: Path, content: bytes, said: str):
    (tmp_path / "bad.ply").write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_ply(tmp_path / "bad.ply")
    assert "bad.ply" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_face_that_names_a_missing_point_is_refused(tmp_path: Path):
    faces = "element face 2\nproperty list uchar int vertex_indices\n"
    (tmp_path / "a.ply").write_bytes(
        ascii_ply(f"element vertex 1\n{XYZ}{RGB}{faces}", "0 0 0 1 2 3\n3 0 0 0\n3 0 0 1\n")
    )
    with pytest.raises(InputError, match="triangle 1 names point 1, but points run from 0 to 0"):
        read_ply(tmp_path / "a.ply")
    (tmp_path / "a.ply").write_bytes(
        ascii_ply(f"element vertex 1\n{XYZ}{RGB}{faces}", "0 0 0 1 2 3\n3 0 0 0\n3 0 0 -1\n")
    )
    with pytest.raises(InputError, match="triangle 1 names point -1"):
        read_ply(tmp_path / "a.ply")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("cut", [0.2, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, encoding: str, cut: float):
    rng = np.random.default_rng(1)
    scan = Scan(
        rng.random((200, 3)).astype(np.float32),
        rng.integers(0, 255, (200, 3)).astype(np.uint8),
        faces=rng.integers(0, 200, (300, 3)).astype(np.int32),
    )
    write_ply(scan, tmp_path / "a.ply", encoding=encoding)
    data = (tmp_path / "a.ply").read_bytes()
    keep = int(len(data) * cut) if cut < 0.99 else len(data) - 8
    (tmp_path / "a.ply").write_bytes(data[:keep])
    with pytest.raises(InputError, match="truncated"):
        read_ply(tmp_path / "a.ply")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_header_that_promises_billions_is_refused(tmp_path: Path, encoding: str):
    header = f"ply\nformat {encoding} 1.0\nelement empty 9000000000\nelement vertex 8000000000\n{XYZ}end_header\n"
    (tmp_path / "a.ply").write_bytes(header.encode() + b"0 0 0 " * 10)
    with pytest.raises(InputError, match="promises 8000000000 rows"):
        read_ply(tmp_path / "a.ply")


def test_a_list_that_promises_billions_is_refused(tmp_path: Path):
    header = f"ply\nformat binary_little_endian 1.0\nelement vertex 1\n{XYZ}element face 2\n"
    header += "property list uint int vertex_indices\nend_header\n"
    body = struct.pack("<fffI", 0, 0, 0, 4_000_000_000) + b"\0" * 20
    (tmp_path / "a.ply").write_bytes(header.encode() + body)
    with pytest.raises(InputError, match="promises 2 rows of face"):
        read_ply(tmp_path / "a.ply")


@pytest.mark.shared
@needs_real_scans
def test_a_raw_scannet_mesh_equals_the_arrays_beside_it():
    scan = read_ply(REAL / "scene0470_00_vh_clean_2.ply")
    truth = np.load(REAL / "scannet_scene0470_00.npz")
    np.testing.assert_array_equal(scan.points, truth["xyz"])
    np.testing.assert_array_equal(scan.colors, truth["rgb"])
    np.testing.assert_array_equal(scan.faces, truth["faces"])
    labels = read_ply(REAL / "scene0470_00_vh_clean_2.labels.ply")
    assert labels.semantics is not None
    np.testing.assert_array_equal(labels.semantics, truth["nyu40"])
