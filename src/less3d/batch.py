"""From scans and samples to tensors: the one path that training and prediction share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64, UInt8
from torch import Tensor

from less3d.referral import Sample
from less3d.scan import Scan
from less3d.sparse.plan import Plan, build_plan
from less3d.sparse.voxels import VoxelGrid, mean_over_voxels, voxelize

_FLOOR_PERCENTILE = 1.0


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

    @property
    def details(self) -> Float[Tensor, "V 13"]:
        """Color, height, and how the points lie within the voxel: what large voxels would otherwise lose."""
        return torch.cat([self.colors, self.positions[:, 2:] - 1.0, self.offsets, self.spread], dim=1)

    def voxels_of(self, scan: int) -> slice:
        """The rows of one scan's voxels."""
        return slice(self.bounds[scan], self.bounds[scan + 1])

    def point_to_voxel(self, scan: int) -> Int64[Tensor, "N"]:
        """For each point of one scan, its voxel's row among that scan's voxels."""
        points = slice(self.point_bounds[scan], self.point_bounds[scan + 1])
        return self.grid.point_to_voxel[points] - self.bounds[scan]


@dataclass(frozen=True, eq=False)
class ObjectLabels:
    """Full labels of one scan of N points: what systems of two stages learn from, and LESS does not."""

    object_of: Int64[Tensor, "N"]
    """Which of the scan's M objects each point is of, -1 for none."""
    classes: Int64[Tensor, "M"]
    """Which of the model's classes each object is of."""

    def to(self, device: torch.device | str) -> "ObjectLabels":
        """The same on a device."""
        return ObjectLabels(self.object_of.to(device), self.classes.to(device))


@dataclass(frozen=True, eq=False)
class Asked:
    """One scan of N points and the S sentences about it, as tensors: what processes hand to each other."""

    points: Float[Tensor, "N 3"]
    colors: UInt8[Tensor, "N 3"]
    sentences: tuple[str, ...]
    masks: Bool[Tensor, "M N"]
    """What the sentences mean, each mask once."""
    mask_of: Int64[Tensor, "S"]
    """Which of the masks each sentence means."""
    num_targets: Int64[Tensor, "S"]
    labels: ObjectLabels | None = None

    def __len__(self) -> int:
        return len(self.sentences)


@dataclass(frozen=True, eq=False)
class Batch:
    """S sentences asked of the B scans of a scene, with the answers."""

    scene: Scene
    sentences: tuple[str, ...]
    bounds: tuple[int, ...]
    """The sentences about scan b are the rows `bounds[b]:bounds[b + 1]`."""
    masks: tuple[Bool[Tensor, "_ _"], ...]
    """For each scan what its sentences mean, over its points, each mask once: (M_b, N_b)."""
    mask_of: Int64[Tensor, "S"]
    """Which of its scan's masks each sentence means."""
    num_targets: Int64[Tensor, "S"]
    """How many objects that is; one, as a rule."""
    objects: Int64[Tensor, "O"]
    """One sentence about each described object, ascending; of those about one object alone."""
    labels: tuple[ObjectLabels, ...] = ()
    """Of each scan; none where the model learns from masks alone."""

    @property
    def scan_of(self) -> Int64[Tensor, "S"]:
        """Which scan each sentence asks; ascending."""
        sizes = torch.tensor(self.bounds, device=self.mask_of.device).diff()
        return torch.repeat_interleave(sizes, output_size=len(self.sentences))

    def mask(self, sentence: int) -> Bool[Tensor, "N"]:
        """What a sentence means, over the points of its scan."""
        return self.masks[int(self.scan_of[sentence])][self.mask_of[sentence]]

    def voxel_targets(self, scan: int) -> Float[Tensor, "S V"]:
        """The share of each voxel's points that belong to the target, for the sentences about one scan: 0 to 1."""
        rows, masks = self.scene.point_to_voxel(scan), self.masks[scan]
        num_voxels = self.scene.bounds[scan + 1] - self.scene.bounds[scan]
        mask, point = masks.nonzero(as_tuple=True)
        inside = torch.zeros(masks.shape[0] * num_voxels, device=rows.device)
        inside.index_add_(0, mask * num_voxels + rows[point], inside.new_ones(len(point)))
        share = inside.view(-1, num_voxels) / torch.bincount(rows, minlength=num_voxels)
        return share[self.mask_of[self.bounds[scan] : self.bounds[scan + 1]]]


def make_scene(
    scans: Sequence[Scan], *, voxel_size: float, num_levels: int, device: torch.device | str = "cpu"
) -> Scene:
    """Voxelize scans and build their neighbour tables.

    Args:
        scans: at least one scan; each is centred on its own middle and floor, so a shifted scan gives the same scene.
        voxel_size: metres.
        num_levels: levels of the U-Net that will read it; level l has voxels of `voxel_size * 2**l`.
        device: where to make it.

    Raises:
        InputError: when there is no scan, or one is too large for voxels of this size.
    """
    points = [torch.tensor(scan.points, device=device) for scan in scans]
    colors = [torch.tensor(scan.colors, device=device) for scan in scans]
    return _scene_of(points, colors, voxel_size, num_levels)


