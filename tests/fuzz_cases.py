"""The table of files that `tests/fuzz.py` damages: to add a format, add a `Case` to `CASES`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fuzz_datasets import DATASET_FILES

from less3d.io import read_scan, write_scan
from less3d.io.ply import write_ply
from less3d.scan import Scan


@dataclass(frozen=True)
class Case:
    """A kind of file: `write` makes a valid one at a path with this suffix, `read` reads it."""

    suffix: str
    write: Callable[[Path], object]
    read: Callable[[Path], object]
    repair: Callable[[bytes], bytes] | None = None
    """Makes checksums right again, so that damage reaches the parser behind them; used on every second input."""


def small_scan() -> Scan:
    """A dozen points with ids, class names and faces."""
    rng = np.random.default_rng(6)
    return Scan(
        rng.random((12, 3)).astype(np.float32),
        rng.integers(0, 256, (12, 3)).astype(np.uint8),
        instances=rng.integers(0, 3, 12).astype(np.int32),
        labels={0: "chair", 1: "table"},
        faces=rng.integers(0, 12, (8, 3)).astype(np.int32),
    )


def write_pcd_as(encoding: str) -> Callable[[Path], None]:
    """Write by pypcd4, which knows all encodings."""

    def write(path: Path) -> None:
        import pypcd4

        write_scan(small_scan(), path)
        pypcd4.PointCloud.from_path(path).save(path, pypcd4.Encoding(encoding))

    return write


def write_old_laz(path: Path) -> None:
    """Write LAS 1.2 by laspy, whose compression has no layers."""
    import laspy

    scan = small_scan()
    las = laspy.create(point_format=3, file_version="1.2")
    las.x, las.y, las.z = scan.points.T.astype(float)
    las.red, las.green, las.blue = scan.colors.T.astype(np.uint16) * 257
    las.write(path)


def write_mesh(path: Path) -> None:
    """Write a surface by trimesh."""
    import trimesh

    scan = small_scan()
    mesh = trimesh.Trimesh(scan.points, scan.faces, vertex_colors=scan.colors, process=False)
    exported = mesh.scene().export(file_type=path.suffix[1:])
    for name, content in exported.items() if isinstance(exported, dict) else [(path.name, exported)]:
        target = path if name == "model.gltf" else path.parent / name
        target.write_bytes(content.encode() if isinstance(content, str) else content)


def repair_e57(data: bytes) -> bytes:
    """Set the checksums of all pages (CRC-32C), and the length in the header."""
    raw = bytearray(data[: len(data) // 1024 * 1024])
    raw[16:24] = len(raw).to_bytes(8, "little")
    for page in range(0, len(raw), 1024):
        raw[page + 1020 : page + 1024] = _crc32c(raw[page : page + 1020]).to_bytes(4, "big")
    return bytes(raw)


def _crc32c(data: bytes | bytearray) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _crc_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value


_CRC_TABLE = [_crc_entry(value) for value in range(256)]


def _ply(encoding: str) -> Case:
    return Case(".ply", lambda path: write_ply(small_scan(), path, encoding=encoding), read_both_ways)


def read_both_ways(path: Path) -> None:
    """Read a scan whole, then thinned while it is read; one must not accept what the other refuses as no file."""
    try:
        read_scan(path, thin=0)
    finally:
        read_scan(path, thin=0.25)


def _any(suffix: str, *, repair: Callable[[bytes], bytes] | None = None) -> Case:
    return Case(suffix, lambda path: write_scan(small_scan(), path), read_both_ways, repair)


CASES: dict[str, Case] = {
    "ply-ascii": _ply("ascii"),
    "ply-little": _ply("binary_little_endian"),
    "ply-big": _ply("binary_big_endian"),
    "pcd-ascii": Case(".pcd", write_pcd_as("ascii"), read_both_ways),
    "pcd-binary": Case(".pcd", write_pcd_as("binary"), read_both_ways),
    "pcd-compressed": Case(".pcd", write_pcd_as("binary_compressed"), read_both_ways),
    "las": _any(".las"),
    "laz": _any(".laz"),
    "laz-1.2": Case(".laz", write_old_laz, read_both_ways),
    "e57": _any(".e57", repair=repair_e57),
    "npz": _any(".npz"),
    "xyz": _any(".xyz"),
    "obj": Case(".obj", write_mesh, read_scan),
    "glb": Case(".glb", write_mesh, read_scan),
    "gltf": Case(".gltf", write_mesh, read_scan),
    **{name: Case(*files) for name, files in DATASET_FILES.items()},
}
"""The formats, by name."""
