"""Multi3DRefer: sentences about no, one and several objects, their kinds as tags, wrong records named."""

import pytest
from official_files import multi3drefer_record, write_json

from less3d.data.referring import read_multi3drefer, read_referrals
from less3d.data.referring.multi3drefer import EVAL_TYPES
from less3d.errors import InputError
from less3d.referral import Referral


def test_records_are_sentences_about_no_one_and_several_objects(tmp_path):
    targets = [[], [4], [3, 1, 2], [5, 5]]
    path = write_json(tmp_path / "multi3drefer_val.json", [multi3drefer_record(object_ids=ids) for ids in targets])
    found = read_multi3drefer(path)
    assert [referral.targets for referral in found] == [(), (4,), (3, 1, 2), (5,)]
    assert found == read_referrals(path)
    assert found[2] == Referral(
        scan="scene0000_00",
        sentence="all the blue chairs",
        targets=(3, 1, 2),
        label="office chair",
        tags=("several targets", "color"),
        source="Multi3DRefer",
        record="multi3drefer_val.json, record 2 (scene0000_00, objects [3, 1, 2], ann 17)",
    )


@pytest.mark.parametrize("eval_type", EVAL_TYPES)
def test_each_eval_type_is_a_tag_of_its_own(tmp_path, eval_type):
    (referral,) = read_multi3drefer(write_json(tmp_path / "x.json", [multi3drefer_record(eval_type=eval_type)]))
    tag = referral.tags[0]
    assert ("zero" in tag) == eval_type.startswith("zt")
    assert ("one target" in tag) == eval_type.startswith("st")
    assert ("no distractors" in tag) == eval_type.endswith("wo_d")
    assert len(set(EVAL_TYPES.values())) == len(EVAL_TYPES)


@pytest.mark.parametrize("flag", ["spatial", "color", "texture", "shape"])
def test_each_flag_is_a_tag_when_it_is_true(tmp_path, flag):
    off = dict.fromkeys(("spatial", "color", "texture", "shape"), False)
    records = [multi3drefer_record(**off | {flag: True}), multi3drefer_record(**off)]
    on, none = read_multi3drefer(write_json(tmp_path / "x.json", records))
    assert on.tags == ("several targets", flag)
    assert none.tags == ("several targets",)


def test_flags_and_names_may_be_absent(tmp_path):
    record = multi3drefer_record()
    for name in ("spatial", "color", "texture", "shape", "object_name"):
        del record[name]
    (referral,) = read_multi3drefer(write_json(tmp_path / "x.json", [record]))
    assert (referral.tags, referral.label) == (("several targets",), "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"object_ids": 3}, "expected object_ids as a list, got 3"),
        ({"object_ids": [3, -1]}, r"expected object_ids\[1\] as a whole number from 0, got -1"),
        ({"object_ids": [1.5]}, r"expected object_ids\[0\] as a whole number from 0, got 1.5"),
        ({"object_ids": [True]}, r"expected object_ids\[0\] as a whole number from 0, got True"),
        ({"object_ids": [[1]]}, r"expected object_ids\[0\] as a whole number from 0"),
        ({"eval_type": "st"}, "expected eval_type as one of zt_wo_d, .*, got 'st'"),
        ({"eval_type": None}, "expected eval_type as a text, got None"),
        ({"color": "yes"}, "expected color as true or false, got 'yes'"),
        ({"shape": 1}, "expected shape as true or false, got 1"),
        ({"ann_id": None}, "expected ann_id as a whole number from 0"),
        ({"description": "  "}, "expected description as a text that is not empty"),
        ({"object_name": 3}, "expected object_name as a text, got 3"),
        ({"scene_id": None}, "expected scene_id as a text, got None"),
    ],
)
def test_wrong_records_are_refused_with_their_number(tmp_path, changes, message):
    path = write_json(tmp_path / "x.json", [multi3drefer_record(), multi3drefer_record(**changes)])
    with pytest.raises(InputError, match=f"x.json, record 1 counting from 0.*: {message}"):
        read_referrals(path)


@pytest.mark.parametrize("name", ["scene_id", "object_ids", "ann_id", "description", "eval_type"])
def test_missing_fields_are_named(tmp_path, name):
    record = multi3drefer_record()
    del record[name]
    path = write_json(tmp_path / "x.json", [multi3drefer_record(), record])
    with pytest.raises(InputError, match=f"record 1 .*expected {name} as .* no such field"):
        read_referrals(path)
