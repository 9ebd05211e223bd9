"""Systems of two stages: objects are found first, without the sentence, which then chooses among them.

Stage one (`instances.py`) learns from instance and semantic labels, stage two from sentences, and from which object
each of them means; stage one stays as it is then. Nodes are the annotated objects in training, and what stage one
finds when the network is used.
"""

from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from less3d.batch import Batch, ObjectLabels, Scene
from less3d.errors import InputError
from less3d.losses import pointing_loss
from less3d.models.clustering import Instances, describe, find_instances
from less3d.models.instances import InstanceConfig, InstanceNet, VoxelLabels, VoxelOpinions, voxel_labels
from less3d.models.interface import Candidates
from less3d.models.tgnn import TGNN, TgnnConfig
from less3d.models.xrefseg import XRefSeg, XRefSegConfig
from less3d.text import TextFeatures

_SURE = 4.0
"""Mask logit of the voxels of an object, and minus that of all others."""


@dataclass(frozen=True)
class GraphConfig:
    """A system of two stages."""

    instances: InstanceConfig = field(default_factory=InstanceConfig)
    """Stage one."""
    matcher: Literal["none", "tgnn", "xrefseg"] = "none"
    """Stage two. "none": stage one alone, which finds objects and answers no sentence."""
    tgnn: TgnnConfig = field(default_factory=TgnnConfig)
    """Stage two when it is TGNN's."""
    xrefseg: XRefSegConfig = field(default_factory=XRefSegConfig)
    """Stage two when it is X-RefSeg3D's."""


class GraphNetwork(nn.Module):
    """Stage one and, but while that is trained, stage two; satisfies `ReferringModel`.

    Args:
        config: both stages.
        text_width: width of the text encoder's words.
    """

    def __init__(self, config: GraphConfig, *, text_width: int) -> None:
        super().__init__()
        self.config = config
        self.instances = InstanceNet(config.instances)
        self.matcher = _matcher(config, text_width)
        if self.matcher is not None:
            self.instances.requires_grad_(False)

    def prepare(self, scene: Scene) -> Instances:
        """Find the objects of the one scan of a scene."""
        return find_instances(self.instances(scene), scene.positions, self.config.instances)

    def prepare_labelled(self, scene: Scene, labels: ObjectLabels) -> Instances:
        """The annotated objects of the one scan of a scene: what a stage one that makes no mistake would find."""
        return annotated(self.instances(scene), voxel_labels(scene, [labels]), scene, 0, self.config.instances)

    def candidates(self, encoded: Instances, text: TextFeatures) -> Candidates:
        """For each of S sentences the found object that stage two scores highest; an empty mask where none was found.

        Raises:
            InputError: when there is no stage two.
        """
        if self.matcher is None:
            raise InputError(
                "these weights find objects and read no sentence: train what does with `less3d train rooms-tgnn "
                "--start-from` them"
            )
        count, device = len(text.words), text.words.device
        if not len(encoded):
            empty = torch.full((1, encoded.masks.shape[1]), -_SURE, device=device)
            rows = torch.zeros(count, 1, dtype=torch.int64, device=device)
            return Candidates(empty, rows, rows * 0.0, torch.ones(count, device=device))
        scores = self.matcher(encoded.features, encoded.positions, text).sum(dim=0)  # (S, K)
        belief, rows = scores.softmax(dim=1).max(dim=1, keepdim=True)
        return Candidates((encoded.masks * 2.0 - 1.0) * _SURE, rows, belief, torch.zeros(count, device=device))

    def losses(self, batch: Batch, text: TextFeatures) -> dict[str, Float[Tensor, ""]]:
        """The parts of the loss of the stage that learns, and their sum as "total".

        Stage two: cross-entropy over the annotated objects of the scan, for sentences about one that is no background;
        the sum over the kinds of logits.
        """
        if self.matcher is None:
            return self.instances.losses(batch)
        with torch.no_grad():
            said, true = self.instances(batch.scene), voxel_labels(batch.scene, batch.labels)
        count = 0
        terms: list[Tensor] = []
        for scan in range(batch.scene.num_scans):
            nodes = annotated(said, true, batch.scene, scan, self.config.instances)
            masks = nodes.masks.float()  # (K, V)
            is_right = batch.voxel_targets(scan) @ masks.T / masks.sum(dim=1) > 0.5  # (S, K)
            meant = is_right.any(dim=1)
            rows = torch.arange(batch.bounds[scan], batch.bounds[scan + 1], device=meant.device)[meant]
            if len(rows):
                scores = self.matcher(nodes.features, nodes.positions, text.select(rows))  # (H, S, K)
                terms += [pointing_loss(kind, is_right[meant]) * len(rows) for kind in scores]
                count += len(rows)
        point = torch.stack(terms).sum() / count if terms else torch.zeros((), requires_grad=True)
        return {"total": point, "point": point}


def _matcher(config: GraphConfig, text_width: int) -> TGNN | XRefSeg | None:
    """Stage two, None when there is none."""
    widths = {"node_width": config.instances.node_width, "text_width": text_width}
    if config.matcher == "tgnn":
        return TGNN(config.tgnn, **widths)
    return XRefSeg(config.xrefseg, **widths) if config.matcher == "xrefseg" else None


def annotated(said: VoxelOpinions, true: VoxelLabels, scene: Scene, scan: int, config: InstanceConfig) -> Instances:
    """The annotated objects of one scan that are no background, described as stage one describes what it finds."""
    span = scene.voxels_of(scan)
    is_background = torch.tensor(config.is_background, device=true.classes.device)
    ids = ((true.scan_of == scan) & ~is_background[true.classes]).nonzero().flatten()
    masks = true.object_of[span] == ids[:, None]
    ids, masks = ids[masks.any(dim=1)], masks[masks.any(dim=1)]
    classes = torch.nn.functional.one_hot(true.classes[ids], len(config.classes) + 1).float()
    confidence = classes.new_ones(len(ids))
    return describe(masks, said.features[span], scene.positions[span], classes=classes, confidence=confidence)
