"""Scans made ready for training: one small file a scan to map into memory, masks in another, labels in a third.

    prepared/
      prepared.json                          what there is, with the SHA-256 of every file; written last
      scans/scene0000_00.safetensors         points (N, 3) float32, colors (N, 3) uint8, superpoints (N,) int32
      masks/scene0000_00.safetensors         ids (O,) and ends (O,), rows (T,) int32: the points of each object
      labels/scene0000_00.safetensors        instances and semantics (N,) int32; classes, axis alignment
      records/scene0000_00.json              the hashes of these three: what tells a finished scan from a broken one
      scannetv2-labels.combined.tsv          where the source has it

Learning from masks opens `scans` and `masks` alone: `labels` may be deleted, and nothing changes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from jaxtyping import Float64, Int32
from safetensors import safe_open

from less3d.data.dataset import Annotated, Scans
from less3d.data.scannet import common_names
from less3d.data.scannet_classes import LABELS_FILE, ScanNetClasses
from less3d.errors import InputError
from less3d.io.files import read_bytes, replacing, require_file, sha256_of
from less3d.referral import Masks
from less3d.scan import Scan

INDEX = "prepared.json"
VERSION = 1
PARTS = ("scans", "masks", "labels")

_ABOUT = "about"


@dataclass(frozen=True, eq=False)
class Labels:
    """What annotators said of a scan beyond masks; for systems that learn from it, and for tables by class."""

    instances: Int32[np.ndarray, "N"]
    """Object of each point, -1 for none."""
    semantics: Int32[np.ndarray, "N"] | None
    """NYU40 class of each point, 0 for none; None when the source had no list of classes."""
    classes: Mapping[int, str]
    """Class of each object, in the source's own words."""


@dataclass(frozen=True)
class Prepared(Scans):
    """A folder of prepared scans; every file is checked against its hash before it is used.

    Args:
        root: the folder.

    Raises:
        InputError: when preparation was not finished, or a file is missing or damaged.
    """

    root: Path

    @cached_property
    def index(self) -> dict[str, Any]:
        """What prepared.json says."""
        return _read_index(self.root / INDEX)

    def list_names(self) -> tuple[str, ...]:
        """Names of all scans."""
        return tuple(self.index["scans"])

    def split(self, name: str) -> tuple[str, ...]:
        """The scans of an official split that are here.

        Raises:
            InputError: when the split is not known.
        """
        known = self.index["splits"]
        if name not in known:
            raise InputError(f"{self.root}: expected a split ({', '.join(known) or 'none is known'}), got {name!r}")
        here = set(self.names)
        return tuple(scan for scan in known[name] if scan in here)

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, points and colors alone, and the masks of its objects."""
        with self._open("scans", scan) as file:
            read = Scan(points=file.get_tensor("points"), colors=file.get_tensor("colors"))
        with self._open("masks", scan) as file:
            ids, ends, rows = (file.get_tensor(name) for name in ("ids", "ends", "rows"))
        members = np.split(rows, ends[:-1]) if len(ids) else []
        return read, Masks(dict(zip(ids.tolist(), members, strict=True)), len(read))

    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels; classes are those of NYU40 where the official table is here."""
        read, masks = self.load(scan)
        said = self.labels(scan)
        if not said.classes:
            raise InputError(f"{self.root}: expected annotated objects of scan {scan}, got none")
        return Annotated(read, masks, common_names(said.classes, self.classes))

    @cached_property
    def classes(self) -> ScanNetClasses | None:
        """What the official table of class names says, where the source had it."""
        path = self.root / LABELS_FILE
        return ScanNetClasses.read(path) if path.exists() else None

    def superpoints(self, scan: str) -> Int32[np.ndarray, "N"] | None:
        """The over-segment of each point, where the source had them: geometry, no annotation."""
        with self._open("scans", scan) as file:
            return _tensor(file, "superpoints")

    def alignment(self, scan: str) -> Float64[np.ndarray, "4 4"]:
        """The rigid transform that was applied to the file's coordinates; its inverse gives them back."""
        with self._open("scans", scan) as file:
            return np.array(json.loads(file.metadata()[_ABOUT])["alignment"])

    def labels(self, scan: str) -> Labels:
        """What annotators said of a scan."""
        with self._open("labels", scan) as file:
            classes = json.loads(file.metadata()[_ABOUT])["classes"]
            named = {int(key): name for key, name in classes.items()}
            return Labels(file.get_tensor("instances"), _tensor(file, "semantics"), named)

    def _open(self, part: str, scan: str) -> Any:
        """A file, mapped into memory, after its hash was checked."""
        if scan not in self.index["scans"]:
            raise InputError(f"{self.root}: no scan {scan!r} was prepared")
        path = file_of(self.root, part, scan)
        require_file(path)
        if sha256_of(path) != self.index["scans"][scan][part]:
            raise InputError(
                f"{path}: damaged since it was prepared: run `less3d data prepare` again, it makes this file anew"
            )
        return safe_open(path, framework="np")


