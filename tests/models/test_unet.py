"""The U-Net has the paper's parts, and its features do not depend on how the scan is stored, moved or batched."""

import itertools

import pytest
import torch
from torch import Tensor, nn

from less3d.models.unet import PAPER_WIDTHS, SparseUNet
from less3d.sparse.layers import DownConv3d, SubmanifoldConv3d, UpConv3d
from less3d.sparse.plan import Plan, build_plan
from less3d.sparse.reference import TorchEngine
from less3d.sparse.voxels import mean_over_voxels, voxelize

WIDTHS = (4, 6, 8)


def voxels(seed: int, scans: int = 2) -> Tensor:
    """Coordinates of random voxels of several scans, (V, 4)."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(scans, 11, 9, 7, generator=generator) < 0.3).nonzero().int()


def small_unet(**options: object) -> SparseUNet:
    """A small network whose running statistics are not those of a fresh one."""
    torch.manual_seed(0)
    unet = SparseUNet(6, widths=WIDTHS, **options)
    for module in unet.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
    return unet.eval()


def inputs(coords: Tensor, levels: int = len(WIDTHS)) -> tuple[Tensor, Plan]:
    x = torch.randn(len(coords), 6, generator=torch.Generator().manual_seed(len(coords)))
    return x, build_plan(coords, levels)


def test_the_default_is_the_papers_network() -> None:
    unet = SparseUNet()
    stem, norm_out = 27 * 6 * 32, 2 * 32
    encoder = sum(2 * 2 * (2 * c + 27 * c * c) for c in PAPER_WIDTHS)  # 2 blocks of twice norm and 3x3x3
    down = up = sum(8 * fine * coarse for fine, coarse in itertools.pairwise(PAPER_WIDTHS))
    norms = sum(2 * fine + 2 * coarse for fine, coarse in itertools.pairwise(PAPER_WIDTHS))
    widening = sum(2 * c + 27 * c * c + 2 * c * c for c in PAPER_WIDTHS[:-1])  # what the first tail block has more
    decoder = encoder - 2 * 2 * (2 * 160 + 27 * 160 * 160) + widening
    count = sum(parameter.numel() for parameter in unet.parameters())
    assert count == stem + encoder + down + up + norms + decoder + norm_out
    assert round(count / 1e6) == 11, "about 11 M parameters"
    assert tuple(unet.stem.weight.shape) == (27, 6, 32)
    assert [tuple(layer.weight.shape) for layer in unet.modules() if isinstance(layer, DownConv3d)] == [
        (8, fine, coarse) for fine, coarse in itertools.pairwise(PAPER_WIDTHS)
    ]
    assert [tuple(layer.weight.shape) for layer in unet.modules() if isinstance(layer, UpConv3d)] == [
        (8, coarse, fine) for fine, coarse in itertools.pairwise(PAPER_WIDTHS)
    ]
    blocks = [(width, width) for width in PAPER_WIDTHS for _ in range(4)]
    tails = [pair for width in PAPER_WIDTHS[:-1] for pair in ((2 * width, width), *[(width, width)] * 3)]
    shapes = [tuple(layer.weight.shape[1:]) for layer in unet.modules() if isinstance(layer, SubmanifoldConv3d)]
    assert shapes == [(6, 32), *blocks, *tails]
    shortcuts = [layer for layer in unet.modules() if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in shortcuts] == [(2 * w, w) for w in PAPER_WIDTHS[:-1]]
    norms = [layer for layer in unet.modules() if isinstance(layer, nn.BatchNorm1d)]
    assert len(norms) == 2 * 18 + 4 + 4 + 1
    assert {layer.eps for layer in norms} == {1e-4}
    assert not any("bias" in name and "norm" not in name for name, _ in unet.named_parameters())


def test_every_level_is_returned_finest_first() -> None:
    coords = voxels(0)
    x, plan = inputs(coords)
    out = small_unet(blocks=1)(x, plan)
    assert [tuple(level.shape) for level in out.levels] == [
        (len(level.coords), width) for level, width in zip(plan.levels, WIDTHS, strict=True)
    ]
    assert out.raw.shape == out.features.shape == (len(coords), WIDTHS[0])
    assert torch.equal(out.features, out.raw.clamp(min=0))
    assert bool((out.raw < 0).any())


def test_every_parameter_gets_a_gradient() -> None:
    unet = small_unet().train()
    x, plan = inputs(voxels(1))
    unet(x, plan).features.square().sum().backward()
    assert [name for name, p in unet.named_parameters() if p.grad is None or not bool(p.grad.abs().sum() > 0)] == []


def test_a_level_of_a_single_voxel_trains_as_in_evaluation() -> None:
    """One voxel has no variance to be normalized by; BatchNorm of PyTorch refuses it in training."""
    coords = torch.tensor([[0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 1, 2]], dtype=torch.int32)
    x, plan = inputs(coords)
    assert [len(level.coords) for level in plan.levels] == [3, 2, 1]
    unet = small_unet().train()
    bottom = unet.encoder[-1].blocks[0].norm1
    before = bottom.running_mean.clone()
    unet(x, plan).raw.square().sum().backward()
    assert all(bool(p.grad.isfinite().all()) for p in unet.parameters())
    assert torch.equal(bottom.running_mean, before)
    x, plan = inputs(coords[:1])
    assert torch.equal(small_unet().train()(x, plan).raw, small_unet()(x, plan).raw)


def test_gradients_are_those_of_finite_differences() -> None:
    torch.manual_seed(0)
    unet = SparseUNet(2, widths=(2, 3), blocks=1).double().eval()
    plan = build_plan(voxels(2, 1)[::6].contiguous(), 2)
    x = torch.randn(len(plan.levels[0].coords), 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: unet(x, plan).raw, (x,), fast_mode=True)


@pytest.mark.parametrize("level", range(len(WIDTHS) - 1))
def test_skips_carry_what_the_encoder_saw(level: int) -> None:
    """With nothing coming up from below, the decoder still depends on what came in."""
    unet, (x, plan) = small_unet(), inputs(voxels(11))
    nn.init.zeros_(unet.up[level].get_submodule("conv").weight)
    assert not torch.equal(unet(x, plan).levels[level], unet(x + 1, plan).levels[level])


@pytest.mark.parametrize("level", range(len(WIDTHS) - 1))
def test_what_comes_up_from_below_reaches_the_decoder(level: int) -> None:
    unet, (x, plan) = small_unet(), inputs(voxels(12))
    before = unet(x, plan).levels[level]
    nn.init.zeros_(unet.up[level].get_submodule("conv").weight)
    assert not torch.equal(unet(x, plan).levels[level], before)


def test_evaluation_is_repeatable() -> None:
    unet, (x, plan) = small_unet(), inputs(voxels(3))
    assert torch.equal(unet(x, plan).raw, unet(x, plan).raw)


def test_a_batch_equals_its_parts() -> None:
    unet, coords = small_unet(), voxels(4, scans=3)
    x, plan = inputs(coords)
    together = unet(x, plan).raw
    for scan in range(3):
        rows = coords[:, 0] == scan
        part = coords[rows] * torch.tensor([0, 1, 1, 1], dtype=torch.int32)
        torch.testing.assert_close(unet(x[rows], build_plan(part, len(WIDTHS))).raw, together[rows])


def test_the_order_of_points_does_not_matter() -> None:
    unet, generator = small_unet(), torch.Generator().manual_seed(5)
    points, colors = torch.rand(500, 3, generator=generator), torch.rand(500, 6, generator=generator)
    order = torch.randperm(500, generator=generator)

    def features(rows: Tensor) -> Tensor:
        grid = voxelize([points[rows]], 0.1)
        out = unet(mean_over_voxels(colors[rows], grid), build_plan(grid.coords, len(WIDTHS)))
        return out.raw[grid.point_to_voxel]

    torch.testing.assert_close(features(torch.arange(500))[order], features(order))


@pytest.mark.parametrize(("shift", "unchanged"), [(2 ** (len(WIDTHS) - 1), True), (1, False)])
def test_shifting_by_the_coarsest_stride_changes_nothing(shift: int, unchanged: bool) -> None:
    unet, coords = small_unet(), voxels(6)
    x, plan = inputs(coords)
    moved = coords + torch.tensor([0, shift, 2 * shift, 3 * shift], dtype=torch.int32)
    assert torch.equal(unet(x, plan).raw, unet(x, build_plan(moved, len(WIDTHS))).raw) == unchanged


def test_align_meets_the_voxels_at_the_entry_of_every_encoder_level() -> None:
    unet, coords = small_unet(), voxels(7)
    x, plan = inputs(coords)
    seen = []

    def note(level: int, x: Tensor, scan_index: Tensor) -> Tensor:
        seen.append((level, tuple(x.shape), scan_index))
        return x

    assert torch.equal(unet(x, plan, align=note).raw, unet(x, plan).raw)
    assert [entry[:2] for entry in seen] == [
        (index, (len(level.coords), width))
        for index, (level, width) in enumerate(zip(plan.levels, WIDTHS, strict=True))
    ]
    assert all(torch.equal(entry[2], level.coords[:, 0].long()) for entry, level in zip(seen, plan.levels, strict=True))


@pytest.mark.parametrize("level", range(len(WIDTHS)))
def test_what_align_returns_is_what_the_level_reads(level: int) -> None:
    """With a level's input replaced, no coarser level depends on what came in."""
    unet = small_unet()
    x, plan = inputs(voxels(8))

    def bottom(x: Tensor) -> Tensor:
        return unet(x, plan, align=lambda index, x, _: torch.ones_like(x) if index == level else x).levels[-1]

    assert torch.equal(bottom(x), bottom(x + 1))
    assert not torch.equal(unet(x, plan).levels[-1], unet(x + 1, plan).levels[-1])


def test_another_engine_does_the_work() -> None:
    class Counting(TorchEngine):
        calls = 0

        def submanifold(self, x: Tensor, weight: Tensor, kernel_map: object) -> Tensor:
            Counting.calls += 1
            return super().submanifold(x, weight, kernel_map)

    x, plan = inputs(voxels(9))
    ours, counted = small_unet()(x, plan).raw, small_unet(engine=Counting())(x, plan).raw
    assert torch.equal(ours, counted)
    assert Counting.calls == 1 + 2 * 2 * (2 * len(WIDTHS) - 1)


def test_a_plan_of_other_levels_is_refused() -> None:
    x, plan = inputs(voxels(10), levels=2)
    with pytest.raises(ValueError, match="3 levels, got 2"):
        small_unet()(x, plan)
