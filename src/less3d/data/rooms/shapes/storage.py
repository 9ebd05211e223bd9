"""Cabinets, dressers, nightstands, wardrobes, shelves and bookshelves."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.books import book_row
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Interval, Part, box, soft_box, tube

_SEAM = 0.009
"""Width of the dark line between two fronts, in meters."""


def cabinet(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A cabinet whose fronts are doors, drawers, both, glass, or partly open."""
    paint = _body_paint(rng)
    front = paint if maybe(rng, 0.85) else _body_paint(rng)
    return Design(cupboard(rng, size, style, paint, front), None)


def file_cabinet(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A steel cabinet with deep drawers, or a low mobile one."""
    color = paints.pick(rng, ((60, 60, 62), (110, 106, 100), (160, 154, 142), (190, 182, 166), (44, 44, 46)))
    paint = Paint(color, material="metal") if maybe(rng, 0.85) else paints.wood(rng).along(1)
    return Design(cupboard(rng, size, "drawers", paint, paint))


def nightstand(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A small bedside cabinet with drawers, often on feet or with an open shelf."""
    paint = paints.wood(rng, painted=0.25)
    return Design(cupboard(rng, size, style, paint, paint))


def wardrobe(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A tall cupboard with doors, some with mirrors, or a doorless closet with clothes hanging in it."""
    if style == "open":
        return Design(_open_closet(rng, size))
    paint = paints.wood(rng, painted=0.4)
    parts = cupboard(rng, size, "doors", paint, paint)
    if style == "mirror":
        across, up = (-size[1] * 0.45, -0.02), (size[2] * 0.1, size[2] * 0.95)
        parts.append(box((size[0] / 2, size[0] / 2 + 0.004), across, up, paints.mirror(rng)))
    return Design(parts)


def closet_doors(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Flat fronts alone, as closets built into a wall show them: hinged, sliding or slatted."""
    depth, width, height = size
    paint = paints.white(rng) if maybe(rng, 0.6) else paints.wood(rng)
    count = max(2, round(width / rng.uniform(0.45, 0.8)))
    edges = np.linspace(-width / 2, width / 2, count + 1)
    parts = [box((-depth / 2, 0), (-width / 2, width / 2), (0, height), paint.shaded(0.5))]
    for index, (low, high) in enumerate(pairwise(edges)):
        face = depth / 2 if style != "sliding" or index % 2 else depth * 0.25
        if style == "slatted":
            for z in np.arange(0.05, height - 0.05, 0.05):
                parts.append(box((0, face), (low + 0.04, high - 0.04), (z, z + 0.03), paint))
        else:
            parts.append(box((0, face), (low + 0.006, high - 0.006), (0.01, height), paint, without=("-x",)))
        parts.append(_knob(rng, face, high - 0.05 if index % 2 == 0 else low + 0.05, height * 0.45))
    return Design(parts)


def bookshelf(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Boards between sides, with or without a back, filled with books and odds and ends, or half empty."""
    depth, width, height = size
    paint = paints.wood(rng, painted=0.25) if style != "metal" else paints.metal(rng)
    thick = rng.uniform(0.015, 0.035)
    bays = max(1, round(width / rng.uniform(0.7, 1.1)))
    shelves = max(1, round(height / rng.uniform(0.28, 0.42)))
    filled = {"books": 0.85, "things": 0.35, "empty": 0.05, "metal": 0.5, "cubes": 0.5}[style]
    if style == "cubes":
        shelves = max(1, round(height / 0.38))
        bays = max(1, round(width / 0.38))
    across, levels = np.linspace(-width / 2, width / 2, bays + 1), np.linspace(0.03, height, shelves + 1)
    parts = _shelf_frame(rng, size, across, levels, thick, paint, posts=style == "metal")
    for left, right in pairwise(across):
        for low, high in pairwise(levels):
            if maybe(rng, filled):
                space = ((-depth / 2 + 0.02, depth / 2), (left + thick, right - thick), (low, high - thick - 0.02))
                parts.extend(_shelf_content(rng, *space, books=style == "books" or maybe(rng, 0.4)))
    return Design(parts)


def shelf(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A low, flat shelf is a single board on brackets; anything higher is shelving."""
    if size[2] > 0.3 or style != "board":
        return bookshelf(rng, size, "things" if style == "board" else style)
    depth, width, height = size
    paint = paints.wood(rng, painted=0.4).along(1)
    thick = min(0.03, height)
    parts = [box((-depth / 2, depth / 2), (-width / 2, width / 2), (height - thick, height), paint)]
    for y in (-width * 0.35, width * 0.35):
        parts.append(box((-depth / 2, depth * 0.3), (y - 0.01, y + 0.01), (0, height - thick), paint.shaded(0.8)))
    return Design(parts)


def tv_stand(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A low wide cabinet, open or closed."""
    paint = paints.wood(rng, painted=0.3)
    return Design(cupboard(rng, size, style, paint, paint))


def mailboxes(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A wall of equal small compartments: pigeonholes with paper in them, mailboxes, or lockers."""
    depth, width, height = size
    wooden = style == "pigeonholes"
    paint = paints.wood(rng) if wooden else Paint(paints.pick(rng, paints.METALS[1:5]), material="metal")
    cell = (0.32, 1.8) if style == "lockers" else (0.3, 0.13)
    across = np.linspace(-width / 2, width / 2, max(2, round(width / cell[0])) + 1)
    levels = np.linspace(0, height, max(1, round(height / cell[1])) + 1)
    x, y = footprint(size)
    if not wooden:
        return Design([_with_seams(box(x, y, (0, height), paint), across[1:-1], levels[1:-1])])
    parts = _shelf_frame(rng, size, across, levels, 0.015, paint, posts=False)
    for left, right in pairwise(across):
        for low in levels[:-1][rng.random(len(levels) - 1) < 0.35]:
            stack = (low, low + rng.uniform(0.01, 0.06))
            parts.append(box((-depth / 3, depth / 2 - 0.02), (left + 0.03, right - 0.03), stack, paints.white(rng)))
    return Design(parts)


def _with_seams(part: Part, across: Iterable[float], levels: Iterable[float]) -> Part:
    """Dark lines between the doors of a flat front."""
    everywhere, dark = (-9.0, 9.0), part.paint.shaded(0.4)
    for y in across:
        part = part.faced((y, y + _SEAM), everywhere, dark)
    for z in levels:
        part = part.faced(everywhere, (z, z + _SEAM), dark)
    return part


def cupboard(
    rng: np.random.Generator, size: Size, style: str, paint: Paint, front: Paint, *, toe: bool | None = None
) -> list[Part]:
    """A body with fronts on its +x side: the part that cabinets, kitchens and vanities share.

    `style` is doors, drawers, mixed, glass or open; `toe` forces or forbids the recess at the floor.
    """
    depth, width, height = size
    foot = 0.0
    if toe or (toe is None and maybe(rng, 0.5) and height > 0.4):
        foot = min(rng.uniform(0.04, 0.13), height * 0.2)
    face = depth / 2 - 0.02
    lid = rng.uniform(0.015, 0.035)
    x, y = (-depth / 2, face), (-width / 2, width / 2)
    body_top = height - lid
    parts = [box((-depth / 2, depth / 2), y, (body_top, height), paint.along(1))]
    if style == "open":
        parts.extend(_open_body(rng, x, y, (foot, body_top), paint))
    else:
        parts.append(box(x, y, (foot, body_top), paint.along(2), without=("+x", "+z")))
        parts.extend(_fronts(rng, face, y, (foot, body_top), style, front))
    if foot and maybe(rng, 0.4) and not toe:
        a, b = depth / 2 - 0.04, width / 2 - 0.04
        parts.extend(
            tube((sx * a, sy * b, foot), (sx * (a + 0.01), sy * (b + 0.01), 0), 0.022, paint, end_radius=0.014)
            for sx in (-1, 1)
            for sy in (-1, 1)
        )
    elif foot:
        parts.append(box((-depth / 2, face - 0.05), y, (0, foot), paint.shaded(0.5)))
    return parts


def _fronts(rng: np.random.Generator, face: float, y: Interval, z: Interval, style: str, paint: Paint) -> list[Part]:
    """Doors and drawers in front of a body: columns about as wide as real ones, handles alike throughout."""
    width, height = y[1] - y[0], z[1] - z[0]
    columns = max(1, round(width / rng.uniform(0.38, 0.75 if style != "drawers" else 1.1)))
    handle, knob = paints.metal(rng) if maybe(rng, 0.8) else paint.shaded(0.6), maybe(rng, 0.4)
    paneled = maybe(rng, 0.35)
    parts = []
    for index, (left, right) in enumerate(pairwise(np.linspace(y[0], y[1], columns + 1).tolist())):
        split = _levels(rng, style, z, height)
        for low, high in pairwise(split.tolist()):
            drawer = high - low < 0.34 or style == "drawers"
            panel = (left, right), (low, high)
            parts.append(
                _front_panel(rng, face, *panel, paint, paneled=paneled, glazed=style == "glass" and not drawer)
            )
            parts.append(_handle(face + 0.02, *panel, handle, drawer=drawer, knob=knob, left=index % 2 == 0))
    return parts


def _levels(rng: np.random.Generator, style: str, z: Interval, height: float) -> np.ndarray:
    if style == "drawers":
        return np.linspace(z[0], z[1], max(1, round(height / rng.uniform(0.18, 0.32))) + 1)
    if style == "mixed" and height > 0.45:
        drawer = z[1] - min(rng.uniform(0.14, 0.22), height / 3)
        return np.array([z[0], drawer, z[1]])
    return np.linspace(z[0], z[1], 3 if height > 1.7 and maybe(rng, 0.4) else 2)


def _front_panel(
    rng: np.random.Generator, face: float, y: Interval, z: Interval, paint: Paint, *, paneled: bool, glazed: bool
) -> Part:
    """One door or drawer, 2 cm proud of the body, with dark seams at two of its edges."""
    panel = box((face, face + 0.02), y, z, paint.along(2), without=("-x",))
    border = min(0.07, (y[1] - y[0]) / 4, (z[1] - z[0]) / 4)
    inner = (y[0] + border, y[1] - border), (z[0] + border, z[1] - border)
    if glazed:
        panel = panel.faced(*inner, paints.glass(rng))
    elif paneled:
        panel = panel.faced(*inner, paint.along(2).shaded(0.86))
    return _with_seams(panel, (y[0],), (z[0],))


def _handle(face: float, y: Interval, z: Interval, paint: Paint, *, drawer: bool, knob: bool, left: bool) -> Part:
    middle = ((y[0] + y[1]) / 2, (z[0] + z[1]) / 2)
    if not drawer:
        high = z[0] > 1.0
        level = z[0] + 0.12 if high else min(z[1] - 0.15, max(middle[1], 0.9 if z[1] > 1.2 else middle[1] + 0.1))
        middle = (y[1] - 0.05 if left else y[0] + 0.05, level)
    length = 0.012 if knob else min(0.07, (y[1] - y[0]) / 4)
    across, up = (length, 0.008) if drawer else (0.008, length)
    if knob:
        across = up = 0.015
    return box((face, face + 0.025), (middle[0] - across, middle[0] + across), (middle[1] - up, middle[1] + up), paint)


def _open_body(rng: np.random.Generator, x: Interval, y: Interval, z: Interval, paint: Paint) -> list[Part]:
    levels = np.linspace(z[0], z[1], max(1, round((z[1] - z[0]) / 0.35)) + 1)
    across = np.linspace(y[0], y[1], max(1, round((y[1] - y[0]) / 0.7)) + 1)
    parts = _shelf_frame(rng, (x[1] - x[0], y[1] - y[0], z[1]), across, levels, 0.02, paint, posts=False)
    shift = (x[0] + x[1]) / 2
    for left, right in pairwise(across):
        for low, high in pairwise(levels):
            if maybe(rng, 0.45):
                space = ((x[0] + 0.02 - shift, x[1] - shift), (left + 0.03, right - 0.03), (low, high - 0.04))
                parts.extend(_shelf_content(rng, *space, books=maybe(rng, 0.3)))
    return [part.moved(x=shift) for part in parts]


def _shelf_frame(
    rng: np.random.Generator,
    size: Size,
    across: np.ndarray,
    levels: np.ndarray,
    thick: float,
    paint: Paint,
    *,
    posts: bool,
) -> list[Part]:
    depth, width, height = size
    x, low = (-depth / 2, depth / 2), float(levels[0])
    boards = [box(x, (-width / 2, width / 2), (level - thick, level), paint.along(1)) for level in levels]
    if posts:
        sides = [box((sx * depth / 2 - 0.015, sx * depth / 2 + 0.015), (y - 0.015, y + 0.015), (0, height), paint)
                 for sx in (-1, 1) for y in across]  # fmt: skip
        return boards + sides
    sides = [box(x, (y - thick / 2, y + thick / 2), (0, height), paint.along(2)) for y in across]
    backed = maybe(rng, 0.75)
    back = [box((x[0], x[0] + 0.008), (-width / 2, width / 2), (low, height), paint.shaded(0.8))] if backed else []
    return boards + sides + back


def _shelf_content(rng: np.random.Generator, x: Interval, y: Interval, z: Interval, *, books: bool) -> list[Part]:
    """A row of books, or a box, a basket or folded cloth, standing on the board at z[0]."""
    if books:
        end = y[1] if maybe(rng, 0.6) else y[0] + (y[1] - y[0]) * rng.uniform(0.3, 0.9)
        return book_row(rng, x, (y[0], end), z)
    width = min((y[1] - y[0]) * rng.uniform(0.4, 0.95), 0.5)
    left = rng.uniform(y[0], y[1] - width)
    top = z[0] + (z[1] - z[0]) * rng.uniform(0.3, 0.95)
    paint = paints.linen(rng) if maybe(rng, 0.5) else paints.plastic(rng, bright=0.4)
    body = soft_box if maybe(rng, 0.3) else box
    return [body((x[0], x[1] - rng.uniform(0.01, 0.08)), (left, left + width), (z[0], top), paint)]


def _open_closet(rng: np.random.Generator, size: Size) -> list[Part]:
    depth, width, height = size
    paint = paints.wood(rng, painted=0.5)
    rod, pitch = height * 0.85, rng.uniform(0.06, 0.14)
    parts = [
        box((-depth / 2, -depth / 2 + 0.01), (-width / 2, width / 2), (0, height), paint),
        *(box((-depth / 2, depth / 2), (y, y + 0.025), (0, height), paint) for y in (-width / 2, width / 2 - 0.025)),
        box((-depth / 2, depth / 2), (-width / 2, width / 2), (height - 0.025, height), paint),
        tube((0, -width / 2, rod), (0, width / 2, rod), 0.015, paints.metal(rng)),
    ]
    for y in np.arange(-width / 2 + 0.08, width / 2 - 0.08, pitch):
        drop = rod - rng.uniform(0.5, 1.0) * height * 0.7
        cloth = paints.fabric(rng, bright=0.3)
        parts.append(
            soft_box((-depth * 0.4, depth * 0.4), (y - 0.03, y + 0.03), (drop, rod - 0.03), cloth, roundness=0.3)
        )
    return parts


def _knob(rng: np.random.Generator, face: float, y: float, z: float) -> Part:
    return box((face, face + 0.03), (y - 0.012, y + 0.012), (z - 0.03, z + 0.03), paints.metal(rng))


def _body_paint(rng: np.random.Generator) -> Paint:
    choose = rng.random()
    if choose < 0.62:
        return paints.wood(rng, painted=0.15)
    return paints.white(rng) if choose < 0.82 else Paint(paints.pick(rng, paints.METALS), material="metal")


_FRONTS = ("doors", "drawers", "mixed", "open", "glass")
_CLOSET = ("doors", "mirror", "open")
_SHELVES = ("books", "things", "cubes", "metal", "empty")

STORAGE: dict[str, Recipe] = {
    "cabinet": Recipe(cabinet, (0.35, 0.65), (0.5, 1.6), (0.6, 1.9), _FRONTS),
    "cabinets": Recipe(cabinet, (0.35, 0.65), (1.4, 3.4), (0.75, 1.6), _FRONTS),
    "file cabinet": Recipe(file_cabinet, (0.45, 0.7), (0.38, 0.5), (0.55, 1.3)),
    "dresser": Recipe(cabinet, (0.42, 0.6), (0.75, 1.6), (0.7, 1.25), ("drawers", "mixed")),
    "nightstand": Recipe(nightstand, (0.38, 0.52), (0.42, 0.7), (0.48, 0.75), ("drawers", "mixed", "doors", "open")),
    "tv stand": Recipe(tv_stand, (0.4, 0.6), (1.0, 1.7), (0.45, 0.7), ("open", "mixed", "doors", "drawers")),
    "wardrobe closet": Recipe(wardrobe, (0.5, 0.7), (0.8, 2.2), (1.7, 2.3), _CLOSET),
    "wardrobe cabinet": Recipe(wardrobe, (0.5, 0.7), (0.9, 2.2), (1.8, 2.3), ("doors", "mirror")),
    "closet": Recipe(wardrobe, (0.5, 0.7), (0.8, 2.2), (1.6, 2.3), ("doors", "open")),
    "closet doors": Recipe(closet_doors, (0.05, 0.1), (1.1, 2.0), (1.7, 2.2), ("hinged", "sliding", "slatted")),
    "closet wall": Recipe(closet_doors, (0.06, 0.2), (0.9, 1.8), (1.6, 2.4), ("hinged", "sliding")),
    "bookshelf": Recipe(bookshelf, (0.25, 0.4), (0.7, 1.9), (0.9, 2.2), _SHELVES),
    "bookshelves": Recipe(bookshelf, (0.25, 0.4), (1.2, 3.0), (1.6, 2.3), ("books", "things")),
    "shelf": Recipe(shelf, (0.25, 0.45), (0.6, 1.5), (0.5, 1.9), ("things", "board", "metal", "books", "cubes")),
    "rack": Recipe(bookshelf, (0.25, 0.5), (0.4, 1.0), (0.8, 1.7), ("metal",)),
    "mailboxes": Recipe(mailboxes, (0.3, 0.45), (1.6, 3.0), (0.9, 1.8), ("pigeonholes", "doors", "lockers")),
}
