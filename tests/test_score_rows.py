"""Tables of scores come back as they were, or say which row is wrong; and make the same summary without the model."""

import gzip
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.metrics import SentenceScore, summarize
from less3d.score_rows import read_rows, write_rows

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
shares = st.floats(0, 1)


counts = st.tuples(st.integers(0, 500), st.integers(0, 500)).flatmap(
    lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), st.integers(0, min(pair)))
)
fields = st.fixed_dictionaries(
    {
        **dict.fromkeys(("scan", "record", "sentence", "label", "source"), texts),
        **dict.fromkeys(("f1_25", "f1_50", "confidence"), shares),
        "targets": st.lists(st.integers(-9, 99), max_size=3).map(tuple),
        "unique": st.sampled_from([True, False, None]),
        "tags": st.lists(texts, max_size=2).map(tuple),
        "counts": counts,
    }
)


def row_of(fields: dict) -> SentenceScore:
    predicted, true, shared = fields["counts"]
    about = {name: value for name, value in fields.items() if name != "counts"}
    return SentenceScore(**about, predicted=predicted, true=true, shared=shared)


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(drawn=st.lists(fields, min_size=1, max_size=5))
def test_rows_come_back_as_they_were(tmp_path, suffix, drawn):
    table = [row_of(row) for row in drawn]
    path = tmp_path / f"rows{suffix}"
    write_rows(table, path)
    assert read_rows(path) == table
    assert summarize(read_rows(path)) == summarize(table)
    assert [other.name for other in tmp_path.iterdir()] == [path.name]


@pytest.fixture
def written(tmp_path):
    row = SentenceScore("room", "line 1", "the chair", (3,), "chair", None, (), "", 9, 8, 7, 1.0, 1.0, 0.5)
    path = tmp_path / "rows.csv"
    write_rows([row, row], path)
    return path


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (",9,8,7,", ",9,8,70,", "shared"),
        (",9,8,7,", ",nine,8,7,", "predicted"),
        ("[3]", "3", "targets"),
        ('"scan",', '"scam",', "scan"),
        (',"chair","",', ',"chair","maybe",', "unique"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(written, old, new, named):
    text = written.read_text()
    assert old in text
    written.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=rf"rows\.csv, row 1: .*{named}="):
        read_rows(written)


def test_names_and_files_that_are_no_tables_are_refused(tmp_path, written, monkeypatch):
    with pytest.raises(InputError, match=r"\.csv\.gz or \.parquet"):
        write_rows([], tmp_path / "rows.xlsx")
    for content in (written.read_bytes(), gzip.compress(written.read_bytes())[:-9]):
        (tmp_path / "rows.csv.gz").write_bytes(content)
        with pytest.raises(InputError, match=r"rows\.csv\.gz: not a gzip file"):
            read_rows(tmp_path / "rows.csv.gz")
    broken = tmp_path / "rows.parquet"
    broken.write_bytes(b"PAR1 no table")
    with pytest.raises(InputError, match=r"rows\.parquet"):
        read_rows(broken)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"less3d\[parquet\]"):
        read_rows(broken)
