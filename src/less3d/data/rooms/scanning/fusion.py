"""Fusion of depth images into a truncated signed distance volume, and the vertices of its surface.

Curless & Levoy, A Volumetric Method for Building Complex Models from Range Images, SIGGRAPH 1996: each voxel near a
measured surface keeps weighted running averages of its signed distance to what was measured, and of color. Distances
are taken to the plane through a measurement (Bylow et al., RSS 2013), and weights fall off behind it, so that the two
sides of something thin disturb each other little. Free space is not carved: voxels away from a surface stay unseen.

Vertices lie where the distance changes its sign along an edge of the grid, between two voxels both seen. They are
those of marching cubes (Lorensen & Cline, SIGGRAPH 1987), whose table only says how triangles join them; a scan
needs no triangles.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int32

_STEPS = (-0.9, -0.3, 0.3, 0.9)
"""Where along its normal a measurement changes voxels, in voxels."""

_HIT = 0.75
"""Share of the cells a surface crosses in which a decimation finds vertices, about."""


@dataclass(frozen=True, eq=False)
class Measurements:
    """K measured surface points in the room's frame."""

    points: Float32[np.ndarray, "K 3"]
    normals: Float32[np.ndarray, "K 3"]
    colors: Float32[np.ndarray, "K 3"]
    """Red, green, blue, 0 to 255."""
    ids: Int32[np.ndarray, "K"]
    weights: Float32[np.ndarray, "K"]


@dataclass(frozen=True, eq=False)
class Volume:
    """The V voxels of a grid that were seen. A voxel's center is `rotation.T @ (size * (cell + 0.5) + origin)`."""

    size: float
    """Edge of a voxel, metres."""
    rotation: Float32[np.ndarray, "3 3"]
    """From the room's frame to the grid's."""
    origin: Float32[np.ndarray, "3"]
    shape: tuple[int, int, int]
    cells: Int32[np.ndarray, "V"]
    """Number of each voxel in the grid, ascending, last axis fastest."""
    distance: Float32[np.ndarray, "V"]
    """Signed, in voxels, positive before the surface."""
    weight: Float32[np.ndarray, "V"]
    colors: Float32[np.ndarray, "V 3"]
    ids: Int32[np.ndarray, "V"]
    """That of the nearest measurement."""
    nearest: Float32[np.ndarray, "V"]
    """How far that measurement's plane is, in voxels."""


@dataclass(frozen=True, eq=False)
class Vertices:
    """Points on the fused surface, metres, in the room's frame."""

    points: Float32[np.ndarray, "N 3"]
    colors: Float32[np.ndarray, "N 3"]
    ids: Int32[np.ndarray, "N"]


def fuse(measured: Measurements, *, size: float, rotation: Float[np.ndarray, "3 3"]) -> Volume:
    """Fuse measurements into voxels of an edge length in metres, on a grid turned against the room."""
    turn = rotation.astype(np.float32)
    points = (measured.points @ turn.T) * np.float32(1 / size)
    normals = measured.normals @ turn.T
    low = np.floor(points.min(axis=0)) - 2
    points -= low
    width, depth, height = (int(high) + 3 for high in points.max(axis=0))
    shape = (width, depth, height)
    updates = [_update(points, normals, step, shape) for step in _STEPS]
    place = np.zeros(int(np.prod(shape)), dtype=bool)
    for cell, _ in updates:
        place[cell] = True
    cells = np.flatnonzero(place).astype(np.int32)
    number = np.zeros(len(place), dtype=np.int32)
    number[cells] = np.arange(len(cells), dtype=np.int32)
    average = _average(measured, updates, number, len(cells))
    return Volume(size, turn, low * np.float32(size), shape, cells, *average)


