"""Where boxes are, and how they stand to each other: the numbers that relations are read from.

Boxes are in metres, the middle of the scan at x = y = 0, z up.
"""

import torch
from jaxtyping import Float
from torch import Tensor

PAIR_FEATURES = 20
"""Of `pair_geometry`."""
LOOK_FEATURES = 2
"""Of each viewer in `as_seen`."""
OWN_FEATURES = 9
"""Of `own_geometry`."""


def own_geometry(center: Float[Tensor, "S K 3"], half: Float[Tensor, "S K 3"]) -> Float[Tensor, "S K 9"]:
    """Where a box is and how large."""
    flat = center[..., :2].norm(dim=-1, keepdim=True)
    bottom, top = center[..., 2:] - half[..., 2:], center[..., 2:] + half[..., 2:]
    volume = half.log().sum(dim=-1, keepdim=True)
    return torch.cat(
        [center, flat, half[..., :2].amax(-1, keepdim=True), half.amin(-1, keepdim=True), bottom, top, volume], -1
    )


def pair_geometry(
    center: Float[Tensor, "*S K 3"],
    half: Float[Tensor, "*S K 3"],
    other_center: Float[Tensor, "*S J 3"],
    other_half: Float[Tensor, "*S J 3"],
) -> Float[Tensor, "*S K J 20"]:
    """How each box stands to each other box.

    Distances, gaps, heights and sizes; and the offset in three frames: the room's, and those of a viewer in the middle
    of the scan who looks at the other box, or at this one ("left of the window" as seen from the room).

    Args:
        center: middles of the boxes, metres, the middle of the scan at x = y = 0.
        half: half sizes of the boxes, metres.
        other_center: middles of the boxes they are compared with.
        other_half: half sizes of those.
    """
    a, b = center.unsqueeze(-2), other_center.unsqueeze(-3)
    half_a, half_b = half.unsqueeze(-2), other_half.unsqueeze(-3)
    offset = a - b  # (*S, K, J, 3)
    flat = offset[..., :2].norm(dim=-1, keepdim=True)
    distance = offset.norm(dim=-1, keepdim=True)
    gap = (offset.abs() - half_a - half_b).clamp(min=0.0)
    flat_gap = gap[..., :2].norm(dim=-1, keepdim=True)
    overlap = ((half_a + half_b - offset.abs())[..., :2]).clamp(min=0.0).amin(dim=-1, keepdim=True)
    rise = offset[..., 2:]
    rest = rise - half_a[..., 2:] - half_b[..., 2:]  # this box's bottom over the other's top
    hang = rise + half_a[..., 2:] + half_b[..., 2:]
    bottoms = rise - half_a[..., 2:] + half_b[..., 2:]
    sizes = (half_a.log() - half_b.log()).expand_as(offset)
    seen_b = _seen(offset, saturated(b[..., :2], 0.1).expand_as(offset[..., :2]))
    seen_a = _seen(offset, saturated(a[..., :2], 0.1).expand_as(offset[..., :2]))
    direction = offset[..., :2] / (flat + 0.1)
    distances = [distance, flat, flat_gap, gap[..., 2:], overlap, rise, rest, hang, bottoms]
    return torch.cat([*distances, sizes, direction, offset[..., :2], seen_b, seen_a], dim=-1)


def as_seen(
    center: Float[Tensor, "*S K 3"],
    other_center: Float[Tensor, "*S J 3"],
    look: Float[Tensor, "*S K 2"],
    other_look: Float[Tensor, "*S J 2"],
    stated: Float[Tensor, "*S A 2"],
) -> Float[Tensor, "*S K J G"]:
    """Where each box is beside each other box for some viewers, (right, away) of each.

    The viewers look at this one, at the other one, and along each of A stated directions ("facing the desk, ...").

    Args:
        center: middles of the boxes, metres.
        other_center: middles of the boxes they are compared with.
        look: the direction in which one looks at each box.
        other_look: the same of the others.
        stated: directions in which a viewer looks at them all.
    """
    offset = center.unsqueeze(-2) - other_center.unsqueeze(-3)  # (*S, K, J, 3)
    flat = offset[..., :2]
    viewers = [look.unsqueeze(-2), other_look.unsqueeze(-3), *stated[..., None, None, :].unbind(dim=-4)]
    return torch.cat([_seen(offset, forward.expand_as(flat)) for forward in viewers], dim=-1)


def _seen(offset: Float[Tensor, "*S 3"], forward: Float[Tensor, "*S 2"]) -> Float[Tensor, "*S 2"]:
    """The offset as (right, away), saturating, for a viewer who looks along `forward`."""
    away = (offset[..., :2] * forward).sum(dim=-1)
    right = offset[..., 0] * forward[..., 1] - offset[..., 1] * forward[..., 0]
    return saturated(torch.stack([right, away], dim=-1), 0.3)


def saturated(vectors: Float[Tensor, "*S 2"], softness: float) -> Float[Tensor, "*S 2"]:
    """Vectors of about length 1, those much shorter than `softness` less."""
    return vectors / (vectors.norm(dim=-1, keepdim=True) + softness)
