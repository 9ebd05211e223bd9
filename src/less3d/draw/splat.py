"""Points to pixels: round splats in a z-buffer, blended and shaded, in numpy alone.

A simple surface splatting (after Zwicker et al., "Surface splatting", SIGGRAPH 2001, without their filter): points
within a few centimeters of the front are averaged, everything behind is hidden. Edges are darkened by eye-dome lighting
(Boucheny, "Interactive scientific visualization of large datasets", 2009).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int32, Int64, UInt8
from scipy.ndimage import minimum_filter
from scipy.sparse import csc_array
from scipy.spatial import KDTree

from less3d.errors import InputError

_COARSE = 6.0
"""Pixels: where discs are smaller, four pixels are drawn for each one that is given, for smooth edges."""
_SMALLEST, _LARGEST = 1.5, 56
"""Radius of a disc, in the pixels that are drawn."""
_MARGIN = 2 * _LARGEST
"""Pixels around the canvas, so that no disc that reaches into the picture is cut."""
_ENTRIES_AT_ONCE = 8_000_000
"""Discs times their pixels: what bounds the memory."""
_OVERLAP = 0.75
"""Radius of a disc over the distance to its sixth neighbor: enough to leave no holes in a surface."""
_STRAY = 3.0
"""Times the median distance to the sixth neighbor, from which on a point lies on no surface."""
_SURFACE = 0.02
"""Meters behind the front, past its own width, within which a disc counts as the same surface."""
_SMOOTH = 0.012
"""Octaves of depth between neighboring pixels that are no edge."""
_TOP, _BOTTOM = np.array([252.0, 252.0, 253.0]), np.array([221.0, 225.0, 231.0])


@dataclass(frozen=True)
class View:
    """A camera: where it stands and what it looks at, in the scan's frame (meters, z up).

    Raises:
        InputError: when it looks at its own place.
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    field_of_view: float = 50.0
    """Degrees, over the width of the picture."""
    near: float = 0.1
    """Points less deep than this are not drawn."""

    def __post_init__(self) -> None:
        """Refuse a view without a direction."""
        if math.dist(self.eye, self.target) < 1e-6:
            raise InputError(f"a view needs an eye and a target that differ, got {self.eye} for both")

    def project(self, points: Float[np.ndarray, "N 3"], size: tuple[int, int]) -> Float32[np.ndarray, "N 3"]:
        """Column, row (pixels) and depth (meters) of each point in a picture of (width, height)."""
        forward = np.subtract(self.target, self.eye)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0)) if abs(forward[2]) < 0.999 else np.array([1.0, 0.0, 0.0])
        right = right / np.linalg.norm(right)
        axes = np.stack([right, np.cross(forward, right), forward], axis=1).astype(np.float32)
        local = (points - np.asarray(self.eye, dtype=np.float32)) @ axes
        depth = np.maximum(local[:, 2], 1e-6)
        local[:, :2] *= self.focal(size) / depth[:, None]
        local[:, :2] += np.array(size, dtype=np.float32) / 2
        return local

    def focal(self, size: tuple[int, int]) -> float:
        """Focal length in pixels for a picture of (width, height)."""
        return size[0] / 2 / math.tan(math.radians(self.field_of_view) / 2)


def render(
    points: Float32[np.ndarray, "N 3"],
    colors: UInt8[np.ndarray, "N 3"],
    *,
    view: View,
    size: tuple[int, int] = (960, 720),
) -> UInt8[np.ndarray, "H W 3"]:
    """Draw points as soft discs about as wide as the gap to their neighbors, darker at edges of depth.

    Args:
        points: meters, z up; none at all gives the bare background.
        colors: 0-255.
        view: the camera.
        size: width and height in pixels.
    """
    spacing = _spacing(points)
    discs, finer = _discs(points, spacing, view, size), 1
    if len(discs.radius) and np.median(discs.radius) < _COARSE:
        finer = 2
        discs = _discs(points, spacing, view, (size[0] * finer, size[1] * finer))
    width, height = size[0] * finer, size[1] * finer
    blend = _blend(discs, colors[discs.order], (width, height))
    image = _background((width, height))
    seen = np.isfinite(blend[..., 3])
    image[seen] = (blend[..., :3] * _edge_shade(blend[..., 3], finer)[..., None])[seen]
    return image.reshape(size[1], finer, size[0], finer, 3).mean(axis=(1, 3)).round().astype(np.uint8)


@dataclass(frozen=True, eq=False)
class _Discs:
    """The points in sight, far to near, as discs on a canvas with a margin of `_MARGIN` pixels."""

    order: Int64[np.ndarray, "D"]
    column: Int32[np.ndarray, "D"]
    row: Int32[np.ndarray, "D"]
    depth: Float32[np.ndarray, "D"]
    radius: Float32[np.ndarray, "D"]
    """Pixels."""
    width: Float32[np.ndarray, "D"]
    """Meters."""

    def __getitem__(self, kept: Bool[np.ndarray, "D"]) -> "_Discs":
        return _Discs(
            self.order[kept], self.column[kept], self.row[kept], self.depth[kept], self.radius[kept], self.width[kept]
        )


