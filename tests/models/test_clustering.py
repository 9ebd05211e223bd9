"""What the network says of voxels becomes objects, each once, and the same ones in any order."""

import pytest
import torch

from less3d.models.clustering import find_instances
from less3d.models.instances import InstanceConfig, VoxelOpinions

CONFIG = InstanceConfig(classes=("chair", "wall", "table"))
CHAIR, WALL, TABLE = range(3)


def boxes(*objects, noise=0.0, seed=0):
    """Opinions about boxes of (class, middle, half size): all that a perfect network would say, and noise."""
    generator = torch.Generator().manual_seed(seed)
    positions, owner = [], []
    for number, (_, middle, half) in enumerate(objects):
        points = torch.rand(200, 3, generator=generator) * 2 - 1
        positions.append(torch.tensor(middle) + torch.tensor(half) * points)
        owner += [number] * 200
    where, owner = torch.cat(positions), torch.tensor(owner)
    middles = torch.stack([where[owner == number].mean(dim=0) for number in range(len(objects))])
    looks = 4 * torch.eye(32)[: len(objects)]
    classes = 8 * torch.nn.functional.one_hot(torch.tensor([label for label, *_ in objects]), 4).float()

    def shaken(values):
        return values + noise * torch.randn(values.shape, generator=generator)

    return VoxelOpinions(classes[owner], shaken(looks[owner]), shaken(middles[owner] - where)), where, owner


ROOM = (
    (CHAIR, [0.0, 0.0, 0.5], [0.3, 0.3, 0.5]),
    (CHAIR, [0.8, 0.0, 0.5], [0.3, 0.3, 0.5]),
    (TABLE, [0.4, 1.2, 0.4], [0.9, 0.4, 0.4]),
    (WALL, [0.0, 3.0, 1.5], [3.0, 0.05, 1.5]),
)


def as_sets(masks):
    return {frozenset(mask.nonzero().flatten().tolist()) for mask in masks}


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_perfect_opinions_give_the_objects_and_no_wall(noise):
    said, where, owner = boxes(*ROOM, noise=noise)
    found = find_instances(said, where, CONFIG)
    assert as_sets(found.masks) == as_sets(owner == number for number in range(3))
    assert sorted(found.labels.tolist()) == [CHAIR, CHAIR, TABLE]
    assert found.confidence.tolist() == sorted(found.confidence.tolist(), reverse=True)
    assert ((found.confidence > 0.9) & (found.confidence <= 1)).all()
    for mask, features, position in zip(found.masks, found.features, found.positions, strict=True):
        torch.testing.assert_close(position, where[mask].mean(dim=0))
        torch.testing.assert_close(features, said.embeddings[mask].mean(dim=0))


def test_like_things_in_one_place_are_told_apart_by_their_embeddings():
    """A chair under a table: their middles are a hand apart."""
    under = ((TABLE, [0.0, 0.0, 0.4], [0.6, 0.6, 0.4]), (CHAIR, [0.0, 0.1, 0.4], [0.25, 0.25, 0.4]))
    said, where, owner = boxes(*under)
    assert as_sets(find_instances(said, where, CONFIG).masks) == as_sets(owner == number for number in range(2))


def test_the_order_of_voxels_does_not_matter():
    said, where, _ = boxes(*ROOM, noise=0.05)
    order = torch.randperm(len(where), generator=torch.Generator().manual_seed(1))
    shuffled = VoxelOpinions(said.classes[order], said.embeddings[order], said.offsets[order])
    one, other = find_instances(said, where, CONFIG), find_instances(shuffled, where[order], CONFIG)
    assert as_sets(one.masks[:, order]) == as_sets(other.masks)
    torch.testing.assert_close(one.confidence, other.confidence)


def test_what_agrees_less_is_believed_less():
    said, where, owner = boxes(*ROOM)
    said.offsets[owner == 0] *= torch.tensor([1.0, 1.0, -1.0])  # the first chair does not know up from down
    found = find_instances(said, where, CONFIG)
    chairs = {
        int(owner[mask.nonzero()[0]]): float(value) for mask, value in zip(found.masks, found.confidence, strict=True)
    }
    assert chairs[0] < 0.8 * chairs[1]


def test_what_may_be_of_no_named_class_is_believed_less_and_has_a_name():
    said, where, owner = boxes(*ROOM)
    said.classes[owner == 0] = torch.tensor([1.0, 0.0, 0.0, 2.0])  # likelier of some other class than a chair
    found = find_instances(said, where, CONFIG)
    (row,) = (int(row) for row, mask in enumerate(found.masks) if mask[owner == 0].any())
    assert found.labels[row] == CHAIR
    assert found.confidence[row] < 0.5 * found.confidence[0]


def test_a_room_without_objects_has_none():
    for scene in (ROOM[3:], ()):
        said, where, _ = (
            boxes(*scene) if scene else (VoxelOpinions(*(torch.zeros(0, n) for n in (4, 32, 3))), torch.zeros(0, 3), 0)
        )
        found = find_instances(said, where, CONFIG)
        assert len(found) == len(found.confidence) == 0
        assert found.masks.shape == (0, len(where))
