"""Plans: who is whose neighbor at every level of a U-Net, found once a scan and used by every layer.

A plan holds no features and no weights. Its maps list *pairs* of voxels, which is all that a sparse convolution needs
to know about space. Level 0 has the voxels as they came; each further level has voxels twice as large.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Int32, Int64
from torch import Tensor
from torch.nn import functional as F

from less3d.errors import InputError
from less3d.sparse.keys import pack, step, unpack

OFFSETS = tuple((dx, dy, dz) for dx in (-1, 0, 1) for dy in (-1, 0, 1) for dz in (-1, 0, 1))
"""The 27 offsets of a 3x3x3 kernel, in the order of its weights: the center is 13, the opposite of k is 26 - k."""
CENTER = 13
"""The offset (0, 0, 0)."""
_TILE_SIZE = 8192


@dataclass(frozen=True, eq=False)
class KernelTile:
    """The neighbors within 3x3x3 of T voxels in a row, so few that their products fit a processor's cache.

    The M pairs (target p, source p + d) are listed offset by offset. `order` lists them again target by target: the
    pairs of target t are `order[starts[t]:starts[t + 1]]`.
    """

    start: int
    """Row of the tile's first target."""
    source: Int32[Tensor, "M"]
    """Rows of p + d among all voxels."""
    target: Int32[Tensor, "M"]
    """Rows of p within the tile: ascending and without repetition within an offset."""
    counts: tuple[int, ...]
    """How many pairs each of the 27 offsets has."""
    order: Int32[Tensor, "M"]
    starts: Int32[Tensor, "_"]


@dataclass(frozen=True, eq=False)
class KernelMap:
    """The neighbors within 3x3x3 among V voxels, tile by tile."""

    num_voxels: int
    """V."""
    tiles: tuple[KernelTile, ...]

    @cached_property
    def table(self) -> Int32[Tensor, "V 27"]:
        """For each voxel the row of its neighbor at each offset, V for none."""
        table = self.tiles[0].source.new_full((self.num_voxels, len(OFFSETS)), self.num_voxels)
        for tile in self.tiles:
            counts = torch.tensor(tile.counts, device=table.device)
            offset = torch.repeat_interleave(counts, output_size=len(tile.source))
            table[tile.start + tile.target.long(), offset] = tile.source
        return table


@dataclass(frozen=True, eq=False)
class DownMap:
    """The way from V child voxels to U parents twice as large: child c lies in parent c // 2 at offset c % 2.

    The V pairs are listed offset by offset. `order` lists them again parent by parent, as in `KernelTile`.
    """

    child: Int32[Tensor, "V"]
    """Rows of the children: ascending within an offset."""
    parent: Int32[Tensor, "V"]
    """Rows of their parents: without repetition within an offset."""
    counts: tuple[int, ...]
    """How many children there are at each of the 8 offsets, x slowest."""
    order: Int32[Tensor, "V"]
    starts: Int32[Tensor, "_"]
    slot: Int32[Tensor, "V"]
    """Where each child stands in `child`."""

    @cached_property
    def place(self) -> Int32[Tensor, "V"]:
        """Of each child, eight times its parent and its offset."""
        offset = torch.repeat_interleave(
            torch.tensor(self.counts, device=self.child.device), output_size=len(self.child)
        )
        return torch.empty_like(self.parent).index_copy_(0, self.child.long(), 8 * self.parent + offset.int())

    @cached_property
    def table(self) -> Int32[Tensor, "U 8"]:
        """For each parent its child at each offset, V for none."""
        count = len(self.child)
        table = self.child.new_full((8 * (len(self.starts) - 1),), count)
        children = torch.arange(count, dtype=torch.int32, device=table.device)
        return table.index_copy_(0, self.place.long(), children).view(-1, 8)


@dataclass(frozen=True, eq=False)
class Level:
    """The voxels of one level, their neighbors, and the way to the next level (None at the last)."""

    coords: Int32[Tensor, "V 4"]
    """Scan index and x, y, z in voxels of this level, sorted."""
    kernel_map: KernelMap
    down_map: DownMap | None

    @property
    def parents(self) -> Int64[Tensor, "V"]:
        """The row of the next level's voxel that each voxel lies in; there must be a next level."""
        down = self.down_map
        assert down is not None
        return torch.empty_like(down.parent).index_copy_(0, down.child.long(), down.parent).long()


@dataclass(frozen=True, eq=False)
class Plan:
    """The levels of one batch of scans, finest first."""

    levels: tuple[Level, ...]


