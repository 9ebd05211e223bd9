"""ScanNet v2 as it is downloaded: aligned scans with their objects, classes and over-segments.

    root/                                    (or root itself holds the folders of scans)
      scans/scene0000_00/                    and scans_test/
        scene0000_00_vh_clean_2.ply          the mesh that is annotated
        scene0000_00_vh_clean_2.0.010000.segs.json    over-segment of each vertex
        scene0000_00.aggregation.json        objects: their segments and names
        scene0000_00.txt                     "axisAlignment = 16 numbers", among others
      scannetv2-labels.combined.tsv          (or beside root; or in meta_data, splits or Tasks/Benchmark)
      scannetv2_train.txt, _val.txt, _test.txt       (there too)

Formats: README of github.com/ScanNet/ScanNet. What its example export does with them (BenchmarkScripts/3d_helpers/
export_train_mesh_for_evaluation.py, which ScanRefer uses too) is done here, so that masks and boxes are the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32, Float64, Int32

from less3d.data.dataset import Annotated, Scans
from less3d.data.jsons import decode_utf8
from less3d.data.scannet_annotation import read_objects, read_segments
from less3d.data.scannet_classes import LABELS_FILE, ScanNetClasses
from less3d.errors import InputError
from less3d.io.files import read_bytes
from less3d.io.ply import read_ply
from less3d.referral import Masks
from less3d.scan import Scan

SPLITS = ("train", "val", "test")

_NAME = re.compile(r"scene\d{4}_\d{2}")
_SCAN_FOLDERS = ("scans", "scans_test", ".")
_META_FOLDERS = (".", "meta_data", "splits", "Tasks/Benchmark", "scans", "..", "../meta_data", "../splits")
_RIGID = 1e-3
"""How far the alignment, written with six digits, may be from a rotation."""
_FARTHEST = 1000.0
"""Meters; no scan is moved farther, and float32 keeps it to 0.06 mm."""


@dataclass(frozen=True, eq=False)
class ScanNetScene:
    """One scan of N vertices, in meters, z up, walls along x and y: the frame of ScanRefer's boxes."""

    scan: Scan
    """`instances` are the objectId of each vertex (ScanRefer's object_id is the same), `labels` the annotators' names,
    `semantics` NYU40 ids with 0 for none. None where the scan has no annotation, or for `semantics` no table."""
    masks: Masks
    """The vertices of each object. Where objects share segments the later one has them, as in `scan.instances`; an
    object that is left with none keeps its own, as in scene0217_00, which has every object twice."""
    superpoints: Int32[np.ndarray, "N"] | None
    """Over-segment of each vertex, 0 to S-1; geometry alone, no annotation. None for scans of the test split."""
    alignment: Float64[np.ndarray, "4 4"]
    """The rigid transform from the file's coordinates to these."""

    def undo_alignment(self, points: Float[np.ndarray, "P 3"]) -> Float64[np.ndarray, "P 3"]:
        """Points of the aligned scan in the coordinates of the file."""
        return _moved(points, np.linalg.inv(self.alignment))


@dataclass(frozen=True)
class ScanNet(Scans):
    """ScanNet's folder; scans are read when asked for.

    Args:
        root: the folder, see the top of this module.

    Raises:
        InputError: when a file is missing or malformed, with its place.
    """

    root: Path

    def list_names(self) -> tuple[str, ...]:
        """Names of all scans that are here."""
        return tuple(self._folders)

    @cached_property
    def labels_file(self) -> Path | None:
        """The official table of class names, None when there is none."""
        return self._find(LABELS_FILE)

    @cached_property
    def classes(self) -> ScanNetClasses | None:
        """What the table says."""
        return None if self.labels_file is None else ScanNetClasses.read(self.labels_file)

    def has_split(self, name: str) -> bool:
        """Whether the list of an official split is here."""
        return self._find(f"scannetv2_{name}.txt") is not None

    def split(self, name: str) -> tuple[str, ...]:
        """All scans of an official split, in the order of its list, whether they are here or not.

        Raises:
            InputError: when the split is unknown or its list missing or malformed.
        """
        if name not in SPLITS:
            raise InputError(f"expected a split of ScanNet ({', '.join(SPLITS)}), got {name!r}")
        path = self._find(f"scannetv2_{name}.txt")
        if path is None:
            raise InputError(
                f"{self.root}: expected scannetv2_{name}.txt, the official list of the {name} split, in this folder; "
                "it is in Tasks/Benchmark of github.com/ScanNet/ScanNet"
            )
        scans: list[str] = []
        for number, line in enumerate(decode_utf8(read_bytes(path), path).splitlines(), start=1):
            if line.strip() and not _NAME.fullmatch(line.strip()):
                raise InputError(f"{path}, line {number}: expected a name such as scene0000_00, got {line[:40]!r}")
            scans.append(line.strip())
        return tuple(dict.fromkeys(filter(None, scans)))

    def files(self, name: str) -> tuple[Path, ...]:
        """The files that `read` reads for a scan.

        Raises:
            InputError: when the scan is not here.
        """
        mesh, about, segments, objects = self._paths(name)
        return tuple(path for path in (mesh, about, segments, objects, self.labels_file) if path is not None)

    def read(self, name: str) -> ScanNetScene:
        """One scan, aligned, with all that is known of it. Only points, colors and faces of the mesh are kept.

        Raises:
            InputError: when the scan is not here, or a file of it is missing or malformed.
        """
        mesh, about, segments, objects = self._paths(name)
        alignment = read_alignment(about)
        scan = _aligned(read_ply(mesh), alignment, mesh)
        if segments is None:
            if objects is not None:
                raise InputError(
                    f"{objects}: expected {_segments_name(name)} beside it, which has the segments, got none"
                )
            return ScanNetScene(scan, Masks({}, len(scan)), None, alignment)
        ids, superpoints = read_segments(segments, len(scan))
        if objects is None:
            return ScanNetScene(scan, Masks({}, len(scan)), superpoints, alignment)
        found = read_objects(objects, ids)
        semantics = None if self.classes is None else found.semantics(self.classes, superpoints)
        scan = replace(scan, instances=found.instances(superpoints), labels=found.labels, semantics=semantics)
        return ScanNetScene(scan, found.masks(superpoints), superpoints, alignment)

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, points and colors alone, and the points of each object in it."""
        scene = self.read(scan)
        return Scan(points=scene.scan.points, colors=scene.scan.colors), scene.masks

    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels; classes are those of NYU40 where the official table is here."""
        scene = self.read(scan)
        if not scene.scan.labels:
            raise InputError(f"{self.root}: expected annotated objects of scan {scan}, got none")
        points = Scan(points=scene.scan.points, colors=scene.scan.colors)
        return Annotated(points, scene.masks, common_names(scene.scan.labels, self.classes))

    @cached_property
    def _folders(self) -> dict[str, Path]:
        """Where each scan is; what is in scans goes before what is in root itself."""
        if not self.root.is_dir():
            raise InputError(
                f"{self.root}: expected ScanNet's folder, got {'a file' if self.root.exists() else 'nothing'}"
            )
        found: dict[str, Path] = {}
        for folder in (self.root / name for name in _SCAN_FOLDERS):
            for path in folder.iterdir() if folder.is_dir() else ():
                if _NAME.fullmatch(path.name) and path.is_dir():
                    found.setdefault(path.name, path)
        return found

    def _find(self, file: str) -> Path | None:
        paths = (self.root / folder / file for folder in _META_FOLDERS)
        return next((path for path in paths if path.is_file()), None)

    def _paths(self, name: str) -> tuple[Path, Path, Path | None, Path | None]:
        """The mesh, what is said about the scan, its segments and its objects."""
        if name not in self._folders:
            raise InputError(f"{self.root}: expected a scan that is here, got {name!r}")
        folder = self._folders[name]
        segments = folder / _segments_name(name)
        # ScanNet's README and its export pair the annotated mesh with SCENE.aggregation.json. The other is of the
        # full mesh, whose segments have the same numbers: ScanRefer's own script reads it with this mesh.
        objects = (folder / f"{name}.aggregation.json", folder / f"{name}_vh_clean.aggregation.json")
        return (
            folder / f"{name}_vh_clean_2.ply",
            folder / f"{name}.txt",
            segments if segments.is_file() else None,
            next((path for path in objects if path.is_file()), None),
        )


