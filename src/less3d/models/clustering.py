"""From opinions about voxels to objects: the clustering of TGNN's stage one, without its dice.

Voxels that say where the middle of their object is are moved there, and so gather; where they also have like embeddings
they are one object (Huang et al., AAAI 2021, section 3.1). There, points are kept at random, the likelier the nearer
they are to that middle, and seeds are tried in random order. Here each counts with that likelihood, in cells, and the
heaviest cell is the next seed, so that the same objects come out each time.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from less3d.models.instances import InstanceConfig, VoxelOpinions
from less3d.sparse.voxels import mean_by

_CELL = 0.15
"""Meters: edge of the cells in which moved voxels are gathered. Two unlike objects are lost whose middles lie in one.
To part cells by how voxels look, too, was tried and found no more: over 24 validation rooms AP50 was .463 then, and
.466 as it is."""
_NEAR_MIDDLE = 0.2
"""Meters: a voxel counts as exp(-(offset / this)^2)."""
_SEED_RADIUS, _MASK_RADIUS = 0.3, 1.0
"""Meters from the middle of a cluster, of moved voxels that move it, and that belong to it."""
_ALIKE = 0.8
"""The distance of embeddings up to which they are of one object; 1 in the paper."""
_ROUNDS = 10
"""Of mean shift, at most; it also ends when it moves less than this in meters:"""
_STILL = 1e-3
_OVERLAP = 0.25
"""Of two objects whose IoU is over this the more confident one stays."""
_LEAST_VOXELS, _LEAST_WEIGHT = 3, 1.0
"""Of an object, and of the cell that is its seed."""


@dataclass(frozen=True, eq=False)
class Instances:
    """K objects of one scan of V voxels, the most confident first."""

    masks: Bool[Tensor, "K V"]
    classes: Float[Tensor, "K C"]
    """Probability of each class, the mean over an object's voxels."""
    confidence: Float[Tensor, "K"]
    """How well its voxels agree on where its middle is, 0..1, times the probability of its likeliest named class."""
    features: Float[Tensor, "K F"]
    """The mean over an object's voxels."""
    positions: Float[Tensor, "K 3"]
    """Mean position, meters."""

    def __len__(self) -> int:
        return len(self.masks)

    @property
    def labels(self) -> Int64[Tensor, "K"]:
        """The likeliest class of each that has a name, for a class of all others says nothing."""
        return self.classes[:, :-1].argmax(dim=1)


def find_instances(said: VoxelOpinions, positions: Float[Tensor, "V 3"], config: InstanceConfig) -> Instances:
    """The objects of one scan; none where all is background.

    Args:
        said: of the scan's voxels.
        positions: of the same, meters.
        config: says which classes are background.
    """
    is_background = torch.tensor(config.is_background, device=positions.device)
    rows = (~is_background[said.classes.argmax(dim=1)]).nonzero().flatten()
    moved, embeddings, offsets = positions[rows] + said.offsets[rows], said.embeddings[rows], said.offsets[rows]
    middles, means = _modes(moved, embeddings, offsets)
    near = torch.cdist(middles, moved) <= _MASK_RADIUS
    own = near & (torch.cdist(means, embeddings) <= _ALIKE)  # (K, M)
    own = own[own.sum(dim=1) >= _LEAST_VOXELS]
    probability = said.classes.softmax(dim=1)
    probability = probability * ~is_background  # what is an object is none of the background
    probability = probability / probability.sum(dim=1, keepdim=True).clamp(min=1e-6)
    share = own / own.sum(dim=1, keepdim=True)  # (K, M)
    classes = share @ probability[rows]
    owner, member = own.nonzero(as_tuple=True)
    toward = (share @ positions[rows])[owner] - positions[rows[member]]
    agreement = mean_by(torch.cosine_similarity(toward, offsets[member])[:, None], owner, len(own)).squeeze(1)
    confidence = agreement.clamp(min=0.0) * classes[:, :-1].amax(dim=1)
    kept = _without_doubles(own, confidence)
    masks = torch.zeros(len(kept), len(positions), dtype=torch.bool, device=positions.device)
    masks[:, rows] = own[kept]
    return describe(masks, said.features, positions, classes=classes[kept], confidence=confidence[kept])


