"""Scan files read piece by piece, so that memory does not grow with the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Num

from less3d.io.columns import Columns

CHUNK_POINTS = 1 << 20
"""Points read at a time, fewer when each takes many bytes."""

_CHUNK_BYTES = 64 << 20


@dataclass(frozen=True, eq=False)
class Stream:
    """A scan file as chunks of named columns, in the file's order; all chunks have the same names and types.

    Reading a chunk raises `InputError` as reading the whole file does.
    """

    count: int
    """Points in the file: as many as come or, in text, where lines are skipped, more."""
    chunks: Iterator[Columns]
    labels: Mapping[int, str] | None = None
    """Class name of each object id, as in `Scan.labels`."""

    def whole(self) -> dict[str, Num[np.ndarray, "N"]]:
        """Read all chunks and join them."""
        parts = [dict(chunk) for chunk in self.chunks]
        if len(parts) == 1:
            return parts[0]
        names = list(parts[0]) if parts else []
        return {name: np.concatenate([part.pop(name) for part in parts]) for name in names}


def chunk_sizes(count: int, row_bytes: int) -> Iterator[int]:
    """Yield how many of `count` rows to read next, until all are read; a single 0 when there are none."""
    size = max(1, min(CHUNK_POINTS, _CHUNK_BYTES // max(row_bytes, 1)))
    for start in range(0, max(count, 1), size):
        yield min(size, count - start)
