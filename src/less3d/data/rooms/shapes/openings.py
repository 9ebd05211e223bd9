"""Doors, windows and what hangs in front of them."""

from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Interval, Part, box, mirrored, sheet, span, tube

_LEAF = 0.045
"""Thickness of a door leaf in meters."""

_OUTSIDE: tuple[Color, ...] = (
    (206, 216, 230), (232, 236, 240), (178, 196, 214), (104, 120, 88), (140, 150, 120), (168, 158, 146),
    (126, 122, 118), (244, 246, 246), (222, 226, 224),
)  # fmt: skip
_NIGHT: tuple[Color, ...] = ((28, 30, 36), (44, 46, 52), (60, 58, 56), (20, 22, 28))


def door(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A door leaf with its handle, flush, paneled or glazed; a deep box means that it stands open."""
    depth, width, height = size
    length = float(np.hypot(depth, width)) if depth > 0.25 else width
    paint = _door_paint(rng).along(2)
    x, y = (-_LEAF / 2, _LEAF / 2), (-length / 2, length / 2)
    leaf = box(x, y, (0, height), paint)
    parts = [_styled(rng, leaf, (length, height), style)]
    side = length * 0.42 * (1 if maybe(rng, 0.5) else -1)
    parts.extend(_both_faces(_door_handle(rng, side, height)))
    if depth <= 0.25:
        return Design(parts + (_frame(rng, size, paint) if maybe(rng, 0.25) else []))
    angle = float(np.arctan2(depth, width)) * (1 if maybe(rng, 0.5) else -1)
    return Design([part.turned(angle) for part in parts])


def double_door(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two equal leaves side by side, closed."""
    _, width, height = size
    paint = _door_paint(rng).along(2)
    parts = []
    state = rng.bit_generator.state
    for side in (-1, 1):
        rng.bit_generator.state = state
        panel = box((-_LEAF / 2, _LEAF / 2), (-width / 4 + 0.004, width / 4 - 0.004), (0, height), paint)
        leaf = [
            _styled(rng, panel, (width / 2, height), style),
            *_both_faces(_door_handle(rng, -side * width * 0.2, height)),
        ]
        parts += [part.moved(y=side * width / 4) for part in leaf]
    return Design(parts)


def doorframe(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two posts and a lintel around an opening."""
    return Design(_frame(rng, size, _door_paint(rng)))


def stall_door(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A toilet stall's door: a flat laminate panel."""
    _, width, height = size
    paint = Paint(paints.pick(rng, (*paints.METALS, *paints.FABRICS[3:8], *paints.WHITES)))
    panel = box((-0.015, 0.015), (-width / 2, width / 2), (0, height), paint)
    return Design([panel, *_both_faces([box((0.015, 0.03), (width * 0.4, width * 0.45), (height * 0.5, height * 0.56),
                                            paints.metal(rng))])])  # fmt: skip


def shower_door(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Framed glass."""
    _, width, height = size
    frame, pane = paints.metal(rng), paints.glass(rng)
    y = (-width / 2, width / 2)
    parts = [box((-0.004, 0.004), y, (0, height), pane)]
    for low, high in ((0, 0.04), (height - 0.04, height)):
        parts.append(box((-0.02, 0.02), y, (low, high), frame))
    for place in (-width / 2, -0.015, width / 2 - 0.03):
        parts.append(box((-0.02, 0.02), (place, place + 0.03), (0, height), frame))
    return Design(parts)


def window(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A window seen from inside: frame, bars, panes with the light or the night behind them, and often a sill."""
    depth, width, height = size
    frame = paints.white(rng) if maybe(rng, 0.6) else paints.wood(rng) if maybe(rng, 0.5) else paints.metal(rng)
    x, y = footprint(size)
    bar = rng.uniform(0.03, 0.08)
    back = (x[0], x[0] + min(0.06, depth))
    pane = _outlook(rng, style)
    sill = 0.03 if depth > 0.1 and maybe(rng, 0.7) else 0.0
    parts = [box((back[0], (back[0] + back[1]) / 2), y, (sill, height), pane, without=("-x",))]
    columns = max(1, round(width / rng.uniform(0.5, 1.2))) * (1 + (style == "grid"))
    rows = {"casement": 1, "sash": 2, "grid": max(2, round(height / 0.45)), "blinds": 1, "night": 1}[style]
    for place in np.linspace(y[0], y[1] - bar, columns + 1):
        parts.append(box(back, (place, place + bar), (sill, height), frame.along(2), without=("-x",)))
    for level in np.linspace(sill, height - bar, rows + 1):
        parts.append(box(back, y, (level, level + bar), frame.along(1), without=("-x",)))
    if sill:
        parts.append(box(x, y, (0, sill), frame.along(1)))
    if style == "blinds":
        parts.extend(_slats(rng, back[1], y, (height * rng.uniform(0, 0.6), height)))
    return Design(parts)


def blinds(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Venetian, vertical or roller blinds."""
    x, y = footprint(size)
    height = size[2]
    paint = paints.white(rng, material="plastic") if maybe(rng, 0.7) else paints.linen(rng)
    if style == "roller":
        return Design(
            [
                box((x[0], x[0] + 0.02), y, (0, height), paint),
                tube((0, y[0], height - 0.03), (0, y[1], height - 0.03), 0.03, paint),
            ]
        )
    if style == "vertical":
        grid = _waves(rng, size, folds=size[1] / 0.12, sharp=True)
        return Design([sheet(grid, paint)])
    return Design(_slats(rng, x[0] + 0.02, y, (0, height)))


def curtain(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Pleated cloth: one piece, a pair drawn aside, or a pair tied back; often on a rod."""
    depth, width, height = size
    cover = paints.linen(rng, patterned=0.2)
    pitch = rng.uniform(0.08, 0.25)
    parts = []
    if style == "full":
        parts.append(sheet(_waves(rng, size, folds=width / pitch), cover))
    else:
        half = width * rng.uniform(0.15, 0.46)
        for side in (-1, 1):
            grid = _waves(rng, (depth, half, height), folds=half / pitch)
            if style == "tied":
                waist = 1 - 0.55 * np.exp(-(((grid[..., 2] / height - 0.45) / 0.25) ** 2))
                grid[..., 1] = (grid[..., 1] - side * half / 2) * waist + side * half / 2
            grid[..., 1] += side * (width - half) / 2
            parts.append(sheet(grid, cover))
    if maybe(rng, 0.5):
        rod = paints.metal(rng) if maybe(rng, 0.7) else paints.wood(rng)
        parts.append(tube((0, -width / 2, height), (0, width / 2, height), 0.014, rod, sides=6))
    return Design(parts)


def shower_curtain(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A light curtain in narrow folds."""
    white = maybe(rng, 0.6)
    cover = paints.white(rng, material="fabric") if white else paints.linen(rng, bright=0.3, patterned=0.6)
    return Design([sheet(_waves(rng, size, folds=size[1] / rng.uniform(0.07, 0.16)), cover)])


def sill(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A board along a wall: windowsills and ledges."""
    x, y = footprint(size)
    paint = paints.white(rng) if maybe(rng, 0.5) else paints.stone(rng) if maybe(rng, 0.4) else paints.wood(rng)
    return Design([box(x, y, (0, size[2]), paint.along(1))])


def _door_paint(rng: np.random.Generator) -> Paint:
    choose = rng.random()
    if choose < 0.5:
        return paints.wood(rng, painted=0.0)
    if choose < 0.85:
        return paints.white(rng)
    return Paint(paints.pick(rng, (*paints.METALS[:4], *paints.FABRICS)), "gradient", scale=0.9)


def _styled(rng: np.random.Generator, leaf: Part, size: tuple[float, float], style: str) -> Part:
    """A leaf with what its two faces show: nothing, panels, glass, or a kick plate."""
    length, height = size
    half, both = length / 2 - 0.11, (-_LEAF, _LEAF)
    if style == "glazed":
        low = height * (0.12 if maybe(rng, 0.4) else 0.5)
        narrow = half if maybe(rng, 0.6) else half * 0.35
        pane = paints.glass(rng) if maybe(rng, 0.6) else _outlook(rng, "casement")
        return leaf.inlaid(both, (-narrow, narrow), (low, height - 0.15), pane)
    if style == "paneled":
        shade = leaf.paint.shaded(rng.uniform(0.78, 0.92))
        rows = np.linspace(0.12, height - 0.04, int(rng.integers(2, 4)) + 1)
        columns = ((-half, -0.04), (0.04, half)) if maybe(rng, 0.6) else ((-half, half),)
        for low, high in pairwise(rows.tolist()):
            for y in columns:
                leaf = leaf.inlaid(both, y, (low, high - 0.1), shade)
        return leaf
    if maybe(rng, 0.25):
        return leaf.inlaid(both, (-length / 2 + 0.02, length / 2 - 0.02), (0.02, 0.3), paints.metal(rng))
    return leaf


def _door_handle(rng: np.random.Generator, y: float, height: float) -> list[Part]:
    paint, level = paints.metal(rng), min(1.0, height * 0.5)
    inward = -np.sign(y) * rng.uniform(0.04, 0.12)
    lever = span(y, y + inward)
    return [
        box((_LEAF / 2, _LEAF / 2 + 0.012), (y - 0.025, y + 0.025), (level - 0.1, level + 0.08), paint),
        box((_LEAF / 2 + 0.02, _LEAF / 2 + 0.05), (lever[0], lever[1]), (level - 0.012, level + 0.012), paint),
    ]


def _both_faces(parts: list[Part]) -> list[Part]:
    """The parts, and the parts again on the back of the leaf."""
    return parts + [mirrored(part, 0) for part in parts]


def _frame(rng: np.random.Generator, size: Size, paint: Paint) -> list[Part]:
    x, y = footprint(size)
    height, post = size[2], rng.uniform(0.05, 0.1)
    return [
        box(x, (y[0], y[0] + post), (0, height), paint.along(2)),
        box(x, (y[1] - post, y[1]), (0, height), paint.along(2)),
        box(x, y, (height - post, height), paint.along(1)),
    ]


def _outlook(rng: np.random.Generator, style: str) -> Paint:
    """What is seen through a pane: over-exposed daylight, a view, or the night."""
    if style == "night":
        return paints.scene(rng, _NIGHT, material="glass")
    if maybe(rng, 0.4):
        return Paint(paints.jitter(rng, (236, 238, 238), 0.03), "gradient", "glass", scale=1.0)
    return paints.scene(rng, _OUTSIDE, material="glass")


def _slats(rng: np.random.Generator, x: float, y: Interval, z: Interval) -> list[Part]:
    """Venetian blinds: a head rail and slats, drawn as stripes of light and shade."""
    light = paints.pick(rng, (*paints.WHITES, *paints.WOODS[:4]), 0.05)
    dark = paints.jitter(rng, (light[0] * 0.75, light[1] * 0.75, light[2] * 0.75), 0.05)
    stripes = Paint(light, "stripes", "plastic", (light, dark), scale=rng.uniform(0.04, 0.07), axis=2)
    return [
        box((x, x + 0.025), y, (z[0], z[1] - 0.03), stripes),
        box((x, x + 0.045), y, (z[1] - 0.045, z[1]), Paint(light)),
    ]


def _waves(rng: np.random.Generator, size: Size, *, folds: float, sharp: bool = False) -> np.ndarray:
    """The grid of a hanging cloth with vertical folds that drift a little on the way down, (A, B, 3)."""
    depth, width, height = size
    folds = float(np.clip(folds, 2, 40))
    across, down = np.meshgrid(np.linspace(0, 1, int(folds * 7) + 2), np.linspace(0, 1, 7), indexing="ij")
    phase = 6.28 * folds * across + rng.normal(0, 0.8) * down + 0.6 * np.sin(9 * across + rng.uniform(0, 6))
    wave = np.sin(phase) + 0.3 * np.sin(0.37 * phase + 2 * down)
    if sharp:
        wave = 2 * np.arcsin(np.sin(phase)) / np.pi
    return np.stack([wave * depth / 2, (across - 0.5) * width, height * (1 - down)], axis=-1)


_DOORS = ("flush", "paneled", "glazed")

OPENINGS: dict[str, Recipe] = {
    "door": Recipe(door, (0.05, 0.14), (0.75, 1.0), (1.95, 2.1), ("flush", "paneled", "glazed")),
    "doors": Recipe(double_door, (0.06, 0.15), (1.3, 2.0), (1.95, 2.2), _DOORS),
    "closet door": Recipe(door, (0.04, 0.1), (0.6, 1.0), (1.9, 2.1), ("paneled", "flush")),
    "bathroom stall door": Recipe(stall_door, (0.04, 0.08), (0.55, 0.75), (1.3, 1.6)),
    "shower door": Recipe(shower_door, (0.05, 0.1), (0.7, 1.5), (1.4, 1.9)),
    "doorframe": Recipe(doorframe, (0.1, 0.2), (0.85, 1.1), (2.0, 2.15)),
    "window": Recipe(window, (0.08, 0.28), (0.6, 2.4), (0.8, 1.7), ("casement", "sash", "night", "blinds", "grid")),
    "blinds": Recipe(blinds, (0.05, 0.12), (0.8, 2.4), (0.9, 2.0), ("venetian", "vertical", "roller")),
    "curtain": Recipe(curtain, (0.1, 0.22), (0.6, 2.8), (1.3, 2.4), ("full", "pair", "tied")),
    "shower curtain": Recipe(shower_curtain, (0.1, 0.3), (0.3, 1.5), (1.6, 1.95)),
    "windowsill": Recipe(sill, (0.12, 0.35), (0.9, 2.6), (0.03, 0.12)),
    "ledge": Recipe(sill, (0.1, 0.35), (0.5, 1.8), (0.04, 0.15)),
}
