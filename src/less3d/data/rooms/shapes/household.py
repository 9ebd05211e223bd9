"""What a household is run with: carts, brooms, ironing boards, trays, scales and the like."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.beds import heap
from less3d.data.rooms.shapes.containers import open_box
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import box, loft, prism, ring, soft_box, tube


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


def tissue_box(rng: np.random.Generator, size: Size, style: str) -> Design:
    """A printed box with a tissue sticking out."""
    depth, width, height = size
    x, y = footprint(size)
    low = height * 0.65
    tissue = heap(rng, (depth * 0.5, width * 0.5, height * 0.4), paints.white(rng)).moved(z=low * 0.95)
    return Design([box(x, y, (0, low), paints.picture(rng)), tissue])


HOUSEHOLD: dict[str, Recipe] = {
    "cart": Recipe(cart, (0.42, 0.6), (0.6, 0.95), (0.75, 1.05), ("cart",)),
    "stand": Recipe(cart, (0.3, 0.5), (0.4, 0.8), (0.5, 1.1), ("stand",)),
    "broom": Recipe(broom, (0.12, 0.2), (0.22, 0.36), (1.0, 1.4)),
    "ironing board": Recipe(ironing_board, (0.36, 0.42), (1.2, 1.4), (0.85, 0.95)),
    "tray": Recipe(tray, (0.25, 0.35), (0.34, 0.5), (0.03, 0.06), ("tray",)),
    "scale": Recipe(tray, (0.28, 0.34), (0.28, 0.34), (0.04, 0.06), ("scale",)),
    "paper cutter": Recipe(tray, (0.34, 0.45), (0.45, 0.6), (0.06, 0.12), ("cutter",)),
    "hair dryer": Recipe(hair_dryer, (0.16, 0.22), (0.16, 0.24), (0.07, 0.09)),
    "tissue box": Recipe(tissue_box, (0.11, 0.15), (0.11, 0.25), (0.11, 0.18)),
}
