"""Small files in the exact formats of ScanNet, ScanRefer, Nr3D, Sr3D and Multi3DRefer; their content is invented."""

import csv
import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TSV_COLUMNS = (
    *("id", "raw_category", "category", "count", "nyu40id", "eigen13id", "nyuClass", "nyu40class", "eigen13class"),
    *("ModelNet40", "ModelNet10", "ShapeNetCore55", "synsetoffset", "wnsynsetid", "wnsynsetkey", "mpcat40"),
    "mpcat40index",
)
NYU40_OF = {
    "wall": (1, "wall"),
    "floor": (2, "floor"),
    "chair": (5, "chair"),
    "office chair": (5, "chair"),
    "couch": (6, "sofa"),
    "table": (7, "table"),
    "coffee table": (7, "table"),
    "cabinet": (3, "cabinet"),
    "refrigerator": (24, "refrigerator"),
    "shower curtain": (28, "shower curtain"),
    "nightstand": (32, "night stand"),
    "trash can": (39, "otherfurniture"),
    "monitor": (40, "otherprop"),
}

NR3D_COLUMNS = (
    *("assignmentid", "stimulus_id", "utterance", "correct_guess", "speaker_id", "listener_id", "scan_id"),
    *("instance_type", "target_id", "tokens", "dataset", "mentions_target_class", "uses_object_lang"),
    *("uses_spatial_lang", "uses_color_lang", "uses_shape_lang"),
)
SR3D_COLUMNS = (
    *("scan_id", "target_id", "distractor_ids", "utterance", "stimulus_id", "coarse_reference_type"),
    *("reference_type", "instance_type", "anchors_types", "anchor_ids", "tokens", "dataset", "mentions_target_class"),
)


@dataclass(frozen=True)
class MadeScene:
    """What a made scan's files say, from where they were made."""

    xyz: np.ndarray
    colors: np.ndarray
    faces: np.ndarray
    segments: np.ndarray
    groups: list[dict]
    alignment: np.ndarray


def write_scannet(root: Path, *, points: int = 20) -> dict[str, MadeScene]:
    """A folder of ScanNet: scans of train and val, one of test without annotation, the table and the splits."""
    made = {
        name: make_scene(seed, points=points)
        for seed, name in enumerate(("scene0000_00", "scene0000_01", "scene0011_00"))
    }
    for name, scene in made.items():
        write_scene(root / "scans" / name, scene)
    made["scene0707_00"] = make_scene(3)
    write_scene(root / "scans_test" / "scene0707_00", made["scene0707_00"], annotated=False)
    write_tsv(root / "scannetv2-labels.combined.tsv")
    splits = {"train": ["scene0000_00", "scene0000_01"], "val": ["scene0011_00"], "test": ["scene0707_00"]}
    for split, names in splits.items():
        (root / f"scannetv2_{split}.txt").write_text("".join(f"{name}\n" for name in names))
    return made


