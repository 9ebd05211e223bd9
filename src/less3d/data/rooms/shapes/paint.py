"""`Paint`: the color, pattern and material of a part, and the palettes that real rooms are painted with.

Palettes are dull on purpose: real scans are browns, grays, beiges and blacks, with a few saturated things among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Number = float | int
Color = tuple[Number, Number, Number]
Texture = Literal["plain", "wood", "fabric", "stripes", "checks", "speckle", "picture", "writing", "leaves", "gradient"]


@dataclass(frozen=True)
class Paint:
    """How a part looks. Colors are 0-255; `scale` is the size of the pattern in meters; `axis` is its direction."""

    rgb: Color
    texture: Texture = "plain"
    material: str | None = None
    accents: tuple[Color, ...] = ()
    scale: float = 0.1
    axis: int = 1
    seed: int = 0

    def along(self, axis: int) -> "Paint":
        """The same paint with its grain or stripes along another axis (0 = x, 1 = y, 2 = z)."""
        return replace(self, axis=axis)

    def shaded(self, factor: float) -> "Paint":
        """The same paint with every color multiplied by `factor` (above 1 is brighter)."""
        return replace(self, rgb=_scaled(self.rgb, factor), accents=tuple(_scaled(a, factor) for a in self.accents))


WOODS: tuple[Color, ...] = (
    (172, 128, 84), (150, 105, 66), (190, 152, 108), (205, 172, 130), (96, 64, 44), (70, 48, 36), (124, 72, 48),
    (142, 84, 52), (112, 82, 60), (150, 132, 112), (48, 38, 34), (184, 124, 66), (134, 98, 68), (160, 116, 74),
)  # fmt: skip
FABRICS: tuple[Color, ...] = (
    (62, 58, 56), (92, 86, 82), (126, 118, 110), (150, 136, 118), (178, 164, 142), (104, 82, 64), (78, 58, 46),
    (44, 42, 44), (52, 62, 88), (70, 88, 118), (98, 50, 48), (122, 44, 42), (86, 98, 74), (112, 106, 72),
    (190, 182, 168), (132, 96, 66), (58, 74, 70), (88, 66, 84),
)  # fmt: skip
BRIGHTS: tuple[Color, ...] = (
    (158, 48, 46), (176, 96, 54), (196, 164, 74), (70, 112, 70), (52, 100, 98), (52, 80, 138), (78, 124, 168),
    (100, 74, 122), (190, 124, 138), (142, 156, 84), (218, 212, 202), (38, 37, 40),
)  # fmt: skip
LEATHERS: tuple[Color, ...] = (
    (46, 40, 38), (58, 42, 34), (84, 56, 40), (110, 72, 48), (136, 96, 66), (38, 36, 38), (176, 160, 138),
    (96, 44, 36), (208, 200, 188),
)  # fmt: skip
PLASTICS: tuple[Color, ...] = (
    (38, 38, 40), (52, 52, 54), (84, 84, 86), (130, 130, 128), (176, 174, 168), (208, 204, 196), (226, 224, 220),
    (196, 186, 166),
)  # fmt: skip
METALS: tuple[Color, ...] = (
    (58, 58, 60), (96, 96, 98), (136, 134, 132), (168, 166, 162), (196, 194, 190), (40, 40, 42), (150, 140, 122),
)  # fmt: skip
WHITES: tuple[Color, ...] = ((226, 222, 214), (210, 204, 194), (236, 234, 230), (200, 196, 188), (216, 206, 186))
LINENS: tuple[Color, ...] = (
    (222, 216, 206), (200, 190, 176), (178, 164, 146), (150, 134, 120), (108, 98, 94), (92, 104, 132), (62, 74, 106),
    (136, 66, 62), (166, 138, 104), (104, 118, 96), (140, 120, 142), (188, 160, 158), (70, 62, 60), (206, 190, 150),
)  # fmt: skip
STONES: tuple[Color, ...] = (
    (62, 58, 56), (104, 98, 92), (150, 142, 132), (190, 182, 170), (214, 208, 200), (126, 104, 84), (172, 150, 122),
)  # fmt: skip


def jitter(rng: np.random.Generator, color: Color, amount: float = 0.08) -> Color:
    """A color near `color`: one change of brightness and a smaller one for each channel."""
    brightness = 1 + amount * rng.standard_normal()
    tint = 1 + amount / 6 * rng.standard_normal(3)
    return _scaled(color, brightness, tint.tolist())


def pick(rng: np.random.Generator, colors: Sequence[Color], amount: float = 0.08) -> Color:
    """One of `colors`, jittered."""
    return jitter(rng, colors[int(rng.integers(len(colors)))], amount)


def wood(rng: np.random.Generator, *, painted: float = 0.12) -> Paint:
    """Wood with its grain showing, or, with probability `painted`, wood painted white, gray or black."""
    if rng.random() < painted:
        return Paint(pick(rng, (*WHITES, (44, 42, 42), (128, 124, 120))), material="wooden")
    return Paint(pick(rng, WOODS), "wood", "wooden", scale=rng.uniform(0.03, 0.09), seed=_seed(rng))


def fabric(rng: np.random.Generator, *, bright: float = 0.12, patterned: float = 0.08) -> Paint:
    """Upholstery cloth: mottled, now and then bright, striped or checked."""
    base = pick(rng, BRIGHTS if rng.random() < bright else FABRICS)
    return _cloth(rng, base, patterned, FABRICS)


def linen(rng: np.random.Generator, *, bright: float = 0.15, patterned: float = 0.3) -> Paint:
    """Bedding, curtains and towels: lighter than upholstery and more often patterned."""
    base = pick(rng, BRIGHTS if rng.random() < bright else LINENS)
    return _cloth(rng, base, patterned, LINENS)


def leather(rng: np.random.Generator) -> Paint:
    """Leather: brown or black most of the time."""
    return Paint(pick(rng, LEATHERS), "fabric", "leather", scale=rng.uniform(0.2, 0.5), seed=_seed(rng))


def upholstery(rng: np.random.Generator, *, bright: float = 0.12) -> Paint:
    """Cloth or leather."""
    return leather(rng) if rng.random() < 0.3 else fabric(rng, bright=bright)


def plastic(rng: np.random.Generator, *, bright: float = 0.1) -> Paint:
    """Plastic: black, gray and white, now and then bright."""
    return Paint(pick(rng, BRIGHTS if rng.random() < bright else PLASTICS), material="plastic")


def metal(rng: np.random.Generator) -> Paint:
    """Metal: chrome, steel or lacquered black."""
    return Paint(pick(rng, METALS), "gradient", "metal", scale=0.4, seed=_seed(rng))


def white(rng: np.random.Generator, *, material: str | None = None) -> Paint:
    """White as scans show it: warm and a little gray."""
    return Paint(pick(rng, WHITES, 0.05), material=material)


def porcelain(rng: np.random.Generator) -> Paint:
    """Sanitary white, as dull as a bathroom's lamp makes it."""
    return Paint(jitter(rng, (222, 216, 206), 0.07), "gradient", "porcelain", scale=0.6, seed=_seed(rng))


