"""The plain engine gives what spconv gives at one thread (with more, spconv's CPU build gives wrong numbers)."""

import os
import warnings
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn
from voxel_cases import SHAPE, random_voxels

from less3d.sparse.keys import pack
from less3d.sparse.plan import build_plan
from less3d.sparse.reference import TorchEngine

ENGINE = TorchEngine()


@pytest.fixture(scope="module")
def spconv() -> ModuleType:
    """spconv brings an OpenMP of its own, which reads the number of threads once, when it is loaded."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pytest.importorskip(
                "spconv.pytorch", reason="spconv has no build for this machine", exc_type=ImportError
            )
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before


def with_weight(layer: nn.Module, weight: Tensor) -> nn.Module:
    """The layer with our weight (K, Cin, Cout), which spconv keeps as (Cout, k, k, k, Cin)."""
    layer.weight.data = weight.permute(2, 0, 1).reshape(layer.weight.shape).contiguous()
    return layer


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_the_three_convolutions_agree(spconv: ModuleType, share: float) -> None:
    coords = random_voxels(0, share)
    fine, coarse = build_plan(coords, 2).levels
    assert fine.down_map is not None
    x, same, down, up = (torch.randn(shape) for shape in ((len(coords), 6), (27, 6, 8), (8, 8, 12), (8, 12, 4)))
    ours = [ENGINE.submanifold(x, same, fine.kernel_map)]
    ours.append(ENGINE.down(ours[0], down, fine.down_map))
    ours.append(ENGINE.up(ours[1], up, fine.down_map))
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensor = spconv.SparseConvTensor(x, coords, list(SHAPE[1:]), SHAPE[0])
        first = with_weight(spconv.SubMConv3d(6, 8, 3, bias=False), same)(tensor)
        second = with_weight(spconv.SparseConv3d(8, 12, 2, stride=2, bias=False, indice_key="down"), down)(first)
        third = with_weight(spconv.SparseInverseConv3d(12, 4, 2, bias=False, indice_key="down"), up)(second)
    for mine, theirs, level in zip(ours, (first, second, third), (fine, coarse, fine), strict=True):
        order = torch.argsort(pack(theirs.indices))
        assert torch.equal(theirs.indices[order], level.coords)
        torch.testing.assert_close(mine, theirs.features[order], rtol=1e-4, atol=1e-4)
