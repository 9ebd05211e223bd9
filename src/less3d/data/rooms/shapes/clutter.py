"""Bins, boxes, bags, books, plants, and everything that stands around."""

import itertools

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.beds import heap
from less3d.data.rooms.shapes.electronics import piano_keys
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Part, box, lathe, loft, pipe, prism, ring, sheets, soft_box, tube
from less3d.data.rooms.shapes.storage import book_row

_CARDBOARDS: tuple[Color, ...] = ((156, 122, 86), (170, 138, 100), (136, 104, 74), (182, 156, 122), (120, 94, 70))
_BINS: tuple[Color, ...] = (
    (40, 40, 42), (56, 56, 58), (92, 90, 86), (140, 136, 128), (196, 190, 180), (160, 150, 130), (50, 66, 96), (84, 66, 52),
)  # fmt: skip
_PACKS: tuple[Color, ...] = (
    (32, 32, 34), (44, 44, 48), (38, 46, 70), (64, 64, 66), (84, 40, 40), (60, 72, 58), (96, 84, 70), (56, 74, 110),
    (110, 58, 84), (36, 40, 42),
)  # fmt: skip
_LEAVES: tuple[Color, ...] = ((62, 88, 48), (78, 100, 58), (48, 72, 44), (96, 112, 64), (70, 92, 70))


