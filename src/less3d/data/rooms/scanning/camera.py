"""A depth camera's images: which surface point each pixel sees, how far away, and how obliquely.

A pinhole camera with x to the right, y down and z forward. Points are drawn as squares that cover their share of the
surface, nearest first; each pixel then meets the plane of the point it shows, so that depth is exact on flat surfaces
however coarse the points are.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32, Int32

from less3d.data.rooms.surface import DENSITY, Surface

COLUMNS, ROWS = 128, 96
NEAREST, FARTHEST = 0.4, 4.5
"""Range of the sensor, metres."""
NOTHING = -1
_HALF_WIDTH, _HALF_HEIGHT = np.tan(np.deg2rad(60.0) / 2), np.tan(np.deg2rad(47.0) / 2)
_FOCAL = (np.float32(COLUMNS / 2 / _HALF_WIDTH), np.float32(ROWS / 2 / _HALF_HEIGHT))
_SPACING = 1.5 / DENSITY**0.5
"""What a point covers, metres: more than its share, so that nothing behind shines through."""
_LARGEST = 6
"""Pixels a side that the nearest points are drawn with."""
_CELL = 0.4
_INDEX_BITS = 24


@dataclass(frozen=True, eq=False)
class Image:
    """What one frame shows, each (ROWS, COLUMNS)."""

    index: Int32[np.ndarray, "H W"]
    """Number of the surface point, `NOTHING` where none is."""
    depth: Float32[np.ndarray, "H W"]
    """Along the optical axis, metres; 0 where nothing is."""
    incidence: Float32[np.ndarray, "H W"]
    """Cosine between the ray and the surface's normal."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A surface sorted into cubes, so that a view looks only at those that may be in it."""

    order: np.ndarray
    points: np.ndarray
    normals: np.ndarray
    offsets: np.ndarray
    """Of each point's plane: normal times point."""
    centers: np.ndarray
    counts: np.ndarray

    @staticmethod
    def of(surface: Surface) -> "Scene":
        """Sort a surface."""
        low = surface.points.min(axis=0)
        cell = ((surface.points - low) * np.float32(1 / _CELL)).astype(np.int32)
        extent = cell.max(axis=0) + 1
        number = (cell[:, 0] * extent[1] + cell[:, 1]) * extent[2] + cell[:, 2]
        order = np.argsort(number, kind="stable")
        counts = np.bincount(number)
        used = np.flatnonzero(counts)
        corner = np.stack(np.unravel_index(used, tuple(extent)), axis=1)
        points, normals = surface.points[order], surface.normals[order]
        offsets = np.einsum("ij,ij->i", points, normals)
        return Scene(order, points, normals, offsets, low + (corner + 0.5) * _CELL, counts[used])

    def framed(self, position: Float32[np.ndarray, "3"], rotation: Float32[np.ndarray, "3 3"]) -> np.ndarray:
        """Which cubes may reach into the view of a camera, boolean."""
        x, y, z = rotation @ (self.centers - position).T
        radius = _CELL * 3**0.5 / 2
        beside = np.abs(x) < z * _HALF_WIDTH + radius * (1 + _HALF_WIDTH**2) ** 0.5
        above = np.abs(y) < z * _HALF_HEIGHT + radius * (1 + _HALF_HEIGHT**2) ** 0.5
        return (z > NEAREST - radius) & (z < FARTHEST + radius) & beside & above


def rotation_of(yaw: float, pitch: float, roll: float = 0.0) -> Float32[np.ndarray, "3 3"]:
    """Rows are the camera's right, down and forward in the room; angles in radians, pitch up, yaw from x to y."""
    forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.array([np.sin(yaw), -np.cos(yaw), 0.0])
    down = np.cross(forward, right)
    cos, sin = np.cos(roll), np.sin(roll)
    return np.array([cos * right + sin * down, cos * down - sin * right, forward], dtype=np.float32)


@cache
def rays() -> Float32[np.ndarray, "P 3"]:
    """Direction of each pixel, row by row, in the camera's frame, with z = 1."""
    columns = (np.arange(COLUMNS, dtype=np.float32) + 0.5 - COLUMNS / 2) / _FOCAL[0]
    rows = (np.arange(ROWS, dtype=np.float32) + 0.5 - ROWS / 2) / _FOCAL[1]
    grid = np.broadcast_arrays(columns[None, :], rows[:, None], np.ones((1, 1)))
    return np.stack(grid, axis=-1).reshape(-1, 3).astype(np.float32)


