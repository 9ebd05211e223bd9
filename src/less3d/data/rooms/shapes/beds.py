"""Beds and what lies on them: pillows, blankets, towels and clothes."""

from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, maybe
from less3d.data.rooms.shapes.solids import Part, box, lens, sheet, soft_box, tube


def bed(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bed with its head at -x: frame, mattress, cover, pillows, and a headboard in the style's manner."""
    depth, width, height = size
    lying = float(np.clip(height * rng.uniform(0.45, 0.62), 0.3, 0.68))
    frame = paints.wood(rng, painted=0.2) if maybe(rng, 0.75) else paints.upholstery(rng)
    base = lying - rng.uniform(0.16, 0.26)
    x, y = (-depth / 2, depth / 2), (-width / 2, width / 2)
    sheet_paint, cover = paints.linen(rng, patterned=0.1), paints.linen(rng)
    parts = [
        *_bed_frame(rng, size, base, frame),
        soft_box((x[0] + 0.06, x[1] - 0.02), (y[0] + 0.02, y[1] - 0.02), (base, lying), sheet_paint, roundness=0.15),
        *_headboard(rng, size, base, frame, style),
        *_covers(rng, size, base, lying, cover),
        *_pillows_of_bed(rng, size, lying),
    ]
    if style == "footboard":
        parts.append(box((x[1] - 0.04, x[1]), y, (0, lying + rng.uniform(-0.1, 0.25)), frame.along(1)))
    return Design(parts)


def bunk_bed(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two beds one above the other, with posts and a ladder."""
    depth, width, height = size
    frame = paints.wood(rng) if maybe(rng, 0.6) else paints.metal(rng)
    parts = []
    for level in (height * 0.2, height * 0.68):
        cover = paints.linen(rng)
        parts.append(box((-depth / 2, depth / 2), (-width / 2, width / 2), (level, level + 0.06), frame))
        thick = (level + 0.06, level + 0.24)
        parts.append(
            soft_box((-depth * 0.48, depth * 0.48), (-width * 0.46, width * 0.46), thick, cover, roundness=0.2)
        )
        parts.append(_pillow(rng, (0.35, width * 0.6, 0.12)).moved(-depth * 0.38, 0, level + 0.24))
        parts.append(box((-depth / 2, depth * 0.2), (width / 2 - 0.03, width / 2), (level + 0.2, level + 0.3), frame))
    for x in (-depth / 2 + 0.03, depth / 2 - 0.03):
        parts += [
            box((x - 0.03, x + 0.03), (s * width / 2 - 0.03, s * width / 2 + 0.03), (0, height), frame) for s in (-1, 1)
        ]
    for z in np.arange(0.2, height * 0.8, 0.25):
        parts.append(tube((depth * 0.25, width / 2, z), (depth * 0.44, width / 2, z), 0.015, frame, sides=6))
    return Design(parts)


def pillow(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A pillow: lying, or leaning when it is higher than deep."""
    return Design([_pillow(rng, size)])


def blanket(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A heap of cloth, a folded stack, or a throw spread flat."""
    depth, width, height = size
    cover = paints.linen(rng, bright=0.3)
    if style == "folded":
        layers = max(2, round(height / 0.06))
        edges = np.linspace(0, height, layers + 1)
        return Design([
            soft_box((-depth / 2, depth / 2 - rng.uniform(0, 0.03)), (-width / 2, width / 2), (low, high), cover,
                     roundness=0.3)
            for low, high in pairwise(edges)
        ])  # fmt: skip
    return Design([heap(rng, size, cover)])


def heap(rng: np.random.Generator, size: Size, cover: Paint) -> Part:
    """A crumpled sheet: rough, higher in the middle, reaching down to z = 0 at its border."""
    depth, width, height = size
    u, v = np.meshgrid(np.linspace(-1, 1, 14), np.linspace(-1, 1, 14), indexing="ij")
    waves = sum(
        np.sin(rng.uniform(2, 7) * u + rng.uniform(2, 7) * v * rng.choice((-1, 1)) + rng.uniform(0, 6))
        for _ in range(4)
    )
    dome = np.clip(1.15 - np.maximum(np.abs(u), np.abs(v)) ** 3, 0, 1)
    rise = height * dome * np.clip(0.65 + 0.16 * waves, 0.1, 1.2)
    ragged = 1 + 0.08 * np.sin(3 * np.arctan2(v, u) + rng.uniform(0, 6))
    return sheet(np.stack([u * depth / 2 * ragged, v * width / 2 * ragged, rise], axis=-1), cover)


def towel(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A towel: hanging when high, folded when flat, sometimes on a bar."""
    _, width, height = size
    cover = paints.linen(rng, bright=0.2, patterned=0.15)
    if height < 0.16:
        return blanket(rng, size, "folded")
    parts = [hanging(rng, size, cover, folds=rng.uniform(1, 4))]
    if maybe(rng, 0.35):
        bar = paints.metal(rng)
        parts.append(tube((0, -width / 2, height - 0.01), (0, width / 2, height - 0.01), 0.01, bar, sides=6))
    return Design(parts)


def hanging(rng: np.random.Generator, size: Size, cover: Paint, *, folds: float) -> Part:
    """Cloth hanging from its upper edge, with soft vertical folds; fills the wanted depth."""
    depth, width, height = size
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, 15), np.linspace(0, 1, 6), indexing="ij")
    phase = rng.uniform(0, 6.28)
    wave = 0.5 * np.sin(6.28 * folds * across + phase) + 0.2 * np.sin(6.28 * folds * 1.7 * across + 2 * phase)
    flare = 0.5 + 0.5 * down
    grid = np.stack([wave * flare * depth * 0.7, across * width, height * (1 - down)], axis=-1)
    body = np.stack([grid, grid - np.array([0.02, 0, 0])])
    joined = np.concatenate([body[0], body[1][::-1], body[0][:1]])
    return sheet(joined, cover)


def clothes(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Clothes: hanging when they are high, otherwise a heap of one or two things."""
    depth, width, height = size
    if style == "hanging" or height > 0.7:
        count = max(1, round(width / 0.16))
        edges = np.linspace(-width / 2, width / 2, count + 1)
        parts = []
        for left, right in pairwise(edges):
            low = height * rng.uniform(0, 0.35)
            paint = paints.fabric(rng, bright=0.3)
            parts.append(soft_box((-depth / 2, depth / 2), (left, right), (low, height), paint, roundness=0.4))
        return Design(parts)
    first, second = paints.fabric(rng, bright=0.3, patterned=0.3), paints.fabric(rng, bright=0.3)
    parts = [heap(rng, size, first)]
    if maybe(rng, 0.5):
        parts.append(heap(rng, (depth * 0.6, width * 0.6, height * 1.05), second).moved(depth * 0.1, -width * 0.1, 0))
    return Design(parts)


def jacket(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A jacket: body and sleeves when hanging, a heap otherwise."""
    depth, width, height = size
    cover = paints.fabric(rng, bright=0.2)
    if height < 0.4:
        return Design([heap(rng, size, cover)])
    half = width * 0.3
    body = soft_box((-depth / 2, depth / 2), (-half, half), (0.0, height), cover, roundness=0.35)
    sleeves = [
        tube((0, s * half, height * 0.9), (0, s * width * 0.48, height * 0.25), width * 0.09, cover) for s in (-1, 1)
    ]
    return Design([body, *sleeves])


def _pillow(rng: np.random.Generator, size: Size) -> Part:
    depth, width, height = size
    cover = paints.linen(rng, bright=0.25)
    corners = rng.uniform(0, 0.12)
    if height <= 0.7 * depth:
        return lens((-depth / 2, depth / 2), (-width / 2, width / 2), (0, height), cover, corners=corners)
    lean = rng.uniform(0.1, 0.5)
    thick = max(0.08, depth - height * np.sin(lean)) / 2
    return standing_pillow((height, width, 2 * thick), cover, lean=lean, corners=corners)


def standing_pillow(size: Size, cover: Paint, *, lean: float, corners: float = 0.06) -> Part:
    """A pillow of (height, width, thickness) standing on its edge at the origin, leaning back by an angle."""
    height, width, thick = size
    flat = lens((-height / 2, height / 2), (-width / 2, width / 2), (-thick / 2, thick / 2), cover, corners=corners)
    return flat.turned(-np.pi / 2, axis=1).moved(z=height / 2).turned(-lean, axis=1)


def _bed_frame(rng: np.random.Generator, size: Size, base: float, frame: Paint) -> list[Part]:
    depth, width, _ = size
    x, y = (-depth / 2 + 0.02, depth / 2), (-width / 2, width / 2)
    if maybe(rng, 0.5):
        return [box(x, y, (0, base), frame.along(0))]
    low = max(base - rng.uniform(0.1, 0.2), 0.05)
    legs = [
        box((sx * (depth / 2 - 0.06) - 0.03, sx * (depth / 2 - 0.06) + 0.03),
            (sy * (width / 2 - 0.06) - 0.03, sy * (width / 2 - 0.06) + 0.03), (0, low), frame)
        for sx in (-1, 1) for sy in (-1, 1)
    ]  # fmt: skip
    return [box(x, y, (low, base), frame.along(0)), *legs]


def _headboard(rng: np.random.Generator, size: Size, base: float, frame: Paint, style: str) -> list[Part]:
    depth, width, height = size
    if style == "bare":
        return []
    x, y, thick = -depth / 2, width / 2, rng.uniform(0.03, 0.1)
    kind = rng.choice(["panel", "slats", "cushion"], p=[0.5, 0.25, 0.25])
    if kind == "panel":
        return [box((x, x + thick), (-y, y), (0, height), frame.along(1))]
    if kind == "cushion":
        cover = paints.upholstery(rng)
        edges = np.linspace(-y, y, int(rng.integers(1, 4)) + 1)
        return [
            soft_box((x, x + thick + 0.04), (left, right), (base, height), cover, roundness=0.2)
            for left, right in pairwise(edges)
        ]
    posts = [box((x, x + 0.05), (s * y - 0.03, s * y + 0.03), (0, height), frame) for s in (-1, 1)]
    rails = [box((x + 0.01, x + 0.04), (-y, y), (z - 0.06, z), frame) for z in (height * 0.97, base + 0.1)]
    bars = [tube((x + 0.025, s, base), (x + 0.025, s, height * 0.95), 0.014, frame, sides=6)
            for s in np.linspace(-y * 0.85, y * 0.85, int(rng.integers(5, 12)))]  # fmt: skip
    return posts + rails + bars


def _covers(rng: np.random.Generator, size: Size, base: float, lying: float, cover: Paint) -> list[Part]:
    """A blanket over the lower part of the mattress, hanging down at the sides, wrinkled; sometimes a throw on top."""
    depth, width, _ = size
    if maybe(rng, 0.12):
        return []
    head = -depth / 2 + depth * rng.uniform(0.2, 0.5)
    drop = lying - rng.uniform(0.3, 0.95) * (lying - 0.05)
    parts = [_drape(rng, (head, depth / 2 + 0.01), width / 2 + 0.015, (drop, lying), cover)]
    if maybe(rng, 0.3):
        throw = paints.linen(rng, bright=0.3)
        stripe = (depth * 0.12, depth * rng.uniform(0.25, 0.42))
        parts.append(_drape(rng, stripe, width / 2 + 0.03, (drop + 0.05, lying + 0.02), throw))
    if maybe(rng, 0.3):
        turned = paints.linen(rng, patterned=0.0)
        parts.append(
            soft_box(
                (head - 0.05, head + 0.2),
                (-width * 0.49, width * 0.49),
                (lying - 0.03, lying + 0.05),
                turned,
                roundness=0.3,
            )
        )
    return parts


def _drape(rng: np.random.Generator, x: tuple[float, float], half: float, z: tuple[float, float], cover: Paint) -> Part:
    along = np.linspace(x[0], x[1], 14)[:, None]
    profile_y = np.array([-half, -half, -half * 0.97, -half * 0.5, 0, half * 0.5, half * 0.97, half, half])
    profile_z = np.array([z[0], (z[0] + z[1]) / 2, z[1] + 0.01, z[1] + 0.03, z[1] + 0.03, z[1] + 0.03, z[1] + 0.01,
                          (z[0] + z[1]) / 2, z[0]])  # fmt: skip
    wrinkle = 0.012 * np.sin(along * rng.uniform(4, 14) + profile_y * rng.uniform(3, 9) + rng.uniform(0, 6))
    grid = np.stack([np.repeat(along, 9, axis=1), profile_y + wrinkle, profile_z + wrinkle], axis=-1)
    return sheet(grid, cover, both_sides=False)


def _pillows_of_bed(rng: np.random.Generator, size: Size, lying: float) -> list[Part]:
    depth, width, _ = size
    count = int(rng.integers(1, 3)) if width < 1.3 else int(rng.integers(2, 5))
    if maybe(rng, 0.1):
        return []
    cover = paints.linen(rng)
    parts = []
    columns = 1 if width < 1.2 else 2
    for k in range(count):
        paint = cover if maybe(rng, 0.7) else paints.linen(rng, bright=0.4)
        half = min(0.36, width / columns * 0.45)
        center = ((k % columns) - (columns - 1) / 2) * width / columns + rng.uniform(-0.04, 0.04)
        back = -depth / 2 + 0.1 + 0.12 * (k // columns)
        if maybe(rng, 0.5) or k >= columns:
            leaning = standing_pillow((rng.uniform(0.35, 0.48), 2 * half, 0.16), paint, lean=rng.uniform(0.3, 0.8))
            parts.append(leaning.moved(back + 0.18, center, lying - 0.02))
        else:
            flat = lens((0, rng.uniform(0.35, 0.48)), (-half, half), (-0.02, 0.16), paint)
            parts.append(flat.moved(back, center, lying - 0.01))
    return parts


BEDS: dict[str, Recipe] = {
    "bed": Recipe(bed, (1.95, 2.25), (0.95, 2.0), (0.75, 1.25), ("headboard", "bare", "footboard")),
    "bunk bed": Recipe(bunk_bed, (1.95, 2.1), (0.95, 1.1), (1.55, 1.85)),
    "pillow": Recipe(pillow, (0.15, 0.5), (0.4, 0.75), (0.12, 0.42)),
    "blanket": Recipe(blanket, (0.5, 1.0), (0.6, 1.4), (0.12, 0.45), ("heap", "folded")),
    "towel": Recipe(towel, (0.05, 0.2), (0.2, 0.6), (0.25, 0.9)),
    "clothes": Recipe(clothes, (0.25, 0.55), (0.35, 1.0), (0.12, 0.9), ("heap", "hanging")),
    "clothing": Recipe(clothes, (0.25, 0.55), (0.35, 0.75), (0.12, 0.9), ("heap", "hanging")),
    "jacket": Recipe(jacket, (0.12, 0.4), (0.35, 0.6), (0.15, 0.85)),
}
