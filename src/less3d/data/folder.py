"""Your own data: a folder of scans, and one JSON Lines file of sentences about them.

    kitchen/
      sentences.jsonl              {"scan": "monday", "sentence": "the stool under the counter", "target_id": 7}
      scans/monday.ply ...         (or beside the file; any format `less3d.io` reads)
      masks/stool.npy ...          (where a sentence names one)
      dataset.json                 (only where scans are not upright in meters: {"up": "y", "units": "mm"})

Each line says what is described in one of four ways: `target_id`, an instance id of the scan; `target_ids`, a list of
them, empty when the sentence describes nothing that is there; `mask`, an .npy file in the folder with one bool a point
of the scan's file, or the numbers of the points (as `less3d segment` writes it); `box`, the corners of a box,
[x low, y low, z low, x high, y high, z high], in meters with z up. `label`, `unique`, `tags` and `source` are optional;
when `unique` is absent it follows from the scan's own labels by ScanRefer's rule.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Int32

from less3d.data.dataset import Annotated, Dataset, by_scan, described
from less3d.data.jsons import as_record, parse_json, read_settings
from less3d.data.nyu40 import nyu40_class
from less3d.errors import InputError
from less3d.io import SUPPORTED, read_scan
from less3d.io.assemble import FARTHEST
from less3d.io.files import require_file
from less3d.referral import Masks, Referral
from less3d.scan import Scan

FIELDS = frozenset({"scan", "sentence", "target_id", "target_ids", "mask", "box"})
FIELDS |= {"label", "unique", "tags", "kind", "source"}
"""What a line may say; `kind`, which `less3d rooms make` writes, is one more tag."""

SENTENCES = "sentences.jsonl"
SETTINGS = "dataset.json"

_ROUNDING = 1e-4
"""Meters; boxes are this much wider, for points on their faces that float32 has moved."""

_FIRST_OWN_ID = -2
"""Objects that a sentence brings itself, as a mask or a box, are numbered down from here; -1 is no object."""


@dataclass(frozen=True)
class FolderSettings:
    """How the scans of a folder lie: the axis that points up (None: as the format says), and the unit of length."""

    up: Literal["auto", "x", "y", "z", "-x", "-y", "-z"] | None = None
    units: Literal["m", "cm", "mm", "in", "ft"] = "m"


@dataclass(frozen=True)
class Described:
    """One line of the file: a sentence, and the mask or the box that it brings, if it does."""

    referral: Referral
    mask: str = ""
    """File in the folder."""
    box: tuple[float, ...] = ()
    """Two corners in meters, z up, in the scan's own coordinates."""


