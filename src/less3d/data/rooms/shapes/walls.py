"""What hangs on walls or divides rooms: boards, pictures, mirrors, clocks, signs, partitions."""

from itertools import pairwise

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe, rectangle_word
from less3d.data.rooms.shapes.solids import Interval, Part, box, lathe, pipe, prism, ring, tube

_CORKS: tuple[Color, ...] = ((176, 140, 98), (190, 158, 118), (120, 112, 104), (94, 104, 128), (150, 132, 108))
_CHALK: tuple[Color, ...] = ((52, 72, 62), (62, 88, 74), (48, 50, 52), (84, 102, 92))


def whiteboard(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A whiteboard with its frame and tray, clean or written on; some stand on wheels."""
    depth, width, height = size
    base = paints.jitter(rng, (226, 228, 226), 0.06)
    ink = ((60, 66, 110), (150, 60, 58), (50, 50, 54), (60, 110, 76))
    board = Paint(base, "gradient", scale=1.5) if maybe(rng, 0.4) else paints.printed(rng, base, *ink)
    frame = paints.metal(rng) if maybe(rng, 0.75) else paints.wood(rng)
    low = 0.0 if style == "wall" else height * 0.4
    parts = _board(size, low, board, frame)
    if style == "stand":
        for y in (-width * 0.44, width * 0.44):
            parts.append(tube((0, y, 0.03), (0, y, height), 0.02, frame, sides=6))
            parts.append(tube((-depth / 2, y, 0.03), (depth / 2, y, 0.03), 0.02, frame, sides=6))
    return Design(parts, "rectangular")


def blackboard(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A chalkboard, wiped or written on."""
    base = paints.pick(rng, _CHALK)
    pale = (base[0] + 40, base[1] + 40, base[2] + 40)
    board = Paint(base, "gradient", scale=0.8) if maybe(rng, 0.5) else paints.printed(rng, base, pale)
    return Design(_board(size, 0.0, board, paints.wood(rng) if maybe(rng, 0.5) else paints.metal(rng)), "rectangular")


def bulletin_board(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Cork or felt with papers pinned all over it."""
    cork = Paint(paints.pick(rng, _CORKS), "fabric", scale=0.05, seed=int(rng.integers(1 << 30)))
    board, *frame = _board(size, 0.0, cork, paints.wood(rng), tray=False)
    for _ in range(int(rng.integers(0, int(4 + 12 * size[1] * size[2])))):
        half = rng.uniform(0.06, 0.16, 2)
        y, z = rng.uniform(-0.5, 0.5) * (size[1] - 2 * half[0]), half[1] + rng.random() * (size[2] - 2 * half[1])
        board = board.faced((y - half[0], y + half[0]), (z - half[1], z + half[1]), _pinned(rng))
    return Design([board, *frame], "rectangular")


def picture(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A framed picture, with or without a mat; a bare canvas; or a poster."""
    height = size[2]
    x, y = footprint(size)
    content = paints.picture(rng)
    if style == "poster":
        paper = content if maybe(rng, 0.6) else paints.printed(rng, paints.pick(rng, (*paints.WHITES, *paints.BRIGHTS)))
        return Design([box((x[0], x[0] + 0.004), y, (0, height), paper)], "rectangular")
    if style == "canvas":
        return Design([box(x, y, (0, height), content)], rectangle_word((size[1], height, 0.0)))
    frame = paints.wood(rng, painted=0.35) if maybe(rng, 0.8) else paints.metal(rng)
    border = min(rng.uniform(0.015, 0.06), size[1] / 5, height / 5)
    inner = (y[0] + border, y[1] - border), (border, height - border)
    inside = box((x[0], x[1] - 0.008), *inner, content, without=("-x",))
    if maybe(rng, 0.5):
        margin = border + min(size[1], height) * rng.uniform(0.08, 0.18)
        inset = (y[0] + margin, y[1] - margin), (margin, height - margin)
        inside = box((x[0], x[1] - 0.008), *inner, paints.white(rng), without=("-x",)).faced(*inset, content)
    return Design([*_border(x, y, (0, height), border, frame), inside], rectangle_word((size[1], height, 0.0)))


def mirror(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A mirror, framed or bare, rectangular or round: it shows the room's colors."""
    height = size[2]
    x, y = footprint(size)
    pane = paints.mirror(rng)
    if style == "round":
        outline = ring(y, (0, height), 0, sides=28)
        disc = prism(outline[:, :2], (-size[0] / 2, size[0] / 2), pane)
        turned = disc.turned(np.pi / 2, axis=2).turned(np.pi / 2, axis=1)
        return Design([turned], "round" if abs(size[1] - height) < 0.12 * height else "oval")
    if style == "bare":
        return Design([box((x[0], x[0] + min(size[0], 0.02)), y, (0, height), pane)], "rectangular")
    border = min(rng.uniform(0.02, 0.08), size[1] / 5, height / 5)
    frame = paints.wood(rng, painted=0.3) if maybe(rng, 0.7) else paints.metal(rng)
    inner = (y[0] + border, y[1] - border), (border, height - border)
    return Design(
        [*_border(x, y, (0, height), border, frame), box((x[0], x[1] - 0.008), *inner, pane, without=("-x",))],
        "rectangular",
    )


def clock(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A round wall clock with hands."""
    depth, width, height = size
    radius = min(width, height) / 2
    rim, face = paints.plastic(rng) if maybe(rng, 0.6) else paints.wood(rng), paints.white(rng)
    parts = [
        tube((-depth / 2, 0, radius), (depth * 0.2, 0, radius), radius, rim, sides=20),
        tube((depth * 0.2, 0, radius), (depth * 0.46, 0, radius), radius * 0.88, face, sides=20),
    ]
    for length, wide in ((0.75, 0.015), (0.5, 0.02)):
        hand = box(
            (depth * 0.46, depth / 2),
            (-wide * radius * 3, wide * radius * 3),
            (0, radius * length),
            Paint((30, 30, 32)),
        )
        parts.append(hand.turned(rng.uniform(0, 6.28), axis=0).moved(z=radius))
    return Design(parts, "round")


def projector_screen(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A white screen under its roller case, or rolled up when it is low."""
    height = size[2]
    _, y = footprint(size)
    case = box((-0.05, 0.05), y, (height - 0.1, height), paints.white(rng))
    if height < 0.3:
        return Design([case])
    cloth = box((-0.004, 0.004), (y[0] + 0.03, y[1] - 0.03), (0, height - 0.1), Paint((40, 40, 42)))
    return Design([case, cloth.faced((y[0] + 0.08, y[1] - 0.08), (0.05, height - 0.1), paints.white(rng))])


def sign(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A plate with print on it, on the wall or standing."""
    x, y = footprint(size)
    base = paints.pick(rng, (*paints.BRIGHTS, *paints.WHITES, *paints.PLASTICS))
    ink = (240.0, 240.0, 236.0) if sum(base) < 330 else (40.0, 40.0, 44.0)
    return Design(
        [box((x[0], x[0] + min(size[0], 0.02)), y, (0, size[2]), paints.printed(rng, base, ink))], "rectangular"
    )


def plate(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A small wall plate with a switch or socket in it."""
    height = size[2]
    x, y = footprint(size)
    paint = paints.white(rng, material="plastic")
    inner = box((x[1] - 0.004, x[1]), (y[0] * 0.4, y[1] * 0.4), (height * 0.3, height * 0.7), paint.shaded(0.8))
    return Design([box((x[0], x[1] - 0.004), y, (0, height), paint), inner])


def fire_extinguisher(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A red bottle with a black valve and hose."""
    depth, width, height = size
    radius = min(depth, width) * 0.45
    red = Paint(paints.jitter(rng, (150, 40, 38), 0.12), "gradient", "metal", scale=0.4)
    black = Paint((40, 40, 42))
    hose = [(0, 0, height * 0.9), (0, radius * 1.1, height * 0.7), (0, radius * 1.1, height * 0.2)]
    return Design([
        lathe([(radius, 0), (radius, height * 0.72), (radius * 0.4, height * 0.82), (0.02, height * 0.9)], red),
        box((-0.02, radius), (-0.02, 0.02), (height * 0.88, height), black),
        pipe(hose, 0.012, black, sides=6),
    ])  # fmt: skip


def divider(rng: np.random.Generator, size: Size, style: str) -> Design:
    """An office partition or a folding screen."""
    depth, width, height = size
    _, y = footprint(size)
    cloth = paints.fabric(rng, patterned=0.05)
    if style == "folding":
        count = max(2, round(width / 0.45))
        edges, zig = np.linspace(y[0], y[1], count + 1), depth / 2 - 0.02
        parts = []
        for k, (left, right) in enumerate(pairwise(edges)):
            length, angle = float(np.hypot(right - left, 2 * zig)), float(np.arctan2(2 * zig, right - left))
            panel = box((-0.012, 0.012), (-length / 2, length / 2), (0.05, height), cloth)
            parts.append(panel.turned(angle if k % 2 else -angle).moved(y=(left + right) / 2))
        return Design(parts)
    frame = paints.metal(rng)
    return Design(
        [box((-0.03, 0.03), y, (0.04, height), cloth), *_border((-0.035, 0.035), y, (0, height), 0.035, frame)]
    )


def decoration(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Something decorative on the wall: a panel, a wreath or a cross."""
    _depth, width, height = size
    if style == "panel":
        return picture(rng, size, "canvas")
    paint = paints.wood(rng) if maybe(rng, 0.5) else Paint(paints.pick(rng, paints.BRIGHTS))
    if style == "cross":
        x, _ = footprint(size)
        return Design(
            [
                box(x, (-width * 0.1, width * 0.1), (0, height), paint),
                box(x, (-width / 2, width / 2), (height * 0.6, height * 0.72), paint),
            ]
        )
    radius, thick = min(width, height) * 0.4, min(width, height) * 0.1
    angles = np.linspace(0, 2 * np.pi, 25)
    circle = [(0.0, float(radius * np.cos(a)), float(radius * np.sin(a))) for a in angles]
    return Design([pipe(circle, thick, Paint(paint.rgb, "leaves", scale=0.03), sides=8)], "round")


def _board(size: Size, low: float, board: Paint, frame: Paint, *, tray: bool = True) -> list[Part]:
    x, y = footprint(size)
    height = size[2]
    thin = (x[0], x[0] + 0.02) if low == 0 else (-0.01, 0.01)
    parts = [box(thin, y, (low, height), board), *_border((thin[0], thin[1] + 0.006), y, (low, height), 0.025, frame)]
    if tray:
        parts.append(box((thin[1], min(x[1], thin[1] + 0.09)), (y[0] * 0.9, y[1] * 0.9), (low, low + 0.02), frame))
    return parts


def _pinned(rng: np.random.Generator) -> Paint:
    if maybe(rng, 0.3):
        return paints.picture(rng)
    return paints.printed(rng, paints.pick(rng, (*paints.WHITES, *paints.LINENS)))


def _border(x: Interval, y: Interval, z: Interval, wide: float, paint: Paint) -> list[Part]:
    """A rectangular frame that faces +x."""
    return [
        box(x, (y[0], y[0] + wide), z, paint.along(2)),
        box(x, (y[1] - wide, y[1]), z, paint.along(2)),
        box(x, y, (z[0], z[0] + wide), paint.along(1)),
        box(x, y, (z[1] - wide, z[1]), paint.along(1)),
    ]


WALLS: dict[str, Recipe] = {
    "whiteboard": Recipe(whiteboard, (0.06, 0.12), (1.0, 3.0), (0.7, 1.4), ("wall",)),
    "board": Recipe(whiteboard, (0.1, 0.5), (0.6, 1.3), (0.7, 1.7), ("wall", "stand")),
    "blackboard": Recipe(blackboard, (0.06, 0.12), (1.6, 4.0), (0.9, 1.4)),
    "bulletin board": Recipe(bulletin_board, (0.03, 0.06), (0.7, 2.4), (0.6, 1.3)),
    "picture": Recipe(picture, (0.02, 0.05), (0.25, 1.0), (0.25, 0.9), ("framed", "canvas", "poster")),
    "poster": Recipe(picture, (0.005, 0.01), (0.3, 0.8), (0.4, 1.0), ("poster",)),
    "mirror": Recipe(mirror, (0.02, 0.06), (0.45, 1.4), (0.6, 1.3), ("framed", "bare", "round")),
    "clock": Recipe(clock, (0.03, 0.06), (0.24, 0.38), (0.24, 0.38)),
    "projector screen": Recipe(projector_screen, (0.1, 0.14), (1.7, 2.6), (0.2, 1.7)),
    "sign": Recipe(sign, (0.01, 0.05), (0.15, 0.4), (0.15, 0.6)),
    "light switch": Recipe(plate, (0.012, 0.02), (0.08, 0.14), (0.11, 0.14)),
    "power outlet": Recipe(plate, (0.012, 0.02), (0.08, 0.14), (0.11, 0.14)),
    "fire extinguisher": Recipe(fire_extinguisher, (0.14, 0.18), (0.16, 0.22), (0.4, 0.6)),
    "divider": Recipe(divider, (0.08, 0.4), (0.9, 1.8), (1.0, 1.8), ("panel", "folding")),
    "decoration": Recipe(decoration, (0.03, 0.1), (0.25, 0.7), (0.3, 0.8), ("panel", "wreath", "cross")),
}
