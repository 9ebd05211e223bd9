"""Late fusion: what is encoded once serves every sentence, and nothing that should not matter does."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from less3d.batch import Scene, asked_together, make_batch, make_scene
from less3d.errors import InputError
from less3d.metrics import iou
from less3d.models import Candidates
from less3d.models.geometry import as_seen, pair_geometry
from less3d.models.late import LateConfig, LateLESS, _peaks
from less3d.models.padded import Padding
from less3d.models.relate import Fronts, PairAttention, PairCount, WordSlots
from less3d.referral import Referral, Sample
from less3d.scan import Scan
from less3d.text import TextFeatures

SMALL = LateConfig(channels=(8, 12, 16), width=16, mask_width=6, candidates=4, anchors=3, dropout=0.0)
GRID = {"voxel_size": 0.1, "num_levels": 3}
WIDTH = 10


def make_scan(seed: int, points: int = 1500) -> Scan:
    rng = np.random.default_rng(seed)
    xyz = rng.uniform(0, 3, (points, 3)).astype(np.float32)
    instances = (xyz[:, 0] > 1.5).astype(np.int32) * 2 + (xyz[:, 1] > 1.5)
    palette = np.uint8([[200, 40, 40], [40, 200, 40], [40, 40, 200], [200, 200, 40]])
    noise = rng.integers(0, 40, (points, 3), dtype=np.uint8)
    return Scan(points=xyz, colors=palette[instances] + noise, instances=instances.astype(np.int32))


def make_text(sentences: int, words: int = 5, seed: int = 0) -> TextFeatures:
    torch.manual_seed(seed)
    features = torch.randn(sentences, words, WIDTH)
    return TextFeatures(features, features.mean(1), torch.ones(sentences, words, dtype=torch.bool))


def make_model(seed: int = 0, **changes: bool | int) -> LateLESS:
    torch.manual_seed(seed)
    return LateLESS(replace(SMALL, **changes), text_width=WIDTH).eval()


def ask(model: LateLESS, scan: Scan, text: TextFeatures) -> tuple[Scene, Candidates]:
    scene = make_scene([scan], **GRID)
    with torch.no_grad():
        return scene, model.candidates(model.prepare(scene), text)


def masks_of(found: Candidates) -> torch.Tensor:
    """The masks of each sentence's candidates, (S, K, V), the most believed first."""
    return found.masks[found.rows.gather(1, found.belief.argsort(dim=1, descending=True))]


