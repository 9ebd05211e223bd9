"""Points of binary PLY files, read chunk by chunk."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from less3d.errors import InputError
from less3d.io.columns import KNOWN_NAMES, Columns
from less3d.io.files import require_file
from less3d.io.ply import labels_of_comments
from less3d.io.ply_header import LONGEST_HEADER, PlyElementHeader, parse_header
from less3d.io.stream import Stream, chunk_sizes


def stream_ply(path: Path) -> Stream | None:
    """Open a PLY file whose points are rows of one size: binary, without lists up to the points; without attributes.

    None for other PLY files: those are read whole.

    Raises:
        InputError: when the file is missing, not PLY, or ends before what its header promises of its points.
    """
    require_file(path)
    with path.open("rb") as file:
        header = parse_header(file.read(LONGEST_HEADER), path)
    start = header.size
    for element in header.elements:
        row = _row_type(element, big_endian=header.encoding == "binary_big_endian")
        if header.encoding == "ascii" or row is None:
            return None
        end = start + element.count * row.itemsize
        if element.name == "vertex":
            if end > path.stat().st_size:
                raise InputError(
                    f"{path}: the header promises {element.count} rows of vertex, but the file ends before; "
                    "it is truncated, or its header is wrong"
                )
            chunks = _chunks(path, start, element.count, row)
            return Stream(element.count, chunks, labels_of_comments(header.comments))
        start = end
    return None


def _row_type(element: PlyElementHeader, *, big_endian: bool) -> np.dtype | None:
    """Return the type of a row, None when rows have lists."""
    if any(column.length_dtype is not None for column in element.properties):
        return None
    order = ">" if big_endian else "<"
    return np.dtype([(column.name, column.dtype.newbyteorder(order)) for column in element.properties])


def _chunks(path: Path, start: int, count: int, row: np.dtype) -> Iterator[Columns]:
    with path.open("rb") as file:
        file.seek(start)
        for size in chunk_sizes(count, row.itemsize):
            rows = np.fromfile(file, row, size)
            if len(rows) < size:
                raise InputError(f"{path}: the file has become shorter while it was read")
            names = KNOWN_NAMES.intersection(row.names or ())
            yield {name: rows[name].astype(row[name].newbyteorder("=")) for name in names}
