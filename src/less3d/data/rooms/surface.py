"""`Surface`: colored points with normals, and how painted solids are sampled into one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Shaped, UInt8

from less3d.data.rooms.shapes.paint import Number, Paint
from less3d.data.rooms.shapes.solids import Part, Point, normals_and_areas, rotation
from less3d.data.rooms.shapes.texture import shade

DENSITY = 2700.0
"""Points per square meter: one every two centimetres."""

MINIMUM_POINTS = 320
"""A small thing gets at least this many points."""


@dataclass(frozen=True, eq=False)
class Surface:
    """M points in meters with outward unit normals and colors. A sheet has points for each of its two sides."""

    points: Float32[np.ndarray, "M 3"]
    normals: Float32[np.ndarray, "M 3"]
    colors: UInt8[np.ndarray, "M 3"]

    def __len__(self) -> int:
        return len(self.points)

    def transformed(self, *, yaw: float = 0.0, translation: Point = (0.0, 0.0, 0.0)) -> "Surface":
        """The surface turned counter-clockwise around z by `yaw` radians, then shifted."""
        turn = rotation(yaw).astype(np.float32)
        return Surface(
            self.points @ turn.T + np.array(translation, dtype=np.float32), self.normals @ turn.T, self.colors
        )

    def stretched(self, factors: Float64[np.ndarray, "3"], shift: Float64[np.ndarray, "3"]) -> "Surface":
        """The surface scaled about the origin by positive factors along x, y and z, then shifted."""
        points = self.points * factors.astype(np.float32) + shift.astype(np.float32)
        if np.allclose(factors, 1):
            return Surface(points, self.normals, self.colors)
        normals = self.normals / factors.astype(np.float32)
        normals /= np.sqrt(np.einsum("ij,ij->i", normals, normals))[:, None]
        return Surface(points, normals, self.colors)

    def chosen(self, which: Shaped[np.ndarray, " K"]) -> "Surface":
        """The points a boolean mask or an index array chooses."""
        return Surface(self.points[which], self.normals[which], self.colors[which])


def concatenate(surfaces: Sequence[Surface]) -> Surface:
    """All points of several surfaces, in order."""
    return Surface(
        np.concatenate([surface.points for surface in surfaces]),
        np.concatenate([surface.normals for surface in surfaces]),
        np.concatenate([surface.colors for surface in surfaces]),
    )


def sample(
    parts: Sequence[Part], rng: np.random.Generator, *, density: Number = DENSITY, minimum: int = MINIMUM_POINTS
) -> Surface:
    """Points spread evenly by area over painted solids: `density` a square meter, at least `minimum` in all."""
    corners = np.concatenate([part.vertices[part.triangles] for part in parts])  # (T, 3, 3)
    normals, areas = normals_and_areas(corners)
    reached = np.cumsum(areas)
    count = max(minimum, round(density * reached[-1]))
    places = (np.arange(count) + rng.random(count)) * (reached[-1] / count)
    triangle = np.minimum(np.searchsorted(reached, places, side="right"), len(reached) - 1)
    weights = _in_triangle(rng, count)
    points = _at(corners, triangle, weights)
    ends = np.cumsum([len(part.triangles) for part in parts])
    starts = np.concatenate([[0], np.searchsorted(triangle, ends)])
    own = _in_own_frames(parts, points, triangle, weights, starts, ends)
    return Surface(points, normals.astype(np.float32)[triangle], shade(own, starts, parts, rng))


def sample_quad(
    corner: Point, first: Point, second: Point, paint: Paint, rng: np.random.Generator, *, density: Number = DENSITY
) -> Surface:
    """Points over the parallelogram spanned by two edges from a corner; its front is the side of first x second."""
    corners = np.array([np.zeros(3), first, np.add(first, second), second], dtype=np.float64) + corner
    part = Part(corners, np.array([[0, 1, 2], [0, 2, 3]]), paint, own=corners)
    return sample([part], rng, density=density, minimum=1)


def _in_triangle(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Even barycentric places, two arrays of length `count`: a plane-filling sequence, any run of which is even."""
    index = np.arange(count)
    u = (index * 0.7548776662466927 + rng.random()) % 1.0
    v = (index * 0.5698402909980532 + rng.random()) % 1.0
    outside = u + v > 1
    return np.where(outside, 1 - u, u).astype(np.float32), np.where(outside, 1 - v, v).astype(np.float32)


def _at(corners: np.ndarray, triangle: np.ndarray, weights: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Points at barycentric places of triangles, (count, 3) float32."""
    start = corners[:, 0].astype(np.float32)
    points = np.take((corners[:, 1] - corners[:, 0]).astype(np.float32), triangle, axis=0)
    points *= weights[0][:, None]
    second = np.take((corners[:, 2] - corners[:, 0]).astype(np.float32), triangle, axis=0)
    second *= weights[1][:, None]
    points += second
    points += np.take(start, triangle, axis=0)
    return points


def _in_own_frames(
    parts: Sequence[Part],
    points: np.ndarray,
    triangle: np.ndarray,
    weights: tuple[np.ndarray, np.ndarray],
    starts: np.ndarray,
    ends: np.ndarray,
) -> np.ndarray:
    """The same points where they were before their parts were moved, (count, 3) float32."""
    own = points.copy()
    for part, start, stop, end in zip(parts, starts[:-1], starts[1:], ends, strict=True):
        if part.own is not part.vertices and stop > start:
            local = triangle[start:stop] - (end - len(part.triangles))
            own[start:stop] = _at(part.own[part.triangles], local, (weights[0][start:stop], weights[1][start:stop]))
    return own
