"""Furnishing a room: the rules of its kind carried out one by one, each thing where it fits without collisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from less3d.data.rooms.furniture import Piece
from less3d.data.rooms.kinds import KIND_SHARES, Rule, recipe
from less3d.data.rooms.placing import box_rows, corners, overlaps, resting_heights
from less3d.data.rooms.plan import Opening, Plan, draw_plan
from less3d.data.rooms.poses import Anchor, Spot, candidate_spots, turned
from less3d.data.rooms.statistics import draw, draw_size, scene_statistics

FLOOR = -1
"""`Item.support` of what stands on the floor."""
_TRIES = 40
_MOST_ITEMS = 42
_SAME_MODEL = 0.85
_DOOR_SWING = 0.8


@runtime_checkable
class Pieces(Protocol):
    """What the layout needs of a furniture catalogue."""

    @property
    def categories(self) -> tuple[str, ...]:
        """The classes it has."""
        ...

    def piece(
        self, category: str, rng: np.random.Generator, *, size: tuple[float, float, float] | None = None
    ) -> Piece:
        """One piece of a class, of (depth, width, height) when asked."""
        ...


@dataclass(frozen=True, eq=False)
class Item:
    """A piece at its place in the room's own frame: metres, radians."""

    piece: Piece
    position: tuple[float, float, float]
    yaw: float
    size: tuple[float, float, float]
    """Depth, width, height along the piece's own axes."""
    support: int | None
    """Index of the item that carries it, `FLOOR`, or None when a wall does."""
    wall: int | None
    """Index of the wall it hangs on or stands against."""

    @property
    def row(self) -> np.ndarray:
        """The box as `placing` writes it, shape (7,)."""
        pose = np.array([[self.position[0], self.position[1], self.yaw]])
        return box_rows(pose, self.size, self.position[2])[0]


@dataclass(frozen=True, eq=False)
class Layout:
    """A furnished room."""

    kind: str
    plan: Plan
    items: tuple[Item, ...]


def draw_kind(rng: np.random.Generator) -> str:
    """A kind of room, as often as real scans show it."""
    shares = np.array(list(KIND_SHARES.values()))
    return list(KIND_SHARES)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def draw_layout(kind: str, catalogue: Pieces, rng: np.random.Generator) -> Layout:
    """A room of a kind with furniture, doors and windows."""
    plan = draw_plan(kind, rng)
    room = _Furnishing(plan, catalogue, rng)
    room.put_openings()
    crowding = float(np.clip(rng.normal(1.0, 0.35), 0.35, 1.8))
    for rule in recipe(kind):
        room.carry_out(rule, crowding)
    return Layout(kind, plan, tuple(room.items))


