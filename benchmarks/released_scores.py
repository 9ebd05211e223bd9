"""Score a weight file where its model card says so: unseen rooms, and, where they are at hand, layouts and real scans.

    python benchmarks/released_scores.py rooms/test -o benchmarks/results/released_scores.json

Each set is asked four times: the full sentences; the class word alone ("the chair"); the full sentences of other
objects of the same scan, whose score says how much a mask is worth that has nothing to do with the sentence; and as
many sentences of other scans about classes that nobody names in this one, to which the right answer is that nothing is
meant. What the full sentence adds to the class word, on sentences with look-alikes, is what was read and not guessed
from the noun.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from provenance import provenance
from rich.progress import track

from less3d.data.absent import absence_f1, borrowed
from less3d.data.folder import Folder
from less3d.data.sentences import class_words
from less3d.io import read_scan
from less3d.metrics import SentenceScore, iou, summarize
from less3d.models import Referrer
from less3d.predict import Segmenter
from less3d.referral import Referral
from less3d.training.evaluate import score_scan
from less3d.weights import DEFAULT, load_weights

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"


def main() -> None:
    """Score and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", type=Path, help="data set folder of test rooms, made with `less3d rooms make`")
    parser.add_argument("--weights", default=DEFAULT)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model, info = load_weights(arguments.weights)
    results = {**provenance(), "weights_sha256": info.sha256, "training": dict(info.metadata)}
    results["rooms"] = score(model, Folder(arguments.rooms), "rooms")
    if (SHARED / "layouts").is_dir():
        results["layouts"] = score(model, Folder(SHARED / "layouts"), "layouts")
    if (SHARED / "real").is_dir():
        results["real"] = score_real(Segmenter(model, weights=info), SHARED / "real")
    arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: results[name] for name in ("rooms", "layouts", "real") if name in results}, indent=1))


def score(model: Referrer, data: Folder, name: str) -> dict:
    """All four questions over one data set, and what reading added."""
    asked: dict[str, Callable[[Referral], str]] = {
        "sentence": lambda referral: referral.sentence,
        "class word": lambda referral: class_words(referral.label) or referral.label,
        "other sentence": _others(data),
    }
    rows: dict[str, list[SentenceScore]] = {question: [] for question in (*asked, "absent")}
    rng = np.random.default_rng(0)
    for scan in track(data.scans, name):
        loaded = data.load(scan)
        for question, reword in asked.items():
            rows[question] += score_scan(model, *loaded, data.referrals[scan], reword)
        rows["absent"] += score_scan(model, *loaded, borrowed(data, scan, len(data.referrals[scan]), rng))
    nothing = [(row.predicted == 0) for name in ("sentence", "absent") for row in rows[name]]
    absent = [not row.targets for name in ("sentence", "absent") for row in rows[name]]
    scores = {question: summarize(gathered) for question, gathered in rows.items()}
    full, noun = scores["sentence"].multiple, scores["class word"].multiple
    reading = None if full is None or noun is None else full.miou - noun.miou
    measured = {"reading_gain_miou": reading, "absence_f1": absence_f1(absent, nothing)}
    return {**measured, **{question: asdict(found) for question, found in scores.items()}}


def _others(data: Folder) -> Callable[[Referral], str]:
    """For each sentence, the next one of the same scan about another object."""
    swapped: dict[tuple[str, str], str] = {}
    for scan, rows in data.referrals.items():
        for place, row in enumerate(rows):
            rest = (*rows[place + 1 :], *rows[:place])
            swapped[scan, row.sentence] = next((r.sentence for r in rest if r.targets != row.targets), row.sentence)
    return lambda referral: swapped[referral.scan, referral.sentence]


def score_real(segmenter: Segmenter, folder: Path) -> dict:
    """IoU of each sentence about the real scans, and of each labelled object of one asked by its class alone."""
    rows = [json.loads(line) for line in (folder / "sentences.jsonl").read_text().splitlines()]
    by_sentence, by_class = [], []
    for name in dict.fromkeys(row["scan"] for row in rows):
        scan = read_scan(next(iter(folder.glob(f"{name}*.npz"))))
        assert scan.instances is not None
        assert scan.labels is not None
        segmenter.set_scan(scan)
        for row in (row for row in rows if row["scan"] == name):
            found = segmenter.segment(row["sentence"])
            value = iou(found.mask, scan.instances == row["target_id"])
            asked = {"scan": name, "target_id": row["target_id"]}  # not the sentence: it may not be redistributed
            by_sentence.append({**asked, "iou": value, "confidence": found.confidence, "points": int(found.mask.sum())})
        if name == "scannet_scene0470_00":
            for label in sorted(set(scan.labels.values())):
                mask = segmenter.segment(f"the {label}").mask
                ious = [iou(mask, scan.instances == key) for key, value in scan.labels.items() if value == label]
                by_class.append({"label": label, "objects": len(ious), "best_iou": max(ious)})
    return {
        "miou": float(np.mean([row["iou"] for row in by_sentence])),
        "acc_25": float(np.mean([row["iou"] > 0.25 for row in by_sentence])),
        "sentences": by_sentence,
        "scene0470_00_by_class_name": by_class,
    }


if __name__ == "__main__":
    main()
