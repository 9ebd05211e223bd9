"""`Model`: a real furniture model, sampled once into colored points, and how a mesh is sampled into one."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from jaxtyping import Float64, Int8, Int16, UInt8

from less3d.data.rooms.shapes.recipe import Size
from less3d.data.rooms.shapes.solids import normals_and_areas
from less3d.data.rooms.surface import DENSITY, MINIMUM_POINTS, Surface

POINTS = 15_000
"""Points kept of a model: enough for everything but the largest at the density of parametric furniture."""

_UNIT = 32_000
_DULL = 0.86
"""Scans are duller than renderings: this much of a model's saturation is kept."""

_GLASS = np.array([138, 146, 142], dtype=np.float32)

_MATERIALS: dict[str, tuple[str, ...]] = {
    "wooden": ("wood", "oak", "pine", "teak", "legno", "madera", "bois", "walnut", "parquet", "plank", "timber"),
    "leather": ("leather", "cuir", "cuero", "pelle"),
    "glass": ("glass", "verre", "vidrio", "cristal", "vetro", "mirror"),
    "metal": ("metal", "steel", "chrome", "inox", "alu", "iron", "brass", "silver"),
    "fabric": ("fabric", "cloth", "tissu", "tela", "cushion", "textile", "cotton", "wool"),
    "plastic": ("plastic", "plastique", "rubber"),
}


@dataclass(frozen=True, eq=False)
class Model:
    """K sampled points of a model in random order, in whole numbers to keep hundreds of models small.

    `points` are in -32000..32000 along the model's box, whose extents in meters are `size`; the frame is a `Piece`'s.
    `groups` number the material of each point. `area` is the model's surface in square meters.
    """

    name: str
    category: str
    licence: str
    material: str | None
    shape: str | None
    size: Size
    area: float
    points: Int16[np.ndarray, "K 3"]
    normals: Int8[np.ndarray, "K 3"]
    colors: UInt8[np.ndarray, "K 3"]
    groups: UInt8[np.ndarray, " K"]

    def surface(self, size: Size | None = None) -> tuple[Surface, UInt8[np.ndarray, " M"]]:
        """M of the points at the usual density, stretched to a size when one is given, and their groups.

        The origin is the center of the footprint and the model rests on z = 0.
        """
        wanted = np.array(size or self.size, dtype=np.float32)
        growth = float(np.prod(wanted / np.array(self.size, dtype=np.float32)) ** (2 / 3))
        count = int(np.clip(self.area * growth * DENSITY, MINIMUM_POINTS, len(self.points)))
        points = self.points[:count].astype(np.float32) * (wanted / (2 * _UNIT))
        points[:, 2] += wanted[2] / 2
        normals = self.normals[:count].astype(np.float32) * (np.array(self.size, dtype=np.float32) / wanted)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
        return Surface(points, normals, self.colors[:count].copy()), self.groups[:count]


@dataclass(frozen=True, eq=False)
class MeshSample:
    """Points of a mesh in its own frame and units, in random order; `area` is in those units squared."""

    points: Float64[np.ndarray, "K 3"]
    normals: Float64[np.ndarray, "K 3"]
    colors: UInt8[np.ndarray, "K 3"]
    groups: UInt8[np.ndarray, " K"]
    area: float
    material: str | None


def sample_obj(obj: bytes, resolver: Any, rng: np.random.Generator) -> MeshSample:
    """Sample an OBJ file evenly by area, with the colors of its materials and textures.

    Raises:
        ValueError: when the file holds no triangles. Trimesh raises others for files it cannot read.
    """
    import trimesh

    scene = trimesh.load(BytesIO(obj), file_type="obj", resolver=resolver, process=False)
    meshes = [mesh for mesh in _meshes(scene) if len(mesh.faces)]
    if not meshes:
        raise ValueError("no triangles")
    corners = [np.asarray(mesh.vertices, dtype=np.float64)[mesh.faces] for mesh in meshes]
    weights = [normals_and_areas(triangles)[1] for triangles in corners]
    totals = np.array([weight.sum() for weight in weights])
    if not np.isfinite(totals).all() or totals.sum() <= 0:
        raise ValueError("no area")
    counts = np.bincount(rng.choice(len(meshes), 2 * POINTS, p=totals / totals.sum()), minlength=len(meshes))
    drawn = [_sample_mesh(*each, rng) for each in zip(meshes, corners, weights, counts.tolist(), strict=True)]
    points, normals, colors, opaque = (np.concatenate(arrays) for arrays in zip(*drawn, strict=True))
    groups = np.repeat(np.arange(len(meshes)).clip(0, 255), counts).astype(np.uint8)
    order = rng.permutation(np.flatnonzero(opaque))[:POINTS]
    if len(order) == 0:
        raise ValueError("nothing opaque")
    normals = _outwards(points, normals)
    material = _material_word([_material_name(mesh) for mesh in meshes], totals)
    return MeshSample(points[order], normals[order], colors[order], groups[order], float(totals.sum()), material)


