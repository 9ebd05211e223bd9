"""Books, plants, shoes, instruments, and everything else that stands around."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.beds import heap
from less3d.data.rooms.shapes.containers import PACKS, open_box
from less3d.data.rooms.shapes.electronics import piano_keys
from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import Part, box, lathe, loft, pipe, prism, ring, sheets, soft_box, tube
from less3d.data.rooms.shapes.storage import book_row

_LEAVES: tuple[Color, ...] = ((62, 88, 48), (78, 100, 58), (48, 72, 44), (96, 112, 64), (70, 92, 70))


def book(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A lying book, or an open one."""
    x, y = footprint(size)
    height = size[2]
    cover = paints.printed(rng, paints.pick(rng, (*paints.BRIGHTS, *paints.FABRICS, *paints.WHITES)))
    pages = Paint(paints.jitter(rng, (222, 216, 200), 0.05), material="paper")
    if style == "open":
        halves = [box(x, edge, (0, height), paints.printed(rng, pages.rgb)) for edge in ((y[0], -0.004), (0.004, y[1]))]
        return Design([*halves, box((x[0] - 0.004, x[1] + 0.004), (y[0] - 0.004, y[1] + 0.004), (-0.004, 0), cover)])
    return Design([
        box((x[0] + 0.005, x[1] - 0.005), (y[0] + 0.005, y[1] - 0.005), (0, height), pages),
        box(x, y, (height * 0.9, height), cover), box(x, y, (0, height * 0.1), cover),
        box((x[0], x[0] + 0.005), y, (0, height), cover),
    ])  # fmt: skip


