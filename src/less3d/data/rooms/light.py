"""How a room is lit: a warm or cool lamp above, shade in corners and under tables, and an exposure that drifts."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from less3d.data.rooms.surface import Surface

_CELL = 0.1
_REACH = 2.0
"""How many cells the blur that stands for nearby surfaces reaches (standard deviation)."""
_BLOTCHES = (0.07, 0.3)
"""Sizes of blotches in metres, each blurred over about one such size."""


@dataclass(frozen=True)
class Light:
    """The light of one room and the camera's idea of it."""

    exposure: float = 1.0
    tint: tuple[float, float, float] = (1.0, 0.96, 0.9)
    """Factors of red, green and blue."""
    saturation: float = 0.8
    """How much of a paint's color is left: scanners' cameras are dull."""
    shade: float = 0.5
    """How dark corners, and places under things, are."""
    drift: float = 0.12
    """Relative size of slow changes of exposure across the room."""
    blotches: float = 0.12
    """Relative size of faster changes: dirt, reflections, shadows of things outside of the scan."""
    contrast: float = 1.1
    seed: int = 0

    @staticmethod
    def draw(rng: np.random.Generator) -> "Light":
        """A light as real scans have it: warm more often than cool, dim more often than bright."""
        warm = float(np.clip(rng.normal(0.13, 0.11), -0.08, 0.4))
        return Light(
            exposure=float(np.clip(rng.normal(1.04, 0.2), 0.6, 1.6)),
            tint=(1.0, 1 - 0.45 * warm + float(rng.normal(0, 0.015)), 1 - warm),
            saturation=float(rng.uniform(0.4, 1.0)),
            shade=float(rng.uniform(0.2, 0.9)),
            drift=float(rng.uniform(0.03, 0.2)),
            blotches=float(rng.uniform(0.02, 0.13)),
            contrast=float(rng.uniform(1.0, 1.7)),
            seed=int(rng.integers(1 << 30)),
        )


def lit_colors(surface: Surface, light: Light, chosen: Bool[np.ndarray, "M"]) -> Float32[np.ndarray, "K 3"]:
    """Colors under a light, 0-255, of the K chosen points; all others take part as what makes shade."""
    rng = np.random.default_rng(light.seed)
    lit = surface.chosen(chosen)
    openness = 1 - light.shade * _shade(surface, lit)
    side = np.array([*rng.normal(0, 1, 2), 0.0])
    side /= np.linalg.norm(side)
    facing = 0.9 + 0.1 * lit.normals[:, 2] + 0.06 * (lit.normals @ side.astype(np.float32))
    waves = (rng.normal(0, 1, (3, 5)) * (2 * np.pi / rng.uniform(1.2, 5.0, 5))).astype(np.float32)
    drift = np.sin(lit.points @ waves + rng.uniform(0, 6.28, 5).astype(np.float32)).sum(axis=1) / 2.5
    changes = 1 + light.drift * drift + light.blotches * _blotches(lit.points, rng)
    gain = light.exposure * openness * facing * np.maximum(changes, 0.2)
    luma = np.array([0.3, 0.59, 0.11], dtype=np.float32)
    gray = (lit.colors @ luma)[:, None]
    colors = (gray + light.saturation * (lit.colors - gray)) * gain[:, None].astype(np.float32)
    colors *= np.array(light.tint, dtype=np.float32)
    brightness = colors @ luma
    colors += ((light.contrast - 1) * (brightness - brightness.mean()))[:, None]
    return np.clip(colors, 0, 255).astype(np.float32)


def _blotches(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smooth random values of about unit size with several sizes of detail, per point."""
    low = np.array([column.min() for column in points.T], dtype=np.float32)
    total = np.zeros(len(points), dtype=np.float32)
    for size in _BLOTCHES:
        place = (points - low) * np.float32(1 / size)
        extent = tuple(int(column.max()) + 2 for column in place.T)
        values = ndimage.uniform_filter(rng.standard_normal(extent, dtype=np.float32), 2) * 2.2
        total += ndimage.map_coordinates(values, place.T, order=1, mode="nearest", prefilter=False)
    return total / np.float32(np.sqrt(len(_BLOTCHES)))


def _shade(surface: Surface, lit: Surface) -> np.ndarray:
    """0 in the open to about 1 in narrow corners and under furniture, per lit point, from a grid of what is where."""
    low = np.array([column.min() for column in surface.points.T], dtype=np.float32) - 3 * _CELL
    cell = ((surface.points - low) * np.float32(1 / _CELL)).astype(np.int32)
    extent = tuple(int(column.max()) + 4 for column in cell.T)
    filled = np.zeros(extent, dtype=np.float32)
    filled[tuple(cell.T)] = 1.0
    near = ndimage.gaussian_filter(filled, _REACH, mode="constant")
    above = np.minimum(np.cumsum(filled[:, :, ::-1], axis=2)[:, :, ::-1] - filled, 3.0)
    above = ndimage.gaussian_filter(above, 1.2, mode="nearest")
    probe = tuple(((lit.points + 0.12 * lit.normals - low) * np.float32(1 / _CELL)).astype(np.int32).T)
    upwards = np.clip(lit.normals[:, 2], 0, 1)
    return np.clip(2.0 * (near[probe] - 0.16), 0, 0.7) + 0.25 * upwards * above[probe]
