"""What belongs to the building: radiators, columns, pipes and stairs; ladders, and mats on its floor."""

from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe, rectangle_word
from less3d.data.rooms.shapes.solids import box, prism, ring, soft_box, tube


def radiator(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A radiator: cast ribs, a flat panel, or a covered convector under a grille."""
    _depth, width, height = size
    x, y = footprint(size)
    paint = (
        paints.white(rng, material="metal")
        if maybe(rng, 0.7)
        else Paint(paints.pick(rng, paints.METALS), material="metal")
    )
    if style == "ribs":
        count = max(3, round(width / rng.uniform(0.045, 0.09)))
        pitch = width / count
        lefts, z = (y[0] + pitch * np.arange(count)).tolist(), (height * 0.06, height)
        ribs = [soft_box(x, (left, left + 0.8 * pitch), z, paint, roundness=0.3, detail=3) for left in lefts]
        return Design([*ribs, tube((0, y[0], height * 0.15), (0, y[1], height * 0.15), 0.02, paint)])
    if style == "panel":
        stripes = Paint(paint.rgb, "stripes", "metal", (paint.rgb, paint.shaded(0.86).rgb), scale=0.06, axis=1)
        return Design(
            [
                box(x, y, (height * 0.08, height), stripes),
                tube((0, y[1] - 0.04, 0), (0, y[1] - 0.04, height * 0.1), 0.012, paint),
            ]
        )
    grille = Paint(paint.shaded(0.6).rgb, "stripes", "metal", (paint.rgb, paint.shaded(0.5).rgb), scale=0.04, axis=1)
    front = (y[0] * 0.95, y[1] * 0.95), (0.03, height * 0.25)
    body = box(x, y, (0, height), paint).faced(*front, grille)
    return Design([body.inlaid((x[0] + 0.02, x[1] - 0.02), front[0], (height - 0.004, height + 0.001), grille)])


def column(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A column, square or round."""
    x, y = footprint(size)
    paint = paints.white(rng) if maybe(rng, 0.7) else paints.stone(rng)
    if style == "square":
        return Design([box(x, y, (0, size[2]), paint)], "square")
    return Design([prism(ring(x, y, 0, sides=24)[:, :2], (0, size[2]), paint)], "round")


def duct(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A pipe along its longest side."""
    x, y = footprint(size)
    height = size[2]
    paint = paints.metal(rng) if maybe(rng, 0.6) else paints.white(rng)
    if height >= max(size[:2]):
        return Design([prism(ring(x, y, 0, sides=12)[:, :2], (0, height), paint)])
    radius = min(height, size[0], size[1]) / 2
    ends = ((x[0], 0, radius), (x[1], 0, radius)) if size[0] > size[1] else ((0, y[0], radius), (0, y[1], radius))
    return Design([tube(*ends, radius, paint, sides=12)])


def stairs(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Steps that rise towards -x, so that one walks up from the front."""
    depth, _, height = size
    _, y = footprint(size)
    paint = paints.wood(rng, painted=0.2) if maybe(rng, 0.6) else paints.stone(rng)
    count = max(2, round(height / 0.18))
    fronts = np.linspace(depth / 2, -depth / 2, count + 1)[:-1].tolist()
    levels = pairwise(np.linspace(0, height, count + 1).tolist())
    steps = zip(fronts, levels, strict=True)
    return Design([box((-depth / 2, front), y, z, paint.along(1), without=("-z",)) for front, z in steps])


def stair_rail(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Balusters under a handrail along y."""
    height = size[2]
    _, y = footprint(size)
    wood = paints.wood(rng, painted=0.2) if maybe(rng, 0.6) else paints.metal(rng)
    thin = wood if maybe(rng, 0.5) else paints.white(rng)
    posts = [
        tube((0, float(p), 0), (0, float(p), height - 0.04), 0.015, thin, sides=6) for p in np.arange(y[0], y[1], 0.14)
    ]
    return Design([*posts, box((-0.03, 0.03), y, (height - 0.05, height), wood.along(1))])


def ladder(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A ladder: leaning against the wall behind it, or a folding one."""
    depth, width, height = size
    paint = paints.metal(rng) if maybe(rng, 0.6) else paints.wood(rng)
    x = depth / 2 - 0.03
    top = (-x, 0.0) if style == "leaning" else (0.0, 0.0)
    parts = []
    for side in (-width / 2 + 0.02, width / 2 - 0.02):
        parts.append(tube((x, side, 0), (top[0], side, height), 0.022, paint, sides=4))
        if style == "folding":
            parts.append(tube((-x, side, 0), (0, side, height), 0.018, paint, sides=4))
    for z in np.arange(0.25, height, 0.28):
        at = x + (top[0] - x) * z / height
        parts.append(box((at - 0.03, at + 0.03), (-width / 2, width / 2), (z, z + 0.025), paint))
    return Design(parts)


def mat(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A mat or rug: plain, patterned or with a border."""
    x, y = footprint(size)
    cloth = (
        paints.linen(rng, bright=0.25, patterned=0.4)
        if maybe(rng, 0.6)
        else paints.fabric(rng, bright=0.2, patterned=0.4)
    )
    if style == "oval":
        return Design([prism(ring(x, y, 0, sides=24)[:, :2], (0, size[2]), cloth)], "oval")
    parts = [box(x, y, (0, size[2]), cloth)]
    if maybe(rng, 0.3):
        inner = (x[0] * 0.85, x[1] * 0.85), (y[0] * 0.85, y[1] * 0.85), (size[2], size[2] + 0.002)
        parts.append(box(*inner, paints.fabric(rng, bright=0.2), without=("-z",)))
    return Design(parts, rectangle_word(size))


_COLUMN = Recipe(column, (0.25, 0.6), (0.25, 0.6), (1.8, 2.5), ("square", "round"), even=("square", "round"))

BUILDING: dict[str, Recipe] = {
    "radiator": Recipe(radiator, (0.1, 0.22), (0.6, 2.0), (0.4, 0.75), ("ribs", "panel", "covered")),
    "column": _COLUMN,
    "pillar": _COLUMN,
    "pipe": Recipe(duct, (0.06, 0.14), (0.06, 0.14), (0.6, 2.0), even=("plain",)),
    "tube": Recipe(duct, (0.06, 0.14), (0.06, 0.14), (0.4, 1.2), even=("plain",)),
    "stairs": Recipe(stairs, (0.8, 1.8), (0.8, 1.4), (0.5, 1.6)),
    "stair rail": Recipe(stair_rail, (0.06, 0.1), (0.8, 2.4), (0.8, 1.1)),
    "ladder": Recipe(ladder, (0.2, 0.7), (0.4, 0.6), (1.3, 2.2), ("leaning", "folding")),
    "mat": Recipe(mat, (0.4, 0.9), (0.6, 1.6), (0.01, 0.03), ("plain", "oval")),
    "rug": Recipe(mat, (0.9, 2.0), (1.2, 3.0), (0.01, 0.03), ("plain", "oval")),
}
