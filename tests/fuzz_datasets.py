"""The files of data sets that `tests/fuzz.py` damages: annotations, sentences, tables, masks."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from official_files import (
    NR3D_COLUMNS,
    SR3D_COLUMNS,
    make_scene,
    multi3drefer_record,
    nr3d_row,
    scanrefer_record,
    sr3d_row,
    write_about,
    write_csv,
    write_groups,
    write_json,
    write_segments,
    write_tsv,
)

from less3d.data.folder import Folder, parse_line
from less3d.data.prepared import PARTS, VERSION, Prepared
from less3d.data.referring import read_referrals
from less3d.data.scannet import read_alignment
from less3d.data.scannet_annotation import read_objects, read_segments
from less3d.data.scannet_classes import ScanNetClasses
from less3d.errors import InputError
from less3d.metrics import SentenceScore
from less3d.scan import Scan
from less3d.score_rows import read_rows, write_rows

_SCENE = make_scene(0)
_SEGMENTS = np.unique(_SCENE.segments)
_ROW = SentenceScore("room", "line 1", "the chair", (3,), "chair", None, ("hard",), "", 9, 8, 7, 1.0, 1.0, 0.5)
_LINES = (
    {"scan": "room", "sentence": "the stool", "target_id": 1, "unique": True, "tags": ["hard"], "label": "stool"},
    {"scan": "room", "sentence": "the plates", "target_ids": [3, 4]},
    {"scan": "room", "sentence": "the pot", "mask": "pot.npy"},
    {"scan": "room", "sentence": "the lid", "box": [0.5, 0, 0, 1, 2, 3]},
)

Files = tuple[str, Callable[[Path], object], Callable[[Path], object]]


def write_lines(path: Path) -> None:
    """A sentences.jsonl."""
    path.write_text("\n".join(map(json.dumps, _LINES)))


def write_index(path: Path) -> None:
    """A prepared.json."""
    scans = {name: dict.fromkeys(PARTS, "0" * 64) for name in ("scene0000_00", "scene0011_00")}
    path.write_text(json.dumps({"version": VERSION, "splits": {"val": ["scene0011_00"]}, "scans": scans}))


def read_index(path: Path) -> None:
    """Open it under the name that it has."""
    named = path.with_name("prepared.json")
    named.write_bytes(path.read_bytes())
    prepared = Prepared(named.parent)
    try:
        _ = prepared.names
        prepared.split("val")
    except InputError as error:
        raise InputError(str(error).replace(named.name, path.name).replace(f"{named.parent}:", f"{path}:")) from error


def read_mask(path: Path) -> None:
    """A mask of a sentence about a scan of 40 points."""
    row = parse_line(json.dumps({"scan": "a", "sentence": "b", "mask": path.name}), path.name)
    scan = Scan(np.zeros((40, 3), np.float32), np.zeros((40, 3), np.uint8))
    Folder(path.parent).members(row, scan)


DATASET_FILES: dict[str, Files] = {
    "scanrefer": (".json", lambda path: write_json(path, [scanrefer_record(), scanrefer_record()]), read_referrals),
    "multi3drefer": (".json", lambda path: write_json(path, [multi3drefer_record()]), read_referrals),
    "nr3d": (".csv", lambda path: write_csv(path, [nr3d_row()] * 2, columns=NR3D_COLUMNS), read_referrals),
    "sr3d": (".csv", lambda path: write_csv(path, [sr3d_row()] * 2, columns=SR3D_COLUMNS), read_referrals),
    "sentences": (".jsonl", write_lines, lambda path: Folder(path.parent, path).referrals),
    "segs": (
        ".segs.json",
        lambda path: write_segments(path, _SCENE.segments.tolist()),
        lambda path: read_segments(path, len(_SCENE.segments)),
    ),
    "aggregation": (
        ".aggregation.json",
        lambda path: write_groups(path, _SCENE.groups),
        lambda path: read_objects(path, _SEGMENTS),
    ),
    "alignment": (".txt", lambda path: write_about(path, _SCENE.alignment), read_alignment),
    "classes": (".tsv", write_tsv, ScanNetClasses.read),
    "prepared": (".json", write_index, read_index),
    "rows": (".csv", lambda path: write_rows([_ROW] * 3, path), read_rows),
    "mask": (".npy", lambda path: np.save(path, np.arange(40) < 7), read_mask),
}
"""For each kind of file its suffix, what writes a valid one, and what reads it."""
