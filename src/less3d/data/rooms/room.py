"""`Room`: a made room as a scanner saw it, with everything a sentence may say about its objects."""

from dataclasses import dataclass

from less3d.scan import Scan

STRUCTURE = frozenset({"wall", "floor", "ceiling"})
"""Classes that are parts of the building: annotated and numbered as objects are."""


@dataclass(frozen=True)
class RoomObject:
    """One annotated object of a room, measured on its visible points. Metres and radians in the room's frame, z up."""

    instance: int
    """Id of its points in `Scan.instances`."""
    category: str
    """Class name as ScanNet writes it, such as "office chair" or "trash can"."""
    center: tuple[float, float, float]
    size: tuple[float, float, float]
    """Axis-aligned box of the visible points, with `center` in its middle."""
    facing: float | None
    """Yaw of the object's front, 0 along +x and counter-clockwise; None when it has no front.

    A wall faces into the room.
    """
    color: str | None
    """The one clear color of the visible points, None when they are mixed."""
    material: str | None
    shape: str | None
    support: int | None
    """Instance it stands, lies or hangs on: furniture, a wall or the floor. None when that is not annotated."""
    visible_points: int


@dataclass(frozen=True, eq=False)
class Room:
    """A room made from a seed: the scan and its objects, walls and floor among them.

    `scan.instances` names an object for each point (-1 for clutter that no sentence speaks about) and `scan.labels`
    its class. The floor lies near z = 0; the walls may stand at any angle to x and y.
    """

    name: str
    kind: str
    """What the room is used for, such as "office"."""
    seed: int
    scan: Scan
    objects: tuple[RoomObject, ...]
