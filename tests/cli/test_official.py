"""A researcher with ScanNet and ScanRefer on disk: from the official files to weights and scores."""

import json

import pytest
from official_files import (
    NR3D_COLUMNS,
    multi3drefer_record,
    nr3d_row,
    scanrefer_record,
    write_csv,
    write_json,
    write_scannet,
)
from tiny_weights import write_tiny_weights

TRAIN = ("scene0000_00", "scene0000_01")
SMALL = (
    *("--model.late.channels", 8, 8, "--model.late.width", 16, "--model.late.mask-width", 4, "--model.voxel-size", 0.2),
    *("--model.text.encoder", "gru", "--validate-every", 2, "--steps", 2, "--sentences-per-scan", 2, "--workers", 0),
    *("--replicas", 1, "--meet-every", 1),
)


@pytest.fixture
def root(tmp_path):
    write_scannet(tmp_path / "scannet")
    return tmp_path / "scannet"


def scanrefer(path, scenes) -> list[dict]:
    names = {1: "chair", 2: "office_chair", 3: "trash_can"}
    records = [
        scanrefer_record(scene_id=scene, object_id=str(key), object_name=name, ann_id=str(number))
        for scene in scenes
        for key, name in names.items()
        for number in range(2)
    ]
    write_json(path, records)
    return records


@pytest.fixture
def files(tmp_path):
    scanrefer(tmp_path / "train.json", TRAIN)
    scanrefer(tmp_path / "val.json", ("scene0011_00",))
    return tmp_path / "train.json", tmp_path / "val.json"


def test_scores_straight_from_the_official_folder_and_from_prepared_scans_are_the_same(run, root, files, tmp_path):
    weights = write_tiny_weights(tmp_path / "tiny.safetensors")
    prepared = tmp_path / "prepared"
    done = run("data", "prepare", "scannet", "--root", root, "-o", prepared, "--workers", 1)
    assert (done.code, "4 scans are ready" in done.out) == (0, True)
    rows = [tmp_path / f"{name}.csv" for name in ("raw", "prepared")]
    for folder, table in zip((root, prepared), rows, strict=True):
        scored = run("eval", weights, folder, "--sentences", files[1], "--rows", table)
        assert scored.code == 0, scored.err
    assert rows[0].read_bytes() == rows[1].read_bytes()
    assert rows[0].read_text().count("ScanRefer") == 6
    scores = tmp_path / "scores.json"
    assert run("scores", rows[0], "-o", scores).code == 0
    found = json.loads(scores.read_text())
    assert found["unique"]["sentences"] == 2, "the trash can is the only one of its class, the chairs are two"
    assert found["multiple"]["sentences"] == 4


def test_without_the_table_of_classes_unique_is_not_known_and_it_is_said(run, root, files, tmp_path):
    (root / "scannetv2-labels.combined.tsv").unlink()
    weights, scores = write_tiny_weights(tmp_path / "tiny.safetensors"), tmp_path / "scores.json"
    scored = run("eval", weights, root, "--sentences", files[1], "-o", scores)
    assert scored.code == 0
    assert "less3d: warning: " in scored.err
    assert "scannetv2-labels.combined.tsv" in scored.err
    assert json.loads(scores.read_text())["unique"] is None


def test_train_on_one_split_and_validate_on_the_other(run, root, files, tmp_path):
    options = ("--data", root, "--sentences", files[0], "--validation", root, "--validation-sentences", files[1])
    done = run("train", "rooms-base", *options, "-o", tmp_path / "run", *SMALL)
    assert done.code == 0, done.err
    scored = run("eval", tmp_path / "run", root, "--sentences", files[1])
    assert scored.code == 0


def test_a_file_of_all_scans_is_cut_to_a_split(run, root, tmp_path):
    weights = write_tiny_weights(tmp_path / "tiny.safetensors")
    rows = [nr3d_row(scan_id=scan, stimulus_id=f"{scan}-chair-3-1-2-5") for scan in (*TRAIN, "scene0011_00")]
    sentences = write_csv(tmp_path / "nr3d.csv", rows, columns=NR3D_COLUMNS)
    table = tmp_path / "rows.csv"
    assert run("eval", weights, root, "--sentences", sentences, "--split", "val", "--rows", table).code == 0
    assert table.read_text().count('\n"scene0011_00",') == 1
    assert "scene0000_00" not in table.read_text()
    wrong = run("eval", weights, root, "--sentences", sentences, "--split", "test")
    assert (wrong.code, "expected sentences about scans of the test split" in wrong.err) == (2, True)


def test_no_one_and_several_targets(run, root, tmp_path):
    weights = write_tiny_weights(tmp_path / "tiny.safetensors")
    records = [
        multi3drefer_record(ann_id=0, object_ids=[], eval_type="zt_wo_d"),
        multi3drefer_record(ann_id=1, object_ids=[1], eval_type="st_w_d"),
        multi3drefer_record(ann_id=2, object_ids=[1, 2], eval_type="mt"),
    ]
    sentences = write_json(tmp_path / "multi.json", records)
    scored = run("eval", weights, root, "--sentences", sentences, "-o", tmp_path / "scores.json")
    assert scored.code == 0
    assert "F1@0.25" in scored.out
    assert {"zero targets", "several targets"} <= {
        tag.split(",")[0] for tag in json.loads((tmp_path / "scores.json").read_text())["by_tag"]
    }


def test_everything_wrong_with_the_official_files_is_checked(run, root, files, tmp_path):
    assert run("data", "check", root, "--sentences", files[0]).code == 0
    write_json(tmp_path / "train.json", [scanrefer_record(object_id="77"), scanrefer_record(object_id="1")])
    checked = run("data", "check", root, "--sentences", files[0])
    assert checked.code == 2
    assert "object 77 has no point" in checked.err
    assert "2 sentences about 2 objects" in checked.out, "the other sentences of the scan are checked too"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("eval", "tiny.safetensors", "scannet"), "--sentences ScanRefer"),
        (("eval", "tiny.safetensors", "scannet", "--sentences", "nowhere.json"), "nowhere.json"),
        (("eval", "tiny.safetensors", "scannet", "--sentences", "val.json", "--split", "dev"), "dev"),
        (("data", "prepare", "scannet", "--root", "nowhere", "-o", "out"), "nowhere"),
        (("data", "prepare", "scannet", "--root", "scannet", "-o", "out", "--split", "dev"), "dev"),
        (("data", "prepare", "scannet", "--root", "scannet", "-o", "out", "--workers", -1), "-1"),
    ],
)
def test_mistakes_are_one_line(run, root, files, tmp_path, monkeypatch, arguments, said):
    write_tiny_weights(tmp_path / "tiny.safetensors")
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err.startswith("less3d: error: ")
    assert ran.err.count("\n") == 1
    assert said in ran.err
