"""Multi3DRefer: sentences about no, one or several objects (Zhang et al., ICCV 2023).

multi3drefer_train.json and _val.json (github.com/3dlg-hcvc/M3DRef-CLIP) are lists of records such as

    {"scene_id": "scene0000_00", "object_ids": [3, 8], "object_name": "chair", "ann_id": 12, "eval_type": "mt",
     "description": "...", "spatial": true, "color": false, "texture": false, "shape": false}

where ann_id counts the sentences about one scan.
"""

from collections.abc import Sequence
from pathlib import Path

from less3d.data.jsons import as_id, field, id_field, text_field, wrong
from less3d.data.referring.tables import Record, read_records
from less3d.referral import Referral

SOURCE = "Multi3DRefer"

EVAL_TYPES = {
    "zt_wo_d": "zero targets, no distractors",
    "zt_w_d": "zero targets, distractors",
    "zt": "zero targets",
    "st_wo_d": "one target, no distractors",
    "st_w_d": "one target, distractors",
    "mt": "several targets",
}
"""The tag of each eval_type. Distractors are other objects of the class; "zt" is how some versions write both."""

FLAGS = ("spatial", "color", "texture", "shape")
"""What a sentence mentions; a flag that is true is a tag."""


def read_multi3drefer(path: Path) -> tuple[Referral, ...]:
    """The sentences of a file, in its order, with their eval type and flags as tags; `unique` is not known.

    Raises:
        InputError: when a record is wrong, naming it.
    """
    return multi3drefer_referrals(read_records(path))


def multi3drefer_referrals(records: Sequence[Record]) -> tuple[Referral, ...]:
    """The sentences of records that were read, as `read_multi3drefer` gives them."""
    return tuple(map(_referral, records))


def _referral(record: Record) -> Referral:
    given, place = record.fields, record.place
    id_field(given, "ann_id", place)
    eval_type = text_field(given, "eval_type", place)
    if eval_type not in EVAL_TYPES:
        raise wrong("eval_type", f"one of {', '.join(EVAL_TYPES)}", eval_type, place)
    flags = [name for name in FLAGS if name in given and field(given, name, bool, place)]
    return Referral(
        scan=record.scene,
        sentence=record.sentence("description"),
        targets=_targets(field(given, "object_ids", list, place), place),
        label=" ".join(field(given, "object_name", str, place).split("_")) if "object_name" in given else "",
        tags=(EVAL_TYPES[eval_type], *flags),
        source=SOURCE,
        record=record.name,
    )


def _targets(values: list[object], place: str) -> tuple[int, ...]:
    targets: dict[int, None] = {}
    for number, value in enumerate(values):
        target = as_id(value)
        if target is None:
            raise wrong(f"object_ids[{number}]", "a whole number from 0", value, place)
        targets[target] = None
    return tuple(targets)
