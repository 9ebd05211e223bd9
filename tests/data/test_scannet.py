"""ScanNet as it is downloaded: aligned, labelled as the official export does it, wrong files named with their place."""

import json
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from official_files import (
    NYU40_OF,
    make_scene,
    write_about,
    write_groups,
    write_mesh,
    write_scannet,
    write_scene,
    write_segments,
    write_tsv,
)

from less3d.data.jsons import LARGEST_JSON, read_json
from less3d.data.scannet import ScanNet, benchmark_instances, read_alignment
from less3d.data.scannet_annotation import read_objects, read_segments
from less3d.data.scannet_classes import ScanNetClasses
from less3d.errors import InputError
from less3d.io.ply import read_ply

REAL = Path(__file__).parents[2] / "../shared/data/real"
needs_real_scans = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real scans may not be redistributed: ../shared is absent"
)


@pytest.fixture
def made(tmp_path):
    return write_scannet(tmp_path)


def test_points_are_aligned_in_double_precision_and_colors_and_faces_are_kept(tmp_path, made):
    for name, scene in made.items():
        read = ScanNet(tmp_path).read(name)
        alignment = np.eye(4) if name == "scene0707_00" else scene.alignment
        np.testing.assert_array_equal(read.alignment, alignment)
        want = (alignment[:3, :3] @ scene.xyz.astype(np.float64).T).T + alignment[:3, 3]
        np.testing.assert_array_equal(read.scan.points, want.astype(np.float32))
        np.testing.assert_array_equal(read.scan.colors, scene.colors)
        np.testing.assert_array_equal(read.scan.faces, scene.faces)
        assert not read.scan.origin.any()


def test_undoing_the_alignment_gives_the_files_coordinates(tmp_path, made):
    for name, scene in made.items():
        read = ScanNet(tmp_path).read(name)
        np.testing.assert_allclose(read.undo_alignment(read.scan.points), scene.xyz, rtol=0, atol=1e-5)


