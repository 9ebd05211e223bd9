"""Thinning while reading: the same voxels as a plain loop finds, however the file is cut, and a row for every point."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_cases import scans

import less3d.io
from less3d.errors import InputError, InputWarning
from less3d.io import SUPPORTED, read_scan, write_scan
from less3d.io.ply import write_ply
from less3d.io.ply_stream import stream_ply
from less3d.io.stream import Stream
from less3d.io.thin import read_thinned, thinned
from less3d.scan import Scan

PATH = Path("a.ply")
WRITTEN = [suffix for suffix, form in SUPPORTED.items() if form.write is not None]
STREAMED = [suffix for suffix, form in SUPPORTED.items() if form.stream is not None]


def plain(xyz: np.ndarray, colors: np.ndarray, edge: float) -> tuple[np.ndarray, np.ndarray, list[int], list[int]]:
    """The slow plain twin: mean positions and colors, the first point of each voxel, and the voxel of each point."""
    voxels: dict[tuple[float, ...], list[int]] = {}
    for i, point in enumerate(xyz):
        voxels.setdefault(tuple(np.floor(point / edge).tolist()), []).append(i)
    members = list(voxels.values())
    row = {i: r for r, points in enumerate(members) for i in points}
    means = np.array([np.mean(xyz[points], axis=0) for points in members])
    shades = np.array([np.mean(colors[points].astype(float), axis=0) for points in members])
    return means, shades, [points[0] for points in members], [row[i] for i in range(len(xyz))]


def stream_of(columns: dict[str, np.ndarray], size: int) -> Stream:
    n = len(columns["x"])
    chunks = ({name: values[at : at + size] for name, values in columns.items()} for at in range(0, n, size))
    return Stream(n, chunks, {3: "table"})


def columns_of(xyz: np.ndarray, colors: np.ndarray, **more: np.ndarray) -> dict[str, np.ndarray]:
    return (
        dict(zip(("x", "y", "z"), xyz.T, strict=True))
        | dict(zip(("red", "green", "blue"), colors.T, strict=True))
        | more
    )


def a_cloud(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (n, 3)), rng.integers(0, 256, (n, 3)).astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 200),
    seed=st.integers(0, 10_000),
    size=st.sampled_from([1, 7, 64, 1000]),
    edge=st.sampled_from([0.05, 0.3, 1.0, 5.0]),
    far=st.sampled_from([(0, 0, 0), (5_412_345.25, -452_345.0, 30)]),
)
def test_voxels_are_those_of_a_plain_loop(n: int, seed: int, size: int, edge: float, far: tuple[float, ...]):
    xyz, colors = a_cloud(n, seed)
    xyz = xyz + far
    ids = np.random.default_rng(seed).integers(-1, 4, n).astype(np.int16)
    scan = read_thinned(PATH, stream_of(columns_of(xyz, colors, instance=ids, label=ids + 1), size), edge)
    means, shades, first, rows = plain(xyz, colors, edge)
    np.testing.assert_allclose(scan.points + scan.origin, means, rtol=0, atol=2e-6)
    np.testing.assert_allclose(scan.colors, shades, rtol=0, atol=0.5)
    assert scan.stand_ins is not None
    assert scan.stand_ins.dtype == np.int32
    assert scan.stand_ins.tolist() == rows
    assert scan.instances is not None
    assert scan.semantics is not None
    np.testing.assert_array_equal(scan.instances, ids[first])
    np.testing.assert_array_equal(scan.semantics, ids[first] + 1)
    assert scan.labels == {3: "table"}
    assert scan.faces is None
    assert scan.attributes == {}


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_the_result_does_not_depend_on_the_chunks(kind: str):
    xyz, colors = a_cloud(5000)
    shades = colors.astype(kind) * {"u1": 1, "u2": 257, "f4": np.float32(1 / 255)}[kind]
    one, *others = (read_thinned(PATH, stream_of(columns_of(xyz, shades), size), 0.2) for size in (5000, 1, 13, 999))
    for other in others:
        np.testing.assert_array_equal(other.points, one.points)
        np.testing.assert_array_equal(other.colors, one.colors)
        np.testing.assert_array_equal(other.stand_ins, one.stand_ins)
    np.testing.assert_allclose(one.colors, plain(xyz, colors, 0.2)[1], atol=0.501)


def test_a_color_scale_that_only_a_late_chunk_tells_holds_for_all():
    xyz, _ = a_cloud(4)
    colors = np.array([[1.0, 0, 0.5]] * 3 + [[200, 0, 0]])
    scan = read_thinned(PATH, stream_of(columns_of(xyz, colors), 1), 1e-3)
    assert scan.colors.tolist() == [[1, 0, 0]] * 3 + [[200, 0, 0]]


@settings(max_examples=25, deadline=None)
@given(scan=scans(attribute_types=()))
def test_a_scan_in_memory_is_thinned_as_a_file_is(scan: Scan):
    scan = replace(scan, origin=np.array([1e6, 0, 0.5]))
    edge = float(np.ptp(scan.points)) / 3 + 1e-3
    columns = columns_of(scan.points + scan.origin, scan.colors)
    a, b = thinned(scan, edge, PATH), read_thinned(PATH, stream_of(columns, 4), edge)
    np.testing.assert_array_equal(a.points + a.origin, b.points + b.origin)
    np.testing.assert_array_equal(a.colors, b.colors)
    np.testing.assert_array_equal(a.stand_ins, b.stand_ins)


@pytest.mark.parametrize("suffix", WRITTEN)
def test_every_format_is_thinned_to_the_same_voxels(tmp_path: Path, suffix: str):
    xyz, colors = a_cloud(400)
    whole = Scan((np.round(xyz, 4) + 1e-5).astype(np.float32), colors, faces=np.array([[0, 1, 2]], np.int32))
    write_scan(whole, tmp_path / f"a{suffix}")
    scan = read_scan(tmp_path / f"a{suffix}", thin=0.25)
    means, shades, _, rows = plain(whole.points.astype(float), colors, 0.25)
    np.testing.assert_allclose(scan.points, means, atol=1e-4)
    np.testing.assert_allclose(scan.colors, shades, atol=0.501)
    assert scan.stand_ins is not None
    assert scan.stand_ins.tolist() == rows
    found = np.arange(len(scan)) % 2 == 0
    np.testing.assert_array_equal(scan.on_file(found), found[rows])


@pytest.mark.parametrize("suffix", STREAMED)
def test_the_whole_and_the_thinned_are_cut_into_chunks_alike(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
):
    xyz, colors = a_cloud(300)
    ids = np.arange(300, dtype=np.int32) % 5
    scan = Scan(xyz.astype(np.float32), colors, instances=ids, semantics=ids, labels={1: "desk"})
    write_scan(scan, tmp_path / f"a{suffix}")
    whole, one = (read_scan(tmp_path / f"a{suffix}", thin=thin) for thin in (0, 0.4))
    monkeypatch.setattr("less3d.io.stream.CHUNK_POINTS", 17)
    monkeypatch.setattr("less3d.io.e57.CHUNK_POINTS", 17)
    monkeypatch.setattr("less3d.io.xyz._BLOCK", 100)
    many, again = (read_scan(tmp_path / f"a{suffix}", thin=thin) for thin in (0.4, 0))
    for a, b in ((one, many), (whole, again)):
        for name in ("points", "colors", "instances", "semantics", "stand_ins"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert a.labels == b.labels


@pytest.mark.parametrize("suffix", [".ply", ".npz", ".xyz"])
def test_large_files_are_thinned_unasked_and_say_so(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(less3d.io, "LARGEST_WHOLE", 1000)
    xyz, colors = a_cloud(1200)
    path = tmp_path / f"a{suffix}"
    write_scan(Scan((xyz * 0.05).astype(np.float32), colors), path)
    with pytest.warns(
        InputWarning, match=r"has 1,200 points: thinned to one a centimeter, \d{3} left; masks still come"
    ):
        scan = read_scan(path)
    assert len(scan) < 1000
    assert len(scan.on_file(scan.colors[:, 0])) == 1200
    assert len(read_scan(path, thin=0)) == 1200
    monkeypatch.setattr(less3d.io, "LARGEST_WHOLE", 1210)  # lines of a text file may be no points
    assert read_scan(path).stand_ins is None


def test_the_edge_is_in_meters_and_the_scan_is_turned_after(tmp_path: Path):
    points = np.array([[0.1, 0.1, 2000], [99, 0.1, 2000], [101, 0.1, 2000]], np.float32)
    write_scan(Scan(points, np.full((3, 3), 7, np.uint8)), tmp_path / "a.ply")
    scan = read_scan(tmp_path / "a.ply", thin=0.1, units="mm", up="y")
    assert scan.stand_ins is not None
    assert scan.stand_ins.tolist() == [0, 0, 1]
    np.testing.assert_allclose(scan.points + scan.origin, [[0.04955, -2, 0.0001], [0.101, -2, 0.0001]], atol=1e-6)


@pytest.mark.parametrize("thin", [-0.1, float("nan"), float("inf"), 20_000.0])
def test_what_is_no_edge_is_refused(tmp_path: Path, thin: float):
    write_scan(Scan(np.zeros((1, 3), np.float32), np.zeros((1, 3), np.uint8)), tmp_path / "a.ply")
    with pytest.raises(InputError, match="expected a side of cubes to thin to, in meters, or 0"):
        read_scan(tmp_path / "a.ply", thin=thin)


@pytest.mark.parametrize("edge", [0.001, 1e-300, 2e-308])
def test_too_small_an_edge_for_so_long_a_scan_is_refused(edge: float):
    columns = columns_of(np.array([[1.0, 0, 0], [0, 2000, 0]]), np.zeros((2, 3), np.uint8))
    with pytest.raises(InputError, match=rf"a\.ply: expected a room, got a scan longer than 1048576 voxels of {edge}"):
        read_thinned(PATH, stream_of(columns, 1), edge)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("x", np.nan, r"point 3 \(counting from 0\) has a coordinate that is NaN"),
        ("z", np.inf, r"point 3 \(counting from 0\) has a coordinate that is NaN"),
        ("y", 1e13, "expected the coordinates of a room, got one of 1e\\+13"),
        ("red", np.nan, r"point 3 \(counting from 0\) has a color that is NaN"),
        ("blue", -4.0, "expected colors in 0..1 or 0..255, got values from -4"),
        ("blue", 70_000.0, "expected colors in 0..1 or 0..255, got values from 0 to 70000"),
        ("instance", 2**40, "instance ids below 2 billion"),
    ],
)
def test_wrong_values_are_refused_as_in_whole_files(name: str, value: float, said: str):
    columns = columns_of(np.arange(15.0).reshape(5, 3), np.zeros((5, 3)), instance=np.zeros(5, np.int64))
    columns[name] = columns[name].copy()
    columns[name][3] = value
    for size in (1, 2, 5):
        with pytest.raises(InputError, match=said):
            read_thinned(PATH, stream_of(columns, size), 0.1)


def test_a_scan_without_colors_is_grey_and_says_so(tmp_path: Path):
    (tmp_path / "a.xyz").write_text("1 2 3\n1 2 3.01\n9 9 9\n")
    with pytest.warns(InputWarning, match="no colors"):
        assert read_scan(tmp_path / "a.xyz", thin=0.5).colors.tolist() == [[128] * 3] * 2


@pytest.mark.parametrize("encoding", ["binary_little_endian", "binary_big_endian"])
def test_points_of_ply_files_are_found_behind_other_elements(tmp_path: Path, encoding: str):
    order = {"binary_little_endian": "<", "binary_big_endian": ">"}[encoding]
    head = f"ply\nformat {encoding} 1.0\nelement camera 2\nproperty double f\nproperty uchar n\nelement vertex 2\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz") + "end_header\n"
    camera, points = np.zeros(2, [("f", f"{order}f8"), ("n", "u1")]), np.array([[1, 2, 3], [4, 5, 6]], f"{order}f4")
    (tmp_path / "a.ply").write_bytes(head.encode() + camera.tobytes() + points.tobytes())
    stream = stream_ply(tmp_path / "a.ply")
    assert stream is not None
    (chunk,) = stream.chunks
    assert [chunk[axis].tolist() for axis in "xyz"] == [[1, 4], [2, 5], [3, 6]]
    (tmp_path / "a.ply").write_bytes(head.encode() + camera.tobytes() + points.tobytes()[:-1])
    with pytest.raises(InputError, match="promises 2 rows of vertex, but the file ends before"):
        stream_ply(tmp_path / "a.ply")


def test_ply_files_that_have_to_be_read_whole_are_thinned_all_the_same(tmp_path: Path):
    xyz, colors = a_cloud(50)
    scan = Scan(xyz.astype(np.float32), colors)
    write_ply(scan, tmp_path / "a.ply", encoding="ascii")
    assert stream_ply(tmp_path / "a.ply") is None
    write_ply(scan, tmp_path / "b.ply")
    a, b = (read_scan(tmp_path / name, thin=0.5) for name in ("a.ply", "b.ply"))
    np.testing.assert_array_equal(a.points, b.points)
    np.testing.assert_array_equal(a.stand_ins, b.stand_ins)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2 3 0 0 1\n1 2 3 0 -1 0\n", "line 2: expected a color as before, got -1; name the columns"),
        (
            "x y z r g b instance\n1 2 3 0 0 1 4\n1 2 3 0 0 0 0.5\n",
            "line 3: expected a whole number as before, got 0.5",
        ),
        ("# hi\n\n1 2 3 0 0 1\n1 2 3\n", "line 4: expected 6 numbers as before, got 3"),
        ("1 2 3 0 0 1\n\n// x\n1 2 drei 0 0 0\n", "line 4: expected numbers, got 'drei'"),
        ("# only\n\n# comments\n", "zero points"),
        ("1 2 3 0 0 1\n1 2 \0\n", "binary"),
    ],
)
def test_text_that_changes_its_mind_is_refused_by_line(
    tmp_path: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("less3d.io.xyz._BLOCK", 1)
    (tmp_path / "a.xyz").write_text(text)
    with pytest.raises(InputError, match=said):
        read_scan(tmp_path / "a.xyz", thin=0.1)


def test_text_is_read_in_pieces_as_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = "\ufeffX,Y,Z,R,G,B,instance\n1,2,3,4,5,6,7\n\n#n\n1,2,9,4,5,6,8\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr("less3d.io.xyz._BLOCK", 1)
    scan = read_scan(tmp_path / "a.txt", thin=0.001)
    assert scan.points.tolist() == [[1, 2, 3], [1, 2, 9]]
    assert scan.instances is not None
    assert scan.instances.tolist() == [7, 8]


def test_memory_of_a_thinned_file_follows_what_is_left(tmp_path: Path):
    n = 5_000_000
    rows = np.zeros(n, [("xyz", "<f4", 3), ("rgb", "u1", 3), ("more", "<f8", 4)])
    rows["xyz"] = (np.arange(n) % 1000)[:, None] * np.float32(0.001)
    names = [*(f"float {axis}" for axis in "xyz"), *(f"uchar {c}" for c in ("red", "green", "blue"))]
    names += [f"double more{i}" for i in range(4)]
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {n}\n" + "".join(f"property {w}\n" for w in names)
    with (tmp_path / "a.ply").open("wb") as file:
        file.write(f"{head}end_header\n".encode())
        rows.tofile(file)
    size = (tmp_path / "a.ply").stat().st_size
    del rows
    tracemalloc.start()
    scan = read_scan(tmp_path / "a.ply", thin=0.1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(scan.on_file(scan.colors[:, 0])) == n
    assert len(scan) <= 12
    assert peak < 0.9 * size  # reading it whole takes more than twice its size