def make_scene(
    seed: int, *, labels: tuple[str, ...] = ("floor", "chair", "office chair", "trash can"), points: int = 20
) -> MadeScene:
    """Boxes with so many points in them, each of two segments but for the last segment of all, which is no object's."""
    rng = np.random.default_rng(seed)
    parts = [rng.uniform(0, 1, (points, 3)) + np.array([2 * i, 0, 0]) for i in range(len(labels) + 1)]
    xyz = (np.concatenate(parts) @ rotation(0.7).T + [1, -2, 0.3]).astype(np.float32)
    segments = 7 * np.repeat(np.arange(len(parts) * 2), points // 2) + 3
    order = rng.permutation(len(xyz))
    alignment = np.eye(4)
    alignment[:3, :3], alignment[:3, 3] = rotation(rng.uniform(-3, 3)), rng.uniform(-4, 4, 3)
    groups = [
        {"id": i, "objectId": i, "segments": [7 * (2 * i) + 3, 7 * (2 * i + 1) + 3], "label": label}
        for i, label in enumerate(labels)
    ]
    return MadeScene(
        xyz=xyz[order],
        colors=rng.integers(0, 256, xyz.shape).astype(np.uint8),
        faces=rng.integers(0, len(xyz), (30, 3)).astype(np.int32),
        segments=segments[order],
        groups=groups,
        alignment=alignment.round(6),
    )


def rotation(angle: float) -> np.ndarray:
    """About z, (3, 3)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def write_scene(folder: Path, scene: MadeScene, *, annotated: bool = True) -> None:
    """The files of one scan."""
    folder.mkdir(parents=True)
    name = folder.name
    write_mesh(folder / f"{name}_vh_clean_2.ply", scene)
    write_about(folder / f"{name}.txt", scene.alignment if annotated else None)
    if annotated:
        write_segments(folder / f"{name}_vh_clean_2.0.010000.segs.json", scene.segments.tolist())
        write_groups(folder / f"{name}.aggregation.json", scene.groups)


def write_mesh(path: Path, scene: MadeScene) -> None:
    """A binary PLY as ScanNet writes it."""
    header = f"ply\nformat binary_little_endian 1.0\ncomment VCGLIB generated\nelement vertex {len(scene.xyz)}\n"
    header += "".join(f"property float {name}\n" for name in "xyz")
    header += "".join(f"property uchar {name}\n" for name in ("red", "green", "blue", "alpha"))
    header += f"element face {len(scene.faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    vertices = [struct.pack("<3f4B", *p, *c, 255) for p, c in zip(scene.xyz, scene.colors.tolist(), strict=True)]
    faces = [struct.pack("<B3i", 3, *face) for face in scene.faces.tolist()]
    path.write_bytes(header.encode() + b"".join(vertices) + b"".join(faces))


def write_about(path: Path, alignment: np.ndarray | None) -> None:
    """What ScanNet says of a scan, six digits a number."""
    lines = ["appVersionId = 1.2.3", "colorHeight = 968", "numDepthFrames = 100", "sceneType = Office"]
    if alignment is not None:
        lines.insert(1, "axisAlignment = " + " ".join(f"{value:.6f}" for value in alignment.ravel()) + " ")
    path.write_text("\n".join(lines) + "\n")


def write_segments(path: Path, segments: list) -> None:
    """Over-segments."""
    path.write_text(json.dumps({"params": {"kThresh": "0.010000"}, "sceneId": "scannet.made", "segIndices": segments}))


def write_groups(path: Path, groups: list) -> None:
    """Objects."""
    about = {"sceneId": "scannet.made", "appId": "Aggregator.v2", "segGroups": groups, "segmentsFile": "scannet.made"}
    path.write_text(json.dumps(about))


def write_tsv(path: Path, *, columns: tuple[str, ...] = TSV_COLUMNS, names: dict | None = None) -> None:
    """The table of classes, with columns in an order, and the row of each name; only columns that matter are filled."""
    rows = ["\t".join(columns)]
    for number, (raw, (nyu40_id, nyu40_name)) in enumerate((names or NYU40_OF).items(), start=1):
        cells = {"id": number, "raw_category": raw, "category": raw, "count": 5}
        cells |= {"nyu40id": nyu40_id, "nyu40class": nyu40_name, "mpcat40": "misc", "mpcat40index": 40}
        rows.append("\t".join(str(cells.get(column, "")) for column in columns))
    path.write_text("\n".join(rows) + "\n")


def scanrefer_record(**changes: object) -> dict:
    """One sentence of ScanRefer."""
    record = {
        "scene_id": "scene0000_00",
        "object_id": "1",
        "object_name": "office_chair",
        "ann_id": "0",
        "description": "the  chair is blue. it is by the table.",
        "token": ["the", "chair", "is", "blue", ".", "it", "is", "by", "the", "table", "."],
    }
    return record | changes


def multi3drefer_record(**changes: object) -> dict:
    """One sentence of Multi3DRefer."""
    record = {
        "scene_id": "scene0000_00",
        "object_ids": [1, 2],
        "object_name": "office_chair",
        "ann_id": 17,
        "description": "all the blue chairs",
        "eval_type": "mt",
        "spatial": False,
        "color": True,
        "texture": False,
        "shape": False,
    }
    return record | changes


def nr3d_row(**changes: object) -> dict:
    """One row of nr3d.csv."""
    row = {
        "assignmentid": 12,
        "stimulus_id": "scene0000_00-office_chair-3-1-2-5",
        "utterance": 'The chair, "left" of the desk',
        "correct_guess": True,
        "speaker_id": 3,
        "listener_id": 4,
        "scan_id": "scene0000_00",
        "instance_type": "office chair",
        "target_id": 1,
        "tokens": "['the', 'chair', ',', 'left', 'of', 'the', 'desk']",
        "dataset": "nr3d",
        "mentions_target_class": True,
    }
    return row | {name: False for name in NR3D_COLUMNS if name not in row} | changes


def sr3d_row(**changes: object) -> dict:
    """One row of sr3d.csv."""
    row = {
        "scan_id": "scene0000_00",
        "target_id": 1,
        "distractor_ids": "[2]",
        "utterance": "the office chair that is far from the trash can",
        "stimulus_id": "scene0000_00-office_chair-2-1-2",
        "coarse_reference_type": "horizontal",
        "reference_type": "farthest",
        "instance_type": "office chair",
        "anchors_types": "['trash can']",
        "anchor_ids": "[3]",
        "tokens": "['the', 'office', 'chair', 'that', 'is', 'far', 'from', 'the', 'trash', 'can']",
        "dataset": "sr3d",
        "mentions_target_class": True,
    }
    return row | changes


def write_json(path: Path, content: object) -> Path:
    """A JSON file."""
    path.write_text(json.dumps(content))
    return path


def write_csv(path: Path, rows: list[dict], *, columns: tuple[str, ...], start: str = "") -> Path:
    """A table as pandas writes it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        stream.write(start)
        writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
