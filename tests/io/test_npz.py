"""NumPy archives: ours come back exactly, others' names are understood, nothing is ever unpickled."""

import io
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from scan_cases import LAYOUTS, REAL, assert_same, needs_real_scans, scans

from less3d.errors import InputError
from less3d.io.npz import read_npz, write_npz
from less3d.scan import Scan

COLORS = np.full((2, 3), 9, np.uint8)


@settings(max_examples=40, deadline=None)
@given(scan=scans(attribute_types=("u1", "i8", "f2", "f8", "U3")))
def test_a_scan_comes_back(scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_npz(scan, Path(folder) / "a.npz")
        assert_same(read_npz(Path(folder) / "a.npz"), scan)


def test_the_origin_comes_back(tmp_path: Path):
    scan = Scan(np.ones((2, 3), np.float32), COLORS, origin=np.array([5e6, 0.25, 0.0]))
    write_npz(scan, tmp_path / "a.npz")
    assert_same(read_npz(tmp_path / "a.npz"), scan)


def test_compact_points_are_millimeters_where_they_fit(tmp_path: Path):
    near = Scan(np.array([[1.2344, -32.7, 0], [0, 0, 32.7]], np.float32), COLORS)
    far = Scan(np.array([[1.2344, -33, 0], [0, 0, 0]], np.float32), COLORS)
    for scan, names in ((near, {"points_mm", "colors"}), (far, {"points", "colors"})):
        write_npz(scan, tmp_path / "a.npz", compact=True)
        assert set(np.load(tmp_path / "a.npz")) == names
        np.testing.assert_allclose(read_npz(tmp_path / "a.npz").points, scan.points, atol=0.0005)


@pytest.mark.parametrize(
    ("names", "field"),
    [
        (("points", "xyz_aligned", "xyz"), "points"),
        (("colors", "rgb"), "colors"),
        (("instances", "instance", "instance_from_boxes"), "instances"),
        (("semantics", "nyu40"), "semantics"),
    ],
)
def test_every_name_is_understood_and_the_first_wins(tmp_path: Path, names: tuple[str, ...], field: str):
    values = {"points": np.ones((2, 3)), "colors": COLORS}.get(field, np.array([4, -1], np.int16))
    base = {"points": np.zeros((2, 3)), "colors": COLORS} | {}
    base.pop(field, None)
    for i, name in enumerate(names):
        others = {other: np.zeros_like(values) for other in names[i + 1 :]}
        np.savez(tmp_path / "a.npz", **base, **others, **{name: values})
        np.testing.assert_array_equal(getattr(read_npz(tmp_path / "a.npz"), field), values)


def test_pickled_arrays_are_refused(tmp_path: Path):
    np.savez(tmp_path / "a.npz", points=np.array([[1, 2, object()]], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"'points' cannot be read.*pickled"):
        read_npz(tmp_path / "a.npz")


def test_class_names_may_be_bytes(tmp_path: Path):
    labels = {"object_ids": [4, 7], "object_labels": np.array([b"office chair", "étagère".encode()])}
    np.savez(tmp_path / "a.npz", points=np.zeros((2, 3)), colors=COLORS, **labels)
    assert read_npz(tmp_path / "a.npz").labels == {4: "office chair", 7: "étagère"}


def test_an_archive_that_claims_gigabytes_is_refused_unread(tmp_path: Path):
    np.savez_compressed(tmp_path / "a.npz", points=np.zeros((2, 3)), colors=COLORS)
    raw = bytearray((tmp_path / "a.npz").read_bytes())
    start = 0
    while (start := raw.find(b"PK\x01\x02", start + 1)) > 0:  # each entry of the directory
        raw[start + 24 : start + 28] = (3 << 30).to_bytes(4, "little")  # its size once unpacked
    (tmp_path / "a.npz").write_bytes(raw)
    with pytest.raises(InputError, match=r"a\.npz: its arrays unpack to 6\.0 GiB, more than the 4 GiB"):
        read_npz(tmp_path / "a.npz")


def test_an_archive_that_hides_its_size_is_unpacked_no_further_than_it_says(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("points.npy", b"\0" * (64 << 20))
    raw = bytearray((tmp_path / "a.npz").read_bytes())
    start = raw.rfind(b"PK\x01\x02")
    raw[start + 24 : start + 28] = (100).to_bytes(4, "little")
    (tmp_path / "a.npz").write_bytes(raw)
    tracemalloc.start()
    with pytest.raises(InputError, match="'points' cannot be read"):
        read_npz(tmp_path / "a.npz")
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_header_that_promises_billions_is_refused(tmp_path: Path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (10**10, 3)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("points.npy", header.getvalue() + b"\0" * 24)
    with pytest.raises(InputError, match="'points' cannot be read"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"colors": COLORS}, "expected an array named points or"),
        ({"points": np.zeros((2, 2)), "colors": COLORS}, r"'points' of shape \(any, 3\)"),
        ({"points": np.zeros((0, 3))}, "zero points"),
        ({"points": np.array([["a"] * 3])}, "'points'"),
        ({"points": np.zeros((2, 3)), "colors": COLORS[:1]}, r"'colors' of shape \(2, 3\)"),
        ({"points": np.full((2, 3), np.nan), "colors": COLORS}, "point 0 .*NaN"),
        ({"points": np.zeros((2, 3)), "colors": COLORS * -1.0}, "colors in 0..1 or 0..255"),
        ({"points": np.zeros((2, 3)), "colors": COLORS, "instances": np.zeros(3, int)}, "'instances'"),
        ({"points": np.zeros((2, 3)), "colors": COLORS, "instances": np.full(2, 2**40)}, "instance ids"),
        ({"points": np.zeros((2, 3)), "colors": COLORS, "faces": np.array([[0, 1, 2]])}, "triangle 0 names point 2"),
    ],
)
def test_unusable_arrays_are_refused_by_name(tmp_path: Path, arrays: dict[str, np.ndarray], said: str):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=said) as caught:
        read_npz(tmp_path / "bad.npz")
    assert "bad.npz" in str(caught.value)


