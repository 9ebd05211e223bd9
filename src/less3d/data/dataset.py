"""What training and evaluation read: scans, sentences about them, and the masks of what is described.

A data set gives each scan together with the masks of what its sentences are about: all that LESS learns from. ScanNet's
scans come without labels; those of a folder of your own as their files have them, and training passes on points, colors
and masks alone. Full labels, which systems of two stages need, are asked for by another name: `annotated`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from less3d.errors import InputError
from less3d.referral import Masks, Referral, Sample, targets_of
from less3d.scan import Scan


@dataclass(frozen=True, eq=False)
class Annotated:
    """A scan with full labels: what systems of two stages learn from, and LESS never reads."""

    scan: Scan
    """Points and colors."""
    masks: Masks
    """Every annotated object, whether a sentence is about it or not."""
    classes: Mapping[int, str]
    """The class of each object."""


class Scans(ABC):
    """Where annotated scans come from: ScanNet as it was downloaded, or scans that were prepared."""

    @abstractmethod
    def list_names(self) -> Sequence[str]:
        """Names of all scans."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all scans, sorted."""
        return tuple(sorted(self.list_names()))

    @abstractmethod
    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, and the points of each object in it.

        Raises:
            InputError: when its files are missing or damaged.
        """

    @abstractmethod
    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels.

        Raises:
            InputError: when it has none, or its files are missing or damaged.
        """


class Dataset(ABC):
    """Scans and sentences about them. Another process that is given one reads the sentences itself."""

    def __getstate__(self) -> dict[str, Any]:
        """Without what was read: it takes longer to send than to read."""
        read = {name for name in vars(self) if isinstance(getattr(type(self), name, None), cached_property)}
        return {name: value for name, value in vars(self).items() if name not in read}

    @abstractmethod
    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences about each scan, in their file's order."""

    @cached_property
    def referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences about each scan, read once."""
        return self.read_referrals()

    @cached_property
    def scans(self) -> tuple[str, ...]:
        """Names of the scans that have sentences, sorted."""
        return tuple(sorted(self.referrals))

    @property
    def fingerprint(self) -> str:
        """A hash of every sentence and what it means, wherever its file is."""
        found = sha256()
        for scan in self.scans:
            for row in self.referrals[scan]:
                found.update(repr(replace(row, record="")).encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    @abstractmethod
    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, with the masks of all that its sentences are about.

        Raises:
            InputError: when files are missing or damaged, or a sentence is about an object that the scan has not.
        """

    @abstractmethod
    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels.

        Raises:
            InputError: when it has none, or its files are missing or damaged.
        """


@dataclass(frozen=True)
class Referred(Dataset):
    """Annotated scans, and sentences from elsewhere about their objects, as ScanRefer's about ScanNet.

    Raises:
        InputError: when there is no sentence, or sentences are about scans that are not there.
    """

    source: Scans
    sentences: tuple[Referral, ...]

    def __post_init__(self) -> None:
        """Refuse sentences about other scans."""
        if not self.sentences:
            raise InputError("expected sentences about the scans, got none")
        known = set(self.source.names)
        if unknown := sorted(set(self.referrals) - known):
            first = next(row for row in self.sentences if row.scan == unknown[0])
            others = f", nor are {len(unknown) - 1} others" if len(unknown) > 1 else ""
            raise InputError(
                f"{first.record or 'a sentence'} is about scan {unknown[0]!r}, which is not among the {len(known)} "
                f"scans given{others}: give their scans too, or choose sentences by --split"
            )

    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences about each scan, in their file's order."""
        return by_scan(self.sentences)

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, with the masks of what its sentences are about."""
        read, masks = self.source.load(scan)
        return read, described(masks, self.referrals[scan])

    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels."""
        return self.source.annotated(scan)


@dataclass(frozen=True)
class Joined(Dataset):
    """Several data sets as one; the scans of part i are named "i/name"."""

    parts: tuple[Dataset, ...]

    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences of each scan."""
        return {f"{i}/{scan}": rows for i, part in enumerate(self.parts) for scan, rows in part.referrals.items()}

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, with its masks."""
        part, _, name = scan.partition("/")
        return self.parts[int(part)].load(name)

    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels."""
        part, _, name = scan.partition("/")
        return self.parts[int(part)].annotated(name)


def by_scan(referrals: Sequence[Referral]) -> dict[str, tuple[Referral, ...]]:
    """The sentences about each scan, in their order."""
    found: dict[str, list[Referral]] = {}
    for referral in referrals:
        found.setdefault(referral.scan, []).append(referral)
    return {scan: tuple(rows) for scan, rows in found.items()}


def described(masks: Masks, referrals: Sequence[Referral]) -> Masks:
    """The masks of what sentences are about, and no others.

    Raises:
        InputError: when a sentence is about an object without a point in its scan.
    """
    for referral in referrals:
        for target in referral.targets:
            if not masks.has((target,)):
                what = f"object {target} has" if target >= 0 else "the mask or box marks"
                place = referral.record or repr(referral.sentence)
                raise InputError(f"{place}: {what} no point of scan {referral.scan}")
    return masks.only(targets_of(referrals))


def with_splits(scan: Scan, referrals: Sequence[Referral]) -> list[Referral]:
    """Sentences with class and ScanRefer's split, from the scan's own labels where they do not say them themselves."""
    return [_with_labels(scan, referral) for referral in referrals]


def make_samples(scan: Scan, masks: Masks, referrals: Sequence[Referral]) -> list[Sample]:
    """Join a scan and sentences about it; a sentence whose objects have no point left is dropped."""
    samples = []
    for referral in referrals:
        there = [target for target in referral.targets if masks.has((target,))]
        if there or not referral.targets:
            samples.append(Sample(scan, _with_labels(scan, referral), masks.mask(there)))
    return samples


def _with_labels(scan: Scan, referral: Referral) -> Referral:
    """The sentence with class and ScanRefer's split, from the scan's own labels where it does not say them itself."""
    label = (scan.labels or {}).get(referral.targets[0]) if len(referral.targets) == 1 else None
    if label is None:
        return referral
    unique = list((scan.labels or {}).values()).count(label) == 1 if referral.unique is None else referral.unique
    return replace(referral, label=referral.label or label, unique=unique)
