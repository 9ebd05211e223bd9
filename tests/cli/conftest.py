"""What the command line's tests share: a tiny model's weights, a scan file, and a way to run commands in-process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from scan_files import room_points, write_ply
from tiny_weights import write_tiny_weights

from less3d.cli import main


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
    return write_tiny_weights(tmp_path_factory.mktemp("weights") / "tiny.safetensors")


@pytest.fixture
def scan_file(tmp_path) -> Path:
    """A scan of a room."""
    return write_ply(tmp_path / "room.ply", room_points())
