"""The losses of LESS (NeurIPS 2024, section 3.4), Dice, and losses that point and name; each returns one number.

Scores are logits over the N points (or voxels) of a scan; a leading dimension holds several sentences, which count
alike.
"""

from typing import Any, cast

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor
from torch.autograd.function import once_differentiable

Target = Bool[Tensor, "*S N"] | Float[Tensor, "*S N"]
"""True inside the described object; or, for voxels, the share of the voxel's points that is inside, 0 to 1."""

_BLOCK = 4_000_000
"""Similarities held at a time by `contrast_loss`: 16 MB of float32."""


def seg_loss(logits: Float[Tensor, "*S N"], target: Target, *, positive_weight: float = 1.0) -> Float[Tensor, ""]:
    """L_seg: binary cross-entropy, the target's points weighted by `positive_weight`; mean over all points."""
    weight = logits.new_tensor(positive_weight)
    return F.binary_cross_entropy_with_logits(logits, target.to(logits.dtype), pos_weight=weight)


def area_loss(logits: Float[Tensor, "*S N"]) -> Float[Tensor, ""]:
    """L_area: the mean probability, that is the predicted area as a share of the scan. Asks for the smallest mask."""
    return logits.sigmoid().mean()


def dice_loss(logits: Float[Tensor, "*S N"], target: Target) -> Float[Tensor, ""]:
    """One minus the soft Dice overlap, mean over sentences; large and small objects weigh alike. In 0..1.

    One point is added to both sides of the fraction: an empty target is then answered best by an empty mask.
    """
    probability, truth = logits.sigmoid(), target.to(logits.dtype)
    overlap = (probability * truth).sum(-1)
    total = probability.sum(-1) + truth.sum(-1)
    return (1 - (2 * overlap + 1) / (total + 1)).mean()


def contrast_loss(
    features: Float[Tensor, "N C"],
    target: Target,
    *,
    counts: Float[Tensor, "N"] | None = None,
    temperature: float = 0.05,
) -> Float[Tensor, ""]:
    """L_p2p: pull each target point to the target's mean feature, push it from every point outside the target.

    With L2-normalized features, P_i of the target, P_avg their mean and N_j of all other points, the mean over i of
    -log of exp(P_i . P_avg / t) / (exp(P_i . P_avg / t) + sum_j exp(P_i . N_j / t)). Exact at any size in bounded
    memory: the similarities are never held all at once, neither forward nor backward.

    Args:
        features: of all points of one scan, *before* any ReLU, so that similarities can be negative.
        target: the points of the described object; none or all of them give a loss of zero.
        counts: for voxels instead of points, the number of points in each; `target` is then the share of them that
            belongs to the object. The loss is the one of the points, each with its voxel's feature.
        temperature: t above; .05 in the paper.
    """
    with torch.autocast(features.device.type, enabled=False):
        features = features.to(torch.promote_types(features.dtype, torch.float32))
        counts = features.new_ones(len(features)) if counts is None else counts.to(features.dtype)
        pulled, pushed = counts * target, counts * (1 - target.to(features.dtype))  # (N,) points of each kind
        inside, outside = pulled > 0, pushed > 0
        if not inside.any() or not outside.any():
            return features.sum() * 0
        unit = F.normalize(features, dim=-1)
        share = pulled[inside] / pulled[inside].sum()  # (P,)
        positive, negative = unit[inside], unit[outside]  # (P, C), (M, C)
        pull = positive @ (share @ positive) / temperature  # (P,)
        push = _LogSumExp.apply(positive, negative, pushed[outside].log(), temperature)  # (P,)
        return share @ F.softplus(cast(Tensor, push) - pull)


def mask_loss(
    logits: Float[Tensor, "K V"], truth: Float[Tensor, "K V"], *, sizes: Float[Tensor, "K"] | None = None
) -> Float[Tensor, ""]:
    """Dice, and cross-entropy that weighs large objects and small ones nearly alike.

    Args:
        logits: of K masks.
        truth: the share of each place that is inside, 0 to 1.
        sizes: how many of the V places there are for each mask; what fills up the rest must have a very low logit.
    """
    sizes = logits.new_tensor(logits.shape[1]) if sizes is None else sizes
    bce = F.binary_cross_entropy_with_logits(logits, truth, reduction="none").sum(dim=1) / sizes
    return (bce / (truth.sum(dim=1) / sizes).clamp(min=1e-3).sqrt()).mean() + dice_loss(logits, truth)


def pointing_loss(logits: Float[Tensor, "S T"], inside: Bool[Tensor, "S T"]) -> Float[Tensor, ""]:
    """-log of the probability mass inside the target, over the sentences that have one."""
    rows = inside.any(dim=1)
    if not rows.any():
        return logits.sum() * 0.0
    mass = logits[rows].masked_fill(~inside[rows], -torch.inf).logsumexp(dim=1) - logits[rows].logsumexp(dim=1)
    return -mass.mean()


def naming_loss(heat: Float[Tensor, "*B S T"], inside: Bool[Tensor, "*B S T"]) -> Float[Tensor, ""]:
    """-log of the share that a token of a described object gives to the sentences about it, among all of its scan.

    The other direction of the pointing loss, as in contrastive language-image training: it teaches every token of an
    object what the object is called, where pointing asks for one token only.

    Args:
        heat: how well each token matches each sentence, in one scan or in each of B; -inf where there is no sentence.
        inside: the tokens of what each sentence describes.
    """
    described = inside.any(dim=-2)  # (*B, T)
    if not described.any():
        return heat[inside].sum()
    columns = heat.mT[described]  # (M, S)
    mass = columns.masked_fill(~inside.mT[described], -torch.inf).logsumexp(dim=1) - columns.logsumexp(dim=1)
    of_tokens = heat.new_zeros(described.shape).masked_scatter(described, mass)
    counts = inside.sum(dim=-1)  # (*B, S)
    sums = (inside.to(heat.dtype) @ of_tokens[..., None]).squeeze(-1)
    return -(sums[counts > 0] / counts[counts > 0]).mean()


class _LogSumExp(torch.autograd.Function):
    """log sum_j exp(a_i . b_j / t + c_j) for each row of a, block by block; backward computes it all again."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, c: Tensor, temperature: float) -> Tensor:
        rows = max(1, _BLOCK // len(b))
        out = torch.cat([torch.addmm(c, part, b.T, alpha=1 / temperature).logsumexp(-1) for part in a.split(rows)])
        ctx.save_for_backward(a, b, c, out)
        ctx.temperature, ctx.rows = temperature, rows
        return out  # (len(a),)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, Tensor, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        (grad,) = grad_outputs
        a, b, c, out = ctx.saved_tensors
        grad_a, grad_b = torch.empty_like(a), torch.zeros_like(b)
        for start in range(0, len(a), ctx.rows):
            part = slice(start, start + ctx.rows)
            share = torch.addmm(c, a[part], b.T, alpha=1 / ctx.temperature).sub_(out[part, None]).exp_()  # softmax
            share.mul_(grad[part, None] / ctx.temperature)
            grad_a[part] = share @ b
            grad_b.addmm_(share.T, a[part])
        return grad_a, grad_b, None, None
