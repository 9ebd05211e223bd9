"""The README keeps its word: its commands parse and run, its Python runs, its links lead somewhere."""

import functools
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest
import tyro
from tiny_weights import as_released, write_tiny_weights

import less3d.weights
from less3d.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


COMMAND_LINES = [
    line for block in blocks("sh") for line in block.splitlines() if "less3d " in line and "clone" not in line
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the files that the README speaks of, and weights in the box."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "data" / "room.ply", "room.ply")
    Path("sentences.txt").write_text("the desk\nthe red chair next to the screen\n", encoding="utf-8")
    if not less3d.weights.RELEASED:
        monkeypatch.setattr(less3d.weights, "RELEASED", as_released(write_tiny_weights(tmp_path / "tiny.safetensors")))
    return tmp_path


def arguments(line: str) -> list[str]:
    return shlex.split(line[line.index("less3d ") :])[1:]


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_each_command_is_understood(line):
    given = arguments(line)
    name = next(name for name in (" ".join(given[:2]), given[0]) if name in COMMANDS)
    command, calls = COMMANDS[name].load(), []

    @functools.wraps(command)
    def stand_in(*values, **named):
        calls.append((values, named))

    tyro.cli(stand_in, args=given[len(name.split()) :])
    assert len(calls) == 1


@pytest.mark.filterwarnings("default::less3d.errors.InputWarning")
@pytest.mark.parametrize(
    "line", [line for line in COMMAND_LINES if "less3d segment" in line and "--weights" not in line]
)
def test_each_segment_command_runs(here, line, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(Path("sentences.txt").read_text(encoding="utf-8")))
    assert main([*arguments(line), "--picture-size", "96", "72"]) == 0
    for folder in Path("out").iterdir():
        assert (folder / "mask.npy").is_file()


@pytest.mark.filterwarnings("default::less3d.errors.InputWarning")
def test_the_python_runs(here):
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert Path("chair.png").is_file()


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)]+)\)", README))
def test_each_link_leads_somewhere(link):
    assert (ROOT / link).exists()
