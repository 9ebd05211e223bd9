"""Chairs, armchairs, stools and benches."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.couches import couch
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, ellipse_word, maybe, rectangle_word
from less3d.data.rooms.shapes.solids import Part, box, lathe, pipe, prism, ring, sheet, soft_box, tube


def chair(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A chair: a base that gives the style its name, a seat, a back, and sometimes arms."""
    seat = float(np.clip(size[2] * rng.uniform(0.48, 0.56), 0.25, 0.55))
    frame = _frame_paint(rng, style)
    cover = frame if style in ("legs", "stacking") and maybe(rng, 0.4) else _cover_paint(rng)
    base = {"legs": _four_legs, "sled": _sled, "swivel": _five_star, "pedestal": _pedestal, "stacking": _thin_legs}
    armed = maybe(rng, 0.75 if style == "swivel" else 0.3)
    parts = [
        *base[style](rng, size, seat, frame),
        _seat(rng, size, seat, cover),
        *_back(rng, size, seat, cover, frame),
        *(_arms(rng, size, seat, frame, cover) if armed else ()),
    ]
    return Design(parts)


def stool(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A stool: round or square, on legs, a pedestal or a solid drum."""
    depth, width, height = size
    frame, cover = _frame_paint(rng, "sled"), _cover_paint(rng)
    thick = min(rng.uniform(0.03, 0.1), height / 3)
    round_seat = maybe(rng, 0.6)
    if style == "drum":
        body = ring((-depth / 2, depth / 2), (-width / 2, width / 2), 0, square=2 if round_seat else 6)
        return Design([prism(body[:, :2], (0, height), cover)], _seat_word(round_seat, size))
    base = _pedestal if style == "pedestal" else _four_legs
    parts = base(rng, size, height - thick / 2, frame)
    if round_seat:
        outline = ring((-depth / 2, depth / 2), (-width / 2, width / 2), 0)
        parts.append(prism(outline[:, :2], (height - thick, height), cover))
    else:
        parts.append(soft_box((-depth / 2, depth / 2), (-width / 2, width / 2), (height - thick, height), cover))
    if style == "legs" and height > 0.4:
        low = height * rng.uniform(0.2, 0.4)
        for y in (-0.4 * width, 0.4 * width):
            parts.append(tube((-0.4 * depth, y, low), (0.4 * depth, y, low), 0.012, frame))
    return Design(parts, _seat_word(round_seat, size))


def armchair(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A one-seat couch, or a lighter armchair on wooden or steel legs."""
    if style != "frame":
        return couch(rng, size, "track")
    depth, width, height = size
    seat = float(np.clip(height * 0.5, 0.3, 0.46))
    frame, cover = _frame_paint(rng, "legs"), paints.upholstery(rng)
    parts = [
        *_four_legs(rng, size, seat - 0.05, frame),
        soft_box((-depth * 0.4, depth / 2), (-width * 0.44, width * 0.44), (seat - 0.14, seat), cover),
        soft_box((-0.09, 0.09), (-width * 0.44, width * 0.44), (0, height - seat + 0.05), cover)
        .turned(-rng.uniform(0.05, 0.3), axis=1)
        .moved(-depth * 0.36, 0, seat - 0.05),
        *_arms(rng, size, seat, frame, cover),
    ]
    return Design(parts)


def bench(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A bench: a long seat on legs or panels, sometimes padded."""
    depth, width, height = size
    frame = paints.wood(rng).along(1)
    top = rng.uniform(0.03, 0.08)
    seat = (height - top, height)
    parts = [box((-depth / 2, depth / 2), (-width / 2, width / 2), seat, frame)]
    if style == "panels":
        for y in (-width * 0.45, width * 0.4):
            parts.append(box((-depth * 0.42, depth * 0.42), (y, y + 0.04), (0, seat[0]), frame))
    elif style == "legs":
        parts.extend(_four_legs(rng, size, seat[0] + 0.01, frame))
    else:
        parts.append(box((-depth / 2, depth / 2), (-width / 2, width / 2), (0, seat[0]), frame.shaded(0.9)))
    if maybe(rng, 0.45):
        pad = (-depth / 2, depth / 2), (-width / 2, width / 2), (height, height + 0.07)
        parts.append(soft_box(*pad, paints.upholstery(rng), roundness=0.2))
    return Design(parts, "rectangular")


def stack_of_chairs(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Several equal chairs, each shifted up and forward."""
    depth, width, height = size
    count = int(rng.integers(3, 7))
    one = chair(rng, (depth * 0.8, width, height * 0.7), style)
    step = height * 0.3 / count
    parts = [part.moved(depth * 0.2 * k / count, 0, step * k) for k in range(count) for part in one.parts]
    return Design(parts)


def _frame_paint(rng: np.random.Generator, style: str) -> Paint:
    if style == "legs":
        return paints.wood(rng).along(2) if maybe(rng, 0.65) else paints.metal(rng)
    if style == "swivel":
        return Paint(paints.pick(rng, paints.PLASTICS[:3]), material="plastic")
    return paints.metal(rng)


def _cover_paint(rng: np.random.Generator) -> Paint:
    choose = rng.random()
    if choose < 0.5:
        return paints.fabric(rng, bright=0.18)
    if choose < 0.65:
        return paints.leather(rng)
    return paints.wood(rng) if choose < 0.82 else paints.plastic(rng, bright=0.25)


def _seat(rng: np.random.Generator, size: Size, seat: float, cover: Paint) -> Part:
    depth, width, _ = size
    thick = rng.uniform(0.025, 0.1)
    x, y = (-depth * rng.uniform(0.36, 0.46), depth / 2), (-width * 0.47, width * 0.47)
    if maybe(rng, 0.2):
        return lathe([(0.5, 0), (0.5, 1)], cover).scaled(x[1] - x[0], y[1] - y[0], thick).moved(
            (x[0] + x[1]) / 2, 0, seat - thick
        )  # fmt: skip
    return soft_box(x, y, (seat - thick, seat), cover, roundness=rng.uniform(0.15, 0.45))


def _back(rng: np.random.Generator, size: Size, seat: float, cover: Paint, frame: Paint) -> list[Part]:
    """A leaning back: padded panel, curved shell, slats, or ladder of rungs."""
    depth, width, height = size
    lean = -rng.uniform(0.02, 0.28)
    tall = (height - seat) / np.cos(lean)
    start = rng.uniform(0.0, 0.45) * tall
    half = width * rng.uniform(0.36, 0.48)
    kind = rng.choice(["panel", "shell", "slats", "rungs"], p=[0.4, 0.28, 0.16, 0.16])
    post = rng.uniform(0.012, 0.022)
    posts = [tube((0, y, -0.03), (0, y, tall * 0.97), post, frame) for y in (-half + post, half - post)]
    if kind == "panel":
        thick = rng.uniform(0.03, 0.1)
        parts = [soft_box((-thick / 2, thick / 2), (-half, half), (start, tall), cover), *posts[: 2 * (start > 0.03)]]
    elif kind == "shell":
        parts = [_shell(rng, half, (start, tall), cover), *posts[: 2 * (start > 0.03)]]
    elif kind == "slats":
        count = int(rng.integers(3, 8))
        places = np.linspace(-half + 0.03, half - 0.03, count)
        parts = [box((-0.01, 0.01), (y - 0.012, y + 0.012), (0, tall * 0.93), frame) for y in places]
        parts += [*posts, box((-0.015, 0.015), (-half, half), (tall * 0.9, tall), frame)]
    else:
        count = int(rng.integers(2, 5))
        levels = np.linspace(max(start, 0.1), tall - 0.05, count)
        rung = min(0.06, 0.3 * tall / count)
        parts = [box((-0.012, 0.012), (-half, half), (z - rung, z + rung), frame) for z in levels] + posts
    return [part.turned(lean, axis=1).moved(-depth * 0.42, 0, seat) for part in parts]


def _shell(rng: np.random.Generator, half: float, z: tuple[float, float], cover: Paint) -> Part:
    """A back bent around the sitter."""
    across, up = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(0, 1, 5), indexing="ij")
    bend = rng.uniform(0.05, 0.14) * across**2
    narrow = 1 - rng.uniform(0, 0.3) * up**2
    grid = np.stack([bend, across * half * narrow, z[0] + up * (z[1] - z[0])], axis=-1)
    return sheet(grid, cover)


def _arms(rng: np.random.Generator, size: Size, seat: float, frame: Paint, cover: Paint) -> list[Part]:
    depth, width, height = size
    level = min(seat + rng.uniform(0.16, 0.24), height * 0.95)
    length = depth * rng.uniform(0.4, 0.75)
    pad = frame if maybe(rng, 0.6) else cover
    loop = maybe(rng, 0.4)
    parts = []
    for side in (-1, 1):
        y = side * (width / 2 - 0.025)
        back, front = -depth * 0.38, -depth * 0.38 + length
        parts.append(soft_box((back, front), (y - 0.025, y + 0.025), (level - 0.03, level), pad, roundness=0.3))
        foot = front - 0.03 if loop else (back + front) / 2
        parts.append(tube((foot, y, level - 0.02), (foot - 0.02, y * 0.94, seat - 0.06), 0.014, frame, sides=6))
    return parts


def _four_legs(rng: np.random.Generator, size: Size, top: float, frame: Paint) -> list[Part]:
    depth, width, _ = size
    splay, thick = rng.uniform(0, 0.05), rng.uniform(0.014, 0.028)
    x, y = depth / 2 - thick - splay, width / 2 - thick - splay
    sides, taper = (4, rng.uniform(0.6, 1.0)) if maybe(rng, 0.5) else (8, rng.uniform(0.5, 1.0))
    return [
        tube((sx * x, sy * y, top), (sx * (x + splay), sy * (y + splay), 0), thick, frame, end_radius=thick * taper,
             sides=sides)
        for sx in (-1, 1) for sy in (-1, 1)
    ]  # fmt: skip


def _thin_legs(rng: np.random.Generator, size: Size, top: float, frame: Paint) -> list[Part]:
    """Steel legs bent from one tube a side: an upside-down U."""
    depth, width, _ = size
    parts = []
    for y in (-width * 0.46, width * 0.46):
        path = [
            (depth * 0.47, y, 0),
            (depth * 0.38, y, top - 0.03),
            (-depth * 0.36, y, top - 0.03),
            (-depth * 0.5, y, 0),
        ]
        parts.append(pipe(path, 0.012, frame, sides=6))
    return parts


def _sled(rng: np.random.Generator, size: Size, top: float, frame: Paint) -> list[Part]:
    """Runners on the floor; with one upright a side the chair is a cantilever."""
    depth, width, _ = size
    cantilever = maybe(rng, 0.5)
    parts = []
    for y in (-width * 0.46, width * 0.46):
        path = [
            (depth * 0.45, y, top - 0.03),
            (depth * 0.48, y, 0.03),
            (depth * 0.4, y, 0.012),
            (-depth * 0.45, y, 0.012),
        ]
        if not cantilever:
            path += [(-depth * 0.48, y, 0.04), (-depth * 0.42, y, top - 0.03)]
        parts.append(pipe(path, 0.013, frame, sides=6))
    parts.append(
        tube((-depth * 0.45, -width * 0.46, 0.012), (-depth * 0.45, width * 0.46, 0.012), 0.013, frame, sides=6)
    )
    return parts


def _five_star(rng: np.random.Generator, size: Size, top: float, frame: Paint) -> list[Part]:
    depth, width, _ = size
    reach = min(depth, width) / 2 - 0.03
    spokes = 5 if maybe(rng, 0.85) else 4
    turn = rng.uniform(0, 6.28)
    parts = [
        tube((0, 0, 0.09), (0, 0, top), 0.028, frame),
        box((-0.09, 0.09), (-0.09, 0.09), (top - 0.09, top - 0.04), frame),
    ]
    for k in range(spokes):
        angle = turn + k * 2 * np.pi / spokes
        x, y = reach * np.cos(angle), reach * np.sin(angle)
        parts.append(tube((0, 0, 0.12), (x, y, 0.075), 0.026, frame, end_radius=0.018, sides=6))
        parts.append(
            soft_box((x - 0.03, x + 0.03), (y - 0.03, y + 0.03), (0, 0.06), frame.shaded(0.7), roundness=0.7, detail=3)
        )
    return parts


def _pedestal(rng: np.random.Generator, size: Size, top: float, frame: Paint) -> list[Part]:
    radius = min(size[0], size[1]) * rng.uniform(0.36, 0.48)
    pole = rng.uniform(0.02, 0.05)
    flare = [(radius, 0), (radius, 0.012), (pole * 2, 0.05), (pole, 0.12), (pole, top - 0.05), (0.12, top - 0.02)]
    return [lathe(flare, frame)]


def _seat_word(round_seat: bool, size: Size) -> str:
    return ellipse_word(size) if round_seat else rectangle_word(size)


_STOOLS = ("legs", "pedestal", "drum")

SEATING: dict[str, Recipe] = {
    "chair": Recipe(
        chair, (0.48, 0.62), (0.44, 0.6), (0.76, 1.0), ("legs", "legs", "stacking", "sled", "swivel", "pedestal")
    ),
    "office chair": Recipe(chair, (0.58, 0.7), (0.58, 0.7), (0.85, 1.15), ("swivel",)),
    "armchair": Recipe(armchair, (0.7, 0.95), (0.68, 0.95), (0.72, 1.0), ("track", "frame")),
    "stool": Recipe(stool, (0.3, 0.5), (0.3, 0.5), (0.4, 0.78), _STOOLS, even=_STOOLS),
    "bench": Recipe(bench, (0.35, 0.55), (0.9, 1.8), (0.4, 0.52), ("legs", "panels", "chest")),
    "seat": Recipe(chair, (0.48, 0.65), (0.45, 0.65), (0.75, 0.95), ("stacking", "sled")),
    "stack of chairs": Recipe(stack_of_chairs, (0.6, 0.8), (0.45, 0.6), (0.9, 1.3), ("stacking", "sled")),
}
