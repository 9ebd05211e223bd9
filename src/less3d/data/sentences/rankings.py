"""Superlatives and ordinals: who is first, or second, by distance, side, size or height, and is it clear."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from less3d.data.sentences.relations import walls
from less3d.data.sentences.scene import Scene
from less3d.data.sentences.verdict import FALSE, TRUE, UNSURE, Verdicts

Frame = tuple[Float[np.ndarray, "2"] | None, Float[np.ndarray, "2"]]
"""A viewer's place, None when far away, and looking direction."""

ALIKE = 0.9
"""Cosine over which two fronts count as the same direction."""


@dataclass(frozen=True, eq=False)
class Criterion:
    """Values (m,) of which the smallest is first, and by how much (m,) each must be smaller than all others."""

    values: Float[np.ndarray, "m"]
    margins: Float[np.ndarray, "m"]


def criteria(
    scene: Scene, name: str, rows: Int[np.ndarray, "m"], *, anchor: int | None = None, frame: Frame | None = None
) -> tuple[Criterion, ...] | None:
    """What ranks the objects `rows`; the first must win by all criteria. None when they cannot be compared.

    - "closest", "farthest": the gap in space to the anchor by 0.25 m and 15 %, the distance of middles by 0.1 m.
    - "left", "right": the middle's offset to the viewer's side by half the object's length, 0.1 to 0.3 m; for a viewer
      at a stated place also the bearing by 8 degrees, and all objects must lie in front of the viewer.
    - "biggest", "smallest": volume by half as much again, while length and height do not speak against it.
    - "tallest", "shortest": height by 0.15 m, while the top does not speak against it.
    - "longest": the longest width seen from above by 30 %.
    - "highest", "lowest": the middle's height by 0.25 m, while the bottom does not speak against it.
    """
    if name in ("closest", "farthest"):
        found = None if anchor is None else _distances(scene, rows, anchor)
    elif name in ("left", "right"):
        found = None if frame is None else _sides(scene, rows, *frame)
    else:
        found = _sizes(scene, rows, name)
    if found is None or name not in ("farthest", "right", "smallest", "shortest", "lowest"):
        return found
    return tuple(Criterion(-criterion.values, criterion.margins) for criterion in found)


def first(ranked_by: tuple[Criterion, ...]) -> Verdicts:
    """TRUE for the object that is clearly first and FALSE for those it beats; UNSURE for all that may be first."""
    beaten = np.logical_and.reduce([_wins(criterion) for criterion in ranked_by])  # [winner, loser]
    winner = int(ranked_by[0].values.argmin())
    verdicts = np.where(beaten[winner], FALSE, UNSURE).astype(np.int8)
    verdicts[winner] = TRUE if int(beaten[winner].sum()) == len(verdicts) - 1 else UNSURE
    return verdicts


def order(ranked_by: tuple[Criterion, ...]) -> Int[np.ndarray, "m"] | None:
    """Place (m,) of each object from 0, None unless each is clearly before the next."""
    beaten = np.logical_and.reduce([_wins(criterion) for criterion in ranked_by])
    ranked = np.argsort(ranked_by[0].values, kind="stable")
    if not all(beaten[one, other] for one, other in pairwise(ranked)):
        return None
    return np.argsort(ranked, kind="stable")


def row_frame(scene: Scene, rows: Int[np.ndarray, "m"]) -> Frame | None:
    """How people look at things in a row: at the wall they all hang on or stand along, or at the table they stand on.

    None when the things are not in such a row or do not all face the viewer.
    """
    fronts = scene.front[rows]
    for wall in np.flatnonzero(walls(scene)):
        faces_room = np.isnan(fronts[:, 0]) | (fronts @ scene.front[wall] > ALIKE)
        if bool((scene.gap[rows, wall] < 0.5).all() and faces_room.all()):
            return None, -scene.front[wall]
    carrier = scene.support[rows[0]]
    same = carrier >= 0 and scene.is_thing[carrier] and bool((scene.support[rows] == carrier).all())
    if same and bool((fronts @ scene.front[carrier] > ALIKE).all()):
        return None, -scene.front[carrier]
    return None


def _wins(criterion: Criterion) -> np.ndarray:
    """[winner, loser]: whether one is clearly before the other."""
    return criterion.values - criterion.values[:, None] >= np.maximum(criterion.margins[:, None], criterion.margins)


def _distances(scene: Scene, rows: Int[np.ndarray, "m"], anchor: int) -> tuple[Criterion, ...]:
    gap = np.hypot(scene.gap[rows, anchor].clip(min=0), scene.rise[rows, anchor].clip(min=0))
    middle = np.linalg.norm(scene.center[rows] - scene.center[anchor], axis=1)
    return Criterion(gap, np.maximum(0.25, 0.15 * gap)), Criterion(middle, np.full(len(rows), 0.1))


def _sides(
    scene: Scene, rows: Int[np.ndarray, "m"], origin: Float[np.ndarray, "2"] | None, forward: Float[np.ndarray, "2"]
) -> tuple[Criterion, ...] | None:
    offset = scene.center[rows] - (0 if origin is None else origin)
    side = offset @ np.array([forward[1], -forward[0]])
    by_side = Criterion(side, np.clip(scene.extent[rows, 0] / 2, 0.1, 0.3))
    if origin is None:
        return (by_side,)
    depth = offset @ forward
    if depth.min() < 0.3:
        return None
    return by_side, Criterion(np.degrees(np.arctan2(side, depth)), np.full(len(rows), 8.0))


def _sizes(scene: Scene, rows: Int[np.ndarray, "m"], name: str) -> tuple[Criterion, ...]:
    long, short = scene.extent[rows].T
    height = scene.high[rows] - scene.low[rows]
    even = np.zeros(len(rows))
    if name in ("biggest", "smallest"):
        volume = long * np.maximum(short, 0.05) * np.maximum(height, 0.05)
        return (
            Criterion(-np.log(volume), even + np.log(1.5)),
            Criterion(-np.log(long), even - np.log(1.1)),
            Criterion(-np.log(np.maximum(height, 0.05)), even - np.log(1.1)),
        )
    if name in ("tallest", "shortest"):
        return Criterion(-height, even + 0.15), Criterion(-scene.high[rows], even)
    if name == "longest":
        return (Criterion(-np.log(long), even + np.log(1.3)),)
    return Criterion(-(scene.high + scene.low)[rows] / 2, even + 0.25), Criterion(-scene.low[rows], even + 0.05)
