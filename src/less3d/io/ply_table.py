"""PLY files as plain tables: every element, every property, in the file's order and types, both ways.

Reading is a gather and writing a scatter over the same row layout: a body is a line of units (bytes of a binary file,
numbers of an ascii one), and only rows whose lists differ in length need a walk to find where they start.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped
from numpy.lib.stride_tricks import sliding_window_view

from less3d.errors import InputError
from less3d.io.files import read_bytes, replacing
from less3d.io.ply_header import PlyElementHeader, PlyHeader, PlyProperty, format_header, parse_header


@dataclass(frozen=True, eq=False)
class PlyLists:
    """A list property: `values` of all rows one after another, `lengths` how many each row has."""

    lengths: Int64[np.ndarray, "R"]
    values: Shaped[np.ndarray, "T"]
    length_dtype: np.dtype = np.dtype(np.uint8)


@dataclass(frozen=True, eq=False)
class PlyElement:
    """R rows of named columns, in native byte order."""

    name: str
    count: int
    columns: Mapping[str, Shaped[np.ndarray, "R"] | PlyLists]


@dataclass(frozen=True, eq=False)
class PlyTable:
    """All of a PLY file. `comments` are whole header lines, `comment ...` or `obj_info ...`."""

    elements: tuple[PlyElement, ...]
    encoding: str = "binary_little_endian"
    comments: tuple[str, ...] = ()

    def element(self, name: str) -> PlyElement | None:
        """Return the element of that name, None when the file has none."""
        return next((element for element in self.elements if element.name == name), None)


def read_ply_table(path: Path) -> PlyTable:
    """Read every element of a PLY file, ascii or binary.

    Raises:
        InputError: when the file is missing, not PLY, or ends before what its header promises.
    """
    data = read_bytes(path)
    header = parse_header(data, path)
    body = _Body(path, header.encoding, data, header.size)
    return PlyTable(tuple(body.take(element) for element in header.elements), header.encoding, header.comments)


def write_ply_table(table: PlyTable, path: Path) -> None:
    """Write a table in its own encoding, whole or not at all."""
    with replacing(path) as stream:
        stream.write(format_header(PlyHeader(table.encoding, tuple(map(_header_of, table.elements)), table.comments)))
        for element in table.elements:
            stream.write(_encode_ascii(element) if table.encoding == "ascii" else _encode(element, table.encoding))


class _Body:
    """The numbers after the header, taken element by element."""

    def __init__(self, path: Path, encoding: str, data: bytes, start: int) -> None:
        self.path = path
        self.order = ">" if encoding == "binary_big_endian" else "<"
        self.ascii = encoding == "ascii"
        self.units = _parse_numbers(data, start, path) if self.ascii else np.frombuffer(data, np.uint8, offset=start)
        self.position = 0

    def take(self, element: PlyElementHeader) -> PlyElement:
        """Read the next element's rows."""
        if not element.properties:
            return PlyElement(element.name, element.count, {})
        lengths = self._list_lengths(element)
        starts, total = _column_starts(element, lengths, ascii=self.ascii)
        if self.position + total > len(self.units):
            raise self._truncated(element)
        columns: dict[str, np.ndarray | PlyLists] = {}
        for column, start in zip(element.properties, starts, strict=True):
            where = self.position + start
            if column.length_dtype is None:
                columns[column.name] = self._gather(element, column, where)
            else:
                n = lengths[column.name]
                values = self._gather(element, column, _item_starts(where, n, self._size(column.dtype)))
                columns[column.name] = PlyLists(n, values, column.length_dtype)
        self.position += total
        return PlyElement(element.name, element.count, columns)

    def _list_lengths(self, element: PlyElementHeader) -> dict[str, np.ndarray]:
        """Find the length of every list of every row; first in the hope that all rows look like the first."""
        lists = [column for column in element.properties if column.length_dtype is not None]
        smallest = sum(self._size(column.length_dtype or column.dtype) for column in element.properties)
        if self.position + smallest * element.count > len(self.units):
            raise self._truncated(element)
        if not lists or element.count == 0:
            return {column.name: np.zeros(0, np.int64) for column in lists}
        first, stride = self._walk(element, 1)
        uniform = {name: np.full(element.count, n[0]) for name, n in first.items()}
        if self.position + stride * element.count <= len(self.units) and self._holds(element, uniform):
            return uniform
        return self._walk(element, element.count)[0]

    def _holds(self, element: PlyElementHeader, lengths: Mapping[str, np.ndarray]) -> bool:
        """Tell whether the lists have these lengths, which would put each next one where it is looked for."""
        starts, _ = _column_starts(element, lengths, ascii=self.ascii)
        for column, start in zip(element.properties, starts, strict=True):
            if column.length_dtype is not None:
                where = self.position + start - self._size(column.length_dtype)
                units = self.units[where] if self.ascii else self._gather_as(column.length_dtype, where)
                if (units != lengths[column.name]).any():
                    return False
        return True

    def _walk(self, element: PlyElementHeader, rows: int) -> tuple[dict[str, np.ndarray], int]:
        """Step through rows one by one; return the lengths of their lists and how many units they take."""
        steps = [
            (
                column.name,
                self._size(column.length_dtype or column.dtype),
                column.length_dtype,
                self._size(column.dtype),
            )
            for column in element.properties
        ]
        found: dict[str, list[int]] = {name: [] for name, _, length_dtype, _ in steps if length_dtype is not None}
        units, position = memoryview(self.units), self.position
        for _ in range(rows):
            for name, size, length_dtype, item in steps:
                if length_dtype is not None:
                    if position + size > len(units):
                        raise self._truncated(element)
                    length = self._length_at(units[position : position + size], length_dtype)
                    if length < 0:
                        raise InputError(
                            f"{self.path}: {element.name} {len(found[name])} has a list of length {length}"
                        )
                    found[name].append(length)
                    position += length * item
                position += size
        return {name: np.array(n, np.int64) for name, n in found.items()}, position - self.position

    def _length_at(self, units: memoryview, dtype: np.dtype) -> int:
        if not self.ascii:
            return int.from_bytes(units, "big" if self.order == ">" else "little", signed=dtype.kind == "i")
        return int(units[0]) if float(units[0]).is_integer() else -1

    def _size(self, dtype: np.dtype) -> int:
        return _size(dtype, ascii=self.ascii)

    def _gather(self, element: PlyElementHeader, column: PlyProperty, where: np.ndarray) -> np.ndarray:
        """Read the numbers that start at the units `where`."""
        if len(where) == 0:
            return np.zeros(0, column.dtype)
        if self.ascii:
            return self._cast(element, column, self.units[where])
        return self._gather_as(column.dtype, where)

    def _gather_as(self, dtype: np.dtype, where: np.ndarray) -> np.ndarray:
        raw = sliding_window_view(self.units, dtype.itemsize)[where]
        return raw.view(dtype.newbyteorder(self.order))[:, 0].astype(dtype)

    def _cast(self, element: PlyElementHeader, column: PlyProperty, numbers: np.ndarray) -> np.ndarray:
        if column.dtype.kind == "f":
            with np.errstate(over="ignore"):
                return numbers.astype(column.dtype)
        limits = np.iinfo(column.dtype)
        fits = (numbers >= limits.min) & (numbers <= limits.max) & (numbers == np.floor(numbers))
        if not fits.all():
            wrong = numbers[np.argmin(fits)]
            raise InputError(f"{self.path}: {element.name} property {column.name} is no {column.dtype}: {wrong:g}")
        return numbers.astype(column.dtype)

    def _truncated(self, element: PlyElementHeader) -> InputError:
        return InputError(
            f"{self.path}: the header promises {element.count} rows of {element.name}, but the file ends before; "
            "it is truncated or its header is wrong"
        )


