"""Preparing ScanNet: stopped at any moment it goes on to the same bytes, and what is damaged is made again."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from official_files import make_scene, write_scannet, write_scene

from less3d.data.prepare import prepare_scannet
from less3d.data.prepared import INDEX, PARTS, Prepared, file_of, record_of
from less3d.data.scannet import ScanNet
from less3d.errors import InputError

KILLS = 10

_AS_IT_IS = "import sys; from less3d.cli import main; sys.exit(main())"
_SLOWLY = f"""
import time
import less3d.data.prepare as prepare
quickly = prepare.write_scan_files
prepare.write_scan_files = lambda *given, **named: [time.sleep(0.01), quickly(*given, **named)][1]
{_AS_IT_IS}
"""


@pytest.fixture
def root(tmp_path) -> Path:
    write_scannet(tmp_path / "scannet")
    return tmp_path / "scannet"


def prepare(root: Path, output: Path, **options) -> list:
    return list(prepare_scannet(root, output, **options))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def prepared(root, tmp_path) -> Prepared:
    outcomes = prepare(root, tmp_path / "out")
    assert [outcome.problem for outcome in outcomes] == [""] * 4
    return Prepared(tmp_path / "out")


def test_what_is_prepared_is_what_scannet_says(root, prepared):
    source = ScanNet(root)
    assert prepared.names == source.names
    for name in source.names:
        scene, (scan, masks) = source.read(name), prepared.load(name)
        np.testing.assert_array_equal(scan.points, scene.scan.points)
        np.testing.assert_array_equal(scan.colors, scene.scan.colors)
        assert {key: rows.tolist() for key, rows in masks.members.items()} == {
            key: rows.tolist() for key, rows in scene.masks.members.items()
        }
        np.testing.assert_array_equal(prepared.alignment(name), scene.alignment)
        if scene.scan.instances is not None:
            labels = prepared.labels(name)
            np.testing.assert_array_equal(labels.instances, scene.scan.instances)
            np.testing.assert_array_equal(labels.semantics, scene.scan.semantics)
            assert labels.classes == scene.scan.labels
            np.testing.assert_array_equal(prepared.superpoints(name), scene.superpoints)
            full, expected = prepared.annotated(name), source.annotated(name)
            np.testing.assert_array_equal(full.scan.points, expected.scan.points)
            assert full.classes == expected.classes
            assert {key: rows.tolist() for key, rows in full.masks.members.items()} == {
                key: rows.tolist() for key, rows in expected.masks.members.items()
            }
    for split in ("train", "val", "test"):
        assert prepared.split(split) == source.split(split)


def test_processes_and_parts_make_the_same_bytes(root, prepared, tmp_path):
    whole = content(prepared.root)
    prepare(root, tmp_path / "parallel", workers=2)
    assert content(tmp_path / "parallel") == whole
    for split in ("val", "train", "test"):
        prepare(root, tmp_path / "parts", scans=ScanNet(root).split(split))
    assert content(tmp_path / "parts") == whole


def test_killed_at_random_moments_it_ends_with_the_same_bytes(tmp_path):
    root, output = tmp_path / "scannet", tmp_path / "killed"
    write_scannet(root)
    for number in range(100, 180):
        write_scene(root / "scans" / f"scene{number:04d}_00", make_scene(number))
    command = ["data", "prepare", "scannet", "--root", str(root), "-o", str(output)]
    rng, whole, left = random.Random(0), len(ScanNet(root).names), []
    for kill in range(KILLS):
        how, workers = (_SLOWLY, "1") if kill < KILLS // 2 else (_AS_IT_IS, "2")
        run = [sys.executable, "-c", how, *command, "--workers", workers]
        process = subprocess.Popen(run, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        enough, until = rng.randint(whole * kill // KILLS, whole * (kill + 1) // KILLS - 1), time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            if len(list((output / "records").glob("*.json"))) >= enough:
                break
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.02))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        left.append(len(list((output / "records").glob("*.json"))))
    assert len({number for number in left if 0 < number < whole}) >= 3, "some kills were in the midst of the work"
    subprocess.run([sys.executable, "-c", _AS_IT_IS, *command], check=True, capture_output=True)
    prepare(root, tmp_path / "unbroken")
    assert content(output) == content(tmp_path / "unbroken")


@pytest.mark.parametrize("part", [*PARTS, "records"])
def test_a_damaged_file_is_found_and_made_again_and_no_other(root, prepared, part):
    whole = content(prepared.root)
    name = prepared.names[0]
    path = record_of(prepared.root, name) if part == "records" else file_of(prepared.root, part, name)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    others = {p: p.stat().st_mtime_ns for p in prepared.root.rglob("*.safetensors") if name not in p.name}
    prepare(root, prepared.root)
    assert content(prepared.root) == whole
    assert {p: p.stat().st_mtime_ns for p in others} == others


def test_a_scan_whose_source_has_changed_is_made_again(root, prepared):
    shutil.rmtree(root / "scans" / "scene0000_00")
    write_scene(root / "scans" / "scene0000_00", make_scene(77))
    prepare(root, prepared.root)
    again = Prepared(prepared.root)
    np.testing.assert_array_equal(again.load("scene0000_00")[0].points, ScanNet(root).read("scene0000_00").scan.points)


def test_a_malformed_scan_does_not_stop_the_others(root, prepared):
    (root / "scans" / "scene0000_01" / "scene0000_01_vh_clean_2.ply").write_bytes(b"ply\nno mesh")
    problems = {outcome.scan: outcome.problem for outcome in prepare(root, prepared.root)}
    assert "scene0000_01_vh_clean_2.ply" in problems.pop("scene0000_01")
    assert set(problems.values()) == {""}
    assert "scene0000_01" not in Prepared(prepared.root).names


@pytest.mark.parametrize("record", ["{", '{"a": 1}', "[]"])
def test_damaged_scans_of_another_split_are_left_out_of_the_index(root, prepared, record):
    record_of(prepared.root, "scene0011_00").write_text(record)
    file_of(prepared.root, "masks", "scene0707_00").unlink()
    prepare(root, prepared.root, scans=["scene0000_00"])
    assert Prepared(prepared.root).names == ("scene0000_00", "scene0000_01")


def test_labels_may_be_deleted_and_further_scans_prepared(root, tmp_path):
    output = tmp_path / "out"
    prepare(root, output, scans=["scene0000_00", "scene0000_01"])
    shutil.rmtree(output / "labels")
    prepare(root, output, scans=["scene0011_00"])
    assert Prepared(output).names == ("scene0000_00", "scene0000_01", "scene0011_00")
    assert Prepared(output).load("scene0000_00")[1].members
    with pytest.raises(InputError, match="labels/scene0000_00"):
        Prepared(output).labels("scene0000_00")


def test_other_data_sets_are_not_written_into(root, tmp_path):
    with pytest.raises(InputError, match="another data set"):
        prepare(root, root)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sentences.jsonl").touch()
    with pytest.raises(InputError, match="another data set"):
        prepare(root, tmp_path / "own")


def test_while_it_is_made_it_is_not_read(root, prepared):
    outcomes = prepare_scannet(root, prepared.root)
    next(outcomes)
    with pytest.raises(InputError, match="not finished"):
        Prepared(prepared.root).load("scene0000_00")
    outcomes.close()


def test_scans_that_are_not_there_are_named(root, tmp_path):
    with pytest.raises(InputError, match="expected scan scene9999_00"):
        prepare(root, tmp_path / "out", scans=["scene9999_00"])
    assert not (tmp_path / "out").exists()


def test_the_source_is_not_needed_any_more(root, prepared):
    shutil.rmtree(root)
    assert prepared.load("scene0011_00")[1].members
    assert (prepared.root / INDEX).exists()
    assert (prepared.root / "scannetv2-labels.combined.tsv").exists()
