"""Where things can stand: oriented boxes, their collisions, and the heights at which one thing carries another.

A box is a row of seven numbers: x, y, yaw, half depth, half width, bottom, top (metres, radians).
"""

import numpy as np
from jaxtyping import Bool, Float

from less3d.data.rooms.surface import Surface

FLOOR = -1
"""Instead of the index of what carries a thing, of one that stands on the floor."""
_LEVEL_HEIGHT = 0.035
_CELLS = 3


def box_rows(
    poses: Float[np.ndarray, "K 3"], size: tuple[float, float, float], bottom: Float[np.ndarray, "K"] | float
) -> Float[np.ndarray, "K 7"]:
    """Boxes of one (depth, width, height) at many poses (x, y, yaw)."""
    rows = np.empty((len(poses), 7))
    rows[:, :3] = poses
    rows[:, 3], rows[:, 4] = size[0] / 2, size[1] / 2
    rows[:, 5] = bottom
    rows[:, 6] = rows[:, 5] + size[2]
    return rows


def corners(rows: Float[np.ndarray, "K 7"]) -> Float[np.ndarray, "K 4 2"]:
    """The four corners of each box's footprint."""
    cos, sin = np.cos(rows[:, 2]), np.sin(rows[:, 2])
    forward = np.stack([cos, sin], axis=1) * rows[:, 3:4]
    sideways = np.stack([-sin, cos], axis=1) * rows[:, 4:5]
    signs = ((1, 1), (1, -1), (-1, -1), (-1, 1))
    return np.stack([rows[:, :2] + a * forward + b * sideways for a, b in signs], axis=1)


def overlaps(a: Float[np.ndarray, "K 7"], b: Float[np.ndarray, "M 7"], slack: float = 0.03) -> Bool[np.ndarray, "K M"]:
    """Which boxes run into each other by more than `slack`: separating axes in the plane, intervals in height."""
    gap = b[None, :, :2] - a[:, None, :2]  # (K, M, 2)
    apart = (np.minimum(a[:, None, 6], b[None, :, 6]) - np.maximum(a[:, None, 5], b[None, :, 5])) < min(slack, 0.02)
    turn = b[None, :, 2] - a[:, None, 2]
    cos, sin = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    depth_a, width_a = a[:, None, 3], a[:, None, 4]
    depth_b, width_b = b[None, :, 3], b[None, :, 4]
    for yaw, reach_depth, reach_width in (
        (a[:, None, 2], depth_a + depth_b * cos + width_b * sin, width_a + depth_b * sin + width_b * cos),
        (b[None, :, 2], depth_b + depth_a * cos + width_a * sin, width_b + depth_a * sin + width_a * cos),
    ):
        forward = np.abs(gap[..., 0] * np.cos(yaw) + gap[..., 1] * np.sin(yaw))
        sideways = np.abs(gap[..., 1] * np.cos(yaw) - gap[..., 0] * np.sin(yaw))
        apart |= (forward > reach_depth - slack) | (sideways > reach_width - slack)
    return ~apart


def resting_heights(
    surface: Surface, footprint: tuple[float, float, float, float], *, inside: bool
) -> list[tuple[float, float]]:
    """Levels of a piece that can carry something, as (height, free height above it), in the piece's frame.

    Args:
        footprint: x low, y low, x high, y high of what shall rest there, in the piece's frame.
        inside: look at every level, such as a shelf's boards; otherwise only at the topmost one.
    """
    low_x, low_y, high_x, high_y = footprint
    x, y, z = surface.points.T
    over = (surface.normals[:, 2] > 0.6) & (x > low_x) & (x < high_x) & (y > low_y) & (y < high_y)
    if over.sum() < _CELLS:
        return []
    cell = np.minimum(((x[over] - low_x) / (high_x - low_x) * _CELLS).astype(int), _CELLS - 1) * _CELLS
    cell += np.minimum(((y[over] - low_y) / (high_y - low_y) * _CELLS).astype(int), _CELLS - 1)
    heights = z[over]
    levels: list[tuple[float, float]] = []
    ceiling = np.inf
    while len(heights):
        top = float(heights.max())
        here = heights > top - _LEVEL_HEIGHT
        enough = min(0.67 * _CELLS**2, 0.6 * here.sum() + 1)
        if len(np.unique(cell[here])) >= max(enough, 3):
            levels.append((float(np.percentile(heights[here], 75)), ceiling - top))
        elif not inside:
            return []
        if not inside:
            return levels
        ceiling = top
        heights, cell = heights[~here], cell[~here]
    return levels