def test_objects_are_those_that_the_scene_was_made_of(tmp_path, made):
    source = ScanNet(tmp_path)
    read, scene = source.read("scene0011_00"), made["scene0011_00"]
    box = (scene.segments - 3) // 7 // 2
    np.testing.assert_array_equal(read.scan.instances, np.where(box < 4, box, -1))
    assert read.scan.labels == {0: "floor", 1: "chair", 2: "office chair", 3: "trash can"}
    np.testing.assert_array_equal(read.scan.semantics, np.array([2, 5, 5, 39, 0])[box])
    np.testing.assert_array_equal(read.superpoints, (scene.segments - 3) // 7)
    assert source.classes is not None
    assert benchmark_instances(read.scan.labels, source.classes) == {
        **{0: None, 1: "chair", 2: "chair"},
        3: "otherfurniture",
    }
    scan, masks = source.load("scene0011_00")
    assert masks.size == len(scan)
    assert {key: rows.tolist() for key, rows in masks.members.items()} == {
        key: np.flatnonzero(box == key).tolist() for key in range(4)
    }


def test_full_labels_have_the_common_names_of_classes(tmp_path, made):
    full = ScanNet(tmp_path).annotated("scene0011_00")
    assert full.scan.instances is None
    assert full.masks.members.keys() == full.classes.keys() == {0, 1, 2, 3}
    assert full.classes == {0: "floor", 1: "chair", 2: "chair", 3: "otherfurniture"}
    (tmp_path / "scannetv2-labels.combined.tsv").unlink()
    assert ScanNet(tmp_path).annotated("scene0011_00").classes[2] == "office chair"
    with pytest.raises(InputError, match="annotated objects of scan scene0707_00"):
        ScanNet(tmp_path).annotated("scene0707_00")


def test_scans_of_the_test_split_have_no_annotation(tmp_path, made):
    read = ScanNet(tmp_path).read("scene0707_00")
    assert (read.scan.instances, read.scan.labels, read.scan.semantics, read.superpoints) == (None,) * 4
    assert not read.masks.members


def test_without_the_table_there_are_objects_but_no_classes(tmp_path, made):
    root = tmp_path / "inner"
    write_scene(root / "scene0000_00", made["scene0000_00"])
    shutil.move(tmp_path / "scannetv2-labels.combined.tsv", tmp_path / "elsewhere.tsv")
    read = ScanNet(root).read("scene0000_00")
    assert read.scan.semantics is None
    assert read.scan.labels is not None


def test_segments_without_objects_are_superpoints(tmp_path, made):
    (tmp_path / "scans/scene0000_00/scene0000_00.aggregation.json").unlink()
    read = ScanNet(tmp_path).read("scene0000_00")
    assert read.superpoints is not None
    assert read.scan.instances is None


def test_names_splits_and_where_files_may_be(tmp_path, made):
    source = ScanNet(tmp_path)
    assert source.names == ("scene0000_00", "scene0000_01", "scene0011_00", "scene0707_00")
    assert source.split("train") == ("scene0000_00", "scene0000_01")
    assert source.split("test") == ("scene0707_00",)
    assert source.has_split("val")
    inner = ScanNet(tmp_path / "scans")  # what is beside the folder of scans is found too
    assert inner.names == source.names[:3]
    assert inner.split("val") == ("scene0011_00",)
    assert inner.classes is not None
    for folder in ("meta_data", "splits", "Tasks/Benchmark"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / "scannetv2_val.txt").rename(tmp_path / folder / "scannetv2_val.txt")
        assert ScanNet(tmp_path).split("val") == ("scene0011_00",)
        (tmp_path / folder / "scannetv2_val.txt").rename(tmp_path / "scannetv2_val.txt")


def test_a_split_lists_scans_that_are_not_here(tmp_path, made):
    (tmp_path / "scannetv2_val.txt").write_text("scene0011_00\nscene0015_00\n\n")
    assert ScanNet(tmp_path).split("val") == ("scene0011_00", "scene0015_00")


def test_files_that_are_read_are_listed(tmp_path, made):
    assert {path.name for path in ScanNet(tmp_path).files("scene0000_00")} == {
        *("scene0000_00_vh_clean_2.ply", "scene0000_00.txt", "scene0000_00.aggregation.json"),
        *("scene0000_00_vh_clean_2.0.010000.segs.json", "scannetv2-labels.combined.tsv"),
    }
    assert len(ScanNet(tmp_path).files("scene0707_00")) == 3


def test_the_other_aggregation_is_read_when_the_meshs_own_is_missing(tmp_path, made):
    folder = tmp_path / "scans/scene0000_00"
    own, other = folder / "scene0000_00.aggregation.json", folder / "scene0000_00_vh_clean.aggregation.json"
    write_groups(other, [{"id": 0, "objectId": 8, "segments": [3], "label": "wall"}])
    assert set(ScanNet(tmp_path).read("scene0000_00").scan.labels or {}) == {0, 1, 2, 3}
    own.unlink()
    assert ScanNet(tmp_path).read("scene0000_00").scan.labels == {8: "wall"}


def test_it_can_be_sent_to_another_process(tmp_path, made):
    source = pickle.loads(pickle.dumps(ScanNet(tmp_path)))
    assert source.read("scene0000_00").scan.labels is not None


def export_naively(segments: list, groups: list, ids: dict) -> tuple[list, list]:
    """The official export, vertex by vertex; as there, the first object of a name is given the segments of the later
    ones too, before these paint them over."""
    of_object, of_label = {}, {}
    for group in groups:
        mine = list(group["segments"])
        of_object[group["objectId"]] = mine
        if group["label"] in of_label:
            of_label[group["label"]] += mine
        else:
            of_label[group["label"]] = mine
    semantics, instances = [0] * len(segments), [-1] * len(segments)
    for painted, values, key_of in (
        (semantics, of_label, lambda label: ids[label][0]),
        (instances, of_object, lambda key: key),
    ):
        for key, claimed in values.items():
            for vertex, segment in enumerate(segments):
                if segment in claimed:
                    painted[vertex] = key_of(key)
    return semantics, instances


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_segments_that_several_objects_claim_go_where_the_official_export_gives_them(tmp_path, data):
    known = data.draw(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=6, unique=True))
    segments = [*known, *data.draw(st.lists(st.sampled_from(known), max_size=20))]
    claims = st.lists(st.sampled_from(known), max_size=5)
    keys = data.draw(st.lists(st.integers(0, 50), max_size=6, unique=True))
    labels = st.sampled_from(["chair", "table", "wall"])
    groups = [{"id": 0, "objectId": key, "segments": data.draw(claims), "label": data.draw(labels)} for key in keys]
    write_segments(tmp_path / "segs.json", segments)
    write_groups(tmp_path / "groups.json", groups)
    write_tsv(tmp_path / "table.tsv")
    ids, superpoints = read_segments(tmp_path / "segs.json", len(segments))
    objects = read_objects(tmp_path / "groups.json", ids)
    semantics, instances = export_naively(segments, groups, NYU40_OF)
    assert objects.instances(superpoints).tolist() == instances
    assert objects.semantics(ScanNetClasses.read(tmp_path / "table.tsv"), superpoints).tolist() == semantics
    assert [int(ids[row]) for row in superpoints] == segments
    assert sorted(set(superpoints.tolist())) == list(range(len(set(segments))))
    members = objects.masks(superpoints).members
    for group in groups:
        own = [i for i, key in enumerate(instances) if key == group["objectId"]]
        claimed = [i for i, segment in enumerate(segments) if segment in group["segments"]]
        assert members.get(group["objectId"], np.zeros(0)).tolist() == (own or claimed)
    assert set(members) <= set(keys)


