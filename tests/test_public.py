"""The promise to users: these names exist, and reading and drawing scans needs no torch."""

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import less3d

PROMISED = [
    "InputError",
    "InputWarning",
    "Prediction",
    "Referral",
    "Sample",
    "Scan",
    "Segmenter",
    "picture",
    "read_scan",
    "write_scan",
]


def test_the_public_names_are_these():
    assert less3d.__all__ == PROMISED
    assert set(PROMISED) <= set(dir(less3d))


@pytest.mark.parametrize("name", PROMISED)
def test_each_public_name_loads_and_is_documented(name):
    found = getattr(less3d, name)
    assert found.__name__ == name
    assert found.__doc__
    assert hasattr(importlib.import_module(found.__module__), name)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Segmentr"):
        _ = less3d.Segmentr


def test_the_version_is_the_projects():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert less3d.__version__ == project["project"]["version"]


@pytest.mark.parametrize(
    "code",
    ["import less3d; less3d.read_scan, less3d.Scan, less3d.picture", "import less3d.io", "import less3d.metrics"],
)
def test_reading_drawing_and_scoring_leave_torch_out(code):
    check = f"{code}\nimport sys\nsys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
