"""What the network says of voxels becomes objects, each once, and the same ones in any order."""

from dataclasses import fields

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

    features = torch.randn(len(where), 5, generator=torch.Generator().manual_seed(seed + 1))
    said = VoxelOpinions(classes[owner], shaken(looks[owner]), shaken(middles[owner] - where), features)
    return said, where, owner


def gathered(*groups):
    """Opinions of groups of (number, x, look, offset): voxels on both sides of a place that say it is their middle."""
    groups = torch.tensor(groups)
    voxels = groups.repeat_interleave(groups[:, 0].long(), dim=0)
    middles, offsets, looks = (torch.zeros(len(voxels), width) for width in (3, 3, 32))
    middles[:, 0], looks[:, 0] = voxels[:, 1], voxels[:, 2]
    offsets[:, 1] = voxels[:, 3] * (-1.0) ** torch.arange(len(voxels))
    classes = torch.tensor([[8.0, 0.0, 0.0, 0.0]]).repeat(len(voxels), 1)
    return VoxelOpinions(classes, looks, offsets, looks), middles - offsets


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
        torch.testing.assert_close(features, said.features[mask].mean(dim=0))


def test_things_in_one_place_are_told_apart_by_their_embeddings():
    """A chair under a table: their middles are a hand apart, in two cells."""
    under = ((TABLE, [0.0, 0.0, 0.4], [0.6, 0.6, 0.4]), (CHAIR, [0.0, 0.1, 0.4], [0.25, 0.25, 0.4]))
    said, where, owner = boxes(*under)
    assert as_sets(find_instances(said, where, CONFIG).masks) == as_sets(owner == number for number in range(2))


def test_the_order_of_voxels_does_not_matter():
    said, where, _ = boxes(*ROOM, noise=0.05)
    order = torch.randperm(len(where), generator=torch.Generator().manual_seed(1))
    shuffled = VoxelOpinions(*(getattr(said, field.name)[order] for field in fields(said)))
    one, other = find_instances(said, where, CONFIG), find_instances(shuffled, where[order], CONFIG)
    assert as_sets(one.masks[:, order]) == as_sets(other.masks)
    torch.testing.assert_close(one.confidence, other.confidence)


def test_confidence_is_how_well_voxels_agree_times_the_probability_of_a_named_class():
    where = 0.1 * torch.cat([torch.eye(3), -torch.eye(3)])
    offsets = -where
    offsets[2] = 0.1 * torch.tensor([0.75**0.5, 0.0, -0.5])  # 60 degrees off
    offsets[5] = -offsets[2]
    classes = torch.tensor([[0.3, 0.2, 0.1, 0.4]]).repeat(6, 1)  # chair 3/8 where a wall is ruled out
    classes[[2, 5]] = torch.tensor([0.4, 0.2, 0.1, 0.3])  # 4/8, so that the unnamed class is likelier altogether
    found = find_instances(VoxelOpinions(classes.log(), torch.zeros(6, 32), offsets, offsets), where, CONFIG)
    assert found.masks.tolist() == [[True] * 6]
    assert found.labels.tolist() == [CHAIR]
    assert found.confidence.item() == pytest.approx((4 * 1 + 2 * 0.5) / 6 * (4 * 3 / 8 + 2 * 4 / 8) / 6)


@pytest.mark.parametrize(
    ("place", "look", "inside"), [(0.99, 0.0, True), (1.01, 0.0, False), (0.0, 0.79, True), (0.0, 0.81, False)]
)
def test_an_object_holds_what_is_moved_to_within_a_meter_and_looks_alike(place, look, inside):
    found = find_instances(*gathered((20, 0.0, 0.0, 0.1), (2, place, look, 1.0)), CONFIG)
    assert found.masks.tolist() == [[True] * 20 + [inside] * 2]


@pytest.mark.parametrize(
    ("groups", "middle"),
    [
        ([(20, 0.0, 0.0), (14, 0.29, 0.0)], 14 * 0.29 / 34),
        ([(20, 0.0, 0.0), (14, 0.31, 0.0)], 0.0),  # too far away
        ([(20, 0.0, 0.0), (14, 0.20, 0.79)], 14 * 0.20 / 34),
        ([(20, 0.0, 0.0), (14, 0.20, 0.81)], 0.0),  # looks too different
        # it moves to .120, .198 and .261, and has one group more around it each time
        ([(30, 0.05, 0.0), (26, 0.2, 0.0), (24, 0.38, 0.0), (24, 0.47, 0.0)], 27.1 / 104),
    ],
)
def test_a_seed_moves_to_the_mean_of_what_is_near_and_looks_alike_until_it_stays(groups, middle):
    """Voxels every 2 cm that hardly count show how far an object reaches: a meter from its middle."""
    probes = [(2, -1.49 + 0.02 * step, 0.0, 1.0) for step in range(150)]
    said, where = gathered(*[(*group, 0.1) for group in groups], *probes)
    masks = find_instances(said, where, CONFIG).masks
    reach = where[masks.any(dim=0) & (said.offsets[:, 1].abs() == 1), 0]
    assert (reach.min() + reach.max()).item() / 2 == pytest.approx(middle, abs=0.011)
    assert (reach.max() - reach.min()).item() == pytest.approx(1.98, abs=0.021)


@pytest.mark.parametrize(("own", "shared", "left"), [(38, 24, 2), (37, 26, 1)])
def test_of_objects_whose_iou_is_over_a_quarter_the_most_confident_one_stays(own, shared, left):
    """Two that gather 1.5 m apart, and voxels halfway that hardly count; the IoU is .24, then .26."""
    groups = (own, 0.0, 0.0, 0.1), (own, 1.5, 0.0, 0.15), (shared, 0.75, 0.0, 1.0)
    found = find_instances(*gathered(*groups), CONFIG)
    both = [[False] * own + [True] * (own + shared), [True] * own + [False] * own + [True] * shared]
    assert found.masks.tolist() == both[:left]


def test_an_object_that_gathers_in_two_places_is_found_once():
    found = find_instances(*gathered((20, 0.0, 0.0, 0.1), (14, 0.5, 0.0, 0.1)), CONFIG)
    assert found.masks.tolist() == [[True] * 34]


def test_all_of_many_objects_are_found():
    found = find_instances(*gathered(*[(4, 3.0 * number, 0.0, 0.1) for number in range(12)]), CONFIG)
    assert as_sets(found.masks) == {frozenset(range(4 * number, 4 * number + 4)) for number in range(12)}


@pytest.mark.parametrize(("number", "offset", "objects"), [(2, 0.1, 0), (3, 0.1, 1), (3, 0.2, 1), (3, 0.22, 0)])
def test_an_object_has_three_voxels_and_some_near_its_middle(number, offset, objects):
    """Three voxels weigh 3 exp(-1) = 1.10 at 20 cm and 3 exp(-1.21) = .89 at 22 cm."""
    assert len(find_instances(*gathered((number, 0.0, 0.0, offset)), CONFIG)) == objects


def test_a_room_without_objects_has_none():
    for scene in (ROOM[3:], ()):
        said, where, _ = (
            boxes(*scene)
            if scene
            else (VoxelOpinions(*(torch.zeros(0, n) for n in (4, 32, 3, 5))), torch.zeros(0, 3), 0)
        )
        found = find_instances(said, where, CONFIG)
        assert len(found) == len(found.confidence) == 0
        assert found.masks.shape == (0, len(where))
