"""The model card says what the run's own records say."""

import csv
import json

import pytest
from tiny_data import write_tiny_data
from tiny_run import tiny_run

from less3d.data.dataset import Joined
from less3d.data.folder import Folder
from less3d.io.files import sha256_of
from less3d.metrics import SentenceScore
from less3d.training import loop
from less3d.training.card import data_lines, failure_lines
from less3d.weights import load_weights

TINY = tiny_run("the", "red", "green", "box")


@pytest.fixture
def data(tmp_path) -> Folder:
    root = tmp_path / "kitchen"
    root.mkdir()
    return Folder(write_tiny_data(root))


def answered(label: str, iou: float, tags: tuple[str, ...] = ()) -> SentenceScore:
    return SentenceScore(
        scan="a", record="", sentence="it", targets=(0,), label=label, unique=None, tags=tags, source="", predicted=100,
        true=100, shared=round(200 * iou / (1 + iou)), f1_25=0.0, f1_50=0.0, confidence=0.5,
    )  # fmt: skip


def test_a_run_writes_its_card(data, tmp_path):
    first = tmp_path / "first" / "best.safetensors"
    loop.train(TINY, data, data, tmp_path / "first", workers=0)
    said: list[str] = []
    loop.train(
        TINY,
        data,
        data,
        tmp_path / "second",
        workers=0,
        start_from=first.parent,
        command="less3d train x",
        on_message=said.append,
    )
    card = (tmp_path / "second" / "card.md").read_text(encoding="utf-8")
    model, info = load_weights(tmp_path / "second" / "best.safetensors")
    assert card.startswith("# second\n")
    assert "- Learned from `kitchen`: 3 scans, 6 sentences.\n- Chosen on `kitchen`: 3 scans, 6 sentences.\n" in card
    assert f"late fusion: voxels of 20 cm, {sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters" in card
    assert "```sh\nless3d train x\n```" in card
    assert f"`first` (SHA-256 {sha256_of(first)[:16]}...)" in card
    with (tmp_path / "second" / "scores.csv").open(encoding="utf-8") as file:
        kept = next(row for row in csv.DictReader(file) if int(row["step"]) == info.metadata["step"])
    shown = " | ".join(f"{float(kept[f'all_{name}']):.3f}" for name in ("miou", "acc_25", "acc_50"))
    assert f"| all | 6 | {shown} |" in card
    assert f"**{int(kept['step'])} {float(kept['all_miou']):.3f}**" in card
    assert said[-1][1:] in card
    assert "too few to name failures" in card


def test_made_rooms_tell_their_seed_and_licenses(data):
    manifest = {
        "settings": {"seed": 5, "split": "train", "scanner": "fused"},
        "licenses": {"CC0": {"models": 7, "names": []}},
    }
    (data.root / "rooms.json").write_text(json.dumps(manifest))
    (line, again) = data_lines(Joined((data, Folder(data.root))), "Learned from")
    assert line == again
    assert line.endswith("seed 5, furniture of split train, scanner fused. Furniture designs: 7 under CC0.")


def test_failures_are_the_lowest_of_what_was_asked_often():
    rows = [answered("chair", 0.8, ("color",))] * 9 + [answered("bag", 0.25)] * 8 + [answered("cup", 0.0)] * 7
    classes, kinds = failure_lines(rows)
    assert classes.endswith("bag 0.25 (8), chair 0.80 (9).")
    assert kinds.endswith("color 0.80 (9).")
