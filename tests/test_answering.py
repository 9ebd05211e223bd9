"""Answers from several sides: each view has its say, and nothing that should not matter does."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_weights import TINY, tiny_model

from less3d.answering import answers, look, overlaps_of
from less3d.batch import Scene
from less3d.calibration import Calibration, Platt
from less3d.metrics import iou
from less3d.models import Candidates, Referrer
from less3d.models.less import LessConfig
from less3d.scan import Scan
from less3d.text import TextFeatures

EARLY = LessConfig(channels=(8, 8), blocks=1, query_width=16, feedforward_width=16, num_queries=3)
CONFIGS = {"late": TINY, "early": replace(TINY, fusion="early", early=EARLY)}
SENTENCES = ["the chair", "the brown couch next to the window"]


@pytest.fixture(params=CONFIGS)
def model(request) -> Referrer:
    """A model whose masks have points."""
    model = tiny_model(CONFIGS[request.param]).eval()
    if request.param == "late":
        torch.nn.init.constant_(model.network.gather.head.mask_shape.bias[4:], 8.0)
    return model


def make_scan(seed: int = 0, count: int = 3000) -> Scan:
    rng = np.random.default_rng(seed)
    points = rng.uniform((0, 0, 0), (4, 3, 2.5), (count, 3)).astype(np.float32)
    return Scan(points, rng.integers(0, 256, (count, 3)).astype(np.uint8))


def scores_of(model: Referrer, scan: Scan, turns: int) -> np.ndarray:
    found = answers(model, look(model, scan, turns=turns), SENTENCES)
    return torch.stack([answer.scores for answer in found]).numpy()


def saying(model: Referrer, monkeypatch: pytest.MonkeyPatch, *said: tuple[list[np.ndarray], list[float], float]):
    """Let the views of a scan have these candidates: masks over its points, beliefs, and belief in nothing."""
    left = iter(said)
    monkeypatch.setattr(model, "prepare", lambda scene: scene)

    def candidates(scene: Scene, text: TextFeatures) -> Candidates:
        masks, belief, nothing = next(left)
        logits = torch.full((len(masks), len(scene.grid.coords)), -2.0)
        for row, mask in enumerate(masks):
            logits[row, scene.point_to_voxel(0)[torch.from_numpy(mask)]] = 2.0
        return Candidates(
            logits, torch.arange(len(masks))[None], belief=torch.tensor([belief]), nothing=torch.tensor([nothing])
        )

    monkeypatch.setattr(model, "candidates", candidates)


def far_apart(count: int) -> Scan:
    """Points of which each has a voxel of its own, however the scan is turned."""
    points = np.zeros((count, 3), dtype=np.float32)
    points[:, 0] = np.arange(count)
    return Scan(points, np.zeros((count, 3), dtype=np.uint8))


def of_points(*points: int) -> np.ndarray:
    return np.isin(np.arange(10), points)


def test_one_view_answers_with_a_candidate_as_it_is(model):
    """With the one of the highest expected IoU, recomputed here over pairs of masks."""
    scan = make_scan()
    (view,) = look(model, scan, turns=1)
    with torch.no_grad():
        found = model.candidates(view.encoded, model.text(SENTENCES))
    for sentence, answer in enumerate(answers(model, (view,), SENTENCES)):
        masks = found.masks[found.rows[sentence]]
        inside = (masks > 0).numpy()
        worth = [
            sum(p * iou(a, b) for b, p in zip(inside, found.belief[sentence].tolist(), strict=True)) for a in inside
        ]
        best = int(np.argmax(worth))
        assert inside[best].any()
        assert answer.confidence == pytest.approx(max(worth[best], found.nothing[sentence].item()), rel=1e-4)
        if worth[best] >= found.nothing[sentence]:
            torch.testing.assert_close(answer.scores, masks[best].sigmoid()[view.voxel_of_point])
        else:
            assert answer.scores.max() < 0.02


def test_turning_the_scan_by_a_view_changes_hardly_a_point(model):
    scan = make_scan()
    expected = scores_of(model, scan, turns=4)
    assert (abs(scores_of(model, scan, turns=1) - expected) < 0.01).mean() < 0.95, "views do differ"
    for turn in range(1, 4):
        turned = scores_of(model, scan.turned(turn * math.pi / 2), turns=4)
        assert (abs(turned - expected) < 0.01).mean() > 0.99
        assert ((turned > 0.5) == (expected > 0.5)).mean() > 0.99


def test_permuting_points_permutes_the_answer(model):
    scan, order = make_scan(), np.random.default_rng(1).permutation(3000)
    shuffled = Scan(scan.points[order], scan.colors[order])
    expected = scores_of(model, scan, turns=4)[:, order]
    np.testing.assert_allclose(scores_of(model, shuffled, turns=4), expected, atol=1e-3)


def test_views_outvote_one_that_errs(monkeypatch):
    model, scan = tiny_model().eval(), far_apart(10)
    right, wrong = of_points(1, 2, 3, 4), of_points(7, 8)
    saying(
        model, monkeypatch, ([right, wrong], [0.3, 0.6], 0.0), ([right], [0.9], 0.0), ([wrong, right], [0.2, 0.7], 0.0)
    )
    (answer,) = answers(model, look(model, scan, turns=3), ["the chair"])
    np.testing.assert_array_equal(answer.scores > 0.5, right)
    assert answer.confidence == pytest.approx((0.3 + 0.9 + 0.7) / 3, rel=1e-5)


def test_views_draw_the_mask_together(monkeypatch):
    """A point that one of three views leaves out is inside; one that one alone adds is not."""
    model, scan = tiny_model().eval(), far_apart(10)
    masks = of_points(1, 2, 3, 4), of_points(1, 2, 3, 4, 5), of_points(2, 3, 4)
    saying(model, monkeypatch, *(([mask], [0.9], 0.0) for mask in masks))
    (answer,) = answers(model, look(model, scan, turns=3), ["the chair"])
    np.testing.assert_array_equal(answer.scores > 0.5, of_points(1, 2, 3, 4))
    assert answer.scores[1] < answer.scores[2]


@pytest.mark.parametrize(("nothing", "is_empty"), [((0.9, 0.9), True), ((0.9, 0.0), False)])
def test_nothing_is_answered_when_views_believe_it_more_than_any_mask(monkeypatch, nothing, is_empty):
    model, scan = tiny_model().eval(), far_apart(10)
    mask = of_points(1, 2)
    saying(model, monkeypatch, *(([mask], [1 - belief], belief) for belief in nothing))
    (answer,) = answers(model, look(model, scan, turns=2), ["the chair"])
    assert (answer.scores.max() < 0.02) == is_empty
    mean = sum(nothing) / 2
    assert answer.confidence == pytest.approx(mean if is_empty else 1 - mean, rel=1e-5)


def test_calibration_decides_when_nothing_is_answered_and_how_sure_that_is(monkeypatch):
    model, scan = tiny_model().eval(), far_apart(10)
    mask = of_points(1, 2)
    for shift in (-1.0, 1.0):
        saying(model, monkeypatch, ([mask], [0.5], 0.5))
        model.calibration = Calibration(shift, mask=Platt(0.0, 2.0), empty=Platt(0.0, -2.0))
        (answer,) = answers(model, look(model, scan, turns=1), ["the chair"])
        np.testing.assert_array_equal(answer.scores > 0.5, mask if shift < 0 else of_points())
        assert answer.confidence == pytest.approx(1 / (1 + math.exp(2 * shift)))


def test_candidates_on_one_object_answer_together(monkeypatch):
    model, scan = tiny_model().eval(), far_apart(10)
    alone, one, other = of_points(8, 9), of_points(1, 2, 3, 4), of_points(2, 3, 4)
    saying(model, monkeypatch, ([alone, one, other], [0.4, 0.35, 0.25], 0.0))
    (answer,) = answers(model, look(model, scan, turns=1), ["the chair"])
    np.testing.assert_array_equal(answer.scores > 0.5, one)
    assert answer.confidence == pytest.approx(0.35 + 0.25 * 3 / 4, rel=1e-5)


def test_overlaps_are_the_ious_of_all_pairs():
    torch.manual_seed(0)
    masks = torch.rand(5, 40) > torch.linspace(0.2, 0.8, 5)[:, None]
    masks = torch.cat([masks, torch.zeros(1, 40, dtype=torch.bool)])
    overlaps = overlaps_of(masks)
    for a in range(5):
        for b in range(6):
            assert overlaps[a, b].item() == pytest.approx(iou(masks[a].numpy(), masks[b].numpy()))
    assert not overlaps[5].any()


def test_masks_of_views_are_compared_at_one_point_of_each_voxel(model):
    first, *others = look(model, make_scan(), turns=3)
    count = int(first.voxel_of_point.max()) + 1
    assert first.voxel_of_witness.tolist() == list(range(count))
    assert all(len(view.voxel_of_witness) == count for view in others)
