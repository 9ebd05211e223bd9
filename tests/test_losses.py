import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from less3d import losses
from less3d.losses import area_loss, contrast_loss, dice_loss, mask_loss, naming_loss, pointing_loss, seg_loss


def naive_contrast(features, target, temperature=0.05):
    """The paper's formula, point by point."""
    unit = features / features.norm(dim=1, keepdim=True)
    average = unit[target].mean(0)
    terms = []
    for point in unit[target]:
        pull = torch.exp(point @ average / temperature)
        push = sum(torch.exp(point @ other / temperature) for other in unit[~target])
        terms.append(-torch.log(pull / (pull + push)))
    return torch.stack(terms).mean()


@pytest.fixture
def scene():
    generator = torch.Generator().manual_seed(3)
    features = torch.randn(40, 8, generator=generator, dtype=torch.float64).requires_grad_()
    return features, torch.rand(40, generator=generator) < 0.3


@pytest.mark.parametrize("block", [1, 100, 4_000_000])
def test_contrast_is_the_papers_formula_whatever_the_block(scene, block, monkeypatch):
    monkeypatch.setattr(losses, "_BLOCK", block)
    features, target = scene
    expected, got = naive_contrast(features, target), contrast_loss(features, target)
    torch.testing.assert_close(got, expected)
    (truth,) = torch.autograd.grad(expected, features)
    (gradient,) = torch.autograd.grad(got, features)
    torch.testing.assert_close(gradient, truth)


def test_contrast_gradient_is_that_of_finite_differences(scene):
    features, target = scene
    assert torch.autograd.gradcheck(lambda x: contrast_loss(x, target, temperature=0.5), features)


def test_contrast_of_voxels_is_that_of_their_points():
    generator = torch.Generator().manual_seed(5)
    features = torch.randn(12, 4, generator=generator, dtype=torch.float64)
    voxel_of = torch.cat([torch.arange(12), torch.randint(0, 12, (50,), generator=generator)])
    mask = torch.rand(62, generator=generator) < 0.4
    counts = torch.bincount(voxel_of).double()
    share = torch.zeros(12, dtype=torch.float64).index_add_(0, voxel_of, mask.double()) / counts
    of_voxels = contrast_loss(features, share, counts=counts)
    torch.testing.assert_close(of_voxels, contrast_loss(features[voxel_of], mask))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_contrast_without_target_or_without_others_is_zero_and_trains_on(share):
    features = torch.randn(9, 4).requires_grad_()
    loss = contrast_loss(features, torch.full((9,), bool(share)))
    loss.backward()
    assert loss.item() == 0.0
    assert torch.equal(features.grad, torch.zeros(9, 4))


def test_contrast_sees_negative_similarities():
    """Behind a ReLU no two features could point apart, and this loss could not reach its floor."""
    target = torch.tensor([True, True, False, False])
    apart = torch.tensor([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]])
    orthogonal = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert contrast_loss(apart, target) < contrast_loss(orthogonal, target)


def test_contrast_does_not_change_with_the_length_of_features(scene):
    features, target = scene
    lengths = torch.rand(len(features), 1, dtype=torch.float64) + 0.1
    torch.testing.assert_close(contrast_loss(features * lengths, target), contrast_loss(features, target))


def test_contrast_at_the_papers_size_never_holds_all_similarities(monkeypatch):
    """50,000 points, 5,000 of them the target's: 900 MB of similarities if held at once.

    There are 15 different features, so that the formula is a short sum.
    """
    largest = 0
    addmm = torch.addmm

    def watched(*args, **kwargs):
        nonlocal largest
        out = addmm(*args, **kwargs)
        largest = max(largest, out.numel())
        return out

    monkeypatch.setattr(torch, "addmm", watched)
    torch.manual_seed(0)
    distinct = torch.randn(15, 32, dtype=torch.float64).requires_grad_()
    kind = torch.cat([torch.arange(5).repeat_interleave(1_000), torch.arange(5, 15).repeat_interleave(4_500)])
    features = distinct.detach()[kind].float().requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(_refuse_large, lambda tensor: tensor):
        loss = contrast_loss(features, kind < 5)
    loss.backward()
    assert 0 < largest <= 4_000_000
    unit = distinct / distinct.norm(dim=1, keepdim=True)
    pull = (unit[:5] @ unit[:5].mean(0) / 0.05).exp()
    push = 4_500 * (unit[:5] @ unit[5:].T / 0.05).exp().sum(1)
    expected = -(pull / (pull + push)).log().mean()
    expected.backward()
    torch.testing.assert_close(loss.item(), expected.item(), rtol=1e-5, atol=0)
    of_kinds = torch.zeros_like(distinct).index_add_(0, kind, features.grad.double())
    torch.testing.assert_close(of_kinds, distinct.grad, rtol=1e-3, atol=1e-5)


