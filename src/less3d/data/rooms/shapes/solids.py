"""Painted solids: the triangle meshes furniture is assembled from. Metres, z up.

Every function returns one `Part` whose triangles turn their front outwards, so that a scanner can tell the side it
sees. Cloth and leaves are sheets with both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from jaxtyping import Float64, Int64

from less3d.data.rooms.shapes.paint import Number, Paint

Interval = tuple[Number, Number]
Point = tuple[Number, Number, Number]


@dataclass(frozen=True)
class Inlay:
    """Another paint inside a box of a part's own frame: a seam, a screen, a pane, a label."""

    low: Point
    high: Point
    paint: Paint


@dataclass(frozen=True, eq=False)
class Part:
    """V corners in meters, T triangles over them (counter-clockwise seen from outside), a paint, and its inlays.

    `own` are the corners as the part was made: patterns and inlays lie in that frame and move with the part.
    """

    vertices: Float64[np.ndarray, "V 3"]
    triangles: Int64[np.ndarray, "T 3"]
    paint: Paint
    own: Float64[np.ndarray, "V 3"]
    inlays: tuple[Inlay, ...] = ()

    def moved(self, x: Number = 0, y: Number = 0, z: Number = 0) -> "Part":
        """The part shifted by (x, y, z)."""
        return replace(self, vertices=self.vertices + np.array([x, y, z]))

    def turned(self, angle: float, *, axis: int = 2) -> "Part":
        """The part turned counter-clockwise by `angle` radians around the x, y or z axis (0, 1, 2)."""
        return replace(self, vertices=self.vertices @ rotation(angle, axis).T)

    def scaled(self, x: Number = 1, y: Number = 1, z: Number = 1) -> "Part":
        """The part stretched about the origin by positive factors, its pattern laid on anew."""
        stretched = self.vertices * (x, y, z)
        return replace(self, vertices=stretched, own=stretched)

    def inlaid(self, x: Interval, y: Interval, z: Interval, paint: Paint) -> "Part":
        """The part with another paint on what lies between six planes of its own frame."""
        inlay = Inlay((x[0], y[0], z[0]), (x[1], y[1], z[1]), paint)
        return replace(self, inlays=(*self.inlays, inlay))

    def faced(self, y: Interval, z: Interval, paint: Paint, *, depth: float = 0.004) -> "Part":
        """The part with a rectangle of another paint on its front (its highest x, to a `depth` in meters)."""
        front = float(self.own[:, 0].max())
        return self.inlaid((front - depth, front + 0.001), y, z, paint)


def span(one: Number, other: Number) -> Interval:
    """The interval between two numbers, whichever is larger."""
    return (one, other) if one < other else (other, one)


