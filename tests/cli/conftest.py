"""What the command line's tests share: a tiny model's weights, a scan file, and a way to run commands in-process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from scan_files import room_points, write_ply

from less3d.cli import main
from less3d.models import ModelConfig, Referrer
from less3d.models.late import LateConfig
from less3d.text import TextConfig
from less3d.weights import save_weights

TINY = ModelConfig(
    late=LateConfig(channels=(8, 8), width=16, mask_width=8, candidates=4, anchors=2, text_layers=1, relation_layers=1),
    text=TextConfig(encoder="gru", vocabulary=("brown", "chair", "the", "desk", "window")),
    voxel_size=0.25,
)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys) -> Callable[..., Ran]:
    """Run `less3d` with these arguments."""

    def run_main(*arguments: object) -> Ran:
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return run_main


@pytest.fixture(scope="session")
def weights(tmp_path_factory) -> Path:
    """A weight file of a tiny model that was never trained."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_weights(Referrer(TINY), TINY, path, metadata={})
    return path


@pytest.fixture
def scan_file(tmp_path) -> Path:
    """A scan of a room."""
    return write_ply(tmp_path / "room.ply", room_points())