@dataclass(frozen=True)
class Folder(Dataset):
    """A data set in a folder; scans are read when asked for.

    Args:
        root: the folder.
        sentences: another file than its sentences.jsonl.

    Raises:
        InputError: when the folder, its sentences or a scan that they name is missing or malformed.
    """

    root: Path
    sentences: Path | None = None

    @property
    def sentences_file(self) -> Path:
        """Where the sentences are."""
        return self.root / SENTENCES if self.sentences is None else self.sentences

    @cached_property
    def settings(self) -> FolderSettings:
        """How the scans lie."""
        path = self.root / SETTINGS
        if not path.exists():
            return FolderSettings()
        return read_settings(FolderSettings, path)

    @cached_property
    def rows(self) -> dict[str, tuple[Described, ...]]:
        """The lines about each scan, in the file's order."""
        found: dict[str, list[Described]] = {}
        for place, line in self.lines():
            row = parse_line(line, place)
            rows = found.setdefault(row.referral.scan, [])
            rows.append(_numbered(row, _FIRST_OWN_ID - len(rows)))
        return {scan: tuple(rows) for scan, rows in found.items()}

    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences about each scan, in the file's order."""
        return by_scan([row.referral for rows in self.rows.values() for row in rows])

    def lines(self) -> Iterator[tuple[str, str]]:
        """Each line of the sentences' file that is not empty, with its place for people."""
        path = self.sentences_file
        if not path.exists():
            raise InputError(f"{path}: a data set needs a file of sentences, got none")
        require_file(path)
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path}, line {number}", line

    def path(self, scan: str) -> Path:
        """Where a scan's file is."""
        found = self.candidates(scan)
        if found:
            return found[0]
        ending = Path(scan).suffix
        if ending.lower() in SUPPORTED and self.candidates(scan.removesuffix(ending)):
            raise InputError(f"{self.root}: expected names of scans without the ending, got {scan!r}")
        raise InputError(f"{self.root}: sentences name scan {scan!r}, but no file {scan}.* is there")

    def candidates(self, scan: str) -> list[Path]:
        """Every file that may be a scan of this name; one, in a sound data set."""
        endings = [case(suffix) for suffix in SUPPORTED for case in (str.lower, str.upper)]
        places = [folder / f"{scan}{ending}" for folder in (self.root / "scans", self.root) for ending in endings]
        try:
            return [path for path in places if path.is_file()]
        except OSError as error:
            raise InputError(f"{self.root}: no file can be named as scan {scan[:60]!r} ({error.strerror})") from error

    def read(self, scan: str) -> Scan:
        """One scan, as its file has it."""
        return read_scan(self.path(scan), up=self.settings.up, units=self.settings.units)

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan as its file has it, with the masks of what its sentences are about.

        Raises:
            InputError: when a sentence is about an instance that the scan has not, or its mask does not fit.
        """
        read = self.read(scan)
        masks = Masks({}, len(read)) if read.instances is None else Masks.of_instances(read.instances)
        rows = self.rows.get(scan, ())
        own = {row.referral.targets[0]: self.members(row, read) for row in rows if row.mask or row.box}
        masks = Masks({**masks.members, **own}, len(read))
        return read, described(masks, [row.referral for row in rows])

    def annotated(self, scan: str) -> Annotated:
        """One scan with the instances of its file; their classes are those of NYU40 where their names are known.

        Raises:
            InputError: when the file has none.
        """
        read = self.read(scan)
        if read.instances is None or not read.labels:
            had = "instances without names" if read.instances is not None else "neither"
            raise InputError(
                f"{self.path(scan)}: expected instances and the names of their classes, which this system learns from, "
                f"got {had}: `less3d train rooms-base-cpu` learns from masks alone"
            )
        masks = Masks.of_instances(read.instances)
        classes = {key: nyu40_class(label) for key, label in read.labels.items()}
        return Annotated(Scan(points=read.points, colors=read.colors), masks, classes)

    def members(self, row: Described, scan: Scan) -> Int32[np.ndarray, "_"]:
        """The points of a scan that a line's mask or box marks; none where it marks none.

        Raises:
            InputError: when the mask's file is missing or is no mask of this scan.
        """
        if row.box:
            low, high = np.array(row.box).reshape(2, 3) - scan.origin
            inside = ((scan.points >= low - _ROUNDING) & (scan.points <= high + _ROUNDING)).all(axis=1)
            return np.flatnonzero(inside).astype(np.int32)
        marked = _read_mask(self.root / row.mask, row.referral.record, scan)
        return np.flatnonzero(scan.of_file(marked)).astype(np.int32)

    def __len__(self) -> int:
        return len(self.scans)


def parse_line(line: str, place: str) -> Described:
    """One line of a sentences' file.

    Raises:
        InputError: naming the place, what was expected and what came.
    """
    _require_text(line, place)
    row = as_record(parse_json(line, place), place)
    ways = [name for name in ("target_id", "target_ids", "mask", "box") if name in row]
    if len(ways) != 1:
        raise InputError(
            f"{place}: expected one of target_id, target_ids, mask and box, got {', '.join(ways) or 'none'}"
        )
    targets = row.get("target_ids", [row["target_id"]] if "target_id" in row else [])
    _require(isinstance(targets, list) and all(map(_is_id, targets)), place, f"{ways[0]} of whole numbers from 0", row)
    _require(isinstance(row.get("mask", ""), str), place, "mask to be the name of an .npy file", row)
    if "mask" in row:
        _require(_stays_inside(row["mask"]), place, "mask to be the name of an .npy file in the folder", row)
    if "box" in row:
        _require(_is_box(row["box"]), place, "box of six numbers, the low corner first", row)
    for name in ("scan", "sentence"):
        _require(isinstance(row.get(name), str) and bool(row[name].strip()), place, f"{name} to be a text", row)
        _require_text(row[name], place)
    inside = ".." not in Path(row["scan"]).parts and not Path(row["scan"]).is_absolute() and row["scan"].isprintable()
    _require(inside, place, "scan to be the name of a scan in the folder", row)
    _require(row.get("unique") is None or type(row["unique"]) is bool, place, "unique to be true, false or null", row)
    tags = row.get("tags", [row["kind"]] if row.get("kind") else [])
    _require(isinstance(tags, list) and all(isinstance(tag, str) for tag in tags), place, "tags to be texts", row)
    said = [row.get("label") or "", row.get("source") or "", *tags]
    _require(all(isinstance(text, str) for text in said), place, "label and source to be texts", row)
    _require_text("".join(said), place)
    label, source, *tags = (" ".join(text.split()) for text in said)
    referral = Referral(
        scan=row["scan"],
        sentence=" ".join(row["sentence"].split()),
        targets=tuple(dict.fromkeys(targets)),
        label=label,
        unique=row.get("unique"),
        tags=tuple(tags),
        source=source,
        record=place,
    )
    return Described(referral, row.get("mask", ""), tuple(map(float, row.get("box", ()))))


def unknown_fields(line: str) -> list[str]:
    """Fields of a sound line that mean nothing here, such as misspelled ones."""
    return sorted(set(json.loads(line)) - FIELDS)


def _numbered(row: Described, number: int) -> Described:
    """The line with an id for the object it brings itself."""
    if not (row.mask or row.box):
        return row
    return replace(row, referral=replace(row.referral, targets=(number,)))


def _require(holds: bool, place: str, expected: str, row: dict[str, Any]) -> None:
    if not holds:
        raise InputError(f"{place}: expected {expected}, got {json.dumps(row)[:120]}")


def _require_text(text: str, place: str) -> None:
    """Refuse bytes that are no UTF-8, and halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{place}: expected UTF-8 text, got {text[error.start : error.start + 1]!r}") from None


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31


