"""Furnishing a room: the rules of its kind carried out one by one, each thing where it fits without collisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from less3d.data.rooms.fitted import BUILT_IN
from less3d.data.rooms.furniture import Catalogue, Piece
from less3d.data.rooms.kinds import KIND_SHARES, Rule, recipe
from less3d.data.rooms.placing import FLOOR, box_rows, corners, overlaps, resting_heights
from less3d.data.rooms.plan import Opening, Plan, draw_plan
from less3d.data.rooms.poses import Anchor, Spot, candidate_spots, turned
from less3d.data.rooms.statistics import draw_size

_TRIES = 40
_MOST_ITEMS = 42
_ROUNDS = 3
"""How often a recipe is gone through while a room is too empty for its area; single things come once."""
_SAME_MODEL = 0.85
_GENEROSITY = 1.35
"""Some rules fail for want of room; so each is tried more often than its chance says."""
_DOOR_SWING = 0.8


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


def draw_layout(kind: str, catalogue: Catalogue, rng: np.random.Generator) -> Layout:
    """A room of a kind with furniture, doors and windows."""
    plan = draw_plan(kind, rng)
    room = _Furnishing(plan, catalogue, rng)
    room.put_openings()
    crowding = float(np.clip(rng.normal(1.1, 0.35), 0.5, 2.0))
    for round_number in range(_ROUNDS):
        for rule in recipe(kind):
            if round_number == 0 or rule.near or rule.count[1] > 1:
                room.carry_out(rule, crowding)
        if len(room.items) >= max(6.0, plan.area):
            break
    return Layout(kind, plan, tuple(room.items))


@dataclass(eq=False)
class _Furnishing:
    """A room while it is being furnished."""

    plan: Plan
    catalogue: Catalogue
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
        if self.rng.random() > 1 - (1 - rule.chance) ** _GENEROSITY:
            return
        low, high = rule.count
        wanted = max(low, round(self.rng.integers(low, high + 1) * crowding))
        if rule.place == "built in":
            for _ in range(min(wanted, high)):
                self._build_in(rule.category[0])
            return
        known = [name for name in rule.category if name in self.catalogue.categories]
        if known:
            self._put_alike(known[int(self.rng.integers(len(known)))], rule, wanted)

    def _put_alike(self, category: str, rule: Rule, wanted: int) -> None:
        """Several of a class, mostly of one model; where one does not fit, a smaller one may."""
        piece, size = self._new_piece(category, rule)
        for number in range(wanted):
            if len(self.items) >= _MOST_ITEMS:
                return
            if number and self.rng.random() > _SAME_MODEL:
                piece, size = self._new_piece(category, rule)
            if not self._put(piece, size, rule):
                piece, size = self._new_piece(category, rule, shrink=0.8)
                self._put(piece, size, rule)

    def _new_piece(self, category: str, rule: Rule, *, shrink: float = 1.0) -> tuple[Piece, tuple[float, float, float]]:
        size = draw_size(category, self.rng)
        if size is not None:
            size = (size[0] * shrink, size[1] * shrink, size[2])
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

    def _build_in(self, name: str) -> None:
        """Built-in furniture: its base goes to a wall, everything else where the base is."""
        fittings = BUILT_IN[name](self.catalogue, self.rng, self.plan.height)
        base = fittings[0]
        if not self._put(base.piece, base.size, Rule((name,), "wall")):
            return
        first = len(self.items) - 1
        placed = self.items[first]
        for fitting in fittings[1:]:
            x, y = turned(fitting.forward, fitting.sideways, placed.yaw)
            place = (placed.position[0] + x, placed.position[1] + y, fitting.bottom)
            support = fitting.support if fitting.support in (None, FLOOR) else first + fitting.support
            self.items.append(Item(fitting.piece, place, placed.yaw, fitting.size, support, placed.wall))


def _outline(rows: np.ndarray) -> np.ndarray:
    """Corners and side middles of footprints, shape (K, 8, 2)."""
    four = corners(rows)
    return np.concatenate([four, (four + np.roll(four, 1, axis=1)) / 2], axis=1)
