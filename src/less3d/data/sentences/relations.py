"""Relations between objects as geometry: each is a table of verdicts [x, a], "x stands in this relation to a".

Distances are horizontal distances of outlines unless said otherwise, in metres; no object is in a relation to itself.
Sides are a viewer's: for one who looks along `forward`, right is `cross(forward, up)` = (forward_y, -forward_x).
"""

import numpy as np
from jaxtyping import Bool, Float

from less3d.data.sentences.scene import Scene
from less3d.data.sentences.verdict import FALSE, TRUE, UNSURE, Verdicts, at_least, at_most, both, negate

HOLLOW = frozenset(
    {"table", "desk", "coffee table", "end table", "dining table", "side table", "conference table", "computer desk"}
    | {"counter", "kitchen counter", "bathroom counter", "bench", "bed", "bunk bed", "stand", "piano", "sink"}
)
"""Classes with room underneath for other things."""

TABLES = frozenset({"table", "desk", "dining table", "conference table", "computer desk"})
SEATS = frozenset({"chair", "office chair", "armchair", "folding chair", "dining chair"})


def next_to(scene: Scene) -> Verdicts:
    """Sure within 0.3 m side by side at overlapping heights, never beyond 0.9 m or where one carries the other."""
    return _beside(scene, at_most(scene.gap, 0.3, 0.9), at_most(scene.rise, 0.15, np.inf))


def near(scene: Scene) -> Verdicts:
    """Sure within 0.6 m, never beyond 1.6 m or where one carries the other."""
    return _beside(scene, at_most(scene.gap, 0.6, 1.6), at_most(scene.rise, 0.5, 1.6))


def on(scene: Scene) -> Verdicts:
    """Sure when a is the support of x.

    Unsure when x rests on something that a carries, touches the top of a, hangs close to the wall a, or has no known
    support and overlaps a.
    """
    carried = _carried(scene)
    stacked = (carried.astype(int) @ carried > 0) & scene.is_thing
    overlap = scene.gap < 0
    touching = overlap & (np.abs(scene.low[:, None] - scene.high) < 0.12)
    leaning = (scene.gap < 0.15) & walls(scene)
    unknown = overlap & (scene.support < 0)[:, None]
    return _others(np.where(carried, TRUE, np.where(stacked | touching | leaning | unknown, UNSURE, FALSE)))


def under(scene: Scene) -> Verdicts:
    """x stands in the space beneath a.

    Sure when a is hollow or hangs higher, x stays 0.08 m lower than the top of a, and 60 % of its width is beneath;
    never when less than 5 % is, or when one carries the other.
    """
    width = np.maximum(np.minimum(scene.extent[:, 1][:, None], scene.extent[:, 1]), 1e-3)
    deep = at_least(-scene.gap / width, 0.6, 0.05)
    lower = at_least(scene.high - scene.high[:, None], 0.08, 0.0)
    hollow = np.array([item.category in HOLLOW for item in scene.objects])
    room = np.where(hollow, TRUE, at_least(scene.low - scene.high[:, None], 0.0, -0.1))
    room = np.where(scene.is_thing, room, FALSE)
    return _others(both(deep, lower, room, negate(_attached(scene))))


def above(scene: Scene) -> Verdicts:
    """x is higher than the top of a and over its middle, or at the wall behind it; it does not stand on a."""
    aligned = at_most(np.minimum(scene.offside, scene.offside.T), 0.25, 0.7)
    higher = at_least(scene.low[:, None] - scene.high, 0.0, -0.3)
    things = np.where(scene.is_thing, TRUE, FALSE)
    return _others(both(aligned, higher, things, negate(_attached(scene))))


def below(scene: Scene) -> Verdicts:
    """The converse of `above`."""
    things = np.where(scene.is_thing, TRUE, FALSE)
    return both(above(scene).T, things[:, None], things)


