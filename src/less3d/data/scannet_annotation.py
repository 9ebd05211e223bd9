"""ScanNet's two annotation files: the over-segment of each vertex, and the segments of each object.

The rules are those of the official export (read_segmentation and read_aggregation in BenchmarkScripts/3d_helpers/
export_train_mesh_for_evaluation.py of github.com/ScanNet/ScanNet).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int32, Int64

from less3d.data.jsons import LARGEST_ID, as_record, field, read_json, short, text_field, wrong
from less3d.data.scannet_classes import ScanNetClasses
from less3d.errors import InputError
from less3d.referral import Masks
from less3d.scan import NO_INSTANCE


@dataclass(frozen=True, eq=False)
class Group:
    """One object: what an annotator called it, and its rows in the list of segments."""

    object_id: int
    label: str
    segments: Int64[np.ndarray, "K"]


@dataclass(frozen=True, eq=False)
class Objects:
    """The objects of one scan, in the file's order, over S segments."""

    groups: tuple[Group, ...]
    count: int
    """S."""
    path: Path

    @property
    def labels(self) -> dict[int, str]:
        """The name of each object."""
        return {group.object_id: group.label for group in self.groups}

    def instances(self, superpoints: Int32[np.ndarray, "N"]) -> Int32[np.ndarray, "N"]:
        """Object of each vertex, -1 for none; of objects that claim the same segment the later one has it."""
        owner = np.full(self.count, NO_INSTANCE, np.int32)
        for group in self.groups:
            owner[group.segments] = group.object_id
        return owner[superpoints]

    def masks(self, superpoints: Int32[np.ndarray, "N"]) -> Masks:
        """The vertices of each object as in `instances`; one that is left with none there keeps its own."""
        members = dict(Masks.of_instances(self.instances(superpoints)).members)
        for group in self.groups:
            if group.object_id not in members and len(group.segments):
                rows = np.flatnonzero(np.isin(superpoints, group.segments))
                members[group.object_id] = rows.astype(np.int32)
        return Masks(members, len(superpoints))

    def semantics(self, classes: ScanNetClasses, superpoints: Int32[np.ndarray, "N"]) -> Int32[np.ndarray, "N"]:
        """NYU40 id of each vertex, 0 for none.

        The export paints name after name, in the order in which names appear first; so of objects that claim the same
        segment, it is not always the later one that gives the class.

        Raises:
            InputError: when a name is not in the table.
        """
        painted: dict[str, list[Int64[np.ndarray, "_"]]] = {}
        for number, group in enumerate(self.groups):
            if group.label not in classes.nyu40_ids:
                raise InputError(
                    f"{self.path}, segGroups[{number}]: expected label as a raw_category of the table of classes, got "
                    f"{short(group.label)}: is the table that of ScanNet v2?"
                )
            painted.setdefault(group.label, []).append(group.segments)
        ids = np.zeros(self.count, np.int32)
        for label, segments in painted.items():
            ids[np.concatenate(segments)] = classes.nyu40_ids[label]
        return ids[superpoints]


def read_segments(path: Path, size: int) -> tuple[Int64[np.ndarray, "S"], Int32[np.ndarray, "N"]]:
    """The file's ids of the segments, ascending, and the place in that list of each vertex's segment.

    Args:
        path: SCENE_vh_clean_2.0.010000.segs.json.
        size: N, the number of the mesh's vertices.

    Raises:
        InputError: when the file is malformed or of another number of vertices.
    """
    given = field(as_record(read_json(path), str(path)), "segIndices", list, str(path))
    if len(given) != size:
        raise InputError(f"{path}: expected segIndices for the {size} vertices of the mesh, got {len(given)}")
    ids, inverse = np.unique(_ids(given, "segIndices", str(path)), return_inverse=True)
    return ids, inverse.reshape(-1).astype(np.int32)


def read_objects(path: Path, segments: Int64[np.ndarray, "S"]) -> Objects:
    """The objects of a scan.

    Args:
        path: SCENE.aggregation.json.
        segments: ids of all segments, ascending.

    Raises:
        InputError: when the file is malformed, names a segment that is not there, or an object twice.
    """
    given = field(as_record(read_json(path), str(path)), "segGroups", list, str(path))
    groups: list[Group] = []
    seen: dict[int, int] = {}
    for number, item in enumerate(given):
        place = f"{path}, segGroups[{number}]"
        group = _group(as_record(item, place), segments, place)
        if group.object_id in seen:
            raise InputError(
                f"{place}: expected an objectId of its own, got {group.object_id}, which is that of "
                f"segGroups[{seen[group.object_id]}]"
            )
        seen[group.object_id] = number
        groups.append(group)
    return Objects(tuple(groups), len(segments), path)


def _group(item: Mapping[str, Any], segments: Int64[np.ndarray, "S"], place: str) -> Group:
    object_id = field(item, "objectId", int, place)
    if not 0 <= object_id <= LARGEST_ID:
        raise wrong("objectId", "a whole number from 0", object_id, place)
    label = text_field(item, "label", place)
    ids = _ids(field(item, "segments", list, place), "segments", place)
    rows = np.searchsorted(segments, ids)
    unknown = np.flatnonzero(segments[np.minimum(rows, len(segments) - 1)] != ids)
    if len(unknown):
        raise wrong(f"segments[{unknown[0]}]", "a segment of the mesh", int(ids[unknown[0]]), place)
    return Group(object_id, label, rows.astype(np.int64))


def _ids(values: list[Any], name: str, place: str) -> Int64[np.ndarray, "K"]:
    """Whole numbers from 0 as an array."""
    for number, value in enumerate(values):
        if type(value) is not int or not 0 <= value <= LARGEST_ID:
            raise wrong(f"{name}[{number}]", "a whole number from 0", value, place)
    return np.array(values, dtype=np.int64)
