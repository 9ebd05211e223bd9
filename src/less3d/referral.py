"""What is asked of a scan, and what is answered: `Referral`, `Masks`, `Sample`, `Prediction`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32, Integer

from less3d.errors import InputError
from less3d.scan import NO_INSTANCE, Scan


@dataclass(frozen=True)
class Referral:
    """One referring expression and the objects it means: one, as a rule, but none or several in Multi3DRefer.

    `targets` are ids of objects in the `Masks` of the scan. `unique` is ScanRefer's split: True when the target is the
    only object of its class in the scan, False when there are look-alikes, None when not known. `tags` name the groups
    that a score is also wanted of, such as what tells the target apart ("color"), or Nr3D's "hard". `record` says which
    record of which file it was read from, in words for people.
    """

    scan: str
    sentence: str
    targets: tuple[int, ...]
    label: str = ""
    unique: bool | None = None
    tags: tuple[str, ...] = ()
    source: str = ""
    record: str = ""


def targets_of(referrals: Iterable[Referral]) -> set[int]:
    """All objects that some sentences about one scan are about."""
    return {target for referral in referrals for target in referral.targets}


@dataclass(frozen=True, eq=False)
class Masks:
    """Which of a scan's N points are of which described object: all the supervision LESS reads.

    `members` are the rows of each object's points, ascending. Objects may share points, and may have none.
    """

    members: Mapping[int, Int32[np.ndarray, "_"]]
    size: int
    """N."""

    @classmethod
    def of_instances(cls, instances: Integer[np.ndarray, "N"]) -> "Masks":
        """Every instance of a scan as an object; -1 stands for none."""
        order = np.argsort(instances, kind="stable").astype(np.int32)
        ids, starts = np.unique(instances[order], return_index=True)
        parts = np.split(order, starts[1:])
        members = {int(key): rows for key, rows in zip(ids, parts, strict=True) if key != NO_INSTANCE}
        return cls(members, len(instances))

    def mask(self, targets: Sequence[int]) -> Bool[np.ndarray, "N"]:
        """The points of several objects; none, of none.

        Raises:
            KeyError: when one of them is not known.
        """
        mask = np.zeros(self.size, dtype=bool)
        for target in targets:
            mask[self.members[target]] = True
        return mask

    def take(self, rows: Integer[np.ndarray, "K"]) -> "Masks":
        """The masks over some of the points, each given at most once, in their new order."""
        place = np.full(self.size, -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        moved = {key: place[members] for key, members in self.members.items()}
        return Masks({key: np.sort(new[new >= 0]) for key, new in moved.items()}, len(rows))

    def only(self, targets: Iterable[int]) -> "Masks":
        """The masks of these objects, where they are known."""
        wanted = set(targets)
        return Masks({key: rows for key, rows in self.members.items() if key in wanted}, self.size)

    def has(self, targets: Sequence[int]) -> bool:
        """Whether each of these objects has a point."""
        return all(len(self.members.get(target, ())) > 0 for target in targets)


@dataclass(frozen=True, eq=False)
class Sample:
    """A scan, a sentence about it, and the mask of the described objects."""

    scan: Scan
    referral: Referral
    mask: Bool[np.ndarray, "N"]

    def __post_init__(self) -> None:
        """Refuse a mask that is not one value per point."""
        if self.mask.shape != (len(self.scan),):
            raise InputError(f"a mask needs shape ({len(self.scan)},), got {self.mask.shape}")


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer to one sentence, on the scan's own points in their own order.

    `scores` are per-point probabilities in 0..1; `confidence` is the probability in 0..1 that the answer is right: that
    `mask` has an IoU of at least .5 with what the sentence means or, when it is empty, that nothing in the scan is
    meant. It is as good as the model's calibration.
    """

    sentence: str
    mask: Bool[np.ndarray, "N"]
    scores: Float32[np.ndarray, "N"]
    confidence: float

    @property
    def found(self) -> bool:
        """Whether the object was found; False says that it is not there."""
        return bool(self.mask.any())
