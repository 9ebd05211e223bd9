"""Guitars, pianos and electric pianos."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.containers import PACKS
from less3d.data.rooms.shapes.electronics import BLACKS
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint
from less3d.data.rooms.shapes.solids import Interval, Part, box, prism, tube


def guitar(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A guitar, or its case, standing upright with its face to the front."""
    depth, width, height = size
    wood = paints.wood(rng, painted=0.15) if style == "guitar" else Paint(paints.pick(rng, PACKS), material="plastic")
    body = height * 0.45
    waist = np.array([(0.0, 0.75), (0.12, 0.98), (0.3, 1.0), (0.55, 0.66), (0.75, 0.78), (0.9, 0.72), (1.0, 0.3)])
    outline = np.concatenate([waist * (1, 1), (waist * (1, -1))[::-1]]) * (body, width / 2)
    shell = prism(outline, (-depth / 3, depth / 3), wood).turned(-np.pi / 2, axis=1)
    neck_paint = wood.shaded(0.6)
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


def keyboard_piano(rng: np.random.Generator, size: Size, style: str) -> Design:
    """An electric piano: a dark board with white and black keys along its front."""
    depth, _width, height = size
    x, y = footprint(size)
    case = Paint(paints.pick(rng, BLACKS), material="plastic")
    return Design(
        [
            box(x, y, (0, height * 0.9), case),
            *piano_keys((x[1] - depth * 0.5, x[1] - 0.02), (y[0] * 0.95, y[1] * 0.95), height),
        ]
    )


def piano_keys(x: Interval, y: Interval, top: float) -> list[Part]:
    """White keys with black ones over their back halves, their tops at about `top`."""
    ivory, ebony = Paint((222, 216, 204)), Paint((26, 25, 26))
    parts = [box(x, y, (top - 0.03, top - 0.01), ivory)]
    for index, place in enumerate(np.arange(y[0] + 0.02, y[1] - 0.02, 0.024)):
        if index % 7 not in (2, 6):
            parts.append(box((x[0], (x[0] + x[1]) / 2), (place, place + 0.012), (top - 0.01, top), ebony))
    return parts


INSTRUMENTS: dict[str, Recipe] = {
    "guitar": Recipe(guitar, (0.1, 0.3), (0.34, 0.42), (0.9, 1.05), ("guitar",)),
    "guitar case": Recipe(guitar, (0.16, 0.32), (0.36, 0.46), (0.95, 1.1), ("case",)),
    "piano": Recipe(piano, (0.55, 0.68), (1.4, 1.55), (1.05, 1.3)),
    "keyboard piano": Recipe(keyboard_piano, (0.28, 0.4), (0.8, 1.35), (0.08, 0.14)),
}