def stone(rng: np.random.Generator) -> Paint:
    """Speckled stone or laminate that looks like it."""
    base = pick(rng, STONES)
    accents = (jitter(rng, base, 0.3), jitter(rng, (90, 84, 78), 0.2))
    return Paint(base, "speckle", "stone", accents, scale=rng.uniform(0.01, 0.04), seed=_seed(rng))


def glass(rng: np.random.Generator) -> Paint:
    """What a scanner makes of glass: whatever is behind it, dim and greenish."""
    base = pick(rng, ((120, 130, 126), (160, 168, 162), (90, 98, 98)), 0.15)
    return Paint(base, "gradient", "glass", scale=0.7, seed=_seed(rng))


def picture(rng: np.random.Generator) -> Paint:
    """A picture's content: blobs of a few colors that go together."""
    return scene(rng, (*FABRICS, *BRIGHTS, *LINENS), count=6)


def scene(rng: np.random.Generator, colors: Sequence[Color], *, material: str | None = None, count: int = 5) -> Paint:
    """Large blobs of some of the colors: a view, a reflection, a print."""
    accents = tuple(pick(rng, colors, 0.12) for _ in range(count))
    return Paint(accents[0], "picture", material, accents, seed=_seed(rng))


def tiles(rng: np.random.Generator) -> Paint:
    """Wall or floor tiles: light, or the same tone with a darker one here and there."""
    base = pick(rng, (*WHITES, *STONES[2:]))
    shades = tuple(jitter(rng, base, 0.05) for _ in range(4))
    return Paint(base, "checks", "tiled", shades, scale=rng.uniform(0.08, 0.25), seed=_seed(rng))


def mirror(rng: np.random.Generator) -> Paint:
    """What a scanner makes of a mirror: the dull colors of the room in front of it."""
    return scene(rng, (*STONES[1:], *WHITES, *WOODS[:4], *FABRICS[:6]), material="glass")


def printed(rng: np.random.Generator, base: Color, *colors: Color) -> Paint:
    """A surface of one color with print or writing on it."""
    return Paint(base, "writing", None, colors or ((50, 50, 60),), scale=rng.uniform(0.03, 0.08), seed=_seed(rng))


def _cloth(rng: np.random.Generator, base: Color, patterned: float, pool: Sequence[Color]) -> Paint:
    seed = _seed(rng)
    if rng.random() >= patterned:
        return Paint(base, "fabric", "fabric", scale=rng.uniform(0.05, 0.3), seed=seed)
    texture = ("stripes", "checks", "picture")[int(rng.integers(3))]
    accents = (base, jitter(rng, base, 0.3), pick(rng, pool), pick(rng, pool))
    axis = int(rng.integers(2))
    return Paint(base, texture, "fabric", accents, scale=rng.uniform(0.04, 0.25), axis=axis, seed=seed)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1 << 30))


def _scaled(color: Color, factor: float, tint: Sequence[float] = (1.0, 1.0, 1.0)) -> Color:
    red, green, blue = (min(max(channel * factor * t, 4.0), 252.0) for channel, t in zip(color, tint, strict=True))
    return red, green, blue
