"""Stage one of two: its parts are the paper's, its losses what they say, and its labels those of the points."""

import itertools
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from less3d.batch import ObjectLabels, asked_nothing, make_batch, make_scene
from less3d.errors import InputError
from less3d.models.instances import (
    InstanceConfig,
    InstanceNet,
    VoxelLabels,
    class_loss,
    embedding_losses,
    offset_losses,
    voxel_labels,
)
from less3d.scan import Scan

SMALL = InstanceConfig(classes=("chair", "wall"), channels=(8, 12), blocks=1, width=6, inputs="details")
GRID = {"voxel_size": 0.2, "num_levels": 2}


def make_scan(seed: int = 0, count: int = 400) -> Scan:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 2, (count, 3)).astype(np.float32)
    return Scan(points=points, colors=rng.integers(0, 256, (count, 3)).astype(np.uint8))


def labelled(scan: Scan, object_of, classes):
    return asked_nothing(scan, ObjectLabels(torch.as_tensor(object_of), torch.as_tensor(classes)))


def quarters(scan: Scan):
    """Four objects: a chair, a wall, another thing, a chair; the points above 1.8 m are of none."""
    number = (scan.points[:, 0] > 1) * 2 + (scan.points[:, 1] > 1)
    return labelled(scan, np.where(scan.points[:, 2] > 1.8, -1, number), [0, 1, 2, 0])


def test_the_paper_s_heads_have_the_paper_s_sizes():
    net = InstanceNet(InstanceConfig(classes=tuple(map(str, range(19)))))
    assert net.unet.widths == (32, 64, 96, 128, 160, 192, 224)
    assert net.classes.weight.shape == (20, 32)
    assert net.embedding.weight.shape == (32, 32)
    assert [tuple(layer.weight.shape) for layer in net.offset if hasattr(layer, "weight")] == [(32, 32), (3, 32)]
    assert net.unet.stem.weight.shape[1] == 3  # color alone
    heads = 33 * 20 + 33 * 32 + 33 * 32 + 33 * 3
    assert sum(values.numel() for values in net.parameters()) == unet_parameters(3, net.unet.widths) + heads


def unet_parameters(inputs: int, widths: tuple[int, ...]) -> int:
    """Two residual blocks a level on both ways, no bias, two parameters a channel for each normalization."""

    def block(width: int, wider: int) -> int:
        shortcut = 0 if width == wider else wider * width
        return shortcut + 27 * wider * width + 27 * width**2 + 2 * wider + 2 * width

    down = [2 * block(width, width) for width in widths]
    ways = [8 * one * two for one, two in itertools.pairwise(widths)]
    norms = [2 * one + 2 * two for one, two in itertools.pairwise(widths)]
    up = [block(width, 2 * width) + block(width, width) for width in widths[:-1]]
    ends = 27 * inputs * widths[0] + 2 * widths[0]
    return sum(down) + 2 * sum(ways) + sum(norms) + sum(up) + ends


@pytest.mark.parametrize("inputs", ["color", "details"])
def test_a_batch_is_its_parts_and_every_parameter_learns(inputs):
    torch.manual_seed(0)
    net = InstanceNet(replace(SMALL, inputs=inputs)).eval()
    scans = [make_scan(0), make_scan(1, 300)]
    both = net(make_scene(scans, **GRID))
    parts = [net(make_scene([scan], **GRID)) for scan in scans]
    for name in ("classes", "embeddings", "offsets", "features"):
        torch.testing.assert_close(getattr(both, name), torch.cat([getattr(part, name) for part in parts]))
    net.train().losses(make_batch([quarters(scan) for scan in scans], **GRID))["total"].backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in net.parameters())


@pytest.mark.parametrize("context", [0, 40])
def test_objects_are_described_by_all_that_the_heads_see(context):
    """In the paper's network by embeddings, which are as wide; with context those are a part of it."""
    torch.manual_seed(0)
    config = replace(SMALL, context=context)
    net = InstanceNet(config).eval()
    said = net(make_scene([make_scan(0)], **GRID))
    assert said.features.shape[1] == config.node_width
    if context:
        torch.testing.assert_close(net.classes(said.features), said.classes)
        torch.testing.assert_close(net.embedding(said.features), said.embeddings)
    else:
        torch.testing.assert_close(said.features, said.embeddings)


def test_classes_count_by_voxels_and_by_objects():
    """Three voxels of one object are right by .9, one of another by .4; a voxel of nothing does not count."""
    logits = torch.tensor([[0.9, 0.1]] * 3 + [[0.6, 0.4]] + [[0.1, 0.9]]).log()
    true = VoxelLabels(torch.tensor([0, 0, 0, 1, -1]), torch.tensor([0, 1, 0]), torch.tensor([0, 0, 0]))
    good, poor = -math.log(0.9), -math.log(0.4)
    for share in (0.0, 0.25, 1.0):
        expected = (1 - share) * (3 * good + poor) / 4 + share * (good + poor) / 2
        assert class_loss(logits, true, objects_alike=share).item() == pytest.approx(expected, abs=1e-6)
    nothing = VoxelLabels(torch.full((5,), -1), true.classes, true.scan_of)
    assert class_loss(logits, nothing, objects_alike=0.5).item() == 0


