"""A few sentences about real scans, and every class of one asked for by its name; on demand a picture of each answer.

The scans may not be redistributed, nor may their sentences and pictures: results name neither.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from jaxtyping import Bool
from rich.progress import track

from less3d.data.sentences import class_words
from less3d.draw import choose_view, picture
from less3d.io import read_scan
from less3d.metrics import iou
from less3d.predict import Segmenter
from less3d.referral import Prediction
from less3d.scan import Scan

BY_CLASS = "scannet_scene0470_00"
UNLABELLED = "7scenes_tsdf_fusion_demo_fused.ply"
UNLABELLED_SENTENCES = (
    "the wooden table",
    "the book on the table",
    "the chair between the table and the red cabinets",
    "the window",
    "the black chair in front of the table",
)
"""Said of a scan that lies as its camera had it: its floor is found first, as `--up auto` does."""

Draw = Callable[[str, Scan, Prediction, Bool[np.ndarray, "N"] | None], None]
"""Takes the scan's name, the scan, the answer, and the mask of what is meant, where that is known."""


def score_real(segmenter: Segmenter, folder: Path, draw: Draw | None) -> dict[str, Any]:
    """IoU of each sentence about the real scans, and of each labelled object of one asked by its class alone.

    Args:
        segmenter: what answers.
        folder: the scans, and sentences.jsonl.
        draw: told every answer, and some to an unlabelled scan that are not scored.
    """
    rows = [json.loads(line) for line in (folder / "sentences.jsonl").read_text(encoding="utf-8").splitlines()]
    by_sentence, by_class = [], []
    for name in track(list(dict.fromkeys(row["scan"] for row in rows)), "real scans"):
        scan = read_scan(next(iter(folder.glob(f"{name}*.npz"))))
        segmenter.set_scan(scan)
        by_sentence += [_asked(segmenter, name, scan, row, draw) for row in rows if row["scan"] == name]
        if name == BY_CLASS:
            labels = sorted(set((scan.labels or {}).values()))
            by_class = [_asked_by_class(segmenter, name, scan, label, draw) for label in labels]
    if draw is not None:
        scan = read_scan(folder / UNLABELLED, up="auto")
        segmenter.set_scan(scan)
        for sentence in track(UNLABELLED_SENTENCES, "unlabelled"):
            draw(Path(UNLABELLED).stem, scan, segmenter.segment(sentence), None)
    ious = np.array([row["iou"] for row in by_sentence])
    return {
        "miou": float(ious.mean()),
        "acc_25": float((ious > 0.25).mean()),
        "acc_50": float((ious > 0.5).mean()),
        "sentences": by_sentence,
        "scene0470_00_by_class_name": by_class,
        "scene0470_00_mean_best_iou": float(np.mean([row["best_iou"] for row in by_class])),
    }


def _asked(segmenter: Segmenter, name: str, scan: Scan, row: dict[str, Any], draw: Draw | None) -> dict[str, Any]:
    """The score of one sentence, without the sentence."""
    found, true = segmenter.segment(row["sentence"]), scan.instances == row["target_id"]
    if draw is not None:
        draw(name, scan, found, true)
    return {
        "scan": name,
        "target_id": row["target_id"],
        "iou": iou(found.mask, true),
        "confidence": found.confidence,
        "points": int(found.mask.sum()),
    }


def _asked_by_class(segmenter: Segmenter, name: str, scan: Scan, label: str, draw: Draw | None) -> dict[str, Any]:
    """The IoU of each object of a class with the one answer to the class's name."""
    found = segmenter.segment(class_words(label))
    objects = [scan.instances == key for key, value in (scan.labels or {}).items() if value == label]
    ious = [iou(found.mask, true) for true in objects]
    if draw is not None:
        draw(name, scan, found, objects[int(np.argmax(ious))])
    return {"label": label, "ious": ious, "best_iou": max(ious), "confidence": found.confidence}


def draw_into(folder: Path) -> Draw:
    """What draws each answer into a folder, beside the object that is meant, from one place."""
    folder.mkdir(parents=True, exist_ok=True)

    def draw(name: str, scan: Scan, found: Prediction, true: Bool[np.ndarray, "N"] | None) -> None:
        view = choose_view(scan.points, found.mask if true is None else found.mask | true)
        answered = f"{found.sentence} (confidence {found.confidence:.2f})"
        parts = [picture(scan, found.mask, answered, view=view)]
        if true is not None:
            parts.append(picture(scan, true, f"what is meant (IoU {iou(found.mask, true):.2f})", view=view))
        words = re.sub(r"[^a-z0-9]+", "-", found.sentence.lower())[:80].strip("-")
        _beside(parts).save(folder / f"{name}_{words}.png")

    return draw


def _beside(parts: list[PIL.Image.Image]) -> PIL.Image.Image:
    """Pictures side by side on white."""
    canvas = PIL.Image.new("RGB", (sum(part.width for part in parts), max(part.height for part in parts)), "white")
    left = 0
    for part in parts:
        canvas.paste(part, (left, 0))
        left += part.width
    return canvas
