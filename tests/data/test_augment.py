"""Augmented scans are other scans of the same room, and their sentences stay true."""

from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from less3d.data.augment import FEW, AugmentConfig, augment
from less3d.data.sentences.view import has_view_words
from less3d.referral import Masks, Referral
from less3d.scan import Scan

STILL = AugmentConfig(**{field.name: 0.0 for field in fields(AugmentConfig)} | {"keep": 1.0, "holes": 0})
augmented = partial(augment, described=range(FEW))


@pytest.fixture
def scan() -> Scan:
    rng = np.random.default_rng(0)
    points = rng.uniform(-2, 2, (2000, 3)).astype(np.float32)
    return Scan(points=points, colors=rng.integers(0, 256, (2000, 3), dtype=np.uint8))


@pytest.fixture
def masks(scan) -> Masks:
    """Two halves of the room."""
    return Masks.of_instances((scan.points[:, 0] > 0).astype(np.int32))


def sentences(*texts: str) -> list[Referral]:
    return [Referral("room", text, (1,)) for text in texts]


def test_nothing_asked_changes_nothing(scan, masks):
    changed, same, rows = augmented(scan, masks, sentences("left of it"), np.random.default_rng(0), STILL)
    np.testing.assert_allclose(changed.points, scan.points, atol=1e-6)
    np.testing.assert_allclose(changed.colors.astype(int), scan.colors, atol=1)
    assert rows[0].sentence == "left of it"
    for target in (0, 1):
        np.testing.assert_array_equal(same.members[target], masks.members[target])


@pytest.mark.parametrize(
    ("said", "mirrored"),
    [
        ("the chair on the left.", "the chair on the right."),
        ("LEFT, by the wall", "RIGHT, by the wall"),
        ("the (leftmost) one; right?", "the (rightmost) one; left?"),
        ("right next to the bed", "right next to the bed"),
        ("the red box", "the red box"),
    ],
)
def test_a_mirror_swaps_the_words(scan, masks, said, mirrored):
    config = replace(STILL, mirror=1.0)
    changed, _, rows = augmented(scan, masks, sentences(said), np.random.default_rng(0), config)
    np.testing.assert_allclose(changed.points, scan.points * [-1, 1, 1], atol=1e-6)
    assert rows[0].sentence == mirrored


def test_a_turn_keeps_distances_heights_and_handedness(scan, masks):
    changed, *_ = augmented(scan, masks, [], np.random.default_rng(3), replace(STILL, yaw=180.0))
    np.testing.assert_allclose(changed.points[:, 2], scan.points[:, 2], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(changed.points, axis=1), np.linalg.norm(scan.points, axis=1), atol=1e-4)
    turn = np.linalg.lstsq(scan.points, changed.points, rcond=None)[0]
    assert np.linalg.det(turn) == pytest.approx(1.0, abs=1e-3)
    assert not np.allclose(turn, np.eye(3), atol=0.1)


def test_quarter_turns_are_for_sentences_without_view_words(scan, masks):
    rows = sentences("the box to the left.", "the red box", "the box Behind, there", "the box by the wall")
    quarters = set()
    for seed in range(30):
        changed, _, kept = augmented(scan, masks, rows, np.random.default_rng(seed), replace(STILL, turn=0.5))
        turn = np.linalg.lstsq(scan.points, changed.points, rcond=None)[0]
        angle = round(np.degrees(np.arctan2(turn[0, 1], turn[0, 0]))) % 360
        quarters.add(angle)
        expected = ["the red box", "the box by the wall"] if angle else [row.sentence for row in rows]
        assert [row.sentence for row in kept] == expected
    assert quarters == {0, 90, 180, 270}


def test_a_scan_whose_sentences_all_have_view_words_is_not_turned(scan, masks):
    rows = sentences("the box to the left.", "the box in front; the brown one")
    assert all(has_view_words(row.sentence) for row in rows)
    changed, _, kept = augmented(scan, masks, rows, np.random.default_rng(1), replace(STILL, turn=1.0))
    np.testing.assert_allclose(changed.points, scan.points, atol=1e-6)
    assert list(kept) == rows


