"""A fast scanner, for tests: a sample of what a person with a depth camera would get of a room's surfaces.

Nothing is fused. Every view keeps, in each pixel of a sphere of directions, the nearest surface; what some view sees
is kept. The rest imitates the defects of fused depth maps: density that depends on how often and from how far a place
was seen, noise that grows with distance, rounded edges, colors that bleed across outlines, uneven light, holes and
floating points.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32
from scipy import ndimage

from less3d.data.rooms.light import Light, lit_colors
from less3d.data.rooms.plan import Plan
from less3d.data.rooms.scanning.seen import Seen
from less3d.data.rooms.surface import Surface
from less3d.scan import NO_INSTANCE

_COLUMNS, _ROWS = 288, 144
_PIXEL = 2 * np.pi / _COLUMNS
_NEAREST, _FARTHEST = 0.3, 5.5
_COVER_CELL = 0.03
_COVER_REACH = (0.015, 0.045, 0.075, 0.105)
"""How far before a surface another one hides it from a scanner whose depth is too coarse to tell them apart."""
_FIELD_OF_VIEW = np.deg2rad((62.0, 47.0))


@dataclass(frozen=True)
class SampleSettings:
    """How good a scan is. `draw` makes a new one for each room; lengths in metres."""

    spacing: float = 0.022
    """About the distance between neighboring points."""
    noise: float = 0.002
    """Standard deviation along the normal at 2 m; it grows with the square of the distance."""
    waviness: float = 0.003
    """Slow bulges of surfaces that should be flat."""
    rounding: float = 0.5
    """How far points move to the mean of their neighbors, 0 to 1."""
    bleeding: float = 0.35
    """Share of a point's color that comes from a view off by about a pixel."""
    holes: float = 2.0
    """Mean number of blobs that are missing for no reason."""
    looks: int = 20
    """In how many directions each view looks."""
    floaters: float = 0.002
    """Share of points that float off their surface."""
    grain: float = 4.0
    """Standard deviation of each point's brightness, in color levels."""
    exposure: float = 0.1
    """Relative change of exposure from frame to frame."""

    @staticmethod
    def draw(rng: np.random.Generator) -> "SampleSettings":
        """A scan as careful or careless as they come."""
        return SampleSettings(
            spacing=float(rng.uniform(0.018, 0.03)),
            noise=float(rng.uniform(0.0005, 0.004)),
            waviness=float(rng.uniform(0.0005, 0.008)),
            rounding=float(rng.uniform(0.3, 0.8)),
            bleeding=float(rng.uniform(0.2, 0.7)),
            holes=float(rng.uniform(0, 6)),
            looks=int(rng.integers(14, 32)),
            floaters=float(rng.uniform(0.0, 0.004)),
            grain=float(rng.uniform(1.5, 7.0)),
            exposure=float(rng.uniform(0.02, 0.18)),
        )


def sample_surfaces(
    surface: Surface,
    ids: Int32[np.ndarray, "M"],
    loss: Float32[np.ndarray, "M"],
    viewpoints: Float[np.ndarray, "K 3"],
    *,
    settings: SampleSettings,
    light: Light,
    rng: np.random.Generator,
) -> Seen:
    """Scan a room from K places at eye height.

    Args:
        surface: everything in the room.
        ids: instance of each surface point.
        loss: chance of each surface point to be lost on top of everything else: glass, mirrors and screens.
        viewpoints: camera positions, metres.
        settings: how good the scan is.
        light: how the room is lit.
        rng: decides everything else.
    """
    quality, gain = np.zeros(len(surface), dtype=np.float32), np.ones(len(surface), dtype=np.float32)
    distance = np.full(len(surface), _FARTHEST, dtype=np.float32)
    neighbor = np.arange(len(surface))
    for viewpoint in viewpoints:
        view = _look(surface, viewpoint.astype(np.float32), _frames(settings, rng), rng)
        quality[view.points] += view.weight
        nearer = view.distance < distance[view.points]
        updated = view.points[nearer]
        distance[updated], gain[updated] = view.distance[nearer], view.gain[nearer]
        neighbor[updated] = view.neighbor[nearer]
    keep = _survivors(surface, quality, loss, settings, rng)
    keep = keep[~_covered(surface, ids, keep)]
    colors = gain[keep, None] * _bled(surface, keep, neighbor[keep], settings, light)
    points = _displaced(surface.points[keep], surface.normals[keep], distance[keep], settings, rng)
    points, floating = _floated(points, surface.normals[keep], settings, rng)
    return _thinned(points, colors, np.where(floating, NO_INSTANCE, ids[keep]), settings, rng)


