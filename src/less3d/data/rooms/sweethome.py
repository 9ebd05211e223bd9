"""Furniture libraries of Sweet Home 3D (.sh3f): which models they hold, and reading them into sampled `Model`s.

A library is a zip file with `PluginFurnitureCatalog.properties` (Latin-1, `key#number=value`) and models in OBJ with
MTL files and textures. Models in other formats are passed over. In OBJ space y is up and a model's front faces +z.
"""

import hashlib
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zlib import crc32

import numpy as np
from jaxtyping import Float64

from less3d.data.rooms.models import MeshSample, Model, quantized, sample_obj
from less3d.data.rooms.shapes.recipe import Size
from less3d.data.rooms.sweethome_classes import CLASSES, CLASSES_OF_FILES, scannet_class
from less3d.errors import InputError, InputWarning
from less3d.io.files import replacing

_CATALOG = "PluginFurnitureCatalog.properties"
_CACHE_FORMAT = 3


@dataclass(frozen=True)
class Entry:
    """One model of a library as its catalog describes it; `size` is depth, width, height in meters."""

    name: str
    category: str
    path: str
    size: Size
    rotation: tuple[float, ...]
    licence: str
    shape: str | None


def read_library(path: Path, *, cache: Path | None = None) -> tuple[Model, ...]:
    """All models of a .sh3f library that have a class here, each sampled into points.

    Reading takes about a tenth of a second a model; with a `cache` folder the result is kept there under a hash of the
    library and of the classes here. A model that cannot be read is left out, and one warning says how many were.

    Raises:
        InputError: when the file is absent or is no furniture library.
    """
    if not path.is_file():
        raise InputError(f"expected a Sweet Home 3D furniture library (.sh3f), found no file at {path}")
    stored = None if cache is None else cache / f"{_digest(path)}.npz"
    if stored is not None and stored.is_file():
        return _load(stored)
    models = tuple(_read_models(path))
    if stored is not None:
        _store(models, stored)
    return models


def catalog_entries(properties: str, *, library: str) -> tuple[Entry, ...]:
    """The models a catalog's text lists that have a class here."""
    fields_of: dict[int, dict[str, str]] = {}
    licence = "unknown"
    for line in properties.splitlines():
        if match := re.match(r"(\w+)#(\d+)\s*=\s*(.*)", line):
            fields_of.setdefault(int(match[2]), {})[match[1]] = match[3].strip()
        elif match := re.match(r"license\s*=\s*(.*)", line):
            licence = _licence(match[1])
    entries = (_entry(about, library, licence) for _, about in sorted(fields_of.items()))
    return tuple(entry for entry in entries if entry is not None)


def _entry(about: Mapping[str, str], library: str, licence: str) -> Entry | None:
    name, model = about.get("name", ""), about.get("model", "")
    stem = Path(model).stem
    category = scannet_class(name, about.get("category", ""), stem)
    if category is None or not model.lower().endswith(".obj"):
        return None
    try:
        width, depth, height = (float(about[key]) / 100 for key in ("width", "depth", "height"))
        rotation = tuple(float(number) for number in about.get("modelRotation", "1 0 0 0 1 0 0 0 1").split())
    except (KeyError, ValueError):
        return None
    if len(rotation) != 9 or min(width, depth, height) <= 0:
        return None
    own = _licence(about["license"]) if "license" in about else licence
    shape = _shape_word(f"{name} {stem}".lower())
    return Entry(f"{library}/{stem}", category, model.lstrip("/"), (depth, width, height), rotation, own, shape)


def _licence(text: str) -> str:
    text = text.lower()
    if "public domain" in text or "cc0" in text or "cc-0" in text:
        return "CC0-1.0"
    return "CC-BY-3.0" if "attribution 3.0" in text or "3.0 attribution" in text else text.strip() or "unknown"


def _shape_word(text: str) -> str | None:
    for word, keys in (("L-shaped", ("l_shaped", "corner")), ("round", ("round",)), ("oval", ("oval",))):
        if any(key in text for key in keys):
            return word
    return None


def _read_models(path: Path) -> Iterator[Model]:
    broken = 0
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(_CATALOG).decode("latin-1")
            for entry in catalog_entries(text, library=path.stem):
                try:
                    yield _read_model(archive, entry)
                except Exception:  # a mesh reader fails in many ways; one bad model must not cost the library
                    broken += 1
    except (zipfile.BadZipFile, KeyError) as error:
        raise InputError(f"expected a Sweet Home 3D furniture library (.sh3f), got another file: {path}") from error
    if broken:
        message = f"{broken} of the models in {path.name} could not be read and are left out"
        warnings.warn(message, InputWarning, stacklevel=3)


def _read_model(archive: zipfile.ZipFile, entry: Entry) -> Model:
    rng = np.random.default_rng(crc32(entry.name.encode()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sample = sample_obj(archive.read(entry.path), _ArchiveResolver(archive, entry.path), rng)
    turn = _to_piece_frame() @ np.array(entry.rotation).reshape(3, 3)
    points = sample.points @ turn.T
    scale = np.array(entry.size) / np.maximum(np.ptp(points, axis=0), 1e-9)
    normals = sample.normals @ turn.T / np.maximum(scale, 1e-9)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    area = sample.area * float(np.prod(scale)) ** (2 / 3)
    placed = MeshSample(points, normals, sample.colors, sample.groups, area, sample.material)
    return quantized(
        placed,
        name=entry.name,
        category=entry.category,
        licence=entry.licence,
        material=sample.material,
        shape=entry.shape,
        size=entry.size,
        area=area,
    )


def _to_piece_frame() -> Float64[np.ndarray, "3 3"]:
    """From y up and front +z to z up and front +x."""
    return np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


class _ArchiveResolver:
    """Gives trimesh the MTL files and textures beside a model in the archive."""

    def __init__(self, archive: zipfile.ZipFile, model_path: str) -> None:
        self._archive = archive
        self._folder = PurePosixPath(model_path).parent

    def get(self, name: str) -> bytes:
        return self._archive.read(str(self._folder / name.strip()))

    __getitem__ = get


def _digest(path: Path) -> str:
    """Changes with the library, with what its models are called here, and with how they are sampled."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(repr((_CACHE_FORMAT, CLASSES, CLASSES_OF_FILES)).encode())
    return digest.hexdigest()[:24]


def _store(models: tuple[Model, ...], path: Path) -> None:
    """Points of all models in one array, and how many each has; written whole or not at all."""
    arrays: dict[str, np.ndarray] = {"counts": np.array([len(model.points) for model in models], dtype=np.int64)}
    for name in _POINT_ARRAYS if models else ():
        arrays[name] = np.concatenate([getattr(model, name) for model in models])
    for name in ("size", "area"):
        arrays[name] = np.array([getattr(model, name) for model in models], dtype=np.float64)
    for name in _WORDS:
        arrays[name] = np.array([getattr(model, name) or "" for model in models], dtype=str)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def _load(path: Path) -> tuple[Model, ...]:
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    ends = np.cumsum(arrays["counts"])
    models = []
    for index, (start, end) in enumerate(zip(ends - arrays["counts"], ends, strict=True)):
        words: dict[str, Any] = {name: str(arrays[name][index]) or None for name in _WORDS}
        points = {name: arrays[name][start:end] for name in _POINT_ARRAYS}
        depth, width, height = arrays["size"][index].tolist()
        models.append(Model(size=(depth, width, height), area=float(arrays["area"][index]), **points, **words))
    return tuple(models)


_POINT_ARRAYS = ("points", "normals", "colors", "groups")
_WORDS = ("name", "category", "licence", "material", "shape")
