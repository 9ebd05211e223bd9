"""Voxels hold exactly the points that lie in them, whatever the order of the points and wherever the scan stands."""

from collections import defaultdict

import pytest
import torch

from less3d.errors import InputError
from less3d.sparse.voxels import mean_over_voxels, voxelize


def random_points(seed: int, count: int = 400) -> torch.Tensor:
    """Points in a box of 3 x 2 x 1 m, on a grid of 1/256 m, so that sums of coordinates are exact."""
    draw = torch.rand(count, 3, generator=torch.Generator().manual_seed(seed))
    return (draw * torch.tensor([3.0, 2.0, 1.0]) * 256).floor() / 256


def test_means_are_those_of_the_points_inside() -> None:
    points = random_points(0)
    grid = voxelize([points], 0.25)
    inside = defaultdict(list)
    for point in points.tolist():
        cell = tuple(int((value - low) // 0.25) for value, low in zip(point, points.amin(dim=0).tolist(), strict=True))
        inside[cell].append(point)
    assert [tuple(row) for row in grid.coords[:, 1:].tolist()] == sorted(inside)
    means = torch.stack([torch.tensor(inside[cell]).mean(dim=0) for cell in sorted(inside)])
    torch.testing.assert_close(mean_over_voxels(points, grid), means)


@pytest.mark.parametrize("scale", [1.0, 600.0])
def test_every_point_lies_in_its_voxel(scale: float) -> None:
    points = random_points(1, 20_000) * scale
    grid = voxelize([points], 0.07)
    cells = (points.double() - points.double().amin(dim=0)) / 0.07
    offset = cells - grid.coords[grid.point_to_voxel, 1:]
    assert bool(((offset >= 0) & (offset < 1)).all())


def test_the_order_of_points_does_not_matter() -> None:
    points = random_points(2)
    order = torch.randperm(len(points), generator=torch.Generator().manual_seed(0))
    grid, shuffled = voxelize([points], 0.1), voxelize([points[order]], 0.1)
    assert torch.equal(grid.coords, shuffled.coords)
    assert torch.equal(grid.point_to_voxel[order], shuffled.point_to_voxel)


def test_a_moved_scan_has_the_same_voxels() -> None:
    points = random_points(3)
    moved = voxelize([points + torch.tensor([64.0, -32.0, 8.0])], 0.1)
    assert torch.equal(voxelize([points], 0.1).coords, moved.coords)


def test_scans_of_a_batch_stay_apart() -> None:
    scans = [random_points(4), random_points(5, 50), random_points(6)]
    together = voxelize(scans, 0.2)
    rows = points = 0
    for index, scan in enumerate(scans):
        alone = voxelize([scan], 0.2)
        part = together.coords[rows : rows + len(alone.coords)]
        assert part[:, 0].eq(index).all()
        assert torch.equal(part[:, 1:], alone.coords[:, 1:])
        assert torch.equal(together.point_to_voxel[points : points + len(scan)] - rows, alone.point_to_voxel)
        rows, points = rows + len(part), points + len(scan)
    assert rows == len(together.coords)


@pytest.mark.parametrize("voxel_size", [0.0, -0.02, float("nan")])
def test_a_voxel_size_must_be_positive(voxel_size: float) -> None:
    with pytest.raises(InputError, match="positive"):
        voxelize([random_points(8)], voxel_size)


def test_scans_without_points_are_refused() -> None:
    with pytest.raises(InputError, match="scan 1"):
        voxelize([random_points(9), torch.zeros(0, 3)], 0.1)
    with pytest.raises(InputError, match="at least one scan"):
        voxelize([], 0.1)


@pytest.mark.parametrize("far", [1e6, 1e30])
def test_a_scan_in_the_wrong_unit_is_refused(far: float) -> None:
    with pytest.raises(InputError, match="units"):
        voxelize([torch.tensor([[0.0, 0.0, 0.0], [0.0, far, 0.0]])], 0.02)