def _discs(points: np.ndarray, spacing: np.ndarray, view: View, size: tuple[int, int]) -> _Discs:
    place = view.project(points, size)
    depth = place[:, 2]
    in_front = depth > view.near
    radius = np.clip(_OVERLAP * spacing * view.focal(size) / np.where(in_front, depth, 1.0), _SMALLEST, _LARGEST - 1)
    pixel = np.floor(place[:, :2]) + _MARGIN
    inside = in_front & (pixel >= _MARGIN - radius[:, None]).all(axis=1)
    inside &= (pixel < np.array(size) + _MARGIN + radius[:, None]).all(axis=1)
    order = np.flatnonzero(inside)
    order = order[np.argsort(-depth[order], kind="stable")]
    column, row = pixel[order].astype(np.int32).T
    return _Discs(order, column, row, depth[order], radius[order].astype(np.float32), spacing[order].astype(np.float32))


def _spacing(points: np.ndarray) -> np.ndarray:
    """Distance of each point to its sixth neighbor, meters, kept near the median of all; stray points get little."""
    nearest = min(7, len(points))
    if nearest < 2:
        return np.full(len(points), 0.02)
    distance = KDTree(points).query(points, k=nearest)[0][:, -1]
    typical = max(float(np.median(distance)), 1e-4)
    return np.where(distance > _STRAY * typical, 0.4 * typical, np.clip(distance, 0.7 * typical, 2.0 * typical))


def _blend(discs: _Discs, colors: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Mean color and depth of the front surface in each pixel, (H, W, 4); infinite depth where nothing is."""
    width, height = size[0] + 2 * _MARGIN, size[1] + 2 * _MARGIN
    owner = np.full(width * height, -1, dtype=np.int32)
    for cover in _covers(discs, width):
        owner[cover.pixel] = cover.disc  # far to near: the last one written stays
    covered = owner >= 0
    front = np.full(len(owner), np.inf, dtype=np.float32)
    front[covered] = discs.depth[owner[covered]] + _SURFACE
    shown = discs.depth - discs.width < front[discs.row * width + discs.column]
    shown[owner[covered]] = True
    discs = discs[shown]
    values = np.column_stack([colors[shown], discs.depth, np.ones(len(discs.depth))]).astype(np.float32)
    total = np.zeros((width * height, 5), dtype=np.float32)
    for cover in _covers(discs, width):
        reach = np.square(cover.reach / discs.radius[cover.disc])
        near = (discs.depth - discs.width)[cover.disc] < front[cover.pixel]
        weight = np.where(near, np.exp(-2.0 * reach), 0.0).astype(np.float32)
        some = slice(cover.first, cover.first + len(cover.starts) - 1)
        shape = (width * height, len(cover.starts) - 1)
        total += csc_array((weight, cover.pixel, cover.starts), shape=shape) @ values[some]
    mean = total[:, :4] / np.maximum(total[:, 4:], 1e-9)
    mean[total[:, 4] == 0, 3] = np.inf
    return mean.reshape(height, width, 4)[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]


@dataclass(frozen=True, eq=False)
class _Cover:
    """Which pixels some of the discs, numbers `first` and on, lie over: one entry a disc and pixel, disc by disc."""

    first: int
    starts: np.ndarray
    """Where each disc's entries begin, and the end of the last."""
    disc: np.ndarray
    pixel: np.ndarray
    reach: np.ndarray
    """Pixels from the middle of the disc."""


def _covers(discs: _Discs, width: int) -> Iterator[_Cover]:
    """The pixels of all discs, in their order, about `_ENTRIES_AT_ONCE` entries at a time."""
    side = np.arange(-_LARGEST, _LARGEST + 1, dtype=np.int32)
    reach = np.hypot(side[:, None], side[None, :]).astype(np.float32).ravel()
    nearest = np.argsort(reach, kind="stable")
    reach, shift = reach[nearest], (side[:, None] * width + side[None, :]).ravel()[nearest]
    counts = np.searchsorted(reach, discs.radius, side="right")
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        done = ends[first] - counts[first]
        last = max(first + 1, int(np.searchsorted(ends, done + _ENTRIES_AT_ONCE, side="right")))
        starts = np.concatenate([[0], ends[first:last] - done]).astype(np.int32)
        disc = np.repeat(np.arange(first, last, dtype=np.int32), counts[first:last])
        which = np.arange(starts[-1], dtype=np.int32) - np.repeat(starts[:-1], counts[first:last])
        pixel = (discs.row * width + discs.column)[disc] + shift[which]
        yield _Cover(first, starts, disc, pixel, reach[which])
        first = last


def _background(size: tuple[int, int]) -> np.ndarray:
    """A light gradient, (H, W, 3) float."""
    share = np.linspace(0, 1, size[1])[:, None, None]
    return np.broadcast_to(_TOP * (1 - share) + _BOTTOM * share, (size[1], size[0], 3)).copy()


def _edge_shade(depth: np.ndarray, finer: int) -> np.ndarray:
    """Factor of brightness: pixels next to much nearer ones are darker (eye-dome lighting)."""
    far = np.log2(np.minimum(depth, 1e3))
    widths = (3, 3 * finer + 1, 5 * finer + 1)
    drop = sum(np.clip(far - minimum_filter(far, size=width) - _SMOOTH, 0.0, 0.25) for width in widths)
    return np.exp(-1.1 * drop)
