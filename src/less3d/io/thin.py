"""Large scans, thinned to the means of voxels while they are read.

A voxel is a cube of the grid that the file's zero and an edge define. Voxels are numbered by their first point, so that
what comes out depends on the file alone, not on how it is cut into chunks.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int32, Int64, Num, Shaped, UInt8

from less3d.errors import InputError
from less3d.io.assemble import assemble, color_scale, require_finite, require_usable, without_place
from less3d.io.columns import Parts, parts_of_columns
from less3d.io.stream import CHUNK_POINTS, Stream
from less3d.scan import Scan

_SIDE_BITS = 21
_REACH = 1 << (_SIDE_BITS - 1)
"""Voxels along an axis, to either side of the first point's, that can be told apart."""


def read_thinned(path: Path, stream: Stream, edge: float) -> Scan:
    """Read the scan in `path` as one point a voxel of side `edge`, in the file's unit.

    A point is the mean of the position and color of its voxel's points, and has the ids of the first of them. Faces and
    attributes are left out; `Scan.stand_ins` has the row of each point of the file. Means and origin are computed in
    double precision, so that georeferenced scans lose nothing.

    Raises:
        InputError: as for reading the whole file, or when the scan is too long for so small an edge.
    """
    voxels = _Voxels(path, edge)
    for columns in stream.chunks:
        voxels.add(parts_of_columns(path, columns))
    return voxels.scan(stream.labels)


def thinned(scan: Scan, edge: float, path: Path) -> Scan:
    """Return a scan that was read whole, from `path`, as one point a voxel, as `read_thinned` does.

    Raises:
        InputError: when the scan is too long for so small an edge.
    """
    voxels = _Voxels(path, edge)
    for start in range(0, len(scan), CHUNK_POINTS):
        some = slice(start, start + CHUNK_POINTS)
        ids = [None if values is None else values[some] for values in (scan.instances, scan.semantics)]
        voxels.add(Parts(scan.points[some] + scan.origin, scan.colors[some], *ids, attributes={}))
    thin = voxels.scan(scan.labels)
    if scan.stand_ins is None:
        return thin
    assert thin.stand_ins is not None
    return replace(thin, stand_ins=np.where(scan.stand_ins < 0, -1, thin.stand_ins[scan.stand_ins]))