def against(scene: Scene) -> Verdicts:
    """x stands at a: sure within 0.12 m, never beyond 0.45 m; unsure where x hangs on a."""
    return _others(both(at_most(scene.gap, 0.12, 0.45), np.where(_carried(scene), UNSURE, TRUE)))


def facing(scene: Scene) -> Verdicts:
    """The front of x points at the middle of a: sure within 15 degrees and 4 m, never beyond 50 degrees."""
    angle, distance = _turned(scene)
    return _others(both(at_most(angle, 15.0, 50.0), at_most(distance, 4.0, np.inf), at_least(distance, 0.4, 0.0)))


def facing_away(scene: Scene) -> Verdicts:
    """The back of x points at the middle of a: sure within 20 degrees and 4 m, never beyond 60 degrees."""
    angle, distance = _turned(scene)
    return _others(both(at_most(180 - angle, 20.0, 60.0), at_most(distance, 4.0, np.inf), at_least(distance, 0.4, 0.0)))


def seated_at(scene: Scene) -> Verdicts:
    """A seat x stands at the table a, turned to it: sure within 0.25 m and 35 degrees, never beyond 0.9 m."""
    seats = np.array([item.category in SEATS for item in scene.objects])
    tables = np.array([item.category in TABLES for item in scene.objects])
    turned = at_most(_turned(scene)[0], 35.0, np.inf)
    possible = np.where(tables & seats[:, None], TRUE, np.where(tables, UNSURE, FALSE))
    return _others(both(at_most(scene.gap, 0.25, 0.9), turned, possible))


def left(scene: Scene, forward: Float[np.ndarray, "n 2"]) -> Verdicts:
    """x is left of a for a viewer who looks along forward[a]; see `right`."""
    return _past(scene, np.stack([-forward[:, 1], forward[:, 0]], axis=1), forward, overlap=0.05, slack=0.3)


def right(scene: Scene, forward: Float[np.ndarray, "n 2"]) -> Verdicts:
    """x is right of a for a viewer who looks along forward[a].

    Sure when x begins past the right edge of a (0.05 m of overlap allowed) within 1.2 m of it, its middle 0.2 m or
    more past that of a and no more than 0.3 m out of the depth of a, at most 0.5 m higher or lower. Never when the
    middle of x is not right of the middle of a, or is more than 1.5 times as far out of its depth as it is to the
    right.
    """
    return _past(scene, np.stack([forward[:, 1], -forward[:, 0]], axis=1), forward, overlap=0.05, slack=0.3)


def in_front(scene: Scene, forward: Float[np.ndarray, "n 2"]) -> Verdicts:
    """x is between a and a viewer who looks along forward[a]: as `right`, towards the viewer.

    0.15 m of overlap are allowed, and the middle of x may be 0.05 m out of the width of a.
    """
    return _past(scene, -forward, np.stack([forward[:, 1], -forward[:, 0]], axis=1), overlap=0.15, slack=0.05)


def behind(scene: Scene, forward: Float[np.ndarray, "n 2"]) -> Verdicts:
    """x is beyond a for a viewer who looks along forward[a]."""
    return in_front(scene, -forward)


def on_part(scene: Scene, *, side: int) -> Verdicts:
    """x lies on a, on its left (side -1) or right (1) half for one who stands in front of a.

    Sure a quarter of the half width beyond the middle of a; never at or past the middle.
    """
    low, high, middle = _along(scene, side * np.stack([-scene.front[:, 1], scene.front[:, 0]], axis=1))
    own = np.arange(len(scene))
    offset = (middle - middle[own, own]) / np.maximum((high - low)[own, own] / 2, 1e-3)
    return both(on(scene), at_least(offset, 0.25, 0.0))


