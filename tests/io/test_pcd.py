"""PCD files: ours come back and are read by pypcd4, all encodings and habits are understood, lies are refused."""

import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pypcd4
import pytest
from hypothesis import given, settings
from scan_cases import assert_same, scans

from less3d.errors import InputError, InputWarning
from less3d.io import read_scan
from less3d.io.pcd import read_pcd, stream_pcd, write_pcd
from less3d.scan import Scan

ENCODINGS = ("ascii", "binary", "binary_compressed")
COLORS = np.array([[255, 0, 51], [1, 2, 3]], np.uint8)
XYZ = np.array([[1, 2, 3], [4, 5, 6]], np.float32)


def header(*, fields="x y z", sizes="4 4 4", types="F F F", counts="1 1 1", points="2", data="ascii", more="") -> str:
    return (
        f"# .PCD v.7\nVERSION .7\n{more}FIELDS {fields}\nSIZE {sizes}\nTYPE {types}\nCOUNT {counts}\n"
        f"WIDTH {points}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\nDATA {data}\n"
    )


def colored_header(kind: str, name: str = "rgb", data: str = "ascii") -> str:
    return header(fields=f"x y z {name}", sizes="4 4 4 4", types=f"F F F {kind}", counts="1 1 1 1", data=data)


@settings(max_examples=40, deadline=None)
@given(scan=scans(attribute_types=("u1", "i2", "u4", "f4", "f8", "i8", "u8")))
def test_a_scan_comes_back(scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_pcd(scan, Path(folder) / "a.pcd")
        assert_same(read_pcd(Path(folder) / "a.pcd"), scan, faces=False)


def test_the_origin_comes_back(tmp_path: Path):
    scan = Scan(XYZ / 3, COLORS, origin=np.array([5412345.0, 452345.0, 0.0]))
    write_pcd(scan, tmp_path / "a.pcd")
    got = read_pcd(tmp_path / "a.pcd")
    np.testing.assert_allclose(got.points + got.origin, scan.points + scan.origin, rtol=0, atol=1e-7)


@settings(max_examples=20, deadline=None)
@given(scan=scans())
def test_pypcd4_reads_what_is_written(scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_pcd(scan, Path(folder) / "a.pcd")
        cloud = pypcd4.PointCloud.from_path(Path(folder) / "a.pcd")
    np.testing.assert_array_equal(cloud.numpy(("x", "y", "z")), scan.points)
    np.testing.assert_array_equal(pypcd4.PointCloud.decode_rgb(cloud.pc_data["rgb"]), scan.colors)
    for name, values in {"instance": scan.instances, "label": scan.semantics, **scan.attributes}.items():
        if values is not None:
            np.testing.assert_array_equal(cloud.pc_data[name], values)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_pypcd4_writes_is_read(tmp_path: Path, encoding: str):
    rng = np.random.default_rng(1)
    xyz = rng.normal(size=(500, 3)).astype(np.float32)
    kinds = (np.float32, np.float32, np.float32, np.uint32, np.int32, np.float64)
    label, odd = rng.integers(0, 40, 500), rng.normal(size=500)
    packed = rng.integers(1, 1 << 24, 500).astype(np.uint32)
    columns = [*xyz.T, packed, label.astype(np.int32), odd]
    cloud = pypcd4.PointCloud.from_points(columns, ("x", "y", "z", "rgb", "label", "odd"), kinds)
    cloud.save(tmp_path / "a.pcd", pypcd4.Encoding(encoding))
    scan = read_pcd(tmp_path / "a.pcd")
    atol = 1e-6 if encoding == "ascii" else 0
    np.testing.assert_allclose(scan.points, xyz, atol=atol, rtol=0)
    np.testing.assert_allclose(scan.attributes["odd"], odd, atol=atol, rtol=0)
    np.testing.assert_array_equal(scan.semantics, label)
    np.testing.assert_array_equal(scan.colors, np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1))


@pytest.mark.parametrize("name", ["rgb", "rgba"])
@pytest.mark.parametrize("alpha", [0, 255])
@pytest.mark.parametrize("kind", ["F", "U", "I"])
def test_packed_colors_are_unpacked_whatever_their_type(tmp_path: Path, name: str, alpha: int, kind: str):
    packed = np.array([alpha << 24 | 0xFF0033, alpha << 24 | 0x010203], np.uint32)
    rows = np.zeros(2, [("xyz", "<f4", 3), ("rgb", "<u4")])
    rows["xyz"], rows["rgb"] = XYZ, packed
    (tmp_path / "a.pcd").write_bytes(colored_header(kind, name, "binary").encode() + rows.tobytes())
    np.testing.assert_array_equal(read_pcd(tmp_path / "a.pcd").colors, COLORS)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("U", ("16711731", "66051")),
        ("U", ("4294901811", "4278256131")),
        ("F", ("16711731", "66051")),
        ("F", ("1.6711731e+07", "66051")),
        ("F", tuple(str(np.uint32(value).view(np.float32)) for value in (0xFF0033, 0x010203))),
    ],
)
def test_packed_colors_in_text_are_numbers_or_bits(tmp_path: Path, kind: str, words: tuple[str, str]):
    (tmp_path / "a.pcd").write_text(f"{colored_header(kind)}1 2 3 {words[0]}\n4 5 6 {words[1]}\n")
    scan = read_pcd(tmp_path / "a.pcd")
    np.testing.assert_array_equal(scan.colors, COLORS)
    np.testing.assert_array_equal(scan.points, XYZ)


