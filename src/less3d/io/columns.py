"""Scans as named columns of numbers, the common ground of PLY and text files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Integer, Num, Shaped

from less3d.errors import InputError
from less3d.io.assemble import assemble
from less3d.scan import Scan

XYZ = ("x", "y", "z")
"""Names of the coordinates."""

COLORS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
"""The names under which programs write a point's color; we write the first."""

INSTANCE, SEMANTIC = "instance", "label"
"""Names of the object id and the class id (as in ScanNet's label meshes)."""


KNOWN_NAMES = frozenset((*XYZ, *(name for names in COLORS for name in names), INSTANCE, SEMANTIC))
"""All names that are more than an attribute."""

Columns = Mapping[str, Num[np.ndarray, "N"]]
"""One number a point under each name."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Columns sorted by what they mean, colors and ids as the file has them."""

    xyz: Num[np.ndarray, "N 3"]
    colors: Num[np.ndarray, "N 3"] | None
    instances: Integer[np.ndarray, "N"] | None
    semantics: Integer[np.ndarray, "N"] | None
    attributes: Columns

    def take(self, rows: Integer[np.ndarray, "K"]) -> "Parts":
        """Return some of the points, without attributes."""
        kept = (self.xyz, self.colors, self.instances, self.semantics)
        return Parts(*(None if values is None else values[rows] for values in kept), attributes={})  # pyright: ignore[reportArgumentType]


def parts_of_columns(path: Path, columns: Columns) -> Parts:
    """Sort the columns of the scan in `path`; those that are neither position, color nor ids are attributes.

    Raises:
        InputError: when x, y or z is missing.
    """
    if missing := [name for name in XYZ if name not in columns]:
        raise InputError(f"{path}: expected properties x, y and z of each point, got no {' and no '.join(missing)}")
    colors = color_names(columns)
    ids = [name for name in (INSTANCE, SEMANTIC) if name in columns and columns[name].dtype.kind in "iu"]
    taken = {*XYZ, *(colors or ()), *ids}
    return Parts(
        np.stack([columns[name] for name in XYZ], axis=1),
        None if colors is None else np.stack([columns[name] for name in colors], axis=1),
        columns[INSTANCE] if INSTANCE in ids else None,
        columns[SEMANTIC] if SEMANTIC in ids else None,
        {name: values for name, values in columns.items() if name not in taken},
    )


def scan_from_columns(
    path: Path,
    columns: Columns,
    *,
    labels: Mapping[int, str] | None = None,
    faces: Integer[np.ndarray, "M 3"] | None = None,
) -> Scan:
    """Build the scan in `path` from its columns; those that are neither position, color nor ids become attributes.

    Raises:
        InputError: when x, y or z is missing, or their values are no room.
    """
    parts = parts_of_columns(path, columns)
    return assemble(
        path,
        parts.xyz,
        parts.colors,
        instances=parts.instances,
        labels=labels,
        semantics=parts.semantics,
        attributes=parts.attributes,
        faces=faces,
    )


def columns_of_scan(scan: Scan, path: Path) -> dict[str, Shaped[np.ndarray, "N"]]:
    """Lay a scan out as columns to be written to `path`: coordinates as doubles when the scan has an origin.

    Raises:
        InputError: when an attribute has a name that is taken or has spaces, or a type that is no number.
    """
    xyz = scan.points + scan.origin if scan.origin.any() else scan.points
    columns: dict[str, np.ndarray] = dict(zip(XYZ, xyz.T, strict=True)) | dict(
        zip(COLORS[0], scan.colors.T, strict=True)
    )
    ids = {INSTANCE: scan.instances, SEMANTIC: scan.semantics}
    columns |= {name: values for name, values in ids.items() if values is not None}
    for name, values in scan.attributes.items():
        if name in columns or not name or not name.isprintable() or " " in name:
            raise InputError(f"{path}: an attribute cannot be named {name!r} in a {path.suffix} file")
        if values.dtype.kind not in "biuf":
            raise InputError(f"{path}: attribute {name!r} of type {values.dtype} cannot stand in a {path.suffix} file")
        columns[name] = values
    return columns


def color_names(columns: Mapping[str, object]) -> tuple[str, str, str] | None:
    """Return the names of the three columns that are a color, None when there are none."""
    return next((names for names in COLORS if all(name in columns for name in names)), None)


def storable(values: Shaped[np.ndarray, "N"]) -> Shaped[np.ndarray, "N"]:
    """Return numbers in a type all formats know: bool as a byte, other floats as float32 or float64, native bytes."""
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    if values.dtype.kind == "f":
        return values.astype(np.float64 if values.dtype.itemsize > 4 else np.float32)
    return values.astype(values.dtype.newbyteorder("="))
