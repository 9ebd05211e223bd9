"""A data set folder gives each sentence its mask, or says which line is wrong."""

import json

import numpy as np
import pytest

from less3d.data.folder import Folder, Folders
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


def test_samples_have_their_masks_and_splits(tmp_path, scan):
    rows = [{"scan": "room", "sentence": f"say {target}", "target_id": target} for target in (3, 7)]
    first, second = write(tmp_path, scan, rows).samples("room")
    assert first.scan is second.scan
    assert (first.mask == (scan.instances == 3)).all()
    assert (first.referral.unique, second.referral.unique) == (False, True)
    assert second.referral.sentence == "say 7"


def test_what_the_file_says_of_unique_comes_first(tmp_path, scan):
    row = {"scan": "room", "sentence": "x", "target_id": 3, "unique": True}
    assert write(tmp_path, scan, [row]).samples("room")[0].referral.unique is True


def test_a_target_that_the_scan_has_not_is_named_not_left_out(tmp_path, scan):
    rows = [{"scan": "room", "sentence": "x", "target_id": target} for target in (3, 99)]
    with pytest.raises(InputError, match=r"sentences\.jsonl.*got 99 for room"):
        write(tmp_path, scan, rows).samples("room")


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"scan": "room"}', '{"scan": "room", "sentence": "x", "target_id": "seven"}', "null"]
)
def test_a_malformed_line_is_named(tmp_path, scan, line):
    folder = write(tmp_path, scan, [{"scan": "room", "sentence": "x", "target_id": 3}, line])
    with pytest.raises(InputError, match=r"sentences.jsonl, line 2"):
        _ = folder.referrals


def test_missing_files_are_named(tmp_path, scan):
    with pytest.raises(InputError, match=r"sentences.jsonl"):
        _ = Folder(tmp_path).referrals
    folder = write(tmp_path, scan, [{"scan": "elsewhere", "sentence": "x", "target_id": 3}])
    with pytest.raises(InputError, match="elsewhere"):
        folder.samples("elsewhere")


def test_several_folders_are_one_data_set(tmp_path, scan):
    row = {"scan": "room", "sentence": "x", "target_id": 3}
    parts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        parts.append(write(tmp_path / name, scan, [row]))
    both = Folders(tuple(parts))
    assert both.scans == ("0/room", "1/room")
    assert both.referrals["1/room"] == parts[1].referrals["room"]
    np.testing.assert_array_equal(both.read("1/room").points, scan.points)
