"""Toilets, sinks, bathtubs, showers and counters."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Interval, Part, box, lathe, loft, pipe, ring, soft_box, tube
from less3d.data.rooms.shapes.storage import cupboard


def toilet(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A toilet: bowl, seat, and a tank, a flush pipe, or a wall behind it; the lid is up or down."""
    depth, width, height = size
    white = paints.porcelain(rng)
    bowl_height = float(np.clip(height * 0.52, 0.25, 0.45))
    tank = 0.0 if style == "wall-hung" else depth * rng.uniform(0.22, 0.3)
    back = -depth / 2 + tank
    front, half = depth / 2, width * rng.uniform(0.4, 0.48)
    floats = style == "wall-hung"
    parts = [_bowl((back - tank * 0.6, front), half, bowl_height, white, floats=floats)]
    seat = paints.plastic(rng, bright=0.05) if maybe(rng, 0.15) else white.shaded(rng.uniform(0.92, 1.05))
    lid_up = maybe(rng, 0.45)
    rim = ring((back + 0.06, front), (-half, half), 0, square=2.4)[:, :2]
    if lid_up:
        parts.append(_seat_ring(rim, bowl_height, seat))
        lid = _plate(ring((0, front - back - 0.08), (-half, half), 0, square=2.4), 0.02, seat)
        parts.append(lid.turned(-np.pi / 2 - 0.12, axis=1).moved(back + 0.05, 0, bowl_height + 0.02))
        water = ring((back + 0.16, front - 0.08), (-half * 0.6, half * 0.6), bowl_height * 0.6)
        parts.append(_plate(water, 0.01, white.shaded(0.75)))
    else:
        parts.append(_plate(np.column_stack([rim, np.full(len(rim), bowl_height)]), 0.035, seat))
    if tank:
        low = bowl_height - 0.05 if style != "flush valve" else bowl_height + 0.1
        if style == "flush valve":
            parts.append(tube((back - 0.05, 0, bowl_height - 0.05), (back - 0.05, 0, height), 0.03, paints.metal(rng)))
            parts.append(soft_box((-depth / 2, back), (-0.08, 0.08), (low, low + 0.15), paints.metal(rng)))
        else:
            span = half * rng.uniform(0.95, 1.2)
            parts.append(soft_box((-depth / 2, back), (-span, span), (low, height - 0.03), white, roundness=0.15))
            parts.append(box((-depth / 2, back + 0.01), (-span - 0.01, span + 0.01), (height - 0.035, height), white))
    return Design(parts)


