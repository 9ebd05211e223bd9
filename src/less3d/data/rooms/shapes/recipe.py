"""What a family of furniture offers for a class: a builder, the sizes it comes in, and its styles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from less3d.data.rooms.shapes.solids import Interval, Part

Size = tuple[float, float, float]
"""Extents in meters: depth along x, width along y, height along z."""


@dataclass(frozen=True)
class Design:
    """Parts in the local frame (front +x, z up), and the word for the shape of the whole when there is one.

    The catalogue stretches the parts to the wanted size and rests them on z = 0, so builders may be a little off.
    """

    parts: Sequence[Part]
    shape: str | None = None


Builder = Callable[[np.random.Generator, Size, str], Design]
"""Builds a design of about the wanted size in one of its recipe's styles, drawing the rest from the generator."""


@dataclass(frozen=True)
class Recipe:
    """A class of furniture. Of three or more styles the last is held out: designs for training never have it.
    A style listed twice is twice as common.

    `depth`, `width` and `height` are ranges in meters to draw from when the caller asks for no size; `even` names the
    styles that are as wide as they are deep.
    """

    build: Builder
    depth: Interval
    width: Interval
    height: Interval
    styles: tuple[str, ...] = ("plain",)
    even: tuple[str, ...] = ()

    def draw_size(self, rng: np.random.Generator, style: str) -> Size:
        """A size from the ranges, the middle more often than the ends."""
        fractions = rng.beta(2, 2, 3)
        ranges = (self.depth, self.width, self.height)
        depth, width, height = (low + f * (high - low) for f, (low, high) in zip(fractions, ranges, strict=True))
        return float(depth), float(depth if style in self.even else width), float(height)


def footprint(size: Size) -> tuple[Interval, Interval]:
    """The x and y intervals of a size, centered on the origin."""
    return (-size[0] / 2, size[0] / 2), (-size[1] / 2, size[1] / 2)


def rectangle_word(size: Size) -> str:
    """The word for a rectangular footprint."""
    return "square" if max(size[:2]) < 1.12 * min(size[:2]) else "rectangular"


def ellipse_word(size: Size) -> str:
    """The word for an elliptic footprint."""
    return "round" if max(size[:2]) < 1.15 * min(size[:2]) else "oval"


def maybe(rng: np.random.Generator, probability: float) -> bool:
    """True with a probability."""
    return bool(rng.random() < probability)
