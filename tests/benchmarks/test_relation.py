"""The diagnostic that tells perception from relation: objects as they are, and wrongs by their cause."""

import numpy as np
import pytest
import torch
from relation.objects import Annotated, Encoded, Room, distinct_objects, gathered_on_masks, perfect_room
from relation.reader import Budget, Reader, train_reader
from relation.verdict import OUTCOMES, Verdict, judge, summary, tally
from relation_diagnostic import READERS, table

from less3d.models.encoder import EncodedScans
from less3d.models.late import LateConfig, LateLESS
from less3d.models.objects import SMALLEST_HALF_SIZE, Cells, ObjectHead, Objects
from less3d.referral import Masks, Referral
from less3d.scan import Scan
from less3d.text import TextFeatures

LABELS = ("chair", "table", "chair")
SMALL = LateConfig(channels=(8, 8), width=16, mask_width=4, candidates=3, anchors=2, text_layers=1, relation_layers=1)
WORDS = {"left": 0, "right": 1, "a": 2}
HIT = np.eye(3)  # one candidate on each object


def verdict(scores: list[float], overlaps: np.ndarray, *, target: int = 0, best_iou: float = 1.0) -> Verdict:
    return judge(np.array(scores), overlaps, best_iou=best_iou, target=target, labels=LABELS, kind="left")


@pytest.mark.parametrize(
    ("scores", "outcome", "right_of_class"),
    [([2, 1, 0], "right", True), ([1, 0, 2], "look-alike", False), ([1, 2, 0], "other object", True)],
)
def test_a_wrong_choice_is_told_by_what_was_chosen(scores, outcome, right_of_class):
    found = verdict(scores, HIT)
    assert (found.outcome, found.right_of_class, found.alike) == (outcome, right_of_class, 2)


def test_what_could_not_be_chosen_was_not_found():
    found = verdict([1, 0], HIT[1:], best_iou=0.2)
    assert (found.outcome, found.right_of_class) == ("not found", None)
    elsewhere = verdict([1, 0], HIT[1:], best_iou=0.9)
    assert elsewhere.outcome == "other object", "it was there, but the words did not choose it"
    assert verdict([1, 0], np.array([[0.2, 0.2, 0.2], [0.9, 0, 0]])).outcome == "no object"


def test_shares_are_of_the_sentences_they_speak_of():
    right, missed, wrong = verdict([2, 1, 0], HIT), verdict([1, 0], HIT[1:], best_iou=0.2), verdict([1, 0, 2], HIT)
    alone = judge(np.array([1.0]), np.ones((1, 1)), best_iou=1.0, target=0, labels=("bed",), kind="class")
    found = summary([right, missed, wrong, alone])
    assert found["unique"]["sentences"] == 1
    assert list(found["multiple_by_kind"]) == ["left"]
    multiple = found["multiple"]
    assert multiple["class_alone"] == 0.5
    assert multiple["accuracy"] == pytest.approx(1 / 3)
    assert multiple["found"] == pytest.approx(2 / 3)
    assert multiple["accuracy_of_found"] == multiple["accuracy_within_class"] == 0.5
    assert sum(multiple["outcomes"].values()) == pytest.approx(1)
    assert tuple(multiple["outcomes"]) == OUTCOMES
    assert tally([])["accuracy"] is None


def test_perfect_objects_have_the_class_color_and_box_of_their_masks():
    points = np.float32([[0, 0, 0], [4, 0, 0], [0, 2, 0], [4, 2, 0], [1, 1, 1], [2, 1, 3]])
    colors = np.uint8([[0, 0, 0]] * 4 + [[255, 0, 0], [255, 255, 0]])
    instances = np.int32([-1, -1, -1, -1, 7, 7])
    scan = Scan(points=points, colors=colors, instances=instances, labels={7: "lamp"})
    referral = Referral("room", "the lamp", (7,))
    room = perfect_room(Annotated(scan, Masks.of_instances(instances), ("lamp",), (referral,)), ("bed", "lamp"))
    torch.testing.assert_close(room.inputs, torch.tensor([[0.0, 1, 1, 0, -1]]))
    torch.testing.assert_close(room.centers, torch.tensor([[-0.5, 0, 2]]))
    torch.testing.assert_close(room.half_sizes, torch.tensor([[0.5, 0, 1]]) + SMALLEST_HALF_SIZE)
    assert room.targets.tolist() == [0]


def make_room(number: int) -> Room:
    """Two alike objects, one to the left of the other for a viewer in the middle of the room, and a word for each."""
    rng = np.random.default_rng(number)
    left = torch.tensor([[-0.6, 2.0, 0.5], [0.6, 2.0, 0.5]]) + torch.from_numpy(rng.uniform(-0.2, 0.2, (2, 3))).float()
    order = torch.from_numpy(rng.permutation(2))
    room = Room(
        inputs=torch.ones(2, 3),
        centers=left[order],
        half_sizes=torch.full((2, 3), 0.2),
        overlaps=torch.eye(2),
        asked=(Referral("room", "left", (0,)), Referral("room", "right", (1,))),
        targets=order.argsort(),
    )
    return room.seen(int(rng.integers(4)), False)


