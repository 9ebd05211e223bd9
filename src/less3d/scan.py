"""`Scan`: a coloured point cloud of a room, the one currency of the package."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Shaped, UInt8

from less3d.errors import InputError

NO_INSTANCE = -1
"""Instance id of a point that belongs to no annotated object."""

TURNS = 4
"""From how many sides a scan is looked at when it is asked, where nothing else is said."""


@dataclass(frozen=True, eq=False)
class Scan:
    """N coloured points of one room, in metres, z up.

    `points + origin` are the coordinates of the file: georeferenced scans lose their large offset in float64 before
    they become float32. Everything past `colors` is optional and may be absent in a user's own scan.

    Raises:
        InputError: when an array has the wrong shape, length or type, or a coordinate is not finite.
    """

    points: Float32[np.ndarray, "N 3"]
    colors: UInt8[np.ndarray, "N 3"]
    origin: Float64[np.ndarray, "3"] = field(default_factory=lambda: np.zeros(3))
    instances: Int32[np.ndarray, "N"] | None = None
    """Object id of each point, -1 for none."""
    labels: Mapping[int, str] | None = None
    """Class name of each object id in `instances`."""
    semantics: Int32[np.ndarray, "N"] | None = None
    """Class id of each point in the source's own numbering (NYU40 for ScanNet)."""
    attributes: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Any other per-point property of the file, by name, in its own dtype, each of shape (N,)."""
    faces: Int32[np.ndarray, "M 3"] | None = None
    """Triangles over the points, when the file was a mesh."""
    stand_ins: Int32[np.ndarray, "F"] | None = None
    """For each of the F points of the file, the row of the point that stands for it here, when the scan was thinned
    while it was read; -1 for points without coordinates. None: the points are the file's own."""

    def __post_init__(self) -> None:
        """Check shapes and values once, so that nothing downstream has to."""
        _require(self.points.ndim == 2 and self.points.shape[1] == 3, "points of shape (N, 3)", self.points.shape)
        _require(self.points.dtype == np.float32, "points of type float32", self.points.dtype)
        n = len(self.points)
        _require(n > 0, "at least one point", "none")
        _require(self.colors.shape == (n, 3), f"colors of shape ({n}, 3)", self.colors.shape)
        _require(self.colors.dtype == np.uint8, "colors of type uint8, 0 to 255", self.colors.dtype)
        _require(bool(np.isfinite(self.points).all()), "finite coordinates", "NaN or infinity")
        _require(self.origin.shape == (3,) and bool(np.isfinite(self.origin).all()), "a finite origin", self.origin)
        per_point = {"instances": self.instances, "semantics": self.semantics, **self.attributes}
        for name, values in per_point.items():
            shape = (n,) if values is None else values.shape
            _require(shape == (n,), f"{name} of shape ({n},)", shape)
        if self.faces is not None and len(self.faces):
            inside = int(self.faces.min()) >= 0 and int(self.faces.max()) < n
            _require(inside, f"faces that index points 0 to {n - 1}", "an index outside")
        if self.stand_ins is not None:
            inside = int(self.stand_ins.min(initial=0)) >= -1 and int(self.stand_ins.max(initial=0)) < n
            _require(inside, f"stand_ins that index points 0 to {n - 1}, or are -1", "an index outside")

    def on_file(self, values: Shaped[np.ndarray, "N"]) -> Shaped[np.ndarray, "F"]:
        """What was found of each point, such as a mask, for each point of the file, in the file's order.

        Points without coordinates have False, or 0.
        """
        if self.stand_ins is None:
            return values
        spread = values[self.stand_ins]
        spread[self.stand_ins < 0] = 0
        return spread

    def of_file(self, mask: Bool[np.ndarray, "F"]) -> Bool[np.ndarray, "N"]:
        """What a mask over the points of the file is over these: a point is inside when most it stands for are."""
        if self.stand_ins is None:
            return mask
        there = self.stand_ins >= 0
        counts = np.bincount(self.stand_ins[there], minlength=len(self))
        return 2 * np.bincount(self.stand_ins[there], mask[there], len(self)) > counts

    def turned(self, angle: float) -> "Scan":
        """Points and colors, turned about z through the middle of the scan, which becomes the origin.

        Args:
            angle: radians, counterclockwise seen from above.
        """
        middle = (self.points.min(axis=0) + self.points.max(axis=0)) / 2
        cos, sin = np.cos(angle), np.sin(angle)
        rotation = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], dtype=np.float32)
        return Scan(points=(self.points - middle) @ rotation.T, colors=self.colors)

    def __len__(self) -> int:
        return len(self.points)


def _require(holds: bool, expected: str, got: object) -> None:
    if not holds:
        raise InputError(f"a scan needs {expected}, got {got}")
