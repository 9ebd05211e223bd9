"""Furniture that is built in as one: kitchen runs and bathroom vanities, with their sinks let into the counter."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from less3d.data.rooms.furniture import Catalogue, Piece
from less3d.data.rooms.placing import FLOOR
from less3d.data.rooms.statistics import draw, scene_statistics
from less3d.data.rooms.surface import concatenate

Size = tuple[float, float, float]

_UPPER_BOTTOM = (1.32, 1.5)
_TAP = 0.14


@dataclass(frozen=True, eq=False)
class Fitting:
    """A piece and where it sits in the frame of the base, the first of its fittings: metres, front along +x."""

    piece: Piece
    size: Size
    forward: float = 0.0
    sideways: float = 0.0
    bottom: float = 0.0
    support: int | None = 0
    """Which fitting carries it, `FLOOR`, or None when it hangs on the wall."""


def kitchen_run(catalogue: Catalogue, rng: np.random.Generator, height: float) -> list[Fitting]:
    """Base cabinets, a counter with a sink, mostly cabinets above, now and then a microwave or hood among them."""
    long = float(np.clip(draw(scene_statistics().classes["kitchen counter"].long, rng.normal()), 1.2, 3.4))
    base = (0.6, long, float(rng.uniform(0.8, 0.88)))
    label = "kitchen cabinets" if rng.random() < 0.6 else "kitchen cabinet"
    first, *others = _row(catalogue, rng, label, base)
    aside = first.piece.surface.transformed(translation=(0.0, first.sideways, 0.0))
    fittings = [Fitting(replace(first.piece, surface=aside), base)]  # stands for the whole row when a place is sought
    slab = (0.64, long + 0.02, float(rng.uniform(0.05, 0.22)))
    top = base[2] + 0.05
    sink_at = float(rng.uniform(-0.35, 0.35)) * (long - 0.7) if rng.random() < 0.85 else None
    fittings += _counter(catalogue, rng, "kitchen counter", slab, base[2], top, sink_at)
    room_above = height - _UPPER_BOTTOM[1] - 0.02
    if rng.random() < 0.8 and room_above > 0.3:
        upper = (0.35, long * float(rng.uniform(0.4, 1.0)), min(float(rng.uniform(0.6, 0.9)), room_above))
        side = float(rng.choice([-1, 1])) * (long - upper[1]) / 2
        bottom = float(rng.uniform(*_UPPER_BOTTOM))
        fittings += [
            replace(unit, forward=-0.125, sideways=unit.sideways + side, bottom=bottom, support=None)
            for unit in _row(catalogue, rng, label, upper)
        ]
    return [*fittings, *(replace(unit, support=FLOOR) for unit in others)]


def _row(catalogue: Catalogue, rng: np.random.Generator, label: str, size: Size) -> list[Fitting]:
    """Cabinets that fill a box: one that is called "cabinets", or several of one design that are called "cabinet"."""
    count = max(2, round(size[1] / float(rng.uniform(0.45, 0.9)))) if label == "kitchen cabinet" else 1
    unit = (size[0], size[1] / count, size[2])
    piece = catalogue.piece(label, rng, size=unit)
    return [Fitting(piece, unit, sideways=(number + 0.5) * unit[1] - size[1] / 2) for number in range(count)]


def vanity(catalogue: Catalogue, rng: np.random.Generator, height: float) -> list[Fitting]:
    """A bathroom cabinet with its counter in one piece, and a sink or two in it."""
    row = scene_statistics().classes["bathroom vanity"]
    long = float(np.clip(draw(row.long, rng.normal()), 0.7, 2.0))
    base = (float(rng.uniform(0.46, 0.6)), long, float(rng.uniform(0.72, 0.82)))
    cabinet = catalogue.piece("cabinet", rng, size=base)
    slab = (base[0] + 0.03, long + 0.02, float(rng.uniform(0.05, 0.15)))
    sinks = [-long / 4, long / 4] if long > 1.4 and rng.random() < 0.5 else [float(rng.normal(0, 0.06)) * long]
    counter, *basins = _counter(catalogue, rng, "bathroom counter", slab, base[2], base[2] + 0.05, *sinks)
    lifted = counter.piece.surface.transformed(translation=(0.015, 0.0, base[2]))
    whole = replace(
        cabinet,
        category="bathroom vanity" if rng.random() < 0.75 else "bathroom cabinet",
        surface=concatenate([cabinet.surface, lifted]),
    )
    size = (slab[0], slab[1], base[2] + slab[2])
    return [Fitting(whole, size), *(replace(basin, support=0) for basin in basins)]


BUILT_IN: dict[str, Callable[[Catalogue, np.random.Generator, float], list[Fitting]]] = {
    "kitchen run": kitchen_run,
    "vanity": vanity,
}
"""What the place word "built in" can make; the base comes first. The last argument is the room's height."""


def _counter(
    catalogue: Catalogue,
    rng: np.random.Generator,
    category: str,
    slab: Size,
    bottom: float,
    top: float,
    *sinks_at: float | None,
) -> list[Fitting]:
    """A counter with a hole for each sink, then the sinks, their rims on the counter."""
    piece = catalogue.piece(category, rng, size=slab)
    sinks = []
    for sideways in sinks_at:
        if sideways is None:
            continue
        size = (min(0.48, slab[0] - 0.1), float(rng.uniform(0.42, 0.6)), float(rng.uniform(0.28, 0.34)))
        rim = size[2] - min(_TAP, 0.4 * size[2])
        sinks.append(Fitting(catalogue.piece("sink", rng, size=size), size, 0.02, sideways, top - rim + 0.01, 1))
        x, y, _ = piece.surface.points.T
        hole = (np.abs(x - 0.02) < 0.46 * size[0]) & (np.abs(y - sideways) < 0.46 * size[1])
        piece = replace(piece, surface=piece.surface.chosen(~hole))
    return [Fitting(piece, slab, 0.02, 0.0, bottom), *sinks]
