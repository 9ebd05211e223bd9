"""Each epoch is the whole data set in another order, shared out among the replicas without loss."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_data import write_tiny_data

from less3d.data.folder import Folder
from less3d.models import ModelConfig
from less3d.models.late import LateConfig
from less3d.training.config import TrainConfig
from less3d.training.loader import Steps

MODEL = ModelConfig(late=LateConfig(channels=(8, 8)), voxel_size=0.5)
CONFIG = TrainConfig(model=MODEL, steps=18, scans_per_step=1, sentences_per_scan=1)


@pytest.fixture
def data(tmp_path: Path) -> Folder:
    return Folder(write_tiny_data(tmp_path))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the scans that were read."""
    names = []
    original = Folder.read
    monkeypatch.setattr(Folder, "read", lambda self, name: names.append(name) or original(self, name))
    return names


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
        positions = steps[number].batch.scene.positions
        seen.setdefault(read[-1], []).append(positions)
    assert all(len(views) == 2 and not torch.equal(*[view.mean(0) for view in views]) for views in seen.values())


def test_replicas_share_the_scans_out_without_loss(data: Folder) -> None:
    shares = [Steps(data, replace(CONFIG, replicas=2), replica=replica).scans for replica in (0, 1)]
    assert sorted(name for share in shares for name in share) == list(data.scans)
