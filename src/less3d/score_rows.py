"""The scores of single sentences as a table on disk, so that any table can be made again without the model."""

import csv
import dataclasses
import gzip
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from less3d.errors import InputError
from less3d.io.files import read_bytes, replacing
from less3d.metrics import SentenceScore

_COLUMNS = [field.name for field in dataclasses.fields(SentenceScore)]
_LISTS = ("targets", "tags")
_COUNTS = ("predicted", "true", "shared")
_SHARES = ("f1_25", "f1_50", "confidence")
_UNIQUE = {"true": True, "false": False, "": None}


def write_rows(rows: Sequence[SentenceScore], path: Path) -> None:
    """Write a row a sentence: .csv, .csv.gz, or .parquet where pyarrow is installed.

    The file appears whole or not at all.

    The columns are the fields of `SentenceScore`, and `iou` for the reader's comfort; `targets` and `tags` are JSON
    lists, `unique` is true, false or empty.

    Raises:
        InputError: when the name ends otherwise, pyarrow is missing, or the folder is.
    """
    table = [_to_text(row) for row in rows]
    require_table_name(path)
    if path.suffix == ".parquet":
        _write_parquet(table, path)
        return
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*_COLUMNS, "iou"], lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows(table)
    content = text.getvalue().encode("utf-8", "surrogatepass")
    with replacing(path) as stream:
        stream.write(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def read_rows(path: Path) -> list[SentenceScore]:
    """Read what `write_rows` wrote.

    Raises:
        InputError: naming the row, when something is missing or makes no sense.
    """
    require_table_name(path)
    table = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    return [_from_text(row, f"{path}, row {number}") for number, row in enumerate(table, start=1)]


@dataclass(frozen=True)
class Scored:
    """The rows of one scan, and a hash of the points and masks that they were scored on."""

    seen: str
    rows: tuple[SentenceScore, ...]


class UnfinishedRows:
    """The rows of an evaluation that is under way, scan by scan, so that it can be stopped and gone on with.

    They are kept in PATH.unfinished until `finish`; a line that a kill cut off is done again.

    Args:
        path: of the table they will become.
        question: what is evaluated, in one text.

    Raises:
        InputError: when rows of another question are there.
    """

    def __init__(self, path: Path, question: str) -> None:
        self._path = path
        self._unfinished = path.with_name(path.name + ".unfinished")
        self.scored: dict[str, Scored] = {}
        """What is scored already, by scan."""
        lines = self._unfinished.read_bytes().splitlines() if self._unfinished.is_file() else []
        if lines and lines[0] != _line({"question": question}):
            raise InputError(
                f"{self._unfinished}: holds what was scored before with other weights, sentences or options: delete "
                "it, or write the rows to another file"
            )
        for line in lines[1:]:
            try:
                scan = json.loads(line)
                rows = tuple(_from_text(row, str(self._unfinished)) for row in scan["rows"])
                self.scored[str(scan["scan"])] = Scored(str(scan["seen"]), rows)
            except (ValueError, KeyError, TypeError, InputError):
                continue
        with replacing(self._unfinished) as stream:
            stream.write(_line({"question": question}) + b"\n")
            for name, scored in self.scored.items():
                stream.write(self._line_of(name, scored))

    def add(self, scan: str, scored: Scored) -> None:
        """Keep the rows of a scan."""
        self.scored[scan] = scored
        with self._unfinished.open("ab") as stream:
            stream.write(self._line_of(scan, scored))

    def finish(self, scans: Sequence[str]) -> None:
        """Write the table of these scans, and forget that it was unfinished."""
        write_rows([row for scan in scans for row in self.scored[scan].rows], self._path)
        self._unfinished.unlink()

    def _line_of(self, scan: str, scored: Scored) -> bytes:
        return _line({"scan": scan, "seen": scored.seen, "rows": [_to_text(row) for row in scored.rows]}) + b"\n"


def require_table_name(path: Path) -> None:
    """Refuse a name that says neither .csv, .csv.gz nor .parquet, or .parquet without pyarrow."""
    if not path.name.endswith((".csv", ".csv.gz", ".parquet")):
        raise InputError(f"{path}: expected a table of scores that ends in .csv, .csv.gz or .parquet")
    if path.suffix == ".parquet":
        _pyarrow()


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True).encode()


def _to_text(row: SentenceScore) -> dict[str, Any]:
    values = dataclasses.asdict(row)
    for name in _LISTS:
        values[name] = json.dumps(values[name])
    values["unique"] = "" if row.unique is None else str(row.unique).lower()
    return {**values, "iou": row.iou}


def _from_text(row: dict[str, Any], place: str) -> SentenceScore:
    name = ""
    try:
        values: dict[str, Any] = {}
        for name in _COLUMNS:
            given = row[name]
            if name in _LISTS:
                values[name] = tuple(json.loads(given))
            elif name == "unique":
                values[name] = _UNIQUE[given]
            else:
                values[name] = int(given) if name in _COUNTS else float(given) if name in _SHARES else str(given)
        if not 0 <= values["shared"] <= min(values["predicted"], values["true"]):
            name = "shared"
            raise ValueError
        return SentenceScore(**values)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise InputError(f"{place}: expected a table of scores of less3d, got {name}={row.get(name)!r}") from error


def _read_csv(path: Path) -> list[dict[str, Any]]:
    content = read_bytes(path)
    try:
        plain = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: not a gzip file, or a damaged one") from error
    text = plain.decode("utf-8-sig", "replace")
    try:
        return list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError(f"{path}: not a table of comma-separated values ({error})") from error


def _write_parquet(table: list[dict[str, Any]], path: Path) -> None:
    pyarrow, parquet = _pyarrow()
    with replacing(path) as stream:
        parquet.write_table(pyarrow.Table.from_pylist(table), stream)


def _read_parquet(path: Path) -> list[dict[str, Any]]:
    pyarrow, parquet = _pyarrow()
    try:
        return parquet.read_table(io.BytesIO(read_bytes(path))).to_pylist()
    except (pyarrow.ArrowException, ValueError, OSError) as error:
        raise InputError(f"{path}: not a Parquet file, or a damaged one") from error


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise InputError(
            "expected pyarrow to read and write .parquet, got none: pip install 'less3d[parquet]', or use .csv"
        ) from None
    return pyarrow, parquet
