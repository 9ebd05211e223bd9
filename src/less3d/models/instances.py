"""Stage one of TGNN and X-RefSeg3D: every object of a scan, learned from instance and semantic labels.

A sparse U-Net says three things of each voxel (Huang et al., AAAI 2021, section 3.1): its class, where the middle of
its object is, and an embedding that is alike within objects and different between them. `clustering.py` makes objects
of that.

Voxels take the place of points, and each counts once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

from less3d.batch import Batch, ObjectLabels, Scene
from less3d.errors import InputError
from less3d.models.unet import SparseUNet, UNetOutput
from less3d.referral import Masks
from less3d.sparse.plan import Plan
from less3d.sparse.voxels import mean_by

PULL_MARGIN, PUSH_MARGIN = 0.1, 3.0
"""Embeddings of an object may be this far from their mean, and the means of two objects must be this far apart."""


@dataclass(frozen=True)
class InstanceConfig:
    """The network of stage one; widths are the paper's.

    Raises:
        InputError: when it cannot be built.
    """

    classes: tuple[str, ...] = ()
    """Classes that are told apart; all others are one more. Taken from the training data where none is given."""
    background: tuple[str, ...] = ("wall", "floor", "ceiling")
    """Those of the classes that are no objects: they are not parted into instances. The paper's are wall and floor."""
    channels: tuple[int, ...] = (32, 64, 96, 128, 160, 192, 224)
    """Width of each U-Net level, finest first."""
    blocks: int = 2
    """Residual blocks a level."""
    width: int = 32
    """Of embeddings."""
    inputs: Literal["color", "details"] = "color"
    """What is known of a voxel: its color alone, as in the paper; or also its height and how its points lie in it."""
    context: int = 0
    """Width of features that the heads see, made of those of a voxel and of all coarser cells around it; 0: they see
    the U-Net's finest features alone, as in the paper."""
    objects_alike: float = 0.0
    """Share of the loss of classes, 0 to 1, in which every object counts alike; in the rest every voxel does, as in the
    paper, where small objects hardly count beside walls and floors."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if not self.channels or min(self.channels) < 1:
            raise InputError(f"channels must be the width of each level, 1 or more, got {self.channels}")
        for name, least in (("blocks", 1), ("width", 1), ("context", 0)):
            if getattr(self, name) < least:
                raise InputError(f"{name} must be at least {least}, got {getattr(self, name)}")
        if not 0 <= self.objects_alike <= 1:
            raise InputError(f"objects_alike must be 0 to 1, got {self.objects_alike}")
        if len(set(self.classes)) < len(self.classes):
            raise InputError(f"classes must be different names, got {self.classes}")

    def number_of(self, label: str) -> int:
        """A class's row in what the network says of classes; that of all others is the last."""
        return self.classes.index(label) if label in self.classes else len(self.classes)

    def labels_of(self, masks: Masks, classes: Mapping[int, str]) -> ObjectLabels:
        """Full labels of a scan in the network's numbering, of all its objects that have a point.

        Args:
            masks: the objects; where they share points the one with the highest id has them.
            classes: the class of each.
        """
        keys = sorted(key for key, rows in masks.members.items() if len(rows))
        object_of = np.full(masks.size, -1)
        for row, key in enumerate(keys):
            object_of[masks.members[key]] = row
        numbers = [self.number_of(classes.get(key, "")) for key in keys]
        return ObjectLabels(torch.from_numpy(object_of), torch.tensor(numbers, dtype=torch.int64))

    @property
    def node_width(self) -> int:
        """Of what stage two gets to know of an object: in the paper embeddings, which hold all that the heads see. With
        context they are a narrow part of it, and what the heads see is taken itself."""
        return self.context or self.width

    @property
    def is_background(self) -> tuple[bool, ...]:
        """For each row whether it is no object."""
        return (*(label in self.background for label in self.classes), False)


