"""The two forms in which sentences are published: a JSON list of records, and a table with columns by name (.csv).

Records are numbered from 0, as the elements of the JSON list are; lines of a table from 1, the header's, as editors do.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from less3d.data.jsons import as_id, as_record, decode_utf8, read_json, short, text_field
from less3d.errors import InputError
from less3d.io.files import read_bytes, require_file

_SHOWN_IDS = {
    "scene_id": "",
    "scan_id": "",
    "object_id": "object ",
    "object_ids": "objects ",
    "target_id": "object ",
    "ann_id": "ann ",
}
"""Fields that tell people which record it is, with a word for each."""

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Record:
    """One record of a file."""

    fields: Mapping[str, Any]
    path: Path
    kind: Literal["record", "line"]
    number: int
    """Of the record, from 0, or the line, from 1."""

    @cached_property
    def place(self) -> str:
        """The file and the record, for errors."""
        return self._named(str(self.path), " counting from 0" if self.kind == "record" else "")

    @property
    def name(self) -> str:
        """The record, for tables and logs, with the file's name alone."""
        return self._named(self.path.name)

    @property
    def scene(self) -> str:
        """Which scan the record is about, as JSON files call it.

        Raises:
            InputError: when it does not say.
        """
        return text_field(self.fields, "scene_id", self.place)

    def sentence(self, name: str) -> str:
        """A sentence as it was written, with single spaces.

        Raises:
            InputError: when there is none.
        """
        return " ".join(text_field(self.fields, name, self.place).split())

    def _named(self, file: str, how: str = "") -> str:
        told = [word + str(self.fields[name]) for name, word in _SHOWN_IDS.items() if self._is_told(name)]
        return f"{file}, {self.kind} {self.number}{how}" + (f" ({', '.join(told)})" if told else "")

    def _is_told(self, name: str) -> bool:
        value = self.fields.get(name)
        if isinstance(value, list):
            return len(value) < 9 and all(as_id(item) is not None for item in value)
        return as_id(value) is not None or (isinstance(value, str) and value.isprintable() and 0 < len(value) < 20)


@dataclass(frozen=True)
class Table:
    """A table: its columns, and its rows as records of texts."""

    columns: tuple[str, ...]
    rows: tuple[Record, ...]
    path: Path

    def require(self, names: tuple[str, ...]) -> None:
        """Raise an `InputError` when a column is missing."""
        if missing := [name for name in names if name not in self.columns]:
            raise InputError(
                f"{self.path}, line 1: expected a column {missing[0]}, got {short(', '.join(self.columns))}"
            )


def is_table(path: Path) -> bool:
    """Whether a file is no JSON: its first letter is neither a bracket nor a brace.

    Raises:
        InputError: when the file is missing or empty.
    """
    require_file(path)
    with path.open("rb") as stream:
        start = stream.read(4096)
    return start.removeprefix(_MARK).lstrip()[:1] not in (b"[", b"{", b"")


def read_records(path: Path) -> tuple[Record, ...]:
    """The records of a JSON list.

    Raises:
        InputError: when the file is no such list, or the list is empty.
    """
    given = read_json(path)
    if not isinstance(given, list) or not given:
        raise InputError(f"{path}: expected a JSON list of records, got {short(given)}")
    return tuple(
        Record(as_record(item, f"{path}, record {number} counting from 0"), path, "record", number)
        for number, item in enumerate(given)
    )


def read_table(path: Path) -> Table:
    """The rows of a table of values apart by commas, with quotes where a value has commas, quotes or line ends.

    Raises:
        InputError: when the file is no such table, or a row has more or fewer values than there are columns.
    """
    reader = csv.reader(io.StringIO(decode_utf8(read_bytes(path), path), newline=""), strict=True)
    rows: list[Record] = []
    columns: tuple[str, ...] = ()
    line = 1
    try:
        for values in reader:
            number, line = line, reader.line_num + 1
            if not columns:
                columns = tuple(values)
            elif values:
                if len(values) != len(columns):
                    raise InputError(f"{path}, line {number}: expected {len(columns)} values, got {len(values)}")
                rows.append(Record(dict(zip(columns, values, strict=True)), path, "line", number))
    except csv.Error as error:
        raise InputError(f"{path}, line {line}: expected values apart by commas, got a row with {error}") from error
    if not rows:
        raise InputError(f"{path}: expected a table with a header and rows, got no rows")
    if len(set(columns)) < len(columns):
        raise InputError(f"{path}, line 1: expected columns of different names, got {short(', '.join(columns))}")
    return Table(columns, tuple(rows), path)
