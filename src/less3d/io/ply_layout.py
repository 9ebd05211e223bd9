"""How the rows of a PLY element lie in its body, for reading and for writing alike.

A body is a line of units: bytes in a binary file, numbers in an ascii one. Sizes and starts below count units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int64, Shaped

from less3d.io.ply_header import PlyElementHeader, PlyProperty


@dataclass(frozen=True, eq=False)
class PlyLists:
    """A list property of R rows: `values` of all rows one after another, and how many of them each row has."""

    lengths: Int64[np.ndarray, "R"]
    values: Shaped[np.ndarray, "T"]
    length_dtype: np.dtype = field(default_factory=lambda: np.dtype(np.uint8))


@dataclass(frozen=True, eq=False)
class PlyElement:
    """R rows of named columns, in native byte order."""

    name: str
    count: int
    columns: Mapping[str, Shaped[np.ndarray, "R"] | PlyLists]

    def header(self) -> PlyElementHeader:
        """Return what a file's header says of this element."""
        properties = [
            PlyProperty(name, column.values.dtype, column.length_dtype)
            if isinstance(column, PlyLists)
            else PlyProperty(name, column.dtype)
            for name, column in self.columns.items()
        ]
        return PlyElementHeader(self.name, self.count, tuple(properties))


def unit_size(dtype: np.dtype, *, ascii: bool) -> int:
    """Return how many units one number takes."""
    return 1 if ascii else dtype.itemsize


def column_starts(
    element: PlyElementHeader, lengths: Mapping[str, Int64[np.ndarray, "R"]], *, ascii: bool
) -> tuple[list[Int64[np.ndarray, "R"]], int]:
    """Return, by column, where each row's number (or first list item) starts, and how many units all rows take.

    `lengths` has the list lengths of every list property, by name.
    """
    row, starts = np.zeros(element.count, np.int64), []
    for column in element.properties:
        size = unit_size(column.dtype, ascii=ascii)
        if column.length_dtype is None:
            starts.append(row)
            row = row + size
        else:
            starts.append(row + unit_size(column.length_dtype, ascii=ascii))
            row = starts[-1] + lengths[column.name] * size
    row_starts = np.cumsum(row) - row
    return [row_starts + start for start in starts], int(row.sum())


def item_starts(first: Int64[np.ndarray, "R"], lengths: Int64[np.ndarray, "R"], size: int) -> Int64[np.ndarray, "T"]:
    """Return where every list item starts, from where each list's first item does."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(first - before * size, lengths) + np.arange(int(lengths.sum())) * size
