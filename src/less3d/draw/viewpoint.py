"""Where to stand to see one object of a scan: `choose_view`, and `in_sight` to look through what is in the way."""

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from jaxtyping import Bool, Float32
from scipy.ndimage import (
    binary_closing,
    binary_erosion,
    binary_fill_holes,
    distance_transform_edt,
    gaussian_filter,
    minimum_filter,
)

from less3d.draw.splat import View

_SMALLEST_CELL = 0.1
"""Meters: side of a column of the floor plan, but for very large scans."""
_MOST_CELLS = 300
"""Columns along one side of the floor plan."""
_PAD = 6
"""Empty columns around the floor plan, and half the widest gap in it that is closed."""
_SHELL = 0.3
"""Meters from the outline of the room within which points are its walls."""
_LOOKED_AT = 20_000
"""Points, of the scan, that candidates are judged by."""
_COARSE = (96, 72)
_ELEVATIONS = {20: 0.85, 35: 1.0, 50: 0.85, 70: 0.5}
"""Degrees above the object, and how much each is liked."""
_AZIMUTHS = 16
_REACHES = (1.0, 1.6)
"""Times the distance from which the object and its surroundings fill the picture."""


def choose_view(points: Float32[np.ndarray, "N 3"], mask: Bool[np.ndarray, "N"]) -> View:
    """Find a place from which the masked points are seen, a little from above and from the middle of the room.

    Candidates stand around the object; each is scored by the share of the object in sight, by how much of the picture
    shows something, and by its angle. An empty mask asks for a view of the whole scan.

    Args:
        points: meters, z up.
        mask: the points to be seen.
    """
    if not mask.any():
        return _overview(points)
    plan = _FloorPlan(*_thinned(points, mask))
    views = _candidates(plan)
    scores = [_score(plan, view) * liking for view, liking in views]
    return views[int(np.argmax(scores))][0]


def in_sight(points: Float32[np.ndarray, "N 3"], mask: Bool[np.ndarray, "N"], view: View) -> Bool[np.ndarray, "N"]:
    """Which points to draw: all but the ceiling and the walls that stand between an eye outside and the room.

    Points in `mask` are always drawn.
    """
    return mask | ~_FloorPlan(points, mask).backs(view)