GROUP = {"id": 0, "objectId": 0, "segments": [3, 10], "label": "chair"}


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["chair"], r"segGroups\[0\]: expected a JSON object, got 'chair'"),
        ([GROUP, {"objectId": 1, "segments": []}], r"segGroups\[1\]: expected label as a text, got no such field"),
        ([GROUP | {"label": 5}], r"segGroups\[0\]: expected label as a text, got 5"),
        ([GROUP | {"label": " "}], "expected label as a text that is not empty"),
        ([GROUP | {"label": "flying carpet"}], r"segGroups\[0\]: expected label as a raw_category .*'flying carpet'"),
        ([GROUP | {"objectId": "0"}], "expected objectId as a whole number, got '0'"),
        ([GROUP | {"objectId": True}], "expected objectId as a whole number, got True"),
        ([GROUP | {"objectId": -1}], "expected objectId as a whole number from 0, got -1"),
        ([GROUP | {"objectId": 2**31}], "expected objectId as a whole number from 0"),
        ([GROUP | {"objectId": float("nan")}], "expected objectId as a whole number, got nan"),
        ([GROUP, GROUP], r"segGroups\[1\]: expected an objectId of its own, got 0, which is that of segGroups\[0\]"),
        ([GROUP | {"segments": 3}], "expected segments as a list, got 3"),
        ([GROUP | {"segments": [3, None]}], r"expected segments\[1\] as a whole number from 0, got None"),
        ([GROUP | {"segments": [10**30]}], r"expected segments\[0\] as a whole number from 0"),
        ([GROUP | {"segments": [3, 4]}], r"expected segments\[1\] as a segment of the mesh, got 4"),
        ([GROUP | {"segments": [2000000000]}], r"expected segments\[0\] as a segment of the mesh"),
        ("none", "expected segGroups as a list, got 'none'"),
    ],
)
def test_wrong_objects_are_refused_with_their_place(tmp_path, made, groups, message):
    path = tmp_path / "scans/scene0000_00/scene0000_00.aggregation.json"
    write_groups(path, groups)
    refuses(tmp_path, path, message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda segments: segments[:-1], "expected segIndices for the 100 vertices of the mesh, got 99"),
        (lambda segments: [*segments, 3], "got 101"),
        (lambda segments: [3.0, *segments[1:]], r"expected segIndices\[0\] as a whole number from 0, got 3.0"),
        (lambda segments: [segments[0], "3", *segments[2:]], r"expected segIndices\[1\] .* got '3'"),
        (lambda segments: [*segments[:99], -3], r"expected segIndices\[99\] .* got -3"),
        (lambda _: {"3": 4}, "expected segIndices as a list"),
        (lambda _: None, "expected segIndices as a list, got None"),
    ],
)
def test_wrong_segments_are_refused_with_their_place(tmp_path, made, change, message):
    path = tmp_path / "scans/scene0000_00/scene0000_00_vh_clean_2.0.010000.segs.json"
    write_segments(path, change(made["scene0000_00"].segments.tolist()))
    refuses(tmp_path, path, message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"segGroups": [', "expected JSON, got the end of the text"),
        (b'{\n"segGroups": [},\n"id": 1}', "line 2: expected JSON, got '}"),
        (b"[" * 100_000, "expected JSON, got lists or objects nested too deeply"),
        (b'{"a":' * 100_000, "expected JSON, got lists or objects nested too deeply"),
        (b'{"segGroups": [' + b"9" * 5000 + b"]}", "expected JSON, got .*digits"),
        (b'{"sceneId": "caf\xe9"}', "line 1: expected UTF-8 text, got byte 0xe9"),
        (b"[1, 2]", r"expected a JSON object, got \[1, 2\]"),
        (b"NaN", "expected a JSON object, got nan"),
        (b"{}", "expected segGroups as a list, got no such field"),
        (b"\xff\xfe", "expected UTF-8"),
        (b"", "empty"),
    ],
)
def test_files_that_are_no_such_json_are_refused(tmp_path, made, content, message):
    path = tmp_path / "scans/scene0000_00/scene0000_00.aggregation.json"
    path.write_bytes(content)
    refuses(tmp_path, path, message)