def surface_vertices(volume: Volume, *, least_weight: float = 0.0) -> Vertices:
    """Vertices of the fused surface between voxels of more than some weight."""
    seen = np.flatnonzero(volume.weight > least_weight)
    cells, count = volume.cells[seen], int(np.prod(volume.shape))
    number = np.full(count, -1, dtype=np.int32)
    number[cells] = seen
    places, first, second, share = [], [], [], []
    corner = np.stack(np.unravel_index(cells, volume.shape), axis=1)
    start = corner.astype(np.float32) + np.float32(0.5)
    for axis, stride in enumerate((volume.shape[1] * volume.shape[2], volume.shape[2], 1)):
        other = number[np.minimum(cells + stride, count - 1)]
        other[corner[:, axis] == volume.shape[axis] - 1] = -1
        near, far = volume.distance[seen], volume.distance[other]
        crossing = np.flatnonzero((other >= 0) & ((near < 0) != (far < 0)))
        along = near[crossing] / (near[crossing] - far[crossing])
        place = start[crossing]
        place[:, axis] += along
        places.append(place)
        first.append(seen[crossing])
        second.append(other[crossing])
        share.append(along)
    return _between(volume, *(np.concatenate(part) for part in (places, first, second, share)))


def decimated(vertices: Vertices, volume: Volume, *, most: int) -> Vertices:
    """About as many vertices as wanted at most: the mean of those with one id in each cell of a coarser grid.

    Vertex clustering (Rossignac & Borrel, Multi-resolution 3D approximations, 1993).
    """
    count = len(vertices.ids)
    if count <= most:
        return vertices
    size = volume.size * (_HIT * count / most) ** 0.5
    cell = np.floor(vertices.points @ volume.rotation.T * np.float32(1 / size)).astype(np.int64)
    cell -= cell.min(axis=0)
    extent = cell.max(axis=0) + 1
    key = ((cell[:, 0] * extent[1] + cell[:, 1]) * extent[2] + cell[:, 2]) * (int(vertices.ids.max()) + 2)
    _, first, group = np.unique(key + vertices.ids + 1, return_index=True, return_inverse=True)
    points, colors = (
        np.stack([np.bincount(group, column) for column in values.T], axis=1) / np.bincount(group)[:, None]
        for values in (vertices.points, vertices.colors)
    )
    return Vertices(points.astype(np.float32), colors.astype(np.float32), vertices.ids[first])


def _update(
    points: np.ndarray, normals: np.ndarray, step: float, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The voxel each measurement changes at one step along its normal, and its center's distance to the plane."""
    cell = (points + np.float32(step) * normals).astype(np.int32)
    offset = cell + np.float32(0.5)
    offset -= points
    distance = np.einsum("ij,ij->i", offset, normals)
    return (cell[:, 0] * shape[1] + cell[:, 1]) * shape[2] + cell[:, 2], distance


def _average(
    measured: Measurements, updates: list[tuple[np.ndarray, np.ndarray]], number: np.ndarray, count: int
) -> tuple[np.ndarray, ...]:
    """Distance, weight, color, id and nearness of each of `count` voxels."""
    total, distance, shade = np.zeros(count), np.zeros(count), np.zeros((3, count))
    best = np.full(count, np.iinfo(np.int64).max)
    for cell, away in updates:
        voxel = number[cell]
        weight = measured.weights * np.where(away < 0, np.maximum(1 + 0.7 * away, 0.05), 1).astype(np.float32)
        total += np.bincount(voxel, weight, count)
        distance += np.bincount(voxel, weight * away, count)
        for channel in range(3):
            shade[channel] += np.bincount(voxel, weight * measured.colors[:, channel], count)
        np.minimum.at(best, voxel, ((np.abs(away) * 4096).astype(np.int64) << 32) | (measured.ids + 1))
    return (
        (distance / total).astype(np.float32),
        total.astype(np.float32),
        (shade / total).T.astype(np.float32),
        ((best & 0xFFFFFFFF) - 1).astype(np.int32),
        ((best >> 32) / 4096).astype(np.float32),
    )


def _between(volume: Volume, places: np.ndarray, first: np.ndarray, second: np.ndarray, share: np.ndarray) -> Vertices:
    """Vertices a share of the way from the first voxel of each edge to the second."""
    points = (places * np.float32(volume.size) + volume.origin) @ volume.rotation
    colors = volume.colors[first] + share[:, None] * (volume.colors[second] - volume.colors[first])
    nearer = volume.nearest[first] <= volume.nearest[second]
    return Vertices(points, colors, np.where(nearer, volume.ids[first], volume.ids[second]))
