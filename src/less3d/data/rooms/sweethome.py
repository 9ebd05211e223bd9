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
from less3d.errors import InputError, InputWarning
from less3d.io.files import replacing

_CATALOG = "PluginFurnitureCatalog.properties"
_CACHE_FORMAT = 3
_INDOORS = ("bathroom", "bedroom", "doors and windows", "kitchen", "lights", "living room", "miscellaneous", "office")

CLASSES: tuple[tuple[str, str], ...] = (
    (r"garage|elevator|shipping|escalator|wheelchair|mower|forklift|pallet|smoke|cctv|surveillance|chimney", ""),
    (r"contemporary living room|fence|railing|propane|wood logs|billet|bill \d|plug|switch|socket|lock\b", ""),
    (r"table fan|rigged fan", "fan"),
    (r"ceiling fan", "ceiling fan"),
    (r"toilets? paper", "toilet paper dispenser"),
    (r"toilet brush", "plunger"),
    (r"paper towel", "paper towel roll"),
    (r"toilets? unit", "toilet"),
    (r"urinal", "urinal"),
    (r"double vanity|vanity|lavatory", "bathroom vanity"),
    (r"sink cabinet|kitchen ?sink", "kitchen cabinet"),
    (r"washbasin|basin|^sink", "sink"),
    (r"bathmat|doormat|tatami", "mat"),
    (r"carpet|rug\b", "rug"),
    (r"shower curtain", "shower curtain"),
    (r"shower door", "shower door"),
    (r"shower stall", "shower"),
    (r"shower head", "shower head"),
    (r"bath\b|bathtub", "bathtub"),
    (r"towel rack|towel", "towel"),
    (r"radiator", "radiator"),
    (r"clothes basket", "laundry basket"),
    (r"shopping basket", "basket"),
    (r"bunk bed|mezzanine", "bunk bed"),
    (r"crib|baby bed|hospital|rocking", ""),
    (r"\bbed\b|day bed", "bed"),
    (r"bedside", "nightstand"),
    (r"wardrobe|^cupboard", "wardrobe closet"),
    (r"dresser|changing table|dressing table|^chest$", "dresser"),
    (r"sofa|couch", "couch"),
    (r"bookcase", "bookshelf"),
    (r"shelves|shelving", "shelf"),
    (r"ottoman|puff", "ottoman"),
    (r"armchair", "armchair"),
    (r"bar chair|bar stool|stool", "stool"),
    (r"abdominal|piano bench|bench", "bench"),
    (r"chair|class seat", "chair"),
    (r"coffee table", "coffee table"),
    (r"bar table", "end table"),
    (r"desk lamp|little lamp|^lamp$", "lamp"),
    (r"technical table|^desk|wooden desk", "desk"),
    (r"pool table|football table", ""),
    (r"table tennis bat|tablet", "object"),
    (r"table", "table"),
    (r"television cabinet|tv stand", "tv stand"),
    (r"remote|ps4|playstation|dvd|joystick", "object"),
    (r"\btv\b", "tv"),
    (r"imac", "monitor"),
    (r"ibook|laptop", "laptop"),
    (r"midi|^keyboard", "keyboard piano"),
    (r"grand piano|upright piano", "piano"),
    (r"electric guitar", "guitar"),
    (r"printer", "printer"),
    (r"mobile phone|iphone|tablet", "object"),
    (r"phone$", "telephone"),
    (r"filing cabinet", "file cabinet"),
    (r"white board", "whiteboard"),
    (r"water cooler", "water cooler"),
    (r"dustbin|trash can", "trash can"),
    (r"recycling bin", "recycling bin"),
    (r"mixer|blender|kettle|espresso|teapot", "coffee kettle"),
    (r"coffee (maker|machine|brewer)", "coffee maker"),
    (r"toaster", "toaster"),
    (r"microwave", "microwave"),
    (r"fridge|refrigerator", "refrigerator"),
    (r"freezer|washing machine", "washing machine"),
    (r"dryer", "clothes dryer"),
    (r"cooktop|induction|^stove|camping|grill", "object"),
    (r"large stove|cooker", "stove"),
    (r"oven", "oven"),
    (r"hood", "range hood"),
    (
        r"corner cabinet|lower cabinet|upper cabinet|drawers cabinet|door cabinet|high cabinet|upper shelves",
        "kitchen cabinet",
    ),
    (r"island", "kitchen cabinet"),
    (r"bowl", "bowl"),
    (r"oval plate|^plate$", "plate"),
    (r"cup\b|mug|beer glass|^glass$|cocktail", "cup"),
    (r"bottle|flacon|squeezer", "bottle"),
    (r"broom", "broom"),
    (r"sushi tray|^tray|letter tray", "tray"),
    (r"scale", "object"),
    (r"emergency sign", "sign"),
    (r"fluorescent|wall light|wall lamp|porch|spotlight|track", "light"),
    (r"ceiling lamp|chandelier|hanging|pendant", "ceiling light"),
    (r"lamppost|street|park|outdoor", ""),
    (r"candle|clothes horse", ""),
    (r"lantern|lamp", "lamp"),
    (r"plant|yucca|ficus|bonsai|cactus|bamboo|lily|tulip|orchid|flowers|spathi|christmas", "plant"),
    (r"indoor bike", "bicycle"),
    (r"backpack", "backpack"),
    (r"handbag", "purse"),
    (r"briefcase|suitcase", "suitcase"),
    (r"trunck|trunk|crate|gift|^box$|cardboard|medicine box|bread box", "box"),
    (r"^safe|locker", "cabinet"),
    (r"^book$", "book"),
    (r"newspaper", "paper"),
    (r"basketball|soccer", "ball"),
    (r"extinguisher", "fire extinguisher"),
    (r"cuckoo", "clock"),
    (r"dart", "decoration"),
    (r"^clock", "alarm clock"),
    (r"^speaker", "speaker"),
    (r"window blind", "blinds"),
    (r"curtain", "curtain"),
    (r"double door|double_door", "doors"),
    (r"door", "door"),
    (r"shutter", ""),
    (r"window", "window"),
    (r"^frame", "picture"),
    (r"screen$", "divider"),
    (r"step ladder", "ladder"),
    (r"folded clothes|suit$|dress$|trousers|skirt|short$", "clothes"),
    (r"hanging clothes|clothes rack", "clothes"),
    (r"jacket", "jacket"),
    (r"^hat|^cap\b|helmet", "hat"),
    (r"mocassin|sneakers|shoes|slippers|bootie", "shoes"),
    (
        r"vase|jar|pottery|pot\b|radio|stereo|mp3|projector|camera|toy|teddy|doll|train|car model|horse|xylophone",
        "object",
    ),
    (r"amplifier|aquarium|sugar|milk|bread|cake|fruit|chopping|knife stand|kitchen tools|utensils|oil|spice", "object"),
    (r"penbox|stapler|calendar|deer|headphones|glasses|umbrella|barrel|box", "object"),
)
"""Keyword patterns over a model's English name, tried in order, and the ScanNet class; "" leaves a model out.

What matches nothing is left out as well.
"""