def file_of(root: Path, part: str, scan: str) -> Path:
    """Where a part of a scan is."""
    return root / part / f"{scan}.safetensors"


def record_of(root: Path, scan: str) -> Path:
    """Where a scan's record is."""
    return root / "records" / f"{scan}.json"


def write_scan_files(
    root: Path,
    name: str,
    *,
    scan: Scan,
    masks: Masks,
    superpoints: Int32[np.ndarray, "N"] | None,
    alignment: Float64[np.ndarray, "4 4"],
) -> dict[str, str]:
    """Write the three files of a scan, the same bytes for the same scan; returns their hashes by part."""
    ids = sorted(masks.members)
    rows = [masks.members[key] for key in ids]
    instances = np.full(len(scan), -1, np.int32) if scan.instances is None else scan.instances
    over = {} if superpoints is None else {"superpoints": superpoints}
    classes = {} if scan.semantics is None else {"semantics": scan.semantics}
    files = {
        "scans": ({"points": scan.points, "colors": scan.colors, **over}, {"alignment": alignment.tolist()}),
        "masks": (
            {
                "ids": np.array(ids, np.int32),
                "ends": np.cumsum([len(members) for members in rows], dtype=np.int64),
                "rows": np.concatenate([np.zeros(0, np.int32), *rows]).astype(np.int32),
            },
            {},
        ),
        "labels": (
            {"instances": instances, **classes},
            {"classes": {str(key): value for key, value in sorted((scan.labels or {}).items())}},
        ),
    }
    hashes = {}
    for part, (arrays, about) in files.items():
        data = pack(arrays, about)
        with replacing(file_of(root, part, name)) as stream:
            stream.write(data)
        hashes[part] = sha256(data).hexdigest()
    return hashes


def pack(arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> bytes:
    """A safetensors file. What is said about the arrays is one text: safetensors orders several of them at random."""
    contiguous = {name: np.ascontiguousarray(values) for name, values in sorted(arrays.items())}
    return safetensors.numpy.save(contiguous, {_ABOUT: json.dumps(about, sort_keys=True)})


def _tensor(file: Any, name: str) -> np.ndarray | None:
    return file.get_tensor(name) if name in file.keys() else None  # noqa: SIM118


def _read_index(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise InputError(f"{path}: no such file: preparation was not finished, run `less3d data prepare` again")
    try:
        index = json.loads(read_bytes(path))
        if index["version"] != VERSION:
            raise InputError(f"{path}: prepared by another version of less3d: run `less3d data prepare` again")
        complete = all(isinstance(hashes[part], str) for hashes in index["scans"].values() for part in PARTS)
        if not complete or not isinstance(index["splits"], dict):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: damaged: run `less3d data prepare` again") from error
    return index
