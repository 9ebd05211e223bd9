"""One scan of an E57 file: its fields, its pose, and its points chunk by chunk."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float64, Num, UInt8

from less3d.errors import InputError
from less3d.io.columns import COLORS, XYZ

OURS = "less3d:"
"""What the names of our own fields begin with."""

INTENSITY = "intensity"

_INTEGERS = tuple(np.dtype(name) for name in ("u1", "i1", "u2", "i2", "u4", "i4"))
_MOST_COLOR = 65_535


@dataclass(frozen=True, eq=False)
class ScanIn:
    """A scan in an opened file. `count` includes invalid points; `names` are those of the columns that come."""

    CARTESIAN: ClassVar = ("cartesianX", "cartesianY", "cartesianZ")
    SPHERICAL: ClassVar = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
    COLORS: ClassVar = ("colorRed", "colorGreen", "colorBlue")

    e57: Any
    path: Path
    image: Any
    node: Any
    points: Any
    fields: dict[str, Any]
    """The description of each field in the file, by name."""
    count: int
    rotation: Float64[np.ndarray, "3 3"]
    translation: Float64[np.ndarray, "3"]

    @classmethod
    def all_of(cls, e57: Any, path: Path, image: Any) -> list["ScanIn"]:
        """Look at all scans of a file; what is missing in it raises whatever pye57 raises."""
        scans = image.root()["data3D"]
        return [cls._of(e57, path, image, scans[number]) for number in range(len(scans))]

    @classmethod
    def _of(cls, e57: Any, path: Path, image: Any, node: Any) -> "ScanIn":
        points = node["points"]
        prototype = e57.StructureNode(points.prototype())
        named = [prototype.get(i).elementName() for i in range(prototype.childCount())]
        fields = {name: prototype[name] for name in named}
        return cls(e57, path, image, node, points, fields, int(points.childCount()), *_pose(node, path))

    @property
    def names(self) -> list[str]:
        """Names of the columns, as `less3d.io.columns` knows them."""
        colors = [*COLORS[0]] if all(name in self.fields for name in self.COLORS) else []
        more = [name.removeprefix(OURS) for name in self.fields if name == INTENSITY or name.startswith(OURS)]
        return [*XYZ, *colors, *more]

    def chunks(self, size: int) -> Generator[dict[str, Num[np.ndarray, "N"]], None, None]:
        """Read the points, up to `size` at a time; invalid ones have NaN for coordinates.

        Raises:
            InputError: when the file is damaged, or its points have no place.
        """
        place = next((names for names in (self.CARTESIAN, self.SPHERICAL) if set(names) <= set(self.fields)), None)
        if place is None:
            raise InputError(f"{self.path}: expected cartesian or spherical points, got {list(self.fields)[:8]}")
        invalid = place[0].replace("X", "").replace("Range", "") + "InvalidState"
        wanted = [*place, *(name for name in (invalid, *self.COLORS) if name in self.fields)]
        wanted += [name for name in self.fields if name == INTENSITY or name.startswith(OURS)]
        size = max(1, min(size, self.count))
        buffers = {name: np.empty(size, self._buffer_type(name)) for name in wanted}
        vector = self.e57.VectorSourceDestBuffer()
        for name, values in buffers.items():
            vector.append(refusing(self.path, self.e57.SourceDestBuffer, self.image, name, values, size, True, True))
        reader = refusing(self.path, self.points.reader, vector)
        done = 0
        try:
            while done < self.count:
                got = int(refusing(self.path, reader.read))
                if got == 0:
                    raise InputError(f"{self.path}: expected {self.count} points in a scan, got {done}; it is damaged")
                done += got
                raw = {name: values[:got] for name, values in buffers.items()}
                yield refusing(self.path, self._columns, raw, place, invalid)
        finally:
            reader.close()

    def _buffer_type(self, name: str) -> np.dtype:
        """Return the type to read a field in; of pye57's integers of 8 bytes only "q" is what it says."""
        node = self.fields[name]
        if name.endswith("InvalidState") or (name.startswith(OURS) and isinstance(node, self.e57.IntegerNode)):
            return np.dtype("q")
        is_single = isinstance(node, self.e57.FloatNode) and node.precision() == self.e57.E57_SINGLE
        return np.dtype("f4" if is_single and (name == INTENSITY or name.startswith(OURS)) else "f8")

    def _columns(
        self, raw: dict[str, Num[np.ndarray, "N"]], place: tuple[str, str, str], invalid: str
    ) -> dict[str, Num[np.ndarray, "N"]]:
        """Take the place of invalid points away, move the others by the pose, and give numbers their types."""
        valid = raw[invalid] == 0 if invalid in raw else np.ones(len(raw[place[0]]), bool)
        kept = {name: values for name, values in raw.items() if name != invalid}
        xyz = np.stack([kept.pop(name) for name in place], axis=1)
        with np.errstate(all="ignore"):  # what is no number is refused later, with its place
            xyz = _cartesian(xyz) if place == self.SPHERICAL else xyz
            xyz = np.where(valid[:, None], xyz @ self.rotation.T + self.translation, np.nan)
        columns: dict[str, np.ndarray] = dict(zip(XYZ, xyz.T, strict=True))
        if COLORS[0][0] in self.names:
            columns |= {
                name: self._bytes(kept[field], valid, field) for name, field in zip(COLORS[0], self.COLORS, strict=True)
            }
        for name, values in kept.items():
            if name == INTENSITY or name.startswith(OURS):
                columns[name.removeprefix(OURS)] = values.astype(self._type_by_limits(name, values.dtype))
        return columns

    def _bytes(
        self, values: Float64[np.ndarray, "N"], valid: Bool[np.ndarray, "N"], field: str
    ) -> UInt8[np.ndarray, "N"]:
        """Scale a color channel from its limits, which are the scan's own, or else the field's, to 0..255."""
        low, high = self._color_limits(field)
        values = np.where(valid, values, low)
        if values.size and not (values.min() >= low and values.max() <= high):
            raise InputError(f"{self.path}: expected {field} from {low:g} to {high:g}, got another value")
        return np.rint((values - low) * (255 / (high - low))).astype(np.uint8)

    def _color_limits(self, field: str) -> tuple[float, float]:
        node = self.fields[field]
        if self.node.isDefined("colorLimits"):
            limits = self.node["colorLimits"]
            if limits.isDefined(field + "Minimum") and limits.isDefined(field + "Maximum"):
                low, high = (float(limits[field + end].value()) for end in ("Minimum", "Maximum"))
                if np.isfinite([low, high]).all() and low < high:
                    return low, high
        if isinstance(node, self.e57.IntegerNode) and 0 < int(node.maximum()) <= _MOST_COLOR:
            return 0.0, float(node.maximum())
        return 0.0, 255.0 if isinstance(node, self.e57.IntegerNode) else 1.0

    def _type_by_limits(self, name: str, dtype: np.dtype) -> np.dtype:
        """Return the integer type whose limits are the field's, as `write_e57` sets them."""
        if not isinstance(self.fields[name], self.e57.IntegerNode):
            return dtype
        limits = (int(self.fields[name].minimum()), int(self.fields[name].maximum()))
        fits = [kind for kind in _INTEGERS if limits == (np.iinfo(kind).min, np.iinfo(kind).max)]
        return fits[0] if fits else np.dtype(np.int64)


