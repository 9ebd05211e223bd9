"""Open scans of 50 million points and measure seconds and peak memory: `python benchmarks/large_scan.py`.

The scan is made on the spot, in a temporary folder: walls, floors and ceilings of a house of many rooms, with boxes in
them, scanned with a noise of 3 mm, so that the points of a piece of wall come one after another as in real files. Each
file is opened in a process of its own, whose memory is measured by the system.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from provenance import ROOT, provenance

OUTPUT = ROOT / "benchmarks" / "results" / "large_scan.json"
POINTS_OF_ROOM = 5_000_000
ROOM = (5.0, 4.0, 2.6)
"""Meters."""

_OPEN = """
import json, sys, time, warnings
from pathlib import Path
from less3d import read_scan

def peak():  # of this program alone: getrusage counts what its parent had when it forked, too
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6

warnings.simplefilter("ignore")
before = peak()
began = time.perf_counter()
scan = read_scan(sys.argv[1])
seconds = time.perf_counter() - began
mask = scan.on_file(scan.points[:, 2] < 1)
print(json.dumps({
    "seconds": round(seconds, 1),
    "peak_megabytes": round(peak()),
    "megabytes_before": round(before),
    "points_of_file": len(mask),
    "points_left": len(scan),
}))
"""


def house(points: int, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield positions in meters, (n, 3) float64, and colors, (n, 3) uint8, of a house, room by room."""
    rng = np.random.default_rng(seed)
    rooms = max(1, points // POINTS_OF_ROOM)
    across = int(np.ceil(np.sqrt(rooms)))
    for room in range(rooms):
        count = points // rooms + (room < points % rooms)
        corner = np.array([room % across * ROOM[0], room // across * ROOM[1], 0.0])
        parts = []
        shares = _sides()
        sizes = np.floor(shares[:, 6] / shares[:, 6].sum() * count).astype(int)
        sizes[0] += count - sizes.sum()
        for side, size in zip(shares, sizes, strict=True):
            unit = rng.random((size, 3))
            unit = unit[np.argsort(np.floor(unit[:, 0] * 50) * 50 + unit[:, 1])]
            parts.append(side[:3] + unit * side[3:6])
        xyz = np.concatenate(parts) + rng.normal(0, 0.003, (count, 3)) + corner
        shade = (xyz * 40).astype(np.int64) % 200 + rng.integers(0, 20, (count, 1))
        yield xyz, shade.astype(np.uint8)


def _sides() -> np.ndarray:
    """The faces of a room and of boxes in it: corner, size (zero along one axis) and area, (S, 7)."""
    boxes = [((0.0, 0.0, 0.0), ROOM), ((0.5, 0.5, 0.0), (2.0, 1.6, 0.5)), ((3.5, 2.0, 0.0), (1.2, 0.6, 0.75))]
    boxes.append(((4.4, 0.1, 0.0), (0.6, 1.2, 1.9)))
    sides = []
    for corner, size in boxes:
        for axis in range(3):
            for far in (0.0, 1.0):
                flat = [0.0 if i == axis else size[i] for i in range(3)]
                start = [corner[i] + (far * size[i] if i == axis else 0.0) for i in range(3)]
                sides.append([*start, *flat, np.prod([size[i] for i in range(3) if i != axis])])
    return np.array(sides)


def write_ply(path: Path, points: int) -> None:
    """A binary PLY of floats and bytes."""
    row = np.dtype([("xyz", "<f4", 3), ("rgb", "u1", 3)])
    names = [*(f"property float {axis}" for axis in "xyz"), *(f"property uchar {c}" for c in ("red", "green", "blue"))]
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {points}", *names, "end_header", ""]
    with path.open("wb") as file:
        file.write("\n".join(header).encode())
        for xyz, rgb in house(points):
            rows = np.empty(len(xyz), row)
            rows["xyz"], rows["rgb"] = xyz, rgb
            file.write(rows.tobytes())


def write_las(path: Path, points: int) -> None:
    """A LAS or LAZ file at georeferenced coordinates, by laspy."""
    import laspy

    header = laspy.LasHeader(point_format=7, version="1.4")
    header.scales, header.offsets = np.full(3, 1e-4), np.array([452_000.0, 5_412_000.0, 0.0])
    with laspy.open(path, "w", header=header) as writer:
        for xyz, rgb in house(points):
            record = laspy.ScaleAwarePointRecord.zeros(len(xyz), header=header)
            record.x, record.y, record.z = (xyz + header.offsets).T
            record.red, record.green, record.blue = (rgb.astype(np.uint16) * 257).T
            writer.write_points(record)


def write_pcd(path: Path, points: int) -> None:
    """A binary PCD with packed colors."""
    row = np.dtype([("xyz", "<f4", 3), ("rgb", "<u4")])
    header = f"VERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F U\nCOUNT 1 1 1 1\nWIDTH {points}\nHEIGHT 1\n"
    with path.open("wb") as file:
        file.write(f"{header}VIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\nDATA binary\n".encode())
        for xyz, rgb in house(points):
            rows = np.empty(len(xyz), row)
            rows["xyz"], rows["rgb"] = xyz, rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
            file.write(rows.tobytes())


def write_e57(path: Path, points: int) -> None:
    """An E57 of one scan a room, by pye57."""
    import pye57

    with pye57.E57(str(path), mode="w") as file:
        for xyz, rgb in house(points):
            columns = dict(zip(("cartesianX", "cartesianY", "cartesianZ"), xyz.T.copy(), strict=True))
            columns |= dict(zip(("colorRed", "colorGreen", "colorBlue"), rgb.T.copy(), strict=True))
            file.write_scan_raw(columns)


def write_xyz(path: Path, points: int) -> None:
    """Lines of x y z r g b."""
    with path.open("w", encoding="utf-8") as file:
        for xyz, rgb in house(points):
            rows = zip(np.round(xyz, 4).tolist(), rgb.tolist(), strict=True)
            file.writelines(f"{x} {y} {z} {r} {g} {b}\n" for (x, y, z), (r, g, b) in rows)


WRITERS = {
    ".ply": write_ply,
    ".pcd": write_pcd,
    ".las": write_las,
    ".laz": write_las,
    ".e57": write_e57,
    ".xyz": write_xyz,
}


def measure(suffix: str, points: int, folder: Path) -> dict[str, Any]:
    """Write a file and open it in another process."""
    path = folder / f"house{suffix}"
    WRITERS[suffix](path, points)
    size = path.stat().st_size
    done = subprocess.run([sys.executable, "-c", _OPEN, str(path)], capture_output=True, text=True, check=True)
    path.unlink()
    return {"file_megabytes": round(size / 1e6), **json.loads(done.stdout)}


def main() -> None:
    """Measure each format and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=50_000_000)
    parser.add_argument("--text-points", type=int, default=12_000_000, help="for .xyz, which is slow to make and read")
    parser.add_argument("--format", action="append", choices=list(WRITERS), help="only this one; may be given again")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in arguments.format or WRITERS:
            began = time.perf_counter()
            points = arguments.text_points if suffix == ".xyz" else arguments.points
            results[suffix] = measure(suffix, points, Path(folder))
            print(suffix, results[suffix], f"{time.perf_counter() - began:.0f} s with writing", flush=True)
    report = {**provenance("numpy", "laspy", "lazrs", "pye57"), "formats": results}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
