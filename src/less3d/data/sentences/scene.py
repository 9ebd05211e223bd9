"""`Scene`: the geometry of a room that sentences are checked against, measured once a room.

Everything here turns with the room: outlines are convex hulls seen from above, not axis-aligned boxes, so a room
turned by any angle gives the same distances, sides and orders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from less3d.data.rooms.colors import COLORS, color_index
from less3d.data.rooms.room import STRUCTURE, Room, RoomObject
from less3d.data.sentences.lexicon import covers
from less3d.data.sentences.verdict import TRUE

_DIRECTIONS = 64
_OUTLINE_POINTS = 4000
_COLOR_POINTS = 500
_FLAT_SIDES = 6
_AJAR = 12.0
_ANGLES = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
_UNITS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Scene:
    """The n objects of a room as rows of arrays: metres, radians and the room's frame, z up."""

    objects: tuple[RoomObject, ...]
    is_thing: Bool[np.ndarray, "n"]
    """False for walls, floor and ceiling, which sentences rarely ask for, and for the frames of doors."""
    center: Float[np.ndarray, "n 2"]
    """Middle of the outline seen from above (its Steiner point)."""
    low: Float[np.ndarray, "n"]
    high: Float[np.ndarray, "n"]
    outline: Float[np.ndarray, "n k 2"]
    """Points of the convex outline seen from above."""
    extent: Float[np.ndarray, "n 2"]
    """Longest and shortest width of the outline."""
    gap: Float[np.ndarray, "n n"]
    """Horizontal distance of two outlines; negative where they overlap, by how deep."""
    offside: Float[np.ndarray, "n n"]
    """Horizontal distance from the middle of the first object to the outline of the second, negative inside it."""
    rise: Float[np.ndarray, "n n"]
    """Vertical distance of two objects; negative where their heights overlap."""
    front: Float[np.ndarray, "n 2"]
    """Unit vector towards the object's front, NaN when it has none. An open door has none."""
    swing: Float[np.ndarray, "n"]
    """How far a door stands open, in degrees from its wall; NaN for everything else."""
    support: Int[np.ndarray, "n"]
    """Row of the object it stands, lies or hangs on, -1 when not known."""
    color_share: Float[np.ndarray, "n c"]
    """Share of an object's points that carries each word of `COLORS`."""
    color_near: Bool[np.ndarray, "n c"]
    """Whether the object's mean color, or one hardly different from it, carries the word."""
    luminance: Float[np.ndarray, "n"]
    """Mean of the object's colors, 0 black to 1 white."""
    properties: tuple[Mapping[str, str], ...]
    """What is known of each object by kind: color, material, shape, and for doors the state "open" or "closed"."""
    middle: Float[np.ndarray, "2"]
    """Middle of the whole room's outline."""
    border: Float[np.ndarray, "k 2"]
    """Points of the whole room's convex outline."""
    kind: str
    """What the room is used for, such as "office"."""

    def half_width_along(self, axis: Float[np.ndarray, "2"]) -> float:
        """Half of the room's width along a unit vector."""
        return float(np.ptp(self.border @ axis)) / 2

    def __len__(self) -> int:
        return len(self.objects)

    def rows(self, category: str) -> tuple[int, ...]:
        """Rows of all objects of one category."""
        return tuple(row for row, item in enumerate(self.objects) if item.category == category)


