"""No scanner at all: points over every surface of a room, as one samples a designer's model of it.

Nothing is hidden and nothing is missing: things have backs and insides, a picture has the wall behind it. People ask
about such point clouds too, and a network that only knows scans finds little in them.
"""

import numpy as np
from jaxtyping import Int32

from less3d.data.rooms.light import Light, lit_colors
from less3d.data.rooms.scanning.seen import Seen
from less3d.data.rooms.surface import DENSITY, Surface

_DENSITIES = (400.0, DENSITY)
"""Points a square meter, from and to."""
_GRAINS = (0.5, 8.0)
"""Standard deviation of each point's brightness, in color levels, from and to."""


def complete_surfaces(surface: Surface, ids: Int32[np.ndarray, "M"], *, light: Light, rng: np.random.Generator) -> Seen:
    """Points all over a room, equally dense everywhere.

    Args:
        surface: everything in the room.
        ids: instance of each surface point.
        light: how the room is lit.
        rng: decides how dense the points are and which they are.
    """
    low, high = np.log(_DENSITIES)
    chosen = rng.random(len(surface)) < np.exp(rng.uniform(low, high)) / DENSITY
    colors = lit_colors(surface, light, chosen)
    colors += rng.uniform(*_GRAINS) * rng.standard_normal((len(colors), 1), dtype=np.float32)
    return Seen(surface.points[chosen], np.clip(colors, 0, 255).astype(np.uint8), ids[chosen])