def urinal(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bowl on the wall, deeper below than above."""
    depth, _width, height = size
    white = paints.porcelain(rng)
    x, y = footprint(size)
    rings = [
        ring((x[0], x[0] + depth * reach), (y[0] * across, y[1] * across), height * level, square=3)
        for level, reach, across in ((0, 0.5, 0.5), (0.15, 0.9, 0.9), (0.35, 1, 1), (0.6, 0.6, 1), (1, 0.35, 0.8))
    ]
    hollow = ring((x[0] + depth * 0.3, x[1] - 0.04), (y[0] * 0.7, y[1] * 0.7), height * 0.36)
    return Design([loft(rings, white), _plate(hollow, 0.01, white.shaded(0.7))])


def bathtub(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A tub: built in with a flat apron, or free-standing; its hollow can be seen into."""
    _depth, _width, height = size
    white = paints.porcelain(rng)
    x, y = footprint(size)
    apron = white if maybe(rng, 0.7) else paints.tiles(rng)
    if style == "free-standing":
        outer = [ring((x[0] * k, x[1] * k), (y[0] * k, y[1] * k), height * z, square=2.6)
                 for z, k in ((0, 0.75), (0.4, 0.9), (1, 1))]  # fmt: skip
        return Design([loft([*outer, *_hollow(x, y, height, 0.05, 2.6)], white)])
    rim = ring(x, y, height, square=24, sides=36)
    body = [ring(x, y, 0, square=24, sides=36), rim]
    return Design([
        loft([*body, *_hollow(x, y, height, rng.uniform(0.05, 0.1), rng.uniform(3, 6), sides=36)], white),
        box((x[0], x[1] + 0.005), (y[0] - 0.002, y[1] + 0.002), (0, height - 0.05), apron, without=("+z", "-z")),
    ])  # fmt: skip


def sink(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A basin with its tap: let into a counter, on the wall, on a pedestal, a steel double bowl, or a vessel."""
    _depth, width, height = size
    x, y = footprint(size)
    steel = style == "steel" or maybe(rng, 0.15)
    paint = paints.metal(rng) if steel else paints.porcelain(rng)
    tap = min(0.14, height * 0.4)
    rim = height - tap
    bowls = 2 if style == "steel" and width > 0.6 else 1
    square = 5.0 if style == "steel" else rng.uniform(2, 4)
    bottom = rim - min(0.2, rim * 0.9)
    parts = []
    for low, high in zip(*_split(y, bowls), strict=True):
        inset = 0.15 * (high - low)
        foot = ring((x[0] * 0.7, x[1] * 0.7), (low + inset, high - inset), bottom, square=square)
        outer = [foot, ring(x, (low, high), rim, square=square)]
        parts.append(loft([*outer, *_hollow(x, (low, high), rim, 0.035, square, floor=bottom + 0.03)], paint))
    if style == "pedestal":
        parts.append(
            lathe([(0.12, 0), (0.09, 0.1), (0.08, bottom), (0.12, bottom + 0.02)], paint, at=(x[0] * 0.3, 0, 0))
        )
    parts.append(_tap(rng, x[0] + 0.05, rim, tap))
    return Design(parts)


def vanity(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A cabinet with a counter, and a basin in it."""
    depth, width, height = size
    top = height - 0.12
    x, y = footprint(size)
    wood = paints.wood(rng, painted=0.4)
    counter = paints.stone(rng) if maybe(rng, 0.5) else paints.porcelain(rng)
    parts = cupboard(rng, (depth - 0.02, width, top - 0.03), style, wood, wood, toe=True)
    parts.append(box(x, y, (top - 0.03, top), counter))
    parts.append(box((x[0], x[0] + 0.02), y, (top, top + 0.09), counter))
    basin = (min(depth * 0.75, 0.42), min(width * 0.7, 0.5), 0.26)
    center = rng.uniform(-0.3, 0.3) * (width - basin[1])
    parts += [part.moved(0.03, center, top - 0.14) for part in sink(rng, basin, "drop-in").parts]
    return Design(parts)


def counter(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A counter slab with its splash guard; the height above the slab is the guard."""
    x, y = footprint(size)
    height = size[2]
    slab = paints.stone(rng) if maybe(rng, 0.6) else paints.wood(rng) if maybe(rng, 0.5) else paints.white(rng)
    thick = min(0.05, height)
    parts = [box(x, y, (0, thick), slab.along(1))]
    if height > 0.08:
        guard = slab if maybe(rng, 0.7) else paints.tiles(rng)
        parts.append(box((x[0], x[0] + 0.025), y, (0, height), guard.along(1)))
    return Design(parts, "rectangular")


def shower(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A shower: tray, two tiled sides, glass at the others, and a shower head."""
    height = size[2]
    x, y = footprint(size)
    tile = paints.tiles(rng)
    parts = [box(x, y, (0, 0.06), paints.porcelain(rng)), *_tiled_sides(x, y, height, tile, sides=1)]
    if style == "glass":
        pane, frame = paints.glass(rng), paints.metal(rng)
        parts.append(box((x[1] - 0.01, x[1]), y, (0.06, height * 0.9), pane))
        parts.append(box(x, (y[1] - 0.01, y[1]), (0.06, height * 0.9), pane))
        parts.append(box((x[1] - 0.03, x[1]), (y[1] - 0.03, y[1]), (0, height * 0.9), frame))
    pole = [(x[0] + 0.03, 0, height * 0.5), (x[0] + 0.03, 0, height * 0.92), (x[0] + 0.25, 0, height * 0.95)]
    parts.append(pipe(pole, 0.012, paints.metal(rng), sides=6))
    return Design(parts)


def shower_walls(rng: np.random.Generator, size: Size, style: str) -> Design:
    """The tiled or plastic walls around a tub: three sides, or two."""
    x, y = footprint(size)
    tile = paints.tiles(rng) if maybe(rng, 0.6) else paints.porcelain(rng)
    return Design(_tiled_sides(x, y, size[2], tile, sides=2 if style == "three" else 1))


def tiled_wall(rng: np.random.Generator, size: Size, style: str) -> Design:
    """One tiled panel: a shower's wall, or its floor when it is flat."""
    x, y = footprint(size)
    return Design([box(x, y, (0, size[2]), paints.tiles(rng))])


def stall(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Laminate partitions: two sides, and a front with a gap for the door."""
    _depth, width, height = size
    x, y = footprint(size)
    paint = Paint(paints.pick(rng, (*paints.METALS, *paints.FABRICS[3:8], *paints.WHITES)))
    z = (min(0.3, height * 0.2), height)
    parts = [box(x, (side, side + 0.03), z, paint) for side in (y[0], y[1] - 0.03)]
    post = (width - 0.65) / 2
    if post > 0.02:
        parts += [box((x[1] - 0.03, x[1]), edge, z, paint) for edge in ((y[0], y[0] + post), (y[1] - post, y[1]))]
    feet = [
        box((x[1] - 0.04, x[1] - 0.01), (side, side + 0.04), (0, z[0]), paints.metal(rng))
        for side in (y[0], y[1] - 0.04)
    ]
    return Design([*parts, *feet])


def _bowl(x: Interval, half: float, height: float, paint: Paint, *, floats: bool) -> Part:
    """The outside of a toilet bowl: a narrow foot under a wide rim."""
    low = height * 0.35 if floats else 0.0
    levels = ((0, 0.5, 0.6), (0.3, 0.48, 0.62), (0.65, 0.75, 0.85), (0.9, 0.98, 1.0), (1.0, 1.0, 1.0))
    rings = []
    for up, across, along in levels:
        front = x[0] + (x[1] - x[0]) * along
        rings.append(ring((x[0], front), (-half * across, half * across), low + (height - low) * up, square=2.4))
    return loft(rings, paint)


def _seat_ring(rim: np.ndarray, height: float, paint: Paint) -> Part:
    center = rim.mean(axis=0)
    inner = center + (rim - center) * 0.68
    outline = [
        (rim, height),
        (rim, height + 0.02),
        (inner, height + 0.02),
        (inner, height - 0.12),
        (inner * 0.9, height - 0.16),
    ]
    return loft([np.column_stack([edge, np.full(len(edge), level)]) for edge, level in outline], paint)


def _plate(outline: np.ndarray, thick: float, paint: Paint) -> Part:
    return loft([outline, outline + np.array([0, 0, thick])], paint)


def _hollow(
    x: Interval, y: Interval, height: float, rim: float, square: float, *, sides: int = 20, floor: float | None = None
) -> list[np.ndarray]:
    """Rings that go down from a rim at `height` to a floor: the inside of a basin."""
    floor = height * 0.25 if floor is None else floor
    inner = (x[0] + rim, x[1] - rim), (y[0] + rim, y[1] - rim)
    slope = min(0.08, (inner[0][1] - inner[0][0]) / 6)
    low = (inner[0][0] + slope, inner[0][1] - slope), (inner[1][0] + slope, inner[1][1] - slope)
    return [ring(*inner, height, square=square, sides=sides), ring(*low, floor, square=square, sides=sides)]


def _split(y: Interval, count: int) -> tuple[list[float], list[float]]:
    edges = np.linspace(y[0], y[1], count + 1).tolist()
    return edges[:-1], edges[1:]


def _tap(rng: np.random.Generator, x: float, z: float, height: float) -> Part:
    paint = paints.metal(rng)
    path = [(x, 0, z - 0.01), (x, 0, z + height * 0.9), (x + 0.06, 0, z + height), (x + 0.14, 0, z + height * 0.8)]
    return pipe(path, 0.014, paint, sides=6)


def _tiled_sides(x: Interval, y: Interval, height: float, tile: Paint, *, sides: int) -> list[Part]:
    parts = [box((x[0], x[0] + 0.02), y, (0, height), tile), box(x, (y[0], y[0] + 0.02), (0, height), tile)]
    if sides == 2:
        parts.append(box(x, (y[1] - 0.02, y[1]), (0, height), tile))
    return parts


_VANITY = ("doors", "mixed", "drawers")

BATHROOM: dict[str, Recipe] = {
    "toilet": Recipe(toilet, (0.62, 0.76), (0.36, 0.5), (0.68, 0.84), ("tank", "flush valve", "wall-hung")),
    "urinal": Recipe(urinal, (0.3, 0.4), (0.32, 0.42), (0.6, 0.9)),
    "bathtub": Recipe(bathtub, (0.7, 0.82), (1.35, 1.65), (0.4, 0.58), ("built-in", "free-standing")),
    "sink": Recipe(sink, (0.36, 0.52), (0.42, 0.62), (0.22, 0.34), ("drop-in", "wall", "steel", "pedestal", "vessel")),
    "bathroom vanity": Recipe(vanity, (0.48, 0.62), (0.75, 1.6), (0.85, 1.0), _VANITY),
    "bathroom cabinet": Recipe(vanity, (0.45, 0.62), (0.8, 1.8), (0.8, 1.0), _VANITY),
    "bathroom counter": Recipe(counter, (0.5, 0.65), (1.0, 2.2), (0.1, 0.25)),
    "counter": Recipe(counter, (0.5, 0.75), (1.0, 3.0), (0.05, 0.25)),
    "kitchen counter": Recipe(counter, (0.58, 0.72), (1.2, 3.0), (0.05, 0.25)),
    "shower": Recipe(shower, (0.75, 1.1), (0.8, 1.2), (1.8, 2.1), ("glass", "open")),
    "shower walls": Recipe(shower_walls, (0.7, 0.95), (1.2, 1.6), (1.5, 2.1), ("three", "two")),
    "shower wall": Recipe(tiled_wall, (0.05, 0.12), (0.7, 1.4), (1.2, 1.9)),
    "shower floor": Recipe(tiled_wall, (0.75, 0.95), (0.8, 1.3), (0.06, 0.1)),
    "bathroom stall": Recipe(stall, (1.0, 1.5), (0.9, 1.5), (1.5, 2.0)),
}
