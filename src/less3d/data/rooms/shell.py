"""The building itself as surfaces: floor, walls with their openings, door frames, ceiling."""

from dataclasses import dataclass

import numpy as np

from less3d.data.rooms.plan import Opening, Plan, Wall
from less3d.data.rooms.shapes.paint import Color, Paint, jitter, pick
from less3d.data.rooms.shapes.solids import box
from less3d.data.rooms.surface import DENSITY, Surface, concatenate, sample, sample_quad

_FLOORS: tuple[tuple[str, tuple[Color, ...]], ...] = (
    ("carpet", ((96, 84, 74), (78, 74, 74), (120, 106, 90), (60, 58, 62), (140, 124, 104), (84, 66, 54), (70, 76, 88))),
    ("wood", ((150, 108, 70), (128, 90, 58), (172, 134, 92), (100, 70, 48), (186, 154, 116), (84, 62, 48))),
    ("tiles", ((160, 148, 132), (190, 182, 170), (120, 112, 104), (96, 86, 76), (206, 198, 186), (140, 120, 98))),
    ("speckle", ((134, 124, 112), (110, 104, 98), (164, 156, 144), (86, 82, 80))),
)
_FLOOR_SHARES = (0.42, 0.3, 0.18, 0.1)
_WALLS: tuple[Color, ...] = (
    (206, 198, 184), (190, 178, 158), (216, 210, 202), (178, 164, 140), (200, 190, 166), (168, 160, 150),
    (150, 152, 152), (160, 172, 180), (186, 190, 172), (208, 190, 146), (140, 120, 98), (196, 186, 178),
)  # fmt: skip
_ACCENTS: tuple[Color, ...] = (
    (120, 60, 48),
    (70, 92, 118),
    (96, 108, 78),
    (148, 112, 76),
    (84, 80, 80),
    (176, 132, 60),
)


@dataclass(frozen=True, eq=False)
class Element:
    """A part of the building: what it is, its surface, and the way it faces (yaw, radians) if it has one."""

    category: str
    surface: Surface
    facing: float | None
    wall: int | None


def build_shell(plan: Plan, rng: np.random.Generator) -> list[Element]:
    """Floor first, then every scanned wall with its door frames, then the ceiling where there is one."""
    floor = _floor_paint(rng)
    elements = [Element("floor", _slab(plan, floor, 0.0, rng, up=True), None, None)]
    paint = Paint(jitter(rng, _WALLS[int(rng.integers(len(_WALLS)))], 0.07), "gradient", None, scale=2.0)
    trim = pick(rng, ((226, 222, 214), (120, 84, 54), (70, 58, 50), (150, 146, 140), floor.rgb), 0.06)
    trim_height = float(rng.uniform(0.06, 0.14)) if rng.random() < 0.8 else 0.0
    accent_wall = int(rng.integers(len(plan.walls))) if rng.random() < 0.22 else -1
    for index, wall in enumerate(plan.walls):
        if not wall.scanned:
            continue
        own = Paint(pick(rng, _ACCENTS), "gradient", None, scale=1.5) if index == accent_wall else paint
        surface = _wall(wall, plan.height, own, rng)
        painted = _with_trim(surface, trim, trim_height, rng)
        elements.append(Element("wall", painted, wall.yaw, index))
        for opening in wall.openings:
            if opening.category == "door" and rng.random() < 0.7:
                elements.append(Element("doorframe", _frame(wall, opening, trim, rng), wall.yaw, index))
    if plan.ceiling:
        white = Paint(jitter(rng, (206, 200, 188), 0.08), "gradient", None, scale=2.0)
        elements.append(Element("ceiling", _slab(plan, white, plan.height, rng, up=False), None, None))
    return elements


def _floor_paint(rng: np.random.Generator) -> Paint:
    style, colors = _FLOORS[int(rng.choice(len(_FLOORS), p=_FLOOR_SHARES))]
    base, seed = pick(rng, colors, 0.1), int(rng.integers(1 << 30))
    if style == "wood":
        return Paint(base, "wood", "wooden", scale=rng.uniform(0.08, 0.2), axis=int(rng.integers(2)), seed=seed)
    if style == "tiles":
        accents = (base, jitter(rng, base, 0.06), jitter(rng, base, 0.1))
        return Paint(base, "checks", "stone", accents, scale=rng.uniform(0.2, 0.6), seed=seed)
    if style == "speckle":
        return Paint(base, "speckle", "stone", (jitter(rng, base, 0.2), jitter(rng, base, 0.2)), scale=0.05, seed=seed)
    if rng.random() < 0.25:
        accents = (base, jitter(rng, base, 0.1))
        return Paint(base, "checks", "fabric", accents, scale=0.5, seed=seed)
    return Paint(base, "fabric", "fabric", scale=rng.uniform(0.1, 0.5), seed=seed)


def _slab(plan: Plan, paint: Paint, height: float, rng: np.random.Generator, *, up: bool) -> Surface:
    """Floor or ceiling over the whole outline."""
    parts = []
    for low_x, low_y, high_x, high_y in plan.rectangles:
        first, second = (high_x - low_x, 0.0, 0.0), (0.0, high_y - low_y, 0.0)
        edges = (first, second) if up else (second, first)
        parts.append(sample_quad((low_x, low_y, height), *edges, paint, rng, density=DENSITY * (1 if up else 0.5)))
    return concatenate(parts)


def _wall(wall: Wall, height: float, paint: Paint, rng: np.random.Generator) -> Surface:
    """The wall's inner face without its openings."""
    along = (wall.along[0] * wall.length, wall.along[1] * wall.length, 0.0)
    face = sample_quad((*wall.start, 0.0), (0.0, 0.0, height), along, paint, rng)
    place = (face.points[:, :2] - np.array(wall.start, dtype=np.float32)) @ np.array(wall.along, dtype=np.float32)
    solid = np.ones(len(face), dtype=bool)
    for opening in wall.openings:
        inside = (place > opening.left) & (place < opening.right)
        solid &= ~(inside & (face.points[:, 2] > opening.bottom) & (face.points[:, 2] < opening.top))
    return face.chosen(solid)


def _with_trim(surface: Surface, color: Color, height: float, rng: np.random.Generator) -> Surface:
    """The wall with a baseboard of another colour."""
    colors = surface.colors.copy()
    low = surface.points[:, 2] < height
    colors[low] = np.clip(np.array(color) + rng.normal(0, 4, (int(low.sum()), 1)), 0, 255).astype(np.uint8)
    return Surface(surface.points, surface.normals, colors)


def _frame(wall: Wall, opening: Opening, color: Color, rng: np.random.Generator) -> Surface:
    """Jambs and head around a door, a hand wide and standing out a little."""
    broad, out = float(rng.uniform(0.06, 0.12)), float(rng.uniform(0.015, 0.05))
    paint = Paint(color)
    sides = ((opening.left - broad, opening.left), (opening.right, opening.right + broad))
    parts = [box((-0.05, out), side, (0.0, opening.top), paint) for side in sides]
    parts.append(
        box((-0.05, out), (opening.left - broad, opening.right + broad), (opening.top, opening.top + broad), paint)
    )
    frame = sample(parts, rng)
    # Local x points into the room and local y along the wall, which is clockwise of it.
    turn = np.array([(*wall.inward, 0), (*wall.along, 0), (0, 0, 1)], dtype=np.float32)
    shift = np.array([*wall.start, 0], dtype=np.float32)
    return Surface(frame.points @ turn + shift, frame.normals @ turn, frame.colors)
