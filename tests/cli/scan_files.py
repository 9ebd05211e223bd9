"""Scan files written by hand, so that the library's own writer is not its own witness."""

from pathlib import Path

import numpy as np


def room_points(count: int = 4000) -> np.ndarray:
    """Floor and walls of a 4 x 3 x 2.5 m room and a box in it, (N, 3) float32."""
    rng = np.random.default_rng(0)
    points = rng.uniform((0, 0, 0), (4, 3, 2.5), (count, 3))
    side = np.arange(count) % 6
    points[side == 0, 0], points[side == 1, 0] = 0.0, 4.0
    points[side == 2, 1], points[side == 3, 1] = 0.0, 3.0
    points[side == 4, 2] = 0.0
    box = side == 5
    points[box] = (1.0, 1.0, 0.0) + points[box] * (0.2, 0.2, 0.3)
    return points.astype(np.float32)


def write_ply(path: Path, points: np.ndarray) -> Path:
    """An ASCII PLY written by hand, with an extra property of the vertex's number."""
    colors = (np.arange(len(points))[:, None] * (3, 5, 7)) % 256
    header = f"""ply
format ascii 1.0
element vertex {len(points)}
property float x
property float y
property float z
property uchar red
property uchar green
property uchar blue
property int number
end_header
"""
    rows = (
        f"{x} {y} {z} {r} {g} {b} {number}"
        for number, ((x, y, z), (r, g, b)) in enumerate(zip(points.tolist(), colors.tolist(), strict=True))
    )
    path.write_text(header + "\n".join(rows) + "\n")
    return path
