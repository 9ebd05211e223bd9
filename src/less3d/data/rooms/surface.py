"""`Surface`: coloured points with normals, and how painted solids are sampled into one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Shaped, UInt8

from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.solids import Part, Point, rotation
from less3d.data.rooms.shapes.texture import shade

DENSITY = 2700.0
"""Points per square metre: one every two centimetres."""

MINIMUM_POINTS = 320
"""A small thing gets at least this many points."""


@dataclass(frozen=True, eq=False)
class Surface:
    """M points in metres with outward unit normals and colours. A sheet has points for each of its two sides."""

    points: Float32[np.ndarray, "M 3"]
    normals: Float32[np.ndarray, "M 3"]
    colors: UInt8[np.ndarray, "M 3"]

    def __len__(self) -> int:
        return len(self.points)

    def transformed(self, *, yaw: float = 0.0, translation: Point = (0.0, 0.0, 0.0)) -> "Surface":
        """The surface turned counter-clockwise around z by `yaw` radians, then shifted."""
        turn = rotation(yaw).astype(np.float32)
        return Surface(self.points @ turn.T + np.float32(translation), self.normals @ turn.T, self.colors)

    def fitted(self, low: Point, high: Point) -> "Surface":
        """The surface stretched so that its bounding box is the box from `low` to `high`; flat axes are only moved."""
        start, extent = self.points.min(axis=0), np.ptp(self.points, axis=0)
        target = np.float32(high) - np.float32(low)
        factors = np.where(extent > 1e-6, target / np.maximum(extent, 1e-6), 1).astype(np.float32)
        normals = self.normals / np.maximum(factors, 1e-6)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        return Surface((self.points - start) * factors + np.float32(low), normals, self.colors)

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
    parts: Sequence[Part], rng: np.random.Generator, *, density: float = DENSITY, minimum: int = MINIMUM_POINTS
) -> Surface:
    """Points spread evenly by area over painted solids: `density` a square metre, at least `minimum` in all."""
    corners = np.concatenate([part.vertices[part.triangles] for part in parts])  # (T, 3, 3)
    own = np.concatenate([part.own[part.triangles] for part in parts])  # (T, 3, 3)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(normals, axis=1)
    reached = np.cumsum(doubled)
    count = max(minimum, round(density * reached[-1] / 2))
    places = (np.arange(count) + rng.random(count)) * (reached[-1] / count)
    triangle = np.minimum(np.searchsorted(reached, places, side="right"), len(reached) - 1)
    weights = _in_triangle(rng, count)
    parts_end = np.cumsum([len(part.triangles) for part in parts])
    ranges = np.concatenate([[0], np.searchsorted(triangle, parts_end)])
    colors = shade(_at(own, triangle, weights), ranges, parts, rng)
    normals /= np.maximum(doubled, 1e-12)[:, None]
    return Surface(_at(corners, triangle, weights), normals.astype(np.float32)[triangle], colors)


def sample_quad(
    corner: Point, first: Point, second: Point, paint: Paint, rng: np.random.Generator, *, density: float = DENSITY
) -> Surface:
    """Points over the parallelogram spanned by two edges from a corner; its front is the side of first x second."""
    corners = np.array([np.zeros(3), first, np.add(first, second), second], dtype=np.float64) + corner
    part = Part(corners, np.array([[0, 1, 2], [0, 2, 3]]), paint, own=corners)
    return sample([part], rng, density=density, minimum=1)


def _in_triangle(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Even barycentric places, two columns of shape (count, 1): a plane-filling sequence, as any run of it is even."""
    sequence = np.arange(count)[:, None] * np.array([0.7548776662466927, 0.5698402909980532]) + rng.random(2)
    u, v = np.split(sequence.astype(np.float64) % 1.0, 2, axis=1)
    outside = u + v > 1
    return np.where(outside, 1 - u, u).astype(np.float32), np.where(outside, 1 - v, v).astype(np.float32)


def _at(corners: np.ndarray, triangle: np.ndarray, weights: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Points at barycentric places of triangles, (count, 3) float32."""
    start = corners[:, 0].astype(np.float32)
    first, second = corners[:, 1].astype(np.float32) - start, corners[:, 2].astype(np.float32) - start
    return start[triangle] + weights[0] * first[triangle] + weights[1] * second[triangle]
