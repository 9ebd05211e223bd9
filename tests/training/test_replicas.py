"""Processes that train together end together, in order."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from less3d.training.replicas import Replicas, replicas


def work(group: Replicas) -> None:
    while True:
        time.sleep(0.01)


def wait_to_meet(group: Replicas) -> None:
    model = torch.nn.Linear(1, 1)
    group.meet(model, torch.optim.SGD(model.parameters()), {})


def follow(group: Replicas, busy: Callable[[Replicas], None], begun: Path, tidied: Path) -> None:
    begun.touch()
    try:
        busy(group)
    finally:
        tidied.touch()


@pytest.mark.parametrize("busy", [work, wait_to_meet])
def test_the_others_tidy_up_when_the_first_is_done(busy, tmp_path, capfd):
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    with replicas(2, follow, busy, begun, tidied):
        while not begun.exists():
            time.sleep(0.01)
        time.sleep(0.5)  # so that it waits
    assert tidied.exists(), "its own workers would go on, and the semaphores shared with them leak"
    assert "error" not in capfd.readouterr().err.lower()
