"""Scans as text: one point a line, `x y z`, `x y z r g b`, or columns named in the first line."""

from pathlib import Path

import numpy as np
from jaxtyping import Float64, Num

from less3d.errors import InputError
from less3d.io.columns import COLORS, INSTANCE, SEMANTIC, XYZ, columns_of_scan, scan_from_columns
from less3d.io.files import read_bytes, replacing
from less3d.io.words import is_number, parse_numbers
from less3d.scan import Scan

_KNOWN_NAMES = {*XYZ, *(name for names in COLORS for name in names), INSTANCE, SEMANTIC}
_COMMENTS = ("#", "//")
_TO_SPACES = str.maketrans(",;", "  ")


def read_xyz(path: Path) -> Scan:
    """Read a text file of points, columns separated by white space, commas or semicolons.

    A first line (or comment) with a name for every column decides what they are. Without one, the first three are the
    position, the next three the color (0..255, or 0..1) unless one is negative, as in normals, and further ones become
    attributes `column_7`, ...

    Raises:
        InputError: when the file is missing, is not text, or a line is not numbers or has more or fewer than the first.
    """
    data = read_bytes(path)
    if b"\0" in data:
        raise InputError(f"{path}: expected lines of x y z numbers, got a binary file")
    lines = data.decode("utf-8-sig", "replace").translate(_TO_SPACES).splitlines() or [""]
    titles = _titles(lines)
    table = _numbers(lines, path, has_titles=bool(titles) and not lines[0].lstrip().startswith(_COMMENTS))
    named = len(titles) == len(set(titles)) == table.shape[1] and set(XYZ) <= set(titles)
    names = titles if named else _usual_names(table, path)
    columns: dict[str, Num[np.ndarray, "N"]] = dict(zip(names, table.T, strict=True))
    for name in {INSTANCE, SEMANTIC} & set(names):
        if ((np.abs(columns[name]) < 2**31) & (columns[name] % 1 == 0)).all():
            columns[name] = columns[name].astype(np.int32)
    return scan_from_columns(path, columns)


def write_xyz(scan: Scan, path: Path) -> None:
    """Write a scan as text under a comment that names the columns; faces and class names are left out.

    Raises:
        InputError: when an attribute's name or type cannot stand in a text file, or the folder is missing.
    """
    columns = columns_of_scan(scan, path)
    plain = [values.astype(np.uint8) if values.dtype == bool else values for values in columns.values()]
    rows = zip(*(values.astype(str).tolist() for values in plain), strict=True)
    with replacing(path) as stream:
        stream.write("\n".join([f"# {' '.join(columns)}", *map(" ".join, rows), ""]).encode())


def _titles(lines: list[str]) -> list[str]:
    """Return the words of the first line when they are no numbers."""
    words = lines[0].strip("#/ \t").split()
    if all(map(is_number, words)):
        return []
    words = [word.strip("\"'") for word in words]
    return [word.lower() if word.lower() in _KNOWN_NAMES else word for word in words]


def _numbers(lines: list[str], path: Path, *, has_titles: bool) -> Float64[np.ndarray, "N C"]:
    """Parse all lines that are neither empty nor comments; each must have as many numbers as the first."""
    kept = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if not line.isspace() and line and not line.lstrip().startswith(_COMMENTS)
    ][has_titles:]
    if not kept:
        raise InputError(f"{path}: expected lines of x y z numbers, got a file with zero points")
    width = len(kept[0][1].split())
    for number, line in kept:
        if len(line.split()) != width:
            raise InputError(f"{path}: line {number}: expected {width} numbers as before, got {len(line.split())}")
    try:
        return parse_numbers(" ".join(line for _, line in kept)).reshape(-1, width)
    except ValueError as error:
        bad = next(((n, word) for n, line in kept for word in line.split() if not is_number(word)), (kept[0][0], "?"))
        raise InputError(f"{path}: line {bad[0]}: expected numbers, got {bad[1][:20]!r}") from error


def _usual_names(table: Float64[np.ndarray, "N C"], path: Path) -> list[str]:
    width = table.shape[1]
    if width < 3:
        raise InputError(f"{path}: expected at least x y z on every line, got {width} numbers")
    colored = width >= 6 and not (table[:, 3:6] < 0).any()
    first = [*XYZ, *COLORS[0]] if colored else [*XYZ]
    return first + [f"column_{i + 1}" for i in range(len(first), width)]
