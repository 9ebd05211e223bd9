"""PLY files as plain tables: every element and property, in the file's order and types, both ways."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped
from numpy.lib.stride_tricks import sliding_window_view

from less3d.io.files import read_bytes, replacing
from less3d.io.ply_body import PlyBody
from less3d.io.ply_header import PlyHeader, format_header, parse_header
from less3d.io.ply_layout import PlyElement, PlyLists, column_starts, item_starts, unit_size


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
    body = PlyBody(data, header, path)
    return PlyTable(tuple(body.take(element) for element in header.elements), header.encoding, header.comments)


def write_ply_table(table: PlyTable, path: Path) -> None:
    """Write a table in its own encoding, whole or not at all.

    Raises:
        InputError: when the folder is missing or may not be written to.
    """
    header = PlyHeader(table.encoding, tuple(element.header() for element in table.elements), table.comments)
    with replacing(path) as stream:
        stream.write(format_header(header))
        for element in table.elements:
            stream.write(_ascii_rows(element) if table.encoding == "ascii" else _binary_rows(element, table.encoding))


def _binary_rows(element: PlyElement, encoding: str) -> bytes:
    total, parts = _placed_columns(element, ascii=False)
    body = np.empty(total, np.uint8)
    for where, values in parts:
        if len(where):
            ordered = values.astype(values.dtype.newbyteorder(">" if encoding == "binary_big_endian" else "<"))
            size = values.dtype.itemsize
            sliding_window_view(body, size, writeable=True)[where] = ordered.view(np.uint8).reshape(-1, size)
    return body.tobytes()


def _ascii_rows(element: PlyElement) -> bytes:
    total, parts = _placed_columns(element, ascii=True)
    words, ends_row = np.empty(total, object), np.full(total, " ", object)
    for where, values in parts:
        words[where] = values.astype(str)  # NumPy writes the shortest text that reads back as the same number
    lengths = [column.lengths for column in element.columns.values() if isinstance(column, PlyLists)]
    row_ends = np.cumsum(np.full(element.count, len(element.columns)) + sum(lengths)) if total else np.zeros(0, int)
    ends_row[row_ends - 1] = "\n"
    return "".join((words + ends_row).tolist()).encode()


def _placed_columns(
    element: PlyElement, *, ascii: bool
) -> tuple[int, list[tuple[Int64[np.ndarray, "T"], Shaped[np.ndarray, "T"]]]]:
    """Return the body's number of units, and the start and value of all numbers, by column and by list length."""
    lengths = {name: column.lengths for name, column in element.columns.items() if isinstance(column, PlyLists)}
    starts, total = column_starts(element.header(), lengths, ascii=ascii)
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for column, start in zip(element.columns.values(), starts, strict=True):
        if isinstance(column, PlyLists):
            size = unit_size(column.length_dtype, ascii=ascii)
            parts.append((start - size, column.lengths.astype(column.length_dtype)))
            size = unit_size(column.values.dtype, ascii=ascii)
            parts.append((item_starts(start, column.lengths, size), column.values))
        else:
            parts.append((start, column))
    return total, parts