def books(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A row of upright books, or piles of lying ones."""
    depth, width, height = size
    x, y = footprint(size)
    if style == "row":
        return Design(book_row(rng, x, y, (0, height)))
    parts: list[Part] = []
    piles = max(1, round(width / 0.3))
    for left in np.linspace(y[0], y[1], piles + 1)[:-1]:
        low, top = 0.0, height * rng.uniform(0.6, 1.0)
        while low < top - 0.01:
            thick = min(rng.uniform(0.012, 0.05), top - low)
            one = book(rng, (depth * rng.uniform(0.75, 1), width / piles * rng.uniform(0.8, 0.98), thick), "closed")
            parts += [
                part.turned(float(rng.normal(0, 0.08))).moved(0, left + width / piles / 2, low) for part in one.parts
            ]
            low += thick
    return Design(parts)


def papers(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Sheets of paper in a loose pile, some hanging over."""
    depth, width, height = size
    parts = []
    count = int(rng.integers(3, 8))
    for level in np.linspace(0, height * 0.9, count):
        paper = paints.printed(rng, paints.pick(rng, paints.WHITES))
        half = min(depth, width) * rng.uniform(0.34, 0.46), min(depth, width) * rng.uniform(0.3, 0.4)
        page = box((-half[0], half[0]), (-half[1], half[1]), (level, level + height / count), paper)
        parts.append(page.turned(float(rng.normal(0, 0.3))).moved(*rng.normal(0, 0.03, 2)))
    return Design(parts)


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


def tissue_box(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A printed box with a tissue sticking out."""
    depth, width, height = size
    x, y = footprint(size)
    low = height * 0.65
    tissue = heap(rng, (depth * 0.5, width * 0.5, height * 0.4), paints.white(rng)).moved(z=low * 0.95)
    return Design([box(x, y, (0, low), paints.picture(rng)), tissue])


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


def dumbbell(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Two weights on a bar along y."""
    _depth, width, height = size
    radius, weight = height / 2, Paint(paints.pick(rng, ((36, 36, 38), (60, 60, 62), *paints.BRIGHTS[:8])))
    ends = [tube((0, s * width * 0.28, radius), (0, s * width / 2, radius), radius, weight, sides=8) for s in (-1, 1)]
    return Design([tube((0, -width * 0.3, radius), (0, width * 0.3, radius), radius * 0.3, paints.metal(rng)), *ends])


def cart(rng: np.random.Generator, size: Size, style: str) -> Design:
    """Trays between four posts on wheels; stands have no wheels."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = paints.metal(rng) if maybe(rng, 0.6) else paints.plastic(rng)
    tray = paint if maybe(rng, 0.5) else paints.plastic(rng, bright=0.2)
    corners = [(sx * (x[1] - 0.03), sy * (y[1] - 0.03)) for sx in (-1, 1) for sy in (-1, 1)]
    posts = [tube((a, b, 0.05), (a, b, height), 0.014, paint, sides=6) for a, b in corners]
    levels = np.linspace(0.15, height * rng.uniform(0.8, 0.98), int(rng.integers(2, 4)))
    trays = [box(x, y, (z - 0.03, z), tray) for z in levels]
    rubber = Paint((40, 40, 42))
    wheels = [
        soft_box((a - 0.03, a + 0.03), (b - 0.02, b + 0.02), (0, 0.07), rubber, roundness=0.8) for a, b in corners
    ]
    return Design([*posts, *trays, *(wheels if style == "cart" else ())])


def broom(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A stick with a brush or a mop at its foot."""
    depth, width, height = size
    brush = Paint(paints.pick(rng, (*paints.BRIGHTS, *paints.LINENS, *paints.PLASTICS)), "fabric", scale=0.03)
    head = loft([ring((-depth / 2, depth / 2), (-width / 2, width / 2), 0, square=5),
                 ring((-depth / 4, depth / 4), (-width / 4, width / 4), height * 0.16, square=4)], brush)  # fmt: skip
    return Design([head, tube((0, 0, height * 0.1), (0, 0, height), 0.013, paints.plastic(rng, bright=0.5), sides=6)])


def ironing_board(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A board on crossed legs, or folded upright when it is narrow."""
    depth, width, height = size
    x, y = footprint(size)
    cloth, legs = paints.linen(rng, bright=0.3, patterned=0.4), paints.metal(rng)
    if max(depth, width) < 0.8:
        outline = ring((0, height), y, 0, square=3)[:, :2]
        return Design([prism(outline, (-depth / 3, 0), cloth).turned(-np.pi / 2, axis=1)])
    parts = [prism(ring(x, y, 0, square=3.5)[:, :2], (height - 0.04, height), cloth)]
    for s in (-1, 1):
        parts.append(tube((0, s * width * 0.35, height), (0, -s * width * 0.35, 0), 0.014, legs, sides=6))
    return Design(parts)


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


def tray(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A shallow tray; scales and paper cutters are trays with something on them."""
    _depth, _width, height = size
    x, y = footprint(size)
    paint = paints.wood(rng) if style == "tray" and maybe(rng, 0.4) else paints.plastic(rng)
    if style == "tray":
        return Design(open_box(size, height, paint, paint))
    slab = box(x, y, (0, height * 0.6), paint)
    return Design(
        [slab, soft_box((x[0] * 0.9, x[1] * 0.5), (y[0], y[0] + 0.05), (height * 0.5, height), paint.shaded(0.5))]
    )


def hair_dryer(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A nozzle with a handle, lying."""
    depth, width, height = size
    paint, radius = paints.plastic(rng, bright=0.3), height / 2
    nozzle = tube(
        (-depth * 0.3, width * 0.25, radius), (depth / 2, width * 0.25, radius), radius, paint, end_radius=radius * 0.7
    )
    return Design(
        [
            nozzle,
            tube(
                (-depth * 0.15, width * 0.25, radius),
                (-depth * 0.2, -width / 2, radius),
                radius * 0.5,
                paint.shaded(0.8),
            ),
        ]
    )


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


CLUTTER: dict[str, Recipe] = {
    "book": Recipe(book, (0.16, 0.28), (0.2, 0.34), (0.02, 0.06), ("closed", "open")),
    "books": Recipe(books, (0.16, 0.26), (0.3, 0.9), (0.2, 0.34), ("row", "piles")),
    "cd case": Recipe(books, (0.13, 0.15), (0.15, 0.3), (0.14, 0.22), ("row",)),
    "paper": Recipe(papers, (0.24, 0.4), (0.24, 0.4), (0.01, 0.05)),
    "papers": Recipe(papers, (0.28, 0.45), (0.28, 0.45), (0.04, 0.15)),
    "plant": Recipe(
        plant,
        (0.25, 0.7),
        (0.25, 0.7),
        (0.3, 1.4),
        ("bush", "tree", "blades"),
        even=(
            "bush",
            "tree",
            "blades",
        ),
    ),
    "shoes": Recipe(shoes, (0.26, 0.32), (0.2, 0.28), (0.09, 0.14), ("pair",)),
    "shoe": Recipe(shoes, (0.26, 0.31), (0.1, 0.13), (0.08, 0.14), ("single",)),
    "hat": Recipe(hat, (0.22, 0.32), (0.2, 0.3), (0.1, 0.16)),
    "ball": Recipe(ball, (0.18, 0.3), (0.18, 0.3), (0.18, 0.3), even=("plain",)),
    "tissue box": Recipe(tissue_box, (0.11, 0.15), (0.11, 0.25), (0.11, 0.18)),
    "guitar": Recipe(guitar, (0.1, 0.3), (0.34, 0.42), (0.9, 1.05), ("guitar",)),
    "guitar case": Recipe(guitar, (0.16, 0.32), (0.36, 0.46), (0.95, 1.1), ("case",)),
    "piano": Recipe(piano, (0.55, 0.68), (1.4, 1.55), (1.05, 1.3)),
    "dumbbell": Recipe(dumbbell, (0.1, 0.16), (0.2, 0.35), (0.1, 0.16)),
    "cart": Recipe(cart, (0.42, 0.6), (0.6, 0.95), (0.75, 1.05), ("cart",)),
    "stand": Recipe(cart, (0.3, 0.5), (0.4, 0.8), (0.5, 1.1), ("stand",)),
    "broom": Recipe(broom, (0.12, 0.2), (0.22, 0.36), (1.0, 1.4)),
    "ironing board": Recipe(ironing_board, (0.36, 0.42), (1.2, 1.4), (0.85, 0.95)),
    "bicycle": Recipe(bicycle, (1.5, 1.75), (0.5, 0.62), (0.95, 1.08)),
    "person": Recipe(person, (0.3, 0.8), (0.48, 0.6), (1.2, 1.7)),
    "object": Recipe(thing, (0.08, 0.35), (0.1, 0.4), (0.08, 0.4), ("lump", "drum", "heap", "parts")),
    "structure": Recipe(thing, (0.3, 0.6), (0.5, 1.4), (0.6, 1.6), ("parts", "drum")),
    "tray": Recipe(tray, (0.25, 0.35), (0.34, 0.5), (0.03, 0.06), ("tray",)),
    "scale": Recipe(tray, (0.28, 0.34), (0.28, 0.34), (0.04, 0.06), ("scale",)),
    "paper cutter": Recipe(tray, (0.34, 0.45), (0.45, 0.6), (0.06, 0.12), ("cutter",)),
    "hair dryer": Recipe(hair_dryer, (0.16, 0.22), (0.16, 0.24), (0.07, 0.09)),
}
