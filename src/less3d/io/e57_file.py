"""The frame of an E57 file, checked before a C++ library parses it: header, length, and the XML part.

Format after ASTM E2807 and D. Huber, "The ASTM E57 File Format for 3D Imaging Data Exchange", 2011.
"""

import struct
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from less3d.errors import InputError
from less3d.io.files import require_file

PAGE = 1024
"""Bytes of a page, the last four of them its checksum."""

_PAYLOAD = PAGE - 4
_HEADER = struct.Struct("<8sIIQQQQ")
_LONGEST_XML = 64 << 20
_DEEPEST = 50


def require_sound(path: Path) -> None:
    """Raise an `InputError` unless `path` is as long as its E57 header says and its XML part is plain and shallow."""
    require_file(path)
    length = path.stat().st_size
    with path.open("rb") as file:
        raw = file.read(_HEADER.size)
        if raw[:8] != b"ASTM-E57":
            start = raw[:8].decode("latin-1")
            raise InputError(f"{path}: not an E57 file, expected it to start with ASTM-E57, got {start!r}")
        if len(raw) < _HEADER.size:
            raise InputError(f"{path}: the E57 header breaks off; the file is truncated")
        _, major, _, claimed, xml_start, xml_length, page = _HEADER.unpack(raw)
        if major != 1 or page != PAGE:
            raise InputError(f"{path}: expected E57 version 1 with pages of {PAGE} bytes, got {major} with {page}")
        if claimed != length or length % PAGE:
            raise InputError(
                f"{path}: the E57 header promises {claimed} bytes, the file has {length}; it is truncated or damaged"
            )
        in_pages = xml_start // PAGE * _PAYLOAD + xml_start % PAGE
        if xml_start % PAGE >= _PAYLOAD or in_pages + xml_length > length // PAGE * _PAYLOAD:
            raise InputError(f"{path}: the E57 header puts its XML part outside the file; it is damaged")
        if xml_length > _LONGEST_XML:
            raise InputError(f"{path}: expected an XML part of at most {_LONGEST_XML} bytes, got {xml_length}")
        xml = _payload(file, in_pages, xml_length)
    try:
        _check_xml(xml)
    except (expat.ExpatError, ValueError, LookupError) as error:  # a LookupError for an unknown encoding
        raise InputError(f"{path}: the XML part of the E57 file is damaged ({error})") from error


def _payload(file: BinaryIO, start: int, length: int) -> bytes:
    """Read bytes by their place when checksums are not counted."""
    first, last = start // _PAYLOAD, (start + length + _PAYLOAD - 1) // _PAYLOAD
    file.seek(first * PAGE)
    raw = file.read((last - first) * PAGE)
    data = b"".join(raw[at : at + _PAYLOAD] for at in range(0, len(raw), PAGE))
    return data[start - first * _PAYLOAD :][:length]


def _check_xml(xml: bytes) -> None:
    """Refuse what no E57 file needs and what blows up parsers: declarations of entities, and deep nesting."""
    depth = 0

    def enter(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ValueError(f"elements nested more than {_DEEPEST} deep")

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_arguments: object) -> None:
        raise ValueError("a document type declaration")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(xml, True)
