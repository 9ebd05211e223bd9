"""The numbers after a PLY header, taken element by element.

Rows without lists, and rows whose lists all have the first row's lengths (a mesh of triangles), are gathered at once;
other lists need one walk over the rows to find where they start.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped
from numpy.lib.stride_tricks import sliding_window_view

from less3d.errors import InputError
from less3d.io.ply_header import PlyElementHeader, PlyHeader
from less3d.io.ply_layout import PlyElement, PlyLists, column_starts, item_starts, unit_size
from less3d.io.words import is_number, parse_numbers


class PlyBody:
    """A cursor over the body of the PLY file `data`, which was read from `path`.

    Raises:
        InputError: when an ascii body has a word that is no number.
    """

    def __init__(self, data: bytes, header: PlyHeader, path: Path) -> None:
        self.path = path
        self.ascii = header.encoding == "ascii"
        self.big_endian = header.encoding == "binary_big_endian"
        if self.ascii:
            try:
                self.units = parse_numbers(data[header.size :])
            except ValueError as error:
                raise InputError(f"{path}: {_first_bad_word(data, header.size)}") from error
        else:
            self.units = np.frombuffer(data, np.uint8, offset=header.size)
        self.position = 0

    def take(self, element: PlyElementHeader) -> PlyElement:
        """Read the rows of the next element; nothing is allocated for rows that the file has no room for.

        Raises:
            InputError: when the file ends before the last row, a list has a negative length, or (ascii) a number does
                not fit its type.
        """
        if not element.properties:
            return PlyElement(element.name, element.count, {})
        lengths = self._list_lengths(element)
        starts, total = column_starts(element, lengths, ascii=self.ascii)
        self._require(element, total)
        columns: dict[str, np.ndarray | PlyLists] = {}
        for column, start in zip(element.properties, starts, strict=True):
            where, what = self.position + start, f"{element.name} property {column.name}"
            if column.length_dtype is None:
                columns[column.name] = self._gather(column.dtype, where, what)
            else:
                n = lengths[column.name]
                where = item_starts(where, n, self._size(column.dtype))
                columns[column.name] = PlyLists(n, self._gather(column.dtype, where, what), column.length_dtype)
        self.position += total
        return PlyElement(element.name, element.count, columns)

    def _list_lengths(self, element: PlyElementHeader) -> dict[str, Int64[np.ndarray, "R"]]:
        """Find the length of every list of every row, first in the hope that all rows look like the first."""
        self._require(element, element.count * sum(self._size(c.length_dtype or c.dtype) for c in element.properties))
        if element.count == 0 or all(column.length_dtype is None for column in element.properties):
            return {c.name: np.zeros(0, np.int64) for c in element.properties if c.length_dtype is not None}
        first, stride = self._walk(element, 1)
        if self.position + stride * element.count <= len(self.units):
            uniform = {name: np.full(element.count, length[0]) for name, length in first.items()}
            if self._holds(element, uniform):
                return uniform
        return self._walk(element, element.count)[0]

    def _holds(self, element: PlyElementHeader, lengths: Mapping[str, np.ndarray]) -> bool:
        """Tell whether the lists have these lengths, each looked for where the ones before it put it."""
        starts, _ = column_starts(element, lengths, ascii=self.ascii)
        for column, start in zip(element.properties, starts, strict=True):
            if column.length_dtype is not None:
                where = self.position + start - self._size(column.length_dtype)
                found = self.units[where] if self.ascii else self._gather_bytes(column.length_dtype, where)
                if (found != lengths[column.name]).any():
                    return False
        return True

    def _walk(self, element: PlyElementHeader, rows: int) -> tuple[dict[str, Int64[np.ndarray, "R"]], int]:
        """Step through rows one by one; return the lengths of their lists, and how many units they take."""
        found: dict[str, list[int]] = {c.name: [] for c in element.properties if c.length_dtype is not None}
        steps = [(c.length_dtype, self._size(c.dtype), found.get(c.name, [])) for c in element.properties]
        position = self.position
        for row in range(rows):
            for length_dtype, size, lengths in steps:
                if length_dtype is None:
                    position += size
                    continue
                length = self._length_at(position, length_dtype)
                if length is None:
                    raise self._truncated(element)
                if length < 0:
                    raise InputError(f"{self.path}: {element.name} {row} has a list of no sensible length")
                lengths.append(length)
                position += self._size(length_dtype) + length * size
        return {name: np.array(lengths, np.int64) for name, lengths in found.items()}, position - self.position

    def _length_at(self, position: int, dtype: np.dtype) -> int | None:
        """Read a list's length; None past the end, negative when it is no whole number."""
        units = self.units[position : position + self._size(dtype)]
        if len(units) < self._size(dtype):
            return None
        if not self.ascii:
            return int.from_bytes(units.tobytes(), "big" if self.big_endian else "little", signed=dtype.kind == "i")
        return int(units[0]) if float(units[0]).is_integer() else -1

    def _gather(self, dtype: np.dtype, where: Int64[np.ndarray, "T"], what: str) -> Shaped[np.ndarray, "T"]:
        """Read the numbers that start at the units `where`."""
        if len(where) == 0:
            return np.zeros(0, dtype)
        return self._gather_words(dtype, where, what) if self.ascii else self._gather_bytes(dtype, where)

    def _gather_bytes(self, dtype: np.dtype, where: Int64[np.ndarray, "T"]) -> Shaped[np.ndarray, "T"]:
        raw = sliding_window_view(self.units, dtype.itemsize)[where]
        return raw.view(dtype.newbyteorder(">" if self.big_endian else "<"))[:, 0].astype(dtype)

    def _gather_words(self, dtype: np.dtype, where: Int64[np.ndarray, "T"], what: str) -> Shaped[np.ndarray, "T"]:
        numbers = self.units[where]
        if dtype.kind != "f":
            limits = np.iinfo(dtype)
            fits = (numbers >= limits.min) & (numbers <= limits.max) & (numbers == np.floor(numbers))
            if not fits.all():
                raise InputError(f"{self.path}: {what}: expected {dtype} numbers, got {numbers[np.argmin(fits)]:g}")
        with np.errstate(over="ignore"):
            return numbers.astype(dtype)

    def _size(self, dtype: np.dtype) -> int:
        return unit_size(dtype, ascii=self.ascii)

    def _require(self, element: PlyElementHeader, units: int) -> None:
        if self.position + units > len(self.units):
            raise self._truncated(element)

    def _truncated(self, element: PlyElementHeader) -> InputError:
        return InputError(
            f"{self.path}: the header promises {element.count} rows of {element.name}, but the file ends before; "
            "it is truncated, or its header is wrong"
        )


def _first_bad_word(data: bytes, start: int) -> str:
    first_line = data[:start].count(b"\n") + 1
    for line, text in enumerate(data[start:].split(b"\n"), start=first_line):
        for word in text.split():
            if not is_number(word):
                return f"line {line}: expected numbers, got {word[:20].decode('latin-1')!r}"
    return "expected numbers after the header, got something else"