def viewpoints_in(plan: Plan, rng: np.random.Generator) -> Float[np.ndarray, "K 3"]:
    """Viewpoints at eye height, spread over the floor: about one for each three square metres."""
    count = int(np.clip(round(plan.area / rng.uniform(2.2, 4.0)), 4, 9))
    low_x, low_y, high_x, high_y = plan.bounds
    places: list[np.ndarray] = []
    for _ in range(60):
        place = rng.uniform((low_x + 0.3, low_y + 0.3), (high_x - 0.3, high_y - 0.3))
        apart = min((float(np.linalg.norm(place - other)) for other in places), default=9.0)
        if plan.holds(place[None])[0] and apart > 0.8:
            places.append(place)
        if len(places) == count:
            break
    heights = rng.uniform(1.1, 1.8, len(places))
    return np.column_stack([np.array(places), heights])


def visible(surface: Surface, viewpoint: Float[np.ndarray, "3"], rng: np.random.Generator) -> Bool[np.ndarray, "M"]:
    """Which points of a surface one view sees when it looks everywhere."""
    everywhere = np.ones((_ROWS, _COLUMNS), dtype=np.float32)
    seen = np.zeros(len(surface), dtype=bool)
    seen[_look(surface, viewpoint.astype(np.float32), everywhere, rng).points] = True
    return seen


@dataclass(frozen=True, eq=False)
class _View:
    """The points one view sees, how well, from how far and how exposed, and what a slightly wrong view would see."""

    points: np.ndarray
    weight: np.ndarray
    distance: np.ndarray
    gain: np.ndarray
    neighbor: np.ndarray


def _look(surface: Surface, viewpoint: np.ndarray, frames: np.ndarray, rng: np.random.Generator) -> _View:
    """Depth test of all points from one place, in pixels of equal angle."""
    facing = np.flatnonzero(np.einsum("ij,ij->i", surface.normals, surface.points - viewpoint) < 0)
    offset = surface.points[facing] - viewpoint
    distance = np.sqrt(np.einsum("ij,ij->i", offset, offset))
    incidence = -np.einsum("ij,ij->i", offset, surface.normals[facing]) / np.maximum(distance, 1e-6)
    row, column = _pixels(offset, distance)
    pixel = row * _COLUMNS + column
    depth = np.full(_ROWS * _COLUMNS, np.inf, dtype=np.float32)
    np.minimum.at(depth, pixel, distance)
    front = np.full(_ROWS * _COLUMNS, -1, dtype=np.int64)
    winners = np.flatnonzero(distance <= depth[pixel])
    front[pixel[winners]] = facing[winners]
    closed = _closed(depth.reshape(_ROWS, _COLUMNS)).ravel()
    tolerance = 0.02 + distance * np.float32(_PIXEL) * np.minimum(1 / np.maximum(incidence, 0.1), 6.0)
    sees = (incidence > 0.06) & (distance > _NEAREST) & (distance < _FARTHEST) & (frames.ravel()[pixel] > 0)
    seen = np.flatnonzero(sees & (distance <= closed[pixel] + tolerance))
    far = np.minimum(1.0, (2.0 / distance[seen]) ** 2)
    shift = rng.integers(-2, 3, 2)
    missed = np.clip(row[seen] + shift[0], 0, _ROWS - 1) * _COLUMNS + (column[seen] + shift[1]) % _COLUMNS
    return _View(
        points=facing[seen],
        weight=(far * np.sqrt(incidence[seen])).astype(np.float32),
        distance=distance[seen],
        gain=frames.ravel()[pixel[seen]],
        neighbor=np.where(front[missed] < 0, facing[seen], front[missed]),
    )