def read_text(sentences: list[str]) -> TextFeatures:
    words = torch.nn.functional.one_hot(torch.tensor([[WORDS[sentence], WORDS["a"]] for sentence in sentences])).float()
    return TextFeatures(words, words.mean(1), torch.ones(len(words), 2, dtype=torch.bool))


def test_turns_and_mirrors_come_back_to_the_same_room():
    room = make_room(1)
    twice = room.seen(1, True).seen(3, False)
    mirrored = room.centers * torch.tensor([-1.0, 1, 1])
    torch.testing.assert_close(twice.centers, mirrored)
    torch.testing.assert_close(room.seen(2, False).seen(2, False).centers, room.centers)
    torch.testing.assert_close(room.seen(1, False).half_sizes[:, :2], room.half_sizes[:, :2].flip(1))


def test_a_reader_learns_a_relation_between_objects_that_look_alike():
    torch.manual_seed(0)
    reader = Reader(3, 3, SMALL)
    train_reader(reader, [make_room(number) for number in range(50)], read_text, Budget(steps=150, warmup_steps=5))
    for number in range(50, 60):
        room = make_room(number)
        with torch.no_grad():
            reading = reader(room, read_text(["left", "right"]))
        chosen = reading.candidates.gather(1, reading.scores.argmax(dim=1, keepdim=True)).squeeze(1)
        assert chosen.tolist() == room.targets.tolist()


def make_objects(mask_queries: torch.Tensor) -> Objects:
    """Objects whose masks depend on the embeddings of cells alone."""
    count = len(mask_queries)
    shapes = torch.tensor([[-40.0, -40, -40, -40, -0.5]]).expand(count, 5)
    return Objects(torch.randn(count, 16), torch.randn(count, 16), *torch.ones(2, count, 3), mask_queries, shapes)


def encoded_scans(cells: Cells, tokens: Objects) -> EncodedScans:
    """One scan, each voxel a token of its own."""
    cells = Cells(cells.positions[None], cells.votes[None], cells.embeddings[None])
    count = len(tokens.keys)
    there = torch.ones(1, count, dtype=torch.bool)
    return EncodedScans(cells, there, cells, tokens.map(lambda values: values[None]), there, torch.arange(count)[None])


def test_objects_that_tokens_agree_on_come_first_and_once():
    cells = Cells(torch.rand(6, 3), torch.rand(6, 3), torch.eye(3)[[0, 0, 0, 1, 1, 2]])
    opinions = torch.eye(3)[[0, 0, 0, 1, 1, 2]]
    opinions[2] = torch.tensor([1.0, 1, 1])  # one token of the first object thinks that all is one
    chosen = distinct_objects(cells, make_objects(opinions), 9)
    masks = (cells.masks(make_objects(opinions).select(chosen)) > 0).int().tolist()
    assert sorted(masks[:3]) == sorted([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1]])
    assert len(distinct_objects(cells, make_objects(opinions), 2)) == 2


def test_overlaps_are_of_points_not_of_voxels():
    voxels = Cells(torch.rand(3, 3), torch.rand(3, 3), torch.eye(3))
    tokens = make_objects(torch.eye(3))
    scan = encoded_scans(voxels, tokens)
    points = torch.tensor([[4.0, 0], [1, 2], [0, 3]])
    encoded = Encoded(scan, points, torch.tensor([5.0, 3, 3]))
    first_two = make_objects(torch.tensor([[1.0, 1, 0]]))
    torch.testing.assert_close(encoded.overlaps(first_two), torch.tensor([[5 / 8, 2 / 11]]))


def test_objects_on_masks_are_gathered_from_their_own_tokens():
    torch.manual_seed(0)
    network = LateLESS(SMALL, text_width=4).eval()
    tokens = ObjectHead(16, 4)(torch.randn(4, 16), torch.rand(4, 3), torch.full((1, 3), 0.3))
    cells = Cells(torch.rand(4, 3), torch.rand(4, 3), torch.randn(4, 4))
    points, in_all = torch.tensor([[3.0, 0], [3, 0], [0, 3], [0, 0]]), torch.full((4,), 3.0)

    def features(tokens: Objects) -> torch.Tensor:
        encoded = Encoded(encoded_scans(cells, tokens), points, in_all)
        with torch.no_grad():
            return gathered_on_masks(network, encoded).features

    other = tokens.features.clone()
    other[3] += 1.0  # a token of no object
    changed = Objects(other, tokens.keys, tokens.centers, tokens.half_sizes, tokens.mask_queries, tokens.mask_shapes)
    torch.testing.assert_close(features(changed), features(tokens), rtol=1e-3, atol=1e-4)
    other[2] += 1.0
    assert (features(changed) - features(tokens)).abs().amax(dim=1).gt(1e-3).tolist() == [False, True]


def test_the_table_has_a_row_for_all_for_each_kind_and_for_each_reader():
    read = summary([verdict([2, 1, 0], HIT)] * 20)
    lines = table({"readers": dict.fromkeys(READERS, read)})
    assert lines[2].startswith("| all | 20 | 0.500 | 1.000 |")
    assert lines[3].startswith("| left | 20 |")
    assert [line.split(" | ")[0] for line in lines[-4:]] == [f"| {name}" for name in READERS]
    assert len({line.count("|") for line in lines[:4]}) == 1
    assert len({line.count("|") for line in lines[5:]}) == 1