def test_pull_and_push_by_hand():
    embeddings = torch.tensor([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [2.0, 2.0], [9.0, 9.0]])
    object_of, scan_of = torch.tensor([0, 0, 1, 2, 3]), torch.tensor([0, 0, 1, 1, 1])
    parts = embedding_losses(embeddings, object_of, scan_of)
    # the mean of object 0 is (.5, 0), .5 from both of its voxels; other objects are their own means
    assert parts["pull"].item() == pytest.approx((0.5 - 0.1) ** 2 / 4)
    # of one scan are objects 0 and 1, 1.5 apart, and 2 and 3, farther than 3; object 4 has no voxel
    assert parts["push"].item() == pytest.approx((3 - 1.5) / 2)
    lengths = [0.5, 2.0, 8**0.5, 162**0.5]
    assert parts["length"].item() == pytest.approx(0.1 * sum(lengths) / 4)


def test_offsets_by_hand():
    positions = torch.tensor([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0]])
    right = torch.tensor([[2.0, 0.0, 0.0], [-2.0, 0.0, 0.0]])
    owner = torch.tensor([0, 0])
    assert all(
        value.item() == pytest.approx(0.0, abs=1e-6) for value in offset_losses(right, positions, owner, 1).values()
    )
    turned = offset_losses(-right, positions, owner, 1)
    assert turned["direction"].item() == pytest.approx(2.0)
    assert turned["offset"].item() == pytest.approx((4 - 0.5) / 3)  # smooth L1 beyond 1, over three coordinates


def test_the_order_of_voxels_does_not_matter():
    torch.manual_seed(0)
    embeddings, offsets, positions = torch.randn(30, 4), torch.randn(30, 3), torch.randn(30, 3)
    object_of, scan_of = torch.randint(0, 5, (30,)), torch.tensor([0, 0, 0, 1, 1])
    order = torch.randperm(30)
    one = embedding_losses(embeddings, object_of, scan_of) | offset_losses(offsets, positions, object_of, 5)
    other = embedding_losses(embeddings[order], object_of[order], scan_of)
    other |= offset_losses(offsets[order], positions[order], object_of[order], 5)
    for name, value in one.items():
        torch.testing.assert_close(value, other[name])


def test_walls_and_what_has_no_label_are_no_instances():
    torch.manual_seed(0)
    net, scan = InstanceNet(SMALL).eval(), make_scan()
    nothing = net.losses(make_batch([labelled(scan, np.full(400, -1), np.zeros(0, int))], **GRID))
    assert all(value.item() == 0 for value in nothing.values())
    wall = net.losses(make_batch([labelled(scan, np.zeros(400, int), [1])], **GRID))
    assert wall["class"].item() > 0
    assert all(wall[name].item() == 0 for name in ("pull", "push", "length", "offset", "direction"))


@given(st.integers(0, 1000), st.integers(1, 5))
def test_a_voxel_is_of_the_object_that_most_of_its_points_are_of(seed, objects):
    rng = np.random.default_rng(seed)
    scans = [make_scan(seed, 60), make_scan(seed + 1, 40)]
    owners = [rng.integers(-1, objects, len(scan)) for scan in scans]
    batch = make_batch(
        [labelled(scan, owner, np.zeros(objects, int)) for scan, owner in zip(scans, owners, strict=True)],
        voxel_size=0.7, num_levels=1,
    )  # fmt: skip
    found = voxel_labels(batch.scene, batch.labels)
    assert found.scan_of.tolist() == [0] * objects + [1] * objects
    for scan, owner in enumerate(owners):
        voxels = batch.scene.point_to_voxel(scan).numpy()
        of_scan = found.object_of[batch.scene.voxels_of(scan)].numpy()
        for voxel, object_of in enumerate(of_scan):
            counts = Counter(owner[voxels == voxel].tolist())
            own = -1 if object_of < 0 else object_of - scan * objects
            assert counts[own] == max(counts.values())


def test_mistakes_are_refused():
    for wrong in (
        {"channels": ()},
        {"blocks": 0},
        {"width": 0},
        {"objects_alike": 1.5},
        {"classes": ("chair", "chair")},
    ):
        with pytest.raises(InputError):
            replace(SMALL, **wrong)
    batch = make_batch(
        [asked_nothing(make_scan(), ObjectLabels(torch.full((400,), -1), torch.zeros(0, dtype=torch.int64)))], **GRID
    )
    with pytest.raises(ValueError, match="full labels of 1 scans"):
        voxel_labels(batch.scene, ())
    assert [SMALL.number_of(label) for label in ("chair", "wall", "lamp")] == [0, 1, 2]
    with pytest.raises(InputError, match="names of classes"):
        InstanceNet(replace(SMALL, classes=()))


def test_with_context_heads_see_what_surrounds_a_voxel():
    """With all weights of the finest features at zero, voxels of one coarse cell cannot be told apart, others can."""
    torch.manual_seed(0)
    net = InstanceNet(replace(SMALL, context=5)).eval()
    assert net.classes.weight.shape == (3, 5)
    scene = make_scene([make_scan()], **GRID)
    cells = scene.plan.levels[0].parents
    assert net.context is not None
    with torch.no_grad():
        net.context.mix[0].weight[:, :8] = 0.0
        said = net(scene).classes
    assert len(said) == len(scene.positions)
    coarse = scene.plan.levels[1].coords[cells, 1:]
    torch.testing.assert_close(coarse, scene.plan.levels[0].coords[:, 1:] // 2)
    for cell in cells.unique()[:10].tolist():
        own = said[cells == cell]
        torch.testing.assert_close(own, own[:1].expand_as(own))
    assert said.std(dim=0).min() > 1e-3
    with pytest.raises(InputError, match="context"):
        InstanceConfig(context=-1)
