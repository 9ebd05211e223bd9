"""Each epoch is the whole data set in another order, shared out among the replicas without loss."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_data import write_tiny_data

from less3d.batch import Asked
from less3d.data.augment import AugmentConfig
from less3d.data.folder import Folder
from less3d.models import ModelConfig
from less3d.models.late import LateConfig
from less3d.scan import Scan
from less3d.training.config import TrainConfig
from less3d.training.loader import Steps, batch_of, nearest_rows, random_rows

MODEL = ModelConfig(late=LateConfig(channels=(8, 8)), voxel_size=0.5)
STILL = AugmentConfig(**{field.name: 0.0 for field in fields(AugmentConfig)} | {"keep": 1.0, "holes": 0})
CONFIG = TrainConfig(model=MODEL, steps=18, scans_per_step=1, sentences_per_scan=1)


@pytest.fixture
def data(tmp_path: Path) -> Folder:
    return Folder(write_tiny_data(tmp_path))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the scans that were read."""
    names = []
    original = Folder.load
    monkeypatch.setattr(Folder, "load", lambda self, name: names.append(name) or original(self, name))
    return names


def said(step: list[Asked]) -> list[tuple[str, torch.Tensor]]:
    """Each sentence of a step with the mask of what it means."""
    batch = batch_of(step, CONFIG.model)
    return [(sentence, batch.mask(row)) for row, sentence in enumerate(batch.sentences)]


def test_epochs_see_every_scan_once_each_in_its_own_order(data: Folder, read: list[str]) -> None:
    steps = Steps(data, CONFIG)
    for number in range(18):
        steps[number]
    epochs = [tuple(read[start : start + 3]) for start in range(0, 18, 3)]
    assert all(sorted(epoch) == list(data.scans) for epoch in epochs)
    assert len(set(epochs)) > 1


def test_epochs_see_each_scan_changed_in_another_way(data: Folder, read: list[str]) -> None:
    steps = Steps(data, CONFIG)
    seen: dict[str, list[torch.Tensor]] = {}
    for number in range(6):
        (asked,) = steps[number]
        seen.setdefault(read[-1], []).append(asked.points)
    assert all(len(views) == 2 and not torch.equal(*[view.mean(0) for view in views]) for views in seen.values())


def test_replicas_share_the_scans_out_without_loss(data: Folder) -> None:
    shares = [Steps(data, replace(CONFIG, replicas=2), replica=replica).scans for replica in (0, 1)]
    assert sorted(name for share in shares for name in share) == list(data.scans)


def test_the_part_of_a_large_scan_has_something_that_was_described(data: Folder) -> None:
    for part in ("nearest", "random"):
        steps = Steps(data, replace(CONFIG, max_points=50, part=part, augment=STILL))
        for number in range(6):
            (asked,) = steps[number]
            assert asked.masks.shape[1] == 50
            assert asked.masks.any()


def test_the_nearest_points_are_near_and_random_ones_are_anywhere() -> None:
    rng = np.random.default_rng(0)
    scan = Scan(rng.uniform(0, 9, (5000, 3)).astype(np.float32), np.zeros((5000, 3), np.uint8))
    distance = np.linalg.norm(scan.points[:, :2] - scan.points[7, :2], axis=1)
    near, anywhere = nearest_rows(scan, 7, 200), random_rows(scan, 7, 200, rng)
    assert set(near) == set(np.argsort(distance)[:200])
    assert len(set(anywhere)) == 200
    assert 7 in anywhere
    assert distance[anywhere].mean() > 3 * distance[near].mean()


def test_a_sentence_about_nothing_is_trained_on_with_an_empty_mask(tmp_path: Path) -> None:
    root = write_tiny_data(tmp_path)
    with (root / "sentences.jsonl").open("a") as file:
        file.write('\n{"scan": "room0", "sentence": "the piano", "target_ids": []}')
    steps = Steps(Folder(root), replace(CONFIG, sentences_per_scan=3))
    seen = [pair for number in range(3) for pair in said(steps[number])]
    assert [mask.any().item() for sentence, mask in seen if sentence == "the piano"] == [False]
    assert all(mask.any() for sentence, mask in seen if sentence != "the piano")


def test_a_share_of_the_sentences_is_borrowed_and_describes_nothing(tmp_path: Path) -> None:
    root = write_tiny_data(tmp_path)
    with (root / "sentences.jsonl").open("a") as file:
        file.write('\n{"scan": "room2", "sentence": "the lamp", "target_id": 0, "label": "lamp"}')
    steps = Steps(Folder(root), replace(CONFIG, sentences_per_scan=3, absent=0.5))
    pairs = [pair for number in range(30) for pair in said(steps[number])]
    empty = [not mask.any() for sentence, mask in pairs if sentence == "the lamp"]
    assert sum(not mask.any() for _, mask in pairs) == sum(empty)
    assert 0.2 < sum(empty) / len(pairs) < 0.6
    assert not all(empty), "in its own room the lamp is there"