def _refuse_large(tensor):
    assert tensor.numel() <= 50_000 * 32
    return tensor


def test_seg_loss_weighs_positives():
    logits = torch.tensor([0.3, -1.2, 2.0])
    target = torch.tensor([True, False, False])
    p = logits.sigmoid()
    expected = -(20 * p[0].log() + (1 - p[1]).log() + (1 - p[2]).log()) / 3
    torch.testing.assert_close(seg_loss(logits, target, positive_weight=20.0), expected)


def test_seg_loss_of_shares_is_that_of_points():
    logits, share = torch.tensor([0.3, -1.2]), torch.tensor([0.25, 0.5])
    points, mask = logits.repeat_interleave(4), torch.tensor([1, 0, 0, 0, 1, 1, 0, 0], dtype=torch.bool)
    torch.testing.assert_close(
        seg_loss(logits, share, positive_weight=3.0), seg_loss(points, mask, positive_weight=3.0)
    )


def test_area_loss_is_the_mean_probability_and_shrinks_the_mask():
    logits = torch.zeros(10, requires_grad=True)
    loss = area_loss(logits)
    loss.backward()
    assert loss.item() == pytest.approx(0.5)
    assert (logits.grad > 0).all()


@settings(max_examples=30)
@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_dice_is_zero_for_the_truth_and_near_one_for_its_opposite(mask):
    target = torch.tensor(mask)
    right = torch.where(target, 60.0, -60.0)
    assert dice_loss(right, target).item() == pytest.approx(0.0, abs=1e-6)
    opposite = dice_loss(-right, target).item()
    assert opposite == pytest.approx(1 - 1 / (len(mask) + 1), abs=1e-6)


def test_losses_of_several_sentences_are_the_mean_of_each():
    logits = torch.randn(3, 20)
    target = torch.rand(3, 20) < 0.3
    for loss in (seg_loss, dice_loss, lambda x, _: area_loss(x)):
        parts = torch.stack([loss(x, t) for x, t in zip(logits, target, strict=True)])
        torch.testing.assert_close(loss(logits, target), parts.mean())


def test_pointing_loss_is_minus_log_of_the_mass_inside():
    logits = torch.tensor([[0.0, 0.0, 0.0, 0.0], [5.0, 1.0, 1.0, 1.0]])
    inside = torch.tensor([[True, True, False, False], [False, False, False, False]])
    assert pointing_loss(logits, inside).item() == pytest.approx(np.log(2))
    assert pointing_loss(logits[1:], inside[1:]).item() == 0.0


def test_naming_loss_is_minus_log_of_the_share_of_the_sentences_about_a_token():
    heat = torch.tensor([[0.0, 3.0, 9.0], [0.0, 1.0, 9.0], [0.0, 1.0, 9.0], [0.0, 1.0, 9.0]])
    inside = torch.tensor([[True, False, False], [True, False, False], [False, True, False], [False, False, False]])
    share = np.exp(1) / (np.exp(3) + 3 * np.exp(1))
    expected = (2 * np.log(2) - np.log(share)) / 3  # two sentences about token 0, one about token 1
    assert naming_loss(heat, inside).item() == pytest.approx(expected, rel=1e-5)
    assert naming_loss(heat, torch.zeros_like(inside)).item() == 0.0


def test_mask_loss_is_zero_for_the_right_mask_and_grows_with_what_is_wrong():
    truth = torch.zeros(1, 100)
    truth[0, :10] = 1
    right = 40 * (2 * truth - 1)
    half, wrong = right.clone(), -right
    half[0, :5] = -40
    losses_ = [mask_loss(logits, truth).item() for logits in (right, half, wrong)]
    assert losses_[0] == pytest.approx(0, abs=1e-6)
    dice = 1 - (2 * 5 + 1) / (15 + 1)
    assert losses_[1] == pytest.approx(40 * 0.05 / 0.1**0.5 + dice, rel=1e-5)
    assert losses_[2] > losses_[1]