def assert_same(found: Candidates, expected: Candidates) -> None:
    torch.testing.assert_close(masks_of(found), masks_of(expected), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(found.belief.sort(dim=1)[0], expected.belief.sort(dim=1)[0], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found.nothing, expected.nothing, rtol=1e-3, atol=1e-4)


def test_permuting_points_permutes_the_masks():
    model, scan, text = make_model(), make_scan(1), make_text(2)
    order = np.random.default_rng(0).permutation(len(scan))
    shuffled = Scan(points=scan.points[order], colors=scan.colors[order])
    scene, first = ask(model, scan, text)
    shuffled_scene, second = ask(model, shuffled, text)
    points = masks_of(first)[..., scene.point_to_voxel(0)]
    shuffled_points = masks_of(second)[..., shuffled_scene.point_to_voxel(0)]
    torch.testing.assert_close(points[..., torch.from_numpy(order)], shuffled_points, rtol=1e-3, atol=1e-3)


def test_each_sentence_is_answered_alone():
    model, scan, text = make_model(), make_scan(1), make_text(4)
    _, found = ask(model, scan, text)
    for sentence in range(4):
        _, one = ask(model, scan, text.select(torch.tensor([sentence])))
        torch.testing.assert_close(masks_of(one)[0], masks_of(found)[sentence], rtol=1e-3, atol=1e-3)


def test_scans_of_different_sizes_in_one_batch_are_read_as_each_alone():
    model, scans, text = make_model(), [make_scan(1), make_scan(2, 300), make_scan(3, 900)], make_text(6)
    bounds = [0, 1, 4, 6]
    with torch.no_grad():
        together = model.match(model.prepare(make_scene(scans, **GRID)), text, Padding(bounds))
        for scan, (first, last) in zip(scans, itertools.pairwise(bounds), strict=True):
            own = model.prepare(make_scene([scan], **GRID))
            alone = model.match(own, text.select(torch.arange(first, last)), Padding([0, last - first]))
            tokens = alone.heat.shape[1]
            torch.testing.assert_close(together.heat[first:last, :tokens], alone.heat, rtol=1e-3, atol=1e-4)
            assert (together.heat[first:last, tokens:] < -1e8).all()
            assert torch.equal(together.seeds[first:last], alone.seeds)
            torch.testing.assert_close(together.logits[first:last], alone.logits, rtol=1e-3, atol=1e-3)


def test_the_loss_of_a_batch_is_the_mean_over_its_scans(monkeypatch):
    # As many sentences about as many objects in each: every part is a mean over those.
    model, text = make_model().train(), make_text(4)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.eval()
    samples = []
    for scan in (make_scan(1), make_scan(2, 900)):
        samples += [Sample(scan, Referral("a", "x", (target,)), scan.instances == target) for target in (0, 3)]
    monkeypatch.setattr(
        torch, "multinomial", lambda share, count, replacement: share.argmax(1)[:, None].expand(-1, count)
    )
    losses = [
        model.losses(make_batch(asked_together(part), **GRID), text.select(rows))
        for part, rows in (
            (samples, torch.arange(4)),
            (samples[:2], torch.arange(2)),
            (samples[2:], torch.arange(2, 4)),
        )
    ]
    for name in ("heat", "name", "draft", "mask", "vote", "box"):  # "point" only counts sentences that can be right
        expected = (losses[1][name] + losses[2][name]) / 2
        torch.testing.assert_close(losses[0][name], expected, rtol=1e-3, atol=1e-3, msg=name)


def test_beliefs_are_a_distribution_with_nothing_among_them():
    _, found = ask(make_model(), make_scan(1), make_text(3))
    torch.testing.assert_close(found.belief.sum(dim=1) + found.nothing, torch.ones(3))


def test_padding_words_change_nothing():
    model, scan, text = make_model(), make_scan(1), make_text(2)
    padded = TextFeatures(
        torch.cat([text.words, 9 * torch.randn(2, 3, WIDTH)], dim=1),
        text.sentence,
        torch.cat([text.mask, torch.zeros(2, 3, dtype=torch.bool)], dim=1),
    )
    assert_same(ask(model, scan, padded)[1], ask(model, scan, text)[1])


def test_a_shifted_scan_gives_the_same_masks():
    model, scan, text = make_model(), make_scan(1), make_text(1)
    shifted = Scan(points=scan.points + np.float32([4.0, -8.0, 2.0]), colors=scan.colors)
    scene, first = ask(model, scan, text)
    shifted_scene, second = ask(model, shifted, text)
    inside = (masks_of(first)[0, 0] > 0)[scene.point_to_voxel(0)]
    assert (inside == (masks_of(second)[0, 0] > 0)[shifted_scene.point_to_voxel(0)]).float().mean() > 0.97


@pytest.mark.parametrize("change", [{}, {"votes": False}, {"gather": False}, {"pair_values": False}, {"counts": False}])
def test_every_parameter_gets_a_gradient(change):
    model, scan = make_model(**change).train(), make_scan(1)
    for module in model.modules():
        if isinstance(module, PairCount):
            torch.nn.init.normal_(module.leave.weight)  # at zero, nothing before it would learn at the first step
    samples = [Sample(scan, Referral("a", "x", (target,)), scan.instances == target) for target in (0, 1, 2, 3)]
    model.losses(make_batch(asked_together(samples), **GRID), make_text(4))["total"].backward()
    without = {name for name, value in model.named_parameters() if value.grad is None or not value.grad.any()}
    assert without <= {"relate.score.3.bias"}, "this one shifts all scores alike, and its gradient is mere rounding"


def test_what_reads_learns_the_same_whether_or_not_what_sees_learns_too():
    samples = [Sample(scan := make_scan(1), Referral("a", "x", (n,)), scan.instances == n) for n in (0, 1, 2, 3)]
    batch, grads = make_batch(asked_together(samples), **GRID), {}
    for seeing in (True, False):
        model = make_model()
        for part in (model.encoder, model.gather):
            part.requires_grad_(seeing)
        losses = model.losses(batch, make_text(4))
        losses["total"].backward()
        assert all((losses[name] > 0) == seeing for name in ("draft", "mask", "vote", "box"))
        grads[seeing] = {
            name: values.grad for name, values in model.named_parameters() if name.startswith(("words", "relate"))
        }
    for name, grad in grads[False].items():
        torch.testing.assert_close(grad, grads[True][name])


def test_training_finds_what_was_described_and_nothing_where_nothing_was():
    model, scan, text = make_model().train(), make_scan(1), make_text(5)
    samples = [Sample(scan, Referral("a", "x", (target,)), scan.instances == target) for target in (0, 1, 2, 3)]
    samples.append(Sample(scan, Referral("a", "x", ()), np.zeros(len(scan), dtype=bool)))
    batch = make_batch(asked_together(samples), **GRID)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=300)
    for _ in range(300):
        optimizer.zero_grad()
        model.losses(batch, text)["total"].backward()
        optimizer.step()
        schedule.step()
    scene, found = ask(model.eval(), scan, text)
    for sample, masks in zip(samples[:4], masks_of(found), strict=False):
        assert iou((masks[0] > 0)[scene.point_to_voxel(0)].numpy(), sample.mask) > 0.5
    assert (found.nothing > 0.5).tolist() == [False, False, False, False, True]


