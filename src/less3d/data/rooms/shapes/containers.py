"""What things are kept in: bins, boxes, baskets, bags and cases."""

import itertools

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.beds import heap
from less3d.data.rooms.shapes.paint import Color, Number, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Part, box, loft, pipe, ring, soft_box

_CARDBOARDS: tuple[Color, ...] = ((156, 122, 86), (170, 138, 100), (136, 104, 74), (182, 156, 122), (120, 94, 70))
_BINS: tuple[Color, ...] = (
    (40, 40, 42), (56, 56, 58), (92, 90, 86), (140, 136, 128), (196, 190, 180), (160, 150, 130), (50, 66, 96),
    (84, 66, 52),
)  # fmt: skip
PACKS: tuple[Color, ...] = (
    (32, 32, 34), (44, 44, 48), (38, 46, 70), (64, 64, 66), (84, 40, 40), (60, 72, 58), (96, 84, 70), (56, 74, 110),
    (110, 58, 84), (36, 40, 42),
)  # fmt: skip
"""Colors of bags, shoes and cases: dark, some muted."""


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
        paint = Paint(paint.rgb, "checks", paint.material, (paint.rgb, paint.shaded(0.5).rgb), scale=0.025, seed=1)
    parts = [tub(size, paint, square=square, taper=taper, closed=style == "lid")]
    if style == "lid":
        dome = rng.uniform(0.75, 0.9)
        lid = [ring((x[0] * k, x[1] * k), (y[0] * k, y[1] * k), height * z, square=square)
               for z, k in ((dome, 1.0), (dome + 0.03, 1.0), (1.0, rng.uniform(0.3, 0.9)))]  # fmt: skip
        parts = [tub((depth, width, height * dome), paint, square=square, taper=taper, closed=True)]
        parts.append(loft(lid, paint.shaded(rng.uniform(0.6, 1.3))))
    elif maybe(rng, 0.4):
        bag = Paint(paints.pick(rng, ((210, 208, 202), (40, 40, 42), (190, 186, 176))), "fabric", "plastic", scale=0.05)
        parts = [parts[0].inlaid(x, y, (height * rng.uniform(0.75, 0.9), height + 0.01), bag)]
    if style != "lid" and maybe(rng, 0.5):
        fill = paints.scene(rng, (*paints.WHITES, *_CARDBOARDS, *paints.BRIGHTS))
        stuff = heap(rng, (depth * 0.6, width * 0.6, height * 0.2), fill)
        parts.append(stuff.moved(z=height * rng.uniform(0.4, 0.75)))
    return Design(parts)


