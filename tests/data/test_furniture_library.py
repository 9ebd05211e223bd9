"""Sweet Home 3D libraries: a tiny one made here, read for its sizes, frames, colors, licenses, splits and faults."""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from less3d.data.rooms.furniture import Catalogue
from less3d.data.rooms.models import Model
from less3d.data.rooms.sweethome import catalog_entries, read_library
from less3d.data.rooms.sweethome_classes import scannet_class
from less3d.errors import InputError, InputWarning

CHAIR_OBJ = """mtllib chair.mtl
usemtl seat_leather
v -1 0 -1
v 1 0 -1
v 1 0 1
v -1 0 1
v -1 1 -1
v 1 1 -1
v 1 1 1
v -1 1 1
f 1 2 3 4
f 8 7 6 5
f 1 4 8 5
f 2 6 7 3
f 4 3 7 8
f 5 6 2 1
usemtl back_plain
v -1 1 -1
v 1 1 -1
v 1 3 -1
v -1 3 -1
f 9 10 11 12
"""
"""A seat in OBJ's frame (y up, front +z) with a back at its rear edge."""

CHAIR_MTL = "newmtl seat_leather\nKd 0.8 0.1 0.1\nnewmtl back_plain\nKd 0.1 0.1 0.8\n"

PICTURE_OBJ = """mtllib picture.mtl
usemtl canvas
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
f 1/1 2/2 3/3 4/4
"""


def listed(number: int, name: str, category: str, model: str, width: str, depth: str, height: str) -> str:
    """A model as a catalog lists it, in centimetres."""
    return f"""id#{number}=number {number}
name#{number}={name}
category#{number}={category}
model#{number}=/things/{model}
width#{number}={width}
depth#{number}={depth}
height#{number}={height}
"""


CATALOG = "".join([
    "# made for a test\nid=test\nlicense=Creative Commons Attribution 3.0 Unported license  \xa9 someone\n",
    listed(1, "Armchair", "Living room", "chair/chair.obj", "50", "60", "90.5"),
    listed(2, "Frame", "Miscellaneous", "picture/picture.obj", "80", "2", "40"),
    "license#2=Public domain\n",
    listed(3, "Chair", "Office", "broken/broken.obj", "50", "60", "90"),
    listed(4, "Woman", "Characters", "chair/chair.obj", "50", "60", "160"),
    listed(5, "Table", "Kitchen", "table/table.3ds", "50", "60", "90"),
    listed(6, "Chair", "Office", "turned/turned.obj", "60", "50", "90"),
    "modelRotation#6=0 0 1 0 1 0 -1 0 0\n",
])  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Path:
    texture = BytesIO()
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    pixels[:4], pixels[4:] = (20, 160, 20), (200, 200, 20)
    Image.fromarray(pixels).save(texture, format="png")
    path = tmp_path / "Tiny.sh3f"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PluginFurnitureCatalog.properties", CATALOG.encode("latin-1"))
        archive.writestr("things/chair/chair.obj", CHAIR_OBJ)
        archive.writestr("things/chair/chair.mtl", CHAIR_MTL)
        archive.writestr("things/turned/turned.obj", CHAIR_OBJ)
        archive.writestr("things/turned/chair.mtl", CHAIR_MTL)
        archive.writestr("things/picture/picture.obj", PICTURE_OBJ)
        archive.writestr("things/picture/picture.mtl", "newmtl canvas\nKd 1 1 1\nmap_Kd paint.png\n")
        archive.writestr("things/picture/paint.png", texture.getvalue())
        archive.writestr("things/broken/broken.obj", "v 1 2\nf 1 2 3\n")
    return path


@pytest.fixture
def models(library: Path) -> dict[str, Model]:
    with pytest.warns(InputWarning, match=r"1 of the models in Tiny\.sh3f"):
        return {model.name: model for model in read_library(library)}


def test_only_readable_furniture_is_kept(models: dict[str, Model]) -> None:
    assert set(models) == {"Tiny/chair", "Tiny/picture", "Tiny/turned"}
    assert {model.category for model in models.values()} == {"armchair", "picture", "chair"}


def test_sizes_and_licenses_are_the_catalogs(models: dict[str, Model]) -> None:
    assert models["Tiny/chair"].size == (0.6, 0.5, 0.905)
    assert models["Tiny/chair"].licence == "CC-BY-3.0"
    assert models["Tiny/picture"].licence == "CC0-1.0"
    surface, _ = models["Tiny/chair"].surface()
    assert np.ptp(surface.points, axis=0) == pytest.approx((0.6, 0.5, 0.905), abs=0.01)
    assert surface.points[:, 2].min() == pytest.approx(0, abs=0.005)


def test_the_front_is_plus_x(models: dict[str, Model]) -> None:
    surface, _ = models["Tiny/chair"].surface()
    back = surface.points[surface.points[:, 2] > 0.5]
    assert np.allclose(back[:, 0], -0.3, atol=0.01)


