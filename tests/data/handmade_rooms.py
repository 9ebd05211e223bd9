"""Rooms of boxes built by hand, 6 m along x and 5 m along y, with a floor (id 0) and walls (ids 1 to 4)."""

from dataclasses import dataclass

import numpy as np

from less3d.data.rooms.room import Room, RoomObject
from less3d.scan import Scan

RGB = {"brown": (110, 75, 45), "black": (20, 20, 20), "white": (245, 245, 245), "red": (200, 20, 25)}
RGB |= {"blue": (30, 60, 200), "green": (30, 150, 50), "gray": (128, 128, 128), None: (128, 128, 128)}
NORTH, SOUTH, WEST, EAST = 90, -90, 180, 0


@dataclass(frozen=True)
class Box:
    """A box at (x, y) with its bottom at z; facing in degrees."""

    id: int
    category: str
    x: float
    y: float
    size: tuple[float, float, float] = (0.5, 0.5, 0.8)
    z: float = 0.0
    facing: float | None = None
    support: int | None = 0
    color: str | None = "brown"
    material: str | None = None
    shape: str | None = None


SHELL = (
    Box(0, "floor", 3, 2.5, (6, 5, 0.02), z=-0.02, support=None),
    Box(1, "wall", 3, -0.05, (6, 0.1, 2.4), facing=NORTH, support=None),
    Box(2, "wall", 6.05, 2.5, (0.1, 5, 2.4), facing=WEST, support=None),
    Box(3, "wall", 3, 5.05, (6, 0.1, 2.4), facing=SOUTH, support=None),
    Box(4, "wall", -0.05, 2.5, (0.1, 5, 2.4), facing=EAST, support=None),
)


def room_of(*boxes: Box, yaw: float = 0.0, mirrored: bool = False) -> Room:
    """A room with these boxes, turned by `yaw` radians about the origin, or mirrored in y before."""
    every = (*SHELL, *boxes)
    points = [_points(box, yaw, mirrored) for box in every]
    colors = [
        np.tile(np.array(RGB[box.color], dtype=np.uint8), (len(p), 1)) for box, p in zip(every, points, strict=True)
    ]
    ids = np.concatenate([np.full(len(p), box.id, dtype=np.int32) for box, p in zip(every, points, strict=True)])
    objects = tuple(_described(box, p, yaw, mirrored) for box, p in zip(every, points, strict=True))
    labels = {box.id: box.category for box in every}
    scan = Scan(np.concatenate(points), np.concatenate(colors), instances=ids, labels=labels)
    return Room("handmade", "office", 0, scan, objects)


def _points(box: Box, yaw: float, mirrored: bool) -> np.ndarray:
    unit = np.array([(i, j, k) for i in (-0.5, 0, 0.5) for j in (-0.5, 0, 0.5) for k in (0, 0.5, 1)])
    points = unit * box.size + (box.x, box.y, box.z)
    if mirrored:
        points[:, 1] *= -1
    cos, sin = np.cos(yaw), np.sin(yaw)
    turned = np.stack(
        [points[:, 0] * cos - points[:, 1] * sin, points[:, 0] * sin + points[:, 1] * cos, points[:, 2]], 1
    )
    return turned.astype(np.float32)


def _described(box: Box, points: np.ndarray, yaw: float, mirrored: bool) -> RoomObject:
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    facing = None
    if box.facing is not None:
        facing = float(np.radians(-box.facing if mirrored else box.facing) + yaw)
    center, size = (low + high) / 2, high - low
    return RoomObject(
        instance=box.id,
        category=box.category,
        center=(float(center[0]), float(center[1]), float(center[2])),
        size=(float(size[0]), float(size[1]), float(size[2])),
        facing=facing,
        color=box.color,
        material=box.material,
        shape=box.shape,
        support=box.support,
        visible_points=500,
    )


def random_boxes(rng: np.random.Generator) -> list[Box]:
    """Furniture at random places without deep overlaps, things on tables and things on walls."""
    boxes: list[Box] = []
    kinds = ("chair", "office chair", "desk", "table", "bed", "cabinet", "trash can", "lamp", "couch", "stool", "box")
    drawn = [str(kind) for kind in rng.choice(kinds, rng.integers(3, 6), replace=False)]
    for _ in range(40):
        size = tuple(float(v) for v in rng.uniform((0.4, 0.4, 0.3), (1.6, 0.9, 1.5)))
        x, y = rng.uniform(0.9, 5.1), rng.uniform(0.9, 4.1)
        free = all(
            abs(x - b.x) > (size[0] + b.size[0]) / 2 + 0.02 or abs(y - b.y) > (size[1] + b.size[1]) / 2 + 0.02
            for b in boxes
        )
        if free and len(boxes) < 11:
            color = str(rng.choice(["brown", "black", "white", "red", "blue"]))
            facing = float(rng.choice([0, 90, 180, -90])) if rng.random() < 0.7 else None
            boxes.append(
                Box(10 + len(boxes), str(rng.choice(drawn)), float(x), float(y), size, facing=facing, color=color)
            )
    tables = [box for box in boxes if box.category in ("desk", "table", "cabinet")]
    for table in tables[:3]:
        x = table.x + float(rng.uniform(-0.3, 0.3)) * table.size[0]
        boxes.append(Box(40 + table.id, "bottle", x, table.y, (0.1, 0.1, 0.25), z=table.size[2], support=table.id))
    for index in range(int(rng.integers(1, 5))):
        x = float(0.8 + 1.4 * index + rng.uniform(-0.2, 0.2))
        boxes.append(
            Box(80 + index, "picture", x, 4.97, (0.5, 0.05, 0.5), z=1.4, facing=SOUTH, support=3, color="blue")
        )
    boxes.append(Box(90, "door", 5.97, float(rng.uniform(1, 4)), (0.05, 0.9, 2.0), facing=WEST, support=0))
    boxes.append(Box(91, "window", float(rng.uniform(1, 5)), 0.03, (1.2, 0.05, 1.0), z=1.0, facing=NORTH, support=1))
    return boxes
