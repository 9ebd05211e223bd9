"""Every engine gives what dense convolutions give, forward and backward."""

import pytest
import torch
from torch.nn import functional as F
from voxel_cases import SHAPE, from_dense, random_voxels, to_dense

from less3d.sparse.auto import AutoEngine
from less3d.sparse.engine import SparseEngine
from less3d.sparse.layers import DownConv3d, SubmanifoldConv3d, UpConv3d
from less3d.sparse.plan import build_plan
from less3d.sparse.reference import TorchEngine
from less3d.sparse.table import TableEngine

ENGINES = pytest.mark.parametrize("engine", [TorchEngine(), TableEngine(), AutoEngine()], ids=type)
SHARES = pytest.mark.parametrize("share", [0.0, 0.03, 0.3, 1.0])


def random(*shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, dtype=torch.float64, generator=generator).requires_grad_()


def assert_same(ours: torch.Tensor, dense: torch.Tensor, *inputs: torch.Tensor) -> None:
    """Equal values, and equal gradients of every input."""
    torch.testing.assert_close(ours, dense)
    upstream = torch.randn_like(ours)
    mine, theirs = torch.autograd.grad(ours, inputs, upstream), torch.autograd.grad(dense, inputs, upstream)
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other)


@ENGINES
@SHARES
@pytest.mark.parametrize("tile_size", [60, 8192])
def test_submanifold_is_dense_convolution_at_the_voxels(engine: SparseEngine, share: float, tile_size: int) -> None:
    coords = random_voxels(0, share)
    kernel_map = build_plan(coords, 1, tile_size=tile_size).levels[0].kernel_map
    x, weight = random(len(coords), 5), random(27, 5, 7)
    kernel = weight.view(3, 3, 3, 5, 7).permute(4, 3, 0, 1, 2)
    dense = F.conv3d(to_dense(x, coords), kernel, padding=1)
    assert_same(engine.submanifold(x, weight, kernel_map), from_dense(dense, coords), x, weight)


@ENGINES
@SHARES
def test_down_is_dense_convolution_of_stride_2(engine: SparseEngine, share: float) -> None:
    fine, coarse = build_plan(random_voxels(1, share), 2).levels
    assert fine.down_map is not None
    x, weight = random(len(fine.coords), 5), random(8, 5, 7)
    dense = F.conv3d(to_dense(x, fine.coords), weight.view(2, 2, 2, 5, 7).permute(4, 3, 0, 1, 2), stride=2)
    assert_same(engine.down(x, weight, fine.down_map), from_dense(dense, coarse.coords), x, weight)


@ENGINES
@SHARES
def test_up_is_dense_transposed_convolution_at_the_voxels(engine: SparseEngine, share: float) -> None:
    fine, coarse = build_plan(random_voxels(2, share), 2).levels
    assert fine.down_map is not None
    x, weight = random(len(coarse.coords), 5), random(8, 5, 7)
    halved = (SHAPE[0], *(extent // 2 for extent in SHAPE[1:]))
    kernel = weight.view(2, 2, 2, 5, 7).permute(3, 4, 0, 1, 2)
    dense = F.conv_transpose3d(to_dense(x, coarse.coords, halved), kernel, stride=2)
    assert_same(engine.up(x, weight, fine.down_map), from_dense(dense, fine.coords), x, weight)


@ENGINES
def test_gradients_are_those_of_finite_differences(engine: SparseEngine) -> None:
    fine, coarse = build_plan(random_voxels(3, 0.4, (2, 2, 4, 4)), 2, tile_size=13).levels
    assert fine.down_map is not None
    many, few = random(len(fine.coords), 2), random(len(coarse.coords), 2)
    for operation, x, weight, pairs in (
        (engine.submanifold, many, random(27, 2, 3), fine.kernel_map),
        (engine.down, many, random(8, 2, 3), fine.down_map),
        (engine.up, few, random(8, 2, 3), fine.down_map),
    ):
        assert torch.autograd.gradcheck(operation, (x, weight, pairs), fast_mode=True)


@ENGINES
def test_scans_of_a_batch_never_mix(engine: SparseEngine) -> None:
    coords = random_voxels(4, 0.5)
    fine = build_plan(coords, 2).levels[0]
    assert fine.down_map is not None
    others = fine.coords[:, 0] != 1
    x, weight, down, up = (random(*shape) for shape in ((len(coords), 3), (27, 3, 3), (8, 3, 3), (8, 3, 3)))

    def outputs(x: torch.Tensor) -> torch.Tensor:
        y = engine.submanifold(x, weight, fine.kernel_map)
        return engine.up(engine.down(y, down, fine.down_map), up, fine.down_map)

    changed = torch.where(others[:, None], x, x + 1)
    assert torch.equal(outputs(x)[others], outputs(changed)[others])
    assert not torch.equal(outputs(x)[~others], outputs(changed)[~others])


@ENGINES
def test_strided_inputs_and_gradients_change_nothing(engine: SparseEngine) -> None:
    coords = random_voxels(5)
    kernel_map = build_plan(coords, 1).levels[0].kernel_map
    x, weight = random(4, len(coords)), random(27, 4, 3)
    upstream = torch.randn(3, len(coords), dtype=torch.float64).t()
    given = torch.autograd.grad(engine.submanifold(x.t(), weight, kernel_map), (x, weight), upstream)
    plain = torch.autograd.grad(
        engine.submanifold(x.t().contiguous(), weight, kernel_map), (x, weight), upstream.contiguous()
    )
    torch.testing.assert_close(given, plain)


@ENGINES
def test_the_same_call_gives_the_same_bits(engine: SparseEngine) -> None:
    coords = random_voxels(6)
    kernel_map = build_plan(coords, 1).levels[0].kernel_map
    x, weight = random(len(coords), 16), random(27, 16, 16)
    runs = []
    for _ in range(2):
        y = engine.submanifold(x.float(), weight.float(), kernel_map)
        runs.append((y, *torch.autograd.grad(y.square().sum(), (x, weight))))
    assert all(torch.equal(one, other) for one, other in zip(*runs, strict=True))


@ENGINES
def test_layers_pass_their_weight_to_the_engine(engine: SparseEngine) -> None:
    fine, coarse = build_plan(random_voxels(7), 2).levels
    assert fine.down_map is not None
    x, y = torch.randn(len(fine.coords), 4), torch.randn(len(coarse.coords), 4)
    same, down, up = (layer(4, 6, engine) for layer in (SubmanifoldConv3d, DownConv3d, UpConv3d))
    assert torch.equal(same(x, fine.kernel_map), engine.submanifold(x, same.weight, fine.kernel_map))
    assert torch.equal(down(x, fine.down_map), engine.down(x, down.weight, fine.down_map))
    assert torch.equal(up(y, fine.down_map), engine.up(y, up.weight, fine.down_map))


def test_fresh_weights_are_those_of_a_dense_layer() -> None:
    torch.manual_seed(0)
    dense = torch.nn.Conv3d(32, 64, 3, bias=False).weight.detach()
    ours = SubmanifoldConv3d(32, 64, TorchEngine()).weight.detach()
    assert float(ours.std()) == pytest.approx(float(dense.std()), rel=0.02)
    assert float(ours.abs().max()) == pytest.approx(float(dense.abs().max()), rel=0.02)