def opposite(scene: Scene) -> Verdicts:
    """x stands across from a: before the front of a, 0.8 to 4 m away, and turned to it if it has a front."""
    low, high, middle = _along(scene, scene.front)
    cross_low, cross_high, cross_middle = _along(scene, np.stack([scene.front[:, 1], -scene.front[:, 0]], axis=1))
    own = np.arange(len(scene))
    edge = low - high[own, own]
    ahead = middle - middle[own, own]
    out = np.maximum(cross_low[own, own] - cross_middle, cross_middle - cross_high[own, own]).clip(min=0)
    turned = scene.front @ scene.front.T
    sure = (edge >= 0.8) & (edge <= 4) & (out <= 0.1) & (turned < -0.9)
    never = (ahead <= 0.05) | (out > 1.0 * ahead) | (turned > 0.5)
    return _others(np.where(never, FALSE, np.where(sure, TRUE, UNSURE)))


def surrounded(scene: Scene, around: Verdicts) -> Verdicts:
    """x has three or more of the objects `around` at its sides: sure within 0.4 m, never with fewer within 0.9 m."""
    near_by = both(at_most(scene.gap, 0.4, 0.9), around, negate(_attached(scene)))
    near_by = _others(near_by)
    sure, possible = (near_by == TRUE).sum(axis=1) >= 3, (near_by > FALSE).sum(axis=1) >= 3
    return np.where(sure, TRUE, np.where(possible, UNSURE, FALSE)).astype(np.int8)


def between(scene: Scene, first: int, second: int) -> Verdicts:
    """Verdict of each x to be between two objects.

    Along the line that joins their middles, sure in the inner half and within a quarter of its length (at most 0.6 m)
    beside it, no more than 1.5 m from either; never outside the inner nine tenths or over 0.6 of its length beside it.
    """
    line = scene.center[second] - scene.center[first]
    length = max(float(np.linalg.norm(line)), 1e-6)
    offset = scene.center - scene.center[first]
    along = offset @ line / length**2
    beside = np.abs(offset @ np.array([line[1], -line[0]])) / length
    farther = np.maximum(scene.gap[:, first], scene.gap[:, second])
    nearer = np.minimum(scene.gap[:, first], scene.gap[:, second])
    level = np.maximum(scene.rise[:, first], scene.rise[:, second])
    verdicts = both(
        at_most(np.abs(along - 0.5), 0.25, 0.45),
        at_most(beside, min(0.25 * length, 0.6), 0.6 * length),
        at_most(farther, 1.5, np.inf),
        at_least(nearer, -0.05, -np.inf),
        at_most(level, 0.4, np.inf),
    )
    verdicts[[first, second]] = FALSE
    return verdicts


def in_corner(scene: Scene) -> Verdicts:
    """x stands where two walls meet: sure within 0.3 m of both, never beyond 0.9 m; unsure if it hangs on a wall."""
    rows = np.flatnonzero(walls(scene)).tolist()
    distance = np.full(len(scene), np.inf)
    for i, first in enumerate(rows):
        for second in rows[i + 1 :]:
            if _inner_corner(scene, first, second):
                distance = np.minimum(distance, np.maximum(scene.gap[:, first], scene.gap[:, second]))
    hung = walls(scene)[scene.support] & (scene.support >= 0)
    return both(at_most(distance, 0.3, 0.9), np.where(hung, UNSURE, TRUE))


def in_middle(scene: Scene) -> Verdicts:
    """x stands in the middle of the room, between all walls.

    With r half the width of the room between its closest walls: sure within 0.4 r of its middle and 0.8 m or more
    from every wall, never beyond 0.8 r or within 0.4 m of a wall.
    """
    rows = np.flatnonzero(walls(scene) & ~np.isnan(scene.front[:, 0]))
    if len(rows) == 0:
        return np.full(len(scene), UNSURE, dtype=np.int8)
    half = min(scene.half_width_along(scene.front[row]) for row in rows)
    offset = np.linalg.norm(scene.center - scene.middle, axis=1)
    free = np.min(np.where(walls(scene), scene.gap, np.inf), axis=1)
    return both(at_most(offset, 0.4 * half, 0.8 * half), at_least(free, 0.8, 0.4))


