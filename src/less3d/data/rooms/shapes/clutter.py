"""Plants, shoes, sports things, people, and everything else that stands around."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.beds import heap
from less3d.data.rooms.shapes.containers import PACKS
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Part, box, lathe, loft, pipe, ring, sheets, soft_box, tube

_LEAVES: tuple[Color, ...] = ((62, 88, 48), (78, 100, 58), (48, 72, 44), (96, 112, 64), (70, 92, 70))


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
    paint = Paint(paints.pick(rng, (*PACKS, *paints.LEATHERS, *paints.BRIGHTS)), material="leather")
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
    paint = Paint(paints.pick(rng, (*PACKS, *paints.LINENS)), "fabric", "fabric", scale=0.1)
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
    """A ball of one color or of panels."""
    radius = min(size) / 2
    base = paints.pick(rng, (*paints.BRIGHTS, (170, 96, 56), *paints.PLASTICS))
    paint = Paint(
        base,
        "gradient" if maybe(rng, 0.6) else "checks",
        "plastic",
        (base, paints.pick(rng, paints.BRIGHTS)),
        scale=0.2,
    )
    return Design(
        [soft_box((-radius, radius), (-radius, radius), (0, 2 * radius), paint, roundness=1.0, detail=7)], "round"
    )


def dumbbell(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two weights on a bar along y."""
    _depth, width, height = size
    radius, weight = height / 2, Paint(paints.pick(rng, ((36, 36, 38), (60, 60, 62), *paints.BRIGHTS[:8])))
    ends = [tube((0, s * width * 0.28, radius), (0, s * width / 2, radius), radius, weight, sides=8) for s in (-1, 1)]
    return Design([tube((0, -width * 0.3, radius), (0, width * 0.3, radius), radius * 0.3, paints.metal(rng)), *ends])


def bicycle(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two wheels along x, a frame, a saddle and handlebars."""
    depth, width, height = size
    radius = height * 0.34
    paint, black = Paint(paints.pick(rng, (*paints.BRIGHTS, *paints.METALS)), material="metal"), Paint((38, 38, 40))
    hubs = (-depth / 2 + radius, depth / 2 - radius)
    parts = []
    angles = np.linspace(0, 2 * np.pi, 25)
    for hub in hubs:
        tyre = np.column_stack([hub + radius * np.cos(angles), np.zeros(25), radius + radius * np.sin(angles)])
        parts.append(pipe(tyre, 0.018, black, sides=6))
        parts.append(tube((hub, -0.03, radius), (hub, 0.03, radius), 0.04, black))
    saddle, head = (hubs[0] * 0.45, 0, height * 0.8), (hubs[1] * 0.7, 0, height * 0.82)
    pedal, rear, front = (hubs[0] * 0.15, 0, radius * 0.8), (hubs[0], 0, radius), (hubs[1], 0, radius)
    tubes = ((saddle, head), (saddle, pedal), (pedal, head), (rear, pedal), (rear, saddle), (front, head))
    parts += [tube(start, end, 0.018, paint, sides=6) for start, end in tubes]
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
    """Any small object: a block, a drum, a lump or a heap of several colors."""
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
    return [sheets(leaves[k::3], paint.shaded(shade)) for k, shade in enumerate((0.82, 1.0, 1.2)) if len(leaves) > k]


_PLANTS = ("bush", "tree", "blades")

CLUTTER: dict[str, Recipe] = {
    "plant": Recipe(plant, (0.25, 0.7), (0.25, 0.7), (0.3, 1.4), _PLANTS, even=_PLANTS),
    "shoes": Recipe(shoes, (0.26, 0.32), (0.2, 0.28), (0.09, 0.14), ("pair",)),
    "shoe": Recipe(shoes, (0.26, 0.31), (0.1, 0.13), (0.08, 0.14), ("single",)),
    "hat": Recipe(hat, (0.22, 0.32), (0.2, 0.3), (0.1, 0.16)),
    "ball": Recipe(ball, (0.18, 0.3), (0.18, 0.3), (0.18, 0.3), even=("plain",)),
    "dumbbell": Recipe(dumbbell, (0.1, 0.16), (0.2, 0.35), (0.1, 0.16)),
    "bicycle": Recipe(bicycle, (1.5, 1.75), (0.5, 0.62), (0.95, 1.08)),
    "person": Recipe(person, (0.3, 0.8), (0.48, 0.6), (1.2, 1.7)),
    "object": Recipe(thing, (0.08, 0.35), (0.1, 0.4), (0.08, 0.4), ("lump", "drum", "heap", "parts")),
    "structure": Recipe(thing, (0.3, 0.6), (0.5, 1.4), (0.6, 1.6), ("parts", "drum")),
}