@dataclass(eq=False)
class _Furnishing:
    """A room while it is being furnished."""

    plan: Plan
    catalogue: Pieces
    rng: np.random.Generator
    items: list[Item] = field(default_factory=list)
    kept_free: list[np.ndarray] = field(default_factory=list)
    """Boxes that nothing may stand in: before doors, on windows."""

    def put_openings(self) -> None:
        """Hang the doors and windows of the plan, and keep their surroundings free."""
        for index, wall in enumerate(self.plan.walls):
            for opening in wall.openings:
                self._hang(index, opening)

    def carry_out(self, rule: Rule, crowding: float) -> None:
        """Put what a rule asks for, as far as it fits."""
        if self.rng.random() > rule.chance:
            return
        if rule.place == "run":
            for _ in range(int(self.rng.integers(rule.count[0], rule.count[1] + 1))):
                self._kitchen_run()
            return
        known = [name for name in rule.category if name in self.catalogue.categories]
        if not known:
            return
        category = known[int(self.rng.integers(len(known)))]
        low, high = rule.count
        wanted = int(np.clip(round(self.rng.integers(low, high + 1) * crowding), low, high))
        piece, size = None, (0.0, 0.0, 0.0)
        for _ in range(wanted):
            if len(self.items) >= _MOST_ITEMS:
                return
            if piece is None or self.rng.random() > _SAME_MODEL:
                piece, size = self._new_piece(category, rule)
            self._put(piece, size, rule)

    def _new_piece(self, category: str, rule: Rule) -> tuple[Piece, tuple[float, float, float]]:
        size = draw_size(category, self.rng)
        if size is not None and rule.long > max(size[:2]):
            size = (min(size[0] * 1.15, 1.6), rule.long * self.rng.uniform(1.0, 1.9), size[2])
        if category in ("table", "desk", "dining table") and size is not None and rule.place != "wall":
            size = (size[0], size[1], float(np.clip(size[2], 0.68, 0.82)))
        if size is not None and size[2] > self.plan.height:
            size = (size[0], size[1], self.plan.height)
        piece = self.catalogue.piece(category, self.rng, size=size)
        extent = np.ptp(piece.surface.points, axis=0)
        return piece, (float(extent[0]), float(extent[1]), float(extent[2]))

    def _put(self, piece: Piece, size: tuple[float, float, float], rule: Rule) -> bool:
        """Place one piece by a rule; False when nowhere is free."""
        anchors = self._anchors(rule.near)
        if rule.near and not anchors:
            return False
        spots = candidate_spots(rule.place, piece.category, size, self.plan, anchors, self.rng, tries=_TRIES)
        if rule.place in ("on", "in", "in counter", "stack", "ahead"):
            spots = self._lifted(spots, size, inside=rule.place == "in", rest_on_floor=rule.place == "ahead")
        if rule.place == "in counter":
            spots = [spot.at_height(spot.bottom - 0.8 * size[2]) for spot in spots]
        return self._settle(piece, size, spots)

    def _settle(self, piece: Piece, size: tuple[float, float, float], spots: Sequence[Spot]) -> bool:
        """Put the piece at the first spot that is inside the room and free."""
        if not spots:
            return False
        poses = np.array([(spot.x, spot.y, spot.yaw) for spot in spots])
        rows = box_rows(poses, size, np.array([spot.bottom for spot in spots]))
        inside = self.plan.holds(_outline(rows), margin=0.12).all(axis=1) & (rows[:, 6] < self.plan.height + 0.1)
        hits = overlaps(rows, np.array([*(item.row for item in self.items), *self.kept_free]).reshape(-1, 7))
        for spot, row, fits, hit in zip(spots, rows, inside, hits, strict=True):
            hit[list(spot.may_touch)] = False
            if fits and not hit.any():
                place = (float(row[0]), float(row[1]), float(row[5]))
                self.items.append(Item(piece, place, spot.yaw, size, spot.support, spot.wall))
                return True
        return False

    def _anchors(self, categories: tuple[str, ...]) -> list[Anchor]:
        return [
            Anchor(index, item.piece.category, item.row, item.wall, item.support)
            for index, item in enumerate(self.items)
            if item.piece.category in categories
        ]

    def _lifted(
        self, spots: Sequence[Spot], size: tuple[float, float, float], *, inside: bool, rest_on_floor: bool
    ) -> list[Spot]:
        """The spots set down on what carries them; those without enough below them are left out."""
        lifted = []
        for spot in spots:
            if spot.support is None or spot.support == FLOOR:
                lifted += [spot] if rest_on_floor else []
                continue
            below = self.items[spot.support]
            x, y = turned(spot.x - below.position[0], spot.y - below.position[1], -below.yaw)
            turn = spot.yaw - below.yaw
            cos, sin = abs(np.cos(turn)), abs(np.sin(turn))
            half_x = 0.45 * (size[0] * cos + size[1] * sin)
            half_y = 0.45 * (size[0] * sin + size[1] * cos)
            footprint = (x - half_x, y - half_y, x + half_x, y + half_y)
            levels = resting_heights(below.piece.surface, footprint, inside=inside)
            levels = [height for height, free in levels if free > 0.9 * size[2]]
            if levels:
                height = levels[int(self.rng.integers(len(levels)))]
                lifted.append(spot.at_height(below.position[2] + height))
            if len(lifted) >= 6:
                break
        return lifted

    def _hang(self, wall_index: int, opening: Opening) -> None:
        """A door or window in its opening, with room to swing kept free."""
        wall = self.plan.walls[wall_index]
        middle = (opening.left + opening.right) / 2
        x = wall.start[0] + wall.along[0] * middle
        y = wall.start[1] + wall.along[1] * middle
        width = opening.right - opening.left
        is_door = opening.category == "door"
        thickness = float(self.rng.uniform(0.04, 0.08) if is_door else self.rng.uniform(0.06, 0.16))
        size = (thickness, width, min(opening.top, self.plan.height) - opening.bottom)
        depth = _DOOR_SWING if is_door else 0.03
        keep = np.array([[x + wall.inward[0] * depth / 2, y + wall.inward[1] * depth / 2, wall.yaw]])
        self.kept_free.append(box_rows(keep, (depth, width, size[2]), opening.bottom)[0])
        if opening.category not in self.catalogue.categories:
            return
        piece = self.catalogue.piece(opening.category, self.rng, size=size)
        yaw, place = wall.yaw, (x - wall.inward[0] * 0.02, y - wall.inward[1] * 0.02, opening.bottom)
        if is_door and self.rng.random() < 0.2:
            yaw, place = self._swung(wall_index, opening)
        support = FLOOR if is_door else None
        self.items.append(Item(piece, place, yaw, size, support, wall_index))

    def _swung(self, wall_index: int, opening: Opening) -> tuple[float, tuple[float, float, float]]:
        """Yaw and place of a door that stands open into the room."""
        wall = self.plan.walls[wall_index]
        angle = float(self.rng.uniform(0.5, 1.9))
        hinge = np.array(wall.start) + np.array(wall.along) * opening.left
        leaf = np.cos(angle) * np.array(wall.along) + np.sin(angle) * np.array(wall.inward)
        middle = hinge + leaf * (opening.right - opening.left) / 2
        return wall.yaw + angle, (float(middle[0]), float(middle[1]), opening.bottom)

    def _kitchen_run(self) -> None:
        """Base cabinets under a counter along a wall, sink and stove in it, cabinets above."""
        cabinet = _first_known(self.catalogue, "kitchen cabinets", "kitchen cabinet", "cabinet")
        counter = _first_known(self.catalogue, "kitchen counter", "counter")
        if cabinet is None or counter is None:
            return
        row = scene_statistics().classes[counter]
        long = float(np.clip(draw(row.long, self.rng.normal()), 1.2, 3.4))
        base = (0.6, long, float(self.rng.uniform(0.8, 0.88)))
        if not self._put(self.catalogue.piece(cabinet, self.rng, size=base), base, Rule((cabinet,), "wall")):
            return
        below = len(self.items) - 1
        self._add_on(below, counter, (0.64, long + 0.02, float(self.rng.uniform(0.04, 0.1))), base[2], 0.01, 0.0)
        top = len(self.items) - 1 if len(self.items) - 1 > below else below
        top_height = base[2] + (self.items[top].size[2] if top > below else 0.0)
        sideways = float(self.rng.uniform(-0.35, 0.35)) * (long - 0.7)
        self._add_on(top, "sink", (0.46, 0.56, 0.2), top_height - 0.17, 0.02, sideways)
        if self.rng.random() < 0.75:
            upper = (0.35, long * self.rng.uniform(0.5, 1.0), min(0.75, self.plan.height - 1.42))
            if upper[2] > 0.3:
                self._add_on(below, cabinet, upper, 1.42, -0.125, 0.0, hung=True)
        if self.rng.random() < 0.7:
            self._put_beside("stove", below)
            self._put_beside("dishwasher", below)

    def _add_on(
        self,
        below: int,
        category: str,
        size: tuple[float, float, float],
        bottom: float,
        forward: float,
        sideways: float,
        *,
        hung: bool = False,
    ) -> None:
        """Something at a fixed place in the frame of the item it belongs to."""
        if category not in self.catalogue.categories:
            return
        base = self.items[below]
        x, y = turned(forward, sideways, base.yaw)
        place = (base.position[0] + x, base.position[1] + y, bottom)
        piece = self.catalogue.piece(category, self.rng, size=size)
        support = None if hung else below
        self.items.append(Item(piece, place, base.yaw, size, support, base.wall))

    def _put_beside(self, category: str, anchor: int) -> None:
        if category not in self.catalogue.categories:
            return
        piece, size = self._new_piece(category, Rule((category,), "beside"))
        row = self.items[anchor]
        anchors = [Anchor(anchor, row.piece.category, row.row, row.wall, row.support)]
        self._settle(piece, size, candidate_spots("beside", category, size, self.plan, anchors, self.rng, tries=_TRIES))


def _outline(rows: np.ndarray) -> np.ndarray:
    """Corners and side middles of footprints, shape (K, 8, 2)."""
    four = corners(rows)
    return np.concatenate([four, (four + np.roll(four, 1, axis=1)) / 2], axis=1)


def _first_known(catalogue: Pieces, *names: str) -> str | None:
    return next((name for name in names if name in catalogue.categories), None)