def test_colors_may_be_fields_of_their_own(tmp_path: Path):
    head = header(fields="r g b x y z", sizes="1 1 1 4 4 4", types="U U U F F F", counts="1 1 1 1 1 1")
    (tmp_path / "a.pcd").write_text(head + "255 0 51 1 2 3\n1 2 3 4 5 6\n")
    np.testing.assert_array_equal(read_pcd(tmp_path / "a.pcd").colors, COLORS)


@pytest.mark.filterwarnings("ignore:.*no colors:less3d.errors.InputWarning")
@pytest.mark.parametrize("data", ["ascii", "binary"])
def test_padding_is_dropped_and_long_fields_are_split(tmp_path: Path, data: str):
    head = header(fields="x y z _ normal _", sizes="4 4 4 1 4 2", types="F F F U F U", counts="1 1 1 4 3 1", data=data)
    rows = np.zeros(2, [("xyz", "<f4", 3), ("p", "u1", 4), ("normal", "<f4", 3), ("q", "<u2")])
    rows["xyz"], rows["normal"], rows["p"] = XYZ, XYZ * 10, 9
    text = "".join(f"{x} {y} {z} 9 9 9 9 {10 * x} {10 * y} {10 * z} 0\n" for x, y, z in XYZ.tolist())
    (tmp_path / "a.pcd").write_bytes(head.encode() + (rows.tobytes() if data == "binary" else text.encode()))
    scan = read_pcd(tmp_path / "a.pcd")
    np.testing.assert_array_equal(scan.points, XYZ)
    assert {name: values.tolist() for name, values in scan.attributes.items()} == {
        "normal_0": [10, 40],
        "normal_1": [20, 50],
        "normal_2": [30, 60],
    }