def render(scene: Scene, position: Float32[np.ndarray, "3"], rotation: Float32[np.ndarray, "3 3"]) -> Image:
    """The image of a scene from a place; surfaces that turn their back are not in it."""
    framed = np.flatnonzero(np.repeat(scene.framed(position, rotation), scene.counts))
    chosen = framed[np.take(scene.normals, framed, axis=0) @ position > np.take(scene.offsets, framed)]
    x, y, z = rotation @ (np.take(scene.points, chosen, axis=0) - position).T
    inside = np.flatnonzero(
        (z > NEAREST / 2) & (z < FARTHEST) & (np.abs(x) < z * _HALF_WIDTH) & (np.abs(y) < z * _HALF_HEIGHT)
    )
    chosen, z = chosen[inside], z[inside]
    column = x[inside] / z * _FOCAL[0] + np.float32(COLUMNS / 2)
    row = y[inside] / z * _FOCAL[1] + np.float32(ROWS / 2)
    shown = _nearest(column, row, z, chosen)
    return _image(scene, shown, position, rotation)


def _nearest(column: np.ndarray, row: np.ndarray, z: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """For each pixel, the sorted number of the nearest point drawn there; `NOTHING` without one."""
    key = ((z * np.float32(1e4)).astype(np.int64) << _INDEX_BITS) | chosen
    side = np.clip(np.ceil(_SPACING * _FOCAL[0] / z + np.float32(0.5)), 1, _LARGEST).astype(np.int32)
    nothing = np.iinfo(np.int64).max
    edge = _LARGEST  # room for squares that reach out of the image
    canvas = np.full((ROWS + 2 * edge) * (COLUMNS + 2 * edge), nothing)
    for size in range(1, _LARGEST + 1):
        mine = np.flatnonzero(side == size)
        left = np.floor(column[mine] - np.float32((size - 1) / 2)).astype(np.int64) + edge
        top = np.floor(row[mine] - np.float32((size - 1) / 2)).astype(np.int64) + edge
        corner, own = top * (COLUMNS + 2 * edge) + left, key[mine]
        for down in range(size):
            for right in range(size):
                np.minimum.at(canvas, corner + (down * (COLUMNS + 2 * edge) + right), own)
    canvas = canvas.reshape(ROWS + 2 * edge, COLUMNS + 2 * edge)[edge:-edge, edge:-edge]
    return np.where(canvas == nothing, NOTHING, canvas & ((1 << _INDEX_BITS) - 1)).astype(np.int32)


def _image(scene: Scene, shown: np.ndarray, position: np.ndarray, rotation: np.ndarray) -> Image:
    """Meet each pixel's ray with the plane of its point; where they meet too far from the point, nothing is seen."""
    pixel = np.flatnonzero(shown.ravel() != NOTHING)
    point = shown.ravel()[pixel]
    ray = rays()[pixel] @ rotation
    normal, offset = scene.normals[point], scene.points[point] - position
    slope = np.minimum(np.einsum("ij,ij->i", ray, normal), np.float32(-1e-4))
    depth = np.einsum("ij,ij->i", offset, normal) / slope
    away = ray * depth[:, None] - offset
    reach = np.float32(_SPACING) + depth / _FOCAL[0]
    good = (np.einsum("ij,ij->i", away, away) < reach**2) & (depth > NEAREST) & (depth < FARTHEST)
    index = np.full(ROWS * COLUMNS, NOTHING, dtype=np.int32)
    depths, incidence = np.zeros((2, ROWS * COLUMNS), dtype=np.float32)
    index[pixel[good]] = scene.order[point[good]]
    depths[pixel[good]] = depth[good]
    incidence[pixel] = -slope / np.sqrt(np.einsum("ij,ij->i", ray, ray))
    incidence[index == NOTHING] = 0
    shape = (ROWS, COLUMNS)
    return Image(index.reshape(shape), depths.reshape(shape), incidence.reshape(shape))
