"""Where a rule's place words put a thing: candidate spots, best guesses first come, first served."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from less3d.data.rooms.placing import FLOOR
from less3d.data.rooms.plan import Plan, Wall
from less3d.data.rooms.statistics import draw, scene_statistics

Size = tuple[float, float, float]

_AT_THE_BACK = frozenset({"pillow", "monitor", "tv", "lamp", "desk lamp", "telephone", "computer tower", "speaker"})
_MOUNT_HEIGHTS = {"tv": (1.1, 1.3, 1.6), "sink": (0.6, 0.65, 0.7), "towel": (0.8, 1.1, 1.4), "cabinet": (1.2, 1.4, 1.6)}


@dataclass(frozen=True)
class Spot:
    """A pose to try: place, yaw, lowest height, what carries it, and which items it may run into."""

    x: float
    y: float
    yaw: float
    bottom: float = 0.0
    support: int | None = FLOOR
    wall: int | None = None
    may_touch: tuple[int, ...] = ()

    def at_height(self, bottom: float) -> "Spot":
        """The same spot, higher or lower."""
        return replace(self, bottom=bottom)


@dataclass(frozen=True, eq=False)
class Anchor:
    """An item that something is put by: its index, class, box row, wall and support."""

    index: int
    category: str
    row: np.ndarray
    wall: int | None
    support: int | None


def turned(x: float, y: float, yaw: float) -> tuple[float, float]:
    """A vector of the plane turned counter-clockwise."""
    cos, sin = float(np.cos(yaw)), float(np.sin(yaw))
    return x * cos - y * sin, x * sin + y * cos


def candidate_spots(
    place: str,
    category: str,
    size: Size,
    plan: Plan,
    anchors: Sequence[Anchor],
    rng: np.random.Generator,
    *,
    tries: int,
) -> list[Spot]:
    """Up to `tries` spots for a thing of a size at a place, in the order to try them."""
    if place in _BY_ANCHOR:
        if not anchors:
            return []
        return [
            _BY_ANCHOR[place](category, size, plan, anchors[int(rng.integers(len(anchors)))], rng) for _ in range(tries)
        ]
    spots = [_IN_ROOM[place](category, size, plan, rng) for _ in range(tries)]
    return [spot for spot in spots if spot is not None]


def _at_wall(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """Back to a wall, now and then a little askew or away from it."""
    index, wall = _pick_wall(plan, size[1], rng)
    if wall is None:
        return None
    room = max(wall.length - size[1], 0.0)
    return _against(index, wall, size[1] / 2 + room * rng.random(), size, rng)


def _in_corner(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """Back to a wall, close to one of its ends."""
    index, wall = _pick_wall(plan, size[1], rng)
    if wall is None:
        return None
    inset = size[1] / 2 + min(rng.exponential(0.08), 0.5)
    return _against(index, wall, inset if rng.random() < 0.5 else wall.length - inset, size, rng)


def _against(index: int, wall: Wall, along: float, size: Size, rng: np.random.Generator) -> Spot:
    gap = 0.02 + min(float(rng.exponential(0.05)), 0.3)
    out = size[0] / 2 + gap
    x = wall.start[0] + wall.along[0] * along + wall.inward[0] * out
    y = wall.start[1] + wall.along[1] * along + wall.inward[1] * out
    askew = float(rng.normal(0, 0.02) if rng.random() < 0.85 else rng.normal(0, 0.25))
    return Spot(x, y, wall.yaw + askew, wall=index)


def _free(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """Anywhere on the floor; mostly square to the walls."""
    x, y = _floor_point(plan, rng)
    yaw = rng.integers(4) * np.pi / 2 + rng.normal(0, 0.08) if rng.random() < 0.6 else rng.uniform(-np.pi, np.pi)
    return Spot(x, y, float(yaw))


def _center(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """Near the middle of the room, along its long side."""
    low_x, low_y, high_x, high_y = plan.bounds
    spread = rng.normal(0, 0.1, 2)
    x = (low_x + high_x) / 2 + spread[0] * (high_x - low_x)
    y = (low_y + high_y) / 2 + spread[1] * (high_y - low_y)
    long_y = (high_y - low_y) > (high_x - low_x)
    yaw = (0.0 if long_y else np.pi / 2) + rng.normal(0, 0.04)
    return Spot(float(x), float(y), float(yaw))


def _rows(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """On a grid of lines that all face the low-x wall, as in a classroom."""
    low_x, low_y, high_x, high_y = plan.bounds
    pitch = size[0] + 0.95
    line = low_x + 1.2 + pitch * rng.integers(0, max(int((high_x - low_x - 1.6) / pitch), 1) + 1)
    seats = max(int((high_y - low_y - 0.5) / (size[1] + 0.06)), 1)
    seat = low_y + 0.35 + (size[1] + 0.06) * (0.5 + rng.integers(seats))
    return Spot(float(line), float(seat), float(rng.normal(0, 0.02)))


def _mounted(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """On a wall, at the height its class hangs at."""
    index, wall = _pick_wall(plan, size[1], rng, unscanned=0.0)
    if wall is None:
        return None
    row = scene_statistics().classes.get(category)
    heights = _MOUNT_HEIGHTS.get(category) or (row.bottom if row is not None else (1.0, 1.3, 1.6))
    bottom = draw(heights, float(rng.normal(0, 0.8)))
    return _on_wall(index, wall, float(rng.uniform(0.0, wall.length)), bottom, size, plan)


def _at_window(category: str, size: Size, plan: Plan, rng: np.random.Generator) -> Spot | None:
    """Over or under a window."""
    windows = [
        (index, wall, opening)
        for index, wall in enumerate(plan.walls)
        for opening in wall.openings
        if opening.category == "window"
    ]
    if not windows:
        return None
    index, wall, window = windows[int(rng.integers(len(windows)))]
    if category == "radiator":
        along, bottom = (window.left + window.right) / 2 + rng.normal(0, 0.1), rng.uniform(0.05, 0.15)
    else:
        low = max(0.05, window.top + 0.1 - size[2])
        side = rng.choice([window.left, window.right, (window.left + window.right) / 2])
        along, bottom = side + rng.normal(0, 0.05), low
    spot = _on_wall(index, wall, float(along), float(bottom), size, plan)
    out = 0.1 if category in ("curtain", "blinds") else 0.05
    return replace(spot, x=spot.x + wall.inward[0] * out, y=spot.y + wall.inward[1] * out)


def _on_wall(index: int, wall: Wall, along: float, bottom: float, size: Size, plan: Plan) -> Spot:
    out = size[0] / 2 + 0.005
    x = wall.start[0] + wall.along[0] * along + wall.inward[0] * out
    y = wall.start[1] + wall.along[1] * along + wall.inward[1] * out
    bottom = max(min(bottom, plan.height - size[2] - 0.03), 0.03)
    return Spot(x, y, wall.yaw, float(bottom), support=None, wall=index)


def _beside(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """Left or right of the anchor, backs in line."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    side = rng.choice([-1.0, 1.0]) * (half_width + size[1] / 2 + 0.04 + min(rng.exponential(0.06), 0.4))
    forward = -half_depth + size[0] / 2 + abs(rng.normal(0, 0.03))
    shift = turned(float(forward), float(side), yaw)
    return Spot(x + shift[0], y + shift[1], float(yaw + rng.normal(0, 0.02)), wall=anchor.wall)