def read_alignment(path: Path) -> Float64[np.ndarray, "4 4"]:
    """The axisAlignment in a scan's .txt; the identity where there is none, as in scans of the test split.

    Raises:
        InputError: when the file is missing, or the numbers are no rotation and shift.
    """
    alignment = np.eye(4)
    for number, line in enumerate(decode_utf8(read_bytes(path), path).splitlines(), start=1):
        key, _, value = line.partition("=")
        if key.strip() == "axisAlignment":
            alignment = _rigid(value, f"{path}, line {number}")
    return alignment


def common_names(labels: Mapping[int, str], classes: ScanNetClasses | None) -> dict[int, str]:
    """The NYU40 class of each object, by what annotators called it; that itself where the table does not say."""
    return {key: label if classes is None else classes.nyu40_names.get(label, label) for key, label in labels.items()}


def benchmark_instances(labels: Mapping[int, str], classes: ScanNetClasses) -> dict[int, str | None]:
    """For each object of a scan, by `Scan.labels`, which of the benchmark's 18 classes it is of; None: of none."""
    return {key: classes.benchmark_class(label) for key, label in labels.items()}


def _segments_name(name: str) -> str:
    return f"{name}_vh_clean_2.0.010000.segs.json"


def _rigid(text: str, place: str) -> Float64[np.ndarray, "4 4"]:
    try:
        matrix = np.array([float(word) for word in text.split()])
    except ValueError as error:
        raise InputError(f"{place}: expected axisAlignment as 16 numbers, got {text.strip()[:60]!r}") from error
    if matrix.shape != (16,) or not np.isfinite(matrix).all():
        raise InputError(f"{place}: expected axisAlignment as 16 finite numbers, got {text.strip()[:60]!r}")
    matrix = matrix.reshape(4, 4)
    rotation, shift = matrix[:3, :3], matrix[:3, 3]
    is_rigid = (
        np.abs(matrix).max() < _FARTHEST
        and np.abs(rotation @ rotation.T - np.eye(3)).max() < _RIGID
        and np.linalg.det(rotation) > 0
        and np.abs(matrix[3] - [0, 0, 0, 1]).max() < _RIGID
    )
    if not is_rigid:
        raise InputError(
            f"{place}: expected axisAlignment as a rotation and a shift below 1 km, row by row, got rows "
            f"{rotation[0].tolist()}, ... and a shift of {shift.tolist()}"
        )
    return matrix


def _aligned(scan: Scan, alignment: Float64[np.ndarray, "4 4"], path: Path) -> Scan:
    if scan.origin.any():
        raise InputError(f"{path}: expected coordinates below 1 km, got some near {scan.origin.tolist()}")
    points: Float32[np.ndarray, "N 3"] = _moved(scan.points, alignment).astype(np.float32)
    return Scan(points=points, colors=scan.colors, faces=scan.faces)


def _moved(points: Float[np.ndarray, "P 3"], transform: Float64[np.ndarray, "4 4"]) -> Float64[np.ndarray, "P 3"]:
    return points.astype(np.float64) @ transform[:3, :3].T + transform[:3, 3]