_CLASSES_OF_FILES: dict[str, str | None] = {
    "office-chair": "office chair",
    "office_chair": "office chair",
    "kids_desk_chair": "office chair",
    "living_lamp": "floor lamp",
    "livingroom_lamp1": "floor lamp",
    "lamp2": "ceiling light",
    "pedestal-vase-lamp": "floor lamp",
    "living_room_table": "coffee table",
    "kitchensink": "kitchen cabinet",
    "custom-desk": "bench",
    "towel-rack": "bar",
    "office_box": "cabinet",
    "clothes-rack": "rack",
    "basin": "container",
    "bathroom1": None,
    "box_room": None,
    "complements2": None,
}
"""Models whose name is less telling than their file's."""


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


def scannet_class(name: str, category: str, file_name: str) -> str | None:
    """The ScanNet class of a model, from its name, its catalog category and its file's name; None leaves it out."""
    if category.lower() not in _INDOORS:
        return None
    if file_name.lower() in _CLASSES_OF_FILES:
        return _CLASSES_OF_FILES[file_name.lower()]
    labels = (label for pattern, label in CLASSES if re.search(pattern, name.lower()))
    return next(labels, "") or None


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
    digest.update(repr((_CACHE_FORMAT, CLASSES, _CLASSES_OF_FILES)).encode())
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