class _Voxels:
    """The voxels of the points seen so far."""

    def __init__(self, path: Path, edge: float) -> None:
        self._path, self._edge = path, edge
        self._sorted_keys = np.zeros(0, np.int64)
        self._sorted_rows = np.zeros(0, np.int32)
        self._rows_of_points = _Column(np.dtype(np.int32))
        self._counts = _Column(np.dtype(np.int32))
        self._sums = [_Column(np.dtype(np.float64)) for _ in range(3)]
        self._color_sums: list[_Column] | None = None
        self._color_range = (np.inf, -np.inf)
        self._colors_are_floats = False
        self._ids: dict[str, _Column] = {}
        self._anchor = self._first_cell = np.zeros(3)

    def add(self, parts: Parts) -> None:
        """Take in the next points."""
        seen = self._rows_of_points.size
        absent = without_place(parts.xyz)
        if absent.any():
            require_usable(self._path, np.where(absent[:, None], 0, parts.xyz), first=seen)
            if parts.colors is not None:
                require_finite(self._path, np.where(absent[:, None], 0, parts.colors), "color", first=seen)
            parts = parts.take(np.flatnonzero(~absent))
        if len(parts.xyz) == 0:
            self._rows_of_points.extend(np.full(len(absent), -1, np.int32))
            return
        require_usable(self._path, parts.xyz, first=seen)
        xyz = parts.xyz.astype(np.float64, copy=False)
        if len(self._sorted_keys) == 0:
            self._start(parts, xyz[0])
        rows, opened = self._locate(self._keys(xyz))
        places = np.full(len(absent), -1, np.int32)
        places[~absent] = rows
        self._rows_of_points.extend(places)
        count = len(self._sorted_keys)
        self._counts.add(rows, np.ones(len(rows), np.int32), count)
        for axis, column in enumerate(self._sums):
            column.add(rows, xyz[:, axis] - self._anchor[axis], count)
        self._add_colors(parts.colors, rows, count, seen)
        for name, column in self._ids.items():
            column.extend(getattr(parts, name)[opened])

    def scan(self, labels: Mapping[int, str] | None) -> Scan:
        """Return the means; this object must not be used any further."""
        count = len(self._sorted_keys)
        del self._sorted_keys, self._sorted_rows
        counts = self._counts.values[:count]
        colors = self._mean_colors(counts)
        xyz = np.empty((count, 3))
        while self._sums:
            axis = len(self._sums) - 1
            xyz[:, axis] = self._sums.pop().values[:count] / counts + self._anchor[axis]
        ids = {name: column.values[:count] for name, column in self._ids.items()}
        return assemble(
            self._path,
            xyz,
            colors,
            labels=labels,
            instances=ids.get("instances"),
            semantics=ids.get("semantics"),
            stand_ins=self._rows_of_points.values[: self._rows_of_points.size],
        )

    def _start(self, parts: Parts, first: Float64[np.ndarray, "3"]) -> None:
        """Take the first point as the place that others are measured from, and its chunk's columns as those of all."""
        with np.errstate(over="ignore"):
            self._anchor, self._first_cell = np.floor(first), np.floor(first / self._edge)
        if parts.colors is not None:
            exact = np.dtype(np.uint64 if parts.colors.dtype == np.uint8 else np.float64)
            self._color_sums = [_Column(exact) for _ in range(3)]
        ids = {"instances": parts.instances, "semantics": parts.semantics}
        self._ids = {name: _Column(values.dtype) for name, values in ids.items() if values is not None}

    def _keys(self, xyz: Float64[np.ndarray, "N 3"]) -> Int64[np.ndarray, "N"]:
        """Number the cells that the points lie in, from the first point's."""
        keys = np.zeros(len(xyz), np.int64)
        for axis in range(3):
            with np.errstate(over="ignore", invalid="ignore"):
                cell = np.floor(xyz[:, axis] / self._edge) - self._first_cell[axis]
            if not (cell.min() >= -_REACH and cell.max() < _REACH):
                raise InputError(
                    f"{self._path}: expected a room, got a scan longer than {_REACH} voxels of {self._edge:g} (the "
                    "file's unit); its units are not meters (say which, as in --units mm), stray points lie far away "
                    "(remove them), or it must be thinned more coarsely"
                )
            keys = (keys << _SIDE_BITS) | (cell.astype(np.int64) + _REACH)
        return keys

    def _locate(self, keys: Int64[np.ndarray, "N"]) -> tuple[Int32[np.ndarray, "N"], Int64[np.ndarray, "K"]]:
        """Return the voxel of each point, and which of the points are the first of a new voxel."""
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        place = np.searchsorted(self._sorted_keys, unique)
        known = place < len(self._sorted_keys)
        known[known] = self._sorted_keys[place[known]] == unique[known]
        rows = np.empty(len(unique), np.int32)
        rows[known] = self._sorted_rows[place[known]]
        new = np.flatnonzero(~known)
        by_appearance = new[np.argsort(first[new])]
        rows[by_appearance] = len(self._sorted_keys) + np.arange(len(new))
        if len(new):
            self._sorted_keys = np.insert(self._sorted_keys, place[new], unique[new])
            self._sorted_rows = np.insert(self._sorted_rows, place[new], rows[new])
        return rows[inverse], first[by_appearance]

    def _add_colors(
        self, colors: Num[np.ndarray, "N 3"] | None, rows: Int32[np.ndarray, "N"], count: int, seen: int
    ) -> None:
        if colors is None or self._color_sums is None:
            return
        if colors.dtype.kind == "f":
            self._colors_are_floats = True
            require_finite(self._path, colors, "color", first=seen)
        low, high = self._color_range
        self._color_range = (min(low, float(colors.min())), max(high, float(colors.max())))
        for channel, column in enumerate(self._color_sums):
            column.add(rows, colors[:, channel].astype(column.values.dtype), count)

    def _mean_colors(self, counts: Int32[np.ndarray, "V"]) -> UInt8[np.ndarray, "V 3"] | None:
        if self._color_sums is None:
            return None
        scale = color_scale(self._path, *self._color_range, is_float=self._colors_are_floats)
        colors = np.empty((len(counts), 3), np.uint8)
        while self._color_sums:
            channel = len(self._color_sums) - 1
            colors[:, channel] = np.rint(self._color_sums.pop().values[: len(counts)] / counts * scale)
        return colors


class _Column:
    """An array that grows; memory past what was written is not touched."""

    def __init__(self, dtype: np.dtype) -> None:
        self.values: Shaped[np.ndarray, "C"] = np.zeros(1 << 10, dtype)
        self.size = 0

    def extend(self, values: Shaped[np.ndarray, "K"]) -> None:
        """Put values at the end."""
        self._reach(self.size + len(values))
        self.values[self.size : self.size + len(values)] = values
        self.size += len(values)

    def add(self, rows: Int32[np.ndarray, "N"], values: Shaped[np.ndarray, "N"], count: int) -> None:
        """Add values to the first `count` rows, one after another, so that sums do not depend on the chunks."""
        self._reach(count)
        np.add.at(self.values, rows, values)

    def _reach(self, size: int) -> None:
        if size > len(self.values):
            grown = np.zeros(max(size, 2 * len(self.values)), self.values.dtype)
            grown[: len(self.values)] = self.values
            self.values = grown
