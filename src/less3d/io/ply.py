"""Scans in PLY files: ascii or binary, points or meshes, any properties."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from less3d.errors import InputError
from less3d.io.assemble import assemble
from less3d.io.ply_table import PlyElement, PlyLists, PlyTable, read_ply_table, write_ply_table
from less3d.scan import Scan

COLOR_NAMES = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
"""The names under which programs write a vertex's color."""

FACE_LIST_NAMES = ("vertex_indices", "vertex_index")
"""The names under which programs write a face's corners."""

_XYZ = ("x", "y", "z")
_LABEL_COMMENT = re.compile(r"comment object (-?\d+) (.+)")


def read_ply(path: Path) -> Scan:
    """Read a PLY file's vertices in their order, with its faces as triangles.

    An integer property `instance` becomes `Scan.instances` and an integer `label` (as in ScanNet's label meshes)
    `Scan.semantics`; what is neither position nor color stays in `Scan.attributes`.

    Raises:
        InputError: when the file is missing, malformed or truncated, or has no usable points.
    """
    table = read_ply_table(path)
    vertex = table.element("vertex")
    if vertex is None:
        raise InputError(f"{path}: expected an element 'vertex', got {[e.name for e in table.elements]}")
    columns = {name: values for name, values in vertex.columns.items() if not isinstance(values, PlyLists)}
    if missing := [name for name in _XYZ if name not in columns]:
        raise InputError(f"{path}: expected vertex properties x, y, z, got no {', '.join(missing)}")
    colors = _color_names(columns)
    instances, semantics = _ids(columns, "instance"), _ids(columns, "label")
    taken = {*_XYZ, *(colors or ())}
    taken |= {"instance"} if instances is not None else set()
    taken |= {"label"} if semantics is not None else set()
    return assemble(
        path,
        np.stack([columns[name] for name in _XYZ], axis=1),
        None if colors is None else np.stack([columns[name] for name in colors], axis=1),
        instances=instances,
        labels=_labels(table.comments),
        semantics=semantics,
        attributes={name: values for name, values in columns.items() if name not in taken},
        faces=triangles(table, path),
    )


def write_ply(scan: Scan, path: Path, *, encoding: str = "binary_little_endian") -> None:
    """Write a scan as PLY, with doubles for coordinates when the scan has an origin.

    Raises:
        InputError: when an attribute's name or type cannot stand in a PLY file.
    """
    write_ply_table(table_of(scan, path, encoding=encoding), path)


def table_of(scan: Scan, path: Path, *, encoding: str = "binary_little_endian") -> PlyTable:
    """Lay a scan out as the PLY table that `write_ply` writes to `path`."""
    xyz = scan.points + scan.origin if scan.origin.any() else scan.points
    columns: dict[str, np.ndarray | PlyLists] = dict(zip(_XYZ, xyz.T, strict=True))
    columns |= dict(zip(COLOR_NAMES[0], scan.colors.T, strict=True))
    own = {"instance": scan.instances, "label": scan.semantics}
    columns |= {name: values for name, values in own.items() if values is not None}
    for name, values in scan.attributes.items():
        if name in columns or not re.fullmatch(r"[!-~]+", name):
            raise InputError(f"{path}: an attribute cannot be named {name!r} in a PLY file")
        columns[name] = _storable(values, name, path)
    elements = [PlyElement("vertex", len(scan), columns)]
    if scan.faces is not None:
        corners = PlyLists(np.full(len(scan.faces), 3), scan.faces.reshape(-1))
        elements.append(PlyElement("face", len(scan.faces), {FACE_LIST_NAMES[0]: corners}))
    comments = tuple(f"comment object {key} {' '.join(name.split())}" for key, name in (scan.labels or {}).items())
    return PlyTable(tuple(elements), encoding, comments)


def recolored(
    table: PlyTable, colors: UInt8[np.ndarray, "N 3"], scores: Float32[np.ndarray, "N"], path: Path
) -> PlyTable:
    """Return `table` with other vertex colors (uchar red, green, blue) and a float `score`; all else as it was.

    Raises:
        InputError: when the table read from `path` has another number of vertices.
    """
    vertex = table.element("vertex")
    if vertex is None or vertex.count != len(colors):
        raise InputError(f"{path}: expected {len(colors)} vertices, the file has changed since it was read")
    names = _color_names(vertex.columns) or COLOR_NAMES[0]
    columns = dict(vertex.columns) | dict(zip(names, colors.T, strict=True)) | {"score": scores}
    changed = PlyElement("vertex", vertex.count, columns)
    return PlyTable(tuple(changed if e is vertex else e for e in table.elements), table.encoding, table.comments)


def triangles(table: PlyTable, path: Path) -> Int32[np.ndarray, "M 3"] | None:
    """Return the table's faces as triangles, polygons cut into fans; None when it has no faces."""
    face = table.element("face")
    corners = next((face.columns[name] for name in FACE_LIST_NAMES if name in face.columns), None) if face else None
    if not isinstance(corners, PlyLists):
        return None
    if corners.values.dtype.kind == "f" or (corners.values.size and int(corners.values.max()) > 2**31 - 1):
        raise InputError(f"{path}: expected faces that name points by whole numbers below 2 billion")
    if (corners.lengths == 3).all():
        return corners.values.reshape(-1, 3).astype(np.int32)
    starts = np.cumsum(corners.lengths) - corners.lengths
    fans = np.maximum(corners.lengths - 2, 0)
    first = np.repeat(starts, fans)
    step = np.arange(len(first)) - np.repeat(np.cumsum(fans) - fans, fans)
    return corners.values[np.stack([first, first + step + 1, first + step + 2], axis=1)].astype(np.int32)


def _color_names(columns: Mapping[str, object]) -> tuple[str, ...] | None:
    return next((names for names in COLOR_NAMES if all(name in columns for name in names)), None)


def _ids(columns: Mapping[str, np.ndarray], name: str) -> np.ndarray | None:
    values = columns.get(name)
    return values if values is not None and values.dtype.kind in "iu" else None


def _labels(comments: tuple[str, ...]) -> dict[int, str] | None:
    found = [_LABEL_COMMENT.fullmatch(comment) for comment in comments]
    return {int(match[1]): match[2] for match in found if match} or None


def _storable(values: np.ndarray, name: str, path: Path) -> np.ndarray:
    """Return `values` in a type PLY knows: bool as uchar, 64-bit ids as int where they fit, else as double."""
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    if values.dtype.kind == "f":
        return values.astype(np.float64 if values.dtype.itemsize > 4 else np.float32)
    if values.dtype.kind not in "iu":
        raise InputError(f"{path}: attribute {name!r} of type {values.dtype} cannot stand in a PLY file")
    if values.dtype.itemsize < 8:
        return values
    fits = values.size == 0 or (int(values.min()) >= -(2**31) and int(values.max()) < 2**31)
    return values.astype(np.int32 if fits else np.float64)
