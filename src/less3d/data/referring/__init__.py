"""Sentences about ScanNet's scans: ScanRefer, Nr3D, Sr3D and Multi3DRefer, from the files as they are published."""

from pathlib import Path

from less3d.data.jsons import short
from less3d.data.referring.multi3drefer import multi3drefer_referrals, read_multi3drefer
from less3d.data.referring.referit3d import nr3d_referrals, read_nr3d, read_sr3d, sr3d_referrals
from less3d.data.referring.scanrefer import read_scanrefer, scanrefer_referrals
from less3d.data.referring.tables import is_table, read_records, read_table
from less3d.data.scannet_classes import ScanNetClasses
from less3d.errors import InputError
from less3d.referral import Referral

__all__ = ["read_multi3drefer", "read_nr3d", "read_referrals", "read_scanrefer", "read_sr3d"]

_EXPECTED = (
    "the .json of ScanRefer (records with object_id and description) or Multi3DRefer (object_ids and description), or "
    "the .csv of Nr3D or Sr3D (columns stimulus_id, utterance, tokens, ...)"
)


def read_referrals(path: Path, *, classes: ScanNetClasses | None = None) -> tuple[Referral, ...]:
    """The sentences of a file of ScanRefer, Nr3D, Sr3D or Multi3DRefer; which it is, is seen from its content.

    Args:
        path: the file.
        classes: ScanNet's table of classes; then ScanRefer's sentences are told apart as unique and multiple.

    Raises:
        InputError: when the file is none of these, or a record is wrong; with its place.
    """
    if is_table(path):
        table = read_table(path)
        if {"stimulus_id", "utterance"} <= set(table.columns):
            return sr3d_referrals(table) if "reference_type" in table.columns else nr3d_referrals(table)
        raise InputError(f"{path}: expected {_EXPECTED}, got columns {short(', '.join(table.columns))}")
    records = read_records(path)
    if "object_ids" in records[0].fields:
        return multi3drefer_referrals(records)
    if "object_id" in records[0].fields:
        return scanrefer_referrals(records, classes=classes)
    raise InputError(f"{path}: expected {_EXPECTED}, got a first record with {short(', '.join(records[0].fields))}")
