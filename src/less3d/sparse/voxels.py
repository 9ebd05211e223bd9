"""From points to voxels: the cells of a regular grid that hold at least one point."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float32, Int32, Int64
from torch import Tensor

from less3d.errors import InputError
from less3d.sparse.keys import MAX_EXTENT, pack, unpack


@dataclass(frozen=True, eq=False)
class VoxelGrid:
    """The occupied voxels of one or several scans, sorted by scan, then x, y, z."""

    coords: Int32[Tensor, "V 4"]
    """Scan index and x, y, z in voxels, counted from the scan's smallest coordinate on each axis."""
    point_to_voxel: Int64[Tensor, "P"]
    """The row in `coords` of each point, the points of all scans one after the other."""
    voxel_size: float
    """Metres."""


def voxelize(points: Sequence[Float32[Tensor, "_ 3"]], voxel_size: float) -> VoxelGrid:
    """Find the voxels that hold the points of each scan.

    Args:
        points: for each scan its points, metres.
        voxel_size: edge of a voxel, metres.

    Raises:
        InputError: when the voxel size is not positive, there is no scan, a scan has no points, or its extent is too
            large to index.
    """
    if not voxel_size > 0:
        raise InputError(f"the voxel size must be positive, got {voxel_size}")
    if not points:
        raise InputError("voxelizing needs at least one scan, got none")
    coords = [_coords(xyz, scan, voxel_size) for scan, xyz in enumerate(points)]
    keys, point_to_voxel = torch.unique(pack(torch.cat(coords)), sorted=True, return_inverse=True)
    return VoxelGrid(unpack(keys), point_to_voxel, float(voxel_size))


def mean_over_voxels(values: Float[Tensor, "P C"], grid: VoxelGrid) -> Float[Tensor, "V C"]:
    """The mean of the values of each voxel's points."""
    return mean_by(values, grid.point_to_voxel, len(grid.coords))


def mean_by(values: Float[Tensor, "V C"], group: Int64[Tensor, "V"], count: int) -> Float[Tensor, "G C"]:
    """Mean of the rows of each of `count` groups; zero for a group without a row."""
    total = values.new_zeros(count, values.shape[1]).index_add_(0, group, values)
    return total / torch.bincount(group, minlength=count).clamp(min=1)[:, None]


def _coords(xyz: Float32[Tensor, "N 3"], scan: int, voxel_size: float) -> Int32[Tensor, "N 4"]:
    """Scan index and voxel of each point; in float64, so that a large scan loses nothing."""
    if len(xyz) == 0:
        raise InputError(f"a scan needs at least one point, scan {scan} of the batch has none")
    cells = xyz.double()
    cells = torch.floor((cells - cells.amin(dim=0)) / voxel_size)
    extent = float(cells.max()) + 1
    if not extent <= MAX_EXTENT:
        raise InputError(
            f"a scan may span at most {MAX_EXTENT * voxel_size:.0f} m at voxels of {voxel_size} m, got "
            f"{extent * voxel_size:.0f} m: check its units, remove stray points, or use larger voxels"
        )
    return torch.cat([torch.full_like(cells[:, :1], scan), cells], dim=1).int()
