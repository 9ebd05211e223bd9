"""Small rooms with known answers: which object each meaning means, None when it means none or is too close to call."""

import numpy as np
import pytest
from handmade_rooms import EAST, NORTH, SOUTH, WEST, Box, room_of

from less3d.data.sentences import Attribute, Meaning, Ranking, Relation, Resolver, View, measure

DESK = Box(10, "desk", 3, 4.6, (1.4, 0.7, 0.75), facing=SOUTH)
DOOR = Box(11, "door", 0.02, 2.5, (0.05, 0.9, 2.0), facing=EAST)
BED = Box(12, "bed", 3, 4.0, (1.6, 2.0, 0.6), facing=SOUTH)
COUCH = Box(13, "couch", 3, 2.5, (2.0, 0.9, 0.8), facing=NORTH)


def chair(id: int, x: float, y: float, **more) -> Box:
    return Box(id, "chair", x, y, **more)


def than(name: str, *anchors: str, view: View | None = None, negated: bool = False) -> Meaning:
    """The chair in a relation to other things."""
    things = tuple(Meaning(anchor) for anchor in anchors)
    relation = Relation(name, things, negated=negated) if view is None else Relation(name, things, view, negated)
    return Meaning("chair", relations=(relation,))


def first(
    name: str, anchor: str | None = None, view: View | None = None, place: int = 1, of: int | None = None
) -> Meaning:
    thing = None if anchor is None else Meaning(anchor)
    return Meaning("chair", ranking=Ranking(name, thing, view or View("own"), place, of))


BESIDE_DESK = (DESK, chair(20, 1.6, 4.6), chair(21, 4.4, 4.6))
IN_ROW = tuple(chair(20 + i, 1.2 + i, 4.7, facing=SOUTH) for i in range(4))
FACING_DESK = View("facing", toward=Meaning("desk"))
ENTERING = View("enter", at=Meaning("door"))
DOOR_TO_DESK = View("from", at=Meaning("door"), toward=Meaning("desk"))
ON_WALL = {"z": 1.4, "support": 3}