@dataclass(frozen=True, eq=False)
class VoxelOpinions:
    """What the network says of each voxel."""

    classes: Float[Tensor, "V K"]
    """Logits; the last is of all other classes."""
    embeddings: Float[Tensor, "V E"]
    offsets: Float[Tensor, "V 3"]
    """From the voxel to the middle of its object, meters."""
    features: Float[Tensor, "V F"]
    """What stage two gets to know of an object is their mean: see `InstanceConfig.node_width`."""


@dataclass(frozen=True, eq=False)
class VoxelLabels:
    """Full labels of the V voxels of several scans with O objects altogether."""

    object_of: Int64[Tensor, "V"]
    """The object that most of a voxel's points are of, the objects of all scans one after the other; -1 for none."""
    classes: Int64[Tensor, "O"]
    scan_of: Int64[Tensor, "O"]


class InstanceNet(nn.Module):
    """A U-Net and its three heads.

    Raises:
        InputError: when it is to know no class.
    """

    def __init__(self, config: InstanceConfig) -> None:
        super().__init__()
        if not config.classes:
            raise InputError("the first of two stages needs names of classes; `less3d train` takes them from its scans")
        self.config = config
        self.unet = SparseUNet(3 if config.inputs == "color" else 13, widths=config.channels, blocks=config.blocks)
        self.context = _Context(config.channels, config.context) if config.context else None
        seen = config.context or config.channels[0]
        self.classes = nn.Linear(seen, len(config.classes) + 1)
        self.embedding = nn.Linear(seen, config.width)
        self.offset = nn.Sequential(nn.Linear(config.width, config.width), nn.ReLU(), nn.Linear(config.width, 3))

    def forward(self, scene: Scene) -> VoxelOpinions:
        """What it says of the voxels of a scene."""
        inputs = scene.colors if self.config.inputs == "color" else scene.details
        output = self.unet(inputs, scene.plan)
        features = output.features if self.context is None else self.context(output, scene.plan)
        embeddings = self.embedding(features)
        described = embeddings if self.context is None else features
        return VoxelOpinions(self.classes(features), embeddings, self.offset(embeddings), described)

    def losses(self, batch: Batch) -> dict[str, Float[Tensor, ""]]:
        """Each part of the loss of stage one, and their sum as "total".

        Raises:
            ValueError: when the batch has no full labels.
        """
        said, true = self(batch.scene), voxel_labels(batch.scene, batch.labels)
        parts = {"class": class_loss(said.classes, true, objects_alike=self.config.objects_alike)}
        is_object = ~torch.tensor(self.config.is_background, device=true.classes.device)[true.classes]  # (O,)
        rows = F.pad(is_object, (0, 1), value=False)[true.object_of].nonzero().flatten()
        parts |= embedding_losses(said.embeddings[rows], true.object_of[rows], true.scan_of)
        parts |= offset_losses(said.offsets[rows], batch.scene.positions[rows], true.object_of[rows], len(true.classes))
        return {"total": torch.stack(list(parts.values())).sum(), **parts}


class _Context(nn.Module):
    """Features of each voxel, and of all coarser cells around it, made one."""

    def __init__(self, channels: Sequence[int], width: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Linear(sum(channels), width), nn.LayerNorm(width), nn.ReLU())

    def forward(self, output: UNetOutput, plan: Plan) -> Float[Tensor, "V C"]:
        columns = [output.features]
        cell = torch.arange(len(output.features), device=output.features.device)  # (V,)
        for finer, features in zip(plan.levels[:-1], output.levels[1:], strict=True):
            cell = finer.parents[cell]
            columns.append(features[cell])
        return self.mix(torch.cat(columns, dim=1))


def class_loss(logits: Float[Tensor, "V K"], true: VoxelLabels, *, objects_alike: float) -> Float[Tensor, ""]:
    """Cross-entropy of the classes of voxels that are of an object.

    Args:
        logits: of V voxels.
        true: the object of each, and its class.
        objects_alike: the share of the loss that is the mean over objects; the rest is the mean over voxels.
    """
    rows = (true.object_of >= 0).nonzero().flatten()
    if not len(rows):
        return logits.sum() * 0.0
    owner = true.object_of[rows]
    each = F.cross_entropy(logits[rows], true.classes[owner], reduction="none")
    of_objects = mean_by(each[:, None], owner, len(true.classes))[owner.unique()]
    return (1 - objects_alike) * each.mean() + objects_alike * of_objects.mean()


