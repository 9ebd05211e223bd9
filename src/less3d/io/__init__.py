"""Reading and writing scan files, without torch."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from less3d.errors import InputError, InputWarning
from less3d.io.e57 import read_e57, stream_e57, write_e57
from less3d.io.frame import METERS, frame_warnings, longest_side, orient
from less3d.io.las import read_las, stream_las, write_las
from less3d.io.mesh import SPACING, read_mesh
from less3d.io.npz import read_npz, write_npz
from less3d.io.pcd import read_pcd, stream_pcd, write_pcd
from less3d.io.ply import read_ply, write_ply
from less3d.io.ply_stream import stream_ply
from less3d.io.result import write_result
from less3d.io.stream import Stream
from less3d.io.thin import read_thinned, thinned
from less3d.io.xyz import read_xyz, stream_xyz, write_xyz
from less3d.scan import Scan

__all__ = [
    "METERS",
    "SUPPORTED",
    "Format",
    "frame_warnings",
    "orient",
    "read_scan",
    "write_result",
    "write_scan",
]


@dataclass(frozen=True)
class Format:
    """How files of one kind are read and written, and which axis is up in them when nobody says otherwise."""

    read: Callable[..., Scan]
    """Takes the path, and for a surface, on which points are sampled, their `spacing`."""
    write: Callable[[Scan, Path], None] | None = None
    stream: Callable[[Path], Stream | None] | None = None
    """Opens the file to be read by chunks; None where files, or this file, can only be read whole."""
    up: str = "z"
    is_surface: bool = False


SUPPORTED: dict[str, Format] = {
    ".ply": Format(read_ply, write_ply, stream_ply),
    ".npz": Format(read_npz, write_npz),
    ".xyz": Format(read_xyz, write_xyz, stream_xyz),
    ".txt": Format(read_xyz, write_xyz, stream_xyz),
    ".pcd": Format(read_pcd, write_pcd, stream_pcd),
    ".las": Format(read_las, write_las, stream_las),
    ".laz": Format(read_las, write_las, stream_las),
    ".e57": Format(read_e57, write_e57, stream_e57),
    ".obj": Format(read_mesh, is_surface=True),
    ".glb": Format(read_mesh, up="y", is_surface=True),
    ".gltf": Format(read_mesh, up="y", is_surface=True),
}
"""The formats, by extension."""

LARGEST_EXTENT = 10_000.0
"""Meters; what is longer is no room but a mistake."""


LARGEST_WHOLE = 10_000_000
"""Points; a file with more is thinned while it is read, unless told otherwise."""

AUTOMATIC_EDGE = 0.01
"""Meters; the side of the voxels it is thinned to."""


def read_scan(path: str | Path, *, up: str | None = None, units: str = "m", thin: float | int | None = None) -> Scan:
    """Read a colored scan from a file, by its extension, and turn it so that z is up and lengths are in meters.

    `up` names the file's axis that points up: x, y, z, -x, -y or -z; None stands for z, or for y in glTF files, whose
    standard says so, and "auto" finds it. `units` are the file's: m, cm, mm, in or ft. A georeferenced scan keeps its
    precision: what was subtracted from its coordinates is in `Scan.origin`.

    `thin` leaves one point in each cube of that side, in meters: the mean of the points there, without faces and
    attributes; `Scan.on_file` spreads a mask to all points of the file. None thins files of more than `LARGEST_WHOLE`
    points to `AUTOMATIC_EDGE`, and says so in an `InputWarning`; 0 thins none. Binary .ply and .pcd, .las, .laz, .e57,
    .xyz and .txt are thinned while they are read, so that memory follows what is left; ascii .ply, compressed .pcd and
    all others are in memory whole before.

    Raises:
        InputError: when the extension is not one of `SUPPORTED`, the file is missing or malformed, the scan is longer
            than 10 km, or `thin` is no length.
    """
    path = Path(path)
    form = _format_of(path)
    if thin is not None and not 0 <= thin < LARGEST_EXTENT:
        raise InputError(f"expected a side of cubes to thin to, in meters, or 0 for none, got {thin:g}")
    scan = orient(_read(path, form, METERS.get(units, 1.0), thin), up=up or form.up, units=units)
    longest = longest_side(scan)
    if longest > LARGEST_EXTENT:
        raise InputError(
            f"{path}: expected a room, got a scan {longest:.3g} m long; "
            "its units are not meters (say which, as in --units mm), or stray points lie far away (remove them)"
        )
    return scan


def write_scan(scan: Scan, path: str | Path) -> None:
    """Write a scan to a file, by its extension; the file appears whole or not at all.

    Raises:
        InputError: when the extension is not one that can be written, or the folder is missing.
    """
    path = Path(path)
    write = _format_of(path).write
    if write is None:
        can = [extension for extension, form in SUPPORTED.items() if form.write is not None]
        raise InputError(f"{path}: expected a file to write that ends in {', '.join(can)}")
    write(scan, path)


def _read(path: Path, form: Format, unit: float, thin: float | int | None) -> Scan:
    """Read a file in its own axes and units, one of which is `unit` meters long."""
    stream = form.stream(path) if form.stream is not None and thin != 0 else None
    if stream is not None and (thin or stream.count > LARGEST_WHOLE):
        scan = read_thinned(path, stream, (thin or AUTOMATIC_EDGE) / unit)
    else:
        scan = form.read(path, **({"spacing": SPACING / unit} if form.is_surface else {}))
        if thin == 0 or (thin is None and len(scan) <= LARGEST_WHOLE):
            return scan
        scan = thinned(scan, (thin or AUTOMATIC_EDGE) / unit, path)
    if thin is None and scan.stand_ins is not None:
        warnings.warn(
            f"{path}: has {len(scan.stand_ins):,} points: thinned to one a centimeter, {len(scan):,} left; masks still "
            "come for every point",
            InputWarning,
            stacklevel=3,
        )
    return scan


def _format_of(path: Path) -> Format:
    form = SUPPORTED.get(path.suffix.lower())
    if form is None:
        raise InputError(f"{path}: expected a scan file that ends in {', '.join(SUPPORTED)}")
    return form