CASES = {
    # a viewer before the desk at the north wall looks north: west is left
    "left of the desk": (BESIDE_DESK, than("left", "desk"), 20),
    "right of the desk": (BESIDE_DESK, than("right", "desk"), 21),
    "on the left, facing the desk": (BESIDE_DESK, first("left", view=FACING_DESK), 20),
    "on the right, facing the desk": (BESIDE_DESK, first("right", view=FACING_DESK), 21),
    "too close to tell left": ((DESK, chair(20, 3, 2), chair(21, 3.05, 1)), first("left", view=FACING_DESK), None),
    # a viewer who enters by the door in the west wall looks east: north is left
    "on the left, entering": ((DOOR, chair(20, 3, 4.2), chair(21, 3, 1)), first("left", view=ENTERING), 20),
    "on the right, entering": ((DOOR, chair(20, 3, 4.2), chair(21, 3, 1)), first("right", view=ENTERING), 21),
    "left side of the room": (
        (DOOR, chair(20, 3, 4.2), chair(21, 3, 1)),
        Meaning("chair", relations=(Relation("left side", (), ENTERING),)),
        20,
    ),
    "behind the one who enters": (
        (Box(11, "door", 3, 0.02, (0.9, 0.05, 2), facing=NORTH), chair(20, 1, 0.1), chair(21, 5, 2)),
        first("left", view=ENTERING),
        None,
    ),
    # from the door in the west to the desk in the north: the line runs north-east
    "left, from the door to the desk": (
        (DOOR, DESK, chair(20, 1.2, 4.3), chair(21, 2.5, 2)),
        first("left", view=DOOR_TO_DESK),
        20,
    ),
    "right, from the door to the desk": (
        (DOOR, DESK, chair(20, 1.2, 4.3), chair(21, 2.5, 2)),
        first("right", view=DOOR_TO_DESK),
        21,
    ),
    "left of the stool, from the door": (
        (DOOR, Box(30, "lamp", 3, 2.5), chair(20, 3, 3.3), chair(21, 3, 1.7)),
        than("left", "lamp", view=View("from", at=Meaning("door"))),
        20,
    ),
    "behind the lamp, from the door": (
        (DOOR, Box(30, "lamp", 3, 2.5), chair(20, 3.8, 2.5), chair(21, 2.2, 2.5)),
        than("behind", "lamp", view=View("from", at=Meaning("door"))),
        20,
    ),
    "in front of the lamp, from the door": (
        (DOOR, Box(30, "lamp", 3, 2.5), chair(20, 3.8, 2.5), chair(21, 2.2, 2.5)),
        than("front", "lamp", view=View("from", at=Meaning("door"))),
        21,
    ),
    "second from the left in the row": (IN_ROW, first("left", view=View("row"), place=2, of=4), 21),
    "second from the right in the row": (IN_ROW, first("right", view=View("row"), place=2, of=4), 22),
    "leftmost of the row": (IN_ROW, first("left", view=View("row")), 20),
    "no row: one faces away": (
        (*IN_ROW[:3], chair(23, 4.2, 4.7, facing=NORTH)),
        first("left", view=View("row")),
        None,
    ),
    "the count must be right": (IN_ROW, first("left", view=View("row"), place=2, of=3), None),
    # the couch stands free and faces north: its front is north, its back south
    "in front of the couch": ((COUCH, chair(20, 3, 3.6), chair(21, 3, 1.4)), than("front", "couch"), 20),
    "behind the couch": ((COUCH, chair(20, 3, 3.6), chair(21, 3, 1.4)), than("behind", "couch"), 21),
    "left of the couch, standing before it": (
        (COUCH, chair(20, 4.6, 2.5), chair(21, 1.4, 2.5)),
        than("left", "couch"),
        20,
    ),
    "not in front: beside": ((COUCH, chair(20, 4.6, 2.5), chair(21, 3, 3.6)), than("front", "couch"), 21),
    "closest to the door": ((DOOR, chair(20, 1.5, 2.5), chair(21, 4, 2.5)), first("closest", "door"), 20),
    "farthest from the door": ((DOOR, chair(20, 1.5, 2.5), chair(21, 4, 2.5)), first("farthest", "door"), 21),
    "as close to the door": ((DOOR, chair(20, 1.5, 3.3), chair(21, 1.5, 1.6)), first("closest", "door"), None),
    "closest to a door of two": (
        (DOOR, Box(14, "door", 5.98, 2.5, (0.05, 0.9, 2), facing=WEST), chair(20, 1.5, 2.5), chair(21, 3, 2.5)),
        first("closest", "door"),
        None,
    ),
    "next to the bed": ((BED, chair(20, 1.8, 4), chair(21, 5.5, 1)), than("next", "bed"), 20),
    "next to the bed, the other not far": ((BED, chair(20, 1.8, 4), chair(21, 4.6, 4)), than("next", "bed"), None),
    "not next to the bed": ((BED, chair(20, 1.8, 4), chair(21, 5.5, 1)), than("next", "bed", negated=True), 21),
    "between bed and door": ((BED, DOOR, chair(20, 1.2, 3.2), chair(21, 5, 1)), than("between", "bed", "door"), 20),
    "between, but far beside the line": (
        (BED, DOOR, chair(20, 1.6, 0.6), chair(21, 5, 1)),
        than("between", "bed", "door"),
        None,
    ),
    "in the corner": ((chair(20, 0.3, 0.3), chair(21, 3, 2.5)), Meaning("chair", relations=(Relation("corner"),)), 20),
    "in the middle": ((chair(20, 0.3, 0.3), chair(21, 3, 2.5)), Meaning("chair", relations=(Relation("middle"),)), 21),
    "at one wall is no corner": (
        (chair(20, 0.3, 2.5), chair(21, 3, 2.5)),
        Meaning("chair", relations=(Relation("corner"),)),
        None,
    ),
    "against the wall": (
        (chair(20, 0.3, 2.5), chair(21, 3, 2.5)),
        Meaning("chair", relations=(Relation("against", (Meaning("wall", definite=False),)),)),
        20,
    ),
    "facing the bed": ((BED, chair(20, 1, 4, facing=EAST), chair(21, 5, 1, facing=SOUTH)), than("facing", "bed"), 20),
    "facing away from the bed": (
        (BED, chair(20, 1, 4, facing=EAST), chair(21, 5, 4, facing=EAST)),
        than("facing away", "bed"),
        21,
    ),
    "at the desk": ((DESK, chair(20, 3, 4.0, facing=NORTH), chair(21, 3, 1, facing=NORTH)), than("at", "desk"), 20),
    "across from the bed": (
        (BED, chair(20, 3, 1.2, facing=NORTH), chair(21, 0.8, 4, facing=NORTH)),
        than("opposite", "bed"),
        20,
    ),
    "the tall one": ((chair(20, 1, 1, size=(0.5, 0.5, 1.2)), chair(21, 3, 1)), first("tallest"), 20),
    "the small one": ((chair(20, 1, 1, size=(0.9, 0.9, 1.2)), chair(21, 3, 1)), first("smallest"), 21),
    "hardly bigger": ((chair(20, 1, 1, size=(0.52, 0.5, 0.8)), chair(21, 3, 1)), first("biggest"), None),
    "the red one": (
        (chair(20, 1, 1, color="red"), chair(21, 3, 1)),
        Meaning("chair", (Attribute("color", "red"),)),
        20,
    ),
    "a mixed one may be red too": (
        (chair(20, 1, 1, color="red"), chair(21, 3, 1, material=None, color=None)),
        Meaning("chair", (Attribute("material", "wooden"),)),
        None,
    ),
    "an office chair is a chair": ((chair(20, 1, 1), Box(21, "office chair", 3, 1)), Meaning("chair"), None),
    "an office chair is what it is": (
        (Box(20, "desk", 1, 1), Box(21, "office chair", 3, 1)),
        Meaning("office chair"),
        21,
    ),
    "the only chair": ((DESK, chair(20, 1, 1), Box(21, "lamp", 3, 1)), Meaning("chair"), 20),
    "a chair may be an office chair": ((chair(20, 1, 1), Box(21, "office chair", 3, 1)), Meaning("office chair"), None),
    "a stool is no chair": ((chair(20, 1, 1), Box(21, "stool", 3, 1)), Meaning("chair"), 20),
}