def _scene_of(
    points: Sequence[Float[Tensor, "_ 3"]], colors: Sequence[UInt8[Tensor, "_ 3"]], voxel_size: float, num_levels: int
) -> Scene:
    points = [_centred(xyz) for xyz in points]
    grid = voxelize(points, voxel_size)
    counts = torch.bincount(grid.coords[:, 0].long(), minlength=len(points)).tolist()
    positions = mean_over_voxels(torch.cat(points), grid)
    lowest = torch.stack([xyz.amin(dim=0) for xyz in points])
    scan_of_voxel = grid.coords[:, 0].long()
    offsets = (positions - lowest[scan_of_voxel]) / voxel_size - grid.coords[:, 1:] - 0.5
    return Scene(
        grid=grid,
        plan=build_plan(grid.coords, num_levels),
        positions=positions,
        colors=mean_over_voxels(torch.cat(list(colors)).float(), grid) / 127.5 - 1.0,
        offsets=offsets.clamp(-0.5, 0.5),
        spread=_spread(torch.cat(points), positions, grid),
        bounds=_bounds(counts),
        point_bounds=_bounds([len(xyz) for xyz in points]),
    )


def make_batch(
    asked: Sequence[Asked], *, voxel_size: float, num_levels: int, device: torch.device | str = "cpu"
) -> Batch:
    """Put scans and the sentences about them into one batch.

    Args:
        asked: at least one scan; full labels are of all scans or of none.
        voxel_size: metres.
        num_levels: see `make_scene`.
        device: where to make it.

    Raises:
        InputError: as `make_scene`.
    """
    bounds = _bounds([len(one) for one in asked])
    mask_of, num_targets = (
        torch.cat([getattr(one, name) for one in asked]).numpy() for name in ("mask_of", "num_targets")
    )
    scan_of = np.repeat(np.arange(len(asked)), np.diff(bounds))
    single = np.flatnonzero(num_targets == 1)
    _, first = np.unique(scan_of[single] * len(mask_of) + mask_of[single], return_index=True)
    points, colors, masks = ([getattr(one, name).to(device) for one in asked] for name in ("points", "colors", "masks"))
    labels = [one.labels for one in asked if one.labels is not None]
    return Batch(
        scene=_scene_of(points, colors, voxel_size, num_levels),
        sentences=tuple(sentence for one in asked for sentence in one.sentences),
        bounds=bounds,
        masks=tuple(masks),
        mask_of=torch.from_numpy(mask_of).to(device),
        num_targets=torch.from_numpy(num_targets).to(device),
        objects=torch.from_numpy(np.sort(single[first])).to(device),
        labels=tuple(own.to(device) for own in labels),
    )


def asked_together(samples: Sequence[Sample]) -> list[Asked]:
    """Samples by scan: those of the same `Scan` object are asked of it together."""
    by_scan: dict[int, list[Sample]] = {}
    for sample in samples:
        by_scan.setdefault(id(sample.scan), []).append(sample)
    return [_asked(group) for group in by_scan.values()]


def asked_nothing(scan: Scan, labels: ObjectLabels) -> Asked:
    """A scan with full labels, to be learned from without a sentence."""
    none = torch.zeros(0, dtype=torch.int64)
    points, colors = torch.tensor(scan.points), torch.tensor(scan.colors)
    return Asked(points, colors, (), torch.zeros(0, len(scan), dtype=torch.bool), none, none, labels)


def _asked(samples: Sequence[Sample]) -> Asked:
    """The samples of one scan."""
    scan, masks, mask_of = samples[0].scan, {}, []
    for sample in samples:
        row, _ = masks.setdefault(sample.mask.tobytes(), (len(masks), sample.mask))
        mask_of.append(row)
    return Asked(
        points=torch.tensor(scan.points),
        colors=torch.tensor(scan.colors),
        sentences=tuple(sample.referral.sentence for sample in samples),
        masks=torch.from_numpy(np.stack([mask for _, mask in masks.values()])),
        mask_of=torch.tensor(mask_of),
        num_targets=torch.tensor([len(sample.referral.targets) for sample in samples]),
    )


def _centred(points: Float[Tensor, "N 3"]) -> Float[Tensor, "N 3"]:
    """Points with x and y from the middle of the scan's extent and z from its floor."""
    origin = (points.amin(dim=0) + points.amax(dim=0)) / 2
    origin[2] = _percentile(points[:, 2], _FLOOR_PERCENTILE)
    return points - origin


def _percentile(values: Float[Tensor, "N"], percent: float) -> Float[Tensor, ""]:
    """As NumPy's, at any size: between the two nearest of the sorted values."""
    below, share = divmod((len(values) - 1) * percent / 100, 1)
    low = values.kthvalue(int(below) + 1).values
    return low if share == 0 else low + share * (values.kthvalue(int(below) + 2).values - low)


def _spread(points: Float[Tensor, "P 3"], means: Float[Tensor, "V 3"], grid: VoxelGrid) -> Float[Tensor, "V 6"]:
    """Covariances of the points of each voxel; points spread evenly over the whole voxel have 1, 1, 1, 0, 0, 0."""
    x, y, z = ((points - means[grid.point_to_voxel]) / grid.voxel_size).unbind(dim=1)
    products = torch.stack([x * x, y * y, z * z, x * y, x * z, y * z], dim=1)
    return 12 * mean_over_voxels(products, grid)


def _bounds(counts: Sequence[int]) -> tuple[int, ...]:
    """0 and the running sums of `counts`."""
    return (0, *np.cumsum(counts).tolist())
