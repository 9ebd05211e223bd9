"""Scans in PLY files: ascii or binary, points or meshes, any properties."""

import re
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int32, Shaped, UInt8

from less3d.errors import InputError
from less3d.io.columns import COLORS, color_names, columns_of_scan, scan_from_columns, storable
from less3d.io.ply_layout import PlyElement, PlyLists
from less3d.io.ply_table import PlyTable, read_ply_table, write_ply_table
from less3d.scan import Scan

FACE_LISTS = ("vertex_indices", "vertex_index")
"""The names under which programs write a face's corners."""

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
        raise InputError(f"{path}: expected an element 'vertex', got {[element.name for element in table.elements]}")
    columns = {name: values for name, values in vertex.columns.items() if not isinstance(values, PlyLists)}
    return scan_from_columns(path, columns, labels=labels_of_comments(table.comments), faces=triangles(table, path))


def write_ply(scan: Scan, path: Path, *, encoding: str = "binary_little_endian") -> None:
    """Write a scan as PLY, with doubles for coordinates when the scan has an origin.

    Raises:
        InputError: when an attribute's name or type cannot stand in a PLY file, or the folder is missing.
    """
    write_ply_table(table_of_scan(scan, path, encoding=encoding), path)


def table_of_scan(scan: Scan, path: Path, *, encoding: str = "binary_little_endian") -> PlyTable:
    """Lay a scan out as the table that `write_ply` writes to `path`; class names become comments."""
    columns = {name: _as_ply(values) for name, values in columns_of_scan(scan, path).items()}
    elements = [PlyElement("vertex", len(scan), columns)]
    if scan.faces is not None:
        corners = PlyLists(np.full(len(scan.faces), 3), scan.faces.reshape(-1))
        elements.append(PlyElement("face", len(scan.faces), {FACE_LISTS[0]: corners}))
    comments = tuple(f"comment object {key} {' '.join(name.split())}" for key, name in (scan.labels or {}).items())
    return PlyTable(tuple(elements), encoding, comments)


def recolored(
    table: PlyTable, colors: UInt8[np.ndarray, "N 3"], scores: Float32[np.ndarray, "N"], path: Path
) -> PlyTable:
    """Return `table`, read from `path`, with new vertex colors (uchar) and a float `score`; all else as it was.

    Raises:
        InputError: when the table has another number of vertices.
    """
    vertex = table.element("vertex")
    if vertex is None or vertex.count != len(colors):
        raise InputError(f"{path}: expected {len(colors)} vertices; the file has changed since it was read")
    names = color_names(vertex.columns) or COLORS[0]
    columns = dict(vertex.columns) | dict(zip(names, colors.T, strict=True)) | {"score": scores}
    changed = PlyElement("vertex", vertex.count, columns)
    return PlyTable(tuple(changed if e is vertex else e for e in table.elements), table.encoding, table.comments)


def labels_of_comments(comments: tuple[str, ...]) -> dict[int, str] | None:
    """Return the class names that `table_of_scan` put into comments."""
    found = [_LABEL_COMMENT.fullmatch(comment) for comment in comments]
    return {int(match[1]): match[2] for match in found if match} or None


def triangles(table: PlyTable, path: Path) -> Int32[np.ndarray, "M 3"] | None:
    """Return the table's faces as triangles, polygons cut into fans; None when it has no faces.

    Raises:
        InputError: when the corners are no whole numbers below 2**31.
    """
    face = table.element("face")
    corners = next((face.columns[name] for name in FACE_LISTS if name in face.columns), None) if face else None
    if not isinstance(corners, PlyLists):
        return None
    if corners.values.dtype.kind == "f" or (corners.values.size and int(corners.values.max()) >= 2**31):
        raise InputError(f"{path}: expected faces that name points by whole numbers below 2 billion")
    if (corners.lengths == 3).all():
        return corners.values.reshape(-1, 3).astype(np.int32)
    starts = np.cumsum(corners.lengths) - corners.lengths
    fans = np.maximum(corners.lengths - 2, 0)
    hub = np.repeat(starts, fans)
    rim = hub + np.arange(len(hub)) - np.repeat(np.cumsum(fans) - fans, fans)
    return corners.values[np.stack([hub, rim + 1, rim + 2], axis=1)].astype(np.int32)


def _as_ply(values: Shaped[np.ndarray, "N"]) -> Shaped[np.ndarray, "N"]:
    """Return numbers in a type PLY knows: 64-bit integers as int where they fit, else as double."""
    values = storable(values)
    if values.dtype.kind not in "iu" or values.dtype.itemsize < 8:
        return values
    fits = values.size == 0 or (int(values.min()) >= -(2**31) and int(values.max()) < 2**31)
    return values.astype(np.int32 if fits else np.float64)