def test_targets_too_small_for_a_token_give_a_finite_loss():
    model, scan = make_model().train(), make_scan(1)
    speck = np.zeros(len(scan), dtype=bool)
    speck[0] = True
    losses = model.losses(
        make_batch(asked_together([Sample(scan, Referral("a", "x", (0,)), speck)]), **GRID), make_text(1)
    )
    losses["total"].backward()
    assert losses["total"].isfinite()
    assert losses["point"] == 0, "it is there: nothing is not the right answer"


def test_several_objects_of_one_sentence_are_pointed_at_but_not_drawn_as_one():
    model, scan = make_model().train(), make_scan(1)
    masks = {targets: np.isin(scan.instances, targets) for targets in ((0,), (0, 1), ())}
    drawn = {}
    for targets, mask in masks.items():
        batch = make_batch(asked_together([Sample(scan, Referral("a", "x", targets), mask)]), **GRID)
        drawn[targets] = model.losses(batch, make_text(1))
    for name in ("draft", "mask", "vote", "box"):
        assert drawn[0,][name] > 0
        assert drawn[0, 1][name] == drawn[()][name] == 0
    assert drawn[0, 1]["heat"] > 0
    assert drawn[()]["heat"] == 0


def test_each_object_is_drawn_once_however_often_it_is_described():
    scan = make_scan(1)
    targets = [(0,), (1,), (0,), (0, 1), (), (1,), (3,)]
    samples = [Sample(scan, Referral("a", "x", own), np.isin(scan.instances, own)) for own in targets]
    assert make_batch(asked_together(samples), **GRID).objects.tolist() == [0, 1, 6]


def test_peaks_are_distinct_and_hottest_first_and_never_where_no_token_is():
    scans = make_model().prepare(make_scene([make_scan(1), make_scan(2, 40)], **GRID))
    heat = torch.randn(2, 3, scans.is_token.shape[1])
    peaks = _peaks(heat, scans, 4)
    assert (peaks[0, :, 0] == heat[0].argmax(dim=1)).all()
    assert all(len(set(row.tolist())) == 4 for row in peaks.flatten(0, 1))
    assert scans.is_token[1][peaks[1]].all()


@pytest.mark.parametrize(("target_gate", "silent"), [(40.0, slice(1, None)), (-40.0, slice(0, 1))])
def test_what_a_word_says_of_the_target_it_does_not_say_of_an_anchor(target_gate, silent):
    torch.manual_seed(0)
    slots = WordSlots(WIDTH, 16, anchor_slots=2, layers=1, dropout=0.0)
    with torch.no_grad():
        slots.gate.weight.zero_()
        slots.gate.bias.copy_(torch.tensor([target_gate, 40.0, 40.0]))
        queries = slots(make_text(2)).queries  # (S, 1+A, D)
    is_silent = queries.abs().amin(dim=(0, 2)) < 1e-6
    assert queries[:, silent].abs().max() < 1e-6
    assert is_silent.sum() == len(range(3)[silent])


def test_ablations_leave_out_what_they_say():
    scene = make_scene([make_scan(1)], **GRID)
    with torch.no_grad():
        scans = make_model(votes=False).prepare(scene)
        assert torch.equal(scans.voxels.votes, scans.voxels.positions)
        drafts, _ = make_model(gather=False).objects(scans, torch.tensor([[3, 5]]))
        assert torch.equal(drafts.features, scans.tokens.features[:, [3, 5]])


