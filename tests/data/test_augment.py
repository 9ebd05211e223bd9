"""Augmented scans are other scans of the same room, and their sentences stay true."""

from dataclasses import fields, replace

import numpy as np
import pytest

from less3d.data.augment import AugmentConfig, augment
from less3d.referral import Referral
from less3d.scan import Scan

STILL = AugmentConfig(**{field.name: 0.0 for field in fields(AugmentConfig)} | {"keep": 1.0, "holes": 0})


@pytest.fixture
def scan() -> Scan:
    rng = np.random.default_rng(0)
    points = rng.uniform(-2, 2, (2000, 3)).astype(np.float32)
    colors = rng.integers(0, 256, (2000, 3), dtype=np.uint8)
    return Scan(points=points, colors=colors, instances=(points[:, 0] > 0).astype(np.int32), labels={0: "a", 1: "b"})


def sentences(*texts: str) -> list[Referral]:
    return [Referral("room", text, 1) for text in texts]


def test_nothing_asked_changes_nothing(scan):
    changed, rows = augment(scan, sentences("left of it"), np.random.default_rng(0), STILL)
    np.testing.assert_allclose(changed.points, scan.points, atol=1e-6)
    np.testing.assert_allclose(changed.colors.astype(int), scan.colors, atol=1)
    assert rows[0].sentence == "left of it"


def test_a_mirror_swaps_the_words(scan):
    config = AugmentConfig(**{**vars(STILL), "mirror": 1.0})
    changed, rows = augment(scan, sentences("the chair on the left.", "the red box"), np.random.default_rng(0), config)
    np.testing.assert_allclose(changed.points, scan.points * [-1, 1, 1], atol=1e-6)
    assert [row.sentence for row in rows] == ["the chair on the right.", "the red box"]


def test_a_turn_keeps_distances_heights_and_handedness(scan):
    config = AugmentConfig(**{**vars(STILL), "yaw": 180.0})
    changed, _ = augment(scan, [], np.random.default_rng(3), config)
    np.testing.assert_allclose(changed.points[:, 2], scan.points[:, 2], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(changed.points, axis=1), np.linalg.norm(scan.points, axis=1), atol=1e-4)
    turn = np.linalg.lstsq(scan.points, changed.points, rcond=None)[0]
    assert np.linalg.det(turn) == pytest.approx(1.0, abs=1e-3)
    assert not np.allclose(turn, np.eye(3), atol=0.1)


def test_instances_travel_with_their_points(scan):
    config = AugmentConfig(**{**vars(STILL), "keep": 0.3, "holes": 10, "crop": 1.0})
    changed, _ = augment(scan, [], np.random.default_rng(1), config)
    assert len(scan) // 5 <= len(changed) < len(scan)
    assert (changed.instances == (changed.points[:, 0] > 0)).all()


def test_same_seed_same_scan(scan):
    first, second = (augment(scan, [], np.random.default_rng(5), AugmentConfig())[0] for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.colors, second.colors)
    other, _ = augment(scan, [], np.random.default_rng(6), AugmentConfig())
    assert len(other) != len(first) or not np.array_equal(other.points, first.points)


def test_flattened_objects_move_towards_one_color_and_the_rest_keeps_its_own(scan):
    scan = replace(scan, instances=np.where(scan.points[:, 1] > 1, -1, scan.instances).astype(np.int32))
    flat = replace(STILL, flatten=1.0)
    changed = np.stack([augment(scan, [], np.random.default_rng(s), flat)[0].colors for s in range(20)]).astype(float)
    assert abs(changed[:, scan.instances == -1] - scan.colors[scan.instances == -1]).max() <= 1
    for instance in (0, 1):
        before, after = scan.colors[scan.instances == instance], changed[:, scan.instances == instance]
        assert abs(after.mean(axis=1) - before.mean(axis=0)).max() < 2
        shares = after.std(axis=1).mean(axis=1) / before.std(axis=0).mean()  # 1 - strength, which is .3 to 1
        assert shares.min() < 0.2
        assert 0.5 < shares.max() < 0.75
