"""Rooms as objects to choose from: the annotated ones, measured on their masks, and those that a network finds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int64
from scipy.sparse import csr_array
from torch import Tensor

from less3d.batch import make_scene
from less3d.data.dataset import Dataset
from less3d.models import Referrer
from less3d.models.encoder import EncodedScans
from less3d.models.late import LateLESS
from less3d.models.objects import SMALLEST_HALF_SIZE, Cells, Objects
from less3d.referral import Masks, Referral
from less3d.scan import Scan

_SAME = 0.5
"""Two found objects whose masks have this IoU or more are one."""
_SURE = 15.0
"""Logit of a token that is known to be inside."""


@dataclass(frozen=True, eq=False)
class Annotated:
    """A scan with its O annotated objects and the S sentences about them."""

    scan: Scan
    masks: Masks
    labels: tuple[str, ...]
    """The class of each object."""
    asked: tuple[Referral, ...]

    @property
    def targets(self) -> Int64[Tensor, "S"]:
        """Which object each sentence means."""
        row = {key: number for number, key in enumerate(self.masks.members)}
        return torch.tensor([row[referral.targets[0]] for referral in self.asked])


@dataclass(frozen=True, eq=False)
class Room:
    """U objects that a sentence may choose from, and the O annotated ones they are compared with."""

    inputs: Float[Tensor, "U C"]
    """What is known of each object besides its box."""
    centers: Float[Tensor, "U 3"]
    """Middles of their boxes, meters from the middle and floor of the scan."""
    half_sizes: Float[Tensor, "U 3"]
    overlaps: Float[Tensor, "U O"]
    """IoU of the points of each object with those of each annotated one."""
    asked: tuple[Referral, ...]
    targets: Int64[Tensor, "S"]
    """For each sentence the annotated object it means."""

    def seen(self, quarters: int, mirrored: bool) -> "Room":
        """The boxes turned by so many quarters of a circle, mirrored before that or not."""
        x, y, z = self.centers.unbind(dim=1)
        half_x, half_y, half_z = self.half_sizes.unbind(dim=1)
        x = -x if mirrored else x
        for _ in range(quarters % 4):
            x, y, half_x, half_y = -y, x, half_y, half_x
        centers, half_sizes = torch.stack([x, y, z], dim=1), torch.stack([half_x, half_y, half_z], dim=1)
        return replace(self, centers=centers, half_sizes=half_sizes)


@dataclass(frozen=True, eq=False)
class Encoded:
    """What a trained network sees in a room before it is asked anything, and the truth beside it."""

    scan: EncodedScans
    """This one."""
    points: Float[Tensor, "V O"]
    """How many points of each annotated object are in each voxel."""
    points_in_all: Float[Tensor, "V"]

    def overlaps(self, objects: Objects) -> Float[Tensor, "K O"]:
        """IoU of the points of K objects with those of each annotated one."""
        inside = (self.scan.voxels.of(0).masks(objects) > 0).float()
        shared = inside @ self.points
        sizes = (inside @ self.points_in_all)[:, None] + self.points.sum(dim=0)
        return shared / (sizes - shared).clamp(min=1.0)


def read_room(data: Dataset, name: str, most: int) -> Annotated:
    """A room of made ones with its first sentences, at most so many."""
    scan, _ = data.load(name)
    assert scan.instances is not None
    masks = Masks.of_instances(scan.instances)
    labels = tuple((scan.labels or {})[key] for key in masks.members)
    return Annotated(scan, masks, labels, data.referrals[name][:most])


def perfect_room(room: Annotated, classes: Sequence[str], *, features: Float[Tensor, "O C"] | None = None) -> Room:
    """The annotated objects as their masks have them: class (one of `classes`, or none), mean color, and box.

    Where `features` are given, they stand for class and color.
    """
    kinds = torch.tensor([[label == name for name in classes] for label in room.labels]).float()
    members = list(room.masks.members.values())
    colors = np.stack([room.scan.colors[rows].mean(axis=0) for rows in members]) / 127.5 - 1.0
    low, high = room.scan.points.min(axis=0), room.scan.points.max(axis=0)
    origin = np.array([*((low + high) / 2)[:2], np.percentile(room.scan.points[:, 2], 1.0)])
    points = [room.scan.points[rows] - origin for rows in members]
    lows, highs = (np.stack([end(own, axis=0) for own in points]) for end in (np.min, np.max))
    return Room(
        inputs=torch.cat([kinds, torch.from_numpy(colors).float()], dim=1) if features is None else features,
        centers=torch.from_numpy((lows + highs) / 2).float(),
        half_sizes=torch.from_numpy((highs - lows) / 2).float() + SMALLEST_HALF_SIZE,
        overlaps=torch.eye(len(members)),
        asked=room.asked,
        targets=room.targets,
    )


def encode(model: Referrer, room: Annotated) -> Encoded:
    """A room as it lies."""
    config = model.config
    scene = make_scene([room.scan], voxel_size=config.voxel_size, num_levels=config.num_levels)
    scan = model.prepare(scene)
    rows, count = scene.point_to_voxel(0), len(scene.positions)
    members = (torch.from_numpy(own).long() for own in room.masks.members.values())
    inside = [torch.bincount(rows[own], minlength=count) for own in members]
    return Encoded(scan, torch.stack(inside, dim=1).float(), torch.bincount(rows, minlength=count).float())


def found_room(network: LateLESS, room: Annotated, encoded: Encoded, most: int) -> Room:
    """At most so many objects that the network finds in a room without being asked for any."""
    objects, _ = network.objects(encoded.scan, torch.arange(encoded.scan.is_token.shape[1])[None])
    objects = objects.flat()
    objects = objects.select(distinct_objects(encoded.scan.token_cells.of(0), objects, most))
    return Room(
        inputs=objects.features,
        centers=objects.centers,
        half_sizes=objects.half_sizes,
        overlaps=encoded.overlaps(objects),
        asked=room.asked,
        targets=room.targets,
    )


def distinct_objects(cells: Cells, objects: Objects, most: int) -> Int64[Tensor, "K"]:
    """Of the objects that T tokens say they lie on, one row for each that differs from the others.

    Tokens of one object should draw the same mask. So an object is the better, the more the tokens inside its mask
    agree with it; the best are taken first, and those they overlap with are left out.
    """
    inside = (cells.masks(objects) > 0).numpy().astype(np.float32)  # (T, T): of each token's object, which tokens
    sparse, sizes = csr_array(inside), inside.sum(axis=1)
    shared = (sparse @ sparse.T).toarray()
    overlaps = shared / (sizes[:, None] + sizes - shared).clip(min=1.0)
    agreement = (overlaps * inside).sum(axis=1) / sizes.clip(min=1.0)
    chosen: list[int] = []
    while len(chosen) < most and agreement.max() > 0:
        chosen.append(int(agreement.argmax()))
        agreement[overlaps[chosen[-1]] >= _SAME] = 0.0
    return torch.tensor(chosen)


def gathered_on_masks(network: LateLESS, encoded: Encoded) -> Objects:
    """The annotated objects as the network describes them when it is told which tokens each consists of."""
    assert network.gather is not None, "these weights describe objects by what they gather"
    count = encoded.scan.is_token.shape[1]
    of_tokens, in_all = (
        values.new_zeros(count, *values.shape[1:]).index_add_(0, encoded.scan.token_of[0], values)
        for values in (encoded.points, encoded.points_in_all)
    )
    share = (of_tokens / in_all[:, None]).T  # (O, T)
    drafts = share.argmax(dim=1)
    inside = (share > 0.5).scatter(1, drafts[:, None], True)
    logits = torch.where(inside, _SURE, -_SURE)
    tokens = encoded.scan.tokens.flat()
    return network.gather(tokens.select(drafts), logits, tokens, encoded.scan.token_cells.of(0))
