"""The furniture catalogue: one colored surface after another for the things of a procedural room.

Parametric designs are always there. Real models come with Sweet Home 3D's free libraries (.sh3f files).

What keeps the splits apart: a parametric class is a numbered list of designs, and the number alone decides
everything about the object but its size. Training takes the numbers whose last digit is 0-7, validation 8, test 9.
Of a class with three or more styles, the last style never appears in training; half of the validation and test
designs have it. Blunt solids, which stand in for what a scan shows no details of, are for training alone. A real model
belongs to the split that the hash of its name falls into, 80, 10 and 10 of 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np

from less3d.data.rooms.colors import dominant_color
from less3d.data.rooms.models import Model
from less3d.data.rooms.shapes import paint as paints
from less3d.data.rooms.shapes.bathroom import BATHROOM
from less3d.data.rooms.shapes.bathroom_fittings import BATHROOM_FITTINGS
from less3d.data.rooms.shapes.beds import BEDS
from less3d.data.rooms.shapes.blunt import lump, plate
from less3d.data.rooms.shapes.books import BOOKS
from less3d.data.rooms.shapes.building import BUILDING
from less3d.data.rooms.shapes.clutter import CLUTTER
from less3d.data.rooms.shapes.containers import CONTAINERS
from less3d.data.rooms.shapes.couches import COUCHES
from less3d.data.rooms.shapes.electronics import ELECTRONICS
from less3d.data.rooms.shapes.household import HOUSEHOLD
from less3d.data.rooms.shapes.instruments import INSTRUMENTS
from less3d.data.rooms.shapes.kitchen import KITCHEN
from less3d.data.rooms.shapes.lights import LIGHTS
from less3d.data.rooms.shapes.openings import OPENINGS
from less3d.data.rooms.shapes.recipe import Recipe, Size
from less3d.data.rooms.shapes.seating import SEATING
from less3d.data.rooms.shapes.solids import Part, bounds, normals_and_areas
from less3d.data.rooms.shapes.storage import STORAGE
from less3d.data.rooms.shapes.tables import TABLES
from less3d.data.rooms.shapes.walls import WALLS
from less3d.data.rooms.statistics import draw_color
from less3d.data.rooms.surface import Surface, sample
from less3d.data.rooms.sweethome import read_library
from less3d.errors import InputError

Split = Literal["train", "val", "test", "all"]

RECIPES: dict[str, Recipe] = {
    **SEATING,
    **COUCHES,
    **TABLES,
    **STORAGE,
    **BEDS,
    **OPENINGS,
    **BATHROOM,
    **BATHROOM_FITTINGS,
    **KITCHEN,
    **ELECTRONICS,
    **LIGHTS,
    **WALLS,
    **BUILDING,
    **CONTAINERS,
    **BOOKS,
    **INSTRUMENTS,
    **HOUSEHOLD,
    **CLUTTER,
}
"""The parametric classes, by their ScanNet name."""

_BLUNT = 0.3
"""Share of blunt solids in training."""
_TOLD_BY_SHAPE = frozenset({*SEATING, *COUCHES, *TABLES, *BEDS, *BATHROOM, *LIGHTS, *INSTRUMENTS})
"""Classes that are never blunt: nobody would know them."""
_PLATES = frozenset({*OPENINGS, *WALLS}) - {"fire extinguisher", "divider", "windowsill", "ledge", "board"}
"""Classes that are blunt as plates on a wall."""

_DESIGNS = 100_000
_DIGITS: dict[Split, tuple[int, ...]] = {"train": tuple(range(8)), "val": (8,), "test": (9,), "all": tuple(range(10))}
"""Last digits of the design numbers of each split."""
_CLEAR_SHARE = 0.5
_MOST_REAL = 0.5
"""Highest share of real models in a class."""
_HALF_REAL = 8
"""So many models of a class would make half of its pieces real."""
_LONG = 1.25
"""A footprint with a higher ratio of its sides is no place for a round thing."""
_RECOLORED = 0.4
"""Probability that a real model gets another color."""
_TONED = 0.7
"""Probability that a piece gets a mean color of its class in real scans."""
_LIT = 0.78
"""How bright a scan shows what is painted, on average over lights and places."""
_GRAY = (150.0, 146.0, 140.0)
"""Of blunt solids whose class has no statistics."""
_GAINS = (0.25, 4.0)
"""So much darker or lighter a tone may make a piece."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One piece of furniture in its local frame, in meters.

    The origin is the center of its footprint, it rests on z = 0, z is up and its front faces +x; what hangs on a wall
    has its back at the lowest x. `color`, `material` and `shape` are the words a person would use, None when no word
    fits the whole.
    """

    name: str
    category: str
    surface: Surface
    color: str | None
    material: str | None
    shape: str | None
    licence: str


class Catalogue:
    """Furniture of every known class, parametric and real, for one split.

    `libraries` are .sh3f files; reading one takes up to a minute, and `cache` is a folder that keeps the result.

    Raises:
        InputError: when the split is unknown or a library cannot be read.
    """

    def __init__(self, libraries: Sequence[Path] = (), *, split: Split = "all", cache: Path | None = None) -> None:
        if split not in _DIGITS:
            raise InputError(f"a catalogue's split is one of {', '.join(_DIGITS)}, got {split!r}")
        self._digits = _DIGITS[split]
        self._blunt = _BLUNT if split == "train" else 0.0
        self._models: dict[str, list[Model]] = {}
        for model in (model for library in libraries for model in read_library(library, cache=cache)):
            if crc32(model.name.encode()) % 10 in self._digits:
                self._models.setdefault(model.category, []).append(model)
        self.categories: tuple[str, ...] = tuple(sorted(RECIPES))

    def piece(self, category: str, rng: np.random.Generator, *, size: Size | None = None) -> Piece:
        """A piece of a class, drawn from `rng`; `size` asks for its full extents (depth x, width y, height z).

        Raises:
            InputError: when the class is not in `categories`.
        """
        if category not in RECIPES:
            raise InputError(f"no furniture of class {category!r}; Catalogue.categories lists the known classes")
        if self._blunt and category not in _TOLD_BY_SHAPE and rng.random() < self._blunt:
            return _blunt_piece(category, rng, size)
        models = self._models.get(category, [])
        if rng.random() < min(_MOST_REAL, len(models) / (len(models) + _HALF_REAL)):
            piece = _real_piece(models[int(rng.integers(len(models)))], rng, size)
        else:
            number = int(rng.integers(_DESIGNS // 10)) * 10 + int(rng.choice(self._digits))
            piece = parametric_piece(category, number, rng, size=size)
        return _toned(piece, rng) if rng.random() < _TONED else piece


def parametric_piece(category: str, number: int, rng: np.random.Generator, *, size: Size | None = None) -> Piece:
    """The piece with a design number, as its name tells it; `rng` only scatters the sampled points."""
    recipe = RECIPES[category]
    design_rng = np.random.default_rng([crc32(category.encode()), number])
    style = _style(recipe, number, size, design_rng)
    own_size = recipe.draw_size(design_rng, style)
    design = recipe.build(design_rng, size or own_size, style)
    surface = _placed(sample(design.parts, rng), *bounds(design.parts), size)
    return Piece(
        name=f"parametric/{category.replace(' ', '-')}-{style}-{number:05d}",
        category=category,
        surface=surface,
        color=dominant_color(surface.colors),
        material=_main_material(design.parts),
        shape=design.shape,
        licence="Apache-2.0",
    )


def _blunt_piece(category: str, rng: np.random.Generator, size: Size | None) -> Piece:
    recipe = RECIPES[category]
    build = plate if category in _PLATES else lump
    wanted = size or recipe.draw_size(rng, recipe.styles[0])
    surface = sample(build(rng, wanted, draw_color(category, rng) or _GRAY).parts, rng)
    name, color = f"parametric/{category.replace(' ', '-')}-blunt", dominant_color(surface.colors)
    return Piece(name, category, surface, color, None, None, "Apache-2.0")


def _real_piece(model: Model, rng: np.random.Generator, size: Size | None) -> Piece:
    surface, groups = model.surface(size)
    material = model.material
    if rng.random() < _RECOLORED:
        surface = _recolored(surface, groups, rng)
        material = None if material == "wooden" else material
    return Piece(
        name=model.name,
        category=model.category,
        surface=surface,
        color=dominant_color(surface.colors),
        material=material,
        shape=model.shape,
        licence=model.licence,
    )


def _recolored(surface: Surface, groups: np.ndarray, rng: np.random.Generator) -> Surface:
    """The surface with its most common material brought to another furniture color; texture and shading stay."""
    chosen = groups == np.bincount(groups).argmax()
    mean = surface.colors[chosen].mean(axis=0)
    pool = paints.WOODS if rng.random() < 0.5 else (*paints.FABRICS, *paints.METALS, *paints.WHITES, *paints.BRIGHTS)
    gain = np.array(paints.pick(rng, pool), dtype=np.float32) / np.maximum(mean, 12)
    colors = surface.colors.copy()
    colors[chosen] = np.clip(colors[chosen] * gain, 4, 250).astype(np.uint8)
    return Surface(surface.points, surface.normals, colors)


def _toned(piece: Piece, rng: np.random.Generator) -> Piece:
    """The piece as light and as tinted as real ones of its class are; what is lighter and darker within it stays so."""
    color = draw_color(piece.category, rng)
    if color is None:
        return piece
    wanted = np.array(color, dtype=np.float32) / _LIT
    gain = np.clip(wanted / np.maximum(piece.surface.colors.mean(axis=0), 12), *_GAINS)
    colors = np.clip(piece.surface.colors * gain.astype(np.float32), 4, 250).astype(np.uint8)
    surface = replace(piece.surface, colors=colors)
    return replace(piece, surface=surface, color=dominant_color(colors))


def _style(recipe: Recipe, number: int, size: Size | None, rng: np.random.Generator) -> str:
    """A style for a design number; the last of three or more is kept for validation and test.

    Round styles are passed over for a footprint that is clearly longer than wide.
    """
    *known, last = recipe.styles
    if len(known) < 2:
        known = [*known, last]
    elif number % 10 not in _DIGITS["train"] and rng.random() < 0.5:
        return last
    if size is not None and max(size[:2]) > _LONG * min(size[:2]):
        known = [style for style in known if style not in recipe.even] or known
    return known[int(rng.integers(len(known)))]


def _placed(surface: Surface, low: np.ndarray, high: np.ndarray, size: Size | None) -> Surface:
    """A surface within a box moved onto the origin and the floor, and stretched to a size when one is wanted."""
    extent = np.maximum(high - low, 1e-6)
    factors = np.ones(3) if size is None else np.asarray(size) / extent
    middle = (low + high) / 2
    shift = -factors * (middle[0], middle[1], low[2])
    return surface.stretched(factors, shift)


def _main_material(parts: Sequence[Part]) -> str | None:
    """The material of at least half of the area."""
    _, areas = normals_and_areas(np.concatenate([part.vertices[part.triangles] for part in parts]))
    ends = np.cumsum([len(part.triangles) for part in parts])
    totals: dict[str | None, float] = {}
    for part, area in zip(parts, np.diff(np.concatenate([[0], np.cumsum(areas)[ends - 1]])), strict=True):
        totals[part.paint.material] = totals.get(part.paint.material, 0.0) + float(area)
    material, area = max(totals.items(), key=lambda item: item[1])
    return material if area >= _CLEAR_SHARE * areas.sum() else None