def _pixels(offset: np.ndarray, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row (from straight up) and column of the directions of some offsets."""
    column = ((np.arctan2(offset[:, 1], offset[:, 0]) + np.float32(np.pi)) * np.float32(1 / _PIXEL)).astype(np.int32)
    cosine = np.clip(offset[:, 2] / np.maximum(distance, 1e-6), -1, 1)
    row = (np.arccos(cosine) * np.float32(1 / _PIXEL)).astype(np.int32)
    return np.minimum(row, _ROWS - 1), np.minimum(column, _COLUMNS - 1)


def _closed(depth: np.ndarray) -> np.ndarray:
    """Depth with gaps between a surface's points filled, outlines kept: a closing of what is near."""
    around = np.pad(depth, ((2, 2), (0, 0)), mode="edge")
    near = ndimage.minimum_filter(around, 3, mode="wrap")
    return ndimage.maximum_filter(near, 3, mode="wrap")[2:-2]


def _frames(settings: SampleSettings, rng: np.random.Generator) -> np.ndarray:
    """Exposure of the pixels that a view looks at, 0 elsewhere: a handful of frames, most level or downwards."""
    exposure = np.zeros((_ROWS, _COLUMNS), dtype=np.float32)
    half_width, half_height = _FIELD_OF_VIEW / 2
    for _ in range(settings.looks):
        yaw, pitch = rng.uniform(0, 2 * np.pi), np.clip(rng.normal(-0.35, 0.35), -1.1, 0.5)
        rows = slice(
            max(int((np.pi / 2 - pitch - half_height) / _PIXEL), 0), int((np.pi / 2 - pitch + half_height) / _PIXEL)
        )
        columns = np.arange(int((yaw - half_width) / _PIXEL), int((yaw + half_width) / _PIXEL)) % _COLUMNS
        exposure[rows, columns] = max(rng.normal(1, settings.exposure), 0.5)
    return exposure


def _survivors(
    surface: Surface, quality: np.ndarray, loss: np.ndarray, settings: SampleSettings, rng: np.random.Generator
) -> np.ndarray:
    """Indices of the points that end up in the scan."""
    points, (red, green, blue) = surface.points, surface.colors.T
    dark = np.clip(1 - np.maximum(np.maximum(red, green), blue) / np.float32(40), 0, 1)
    chance = (1 - np.exp(-4 * quality)) * (1 - loss) * (1 - 0.35 * dark)
    seen = np.flatnonzero(quality > 0)
    if len(seen):
        for _ in range(rng.poisson(settings.holes)):
            center = points[seen[rng.integers(len(seen))]]
            offset = (points - center) * rng.uniform(0.5, 1.5, 3).astype(np.float32)
            near = np.einsum("ij,ij->i", offset, offset) < rng.uniform(0.05, 0.35) ** 2
            chance[near] *= rng.uniform(0, 0.4)
    return np.flatnonzero(rng.random(len(points), dtype=np.float32) < chance)


def _covered(surface: Surface, ids: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Which of the points asked for have something else right before them, as a wall has behind a whiteboard.

    Depth tests in pixels need slack; without this test both layers would be in the scan.
    """
    low = np.array([column.min() for column in surface.points.T], dtype=np.float32) - 0.2
    cell = ((surface.points - low) * np.float32(1 / _COVER_CELL)).astype(np.int32)
    extent = [int(column.max()) + 8 for column in cell.T]
    owner = np.full(extent, NO_INSTANCE, dtype=np.int32)
    owner[tuple(cell.T)] = ids
    covered = np.zeros(len(asked), dtype=bool)
    for reach in _COVER_REACH:
        probe = surface.points[asked] + np.float32(reach) * surface.normals[asked] - low
        found = owner[tuple((probe * np.float32(1 / _COVER_CELL)).astype(np.int32).T)]
        covered |= (found != NO_INSTANCE) & (found != ids[asked])
    return covered


def _bled(
    surface: Surface, keep: np.ndarray, neighbor: np.ndarray, settings: SampleSettings, light: Light
) -> np.ndarray:
    """Lit colors of the points to keep, mixed with those of the points that a view slightly off took them for."""
    needed = np.zeros(len(surface), dtype=bool)
    needed[keep] = needed[neighbor] = True
    colors = lit_colors(surface, light, needed)
    place = np.cumsum(needed) - 1
    return (1 - settings.bleeding) * colors[place[keep]] + settings.bleeding * colors[place[neighbor]]


def _displaced(
    points: np.ndarray, normals: np.ndarray, distance: np.ndarray, settings: SampleSettings, rng: np.random.Generator
) -> np.ndarray:
    """Points with range noise and waves along the normal."""
    noise = settings.noise * np.maximum(0.5, (distance / 2) ** 2) * rng.standard_normal(len(points), dtype=np.float32)
    waves = rng.normal(0, 1, (3, 4)) * (2 * np.pi / rng.uniform(0.25, 1.2, 4))
    bulge = np.sin(points @ waves.astype(np.float32) + rng.uniform(0, 6.28, 4).astype(np.float32)).sum(axis=1)
    return points + normals * (noise + settings.waviness * bulge)[:, None].astype(np.float32)


def _floated(
    points: np.ndarray, normals: np.ndarray, settings: SampleSettings, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Points with a few lifted off their surface, and which those are."""
    floating = rng.random(len(points), dtype=np.float32) < settings.floaters
    lift = np.zeros(len(points), dtype=np.float32)
    lift[floating] = 0.02 + rng.exponential(0.06, int(floating.sum()))
    return points + normals * lift[:, None], floating


def _thinned(
    points: np.ndarray, colors: np.ndarray, ids: np.ndarray, settings: SampleSettings, rng: np.random.Generator
) -> Seen:
    """One point per cell of the wanted spacing, drawn towards the cell's mean in place and color."""
    order = rng.permutation(len(points))
    points, colors, ids = points[order], colors[order], ids[order]
    fine = _cells(points, settings.spacing, rng)
    coarse = _cells(points, 1.6 * settings.spacing, rng)
    _, kept, group = np.unique(fine, return_index=True, return_inverse=True)
    _, wide = np.unique(coarse, return_inverse=True)
    middle, color = _mean(points, group)[group[kept]], _mean(colors, group)[group[kept]]
    middle = 0.5 * middle + 0.5 * _mean(points, wide)[wide[kept]]
    color = 0.6 * color + 0.4 * _mean(colors, wide)[wide[kept]]
    color += settings.grain * rng.standard_normal((len(kept), 1)) + 0.25 * settings.grain * rng.standard_normal(
        (len(kept), 3)
    )
    moved = points[kept] + settings.rounding * (middle - points[kept])
    return Seen(moved.astype(np.float32), np.clip(color, 0, 255).astype(np.uint8), ids[kept].astype(np.int32))


def _cells(points: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """A number for the cell of each point, on a grid with a random origin."""
    number = np.zeros(len(points), dtype=np.int64)
    for column, start in zip(points.T, rng.uniform(0, size, 3), strict=True):
        cell = ((column - (column.min() - start)) * (1 / size)).astype(np.int64)
        number = number * (int(cell.max()) + 1) + cell
    return number


def _mean(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Mean of the rows of each group."""
    count = np.bincount(group)
    return np.stack([np.bincount(group, weights=column) / count for column in values.T], axis=1)
