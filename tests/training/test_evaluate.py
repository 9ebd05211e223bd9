"""Every sentence is scored, each mask as it is, and a scan's own work is done once."""

from pathlib import Path

import pytest
import torch
from tiny_data import samples_of, write_tiny_data
from tiny_weights import tiny_model

from less3d.batch import Scene
from less3d.data.folder import Folder
from less3d.metrics import iou, summarize
from less3d.models import Candidates
from less3d.text import TextFeatures
from less3d.training import evaluate as evaluate_module
from less3d.training.evaluate import evaluate


def test_masks_of_a_few_points_are_scored_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One voxel is marked: the release would swap so small a mask for the 5,000 best points."""
    data, model = Folder(write_tiny_data(tmp_path)), tiny_model()
    scenes, expected = [], []

    def candidates(scene: Scene, text: TextFeatures) -> Candidates:
        logits = torch.linspace(-2, -1, len(scene.grid.coords))
        logits[7] = 1.0
        count = len(text.sentence)
        rows = torch.zeros(count, 1, dtype=torch.int64)
        return Candidates(logits[None], rows, belief=torch.ones(count, 1), nothing=torch.zeros(count))

    monkeypatch.setattr(model, "prepare", lambda scene: scenes.append(scene) or scene)
    monkeypatch.setattr(model, "candidates", candidates)
    rows = evaluate(model, data, turns=1)
    for scene, scan in zip(scenes, data.scans, strict=True):
        mask = (scene.point_to_voxel(0) == 7).numpy()
        assert 0 < mask.sum() < 20
        expected += [iou(mask, sample.mask) for sample in samples_of(data, scan)]
    assert [row.iou for row in rows] == expected
    assert [row.record for row in rows] == [row.record for scan in data.scans for row in data.referrals[scan]]
    assert [row.confidence for row in rows] == pytest.approx([1.0] * sum(map(len, data.referrals.values())), abs=1e-5)
    assert summarize(rows).overall.miou == pytest.approx(sum(expected) / len(expected))


def test_what_is_asked_twice_is_answered_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, model = Folder(write_tiny_data(tmp_path)), tiny_model()
    every = evaluate(model, data, turns=1)
    asked: list[str] = []
    real = evaluate_module.answers
    monkeypatch.setattr(evaluate_module, "answers", lambda *given: asked.extend(given[2]) or real(*given))
    rows = evaluate(model, data, turns=1, reword=lambda referral: "the red box")
    assert asked == ["the red box"] * len(data.scans)
    assert [row.sentence for row in rows] == ["the red box"] * 6
    assert rows[1].iou == every[1].iou  # which asks just that
    assert rows[0].predicted == rows[1].predicted == every[1].predicted
    assert rows[0].targets != rows[1].targets
