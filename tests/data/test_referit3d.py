"""Nr3D and Sr3D: rows as sentences, easy and view-dependent told naively, which rows count, wrong rows named."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from official_files import NR3D_COLUMNS, SR3D_COLUMNS, nr3d_row, sr3d_row, write_csv

from less3d.data.referring import read_nr3d, read_referrals, read_sr3d
from less3d.errors import InputError, InputWarning
from less3d.referral import Referral


def nr3d(path, *rows, **options):
    return write_csv(path / "nr3d.csv", list(rows), columns=NR3D_COLUMNS, **options)


def sr3d(path, *rows, **options):
    return write_csv(path / "sr3d.csv", list(rows), columns=SR3D_COLUMNS, **options)


def test_rows_of_both_are_sentences(tmp_path):
    (found,) = read_referrals(nr3d(tmp_path, nr3d_row()))
    assert found == Referral(
        scan="scene0000_00",
        sentence='The chair, "left" of the desk',
        targets=(1,),
        label="office chair",
        tags=("hard", "view-dependent"),
        source="Nr3D",
        record="nr3d.csv, line 2 (scene0000_00, object 1)",
    )
    (found,) = read_referrals(sr3d(tmp_path, sr3d_row()))
    assert found == Referral(
        scan="scene0000_00",
        sentence="the office chair that is far from the trash can",
        targets=(1,),
        label="office chair",
        tags=("easy", "view-independent", "farthest"),
        source="Sr3D",
        record="sr3d.csv, line 2 (scene0000_00, object 1)",
    )


def test_a_mark_an_index_column_another_order_and_empty_lines_are_read(tmp_path):
    columns = ("", *reversed(NR3D_COLUMNS))
    path = write_csv(tmp_path / "x.csv", [{"": 0, **nr3d_row()}], columns=columns, start="\ufeff")
    path.write_text(path.read_text() + "\n\r\n")
    assert [referral.targets for referral in read_referrals(path)] == [(1,)]


def test_quotes_line_ends_and_other_letters_in_a_sentence(tmp_path):
    row = nr3d_row(utterance='a "big"\nchair,  très   vieux', tokens="['l\\'autre', \"chair's\", ']', ',']")
    first, second = read_nr3d(nr3d(tmp_path, row, nr3d_row()))
    assert first.sentence == 'a "big" chair, très vieux'
    assert first.tags[1] == "view-independent"
    assert first.record == "nr3d.csv, line 2 (scene0000_00, object 1)"
    assert second.record == "nr3d.csv, line 4 (scene0000_00, object 1)"


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_easy_and_view_dependent_agree_with_a_naive_reading(tmp_path, data):
    others = data.draw(st.lists(st.integers(2, 99), max_size=5, unique=True))
    label = data.draw(st.sampled_from(["chair", "office_chair", "x-y", "tv"]))
    words = st.sampled_from(
        ["left", "Left", "lefty", "backpack", "back", "behind", "chair's", 'a"b', "'", "across", "\\"]
    )
    tokens = data.draw(st.lists(words, max_size=4))
    stimulus = f"scene0000_00-{label}-{len(others) + 1}-1" + "".join(f"-{other}" for other in others)
    (found,) = read_nr3d(nr3d(tmp_path, nr3d_row(stimulus_id=stimulus, tokens=str(tokens))))
    view = ["front", "behind", "back", "right", "left", "facing", "leftmost", "rightmost", "looking", "across"]
    assert found.tags == (
        "hard" if len(others) > 1 else "easy",
        "view-dependent" if any(token in view for token in tokens) else "view-independent",
    )


def test_rows_that_do_not_count_are_left_out_as_asked(tmp_path):
    rows = [
        nr3d_row(target_id=1, mentions_target_class=m, correct_guess=c) for m in (True, False) for c in (True, False)
    ]
    rows = [row | {"utterance": f"sentence {i}"} for i, row in enumerate(rows)]
    path = nr3d(tmp_path, *rows)

    def told(**options) -> list[int]:
        return [int(referral.sentence[-1]) for referral in read_nr3d(path, **options)]

    because = "2 of 4 rows are left out, because mentions_target_class is False"
    with pytest.warns(InputWarning, match=because):
        assert told() == [0, 1]
    with pytest.warns(InputWarning, match="3 of 4 rows are left out, because mentions_target_class or correct_guess"):
        assert told(correct_guess_only=True) == [0]
    assert told(mentions_target_class_only=False) == [0, 1, 2, 3]
    with pytest.warns(InputWarning, match="2 of 4 rows are left out, because correct_guess is False"):
        assert told(mentions_target_class_only=False, correct_guess_only=True) == [0, 2]
    with pytest.warns(InputWarning, match=because):
        assert read_referrals(path) == read_nr3d(path)
    made = sr3d(tmp_path, sr3d_row(mentions_target_class=False), sr3d_row())
    with pytest.warns(InputWarning, match="1 of 2 rows are left out"):
        assert len(read_sr3d(made)) == 1
    assert len(read_sr3d(made, mentions_target_class_only=False)) == 2


def test_where_the_file_does_not_say_which_rows_count_all_do(tmp_path):
    columns = tuple(name for name in NR3D_COLUMNS if name not in ("mentions_target_class", "correct_guess"))
    path = write_csv(tmp_path / "x.csv", [nr3d_row(), nr3d_row()], columns=columns)
    assert len(read_nr3d(path, correct_guess_only=True)) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target_id": "-1"}, "expected target_id as a whole number from 0, got '-1'"),
        ({"target_id": "1.0"}, "expected target_id as a whole number from 0"),
        ({"target_id": ""}, "expected target_id as a whole number from 0, got ''"),
        ({"target_id": 7}, "expected stimulus_id as scene0000_00-CLASS-COUNT-7-OTHERS"),
        ({"scan_id": ""}, "expected scan_id as a text that is not empty"),
        ({"scan_id": "scene0001_00"}, "expected stimulus_id as scene0001_00-"),
        ({"utterance": " "}, "expected utterance as a text that is not empty"),
        ({"instance_type": ""}, "expected instance_type as a text that is not empty"),
        ({"stimulus_id": ""}, "expected stimulus_id as .*, got ''"),
        ({"stimulus_id": "scene0000_00-chair-3-1-2"}, "expected stimulus_id as .* with COUNT - 1 others"),
        ({"stimulus_id": "scene0000_00-chair-0-1"}, "expected stimulus_id as .* with COUNT - 1 others"),
        ({"stimulus_id": "scene0000_00-chair-two-1-2"}, "expected stimulus_id"),
        ({"stimulus_id": "scene0000_00-chair-" + "9" * 5000 + "-1"}, "expected stimulus_id"),
        ({"tokens": "the chair"}, r"expected tokens as a list of texts, as in \['the', 'chair'\], got 'the chair'"),
        ({"tokens": "['the'"}, "expected tokens"),
        ({"tokens": "[5]"}, "expected tokens"),
        ({"tokens": "__import__('os')"}, "expected tokens"),
        ({"tokens": "['\\x']"}, "expected tokens"),
        ({"tokens": "[" * 50_000}, "expected tokens"),
        ({"mentions_target_class": "maybe"}, "expected mentions_target_class as True or False, got 'maybe'"),
    ],
)
def test_wrong_rows_are_refused_with_their_line(tmp_path, changes, message):
    path = nr3d(tmp_path, nr3d_row(), nr3d_row(**changes))
    refuses(path, f"nr3d.csv, line 3( .*)?: {message}")


def test_sr3d_rows_need_their_kind(tmp_path):
    refuses(sr3d(tmp_path, sr3d_row(), sr3d_row(reference_type="")), "line 3 .*expected reference_type as a text")


@pytest.mark.parametrize("name", ["scan_id", "instance_type", "target_id", "tokens"])
def test_missing_columns_are_named(tmp_path, name):
    columns = tuple(column for column in NR3D_COLUMNS if column != name)
    refuses(write_csv(tmp_path / "x.csv", [nr3d_row()], columns=columns), f"line 1: expected a column {name}, got")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stimulus_id,utterance\na\n", "line 2: expected 2 values, got 1"),
        ("stimulus_id,utterance\na,b\na,b,c\n", "line 3: expected 2 values, got 3"),
        ('stimulus_id,utterance\na,b\na,"b\n', "line 3: expected values apart by commas"),
        ('stimulus_id,utterance\na,"b"c\n', "line 2: expected values apart by commas"),
        (f"stimulus_id,utterance\na,{'b' * 200_000}\n", "line 2: expected values apart by commas, got .*limit"),
        ("stimulus_id,utterance\n", "got no rows"),
        ("stimulus_id,utterance,utterance\na,b,c\n", "columns of different names"),
        ("stimulus_id,words\na,b\n", "expected the .json of ScanRefer .*, got columns 'stimulus_id, words'"),
    ],
)
def test_files_that_are_no_such_table_are_refused(tmp_path, text, message):
    (tmp_path / "x.csv").write_text(text)
    refuses(tmp_path / "x.csv", message)


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"stimulus_id,utterance\na,caf\xe9\n")
    refuses(tmp_path / "x.csv", "line 2: expected UTF-8 text, got byte 0xe9")


def refuses(path, message) -> None:
    with pytest.raises(InputError, match=message) as error:
        read_referrals(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < len(str(path)) + 400
