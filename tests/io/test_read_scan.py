"""`read_scan` and `write_scan`: one door for all formats, and what it refuses."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scan_cases import assert_same

from less3d.errors import InputError
from less3d.io import SUPPORTED, read_scan, write_scan
from less3d.io.files import replacing
from less3d.scan import Scan


def a_scan(scale: float = 1.0) -> Scan:
    rng = np.random.default_rng(4)
    return Scan((rng.random((50, 3)) * scale).astype(np.float32), rng.integers(0, 256, (50, 3)).astype(np.uint8))


@pytest.mark.parametrize("extension", [extension for extension, form in SUPPORTED.items() if form.write is not None])
def test_what_is_written_is_read(tmp_path: Path, extension: str):
    write_scan(a_scan(), tmp_path / f"a{extension.upper()}")
    got = read_scan(str(tmp_path / f"a{extension.upper()}"))
    if extension in (".las", ".laz"):  # whose coordinates are whole numbers of tenths of a millimeter
        np.testing.assert_allclose(got.points, a_scan().points, rtol=0, atol=0.5001e-4)
        got = replace(got, points=a_scan().points)
    assert_same(got, a_scan())


def test_importing_io_leaves_torch_and_other_heavy_libraries_out():
    heavy = {
        "torch",
        "transformers",
        "trimesh",
        "PIL",
        "scipy",
        "matplotlib",
        "laspy",
        "lazrs",
        "lzf",
        "pye57",
        "pypcd4",
    }
    code = f"import sys, less3d.io; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["scan.stl", "scan", "scan.ply.gz"])
def test_an_unknown_extension_lists_the_known(tmp_path: Path, name: str):
    for call in (lambda path: read_scan(path), lambda path: write_scan(a_scan(), path)):
        with pytest.raises(InputError, match=r"\.ply, \.npz"):
            call(tmp_path / name)


def test_meshes_are_read_only(tmp_path: Path):
    with pytest.raises(InputError, match=r"to write that ends in \.ply, \.npz, \.xyz, \.txt"):
        write_scan(a_scan(), tmp_path / "a.glb")


@pytest.mark.parametrize("extension", SUPPORTED)
def test_missing_files_folders_and_empty_files_are_refused(tmp_path: Path, extension: str):
    missing, folder, empty = (tmp_path / f"{name}{extension}" for name in ("missing", "folder", "empty"))
    folder.mkdir()
    empty.touch()
    for path, said in ((missing, "no such file"), (folder, "folder"), (empty, "empty")):
        with pytest.raises(InputError, match=said):
            read_scan(path)


@pytest.mark.parametrize("extension", SUPPORTED)
def test_impossible_paths_are_refused(tmp_path: Path, extension: str):
    (tmp_path / "file").touch()
    for path, said in (("a" * 300, "File name too long"), ("file/a", "Not a directory")):
        with pytest.raises(InputError, match=rf"cannot be read \({said}\)"):
            read_scan(tmp_path / f"{path}{extension}")


def test_axes_and_units_are_turned_into_meters_with_z_up(tmp_path: Path):
    scan = Scan(np.array([[1000, 2000, 3000]], np.float32), np.zeros((1, 3), np.uint8))
    write_scan(scan, tmp_path / "a.ply")
    got = read_scan(tmp_path / "a.ply", up="y", units="mm")
    np.testing.assert_allclose(got.points + got.origin, [[1, -3, 2]], atol=1e-6)


def test_a_million_meters_are_no_room_but_may_be_millimeters(tmp_path: Path):
    write_scan(a_scan(1e6), tmp_path / "a.ply")
    with pytest.raises(InputError, match=r"9\.\d+e\+05 m long.*--units mm.*stray points"):
        read_scan(tmp_path / "a.ply")
    write_scan(a_scan(20_000), tmp_path / "a.ply")  # a room of 20 m in millimeters
    assert np.ptp(read_scan(tmp_path / "a.ply", units="mm").points, axis=0).max() == pytest.approx(20, abs=1)


@pytest.mark.parametrize("far", [1e17, 1e300])
def test_numbers_beyond_all_rooms_are_refused(tmp_path: Path, far: float):
    (tmp_path / "a.xyz").write_text(f"0 0 0 9 9 9\n{far} 0 0 9 9 9\n")
    with pytest.raises(InputError, match=r"a\.xyz"):
        read_scan(tmp_path / "a.xyz")


def test_writing_into_a_missing_folder_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no folder one may write to"):
        write_scan(a_scan(), tmp_path / "none" / "a.ply")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "a.ply"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [file.name for file in tmp_path.iterdir()] == ["a.ply"]
    assert path.read_text() == "old"


def test_written_files_obey_the_umask_like_any_other(tmp_path: Path):
    (tmp_path / "other").touch()
    write_scan(a_scan(), tmp_path / "a.ply")
    assert (tmp_path / "a.ply").stat().st_mode == (tmp_path / "other").stat().st_mode
