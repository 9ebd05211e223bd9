"""The way of a hand-held camera through a room: a walk over free floor, looking around and down at the furniture.

The person holding it sees the scan grow, and turns to what was in few frames so far.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float32
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from less3d.data.rooms.plan import Plan
from less3d.data.rooms.scanning.camera import Scene, rotation_of
from less3d.data.rooms.surface import Surface

_CELL = 0.15
_STRIDE = {(1, 0): 1.0, (0, 1): 1.0, (1, 1): 2**0.5, (1, -1): 2**0.5}
_BODY = 0.25
"""How near to walls and tall furniture a camera comes, metres."""
_EYE_LEVEL = 0.95
"""Over what is lower than this a person can hold a camera."""
_OVER_FURNITURE = 5.0
"""How many times longer a way over furniture seems."""
_FEWEST_CELLS = 8
_CHOICES = 6
"""Directions considered for each frame."""


@dataclass(frozen=True, eq=False)
class Path:
    """F poses of a camera."""

    positions: Float32[np.ndarray, "F 3"]
    rotations: Float32[np.ndarray, "F 3 3"]
    """Rows are right, down and forward in the room."""


def walk(
    plan: Plan, surface: Surface, scene: Scene, *, frames: int, pitch: tuple[float, float], rng: np.random.Generator
) -> Path:
    """A path of so many frames.

    Args:
        plan: where the floor is.
        surface: what stands in the way.
        scene: the same surface, sorted.
        frames: how many.
        pitch: mean and standard deviation of where the camera looks, radians above level.
        rng: decides the rest.
    """
    ground = _smooth_walk(plan, surface, frames, rng)
    height = 1.4 + 0.12 * _wobble(frames, frames / 6, rng) + rng.uniform(-0.15, 0.2)
    positions = np.column_stack([ground, np.clip(height, 1.1, 1.7)]).astype(np.float32)
    return Path(positions, _gaze(positions, scene, pitch, rng))


def _floor_map(plan: Plan, surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """Maps of cells from the plan's low corner: where a camera can be, and where no furniture is in a person's way."""
    corner, far_corner = np.array(plan.bounds[:2]), np.array(plan.bounds[2:])
    extent = ((far_corner - corner) / _CELL).astype(int) + 1
    inside = plan.holds((np.moveaxis(np.indices(tuple(extent)), 0, -1) + 0.5) * _CELL + corner)
    cell = ((surface.points[:, :2] - corner.astype(np.float32)) * np.float32(1 / _CELL)).astype(np.int32)
    within = ((cell >= 0) & (cell < extent)).all(axis=1)
    apart = []
    for low, high in ((_EYE_LEVEL, 1.8), (0.2, _EYE_LEVEL)):
        full = ~inside
        full[tuple(cell[within & (surface.points[:, 2] > low) & (surface.points[:, 2] < high)].T)] = True
        apart.append(np.asarray(ndimage.distance_transform_edt(np.pad(~full, 1)))[1:-1, 1:-1] * _CELL)
    for margin in (_BODY, 0.0):
        reachable = _largest_part(apart[0] > margin)
        if reachable.sum() >= _FEWEST_CELLS:
            return reachable, reachable & (apart[1] > _BODY - 0.1)
    return inside, inside


def _largest_part(cells: np.ndarray) -> np.ndarray:
    """Of a map, the largest part whose cells hang together."""
    parts = np.zeros(cells.shape, dtype=np.int32)
    ndimage.label(cells, output=parts)
    sizes = np.bincount(parts.ravel(), minlength=2)
    return parts == 1 + int(sizes[1:].argmax())


def _smooth_walk(plan: Plan, surface: Surface, frames: int, rng: np.random.Generator) -> np.ndarray:
    """Places (frames, 2) along the shortest ways between stops spread over the floor, around furniture if they can."""
    reachable, free = _floor_map(plan, surface)
    cells = np.argwhere(reachable)
    easy = np.flatnonzero(free[reachable])
    stops = _spread(cells, easy if len(easy) > 0.25 * len(cells) else np.arange(len(cells)), plan.area, rng)
    ways = _ways(free, cells)
    line = [cells[stops[0]]]
    for here, there in pairwise(stops):
        _, before = dijkstra(ways, directed=False, indices=there, return_predecessors=True)
        step = here
        while before[step] >= 0:
            step = int(before[step])
            line.append(cells[step])
    track = np.array(line, dtype=np.float64)
    along = np.linspace(0, len(track) - 1, frames)
    track = np.column_stack([np.interp(along, np.arange(len(track)), column) for column in track.T])
    track = ndimage.gaussian_filter1d(track, 1.0, axis=0, mode="nearest")
    return (track + 0.5) * _CELL + plan.bounds[:2] + rng.uniform(-0.05, 0.05, (frames, 2))


def _spread(cells: np.ndarray, allowed: np.ndarray, area: float, rng: np.random.Generator) -> list[int]:
    """Some of the allowed cells far from each other, in an order that goes on to the nearest."""
    stops = [int(rng.choice(allowed))]
    distance = np.linalg.norm(cells[allowed] - cells[stops[0]], axis=1)
    while len(stops) < min(int(np.clip(area / 2.0, 5, 14)), len(allowed)):
        stops.append(int(allowed[distance.argmax()]))
        distance = np.minimum(distance, np.linalg.norm(cells[allowed] - cells[stops[-1]], axis=1))
    order, left = [stops[0]], stops[1:]
    while left:
        left.sort(key=lambda stop: float(np.linalg.norm(cells[stop] - cells[order[-1]])))
        order.append(left.pop(0))
    return order


def _ways(free: np.ndarray, cells: np.ndarray) -> coo_array:
    """The graph of neighboring cells; it costs more to reach over furniture."""
    cost = np.where(free[tuple(cells.T)], 1.0, _OVER_FURNITURE)
    number = np.full(np.add(free.shape, 2), -1)
    number[tuple((cells + 1).T)] = np.arange(len(cells))
    rows, columns, lengths = [], [], []
    for step, length in _STRIDE.items():
        other = number[tuple((cells + 1 + step).T)]
        joined = np.flatnonzero(other >= 0)
        rows.append(joined)
        columns.append(other[joined])
        lengths.append(length * (cost[joined] + cost[other[joined]]) / 2)
    place = (np.concatenate(rows), np.concatenate(columns))
    return coo_array((np.concatenate(lengths), place), shape=(len(cells), len(cells)))


def _gaze(
    positions: np.ndarray, scene: Scene, pitch: tuple[float, float], rng: np.random.Generator
) -> Float32[np.ndarray, "F 3 3"]:
    """Where the camera looks in each frame: on from where it looked, towards what was in few frames."""
    often, yaw = np.zeros(len(scene.counts)), float(rng.uniform(-np.pi, np.pi))
    rotations = []
    for position in positions:
        turns = yaw + rng.normal(0, 1.2, _CHOICES)
        tilts = np.clip(rng.normal(*pitch, _CHOICES), -1.25, pitch[0] + 0.75)
        choices = [
            rotation_of(float(turn), float(tilt), rng.normal(0, 0.06)) for turn, tilt in zip(turns, tilts, strict=True)
        ]
        framed = [scene.framed(position, rotation) for rotation in choices]
        best = int(np.argmax([(scene.counts[inside] / (1 + often[inside]) ** 2).sum() for inside in framed]))
        yaw = float(turns[best])
        often[framed[best]] += 1
        rotations.append(choices[best])
    return np.stack(rotations)


def _wobble(count: int, length: float, rng: np.random.Generator) -> np.ndarray:
    """A slow random curve of about unit size that changes over `length` steps."""
    values = ndimage.gaussian_filter1d(rng.normal(size=count), length, mode="wrap")
    return (values - values.mean()) / max(float(values.std()), 1e-9)
