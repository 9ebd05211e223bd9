"""A plan lists exactly the neighbors and parents that the coordinates say."""

import pytest
import torch
from voxel_cases import random_voxels

from less3d.errors import InputError
from less3d.sparse.plan import OFFSETS, KernelMap, build_plan


def pairs_of(kernel_map: KernelMap) -> set[tuple[int, int, int]]:
    """(offset, target, source) of all tiles."""
    pairs = []
    for tile in kernel_map.tiles:
        offset = torch.repeat_interleave(torch.arange(27), torch.tensor(tile.counts))
        pairs += zip(offset.tolist(), (tile.target + tile.start).tolist(), tile.source.tolist(), strict=True)
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


def true_pairs(coords: torch.Tensor) -> set[tuple[int, int, int]]:
    """The same by looking up each neighbor of each voxel."""
    row = {tuple(voxel): index for index, voxel in enumerate(coords.tolist())}
    found = set()
    for (scan, x, y, z), target in row.items():
        for offset, (dx, dy, dz) in enumerate(OFFSETS):
            source = row.get((scan, x + dx, y + dy, z + dz))
            if source is not None:
                found.add((offset, target, source))
    return found


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 1.0])
@pytest.mark.parametrize("tile_size", [60, 8192])
def test_neighbors_are_all_there_is_at_every_level(share: float, tile_size: int) -> None:
    for level in build_plan(random_voxels(0, share), 3, tile_size=tile_size).levels:
        assert pairs_of(level.kernel_map) == true_pairs(level.coords)
        assert sum(len(tile.starts) - 1 for tile in level.kernel_map.tiles) == len(level.coords)


def test_pairs_come_ordered_by_offset_and_by_target() -> None:
    for tile in build_plan(random_voxels(1), 1, tile_size=50).levels[0].kernel_map.tiles:
        for targets in tile.target.split(tile.counts):
            assert bool((targets[1:] > targets[:-1]).all())
        for target, (first, last) in enumerate(zip(tile.starts[:-1], tile.starts[1:], strict=True)):
            assert set(tile.target[tile.order[first:last]].tolist()) == {target}


def test_each_level_halves_the_one_before() -> None:
    coords = random_voxels(2)
    levels = build_plan(coords, 4).levels
    for index, level in enumerate(levels):
        larger = torch.cat([coords[:, :1], coords[:, 1:] // 2**index], dim=1)
        assert torch.equal(level.coords, torch.unique(larger, dim=0))
    assert [level.down_map is None for level in levels] == [False, False, False, True]


def test_children_go_to_the_parent_that_contains_them() -> None:
    fine, coarse = build_plan(random_voxels(3), 2).levels
    down_map = fine.down_map
    assert down_map is not None
    child, parent = fine.coords[down_map.child], coarse.coords[down_map.parent]
    offset = torch.repeat_interleave(torch.arange(8), torch.tensor(down_map.counts))
    bits = torch.stack([offset // 4, offset // 2 % 2, offset % 2], dim=1)
    assert torch.equal(parent[:, 0], child[:, 0])
    assert torch.equal(parent[:, 1:] * 2 + bits, child[:, 1:].long())
    assert torch.equal(down_map.child[down_map.slot], torch.arange(len(fine.coords), dtype=torch.int32))
    for row, (first, last) in enumerate(zip(down_map.starts[:-1], down_map.starts[1:], strict=True)):
        assert set(down_map.parent[down_map.order[first:last]].tolist()) == {row}


def test_a_batch_has_the_neighbors_of_its_parts() -> None:
    coords = random_voxels(4)
    together = build_plan(coords, 3).levels
    first = [0] * 3
    shifted: list[set[tuple[int, int, int]]] = [set(), set(), set()]
    for scan in range(3):
        part = coords[coords[:, 0] == scan]
        for index, level in enumerate(build_plan(part, 3).levels):
            shifted[index] |= {(k, p + first[index], q + first[index]) for k, p, q in pairs_of(level.kernel_map)}
            first[index] += len(level.coords)
    assert [pairs_of(level.kernel_map) for level in together] == shifted


def test_a_plan_without_levels_is_refused() -> None:
    with pytest.raises(InputError, match="at least one level, got 0"):
        build_plan(random_voxels(6), 0)


@pytest.mark.parametrize(
    "rows", [[], [(0, 1, 0, 0), (0, 0, 0, 0)], [(0, 0, 0, 0), (0, 0, 0, 0)], [(0, -1, 0, 0)], [(0, 0, 1 << 20, 0)]]
)
def test_voxels_that_are_not_a_sorted_set_are_refused(rows: list[tuple[int, ...]]) -> None:
    with pytest.raises(InputError):
        build_plan(torch.tensor(rows, dtype=torch.int32).reshape(-1, 4), 2)
