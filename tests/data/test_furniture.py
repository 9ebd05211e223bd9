"""Parametric furniture: size, frame, normals, colors, determinism and splits, for every class."""

import numpy as np
import pytest

from less3d.data.rooms.colors import COLORS, color_index, color_name, dominant_color
from less3d.data.rooms.furniture import RECIPES, Catalogue, parametric_piece
from less3d.data.rooms.surface import concatenate
from less3d.errors import InputError

CATALOGUE = Catalogue()
LOOKED_FOR = (
    "chair", "office chair", "armchair", "couch", "table", "desk", "coffee table", "door", "window", "curtain",
    "cabinet", "kitchen cabinet", "trash can", "bed", "pillow", "monitor", "tv", "shelf", "bookshelf", "toilet", "sink",
    "bathtub", "backpack", "lamp", "mirror", "picture", "radiator", "refrigerator", "whiteboard", "plant", "box",
    "towel", "books",
    "keyboard", "nightstand", "dresser", "stool", "suitcase", "shower curtain", "object",
)  # fmt: skip


def test_the_common_classes_are_there() -> None:
    assert len(CATALOGUE.categories) >= 60
    assert set(LOOKED_FOR) <= set(CATALOGUE.categories)


@pytest.mark.parametrize("category", CATALOGUE.categories)
def test_every_piece_is_sound(category: str) -> None:
    piece = CATALOGUE.piece(category, np.random.default_rng(0))
    surface = piece.surface
    assert piece.category == category
    assert len(surface) >= 320
    assert np.isfinite(surface.points).all()
    assert np.allclose(np.linalg.norm(surface.normals, axis=1), 1, atol=1e-3)
    assert len(np.unique(surface.colors, axis=0)) > 1
    low, high = surface.points.min(axis=0), surface.points.max(axis=0)
    middle = (low + high)[:2] / 2
    assert np.abs(middle).max() < 0.04 + 0.03 * (high - low).max(), "the footprint is centered on the origin"
    assert -1e-4 <= low[2] < 0.05 + 0.1 * high[2], "it rests on z = 0"


@pytest.mark.parametrize("category", CATALOGUE.categories)
def test_a_wanted_size_is_kept(category: str) -> None:
    recipe = RECIPES[category]
    wanted = tuple(low + 0.8 * (high - low) for low, high in (recipe.depth, recipe.width, recipe.height))
    piece = CATALOGUE.piece(category, np.random.default_rng(4), size=(wanted[0], wanted[1], wanted[2]))
    extent = np.ptp(piece.surface.points, axis=0)
    assert (extent <= np.array(wanted) + 1e-4).all()
    assert (extent >= 0.88 * np.array(wanted) - 0.025).all()


@pytest.mark.parametrize("category", ["chair", "office chair", "armchair", "couch", "bed", "toilet"])
def test_backs_and_heads_are_behind(category: str) -> None:
    """Over a dozen pieces: a wall-hung toilet or a bed without a headboard may be flat on top."""
    tops = []
    for seed in range(12):
        points = CATALOGUE.piece(category, np.random.default_rng(seed)).surface.points
        tops.append(points[points[:, 2] > 0.9 * points[:, 2].max(), 0].mean() / np.ptp(points[:, 0]))
    assert np.median(tops) < -0.15
    assert np.mean(tops) < -0.1


@pytest.mark.parametrize("category", ["cabinet", "dresser", "refrigerator", "file cabinet", "stove"])
def test_handles_are_in_front(category: str) -> None:
    points = CATALOGUE.piece(category, np.random.default_rng(1)).surface.points
    behind = (points[:, 0] < points[:, 0].min() + 0.01).mean()
    ahead = (points[:, 0] > points[:, 0].max() - 0.01).mean()
    assert 0 < ahead < behind


