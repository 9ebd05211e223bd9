"""Made rooms: repeatable, honestly described, physically plausible, and of the size of real ones."""

import numpy as np
import pytest

from less3d.data.rooms.furniture import Catalogue
from less3d.data.rooms.generate import make_room
from less3d.data.rooms.kinds import KIND_SHARES, recipe
from less3d.data.rooms.layout import Layout, draw_layout
from less3d.data.rooms.placing import FLOOR
from less3d.data.rooms.room import STRUCTURE, Room
from less3d.data.rooms.statistics import draw, draw_size, scene_statistics
from less3d.errors import InputError

KINDS = ("bedroom", "office", "kitchen", "bathroom", "classroom")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture(scope="module")
def rooms(catalogue) -> list[Room]:
    return [make_room(seed, catalogue=catalogue, scanner="sampled") for seed in range(4)]


@pytest.fixture(scope="module")
def layouts(catalogue) -> list[Layout]:
    return [draw_layout(kind, catalogue, np.random.default_rng(9)) for kind in KINDS]


def test_the_same_seed_makes_the_same_room(catalogue, rooms):
    again = make_room(0, catalogue=catalogue, scanner="sampled")
    assert np.array_equal(again.scan.points, rooms[0].scan.points)
    assert np.array_equal(again.scan.colors, rooms[0].scan.colors)
    assert again.objects == rooms[0].objects


def test_a_fused_scan_shows_the_same_room(catalogue, rooms):
    fused = [make_room(seed, catalogue=catalogue) for seed in (2, 2)]
    assert fused[0].scan.points.tobytes() == fused[1].scan.points.tobytes()
    assert fused[0].objects == fused[1].objects
    assert fused[0].kind == rooms[2].kind
    assert 8_000 < len(fused[0].scan) <= 110_000
    both = {item.instance: item.category for item in fused[0].objects}
    sampled = {item.instance: item.category for item in rooms[2].objects}
    shared = set(both) & set(sampled)
    assert len(shared) > 0.7 * len(sampled)
    assert all(both[instance] == sampled[instance] for instance in shared)


def test_a_complete_room_has_what_no_scan_can_see(catalogue, rooms):
    complete = [make_room(seed, catalogue=catalogue, scanner="complete") for seed in (2, 2)]
    assert complete[0].scan.points.tobytes() == complete[1].scan.points.tobytes()
    scan = complete[0].scan
    assert scan.instances is not None
    assert rooms[2].scan.instances is not None
    assert set(np.unique(rooms[2].scan.instances)) <= {-1, *np.unique(scan.instances)}, "what a scan sees is there"


def test_other_seeds_make_other_rooms(rooms):
    assert len({room.scan.points.tobytes() for room in rooms}) == len(rooms)


def test_objects_and_instances_are_the_same_set(rooms):
    for room in rooms:
        assert room.scan.instances is not None
        assert room.scan.labels is not None
        in_scan = set(np.unique(room.scan.instances).tolist()) - {-1}
        assert in_scan == {item.instance for item in room.objects} == set(room.scan.labels)
        assert all(room.scan.labels[item.instance] == item.category for item in room.objects)
        assert all(item.support is None or item.support in in_scan for item in room.objects)


def test_boxes_are_those_of_the_visible_points(rooms):
    for room in rooms:
        for item in room.objects:
            points = room.scan.points[room.scan.instances == item.instance]
            assert len(points) == item.visible_points >= 60
            low, high = np.subtract(item.center, np.divide(item.size, 2)), np.add(item.center, np.divide(item.size, 2))
            assert np.allclose(low, points.min(axis=0), atol=1e-5)
            assert np.allclose(high, points.max(axis=0), atol=1e-5)


def test_walls_face_into_the_room(rooms):
    for room in rooms:
        middle = room.scan.points[:, :2].mean(axis=0)
        for item in room.objects:
            if item.category == "wall" and max(item.size[:2]) > 2:
                assert item.facing is not None
                inward = (np.cos(item.facing), np.sin(item.facing))
                assert np.dot(middle - item.center[:2], inward) > -0.3


def test_scans_are_as_large_and_as_full_as_real_ones(rooms):
    for room in rooms:
        extent = np.sort(np.ptp(room.scan.points[:, :2], axis=0))
        assert 1.2 < extent[0] < 11
        assert extent[1] < 14
        assert 8_000 < len(room.scan) <= 110_000
        assert abs(np.median(room.scan.points[room.scan.instances == 0, 2])) < 0.05
    assert np.median([len(room.objects) for room in rooms]) >= 10


def test_nothing_floats(layouts):
    for layout in layouts:
        for item in layout.items:
            if item.support == FLOOR:
                assert abs(item.position[2]) < 0.01
            elif item.support is not None:
                below = layout.items[item.support]
                carrier = below.piece.surface.transformed(yaw=below.yaw, translation=below.position).points
                near = np.linalg.norm(carrier[:, :2] - item.position[:2], axis=1) < 0.5 * max(item.size[:2]) + 0.05
                gaps = np.abs(carrier[near, 2] - item.position[2])
                assert gaps.min() < max(0.06, 0.9 * item.size[2] * (item.piece.category == "sink"))


def test_furniture_does_not_run_into_furniture(layouts):
    for layout in layouts:
        standing = [item for item in layout.items if item.support == FLOOR and item.piece.category != "door"]
        centers = np.array([item.position for item in standing]).reshape(-1, 3)
        for index, item in enumerate(standing):
            apart = np.linalg.norm(centers[:, :2] - item.position[:2], axis=1)
            apart[index] = np.inf
            assert apart.min() > 0.08
            assert layout.plan.holds(centers[index : index + 1, :2], margin=0.05).all()


def test_doors_are_kept_free(layouts):
    for layout in layouts:
        for wall in layout.plan.walls:
            for opening in wall.openings:
                if opening.category == "door":
                    middle = np.array(wall.start) + np.array(wall.along) * (opening.left + opening.right) / 2
                    before = middle + 0.4 * np.array(wall.inward)
                    others = [item for item in layout.items if item.piece.category != "door" and item.position[2] < 0.5]
                    assert all(np.linalg.norm(before - item.position[:2]) > 0.25 for item in others)


def test_a_kind_can_be_asked_for(catalogue):
    assert make_room(1, catalogue=catalogue, kind="bedroom", scanner="sampled").kind == "bedroom"
    with pytest.raises(InputError, match="kind of room"):
        make_room(1, catalogue=catalogue, kind="garage")


def test_recipes_name_classes_that_real_scans_have():
    known = set(scene_statistics().classes) | STRUCTURE
    named = {name for kind in KIND_SHARES for rule in recipe(kind) for name in rule.category}
    assert len(named & known) >= 100
    assert sum(name not in known for name in named) <= 0.15 * len(named)


def test_drawn_values_follow_the_percentiles(catalogue):
    rng = np.random.default_rng(0)
    drawn = [draw((0.5, 1.0, 3.0), float(z)) for z in rng.normal(size=4000)]
    assert np.percentile(drawn, [10, 50, 90]) == pytest.approx([0.5, 1.0, 3.0], rel=0.1)
    beds = np.array([draw_size("bed", rng) for _ in range(200)])
    assert 1.9 < np.median(beds[:, 0]) < 2.4
    assert 1.2 < np.median(beds[:, 1]) < 1.9
    assert draw_size("no such class", rng) is None
