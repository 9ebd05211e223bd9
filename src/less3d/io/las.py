"""Scans in LAS and LAZ files, the formats of surveying, by laspy."""

import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Num, Shaped

from less3d.errors import InputError, InputWarning
from less3d.io.columns import COLORS, Columns, columns_of_scan, scan_from_columns, storable
from less3d.io.files import library, replacing
from less3d.io.las_header import require_sound
from less3d.io.stream import Stream, chunk_sizes
from less3d.scan import Scan

STEP = 1e-4
"""Between the coordinates that we write, in meters; where a scan is longer than 200 km, more."""

_VLR_USER, _VLR_RECORD, _LONGEST_VLR = "less3d", 1, 65_535
_LONGEST_NAME = 32
_UNNAMED = "ExtraBytes"


def read_las(path: Path) -> Scan:
    """Read a LAS or LAZ file's points in their order, in its own coordinates.

    Extra dimensions `instance` and `label` are object and class ids; other extra dimensions, and the standard ones that
    are not zero everywhere, become attributes, in whose names spaces become underscores.

    Raises:
        InputError: when the file is missing, malformed or truncated, has no usable points, or laspy is not installed.
    """
    stream, standard = _open(path, with_attributes=True)
    columns = stream.whole()
    said = {name: values for name, values in columns.items() if name not in standard or values.any()}
    return scan_from_columns(path, said, labels=stream.labels)


def stream_las(path: Path) -> Stream:
    """Open a LAS or LAZ file to be read by chunks, without attributes.

    Raises:
        InputError: as `read_las`.
    """
    return _open(path, with_attributes=False)[0]


def write_las(scan: Scan, path: Path) -> None:
    """Write a scan as LAS 1.4, compressed when the name ends in .laz; coordinates come back within half of `STEP`.

    Colors have 16 bits; ids and attributes are extra dimensions, but for those that LAS knows, such as `intensity`:
    where such a one does not fit, it is left out with an `InputWarning`. Class names go into a record of our own, faces
    are left out.

    Raises:
        InputError: when an attribute's name or type cannot stand in a LAS file, the folder is missing, or laspy is not
            installed.
    """
    laspy = _laspy(path)
    columns = {name: storable(values) for name, values in columns_of_scan(scan, path).items()}
    header = laspy.LasHeader(point_format=7, version="1.4")
    low = np.floor(scan.points.min(axis=0).astype(np.float64))
    longest = float((scan.points.max(axis=0) - low).max())
    header.scales = np.full(3, max(STEP, 10.0 ** np.ceil(np.log10(max(longest, STEP) / 2**30))))
    header.offsets = scan.origin + low
    standard = set(header.point_format.standard_dimension_names)
    fields = {name: values for name, values in columns.items() if name not in ("x", "y", "z", *COLORS[0])}
    extra = [name for name in fields if name not in standard]
    if bad := [name for name in fields if len(name.encode()) > _LONGEST_NAME or name in (*"XYZ", _UNNAMED)]:
        raise InputError(f"{path}: an attribute cannot be named {bad[0]!r} in a {path.suffix} file")
    header.add_extra_dims([laspy.ExtraBytesParams(name, fields[name].dtype) for name in extra])
    if scan.labels:
        header.vlrs.append(_labels_record(laspy, scan.labels, path))
    las = laspy.LasData(header)
    las.points = laspy.ScaleAwarePointRecord.zeros(len(scan), header=header)
    steps = np.rint((scan.points.astype(np.float64) - low) / header.scales).astype(np.int32)
    for name, values in zip("XYZ", steps.T, strict=True):
        las[name] = values
    for name, values in zip(COLORS[0], scan.colors.T, strict=True):
        las[name] = values.astype(np.uint16) * 257
    for name, values in fields.items():
        _fill(las, name, values, path, is_standard=name in standard)
    with replacing(path) as stream:
        las.write(stream, do_compress=path.suffix.lower() == ".laz", laz_backend=laspy.LazBackend.Lazrs)


