"""From scans and samples to tensors: the one path that training and prediction share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from less3d.referral import Sample
from less3d.scan import Scan
from less3d.sparse.plan import Plan, build_plan
from less3d.sparse.voxels import VoxelGrid, mean_over_voxels, voxelize

_FLOOR_PERCENTILE = 1.0
_TENSORS = ("grid", "plan", "positions", "colors", "offsets", "spread")


@dataclass(frozen=True, eq=False)
class Scene:
    """B scans as a network sees them: no text in it, so it is built once a scan and serves every sentence.

    The voxels of scan b are the contiguous rows `bounds[b]:bounds[b + 1]`, its points the rows
    `point_bounds[b]:point_bounds[b + 1]` of `grid.point_to_voxel`.
    """

    grid: VoxelGrid
    plan: Plan
    positions: Float[Tensor, "V 3"]
    """Mean of each voxel's points, metres; x and y from the middle of the scan, z from its floor."""
    colors: Float[Tensor, "V 3"]
    """Mean colour of each voxel's points, -1 to 1."""
    offsets: Float[Tensor, "V 3"]
    """Where in its voxel that mean lies, -0.5 to 0.5 of a voxel on each axis."""
    spread: Float[Tensor, "V 6"]
    """How a voxel's points scatter about their mean: covariances xx, yy, zz, xy, xz, yz, in squared voxels times 12."""
    bounds: tuple[int, ...]
    point_bounds: tuple[int, ...]

    @property
    def num_scans(self) -> int:
        """B."""
        return len(self.bounds) - 1

    @property
    def features(self) -> Float[Tensor, "V 6"]:
        """The paper's six input channels: position and colour."""
        return torch.cat([self.positions, self.colors], dim=1)

    def voxels_of(self, scan: int) -> slice:
        """The rows of one scan's voxels."""
        return slice(self.bounds[scan], self.bounds[scan + 1])

    def point_to_voxel(self, scan: int) -> Int64[Tensor, "N"]:
        """For each point of one scan, its voxel's row among that scan's voxels."""
        points = slice(self.point_bounds[scan], self.point_bounds[scan + 1])
        return self.grid.point_to_voxel[points] - self.bounds[scan]

    def to(self, device: torch.device | str) -> "Scene":
        """The same scene on another device."""
        moved = {name: getattr(self, name).to(device) for name in _TENSORS}
        return replace(self, **moved)


@dataclass(frozen=True, eq=False)
class Batch:
    """S sentences asked of the B scans of a scene, with the answers."""

    scene: Scene
    sentences: tuple[str, ...]
    scan_of: Int64[Tensor, "S"]
    """Which scan each sentence asks; ascending."""
    masks: tuple[Bool[Tensor, "_"], ...]
    """For each sentence the mask of what it means over the points of its scan."""
    num_targets: Int64[Tensor, "S"]
    """How many objects that is; one, as a rule."""

    def voxel_targets(self, sentence: int) -> Float[Tensor, "V"]:
        """The share of each voxel's points, in the sentence's scan, that belong to its target: 0 to 1."""
        scan = int(self.scan_of[sentence])
        rows = self.scene.point_to_voxel(scan)
        num_voxels = self.scene.bounds[scan + 1] - self.scene.bounds[scan]
        inside = torch.zeros(num_voxels, device=rows.device).index_add_(0, rows, self.masks[sentence].float())
        return inside / torch.bincount(rows, minlength=num_voxels)

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device."""
        masks = tuple(mask.to(device) for mask in self.masks)
        moved = {name: getattr(self, name).to(device) for name in ("scene", "scan_of", "num_targets")}
        return replace(self, masks=masks, **moved)


def make_scene(scans: Sequence[Scan], *, voxel_size: float, num_levels: int) -> Scene:
    """Voxelize scans and build their neighbour tables.

    Args:
        scans: at least one scan; each is centred on its own middle and floor, so a shifted scan gives the same scene.
        voxel_size: metres.
        num_levels: levels of the U-Net that will read it; level l has voxels of `voxel_size * 2**l`.
    """
    points = [torch.from_numpy(_centred(scan)) for scan in scans]
    grid = voxelize(points, voxel_size)
    counts = torch.bincount(grid.coords[:, 0].long(), minlength=len(scans)).tolist()
    positions = mean_over_voxels(torch.cat(points), grid)
    colors = torch.from_numpy(np.concatenate([scan.colors for scan in scans])).float()
    lowest = torch.stack([xyz.amin(dim=0) for xyz in points])
    scan_of_voxel = grid.coords[:, 0].long()
    offsets = (positions - lowest[scan_of_voxel]) / voxel_size - grid.coords[:, 1:] - 0.5
    return Scene(
        grid=grid,
        plan=build_plan(grid.coords, num_levels),
        positions=positions,
        colors=mean_over_voxels(colors, grid) / 127.5 - 1.0,
        offsets=offsets.clamp(-0.5, 0.5),
        spread=_spread(torch.cat(points), positions, grid),
        bounds=_bounds(counts),
        point_bounds=_bounds([len(scan) for scan in scans]),
    )


def make_batch(samples: Sequence[Sample], *, voxel_size: float, num_levels: int) -> Batch:
    """Put samples into one batch; samples of the same `Scan` object share its voxels, tables and features."""
    scans: dict[int, Scan] = {}
    for sample in samples:
        scans.setdefault(id(sample.scan), sample.scan)
    order = {key: row for row, key in enumerate(scans)}
    ordered = sorted(samples, key=lambda sample: order[id(sample.scan)])
    return Batch(
        scene=make_scene(list(scans.values()), voxel_size=voxel_size, num_levels=num_levels),
        sentences=tuple(sample.referral.sentence for sample in ordered),
        scan_of=torch.tensor([order[id(sample.scan)] for sample in ordered], dtype=torch.int64),
        masks=tuple(torch.from_numpy(sample.mask) for sample in ordered),
        num_targets=torch.tensor([len(sample.referral.targets) for sample in ordered], dtype=torch.int64),
    )


def _centred(scan: Scan) -> np.ndarray:
    """Points with x and y from the middle of the scan's extent and z from its floor, (N, 3) float32."""
    low, high = scan.points.min(axis=0), scan.points.max(axis=0)
    origin = (low + high) / 2
    origin[2] = np.percentile(scan.points[:, 2], _FLOOR_PERCENTILE)
    return scan.points - origin.astype(np.float32)


def _spread(points: Float[Tensor, "P 3"], means: Float[Tensor, "V 3"], grid: VoxelGrid) -> Float[Tensor, "V 6"]:
    """Covariances of the points of each voxel; points spread evenly over the whole voxel have 1, 1, 1, 0, 0, 0."""
    x, y, z = ((points - means[grid.point_to_voxel]) / grid.voxel_size).unbind(dim=1)
    products = torch.stack([x * x, y * y, z * z, x * y, x * z, y * z], dim=1)
    return 12 * mean_over_voxels(products, grid)


def _bounds(counts: Sequence[int]) -> tuple[int, ...]:
    """0 and the running sums of `counts`."""
    return (0, *np.cumsum(counts).tolist())
