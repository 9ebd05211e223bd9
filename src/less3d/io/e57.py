"""Scans in E57 files (ASTM E2807), the exchange format of laser scanners, by pye57."""

import json
import re
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Num

from less3d.errors import InputError
from less3d.io.assemble import GREY
from less3d.io.columns import COLORS, XYZ, Columns, columns_of_scan, scan_from_columns, storable
from less3d.io.e57_file import require_sound
from less3d.io.e57_scan import INTENSITY, OURS, ScanIn, refusing
from less3d.io.files import library, replacing_path
from less3d.io.stream import CHUNK_POINTS, Stream
from less3d.scan import Scan

EXTENSION = "https://less3d.org/e57/1.0"
"""Name space of what E57 itself has no place for: ids, class names, attributes."""

_LABELS = OURS + "classNames"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_MOST_POINTS_PER_BYTE = 100
"""A file that claims more points than this for its length is damaged: real ones have less than one."""


def read_e57(path: Path) -> Scan:
    """Read the points of all scans in an E57 file, one scan after another, each moved by its pose.

    Points may be cartesian or spherical; those that the file calls invalid have no place, see `assemble`. Intensity is
    an attribute; what `write_e57` put into fields of our own comes back, other programs' own fields are left out, and
    so is what not all scans of the file have. Where only some have colors, the others are grey.

    Raises:
        InputError: when the file is missing, malformed or truncated, has no usable points, or pye57 is not installed.
    """
    stream = stream_e57(path)
    return scan_from_columns(path, stream.whole(), labels=stream.labels)


def stream_e57(path: Path) -> Stream:
    """Open an E57 file to be read by chunks.

    Raises:
        InputError: as `read_e57`.
    """
    require_sound(path)
    e57 = library("pye57.libe57", path, "e57")
    with _opened(e57, path) as (image, scans):
        count = sum(scan.count for scan in scans)
        if not scans or count > path.stat().st_size * _MOST_POINTS_PER_BYTE:
            raise InputError(f"{path}: expected scans of points, got {len(scans)} scans that promise {count} points")
        root = refusing(path, image.root)
        said = refusing(path, _labels, root)
    return Stream(count, _chunks(e57, path), said)


def write_e57(scan: Scan, path: Path) -> None:
    """Write a scan as one scan of an E57 file, coordinates in double precision.

    Ids, class names and attributes, but for `intensity`, go into fields of our own that other programs pass over.
    Faces are left out.

    Raises:
        InputError: when an attribute's name or type cannot stand in an E57 file, the folder is missing, or pye57 is not
            installed.
    """
    e57 = library("pye57.libe57", path, "e57")
    columns = columns_of_scan(scan, path)
    if bad := [name for name in columns if not _NAME.fullmatch(name)]:
        raise InputError(f"{path}: an attribute cannot be named {bad[0]!r} in an .e57 file")
    standard = dict(zip((*XYZ, *COLORS[0]), (*ScanIn.CARTESIAN, *ScanIn.COLORS), strict=True)) | {INTENSITY: INTENSITY}
    fields = {
        standard.get(name, OURS + name): values.astype(np.float64) if name in XYZ else _as_e57(values, name, path)
        for name, values in columns.items()
    }
    with replacing_path(path) as temporary:
        image = e57.ImageFile(str(temporary), "w")
        try:
            _write_image(e57, image, fields, scan.labels)
        except BaseException:
            image.cancel()
            raise
        image.close()


@contextmanager
def _opened(e57: Any, path: Path) -> Iterator[tuple[Any, list[ScanIn]]]:
    """Open a file and look at its scans."""
    image = refusing(path, e57.ImageFile, str(path), "r")
    try:
        yield image, refusing(path, ScanIn.all_of, e57, path, image)
    finally:
        image.close()


def _chunks(e57: Any, path: Path) -> Generator[Columns, None, None]:
    with _opened(e57, path) as (_image, scans):
        shared = set.intersection(*(set(scan.names) for scan in scans))
        colored = any(COLORS[0][0] in scan.names for scan in scans)
        for scan in scans:
            with closing(scan.chunks(CHUNK_POINTS)) as chunks:  # its reader must close before the image
                for columns in chunks:
                    chunk: dict[str, Num[np.ndarray, "N"]] = {n: v for n, v in columns.items() if n in shared}
                    if colored:
                        grey = np.full(len(chunk["x"]), GREY, np.uint8)
                        chunk |= {name: columns.get(name, grey) for name in COLORS[0]}
                    yield chunk


