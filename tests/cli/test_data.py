"""`less3d data check`: everything that is wrong with a data set, by line, and what is only odd."""

import json
import shutil

import numpy as np
import pytest
from tiny_data import write_tiny_data


@pytest.fixture
def data(tmp_path):
    return write_tiny_data(tmp_path)


def add(data, *rows):
    with (data / "sentences.jsonl").open("a") as file:
        for row in rows:
            file.write("\n" + (row if isinstance(row, str) else json.dumps(row)))


def test_a_sound_data_set(run, data):
    add(data, {"scan": "room1", "sentence": "the piano", "target_ids": []})
    checked = run("data", "check", data)
    assert checked.code == 0
    assert "3 scans with 1,800 points, 7 sentences about 6 objects, 1 of them about nothing" in checked.out
    assert checked.out.rstrip().endswith("no errors, 0 warnings")


def test_everything_that_is_wrong_is_said_at_once(run, data):
    np.save(data / "short.npy", np.zeros(7, bool))
    np.save(data / "empty.npy", np.zeros(600, bool))
    np.save(data / "tiny.npy", np.arange(600) < 5)
    say = {"scan": "room0", "sentence": "the box"}
    add(
        data,
        "{",
        say | {"target_id": 9},
        say | {"mask": "short.npy"},
        say | {"mask": "empty.npy"},
        say | {"box": [9, 9, 9, 10, 10, 10]},
        say | {"scan": "attic", "target_id": 0},
        say | {"sentence": "?!", "target_id": 0},
        say | {"mask": "tiny.npy"},
        say | {"target_id": 0},
        say | {"target_id": 0},
    )
    (data / "scans" / "room2.npz").write_bytes(b"no scan")
    checked = run("data", "check", data)
    assert checked.code == 2
    lines = [line for line in checked.err.splitlines() if line.startswith("less3d: ")]
    expected = [
        ("error", "line 7", "expected JSON"),
        ("error", "line 8", "object 9 has no point"),
        ("error", "line 9", "short.npy"),
        ("error", "line 10", "marks no point"),
        ("error", "line 11", "marks no point"),
        ("error", "line 12", "no file attic.*"),
        ("error", "line 13", "with no word in it"),
        ("warning", "line 14", "5 points"),
        ("warning", "line 16", "says the same as"),
        ("error", "line 5 and 1 more", "room2.npz"),
    ]
    for kind, place, message in expected:
        found = [line for line in lines if f"{place}: " in line.replace("jsonl, ", "")]
        assert len(found) == 1, (place, lines)
        assert f"less3d: {kind}: " in found[0]
        assert message in found[0]
    assert lines[-1].endswith("8 errors, 2 warnings")
    assert len(lines) == len(expected) + 1


def test_what_is_only_odd_is_a_warning(run, data):
    add(data, {"scan": "room0", "sentence": "the box", "target_id": 0, "lable": "box"})
    shutil.copy(data / "scans" / "room1.npz", data / "room1.npz")
    checked = run("data", "check", data)
    assert checked.code == 0
    assert "line 7: field 'lable' is not known" in checked.err
    assert "are all scan 'room1'" in checked.err
    assert checked.out.rstrip().endswith("no errors, 2 warnings")


def test_a_file_without_sentences_is_an_error(run, data):
    (data / "sentences.jsonl").write_text("\n\n")
    checked = run("data", "check", data)
    assert checked.code == 2
    assert "expected sentences, one a line, got none" in checked.err


def test_findings_are_counted_where_they_are_not_printed(run, data):
    add(data, *["{"] * 30)
    checked = run("data", "check", data, "--most", 3)
    assert checked.code == 2
    assert checked.err.count("expected JSON") == 3
    assert "27 findings more: see all with --most 30" in checked.out


@pytest.mark.parametrize("folder", ["nowhere", "data/sentences.jsonl", "."])
def test_what_is_no_data_set_is_named(run, tmp_path, monkeypatch, folder):
    (tmp_path / "data").mkdir()
    write_tiny_data(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    checked = run("data", "check", folder)
    assert checked.code == 2
    assert checked.err.startswith("less3d: error: ")
    assert checked.err.count("\n") == 1