def _stays_inside(name: str) -> bool:
    return (
        name.endswith(".npy") and name.isprintable() and not Path(name).is_absolute() and ".." not in Path(name).parts
    )


def _is_box(value: object) -> bool:
    if not (isinstance(value, list) and len(value) == 6 and all(type(number) in (int, float) for number in value)):
        return False
    return all(abs(number) < FARTHEST for number in value) and all(value[axis] < value[axis + 3] for axis in range(3))


def _read_mask(path: Path, place: str, scan: Scan) -> np.ndarray:
    """A mask over the points of the scan's file, (F,) bool."""
    require_file(path)
    count = len(scan) if scan.stand_ins is None else len(scan.stand_ins)
    try:
        marked = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(marked, np.ndarray):
            raise ValueError("it is an archive of arrays")
    except Exception as error:  # a broken header fails in a dozen ways inside NumPy's parser
        reason = " ".join(str(error).split())[:100]
        raise InputError(f"{path}: cannot be read as a mask, the file is damaged ({reason})") from error
    if marked.dtype == bool and marked.shape == (count,):
        return np.array(marked)
    if marked.dtype.kind in "iu" and marked.ndim == 1 and marked.dtype != np.uint8 and len(marked) <= count:
        rows = np.array(marked)
        if len(np.unique(rows)) < len(rows):
            raise InputError(f"{place}: expected {path} to number each point once; a mask of 0 and 1 must be bool")
        if not len(rows) or (rows.min() >= 0 and rows.max() < count):
            mask = np.zeros(count, dtype=bool)
            mask[rows] = True
            return mask
    raise InputError(
        f"{place}: expected {path} to hold one bool for each of the {count} points of the scan's file, or the numbers "
        f"of points, got {marked.dtype} {marked.shape}"
    )
