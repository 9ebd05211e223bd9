"""The header of a PCD file: what it says, read and written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from less3d.errors import InputError

DATA = ("ascii", "binary", "binary_compressed")
"""How the points may be stored."""

LONGEST_HEADER = 1 << 20
"""Bytes; what has no line DATA before is no PCD file."""

_KINDS = {"F": ("f", (4, 8)), "I": ("i", (1, 2, 4, 8)), "U": ("u", (1, 2, 4, 8))}
_LARGEST_ROW = 1 << 16
_LABEL = re.compile(r"#\s*object (-?\d{1,9}) (.+)")


@dataclass(frozen=True)
class PcdHeader:
    """A parsed header; the points start at byte `size`, after `lines` lines.

    `row` has a field of the file under its name, one of several numbers as an array, and padding under a name that
    starts with NUL.
    """

    row: np.dtype
    points: int
    data: str
    labels: Mapping[int, str]
    size: int
    lines: int

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return sum(int(np.prod(self.row[name].shape)) for name in self.row.names or ())


def read_header(path: Path) -> PcdHeader:
    """Read the header of a PCD file.

    Raises:
        InputError: when it is not a PCD header or breaks off, or contradicts itself.
    """
    entries: dict[str, list[str]] = {}
    labels: dict[int, str] = {}
    size = lines = 0
    with path.open("rb") as file:
        while "DATA" not in entries:
            raw = file.readline(LONGEST_HEADER)
            size, lines = size + len(raw), lines + 1
            if not raw or size > LONGEST_HEADER or b"\0" in raw:
                raise InputError(f"{path}: not a PCD file, or its header is cut: expected a line 'DATA ...' in it")
            text = raw.decode("utf-8", "replace").strip()
            if match := _LABEL.fullmatch(text):
                labels[int(match[1])] = match[2]
            elif text and not text.startswith("#"):
                name, *words = text.split()
                entries[name.upper()] = words
    try:
        row = _row(entries)
        points, data = _points(entries), _data(entries["DATA"])
    except (ValueError, IndexError, KeyError) as error:
        reason = f"no line {error}" if isinstance(error, KeyError) else " ".join(str(error).split())[:100]
        raise InputError(f"{path}: the PCD header makes no sense: {reason}") from error
    return PcdHeader(row, points, data, labels, size, lines)


def format_header(row: np.dtype, points: int, labels: Mapping[int, str]) -> bytes:
    """Write the header of a binary file whose rows are of type `row`, each field one number."""
    names, types = list(row.names or ()), [row[name] for name in row.names or ()]
    lines = [
        "# .PCD v0.7 - Point Cloud Data file format",
        *(f"# object {key} {' '.join(name.split())}" for key, name in labels.items()),
        "VERSION 0.7",
        f"FIELDS {' '.join(names)}",
        f"SIZE {' '.join(str(kind.itemsize) for kind in types)}",
        f"TYPE {' '.join(kind.kind.upper() for kind in types)}",
        f"COUNT {' '.join('1' for _ in names)}",
        f"WIDTH {points}",
        "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {points}",
        "DATA binary",
    ]
    return ("\n".join(lines) + "\n").encode()


def _row(entries: Mapping[str, list[str]]) -> np.dtype:
    """Return the type of a row; the older spelling COLUMNS is read too."""
    names = entries["FIELDS"] if "FIELDS" in entries else entries["COLUMNS"]
    sizes, kinds = entries["SIZE"], entries["TYPE"]
    counts = entries.get("COUNT", ["1"] * len(names))
    if not len(names) == len(sizes) == len(kinds) == len(counts):
        raise ValueError(f"{len(names)} fields with {len(sizes)} sizes, {len(kinds)} types and {len(counts)} counts")
    fields = []
    for place, (name, size, kind, count) in enumerate(zip(names, sizes, kinds, counts, strict=True)):
        letter, allowed = _KINDS.get(kind, ("", ()))
        if int(size) not in allowed or not 0 < int(count) <= _LARGEST_ROW:
            raise ValueError(f"field {name} of type {kind}, size {size} and count {count}")
        base = np.dtype(f"<{letter}{int(size)}")
        shape = (int(count),) if int(count) > 1 else ()
        fields.append((f"\0{place}" if name == "_" else name, base, shape))
    row = np.dtype(fields)  # refuses a name that comes twice
    if not 0 < row.itemsize <= _LARGEST_ROW:
        raise ValueError(f"points of {row.itemsize} bytes")
    return row


def _points(entries: Mapping[str, list[str]]) -> int:
    """Return the number of points, in POINTS or as WIDTH x HEIGHT, which must agree."""
    said = [int(entries["POINTS"][0])] if "POINTS" in entries else []
    if "WIDTH" in entries or not said:
        said.append(int(entries["WIDTH"][0]) * int(entries.get("HEIGHT", ["1"])[0]))
    if min(said) < 0 or len(set(said)) > 1:
        raise ValueError(f"{' or '.join(map(str, said))} points")
    return said[0]


def _data(words: list[str]) -> str:
    if words[0] not in DATA:
        raise ValueError(f"DATA {words[0]}, expected one of {', '.join(DATA)}")
    return words[0]
