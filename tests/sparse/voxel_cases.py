"""Random voxels, and the way between sparse features and a dense grid."""

import torch
from torch import Tensor

SHAPE = (3, 10, 8, 6)


def random_voxels(seed: int, share: float = 0.3, shape: tuple[int, ...] = SHAPE) -> Tensor:
    """Coordinates of a share of the cells of a grid (scan, x, y, z), at least one, sorted."""
    occupied = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < share
    occupied[0, 1, 2, 3] = True
    return occupied.nonzero().int().contiguous()


def to_dense(x: Tensor, coords: Tensor, shape: tuple[int, ...] = SHAPE) -> Tensor:
    """(V, C) onto a grid of zeros, (B, C, X, Y, Z)."""
    scan, *xyz = coords.long().unbind(dim=1)
    dense = x.new_zeros(shape[0], *shape[1:], x.shape[1])
    return dense.index_put((scan, *xyz), x).permute(0, 4, 1, 2, 3)


def from_dense(dense: Tensor, coords: Tensor) -> Tensor:
    """What the grid says at the voxels, (V, C)."""
    scan, *xyz = coords.long().unbind(dim=1)
    return dense.permute(0, 2, 3, 4, 1)[(scan, *xyz)]
