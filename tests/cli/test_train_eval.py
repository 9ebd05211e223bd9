"""`less3d train` and `less3d eval`: from a folder of data to weights and scores, and mistakes in one line."""

import json
import shutil

import pytest
from tiny_data import write_tiny_data
from tiny_weights import write_tiny_weights

from less3d.cli import COMMANDS
from less3d.data.folder import Folder
from less3d.training import evaluate as evaluation
from less3d.training.calibrate import calibrate
from less3d.training.recipes import RECIPES
from less3d.weights import load_weights

SMALL = (
    *("--model.late.channels", 8, 8, "--model.late.width", 16, "--model.late.mask-width", 4, "--model.voxel-size", 0.2),
    *("--model.text.encoder", "gru", "--validate-every", 2, "--sentences-per-scan", 2, "--workers", 0),
    *("--replicas", 1, "--meet-every", 1),
)


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").mkdir()
    return write_tiny_data(tmp_path / "data")


def test_train_then_eval(run, data, tmp_path):
    command = ("train", "rooms-base", "--data", data, "--validation", data, "-o", tmp_path / "run", *SMALL)
    stopped = run(*command, "--steps", 4, "--max-minutes", 0.0)
    assert stopped.code == 0
    assert stopped.out == "stopped at step 1 of 4: not validated yet, the same command goes on\n"
    done = run(*command, "--steps", 4)
    assert done.code == 0
    assert done.out.startswith("done: best validation mIoU")
    assert "warning: no sentence is borrowed" in done.err, "all of these are about boxes"

    scores = tmp_path / "scores.json"
    scored = run("eval", tmp_path / "run", data, "-o", scores)
    assert scored.code == 0
    assert "mIoU" in scored.out
    written = json.loads(scores.read_text())
    assert written["overall"]["sentences"] == 6
    assert written["by_tag"]["color"]["sentences"] == 6
    assert written["unique"] is None

    rows = tmp_path / "rows.csv"
    assert run("eval", tmp_path / "run", data, "--rows", rows).code == 0
    again = run("scores", rows, "-o", tmp_path / "again.json")
    assert (again.code, again.out) == (0, scored.out)
    assert (tmp_path / "again.json").read_bytes() == scores.read_bytes()

    noun = run("eval", tmp_path / "run", data, "--noun-only", "--max-scans", 1)
    assert noun.code == 0


def test_a_stopped_scoring_goes_on_where_it_was(run, data, tmp_path, monkeypatch):
    weights, whole, parts = write_tiny_weights(tmp_path / "tiny.safetensors"), tmp_path / "a.csv", tmp_path / "b.csv"
    assert run("eval", weights, data, "--rows", whole).code == 0
    load, loaded = Folder.load, []

    def stop_at_the_third(self, scan):
        loaded.append(scan)
        if len(loaded) == 3:
            raise KeyboardInterrupt
        return load(self, scan)

    monkeypatch.setattr(Folder, "load", stop_at_the_third)
    assert run("eval", weights, data, "--rows", parts).code == 130
    assert not parts.exists()
    kept = tmp_path / "b.csv.unfinished"
    kept.write_bytes(kept.read_bytes()[:-20])  # the second scan's line is cut off
    other = run("eval", weights, data, "--rows", parts, "--noun-only")
    assert (other.code, "b.csv.unfinished: holds what was scored before" in other.err) == (2, True)
    asked = count_answers(monkeypatch)
    again = run("eval", weights, data, "--rows", parts)
    assert again.code == 0
    assert "going on: 2 of 6 sentences were scored before" in again.err
    assert len(asked) == 4
    assert parts.read_bytes() == whole.read_bytes()
    assert not kept.exists()


def test_what_has_changed_meanwhile_is_scored_again(run, data, tmp_path, monkeypatch):
    weights, rows = write_tiny_weights(tmp_path / "tiny.safetensors"), tmp_path / "rows.csv"
    (data / "scans" / "room2.npz").rename(tmp_path / "room2.npz")
    assert run("eval", weights, data, "--rows", rows).code == 2
    shutil.copy(tmp_path / "room2.npz", data / "scans" / "room1.npz")
    (tmp_path / "room2.npz").rename(data / "scans" / "room2.npz")
    asked = count_answers(monkeypatch)
    assert run("eval", weights, data, "--rows", rows).code == 0
    assert len(asked) == 4, "room0 is as it was"


