"""Meshes: points lie on the surface, evenly, with the colors a viewer would show there."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from less3d.errors import InputError, InputWarning
from less3d.io import read_scan
from less3d.io.mesh import read_mesh

QUAD = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3 4/4\n"
QUARTERS = {(0, 1): (255, 0, 0), (1, 1): (0, 0, 255), (0, 0): (0, 255, 0), (1, 0): (255, 255, 0)}
"""Color of a 2 x 2 texture by (right half, upper half)."""


def texture() -> Image.Image:
    rows = [[QUARTERS[0, 1], QUARTERS[1, 1]], [QUARTERS[0, 0], QUARTERS[1, 0]]]
    return Image.fromarray(np.array(rows, np.uint8))


def write_textured_quad(folder: Path, kd: str = "Kd 0.5 0.5 0.5\n") -> Path:
    texture().save(folder / "paint.png")
    (folder / "quad.mtl").write_text(f"newmtl m\n{kd}map_Kd paint.png\n")
    (folder / "quad.obj").write_text("mtllib quad.mtl\nusemtl m\n" + QUAD)
    return folder / "quad.obj"


def assert_quarters(points: np.ndarray, colors: np.ndarray, up: int) -> None:
    for (right, upper), color in QUARTERS.items():
        here = ((points[:, 0] > 0.5) == right) & ((points[:, up] > 0.5) == upper)
        assert here.sum() > 400
        assert (colors[here] == color).all()


def test_an_obj_has_its_texture_where_it_belongs(tmp_path: Path):
    scan = read_mesh(write_textured_quad(tmp_path))
    assert_quarters(scan.points, scan.colors, up=1)


def test_a_glb_stands_up_and_has_its_texture_and_factor(tmp_path: Path):
    quad = trimesh.load_mesh(write_textured_quad(tmp_path), process=False)
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=texture(), baseColorFactor=[255, 255, 255, 255])
    quad.visual = trimesh.visual.TextureVisuals(uv=quad.visual.uv, material=material)
    quad.export(tmp_path / "quad.glb")
    scan = read_scan(tmp_path / "quad.glb")
    assert_quarters(scan.points, scan.colors, up=2)
    assert np.abs(scan.points[:, 1]).max() < 1e-6
    assert_quarters(read_mesh(tmp_path / "quad.glb").points, scan.colors, up=1)
    quad.visual.material.baseColorFactor = [128, 0, 255, 255]
    quad.export(tmp_path / "quad.glb")
    assert set(np.unique(read_scan(tmp_path / "quad.glb").colors[:, 0])) == {0, 188}  # half of linear light in sRGB
    assert (read_scan(tmp_path / "quad.glb").colors[:, 1] == 0).all()


def test_samples_are_even_and_repeatable(tmp_path: Path):
    ball = trimesh.creation.icosphere(3)
    ball.visual.face_colors = [0, 128, 255, 255]
    ball.export(tmp_path / "ball.glb")
    scan = read_mesh(tmp_path / "ball.glb", spacing=0.05)
    assert len(scan) == pytest.approx(ball.area / 0.05**2, abs=1)
    np.testing.assert_allclose(np.linalg.norm(scan.points, axis=1), 1, atol=0.02)
    octant = (scan.points > 0) @ np.array([1, 2, 4])
    assert np.bincount(octant, minlength=8) == pytest.approx(len(scan) / 8, rel=0.1)
    assert (scan.colors == (0, 188, 255)).all()  # a glTF file holds linear light
    again = read_mesh(tmp_path / "ball.glb", spacing=0.05)
    np.testing.assert_array_equal(again.points, scan.points)
    assert (read_mesh(tmp_path / "ball.glb", spacing=0.05, seed=1).points != scan.points).any()


def test_a_scene_puts_its_parts_where_its_transforms_say(tmp_path: Path):
    box = trimesh.creation.box((1, 1, 1))
    box.visual.face_colors = [255, 0, 0, 255]
    scene = trimesh.Scene()
    for x in (0, 10):
        turn = trimesh.transformations.rotation_matrix(np.pi / 4, [0, 1, 0])
        scene.add_geometry(box, geom_name="box", transform=trimesh.transformations.translation_matrix([x, 5, 0]) @ turn)
    scene.add_geometry(trimesh.PointCloud(np.full((3, 3), 20.0), colors=[[1, 2, 255, 255]] * 3))
    for name in ("scene.glb", "scene.gltf"):
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        scene.export(folder / name)
        scan = read_scan(folder / name)
        red = (scan.colors == (255, 0, 0)).all(axis=1)
        half = np.sqrt(0.5)
        np.testing.assert_allclose(scan.points[red].min(axis=0), [-half, -half, 4.5], atol=0.03)
        np.testing.assert_allclose(scan.points[red].max(axis=0), [10 + half, half, 5.5], atol=0.03)
        assert scan.points[~red].tolist() == [[20, -20, 20]] * 3
        assert (scan.colors[~red] == (13, 22, 255)).all()  # a glTF file holds linear light


def test_vertex_and_material_colors_and_bare_points_of_an_obj(tmp_path: Path):
    (tmp_path / "v.obj").write_text("v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 1 1 0 0 0 1\nf 1 2 3\n")
    scan = read_mesh(tmp_path / "v.obj")
    expected = np.stack([1 - scan.points[:, 0], scan.points[:, 0] - scan.points[:, 1], scan.points[:, 1]], axis=1)
    np.testing.assert_allclose(scan.colors / 255, expected, atol=0.01)
    (tmp_path / "k.mtl").write_text("newmtl m\nKd 1 0.2 0\n")
    (tmp_path / "k.obj").write_text("mtllib k.mtl\nusemtl m\nv 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n")
    assert np.unique(read_mesh(tmp_path / "k.obj").colors, axis=0).tolist() == [[255, 51, 0]]
    (tmp_path / "p.obj").write_text("v 0 0 0 1 0 0\nv 1 0 0 0 1 0\n")
    assert read_mesh(tmp_path / "p.obj").colors.tolist() == [[255, 0, 0], [0, 255, 0]]


def test_lost_colors_are_warned_of(tmp_path: Path):
    obj = write_textured_quad(tmp_path)
    (tmp_path / "paint.png").unlink()
    with pytest.warns(InputWarning, match=r"names paint\.png"):
        read_mesh(obj)
    (tmp_path / "quad.mtl").unlink()
    with pytest.warns(InputWarning, match=r"names quad\.mtl"):
        read_mesh(obj)
    (tmp_path / "bare.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n")
    with pytest.warns(InputWarning, match="no colors"):
        assert (read_mesh(tmp_path / "bare.obj").colors == 128).all()


def test_a_huge_surface_is_sampled_more_thinly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("less3d.io.mesh.MAX_POINTS", 1000)
    assert len(read_mesh(write_textured_quad(tmp_path))) == 1000


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.obj", b"hello", "neither|cannot be read"),
        ("bad.obj", b"v 0 0 0\nv 0 nan 0\nv 1 1 0\nf 1 2 3\n", "NaN"),
        ("bad.obj", b"v 0 0 0\nv 1 0 0\nv 2 2 0\nf 1 2 9\n", "cannot be read"),
        ("bad.glb", b"glTF", "cannot be read as GLB"),
        ("bad.gltf", b"{}", "neither"),
        ("bad.gltf", b"{", "cannot be read as GLTF"),
        ("bad.glb", b"", "empty"),
    ],
)
def test_broken_files_are_refused_in_one_line(tmp_path: Path, name: str, content: bytes, said: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_mesh(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def write_gltf(path: Path, colors: np.ndarray, material: dict[str, Any] | None) -> Path:
    """A triangle or, without a material, its corners, with vertex colors, written by hand."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    blob = corners.tobytes() + colors.tobytes()
    primitive: dict[str, Any] = {"attributes": {"POSITION": 0, "COLOR_0": 1}, "mode": 0}
    if material is not None:
        primitive |= {"mode": 4, "material": 0}
    types = {"float32": 5126, "uint16": 5123, "uint8": 5121}
    color = {"bufferView": 1, "componentType": types[str(colors.dtype)], "count": 3, "type": "VEC4"}
    content = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [primitive]}],
        "materials": [material or {}],
        "buffers": [{"byteLength": len(blob), "uri": f"data:;base64,{base64.b64encode(blob).decode()}"}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": colors.nbytes},
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]},
            color | {"normalized": colors.dtype != np.float32},
        ],
    }
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("kind", "factor"),
    [("float32", [1, 1, 1, 1]), ("uint16", [1, 1, 1, 1]), ("uint8", [1, 1, 1, 1]), ("float32", None), ("uint8", None)],
)
def test_vertex_colors_of_gltf_files_are_linear_light(tmp_path: Path, kind: str, factor: list[float] | None):
    largest = 1.0 if kind == "float32" else float(np.iinfo(kind).max)
    colors = np.tile(np.array([0.0, 128 / 255, 1.0, 1.0]) * largest, (3, 1)).astype(kind)
    material = None if factor is None else {"pbrMetallicRoughness": {"baseColorFactor": factor}}
    scan = read_mesh(write_gltf(tmp_path / "a.gltf", colors, material))
    assert np.unique(scan.colors, axis=0).tolist() == [[0, 188, 255]]


