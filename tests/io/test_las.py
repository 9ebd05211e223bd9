"""LAS and LAZ files: ours come back and are read by laspy, others' are understood, lies are refused."""

import struct
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import laspy
import numpy as np
import pytest
from hypothesis import given, settings
from scan_cases import assert_same, scans

from less3d.errors import InputError, InputWarning
from less3d.io import read_scan, write_scan
from less3d.io.las import STEP, read_las, stream_las, write_las
from less3d.scan import Scan

SUFFIXES = (".las", ".laz")


def a_scan(n: int = 40, **fields: object) -> Scan:
    rng = np.random.default_rng(4)
    points, colors = rng.random((n, 3)).astype(np.float32), rng.integers(0, 256, (n, 3)).astype(np.uint8)
    return replace(Scan(points, colors), **fields)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=20, deadline=None)
@given(scan=scans())
def test_a_scan_comes_back_to_a_twentieth_of_a_millimeter(suffix: str, scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_las(scan, Path(folder) / f"a{suffix}")
        got = read_las(Path(folder) / f"a{suffix}")
    np.testing.assert_allclose(got.points, scan.points, rtol=2e-7, atol=STEP / 2)
    assert_same(replace(got, points=scan.points), scan, faces=False)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_georeferenced_coordinates_keep_their_precision(tmp_path: Path, suffix: str):
    scan = a_scan(origin=np.array([452_345.0, 5_412_345.0, -1200.0]))
    write_las(scan, tmp_path / f"a{suffix}")
    got = read_las(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(got.points + got.origin, scan.points + scan.origin, rtol=0, atol=STEP / 2 + 1e-6)
    assert np.abs(got.points).max() < 2


def test_laspy_reads_what_is_written(tmp_path: Path):
    rng = np.random.default_rng(3)
    ids = rng.integers(-1, 5, 40).astype(np.int32)
    attributes = {"intensity": rng.integers(0, 65536, 40).astype(np.uint16), "height": rng.random(40)}
    scan = a_scan(instances=ids, semantics=ids + 9, attributes=attributes, origin=np.array([1e6, 2e6, 0]))
    write_las(scan, tmp_path / "a.laz")
    las = laspy.read(tmp_path / "a.laz")
    np.testing.assert_allclose(las.xyz, scan.points + scan.origin, rtol=0, atol=STEP / 2 + 1e-9)
    np.testing.assert_array_equal(np.stack([las.red, las.green, las.blue], axis=1), scan.colors.astype(int) * 257)
    np.testing.assert_array_equal(las["instance"], ids)
    np.testing.assert_array_equal(las["label"], ids + 9)
    for name, values in attributes.items():
        np.testing.assert_array_equal(las[name], values)
    assert las.header.are_points_compressed
    assert not laspy.read(write_to(scan, tmp_path / "a.las")).header.are_points_compressed


def write_to(scan: Scan, path: Path) -> Path:
    write_scan(scan, path)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("point_format", [2, 3, 7, 8])
def test_what_laspy_writes_is_read(tmp_path: Path, suffix: str, point_format: int):
    rng = np.random.default_rng(5)
    las = laspy.create(point_format=point_format, file_version="1.4")
    las.header.scales, las.header.offsets = np.array([0.001, 0.002, 0.0005]), np.array([1e5, 0, -3])
    xyz = rng.integers(-4000, 4000, (300, 3)) * las.header.scales + las.header.offsets
    las.x, las.y, las.z = xyz.T
    las.red, las.green, las.blue = (rng.integers(0, 65536, (300, 3))).T.astype(np.uint16)
    las.classification[:] = np.arange(300) % 5
    las.add_extra_dim(laspy.ExtraBytesParams("normal", "3f4"))
    las["normal"] = xyz.astype(np.float32)
    las.write(tmp_path / f"a{suffix}")
    scan = read_las(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(scan.points + scan.origin, xyz, rtol=0, atol=1e-5)
    expected = np.rint(np.stack([las.red, las.green, las.blue], axis=1) / 257)
    np.testing.assert_array_equal(scan.colors, expected)
    assert set(scan.attributes) == {"classification", "normal_0", "normal_1", "normal_2"}  # the rest is zero everywhere
    np.testing.assert_array_equal(scan.attributes["classification"], np.arange(300) % 5)
    np.testing.assert_array_equal(scan.attributes["normal_1"], xyz[:, 1].astype(np.float32))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_format_without_colors_is_grey_and_says_so(tmp_path: Path, suffix: str):
    las = laspy.create(point_format=1)
    las.x, las.y, las.z = np.random.default_rng(0).random((3, 20))
    las.write(tmp_path / f"a{suffix}")
    with pytest.warns(InputWarning, match="no colors"):
        assert (read_las(tmp_path / f"a{suffix}").colors == 128).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_chunks_are_the_whole(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch):
    scan = a_scan(100)
    write_las(scan, tmp_path / f"a{suffix}")
    whole = read_las(tmp_path / f"a{suffix}")
    monkeypatch.setattr("less3d.io.stream.CHUNK_POINTS", 33)
    assert [len(chunk["x"]) for chunk in stream_las(tmp_path / f"a{suffix}").chunks] == [33, 33, 33, 1]
    assert_same(read_las(tmp_path / f"a{suffix}"), whole)


def test_extra_dimensions_may_have_spaces_in_their_names(tmp_path: Path):
    las = laspy.create(point_format=7, file_version="1.4")
    xyz = np.round(np.random.default_rng(0).random((20, 3)), 2)
    las.x, las.y, las.z = xyz.T
    las.red[:] = 65535
    for name in ("Original cloud index", "label"):
        las.add_extra_dim(laspy.ExtraBytesParams(name, "u2"))
        las[name] = np.arange(20)
    las.write(tmp_path / "a.las")
    scan = read_las(tmp_path / "a.las")
    np.testing.assert_allclose(scan.points, xyz, atol=1e-6)
    assert scan.semantics is not None
    assert scan.semantics.tolist() == scan.attributes["Original_cloud_index"].tolist() == list(range(20))
    write_scan(scan, tmp_path / "a.ply")
    assert read_scan(tmp_path / "a.ply").attributes["Original_cloud_index"].tolist() == list(range(20))


@pytest.mark.parametrize("record", [b"[" * 60_000, b"\xff\xfe", b"[1]", b'{"a": "b"}'])
def test_damaged_class_names_are_passed_over(tmp_path: Path, record: bytes):
    las = laspy.create(point_format=7, file_version="1.4")
    las.x, las.y, las.z = np.ones((3, 2))
    las.red[:] = 65535
    las.header.vlrs.append(laspy.VLR(user_id="less3d", record_id=1, record_data=record))
    las.write(tmp_path / "a.las")
    assert read_las(tmp_path / "a.las").labels is None


def test_an_attribute_that_las_knows_otherwise_is_left_out_with_a_warning(tmp_path: Path):
    with pytest.warns(InputWarning, match=r"a\.las: attribute 'intensity' is left out"):
        write_las(a_scan(3, attributes={"intensity": np.array([0.5, 0.25, 1.0])}), tmp_path / "a.las")
    assert read_las(tmp_path / "a.las").attributes == {}


@pytest.mark.parametrize("name", ["X", "a b", "é" * 17, "red"])
def test_attributes_that_would_not_come_back_are_not_written(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="cannot be named"):
        write_las(a_scan(3, attributes={name: np.zeros(3)}), tmp_path / "a.las")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("library", ["laspy", "lazrs"])
def test_without_its_library_a_file_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str):
    write_las(a_scan(), tmp_path / "a.laz")
    monkeypatch.setitem(sys.modules, library, None)
    for call in (lambda: read_scan(tmp_path / "a.laz"), lambda: write_scan(a_scan(), tmp_path / "b.laz")):
        with pytest.raises(InputError, match=rf"expected the library {library} .* pip install 'less3d\[las\]'$"):
            call()
    assert [path.name for path in tmp_path.iterdir()] == ["a.laz"]


def patched(path: Path, at: int, kind: str, value: float) -> Path:
    raw = bytearray(path.read_bytes())
    struct.pack_into(kind, raw, at, value)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("at", "kind", "value", "said"),
    [
        (0, "<I", 7, "not a LAS file"),
        (24, "<B", 3, "version 3.4"),
        (94, "<H", 1, "makes no sense"),
        (96, "<I", 4_000_000_000, "makes no sense"),
        (100, "<I", 4_000_000_000, "promises 4000000000 records"),
        (104, "<B", 63, r"bad\.la"),
        (105, "<H", 65_535, r"bad\.la"),
        (131, "<d", 0.0, "no scale of zero"),
        (131, "<d", float("nan"), "no scale of zero"),
        (139, "<d", 1e300, r"bad\.la"),
        (247, "<Q", 4_000_000_000, "promises 4000000000 points"),
        (247, "<Q", 2**63, "promises 9223372036854775808 points"),
        (247, "<Q", 0, r"zero points|promises 0 points, but the chunks have 40"),
    ],
)
def test_headers_that_lie_are_refused(tmp_path: Path, suffix: str, at: int, kind: str, value: float, said: str):
    write_las(a_scan(), tmp_path / f"bad{suffix}")
    with pytest.raises(InputError, match=said) as caught:
        read_las(patched(tmp_path / f"bad{suffix}", at, kind, value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, suffix: str):
    write_las(a_scan(), tmp_path / f"a{suffix}")
    data = (tmp_path / f"a{suffix}").read_bytes()
    for length in (3, 100, 226, 300, 374, 400, len(data) - 200, len(data) - 1):
        (tmp_path / f"a{suffix}").write_bytes(data[:length])
        with pytest.raises(InputError, match=rf"a\{suffix}"):
            read_las(tmp_path / f"a{suffix}")


def test_layers_longer_than_the_file_are_refused_before_memory_is_given(tmp_path: Path):
    write_las(a_scan(), tmp_path / "a.laz")
    raw = (tmp_path / "a.laz").read_bytes()
    (start,), (size,) = struct.unpack_from("<I", raw, 96), struct.unpack_from("<H", raw, 105)
    patched(tmp_path / "a.laz", start + 8 + size + 4, "<I", 4_000_000_000)
    with pytest.raises(InputError, match="chunk 0 of the LAZ file is longer than the file"):
        read_las(tmp_path / "a.laz")
