"""Reading and writing scan files, without torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from less3d.errors import InputError
from less3d.io.frame import METERS, frame_warnings, longest_side, orient
from less3d.io.mesh import SPACING, read_mesh
from less3d.io.npz import read_npz, write_npz
from less3d.io.ply import read_ply, write_ply
from less3d.io.result import write_result
from less3d.io.xyz import read_xyz, write_xyz
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
    up: str = "z"
    is_surface: bool = False


SUPPORTED: dict[str, Format] = {
    ".ply": Format(read_ply, write_ply),
    ".npz": Format(read_npz, write_npz),
    ".xyz": Format(read_xyz, write_xyz),
    ".txt": Format(read_xyz, write_xyz),
    ".obj": Format(read_mesh, is_surface=True),
    ".glb": Format(read_mesh, up="y", is_surface=True),
    ".gltf": Format(read_mesh, up="y", is_surface=True),
}
"""The formats, by extension."""

LARGEST_EXTENT = 10_000.0
"""Meters; what is longer is no room but a mistake."""


def read_scan(path: str | Path, *, up: str | None = None, units: str = "m") -> Scan:
    """Read a colored scan from a file, by its extension, and turn it so that z is up and lengths are in meters.

    `up` names the file's axis that points up: x, y, z, -x, -y or -z; None stands for z, or for y in glTF files, whose
    standard says so, and "auto" finds it. `units` are the file's: m, cm, mm, in or ft. A georeferenced scan keeps its
    precision: what was subtracted from its coordinates is in `Scan.origin`.

    Raises:
        InputError: when the extension is not one of `SUPPORTED`, the file is missing or malformed, or the scan is
            longer than 10 km.
    """
    path = Path(path)
    form = _format_of(path)
    sampling = {"spacing": SPACING / METERS.get(units, 1.0)} if form.is_surface else {}
    scan = orient(form.read(path, **sampling), up=up or form.up, units=units)
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


def _format_of(path: Path) -> Format:
    form = SUPPORTED.get(path.suffix.lower())
    if form is None:
        raise InputError(f"{path}: expected a scan file that ends in {', '.join(SUPPORTED)}")
    return form
