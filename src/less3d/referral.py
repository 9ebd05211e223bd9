"""What is asked of a scan, and what is answered: `Referral`, `Sample`, `Prediction`."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from less3d.errors import InputError
from less3d.scan import Scan


@dataclass(frozen=True)
class Referral:
    """One referring expression and the object it means.

    `unique` is ScanRefer's split: True when the target is the only object of its class in the scan, False when there
    are look-alikes, None when not known. `kind` names what tells the target apart ("class", "color", "closest", ...).
    """

    scan: str
    sentence: str
    target: int
    label: str = ""
    unique: bool | None = None
    kind: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class Sample:
    """A scan, a sentence about it, and the mask of the described object: all the supervision LESS reads."""

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

    `scores` are per-point probabilities in 0..1; `confidence` is the model's belief in 0..1 that `mask` is the object
    the sentence means, 0 for an empty one.
    """

    sentence: str
    mask: Bool[np.ndarray, "N"]
    scores: Float32[np.ndarray, "N"]
    confidence: float