def rotation(angle: float, axis: int = 2) -> Float64[np.ndarray, "3 3"]:
    """Matrix that turns column vectors counter-clockwise by `angle` radians around the x, y or z axis (0, 1, 2)."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.eye(3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix[first, first] = matrix[second, second] = cos
    matrix[first, second], matrix[second, first] = -sin, sin
    return matrix


def box(x: Interval, y: Interval, z: Interval, paint: Paint, *, without: tuple[str, ...] = ()) -> Part:
    """The box between six planes, without the sides that nobody can see ("-x", "+z" and so on)."""
    low, high = np.array([x[0], y[0], z[0]]), np.array([x[1], y[1], z[1]])
    corners, triangles = _unit_box(without)
    return _painted(low + corners * (high - low), triangles, paint)


def soft_box(x: Interval, y: Interval, z: Interval, paint: Paint, *, roundness: Number = 0.4, detail: int = 5) -> Part:
    """A cushion: a box with soft edges, from a box (`roundness` 0) to an ellipsoid (1)."""
    low, high = np.array([x[0], y[0], z[0]]), np.array([x[1], y[1], z[1]])
    corners, triangles = _unit_cushion(detail, round(roundness, 1))
    return _painted((low + high) / 2 + corners * (high - low) / 2, triangles, paint)


def tube(
    start: Point, end: Point, radius: float, paint: Paint, *, end_radius: float | None = None, sides: int = 8
) -> Part:
    """A cylinder, or a cone frustum when `end_radius` is given, between two points."""
    return pipe((start, end), radius, paint, end_radius=end_radius, sides=sides)


def pipe(
    path: Sequence[Point] | Float64[np.ndarray, "K 3"],
    radius: float,
    paint: Paint,
    *,
    end_radius: float | None = None,
    sides: int = 8,
) -> Part:
    """A bent rod along `path`; its radius goes evenly from `radius` to `end_radius`."""
    line = np.asarray(path, dtype=np.float64)
    tangents = np.gradient(line, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True) + 1e-12
    reference = np.eye(3)[int(np.abs(tangents).sum(axis=0).argmin())]
    side = np.cross(tangents, reference)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-12
    up = np.cross(tangents, side)
    angles = np.arange(sides) * 2 * np.pi / sides
    radii = np.linspace(radius, radius if end_radius is None else end_radius, len(line))[:, None, None]
    circle = side[:, None] * np.cos(angles)[:, None] + up[:, None] * np.sin(angles)[:, None]
    return loft(line[:, None] + radii * circle, paint)


def lathe(profile: Sequence[tuple[Number, Number]], paint: Paint, *, at: Point = (0, 0, 0), sides: int = 16) -> Part:
    """A body turned around the z axis through `at`; `profile` lists (radius, height) from bottom to top, both caps on.

    A profile that goes up outside and comes down inside makes a bowl.
    """
    outline = np.asarray(profile, dtype=np.float64)
    angles = np.arange(sides) * 2 * np.pi / sides
    circle = np.stack([np.cos(angles), np.sin(angles), np.zeros(sides)], axis=-1)
    rings = outline[:, :1, None] * circle + outline[:, 1:, None] * np.array([0.0, 0.0, 1.0])
    return loft(rings + np.asarray(at, dtype=np.float64), paint)


def ring(x: Interval, y: Interval, z: Number, *, square: Number = 2.0, sides: int = 20) -> Float64[np.ndarray, "S 3"]:
    """A closed level curve in a rectangle: an ellipse (`square` 2), a rounded rectangle (about 5), or between."""
    angles = (np.arange(sides) + 0.5) * 2 * np.pi / sides
    cos, sin = np.cos(angles), np.sin(angles)
    scale = (np.abs(cos) ** square + np.abs(sin) ** square) ** (-1 / square)
    across = (x[0] + x[1]) / 2 + (x[1] - x[0]) / 2 * cos * scale
    along = (y[0] + y[1]) / 2 + (y[1] - y[0]) / 2 * sin * scale
    return np.stack([across, along, np.full(sides, z)], axis=1)


def loft(rings: Sequence[np.ndarray] | np.ndarray, paint: Paint) -> Part:
    """The skin over K rings of S points each, (K, S, 3), closed with a fan at the first and the last ring.

    Rings run counter-clockwise seen from the last ring towards the first, as `ring` makes them from bottom to top.
    """
    stack = np.asarray(rings, dtype=np.float64)
    count, sides = stack.shape[:2]
    vertices = np.concatenate([stack.reshape(-1, 3), stack[:1].mean(axis=1), stack[-1:].mean(axis=1)])
    return _painted(vertices, _loft_triangles(count, sides), paint)


def prism(outline: Float64[np.ndarray, "S 2"], z: Interval, paint: Paint) -> Part:
    """A counter-clockwise outline that is star-shaped around its mean, extruded between two heights."""
    rings = [np.column_stack([outline, np.full(len(outline), height)]) for height in z]
    return loft(rings, paint)


def sheet(grid: Float64[np.ndarray, "A B 3"], paint: Paint, *, both_sides: bool = True) -> Part:
    """A bent sheet over a grid of points; its front is where the first axis turns counter-clockwise to the second."""
    rows, columns = grid.shape[:2]
    triangles = _sheet_triangles(rows, columns, both_sides)
    return _painted(np.asarray(grid, dtype=np.float64).reshape(-1, 3), triangles, paint)


def sheets(grids: Float64[np.ndarray, "K A B 3"], paint: Paint) -> Part:
    """Many bent sheets as one part, each with both of its sides."""
    count, rows, columns = grids.shape[:3]
    triangles = _sheet_triangles(rows, columns, True)
    shifts = np.arange(count)[:, None, None] * rows * columns
    return _painted(grids.reshape(-1, 3), (triangles + shifts).reshape(-1, 3), paint)


def lens(x: Interval, y: Interval, z: Interval, paint: Paint, *, corners: float = 0.06, detail: int = 9) -> Part:
    """A stuffed pillow: thick in the middle, thin at the seam, its four corners drawn out by `corners`."""
    steps = np.linspace(-1, 1, detail)
    u, v = np.meshgrid(steps, steps, indexing="ij")
    bulge = ((1 - u**4) * (1 - v**4)) ** 0.5
    pulled = 1 - corners * (2 - np.abs(u) ** 2 - np.abs(v) ** 2) * np.maximum(np.abs(u), np.abs(v)) ** 2
    center = np.array([sum(x), sum(y), sum(z)]) / 2
    half = np.array([x[1] - x[0], y[1] - y[0], z[1] - z[0]]) / 2
    upper = center + half * np.stack([u * pulled, v * pulled, bulge], axis=-1)
    lower = center + half * np.stack([u * pulled, v * pulled, -bulge], axis=-1)
    front = _grid_triangles(detail, detail)
    triangles = np.concatenate([front, front[:, ::-1] + detail * detail])
    return _painted(np.concatenate([upper.reshape(-1, 3), lower.reshape(-1, 3)]), triangles, paint)


def mirrored(part: Part, axis: int = 1) -> Part:
    """The part and its fronts reflected in the plane through the origin across an axis."""
    signs = np.ones(3)
    signs[axis] = -1
    return replace(part, vertices=part.vertices * signs, triangles=part.triangles[:, ::-1].copy())


def bounds(parts: Sequence[Part]) -> tuple[Float64[np.ndarray, "3"], Float64[np.ndarray, "3"]]:
    """Lowest and highest coordinates over all parts."""
    corners = np.concatenate([part.vertices for part in parts])
    return corners.min(axis=0), corners.max(axis=0)


def normals_and_areas(
    corners: Float64[np.ndarray, "T 3 3"],
) -> tuple[Float64[np.ndarray, "T 3"], Float64[np.ndarray, "T"]]:
    """Unit normals and areas of triangles given by their corners; a triangle without area gets a zero normal."""
    (x1, y1, z1), (x2, y2, z2) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    normals = np.stack([y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2], axis=1)
    doubled = np.sqrt(np.einsum("ij,ij->i", normals, normals))
    return normals / np.maximum(doubled, 1e-12)[:, None], doubled / 2


def _painted(vertices: np.ndarray, triangles: np.ndarray, paint: Paint) -> Part:
    return Part(vertices, triangles, paint, own=vertices)


@cache
def _unit_box(without: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)], dtype=np.float64)
    sides = {"-x": (0, 1, 3, 2), "+x": (4, 6, 7, 5), "-y": (0, 4, 5, 1), "+y": (2, 3, 7, 6), "-z": (0, 2, 6, 4),
             "+z": (1, 5, 7, 3)}  # fmt: skip
    return corners, _split(np.array([quad for side, quad in sides.items() if side not in without]))


@cache
def _unit_cushion(detail: int, roundness: Number) -> tuple[np.ndarray, np.ndarray]:
    """A subdivided cube in -1..1 whose corners are pulled in, as a superellipsoid's are."""
    steps = np.linspace(-1, 1, detail + 1)
    first, second = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    faces, triangles = [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            face = np.empty((len(first), 3))
            face[:, axis], face[:, (axis + 1) % 3], face[:, (axis + 2) % 3] = sign, sign * first, second
            triangles.append(_grid_triangles(detail + 1, detail + 1) + len(faces) * len(first))
            faces.append(face)
    points = np.concatenate(faces)
    exponent = 2 / max(roundness, 0.08)
    norm = (np.abs(points) ** exponent).sum(axis=1, keepdims=True) ** (1 / exponent)
    return points / norm, np.concatenate(triangles)


@cache
def _loft_triangles(count: int, sides: int) -> np.ndarray:
    start = np.arange(count - 1)[:, None] * sides
    here, after = np.arange(sides), (np.arange(sides) + 1) % sides
    quads = np.stack([start + here, start + after, start + sides + after, start + sides + here], axis=-1)
    bottom, top = count * sides, count * sides + 1
    lower = np.stack([after, here, np.full(sides, bottom)], axis=-1)
    last = (count - 1) * sides
    upper = np.stack([last + here, last + after, np.full(sides, top)], axis=-1)
    return np.concatenate([_split(quads.reshape(-1, 4)), lower, upper])


@cache
def _sheet_triangles(rows: int, columns: int, both_sides: bool) -> np.ndarray:
    front = _grid_triangles(rows, columns)
    return np.concatenate([front, front[:, ::-1]]) if both_sides else front


def _grid_triangles(rows: int, columns: int) -> np.ndarray:
    index = np.arange(rows * columns).reshape(rows, columns)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    return _split(quads.reshape(-1, 4))


def _split(quads: np.ndarray) -> np.ndarray:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