def test_vertex_colors_of_gltf_files_are_multiplied_with_the_material(tmp_path: Path):
    colors = np.tile(np.array([128, 255, 255, 255], np.uint8), (3, 1))
    material = {"pbrMetallicRoughness": {"baseColorFactor": [1, 128 / 255, 0, 1]}}
    scan = read_mesh(write_gltf(tmp_path / "a.gltf", colors, material))
    assert np.unique(scan.colors, axis=0).tolist() == [[188, 188, 0]]
    quad = trimesh.load_mesh(write_textured_quad(tmp_path), process=False)
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=texture())
    quad.visual = trimesh.visual.TextureVisuals(uv=quad.visual.uv, material=material)
    quad.visual.vertex_attributes["color"] = np.full((4, 4), 255, np.uint8)
    quad.export(tmp_path / "white.glb")
    scan = read_mesh(tmp_path / "white.glb")
    assert_quarters(scan.points, scan.colors, up=1)


def test_the_texture_of_an_obj_hides_what_its_vertices_painted(tmp_path: Path):
    obj = write_textured_quad(tmp_path)
    obj.write_text(re.sub(r"^(v .*)$", r"\1 1 1 1", obj.read_text(), flags=re.MULTILINE))
    scan = read_mesh(obj)
    assert_quarters(scan.points, scan.colors, up=1)


def test_points_are_as_dense_in_other_units(tmp_path: Path):
    trimesh.creation.box((1, 1, 1)).export(tmp_path / "meters.obj")
    trimesh.creation.box((1000, 1000, 1000)).export(tmp_path / "millimeters.obj")
    with pytest.warns(InputWarning, match="no colors"):
        meters, millimeters = read_scan(tmp_path / "meters.obj"), read_scan(tmp_path / "millimeters.obj", units="mm")
    assert len(meters) == len(millimeters) == 15_000


def test_a_material_file_with_an_impossible_name_is_no_crash(tmp_path: Path):
    (tmp_path / "a.obj").write_text(f"mtllib {'m' * 300}.mtl\n" + QUAD)
    with pytest.raises(InputError, match=r"a\.obj: cannot be read as OBJ"):
        read_mesh(tmp_path / "a.obj")