def build_plan(coords: Int32[Tensor, "V 4"], num_levels: int, *, tile_size: int | None = None) -> Plan:
    """Find all neighbors of all levels; voxels of different scans are never neighbors.

    Args:
        coords: scan index, x, y, z in voxels; sorted and without repetition, as `voxelize` gives them.
        num_levels: at least 1.
        tile_size: voxels of a tile; it changes speed and memory, never what a convolution gives. When not given, what
            suits a CPU's cache, and one tile of all elsewhere.

    Raises:
        InputError: when there are no voxels or levels, or coordinates are negative, too large, repeated, or not sorted.
    """
    if num_levels < 1:
        raise InputError(f"a plan needs at least one level, got {num_levels}")
    keys = pack(coords)
    if tile_size is None:
        tile_size = _TILE_SIZE if coords.device.type == "cpu" else max(1, len(coords))
    if len(keys) == 0 or not bool((keys[1:] > keys[:-1]).all()):
        raise InputError("a plan needs voxels sorted by scan, x, y, z without repetition: use voxelize")
    levels = []
    for _ in range(num_levels - 1):
        parent_keys, down_map = _find_parents(coords)
        levels.append(Level(coords, _find_neighbors(keys, tile_size), down_map))
        keys, coords = parent_keys, unpack(parent_keys)
    levels.append(Level(coords, _find_neighbors(keys, tile_size), None))
    return Plan(tuple(levels))


def _find_neighbors(keys: Int64[Tensor, "V"], tile_size: int) -> KernelMap:
    """The 3x3x3 neighbors of sorted keys."""
    table = _neighbor_table(keys)
    tiles = [_tile(table[:, start : start + tile_size], start) for start in range(0, len(keys), tile_size)]
    return KernelMap(len(keys), tuple(tiles))


def _neighbor_table(keys: Int64[Tensor, "V"]) -> Int32[Tensor, "27 V"]:
    """For each offset the row of each voxel's neighbor, -1 for none.

    Only offsets after the center are searched: q = p + d also says that p = q - d. And the three offsets
    (dx, dy, -1..1) follow each other in key order, so one search finds the place of all three.
    """
    everyone = torch.arange(len(keys), dtype=torch.int32, device=keys.device)
    table = torch.full((27, len(keys)), -1, dtype=torch.int32, device=keys.device)
    table[CENTER] = everyone
    padded = torch.cat([keys, keys.new_full((3,), torch.iinfo(torch.int64).max)])
    for first in (CENTER - 1, 15, 18, 21, 24):
        wanted = keys + step(*OFFSETS[first])
        rows = torch.searchsorted(keys, wanted, out_int32=True)
        for offset in range(first, first + 3):
            hit = padded.index_select(0, rows) == wanted
            if offset > CENTER:
                table[offset] = torch.where(hit, rows, -1)
                found = hit.nonzero().squeeze(1)
                table[26 - offset].scatter_(0, rows.index_select(0, found).long(), everyone.index_select(0, found))
            rows, wanted = rows + hit, wanted + 1
    return table


def _tile(table: Int32[Tensor, "27 T"], start: int) -> KernelTile:
    """The pairs of some columns of the neighbor table, offset by offset and target by target."""
    present = table >= 0
    entries = present.flatten().nonzero().squeeze(1)
    target = (entries % table.shape[1]).int()
    return KernelTile(
        start=start,
        source=table.flatten().index_select(0, entries),
        target=target,
        counts=tuple(present.sum(1).tolist()),
        order=torch.argsort(target, stable=True).int(),
        starts=_starts(present.sum(0)),
    )


def _find_parents(coords: Int32[Tensor, "V 4"]) -> tuple[Int64[Tensor, "U"], DownMap]:
    """The keys of the voxels twice as large, sorted, and the map to them."""
    halved = torch.cat([coords[:, :1], coords[:, 1:] // 2], dim=1)
    keys, parent, size = torch.unique(pack(halved), sorted=True, return_inverse=True, return_counts=True)
    odd = coords[:, 1:] % 2
    offset = odd[:, 0] * 4 + odd[:, 1] * 2 + odd[:, 2]
    child = torch.argsort(offset, stable=True)
    parent = parent[child]
    down_map = DownMap(
        child=child.int(),
        parent=parent.int(),
        counts=tuple(torch.bincount(offset, minlength=8).tolist()),
        order=torch.argsort(parent, stable=True).int(),
        starts=_starts(size),
        slot=torch.argsort(child).int(),
    )
    return keys, down_map


def _starts(sizes: Int64[Tensor, "T"]) -> Int32[Tensor, "_"]:
    """0 and the running sums."""
    return F.pad(sizes.cumsum(0), (1, 0)).int()