def test_a_key_given_twice_and_a_mark_are_tolerated(tmp_path):
    (tmp_path / "x.json").write_bytes(b'\xef\xbb\xbf{"a": 1, "a": [NaN, 2]}')
    assert read_json(tmp_path / "x.json")["a"][1] == 2


def test_json_too_large_to_be_any_of_these_is_not_read(tmp_path):
    with (tmp_path / "x.json").open("wb") as stream:
        stream.truncate(LARGEST_JSON + 1)
    with pytest.raises(InputError, match="at most 1024 MiB"):
        read_json(tmp_path / "x.json")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ("1 0 0 0 0 1 0 0 0 0 1 0 0 0 0", "expected axisAlignment as 16 finite numbers"),
        ("1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 one", "expected axisAlignment as 16 numbers, got '1 0"),
        ("1 0 0 nan 0 1 0 0 0 0 1 0 0 0 0 1", "16 finite numbers"),
        ("1 0 0 inf 0 1 0 0 0 0 1 0 0 0 0 1", "16 finite numbers"),
        ("2 0 0 0 0 2 0 0 0 0 2 0 0 0 0 1", "expected axisAlignment as a rotation and a shift"),
        ("1 0.1 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "rotation"),
        ("-1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "rotation"),
        ("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "rotation"),
        ("1 0 0 0 0 1 0 0 0 0 1 0 5 0 0 1", "rotation"),
        ("1 0 0 1e300 0 1 0 0 0 0 1 0 0 0 0 1", "below 1 km"),
        ("1e200 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", "rotation"),
        ("", "16 finite numbers"),
    ],
)
def test_alignments_that_are_none_are_refused_with_their_line(tmp_path, made, numbers, message):
    path = tmp_path / "scans/scene0000_00/scene0000_00.txt"
    path.write_text(f"appVersionId = 1\naxisAlignment = {numbers}\ncolorHeight = 5\n")
    refuses(tmp_path, path, f"line 2: .*{message}")


def test_alignment_is_found_among_other_lines(tmp_path):
    matrix = make_scene(5).alignment
    write_about(tmp_path / "a.txt", matrix)
    np.testing.assert_array_equal(read_alignment(tmp_path / "a.txt"), matrix)
    (tmp_path / "b.txt").write_bytes(b"note = the axisAlignment = is below\r\n" + (tmp_path / "a.txt").read_bytes())
    np.testing.assert_array_equal(read_alignment(tmp_path / "b.txt"), matrix)


def test_what_is_missing_is_named(tmp_path, made):
    folder = tmp_path / "scans/scene0000_00"
    for file in ("_vh_clean_2.ply", ".txt"):
        path = folder / f"scene0000_00{file}"
        path.rename(folder / "away")
        refuses(tmp_path, path, "no such file")
        (folder / "away").rename(path)
    (folder / "scene0000_00_vh_clean_2.0.010000.segs.json").unlink()
    refuses(tmp_path, folder / "scene0000_00.aggregation.json", "expected scene0000_00_vh_clean_2.0.010000.segs.json")


@pytest.mark.parametrize("wrong", ["scene9999_00", "../scans/scene0000_00", ""])
def test_scans_that_are_not_here_are_refused(tmp_path, made, wrong):
    with pytest.raises(InputError, match="expected a scan that is here"):
        ScanNet(tmp_path).read(wrong)


def test_wrong_splits_and_roots_are_refused(tmp_path, made):
    (tmp_path / "scannetv2_val.txt").write_text("scene0011_00\nscene15\n")
    with pytest.raises(InputError, match=r"scannetv2_val.txt, line 2: expected a name such as .*'scene15'"):
        ScanNet(tmp_path).split("val")
    with pytest.raises(InputError, match=r"expected a split of ScanNet .*'minival'"):
        ScanNet(tmp_path).split("minival")
    (tmp_path / "scannetv2_test.txt").unlink()
    assert not ScanNet(tmp_path).has_split("test")
    with pytest.raises(InputError, match=r"expected scannetv2_test.txt"):
        ScanNet(tmp_path).split("test")
    with pytest.raises(InputError, match="got nothing"):
        ScanNet(tmp_path / "nowhere").names  # noqa: B018
    with pytest.raises(InputError, match="got a file"):
        ScanNet(tmp_path / "scannetv2_val.txt").names  # noqa: B018


def test_meshes_far_from_zero_are_refused(tmp_path, made):
    path = tmp_path / "scans/scene0000_00/scene0000_00_vh_clean_2.ply"
    scene = made["scene0000_00"]
    write_mesh(path, replace(scene, xyz=scene.xyz + np.float32(5000)))
    refuses(tmp_path, path, "below 1 km")


def refuses(root: Path, path: Path, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        ScanNet(root).read("scene0000_00")
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < len(str(path)) + 300


@needs_real_scans
def test_real_mesh_and_label_mesh_are_the_arrays_beside_them():
    arrays = np.load(REAL / "scannet_scene0470_00.npz")
    for name in ("scene0470_00_vh_clean_2.ply", "scene0470_00_vh_clean_2.labels.ply"):
        scan = read_ply(REAL / name)
        np.testing.assert_array_equal(scan.points, arrays["xyz"])
        np.testing.assert_array_equal(scan.faces, arrays["faces"])
        if scan.semantics is None:
            np.testing.assert_array_equal(scan.colors, arrays["rgb"])
        else:
            np.testing.assert_array_equal(scan.semantics, arrays["nyu40"])


@needs_real_scans
def test_boxes_of_a_real_scan_agree_to_a_millimeter(tmp_path):
    arrays = np.load(REAL / "scannet_scene0470_00.npz")
    folder = tmp_path / "scans/scene0470_00"
    folder.mkdir(parents=True)
    shutil.copy(REAL / "scene0470_00_vh_clean_2.ply", folder)
    write_real_annotation(folder, arrays)
    read = ScanNet(tmp_path).read("scene0470_00")
    np.testing.assert_allclose(read.scan.points, arrays["xyz_aligned"], atol=1e-4)
    np.testing.assert_array_equal(read.scan.instances, arrays["instance"])
    np.testing.assert_allclose(read.undo_alignment(read.scan.points), arrays["xyz"], atol=1e-5)
    assert len(read.masks.members) == 18
    for key, rows in read.masks.members.items():
        want = arrays["xyz_aligned"][arrays["instance"] == key]
        for corner in (np.min, np.max):
            np.testing.assert_allclose(corner(read.scan.points[rows], axis=0), corner(want, axis=0), atol=1e-3)


def write_real_annotation(folder: Path, arrays) -> None:
    """Segments that cut the objects up, and the alignment that maps one of the arrays' frames to the other."""
    piece = (np.arange(len(arrays["xyz"])) // 500) % 3
    segments = 10 * (arrays["instance"] + 1) + piece
    write_segments(folder / f"{folder.name}_vh_clean_2.0.010000.segs.json", segments.tolist())
    groups = [
        {
            "id": int(key),
            "objectId": int(key),
            "segments": np.unique(segments[arrays["instance"] == key]).tolist(),
            "label": str(label),
        }
        for key, label in zip(arrays["object_ids"], arrays["object_labels"], strict=True)
    ]
    write_groups(folder / f"{folder.name}.aggregation.json", json.loads(json.dumps(groups)))
    ones = np.ones((len(arrays["xyz"]), 1))
    solution = np.linalg.lstsq(np.hstack([arrays["xyz"], ones]), arrays["xyz_aligned"], rcond=None)[0]
    write_about(folder / f"{folder.name}.txt", np.vstack([solution.T, [0, 0, 0, 1]]))
