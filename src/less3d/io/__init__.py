"""Reading and writing scan files, without torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from less3d.errors import InputError
from less3d.io.npz import read_npz, write_npz
from less3d.io.ply import read_ply, write_ply
from less3d.scan import Scan

__all__ = ["SUPPORTED", "Format", "read_scan", "write_scan"]


@dataclass(frozen=True)
class Format:
    """How files of one extension are read and written; `write` is None for what is only read."""

    read: Callable[[Path], Scan]
    write: Callable[[Scan, Path], None] | None


SUPPORTED: dict[str, Format] = {
    ".ply": Format(read_ply, write_ply),
    ".npz": Format(read_npz, write_npz),
}
"""The formats, by extension."""


def read_scan(path: str | Path) -> Scan:
    """Read a colored scan from a file, by its extension.

    Raises:
        InputError: when the extension is not one of `SUPPORTED`, or the file is missing, malformed or not a room.
    """
    path = Path(path)
    return _format_of(path).read(path)


def write_scan(scan: Scan, path: str | Path) -> None:
    """Write a scan to a file, by its extension; the file appears whole or not at all.

    Raises:
        InputError: when the extension is not one that can be written, or the folder is missing.
    """
    path = Path(path)
    write = _format_of(path).write
    if write is None:
        can = [extension for extension, form in SUPPORTED.items() if form.write is not None]
        raise InputError(f"{path}: expected a file to write with extension {', '.join(can)}")
    write(scan, path)


def _format_of(path: Path) -> Format:
    form = SUPPORTED.get(path.suffix.lower())
    if form is None:
        raise InputError(
            f"{path}: expected a scan file ending in {', '.join(SUPPORTED)}, got {path.suffix or 'none'!r}"
        )
    return form
