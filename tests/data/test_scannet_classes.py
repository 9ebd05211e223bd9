"""The table of ScanNet's classes: columns by name, official rules for what a name stands for, wrong tables named."""

import numpy as np
import pytest
from official_files import NYU40_OF, TSV_COLUMNS, write_tsv

from less3d.data.scannet_classes import (
    BENCHMARK_INSTANCE_IDS,
    NYU40,
    SCANREFER_CLASSES,
    ScanNetClasses,
)
from less3d.errors import InputError


@pytest.mark.parametrize("seed", range(4))
def test_columns_are_found_by_name_in_any_order(tmp_path, seed):
    columns = tuple(np.random.default_rng(seed).permutation(TSV_COLUMNS).tolist()) if seed else TSV_COLUMNS
    write_tsv(tmp_path / "table.tsv", columns=columns)
    classes = ScanNetClasses.read(tmp_path / "table.tsv")
    assert {raw: (classes.nyu40_ids[raw], classes.nyu40_names[raw]) for raw in classes.nyu40_ids} == NYU40_OF


def test_rows_that_lost_their_last_empty_cells_windows_line_ends_and_a_mark_are_read(tmp_path):
    text = "\ufeffnyu40class\traw_category\tnyu40id\tmore\r\nchair\tstool\t5\tx\r\n\r\nsofa\tcouch\t6\r\n"
    (tmp_path / "table.tsv").write_bytes(text.encode())
    classes = ScanNetClasses.read(tmp_path / "table.tsv")
    assert dict(classes.nyu40_ids) == {"stool": 5, "couch": 6}
    assert classes.nyu40_names["couch"] == "sofa"


def test_numbers_of_the_classes_agree_with_each_other():
    assert len(NYU40) == 40
    assert len(SCANREFER_CLASSES) == len(BENCHMARK_INSTANCE_IDS) == 18
    assert len(set(NYU40)) == 40
    named = [NYU40[number - 1] for number in BENCHMARK_INSTANCE_IDS]
    assert named[:17] == list(SCANREFER_CLASSES[:17])
    assert named[17] == "otherfurniture"
    assert all(NYU40[number - 1] == name for number, name in NYU40_OF.values())


@pytest.mark.parametrize(
    ("name", "number"),
    [("cabinet", 0), ("office chair", 2), ("couch", 3), ("refrigerator", 12), ("shower curtain", 13)]
    + [(name, 17) for name in ("trash can", "wall", "nightstand", "never heard of", "")],
)
def test_scanrefer_numbers(tmp_path, name, number):
    write_tsv(tmp_path / "table.tsv")
    assert ScanNetClasses.read(tmp_path / "table.tsv").scanrefer_class(name) == number


def test_a_table_that_misspells_the_refrigerator_makes_it_one_of_the_others_for_scanrefer_alone(tmp_path):
    write_tsv(tmp_path / "table.tsv", names={"mini fridge": (24, "refridgerator")})
    classes = ScanNetClasses.read(tmp_path / "table.tsv")
    assert classes.scanrefer_class("mini fridge") == 17
    assert classes.benchmark_class("mini fridge") == "refrigerator"


@pytest.mark.parametrize(
    ("name", "benchmark"),
    [("office chair", "chair"), ("trash can", "otherfurniture"), ("wall", None), ("monitor", None), ("unheard", None)],
)
def test_benchmark_classes(tmp_path, name, benchmark):
    write_tsv(tmp_path / "table.tsv")
    assert ScanNetClasses.read(tmp_path / "table.tsv").benchmark_class(name) == benchmark


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("raw_category\tnyu40id\nchair\t5\n", "line 1: expected columns .*, got no nyu40class"),
        ("id\n", "got no raw_category, no nyu40id, no nyu40class"),
        ("raw_category\tnyu40id\tnyu40class\nchair\t5\tchair\ntable\t7\n", "line 3: expected at least 3 cells"),
        ("raw_category\tnyu40id\tnyu40class\nchair\tfive\tchair\n", "line 2: expected nyu40id .*'five'"),
        ("raw_category\tnyu40id\tnyu40class\nchair\t41\tchair\n", "line 2: expected nyu40id"),
        ("raw_category\tnyu40id\tnyu40class\nchair\t-5\tchair\n", "line 2: expected nyu40id"),
        ("raw_category\tnyu40id\tnyu40class\nchair\t²\tchair\n", "line 2: expected nyu40id"),
        ("raw_category\tnyu40id\tnyu40class\n \t5\tchair\n", "line 2: expected raw_category"),
        ("raw_category\tnyu40id\tnyu40class\n\n", "header alone"),
        (b"raw_category\tnyu40id\tnyu40class\nch\xe4ir\t5\tchair\n", "line 2: expected UTF-8 text, got byte 0xe4"),
        ("", "empty"),
    ],
)
def test_wrong_tables_are_refused_with_their_line(tmp_path, text, message):
    path = tmp_path / "table.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=message) as error:
        ScanNetClasses.read(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
