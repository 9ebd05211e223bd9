"""Your own data: each sentence gets its mask, or the line that is wrong is named."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from tiny_data import samples_of

from less3d.data.dataset import Joined
from less3d.data.folder import Folder, parse_line
from less3d.errors import InputError
from less3d.io import write_scan
from less3d.scan import Scan


@pytest.fixture
def scan() -> Scan:
    points = np.random.default_rng(0).uniform(0, 2, (40, 3)).astype(np.float32)
    instances = np.repeat(np.int32([3, 5, 7, -1]), 10)
    return Scan(points=points, colors=np.zeros((40, 3), np.uint8), instances=instances, labels={3: "a", 5: "a", 7: "b"})


def write(root, scan, rows) -> Folder:
    write_scan(scan, root / "room.npz")
    (root / "sentences.jsonl").write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return Folder(root)


def say(**about) -> dict:
    return {"scan": "room", "sentence": "the thing", **about}


def masks_of(folder: Folder) -> list[np.ndarray]:
    return [sample.mask for sample in samples_of(folder, "room")]


def test_samples_have_their_masks_and_splits(tmp_path, scan):
    rows = [say(target_id=3), say(target_id=7)]
    first, second = samples_of(write(tmp_path, scan, rows), "room")
    assert first.scan is second.scan
    assert (first.mask == (scan.instances == 3)).all()
    assert (first.referral.unique, second.referral.unique) == (False, True)
    assert second.referral.record.endswith("sentences.jsonl, line 2")


def test_several_targets_are_one_mask_and_none_is_an_empty_one(tmp_path, scan):
    several, none = masks_of(write(tmp_path, scan, [say(target_ids=[3, 7]), say(target_ids=[])]))
    assert (several == np.isin(scan.instances, [3, 7])).all()
    assert not none.any()


def test_masks_as_bools_as_rows_and_as_boxes(tmp_path, scan):
    marked = scan.points[:, 0] < 1
    np.save(tmp_path / "bools.npy", marked)
    np.save(tmp_path / "rows.npy", np.flatnonzero(marked))
    rows = [say(mask="bools.npy"), say(mask="rows.npy"), say(box=[-1, -1, -1, 1, 9, 9]), say(target_id=5)]
    bare = replace(scan, instances=None, labels=None)
    for folder in (write(tmp_path, bare, rows[:3]), write(tmp_path, scan, rows)):
        found = masks_of(folder)
        assert all((mask == marked).all() for mask in found[:3])
    assert (found[3] == (scan.instances == 5)).all()


def test_masks_are_of_the_points_of_the_file_where_the_scan_is_thinned(tmp_path, scan, monkeypatch):
    marked = np.zeros(40, bool)
    marked[:11] = True  # most of the points that 0 stands for, few of those that 1 stands for
    np.save(tmp_path / "mask.npy", marked)
    thin = Scan(scan.points[:2], scan.colors[:2], stand_ins=np.repeat(np.int32([0, 1]), [15, 25]))
    folder = write(tmp_path, scan, [say(mask="mask.npy")])
    monkeypatch.setattr("less3d.data.folder.read_scan", lambda path, **_: thin)
    assert masks_of(folder)[0].tolist() == [True, False]


def test_georeferenced_boxes_are_in_the_coordinates_of_the_file(tmp_path, scan):
    far = replace(scan, origin=np.array([500_000.0, 4_000_000, 0]))
    (mask,) = masks_of(write(tmp_path, far, [say(box=[500_000, 4_000_000, 0, 500_001, 4_000_002, 2])]))
    assert (mask == (scan.points[:, 0] <= 1)).all()


def test_scans_that_lie_otherwise_are_turned(tmp_path, scan):
    folder = write(tmp_path, scan, [say(target_id=3)])
    (tmp_path / "dataset.json").write_text('{"up": "y", "units": "cm"}')
    turned, _ = Folder(folder.root).load("room")
    np.testing.assert_allclose(turned.points[:, 2], scan.points[:, 1] / 100, atol=1e-6)
    (tmp_path / "dataset.json").write_text('{"ups": "y"}')
    with pytest.raises(InputError, match=r"dataset\.json.*no such setting: ups"):
        Folder(folder.root).load("room")


def test_only_what_is_described_is_given(tmp_path, scan):
    _, masks = write(tmp_path, scan, [say(target_id=3)]).load("room")
    assert set(masks.members) == {3}


def test_what_the_file_says_of_unique_and_tags_comes_first(tmp_path, scan):
    rows = [say(target_id=3, unique=True, tags=["hard", "color"]), say(target_id=3, kind="corner")]
    first, second = (sample.referral for sample in samples_of(write(tmp_path, scan, rows), "room"))
    assert (first.unique, first.tags, second.tags) == (True, ("hard", "color"), ("corner",))


def test_a_target_that_the_scan_has_not_is_named_not_left_out(tmp_path, scan):
    with pytest.raises(InputError, match=r"sentences\.jsonl, line 2: object 99 has no point"):
        write(tmp_path, scan, [say(target_id=3), say(target_id=99)]).load("room")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "expected JSON"),
        ("[]", "a JSON object"),
        ("null", "a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"scan": "room"}', "one of target_id, target_ids, mask and box, got none"),
        (say(target_id=1, box=[0, 0, 0, 1, 1, 1]), "got target_id, box"),
        (say(target_id="seven"), "whole numbers"),
        (say(target_id=-3), "whole numbers"),
        (say(target_id=2**40), "whole numbers"),
        (say(target_ids=[1, True]), "whole numbers"),
        (say(target_ids=3), "whole numbers"),
        (say(mask=7), "the name of an .npy file"),
        (say(mask="../../secret.npy"), "in the folder"),
        (say(mask="/elsewhere/mask.npy"), "in the folder"),
        (say(mask="a\0b.npy"), "in the folder"),
        (say(box=[0, 0, 0, 10**400, 1, 1]), "six numbers"),
        ({"scan": "/etc/passwd", "sentence": "x", "target_id": 1}, "a scan in the folder"),
        (say(target_id=1, unique=1), "unique"),
        ('{"scan": "room", "sentence": "the \\ud800 box", "target_id": 1}', "UTF-8"),
        (say(box=[0, 0, 0, 1, 1]), "six numbers"),
        (say(box=[0, 0, 0, 1, 1, -1]), "low corner first"),
        ('{"scan": "room", "sentence": "x", "box": [0, 0, 0, 1, 1, NaN]}', "six numbers"),
        ({"scan": "room", "sentence": "  ", "target_id": 1}, "sentence to be a text"),
        ({"scan": 7, "sentence": "x", "target_id": 1}, "scan to be a text"),
        ({"scan": "../room", "sentence": "x", "target_id": 1}, "a scan in the folder"),
        (say(target_id=1, unique="yes"), "unique"),
        (say(target_id=1, tags="hard"), "tags"),
    ],
)
def test_a_malformed_line_is_named(tmp_path, scan, line, expected):
    folder = write(tmp_path, scan, [say(target_id=3), line])
    with pytest.raises(InputError, match=r"sentences.jsonl, line 2") as error:
        _ = folder.referrals
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["length", "rows", "twice", "floats", "pickle", "archive", "garbage", "missing"])
def test_masks_that_do_not_fit_are_named(tmp_path, scan, kind):
    path = tmp_path / "mask.npy"
    content = {
        "length": np.zeros(39, bool),
        "rows": np.array([3, 40]),
        "twice": np.repeat([0, 1], 20),
        "floats": np.zeros(40),
        "pickle": np.array([{}, 1], dtype=object),
    }
    if kind in content:
        np.save(path, content[kind], allow_pickle=True)
    elif kind == "archive":
        with path.open("wb") as stream:
            np.savez(stream, a=np.zeros(40, bool))
    elif kind == "garbage":
        path.write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '|b1', 'shape': (40000000000,)}")
    with pytest.raises(InputError, match=r"mask\.npy"):
        write(tmp_path, scan, [say(mask="mask.npy")]).load("room")


def test_missing_files_are_named(tmp_path, scan):
    with pytest.raises(InputError, match=r"sentences.jsonl"):
        _ = Folder(tmp_path).referrals
    folder = write(tmp_path, scan, [{"scan": "elsewhere", "sentence": "x", "target_id": 3}])
    with pytest.raises(InputError, match="elsewhere"):
        folder.load("elsewhere")


def test_endings_in_capitals_are_read_and_names_with_an_ending_are_explained(tmp_path, scan):
    folder = write(tmp_path, scan, [say(target_id=3)])
    (tmp_path / "room.npz").rename(tmp_path / "room.NPZ")
    assert len(folder.load("room")[0]) == 40
    with pytest.raises(InputError, match="without the ending"):
        folder.path("room.npz")
    with pytest.raises(InputError, match="no file can be named"):
        folder.path("room" * 200)


def test_bytes_that_are_no_text_are_named(tmp_path, scan):
    write(tmp_path, scan, [say(target_id=3)])
    (tmp_path / "sentences.jsonl").write_bytes(b'{"scan": "room", "sentence": "gr\xffn", "target_id": 3}')
    with pytest.raises(InputError, match="line 1: expected UTF-8"):
        _ = Folder(tmp_path).referrals


def test_labels_come_from_the_scan_where_the_file_has_none(tmp_path, scan):
    first, second = samples_of(write(tmp_path, scan, [say(target_id=3), say(target_id=3, label="stool")]), "room")
    assert (first.referral.label, second.referral.label) == ("a", "stool")


def test_words_stay_and_spaces_do_not():
    line = json.dumps(say(target_id=1) | {"sentence": " The\tBrown  chair.\n"})
    assert parse_line(line, "here").referral.sentence == "The Brown chair."


def test_full_labels_are_those_of_the_file(tmp_path, scan):
    folder = write(tmp_path, scan, [say(target_id=3)])
    full = Joined((folder,)).annotated("0/room")
    assert full.scan.instances is None
    assert full.classes == {3: "a", 5: "a", 7: "b"}
    for key in full.classes:
        np.testing.assert_array_equal(full.masks.mask([key]), scan.instances == key)


def test_classes_of_full_labels_are_those_of_nyu40_where_they_are_known(tmp_path, scan):
    write(tmp_path, replace(scan, labels={3: "coffee table", 5: "trash can", 7: "theremin"}), [say(target_id=3)])
    assert Folder(tmp_path).annotated("room").classes == {3: "table", 5: "otherfurniture", 7: "theremin"}


def test_full_labels_that_are_not_there_are_named(tmp_path, scan):
    write(tmp_path, replace(scan, labels=None), [say(target_id=3)])
    with pytest.raises(InputError, match=r"room\.npz: expected instances and the names .* got instances without names"):
        Folder(tmp_path).annotated("room")
    write(tmp_path, replace(scan, instances=None, labels=None), [say(target_id=3)])
    with pytest.raises(InputError, match="got neither"):
        Folder(tmp_path).annotated("room")


def test_several_folders_are_one_data_set(tmp_path, scan):
    parts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        parts.append(write(tmp_path / name, scan, [say(target_id=3)]))
    both = Joined(tuple(parts))
    assert both.scans == ("0/room", "1/room")
    assert both.referrals["1/room"] == parts[1].referrals["room"]
    np.testing.assert_array_equal(both.load("1/room")[0].points, scan.points)


def test_another_process_reads_the_sentences_itself(tmp_path, scan):
    folder = write(tmp_path, scan, [say(target_id=3)] * 1000)
    assert folder.scans == ("room",)
    sent = pickle.dumps(Joined((folder,)))
    assert len(sent) < 2000
    assert pickle.loads(sent).parts[0].referrals == folder.referrals