def test_the_same_seed_gives_the_same_piece() -> None:
    first, again, other = (CATALOGUE.piece("bookshelf", np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first.name == again.name != other.name
    assert np.array_equal(first.surface.points, again.surface.points)
    assert np.array_equal(first.surface.colors, again.surface.colors)


def test_a_design_is_the_same_object_in_whatever_room() -> None:
    """The design number decides everything but the scatter of the sampled points."""
    first, again = (parametric_piece("chair", 4711, np.random.default_rng(seed)) for seed in (0, 1))
    assert (first.name, first.shape, first.material) == (again.name, again.shape, again.material)
    assert np.ptp(first.surface.points, axis=0) == pytest.approx(np.ptp(again.surface.points, axis=0), abs=0.02)
    means = first.surface.colors.mean(axis=0), again.surface.colors.mean(axis=0)
    assert means[0] == pytest.approx(means[1], abs=3)
    assert not np.array_equal(first.surface.points, again.surface.points)


@pytest.mark.parametrize("category", ["stool", "lamp", "mouse"])
def test_splits_share_no_design(category: str) -> None:
    names = {split: _names(Catalogue(split=split), category) for split in ("train", "val", "test")}
    assert all(len(drawn) > 20 for drawn in names.values())
    assert not names["train"] & names["val"]
    assert not names["train"] & names["test"]
    assert not names["val"] & names["test"]


def test_the_last_style_is_kept_from_training() -> None:
    held_out = RECIPES["stool"].styles[-1]
    train, test = (_names(Catalogue(split=split), "stool") for split in ("train", "test"))
    assert not any(f"stool-{held_out}-" in name for name in train)
    assert 0.25 < np.mean([f"stool-{held_out}-" in name for name in test]) < 0.75


def test_color_words() -> None:
    expected = {
        "black": (30, 30, 32), "white": (235, 232, 226), "gray": (128, 126, 124), "brown": (110, 72, 46),
        "beige": (205, 184, 148), "red": (170, 30, 34), "orange": (235, 120, 20), "yellow": (225, 205, 60),
        "green": (60, 120, 66), "blue": (50, 84, 160), "purple": (104, 60, 140), "pink": (225, 140, 160),
    }  # fmt: skip
    assert set(expected) == set(COLORS)
    for word, color in expected.items():
        assert color_name(np.array(color)) == word


def test_a_mixed_thing_has_no_color() -> None:
    halves = np.repeat(np.array([[170, 30, 34], [40, 80, 170]], dtype=np.uint8), 500, axis=0)
    assert dominant_color(halves) is None
    assert dominant_color(halves[:500]) == "red"


def test_the_color_of_a_piece_is_the_color_of_its_points() -> None:
    named = 0
    rng = np.random.default_rng(5)
    for category in LOOKED_FOR:
        piece = CATALOGUE.piece(category, rng)
        if piece.color is not None:
            named += 1
            assert color_name(piece.surface.colors.mean(axis=0)) == piece.color
            assert (color_index(piece.surface.colors) == COLORS.index(piece.color)).mean() > 0.5
    assert named > len(LOOKED_FOR) / 2


def test_words_for_shape_and_material() -> None:
    rng = np.random.default_rng(2)
    tables = [CATALOGUE.piece("coffee table", rng) for _ in range(24)]
    assert {"round", "rectangular"} <= {piece.shape for piece in tables}
    assert "wooden" in {piece.material for piece in tables}
    for piece in tables:
        if piece.shape == "round":
            depth, width, _ = np.ptp(piece.surface.points, axis=0)
            assert 0.85 < depth / width < 1.18


def test_surfaces_turn_and_join() -> None:
    surface = CATALOGUE.piece("chair", np.random.default_rng(0)).surface
    turned = surface.transformed(yaw=np.pi / 2, translation=(1.0, 0.0, 0.0))
    assert np.allclose(turned.points[:, 1], surface.points[:, 0], atol=1e-5)
    assert np.allclose(turned.points[:, 0], 1 - surface.points[:, 1], atol=1e-5)
    assert np.allclose(turned.normals[:, 1], surface.normals[:, 0], atol=1e-5)
    both = concatenate([surface, turned])
    assert len(both) == 2 * len(surface)
    assert len(both.chosen(both.points[:, 2] > 0.5)) == 2 * int((surface.points[:, 2] > 0.5).sum())


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(InputError, match="no furniture of class 'dragon'"):
        CATALOGUE.piece("dragon", np.random.default_rng(0))


def _names(catalogue: Catalogue, category: str) -> set[str]:
    rng = np.random.default_rng(0)
    return {catalogue.piece(category, rng, size=(0.1, 0.1, 0.1)).name for _ in range(40)}


@pytest.mark.parametrize("category", ["bag", "window", "file cabinet"])
def test_blunt_solids_of_any_size_are_for_training_alone(category: str) -> None:
    names = {split: _names(Catalogue(split=split), category) for split in ("train", "val", "test", "all")}
    blunt = f"parametric/{category.replace(' ', '-')}-blunt"
    assert [split for split, drawn in names.items() if blunt in drawn] == ["train"]
    catalogue, seen = Catalogue(split="train"), []
    for seed in range(40):
        piece = catalogue.piece(category, np.random.default_rng(seed), size=(0.2, 0.5, 0.7))
        if piece.name == blunt:
            seen.append(np.ptp(piece.surface.points, axis=0))
    assert 4 <= len(seen) <= 20
    wanted = (0.02 if category == "window" else 0.2, 0.5, 0.7)
    assert np.abs(np.array(seen) - wanted).max() < 0.04


def test_what_its_shape_tells_is_never_blunt() -> None:
    assert not any("blunt" in name for name in _names(Catalogue(split="train"), "chair"))
