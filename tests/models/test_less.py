"""LESS against the paper's description, and against each fault of its released code."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from less3d.batch import asked_together, make_batch, make_scene
from less3d.errors import InputError
from less3d.losses import contrast_loss
from less3d.models.less import LESS, PWCA, QMP, QSA, LessConfig, where_to_look
from less3d.referral import Referral, Sample
from less3d.scan import Scan
from less3d.text import TextFeatures

TEXT_WIDTH = 10
SMALL = LessConfig(
    channels=(8, 12, 16), blocks=1, num_queries=5, query_width=16, feedforward_width=24, heads=2, positive_weight=5.0
)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def make_scan(num_points, seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, [2.0, 1.6, 1.0], (num_points, 3)).astype(np.float32)
    return Scan(points, rng.integers(0, 256, (num_points, 3), dtype=np.uint8))


def make_text(lengths, *, padding=0, seed=1):
    generator = torch.Generator().manual_seed(seed)
    words = torch.randn(len(lengths), max(lengths) + padding, TEXT_WIDTH, generator=generator)
    mask = torch.arange(words.shape[1]) < torch.tensor(lengths)[:, None]
    return TextFeatures(words * mask[..., None], torch.randn(len(lengths), TEXT_WIDTH, generator=generator), mask)


def make_model(config=SMALL):
    """A model in eval mode whose parameters and running statistics are away from their first values."""
    model = LESS(config, text_width=TEXT_WIDTH)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.running_mean.uniform_(-0.1, 0.1)
                module.running_var.uniform_(0.05, 0.2)
    return model.eval()


def scene_of(*scans):
    return make_scene(scans, voxel_size=0.1, num_levels=3)


def batch_of(*pairs):
    samples = [Sample(scan, Referral("a", "the chair", (0,)), mask) for scan, mask in pairs]
    return make_batch(asked_together(samples), voxel_size=0.1, num_levels=3)


def box_mask(scan, size=0.5):
    return (scan.points < size).all(axis=1)


def ask(model, scene, text, scan_of):
    """The mask logits of each sentence over the voxels of its scan."""
    with torch.no_grad():
        found = {row: logits for row, logits, _ in model._find(scene, text, torch.tensor(scan_of))}
    return [found[row] for row in range(len(scan_of))]


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


# The paper's sizes


def test_the_papers_network_has_the_papers_parts():
    config = LessConfig.paper()
    model = LESS(config, text_width=768)
    assert model.qmp.queries.shape == (20, 256)
    assert [tuple(part.words[0].weight.shape) for part in model.align] == [
        *[(32, 768), (64, 768), (96, 768), (128, 768), (160, 768)],
    ]
    assert model.unet.stem.weight.shape == (27, 6, 32)
    assert 10e6 < count(model.unet) < 12e6, "about 11 M parameters"
    linear = lambda a, b: a * b + b  # noqa: E731
    attention, norm = 4 * linear(256, 256), 2 * 256
    layer = 2 * (attention + norm) + linear(256, 1024) + linear(1024, 256)
    heads = linear(32, 256) + norm + linear(32, 256) + linear(256, 256)
    assert count(model.qmp) == 20 * 256 + heads + norm + layer
    assert count(model.qsa) == linear(768, 256) + linear(256, 256)
    for width, part in zip(config.channels, model.align, strict=True):
        assert count(part) == linear(768, width) + 7 * linear(width, width) + 2 * width
    assert (config.positive_weight, config.area_weight, config.contrast_weight, config.dice_weight) == (1, 1, 0.05, 0)
    assert (config.temperature, config.dropout) == (0.05, 0.15)


# PWCA


def test_pwca_is_the_papers_formula_step_by_step():
    part = PWCA(8, TEXT_WIDTH, heads=2).eval()
    text = make_text([3, 5])
    x, scan_index = torch.randn(7, 8), torch.tensor([0, 0, 0, 1, 1, 1, 1])
    out = part(x, text, scan_index)
    for scan, length in enumerate([3, 5]):
        own = x[scan_index == scan]
        words = part.words[3](part.words[0](text.words[scan, :length]).relu())
        attended = part.attention(own, words)
        hidden = nn.functional.layer_norm(attended, (8,), part.norm.weight, part.norm.bias)
        expected = own + torch.tanh(part.mlp[2](part.mlp[0](hidden).relu()))
        torch.testing.assert_close(out[scan_index == scan], expected)


def test_one_tanh_leaves_the_full_range():
    """Tanh of tanh never passes tanh(1) = .76."""
    part = PWCA(8, TEXT_WIDTH).eval()
    nn.init.constant_(part.mlp[2].bias, 20.0)
    step = part(torch.zeros(2, 8), make_text([2]), torch.zeros(2, dtype=torch.int64))
    torch.testing.assert_close(step, torch.ones(2, 8))


def test_dropout_and_norm_of_the_attention_take_effect():
    part = PWCA(8, TEXT_WIDTH, dropout=0.5)
    for module in part.words:
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    x, text, scans = torch.randn(4, 8), make_text([3]), torch.zeros(4, dtype=torch.int64)
    assert not torch.equal(part.train()(x, text, scans), part(x, text, scans))
    before = part.eval()(x, text, scans)
    assert torch.equal(before, part(x, text, scans))
    nn.init.constant_(part.norm.bias, 3.0)
    assert not torch.allclose(before, part(x, text, scans))


def test_a_voxel_of_a_small_scan_reads_its_own_sentence():
    """Coarse levels keep scan numbers even where a scan has a single voxel."""
    part = PWCA(8, TEXT_WIDTH).eval()
    text, x = make_text([2, 4, 3]), torch.randn(3, 8)
    alone = [part(x[row : row + 1], text.select(torch.tensor([row])), torch.zeros(1).long()) for row in range(3)]
    torch.testing.assert_close(part(x, text, torch.arange(3)), torch.cat(alone))


# QMP and QSA


def test_an_empty_mask_looks_everywhere():
    masks = torch.tensor([[1.0, -1.0, 0.2], [-1.0, -2.0, -0.1]])
    assert where_to_look(masks).tolist() == [[True, False, True], [True, True, True]]


def test_queries_with_empty_masks_give_finite_answers():
    model = make_model()
    nn.init.zeros_(model.qmp.mask_features[2].weight)
    nn.init.zeros_(model.qmp.mask_features[2].bias)
    queries, _ = model.qmp(torch.randn(9, 8))
    assert torch.isfinite(queries).all()


def test_queries_look_inside_their_own_masks_only():
    qmp = QMP(replace(SMALL, num_queries=1)).eval()
    features = torch.randn(30, 8)
    inside = (qmp.norm(qmp.queries) @ qmp.mask_features(features).T > 0)[0]
    assert 0 < inside.sum() < 30
    queries, _ = qmp(features)
    torch.testing.assert_close(qmp(features[inside])[0], queries)
    features[inside] += 0.01
    assert not torch.equal(qmp(features)[0], queries)


def test_qmp_is_masks_then_points_then_queries_then_feedforward_step_by_step():
    qmp = QMP(replace(SMALL, query_layers=2))
    for module in qmp.modules():
        if isinstance(module, nn.LayerNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)

    def normed(x, norm):
        return nn.functional.layer_norm(x, (16,), norm.weight, norm.bias)

    features = torch.randn(9, 8)
    memory = normed(qmp.memory[0](features), qmp.memory[1]).relu()
    mask_features = qmp.mask_features[2](qmp.mask_features[0](features).relu())
    queries = normed(qmp.queries, qmp.norm)
    for layer in qmp.layers:
        allowed = where_to_look(queries @ mask_features.T)
        queries = normed(queries + layer.to_points(queries, memory, allowed=allowed), layer.norm_points)
        queries = normed(queries + layer.to_queries(queries, queries), layer.norm_queries)
        queries = normed(queries + layer.feedforward[2](layer.feedforward[0](queries).relu()), qmp.norm)
    for got, expected in zip(qmp(features), (queries, mask_features), strict=True):
        torch.testing.assert_close(got, expected)


def test_qsa_is_the_softmax_of_queries_times_sentence():
    part, queries, sentence = QSA(TEXT_WIDTH, 16), torch.randn(5, 16), torch.randn(TEXT_WIDTH)
    s = part.sentence[2](part.sentence[0](sentence).relu())
    fit = torch.stack([(query * s).sum() for query in queries]).exp()
    torch.testing.assert_close(part(queries, sentence), fit / fit.sum())


@pytest.mark.parametrize("qsa", [True, False])
def test_the_answer_is_the_sum_of_the_queries_masks_weighted_by_qsa_or_alike(qsa):
    model, scene, text, seen = make_model(replace(SMALL, qsa=qsa)), scene_of(make_scan(300, 1)), make_text([3]), []
    with model.qmp.register_forward_hook(lambda *args: seen.append(args[-1])):
        (answer,) = ask(model, scene, text, [0])
    ((queries, mask_features),) = seen
    weights = model.qsa(queries, text.sentence[0]) if qsa else torch.full((5,), 0.2)
    masks = [mask_features @ query for query in queries]
    torch.testing.assert_close(answer, sum(w * mask for w, mask in zip(weights, masks, strict=True)))


# The whole network


@pytest.mark.parametrize("heads", [1, 4])
def test_a_batch_of_ragged_scans_equals_its_parts(heads):
    model = make_model(replace(SMALL, heads=heads))
    scans = make_scan(900, 1), make_scan(400, 2), make_scan(50, 3)
    text = make_text([3, 6, 1, 4])
    scan_of = [2, 0, 1, 0]
    together = ask(model, scene_of(*scans), text, scan_of)
    for row, scan in enumerate(scan_of):
        words = text.words[row : row + 1, text.mask[row]]  # without padding
        own = TextFeatures(words, text.sentence[row : row + 1], torch.ones(words.shape[:2], dtype=torch.bool))
        alone = ask(model, scene_of(scans[scan]), own, [0])
        torch.testing.assert_close(together[row], alone[0], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(together[1], together[3], atol=1e-2), "each sentence has its own answer"


def test_another_sentence_shares_the_voxels_and_the_plan(monkeypatch):
    scene, model, text = scene_of(make_scan(300, 1)), make_model(), make_text([3, 2])
    for place in ("less3d.models.less", "less3d.batch"):
        monkeypatch.setattr(f"{place}.build_plan", lambda *_: pytest.fail("planned again"))
    plans = []
    with model.unet.register_forward_pre_hook(lambda _, arguments: plans.append(arguments[1])):
        ask(model, scene, text, [0, 0])
    assert len(plans) == 2
    assert all(plan is scene.plan for plan in plans)


def test_scans_that_nobody_asks_about_change_nothing():
    model = make_model()
    scans = make_scan(300, 1), make_scan(200, 2), make_scan(400, 3)
    text = make_text([3, 2])
    some = ask(model, scene_of(*scans), text, [2, 1])
    for row, scan in enumerate([2, 1]):
        alone = ask(model, scene_of(scans[scan]), text.select(torch.tensor([row])), [0])
        torch.testing.assert_close(some[row], alone[0], atol=1e-4, rtol=1e-4)


def test_padding_changes_nothing():
    model, scene = make_model(), scene_of(make_scan(500, 1))
    text = make_text([4])
    padded = TextFeatures(
        torch.cat([text.words, torch.full((1, 9, TEXT_WIDTH), 7.0)], dim=1),
        text.sentence,
        torch.cat([text.mask, torch.zeros(1, 9, dtype=torch.bool)], dim=1),
    )
    torch.testing.assert_close(ask(model, scene, text, [0]), ask(model, scene, padded, [0]))


def test_permuting_points_permutes_the_mask():
    model, scan, text = make_model(), make_scan(600, 4), make_text([3])
    order = np.random.default_rng(0).permutation(600)
    turned = Scan(scan.points[order], scan.colors[order])
    scenes = [scene_of(scan), scene_of(turned)]
    of_points = [ask(model, scene, text, [0])[0][scene.point_to_voxel(0)] for scene in scenes]
    torch.testing.assert_close(of_points[1], of_points[0][order], atol=1e-4, rtol=1e-4)


def test_eval_is_repeatable_and_training_is_not():
    model, scene, text = make_model(), scene_of(make_scan(500, 1)), make_text([4])
    assert torch.equal(ask(model, scene, text, [0])[0], ask(model, scene, text, [0])[0])
    model.train()
    assert not torch.equal(ask(model, scene, text, [0])[0], ask(model, scene, text, [0])[0])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"pwca": False},
        {"qsa": False},
        {"pwca": False, "qsa": False},
        {"area_weight": 0.0},
        {"contrast_weight": 0.0},
        {"dice_weight": 1.0},
        {"query_layers": 2},
    ],
    ids=str,
)
def test_every_parameter_learns_in_every_ablation(change):
    config = replace(SMALL, **change)
    model = LESS(config, text_width=TEXT_WIDTH).train()
    scans = make_scan(900, 1), make_scan(500, 2)
    batch = batch_of(*[(scan, box_mask(scan, size)) for scan in scans for size in (0.5, 0.8)])
    text = make_text([3, 5, 2, 4])
    text.words.requires_grad_()
    text.sentence.requires_grad_()
    losses = model.losses(batch, text)
    losses["total"].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        if not name.endswith(".key.bias"):  # a constant added to all keys cancels in the softmax
            assert parameter.grad.abs().sum() > 0, name
    assert (text.words.grad is not None) == config.pwca
    assert ("area" in losses) == (config.area_weight > 0)
    assert ("contrast" in losses) == (config.contrast_weight > 0)
    weights = {"seg": 1.0, "area": config.area_weight, "contrast": config.contrast_weight, "dice": config.dice_weight}
    parts = sum(weights[name] * value for name, value in losses.items() if name != "total")
    torch.testing.assert_close(losses["total"], parts)


def test_losses_are_those_of_points():
    """However the points fall into voxels, each point counts once."""
    model, scan = make_model(replace(SMALL, dice_weight=1.0)), make_scan(3000, 5)
    batch, text = batch_of((scan, box_mask(scan))), make_text([3])
    assert len(batch.scene.features) < 2800, "some voxels hold several points"
    seen = []
    with torch.no_grad(), model.unet.register_forward_hook(lambda *args: seen.append(args[-1].raw)):
        losses = model.losses(batch, text)
        logits = ask(model, batch.scene, text, [0])[0][batch.scene.point_to_voxel(0)]
    p, y = logits.sigmoid(), batch.mask(0).float()
    of_points = seen[0][batch.scene.point_to_voxel(0)]
    torch.testing.assert_close(losses["contrast"], contrast_loss(of_points, batch.mask(0)))
    torch.testing.assert_close(losses["area"], p.mean())
    torch.testing.assert_close(losses["seg"], -(5 * y * p.log() + (1 - y) * (1 - p).log()).mean())


def test_contrast_reads_features_before_the_relu(monkeypatch):
    seen = []
    monkeypatch.setattr("less3d.models.less.contrast_loss", lambda x, *_, **__: seen.append(x) or x.sum() * 0)
    scan = make_scan(500, 1)
    make_model().losses(batch_of((scan, box_mask(scan))), make_text([3]))
    assert (seen[0] < 0).any()


def test_a_scan_without_target_points_trains_on():
    scan, other = make_scan(500, 1), make_scan(600, 2)
    model = LESS(SMALL, text_width=TEXT_WIDTH)
    batch = batch_of((scan, np.zeros(500, bool)), (other, box_mask(other)))
    losses = model.losses(batch, make_text([3, 2]))
    losses["total"].backward()
    assert all(torch.isfinite(value) for value in losses.values())
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())


def test_a_scan_of_a_single_voxel_trains_on():
    scan = make_scan(1, 1)
    model = LESS(SMALL, text_width=TEXT_WIDTH).train()
    losses = model.losses(batch_of((scan, np.ones(1, bool))), make_text([3]))
    losses["total"].backward()
    assert torch.isfinite(losses["total"])
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())


def test_save_and_load_is_exact():
    model, scene, text = make_model(), scene_of(make_scan(400, 1)), make_text([4])
    again = make_model()
    before = ask(model, scene, text, [0])[0]
    assert not torch.equal(ask(again, scene, text, [0])[0], before)
    again.load_state_dict(model.state_dict())
    assert torch.equal(ask(again, scene, text, [0])[0], before)
    for level in range(3):
        assert f"align.{level}.words.0.weight" in model.state_dict(), "word layers are saved"


def test_belief_is_how_sure_the_mask_is_and_an_empty_one_says_that_nothing_is_meant():
    model, scene, text = make_model(), scene_of(make_scan(400, 1)), make_text([4, 2])
    with torch.no_grad():
        found = model.candidates(model.prepare(scene), text)
    torch.testing.assert_close(found.masks, torch.stack(ask(model, scene, text, [0, 0])))
    assert found.rows.tolist() == [[0], [1]]
    for logits, belief in zip(found.masks, found.belief, strict=True):
        assert belief.item() == pytest.approx(logits[logits > 0].sigmoid().mean().item(), rel=1e-5)
    assert found.nothing.tolist() == [0, 0]
    nn.init.zeros_(model.qmp.mask_features[2].weight)
    nn.init.zeros_(model.qmp.mask_features[2].bias)
    with torch.no_grad():
        found = model.candidates(model.prepare(scene), text)
    assert not (found.masks > 0).any()
    assert found.belief.tolist() == [[0], [0]]
    torch.testing.assert_close(found.nothing, 1 - found.masks.sigmoid().amax(dim=1))


def test_it_learns_to_tell_two_sentences_apart():
    """Each sentence means another corner of the same scan."""
    scan = make_scan(500, 7)
    corners = box_mask(scan, 0.8), (scan.points > [1.2, 0.8, 0.2]).all(axis=1)
    batch, text = batch_of(*[(scan, mask) for mask in corners]), make_text([3, 3])
    model = LESS(replace(SMALL, contrast_weight=0.0, area_weight=0.1, dice_weight=1.0), text_width=TEXT_WIDTH)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(30):
        optimizer.zero_grad()
        model.losses(batch, text)["total"].backward()
        optimizer.step()
    for logits, mask in zip(ask(model, batch.scene, text, [0, 0]), map(batch.mask, (0, 1)), strict=True):
        found = (logits > 0)[batch.scene.point_to_voxel(0)]
        assert (found & mask).sum() / (found | mask).sum() > 0.6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"heads": 3}, "heads must divide"),
        ({"heads": 0}, "heads must be at least 1"),
        ({"num_queries": 0}, "num_queries must be at least 1"),
        ({"channels": ()}, "channels must be"),
        ({"channels": (8, 0)}, "channels must be"),
        ({"area_weight": -1.0}, "area_weight must be 0"),
        ({"positive_weight": 0.0}, "over 0"),
        ({"dropout": 1.0}, "dropout"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        replace(SMALL, **change)