def _front(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """Before the anchor and facing it, pushed a little under it or drawn away."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    forward = half_depth + size[0] / 2 + rng.uniform(-0.28, 0.35)
    room = max(half_width - size[1] / 2, 0.0)
    shift = turned(float(forward), float(rng.uniform(-room, room)), yaw)
    facing = yaw + np.pi + _restless(rng)
    return Spot(x + shift[0], y + shift[1], float(facing), may_touch=(anchor.index,))


def _ahead(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """Before the anchor, facing as it does: a keyboard before a monitor, a coffee table before a couch."""
    x, y, yaw, half_depth, _ = anchor.row[:5]
    on_top = anchor.support is not None and anchor.support != FLOOR
    reach = rng.uniform(0.03, 0.2) if on_top else rng.uniform(0.2, 0.5)
    shift = turned(float(half_depth + size[0] / 2 + reach), float(rng.normal(0, 0.08)), yaw)
    touch = (anchor.support,) if on_top and anchor.support is not None else ()
    return Spot(x + shift[0], y + shift[1], float(yaw + rng.normal(0, 0.04)), support=anchor.support, may_touch=touch)


def _around(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """At one of the anchor's four sides and facing it."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    across_width = rng.random() < half_width / (half_width + half_depth)
    half_out, half_along = (half_depth, half_width) if across_width else (half_width, half_depth)
    out_yaw = yaw + (0.0 if across_width else np.pi / 2) + (np.pi if rng.random() < 0.5 else 0.0)
    near = (-0.25, 0.3) if anchor.category != "coffee table" else (0.15, 0.8)
    forward = half_out + size[0] / 2 + rng.uniform(*near)
    room = max(half_along - size[1] / 2, 0.0)
    shift = turned(float(forward), float(rng.uniform(-room, room)), out_yaw)
    return Spot(x + shift[0], y + shift[1], float(out_yaw + np.pi + _restless(rng)), may_touch=(anchor.index,))


def _on(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """On the anchor, at its back for things that belong there; facing as it does, roughly."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    room_x, room_y = max(half_depth - size[0] / 2, 0.0), max(half_width - size[1] / 2, 0.0)
    back = category in _AT_THE_BACK
    forward = rng.uniform(-room_x, room_x * (-0.2 if back else 1.0))
    shift = turned(float(forward), float(rng.uniform(-room_y, room_y)), yaw)
    askew = rng.normal(0, 0.1) if back or rng.random() < 0.6 else rng.uniform(-np.pi, np.pi)
    return Spot(
        x + shift[0], y + shift[1], float(yaw + askew), support=anchor.index, wall=None, may_touch=(anchor.index,)
    )


def _under(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """On the floor beneath the anchor."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    room_x, room_y = max(half_depth - size[0] / 2, 0.0), max(half_width - size[1] / 2 - 0.05, 0.0)
    shift = turned(float(rng.uniform(-room_x, room_x)), float(rng.choice([-1, 1]) * rng.uniform(0.5, 1) * room_y), yaw)
    return Spot(x + shift[0], y + shift[1], float(yaw + rng.normal(0, 0.05)), may_touch=(anchor.index,))


def _above(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """On the wall behind the anchor, over it."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    shift = turned(float(-half_depth), float(rng.normal(0, 0.25) * half_width), yaw)
    top = float(anchor.row[6])
    if anchor.wall is None:
        return Spot(x, y, yaw, bottom=plan.height + 1.0)
    wall = plan.walls[anchor.wall]
    relative = np.array([x + shift[0], y + shift[1]]) - wall.start
    along = float(relative @ np.array(wall.along))
    bottom = top + float(rng.uniform(0.05, 0.35))
    return _on_wall(anchor.wall, wall, along, bottom, size, plan)


def _along(category: str, size: Size, plan: Plan, anchor: Anchor, rng: np.random.Generator) -> Spot:
    """Hanging at the anchor's front edge: a shower curtain at a bathtub."""
    x, y, yaw, half_depth, half_width = anchor.row[:5]
    room = max(half_width - size[1] / 2, 0.0)
    shift = turned(float(half_depth), float(rng.choice([-1, 1]) * room), yaw)
    return Spot(
        x + shift[0], y + shift[1], yaw, float(rng.uniform(0.05, 0.3)), None, anchor.wall, may_touch=(anchor.index,)
    )


def _pick_wall(
    plan: Plan, width: float, rng: np.random.Generator, *, unscanned: float = 0.4
) -> tuple[int, Wall | None]:
    """A wall at least `width` long, longer ones more often and those that were not scanned less often."""
    lengths = np.array([wall.length if wall.length > width else 0.0 for wall in plan.walls])
    lengths *= np.array([1.0 if wall.scanned else unscanned for wall in plan.walls])
    if not lengths.any():
        return 0, None
    index = int(rng.choice(len(lengths), p=lengths / lengths.sum()))
    return index, plan.walls[index]


def _floor_point(plan: Plan, rng: np.random.Generator) -> tuple[float, float]:
    areas = np.array([(c - a) * (d - b) for a, b, c, d in plan.rectangles])
    low_x, low_y, high_x, high_y = plan.rectangles[int(rng.choice(len(areas), p=areas / areas.sum()))]
    return float(rng.uniform(low_x, high_x)), float(rng.uniform(low_y, high_y))


def _restless(rng: np.random.Generator) -> float:
    """How far a chair is turned from what it stands at."""
    return float(rng.normal(0, 0.12) if rng.random() < 0.7 else rng.normal(0, 0.7))


_IN_ROOM: dict[str, Callable[[str, Size, Plan, np.random.Generator], Spot | None]] = {
    "wall": _at_wall,
    "corner": _in_corner,
    "free": _free,
    "center": _center,
    "rows": _rows,
    "mounted": _mounted,
    "window": _at_window,
}
_BY_ANCHOR: dict[str, Callable[[str, Size, Plan, Anchor, np.random.Generator], Spot]] = {
    "beside": _beside,
    "front": _front,
    "ahead": _ahead,
    "around": _around,
    "on": _on,
    "in": _on,
    "in counter": _on,
    "stack": _on,
    "under": _under,
    "above": _above,
    "along": _along,
}
