"""A structured-light depth sensor: noise, steps of disparity, dropouts, and pixels that fly between two depths.

Noise and steps follow Khoshelham & Elberink, Accuracy and Resolution of Kinect Depth Data, Sensors 12 (2012): both
grow with the square of the distance. Neighboring pixels share a part of their error, since they share a window of the
projected pattern.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from less3d.data.rooms.scanning.camera import FARTHEST, NEAREST, NOTHING, Image

_BASE = 0.075 * 580
"""Baseline times focal length of the sensor: disparity in pixels times distance in metres."""
_STEP = 1 / 8
"""Disparities are multiples of this many pixels."""
_EDGE = 0.06
"""A pixel lies at an outline when depth around it varies by more than this share."""


@dataclass(frozen=True)
class Sensor:
    """How good a depth camera is."""

    noise: float = 0.0015
    """Standard deviation of depth at 1 m, metres; it grows with the square of the distance."""
    grazing: float = 0.25
    """Cosine of incidence at which half of the pixels have no depth."""
    shadow: float = 0.7
    """Chance of a pixel behind an outline to have no depth: there the projector is hidden from what the camera sees."""
    edges: float = 0.25
    """The same of a pixel before an outline."""
    flying: float = 0.015
    """Chance of either to lie between both sides of the outline."""


def measure(
    image: Image, lost: Bool[np.ndarray, "M"], *, sensor: Sensor, rng: np.random.Generator
) -> Float32[np.ndarray, "H W"]:
    """Measured depth of each pixel, metres, 0 where there is none.

    Args:
        image: what there is.
        lost: surface points that give no depth: glass, mirrors, screens, what is very dark.
        sensor: how good the sensor is.
        rng: decides noise and dropouts.
    """
    depth, seen = image.depth, image.index != NOTHING
    near = ndimage.minimum_filter(np.where(seen, depth, np.float32(FARTHEST)), 3)
    far = ndimage.maximum_filter(depth, 3)
    behind, before = depth - near > _EDGE * depth, far - depth > _EDGE * depth
    chance = rng.random(depth.shape, dtype=np.float32)
    kept = seen & ~lost[image.index]
    kept &= image.incidence > sensor.grazing * (0.7 + 0.6 * rng.random(depth.shape, dtype=np.float32))
    kept &= chance > np.where(behind, sensor.shadow, np.where(before, sensor.edges, 0)).astype(np.float32)
    flies = seen & (behind | before) & (chance < sensor.flying)
    depth = np.where(flies, near + (far - near) * rng.random(depth.shape, dtype=np.float32), depth)
    measured = _quantized(depth + sensor.noise * depth**2 * _correlated(depth.shape, rng), rng)
    return np.where((kept | flies) & (measured > NEAREST) & (measured < FARTHEST), measured, 0).astype(np.float32)


def _correlated(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Unit noise, two thirds of whose variance neighboring pixels share."""
    own = rng.standard_normal(shape, dtype=np.float32)
    shared = ndimage.uniform_filter(rng.standard_normal(shape, dtype=np.float32), 3) * np.float32(3)
    return np.float32(0.58) * own + np.float32(0.81) * shared


def _quantized(depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Depth from the nearest step of disparity; the steps lie elsewhere in each frame, as calibration drifts."""
    start = np.float32(rng.random())
    disparity = np.round(np.float32(_BASE / _STEP) / np.maximum(depth, np.float32(0.1)) + start) - start
    return np.float32(_BASE / _STEP) / np.maximum(disparity, 1)
