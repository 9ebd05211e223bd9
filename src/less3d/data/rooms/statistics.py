"""How large, how many, how high and of what color real objects are: percentiles over 1,513 real scans, as JSON."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

Percentiles = tuple[float, float, float]
"""The 10th, 50th and 90th percentile of a quantity."""

_Z_OF_90TH = 1.2816
_LONG_SIDE_DEEP = frozenset({"bed", "toilet", "shoes", "shoe", "keyboard piano", "stairs", "couch bed"})
_SMALLEST_Z = (-0.9, -0.9, -0.3)
"""Boxes of real scans are often cut by what was seen: sizes are not drawn from the lower tails."""


@dataclass(frozen=True)
class ClassStatistics:
    """One class over all real scenes. Lengths in metres, of axis-aligned boxes."""

    count: int
    scenes: int
    per_scene: Percentiles
    """How many in a scene that has any."""
    long: Percentiles
    short: Percentiles
    height: Percentiles
    bottom: Percentiles
    """Height of the lowest point above the floor."""
    rgb: tuple[Percentiles, Percentiles, Percentiles]
    """Of the mean color as scans show it, 0 to 255: red, green, blue."""


@dataclass(frozen=True)
class SceneStatistics:
    """Real scenes as a whole, and each class by name."""

    scenes: int
    objects_per_scene: Percentiles
    floor_long_side: Percentiles
    floor_short_side: Percentiles
    height_scanned: Percentiles
    classes: dict[str, ClassStatistics]


@cache
def scene_statistics() -> SceneStatistics:
    """Read the shipped statistics, once."""
    raw = json.loads(files("less3d.data.rooms").joinpath("statistics.json").read_text(encoding="utf-8"))
    classes = {
        name: ClassStatistics(
            count=row["count"],
            scenes=row["scenes"],
            per_scene=_percentiles(row["per_scene"]),
            long=_percentiles(row["long"]),
            short=_percentiles(row["short"]),
            height=_percentiles(row["height"]),
            bottom=_percentiles(row["bottom"]),
            rgb=(_percentiles(row["rgb"][0]), _percentiles(row["rgb"][1]), _percentiles(row["rgb"][2])),
        )
        for name, row in raw["classes"].items()
    }
    return SceneStatistics(
        scenes=raw["scenes"],
        objects_per_scene=_percentiles(raw["objects_per_scene"]),
        floor_long_side=_percentiles(raw["floor_long_side_m"]),
        floor_short_side=_percentiles(raw["floor_short_side_m"]),
        height_scanned=_percentiles(raw["height_scanned_m"]),
        classes=classes,
    )


def draw(percentiles: Percentiles, z: float) -> float:
    """The value at standard-normal quantile `z` of a quantity known by three percentiles (log-linear between)."""
    low, middle, high = (float(v) for v in np.log(np.maximum(percentiles, 1e-3)))
    slope = (high - middle if z > 0 else middle - low) / _Z_OF_90TH
    return float(np.exp(middle + slope * np.clip(z, -1.6, 1.6)))


def draw_size(category: str, rng: np.random.Generator) -> tuple[float, float, float] | None:
    """A plausible (depth, width, height) of one object of a class, or None for a class the statistics do not know.

    Depth runs from back to front, width along a wall behind it. The three are correlated: large things are large in
    every direction.
    """
    row = scene_statistics().classes.get(category)
    if row is None:
        return None
    shared = rng.normal()
    z = np.maximum(0.7 * shared + 0.7 * rng.normal(size=3), _SMALLEST_Z)
    long, short, height = (draw(p, float(q)) for p, q in zip((row.long, row.short, row.height), z, strict=True))
    long, short = max(long, short), min(long, short)
    return (long, short, height) if category in _LONG_SIDE_DEEP else (short, long, height)


def draw_color(category: str, rng: np.random.Generator) -> tuple[float, float, float] | None:
    """A plausible mean color (0-255) of one object of a class in a scan, or None for a class without statistics.

    The channels rise and fall together: objects are dark or light far more often than they are colored.
    """
    row = scene_statistics().classes.get(category)
    if row is None:
        return None
    shared = rng.normal()
    red, green, blue = (draw(p, 0.97 * shared + 0.25 * float(rng.normal())) for p in row.rgb)
    return red, green, blue


def _percentiles(values: list[Any]) -> Percentiles:
    low, middle, high = values
    return float(low), float(middle), float(high)
