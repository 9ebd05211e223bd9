"""The header of a PLY file: what it says, read and written.

Format after G. Turk, "The PLY Polygon File Format", 1994.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from less3d.errors import InputError

ENCODINGS = ("ascii", "binary_little_endian", "binary_big_endian")
"""How the numbers after the header may be stored."""

TYPE_OF_NAME = {
    "char": "int8",
    "uchar": "uint8",
    "short": "int16",
    "ushort": "uint16",
    "int": "int32",
    "uint": "uint32",
    "float": "float32",
    "double": "float64",
}
"""PLY's own type names; numpy's names are the newer spelling and are read too."""

_NAME_OF_TYPE = {np.dtype(numpy_name): name for name, numpy_name in TYPE_OF_NAME.items()}

LONGEST_HEADER = 1 << 20
"""Bytes; what has no end of header before is no PLY file."""


@dataclass(frozen=True)
class PlyProperty:
    """One column: numbers of `dtype`, or lists of them whose lengths are stored as `length_dtype`."""

    name: str
    dtype: np.dtype
    length_dtype: np.dtype | None = None


@dataclass(frozen=True)
class PlyElementHeader:
    """What the header promises of one element, such as `vertex`."""

    name: str
    count: int
    properties: tuple[PlyProperty, ...]


@dataclass(frozen=True)
class PlyHeader:
    """A parsed header; the body starts at byte `size`. `comments` are whole lines, `comment ...` or `obj_info ...`."""

    encoding: str
    elements: tuple[PlyElementHeader, ...]
    comments: tuple[str, ...]
    size: int = 0


def parse_header(data: bytes, path: Path) -> PlyHeader:
    """Read the header at the start of `data`.

    Raises:
        InputError: when it is not a PLY header or breaks off, naming the line.
    """
    lines, size = _header_lines(data, path)
    encoding = ""
    comments: list[str] = []
    elements: list[tuple[str, int, list[PlyProperty]]] = []
    for number, line in enumerate(lines[1:], start=2):
        words = line.split()
        try:
            match words:
                case []:
                    pass
                case ["format", encoding, "1.0"] if encoding in ENCODINGS:
                    pass
                case ["comment" | "obj_info", *_]:
                    comments.append(line.strip())
                case ["element", name, count] if name not in [element[0] for element in elements]:
                    elements.append((name, _count(count), []))
                case ["property", *rest]:
                    _add_property(elements[-1][2], rest)
                case _:
                    raise ValueError
        except (ValueError, IndexError) as error:
            raise InputError(
                f"{path}: line {number} of the PLY header makes no sense: {line.strip()[:60]!r}"
            ) from error
    if not encoding:
        raise InputError(f"{path}: the PLY header has no format line, expected one of {', '.join(ENCODINGS)}")
    return PlyHeader(encoding, tuple(PlyElementHeader(n, c, tuple(p)) for n, c, p in elements), tuple(comments), size)


def format_header(header: PlyHeader) -> bytes:
    """Write the header as a PLY file begins with it, to `end_header` and its line end."""
    lines = ["ply", f"format {header.encoding} 1.0", *header.comments]
    for element in header.elements:
        lines.append(f"element {element.name} {element.count}")
        for column in element.properties:
            kind = _NAME_OF_TYPE[column.dtype]
            if column.length_dtype is not None:
                kind = f"list {_NAME_OF_TYPE[column.length_dtype]} {kind}"
            lines.append(f"property {kind} {column.name}")
    return "\n".join([*lines, "end_header", ""]).encode("utf-8", "surrogateescape")


def _header_lines(data: bytes, path: Path) -> tuple[list[str], int]:
    """Return the header's lines before `end_header`, and where the body starts."""
    ends = [end for end in (b"\r\n", b"\n", b"\r") if data.startswith(b"ply" + end)]
    if not ends:
        start = data[:20].decode("latin-1").split("\n")[0]
        raise InputError(f"{path}: not a PLY file, expected it to start with a line 'ply', got {start!r}")
    end = ends[0]
    stop = data.find(end + b"end_header", 0, LONGEST_HEADER)
    last = data.find(end, stop + len(end)) if stop >= 0 else -1
    if stop < 0 or (last < 0 and not data.endswith(b"end_header")):
        raise InputError(f"{path}: the PLY header has no end_header line; the file is truncated or not a PLY file")
    text = data[:stop].decode("utf-8", "surrogateescape")
    return text.split(end.decode()), (last + len(end) if last >= 0 else len(data))


def _count(word: str) -> int:
    count = int(word)
    if count < 0:
        raise ValueError
    return count


def _add_property(properties: list[PlyProperty], words: list[str]) -> None:
    match words:
        case ["list", length, kind, name]:
            length_dtype = _dtype(length)
            if length_dtype.kind == "f":
                raise ValueError
            column = PlyProperty(name, _dtype(kind), length_dtype)
        case [kind, name]:
            column = PlyProperty(name, _dtype(kind))
        case _:
            raise ValueError
    if any(column.name == other.name for other in properties):
        raise ValueError
    properties.append(column)


def _dtype(word: str) -> np.dtype:
    name = TYPE_OF_NAME.get(word, word)
    if name not in TYPE_OF_NAME.values():
        raise ValueError
    return np.dtype(name)
