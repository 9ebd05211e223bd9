"""Turning a scan so that z is up and lengths are meters, and noticing when that was not done."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from less3d.errors import InputError
from less3d.scan import Scan

METERS: dict[str, float] = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
"""Length of each unit a file may be in."""

TURNS: dict[str, Float64[np.ndarray, "3 3"]] = {
    "z": np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]),
    "y": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "x": np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    "-z": np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, -1]]),
    "-y": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "-x": np.array([[0.0, -1, 0], [0, 0, 1], [-1, 0, 0]]),
}
"""For each axis that may point up, the rotation that turns it to z."""


def orient(scan: Scan, *, up: str = "z", units: str = "m") -> Scan:
    """Return the scan in meters with the axis `up` turned to z; attributes stay as they are.

    Raises:
        InputError: when `up` or `units` is not one of those listed in `TURNS` and `METERS`.
    """
    if up not in TURNS:
        raise InputError(f"expected up to be one of {', '.join(TURNS)}, got {up!r}")
    if units not in METERS:
        raise InputError(f"expected units to be one of {', '.join(METERS)}, got {units!r}")
    if up == "z" and units == "m":
        return scan
    matrix = TURNS[up] * METERS[units]
    points = (scan.points.astype(np.float64) @ matrix.T).astype(np.float32)
    return replace(scan, points=points, origin=matrix @ scan.origin)


def frame_warnings(scan: Scan) -> tuple[str, ...]:
    """placeholder"""
    return ()
