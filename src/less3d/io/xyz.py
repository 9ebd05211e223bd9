"""Scans as text: one point a line, `x y z`, `x y z r g b`, or columns named in the first line."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Num

from less3d.errors import InputError
from less3d.io.columns import COLORS, INSTANCE, KNOWN_NAMES, SEMANTIC, XYZ, Columns, columns_of_scan, scan_from_columns
from less3d.io.files import read_bytes, replacing, require_file
from less3d.io.stream import Stream
from less3d.io.words import is_number, parse_numbers
from less3d.scan import Scan

_COMMENTS = ("#", "//")
_BLOCK = 16 << 20
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
    lines = _lines(data, path) or [""]
    kept = _kept(lines)[_has_titles(lines) :]
    if not kept:
        raise InputError(f"{path}: expected lines of x y z numbers, got a file with zero points")
    table = _numbers(kept, len(kept[0][1].split()), path)
    names = _names(lines, table, path)
    return scan_from_columns(path, _typed(dict(zip(names, table.T, strict=True)), _whole_ids(names, table)))


def stream_xyz(path: Path) -> Stream:
    """Open a text file of points to be read some lines at a time.

    The first lines alone decide what columns are: where later ones contradict, such as by colors below zero, that is
    an error, and naming the columns in the first line helps.

    Raises:
        InputError: as `read_xyz`.
    """
    require_file(path)
    with path.open("rb") as file:
        count = sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b"")) + 1
    return Stream(count, _chunks(path))


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


def _chunks(path: Path) -> Iterator[Columns]:
    names: list[str] = []
    ids: list[str] = []
    first: list[str] = []
    line = 1
    with path.open("rb") as file:
        while data := b"".join(file.readlines(_BLOCK)):
            lines = _lines(data, path)
            first = first or lines[:1]
            kept = _kept(lines, line)[line == 1 and _has_titles(lines) :]
            if kept:
                table = _numbers(kept, len(names) or len(kept[0][1].split()), path)
                if not names:
                    names = _names(first, table, path)
                    ids = _whole_ids(names, table)
                columns = dict(zip(names, table.T, strict=True))
                _require_as_before(columns, ids, kept, path)
                yield _typed(columns, ids)
            line += len(lines)


def _require_as_before(
    columns: Mapping[str, Float64[np.ndarray, "N"]], ids: list[str], kept: list[tuple[int, str]], path: Path
) -> None:
    """Refuse what shows that the first lines were misleading."""
    for name, values in columns.items():
        bad = values < 0 if name in COLORS[0] else ~_is_id(values) if name in ids else np.zeros(0, bool)
        if bad.any():
            line = kept[int(bad.argmax())][0]
            raise InputError(
                f"{path}: line {line}: expected a {'whole number' if name in ids else 'color'} as before, got "
                f"{values[bad.argmax()]:g}; name the columns in the first line"
            )


def _lines(data: bytes, path: Path) -> list[str]:
    if b"\0" in data:
        raise InputError(f"{path}: expected lines of x y z numbers, got a binary file")
    return data.decode("utf-8-sig", "replace").translate(_TO_SPACES).splitlines()


def _kept(lines: list[str], first: int = 1) -> list[tuple[int, str]]:
    """Number the lines and leave out those that are empty or comments."""
    return [
        (number, line)
        for number, line in enumerate(lines, start=first)
        if not line.isspace() and line and not line.lstrip().startswith(_COMMENTS)
    ]


def _titles(lines: list[str]) -> list[str]:
    """Return the words of the first line when they are no numbers."""
    words = lines[0].strip("#/ \t").split()
    if all(map(is_number, words)):
        return []
    words = [word.strip("\"'") for word in words]
    return [word.lower() if word.lower() in KNOWN_NAMES else word for word in words]


def _has_titles(lines: list[str]) -> bool:
    """Tell whether the first line is one of titles that is no comment."""
    return bool(_titles(lines)) and not lines[0].lstrip().startswith(_COMMENTS)


def _names(lines: list[str], table: Float64[np.ndarray, "N C"], path: Path) -> list[str]:
    titles = _titles(lines)
    named = len(titles) == len(set(titles)) == table.shape[1] and set(XYZ) <= set(titles)
    return titles if named else _usual_names(table, path)


def _numbers(kept: list[tuple[int, str]], width: int, path: Path) -> Float64[np.ndarray, "N C"]:
    """Parse numbered lines; each must have `width` numbers."""
    for number, line in kept:
        if len(line.split()) != width:
            raise InputError(f"{path}: line {number}: expected {width} numbers as before, got {len(line.split())}")
    try:
        return parse_numbers(" ".join(line for _, line in kept)).reshape(-1, width)
    except ValueError as error:
        bad = next(((n, word) for n, line in kept for word in line.split() if not is_number(word)), (kept[0][0], "?"))
        raise InputError(f"{path}: line {bad[0]}: expected numbers, got {bad[1][:20]!r}") from error


def _whole_ids(names: list[str], table: Float64[np.ndarray, "N C"]) -> list[str]:
    """Return which of the columns `instance` and `label` are ids: those of whole numbers."""
    return [name for name in (INSTANCE, SEMANTIC) if name in names and _is_id(table[:, names.index(name)]).all()]


def _is_id(values: Float64[np.ndarray, "N"]) -> Bool[np.ndarray, "N"]:
    return (np.abs(values) < 2**31) & (values % 1 == 0)


def _typed(columns: Mapping[str, Float64[np.ndarray, "N"]], ids: list[str]) -> dict[str, Num[np.ndarray, "N"]]:
    return {name: values.astype(np.int32) if name in ids else values for name, values in columns.items()}


def _usual_names(table: Float64[np.ndarray, "N C"], path: Path) -> list[str]:
    width = table.shape[1]
    if width < 3:
        raise InputError(f"{path}: expected at least x y z on every line, got {width} numbers")
    colored = width >= 6 and not (table[:, 3:6] < 0).any()
    first = [*XYZ, *COLORS[0]] if colored else [*XYZ]
    return first + [f"column_{i + 1}" for i in range(len(first), width)]