def refusing(path: Path, call: Callable[..., Any], *args: Any) -> Any:
    """Call into pye57; whatever a malformed file does there becomes one line."""
    try:
        return call(*args)
    except InputError:
        raise
    except Exception as error:  # E57Exception, and what its nodes raise when they are of another kind
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise InputError(f"{path}: cannot be read as E57, the file is damaged ({reason})") from error


def _pose(node: Any, path: Path) -> tuple[Float64[np.ndarray, "3 3"], Float64[np.ndarray, "3"]]:
    """Return the rotation and translation that move a scan's points to the file's frame."""
    w, x, y, z = _numbers(node, "rotation", ("w", "x", "y", "z"), (1.0, 0.0, 0.0, 0.0))
    translation = np.array(_numbers(node, "translation", ("x", "y", "z"), (0.0, 0.0, 0.0)))
    norm = np.sqrt(w * w + x * x + y * y + z * z)
    if not (0 < norm < np.inf and np.isfinite(translation).all()):
        raise InputError(f"{path}: the pose of a scan is no rotation and translation; the file is damaged")
    w, x, y, z = (value / norm for value in (w, x, y, z))
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    return rotation, translation


def _numbers(node: Any, name: str, parts: tuple[str, ...], usual: tuple[float, ...]) -> list[float]:
    if not node.isDefined("pose") or not node["pose"].isDefined(name):
        return list(usual)
    return [float(node["pose"][name][part].value()) for part in parts]


def _cartesian(spherical: Float64[np.ndarray, "N 3"]) -> Float64[np.ndarray, "N 3"]:
    """From range, azimuth and elevation, angles in radians."""
    distance, azimuth, elevation = spherical.T
    flat = distance * np.cos(elevation)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), distance * np.sin(elevation)], axis=1)
