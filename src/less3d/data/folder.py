"""A data set on disk: a folder of scans and one JSON Lines file of sentences about them.

    rooms/
      scans/room_00000.npz ...     (or the scans beside the file; any format `less3d.io` reads)
      sentences.jsonl              {"scan": "room_00000", "target_id": 7, "sentence": "the brown chair", ...}

`target_id` is an instance id of the scan. `label`, `unique`, `kind` and `source` are optional; when `unique` is absent
it follows from the scan's own labels by ScanRefer's rule.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from less3d.errors import InputError
from less3d.io import SUPPORTED, read_scan
from less3d.referral import Referral, Sample
from less3d.scan import Scan

SENTENCES = "sentences.jsonl"


@dataclass(frozen=True)
class Folder:
    """A data set: `scans` names, the sentences about each, and the scans themselves, read when asked for.

    Raises:
        InputError: when the folder, its sentences or a scan that they name is missing or malformed.
    """

    root: Path

    @cached_property
    def referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences of each scan, in the file's order."""
        path = self.root / SENTENCES
        if not path.is_file():
            raise InputError(f"a data set needs a file {SENTENCES}, got none in {self.root}")
        found: dict[str, list[Referral]] = {}
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    referral = _referral(line, f"{path}, line {number}")
                    found.setdefault(referral.scan, []).append(referral)
        return {scan: tuple(rows) for scan, rows in found.items()}

    @cached_property
    def scans(self) -> tuple[str, ...]:
        """Names of the scans that have sentences, sorted."""
        return tuple(sorted(self.referrals))

    def path(self, scan: str) -> Path:
        """Where a scan's file is."""
        for folder in (self.root / "scans", self.root):
            for suffix in SUPPORTED:
                if (found := folder / f"{scan}{suffix}").is_file():
                    return found
        raise InputError(f"{self.root}: sentences name scan {scan!r}, but no file {scan}.* is there")

    def read(self, scan: str) -> Scan:
        """One scan, with its instance ids."""
        path = self.path(scan)
        read = read_scan(path)
        if read.instances is None:
            raise InputError(f"{path}: sentences need a scan with instance ids, got none")
        return read

    def samples(self, scan: str) -> list[Sample]:
        """Every sentence of one scan with its mask.

        Raises:
            InputError: when a sentence is about an instance that the scan has not.
        """
        read, referrals = self.read(scan), self.referrals[scan]
        assert read.instances is not None
        if missing := {referral.target for referral in referrals} - set(np.unique(read.instances).tolist()):
            raise InputError(
                f"{self.root / SENTENCES}: expected target_id to be an instance of its scan, got {min(missing)} for "
                f"{scan}, which has no point of it"
            )
        return make_samples(read, referrals)

    def __iter__(self) -> Iterator[list[Sample]]:
        return (self.samples(scan) for scan in self.scans)

    def __len__(self) -> int:
        return len(self.scans)


@dataclass(frozen=True)
class Folders:
    """Several data sets as one; the scans of part i are named "i/name"."""

    parts: tuple[Folder, ...]

    @cached_property
    def referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences of each scan."""
        return {f"{i}/{scan}": rows for i, part in enumerate(self.parts) for scan, rows in part.referrals.items()}

    @cached_property
    def scans(self) -> tuple[str, ...]:
        """Names of all scans, part after part."""
        return tuple(f"{i}/{scan}" for i, part in enumerate(self.parts) for scan in part.scans)

    def read(self, scan: str) -> Scan:
        """One scan, with its instance ids."""
        part, _, name = scan.partition("/")
        return self.parts[int(part)].read(name)


def make_samples(scan: Scan, referrals: Sequence[Referral]) -> list[Sample]:
    """Join a scan and sentences about its instances; sentences whose target has no point left are dropped."""
    if scan.instances is None:
        raise InputError("sentences need a scan with instance ids, got none")
    samples = []
    for referral in referrals:
        mask = scan.instances == referral.target
        if mask.any():
            samples.append(Sample(scan, replace(referral, unique=_unique(scan, referral)), mask))
    return samples


def _unique(scan: Scan, referral: Referral) -> bool | None:
    """ScanRefer's split: is the target the only object of its class? What the file says comes first."""
    if referral.unique is not None or scan.labels is None or referral.target not in scan.labels:
        return referral.unique
    return list(scan.labels.values()).count(scan.labels[referral.target]) == 1


def _referral(line: str, place: str) -> Referral:
    try:
        row = json.loads(line)
        return Referral(
            scan=str(row["scan"]),
            sentence=str(row["sentence"]),
            target=int(row["target_id"]),
            label=str(row.get("label", "")),
            unique=row.get("unique"),
            kind=str(row.get("kind", "")),
            source=str(row.get("source", "")),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        fields = "scan, target_id and sentence"
        raise InputError(
            f"{place}: expected a JSON object with {fields}, got {line.strip()[:80]!r} ({error})"
        ) from None
