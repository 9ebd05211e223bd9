"""A `Scan` refuses what nothing downstream could use."""

import subprocess
import sys

import numpy as np
import pytest

from less3d.errors import InputError
from less3d.scan import Scan


def arrays(**changes: object) -> dict[str, object]:
    return {"points": np.zeros((4, 3), np.float32), "colors": np.zeros((4, 3), np.uint8)} | changes


def test_a_scan_of_points_and_colors_is_enough():
    scan = Scan(**arrays())
    assert len(scan) == 4
    assert not scan.origin.any()


@pytest.mark.parametrize(("points", "colors"), [("f8", "u1"), ("f4", "f8")])
def test_arrays_of_another_type_are_refused(points: str, colors: str):
    """In a process of its own, where no test plugin checks types first."""
    code = f"import numpy as np, less3d; less3d.Scan(np.ones((4, 3), '{points}'), np.ones((4, 3), '{colors}'))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.splitlines()[-1].startswith("less3d.errors.InputError: a scan needs ")
    assert ran.stderr.splitlines()[-1].endswith("got float64")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"points": np.zeros((0, 3), np.float32), "colors": np.zeros((0, 3), np.uint8)}, "at least one point"),
        ({"points": np.full((4, 3), np.nan, np.float32)}, "finite coordinates"),
        ({"faces": np.array([[0, 1, 4]], np.int32)}, "0 to 3"),
        ({"faces": np.array([[0, 1, -1]], np.int32)}, "0 to 3"),
        ({"attributes": {"curvature": np.zeros(3)}}, "curvature"),
        ({"attributes": {"normals": np.zeros((4, 3))}}, "normals"),
        ({"origin": np.array([0.0, np.nan, 0.0])}, "origin"),
    ],
)
def test_unusable_arrays_are_refused_by_name(changes: dict[str, object], said: str):
    with pytest.raises(InputError, match=said):
        Scan(**arrays(**changes))
