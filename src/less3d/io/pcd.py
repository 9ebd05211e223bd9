"""Scans in PCD files, the format of the Point Cloud Library: ascii, binary or binary_compressed.

Our own reader and not pypcd4's, because it reads binary and ascii files piece by piece, checks what a header claims
before memory is given to it, and answers malformed files in one line: pypcd4 reads whole files, allocates what the
header says, and its ascii writer spoils colors. It is a second opinion in the tests. Only compressed files need an
outside library, python-neo-lzf.

https://pointclouds.org/documentation/tutorials/pcd_file_format.html
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Num, Shaped

from less3d.errors import InputError
from less3d.io.columns import COLORS, Columns, columns_of_scan, scan_from_columns, storable
from less3d.io.files import library, replacing, require_file
from less3d.io.pcd_header import PcdHeader, format_header, read_header
from less3d.io.stream import Stream, chunk_sizes
from less3d.io.words import first_bad_word, parse_numbers
from less3d.scan import Scan

PACKED = ("rgb", "rgba")
"""Fields that hold a color in the bits of one number, as 0xRRGGBB under what may be an alpha."""

_LONGEST_LINE = 1 << 16
_MOST_EXPANSION = 88
"""An LZF token of 3 bytes stands for 264 bytes at most."""


def read_pcd(path: Path) -> Scan:
    """Read a PCD file's points in their order.

    Colors are packed in `rgb` or `rgba`, or the fields that `less3d.io.columns` knows; integer fields `instance` and
    `label` are object and class ids. Fields of several numbers become attributes `name_0`, `name_1`, ...; padding `_`
    is left out. The viewpoint does not move the points, as in PCL.

    Raises:
        InputError: when the file is missing, malformed or truncated, or has no usable points.
    """
    stream = stream_pcd(path)
    return scan_from_columns(path, stream.whole(), labels=stream.labels)


def stream_pcd(path: Path) -> Stream:
    """Open a PCD file to be read by chunks; a compressed one is unpacked whole, as the format demands.

    Raises:
        InputError: when the file is missing, its header is malformed, or it is shorter than the header promises.
    """
    require_file(path)
    header = read_header(path)
    reader = {"ascii": _ascii_rows, "binary": _binary_rows, "binary_compressed": _compressed_rows}[header.data]
    if header.data != "binary_compressed":
        least = 2 * header.width if header.data == "ascii" else header.row.itemsize  # a digit and a space a number
        _require_bytes(path, header.points * least - (header.data == "ascii"), path.stat().st_size - header.size)
    chunks = (_columns(rows) for rows in reader(path, header))
    return Stream(header.points, chunks, header.labels or None)


def write_pcd(scan: Scan, path: Path) -> None:
    """Write a scan as binary PCD, colors packed in a float `rgb` as PCL does, doubles when the scan has an origin.

    Faces are left out, class names become comments.

    Raises:
        InputError: when an attribute's name or type cannot stand in a PCD file, or the folder is missing.
    """
    columns = columns_of_scan(scan, path)
    if taken := [name for name in columns if name in (*PACKED, "_") or name.startswith("#")]:
        raise InputError(f"{path}: an attribute cannot be named {taken[0]!r} in a .pcd file")
    red, green, blue = (columns.pop(name).astype(np.uint32) for name in COLORS[0])
    xyz = {name: columns.pop(name) for name in ("x", "y", "z")}
    packed = ((red << 16) | (green << 8) | blue).view(np.float32)
    fields = xyz | {"rgb": packed} | {name: storable(values) for name, values in columns.items()}
    rows = np.empty(len(scan), [(name, values.dtype.newbyteorder("<")) for name, values in fields.items()])
    for name, values in fields.items():
        rows[name] = values
    with replacing(path) as stream:
        stream.write(format_header(rows.dtype, len(scan), scan.labels or {}))
        stream.write(rows.tobytes())


def _columns(rows: Shaped[np.ndarray, "N"]) -> Columns:
    """Unpack colors, split fields of several numbers, drop padding."""
    columns: dict[str, Num[np.ndarray, "N"]] = {}
    for name in rows.dtype.names or ():
        values = np.ascontiguousarray(rows[name])
        if name.startswith("\0"):
            continue
        if values.ndim > 1:
            columns |= {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}
        elif name in PACKED and values.dtype.itemsize == 4:
            bits = values.view(np.uint32)
            columns |= {
                color: (bits >> shift).astype(np.uint8) for color, shift in zip(COLORS[0], (16, 8, 0), strict=True)
            }
        else:
            columns[name] = values
    return columns


def _require_bytes(path: Path, needed: int, there: int) -> None:
    if needed > there:
        raise InputError(
            f"{path}: the header promises points of {needed} bytes, but only {max(there, 0)} follow; the file is "
            "truncated, or its header is wrong"
        )


def _binary_rows(path: Path, header: PcdHeader) -> Iterator[Shaped[np.ndarray, "N"]]:
    with path.open("rb") as file:
        file.seek(header.size)
        for size in chunk_sizes(header.points, header.row.itemsize):
            rows = np.fromfile(file, header.row, size)
            _require_bytes(path, size * header.row.itemsize, rows.nbytes)
            yield rows


def _compressed_rows(path: Path, header: PcdHeader) -> Iterator[Shaped[np.ndarray, "N"]]:
    """Unpack all points, which lie field by field, once their size is believed."""
    decompress = library("lzf", path, "pcd").decompress
    with path.open("rb") as file:
        file.seek(header.size)
        sizes = file.read(8)
        packed_size, size = int.from_bytes(sizes[:4], "little"), int.from_bytes(sizes[4:], "little")
        _require_bytes(path, packed_size + 8, path.stat().st_size - header.size)
        if size != header.points * header.row.itemsize or size > packed_size * _MOST_EXPANSION:
            raise InputError(
                f"{path}: expected {header.points} points of {header.row.itemsize} bytes in compressed data, got "
                f"{packed_size} bytes that claim to be {size}; the file is damaged"
            )
        packed = file.read(packed_size)
    try:
        data = decompress(packed, size)
    except Exception as error:  # the C library's own error types
        raise InputError(f"{path}: the compressed data is damaged") from error
    if data is None or len(data) != size:
        raise InputError(f"{path}: the compressed data is damaged")
    rows, start = np.empty(header.points, header.row), 0
    for name in header.row.names or ():
        field = header.row[name]
        values = np.frombuffer(data, field.base, header.points * field.itemsize // field.base.itemsize, start)
        rows[name] = values.reshape(header.points, *field.shape)
        start += values.nbytes
    yield rows


def _ascii_rows(path: Path, header: PcdHeader) -> Iterator[Shaped[np.ndarray, "N"]]:
    """Parse lines of numbers."""
    width = header.width
    with path.open("rb") as file:
        file.seek(header.size)
        line = header.lines
        for size in chunk_sizes(header.points, header.row.itemsize + 16 * width):
            text = b"".join(file.readline(_LONGEST_LINE) for _ in range(size))
            try:
                numbers = parse_numbers(text)
            except ValueError as error:
                at, word = first_bad_word(text, line + 1)
                raise InputError(f"{path}: line {at}: expected numbers, got {word!r}") from error
            if len(numbers) != size * width:
                raise InputError(
                    f"{path}: expected {width} numbers a line for {header.points} points, got {len(numbers)} numbers "
                    f"in the {size} lines from line {line + 1}; the file is truncated, or its header is wrong"
                )
            line += size
            yield _typed_rows(path, header, numbers.reshape(size, width))


def _typed_rows(path: Path, header: PcdHeader, table: Float64[np.ndarray, "N U"]) -> Shaped[np.ndarray, "N"]:
    """Give each field its type; a packed color of type float is written as its bits by some, as a number by others."""
    rows, start = np.empty(len(table), header.row), 0
    for name in header.row.names or ():
        field = header.row[name]
        values = table[:, start : start + int(np.prod(field.shape))]
        start += values.shape[1]
        base = field.base
        if base.kind in "iu":
            limits = np.iinfo(base)
            fits = (values >= limits.min) & (values <= limits.max) & (values == np.floor(values))
            if not fits.all():
                raise InputError(f"{path}: field {name}: expected {base} numbers, got {values[~fits][0]:g}")
        if name in PACKED and base == np.float32:
            as_number = (values >= 1) & (values < 2**32)
            bits = np.where(as_number, values, 0).astype(np.uint32)
            with np.errstate(over="ignore"):
                bits = np.where(as_number, bits, values.astype(np.float32).view(np.uint32))
            rows[name] = bits.view(np.float32).reshape(len(table), *field.shape)
            continue
        with np.errstate(over="ignore"):
            rows[name] = values.astype(base).reshape(len(table), *field.shape)
    return rows