def quantized(sample: MeshSample, **about: Any) -> Model:
    """A `Model` from a sample that is already in a piece's frame; `about` are the model's other fields."""
    low, high = sample.points.min(axis=0), sample.points.max(axis=0)
    centered = (sample.points - (low + high) / 2) / np.maximum(high - low, 1e-9)
    return Model(
        points=np.round(centered * 2 * _UNIT).astype(np.int16),
        normals=np.round(sample.normals * 127).astype(np.int8),
        colors=sample.colors,
        groups=sample.groups,
        **about,
    )


def _meshes(scene: Any) -> list[Any]:
    return list(scene.geometry.values()) if hasattr(scene, "geometry") else [scene]


def _sample_mesh(
    mesh: Any, corners: np.ndarray, areas: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points, normals, colors and whether each point is opaque."""
    face = rng.choice(len(areas), count, p=areas / areas.sum()) if areas.sum() > 0 else np.zeros(count, dtype=np.int64)
    u, v = rng.random((2, count, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    weights = np.concatenate([1 - u - v, u, v], axis=1)  # (count, 3)
    points = np.einsum("kc,kcd->kd", weights, corners[face])
    normals = normals_and_areas(corners)[0][face]
    shading = np.einsum("kc,kcd->kd", weights, np.asarray(mesh.vertex_normals)[mesh.faces[face]])
    normals *= np.where((normals * shading).sum(axis=1) < 0, -1, 1)[:, None]
    return points, normals, *_colors(mesh, face, weights)


def _colors(mesh: Any, face: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Texture or material colors, a little duller, and whether each point is opaque."""
    material = getattr(mesh.visual, "material", None)
    image, uv = getattr(material, "image", None), getattr(mesh.visual, "uv", None)
    opaque = np.ones(len(face), dtype=bool)
    if image is not None and uv is not None:
        pixels = np.asarray(_small(image).convert("RGBA"), dtype=np.float32)
        places = np.einsum("kc,kcd->kd", weights, np.nan_to_num(np.asarray(uv))[mesh.faces[face]]) % 1.0
        column = (places[:, 0] * (pixels.shape[1] - 1)).astype(np.int64)
        row = ((1 - places[:, 1]) * (pixels.shape[0] - 1)).astype(np.int64)
        colors, opaque = pixels[row, column, :3], pixels[row, column, 3] > 127
    else:
        base = np.array(getattr(material, "diffuse", (160, 160, 160, 255))[:3], dtype=np.float32)
        solid = _opacity(material)
        colors = np.repeat((solid * base + (1 - solid) * _GLASS)[None], len(face), axis=0)
    gray = colors.mean(axis=1, keepdims=True)
    return np.clip(gray + _DULL * (colors - gray), 8, 245).astype(np.uint8), opaque


def _small(image: Any) -> Any:
    copy = image.copy()
    copy.thumbnail((256, 256))
    return copy


def _opacity(material: Any) -> float:
    """The MTL file's `d`, 1 where it is absent."""
    value = (getattr(material, "kwargs", None) or {}).get("d", 1.0)
    return float(np.ravel(np.asarray(value, dtype=np.float64))[0]) if np.size(value) else 1.0


def _material_name(mesh: Any) -> str:
    return str(getattr(getattr(mesh.visual, "material", None), "name", "") or "").lower()


def _material_word(names: list[str], areas: np.ndarray) -> str | None:
    """The material word whose keywords name at least half of the area."""
    for word, keys in _MATERIALS.items():
        named = np.array([any(key in name for key in keys) for name in names])
        if areas[named].sum() >= 0.5 * areas.sum():
            return word
    return None


def _outwards(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """Turn a normal around when the way ahead is blocked by the model itself and the way back is free."""
    cells = 24
    low, extent = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-9)
    step = extent / cells
    grid = np.zeros((cells + 3,) * 3, dtype=bool)
    index = ((points - low) / step).astype(np.int64) + 1
    grid[tuple(index.T)] = True

    def blocked(direction: np.ndarray) -> np.ndarray:
        hit = np.zeros(len(points), dtype=bool)
        for stride in range(3, cells * 2, 2):
            ahead = np.clip(((points - low + direction * (stride * step)) / step + 1).astype(np.int64), 0, cells + 2)
            hit |= grid[tuple(ahead.T)]
        return hit

    turn = blocked(normals) & ~blocked(-normals)
    return np.where(turn[:, None], -normals, normals)
