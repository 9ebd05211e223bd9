"""`less3d bench` as a researcher has it: ScanNet and ScanRefer on disk, all in one folder, again without a model."""

import json

import pytest
from official_files import scanrefer_record, write_json, write_scannet
from tiny_systems import only_tiny_systems

BUDGET = ("--minutes", 0.002, "--seeds", 1, "--tables", "text")


@pytest.fixture
def scanrefer(tmp_path, monkeypatch):
    """The options that name ScanNet's scans, and ScanRefer's sentences to learn from and to score on."""
    only_tiny_systems(monkeypatch)
    root = tmp_path / "scannet"
    write_scannet(root, points=200)  # objects of under 100 points are not scored
    files = {"sentences": ("scene0000_00", "scene0000_01"), "test-sentences": ("scene0011_00",)}
    options: list[object] = ["--data", root, "--test", root]
    for name, scenes in files.items():
        records = [
            scanrefer_record(scene_id=scene, object_id=str(key), object_name=label, ann_id=str(key))
            for scene in scenes
            for key, label in {1: "chair", 2: "office_chair", 3: "trash_can"}.items()
        ]
        options += [f"--{name}", write_json(tmp_path / f"{name}.json", records)]
    return options


def test_scanrefer_is_compared_on_and_the_tables_come_again(run, scanrefer, tmp_path):
    folder = tmp_path / "bench"
    done = run("bench", *scanrefer, *BUDGET, "-o", folder)
    assert done.code == 0, done.err
    assert "| TGNN | GRU | instances and classes |" in done.out
    assert "from 2 scans with 6 sentences" in done.out
    assert "by ScanNet's definition: AP " in done.out
    assert (folder / "bench.md").read_text() in done.out
    assert {path.name for path in folder.iterdir()} >= {"bench.csv", "results.png", "page.html", "comparison.json"}
    written = (folder / "bench.md").read_text()
    first, *others = sorted(folder.rglob("best.safetensors"), key=lambda path: path.parents[1].name != "stage-one")
    for weights in others:
        weights.unlink()
    (folder / "bench.md").unlink()
    assert run("bench", "tables", folder).code == 0
    assert (folder / "bench.md").read_text() == written
    again = run("bench", *scanrefer, *BUDGET, "-o", folder)  # times and pictures that are there stay
    assert again.code == 0, again.err
    assert again.out == done.out
    kept = (folder / "comparison.json").read_bytes()
    assert [name for name, _ in json.loads(kept)["hashes"]] == ["labels", "scans"]
    wrong = run("bench", *scanrefer, *BUDGET[:2], "--seeds", 5, "--tables", "effort", "-o", folder, "--test-scans", 1)
    assert wrong.code == 2
    assert "another folder" in wrong.err
    assert (folder / "comparison.json").read_bytes() == kept
    first.unlink()
    refused = run("bench", *scanrefer, *BUDGET, "-o", folder)
    assert refused.code == 2
    assert "weights of a first stage" in refused.err


def test_scans_that_were_prepared_are_compared_on_alike(run, scanrefer, tmp_path):
    assert run("bench", *scanrefer, *BUDGET, "-o", tmp_path / "raw").code == 0
    assert run("data", "prepare", "scannet", "--root", scanrefer[1], "-o", tmp_path / "small", "--workers", 1).code == 0
    prepared = ["--data", tmp_path / "small", "--test", tmp_path / "small", *scanrefer[4:]]
    again = run("bench", *prepared, *BUDGET, "-o", tmp_path / "prepared")
    assert again.code == 0, again.err
    first, other = (json.loads((tmp_path / name / "comparison.json").read_text()) for name in ("raw", "prepared"))
    assert other["tables"] == first["tables"]  # with as many objects to label
    assert "| TGNN | GRU | instances and classes |" in again.out


def test_the_stages_are_scored_apart_from_the_command_line(run, scanrefer, tmp_path):
    assert run("bench", *scanrefer, *BUDGET, "-o", tmp_path / "bench").code == 0
    runs = tmp_path / "bench" / "runs"
    where = (scanrefer[1], "--sentences", tmp_path / "test-sentences.json")
    found = run("eval", runs / "stage-one" / "seed-0", *where, "-o", tmp_path / "scores.json")
    assert found.code == 0, found.err
    assert "AP50" in found.out
    mean = json.loads((tmp_path / "scores.json").read_text())["mean"]
    saved = json.loads((runs / "stage-one" / "seed-0" / "result.json").read_text())
    assert mean == {name: saved[name] for name in ("ap", "ap_50", "ap_25")}
    again = run("eval", runs / "TGNN-GRU" / "seed-0", *where, "--instances")
    assert again.out == found.out
    refused = run("eval", runs / "stage-one" / "seed-0", *where, "--rows", tmp_path / "rows.csv")
    assert refused.code == 2
    assert "--output" in refused.err


def test_mistakes_are_told_in_a_line(run, scanrefer, tmp_path):
    for options, expected in (
        ((), "--quick"),
        (scanrefer[:2], "--test"),
        ((*scanrefer, "--minutes", 0), "needs minutes"),
        (("--quick", "--seeds", 0), "seeds"),
        (("--quick", "--stage-one", "rooms-instances"), "parts of the scans"),
        (("--quick", "--start-from", tmp_path / "none.safetensors"), "none.safetensors"),
        ((*scanrefer, "--samples", 0), "samples"),
        ((*scanrefer, "--stage-one", tmp_path / "none.safetensors"), "parts of the scans"),
        ((*scanrefer, "--device", "quantum"), "expected a device such as cpu or cuda"),
        ((*scanrefer, "--start-from", tmp_path / "none.safetensors"), "none.safetensors"),
        ((*scanrefer, "--sentences", "a.json", "b.json"), "a file of sentences for each of 1"),
    ):
        done = run("bench", *options, "-o", tmp_path / "bench")
        assert done.code == 2, options
        assert expected in done.err
        assert "Traceback" not in done.err
        assert not (tmp_path / "bench").exists() or not list((tmp_path / "bench").iterdir())
    assert run("bench", "tables", tmp_path).code == 2
