"""Prepared scans come back as they went in, damaged ones are not read, and masks are learned from without a label."""

import json
import shutil
import sys
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_data import samples_of
from tiny_run import tiny_run

from less3d.data.dataset import Referred
from less3d.data.prepared import INDEX, PARTS, VERSION, Prepared, file_of, write_scan_files
from less3d.errors import InputError
from less3d.referral import Masks, Referral
from less3d.scan import Scan
from less3d.training import loop
from less3d.weights import load_weights


def make_scan(seed: int, count: int = 400) -> Scan:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 2, (count, 3)).astype(np.float32)
    return Scan(
        points=points,
        colors=rng.integers(0, 256, (count, 3)).astype(np.uint8),
        instances=np.where(points[:, 2] > 1.8, -1, points[:, 0] > 1).astype(np.int32),
        labels={0: "coffee table", 1: "chair"},
        semantics=rng.integers(0, 41, count).astype(np.int32),
    )


def write(root, scans: dict[str, Scan], **about) -> Prepared:
    """Prepared scans, without a source."""
    for part in PARTS:
        (root / part).mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, scan in scans.items():
        assert scan.instances is not None
        over = {"superpoints": np.arange(len(scan), dtype=np.int32) // 5, "alignment": np.eye(4), **about}
        hashes[name] = write_scan_files(root, name, scan=scan, masks=Masks.of_instances(scan.instances), **over)
    (root / INDEX).write_text(json.dumps({"version": VERSION, "splits": {"val": ["b"]}, "scans": hashes}))
    return Prepared(root)


@pytest.fixture
def prepared(tmp_path) -> Prepared:
    return write(tmp_path / "prepared", {"a": make_scan(0), "b": make_scan(1)})


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 50))
def test_a_scan_comes_back_as_it_was(tmp_path_factory, seed, count):
    scan, alignment = make_scan(seed, count), np.random.default_rng(seed).normal(size=(4, 4))
    prepared = write(tmp_path_factory.mktemp("one"), {"a": scan}, alignment=alignment)
    read, masks = prepared.load("a")
    np.testing.assert_array_equal(read.points, scan.points)
    np.testing.assert_array_equal(read.colors, scan.colors)
    assert (read.instances, read.labels, read.semantics) == (None, None, None)
    assert scan.instances is not None
    assert set(masks.members) == set(scan.instances.tolist()) - {-1}
    for target in masks.members:
        np.testing.assert_array_equal(masks.mask([target]), scan.instances == target)
    labels = prepared.labels("a")
    np.testing.assert_array_equal(labels.instances, scan.instances)
    np.testing.assert_array_equal(labels.semantics, scan.semantics)
    assert labels.classes == scan.labels
    np.testing.assert_array_equal(prepared.superpoints("a"), np.arange(count) // 5)
    np.testing.assert_array_equal(prepared.alignment("a"), alignment)


def test_the_same_scan_is_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write(tmp_path / folder, {"a": make_scan(3)})
    for part in PARTS:
        assert file_of(tmp_path / "one", part, "a").read_bytes() == file_of(tmp_path / "two", part, "a").read_bytes()


def test_names_and_splits(prepared):
    assert prepared.names == ("a", "b")
    assert prepared.split("val") == ("b",)
    with pytest.raises(InputError, match="expected a split"):
        prepared.split("test")
    with pytest.raises(InputError, match="no scan 'c'"):
        prepared.load("c")


@pytest.mark.parametrize("part", ["scans", "masks"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_not_read(prepared, part, damage):
    path = file_of(prepared.root, part, "a")
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
    path.write_bytes({"cut": data[:-3], "empty": b""}.get(damage, data))
    if damage == "gone":
        path.unlink()
    with pytest.raises(InputError, match=rf"{part}/a\.safetensors"):
        prepared.load("a")
    prepared.load("b")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 0}', '{"version": 1, "scans": {"a": {}}, "splits": {}}'])
def test_a_damaged_index_is_named(prepared, text):
    (prepared.root / INDEX).write_text(text)
    with pytest.raises(InputError, match=r"prepared\.json"):
        _ = Prepared(prepared.root).names
    (prepared.root / INDEX).unlink()
    with pytest.raises(InputError, match="not finished"):
        _ = Prepared(prepared.root).names


def referred(prepared: Prepared) -> Referred:
    says = {0: "the coffee table", 1: "the chair"}
    return Referred(prepared, tuple(Referral(scan, says[t], (t,)) for scan in prepared.names for t in says))


def test_sentences_about_prepared_scans(prepared):
    samples = samples_of(referred(prepared), "b")
    np.testing.assert_array_equal(samples[1].mask, make_scan(1).instances == 1)
    with pytest.raises(InputError, match="object 7 has no point"):
        Referred(prepared, (Referral("a", "x", (7,), record="line 3"),)).load("a")
    with pytest.raises(InputError, match="about scan 'attic'"):
        Referred(prepared, (Referral("attic", "x", (0,)),))
    with pytest.raises(InputError, match="got none"):
        Referred(prepared, ())


_opened: list[str] | None = None


def _listen(event: str, arguments: tuple) -> None:
    if _opened is not None and event == "open":
        _opened.append(str(arguments[0]))


sys.addaudithook(_listen)


@contextmanager
def opened_files():
    """The names of all files that Python opens meanwhile; safetensors opens its own, but only after the hash check."""
    global _opened
    _opened = names = []
    yield names
    _opened = None


def test_learning_from_masks_opens_no_label(prepared, tmp_path):
    config = tiny_run("the", "chair", "coffee", "table")
    with opened_files() as names:
        data = referred(Prepared(prepared.root))
        loop.train(config, data, data, tmp_path / "run", workers=0)
    kinds = {name.split("/prepared/")[1].split("/")[0] for name in names if "/prepared/" in name}
    assert kinds == {INDEX, "scans", "masks"}
    with opened_files() as names:
        prepared.labels("a")
    assert any("/prepared/labels/" in name for name in names), "the hook would have seen it"

    shutil.rmtree(prepared.root / "labels")
    again = referred(Prepared(prepared.root))
    loop.train(config, again, again, tmp_path / "again", workers=0)
    one, other = (load_weights(tmp_path / run / "best.safetensors")[0].state_dict() for run in ("run", "again"))
    assert all(torch.equal(values, other[name]) for name, values in one.items())