def trash_can(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bin: tapered and open, with a bag in it now and then, a box, or a closed one with a lid."""
    depth, width, height = size
    x, y = footprint(size)
    paint = paints.metal(rng) if maybe(rng, 0.2) else Paint(paints.pick(rng, _BINS), material="plastic")
    square = {"round": 2.0, "box": 12.0, "lid": 6.0, "recycling": 9.0, "basket": 2.0}[style]
    taper = rng.uniform(0.68, 0.95) if style != "lid" else rng.uniform(0.85, 1)
    if style == "recycling":
        paint = Paint(paints.pick(rng, ((46, 78, 122), (52, 96, 150), (60, 104, 76), (70, 70, 72))), material="plastic")
    if style == "basket":
        paint = Paint(paint.rgb, "checks", paint.material, (paint.rgb, paint.darker(0.5).rgb), scale=0.025, seed=1)
    parts = [_tub(size, paint, square=square, taper=taper, closed=style == "lid")]
    if style == "lid":
        dome = rng.uniform(0.75, 0.9)
        lid = [ring((x[0] * k, x[1] * k), (y[0] * k, y[1] * k), height * z, square=square)
               for z, k in ((dome, 1.0), (dome + 0.03, 1.0), (1.0, rng.uniform(0.3, 0.9)))]  # fmt: skip
        parts = [_tub((depth, width, height * dome), paint, square=square, taper=taper, closed=True)]
        parts.append(loft(lid, paint.darker(rng.uniform(0.6, 1.3))))
    elif maybe(rng, 0.4):
        bag = Paint(paints.pick(rng, ((210, 208, 202), (40, 40, 42), (190, 186, 176))), "fabric", "plastic", scale=0.05)
        parts.append(
            _tub((depth * 1.03, width * 1.03, height * 0.2), bag, square=square, taper=0.97).moved(z=height * 0.82)
        )
    if style != "lid" and maybe(rng, 0.5):
        fill = paints.scene(rng, (*paints.WHITES, *_CARDBOARDS, *paints.BRIGHTS))
        parts.append(
            heap(rng, (depth * 0.75, width * 0.75, height * 0.25), fill).moved(z=height * rng.uniform(0.3, 0.7))
        )
    return Design(parts)


def bucket(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A round tapered pail with a handle."""
    paint = paints.plastic(rng, bright=0.5)
    x = size[0] * 0.48
    loop = [(0, -x, size[2] * 0.9), (size[0] * 0.3, 0, size[2] * 0.75), (0, x, size[2] * 0.9)]
    return Design([_tub(size, paint, square=2, taper=0.8), pipe(loop, 0.006, paints.metal(rng), sides=5)])


def carton(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A cardboard or printed box, closed, taped, or open with its flaps up."""
    depth, _width, height = size
    x, y = footprint(size)
    brown = maybe(rng, 0.65)
    color = paints.pick(rng, _CARDBOARDS if brown else (*paints.BRIGHTS, *paints.WHITES, *paints.FABRICS))
    paint = Paint(color, material="cardboard")
    side = paints.printed(rng, color) if maybe(rng, 0.4) else paint
    if style == "open":
        parts = [*_open_box(size, height * 0.85, side, paint)]
        for sx in (-1, 1):
            flap = box((-0.003, 0.003), y, (0, depth * 0.3), paint).turned(sx * rng.uniform(0.3, 1.2), axis=1)
            parts.append(flap.moved(sx * depth / 2, 0, height * 0.85))
        return Design(parts)
    tape = paint.darker(1.15 if brown else 0.8)
    parts = [box(x, y, (0, height), side)]
    if maybe(rng, 0.6):
        parts.append(box((-0.03, 0.03), y, (height, height + 0.002), tape, without=("-z",)))
    if style == "lidded":
        parts.append(
            box((x[0] - 0.005, x[1] + 0.005), (y[0] - 0.005, y[1] + 0.005), (height * 0.8, height), paint.darker(0.85))
        )
    return Design(parts)


def cartons(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A pile of two to five boxes."""
    depth, width, height = size
    count = int(rng.integers(2, 5))
    levels = np.linspace(0, height, count + 1)
    parts: list[Part] = []
    for low, high in itertools.pairwise(levels):
        one = carton(rng, (depth * rng.uniform(0.7, 1), width * rng.uniform(0.6, 1), float(high - low)), "closed")
        shift = float(rng.uniform(-0.1, 0.1) * width)
        parts += [part.turned(float(rng.normal(0, 0.1))).moved(0, shift, float(low)) for part in one.parts]
    return Design(parts)


def storage_bin(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A plastic tub, open with things in it, or under a lid of another colour."""
    depth, width, height = size
    x, y = footprint(size)
    clear = maybe(rng, 0.4)
    paint = Paint(
        paints.pick(rng, ((176, 182, 182), (150, 156, 158)) if clear else (*paints.BRIGHTS, *_BINS)), material="plastic"
    )
    if style == "lidded":
        lid = Paint(paints.pick(rng, (*paints.BRIGHTS, *_BINS)), material="plastic")
        tub = _tub((depth, width, height * 0.9), paint, square=9, taper=0.9, closed=True)
        return Design([tub, box(x, y, (height * 0.88, height), lid)])
    fill = paints.scene(rng, (*paints.LINENS, *paints.BRIGHTS, *_CARDBOARDS))
    stuff = heap(rng, (depth * 0.85, width * 0.85, height * 0.4), fill).moved(z=height * 0.5)
    return Design([_tub(size, paint, square=9, taper=0.9), stuff])


def basket(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Wicker or perforated plastic, often with laundry in it."""
    depth, width, height = size
    base = paints.pick(rng, paints.WOODS if maybe(rng, 0.5) else (*paints.WHITES, *paints.BRIGHTS[:8]))
    dark = (base[0] * 0.6, base[1] * 0.6, base[2] * 0.6)
    paint = Paint(base, "checks", "wicker", (base, base, dark), scale=rng.uniform(0.02, 0.04), seed=2)
    parts = [_tub(size, paint, square=2.0 if style == "round" else 7.0, taper=rng.uniform(0.75, 0.95))]
    if maybe(rng, 0.65):
        cloth = paints.linen(rng, bright=0.4, patterned=0.4)
        parts.append(
            heap(rng, (depth * 0.85, width * 0.85, height * 0.4), cloth).moved(z=height * rng.uniform(0.5, 0.75))
        )
    return Design(parts)


def laundry_hamper(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A tall cloth or wicker hamper, open or covered."""
    if style == "basket":
        return basket(rng, size, "round" if maybe(rng, 0.4) else "square")
    depth, width, height = size
    cloth = paints.linen(rng, patterned=0.2)
    stuff = heap(rng, (depth * 0.85, width * 0.85, height * 0.3), paints.linen(rng, bright=0.4)).moved(z=height * 0.75)
    return Design([_tub((depth, width, height * 0.9), cloth, square=8, taper=0.97), stuff])


def backpack(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A backpack standing against something: a bulged body, a front pocket, straps at the back; or slumped."""
    depth, width, height = size
    cloth = Paint(paints.pick(rng, _PACKS, 0.12), "fabric", "fabric", scale=0.1, seed=int(rng.integers(1 << 30)))
    second = (
        cloth.darker(rng.uniform(0.6, 1.5))
        if maybe(rng, 0.7)
        else Paint(paints.pick(rng, paints.BRIGHTS), material="fabric")
    )
    x, y = footprint(size)
    slump = rng.uniform(0.5, 0.8) if style == "slumped" else rng.uniform(0.8, 1.0)
    levels = ((0, 0.8, 0.9), (0.1, 0.95, 1.0), (0.5, 0.9, 0.95), (0.85, 0.6 * slump, 0.8), (1.0, 0.3, 0.4))
    body = loft([ring((x[0], x[0] + depth * across * 0.85), (y[0] * along, y[1] * along), height * z, square=3.5)
                 for z, across, along in levels], cloth)  # fmt: skip
    pocket = soft_box((x[1] - depth * 0.35, x[1]), (y[0] * 0.7, y[1] * 0.7), (height * 0.06, height * 0.5), second)
    parts = [body, pocket]
    for side in (-1, 1):
        at = side * width * 0.22
        strap = [
            (x[0] + 0.02, at, height * 0.9),
            (x[0] - 0.03, at, height * 0.6),
            (x[0] + 0.02, at * 1.3, height * 0.15),
        ]
        parts.append(pipe(strap, 0.018, second.darker(0.8), sides=5))
    parts.append(
        pipe([(0, -0.05, height * 0.95), (-0.01, 0, height * 1.03), (0, 0.05, height * 0.95)], 0.01, second, sides=5)
    )
    return Design(parts)


def bag(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bag: a tote or paper bag with handles, a duffel, or a tied sack."""
    depth, width, height = size
    x, y = footprint(size)
    if style == "duffel":
        cloth = Paint(paints.pick(rng, _PACKS), "fabric", "fabric", scale=0.1)
        body = soft_box(x, y, (0, height * 0.85), cloth, roundness=0.6)
        loop = [(0, y[0] * 0.4, height * 0.7), (0, 0, height), (0, y[1] * 0.4, height * 0.7)]
        return Design([body, pipe(loop, 0.012, cloth.darker(0.7), sides=5)])
    if style == "sack":
        color = paints.pick(rng, ((40, 40, 42), (206, 204, 198), (226, 222, 214), (70, 90, 120)))
        plastic = Paint(color, "fabric", "plastic", scale=0.05, seed=int(rng.integers(1 << 30)))
        levels = ((0, 0.8), (0.2, 1.0), (0.55, 0.8), (0.8, 0.2), (1.0, 0.35))
        return Design(
            [loft([ring((x[0] * k, x[1] * k), (y[0] * k, y[1] * k), z * height) for z, k in levels], plastic)]
        )
    paper = style == "paper"
    color = paints.pick(rng, _CARDBOARDS if paper and maybe(rng, 0.6) else (*paints.BRIGHTS, *paints.LINENS, *_PACKS))
    paint = paints.printed(rng, color) if maybe(rng, 0.4) else Paint(color, material="paper" if paper else "fabric")
    top = height * 0.75
    parts = [_tub((depth, width, top), paint, square=8, taper=1.05)]
    for at in (x[0] * 0.8, x[1] * 0.8):
        loop = [(at, y[0] * 0.4, top), (at, y[0] * 0.3, height), (at, y[1] * 0.3, height), (at, y[1] * 0.4, top)]
        parts.append(pipe(loop, 0.008, paint.darker(0.8), sides=5))
    return Design(parts)


def suitcase(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A case, standing with its handle out when it is high, lying when it is flat."""
    x, y = footprint(size)
    height = size[2]
    paint = Paint(paints.pick(rng, (*_PACKS, *paints.BRIGHTS[:8])), "gradient", "fabric", scale=0.5)
    top = height * (0.85 if height > 0.5 else 1.0)
    parts = [soft_box(x, y, (0.02, top), paint, roundness=0.15)]
    parts.append(box((x[1] - 0.01, x[1] + 0.012), (y[0] * 0.8, y[1] * 0.8), (top * 0.15, top * 0.6), paint.darker(0.8)))
    if top < height:
        loop = [
            (x[0] * 0.5, y[0] * 0.4, top),
            (x[0] * 0.5, y[0] * 0.4, height),
            (x[0] * 0.5, y[1] * 0.4, height),
            (x[0] * 0.5, y[1] * 0.4, top),
        ]
        parts.append(pipe(loop, 0.01, paints.metal(rng), sides=5))
    return Design(parts)


def book(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A lying book, or an open one."""
    x, y = footprint(size)
    height = size[2]
    cover = paints.printed(rng, paints.pick(rng, (*paints.BRIGHTS, *paints.FABRICS, *paints.WHITES)))
    pages = Paint(paints.jitter(rng, (222, 216, 200), 0.05), material="paper")
    if style == "open":
        halves = [box(x, edge, (0, height), paints.printed(rng, pages.rgb)) for edge in ((y[0], -0.004), (0.004, y[1]))]
        return Design([*halves, box((x[0] - 0.004, x[1] + 0.004), (y[0] - 0.004, y[1] + 0.004), (-0.004, 0), cover)])
    return Design([
        box((x[0] + 0.005, x[1] - 0.005), (y[0] + 0.005, y[1] - 0.005), (0, height), pages),
        box(x, y, (height * 0.9, height), cover), box(x, y, (0, height * 0.1), cover),
        box((x[0], x[0] + 0.005), y, (0, height), cover),
    ])  # fmt: skip


def books(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A row of upright books, or piles of lying ones."""
    depth, width, height = size
    x, y = footprint(size)
    if style == "row":
        return Design(book_row(rng, x, y, (0, height)))
    parts: list[Part] = []
    piles = max(1, round(width / 0.3))
    for left in np.linspace(y[0], y[1], piles + 1)[:-1]:
        low, top = 0.0, height * rng.uniform(0.6, 1.0)
        while low < top - 0.01:
            thick = min(rng.uniform(0.012, 0.05), top - low)
            one = book(rng, (depth * rng.uniform(0.75, 1), width / piles * rng.uniform(0.8, 0.98), thick), "closed")
            parts += [
                part.turned(float(rng.normal(0, 0.08))).moved(0, left + width / piles / 2, low) for part in one.parts
            ]
            low += thick
    return Design(parts)


def papers(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Sheets of paper in a loose pile, some hanging over."""
    depth, width, height = size
    parts = []
    count = int(rng.integers(3, 8))
    for level in np.linspace(0, height * 0.9, count):
        paper = paints.printed(rng, paints.pick(rng, paints.WHITES))
        half = min(depth, width) * rng.uniform(0.34, 0.46), min(depth, width) * rng.uniform(0.3, 0.4)
        page = box((-half[0], half[0]), (-half[1], half[1]), (level, level + height / count), paper)
        parts.append(page.turned(float(rng.normal(0, 0.3))).moved(*rng.normal(0, 0.03, 2)))
    return Design(parts)


def plant(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A plant in a pot: a bush of leaves, long blades, or a small tree."""
    depth, width, height = size
    pot = Paint(
        paints.pick(rng, ((150, 84, 56), (200, 194, 184), (70, 62, 58), (120, 110, 96), *paints.BRIGHTS[:6])),
        material="ceramic",
    )
    rim = min(depth, width) * rng.uniform(0.2, 0.34)
    top = float(np.clip(height * rng.uniform(0.2, 0.4), 0.04, 0.45))
    green = Paint(paints.pick(rng, _LEAVES, 0.15), "leaves", scale=0.03, seed=int(rng.integers(1 << 30)))
    soil = Paint((66, 52, 44))
    parts = [
        lathe([(rim * 0.7, 0), (rim, top), (rim * 0.9, top), (rim * 0.85, top * 0.9)], pot),
        lathe([(rim * 0.85, top * 0.88), (rim * 0.85, top * 0.9)], soil),
    ]
    if style == "tree":
        parts.append(tube((0, 0, top * 0.8), (0.02, 0.02, height * 0.7), 0.015, paints.wood(rng, painted=0.0), sides=6))
    start = height * 0.55 if style == "tree" else top
    count = 22 if style == "blades" else int(np.clip(30 + 60 * height, 30, 90))
    angle, rise, reach = rng.uniform(0, 2 * np.pi, count), rng.uniform(0.2, 1, count), rng.uniform(0.3, 1, count)
    across, along = np.cos(angle) * reach * depth / 2, np.sin(angle) * reach * width / 2
    tips = np.column_stack([across, along, start + rise * (height - start)])
    return Design([*parts, *_foliage(rng, np.array([0.0, 0.0, start * 0.95]), tips, green, long=style == "blades")])


def shoes(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A pair of shoes side by side; a single one when the box is narrow."""
    depth, width, height = size
    paint = Paint(paints.pick(rng, (*_PACKS, *paints.LEATHERS, *paints.BRIGHTS)), material="leather")
    sole = Paint(paints.pick(rng, ((36, 35, 36), (206, 200, 192), (120, 90, 64))))
    count = 2 if style == "pair" else 1
    parts = []
    for k in range(count):
        middle = -width / 2 + (k + 0.5) * width / count
        half = width / count * 0.42
        at = float(rng.uniform(-0.06, 0.06)) * depth
        toe = soft_box((0, depth * 0.48), (middle - half, middle + half), (0.01, height * 0.6), paint, roundness=0.6)
        heel = soft_box(
            (-depth * 0.48, depth * 0.1),
            (middle - half * 0.85, middle + half * 0.85),
            (0.01, height),
            paint,
            roundness=0.4,
        )
        base = soft_box((-depth * 0.48, depth * 0.5), (middle - half, middle + half), (0, 0.025), sole, roundness=0.3)
        parts += [part.moved(x=at) for part in (toe, heel, base)]
    return Design(parts)


def hat(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A crown with a brim."""
    depth, width, height = size
    paint = Paint(paints.pick(rng, (*_PACKS, *paints.LINENS)), "fabric", "fabric", scale=0.1)
    radius = min(depth, width) / 2
    return Design(
        [
            lathe(
                [
                    (radius, 0),
                    (radius, 0.01),
                    (radius * 0.6, 0.02),
                    (radius * 0.55, height * 0.8),
                    (radius * 0.3, height),
                ],
                paint,
            )
        ]
    )


def ball(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A ball of one colour or of panels."""
    x, y = footprint(size)
    base = paints.pick(rng, (*paints.BRIGHTS, (170, 96, 56), *paints.PLASTICS))
    paint = Paint(
        base,
        "gradient" if maybe(rng, 0.6) else "checks",
        "plastic",
        (base, paints.pick(rng, paints.BRIGHTS)),
        scale=0.2,
    )
    return Design([soft_box(x, y, (0, size[2]), paint, roundness=1.0, detail=7)], "round")


def tissue_box(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A printed box with a tissue sticking out."""
    depth, width, height = size
    x, y = footprint(size)
    low = height * 0.65
    tissue = heap(rng, (depth * 0.5, width * 0.5, height * 0.4), paints.white(rng)).moved(z=low * 0.95)
    return Design([box(x, y, (0, low), paints.picture(rng)), tissue])


def guitar(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A guitar, or its case, standing upright with its face to the front."""
    depth, width, height = size
    wood = paints.wood(rng, painted=0.15) if style == "guitar" else Paint(paints.pick(rng, _PACKS), material="plastic")
    body = height * 0.45
    waist = np.array([(0.0, 0.75), (0.12, 0.98), (0.3, 1.0), (0.55, 0.66), (0.75, 0.78), (0.9, 0.72), (1.0, 0.3)])
    outline = np.concatenate([waist * (1, 1), (waist * (1, -1))[::-1]]) * (body, width / 2)
    shell = prism(outline, (-depth / 3, depth / 3), wood).turned(-np.pi / 2, axis=1)
    neck_paint = wood.darker(0.6)
    neck = width * (0.08 if style == "guitar" else 0.2)
    parts = [shell, box((-0.02, depth / 3 + 0.01), (-neck, neck), (body * 0.6, height), neck_paint)]
    if style == "guitar":
        parts.append(
            tube(
                (depth / 3, 0, body * 0.55),
                (depth / 3 + 0.004, 0, body * 0.55),
                width * 0.13,
                Paint((30, 26, 24)),
                sides=14,
            )
        )
    return Design(parts)


def piano(rng: np.random.Generator, size: Size, style: str) -> Design:
    """An upright piano: a tall body, keys on a shelf in front of it."""
    depth, width, height = size
    x, y = footprint(size)
    wood = Paint(
        paints.pick(rng, ((34, 32, 32), (70, 44, 32), (104, 64, 42), (48, 34, 28))), "gradient", "wooden", scale=0.8
    )
    middle = x[0] + depth * 0.55
    shelf = height * 0.6
    parts = [
        box((x[0], middle), y, (0, height), wood),
        box((middle, x[1]), y, (shelf - 0.08, shelf), wood),
        *piano_keys((middle + 0.02, x[1] - 0.02), (y[0] * 0.94, y[1] * 0.94), shelf + 0.02),
        box((middle, middle + 0.02), (-width * 0.25, width * 0.25), (shelf + 0.15, shelf + 0.4), paints.white(rng)),
    ]
    parts += [box((x[1] - 0.1, x[1]), edge, (0, shelf), wood) for edge in ((y[0], y[0] + 0.06), (y[1] - 0.06, y[1]))]
    return Design(parts)


def dumbbell(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two weights on a bar along y."""
    _depth, width, height = size
    radius, weight = height / 2, Paint(paints.pick(rng, ((36, 36, 38), (60, 60, 62), *paints.BRIGHTS[:8])))
    ends = [tube((0, s * width * 0.28, radius), (0, s * width / 2, radius), radius, weight, sides=8) for s in (-1, 1)]
    return Design([tube((0, -width * 0.3, radius), (0, width * 0.3, radius), radius * 0.3, paints.metal(rng)), *ends])


def cart(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Trays between four posts on wheels; stands have no wheels."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = paints.metal(rng) if maybe(rng, 0.6) else paints.plastic(rng)
    tray = paint if maybe(rng, 0.5) else paints.plastic(rng, bright=0.2)
    posts = [tube((sx * (x[1] - 0.02), sy * (y[1] - 0.02), 0.05), (sx * (x[1] - 0.02), sy * (y[1] - 0.02), height), 0.014, paint, sides=6)
             for sx in (-1, 1) for sy in (-1, 1)]  # fmt: skip
    levels = np.linspace(0.15, height * rng.uniform(0.8, 0.98), int(rng.integers(2, 4)))
    trays = [box(x, y, (z - 0.03, z), tray) for z in levels]
    wheels = [soft_box((sx * x[1] - 0.03, sx * x[1] + 0.03), (sy * y[1] - 0.02, sy * y[1] + 0.02), (0, 0.07), Paint((40, 40, 42)), roundness=0.8)
              for sx in (-0.9, 0.9) for sy in (-0.9, 0.9)]  # fmt: skip
    return Design([*posts, *trays, *(wheels if style == "cart" else ())])


def broom(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A stick with a brush or a mop at its foot."""
    depth, width, height = size
    brush = Paint(paints.pick(rng, (*paints.BRIGHTS, *paints.LINENS, *paints.PLASTICS)), "fabric", scale=0.03)
    head = loft([ring((-depth / 2, depth / 2), (-width / 2, width / 2), 0, square=5),
                 ring((-depth / 4, depth / 4), (-width / 4, width / 4), height * 0.16, square=4)], brush)  # fmt: skip
    return Design([head, tube((0, 0, height * 0.1), (0, 0, height), 0.013, paints.plastic(rng, bright=0.5), sides=6)])


def ironing_board(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A board on crossed legs, or folded upright when it is narrow."""
    depth, width, height = size
    x, y = footprint(size)
    cloth, legs = paints.linen(rng, bright=0.3, patterned=0.4), paints.metal(rng)
    if max(depth, width) < 0.8:
        outline = ring((0, height), y, 0, square=3)[:, :2]
        return Design([prism(outline, (-depth / 3, 0), cloth).turned(-np.pi / 2, axis=1)])
    parts = [prism(ring(x, y, 0, square=3.5)[:, :2], (height - 0.04, height), cloth)]
    for s in (-1, 1):
        parts.append(tube((0, s * width * 0.35, height), (0, -s * width * 0.35, 0), 0.014, legs, sides=6))
    return Design(parts)


def bicycle(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two wheels along x, a frame, a saddle and handlebars."""
    depth, width, height = size
    radius = height * 0.34
    paint, black = Paint(paints.pick(rng, (*paints.BRIGHTS, *paints.METALS)), material="metal"), Paint((38, 38, 40))
    hubs = (-depth / 2 + radius, depth / 2 - radius)
    parts = []
    angles = np.linspace(0, 2 * np.pi, 25)
    for hub in hubs:
        parts.append(
            pipe(
                [(float(hub + radius * np.cos(a)), 0, float(radius + radius * np.sin(a))) for a in angles],
                0.018,
                black,
                sides=6,
            )
        )
        parts.append(tube((hub, -0.03, radius), (hub, 0.03, radius), 0.04, black))
    saddle, head, pedal = (
        (hubs[0] * 0.45, 0, height * 0.8),
        (hubs[1] * 0.7, 0, height * 0.82),
        (hubs[0] * 0.15, 0, radius * 0.8),
    )
    ends = ((saddle, head), (saddle, pedal), (pedal, head), ((hubs[0], 0, radius), pedal), ((hubs[0], 0, radius), saddle),
            ((hubs[1], 0, radius), (head[0], 0, height * 0.98)))  # fmt: skip
    parts += [tube(a, b, 0.018, paint, sides=6) for a, b in ends]
    parts.append(soft_box((saddle[0] - 0.12, saddle[0] + 0.1), (-0.06, 0.06), (height * 0.82, height * 0.9), black))
    parts.append(tube((head[0], -width / 2, height), (head[0], width / 2, height), 0.014, black, sides=6))
    return Design(parts)


def person(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A sitting or standing person, roughly: legs, trunk, arms, head."""
    depth, width, height = size
    shirt, trousers = paints.fabric(rng, bright=0.4), paints.fabric(rng)
    skin = Paint(paints.pick(rng, ((206, 164, 136), (160, 112, 82), (110, 76, 56), (226, 186, 160))))
    sitting = depth > 0.45
    hip = height * (0.42 if sitting else 0.5)
    half = width * 0.3
    parts = [
        soft_box((-0.15, 0.12), (-half, half), (hip, height * 0.86), shirt, roundness=0.5),
        soft_box((-0.11, 0.1), (-0.09, 0.09), (height * 0.84, height), skin, roundness=0.9),
    ]
    for s in (-1, 1):
        knee = (depth * 0.4, s * half * 0.6, hip) if sitting else (0.02, s * half * 0.6, hip * 0.5)
        foot = (knee[0] + 0.02, knee[1], 0.04)
        parts.append(pipe([(0, s * half * 0.6, hip + 0.05), knee, foot], 0.075, trousers))
        parts.append(
            pipe(
                [
                    (0, s * half, height * 0.8),
                    (0.05, s * width * 0.45, height * 0.62),
                    (0.25, s * half * 0.6, hip + 0.12),
                ],
                0.045,
                shirt,
            )
        )
    return Design(parts)


def thing(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Any small object: a block, a drum, a lump or a heap of several colours."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = (
        paints.plastic(rng, bright=0.45)
        if maybe(rng, 0.6)
        else paints.scene(rng, (*paints.BRIGHTS, *paints.FABRICS, *paints.WHITES))
    )
    if style == "drum":
        taper = rng.uniform(0.6, 1.2)
        return Design(
            [loft([ring(x, y, 0), ring((x[0] * taper, x[1] * taper), (y[0] * taper, y[1] * taper), height)], paint)]
        )
    if style == "heap":
        return Design([heap(rng, size, paint)])
    if style == "parts":
        second = paints.plastic(rng, bright=0.3)
        low = height * rng.uniform(0.3, 0.7)
        return Design(
            [
                box(x, y, (0, low), paint),
                soft_box((x[0] * 0.7, x[1] * 0.6), (y[0] * 0.5, y[1] * 0.8), (low, height), second),
            ]
        )
    return Design([soft_box(x, y, (0, height), paint, roundness=rng.uniform(0.1, 0.7))])


def tray(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A shallow tray; scales and paper cutters are trays with something on them."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = paints.wood(rng) if style == "tray" and maybe(rng, 0.4) else paints.plastic(rng)
    if style == "tray":
        return Design(_open_box(size, height, paint, paint))
    slab = box(x, y, (0, height * 0.6), paint)
    return Design(
        [slab, soft_box((x[0] * 0.9, x[1] * 0.5), (y[0], y[0] + 0.05), (height * 0.5, height), paint.darker(0.5))]
    )


def hair_dryer(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A nozzle with a handle, lying."""
    depth, width, height = size
    paint, radius = paints.plastic(rng, bright=0.3), height / 2
    nozzle = tube(
        (-depth * 0.3, width * 0.25, radius), (depth / 2, width * 0.25, radius), radius, paint, end_radius=radius * 0.7
    )
    return Design(
        [
            nozzle,
            tube(
                (-depth * 0.15, width * 0.25, radius),
                (-depth * 0.2, -width / 2, radius),
                radius * 0.5,
                paint.darker(0.8),
            ),
        ]
    )


def _tub(size: Size, paint: Paint, *, square: float, taper: float, closed: bool = False) -> Part:
    """A container that is open above and narrower at its foot by `taper`."""
    x, y = footprint(size)
    height = size[2]
    foot = (x[0] * taper, x[1] * taper), (y[0] * taper, y[1] * taper)
    rings = [ring(*foot, 0, square=square), ring(x, y, height, square=square)]
    if not closed:
        wall = min(0.012, size[0] * 0.06)
        rings.append(ring((x[0] + wall, x[1] - wall), (y[0] + wall, y[1] - wall), height, square=square))
        rings.append(
            ring(
                (foot[0][0] + wall, foot[0][1] - wall),
                (foot[1][0] + wall, foot[1][1] - wall),
                0.03 * height,
                square=square,
            )
        )
    return loft(rings, paint)


def _open_box(size: Size, top: float, outside: Paint, inside: Paint) -> list[Part]:
    x, y = footprint(size)
    thin = min(0.01, size[0] * 0.05)
    return [
        box(x, y, (0, thin), inside),
        *(box((at, at + thin), y, (0, top), outside) for at in (x[0], x[1] - thin)),
        *(box(x, (at, at + thin), (0, top), outside) for at in (y[0], y[1] - thin)),
    ]


def _foliage(rng: np.random.Generator, root: np.ndarray, tips: np.ndarray, paint: Paint, *, long: bool) -> list[Part]:
    """Leaves that bend from a root to their tips, in three greens; broad leaves sit at the ends of unseen stalks."""
    stems = tips - root
    starts = np.broadcast_to(root, tips.shape) if long else root + stems * 0.6
    sideways = np.cross(stems, (0, 0, 1.0)) + rng.normal(0, 0.02, tips.shape)
    sideways /= np.linalg.norm(sideways, axis=1, keepdims=True) + 1e-9
    lengths = np.linalg.norm(tips - starts, axis=1)[:, None, None]
    half = lengths * (0.06 if long else rng.uniform(0.3, 0.5, (len(tips), 1, 1)))
    along = np.linspace(0, 1, 4)[:, None]
    middle = starts[:, None] + (tips - starts)[:, None] * along - np.array([0, 0, 0.25]) * lengths * along**2
    wide = sideways[:, None] * half * np.sin(np.pi * np.clip(along, 0.08, 0.95))
    leaves = np.stack([middle - wide, middle + wide], axis=2)  # (leaves, 4, 2, 3)
    return [sheets(leaves[k::3], paint.darker(shade)) for k, shade in enumerate((0.82, 1.0, 1.2)) if len(leaves) > k]


_BAGS = ("tote", "paper", "sack", "duffel")

CLUTTER: dict[str, Recipe] = {
    "trash can": Recipe(trash_can, (0.22, 0.42), (0.24, 0.45), (0.28, 0.75), ("round", "box", "lid", "basket")),
    "trash bin": Recipe(trash_can, (0.22, 0.42), (0.24, 0.45), (0.28, 0.75), ("round", "box", "lid", "basket")),
    "recycling bin": Recipe(trash_can, (0.26, 0.38), (0.34, 0.5), (0.34, 0.7), ("recycling", "box")),
    "bin": Recipe(trash_can, (0.25, 0.5), (0.25, 0.5), (0.25, 0.65), ("box", "recycling", "round")),
    "bucket": Recipe(bucket, (0.26, 0.34), (0.26, 0.34), (0.24, 0.4)),
    "box": Recipe(carton, (0.2, 0.45), (0.25, 0.6), (0.15, 0.5), ("closed", "open", "lidded")),
    "boxes": Recipe(cartons, (0.25, 0.5), (0.3, 0.7), (0.35, 0.85)),
    "storage bin": Recipe(storage_bin, (0.26, 0.42), (0.34, 0.65), (0.22, 0.4), ("lidded", "open")),
    "storage container": Recipe(storage_bin, (0.2, 0.42), (0.34, 0.6), (0.2, 0.4), ("lidded", "open")),
    "container": Recipe(storage_bin, (0.2, 0.42), (0.25, 0.55), (0.15, 0.4), ("lidded", "open")),
    "basket": Recipe(basket, (0.2, 0.36), (0.25, 0.5), (0.18, 0.36), ("round", "square")),
    "laundry basket": Recipe(basket, (0.38, 0.5), (0.5, 0.68), (0.28, 0.5), ("square", "round")),
    "laundry hamper": Recipe(laundry_hamper, (0.36, 0.5), (0.42, 0.56), (0.5, 0.68), ("cloth", "basket")),
    "backpack": Recipe(backpack, (0.22, 0.36), (0.28, 0.38), (0.36, 0.5), ("standing", "slumped")),
    "bag": Recipe(bag, (0.14, 0.32), (0.25, 0.48), (0.22, 0.48), _BAGS),
    "paper bag": Recipe(bag, (0.14, 0.26), (0.24, 0.36), (0.28, 0.48), ("paper",)),
    "purse": Recipe(bag, (0.12, 0.2), (0.22, 0.36), (0.2, 0.34), ("tote", "duffel")),
    "suitcase": Recipe(suitcase, (0.22, 0.34), (0.38, 0.5), (0.5, 0.9)),
    "book": Recipe(book, (0.16, 0.28), (0.2, 0.34), (0.02, 0.06), ("closed", "open")),
    "books": Recipe(books, (0.16, 0.26), (0.3, 0.9), (0.2, 0.34), ("row", "piles")),
    "cd case": Recipe(books, (0.13, 0.15), (0.15, 0.3), (0.14, 0.22), ("row",)),
    "paper": Recipe(papers, (0.24, 0.4), (0.24, 0.4), (0.01, 0.05)),
    "papers": Recipe(papers, (0.28, 0.45), (0.28, 0.45), (0.04, 0.15)),
    "plant": Recipe(plant, (0.25, 0.7), (0.25, 0.7), (0.3, 1.4), ("bush", "tree", "blades")),
    "shoes": Recipe(shoes, (0.26, 0.32), (0.2, 0.28), (0.09, 0.14), ("pair",)),
    "shoe": Recipe(shoes, (0.26, 0.31), (0.1, 0.13), (0.08, 0.14), ("single",)),
    "hat": Recipe(hat, (0.22, 0.32), (0.2, 0.3), (0.1, 0.16)),
    "ball": Recipe(ball, (0.18, 0.3), (0.18, 0.3), (0.18, 0.3)),
    "tissue box": Recipe(tissue_box, (0.11, 0.15), (0.11, 0.25), (0.11, 0.18)),
    "guitar": Recipe(guitar, (0.1, 0.3), (0.34, 0.42), (0.9, 1.05), ("guitar",)),
    "guitar case": Recipe(guitar, (0.16, 0.32), (0.36, 0.46), (0.95, 1.1), ("case",)),
    "piano": Recipe(piano, (0.55, 0.68), (1.4, 1.55), (1.05, 1.3)),
    "dumbbell": Recipe(dumbbell, (0.1, 0.16), (0.2, 0.35), (0.1, 0.16)),
    "cart": Recipe(cart, (0.42, 0.6), (0.6, 0.95), (0.75, 1.05), ("cart",)),
    "stand": Recipe(cart, (0.3, 0.5), (0.4, 0.8), (0.5, 1.1), ("stand",)),
    "broom": Recipe(broom, (0.12, 0.2), (0.22, 0.36), (1.0, 1.4)),
    "ironing board": Recipe(ironing_board, (0.36, 0.42), (1.2, 1.4), (0.85, 0.95)),
    "bicycle": Recipe(bicycle, (1.5, 1.75), (0.5, 0.62), (0.95, 1.08)),
    "person": Recipe(person, (0.3, 0.8), (0.48, 0.6), (1.2, 1.7)),
    "object": Recipe(thing, (0.08, 0.35), (0.1, 0.4), (0.08, 0.4), ("lump", "drum", "heap", "parts")),
    "structure": Recipe(thing, (0.3, 0.6), (0.5, 1.4), (0.6, 1.6), ("parts", "drum")),
    "tray": Recipe(tray, (0.25, 0.35), (0.34, 0.5), (0.03, 0.06), ("tray",)),
    "scale": Recipe(tray, (0.28, 0.34), (0.28, 0.34), (0.04, 0.06), ("scale",)),
    "paper cutter": Recipe(tray, (0.34, 0.45), (0.45, 0.6), (0.06, 0.12), ("cutter",)),
    "hair dryer": Recipe(hair_dryer, (0.16, 0.22), (0.16, 0.24), (0.07, 0.09)),
}