def describe(
    masks: Bool[Tensor, "K V"],
    features: Float[Tensor, "V F"],
    positions: Float[Tensor, "V 3"],
    *,
    classes: Float[Tensor, "K C"],
    confidence: Float[Tensor, "K"],
) -> Instances:
    """Objects with what follows from their masks, each of one voxel at least."""
    share = masks / masks.sum(dim=1, keepdim=True)
    return Instances(masks, classes, confidence, share @ features, share @ positions)


def _modes(
    moved: Float[Tensor, "M 3"], embeddings: Float[Tensor, "M E"], offsets: Float[Tensor, "M 3"]
) -> tuple[Float[Tensor, "K 3"], Float[Tensor, "K E"]]:
    """Where moved voxels gather: the middle and mean embedding of each cluster, the heaviest first."""
    if not len(moved):
        return moved, embeddings
    weights = (-(offsets / _NEAR_MIDDLE).square().sum(dim=1)).exp()
    cells, cell = torch.unique((moved / _CELL).floor().long(), dim=0, return_inverse=True)
    heavy = weights.new_zeros(len(cells)).index_add_(0, cell, weights)
    share = (weights / heavy[cell].clamp(min=1e-12))[:, None]
    places, looks = (
        values.new_zeros(len(cells), values.shape[1]).index_add_(0, cell, share * values)
        for values in (moved, embeddings)
    )
    left, middles, means = heavy.clone(), [], []
    while left.max() > _LEAST_WEIGHT:
        seed = int(left.argmax())
        middle, mean = _shifted(places[seed], looks[seed], places, looks, heavy)
        left[_around(middle, places, _SEED_RADIUS) & _around(mean, looks, _ALIKE)] = 0.0
        left[seed] = 0.0
        middles.append(middle)
        means.append(mean)
    if not middles:
        return moved[:0], embeddings[:0]
    return torch.stack(middles), torch.stack(means)


def _shifted(
    middle: Float[Tensor, "3"],
    mean: Float[Tensor, "E"],
    places: Float[Tensor, "G 3"],
    looks: Float[Tensor, "G E"],
    heavy: Float[Tensor, "G"],
) -> tuple[Float[Tensor, "3"], Float[Tensor, "E"]]:
    """A seed moved to the mean of the cells around it, again and again."""
    for _ in range(_ROUNDS):
        near = _around(middle, places, _SEED_RADIUS) & _around(mean, looks, _ALIKE)
        total = (heavy * near).sum()
        if total == 0:
            break
        share, before = heavy * near / total, middle
        middle, mean = share @ places, share @ looks
        if (middle - before).abs().max() < _STILL:
            break
    return middle, mean


def _around(middle: Float[Tensor, "C"], values: Float[Tensor, "M C"], radius: float) -> Bool[Tensor, "M"]:
    return (values - middle).square().sum(dim=1) <= radius**2


def _without_doubles(masks: Bool[Tensor, "K M"], confidence: Float[Tensor, "K"]) -> Int64[Tensor, "_"]:
    """The rows of the masks that stay, the most confident first (non-maximum suppression)."""
    inside = masks.float()
    shared, sizes = inside @ inside.T, inside.sum(dim=1)
    overlaps = shared / (sizes[:, None] + sizes - shared).clamp(min=1.0)
    kept: list[int] = []
    for row in confidence.argsort(descending=True, stable=True).tolist():
        if not any(overlaps[row, other] > _OVERLAP for other in kept):
            kept.append(row)
    return torch.tensor(kept, dtype=torch.int64, device=masks.device)
