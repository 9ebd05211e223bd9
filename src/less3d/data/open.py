"""One way to every data set: what a folder holds is seen from its files."""

import warnings
from collections.abc import Sequence
from pathlib import Path

from less3d.data.dataset import Dataset, Joined, Referred
from less3d.data.folder import SENTENCES, Folder
from less3d.data.prepared import INDEX, Prepared
from less3d.data.referring import read_referrals
from less3d.data.referring.scanrefer import SOURCE as SCANREFER
from less3d.data.scannet import ScanNet
from less3d.data.scannet_classes import LABELS_FILE
from less3d.errors import InputError, InputWarning


def open_dataset(root: Path, *, sentences: Path | None = None, split: str | None = None) -> Dataset:
    """Open a data set: a folder of your own, prepared scans, or ScanNet as it was downloaded.

    Args:
        root: the folder.
        sentences: the file of sentences: of ScanRefer, Nr3D, Sr3D or Multi3DRefer for ScanNet's scans; of the form of
            sentences.jsonl for a folder of your own, whose sentences.jsonl is read by default.
        split: only the sentences about scans of this official ScanNet split: train, val or test.

    Raises:
        InputError: when the folder is none of these, the file of sentences is missing or wrong, or the split unknown.
    """
    if not root.is_dir():
        raise InputError(f"{root}: expected a folder with a data set, got {'a file' if root.exists() else 'nothing'}")
    if (root / SENTENCES).is_file() or (sentences is not None and sentences.suffix == ".jsonl"):
        if split is not None:
            raise InputError(f"{root}: a folder of your own has no official splits: leave --split out")
        return Folder(root, sentences)
    prepared = (root / INDEX).exists() or (root / "records").is_dir()
    source = Prepared(root) if prepared else ScanNet(root)
    if not prepared and not source.names:
        raise InputError(
            f"{root}: expected a folder with {SENTENCES}, or scans that `less3d data prepare` made, or ScanNet's "
            "folders of scans (scans/scene0000_00/...), got none of them"
        )
    if sentences is None:
        raise InputError(
            f"{root}: scans without sentences: name their file, as in --sentences ScanRefer_filtered_val.json"
        )
    classes = source.classes
    referrals = read_referrals(sentences, classes=classes)
    if not referrals:
        raise InputError(f"{sentences}: expected sentences that name the class of their object, got none that does")
    if classes is None and referrals[0].source == SCANREFER:
        warnings.warn(
            f"{root}: has no {LABELS_FILE}, so which sentences are unique and which multiple is not known; "
            "ScanNet's download has it",
            InputWarning,
            stacklevel=2,
        )
    if split is not None:
        wanted = set(source.split(split))
        referrals = tuple(referral for referral in referrals if referral.scan in wanted)
        if not referrals:
            raise InputError(f"{sentences}: expected sentences about scans of the {split} split, got none")
    return Referred(source, referrals)


def open_datasets(roots: Sequence[Path], *, sentences: Sequence[Path] = (), split: str | None = None) -> Dataset:
    """Open one or several data sets as one.

    Args:
        roots: their folders, one at least.
        sentences: none, or a file for each folder; see `open_dataset`.
        split: see `open_dataset`.

    Raises:
        InputError: as `open_dataset` does, or when there are files for some folders only.
    """
    if len(sentences) not in (0, len(roots)):
        raise InputError(f"expected a file of sentences for each of {len(roots)} data folders, got {len(sentences)}")
    files = sentences or (None,) * len(roots)
    parts = tuple(open_dataset(root, sentences=file, split=split) for root, file in zip(roots, files, strict=True))
    return parts[0] if len(parts) == 1 else Joined(parts)