def test_a_model_rotation_is_applied(models: dict[str, Model]) -> None:
    """The rotation takes z to x: the chair then looks along its own width."""
    surface, _ = models["Tiny/turned"].surface()
    back = surface.points[surface.points[:, 2] > 0.5]
    assert np.ptp(back[:, 1]) < 0.01
    assert np.ptp(back[:, 0]) == pytest.approx(0.5, abs=0.02)


def test_material_colors_names_and_groups(models: dict[str, Model]) -> None:
    surface, groups = models["Tiny/chair"].surface()
    seat = surface.points[:, 2] < 0.28
    red = surface.colors[seat].mean(axis=0)
    assert red[0] > 3 * red[1]
    assert len(np.unique(groups)) == 2
    assert models["Tiny/chair"].material == "leather"


def test_textures_are_the_right_way_up(models: dict[str, Model]) -> None:
    surface, _ = models["Tiny/picture"].surface()
    upper = surface.colors[surface.points[:, 2] > 0.22].mean(axis=0)
    lower = surface.colors[surface.points[:, 2] < 0.18].mean(axis=0)
    assert upper[1] > 2 * upper[0], "the upper half of the image is green"
    assert lower[0] > 150, "the lower half is yellow"


def test_a_cache_gives_the_same_models(library: Path, tmp_path: Path) -> None:
    with pytest.warns(InputWarning):
        read = read_library(library, cache=tmp_path / "cache")
    cached = read_library(library, cache=tmp_path / "cache")
    assert [model.name for model in read] == [model.name for model in cached]
    for one, other in zip(read, cached, strict=True):
        assert (one.size, one.licence, one.material, one.category) == (
            other.size, other.licence, other.material, other.category)  # fmt: skip
        assert np.array_equal(one.points, other.points)
        assert np.array_equal(one.colors, other.colors)
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_every_model_is_in_one_split(library: Path, tmp_path: Path) -> None:
    with pytest.warns(InputWarning):
        read_library(library, cache=tmp_path)
    drawn = {
        split: _real_names(Catalogue([library], split=split, cache=tmp_path)) for split in ("train", "val", "test")
    }
    assert drawn["train"] | drawn["val"] | drawn["test"] == {"Tiny/chair", "Tiny/picture", "Tiny/turned"}
    assert sum(len(names) for names in drawn.values()) == 3
    assert len(_real_names(Catalogue([library], cache=tmp_path))) == 3


def test_a_real_piece_keeps_its_license_and_takes_a_size(library: Path, tmp_path: Path) -> None:
    with pytest.warns(InputWarning):
        catalogue = Catalogue([library], cache=tmp_path)
    rng = np.random.default_rng(0)
    pieces = [catalogue.piece("armchair", rng, size=(0.45, 0.4, 0.6)) for _ in range(60)]
    real = [piece for piece in pieces if piece.name == "Tiny/chair"]
    assert 0 < len(real) < len(pieces)
    assert {piece.licence for piece in real} == {"CC-BY-3.0"}
    assert {piece.licence for piece in pieces} == {"CC-BY-3.0", "Apache-2.0"}
    for piece in real:
        assert np.ptp(piece.surface.points, axis=0) == pytest.approx((0.45, 0.4, 0.6), abs=0.02)
        assert np.allclose(np.linalg.norm(piece.surface.normals, axis=1), 1, atol=1e-3)
    assert len({piece.surface.colors.tobytes() for piece in real}) > 1, "some are recolored"


@pytest.mark.parametrize(
    ("name", "category", "label"),
    [
        ("Corner sofa", "Living room", "couch"),
        ("Desk lamp", "Lights", "lamp"),
        ("Bedside table", "Bedroom", "nightstand"),
        ("Coffee table", "Living room", "coffee table"),
        ("Double door with panes", "Doors and windows", "doors"),
        ("Indoor bike", "Miscellaneous", "bicycle"),
        ("Toilets unit", "Bathroom", "toilet"),
        ("Washing machine", "Kitchen", "washing machine"),
        ("Bus", "Vehicles", None),
        ("Bench", "Exterior", None),
        ("Wall socket", "Miscellaneous", None),
        ("Gizmo", "Office", None),
    ],
)
def test_classes_of_names(name: str, category: str, label: str | None) -> None:
    assert scannet_class(name, category, "file") == label


def test_incomplete_entries_are_passed_over() -> None:
    lines = "name#1=Chair\ncategory#1=Office\nmodel#1=/a.obj\nwidth#1=50\ndepth#1=wide\nheight#1=90"
    assert catalog_entries(lines, library="x") == ()


@pytest.mark.parametrize("content", [None, b"", b"not a zip file at all", "zip without catalog"])
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "wrong.sh3f"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", content)
    with pytest.raises(InputError, match=r"expected a Sweet Home 3D furniture library") as error:
        read_library(path)
    assert "\n" not in str(error.value)


def _real_names(catalogue: Catalogue) -> set[str]:
    rng = np.random.default_rng(0)
    labels = [label for label in ("armchair", "chair", "picture") for _ in range(36)]
    pieces = [catalogue.piece(label, rng, size=(0.1, 0.1, 0.1)) for label in labels]
    return {piece.name for piece in pieces if piece.name.startswith("Tiny/")}