@dataclass(frozen=True, eq=False)
class _FloorPlan:
    """A scan from above, and the object to be seen in it."""

    points: np.ndarray
    mask: np.ndarray

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Low and high corner without stray points."""
        low, high = np.percentile(self.points, (0.5, 99.5), axis=0)
        return low, np.maximum(high, low + _SMALLEST_CELL)

    @cached_property
    def cell(self) -> float:
        """Side of a column, meters."""
        low, high = self.bounds
        return max(_SMALLEST_CELL, float((high - low)[:2].max()) / _MOST_CELLS)

    @cached_property
    def cells(self) -> np.ndarray:
        """Column of the plan that each point falls into, (N, 2)."""
        low, high = self.bounds
        shape = np.ceil((high[:2] - low[:2]) / self.cell).astype(int) + 1
        return np.clip((self.points[:, :2] - low[:2]) // self.cell, 0, shape - 1).astype(np.int64)

    @cached_property
    def footprint(self) -> np.ndarray:
        """Columns that belong to the room, holes filled, with `_PAD` empty columns around; (X, Y)."""
        filled = np.zeros(self.cells.max(axis=0) + 1 + 2 * _PAD, dtype=bool)
        filled[tuple((self.cells + _PAD).T)] = True
        return np.asarray(binary_fill_holes(binary_closing(filled, iterations=_PAD)))

    @cached_property
    def inner(self) -> np.ndarray:
        """Columns of the footprint away from its outline, (X, Y)."""
        return binary_erosion(self.footprint, iterations=3)

    @cached_property
    def outward(self) -> tuple[np.ndarray, np.ndarray]:
        """For each point the horizontal direction to the room's outline (N, 2), and how far it is, meters (N,)."""
        inside = np.asarray(distance_transform_edt(self.footprint))
        smooth = gaussian_filter(inside, 2.0)
        place = tuple((self.cells + _PAD).T)
        slope = np.column_stack([-np.gradient(smooth, axis=axis)[place] for axis in (0, 1)])
        length = np.linalg.norm(slope, axis=1, keepdims=True)
        return slope / np.maximum(length, 1e-6), inside[place] * self.cell

    @cached_property
    def ceiling(self) -> float:
        """Height above which the ceiling hangs; infinity when none was scanned."""
        low, high = self.bounds
        limit = float(high[2] - 0.1 * (high[2] - low[2]))
        blocks = self.cells // 3
        covered = np.unique(blocks[self.points[:, 2] > limit], axis=0)
        return limit if len(covered) > 0.5 * len(np.unique(blocks, axis=0)) else math.inf

    @cached_property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Low and high corner of the object."""
        low, high = np.percentile(self.points[self.mask], (2, 98), axis=0)
        return low, high

    def contains(self, eye: tuple[float, float, float]) -> bool:
        """Whether an eye stands inside the room, away from its walls, and under its ceiling."""
        cell = ((np.array(eye[:2]) - self.bounds[0][:2]) // self.cell).astype(int) + _PAD
        if (cell < 0).any() or (cell >= self.footprint.shape).any():
            return False
        return bool(self.inner[tuple(cell)]) and eye[2] < self.ceiling

    def backs(self, view: View) -> np.ndarray:
        """Points of the outer shell that an eye outside the room sees from behind, (N,)."""
        if self.contains(view.eye):
            return np.zeros(len(self.points), dtype=bool)
        direction, distance = self.outward
        toward = np.array(view.eye[:2]) - self.points[:, :2]
        facing = (direction * toward).sum(axis=1) > 0.1 * np.linalg.norm(toward, axis=1)
        walls = (distance < max(_SHELL, 3 * self.cell)) & facing & (self.points[:, 2] > self.bounds[0][2] + 0.1)
        return walls | ((self.points[:, 2] > self.ceiling) & (view.eye[2] > self.ceiling))


def _candidates(plan: _FloorPlan) -> list[tuple[View, float]]:
    """Views around the object, each with how much its angle is liked."""
    low, high = plan.box
    middle = (low + high) / 2
    room_low, room_high = plan.bounds
    inward = (room_low + room_high)[:2] / 2 - middle[:2]
    inward = inward / max(0.3, float(np.linalg.norm(inward)))
    distance = float(np.clip(1.4 * np.linalg.norm(high - low) + 1.0, 1.8, 6.0))
    found = []
    for reach, elevation, step in product(_REACHES, _ELEVATIONS, range(_AZIMUTHS)):
        away, rise, azimuth = distance * reach, math.radians(elevation), 2 * math.pi * (step + 0.5) / _AZIMUTHS
        toward = np.array([math.cos(azimuth), math.sin(azimuth)])
        eye = middle + away * np.append(math.cos(rise) * toward, math.sin(rise))
        liking = _ELEVATIONS[elevation] * (1.0 + 0.4 * float(toward @ inward))
        found.append((View(_xyz(eye), _xyz(middle), 60.0, near=0.3 * away), liking))
    return found


def _score(plan: _FloorPlan, view: View) -> float:
    """Share of the object in sight, times how full the picture is."""
    backs = plan.backs(view)
    drawn = plan.mask | ~backs
    place = view.project(plan.points, _COARSE)
    column, row = np.floor(place[:, :2]).astype(np.int64).T
    drawn &= (place[:, 2] > view.near) & (column >= 0) & (column < _COARSE[0]) & (row >= 0) & (row < _COARSE[1])
    pixel = (row * _COARSE[0] + column)[drawn]
    depth = np.full(_COARSE[0] * _COARSE[1], np.inf, dtype=np.float32)
    np.minimum.at(depth, pixel, place[drawn, 2])
    front = minimum_filter(depth.reshape(_COARSE[1], _COARSE[0]), size=3).ravel()
    seen = (plan.mask & ~backs)[drawn] & (place[drawn, 2] < front[pixel] * 1.03 + 0.04)
    full = float(np.isfinite(front).mean())
    return float(seen.sum()) / float(plan.mask.sum()) * (0.4 + 0.6 * full)


def _overview(points: np.ndarray) -> View:
    """The whole scan from above one of its corners."""
    low, high = np.percentile(points, (0.5, 99.5), axis=0)
    middle, size = (low + high) / 2, max(0.1, float(np.linalg.norm(high - low)))
    eye = middle + size * np.array([0.68, -0.8, 0.68])
    return View(_xyz(eye), _xyz(middle), 50.0)


def _xyz(place: np.ndarray) -> tuple[float, float, float]:
    x, y, z = place.tolist()
    return x, y, z


def _thinned(points: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most `_LOOKED_AT` points, and the object among them."""
    step = max(1, len(points) // _LOOKED_AT)
    chosen = np.arange(0, len(points), step)
    own = np.flatnonzero(mask)
    chosen = np.union1d(chosen, own[:: max(1, len(own) // 2000)])
    return points[chosen], mask[chosen]