def _as_e57(values: np.ndarray, name: str, path: Path) -> np.ndarray:
    """Return numbers in a type E57 knows."""
    values = storable(values)
    if values.dtype.kind == "u" and values.size and int(values.max()) >= 2**63:
        raise InputError(f"{path}: attribute {name!r} holds {int(values.max())}, E57 files end at 2**63 - 1")
    return values


def _write_image(
    e57: Any, image: Any, fields: Mapping[str, Num[np.ndarray, "N"]], labels: Mapping[int, str] | None
) -> None:
    """Write the tree of nodes and the points."""
    image.extensionsAdd("", e57.E57_V1_0_URI)
    image.extensionsAdd(OURS.rstrip(":"), EXTENSION)
    root, scans = image.root(), e57.VectorNode(image, True)
    for name, text in (("formatName", "ASTM E57 3D Imaging Data File"), ("guid", f"{{{uuid.uuid4()}}}")):
        root.set(name, e57.StringNode(image, text))
    root.set("versionMajor", e57.IntegerNode(image, e57.E57_FORMAT_MAJOR))
    root.set("versionMinor", e57.IntegerNode(image, e57.E57_FORMAT_MINOR))
    root.set("coordinateMetadata", e57.StringNode(image, ""))
    root.set("data3D", scans)
    root.set("images2D", e57.VectorNode(image, True))
    if labels:
        text = json.dumps({str(key): name for key, name in labels.items()})
        root.set(_LABELS, e57.StringNode(image, text))
    scan, prototype = e57.StructureNode(image), e57.StructureNode(image)
    scan.set("guid", e57.StringNode(image, f"{{{uuid.uuid4()}}}"))
    scan.set("name", e57.StringNode(image, "scan"))
    limits = e57.StructureNode(image)
    for name in ScanIn.COLORS:
        limits.set(name + "Minimum", e57.IntegerNode(image, 0))
        limits.set(name + "Maximum", e57.IntegerNode(image, 255))
    scan.set("colorLimits", limits)
    buffers, kept = e57.VectorSourceDestBuffer(), []  # a buffer does not keep its array alive
    for name, values in fields.items():
        prototype.set(name, _node(e57, image, values.dtype))
        kept.append(np.ascontiguousarray(values, _buffer_type(values.dtype)))
        buffers.append(e57.SourceDestBuffer(image, name, kept[-1], len(values), True, True))
    points = e57.CompressedVectorNode(image, prototype, e57.VectorNode(image, True))
    scans.append(scan)
    scan.set("points", points)
    writer = points.writer(buffers)
    try:
        writer.write(len(kept[0]))
    finally:
        writer.close()  # before the image: else the process crashes


def _node(e57: Any, image: Any, dtype: np.dtype) -> Any:
    """Describe a field; the limits of an integer tell its type when it is read again."""
    if dtype.kind == "f":
        return e57.FloatNode(image, 0.0, e57.E57_SINGLE if dtype.itemsize == 4 else e57.E57_DOUBLE)
    limits = np.iinfo(dtype)
    return e57.IntegerNode(image, 0, int(limits.min), min(int(limits.max), 2**63 - 1))


def _buffer_type(dtype: np.dtype) -> np.dtype:
    """Return the type that pye57 takes a field in; of its integers of 8 bytes only "q" is what it says."""
    return dtype if dtype.kind == "f" or dtype == np.uint8 else np.dtype("q")


def _labels(root: Any) -> dict[int, str] | None:
    """Return the class names that `write_e57` wrote; None when there are none or they are damaged."""
    if _LABELS not in [root.get(number).elementName() for number in range(root.childCount())]:
        return None  # isDefined would refuse a name whose extension the file does not declare
    try:
        return {int(key): str(name) for key, name in json.loads(root[_LABELS].value()).items()}
    except (ValueError, AttributeError, RecursionError):
        return None
