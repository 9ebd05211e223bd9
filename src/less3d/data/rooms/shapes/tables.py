"""Tables, desks, coffee tables and end tables."""

from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, ellipse_word, maybe, rectangle_word
from less3d.data.rooms.shapes.solids import Interval, Part, box, lathe, prism, ring, sheet, span, tube


def table(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A rectangular, round or oval table; the style names what it stands on."""
    height = size[2]
    round_top = style == "round" or maybe(rng, {"pedestal": 0.4, "legs": 0.08}.get(style, 0.02))
    top_paint, frame = _top_paint(rng), _frame_paint(rng)
    if maybe(rng, 0.4) and top_paint.material == "wooden":
        frame = top_paint.along(2)
    thick = min(rng.uniform(0.018, 0.06), height * 0.2)
    under = height - thick
    bases = {"legs": _legs, "pedestal": _pedestals, "panels": _panels, "trestle": _trestle, "block": _block}
    style = ("pedestal" if maybe(rng, 0.55) else "legs") if style == "round" else style
    parts = [_top(size, thick, top_paint, round_top=round_top), *bases[style](rng, size, under, frame, round_top)]
    if style == "legs" and not round_top:
        parts.extend(_between_legs(rng, size, under, frame))
    return Design(parts, ellipse_word(size) if round_top else rectangle_word(size))


def desk(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A desk: a top on legs or panels, drawers under it, a hutch when it is high, an L when the style says so."""
    depth, width, height = size
    level = min(height, rng.uniform(0.71, 0.77)) if height > 0.92 else height
    top_paint = _top_paint(rng)
    frame = top_paint.along(2) if maybe(rng, 0.5) else _frame_paint(rng)
    thick = rng.uniform(0.02, 0.05)
    under = level - thick
    main = (min(depth, rng.uniform(0.6, 0.8)) if style == "corner" else depth, width, height)
    back = -depth / 2 + main[0] / 2
    parts = [part.moved(x=back) for part in _desk_body(rng, main, level, thick, top_paint, frame, style)]
    if style == "corner":
        side = 1 if maybe(rng, 0.5) else -1
        wing = span(side * width / 2, side * (width / 2 - rng.uniform(0.45, 0.65)))
        parts.append(box((-depth / 2, depth / 2), wing, (under, level), top_paint.along(0)))
        parts.append(box((depth / 2 - 0.04, depth / 2), (wing[0] + 0.03, wing[1] - 0.03), (0, under), frame))
    if height > level + 0.1:
        parts.extend(_hutch(rng, size, level, frame))
    return Design(parts, "L-shaped" if style == "corner" else "rectangular")


def end_table(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A small table, now and then a drum."""
    if style != "drum":
        return table(rng, size, style)
    depth, width, height = size
    outline = ring((-depth / 2, depth / 2), (-width / 2, width / 2), 0, square=2 if maybe(rng, 0.6) else 8)
    return Design([prism(outline[:, :2], (0, height), paints.wood(rng).along(2))], None)


def table_with_cloth(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A dining table: plain, or under a tablecloth."""
    if style != "cloth":
        return table(rng, size, style)
    depth, width, height = size
    cloth = paints.linen(rng)
    drop = height - rng.uniform(0.15, 0.35)
    edge = ring((-depth / 2, depth / 2), (-width / 2, width / 2), drop, square=6, sides=28)
    edge[:, :2] *= 1 + 0.015 * np.sin(np.arange(28) * 2.6)[:, None]
    rim = ring((-depth * 0.485, depth * 0.485), (-width * 0.485, width * 0.485), height, square=8, sides=28)
    frame = paints.wood(rng).along(2)
    return Design(
        [prism(rim[:, :2], (height - 0.02, height), cloth), _skirt(edge, rim, cloth),
         *_legs(rng, (depth * 0.9, width * 0.9, height), drop + 0.1, frame, False)],
        rectangle_word(size),
    )  # fmt: skip


def _skirt(lower: np.ndarray, upper: np.ndarray, cloth: Paint) -> Part:

    closed = [np.concatenate([edge, edge[:1]]) for edge in (lower, upper)]
    return sheet(np.stack(closed, axis=1), cloth)


def _top_paint(rng: np.random.Generator) -> Paint:
    choose = rng.random()
    if choose < 0.6:
        return paints.wood(rng, painted=0.1).along(1)
    if choose < 0.8:
        return paints.white(rng) if maybe(rng, 0.55) else Paint(paints.pick(rng, paints.STONES[1:5]))
    return paints.glass(rng) if maybe(rng, 0.3) else paints.plastic(rng, bright=0.05)


def _frame_paint(rng: np.random.Generator) -> Paint:
    return paints.metal(rng) if maybe(rng, 0.5) else paints.wood(rng).along(2)


def _top(size: Size, thick: float, paint: Paint, *, round_top: bool) -> Part:
    depth, width, height = size
    x, y, z = (-depth / 2, depth / 2), (-width / 2, width / 2), (height - thick, height)
    if round_top:
        return prism(ring(x, y, 0, sides=28)[:, :2], z, paint)
    return box(x, y, z, paint)


def _legs(rng: np.random.Generator, size: Size, top: float, frame: Paint, round_top: bool) -> list[Part]:
    thick = rng.uniform(0.015, 0.045)
    inset = thick + rng.uniform(0, 0.06)
    shrink = 0.68 if round_top else 1.0
    x, y = max(size[0] * shrink / 2 - inset, thick), max(size[1] * shrink / 2 - inset, thick)
    sides, lean, taper = (4 if maybe(rng, 0.5) else 8), rng.uniform(0, 0.06) * maybe(rng, 0.35), rng.uniform(0.5, 1)
    corners = [(sx, sy) for sx in (-1, 1) for sy in (-1, 1)]
    if size[1] > 2.2:
        corners += [(-1, 0), (1, 0)]
    return [
        tube((sx * (x - lean), sy * (y - lean), top), (sx * x, sy * y, 0), thick, frame, end_radius=thick * taper,
             sides=sides)
        for sx, sy in corners
    ]  # fmt: skip


def _between_legs(rng: np.random.Generator, size: Size, top: float, frame: Paint) -> list[Part]:
    """An apron under the top, a shelf near the floor, or neither."""
    x, y = size[0] / 2 - 0.06, size[1] / 2 - 0.06
    parts = []
    if maybe(rng, 0.55):
        low = top - min(rng.uniform(0.05, 0.12), top / 3)
        parts += [box((s * x - 0.01, s * x + 0.01), (-y, y), (low, top), frame) for s in (-1, 1)]
        parts += [box((-x, x), (s * y - 0.01, s * y + 0.01), (low, top), frame) for s in (-1, 1)]
    if maybe(rng, 0.35 if top < 0.6 else 0.08):
        level = top * rng.uniform(0.2, 0.4)
        parts.append(box((-x, x), (-y, y), (level, level + 0.02), frame))
    return parts


def _pedestals(rng: np.random.Generator, size: Size, top: float, frame: Paint, round_top: bool) -> list[Part]:
    """One column, or two under a long top, each on a plate or a cross of feet."""
    depth, width, _ = size
    twin = width > 1.7
    radius = min(depth, width / (2.2 if twin else 1)) * rng.uniform(0.26, 0.38)
    pole = rng.uniform(0.03, 0.07)
    parts = []
    for y in (-width * 0.27, width * 0.27) if twin else (0.0,):
        if maybe(rng, 0.5):
            profile = [(radius, 0), (radius, 0.015), (pole * 1.3, 0.05), (pole, top - 0.03), (pole * 3, top)]
            parts.append(lathe(profile, frame, at=(0, y, 0)))
            continue
        parts.append(tube((0, y, 0.03), (0, y, top), pole, frame))
        for foot in ((radius * 1.2, 0), (-radius * 1.2, 0), (0, radius * 1.2), (0, -radius * 1.2)):
            parts.append(tube((0, y, 0.06), (foot[0], y + foot[1], 0.02), 0.03, frame, end_radius=0.02, sides=6))
    return parts


def _panels(rng: np.random.Generator, size: Size, top: float, frame: Paint, round_top: bool) -> list[Part]:
    depth, width, _ = size
    x, inset, thick = depth * rng.uniform(0.38, 0.48), width * rng.uniform(0.01, 0.12), rng.uniform(0.02, 0.05)
    ends = [
        box((-x, x), span(s * (width / 2 - inset), s * (width / 2 - inset - thick)), (0, top), frame) for s in (-1, 1)
    ]
    if maybe(rng, 0.6):
        inner = width / 2 - inset
        ends.append(box((-0.3 * x, -0.3 * x + 0.02), (-inner, inner), (top * rng.uniform(0.2, 0.6), top), frame))
    return ends


def _trestle(rng: np.random.Generator, size: Size, top: float, frame: Paint, round_top: bool) -> list[Part]:
    """Two T or A frames joined by a rail: conference and folding tables."""
    depth, width, _ = size
    y, foot, slanted = width * rng.uniform(0.32, 0.42), depth * rng.uniform(0.36, 0.47), maybe(rng, 0.4)
    parts = []
    for side in (-y, y):
        parts.append(tube((-foot, side, 0.025), (foot, side, 0.025), 0.025, frame, sides=6))
        parts.append(tube((-foot * 0.8, side, top - 0.02), (foot * 0.8, side, top - 0.02), 0.02, frame, sides=6))
        for x in (-foot * 0.7, foot * 0.7) if slanted else (0.0,):
            parts.append(tube((x, side, 0.02), (x * 0.3, side, top), 0.028, frame))
    parts.append(tube((0, -y, top * rng.uniform(0.3, 0.9)), (0, y, top * 0.6), 0.02, frame, sides=6))
    return parts


def _block(rng: np.random.Generator, size: Size, top: float, frame: Paint, round_top: bool) -> list[Part]:
    """A closed body, sometimes with a dark opening in front: trunks and box-shaped coffee tables."""
    x, y = size[0] * 0.47, size[1] * 0.47
    body = box((-x, x), (-y, y), (0, top), frame)
    if maybe(rng, 0.5):
        body = body.faced((-y * 0.85, y * 0.85), (top * 0.25, top * 0.85), frame.shaded(0.4))
    return [body]


def _desk_body(
    rng: np.random.Generator, size: Size, level: float, thick: float, top_paint: Paint, frame: Paint, style: str
) -> list[Part]:
    depth, width, _ = size
    under = level - thick
    parts = [box((-depth / 2, depth / 2), (-width / 2, width / 2), (under, level), top_paint)]
    if style == "legs":
        parts += [*_legs(rng, size, under, frame, False), *_between_legs(rng, (depth, width, level), under, frame)]
    elif style == "trestle":
        parts += _trestle(rng, size, under, frame, False)
    else:
        parts += _panels(rng, size, under, frame, False)
        parts.append(box((-depth * 0.42, -depth * 0.4), (-width * 0.45, width * 0.45), (0.1, under), frame))
    if maybe(rng, 0.75 if style == "drawers" else 0.25):
        sides = (-1, 1) if maybe(rng, 0.3) and width > 1.3 else (int(rng.choice((-1, 1))),)
        for side in sides:
            y = span(side * width * 0.47, side * (width * 0.47 - min(0.42, width * 0.35)))
            parts.extend(_drawers(rng, (-depth * 0.4, depth * 0.46), y, (0.05, under), frame))
    return parts


def _drawers(rng: np.random.Generator, x: Interval, y: Interval, z: Interval, paint: Paint) -> list[Part]:
    """A pedestal of drawers with handles."""
    count = int(rng.integers(2, 5))
    edges = np.linspace(z[0], z[1], count + 1)
    handle = paints.metal(rng)
    parts = [box(x, y, z, paint.shaded(0.55))]
    for low, high in pairwise(edges):
        parts.append(box((x[1] - 0.01, x[1] + 0.012), (y[0], y[1]), (low + 0.008, high - 0.008), paint.along(1)))
        middle, center = (low + high) / 2, (y[0] + y[1]) / 2
        parts.append(box((x[1] + 0.01, x[1] + 0.03), (center - 0.05, center + 0.05), (middle, middle + 0.015), handle))
    return parts


def _hutch(rng: np.random.Generator, size: Size, level: float, frame: Paint) -> list[Part]:
    """Shelves along the desk's back edge, or a divider panel."""
    depth, width, height = size
    back = -depth / 2
    if maybe(rng, 0.45):
        screen = paints.fabric(rng)
        return [box((back, back + 0.04), (-width / 2, width / 2), (0, height), screen)]
    reach = back + min(0.32, depth * 0.45)
    parts = [box((back, back + 0.015), (-width / 2, width / 2), (level, height), frame)]
    parts += [box((back, reach), span(s * width / 2, s * (width / 2 - 0.025)), (level, height), frame)
              for s in (-1, 1)]  # fmt: skip
    for z in np.linspace(level, height, int(rng.integers(2, 4)) + 1)[1:]:
        parts.append(box((back, reach), (-width / 2, width / 2), (z - 0.025, z), frame.along(1)))
    return parts


_LOW = ("legs", "legs", "round", "panels", "block", "pedestal", "trestle")

TABLES: dict[str, Recipe] = {
    "table": Recipe(
        table,
        (0.6, 1.2),
        (0.7, 2.2),
        (0.68, 0.8),
        ("legs", "legs", "round", "panels", "pedestal", "trestle"),
        even=("round",),
    ),
    "dining table": Recipe(
        table_with_cloth,
        (0.8, 1.1),
        (1.0, 2.2),
        (0.7, 0.8),
        ("legs", "legs", "round", "pedestal", "trestle", "panels", "cloth"),
        even=("round",),
    ),
    "desk": Recipe(
        desk, (0.55, 0.85), (1.0, 1.8), (0.7, 0.78), ("legs", "legs", "panels", "drawers", "corner", "trestle")
    ),
    "coffee table": Recipe(table, (0.45, 0.8), (0.6, 1.35), (0.34, 0.5), _LOW, even=("round",)),
    "end table": Recipe(
        end_table,
        (0.4, 0.6),
        (0.4, 0.65),
        (0.4, 0.65),
        ("legs", "legs", "round", "panels", "block", "drum"),
        even=("round", "drum"),
    ),
}
