"""The folder of results that one sentence gets: whole, or not there."""

import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from less3d.draw import tint
from less3d.errors import InputError
from less3d.io import write_result
from less3d.referral import Prediction
from less3d.scan import Scan

if TYPE_CHECKING:
    import PIL.Image

MASK, SCAN, PICTURE = "mask.npy", "scan.ply", "picture.png"
RECORD = "result.json"
"""The file that tells a folder of results from other folders."""

_LONGEST_NAME = 60


@dataclass(frozen=True, eq=False)
class Answer:
    """All that is known about one sentence."""

    prediction: Prediction
    image: "PIL.Image.Image"
    record: dict[str, Any]
    """What result.json says."""


def folder_names(sentences: Sequence[str]) -> list[str]:
    """A name for each sentence's folder, such as "01-the-brown-chair-next-to-the-window"."""
    digits = max(2, len(str(len(sentences))))
    return [f"{number:0{digits}}-{_slug(sentence)}" for number, sentence in enumerate(sentences, start=1)]


def require_replaceable(folder: Path) -> None:
    """Refuse to write where something stands that is not an earlier result alone; hidden files do not count.

    Raises:
        InputError: when `folder` or a folder above it is a file, or it holds other things.
    """
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise InputError(f"{place}: expected a folder to write results in, got a file")
    names = {path.name for path in folder.glob("[!.]*")}
    if names and RECORD not in names:
        raise InputError(f"{folder}: this folder is there already and holds no result: choose another with -o")
    if others := sorted(names - {MASK, SCAN, PICTURE, RECORD}):
        raise InputError(f"{folder}: an earlier result with {others[0]} in it: move that, or choose another with -o")


def write_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write files into a new folder that becomes `folder` when it is done, in place of an earlier result.

    Raises:
        InputError: when it cannot be written.
    """
    require_replaceable(folder)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        partial.mkdir(parents=True)
        fill(partial)
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror})") from error
    finally:
        if old.exists() and not folder.exists():  # stopped between the two renames
            old.rename(folder)
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_results(folder: Path, answer: Answer, *, source: Path, scan: Scan) -> None:
    """Write mask.npy, scan.ply, picture.png and result.json into a folder.

    The mask is of all points of the file, the scan's points are those that were asked: fewer, if it was thinned.

    Args:
        folder: an empty folder.
        answer: what to write.
        source: the file that `scan` was read from.
        scan: the scan that was asked.
    """
    mask = answer.prediction.mask
    np.save(folder / MASK, scan.on_file(mask))
    write_result(source, scan, tint(scan.colors, mask), answer.prediction.scores, folder / SCAN)
    answer.image.save(folder / PICTURE)
    (folder / RECORD).write_text(json.dumps(answer.record, indent=1) + "\n", encoding="utf-8")


def _slug(sentence: str) -> str:
    """The sentence's words in plain letters, joined by hyphens and cut at a word."""
    plain = unicodedata.normalize("NFKD", sentence).encode("ascii", "ignore").decode().lower().replace("'", "")
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(slug) > _LONGEST_NAME:
        slug = slug[: _LONGEST_NAME + 1].rpartition("-")[0] or slug[:_LONGEST_NAME]
    return slug or "sentence"
