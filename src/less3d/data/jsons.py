"""JSON written by others: read whole, and looked into field by field, so that every mistake has a place and a name."""

import json
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from less3d.errors import InputError
from less3d.io.files import read_bytes, require_file
from less3d.settings import from_json

LARGEST_JSON = 1 << 30
"""Bytes; the largest official file, ScanRefer's, has 40 MB."""

LARGEST_ID = 2**31 - 1

_KINDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
_Kind = TypeVar("_Kind")
_Settings = TypeVar("_Settings")


def read_json(path: Path) -> Any:
    """The content of a JSON file, in UTF-8 with or without a byte order mark.

    Of a key that is given twice the last value is taken, and NaN is a number, as Python does both: `field` and the like
    refuse what is then of the wrong kind.

    Raises:
        InputError: when the file is missing, empty, larger than `LARGEST_JSON`, not UTF-8 or not JSON.
    """
    require_file(path)
    if (size := path.stat().st_size) > LARGEST_JSON:
        raise InputError(f"{path}: expected a JSON file of at most {LARGEST_JSON >> 20} MiB, got {size >> 20} MiB")
    return parse_json(decode_utf8(read_bytes(path), path), str(path))


def parse_json(text: str, place: str) -> Any:
    """The value that a JSON text says; `place` names the text in errors.

    Raises:
        InputError: when it is not JSON, or nested deeper than Python can go.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f", line {error.lineno}" if "\n" in text.strip() else ""
        raise InputError(f"{place}{where}: expected JSON, got {_near(text, error.pos)} ({error.msg})") from None
    except RecursionError:
        raise InputError(f"{place}: expected JSON, got lists or objects nested too deeply") from None
    except ValueError as error:  # a whole number of thousands of digits
        raise InputError(f"{place}: expected JSON, got {str(error)[:80]}") from None


def read_settings(kind: type[_Settings], path: Path) -> _Settings:
    """A dataclass that is kept as JSON, see `from_json`.

    Raises:
        InputError: naming the file, when it is missing, damaged or another's.
    """
    text = decode_utf8(read_bytes(path), path)
    try:
        return from_json(kind, text)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def decode_utf8(data: bytes, path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        InputError: when it is not UTF-8, with the line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: expected UTF-8 text, got byte {data[error.start]:#04x}") from None


def as_record(value: object, place: str) -> dict[str, Any]:
    """A value that should be a JSON object.

    Raises:
        InputError: when it is not.
    """
    if isinstance(value, dict):
        return value
    raise InputError(f"{place}: expected a JSON object, got {short(value)}")


def field(record: Mapping[str, Any], name: str, kind: type[_Kind], place: str) -> _Kind:
    """The value of a field, of exactly this kind: true is no number.

    Raises:
        InputError: when the field is missing or of another kind.
    """
    if name not in record:
        raise InputError(f"{place}: expected {name} as {_KINDS[kind]}, got no such field")
    value = record[name]
    if type(value) is kind:
        return value
    raise wrong(name, _KINDS[kind], value, place)


def text_field(record: Mapping[str, Any], name: str, place: str) -> str:
    """A text with something in it, as it was written.

    Raises:
        InputError: when the field is missing, no text, blank, or has half a character (a JSON escape can say one).
    """
    text = field(record, name, str, place)
    if not text.strip():
        raise wrong(name, "a text that is not empty", text, place)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise wrong(name, "a text of whole characters", text, place)
    return text


def id_field(record: Mapping[str, Any], name: str, place: str) -> int:
    """A whole number from 0, or its digits as a text, which several data sets write.

    Raises:
        InputError: when the field is missing or something else.
    """
    if name not in record:
        raise InputError(f"{place}: expected {name} as a whole number from 0, got no such field")
    number = as_id(record[name])
    if number is None:
        raise wrong(name, "a whole number from 0", record[name], place)
    return number


def as_id(value: object) -> int | None:
    """The whole number from 0 that a value or its digits say; None when they say none, or one beyond 31 bits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        value = int(value)
    return value if type(value) is int and 0 <= value <= LARGEST_ID else None


def wrong(name: str, expected: str, value: object, place: str) -> InputError:
    """The error that a field has another value than expected."""
    return InputError(f"{place}: expected {name} as {expected}, got {short(value)}")


def short(value: object) -> str:
    """A value as people read it, shortened."""
    return reprlib.repr(value)[:100]


def _near(text: str, position: int) -> str:
    return repr(text[position : position + 20]) if text[position:].strip() else "the end of the text"