def measure(room: Room) -> Scene:
    """Measure a room's objects, on their visible points where the scan names them and on their boxes elsewhere."""
    objects = room.objects
    members = _members(room)
    points = [room.scan.points[rows, :2] for rows in members]
    outline = np.stack([_outline(*pair) for pair in zip(points, objects, strict=True)]).astype(np.float64)
    height = np.array([item.center[2] for item in objects])
    half = np.array([item.size[2] for item in objects]) / 2
    reach = np.einsum("nki,ki->nk", outline, _UNITS)  # (n, k), how far the outline goes in each direction
    center = (reach @ _UNITS) * (2 / _DIRECTIONS)
    normals = _long_edge_normals(outline)
    gap, width = _gaps_and_widths(outline, reach, normals)
    colors = [room.scan.colors[rows[:: max(1, len(rows) // _COLOR_POINTS)]] for rows in members]
    support = _support(objects)
    front, swing = _fronts(objects, support, gap)
    return Scene(
        objects=objects,
        is_thing=_things(objects, gap),
        center=center,
        low=height - half,
        high=height + half,
        outline=outline,
        extent=np.stack([width.max(axis=1), width.min(axis=1)], axis=1),
        gap=gap,
        offside=_offsides(center, outline, reach, normals),
        rise=np.maximum((height - half)[:, None] - (height + half), (height - half) - (height + half)[:, None]),
        front=front,
        swing=swing,
        support=support,
        color_share=np.stack([_color_share(seen) for seen in colors]),
        color_near=np.stack([_color_near(seen) for seen in colors]),
        luminance=np.array([seen.mean() / 255 if len(seen) else 0.5 for seen in colors]),
        properties=tuple(_properties(item, angle) for item, angle in zip(objects, swing, strict=True)),
        middle=reach.max(axis=0) @ _UNITS * (2 / _DIRECTIONS),
        border=outline[reach.argmax(axis=0), np.arange(_DIRECTIONS)],
        kind=room.kind,
    )


def _members(room: Room) -> list[Int[np.ndarray, "_"]]:
    """Indices of each object's points."""
    if room.scan.instances is None:
        return [np.zeros(0, dtype=np.int64) for _ in room.objects]
    order = np.argsort(room.scan.instances, kind="stable")
    ids = room.scan.instances[order]
    wanted = np.array([item.instance for item in room.objects])
    starts, ends = np.searchsorted(ids, wanted, side="left"), np.searchsorted(ids, wanted, side="right")
    return [order[start:end] for start, end in zip(starts, ends, strict=True)]


def _outline(points: Float[np.ndarray, "m 2"], item: RoomObject) -> Float[np.ndarray, "k 2"]:
    """The farthest point in each direction: of the points, or of the box's corners when there are none."""
    if len(points) == 0:
        corners = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)]) / 2
        points = (np.array(item.center[:2]) + corners * np.array(item.size[:2])).astype(np.float32)
    points = points[:: max(1, len(points) // _OUTLINE_POINTS)]
    return points[(points @ _UNITS.T).argmax(axis=0)]


def _long_edge_normals(outline: Float[np.ndarray, "n k 2"]) -> Float[np.ndarray, "n e 2"]:
    """Outward normals of the longest edges of each outline: the directions in which flat sides are told apart."""
    edges = np.roll(outline, -1, axis=1) - outline
    longest = np.argsort(-np.linalg.norm(edges, axis=2), axis=1, kind="stable")[:, :_FLAT_SIDES]
    edges = np.take_along_axis(edges, longest[..., None], axis=1)
    length = np.linalg.norm(edges, axis=2, keepdims=True)
    normals = np.stack([edges[..., 1], -edges[..., 0]], axis=2) / length.clip(1e-6)
    return np.where(length > 1e-6, normals, _UNITS[0])  # an outline of few corners has edges of no length


def _gaps_and_widths(
    outline: Float[np.ndarray, "n k 2"], reach: Float[np.ndarray, "n k"], normals: Float[np.ndarray, "n e 2"]
) -> tuple[Float[np.ndarray, "n n"], Float[np.ndarray, "n w"]]:
    """Signed distances of all pairs of outlines, and the widths of each, by separating directions.

    The widest gap along any direction is the distance. Tried are evenly spaced directions, which are good between
    corners, and the normals of flat sides, which are exact between sides.
    """
    opposite = np.roll(reach, _DIRECTIONS // 2, axis=1)
    evenly = -(reach[:, None, :] + opposite[None, :, :]).min(axis=2)
    count, sides = normals.shape[:2]
    spread = (outline @ normals.reshape(-1, 2).T).reshape(count, -1, count, sides)  # (x, k, a, e)
    own = np.arange(count)
    start, far = spread.min(axis=1), spread.max(axis=1)[own, own]
    flat = (start - far).max(axis=2)
    widths = np.concatenate([reach + opposite, far - start[own, own]], axis=1)
    return np.maximum(evenly, np.maximum(flat, flat.T)), widths


def _offsides(
    center: Float[np.ndarray, "n 2"],
    outline: Float[np.ndarray, "n k 2"],
    reach: Float[np.ndarray, "n k"],
    normals: Float[np.ndarray, "n e 2"],
) -> Float[np.ndarray, "n n"]:
    """Signed distance from each middle to each outline, by the same directions as the distances of outlines."""
    evenly = ((center @ _UNITS.T)[:, None, :] - reach).max(axis=2)
    far = np.einsum("aki,aei->aek", outline, normals).max(axis=2)
    return np.maximum(evenly, (np.einsum("xi,aei->xae", center, normals) - far).max(axis=2))


def _things(objects: Sequence[RoomObject], gap: Float[np.ndarray, "n n"]) -> Bool[np.ndarray, "n"]:
    """Which objects are things of their own: no part of the building and no frame around a door."""
    doors = [row for row, item in enumerate(objects) if covers("door", item.category) == TRUE]
    framing = [item.category == "doorframe" and bool((gap[row, doors] < 0.1).any()) for row, item in enumerate(objects)]
    return np.array([item.category not in STRUCTURE for item in objects]) & ~np.array(framing, dtype=bool)


def _support(objects: Sequence[RoomObject]) -> Int[np.ndarray, "n"]:
    row_of = {item.instance: row for row, item in enumerate(objects)}
    return np.array([-1 if item.support is None else row_of.get(item.support, -1) for item in objects])


def _fronts(
    objects: Sequence[RoomObject], support: Int[np.ndarray, "n"], gap: Float[np.ndarray, "n n"]
) -> tuple[Float[np.ndarray, "n 2"], Float[np.ndarray, "n"]]:
    """Front directions, and how far doors stand open.

    What hangs on a wall and has no front of its own faces as the wall does.
    """
    yaw = np.array([np.nan if item.facing is None else item.facing for item in objects])
    swing = np.full(len(objects), np.nan)
    walls = np.array([item.category == "wall" for item in objects])
    for row, item in enumerate(objects):
        if item.facing is None and support[row] >= 0 and walls[support[row]]:
            yaw[row] = yaw[support[row]]
        behind = yaw[walls & (gap[row] < 0.3)]
        if covers("door", item.category) == TRUE and len(behind) and item.category != "doorframe":
            swing[row] = np.degrees(np.arccos(np.clip(np.cos(behind - yaw[row]), -1, 1))).min()
    yaw[swing > _AJAR] = np.nan
    return np.stack([np.cos(yaw), np.sin(yaw)], axis=1), swing


def _properties(item: RoomObject, swing: float) -> Mapping[str, str]:
    state = "open" if swing >= 25 else "closed" if swing <= 10 else None
    given = {"color": item.color, "material": item.material, "shape": item.shape, "state": state}
    return {kind: value for kind, value in given.items() if value is not None}


def _color_share(colors: np.ndarray) -> Float[np.ndarray, "c"]:
    if len(colors) == 0:
        return np.zeros(len(COLORS))
    return np.bincount(color_index(colors), minlength=len(COLORS)) / len(colors)


def _color_near(colors: np.ndarray) -> Bool[np.ndarray, "c"]:
    """Which words the mean color carries when it is made 15 % darker or brighter, or any channel moves by 15."""
    near = np.zeros(len(COLORS), dtype=bool)
    if len(colors):
        mean = colors.mean(axis=0)
        steps = np.concatenate([np.eye(3), -np.eye(3)]) * 15
        tried = np.concatenate([mean * np.array([[0.85], [1.0], [1.15]]), mean + steps])
        near[color_index(tried.clip(0, 255))] = True
    return near