def embedding_losses(
    embeddings: Float[Tensor, "M E"], object_of: Int64[Tensor, "M"], scan_of: Int64[Tensor, "O"]
) -> dict[str, Float[Tensor, ""]]:
    """Pull, push and the length of means (De Brabandere et al., 2017, section 2; margins and weights of TGNN).

    Args:
        embeddings: of M voxels.
        object_of: the object of each.
        scan_of: the scan of each of the O objects; those without a voxel play no part.
    """
    count = len(scan_of)
    sizes = torch.bincount(object_of, minlength=count)
    there = (sizes > 0).nonzero().flatten()
    if not len(there):
        return dict.fromkeys(("pull", "push", "length"), embeddings.sum() * 0.0)
    means = mean_by(embeddings, object_of, count)
    away = _length(embeddings - means[object_of])
    pull = mean_by((away - PULL_MARGIN).clamp(min=0.0).square()[:, None], object_of, count)[there].mean()
    one, other = torch.triu_indices(len(there), len(there), offset=1, device=there.device)
    together = scan_of[there[one]] == scan_of[there[other]]
    one, other = there[one[together]], there[other[together]]
    apart = (PUSH_MARGIN - _length(means[one] - means[other])).clamp(min=0.0)
    return {"pull": pull, "push": apart.sum() / max(len(one), 1), "length": 0.1 * _length(means[there]).mean()}


def offset_losses(
    offsets: Float[Tensor, "M 3"], positions: Float[Tensor, "M 3"], object_of: Int64[Tensor, "M"], count: int
) -> dict[str, Float[Tensor, ""]]:
    """How far offsets are from the middles of their objects (smooth L1), and how much they point elsewhere (1 - cos).

    Args:
        offsets: of M voxels, meters.
        positions: see offsets.
        object_of: which of `count` objects each voxel is of; the mean of its voxels is an object's middle.
        count: see object_of.
    """
    if not len(offsets):
        return dict.fromkeys(("offset", "direction"), offsets.sum() * 0.0)
    toward = mean_by(positions, object_of, count)[object_of] - positions
    return {
        "offset": F.smooth_l1_loss(offsets, toward),
        "direction": (1 - F.cosine_similarity(offsets, toward, dim=1, eps=1e-4)).mean(),
    }


def voxel_labels(scene: Scene, labels: Sequence[ObjectLabels]) -> VoxelLabels:
    """Full labels of each scan of a scene, on its voxels.

    Raises:
        ValueError: when they are of another number of scans.
    """
    if len(labels) != scene.num_scans:
        raise ValueError(f"expected full labels of {scene.num_scans} scans, got them of {len(labels)}")
    counts = [len(own.classes) for own in labels]
    firsts = [sum(counts[:scan]) for scan in range(len(counts))]
    count, rows = sum(counts), scene.grid.point_to_voxel
    of_points = torch.cat(
        [
            torch.where(own.object_of < 0, count, own.object_of + first)
            for own, first in zip(labels, firsts, strict=True)
        ]
    )
    keys, points = torch.unique(rows * (count + 1) + of_points, return_counts=True)
    voxel, owner = keys // (count + 1), keys % (count + 1)
    most = points.new_zeros(len(scene.positions)).scatter_reduce(0, voxel, points, "amax")
    won = points == most[voxel]
    object_of = most.new_full(most.shape, count).scatter_reduce(0, voxel[won], owner[won], "amin")
    scan_of = torch.repeat_interleave(torch.tensor(counts, device=rows.device), output_size=count)
    return VoxelLabels(
        torch.where(object_of == count, -1, object_of), torch.cat([own.classes for own in labels]), scan_of
    )


def _length(vectors: Float[Tensor, "M E"]) -> Float[Tensor, "M"]:
    """Euclidean, with a gradient at zero."""
    return (vectors.square().sum(dim=1) + 1e-12).sqrt()
