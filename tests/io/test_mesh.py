"""Meshes: points lie on the surface, evenly, with the colors a viewer would show there."""

from pathlib import Path

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
    ball.visual.face_colors = [10, 20, 30, 255]
    ball.export(tmp_path / "ball.glb")
    scan = read_mesh(tmp_path / "ball.glb", spacing=0.05)
    assert len(scan) == pytest.approx(ball.area / 0.05**2, abs=1)
    np.testing.assert_allclose(np.linalg.norm(scan.points, axis=1), 1, atol=0.02)
    octant = (scan.points > 0) @ np.array([1, 2, 4])
    assert np.bincount(octant, minlength=8) == pytest.approx(len(scan) / 8, rel=0.1)
    assert (scan.colors == (10, 20, 30)).all()
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
    scene.add_geometry(trimesh.PointCloud(np.full((3, 3), 20.0), colors=[[1, 2, 3, 255]] * 3))
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
        assert (scan.colors[~red] == (1, 2, 3)).all()


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


def test_vertex_colors_win_over_a_plain_material(tmp_path: Path):
    triangle = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], process=False)
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[255, 255, 255, 255])
    triangle.visual = trimesh.visual.TextureVisuals(material=material)
    triangle.visual.vertex_attributes["color"] = np.array([[0, 90, 30, 255]] * 3, np.uint8)
    triangle.export(tmp_path / "a.glb")
    assert np.unique(read_mesh(tmp_path / "a.glb").colors, axis=0).tolist() == [[0, 90, 30]]