def on_room_side(scene: Scene, side: Float[np.ndarray, "2"], origin: Float[np.ndarray, "2"]) -> Verdicts:
    """x is in one half of the room, for a viewer at `origin`.

    Sure a third of the half width beyond the room's middle and 0.3 m beyond the viewer; never on the other side of
    both.
    """
    from_middle = (scene.center - scene.middle) @ side / scene.half_width_along(side)
    from_viewer = (scene.center - origin) @ side
    sure = (from_middle >= 0.33) & (from_viewer >= 0.3)
    never = (from_middle <= 0) & (from_viewer <= 0)
    return np.where(never, FALSE, np.where(sure, TRUE, UNSURE)).astype(np.int8)


def walls(scene: Scene) -> Bool[np.ndarray, "n"]:
    """Which rows are walls."""
    return np.array([item.category == "wall" for item in scene.objects])


def _others(verdicts: np.ndarray) -> Verdicts:
    """The same table, with FALSE for every object and itself."""
    verdicts = np.array(verdicts, dtype=np.int8)
    np.fill_diagonal(verdicts, FALSE)
    return verdicts


def _carried(scene: Scene) -> Bool[np.ndarray, "n n"]:
    """[x, a]: a is the support of x."""
    carried = np.zeros((len(scene), len(scene)), dtype=bool)
    known = np.flatnonzero(scene.support >= 0)
    carried[known, scene.support[known]] = True
    return carried


def _attached(scene: Scene) -> Verdicts:
    """TRUE where one of two objects carries the other."""
    carried = _carried(scene)
    return np.where(carried | carried.T, TRUE, FALSE).astype(np.int8)


def _turned(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """[x, a]: degrees between the front of x and the way to the middle of a, and the distance of middles."""
    offset = scene.center - scene.center[:, None]
    distance = np.linalg.norm(offset, axis=2)
    cosine = np.einsum("xai,xi->xa", offset, scene.front) / np.maximum(distance, 1e-6)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1))), distance


def _beside(scene: Scene, close: Verdicts, level: Verdicts) -> Verdicts:
    apart = at_least(scene.gap, -0.05, -np.inf)
    return _others(both(close, level, apart, negate(_attached(scene))))


def _past(
    scene: Scene,
    axis: Float[np.ndarray, "n 2"],
    cross: Float[np.ndarray, "n 2"],
    *,
    overlap: float,
    slack: float,
) -> Verdicts:
    """x is past a along axis[a] and level with it along cross[a]; `right` has the rules."""
    own = np.arange(len(scene))
    low, high, middle = _along(scene, axis)
    cross_low, cross_high, cross_middle = _along(scene, cross)
    edge = low - high[own, own]
    ahead = middle - middle[own, own]
    out = np.maximum(cross_low[own, own] - cross_middle, cross_middle - cross_high[own, own]).clip(min=0)
    sure = (edge >= -overlap) & (edge <= 1.2) & (ahead >= 0.2) & (out <= slack) & (scene.rise <= 0.5)
    never = (ahead <= 0.05) | (out > 1.5 * ahead)
    verdicts = np.where(never, FALSE, np.where(sure, TRUE, UNSURE))
    return _others(both(verdicts, np.where(_carried(scene), UNSURE, TRUE)))


def _along(scene: Scene, axis: Float[np.ndarray, "n 2"]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower end, upper end and middle [x, a] of each object x on axis[a]."""
    spread = scene.outline @ axis.T  # (x, k, a)
    return spread.min(axis=1), spread.max(axis=1), scene.center @ axis.T


def _inner_corner(scene: Scene, first: int, second: int) -> bool:
    """Whether two walls meet at an angle and each faces the other's side."""
    across = scene.center[second] - scene.center[first]
    turned = abs(float(scene.front[first] @ scene.front[second])) < 0.7
    inward = float(scene.front[first] @ across) > 0.1 and float(scene.front[second] @ -across) > 0.1
    return bool(turned and inward and scene.gap[first, second] < 0.6)
