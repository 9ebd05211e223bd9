"""Which way is up in a scan of a room: a vote of its flat patches.

Seen from below, a room starts everywhere at the same height, its floor; seen from above, its skyline is ragged, but for
scans with a ceiling, which are level at both ends. Table tops and seats lie below half height, and so do things away
from the walls. Rooms are wider than high. None of these is sure alone; the weights of their sum, rounded, were fitted
to procedural rooms and to rooms laid out as real ones are.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64

CELLS = 30
"""The scan is cut into cubes so that about this many fit along an edge of its bounding box, on average."""

FLATNESS = 0.35
"""A cube's points are a flat patch when they are this many times thinner than wide."""

HEIGHT_WEIGHT = 0.9
"""Weight of a direction's extent, as a share of the longest."""

_MOST_POINTS = 60_000
_LEAST_PATCHES = 100
_LEAST_POINTS = 5
_NORMAL_PEAKS = 5


@dataclass(frozen=True, eq=False)
class UpCandidate:
    """A direction that may point up; one with a higher score is likelier to do so."""

    direction: Float64[np.ndarray, "3"]
    score: float


def up_candidates(points: Float32[np.ndarray, "N 3"]) -> tuple[UpCandidate, ...]:
    """Score the six axes, and both senses of the normals that most patches have; best first.

    Empty when the scan has too few points, or too little extent, to tell.
    """
    patches = _patches(points)
    if patches is None:
        return ()
    lines = np.stack([*_normal_peaks(patches), *np.eye(3)])  # (D, 3)
    heights = patches.centers @ lines.T  # (K, D)
    low, high = np.percentile(heights, [0.5, 99.5], axis=0)
    extents = np.maximum(high - low, patches.size)
    rises = (heights - low) / extents  # 0 at one end of the scan to 1 at the other
    found = []
    for i, line in enumerate(lines):
        across = _wall_directions(line, lines)
        wide = float(extents[i] / extents.max())
        for up, rise in ((line, rises[:, i]), (-line, 1 - rises[:, i])):
            found.append(UpCandidate(up, _room_score(patches, up, across, rise) - HEIGHT_WEIGHT * wide))
    return tuple(sorted(found, key=lambda candidate: -candidate.score))


@dataclass(frozen=True, eq=False)
class _Patches:
    """The cubes that hold points: their points' mean and thinnest direction, and whether they are thin along it."""

    centers: Float64[np.ndarray, "K 3"]
    normals: Float64[np.ndarray, "K 3"]
    flat: Bool[np.ndarray, "K"]
    size: float


def _patches(points: Float32[np.ndarray, "N 3"]) -> _Patches | None:
    some = points[:: max(len(points) // _MOST_POINTS, 1)].astype(np.float64)
    low, high = np.percentile(some, [1, 99], axis=0)
    size = float(np.prod(high - low)) ** (1 / 3) / CELLS
    if size <= 0:
        return None
    some = some[((some >= low - 3 * size) & (some <= high + 3 * size)).all(axis=1)]  # stray points would widen the grid
    cell = np.floor((some - some.min(axis=0)) / size).astype(np.int64)
    _, inverse, counts = np.unique(
        np.ravel_multi_index(cell.T, cell.max(axis=0) + 1), return_inverse=True, return_counts=True
    )
    centers = np.stack([np.bincount(inverse, some[:, i]) for i in range(3)], axis=1) / counts[:, None]
    offsets = some - centers[inverse]
    spread = np.stack(
        [np.bincount(inverse, offsets[:, i] * offsets[:, j]) / counts for i in range(3) for j in range(3)], axis=1
    ).reshape(-1, 3, 3)
    full = counts >= _LEAST_POINTS
    if full.sum() < _LEAST_PATCHES:
        return None
    variances, axes = np.linalg.eigh(spread[full])
    flat = variances[:, 0] < FLATNESS**2 * variances[:, 1]
    return _Patches(centers[full], axes[:, :, 0], flat, size)


def _normal_peaks(patches: _Patches) -> list[Float64[np.ndarray, "3"]]:
    """Return the directions along which most patch normals lie, each at least 25 degrees from the others."""
    normals = patches.normals[patches.flat]
    peaks = []
    for _ in range(_NORMAL_PEAKS):
        if len(normals) < _LEAST_PATCHES // 4:
            break
        tried = normals[:: max(len(normals) // 300, 1)]
        near = np.abs(tried @ normals.T) > np.cos(np.radians(8))  # (tried, normals)
        best = int(near.sum(axis=1).argmax())
        members = normals[near[best]]
        peak = np.linalg.eigh(members.T @ members)[1][:, -1]
        peaks.append(peak)
        normals = normals[np.abs(normals @ peak) < np.cos(np.radians(25))]
    return peaks


def _wall_directions(line: Float64[np.ndarray, "3"], lines: Float64[np.ndarray, "D 3"]) -> Float64[np.ndarray, "2 3"]:
    """Return two directions at right angles to the line and each other, the first along a normal that is common."""
    first = lines[np.argmax(np.abs(lines @ line) < 0.7)]
    first = first - (first @ line) * line
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(line, first)])


def _room_score(
    patches: _Patches, up: Float64[np.ndarray, "3"], across: Float64[np.ndarray, "2 3"], rise: Float64[np.ndarray, "K"]
) -> float:
    """Score one direction from what faces it; `rise` is each patch's height, from 0 at the bottom to 1 at the top."""
    spot = patches.centers @ across.T  # (K, 2)
    cell = np.floor((spot - spot.min(axis=0)) / patches.size).astype(np.int64)
    _, column = np.unique(np.ravel_multi_index(cell.T, cell.max(axis=0) + 1), return_inverse=True)
    count = int(column.max()) + 1
    lowest, highest = np.full(count, 1.0), np.full(count, 0.0)
    np.minimum.at(lowest, column, rise)
    np.maximum.at(highest, column, rise)
    level = patches.flat & (np.abs(patches.normals @ up) > 0.95)

    def covered(low: float, high: float) -> float:
        """The share of the plan with a level patch between two heights."""
        return len(np.unique(column[level & (rise > low) & (rise < high)])) / count

    furniture = covered(0.12, 0.5) - covered(0.5, 0.88)
    floor_and_ceiling = min(covered(-np.inf, 0.12), covered(0.88, np.inf))
    near, far = np.percentile(spot, [0.5, 99.5], axis=0)
    place = np.column_stack([rise, (spot - near) / np.maximum(far - near, patches.size)])
    inside = ((place > 0.1) & (place < 0.9)).all(axis=1)  # away from floor, ceiling and walls
    middle = float(rise[inside].mean()) if inside.any() else 0.5
    skyline = float(np.mean(1 - highest) - 0.4 * np.mean(lowest))
    return skyline + 0.4 * (furniture + floor_and_ceiling) - 1.5 * middle
