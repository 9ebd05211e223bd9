"""Scans as textured meshes (.obj, .glb, .gltf): points are sampled on the surface, with its colors.

Positions stay in the file's own axes and units; glTF files have y up by their standard, OBJ files have none.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Float64, Int64, UInt8

from less3d.errors import InputError, InputWarning
from less3d.io.assemble import GREY, assemble, colors_as_bytes, require_usable
from less3d.io.files import require_file
from less3d.scan import Scan

SPACING = 0.02
"""Meters between samples, in a file in meters: one point for every square of this side."""

MAX_POINTS = 2_000_000
"""Larger surfaces are sampled more thinly, to this many points."""


def read_mesh(path: Path, *, spacing: float = SPACING, seed: int = 0) -> Scan:
    """Sample the surface of a mesh, or take the points of a file that has only points.

    Colors come from the texture, the vertices, the faces or the material, whichever a part of the mesh has; a glTF file
    has them multiplied. The same file and `seed` give the same points; `spacing` is in the file's unit.

    Raises:
        InputError: when the file is missing or malformed, or has neither a surface nor points.
    """
    require_file(path)
    try:
        if path.suffix.lower() == ".obj":
            _warn_of_missing_files(path)
        samples = _sample_all(_load(path), spacing, np.random.default_rng(seed))
    except InputError:
        raise
    except Exception as error:  # a malformed file fails inside trimesh and Pillow in every way a parser can
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise InputError(f"{path}: cannot be read as {path.suffix.lstrip('.').upper()} ({reason})") from error
    if not samples:
        raise InputError(f"{path}: expected a mesh with a surface, or points, got neither")
    xyz = np.concatenate([points for points, _ in samples])
    if all(colors is None for _, colors in samples):
        return assemble(path, xyz, None)
    grey = [np.full(points.shape, GREY, np.uint8) if colors is None else colors for points, colors in samples]
    return assemble(path, xyz, np.concatenate(grey))


def _warn_of_missing_files(path: Path) -> None:
    """Warn when the materials or textures that an OBJ file names are not beside it: its colors are lost then."""
    for library in _named_files(path, "mtllib"):
        textures = [library] if not library.is_file() else _named_files(library, "map_Kd")
        for missing in (file for file in textures if not file.is_file()):
            warnings.warn(f"{path}: names {missing.name}, which is not beside it, so colors are lost", InputWarning, 4)


def _named_files(path: Path, keyword: str) -> list[Path]:
    """Return the files that lines `keyword [-option value ...] name` of a text file name."""
    with path.open(encoding="utf-8", errors="replace") as stream:
        lines = [line.split(maxsplit=1) for line in stream if line.startswith(keyword)]
    names = [words[1].strip().replace("\\", "/") for words in lines if len(words) == 2 and words[0] == keyword]
    return [path.parent / (name.split()[-1] if name.startswith("-") else name) for name in names]


@dataclass(frozen=True, eq=False)
class _Part:
    """One mesh or point cloud of the file, where its scene puts it.

    A mesh has T triangles over A vertices, a point cloud none. `visual` is trimesh's account of a mesh's colors;
    `vertex_colors` are sRGB.
    """

    vertices: Float64[np.ndarray, "A 3"]
    vertex_colors: UInt8[np.ndarray, "A 3"] | None
    faces: Int64[np.ndarray, "T 3"]
    visual: Any


def _load(path: Path) -> list[_Part]:
    """Read all meshes and point clouds of the file, in scene coordinates."""
    import trimesh

    scene = trimesh.load_scene(path, process=False)
    parts = []
    for node in sorted(scene.graph.nodes_geometry):
        matrix, name = scene.graph[node]
        geometry = scene.geometry[name]
        if isinstance(geometry, trimesh.Trimesh | trimesh.PointCloud):
            parts.append(_part_of(path, geometry, np.asarray(matrix, np.float64)))
    return parts


def _part_of(path: Path, geometry: Any, matrix: Float64[np.ndarray, "4 4"]) -> _Part:
    import trimesh

    local = np.asarray(geometry.vertices, np.float64)
    if local.shape[1:] != (3,):
        raise InputError(f"{path}: expected vertices with 3 coordinates, got an array of shape {local.shape}")
    require_usable(path, local)
    vertices = trimesh.transform_points(local, matrix)
    require_usable(path, vertices)
    if isinstance(geometry, trimesh.PointCloud):
        return _Part(vertices, _painted(path, geometry.colors, len(local)), np.zeros((0, 3), np.int64), None)
    visual = geometry.visual
    painted = visual.vertex_attributes.get("color") if visual.kind == "texture" else None
    painted = visual.vertex_colors if visual.kind == "vertex" else painted
    return _Part(vertices, _painted(path, painted, len(local)), np.asarray(geometry.faces, np.int64), visual)


def _painted(path: Path, colors: Any, count: int) -> UInt8[np.ndarray, "A 3"] | None:
    """Return vertex colors as sRGB, None when there are none or not one a vertex; in a glTF file they are linear."""
    known = None if colors is None else np.asarray(colors)
    if known is None or known.ndim != 2 or known.shape[0] != count or known.shape[1] < 3:
        return None
    stored = colors_as_bytes(path, known[:, :3])
    return stored if path.suffix.lower() == ".obj" else _to_srgb(stored / 255.0)


def _sample_all(
    parts: list[_Part], spacing: float, rng: np.random.Generator
) -> list[tuple[Float64[np.ndarray, "_ 3"], UInt8[np.ndarray, "_ 3"] | None]]:
    """Sample all surfaces equally densely, and add the points of point clouds."""
    areas = [_areas(part.vertices[part.faces]) for part in parts]
    total = sum(float(area.sum()) for area in areas)
    density = min(1 / spacing**2, MAX_POINTS / total) if total > 0 else 0.0
    samples = [_sample(part, area, density, rng) for part, area in zip(parts, areas, strict=True) if area.sum() > 0]
    clouds = [part for part in parts if len(part.faces) == 0 and len(part.vertices)]
    return samples + [(part.vertices, part.vertex_colors) for part in clouds]


def _areas(triangles: Float64[np.ndarray, "T 3 3"]) -> Float64[np.ndarray, "T"]:
    sides = triangles[:, 1:] - triangles[:, :1]
    return np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) / 2


def _sample(
    part: _Part, areas: Float64[np.ndarray, "T"], density: float, rng: np.random.Generator
) -> tuple[Float64[np.ndarray, "K 3"], UInt8[np.ndarray, "K 3"] | None]:
    """Draw `density` points per unit of area: evenly spaced along the summed area, uniform within each triangle."""
    edges = np.cumsum(areas)
    count = max(round(float(edges[-1]) * density), 1)
    where = (np.arange(count) + rng.random()) * (edges[-1] / count)
    triangle = np.minimum(np.searchsorted(edges, where, side="right"), len(areas) - 1)
    root, split = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1 - root, root * (1 - split), root * split], axis=1)  # (K, 3) barycentric
    corners = part.faces[triangle]
    points = np.einsum("kc,kcd->kd", weights, part.vertices[corners])
    return points, _surface_colors(part, triangle, corners, weights)


def _surface_colors(
    part: _Part,
    triangle: Int64[np.ndarray, "K"],
    corners: Int64[np.ndarray, "K 3"],
    weights: Float64[np.ndarray, "K 3"],
) -> UInt8[np.ndarray, "K 3"] | None:
    """Return the color at each sample, None when this part of the file has none."""
    painted = None
    if part.vertex_colors is not None:
        mixed = np.einsum("kc,kcd->kd", weights, part.vertex_colors[corners].astype(np.float64))
        painted = np.rint(mixed).astype(np.uint8)
    if part.visual.kind == "face":
        return np.asarray(part.visual.face_colors)[triangle, :3].astype(np.uint8)
    if part.visual.kind != "texture":
        return painted
    uv = part.visual.uv
    uv = None if uv is None else np.einsum("kc,kcd->kd", weights, uv[corners][..., :2])
    return _material_colors(part.visual.material, uv, painted, len(triangle))


def _material_colors(
    material: Any, uv: Float64[np.ndarray, "K 2"] | None, painted: UInt8[np.ndarray, "K 3"] | None, count: int
) -> UInt8[np.ndarray, "K 3"] | None:
    """Return the colors of a material, and what the vertices `painted`, at each sample.

    In an OBJ file the texture (`map_Kd`) hides what the vertices painted, and that hides the plain color (`Kd`). In a
    glTF file all three are multiplied as linear light (glTF 2.0, 3.9.2).
    """
    from trimesh.visual.material import PBRMaterial

    is_gltf = isinstance(material, PBRMaterial)
    image = material.baseColorTexture if is_gltf else getattr(material, "image", None)
    factor = material.baseColorFactor if is_gltf else getattr(material, "diffuse", None)
    texels = None if image is None or uv is None else _texels(image, uv)
    plain = None if factor is None else np.tile(np.asarray(factor, np.uint8)[:3], (count, 1))
    if not is_gltf:
        return next((colors for colors in (texels, painted, plain) if colors is not None), None)
    light = [_to_linear(colors / 255.0) for colors in (texels, painted) if colors is not None]
    light += [] if plain is None else [plain / 255.0]
    return _to_srgb(np.prod(light, axis=0)) if light else None


def _texels(image: Any, uv: Float64[np.ndarray, "K 2"]) -> UInt8[np.ndarray, "K 3"]:
    """Look the nearest texel up; the texture repeats outside 0..1, and v = 0 is its bottom row."""
    pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    u, v = np.nan_to_num(uv).T % 1.0
    column = np.minimum((u * width).astype(np.int64), width - 1)
    row = np.minimum(((1.0 - v) * height).astype(np.int64), height - 1)
    return pixels[row, column]


def _to_linear(srgb: Float[np.ndarray, "K 3"]) -> Float[np.ndarray, "K 3"]:
    """Undo the sRGB transfer function (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _to_srgb(linear: Float[np.ndarray, "K 3"]) -> UInt8[np.ndarray, "K 3"]:
    """Apply the sRGB transfer function (IEC 61966-2-1), and round to bytes."""
    srgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0.0) ** (1 / 2.4) - 0.055)
    return np.rint(srgb * 255).astype(np.uint8)
