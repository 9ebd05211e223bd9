"""From the numbers of any file to a `Scan`: checks, an origin for far coordinates, colors as bytes."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Integer, Num, Shaped, UInt8

from less3d.errors import InputError, InputWarning
from less3d.scan import Scan

GREY = 128
"""Color of a scan that has none."""

FAR = 1000.0
"""Coordinates beyond this many units lose their offset before they become float32 (whose step is 0.06 mm there)."""

FARTHEST = 1e12
"""Larger coordinates are refused: even the Earth measured in millimeters has smaller ones."""


def assemble(
    path: Path,
    xyz: Num[np.ndarray, "N 3"],
    colors: Num[np.ndarray, "N 3"] | None,
    *,
    origin: Float64[np.ndarray, "3"] | None = None,
    instances: Integer[np.ndarray, "N"] | None = None,
    labels: Mapping[int, str] | None = None,
    semantics: Integer[np.ndarray, "N"] | None = None,
    attributes: Mapping[str, Shaped[np.ndarray, "N"]] | None = None,
    faces: Integer[np.ndarray, "M 3"] | None = None,
    stand_ins: Int32[np.ndarray, "F"] | None = None,
) -> Scan:
    """Build the scan that `path` holds from its arrays, in the file's own units and axes.

    `origin` is what the file itself says was subtracted from `xyz` before. Without colors the scan becomes grey, with
    an `InputWarning`. So it is with points that have no coordinates at all, NaN thrice, as depth cameras leave where
    they saw nothing: they are left out, unless there are faces.

    Raises:
        InputError: when there are no points, a coordinate or color is no number, or a face names a missing point.
    """
    if len(xyz) == 0:
        raise InputError(f"{path}: expected a scan, got a file with zero points")
    absent = without_place(xyz)
    if stand_ins is None and faces is None and absent.any() and not absent.all():
        stand_ins = np.where(absent, -1, np.cumsum(~absent) - 1).astype(np.int32)
        xyz, attributes = xyz[~absent], {name: values[~absent] for name, values in (attributes or {}).items()}
        colors = None if colors is None else colors[~absent]
        instances = None if instances is None else instances[~absent]
        semantics = None if semantics is None else semantics[~absent]
    require_usable(path, xyz)
    missing = 0 if stand_ins is None else int((stand_ins < 0).sum())
    if missing:
        warnings.warn(
            f"{path}: {missing:,} points have no coordinates (NaN) and are left out; masks have False for them",
            InputWarning,
            stacklevel=3,
        )
    if colors is None:
        warnings.warn(f"{path}: has no colors, so every point is taken as grey", InputWarning, stacklevel=3)
        colors = np.full(xyz.shape, GREY, np.uint8)
    points, shift = _subtract_origin(xyz)
    return Scan(
        points=points,
        colors=colors_as_bytes(path, colors),
        origin=shift if origin is None else shift + origin,
        instances=_as_int32(path, instances, "instance"),
        labels=labels,
        semantics=_as_int32(path, semantics, "semantic class"),
        attributes={} if attributes is None else attributes,
        faces=_checked_faces(path, faces, len(xyz)),
        stand_ins=stand_ins,
    )


def without_place(xyz: Num[np.ndarray, "N 3"]) -> Bool[np.ndarray, "N"]:
    """Tell which points have no coordinate at all."""
    absent = np.full(len(xyz), xyz.dtype.kind == "f")
    for values in xyz.T:
        absent &= np.isnan(values)
    return absent


def require_usable(path: Path, xyz: Num[np.ndarray, "N 3"], *, first: int | None = None) -> None:
    """Raise an `InputError` when a coordinate is NaN, infinite, or larger than any unit could explain.

    `first` is the number of the first row's point when the rows are not the whole file's.
    """
    require_finite(path, xyz, "coordinate", first=first)
    largest = max(abs(float(xyz.max())), abs(float(xyz.min()))) if xyz.size else 0.0
    if largest > FARTHEST:
        raise InputError(f"{path}: expected the coordinates of a room, got one of {largest:g}")


def colors_as_bytes(path: Path, colors: Num[np.ndarray, "N 3"]) -> UInt8[np.ndarray, "N 3"]:
    """Return colors as 0..255, from bytes, 16-bit numbers, or floats that run to 1 or to 255.

    Raises:
        InputError: when a color is negative, no number, or larger than 16 bits can say.
    """
    if colors.dtype == np.uint8:
        return colors
    require_finite(path, colors, "color")
    low, high = (float(colors.min()), float(colors.max())) if colors.size else (0.0, 0.0)
    scale = color_scale(path, low, high, is_float=colors.dtype.kind == "f")
    return np.rint(colors.astype(np.float64) * scale).astype(np.uint8)


def color_scale(path: Path, low: float, high: float, *, is_float: bool) -> float:
    """Return what makes colors that run from `low` to `high` run to 255.

    Raises:
        InputError: when one is negative, or larger than 16 bits can say.
    """
    if low < 0 or high > 65535:
        raise InputError(f"{path}: expected colors in 0..1 or 0..255, got values from {low:g} to {high:g}")
    return 1 / 257 if high > 255 else 255.0 if is_float and high <= 1 else 1.0


def require_finite(path: Path, values: Num[np.ndarray, "N 3"], what: str, *, first: int | None = None) -> None:
    """Raise an `InputError` that names the first point with a NaN or infinite value.

    `first` is the number of the first row's point when the values are not the whole file's.
    """
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(bad):
        others = f", as have {len(bad)} of {len(values)} points" if first is None else ""
        raise InputError(
            f"{path}: point {(first or 0) + bad[0]} (counting from 0) has a {what} that is NaN or infinite{others}; "
            "remove such points from the file"
        )


def _subtract_origin(xyz: np.ndarray) -> tuple[Float32[np.ndarray, "N 3"], Float64[np.ndarray, "3"]]:
    """Return float32 points and the whole-number origin that was subtracted, zero along near axes."""
    exact = xyz.astype(np.float64, copy=False)
    low, high = exact.min(axis=0), exact.max(axis=0)
    origin = np.where(np.maximum(-low, high) > FAR, np.floor(low), 0.0)
    points = np.empty(exact.shape, np.float32)
    for axis in range(3):
        points[:, axis] = exact[:, axis] - origin[axis]
    return points, origin


def _as_int32(path: Path, values: np.ndarray | None, what: str) -> Int32[np.ndarray, "N"] | None:
    if values is None:
        return None
    if values.size and (int(values.min()) < -(2**31) or int(values.max()) >= 2**31):
        raise InputError(f"{path}: expected {what} ids below 2 billion, got {int(values.max())}")
    return values.astype(np.int32)


def _checked_faces(path: Path, faces: np.ndarray | None, n: int) -> Int32[np.ndarray, "M 3"] | None:
    if faces is None:
        return None
    missing = (faces < 0) | (faces >= n)
    bad = np.flatnonzero(missing.any(axis=1))
    if len(bad):
        point = faces[missing][0]
        raise InputError(f"{path}: triangle {bad[0]} names point {point}, but points run from 0 to {n - 1}")
    return faces.astype(np.int32)
