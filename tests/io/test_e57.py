"""E57 files: ours come back and are read by pye57, others' poses, systems and colors are understood, lies refused."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pye57
import pytest
from fuzz_cases import repair_e57
from hypothesis import given, settings
from pye57 import libe57
from scan_cases import assert_same, scans

from less3d.errors import InputError, InputWarning
from less3d.io import read_scan, write_scan
from less3d.io.e57 import read_e57, stream_e57, write_e57
from less3d.scan import Scan

XYZ = np.array([[1, 2, 3], [4, 5, 6], [-7, 8, 9]], np.float64)
COLORS = np.array([[255, 0, 51], [1, 2, 3], [9, 8, 7]], np.uint8)


def pye57_columns(xyz: np.ndarray, colors: np.ndarray | None = None) -> dict[str, np.ndarray]:
    columns = {f"cartesian{axis}": values.copy() for axis, values in zip("XYZ", xyz.T, strict=True)}
    if colors is not None:
        columns |= {
            f"color{name}": values.copy() for name, values in zip(("Red", "Green", "Blue"), colors.T, strict=True)
        }
    return columns


def write_fields(path: Path, fields: dict[str, tuple[object, np.ndarray]], *, limits: dict[str, object] | None = None):
    """Write a file with any fields, each a function that makes its node and its values."""
    file = pye57.E57(str(path), mode="w")
    image = file.image_file
    scan, prototype, buffers = libe57.StructureNode(image), libe57.StructureNode(image), libe57.VectorSourceDestBuffer()
    for name, (node, values) in fields.items():
        prototype.set(name, node(image))
        buffers.append(libe57.SourceDestBuffer(image, name, values, len(values), True, True))
    file.data3d.append(scan)
    if limits is not None:
        box = libe57.StructureNode(image)
        for name, node in limits.items():
            box.set(name, node(image))
        scan.set("colorLimits", box)
    points = libe57.CompressedVectorNode(image, prototype, libe57.VectorNode(image, True))
    scan.set("points", points)
    writer = points.writer(buffers)
    writer.write(len(values))
    writer.close()
    file.close()


def real(image):
    return libe57.FloatNode(image, 0.0)


def whole(low: int, high: int):
    return lambda image: libe57.IntegerNode(image, 0, low, high)


def constant(value: float):
    return lambda image: libe57.FloatNode(image, value)


def cartesian() -> dict[str, tuple[object, np.ndarray]]:
    return {name: (real, values) for name, values in pye57_columns(XYZ).items()}


@settings(max_examples=25, deadline=None)
@given(scan=scans(attribute_types=("u1", "i1", "u2", "i2", "u4", "i4", "i8", "f4", "f8")))
def test_a_scan_comes_back(scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_e57(scan, Path(folder) / "a.e57")
        assert_same(read_e57(Path(folder) / "a.e57"), scan, faces=False)


def test_georeferenced_coordinates_and_intensity_come_back(tmp_path: Path):
    intensity = np.array([0.5, 1, 0.25], np.float32)
    scan = Scan(np.float32(XYZ / 3), COLORS, origin=np.array([452_345.0, 5_412_345.0, 0.0]))
    scan = replace(scan, attributes={"intensity": intensity})
    write_e57(scan, tmp_path / "a.e57")
    got = read_e57(tmp_path / "a.e57")
    np.testing.assert_allclose(got.points + got.origin, scan.points + scan.origin, rtol=0, atol=1e-6)
    assert got.attributes["intensity"].dtype == np.float32
    np.testing.assert_array_equal(got.attributes["intensity"], intensity)


@settings(max_examples=15, deadline=None)
@given(scan=scans())
def test_pye57_reads_what_is_written(scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_e57(scan, Path(folder) / "a.e57")
        with pye57.E57(str(Path(folder) / "a.e57")) as file:
            assert file.scan_count == 1
            got = file.read_scan(0, colors=True, ignore_missing_fields=True)
    np.testing.assert_array_equal(np.stack([got[f"cartesian{axis}"] for axis in "XYZ"], axis=1), scan.points)
    np.testing.assert_array_equal(np.stack([got[f"color{n}"] for n in ("Red", "Green", "Blue")], axis=1), scan.colors)


def test_scans_are_joined_in_their_order_and_moved_by_their_poses(tmp_path: Path):
    half = np.sqrt(0.5)
    poses = [((1, 0, 0, 0), (100, 0, 0)), ((half, 0, 0, half), (0, 10, 1))]  # the second turns x to y
    expected = []
    with pye57.E57(str(tmp_path / "a.e57"), mode="w") as file:
        for rotation, translation in poses:
            at = {"rotation": np.array(rotation, float), "translation": np.array(translation, float)}
            file.write_scan_raw(pye57_columns(XYZ, COLORS), **at)
    with pye57.E57(str(tmp_path / "a.e57")) as file:
        for index in range(2):
            raw = file.read_scan(index, ignore_missing_fields=True)
            expected.append(np.stack([raw[f"cartesian{axis}"] for axis in "XYZ"], axis=1))
    got = read_e57(tmp_path / "a.e57")
    np.testing.assert_allclose(got.points, np.concatenate(expected), atol=1e-5)
    np.testing.assert_allclose(got.points[:3], XYZ + np.array([100, 0, 0]), atol=1e-5)
    np.testing.assert_allclose(
        got.points[3:], XYZ[:, [1, 0, 2]] * np.array([-1, 1, 1]) + np.array([0, 10, 1]), atol=1e-5
    )
    np.testing.assert_array_equal(got.colors, np.concatenate([COLORS, COLORS]))


def test_where_only_some_scans_have_colors_the_others_are_grey(tmp_path: Path):
    with pye57.E57(str(tmp_path / "a.e57"), mode="w") as file:
        file.write_scan_raw(pye57_columns(XYZ))
        file.write_scan_raw(pye57_columns(XYZ, COLORS))
    np.testing.assert_array_equal(read_e57(tmp_path / "a.e57").colors, [[128] * 3] * 3 + COLORS.tolist())


def test_invalid_points_are_left_out(tmp_path: Path):
    state = np.array([0, 2, 0], np.int8)
    with pye57.E57(str(tmp_path / "a.e57"), mode="w") as file:
        file.write_scan_raw({**pye57_columns(XYZ, COLORS), "cartesianInvalidState": state})
    with pytest.warns(InputWarning, match=r"1 points have no coordinates"):
        got = read_e57(tmp_path / "a.e57")
    np.testing.assert_array_equal(got.points, XYZ[[0, 2]])
    np.testing.assert_array_equal(got.colors, COLORS[[0, 2]])
    assert got.on_file(np.array([True, True])).tolist() == [True, False, True]


@pytest.mark.filterwarnings("ignore:.*no (colors|coordinates):less3d.errors.InputWarning")
def test_spherical_points_are_placed_and_their_invalid_ones_left_out(tmp_path: Path):
    distance, azimuth, elevation = np.array([2.0, 3.0, 1.0]), np.array([0, np.pi / 2, 1]), np.array([0, np.pi / 6, 1])
    values = (distance, azimuth, elevation)
    fields = {f"spherical{n}": (real, v) for n, v in zip(("Range", "Azimuth", "Elevation"), values, strict=True)}
    fields["sphericalInvalidState"] = (whole(0, 2), np.array([0, 0, 1], np.int8))
    write_fields(tmp_path / "a.e57", fields)
    expected = [[2, 0, 0], [0, 3 * np.cos(np.pi / 6), 1.5]]
    np.testing.assert_allclose(read_e57(tmp_path / "a.e57").points, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("node", "limits", "values"),
    [
        (whole(0, 65535), None, [65535, 257, 0]),
        (whole(0, 1023), None, [1023, 4, 0]),
        (whole(-(2**63), 2**63 - 1), None, [255, 1, 0]),
        (whole(0, 65535), (0, 255), [255, 1, 0]),
        (real, (0.0, 1.0), [1.0, 1 / 255, 0.0]),
        (real, None, [1.0, 1 / 255, 0.0]),
    ],
)
def test_colors_are_scaled_from_their_limits(tmp_path: Path, node, limits, values):
    colors = {name: (node, np.array(values, float)) for name in ("colorRed", "colorGreen", "colorBlue")}
    said = None
    if limits is not None:
        ends = zip(("Minimum", "Maximum"), limits, strict=True)
        said = {name + end: constant(value) for end, value in ends for name in colors}
    write_fields(tmp_path / "a.e57", cartesian() | colors, limits=said)
    assert read_e57(tmp_path / "a.e57").colors[:, 0].tolist() == [255, 1, 0]


def test_limits_that_are_no_limits_are_refused(tmp_path: Path):
    colors = {name: (real, np.array([0, 0.5, 1])) for name in ("colorRed", "colorGreen", "colorBlue")}
    said = {"colorRedMinimum": constant(0), "colorRedMaximum": lambda image: libe57.StringNode(image, "very red")}
    write_fields(tmp_path / "a.e57", cartesian() | colors, limits=said)
    with pytest.raises(InputError, match=r"a\.e57: cannot be read as E57, the file is damaged"):
        read_e57(tmp_path / "a.e57")


def test_colors_beyond_their_limits_are_refused(tmp_path: Path):
    colors = {name: (real, np.array([0, 0.5, 7])) for name in ("colorRed", "colorGreen", "colorBlue")}
    write_fields(tmp_path / "a.e57", cartesian() | colors)
    with pytest.raises(InputError, match="expected colorRed from 0 to 1"):
        read_e57(tmp_path / "a.e57")


def test_scaled_integers_are_read_as_what_they_stand_for(tmp_path: Path):
    fields = {}
    for name, values in pye57_columns(XYZ).items():
        node = lambda image: libe57.ScaledIntegerNode(image, 0, -(2**31), 2**31 - 1, 0.001, 2.0)  # noqa: E731
        fields[name] = (node, values)
    write_fields(tmp_path / "a.e57", fields)
    with pytest.warns(InputWarning, match="no colors"):
        np.testing.assert_allclose(read_e57(tmp_path / "a.e57").points, XYZ, atol=1e-6)


def test_chunks_are_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    scan = Scan(rng.random((100, 3)).astype(np.float32), rng.integers(0, 256, (100, 3)).astype(np.uint8))
    write_e57(scan, tmp_path / "a.e57")
    monkeypatch.setattr("less3d.io.e57.CHUNK_POINTS", 33)
    assert [len(chunk["x"]) for chunk in stream_e57(tmp_path / "a.e57").chunks] == [33, 33, 33, 1]
    assert_same(read_e57(tmp_path / "a.e57"), scan)


def test_a_stream_that_is_left_early_closes_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_e57(Scan(np.zeros((9, 3), np.float32), np.zeros((9, 3), np.uint8)), tmp_path / "a.e57")
    monkeypatch.setattr("less3d.io.e57.CHUNK_POINTS", 3)
    chunks = stream_e57(tmp_path / "a.e57").chunks
    next(chunks)
    del chunks
    assert not any(str(tmp_path) in str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.exists())


@pytest.mark.parametrize("name", ["a b", "1st", "a:b", "é"])
def test_attributes_that_would_not_come_back_are_not_written(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="cannot be named"):
        write_e57(Scan(np.float32(XYZ), COLORS, attributes={name: np.zeros(3)}), tmp_path / "a.e57")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_arguments: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("less3d.io.e57._node", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        write_e57(Scan(np.float32(XYZ), COLORS), tmp_path / "a.e57")
    assert list(tmp_path.iterdir()) == []


def test_without_its_library_a_file_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scan = Scan(np.float32(XYZ), COLORS)
    write_e57(scan, tmp_path / "a.e57")
    monkeypatch.setitem(sys.modules, "pye57.libe57", None)
    for call in (lambda: read_scan(tmp_path / "a.e57"), lambda: write_scan(scan, tmp_path / "b.e57")):
        with pytest.raises(InputError, match=r"expected the library pye57 .* pip install 'less3d\[e57\]'$"):
            call()
    assert [path.name for path in tmp_path.iterdir()] == ["a.e57"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'recordCount="3"', b'recordCount="9"', r"cannot be read|expected 9 points in a scan, got 3"),
        (b'recordCount="3"', b'recordCount="999999999999"', "promise 999999999999 points"),
        (b'encoding="UTF-8"', b'encoding="UTF-9"', "unknown encoding"),
        (b"<e57Root ", b"<!DOCTYPE a><e57Root ", "document type declaration"),
        (b"</data3D>", b"</data3D>" + b"<a>" * 60, "nested more than 50 deep"),
        (b"<prototype", b"<prototypo", "damaged"),
        (b"cartesianX", b"cartesianA", "damaged|expected cartesian or spherical points"),
    ],
)
def test_trees_that_lie_are_refused(tmp_path: Path, old: bytes, new: bytes, said: str):
    write_e57(Scan(np.float32(XYZ), COLORS), tmp_path / "a.e57")
    raw = (tmp_path / "a.e57").read_bytes()
    plain = b"".join(raw[at : at + 1020] for at in range(0, len(raw), 1024))
    start, length = int.from_bytes(raw[24:32], "little"), int.from_bytes(raw[32:40], "little")
    start -= start // 1024 * 4
    xml = plain[start : start + length].replace(old, new)
    assert xml != plain[start : start + length]
    plain = plain[:32] + len(xml).to_bytes(8, "little") + plain[40:start] + xml
    plain += b"\0" * (-len(plain) % 1020)
    (tmp_path / "a.e57").write_bytes(
        repair_e57(b"".join(plain[at : at + 1020] + b"\0\0\0\0" for at in range(0, len(plain), 1020)))
    )
    with pytest.raises(InputError, match=said) as caught:
        read_e57(tmp_path / "a.e57")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (0, b"PK", "not an E57 file"),
        (8, b"\7", "expected E57 version 1"),
        (16, b"\xff" * 8, "promises 18446744073709551615 bytes"),
        (24, b"\xff" * 8, "outside the file"),
        (32, b"\xff" * 8, "outside the file"),
        (40, b"\1", "pages of 1024 bytes"),
        (200, b"\xaa\xbb", "damaged .*[Cc]heck|damaged"),
    ],
)
def test_headers_that_lie_and_pages_of_wrong_checksum_are_refused(tmp_path: Path, at: int, value: bytes, said: str):
    write_e57(Scan(np.float32(XYZ), COLORS), tmp_path / "a.e57")
    raw = bytearray((tmp_path / "a.e57").read_bytes())
    raw[at : at + len(value)] = value
    (tmp_path / "a.e57").write_bytes(raw)
    with pytest.raises(InputError, match=said) as caught:
        read_e57(tmp_path / "a.e57")
    assert "\n" not in str(caught.value)
