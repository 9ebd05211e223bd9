"""Turning a scan so that z is up and lengths are meters, and noticing when that was not done."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from less3d.errors import InputError
from less3d.io.upright import up_candidates
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

SHORTEST_ROOM, USUAL_ROOM, LONGEST_ROOM = 0.8, 6.0, 60.0
"""Meters; a longest side outside the first and last is taken for a mistake in units."""

SURE = 0.4
"""How much better than z another direction must score before we warn. Of 193 upright rooms (80 procedural, with and
without a ceiling, 110 laid out as real ones are, 3 real) 2 are warned of; when turned, 9 in 10 are noticed."""

NEAR, FROM_Z = 0.96, 0.9
"""Cosines: what counts as the same direction (16 degrees), and as another than z (26 degrees)."""


def orient(scan: Scan, *, up: str = "z", units: str = "m") -> Scan:
    """Return the scan in meters with the axis `up` turned to z; attributes stay as they are.

    `up="auto"` finds the direction itself (see `less3d.io.upright`), also one that leans off every axis.

    Raises:
        InputError: when `up` is neither in `TURNS` nor "auto", `units` is not in `METERS`, or the scan is too small to
            find its up.
    """
    if up not in (*TURNS, "auto"):
        raise InputError(f"expected up to be one of {', '.join(TURNS)} or auto, got {up!r}")
    if units not in METERS:
        raise InputError(f"expected units to be one of {', '.join(METERS)}, got {units!r}")
    if up == "z" and units == "m":
        return scan
    matrix = (_leveling_turn(scan) if up == "auto" else TURNS[up]) * METERS[units]
    points = (scan.points.astype(np.float64) @ matrix.T).astype(np.float32)
    return replace(scan, points=points, origin=matrix @ scan.origin)


def frame_warnings(scan: Scan) -> tuple[str, ...]:
    """Say what looks wrong with the scan's size and upright, and what to pass instead; empty when nothing does.

    Meant for a scan as `read_scan` returned it: sides longer than `LONGEST_ROOM` or shorter than `SHORTEST_ROOM`, or a
    floor that something other than z rises from (see `less3d.io.upright`).
    """
    warnings = (_size_warning(scan), _up_warning(scan))
    return tuple(warning for warning in warnings if warning is not None)


def longest_side(scan: Scan) -> float:
    """Return the longest side of the scan's bounding box, in meters."""
    return float(np.ptp(scan.points, axis=0).max())


def _leveling_turn(scan: Scan) -> Float64[np.ndarray, "3 3"]:
    """Return the smallest rotation that turns the likeliest up to z, after the nearest axis was turned there."""
    candidates = up_candidates(scan.points)
    if not candidates:
        raise InputError(f"expected a scan large enough to find its up, got {len(scan)} points; pass up as an axis")
    first = TURNS[_nearest_axis(candidates[0].direction)]
    x, y, z = first @ candidates[0].direction
    level = np.array(
        [[1 - x * x / (1 + z), -x * y / (1 + z), -x], [-x * y / (1 + z), 1 - y * y / (1 + z), -y], [x, y, z]]
    )
    return level @ first


def _size_warning(scan: Scan) -> str | None:
    longest = longest_side(scan)
    if SHORTEST_ROOM <= longest <= LONGEST_ROOM:
        return None
    problem = f"the scan's longest side is {longest:.3g} m, which no room's is"
    if longest < SHORTEST_ROOM:
        return f"{problem}; scale it to meters, or to one of {', '.join(METERS)} and say which with --units"
    units = min(METERS, key=lambda unit: abs(np.log(longest * METERS[unit] / USUAL_ROOM)))
    if units == "m":
        return f"{problem}; cut the scan into rooms, or check it for stray points"
    return f"{problem}; if it is in {units}, pass --units {units} ({longest * METERS[units]:.2g} m)"


def _up_warning(scan: Scan) -> str | None:
    candidates = up_candidates(scan.points)
    upright = max((c.score for c in candidates if c.direction[2] > NEAR), default=None)
    others = [c for c in candidates if c.direction[2] < FROM_Z]
    if upright is None or not others or others[0].score < upright + SURE:
        return None
    axis = _nearest_axis(others[0].direction)
    cosine = float(TURNS[axis][2] @ others[0].direction)
    if cosine > NEAR:
        return f"the scan's floor seems not to be at its bottom: {axis} looks up, not z; if so, pass --up {axis}"
    angle = np.degrees(np.arccos(cosine))
    return f"the scan's floor seems not to be level: up leans {angle:.0f} degrees off {axis}; if so, pass --up auto"


def _nearest_axis(direction: Float64[np.ndarray, "3"]) -> str:
    return max(TURNS, key=lambda axis: float(TURNS[axis][2] @ direction))
