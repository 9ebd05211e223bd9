"""Patterns: what color a painted part has at each of its points."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float32, UInt8

from less3d.data.rooms.shapes.paint import Paint
from less3d.data.rooms.shapes.solids import Part

Points = Float32[np.ndarray, "N 3"]

_GRAIN = 3.0
"""Standard deviation of the noise every surface has, in color levels."""


def shade(
    points: Points, starts: np.ndarray, parts: Sequence[Part], rng: np.random.Generator
) -> UInt8[np.ndarray, "N 3"]:
    """Colors of points given in their parts' own frames; part k has those from `starts[k]` to `starts[k + 1]`."""
    base = np.array([part.paint.rgb for part in parts], dtype=np.float32)
    colors = np.repeat(base, np.diff(starts), axis=0)
    for part, start, stop in zip(parts, starts[:-1], starts[1:], strict=True):
        if stop == start:
            continue
        if part.paint.texture != "plain":
            colors[start:stop] = _painted(points[start:stop], part.paint)
        for inlay in part.inlays:
            inside = ((points[start:stop] >= inlay.low) & (points[start:stop] <= inlay.high)).all(axis=1)
            if inside.any():
                colors[start:stop][inside] = _painted(points[start:stop][inside], inlay.paint)
    grain = rng.standard_normal((len(points), 1), dtype=np.float32) * _GRAIN
    return np.clip(colors + grain, 0, 255).astype(np.uint8)


def _painted(points: Points, paint: Paint) -> np.ndarray:
    if paint.texture == "plain":
        return np.array(paint.rgb, dtype=np.float32)
    return _PATTERNS[paint.texture](points, paint)


def _wood(points: Points, paint: Paint) -> np.ndarray:
    """Bands across the grain, bent along it."""
    phase, bend, twist = np.random.default_rng(paint.seed).uniform(0, 6.28, 3)
    along = points[:, paint.axis]
    across = points.sum(axis=1) - along
    wave = across * (6.28 / paint.scale) + 0.8 * np.sin(along * 3.0 + bend) + phase
    bands = 0.6 * np.sin(wave) + 0.4 * np.sin(2.7 * wave + twist)
    return _brightened(paint, 0.09 * bands)


def _fabric(points: Points, paint: Paint) -> np.ndarray:
    return _brightened(paint, 0.07 * _clouds(points, paint.scale, paint.seed))


def _gradient(points: Points, paint: Paint) -> np.ndarray:
    """Slow changes of brightness, as reflections make on smooth surfaces."""
    return _brightened(paint, 0.07 * _clouds(points, paint.scale, paint.seed))


def _stripes(points: Points, paint: Paint) -> np.ndarray:
    band = np.floor(points[:, paint.axis] / paint.scale * 2).astype(np.int64)
    return _accents(paint)[band % len(_accents(paint))]


def _checks(points: Points, paint: Paint) -> np.ndarray:
    cells = np.floor(points / paint.scale).astype(np.int64)
    return _accents(paint)[_hash(cells, paint.seed) % len(_accents(paint))]


def _speckle(points: Points, paint: Paint) -> np.ndarray:
    cells = np.floor(points / paint.scale).astype(np.int64)
    dice = _hash(cells, paint.seed) % 12
    palette = (*paint.accents, *[paint.rgb] * (12 - len(paint.accents)))
    return np.array(palette, dtype=np.float32)[dice]


def _leaves(points: Points, paint: Paint) -> np.ndarray:
    """Foliage: light and dark cells of leaf size."""
    cells = np.floor(points / paint.scale).astype(np.int64)
    return _brightened(paint, (_hash(cells, paint.seed) % 7 / 6 - 0.5) * 0.6)


def _picture(points: Points, paint: Paint) -> np.ndarray:
    """A gradient with overlapping ellipses and rectangles, laid over the part's two longest sides."""
    rng = np.random.default_rng(paint.seed)
    place = _flattened(points)
    palette = _accents(paint)
    ramp = place[:, 1:]
    colors = palette[0] * (1 - ramp) + palette[1 % len(palette)] * ramp
    for blob in range(int(rng.integers(3, 9))):
        center, half = rng.uniform(0, 1, 2), rng.uniform(0.05, 0.4, 2)
        offset = np.abs(place - center.astype(np.float32)) / half.astype(np.float32)
        inside = offset.max(axis=1) < 1 if rng.random() < 0.5 else (offset**2).sum(axis=1) < 1
        colors[inside] = palette[blob % len(palette)]
    return colors


def _writing(points: Points, paint: Paint) -> np.ndarray:
    """Short dark strokes in lines, in a few blocks."""
    rng = np.random.default_rng(paint.seed)
    place = _flattened(points)
    palette = _accents(paint)
    colors = np.repeat(np.array([paint.rgb], dtype=np.float32), len(points), axis=0)
    extent = np.sort(np.ptp(points, axis=0))[::-1][:2]
    for block in range(int(rng.integers(1, 6))):
        low = rng.uniform(0, 0.8, 2)
        high = low + rng.uniform(0.1, 0.35, 2)
        cells = np.floor(place * extent / paint.scale * (1, 2)).astype(np.int64)
        stroke = (cells[:, 1] % 2 == 0) & (_hash(cells, paint.seed + block) % 3 > 0)
        inside = ((place >= low) & (place <= high)).all(axis=1)
        colors[stroke & inside] = palette[block % len(palette)]
    return colors


_PATTERNS: dict[str, Callable[[Points, Paint], np.ndarray]] = {
    "wood": _wood,
    "fabric": _fabric,
    "gradient": _gradient,
    "stripes": _stripes,
    "checks": _checks,
    "speckle": _speckle,
    "leaves": _leaves,
    "picture": _picture,
    "writing": _writing,
}


def _clouds(points: Points, scale: float, seed: int) -> np.ndarray:
    """Smooth noise of about unit range: three plane waves of different directions."""
    rng = np.random.default_rng(seed)
    waves = rng.normal(0, 2.5 / scale, (3, 3)).astype(np.float32)
    phases = rng.uniform(0, 6.28, 3).astype(np.float32)
    return np.sin(points @ waves + phases).sum(axis=1) / 2


def _brightened(paint: Paint, change: np.ndarray) -> np.ndarray:
    return np.array(paint.rgb, dtype=np.float32) * (1 + change[:, None])


def _accents(paint: Paint) -> np.ndarray:
    return np.array(paint.accents or (paint.rgb,), dtype=np.float32)


def _flattened(points: Points) -> np.ndarray:
    """Places in 0..1 along the part's wider and its higher side; the thinnest axis is dropped."""
    low, extent = points.min(axis=0), np.ptp(points, axis=0) + 1e-6
    thin = int(extent.argmin())
    kept = [axis for axis in range(3) if axis != thin]
    return ((points - low) / extent)[:, kept]


def _hash(cells: np.ndarray, seed: int) -> np.ndarray:
    """A number that looks random for each integer cell."""
    primes = np.array([73856093, 19349663, 83492791])[: cells.shape[1]]
    mixed = (cells * primes).sum(axis=1) + seed % 9973
    mixed = (mixed ^ (mixed >> 7)) * 2654435761 % (1 << 32)
    return (mixed >> 11) & 0xFFFF