def test_masks_travel_with_their_points(scan, masks):
    config = replace(STILL, keep=0.3, holes=10, crop=1.0)
    changed, moved, _ = augmented(scan, masks, [], np.random.default_rng(1), config)
    assert len(scan) // 5 <= len(changed) < len(scan)
    for target in (0, 1):
        np.testing.assert_array_equal(moved.mask([target]), (changed.points[:, 0] > 0) == target)


def test_same_seed_same_scan(scan, masks):
    first, second = (augmented(scan, masks, [], np.random.default_rng(5), AugmentConfig())[0] for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.colors, second.colors)
    other, *_ = augmented(scan, masks, [], np.random.default_rng(6), AugmentConfig())
    assert len(other) != len(first) or not np.array_equal(other.points, first.points)


def test_flattened_objects_move_towards_one_color_and_the_rest_keeps_its_own(scan):
    instances = np.where(scan.points[:, 1] > 1, -1, scan.points[:, 0] > 0).astype(np.int32)
    masks, flat = Masks.of_instances(instances), replace(STILL, flatten=1.0)
    seen = [augmented(scan, masks, [], np.random.default_rng(seed), flat)[0].colors for seed in range(20)]
    changed = np.stack(seen).astype(float)
    assert abs(changed[:, instances == -1] - scan.colors[instances == -1]).max() <= 1
    for instance in (0, 1):
        before, after = scan.colors[instances == instance], changed[:, instances == instance]
        assert abs(after.mean(axis=1) - before.mean(axis=0)).max() < 2
        shares = after.std(axis=1).mean(axis=1) / before.std(axis=0).mean()  # 1 - strength, which is .3 to 1
        assert shares.min() < 0.2
        assert 0.5 < shares.max() < 0.75


def test_only_described_objects_become_plainer(scan, masks):
    flat = replace(STILL, flatten=1.0)
    changed, *_ = augment(scan, masks, [], np.random.default_rng(0), flat, described=range(1, FEW + 1))
    other, own = masks.members[0], masks.members[1]
    assert abs(changed.colors[other].astype(int) - scan.colors[other]).max() <= 1
    assert changed.colors[own].std() < 0.8 * scan.colors[own].std()


def test_few_described_objects_do_not_become_plainer(scan, masks):
    """Nothing else in the scan would be as plain, and training would learn to look for that."""
    flat = replace(STILL, flatten=1.0)
    for seed in range(5):
        changed, *_ = augment(scan, masks, [], np.random.default_rng(seed), flat, described=range(1, FEW))
        assert abs(changed.colors.astype(int) - scan.colors).max() <= 1


def test_flattened_windows_become_planes_and_chairs_keep_their_shape():
    rng = np.random.default_rng(0)
    window = rng.uniform(-1, 1, (800, 3)) * [0.07, 0.6, 0.5]
    chair = rng.uniform(-1, 1, (800, 3)) * [0.07, 0.2, 0.4] + [2, 0, 0]
    points = np.concatenate([window, chair]).astype(np.float32)
    scan = Scan(points=points, colors=np.full((1600, 3), 90, dtype=np.uint8))
    masks = Masks.of_instances(np.repeat([0, 1], 800).astype(np.int32))
    config = replace(STILL, flatten=1.0)
    seen = [augmented(scan, masks, [], np.random.default_rng(seed), config)[0].points for seed in range(20)]
    thickness = np.array([moved[:800, 0].std() for moved in seen]) / points[:800, 0].std()
    assert thickness.min() < 0.1  # strength 1, save for how the plane of 800 points lies
    assert 0.4 < thickness.max() < 0.75  # 1 - strength, which is .3 at least
    np.testing.assert_allclose([moved[:800, 1:] for moved in seen], np.tile(points[:800, 1:], (20, 1, 1)), atol=0.02)
    np.testing.assert_allclose([moved[800:] for moved in seen], np.tile(points[800:], (20, 1, 1)), atol=1e-6)