@pytest.mark.parametrize("keep", [0, 3, 100, -30])
def test_truncated_archives_are_refused(tmp_path: Path, keep: int):
    write_npz(Scan(np.zeros((2, 3), np.float32), COLORS), tmp_path / "a.npz")
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:keep])
    with pytest.raises(InputError, match=r"empty|truncated"):
        read_npz(tmp_path / "a.npz")


def test_archives_of_a_later_zip_are_refused(tmp_path: Path):
    write_npz(Scan(np.zeros((2, 3), np.float32), COLORS), tmp_path / "a.npz")
    content = bytearray((tmp_path / "a.npz").read_bytes())
    place = content.index(b"PK\x01\x02") + 6  # the version that is needed to extract the first member
    content[place : place + 2] = (99).to_bytes(2, "little")
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"not an \.npz archive"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.shared
@needs_real_scans
def test_real_archives_are_understood():
    scan = read_npz(REAL / "scannet_scene0470_00.npz")
    truth = np.load(REAL / "scannet_scene0470_00.npz")
    np.testing.assert_array_equal(scan.points, truth["xyz_aligned"])
    assert scan.instances is not None
    assert scan.semantics is not None
    assert scan.labels is not None
    np.testing.assert_array_equal(scan.instances, truth["instance"])
    np.testing.assert_array_equal(scan.semantics, truth["nyu40"])
    assert scan.labels[int(truth["object_ids"][1])] == truth["object_labels"][1]
    boxes = read_npz(REAL / "scannet_scene0706_00_boxlabels.npz")
    assert boxes.instances is not None
    layout = read_npz(LAYOUTS / "scene0002_00.npz")
    assert layout.instances is not None
    np.testing.assert_allclose(layout.points * 1000, np.load(LAYOUTS / "scene0002_00.npz")["points_mm"], atol=1e-2)


def test_a_file_that_may_not_be_read_is_not_called_broken(tmp_path, monkeypatch):
    path = tmp_path / "scan.npz"
    path.write_bytes(b"anything")

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("less3d.io.npz.zipfile.ZipFile", refuse)
    with pytest.raises(InputError, match=r"scan\.npz: cannot be read \(Permission denied\)"):
        read_npz(path)
