"""Two stages as one model: what the first finds is what the second chooses among."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from less3d.batch import ObjectLabels, asked_together, make_batch, make_scene
from less3d.errors import InputError
from less3d.models.clustering import Instances
from less3d.models.graph import GraphConfig, GraphNetwork, annotated
from less3d.models.instances import InstanceConfig, voxel_labels
from less3d.models.tgnn import TgnnConfig
from less3d.models.xrefseg import XRefSegConfig
from less3d.referral import Referral, Sample
from less3d.scan import Scan
from less3d.text import TextFeatures

STAGE_ONE = InstanceConfig(classes=("box", "wall"), channels=(8, 12), blocks=1, width=6)
CONFIG = GraphConfig(
    instances=STAGE_ONE,
    matcher="tgnn",
    tgnn=TgnnConfig(width=16, layers=2),
    xrefseg=XRefSegConfig(width=12, attention_width=8, interaction_width=10, hidden_width=5, branches=2),
)
GRID = {"voxel_size": 0.2, "num_levels": 2}
both_matchers = pytest.mark.parametrize(("matcher", "kinds"), [("tgnn", 1), ("xrefseg", 2)])
"""And how many kinds of scores each has."""


def make_scan(seed: int = 0) -> Scan:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 2, (500, 3)).astype(np.float32)
    return Scan(points=points, colors=rng.integers(0, 256, (500, 3)).astype(np.uint8))


def strips(scan: Scan) -> np.ndarray:
    """Objects 0, 1, 2, 3 along x; 3 is a wall."""
    return (scan.points[:, 0] * 2).astype(np.int64).clip(0, 3)


def make_text(sentences: int, seed: int = 0) -> TextFeatures:
    features = torch.randn(sentences, 4, 10, generator=torch.Generator().manual_seed(seed))
    return TextFeatures(features, features.mean(1), torch.ones(sentences, 4, dtype=torch.bool))


def make_model(matcher: str = "tgnn") -> GraphNetwork:
    torch.manual_seed(0)
    return GraphNetwork(replace(CONFIG, matcher=matcher), text_width=10)


def make_labelled(targets=((0,), (2,), (1, 2)), seeds=(0, 1)):
    """Each scan is asked about each of the targets."""
    asked = []
    for seed in seeds:
        scan, owner = make_scan(seed), strips(make_scan(seed))
        samples = [Sample(scan, Referral("a", "x", target), np.isin(owner, target)) for target in targets]
        labels = ObjectLabels(torch.from_numpy(owner), torch.tensor([0, 0, 2, 1]))
        asked += [replace(one, labels=labels) for one in asked_together(samples)]
    return make_batch(asked, **GRID)


def test_the_answer_is_the_found_object_with_the_highest_score():
    """Of the sums over kinds; also where the runners-up overlap, so that one of them has the higher expected IoU."""
    model = make_model().eval()
    masks = torch.zeros(3, 50, dtype=torch.bool)
    masks[0, :10] = masks[1, 20:40] = masks[2, 20:39] = True
    found = Instances(masks, torch.rand(3, 3), torch.rand(3), torch.randn(3, 6), torch.randn(3, 3))
    shares = torch.tensor([[0.36, 0.33, 0.31], [0.2, 0.3, 0.5]])
    first = torch.tensor([[0.0, 5.0, 0.0], [5.0, 0.0, 0.0]])
    model.matcher.forward = lambda *_: torch.stack([first, shares.log() - first])
    answer = model.candidates(found, make_text(2))
    assert torch.equal(answer.masks > 0, masks)
    torch.testing.assert_close(answer.belief, torch.tensor([[0.36], [0.5]]))
    assert answer.rows.tolist() == [[0], [2]]
    assert not answer.nothing.any()


@both_matchers
def test_stage_two_reads_what_stage_one_says_of_its_objects(matcher, kinds):
    model = make_model(matcher).eval()
    masks = torch.eye(4, 50, dtype=torch.bool)
    found = Instances(masks, torch.rand(4, 3), torch.rand(4), torch.randn(4, 6), torch.randn(4, 3))
    text = make_text(2)
    with torch.no_grad():
        answer, scores = model.candidates(found, text), model.matcher(found.features, found.positions, text)
    assert len(scores) == kinds
    scores = sum(scores[kind] for kind in range(kinds))
    assert answer.rows[:, 0].tolist() == scores.argmax(dim=1).tolist()
    torch.testing.assert_close(answer.belief[:, 0], scores.softmax(dim=1).amax(dim=1))


def test_where_nothing_is_found_nothing_is_meant():
    model = make_model().eval()
    none = Instances(torch.zeros(0, 50, dtype=torch.bool), *(torch.zeros(0, *size) for size in ((3,), (), (6,), (3,))))
    answer = model.candidates(none, make_text(2))
    assert not (answer.masks > 0).any()
    assert answer.nothing.tolist() == [1.0, 1.0]
    assert answer.belief.tolist() == [[0.0], [0.0]]


def test_nodes_in_training_are_the_annotated_objects_but_walls():
    model, batch = make_model().eval(), make_labelled()
    with torch.no_grad():
        said, true = model.instances(batch.scene), voxel_labels(batch.scene, batch.labels)
    for scan in range(2):
        nodes = annotated(said, true, batch.scene, scan, STAGE_ONE)
        assert nodes.classes.argmax(dim=1).tolist() == [0, 0, 2]
        assert torch.equal(
            nodes.masks, true.object_of[batch.scene.voxels_of(scan)] == 4 * scan + torch.arange(3)[:, None]
        )


@both_matchers
def test_stage_two_learns_to_choose_the_object_that_is_meant(matcher, kinds):
    model, batch, text = make_model(matcher), make_labelled(), make_text(6)
    parts = model.losses(batch, text)
    expected = []
    with torch.no_grad():
        said, true = model.instances(batch.scene), voxel_labels(batch.scene, batch.labels)
        for row, right in enumerate([[0], [2], [1, 2]] * 2):
            nodes = annotated(said, true, batch.scene, row // 3, STAGE_ONE)
            scores = model.matcher(nodes.features, nodes.positions, text.select(torch.tensor([row])))[:, 0]
            losses = [scores[kind].logsumexp(dim=0) - scores[kind, right].logsumexp(dim=0) for kind in range(kinds)]
            expected.append(sum(losses))
    torch.testing.assert_close(parts["point"], torch.stack(expected).mean(), rtol=1e-4, atol=1e-4)
    parts["total"].backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == name.startswith("matcher."), name


@pytest.mark.parametrize("matcher", ["tgnn", "xrefseg"])
def test_sentences_about_walls_are_left_out(matcher):
    model, text = make_model(matcher).eval(), make_text(2)
    both = model.losses(make_labelled(((0,), (3,)), (0,)), text)["total"]
    one = model.losses(make_labelled(((0,),), (0,)), text.select(torch.tensor([0])))["total"]
    torch.testing.assert_close(both, one)
    none = model.losses(make_labelled(((3,),), (0,)), text.select(torch.tensor([0])))["total"]
    none.backward()
    assert none.item() == 0


def test_stage_one_alone_answers_nothing():
    model = make_model("none")
    assert set(model.losses(make_labelled(), make_text(6))) >= {"class", "pull", "push", "offset", "direction", "total"}
    with pytest.raises(InputError, match="rooms-tgnn --start-from"):
        model.candidates(model.eval().prepare(make_scene([make_scan()], **GRID)), make_text(1))
