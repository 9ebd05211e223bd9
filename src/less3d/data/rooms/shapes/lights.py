"""Lamps that stand, and lights on walls and ceilings."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import box, lathe, pipe, soft_box, tube

_SHADES: tuple[Color, ...] = ((236, 224, 196), (244, 240, 228), (226, 212, 180), (246, 238, 214), (150, 120, 92))


def lamp(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A lamp: shade on a foot, a desk lamp with a bent arm, a globe, or a tall floor lamp."""
    depth, width, height = size
    foot = (
        paints.metal(rng)
        if maybe(rng, 0.5)
        else Paint(paints.pick(rng, (*paints.FABRICS, *paints.WHITES)), material="ceramic")
    )
    shade = Paint(paints.pick(rng, _SHADES, 0.06), material="fabric")
    radius = min(depth, width) / 2
    if style == "arm":
        head, elbow = (depth * 0.4, 0, height * 0.85), (-depth * 0.35, 0, height * 0.6)
        return Design([
            lathe([(radius * 0.6, 0), (radius * 0.55, 0.03), (0.02, 0.04)], foot),
            pipe([(0, 0, 0.03), elbow, (depth * 0.1, 0, height * 0.97), head], 0.012, foot, sides=6),
            tube((depth * 0.25, 0, height), (depth / 2, 0, height * 0.75), 0.03, foot, end_radius=0.08, sides=12),
        ])  # fmt: skip
    low = height * (rng.uniform(0.72, 0.85) if height > 0.95 else rng.uniform(0.42, 0.6))
    if style == "globe":
        return Design([
            lathe([(radius * 0.6, 0), (radius * 0.5, 0.03), (0.015, 0.05), (0.015, low)], foot),
            soft_box((-radius, radius), (-radius, radius), (low, height), shade, roundness=1.0),
        ])  # fmt: skip
    narrow = radius * rng.uniform(0.45, 1.0)
    if height > 0.95:
        profile = [(radius * 0.7, 0), (radius * 0.7, 0.02), (0.015, 0.05), (0.015, low + 0.05)]
    else:
        profile = [
            (radius * rng.uniform(0.4, 0.7), 0),
            (radius * rng.uniform(0.2, 0.7), low * 0.4),
            (0.02, low * 0.9),
            (0.015, low + 0.03),
        ]
    return Design([
        lathe(profile, foot),
        lathe([(radius, low), (narrow, height), (narrow * 0.95, height), (radius * 0.95, low + 0.01)], shade, sides=20),
    ])  # fmt: skip


def wall_light(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Lights on the wall or ceiling: a glowing dome, cylinder or panel on a plate."""
    depth, width, height = size
    x, y = footprint(size)
    glow = Paint(paints.jitter(rng, (246, 238, 214), 0.04), material="glass")
    if style == "panel":
        return Design(
            [
                box(x, y, (0, height), paints.metal(rng)),
                box((x[0] * 0.9, x[1] * 0.9), (y[0] * 0.9, y[1] * 0.9), (-0.01, 0), glow),
            ]
        )
    if style == "tubes":
        base = box((x[0], x[0] + depth * 0.3), y, (height * 0.35, height * 0.65), paints.metal(rng))
        front, half = (x[0] + depth * 0.2, x[1]), height / 3
        places = np.linspace(y[0] * 0.8, y[1] * 0.8, max(1, round(width / 0.2))).tolist()
        bulbs = [soft_box(front, (p - half, p + half), (0, height), glow, roundness=1.0) for p in places]
        return Design([base, *bulbs])
    return Design(
        [soft_box(x, y, (0, height), glow, roundness=0.9), box(x, y, (height * 0.9, height), paints.metal(rng))]
    )


_LAMPS = ("shade", "arm", "globe")

LIGHTS: dict[str, Recipe] = {
    "lamp": Recipe(lamp, (0.22, 0.42), (0.22, 0.42), (0.35, 0.75), _LAMPS, even=_LAMPS),
    "lamp base": Recipe(lamp, (0.2, 0.32), (0.2, 0.32), (0.2, 0.4), ("globe",), even=("globe",)),
    "floor lamp": Recipe(lamp, (0.28, 0.45), (0.28, 0.45), (1.4, 1.8), ("shade", "globe"), even=("shade", "globe")),
    "light": Recipe(wall_light, (0.08, 0.2), (0.12, 0.6), (0.1, 0.25), ("dome", "tubes")),
    "ceiling light": Recipe(wall_light, (0.3, 0.6), (0.3, 1.2), (0.05, 0.14), ("dome", "panel")),
}