def _parse_numbers(data: bytes, start: int, path: Path) -> np.ndarray:
    """Parse whitespace-separated numbers; exact, since PLY has no integers beyond 32 bits."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)
            return np.fromstring(data[start:], sep=" ")
    except (ValueError, DeprecationWarning) as error:
        line, word = _first_bad_word(data, start)
        raise InputError(f"{path}: line {line}: expected numbers, got {word!r}") from error


def _first_bad_word(data: bytes, start: int) -> tuple[int, str]:
    line = data[:start].count(b"\n")
    for line, text in enumerate(data[start:].split(b"\n"), start=line + 1):
        for word in text.split():
            try:
                float(word)
            except ValueError:
                return line, word[:20].decode("latin-1")
    return line, "something else"


def _header_of(element: PlyElement) -> PlyElementHeader:
    properties = [
        PlyProperty(name, column.values.dtype, column.length_dtype)
        if isinstance(column, PlyLists)
        else PlyProperty(name, column.dtype)
        for name, column in element.columns.items()
    ]
    return PlyElementHeader(element.name, element.count, tuple(properties))


def _encode(element: PlyElement, encoding: str) -> bytes:
    order = ">" if encoding == "binary_big_endian" else "<"
    units, parts = _scatter_plan(element, ascii=False)
    body = np.empty(units, np.uint8)
    for where, values in parts:
        if len(where):
            raw = np.ascontiguousarray(values.astype(values.dtype.newbyteorder(order)))
            size = values.dtype.itemsize
            sliding_window_view(body, size, writeable=True)[where] = raw.view(np.uint8).reshape(-1, size)
    return body.tobytes()


def _encode_ascii(element: PlyElement) -> bytes:
    units, parts = _scatter_plan(element, ascii=True)
    words = np.empty(units, object)
    for where, values in parts:
        words[where] = values.astype(str)  # numpy writes the shortest text that reads back to the same number
    lengths = {name: column.lengths for name, column in element.columns.items() if isinstance(column, PlyLists)}
    fixed = len(element.columns)
    ends = np.cumsum(np.full(element.count, fixed) + sum(lengths.values(), start=np.zeros(element.count, np.int64)))
    words = words.tolist()
    lines = [" ".join(words[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)] if element.count else []
    return "".join(f"{line}\n" for line in lines).encode()


def _scatter_plan(element: PlyElement, *, ascii: bool) -> tuple[int, list[tuple[np.ndarray, np.ndarray]]]:
    """Return the body's number of units, and for every column (and list length) where its values go."""
    lengths = {name: column.lengths for name, column in element.columns.items() if isinstance(column, PlyLists)}
    starts, total = _column_starts(_header_of(element), lengths, ascii=ascii)
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for column, start in zip(element.columns.values(), starts, strict=True):
        if isinstance(column, PlyLists):
            parts.append((start - _size(column.length_dtype, ascii=ascii), column.lengths.astype(column.length_dtype)))
            parts.append((_item_starts(start, column.lengths, _size(column.values.dtype, ascii=ascii)), column.values))
        else:
            parts.append((start, column))
    return total, parts


def _size(dtype: np.dtype, *, ascii: bool) -> int:
    return 1 if ascii else dtype.itemsize


def _column_starts(
    element: PlyElementHeader, lengths: Mapping[str, np.ndarray], *, ascii: bool
) -> tuple[list[np.ndarray], int]:
    """Return the unit at which each row's number (or first list item) starts, by column; and the units of all rows."""
    row, starts = np.zeros(element.count, np.int64), []
    for column in element.properties:
        size = _size(column.dtype, ascii=ascii)
        if column.length_dtype is None:
            starts.append(row)
            row = row + size
        else:
            starts.append(row + _size(column.length_dtype, ascii=ascii))
            row = starts[-1] + lengths[column.name] * size
    row_starts = np.cumsum(row) - row
    return [row_starts + start for start in starts], int(row.sum())


def _item_starts(first: np.ndarray, lengths: np.ndarray, size: int) -> np.ndarray:
    """Return where every list item starts, from where each list's first item does."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(first - before * size, lengths) + np.arange(int(lengths.sum())) * size
