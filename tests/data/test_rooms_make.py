"""Folders of rooms: readable, repeatable, resumable."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from tiny_data import samples_of

from less3d.cli.rooms import show
from less3d.data.folder import Folder
from less3d.data.rooms.make import RoomSettings, iter_rooms, make_rooms
from less3d.errors import InputError

SETTINGS = RoomSettings(seed=3, split="train", sentences=12, scanner="sampled")
ROOMS = 2


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    make_rooms(folder, rooms=ROOMS, settings=SETTINGS)
    return folder


def test_the_folder_is_a_data_set(unbroken):
    data = Folder(unbroken)
    assert 1 <= len(data) <= ROOMS
    for scan in data.scans:
        samples = samples_of(data, scan)
        assert all(sample.mask.sum() >= 60 for sample in samples)
        labels = samples[0].scan.labels
        assert labels is not None
        assert all(labels[sample.referral.targets[0]] == sample.referral.label for sample in samples)


def test_the_manifest_counts_and_names_licenses(unbroken):
    manifest = json.loads((unbroken / "rooms.json").read_text())
    lines = (unbroken / "sentences.jsonl").read_text().splitlines()
    assert manifest["counts"]["rooms"] == ROOMS
    assert manifest["counts"]["sentences"] == len(lines) > 0
    assert sum(entry["models"] for entry in manifest["licenses"].values()) > 0


def test_going_on_after_a_stop_gives_the_same_bytes(unbroken, tmp_path):
    made = iter_rooms(tmp_path, rooms=ROOMS, settings=SETTINGS)
    assert list(islice(made, 1)) == ["room_00000"]
    made.close()
    torn = tmp_path / "scans" / "room_00000.npz"
    torn.write_bytes(torn.read_bytes()[:5000])
    assert not (tmp_path / "sentences.jsonl").exists()
    make_rooms(tmp_path, rooms=ROOMS, settings=SETTINGS)
    assert contents(tmp_path) == contents(unbroken)


def test_two_workers_make_the_same_bytes(unbroken, tmp_path):
    make_rooms(tmp_path, rooms=ROOMS, settings=SETTINGS, workers=2)
    assert contents(tmp_path) == contents(unbroken)


def test_another_data_set_is_left_alone(tmp_path):
    (tmp_path / "sentences.jsonl").write_text("mine")
    with pytest.raises(InputError, match="another data set"):
        make_rooms(tmp_path, rooms=ROOMS, settings=SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["sentences.jsonl"]
    assert (tmp_path / "sentences.jsonl").read_text() == "mine"


def test_impossible_settings_are_refused(tmp_path):
    for wrong in (replace(SETTINGS, seed=-1), replace(SETTINGS, sentences=-1)):
        with pytest.raises(InputError, match="got"):
            make_rooms(tmp_path / "rooms", rooms=ROOMS, settings=wrong)
    assert not (tmp_path / "rooms").exists()


def test_other_settings_are_refused(unbroken):
    with pytest.raises(InputError, match="other settings"):
        make_rooms(unbroken, rooms=ROOMS, settings=RoomSettings(seed=4, split="train", sentences=12, scanner="sampled"))
    with pytest.raises(InputError, match="at least one"):
        make_rooms(unbroken, rooms=0, settings=SETTINGS)


def test_show_draws_rooms_and_refuses_unknown_ones(unbroken, tmp_path, capsys):
    from PIL import Image

    path = tmp_path / "sheet.png"
    show(unbroken, count=1, output=path)
    with Image.open(path) as image:
        assert image.width == 2 * 720
        assert len(image.convert("L").getcolors() or range(99)) > 20
    assert str(path) in capsys.readouterr().out
    with pytest.raises(InputError, match="no scan named room_77777"):
        show(unbroken, ("room_77777",))


def test_the_second_wording_adds_files_and_changes_none(unbroken, tmp_path):
    make_rooms(tmp_path, rooms=ROOMS, settings=replace(SETTINGS, second_wording=True))
    assert (tmp_path / "sentences.jsonl").read_bytes() == (unbroken / "sentences.jsonl").read_bytes()
    assert not (unbroken / "sentences_second.jsonl").exists()
    first, second = (
        [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]
        for name in ("sentences.jsonl", "sentences_second.jsonl")
    )
    assert [{**row, "sentence": ""} for row in first] == [{**row, "sentence": ""} for row in second]
    assert all(one["sentence"] != other["sentence"] for one, other in zip(first, second, strict=True))
    swaps = [json.loads(line) for line in (tmp_path / "role_swaps.jsonl").read_text().splitlines()]
    assert swaps
    for one, other in zip(swaps[::2], swaps[1::2], strict=True):
        assert one["pair"] == other["pair"]
        assert one["target_id"] != other["target_id"]
    data = Folder(tmp_path, tmp_path / "role_swaps.jsonl")
    assert sum(len(rows) for rows in data.referrals.values()) == len(swaps)
