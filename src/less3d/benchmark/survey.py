"""What is looked at before anything is trained: every scan, and what reads the sentences. What is missing, or is not
what it was when a comparison began, is better found before hours of training."""

from dataclasses import dataclass
from hashlib import sha256

from less3d.benchmark.comparison import Comparison, Watch
from less3d.training.evaluate import fingerprint


@dataclass(frozen=True)
class Survey:
    """What was found."""

    objects: dict[str, int]
    """The annotated objects of each scan that is learned from; none where no system has two stages."""
    hashes: dict[str, str]
    """Of the scans and what sentences mean there, of full labels where systems need them, and of each text encoder that
    stays as it is."""


def look_over(comparison: Comparison, watch: Watch) -> Survey:
    """Look at all that a comparison reads.

    Raises:
        InputError: when text encoders are not there, scans are damaged, or lack the labels that are needed.
    """
    readers = {f"the text encoder {name}": found for name, found in comparison.plan.readers.items()}
    labelled = any(system.first is not None for system, _ in comparison.plan.planned)
    places = [(comparison.data, scan) for scan in comparison.data.scans]
    places += [(comparison.test, scan) for scan in comparison.scored]
    objects: dict[str, int] = {}
    seen, labels = sha256(), sha256()
    for number, (data, scan) in enumerate(places, start=1):
        seen.update(fingerprint(*data.load(scan)).encode())
        if labelled:
            full = data.annotated(scan)
            labels.update(repr(sorted(full.classes.items())).encode())
            for key, rows in sorted(full.masks.members.items()):
                labels.update(f" {key} ".encode() + rows.tobytes())
            if number <= len(comparison.data.scans):
                objects[scan] = len(full.masks.members)
        watch("looking at scans", number, len(places))
    hashes = {"scans": seen.hexdigest()} | ({"labels": labels.hexdigest()} if labelled else {})
    return Survey(objects, hashes | readers)
