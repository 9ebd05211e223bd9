"""What a LAS or LAZ file says of itself, checked against its length before a library believes it.

Formats after the ASPRS "LAS Specification 1.4 - R15" and M. Isenburg's LASzip.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from less3d.errors import InputError
from less3d.io.files import require_file

_VLR_HEADER = 54
_LAZ_USER, _LAZ_RECORD = b"laszip encoded", 22204
_MOST_POINTS_PER_BYTE = 100
"""A LAZ file that claims more points than this for its length is damaged: real ones have less than one."""

_LAYERS = {10: 9, 11: 1, 12: 2, 13: 1}
"""Compressed parts of a chunk for each of LASzip's layered items; type 14 has one for each of its bytes."""

_PLAIN_ITEMS = (0, 6, 7, 8, 9)
_BYTES = 14


@dataclass(frozen=True)
class _Header:
    """The parts of a header that lead to the points."""

    version: tuple[int, int]
    size: int
    start: int
    """Byte at which the points start."""
    records: int
    """Variable length records between header and points."""
    is_compressed: bool
    point_size: int
    points: int


def require_sound(path: Path) -> None:
    """Raise an `InputError` unless `path` is a LAS or LAZ file that is as long as its header and tables claim."""
    require_file(path)
    length = path.stat().st_size
    with path.open("rb") as file:
        try:
            header = _read_header(file)
            _check_header(header, length)
            if header.is_compressed:
                _check_compressed(file, header, length)
        except _UnsoundError as error:
            raise InputError(f"{path}: {error}") from error
        except struct.error as error:
            raise InputError(f"{path}: the LAS header breaks off; the file is truncated") from error


class _UnsoundError(Exception):
    """What is wrong with a file."""


def _read_header(file: BinaryIO) -> _Header:
    raw = file.read(375)
    if raw[:4] != b"LASF":
        raise _UnsoundError(f"not a LAS file, expected it to start with LASF, got {raw[:4].decode('latin-1')!r}")
    version = struct.unpack_from("<BB", raw, 24)
    size, start, records, kind, point_size, points = struct.unpack_from("<HIIBHI", raw, 94)
    places = struct.unpack_from("<6d", raw, 131)
    if not np.isfinite(places).all() or 0.0 in places[:3]:
        raise _UnsoundError("expected scales and offsets that are finite and no scale of zero; the header is damaged")
    if version[1] >= 4:
        (points,) = struct.unpack_from("<Q", raw, 247)
    return _Header((version[0], version[1]), size, start, records, kind & 0xC0 == 0x80, point_size, points)


def _check_header(header: _Header, length: int) -> None:
    if header.version[0] != 1 or header.version[1] > 5:
        raise _UnsoundError(f"expected LAS 1.0 to 1.5, got version {header.version[0]}.{header.version[1]}")
    if not 227 <= header.size <= header.start <= length or header.point_size < 20:
        raise _UnsoundError(
            f"the LAS header makes no sense: {header.size} bytes long, points of {header.point_size} bytes from byte "
            f"{header.start} of {length}"
        )
    if header.records * _VLR_HEADER > header.start - header.size:
        raise _UnsoundError(f"the LAS header promises {header.records} records, for which there is no room")
    room = length - header.start
    is_short = (
        header.points > room * _MOST_POINTS_PER_BYTE
        if header.is_compressed
        else header.points * header.point_size > room
    )
    if is_short:
        raise _UnsoundError(
            f"the LAS header promises {header.points} points, but the file is too short for them; it is truncated, or "
            "its header is wrong"
        )


def _check_compressed(file: BinaryIO, header: _Header, length: int) -> None:
    """Check the chunk table's place and length, and those of all layers, by which lazrs allocates memory."""
    items = _laz_items(file, header)
    if sum(size for _, size in items) != header.point_size:
        raise _UnsoundError(
            "the LAZ record does not describe points of the size that the header says; the file is damaged"
        )
    file.seek(header.start)
    (table,) = struct.unpack("<q", file.read(8))
    if table == -1:
        file.seek(length - 8)
        (table,) = struct.unpack("<q", file.read(8))
    if not header.start + 8 <= table <= length - 8:
        raise _UnsoundError("the LAZ chunk table lies outside the file; it is truncated")
    file.seek(table)
    chunks = struct.unpack("<II", file.read(8))[1]
    if chunks > table - header.start:
        raise _UnsoundError(f"the LAZ chunk table promises {chunks} chunks, for which the file is too short")
    if all(kind not in _PLAIN_ITEMS for kind, _ in items):
        _check_layers(file, header, items, chunks, table)


def _laz_items(file: BinaryIO, header: _Header) -> list[tuple[int, int]]:
    """Return type and size of the parts of a point, from the record that says how the file is compressed."""
    at = header.size
    for _ in range(header.records):
        file.seek(at)
        user, record, size = struct.unpack("<2x16sHH32x", file.read(_VLR_HEADER))
        if user.rstrip(b"\0") == _LAZ_USER and record == _LAZ_RECORD and size >= 34:
            data = file.read(size)
            (count,) = struct.unpack_from("<H", data, 32)
            found = [struct.unpack_from("<HH", data, 34 + 6 * i) for i in range(count)]
            if any(kind not in (*_PLAIN_ITEMS, *_LAYERS, _BYTES) for kind, _ in found):
                raise _UnsoundError(
                    "the LAZ record names a kind of data that LASzip does not have; the file is damaged"
                )
            return [(kind, part) for kind, part in found]
        at += _VLR_HEADER + size
    raise _UnsoundError("expected a record of how the LAZ file is compressed, got none; the file is damaged")


def _check_layers(file: BinaryIO, header: _Header, items: list[tuple[int, int]], chunks: int, table: int) -> None:
    """Walk over the chunks, each a raw point, a count and the sizes of its layers, to the chunk table."""
    layers = sum(size if kind == _BYTES else _LAYERS[kind] for kind, size in items)
    at, points = header.start + 8, 0
    for chunk in range(chunks):
        file.seek(at + header.point_size)
        count, *sizes = struct.unpack(f"<{1 + layers}I", file.read(4 * (1 + layers)))
        at += header.point_size + 4 * (1 + layers) + sum(sizes)
        points += count
        if at > table:
            raise _UnsoundError(f"chunk {chunk} of the LAZ file is longer than the file; it is damaged")
    if points != header.points:
        raise _UnsoundError(
            f"the header promises {header.points} points, but the chunks have {points}; the file is damaged"
        )
