"""Couches, and ottomans to go with them."""

from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, ellipse_word, maybe, rectangle_word
from less3d.data.rooms.shapes.solids import Part, box, lens, prism, ring, soft_box, span, tube


def couch(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A couch or armchair: base, back, arms, one cushion a seat, now and then loose pillows."""
    depth, width, height = size
    cover = paints.upholstery(rng)
    arm_width = 0.0 if style == "armless" else min(rng.uniform(0.08, 0.28), width * 0.22)
    back_depth = min(rng.uniform(0.14, 0.3), depth * 0.38)
    seat = float(np.clip(height * rng.uniform(0.45, 0.58), 0.2, 0.5))
    arm_height = float(np.clip(seat + rng.uniform(0.06, 0.28), seat, height * 0.92))
    foot = rng.uniform(0.02, 0.14) if maybe(rng, 0.6) and style != "chaise" else 0.0
    inside = (-width / 2 + arm_width, width / 2 - arm_width)
    seat_front = depth / 2 - (depth * 0.45 if style == "chaise" else 0)
    soft = rng.uniform(0.2, 0.45)
    parts = [
        box((-depth / 2, seat_front), (-width / 2 + 0.01, width / 2 - 0.01), (foot, seat * 0.6), cover),
        soft_box((-depth / 2, -depth / 2 + back_depth), (-width / 2, width / 2), (foot, height), cover, roundness=0.2),
        *_arms_of_couch(style, (depth, width, arm_height), arm_width, foot, cover, soft, seat_front),
        *_cushions(rng, inside, (-depth / 2 + back_depth, seat_front), (seat * 0.55, seat, height), cover, soft),
        *(() if style == "chaise" else _feet(rng, size, foot)),
    ]
    if style == "chaise":
        side = (inside[0], inside[0] + max(0.55, width * 0.3))
        parts.append(box((-depth / 2, depth / 2), (-width / 2, side[1]), (foot, seat * 0.6), cover))
        parts.append(soft_box((-depth * 0.2, depth / 2), side, (seat * 0.55, seat), cover, roundness=soft))
    if maybe(rng, 0.35):
        parts.extend(_loose_pillows(rng, inside, -depth / 2 + back_depth, seat, height))
    return Design(parts, "L-shaped" if style == "chaise" else None)


def ottoman(rng: np.random.Generator, size: Size, style: str) -> Design:
    """An upholstered block or drum, sometimes on feet."""
    depth, width, height = size
    cover = paints.upholstery(rng)
    foot = rng.uniform(0.02, 0.08) if maybe(rng, 0.5) else 0.0
    if style == "round":
        outline = ring((-depth / 2, depth / 2), (-width / 2, width / 2), 0)
        return Design([prism(outline[:, :2], (0, height), cover)], ellipse_word(size))
    x, y = (-depth / 2, depth / 2), (-width / 2, width / 2)
    parts = [
        box((x[0] + 0.01, x[1] - 0.01), (y[0] + 0.01, y[1] - 0.01), (foot, height * 0.7), cover),
        soft_box(x, y, (height * 0.55, height), cover, roundness=rng.uniform(0.15, 0.4)),
        *_feet(rng, size, foot),
    ]
    return Design(parts, rectangle_word(size))


def _arms_of_couch(
    style: str, size: Size, arm: float, foot: float, cover: Paint, soft: float, front: float
) -> list[Part]:
    depth, width, height = size
    if not arm:
        return []
    parts = []
    for side in (-1, 1):
        y = span(side * width / 2, side * (width / 2 - arm))
        if style == "rolled":
            parts.append(box((-depth / 2, front), y, (foot, height - arm / 2), cover))
            middle = (y[0] + y[1]) / 2
            roll = tube(
                (-depth / 2, middle, height - arm / 2), (front, middle, height - arm / 2), arm * 0.6, cover, sides=12
            )
            parts.append(roll)
        else:
            parts.append(soft_box((-depth / 2, front), y, (foot, height), cover, roundness=min(soft, 0.25)))
    return parts


def _cushions(
    rng: np.random.Generator, y: tuple[float, float], x: tuple[float, float], z: Size, cover: Paint, soft: float
) -> list[Part]:
    """Seat cushions side by side, and back cushions behind them half of the time."""
    low, seat, height = z
    count = max(1, round((y[1] - y[0]) / rng.uniform(0.55, 0.85)))
    edges = np.linspace(y[0], y[1], count + 1)
    second = cover if maybe(rng, 0.88) else paints.upholstery(rng)
    backed = maybe(rng, 0.6)
    parts = []
    for left, right in pairwise(edges):
        parts.append(soft_box((x[0], x[1]), (left, right), (low, seat), second, roundness=soft))
        if backed:
            top = height * rng.uniform(0.93, 1.05)
            parts.append(
                soft_box((x[0] - 0.02, x[0] + 0.16), (left, right), (seat - 0.03, top), second, roundness=soft)
            )
    return parts


def _loose_pillows(
    rng: np.random.Generator, y: tuple[float, float], x: float, seat: float, height: float
) -> list[Part]:
    side = min(rng.uniform(0.3, 0.45), height - seat + 0.05, y[1] - y[0])
    cover = paints.linen(rng, bright=0.4)
    parts = []
    for center in rng.uniform(y[0] + side / 2, y[1] - side / 2, int(rng.integers(1, 4))) if side < y[1] - y[0] else ():
        flat = lens((-side / 2, side / 2), (-side / 2, side / 2), (-0.07, 0.07), cover)
        standing = flat.turned(-np.pi / 2, axis=1).moved(z=side / 2).turned(-0.3, axis=1)
        parts.append(standing.moved(x + 0.2, center, seat - 0.01))
    return parts


def _feet(rng: np.random.Generator, size: Size, height: float) -> list[Part]:
    if height < 0.02:
        return []
    paint = paints.wood(rng) if maybe(rng, 0.7) else paints.metal(rng)
    x, y = size[0] / 2 - 0.05, size[1] / 2 - 0.05
    return [
        tube((sx * x, sy * y, height + 0.02), (sx * x, sy * y, 0), 0.025, paint) for sx in (-1, 1) for sy in (-1, 1)
    ]


COUCHES: dict[str, Recipe] = {
    "sofa chair": Recipe(couch, (0.78, 1.0), (0.75, 1.1), (0.72, 0.95), ("track", "rolled", "armless")),
    "couch": Recipe(couch, (0.8, 1.0), (1.4, 2.5), (0.68, 0.98), ("track", "rolled", "chaise", "armless")),
    "ottoman": Recipe(ottoman, (0.45, 0.8), (0.45, 1.0), (0.36, 0.5), ("square", "round"), even=("round",)),
}
