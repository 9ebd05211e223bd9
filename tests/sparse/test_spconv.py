"""Every engine gives what spconv gives at one thread (with more, spconv's CPU build gives wrong numbers)."""

import os
import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn
from voxel_cases import SHAPE, random_voxels

from less3d.sparse.engine import SparseEngine
from less3d.sparse.keys import pack
from less3d.sparse.plan import build_plan
from less3d.sparse.reference import TorchEngine
from less3d.sparse.table import TableEngine


@pytest.fixture(scope="module")
def spconv() -> ModuleType:
    """spconv brings an OpenMP of its own, which reads the number of threads once, when it is loaded."""
    if sys.version_info >= (3, 14) and find_spec("spconv") is None:
        pytest.skip("spconv 2.3.8 has wheels up to Python 3.13 only")
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("spconv.pytorch")  # installed but broken is a failure: it is the oracle
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


def with_weight(layer: nn.Module, weight: Tensor) -> nn.Module:
    """The layer with our weight (K, Cin, Cout), which spconv keeps as (Cout, k, k, k, Cin)."""
    layer.weight.data = weight.detach().permute(2, 0, 1).reshape(layer.weight.shape).contiguous()
    return layer


def as_ours(weight: Tensor) -> Tensor:
    """The inverse of `with_weight`, for gradients."""
    return weight.flatten(1, 3).permute(1, 2, 0)


@pytest.mark.parametrize("engine", [TorchEngine(), TableEngine()], ids=["torch", "table"])
@pytest.mark.parametrize("share", [0.05, 0.5])
def test_the_three_convolutions_agree(
    spconv: ModuleType, share: float, engine: SparseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward and backward."""
    # spconv asks for a CUDA stream before it goes backward on the CPU, where it has no use for it
    monkeypatch.setattr("spconv.pytorch.ops.get_current_stream", lambda: 0)
    coords = random_voxels(0, share)
    fine, coarse = build_plan(coords, 2).levels
    assert fine.down_map is not None
    shapes = (len(coords), 6), (27, 6, 8), (8, 8, 12), (8, 12, 4)
    x, same, down, up = inputs = [torch.randn(shape, requires_grad=True) for shape in shapes]
    ours = [engine.submanifold(x, same, fine.kernel_map)]
    ours.append(engine.down(ours[0], down, fine.down_map))
    ours.append(engine.up(ours[1], up, fine.down_map))
    layers = [
        with_weight(spconv.SubMConv3d(6, 8, 3, bias=False), same),
        with_weight(spconv.SparseConv3d(8, 12, 2, stride=2, bias=False, indice_key="down"), down),
        with_weight(spconv.SparseInverseConv3d(12, 4, 2, bias=False, indice_key="down"), up),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = layers[0](spconv.SparseConvTensor(x, coords, list(SHAPE[1:]), SHAPE[0]))
        second = layers[1](first)
        third = layers[2](second)
    for mine, theirs, level in zip(ours, (first, second, third), (fine, coarse, fine), strict=True):
        order = torch.argsort(pack(theirs.indices))
        assert torch.equal(theirs.indices[order], level.coords)
        torch.testing.assert_close(mine, theirs.features[order], rtol=1e-4, atol=1e-4)
    upstream = torch.randn_like(ours[2])
    gradients = torch.autograd.grad(ours[2], inputs, upstream)
    weights = [layer.weight for layer in layers]
    theirs = torch.autograd.grad(third.features[order], [x, *weights], upstream)
    for mine, other in zip(gradients, [theirs[0], *map(as_ours, theirs[1:])], strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-3)
