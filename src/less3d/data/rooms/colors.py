"""The color words people use for objects, and how to find the word for a color."""

import numpy as np
from jaxtyping import Int64, Num, UInt8

COLORS = (
    "black",
    "white",
    "gray",
    "brown",
    "beige",
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
)
"""Color words, in the order `color_index` numbers them."""

_HUE_EDGES = np.array([0, 12, 40, 68, 165, 255, 325, 348, 361], dtype=np.float32)
_HUE_WORDS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "red")
_CLEAR_SHARE = 0.55
_LOOKED_AT = 1000


def color_index(colors: Num[np.ndarray, "N 3"]) -> Int64[np.ndarray, "N"]:
    """Number in `COLORS` of each color (0-255). The rules are on hue, saturation and value, made for dull scans."""
    rgb = np.asarray(colors, dtype=np.float32) / 255
    value, low = rgb.max(axis=1), rgb.min(axis=1)
    saturation = (value - low) / np.maximum(value, 1e-6)
    hue = _hue(rgb, value, value - low)
    word = np.array([COLORS.index(name) for name in _HUE_WORDS])[np.searchsorted(_HUE_EDGES, hue, side="right") - 1]
    warm = (hue >= 8) & (hue < 62)
    word[warm & (value < 0.68) & (saturation < 0.85)] = COLORS.index("brown")
    word[warm & (value >= 0.6) & (saturation < 0.5)] = COLORS.index("beige")
    word[(word == COLORS.index("red")) & (value > 0.6) & (saturation < 0.5)] = COLORS.index("pink")
    neutral = saturation < np.where(warm, 0.17, 0.14)
    word[neutral] = COLORS.index("gray")
    word[(saturation < 0.2) & (value > 0.77) & (value - low < 0.14)] = COLORS.index("white")
    word[(value < 0.2) | ((value < 0.28) & (saturation < 0.3))] = COLORS.index("black")
    return word


def color_name(color: Num[np.ndarray, "3"]) -> str:
    """The word for one color (0-255)."""
    return COLORS[int(color_index(np.asarray(color)[None])[0])]


def dominant_color(colors: UInt8[np.ndarray, "N 3"]) -> str | None:
    """What a person would call an object with these point colors; None when no word covers most of it.

    The word must hold for more than half of the points and for their mean color as well.
    """
    seen = colors[:: max(1, len(colors) // _LOOKED_AT)]
    counts = np.bincount(color_index(seen), minlength=len(COLORS))
    name = COLORS[int(counts.argmax())]
    clear = counts.max() >= _CLEAR_SHARE * len(seen)
    return name if clear and name == color_name(seen.mean(axis=0)) else None


def _hue(rgb: np.ndarray, value: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    """Hue in degrees, 0 where there is none."""
    red, green, blue = rgb.T
    safe = np.maximum(chroma, 1e-6)
    sextant = np.select(
        [value == red, value == green],
        [((green - blue) / safe) % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    return sextant * 60