def test_an_old_header_without_points_and_count_is_read(tmp_path: Path):
    text = "COLUMNS x y z\nSIZE 4 4 4\nTYPE F F F\nWIDTH 1\nHEIGHT 2\nDATA ascii\n1 2 3\n4 5 6"
    (tmp_path / "a.pcd").write_text(text)
    with pytest.warns(InputWarning, match="no colors"):
        np.testing.assert_array_equal(read_pcd(tmp_path / "a.pcd").points, XYZ)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_chunks_are_the_whole(tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(2)
    xyz = rng.integers(-50, 50, (25, 3)).astype(np.float32)
    cloud = pypcd4.PointCloud.from_points(
        [*xyz.T, np.arange(1, 26).astype(np.uint32)], ("x", "y", "z", "rgb"), (*[np.float32] * 3, np.uint32)
    )
    cloud.save(tmp_path / "a.pcd", pypcd4.Encoding(encoding))
    monkeypatch.setattr("less3d.io.stream.CHUNK_POINTS", 7)
    chunks = list(stream_pcd(tmp_path / "a.pcd").chunks)
    assert len(chunks) == (1 if encoding == "binary_compressed" else 4)
    np.testing.assert_array_equal(np.concatenate([chunk["x"] for chunk in chunks]), xyz[:, 0])
    np.testing.assert_array_equal(read_pcd(tmp_path / "a.pcd").points, xyz)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ply\n", "not a PCD file"),
        (header(data="utf8"), "DATA utf8, expected one of ascii"),
        (header(sizes="4 4"), "3 fields with 2 sizes"),
        (header(sizes="4 4 3"), "field z of type F, size 3"),
        (header(types="F F X"), "field z of type X"),
        (header(counts="1 1 0"), "count 0"),
        (header(counts="1 1 99999999"), "count 99999999"),
        (header(points="-2"), "-2 points"),
        (header(points="two"), "makes no sense"),
        (header(fields="x y x"), "makes no sense"),
        (header(points="1000000000000"), "the header promises points of 5999999999999 bytes"),
        (header(points="1000000000000", data="binary"), "the header promises points of 12000000000000 bytes"),
        (header().replace("WIDTH 2", "WIDTH 3"), "2 or 3 points"),
        (header().replace("FIELDS", "FELDER"), "no line 'COLUMNS'"),
        (header() + "1 2 3\n4  5\n", "expected 3 numbers a line for 2 points, got 5 numbers"),
        (header() + "1 2 3\n4 5 sechs\n", "line 13: expected numbers, got 'sechs'"),
        (header() + "1 2 3\nnan 5 6\n", "point 1 .*NaN"),
        (header(fields="a b c") + "1 2 3\n4 5 6\n", "no x and no y and no z"),
        (colored_header("U") + "1 2 3 -4\n4 5 6 7\n", "field rgb: expected uint32 numbers, got -4"),
        (header(points="0"), "zero points"),
        (colored_header("U", data="binary") + "\0" * 31, "the file is truncated"),
        (header(data="binary_compressed") + "\0" * 6, "the file is truncated"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*no colors:less3d.errors.InputWarning")
def test_broken_files_are_refused(tmp_path: Path, text: str, said: str):
    (tmp_path / "bad.pcd").write_bytes(text.encode())
    with pytest.raises(InputError, match=said) as caught:
        read_pcd(tmp_path / "bad.pcd")
    assert "bad.pcd" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("claim", [(16, 48), (16, 4_000_000_000), (3_000_000_000, 24), (2, 24)])
def test_compressed_sizes_are_checked_before_memory_is_given(tmp_path: Path, claim: tuple[int, int]):
    sizes = b"".join(size.to_bytes(4, "little") for size in claim)
    points = claim[1] // 12
    (tmp_path / "a.pcd").write_bytes(header(points=str(points), data="binary_compressed").encode() + sizes + b"\1" * 16)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"a\.pcd"):
        read_pcd(tmp_path / "a.pcd")
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_compressed_file_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rows = np.zeros((50, 3), np.float32)
    pypcd4.PointCloud.from_xyz_points(rows).save(tmp_path / "a.pcd", pypcd4.Encoding.BINARY_COMPRESSED)
    monkeypatch.setitem(sys.modules, "lzf", None)
    with pytest.raises(InputError, match=r"a\.pcd: expected the library lzf .* pip install 'less3d\[pcd\]'$"):
        read_scan(tmp_path / "a.pcd")


@pytest.mark.parametrize("name", ["rgb", "_", "a b", "x"])
def test_attributes_that_would_not_come_back_are_not_written(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="cannot be named"):
        write_pcd(Scan(XYZ, COLORS, attributes={name: np.zeros(2)}), tmp_path / "a.pcd")
    assert list(tmp_path.iterdir()) == []
