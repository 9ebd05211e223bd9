"""What hangs and stands about in a bathroom: paper rolls, dispensers, soap, bars, shower heads."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import box, lathe, loft, pipe, ring, soft_box, tube


def roll(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A roll of paper: standing when it is high, otherwise lying along y."""
    depth, width, height = size
    paper = Paint(paints.jitter(rng, (232, 228, 220), 0.04), material="paper")
    if height > 1.3 * max(depth, width):
        return Design([tube((0, 0, 0), (0, 0, height), width / 2, paper, sides=14)], "round")
    radius = min(depth, height) / 2
    hole = Paint((110, 96, 80))
    return Design([
        tube((0, -width / 2, radius), (0, width / 2, radius), radius, paper, sides=14),
        tube((0, -width / 2 - 0.003, radius), (0, width / 2 + 0.003, radius), radius * 0.3, hole),
        box((radius * 0.8, radius), (-width * 0.45, width * 0.45), (-0.03, radius), paper),
    ])  # fmt: skip


def dispenser(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A box on the wall, rounded or square, with a dark slot or a white sheet hanging from it."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = paints.metal(rng) if maybe(rng, 0.35) else paints.plastic(rng, bright=0.03)
    body = soft_box(x, y, (height * 0.05, height), paint, roundness=rng.uniform(0.1, 0.3))
    slot = box((x[1] - 0.02, x[1] - 0.005), (y[0] * 0.6, y[1] * 0.6), (height * 0.1, height * 0.25), paint.shaded(0.4))
    sheet = box((0, 0.01), (y[0] * 0.5, y[1] * 0.5), (-0.1 * height, height * 0.1), paints.white(rng))
    return Design([body, slot, sheet] if maybe(rng, 0.5) else [body, slot])


def pump(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A soap bottle with a pump, or a dispenser on the wall."""
    depth, width, height = size
    if style == "wall":
        return dispenser(rng, size, style)
    radius = width / 2
    body = paints.plastic(rng, bright=0.5)
    neck = height * 0.72
    return Design([
        lathe([(radius, 0), (radius, neck * 0.85), (radius * 0.4, neck), (radius * 0.25, height * 0.95)], body),
        box((-0.01, depth / 2), (-0.008, 0.008), (height * 0.94, height), paints.white(rng)),
    ])  # fmt: skip


def soap_dish(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A small tray, with a piece of soap now and then."""
    _depth, _width, height = size
    x, y = footprint(size)
    rings = [
        ring((x[0] * k, x[1] * k), (y[0] * k, y[1] * k), z, square=3)
        for z, k in ((0, 0.8), (height, 1), (height * 0.5, 0.8))
    ]
    parts = [loft(rings, paints.porcelain(rng))]
    if maybe(rng, 0.5):
        soap = Paint(paints.pick(rng, paints.LINENS))
        parts.append(soft_box((x[0] * 0.6, x[1] * 0.6), (y[0] * 0.6, y[1] * 0.6), (height * 0.4, height * 1.1), soap))
    return Design(parts)


def bar(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A rod along y held by two brackets at its back: grab bars, towel bars, curtain rods."""
    depth, width, height = size
    paint, radius = paints.metal(rng), min(0.018, height / 2, depth / 2)
    level, front = height / 2, depth / 2 - radius
    y = width / 2 - radius
    path = [(-depth / 2, -y, level), (front, -y, level), (front, y, level), (-depth / 2, y, level)]
    if style == "straight":
        path = [(0, -width / 2, level), (0, width / 2, level)]
    return Design([pipe(path, radius, paint, sides=6)])


def shower_head(rng: np.random.Generator, size: Size, style: str) -> Design:
    """An arm from the wall and a round head."""
    depth, width, height = size
    paint = paints.metal(rng)
    arm = pipe([(-depth / 2, 0, height * 0.7), (0, 0, height), (depth * 0.3, 0, height * 0.6)], 0.012, paint)
    head = lathe([(width / 2, 0), (width / 2, 0.02), (0.02, height * 0.5)], paint, at=(depth * 0.25, 0, 0))
    return Design([arm, head])


def plunger(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A rubber cup or a brush holder with a stick."""
    radius, height = size[1] / 2, size[2]
    cup = Paint(paints.pick(rng, ((110, 40, 34), (40, 38, 38), (190, 186, 178))), material="plastic")
    return Design([
        lathe([(radius, 0), (radius * 0.9, height * 0.15), (0.02, height * 0.28)], cup),
        tube((0, 0, height * 0.2), (0, 0, height), 0.012, paints.wood(rng), sides=6),
    ])  # fmt: skip


BATHROOM_FITTINGS: dict[str, Recipe] = {
    "toilet paper": Recipe(roll, (0.1, 0.13), (0.1, 0.13), (0.1, 0.13), even=("plain",)),
    "paper towel roll": Recipe(roll, (0.11, 0.14), (0.11, 0.14), (0.22, 0.29), even=("plain",)),
    "toilet paper dispenser": Recipe(dispenser, (0.1, 0.16), (0.3, 0.45), (0.25, 0.4)),
    "toilet seat cover dispenser": Recipe(dispenser, (0.05, 0.09), (0.38, 0.46), (0.28, 0.36)),
    "paper towel dispenser": Recipe(dispenser, (0.14, 0.28), (0.28, 0.38), (0.33, 0.45)),
    "soap dispenser": Recipe(pump, (0.08, 0.12), (0.07, 0.12), (0.18, 0.28), ("pump", "wall")),
    "soap dish": Recipe(soap_dish, (0.07, 0.13), (0.12, 0.19), (0.03, 0.06)),
    "bar": Recipe(bar, (0.06, 0.1), (0.4, 0.9), (0.03, 0.06)),
    "handicap bar": Recipe(bar, (0.06, 0.1), (0.6, 1.1), (0.03, 0.06)),
    "rail": Recipe(bar, (0.06, 0.1), (0.5, 1.2), (0.03, 0.06)),
    "shower curtain rod": Recipe(bar, (0.03, 0.05), (0.7, 1.5), (0.03, 0.05), ("straight",)),
    "closet rod": Recipe(bar, (0.03, 0.05), (0.7, 2.0), (0.03, 0.05), ("straight",)),
    "shower head": Recipe(shower_head, (0.12, 0.2), (0.09, 0.16), (0.12, 0.2)),
    "plunger": Recipe(plunger, (0.12, 0.17), (0.12, 0.17), (0.35, 0.55), even=("plain",)),
}
