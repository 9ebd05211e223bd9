"""ScanRefer: free sentences about one object each (Chen et al., ECCV 2020; github.com/daveredrum/ScanRefer).

ScanRefer_filtered_train.json and _val.json are lists of records such as

    {"scene_id": "scene0000_00", "object_id": "39", "object_name": "coffee_table", "ann_id": "1",
     "description": "...", "token": [...]}

Ids are texts there; ann_id counts the sentences about one object, so it says nothing without object_id.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from less3d.data.jsons import field, id_field, text_field
from less3d.data.referring.tables import Record, read_records
from less3d.data.scannet_classes import ScanNetClasses
from less3d.referral import Referral

SOURCE = "ScanRefer"


def read_scanrefer(path: Path, *, classes: ScanNetClasses | None = None) -> tuple[Referral, ...]:
    """The sentences of a file, in its order.

    Args:
        path: ScanRefer_filtered_train.json or the like.
        classes: ScanNet's table of classes; then `unique` is known, see `unique_by_scanrefer`.

    Raises:
        InputError: when a record is wrong, naming it.
    """
    return scanrefer_referrals(read_records(path), classes=classes)


def scanrefer_referrals(records: Sequence[Record], *, classes: ScanNetClasses | None = None) -> tuple[Referral, ...]:
    """The sentences of records that were read, as `read_scanrefer` gives them."""
    referrals = tuple(map(_referral, records))
    return referrals if classes is None else unique_by_scanrefer(referrals, classes)


def unique_by_scanrefer(referrals: Sequence[Referral], classes: ScanNetClasses) -> tuple[Referral, ...]:
    """Sentences with ScanRefer's split: is the object the only one of its class among those described in its scan?

    The rule of ScanRefer's lib/dataset.py (`_get_unique_multiple_lookup`). What counts are the 18 classes, all rare
    things being one class "others"; and the objects that some sentence of the *same file* describes, each by the name
    of its first sentence, not all objects of the scan. So the split of a part of a file is another one.
    """
    names: dict[tuple[str, int], str] = {}
    for referral in referrals:
        names.setdefault((referral.scan, referral.targets[0]), referral.label)
    counts = Counter((scan, classes.scanrefer_class(name)) for (scan, _), name in names.items())
    return tuple(
        replace(referral, unique=counts[referral.scan, classes.scanrefer_class(referral.label)] == 1)
        for referral in referrals
    )


def _referral(record: Record) -> Referral:
    given, place = record.fields, record.place
    id_field(given, "ann_id", place)
    if "token" in given:
        field(given, "token", list, place)
    return Referral(
        scan=record.scene,
        sentence=record.sentence("description"),
        targets=(id_field(given, "object_id", place),),
        label=" ".join(text_field(given, "object_name", place).split("_")),
        source=SOURCE,
        record=record.name,
    )