def _laspy(path: Path) -> Any:
    """Import laspy, whose complaints become our errors and need no second line on stderr."""
    library("lazrs", path, "las")
    logging.getLogger("laspy").addHandler(logging.NullHandler())
    return library("laspy", path, "las")


def _open(path: Path, *, with_attributes: bool) -> tuple[Stream, frozenset[str]]:
    """Open a file; also return the names of its standard dimensions that are attributes."""
    require_sound(path)
    laspy = _laspy(path)
    with path.open("rb") as file:
        reader = _refusing(path, laspy.LasReader, file, closefd=False, read_evlrs=False)
        header = reader.header
        labels = _labels(header.vlrs)
    names = [name for name in header.point_format.dimension_names if name not in (*"XYZ", *"xyz", _UNNAMED)]
    if not with_attributes:
        names = [name for name in names if name in (*COLORS[0], "instance", "label")]
    chunks = _chunks(path, laspy, names)
    standard = frozenset(header.point_format.standard_dimension_names).difference(COLORS[0])
    return Stream(header.point_count, chunks, labels), standard


def _chunks(path: Path, laspy: Any, names: list[str]) -> Iterator[Columns]:
    with path.open("rb") as file:
        backend = laspy.LazBackend.Lazrs  # its parallel twin believes the chunk table's sizes
        reader = _refusing(path, laspy.LasReader, file, closefd=False, read_evlrs=False, laz_backend=backend)
        for size in chunk_sizes(reader.header.point_count, reader.header.point_format.size):
            points = _refusing(path, reader.read_points, size)
            if len(points) < size:
                raise InputError(f"{path}: expected {reader.header.point_count} points, but the file ends before")
            yield _refusing(path, _columns, points, names)


def _columns(points: Any, names: list[str]) -> Columns:
    columns: dict[str, Num[np.ndarray, "N"]] = {name: _place(points, axis) for axis, name in enumerate("xyz")}
    for dimension in names:
        name = "_".join(dimension.split())  # as in CloudCompare's "Original cloud index"
        values = np.asarray(points[dimension])
        if values.ndim > 1:
            columns |= {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}
        else:
            columns[name] = values.astype(values.dtype.newbyteorder("="))
    return columns


def _place(points: Any, axis: int) -> Float64[np.ndarray, "N"]:
    return np.asarray(points["XYZ"[axis]]) * float(points.scales[axis]) + float(points.offsets[axis])


def _refusing(path: Path, call: Any, *args: Any, **options: Any) -> Any:
    """Call into laspy; whatever a malformed file does there becomes one line, a panic of its Rust part included."""
    try:
        return call(*args, **options)
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise InputError(f"{path}: cannot be read as LAS, the file is damaged ({reason})") from error


def _fill(las: Any, name: str, values: Shaped[np.ndarray, "N"], path: Path, *, is_standard: bool) -> None:
    """Set a dimension; a standard one only when every value comes back."""
    try:
        las[name] = values
        fits = not is_standard or np.array_equal(np.asarray(las[name]), values)
    except (OverflowError, ValueError, TypeError):
        fits = False
    if not fits:
        las[name] = np.zeros(len(values), np.uint8)
        message = f"{path}: attribute {name!r} is left out, its values are not those of a LAS file's {name}"
        warnings.warn(message, InputWarning, stacklevel=4)


def _labels_record(laspy: Any, labels: Mapping[int, str], path: Path) -> Any:
    data = json.dumps({str(key): name for key, name in labels.items()}).encode()
    if len(data) > _LONGEST_VLR:
        raise InputError(f"{path}: expected class names of at most {_LONGEST_VLR} bytes, got {len(data)}")
    return laspy.VLR(user_id=_VLR_USER, record_id=_VLR_RECORD, description="class names", record_data=data)


def _labels(records: Any) -> dict[int, str] | None:
    """Return the class names that `write_las` wrote; None when there are none or they are damaged."""
    for record in records:
        if (record.user_id, record.record_id) == (_VLR_USER, _VLR_RECORD):
            try:
                return {int(key): str(name) for key, name in json.loads(record.record_data).items()}
            except (ValueError, AttributeError, RecursionError):
                return None
    return None
