"""The README and the docs keep their word: commands parse and run, Python runs, links lead somewhere."""

import functools
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest
import tyro
from official_files import scanrefer_record, write_json, write_scannet
from tiny_weights import as_released, write_tiny_weights

import less3d.weights
from less3d.cli import COMMANDS, main
from less3d.data.folder import parse_line
from less3d.data.prepare import prepare_scannet

ROOT = Path(__file__).parents[1]
README, DATA = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/data.md"))


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(text: str) -> list[str]:
    lines = [line for block in blocks("sh", text) for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if "less3d " in line and "clone" not in line]


COMMAND_LINES = commands(README)


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


@pytest.mark.parametrize("line", dict.fromkeys(COMMAND_LINES + commands(DATA)))
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


def test_the_lines_of_the_docs_describe_their_objects_as_they_say():
    lines = [line for block in blocks("json", DATA) for line in block.splitlines()]
    ways = [parse_line(line, "docs/data.md") for line in lines]
    assert [row.mask for row in ways] == ["masks/stool.npy", "", "", "", ""]
    assert [len(row.box) for row in ways] == [0, 6, 0, 0, 0]
    assert [row.referral.targets for row in ways] == [(), (), (7,), (3, 4, 9), ()]


def test_the_python_of_the_docs_runs_on_official_files(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_scannet(tmp_path / "scannet")
    write_json(tmp_path / "ScanRefer_filtered_val.json", [scanrefer_record()])
    assert len(list(prepare_scannet(tmp_path / "scannet", tmp_path / "prepared"))) == 4
    for block in blocks("python", DATA):
        exec(compile(block, "data.md", "exec"), {})
    assert capsys.readouterr().out.startswith("the chair is blue. it is by the table. ")