@pytest.mark.parametrize("case", CASES)
def test_known_answers(case: str) -> None:
    boxes, meaning, expected = CASES[case]
    assert answer(room_of(*boxes), meaning) == expected


@pytest.mark.parametrize("yaw", [0.7, np.pi / 2, -2.4])
@pytest.mark.parametrize("case", CASES)
def test_turning_the_room_changes_nothing(case: str, yaw: float) -> None:
    boxes, meaning, expected = CASES[case]
    assert answer(room_of(*boxes, yaw=yaw), meaning) == expected


def test_things_on_and_under_and_above() -> None:
    boxes = (
        Box(10, "desk", 1, 4.6, (1.4, 0.7, 0.75), facing=SOUTH),
        Box(11, "desk", 4, 4.6, (1.4, 0.7, 0.75), facing=SOUTH),
        Box(20, "lamp", 0.6, 4.6, (0.2, 0.2, 0.4), z=0.75, support=10),
        Box(21, "lamp", 5.5, 4.6, (0.2, 0.2, 1.2)),
        Box(30, "trash can", 4, 4.6, (0.3, 0.3, 0.4)),
        Box(31, "trash can", 2.4, 4.6, (0.3, 0.3, 0.4)),
        Box(40, "picture", 1, 4.97, (0.5, 0.05, 0.5), z=1.4, support=3),
        Box(41, "picture", 2.5, 4.97, (0.5, 0.05, 0.5), z=1.4, support=3),
    )
    room = room_of(*boxes)
    desk = Meaning("desk", definite=False)
    assert answer(room, Meaning("lamp", relations=(Relation("on", (desk,)),))) == 20
    assert answer(room, Meaning("lamp", relations=(Relation("left part", (desk,)),))) == 20
    assert answer(room, Meaning("lamp", relations=(Relation("right part", (desk,)),))) is None
    assert answer(room, Meaning("lamp", relations=(Relation("on", (Meaning("floor"),)),))) == 21
    assert answer(room, Meaning("trash can", relations=(Relation("under", (desk,)),))) == 30
    assert answer(room, Meaning("desk", relations=(Relation("carries", (Meaning("lamp", definite=False),)),))) == 10
    assert answer(room, Meaning("desk", relations=(Relation("covers", (Meaning("trash can", definite=False),)),))) == 11
    assert answer(room, Meaning("picture", relations=(Relation("above", (desk,)),))) == 40
    assert answer(room, Meaning("desk", relations=(Relation("below", (Meaning("picture", definite=False),)),))) == 10
    assert answer(room, Meaning("picture", ranking=Ranking("left", view=View("row")))) == 40


def test_a_frame_is_no_second_door() -> None:
    frame = Box(14, "doorframe", 0.02, 2.5, (0.06, 1.1, 2.1), facing=EAST, support=4)
    assert answer(room_of(DOOR, frame, DESK), Meaning("door")) == 11
    assert answer(room_of(frame, DESK), Meaning("doorframe")) == 14


def test_open_and_closed_doors() -> None:
    ajar = Box(14, "door", 5.6, 2.0, (0.9, 0.05, 2.0), facing=NORTH)
    room = room_of(DOOR, ajar)
    assert answer(room, Meaning("door", (Attribute("state", "open"),))) == 14
    assert answer(room, Meaning("door", (Attribute("state", "closed"),))) == 11


def test_gaps_are_true_distances_at_any_angle() -> None:
    for yaw in (0.0, 0.3, 1.0, 2.2):
        scene = measure(room_of(chair(20, 1, 1), chair(21, 2.5, 1), chair(22, 1, 3), yaw=yaw))
        rows = {item.instance: row for row, item in enumerate(scene.objects)}
        assert scene.gap[rows[20], rows[21]] == pytest.approx(1.0, abs=0.005)
        assert scene.gap[rows[20], rows[22]] == pytest.approx(1.5, abs=0.005)
        assert scene.gap[rows[21], rows[22]] == pytest.approx(np.hypot(1.0, 1.5), abs=0.01)
        assert np.allclose(scene.gap, scene.gap.T, atol=1e-5)


def answer(room, meaning: Meaning) -> int | None:
    scene = measure(room)
    row = Resolver(scene).only(meaning)
    return None if row is None else scene.objects[row].instance
