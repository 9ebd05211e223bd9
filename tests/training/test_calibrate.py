"""What a model is calibrated on is what it answers, and what it answers afterwards is what was promised."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_data import write_tiny_data
from tiny_weights import tiny_model

from less3d.calibration import Calibration, Platt
from less3d.data.folder import Folder
from less3d.models import Referrer
from less3d.training import calibrate as module
from less3d.training.calibrate import calibrate, collect, quality
from less3d.training.evaluate import evaluate


@pytest.fixture
def model() -> Referrer:
    """A model whose masks have points."""
    model = tiny_model()
    torch.nn.init.constant_(model.network.gather.head.mask_shape.bias[4:], 8.0)
    return model


@pytest.fixture
def data(tmp_path: Path) -> Folder:
    """Three rooms of boxes, but what is said of the last two calls them crates and bins."""
    folder = write_tiny_data(tmp_path)
    names = {"room0": "box", "room1": "crate", "room2": "bin"}
    rows = [json.loads(line) for line in (folder / "sentences.jsonl").read_text().splitlines()]
    rows = [{**row, "label": names[row["scan"]], "sentence": f"the {names[row['scan']]}"} for row in rows]
    (folder / "sentences.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return Folder(folder)


@pytest.mark.parametrize("nothing", [-30.0, 0.0, 30.0])
def test_known_answers_are_those_of_the_evaluation(model, data, nothing):
    known = collect(model, data, turns=2)
    model.calibration = Calibration(nothing, Platt(2.0, 0.3), Platt(0.5, -0.2))
    rows = evaluate(model, data, turns=2)
    found, confidence = model.calibration.judge(known.expected, known.nothing)
    present = ~known.absent
    assert [row.predicted > 0 for row in rows] == found[present].tolist()
    np.testing.assert_allclose([row.confidence for row in rows], confidence[present], rtol=1e-4)
    assert quality(known, model.calibration).miou == pytest.approx(np.mean([row.iou for row in rows]))


def test_each_scan_is_asked_of_classes_that_are_not_in_it_one_question_in_four(model, data, monkeypatch):
    asked = []
    find = module.findings
    monkeypatch.setattr(module, "findings", lambda *given: asked.append(given[2]) or find(*given))
    known = collect(model, data)
    assert [sentences[:2] for sentences in asked] == [["the box"] * 2, ["the crate"] * 2, ["the bin"] * 2]
    assert [len(sentences[2:]) for sentences in asked] == [1, 1, 1]
    assert asked[0][2] in ("the crate", "the bin")
    assert (asked[1][2], asked[2][2]) == ("the bin", "the crate"), "boxes are in all rooms, as their scans' labels say"
    assert known.absent.tolist() == [False, False, True] * 3
    assert not known.iou[known.absent].any()


def test_a_calibration_is_the_same_every_time_and_says_what_it_changed(model, data):
    first, second = calibrate(model, data, turns=1), calibrate(model, data, turns=1)
    assert first == second
    assert model.calibration == Calibration()
    assert (first.present, first.absent) == (6, 3)
    known = collect(model, data, turns=1)
    assert first.before == quality(known, Calibration())
    assert first.after == quality(known, first.calibration)
    assert "6 sentences and 3 about nothing" in first.summary
    assert f"-> {first.after.ece:.3f}" in first.summary
