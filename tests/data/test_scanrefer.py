"""ScanRefer: its records as sentences, its split of unique and multiple recomputed naively, wrong records named."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from official_files import (
    NR3D_COLUMNS,
    NYU40_OF,
    multi3drefer_record,
    scanrefer_record,
    write_csv,
    write_json,
    write_tsv,
)

from less3d.data.referring import read_referrals, read_scanrefer
from less3d.data.scannet_classes import ScanNetClasses
from less3d.errors import InputError
from less3d.referral import Referral


def test_a_record_is_a_sentence_with_its_whitespace_made_single(tmp_path):
    records = [
        scanrefer_record(),
        scanrefer_record(ann_id="1"),
        scanrefer_record(object_id="25", description=" A\tb\n"),
    ]
    first, second, third = read_scanrefer(write_json(tmp_path / "ScanRefer_filtered_val.json", records))
    assert first == Referral(
        scan="scene0000_00",
        sentence="the chair is blue. it is by the table.",
        targets=(1,),
        label="office chair",
        source="ScanRefer",
        record="ScanRefer_filtered_val.json, record 0 (scene0000_00, object 1, ann 0)",
    )
    assert second.targets == first.targets
    assert (third.sentence, third.targets) == ("A b", (25,))
    assert third.record.endswith(", record 2 (scene0000_00, object 25, ann 0)")


def test_ids_may_be_numbers_and_tokens_absent(tmp_path):
    record = scanrefer_record(object_id=7, ann_id=2)
    del record["token"]
    (referral,) = read_scanrefer(write_json(tmp_path / "x.json", [record]))
    assert referral.targets == (7,)


def split_naively(records: list[dict]) -> list[bool]:
    """For each record: are all other objects that the file describes in the scene of another of the 18 classes?"""
    seventeen = {"cabinet", "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "counter"}
    seventeen |= {"desk", "curtain", "refrigerator", "shower curtain", "toilet", "sink", "bathtub"}

    def class_of(record: dict) -> str:
        name = NYU40_OF.get(record["object_name"].replace("_", " "), (0, ""))[1]
        return name if name in seventeen else "others"

    return [
        not any(
            other["scene_id"] == record["scene_id"]
            and other["object_id"] != record["object_id"]
            and class_of(other) == class_of(record)
            for other in records
        )
        for record in records
    ]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_unique_and_multiple_agree_with_a_naive_count(tmp_path, data):
    names = st.sampled_from([*NYU40_OF, "flying carpet", "nothing at all"])
    objects = {(scene, key): data.draw(names) for scene in ("scene0000_00", "scene0001_00") for key in range(5)}
    chosen = data.draw(st.lists(st.sampled_from(sorted(objects)), min_size=1, max_size=15))
    records = [
        scanrefer_record(
            scene_id=scene, object_id=str(key), ann_id=str(i), object_name=objects[scene, key].replace(" ", "_")
        )
        for i, (scene, key) in enumerate(chosen)
    ]
    write_tsv(tmp_path / "table.tsv")
    path = write_json(tmp_path / "x.json", records)
    found = read_referrals(path, classes=ScanNetClasses.read(tmp_path / "table.tsv"))
    assert [referral.unique for referral in found] == split_naively(records)
    assert all(referral.unique is None for referral in read_referrals(path))


def test_an_object_counts_by_the_name_of_its_first_sentence(tmp_path):
    write_tsv(tmp_path / "table.tsv")
    names = [("1", "couch"), ("1", "chair"), ("2", "chair")]
    records = [scanrefer_record(object_id=key, object_name=name) for key, name in names]
    path = write_json(tmp_path / "x.json", records)
    found = read_scanrefer(path, classes=ScanNetClasses.read(tmp_path / "table.tsv"))
    assert [referral.unique for referral in found] == [True, True, True]  # a sofa and a chair, as ScanRefer's code says


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"object_id": "-3"}, "expected object_id as a whole number from 0, got '-3'"),
        ({"object_id": -3}, "expected object_id as a whole number from 0, got -3"),
        ({"object_id": "3.5"}, "expected object_id as a whole number from 0"),
        ({"object_id": "²"}, "expected object_id as a whole number from 0"),
        ({"object_id": "9" * 5000}, "expected object_id as a whole number from 0"),
        ({"object_id": 10**12}, "expected object_id as a whole number from 0"),
        ({"object_id": True}, "expected object_id as a whole number from 0, got True"),
        ({"object_id": None}, "expected object_id as a whole number from 0, got None"),
        ({"object_id": [1]}, "expected object_id as a whole number from 0"),
        ({"scene_id": 5}, "expected scene_id as a text, got 5"),
        ({"scene_id": ""}, "expected scene_id as a text that is not empty"),
        ({"object_name": None}, "expected object_name as a text, got None"),
        ({"object_name": " "}, "expected object_name as a text that is not empty"),
        ({"ann_id": "first"}, "expected ann_id as a whole number from 0, got 'first'"),
        ({"description": ""}, "expected description as a text that is not empty"),
        ({"description": " \n\t"}, "expected description as a text that is not empty"),
        ({"description": ["the", "chair"]}, "expected description as a text, got"),
        ({"description": "half \ud800"}, "expected description as a text of whole characters"),
        ({"description": float("nan")}, "expected description as a text, got nan"),
        ({"token": "the"}, "expected token as a list, got 'the'"),
    ],
)
def test_wrong_records_are_refused_with_their_number(tmp_path, changes, message):
    path = write_json(tmp_path / "x.json", [scanrefer_record(), scanrefer_record(**changes)])
    refuses(path, f"x.json, record 1 counting from 0.*: {message}")


@pytest.mark.parametrize("name", ["scene_id", "object_id", "object_name", "ann_id", "description"])
def test_missing_fields_are_named(tmp_path, name):
    record = scanrefer_record()
    del record[name]
    refuses(
        write_json(tmp_path / "x.json", [scanrefer_record(), record]), f"record 1 .*expected {name} as .* no such field"
    )


def test_what_can_be_read_of_a_wrong_record_is_told(tmp_path):
    path = write_json(tmp_path / "x.json", [scanrefer_record(description=5)])
    refuses(path, r"record 0 counting from 0 \(scene0000_00, object 1, ann 0\): expected description as a text, got 5")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], r"expected a JSON list of records, got \[\]"),
        ({"a": 1}, "expected a JSON list of records, got {'a': 1}"),
        ([scanrefer_record(), 5], "record 1 counting from 0: expected a JSON object, got 5"),
        (
            [{"text": "a"}],
            r"expected the .json of ScanRefer .*Multi3DRefer .*Nr3D or Sr3D .*, got a first record with 'text'",
        ),
        ([multi3drefer_record(), scanrefer_record()], "record 1 .*expected eval_type as a text, got no such field"),
    ],
)
def test_files_of_another_form_are_refused(tmp_path, content, message):
    refuses(write_json(tmp_path / "x.json", content), message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"scene_id": ', "expected JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'[{"scene_id": "\xff"}]', "line 1: expected UTF-8"),
        (b"", "empty"),
        (b" \n ", "expected JSON"),
        (b"just words", "got no rows"),
        (b"one,two\n1,2\n", "expected the .json of ScanRefer .*, got columns 'one, two'"),
        (b"\x89PNG\r\n\x1a\n", "expected"),
    ],
)
def test_files_of_no_known_form_are_refused(tmp_path, content, message):
    (tmp_path / "x.json").write_bytes(content)
    refuses(tmp_path / "x.json", message)


def test_the_content_tells_the_form_not_the_name(tmp_path):
    scanrefer = write_json(tmp_path / "a.csv", [scanrefer_record()])
    assert read_referrals(scanrefer)[0].source == "ScanRefer"
    assert read_referrals(write_json(tmp_path / "b.txt", [multi3drefer_record()]))[0].source == "Multi3DRefer"
    with pytest.raises(InputError, match="got no rows"):
        read_referrals(write_csv(tmp_path / "c.json", [], columns=NR3D_COLUMNS))


def refuses(path, message) -> None:
    with pytest.raises(InputError, match=message) as error:
        read_referrals(path)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
    str(error.value).encode()
