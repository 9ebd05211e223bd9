"""Books, alone, in rows and in piles, and loose paper."""

import numpy as np

from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.recipe import Design, Recipe, Size, footprint
from less3d.data.rooms.shapes.solids import Interval, Part, box


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


def book_row(rng: np.random.Generator, x: Interval, y: Interval, z: Interval, *, most: int = 40) -> list[Part]:
    """Upright books side by side, of many heights and colors."""
    room = z[1] - z[0]
    if y[1] - y[0] < 0.02 or room < 0.05:
        return []
    count = int(np.clip((y[1] - y[0]) / 0.032, 1, most))
    edges = y[0] + (y[1] - y[0]) * np.concatenate([[0], np.cumsum(rng.dirichlet(np.full(count, 4.0)))])
    heights = z[0] + np.minimum(room, rng.normal(0.8, 0.1, count).clip(0.5, 1) * room)
    fronts = x[1] - rng.uniform(0, 0.04, count)
    pool = (*paints.BRIGHTS, *paints.FABRICS, *paints.WHITES, *paints.LEATHERS)
    hidden: list[tuple[str, ...]] = [("-x", "-z", "-y", "+y")] * count
    hidden[0] = hidden[-1] = ("-x", "-z")
    return [
        box(
            (x[0], front),
            (left, right),
            (z[0], top),
            Paint(paints.pick(rng, pool, 0.15), material="paper"),
            without=sides,
        )
        for left, right, top, front, sides in zip(edges[:-1], edges[1:], heights, fronts, hidden, strict=True)
    ]


BOOKS: dict[str, Recipe] = {
    "book": Recipe(book, (0.16, 0.28), (0.2, 0.34), (0.02, 0.06), ("closed", "open")),
    "books": Recipe(books, (0.16, 0.26), (0.3, 0.9), (0.2, 0.34), ("row", "piles")),
    "cd case": Recipe(books, (0.13, 0.15), (0.15, 0.3), (0.14, 0.22), ("row",)),
    "paper": Recipe(papers, (0.24, 0.4), (0.24, 0.4), (0.01, 0.05)),
    "papers": Recipe(papers, (0.28, 0.45), (0.28, 0.45), (0.04, 0.15)),
}
