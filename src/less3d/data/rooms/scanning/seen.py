"""`Seen`: what a scanner got of a room."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, UInt8


@dataclass(frozen=True, eq=False)
class Seen:
    """Points (N, 3) float32 metres, colors (N, 3) uint8, and each point's instance (N,)."""

    points: Float32[np.ndarray, "N 3"]
    colors: UInt8[np.ndarray, "N 3"]
    ids: Int32[np.ndarray, "N"]
    """-1 for points of nothing in particular."""
