"""Sparse convolutions as layers: a weight of shape (K, C_in, C_out), no bias, and an engine that does the work."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from less3d.sparse.engine import SparseEngine
from less3d.sparse.plan import DownMap, KernelMap


class SubmanifoldConv3d(nn.Module):
    """3x3x3 convolution that keeps the voxels it is given."""

    def __init__(self, in_channels: int, out_channels: int, engine: SparseEngine) -> None:
        super().__init__()
        self.engine = engine
        self.weight = _kernel(27, in_channels, out_channels)

    def forward(self, x: Float[Tensor, "V Cin"], kernel_map: KernelMap) -> Float[Tensor, "V Cout"]:
        """Convolve the features of the map's voxels."""
        return self.engine.submanifold(x, self.weight, kernel_map)


class DownConv3d(nn.Module):
    """2x2x2 convolution of stride 2 onto the voxels of the next level."""

    def __init__(self, in_channels: int, out_channels: int, engine: SparseEngine) -> None:
        super().__init__()
        self.engine = engine
        self.weight = _kernel(8, in_channels, out_channels)

    def forward(self, x: Float[Tensor, "V Cin"], down_map: DownMap) -> Float[Tensor, "U Cout"]:
        """From children to parents."""
        return self.engine.down(x, self.weight, down_map)


class UpConv3d(nn.Module):
    """The inverse of `DownConv3d`, back onto the voxels of the finer level."""

    def __init__(self, in_channels: int, out_channels: int, engine: SparseEngine) -> None:
        super().__init__()
        self.engine = engine
        self.weight = _kernel(8, in_channels, out_channels)

    def forward(self, x: Float[Tensor, "U Cin"], down_map: DownMap) -> Float[Tensor, "V Cout"]:
        """From parents to children."""
        return self.engine.up(x, self.weight, down_map)


def _kernel(volume: int, in_channels: int, out_channels: int) -> nn.Parameter:
    """Uniform in +-1 / sqrt(volume * in_channels), the default of PyTorch's dense convolutions."""
    bound = 1 / math.sqrt(volume * in_channels)
    return nn.Parameter(torch.empty(volume, in_channels, out_channels).uniform_(-bound, bound))
