"""The empty room: its outline, its walls, and the doors and windows cut into them.

Frame: the room's own, metres, walls along x and y, floor at z = 0. The room is turned only after it is furnished.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from less3d.data.rooms.statistics import draw, scene_statistics

_SMALLEST_ROOM = 1.7
_SIZE_FACTOR = {
    "bathroom": 0.68,
    "kitchen": 0.85,
    "bedroom": 0.95,
    "classroom": 1.3,
    "living room": 1.12,
    "lounge": 1.15,
}


@dataclass(frozen=True)
class Opening:
    """A rectangle cut out of a wall: from `left` to `right` along it, from `bottom` to `top` above the floor."""

    category: str
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True)
class Wall:
    """A straight wall seen from inside: it runs from `start` along `along`; `inward` points into the room."""

    start: tuple[float, float]
    along: tuple[float, float]
    length: float
    scanned: bool
    """False where the scan ends before the wall: nothing is built there."""
    openings: tuple[Opening, ...] = ()

    @property
    def inward(self) -> tuple[float, float]:
        """Unit normal into the room: the outline runs counter-clockwise."""
        return -self.along[1], self.along[0]

    @property
    def yaw(self) -> float:
        """The direction of `inward`."""
        return float(np.arctan2(self.inward[1], self.inward[0]))


@dataclass(frozen=True)
class Plan:
    """Outline and height of a room."""

    rectangles: tuple[tuple[float, float, float, float], ...]
    """The floor as a union of (x low, y low, x high, y high)."""
    walls: tuple[Wall, ...]
    height: float
    """Up to where walls are built and scanned."""
    ceiling: bool

    def holds(self, points: Float[np.ndarray, "*n 2"], margin: float = 0.0) -> Bool[np.ndarray, "*n"]:
        """Which points lie over the floor, at most `margin` outside of it."""
        inside = np.zeros(points.shape[:-1], dtype=bool)
        for low_x, low_y, high_x, high_y in self.rectangles:
            x, y = points[..., 0], points[..., 1]
            inside |= (x >= low_x - margin) & (x <= high_x + margin) & (y >= low_y - margin) & (y <= high_y + margin)
        return inside

    @property
    def area(self) -> float:
        """Of the floor, in square metres."""
        return sum((high_x - low_x) * (high_y - low_y) for low_x, low_y, high_x, high_y in self.rectangles)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The outline's box: x low, y low, x high, y high."""
        corners = np.array(self.rectangles)
        low, high = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def draw_plan(kind: str, rng: np.random.Generator) -> Plan:
    """Outline sized as real scans are: mostly one rectangle, often L-shaped, often with a wall or two not scanned."""
    statistics = scene_statistics()
    factor = _SIZE_FACTOR.get(kind, 1.0)
    shared = rng.normal()
    long = draw(statistics.floor_long_side, 0.8 * shared + 0.6 * rng.normal()) * factor
    short = draw(statistics.floor_short_side, 0.8 * shared + 0.6 * rng.normal()) * factor
    if kind == "corridor":
        long, short = 1.25 * long, 0.65 * short
    long, short = max(long, short, _SMALLEST_ROOM), max(min(long, short), _SMALLEST_ROOM)
    size = (long, short) if rng.random() < 0.5 else (short, long)
    rectangles, outline = _outline(*size, rng)
    height = float(np.clip(draw(statistics.height_scanned, rng.normal()), 1.3, 3.0))
    walls = _walls(outline, rng)
    ceiling = height > 2.2 and rng.random() < 0.6
    return Plan(rectangles, tuple(_cut_openings(walls, kind, height, rng)), height, ceiling)


def _outline(width: float, depth: float, rng: np.random.Generator) -> tuple[tuple, np.ndarray]:
    """One rectangle, or two that form an L or a niche; and the corners, counter-clockwise."""
    whole = (0.0, 0.0, width, depth)
    shape = rng.choice(["rectangle", "l", "jog"], p=[0.62, 0.18, 0.20])
    if shape == "rectangle" or min(width, depth) < 2.2:
        return (whole,), np.array([(0, 0), (width, 0), (width, depth), (0, depth)])
    share = (0.3, 0.55) if shape == "l" else (0.07, 0.2)
    cut_x, cut_y = width * rng.uniform(*share), depth * rng.uniform(*share)
    low = (0.0, 0.0, width, depth - cut_y)
    side = (0.0, depth - cut_y, width - cut_x, depth)
    corners = [(0, 0), (width, 0), (width, depth - cut_y), (width - cut_x, depth - cut_y), (width - cut_x, depth)]
    return (low, side), np.array([*corners, (0, depth)])


def _walls(outline: np.ndarray, rng: np.random.Generator) -> list[Wall]:
    """A wall per side. Real scans often miss one or two sides of the room they were taken in."""
    missing = int(rng.choice([0, 1, 2, 3], p=[0.45, 0.3, 0.2, 0.05]))
    unscanned = set(rng.choice(len(outline), size=missing, replace=False).tolist())
    walls = []
    for side, (start, end) in enumerate(zip(outline, np.roll(outline, -1, axis=0), strict=True)):
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        walls.append(
            Wall(
                (float(start[0]), float(start[1])),
                (float(along[0]), float(along[1])),
                length,
                side not in unscanned,
            )
        )
    return walls


def _cut_openings(walls: list[Wall], kind: str, height: float, rng: np.random.Generator) -> list[Wall]:
    """One or two doors, and windows by kind of room, without overlaps."""
    doors = int(rng.choice(3, p=[0.2, 0.63, 0.17])) + (kind == "corridor")
    likely = {"bathroom": 0.15, "corridor": 0.2, "storage": 0.2, "meeting room": 0.5}.get(kind, 0.7)
    windows = int(rng.random() < likely) * int(rng.integers(1, 4 if kind in ("classroom", "lounge") else 3))
    wanted = ["door"] * doors + ["window"] * windows
    for category in wanted:
        scanned = [index for index, wall in enumerate(walls) if wall.scanned and wall.length > 1.2]
        if not scanned:
            break
        index = scanned[int(rng.integers(len(scanned)))]
        opening = _opening(category, walls[index], height, rng)
        if opening is not None:
            walls[index] = replace(walls[index], openings=(*walls[index].openings, opening))
    return walls


def _opening(category: str, wall: Wall, height: float, rng: np.random.Generator) -> Opening | None:
    row = scene_statistics().classes[category]
    if category == "door":
        width, bottom, top = rng.uniform(0.75, 1.1), 0.0, rng.uniform(1.95, 2.15)
    else:
        width = draw(row.long, rng.normal())
        bottom = float(np.clip(draw(row.bottom, rng.normal()), 0.1, 1.3))
        top = bottom + float(np.clip(draw(row.height, rng.normal()), 0.5, 1.9))
    width, top = min(width, wall.length - 0.3), min(top, height - 0.05)
    if width < 0.5 or top - bottom < 0.4:
        return None
    for _ in range(8):
        left = rng.uniform(0.12, wall.length - 0.12 - width)
        if all(left > other.right + 0.12 or left + width < other.left - 0.12 for other in wall.openings):
            return Opening(category, float(left), float(left + width), float(bottom), float(top))
    return None
