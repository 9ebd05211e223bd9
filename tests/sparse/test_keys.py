"""Keys are a faithful, ordered name of a voxel, and a step never leaves the scan or wraps around an axis."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.sparse.keys import MAX_EXTENT, MAX_SCANS, pack, step, unpack

axis = st.sampled_from([0, 1, 2, 77, MAX_EXTENT - 2, MAX_EXTENT - 1])
voxel = st.tuples(st.sampled_from([0, 1, MAX_SCANS - 1]), axis, axis, axis)


@settings(deadline=None)
@given(st.lists(voxel, min_size=1, max_size=20))
def test_keys_name_voxels_and_sort_as_they_do(voxels: list[tuple[int, ...]]) -> None:
    keys = pack(torch.tensor(voxels, dtype=torch.int32))
    assert [tuple(row) for row in unpack(keys).tolist()] == voxels
    assert [voxels[row] for row in torch.argsort(keys, stable=True)] == sorted(voxels)


@settings(deadline=None)
@given(voxel, voxel, st.tuples(*[st.integers(-1, 1)] * 3))
def test_a_step_meets_a_voxel_exactly_where_the_coordinates_do(first, second, offset) -> None:
    keys = pack(torch.tensor([first, second], dtype=torch.int32))
    moved = (first[0], *(value + delta for value, delta in zip(first[1:], offset, strict=True)))
    assert bool(keys[0] + step(*offset) == keys[1]) == (moved == second)


@pytest.mark.parametrize("row", [(0, -1, 0, 0), (-1, 0, 0, 0), (0, 0, MAX_EXTENT, 0), (MAX_SCANS, 0, 0, 0)])
def test_what_cannot_be_packed_is_refused(row: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        pack(torch.tensor([(0, 0, 0, 0), row], dtype=torch.int32))
