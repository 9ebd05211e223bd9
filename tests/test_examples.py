"""Each example runs as it stands and leaves the picture that it names."""

import runpy
from pathlib import Path

import pytest
from PIL import Image
from tiny_weights import as_released, write_tiny_weights

import less3d.weights

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


@pytest.mark.filterwarnings("default::less3d.errors.InputWarning")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if not less3d.weights.RELEASED:
        monkeypatch.setattr(less3d.weights, "RELEASED", as_released(write_tiny_weights(tmp_path / "tiny.safetensors")))
    runpy.run_path(str(example))
    pictures = list(tmp_path.glob("*.png"))
    assert len(pictures) == 1
    assert pictures[0].name in capsys.readouterr().out
    with Image.open(pictures[0]) as image:
        assert image.width == 960
