"""One int64 key a voxel, so that finding a voxel is a search in a sorted array.

A key packs (scan, x, y, z) with a one-voxel margin on each axis: stepping to any of the 26 neighbors adds a constant
to the key and never runs over into another axis or another scan.
"""

import torch
from jaxtyping import Int32, Int64
from torch import Tensor

from less3d.errors import InputError

_AXIS_BITS = 17
_SCAN_BITS = 63 - 3 * _AXIS_BITS
MAX_EXTENT = 2**_AXIS_BITS - 2
"""Most voxels along an axis: 2.6 km at 2 cm."""
MAX_SCANS = 2**_SCAN_BITS
"""Most scans in one tensor of voxels."""


def pack(coords: Int32[Tensor, "V 4"]) -> Int64[Tensor, "V"]:
    """Keys of (scan, x, y, z); keys sort as the coordinates do, from left to right.

    Raises:
        InputError: when a coordinate is negative, or too large to be packed.
    """
    if len(coords) and (int(coords.min()) < 0 or int(coords[:, 1:].max()) >= MAX_EXTENT):
        raise InputError(
            f"voxel coordinates must lie in 0..{MAX_EXTENT - 1}, got {int(coords.min())}..{int(coords[:, 1:].max())}: "
            "check the scan's units, remove stray points, or use larger voxels"
        )
    if len(coords) and int(coords[:, 0].max()) >= MAX_SCANS:
        raise InputError(f"at most {MAX_SCANS} scans fit in one batch, got {int(coords[:, 0].max()) + 1}")
    scan, x, y, z = coords.long().unbind(dim=1)
    return (((((scan << _AXIS_BITS) + x + 1) << _AXIS_BITS) + y + 1) << _AXIS_BITS) + z + 1


def unpack(keys: Int64[Tensor, "V"]) -> Int32[Tensor, "V 4"]:
    """The inverse of `pack`."""
    mask = 2**_AXIS_BITS - 1
    axes = [((keys >> (_AXIS_BITS * shift)) & mask) - 1 for shift in (2, 1, 0)]
    return torch.stack([keys >> (3 * _AXIS_BITS), *axes], dim=1).int()


def step(dx: int, dy: int, dz: int) -> int:
    """What to add to a key to move by (dx, dy, dz) voxels, each -1, 0 or 1."""
    return (((dx << _AXIS_BITS) + dy) << _AXIS_BITS) + dz
