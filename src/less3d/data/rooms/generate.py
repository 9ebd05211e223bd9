"""`make_room`: layout, shell, scan and the description of every object, from one seed."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from less3d.data.rooms.colors import dominant_color
from less3d.data.rooms.furniture import Catalogue
from less3d.data.rooms.kinds import KIND_SHARES
from less3d.data.rooms.layout import Item, Layout, draw_kind, draw_layout
from less3d.data.rooms.light import Light
from less3d.data.rooms.placing import FLOOR
from less3d.data.rooms.plan import Plan
from less3d.data.rooms.room import STRUCTURE, Room, RoomObject
from less3d.data.rooms.scanning.complete import complete_surfaces
from less3d.data.rooms.scanning.sampler import SampleSettings, sample_surfaces, viewpoints_in
from less3d.data.rooms.scanning.scan import ScanSettings, scan_room
from less3d.data.rooms.scanning.seen import Seen
from less3d.data.rooms.shell import Element, build_shell
from less3d.data.rooms.surface import Surface, concatenate
from less3d.errors import InputError
from less3d.scan import NO_INSTANCE, Scan

Scanner = Literal["fused", "sampled", "complete"]
"""How rooms are scanned: as an RGB-D camera does; fast, for tests; or not at all, all surfaces having points."""

_FEWEST_POINTS = 60
_MOST_POINTS = 110_000
_LOSS = {
    "mirror": 0.45,
    "window": 0.3,
    "tv": 0.25,
    "monitor": 0.15,
    "shower door": 0.5,
    "whiteboard": 0.1,
    "picture": 0.05,
}
_UNNAMED = frozenset({"object"})
"""Annotated in real scans, but nobody refers to it: its points have no instance here."""
_NO_FRONT = frozenset(
    {"trash can", "recycling bin", "plant", "potted plant", "lamp", "stool", "ottoman", "box", "bag", "ball", "cup",
     "bottle", "bucket", "coffee table", "table", "end table", "dining table", "pillow", "towel", "clothes", "basket",
     "laundry hamper", "laundry basket", "trash bin", "storage bin", "toilet paper", "mat", "bowl", "plate", "column",
     "pillar", "shoes", "backpack", "suitcase", "book", "paper", "papers", "blanket", "clothing", "jacket"}
)  # fmt: skip


def make_room(seed: int, *, catalogue: Catalogue, kind: str | None = None, scanner: Scanner = "fused") -> Room:
    """Make one room; the same seed, catalogue and scanner always give the same room.

    Args:
        seed: decides everything.
        catalogue: where the furniture comes from.
        kind: one of `KIND_SHARES`, drawn when None.
        scanner: "fused" carries an RGB-D camera through the room and fuses its frames; "sampled" takes the surfaces'
            visible points, several times faster and less like a real scan; "complete" takes hidden ones, too.

    Raises:
        InputError: when the kind is not known.
    """
    if kind is not None and kind not in KIND_SHARES:
        raise InputError(f"a kind of room is one of {', '.join(KIND_SHARES)}, got {kind!r}")
    rng = np.random.default_rng([seed, 0x1E553D])
    drawn = draw_kind(rng)
    layout = draw_layout(kind or drawn, catalogue, rng)
    things = _things(layout, build_shell(layout.plan, rng))
    seen = _scan(things, layout.plan, scanner, rng)
    placed, yaw = _turned_and_centered(seen, rng)
    return _describe(seed, layout.kind, placed, things, yaw)


@dataclass(frozen=True, eq=False)
class _Thing:
    """Anything with an instance id: a part of the building or an item of furniture."""

    category: str
    surface: Surface
    facing: float | None
    material: str | None
    shape: str | None
    support: int | None


def _things(layout: Layout, shell: list[Element]) -> list[_Thing]:
    """Shell and items in the order of their instance ids, which count from 0: the floor is 0."""
    things, wall_ids = [], {}
    for element in shell:
        if element.category == "wall":
            wall_ids[element.wall] = len(things)
        support = wall_ids.get(element.wall) if element.category == "doorframe" else None
        things.append(_Thing(element.category, element.surface, element.facing, None, None, support))
    first = len(things)
    for item in layout.items:
        things.append(_thing_of(item, first, wall_ids))
    return things


def _thing_of(item: Item, first: int, wall_ids: dict[int | None, int]) -> _Thing:
    piece = item.piece
    facing = None if piece.category in _NO_FRONT else item.yaw
    surface = piece.surface.transformed(yaw=item.yaw, translation=item.position)
    support = _support_id(item, first, wall_ids)
    return _Thing(piece.category, surface, facing, piece.material, piece.shape, support)


def _support_id(item: Item, first: int, wall_ids: dict[int | None, int]) -> int | None:
    if item.support is None:
        return wall_ids.get(item.wall)
    return 0 if item.support == FLOOR else first + item.support


def _scan(things: list[_Thing], plan: Plan, scanner: Scanner, rng: np.random.Generator) -> Seen:
    """Scan everything, then cut the scan off raggedly where it was not continued."""
    surface = concatenate([thing.surface for thing in things])
    counts = [len(thing.surface) for thing in things]
    ids = np.repeat(np.arange(len(things), dtype=np.int32), counts)
    loss = np.repeat(np.array([_LOSS.get(thing.category, 0.0) for thing in things], dtype=np.float32), counts)
    if scanner == "fused":
        settings, light = ScanSettings.draw(rng), Light.draw(rng)
        seen = scan_room(surface, ids, loss, plan, settings=settings, light=light, rng=rng)
    elif scanner == "complete":
        seen = complete_surfaces(surface, ids, light=Light.draw(rng), rng=rng)
    else:
        settings, light = SampleSettings.draw(rng), Light.draw(rng)
        seen = sample_surfaces(surface, ids, loss, viewpoints_in(plan, rng), settings=settings, light=light, rng=rng)
    kept = np.flatnonzero(_inside_crop(seen.points, plan, rng))
    if len(kept) > _MOST_POINTS:
        kept = np.sort(rng.choice(kept, _MOST_POINTS, replace=False))
    return Seen(seen.points[kept], seen.colors[kept], seen.ids[kept])


def _inside_crop(points: np.ndarray, plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """Which points lie before the ragged line where the scan ends beside sides without a wall, and below its top."""
    keep = np.ones(len(points), dtype=bool)
    waves = rng.normal(0, 2.5, (3, 3)).astype(np.float32)
    ragged = np.sin(points @ waves + rng.uniform(0, 6.28, 3).astype(np.float32)).sum(axis=1) / 3
    for wall in plan.walls:
        if not wall.scanned:
            depth = (points[:, :2] - np.array(wall.start, dtype=np.float32)) @ np.array(wall.inward, dtype=np.float32)
            keep &= depth > rng.uniform(-0.1, 0.35) + rng.uniform(0.05, 0.3) * ragged
    top = plan.height - rng.uniform(0, 0.3) + rng.uniform(0.02, 0.25) * ragged
    return keep & ((points[:, 2] < top) | (plan.ceiling & (points[:, 2] > plan.height - 0.1)))


def _turned_and_centered(seen: Seen, rng: np.random.Generator) -> tuple[Seen, float]:
    """The scan turned by any multiple of 90 degrees and a little, sometimes by any angle; its middle at x = y = 0."""
    small = rng.normal(0, np.deg2rad(4.0)) if rng.random() < 0.7 else rng.uniform(-np.pi / 4, np.pi / 4)
    yaw = float(rng.integers(4) * np.pi / 2 + small)
    cos, sin = np.float32(np.cos(yaw)), np.float32(np.sin(yaw))
    points = seen.points.copy()
    points[:, 0] = seen.points[:, 0] * cos - seen.points[:, 1] * sin
    points[:, 1] = seen.points[:, 0] * sin + seen.points[:, 1] * cos
    middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
    points[:, :2] -= middle + rng.normal(0, 0.2, 2).astype(np.float32)
    return replace(seen, points=points), yaw


def _describe(seed: int, kind: str, seen: Seen, things: list[_Thing], yaw: float) -> Room:
    """Measure every object on its visible points; those hardly seen lose their id."""
    counts = np.bincount(seen.ids[seen.ids >= 0], minlength=len(things))
    named = [
        index
        for index, thing in enumerate(things)
        if counts[index] >= _FEWEST_POINTS and thing.category not in _UNNAMED
    ]
    known = np.full(len(things), NO_INSTANCE, dtype=np.int32)
    known[named] = named
    order = np.argsort(seen.ids, kind="stable")
    starts = int((seen.ids < 0).sum()) + np.concatenate([[0], np.cumsum(counts)])
    objects = []
    for index in named:
        mine = order[starts[index] : starts[index + 1]]
        objects.append(_measured(index, things[index], seen.points[mine], seen.colors[mine], yaw, known))
    labels = {index: things[index].category for index in named}
    instances = np.where(seen.ids < 0, np.int32(NO_INSTANCE), known[seen.ids])
    scan = Scan(seen.points, seen.colors, instances=instances, labels=labels)
    return Room(f"room_{seed:05d}", kind, seed, scan, tuple(objects))


def _measured(
    index: int, thing: _Thing, points: np.ndarray, colors: np.ndarray, yaw: float, known: np.ndarray
) -> RoomObject:
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    center, size = (low + high) / 2, high - low
    facing = None if thing.facing is None else float((thing.facing + yaw + np.pi) % (2 * np.pi) - np.pi)
    support = None if thing.support is None or known[thing.support] < 0 else thing.support
    return RoomObject(
        instance=index,
        category=thing.category,
        center=(float(center[0]), float(center[1]), float(center[2])),
        size=(float(size[0]), float(size[1]), float(size[2])),
        facing=facing,
        color=dominant_color(colors),
        material=None if thing.category in STRUCTURE else thing.material,
        shape=thing.shape,
        support=support,
        visible_points=len(points),
    )
