"""Text files of points: the habits of many programs, and errors that name the line."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from scan_cases import assert_same, scans

from less3d.errors import InputError, InputWarning
from less3d.io.xyz import read_xyz, write_xyz
from less3d.scan import Scan


@settings(max_examples=40, deadline=None)
@given(scan=scans(attribute_types=("f8",)))
def test_a_scan_comes_back_but_for_faces_and_class_names(scan: Scan):
    with tempfile.TemporaryDirectory() as folder:
        write_xyz(scan, Path(folder) / "a.xyz")
        assert_same(read_xyz(Path(folder) / "a.xyz"), scan, labels=False, faces=False)


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3 255 0 51\n4 5 6 0 0 0\n",
        "1,2,3,255,0,51\n4,5,6,0,0,0",
        "1, 2, 3, 255, 0, 51\r\n4, 5, 6, 0, 0, 0\r\n",
        "1;2;3;255;0;51\n4;5;6;0;0;0\n",
        "1\t2\t3\t1.0\t0.0\t0.2\n4\t5\t6\t0\t0\t0\n",
        "# made by hand\n\n1 2 3 255 0 51\n// half way\n4 5 6 0 0 0\n\n",
        "\ufeffX Y Z R G B\n1 2 3 255 0 51\n4 5 6 0 0 0\n",
        "//X,Y,Z,R,G,B\n1,2,3,255,0,51\n4,5,6,0,0,0\n",
        '"r","g","b","x","y","z"\n255,0,51,1,2,3\n0,0,0,4,5,6\n',
        "some title\n1 2 3 255 0 51\n4 5 6 0 0 0\n",
    ],
)
def test_every_habit_of_writing_is_read(tmp_path: Path, text: str):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    scan = read_xyz(tmp_path / "a.txt")
    assert scan.points.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert scan.colors.tolist() == [[255, 0, 51], [0, 0, 0]]


def test_further_columns_are_kept_under_their_names(tmp_path: Path):
    (tmp_path / "a.xyz").write_text("x y z red green blue Intensity instance\n1 2 3 9 8 7 0.5 4\n")
    scan = read_xyz(tmp_path / "a.xyz")
    assert scan.attributes["Intensity"].tolist() == [0.5]
    assert scan.instances is not None
    assert scan.instances.tolist() == [4]
    (tmp_path / "a.xyz").write_text("1 2 3 9 8 7 0.5\n")
    assert read_xyz(tmp_path / "a.xyz").attributes["column_7"].tolist() == [0.5]


def test_normals_are_not_taken_for_colors(tmp_path: Path):
    (tmp_path / "a.xyz").write_text("1 2 3 0 0 1\n4 5 6 0 -1 0\n")
    with pytest.warns(InputWarning, match="no colors"):
        scan = read_xyz(tmp_path / "a.xyz")
    assert scan.attributes["column_5"].tolist() == [0, -1]


def test_without_colors_a_scan_is_grey_and_says_so(tmp_path: Path):
    (tmp_path / "a.xyz").write_text("1 2 3\n")
    with pytest.warns(InputWarning, match="no colors"):
        assert read_xyz(tmp_path / "a.xyz").colors.tolist() == [[128, 128, 128]]


def test_georeferenced_text_keeps_its_millimeters(tmp_path: Path):
    (tmp_path / "a.xyz").write_text("5412345.678 452345.001 31.5 1 2 3\n5412345.679 452345.002 31.5 1 2 3\n")
    scan = read_xyz(tmp_path / "a.xyz")
    np.testing.assert_allclose((scan.points + scan.origin)[1], [5412345.679, 452345.002, 31.5], atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x y z\n", "zero points"),
        ("\n\n", "zero points"),
        ("\ufeff", "zero points"),
        ("1 2\n", "at least x y z"),
        ("1 2 3 4 5 6\n1 2 3\n", "line 2: expected 6 numbers as before, got 3"),
        ("1 2 3\n\n# note\n1 2 drei\n", "line 4: expected numbers, got 'drei'"),
        ("Dear all,\nhere is the scan.\n", "line 2: expected numbers, got 'here'"),
        ("1 2 3 0 0 0\n1 nan 3 0 0 0\n", "point 1 .*NaN"),
        ("x y z r g b\n1 2 3 0 0 -4\n", "colors in 0..1 or 0..255"),
        ("1 2 \0\n", "binary"),
    ],
)
def test_broken_files_are_refused_by_line(tmp_path: Path, text: str, said: str):
    (tmp_path / "bad.xyz").write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        read_xyz(tmp_path / "bad.xyz")
    assert "bad.xyz" in str(caught.value)
