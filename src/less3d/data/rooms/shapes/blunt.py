"""Things whose shape says nothing: the plain solid that is left of them in a careless scan.

A bag under a desk is a blob, a file cabinet a block, a mirror a patch of the wall. What they are is told by their size,
their color and where they are; a network that only knows designs in detail does not learn to look at these.
"""

import numpy as np

from less3d.data.rooms.shapes.paint import Color, Paint
from less3d.data.rooms.shapes.recipe import Design, Size, footprint, maybe
from less3d.data.rooms.shapes.solids import box, prism, ring, soft_box

_ROUNDNESS = (0.4, 0.7, 1.0)
_PLATE = 0.012
"""How thick plates are, in meters."""


def plate(rng: np.random.Generator, size: Size, rgb: Color) -> Design:
    """What hangs on a wall: nothing but its front, against the wall whatever depth it should have."""
    x, y = footprint(size)
    return Design([box((x[0], x[0] + _PLATE), y, (0, size[2]), Paint(rgb, "gradient", scale=0.8))])


def lump(rng: np.random.Generator, size: Size, rgb: Color) -> Design:
    """A block, a cylinder, a cushion or an ellipsoid, in one color."""
    x, y = footprint(size)
    z, paint = (0.0, size[2]), Paint(rgb, "gradient", scale=0.8)
    if maybe(rng, 0.45):
        return Design([box(x, y, z, paint)])
    if maybe(rng, 0.3):
        return Design([prism(ring(x, y, 0)[:, :2], z, paint)])
    return Design([soft_box(x, y, z, paint, roundness=float(rng.choice(_ROUNDNESS)))])
