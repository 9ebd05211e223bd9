"""Portions of a data set, for scores against the effort of labelling: a mask or a few in every scan, or full labels of
some scans. What one costs is what the LESS paper says that labelling takes."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from less3d.data.dataset import Annotated, Dataset
from less3d.referral import Masks, Referral, targets_of
from less3d.scan import Scan

MASK_MINUTES, SCAN_MINUTES = 2.0, 20.0
"""What labelling takes by the LESS paper: at most 2 minutes a mask, at least 20 minutes a scan with instances and
classes."""


@dataclass(frozen=True)
class Portion:
    """Which part of a data set is labelled; the default: all of it."""

    scans: float = 1.0
    """Share of the scans."""
    objects: int | None = None
    """At most so many of the described objects of each; None: all."""

    @property
    def title(self) -> str:
        """In words; nothing for all."""
        if self.objects is not None:
            return f"{self.objects} mask{'' if self.objects == 1 else 's'} a scan"
        return "" if self.scans == 1.0 else f"{self.scans:.0%} of the scans"

    def of(self, data: Dataset) -> Dataset:
        """The scans of a portion with the sentences that are about its objects alone.

        Scans and objects are drawn once and for all: those of a smaller portion are among those of a larger one. At
        least one scan is kept.
        """
        if self == Portion():
            return data
        order = np.random.default_rng(0).permutation(len(data.scans))
        chosen = sorted(order[: max(1, round(self.scans * len(data.scans)))])
        kept = {scan: self._sentences(scan, data.referrals[scan]) for scan in (data.scans[row] for row in chosen)}
        return Part(data, {scan: rows for scan, rows in kept.items() if rows})

    def _sentences(self, scan: str, referrals: tuple[Referral, ...]) -> tuple[Referral, ...]:
        if self.objects is None:
            return referrals
        described = sorted(targets_of(referrals))
        order = np.random.default_rng(zlib.crc32(scan.encode())).permutation(described)
        chosen = set(order[: self.objects].tolist())
        return tuple(row for row in referrals if row.targets and chosen.issuperset(row.targets))


EVERYTHING = Portion()
BY_MASKS = (Portion(objects=1), Portion(objects=3), EVERYTHING)
"""Of systems that learn from masks; the first two take as long to label as those of `BY_SCANS`."""
BY_SCANS = (Portion(scans=0.1), Portion(scans=0.3), EVERYTHING)
"""Of systems that learn from full labels."""


@dataclass(frozen=True, eq=False)
class Part(Dataset):
    """Some sentences of a data set, and the masks of what they are about."""

    whole: Dataset
    kept: Mapping[str, tuple[Referral, ...]]
    """The sentences of each scan."""

    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences that are kept."""
        return dict(self.kept)

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, with the masks of all that its sentences are about."""
        read, masks = self.whole.load(scan)
        return read, masks.only(targets_of(self.kept[scan]))

    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels."""
        return self.whole.annotated(scan)


def mask_cost(data: Dataset) -> tuple[int, float]:
    """The objects of a data set that a sentence is about, and the minutes that painting them takes."""
    described = sum(len(targets_of(rows)) for rows in data.referrals.values())
    return described, MASK_MINUTES * described


def full_cost(data: Dataset, objects: Mapping[str, int]) -> tuple[int, float]:
    """All objects of a data set, and the minutes that labelling its scans in full takes.

    Args:
        data: what is learned from.
        objects: how many each scan has.
    """
    return sum(objects[scan] for scan in data.scans), SCAN_MINUTES * len(data.scans)