def bucket(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A round tapered pail with a handle."""
    paint = paints.plastic(rng, bright=0.5)
    x = size[0] * 0.48
    loop = [(0, -x, size[2] * 0.9), (size[0] * 0.3, 0, size[2] * 0.75), (0, x, size[2] * 0.9)]
    return Design([tub(size, paint, square=2, taper=0.8), pipe(loop, 0.006, paints.metal(rng), sides=5)])


def carton(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A cardboard or printed box, closed, taped, or open with its flaps up."""
    depth, _width, height = size
    x, y = footprint(size)
    brown = maybe(rng, 0.65)
    color = paints.pick(rng, _CARDBOARDS if brown else (*paints.BRIGHTS, *paints.WHITES, *paints.FABRICS))
    paint = Paint(color, material="cardboard")
    side = paints.printed(rng, color) if maybe(rng, 0.4) else paint
    if style == "open":
        parts = [*open_box(size, height * 0.85, side, paint)]
        for sx in (-1, 1):
            flap = box((-0.003, 0.003), y, (0, depth * 0.3), paint).turned(sx * rng.uniform(0.3, 1.2), axis=1)
            parts.append(flap.moved(sx * depth / 2, 0, height * 0.85))
        return Design(parts)
    tape = paint.shaded(1.15 if brown else 0.8)
    parts = [box(x, y, (0, height), side)]
    if maybe(rng, 0.6):
        parts.append(box((-0.03, 0.03), y, (height, height + 0.002), tape, without=("-z",)))
    if style == "lidded":
        parts.append(
            box((x[0] - 0.005, x[1] + 0.005), (y[0] - 0.005, y[1] + 0.005), (height * 0.8, height), paint.shaded(0.85))
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
    """A plastic tub, open with things in it, or under a lid of another color."""
    depth, width, height = size
    x, y = footprint(size)
    clear = maybe(rng, 0.4)
    paint = Paint(
        paints.pick(rng, ((176, 182, 182), (150, 156, 158)) if clear else (*paints.BRIGHTS, *_BINS)), material="plastic"
    )
    if style == "lidded":
        lid = Paint(paints.pick(rng, (*paints.BRIGHTS, *_BINS)), material="plastic")
        closed = tub((depth, width, height * 0.9), paint, square=9, taper=0.9, closed=True)
        return Design([closed, box(x, y, (height * 0.88, height), lid)])
    fill = paints.scene(rng, (*paints.LINENS, *paints.BRIGHTS, *_CARDBOARDS))
    stuff = heap(rng, (depth * 0.85, width * 0.85, height * 0.4), fill).moved(z=height * 0.5)
    return Design([tub(size, paint, square=9, taper=0.9), stuff])


def basket(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Wicker or perforated plastic, often with laundry in it."""
    depth, width, height = size
    base = paints.pick(rng, paints.WOODS if maybe(rng, 0.5) else (*paints.WHITES, *paints.BRIGHTS[:8]))
    dark = (base[0] * 0.6, base[1] * 0.6, base[2] * 0.6)
    paint = Paint(base, "checks", "wicker", (base, base, dark), scale=rng.uniform(0.02, 0.04), seed=2)
    parts = [tub(size, paint, square=2.0 if style == "round" else 7.0, taper=rng.uniform(0.75, 0.95))]
    if maybe(rng, 0.65):
        cloth = paints.linen(rng, bright=0.4, patterned=0.4)
        parts.append(
            heap(rng, (depth * 0.72, width * 0.72, height * 0.4), cloth).moved(z=height * rng.uniform(0.5, 0.75))
        )
    return Design(parts)


def laundry_hamper(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A tall cloth or wicker hamper, open or covered."""
    if style == "basket":
        return basket(rng, size, "round" if maybe(rng, 0.4) else "square")
    depth, width, height = size
    cloth = paints.linen(rng, patterned=0.2)
    stuff = heap(rng, (depth * 0.85, width * 0.85, height * 0.3), paints.linen(rng, bright=0.4)).moved(z=height * 0.75)
    return Design([tub((depth, width, height * 0.9), cloth, square=8, taper=0.97), stuff])


def backpack(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A backpack standing against something: a bulged body, a front pocket, straps at the back; or slumped."""
    depth, width, height = size
    cloth = Paint(paints.pick(rng, PACKS, 0.12), "fabric", "fabric", scale=0.1, seed=int(rng.integers(1 << 30)))
    second = (
        cloth.shaded(rng.uniform(0.6, 1.5))
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
        parts.append(pipe(strap, 0.018, second.shaded(0.8), sides=5))
    parts.append(
        pipe([(0, -0.05, height * 0.95), (-0.01, 0, height * 1.03), (0, 0.05, height * 0.95)], 0.01, second, sides=5)
    )
    return Design(parts)


def bag(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bag: a tote or paper bag with handles, a duffel, or a tied sack."""
    depth, width, height = size
    x, y = footprint(size)
    if style == "duffel":
        cloth = Paint(paints.pick(rng, PACKS), "fabric", "fabric", scale=0.1)
        body = soft_box(x, y, (0, height * 0.85), cloth, roundness=0.6)
        loop = [(0, y[0] * 0.4, height * 0.7), (0, 0, height), (0, y[1] * 0.4, height * 0.7)]
        return Design([body, pipe(loop, 0.012, cloth.shaded(0.7), sides=5)])
    if style == "sack":
        color = paints.pick(rng, ((40, 40, 42), (206, 204, 198), (226, 222, 214), (70, 90, 120)))
        plastic = Paint(color, "fabric", "plastic", scale=0.05, seed=int(rng.integers(1 << 30)))
        levels = ((0, 0.8), (0.2, 1.0), (0.55, 0.8), (0.8, 0.2), (1.0, 0.35))
        return Design(
            [loft([ring((x[0] * k, x[1] * k), (y[0] * k, y[1] * k), z * height) for z, k in levels], plastic)]
        )
    paper = style == "paper"
    color = paints.pick(rng, _CARDBOARDS if paper and maybe(rng, 0.6) else (*paints.BRIGHTS, *paints.LINENS, *PACKS))
    paint = paints.printed(rng, color) if maybe(rng, 0.4) else Paint(color, material="paper" if paper else "fabric")
    top = height * 0.75
    parts = [tub((depth, width, top), paint, square=8, taper=1.05)]
    for at in (x[0] * 0.8, x[1] * 0.8):
        loop = [(at, y[0] * 0.4, top), (at, y[0] * 0.3, height), (at, y[1] * 0.3, height), (at, y[1] * 0.4, top)]
        parts.append(pipe(loop, 0.008, paint.shaded(0.8), sides=5))
    return Design(parts)


def suitcase(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A case, standing with its handle out when it is high, lying when it is flat."""
    x, y = footprint(size)
    height = size[2]
    paint = Paint(paints.pick(rng, (*PACKS, *paints.BRIGHTS[:8])), "gradient", "fabric", scale=0.5)
    top = height * (0.85 if height > 0.5 else 1.0)
    parts = [soft_box(x, y, (0.02, top), paint, roundness=0.15)]
    parts.append(box((x[1] - 0.01, x[1] + 0.012), (y[0] * 0.8, y[1] * 0.8), (top * 0.15, top * 0.6), paint.shaded(0.8)))
    if top < height:
        loop = [
            (x[0] * 0.5, y[0] * 0.4, top),
            (x[0] * 0.5, y[0] * 0.4, height),
            (x[0] * 0.5, y[1] * 0.4, height),
            (x[0] * 0.5, y[1] * 0.4, top),
        ]
        parts.append(pipe(loop, 0.01, paints.metal(rng), sides=5))
    return Design(parts)


def tub(size: Size, paint: Paint, *, square: Number, taper: Number, closed: bool = False) -> Part:
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


def open_box(size: Size, top: float, outside: Paint, inside: Paint) -> list[Part]:
    """Four sides up to `top` around a bottom."""
    x, y = footprint(size)
    thin = min(0.01, size[0] * 0.05)
    return [
        box(x, y, (0, thin), inside),
        *(box((at, at + thin), y, (0, top), outside) for at in (x[0], x[1] - thin)),
        *(box(x, (at, at + thin), (0, top), outside) for at in (y[0], y[1] - thin)),
    ]


_TRASH_CAN = Recipe(
    trash_can, (0.22, 0.42), (0.24, 0.45), (0.28, 0.75), ("round", "box", "lid", "basket"), even=("round", "basket")
)
_BAGS = ("tote", "paper", "sack", "duffel")

CONTAINERS: dict[str, Recipe] = {
    "trash can": _TRASH_CAN,
    "trash bin": _TRASH_CAN,
    "recycling bin": Recipe(trash_can, (0.26, 0.38), (0.34, 0.5), (0.34, 0.7), ("recycling", "box")),
    "bin": Recipe(trash_can, (0.25, 0.5), (0.25, 0.5), (0.25, 0.65), ("box", "recycling", "round")),
    "bucket": Recipe(bucket, (0.26, 0.34), (0.26, 0.34), (0.24, 0.4), even=("plain",)),
    "box": Recipe(carton, (0.2, 0.45), (0.25, 0.6), (0.15, 0.5), ("closed", "open", "lidded")),
    "boxes": Recipe(cartons, (0.25, 0.5), (0.3, 0.7), (0.35, 0.85)),
    "storage bin": Recipe(storage_bin, (0.26, 0.42), (0.34, 0.65), (0.22, 0.4), ("lidded", "open")),
    "storage container": Recipe(storage_bin, (0.2, 0.42), (0.34, 0.6), (0.2, 0.4), ("lidded", "open")),
    "container": Recipe(storage_bin, (0.2, 0.42), (0.25, 0.55), (0.15, 0.4), ("lidded", "open")),
    "basket": Recipe(basket, (0.2, 0.36), (0.25, 0.5), (0.18, 0.36), ("round", "square"), even=("round",)),
    "laundry basket": Recipe(basket, (0.38, 0.5), (0.5, 0.68), (0.28, 0.5), ("square", "round"), even=("round",)),
    "laundry hamper": Recipe(laundry_hamper, (0.36, 0.5), (0.42, 0.56), (0.5, 0.68), ("cloth", "basket")),
    "backpack": Recipe(backpack, (0.22, 0.36), (0.28, 0.38), (0.36, 0.5), ("standing", "slumped")),
    "bag": Recipe(bag, (0.14, 0.32), (0.25, 0.48), (0.22, 0.48), _BAGS),
    "paper bag": Recipe(bag, (0.14, 0.26), (0.24, 0.36), (0.28, 0.48), ("paper",)),
    "purse": Recipe(bag, (0.12, 0.2), (0.22, 0.36), (0.2, 0.34), ("tote", "duffel")),
    "suitcase": Recipe(suitcase, (0.22, 0.34), (0.38, 0.5), (0.5, 0.9)),
}