def test_calibrated_weights_answer_with_their_calibration(run, data, tmp_path):
    weights, output = write_tiny_weights(tmp_path / "tiny.safetensors"), tmp_path / "calibrated.safetensors"
    done = run("calibrate", weights, "--validation", data, "--turns", 1, "-o", output)
    assert done.code == 0, done.err
    assert done.out.startswith("calibrated on 6 sentences and 0 about nothing: expected calibration error ")
    assert done.out.endswith(f"; weights in {output}\n")
    expected = calibrate(load_weights(weights)[0], Folder(data), turns=1)
    assert load_weights(output)[0].calibration == expected.calibration
    assert run("eval", output, data, "--turns", 1, "-o", tmp_path / "scores.json").code == 0
    assert json.loads((tmp_path / "scores.json").read_text())["ece"] == pytest.approx(expected.after.ece)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "nowhere/w.safetensors"), "nowhere/w.safetensors: expected a file"),
        (("-o", "w.safetensors", "--max-scans", 0), "at least one scan"),
        (("-o", "w.safetensors", "--cost", 1.5), "0 to 1"),
        (("-o", "w.safetensors", "--turns", 0), "at least one side"),
    ],
)
def test_mistakes_are_said_before_anything_is_written(run, data, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    weights = write_tiny_weights(tmp_path / "tiny.safetensors")
    ran = run("calibrate", weights, "--validation", data, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (tmp_path / "w.safetensors").exists()


def count_answers(monkeypatch) -> list:
    """Every sentence that is scored from now on."""
    asked, score = [], evaluation.score_sentence
    monkeypatch.setattr(evaluation, "score_sentence", lambda *given, **named: asked.append(1) or score(*given, **named))
    return asked


def test_names_are_shown_as_they_are_written(run, data, tmp_path):
    with (data / "sentences.jsonl").open("a") as file:
        row = {"scan": "room0", "sentence": "x", "target_id": 0, "label": "[red]chair", "tags": ["[/b]"]}
        file.write("\n" + json.dumps(row))
    scored = run("eval", write_tiny_weights(tmp_path / "tiny.safetensors"), data)
    assert scored.code == 0
    assert "[red]chair" in scored.out
    assert "[/b]" in scored.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "nowhere/scores.json"), "nowhere/scores.json"),
        (("-o", "data"), "data: expected a file"),
        (("--device", "abacus"), "abacus"),
        (("--max-scans", 0), "at least one scan"),
        (("--rows", "rows.xlsx"), ".csv.gz or .parquet"),
        (("--rows", "nowhere/rows.csv"), "nowhere/rows.csv"),
        (("--rows", "rows.csv", "-o", "rows.csv"), "expected two files"),
        (("--split", "val"), "no official splits"),
    ],
)
def test_mistakes_are_said_before_scoring(run, data, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    ran = run("eval", write_tiny_weights(tmp_path / "tiny.safetensors"), data, *options)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("less3d: error:")
    assert ran.err.count("\n") == 1
    assert said in ran.err


def test_each_recipe_is_a_command():
    assert {name for name in COMMANDS if name.startswith("train ")} == {f"train {recipe}" for recipe in RECIPES}


def test_recipes_and_their_settings_are_explained(run):
    shown = run("train", "less-paper", "--help")
    assert shown.code == 0
    assert "--model.early.num-queries" in shown.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "rooms-base", "--data", "nowhere", "--validation", "nowhere", "-o", "run"), "nowhere"),
        (
            ("train", "rooms-base", "--data", "data", "--validation", "data", "-o", "run", "--device", "abacus"),
            "abacus",
        ),
        (("eval", "nowhere.safetensors", "nowhere"), "nowhere.safetensors"),
    ],
)
def test_mistakes_are_one_line(run, data, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err.strip().startswith("less3d: error:")
    assert said in ran.err
    assert ran.err.count("\n") == 1
