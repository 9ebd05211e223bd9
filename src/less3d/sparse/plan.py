"""Plans: who is whose neighbour at every level of a U-Net, found once a scan and used by every layer.

A plan holds no features and no weights. Its maps list *pairs* of voxels, which is all that a sparse convolution needs
to know about space. Level 0 has the voxels as they came; each further level has voxels twice as large.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Int32, Int64
from torch import Tensor

from less3d.errors import InputError
from less3d.sparse.keys import pack, step, unpack

OFFSETS = tuple((dx, dy, dz) for dx in (-1, 0, 1) for dy in (-1, 0, 1) for dz in (-1, 0, 1))
"""The 27 offsets of a 3x3x3 kernel, in the order of its weights: the centre is 13, the opposite of k is 26 - k."""
CENTER = 13


@dataclass(frozen=True, eq=False)
class KernelMap:
    """The neighbours within 3x3x3 among V voxels.

    Only the 13 offsets after the centre are listed: a pair (p, p + d) of offset d is the pair (p + d, p) of -d.
    """

    low: Int64[Tensor, "M"]
    """Rows p, offset by offset; ascending and without repetition within an offset."""
    high: Int64[Tensor, "M"]
    """Rows of p + d."""
    counts: tuple[int, ...]
    """How many of the M pairs belong to each of the offsets 14 to 26."""
    num_voxels: int
    """V."""


@dataclass(frozen=True, eq=False)
class DownMap:
    """The way from V child voxels to U parents twice as large: child c lies in parent c // 2 at offset c % 2."""

    child: Int64[Tensor, "V"]
    """Rows of the children, offset by offset; ascending within an offset."""
    parent: Int64[Tensor, "V"]
    """Row of the parent of each entry of `child`; no parent comes twice within an offset."""
    counts: tuple[int, ...]
    """How many children there are at each of the 8 offsets, x slowest."""
    num_parents: int
    """U."""


@dataclass(frozen=True, eq=False)
class Level:
    """The voxels of one level, their neighbours, and the way to the next level (None at the last)."""

    coords: Int32[Tensor, "V 4"]
    """Scan index and x, y, z in voxels of this level, sorted."""
    kernel_map: KernelMap
    down_map: DownMap | None


@dataclass(frozen=True, eq=False)
class Plan:
    """The levels of one batch of scans, finest first."""

    levels: tuple[Level, ...]

    def to(self, device: torch.device | str) -> "Plan":
        """The same plan on another device."""
        return Plan(tuple(_level_to(level, device) for level in self.levels))


def build_plan(coords: Int32[Tensor, "V 4"], num_levels: int) -> Plan:
    """Find all neighbours of all levels; voxels of different scans are never neighbours.

    Args:
        coords: scan index, x, y, z in voxels; sorted and without repetition, as `voxelize` gives them.
        num_levels: at least 1.

    Raises:
        InputError: when coordinates are negative, too large, repeated, or not sorted.
    """
    keys = pack(coords)
    if not bool((keys[1:] > keys[:-1]).all()):
        raise InputError("a plan needs voxels sorted by scan, x, y, z without repetition: use voxelize")
    levels = []
    for _ in range(num_levels - 1):
        parent_keys, down_map = _find_parents(coords)
        levels.append(Level(coords, _find_neighbours(keys), down_map))
        keys, coords = parent_keys, unpack(parent_keys)
    levels.append(Level(coords, _find_neighbours(keys), None))
    return Plan(tuple(levels))


def _find_neighbours(keys: Int64[Tensor, "V"]) -> KernelMap:
    """The pairs of the 13 offsets after the centre.

    The three offsets (dx, dy, -1..1) are neighbours in key order too, so one search finds the place of all three.
    """
    padded = torch.cat([keys, keys.new_full((3,), torch.iinfo(torch.int64).max)])
    low, high = [], []
    for dx, dy in ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1)):
        rows = torch.searchsorted(keys, keys + step(dx, dy, -1))
        for dz in (-1, 0, 1):
            if (dx, dy, dz) > (0, 0, 0):
                wanted = keys + step(dx, dy, dz)
                found = torch.nonzero(padded[rows] == wanted).squeeze(1)
                low.append(found)
                high.append(rows[found])
            rows = rows + (padded[rows] == keys + step(dx, dy, dz))
    return KernelMap(torch.cat(low), torch.cat(high), tuple(len(rows) for rows in low), len(keys))


def _find_parents(coords: Int32[Tensor, "V 4"]) -> tuple[Int64[Tensor, "U"], DownMap]:
    """The keys of the voxels twice as large, sorted, and the map to them."""
    halved = torch.cat([coords[:, :1], coords[:, 1:] // 2], dim=1)
    keys, parent = torch.unique(pack(halved), sorted=True, return_inverse=True)
    odd = coords[:, 1:] % 2
    offset = odd[:, 0] * 4 + odd[:, 1] * 2 + odd[:, 2]
    child = torch.argsort(offset, stable=True)
    counts = torch.bincount(offset, minlength=8).tolist()
    return keys, DownMap(child, parent[child], tuple(counts), len(keys))


def _level_to(level: Level, device: torch.device | str) -> Level:
    kernel_map, down_map = level.kernel_map, level.down_map
    if down_map is not None:
        down_map = replace(down_map, child=down_map.child.to(device), parent=down_map.parent.to(device))
    return Level(
        level.coords.to(device),
        replace(kernel_map, low=kernel_map.low.to(device), high=kernel_map.high.to(device)),
        down_map,
    )