@pytest.mark.parametrize("pair_values", [True, False])
def test_how_the_only_other_object_stands_is_seen_as_a_value_alone(pair_values):
    attention = PairAttention(WIDTH, pair_values=pair_values)
    x, other = torch.randn(2, WIDTH), torch.randn(1, WIDTH)
    with torch.no_grad():
        one, another = (attention(x, other, torch.randn(2, 1, 20)) for _ in range(2))
    assert torch.equal(one, another) != pair_values


def test_counting_tells_two_others_from_one_where_a_mean_does_not():
    torch.manual_seed(0)
    count, attention = PairCount(WIDTH), PairAttention(WIDTH)
    torch.nn.init.normal_(count.leave.weight)
    x, pairs = torch.randn(1, 1, WIDTH), torch.randn(1, 1, 1, 20)
    with torch.no_grad():
        counted = [count(x.expand(1, k, -1), pairs.expand(1, k, k, -1))[0, 0] for k in (1, 2, 3)]
        meant = [attention(x.expand(1, k, -1), x.expand(1, k, -1), pairs.expand(1, k, k, -1))[0, 0] for k in (1, 2)]
    torch.testing.assert_close(counted[2] - counted[1], counted[1] - counted[0], rtol=1e-3, atol=1e-5)
    assert (counted[1] - counted[0]).abs().max() > 0.1
    torch.testing.assert_close(meant[0], meant[1])


def test_pair_geometry_knows_left_from_right():
    # Seen from the middle of the room, something at +y with another object on its +x side has it on its right.
    anchor, right = torch.tensor([[0.0, 2.0, 0.5]]), torch.tensor([[1.0, 2.0, 0.5]])
    half = torch.full((1, 3), 0.2)
    seen = pair_geometry(right, half, anchor, half)[0, 0, 16:18]
    assert seen[0] > 0.5
    assert abs(seen[1]) < 0.2
    mirrored = pair_geometry(right * torch.tensor([-1.0, 1, 1]), half, anchor, half)[0, 0, 16:18]
    assert mirrored[0] < -0.5


def test_a_viewer_sees_sides_the_same_however_the_scan_is_turned():
    torch.manual_seed(0)
    centers, others, looks = torch.randn(3, 3), torch.randn(4, 3), torch.randn(3, 2)
    other_looks, stated = torch.randn(4, 2), torch.randn(2, 2)
    turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]])

    def turned(vectors: torch.Tensor) -> torch.Tensor:
        return torch.cat([vectors[:, :2] @ turn.T, vectors[:, 2:]], dim=1)

    seen = as_seen(centers, others, looks, other_looks, stated)
    assert seen.shape == (3, 4, 8)
    torch.testing.assert_close(
        as_seen(turned(centers), turned(others), turned(looks), turned(other_looks), turned(stated)), seen
    )


def test_who_looks_along_a_stated_direction_sees_what_is_right_and_away():
    # Looking along +y, something 2 m in +x of another is to its right; looking along -x it is nearer than the other.
    one, other, along_y = torch.tensor([[2.0, 0, 0]]), torch.zeros(1, 3), torch.tensor([[0.0, 1.0]])
    seen = as_seen(one, other, along_y, along_y, torch.tensor([[0.0, 1.0], [-1.0, 0.0]]))[0, 0]
    assert seen[4] > 0.8
    assert abs(seen[5]) < 1e-6
    assert seen[7] < -0.8
    assert abs(seen[6]) < 1e-6


def test_fronts_begin_as_seen_from_the_middle_and_follow_what_things_look_like():
    torch.manual_seed(0)
    fronts, centers = Fronts(WIDTH), torch.tensor([[3.0, 0.0, 1.0], [0.0, -2.0, 0.0]])
    assert (fronts(torch.randn(2, WIDTH), centers) - torch.tensor([[1.0, 0.0], [0.0, -1.0]])).abs().max() < 0.2
    torch.nn.init.normal_(fronts.turn.weight, std=3.0)
    looks = fronts(torch.randn(2, WIDTH), centers[[0, 0]])
    assert (looks[0] - looks[1]).abs().max() > 0.1


IMPOSSIBLE = (
    {"candidates": 0},
    {"channels": (32,)},
    {"blocks": 0},
    {"text_layers": 0},
    {"width": 90},
    {"dropout": 1.0},
)


@pytest.mark.parametrize("change", [*IMPOSSIBLE, {"relation_layers": -1}])
def test_impossible_sizes_are_refused(change):
    with pytest.raises(InputError, match=r"at least|must be"):
        LateConfig(**change)
