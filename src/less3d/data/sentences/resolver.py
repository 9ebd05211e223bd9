"""`Resolver`: which objects of a room a meaning can mean, sure, impossible or too close to call."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from less3d.data.rooms.colors import COLORS
from less3d.data.rooms.room import STRUCTURE
from less3d.data.sentences import rankings, relations
from less3d.data.sentences.lexicon import covers
from less3d.data.sentences.meaning import OWN, ROW, Attribute, Meaning, Ranking, Relation, View
from less3d.data.sentences.scene import Scene
from less3d.data.sentences.verdict import FALSE, TRUE, UNSURE, Verdicts, at_least, both, negate


class Resolver:
    """Resolves meanings in one scene; tables of relations are kept, as sentences share them."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._nouns: dict[str, Verdicts] = {}
        self._tables: dict[tuple[str, View], Verdicts] = {}
        self._resolved: dict[Meaning, Verdicts] = {}
        self._related: dict[Relation, Verdicts] = {}

    def verdicts(self, meaning: Meaning) -> Verdicts:
        """Verdict (n,) of every object of the scene to be what is meant."""
        if meaning not in self._resolved:
            base = self._noun(meaning.noun)
            for attribute in meaning.attributes:
                base = both(base, self._attribute(attribute))
            for relation in meaning.relations:
                base = both(base, self.relation(relation))
            self._resolved[meaning] = base if meaning.ranking is None else self._rank(meaning.ranking, base)
        return self._resolved[meaning]

    def only(self, meaning: Meaning) -> int | None:
        """Row of the one object that is surely meant, None unless every other is surely not meant."""
        verdicts = self.verdicts(meaning)
        possible = np.flatnonzero(verdicts)
        return int(possible[0]) if len(possible) == 1 and verdicts[possible[0]] == TRUE else None

    def table(self, name: str, view: View = OWN) -> Verdicts:
        """Verdicts [x, a] of a relation between two objects, for a viewer where it takes one."""
        if (name, view) not in self._tables:
            self._tables[name, view] = self._table(name, view)
        return self._tables[name, view]

    def relation(self, relation: Relation) -> Verdicts:
        """Verdict (n,) of every object to stand in a relation."""
        if relation not in self._related:
            verdicts = self._relation(relation)
            self._related[relation] = negate(verdicts) if relation.negated else verdicts
        return self._related[relation]

    def frame(self, view: View) -> rankings.Frame | None:
        """Place (None when far away) and looking direction of a stated viewer; None unless both are sure."""
        at = None if view.at is None else self.only(view.at)
        toward = None if view.toward is None else self.only(view.toward)
        scene = self.scene
        origin: Float[np.ndarray, "2"] | None = None if at is None else scene.center[at]
        if view.kind == "facing" and toward is not None:
            forward = -scene.front[toward]
        elif view.kind == "enter" and at is not None:
            forward = scene.front[at]
        elif view.kind == "from" and at is not None and toward is not None:
            forward = _unit(scene.center[toward] - scene.center[at])
        else:
            return None
        return None if np.isnan(forward).any() else (origin, forward)

    def _noun(self, noun: str) -> Verdicts:
        if noun not in self._nouns:
            self._nouns[noun] = self._covered(noun)
        return self._nouns[noun]

    def _covered(self, noun: str) -> Verdicts:
        covered = np.array([covers(noun, item.category) for item in self.scene.objects], dtype=np.int8)
        return covered if noun in STRUCTURE else np.where(self.scene.is_thing, covered, FALSE).astype(np.int8)

    def _attribute(self, attribute: Attribute) -> Verdicts:
        if attribute.kind == "color":
            return self._color(attribute.value)
        if attribute.kind == "state":
            opened = at_least(self.scene.swing, 25.0, 10.0)
            return opened if attribute.value == "open" else negate(opened)
        given = [known.get(attribute.kind) for known in self.scene.properties]
        alike = _ALIKE.get(attribute.value, frozenset())
        verdicts = [
            TRUE if value == attribute.value else UNSURE if value is None or value in alike else FALSE
            for value in given
        ]
        return np.array(verdicts, dtype=np.int8)

    def _color(self, value: str) -> Verdicts:
        """Sure for an object's one color; never where under 15 % of the points are of it and the mean is not near."""
        index = COLORS.index(value)
        seen = (self.scene.color_share[:, index] >= 0.15) | self.scene.color_near[:, index]
        unseen = (self.scene.color_share.sum(axis=1) == 0) & np.array([i.color is None for i in self.scene.objects])
        named = np.array([item.color == value for item in self.scene.objects])
        return np.where(named, TRUE, np.where(seen | unseen, UNSURE, FALSE)).astype(np.int8)

    def _relation(self, relation: Relation) -> Verdicts:
        if relation.name == "corner":
            return relations.in_corner(self.scene)
        if relation.name == "middle":
            return relations.in_middle(self.scene)
        if relation.name in ("left side", "right side"):
            return self._room_side(relation)
        if relation.name == "between":
            return self._between(*relation.anchors)
        anchors = self.verdicts(relation.anchors[0])
        if relation.name == "surrounded":
            return relations.surrounded(self.scene, anchors)
        return np.minimum(self.table(relation.name, relation.view), anchors).max(axis=1)

    def _room_side(self, relation: Relation) -> Verdicts:
        frame = self.frame(relation.view)
        if frame is None or frame[0] is None:
            return np.full(len(self.scene), UNSURE, dtype=np.int8)
        right = np.array([frame[1][1], -frame[1][0]])
        return relations.on_room_side(self.scene, right if relation.name == "right side" else -right, frame[0])

    def _table(self, name: str, view: View) -> Verdicts:
        if name in _INVERSE:
            return self.table(_INVERSE[name]).T
        if name in _PLAIN:
            return _PLAIN[name](self.scene)
        forward = self._forward(view)
        if forward is None:
            return np.full((len(self.scene), len(self.scene)), UNSURE, dtype=np.int8)
        return _SIDES[name](self.scene, forward)

    def _forward(self, view: View) -> Float[np.ndarray, "n 2"] | None:
        """Looking direction of the viewer for each anchor."""
        if view.kind == "own":
            return -self.scene.front
        if view.kind == "from" and view.toward is None and view.at is not None:
            place = self.only(view.at)
            return None if place is None else _unit(self.scene.center - self.scene.center[place])
        frame = self.frame(view)
        return None if frame is None else np.tile(frame[1], (len(self.scene), 1))

    def _between(self, first: Meaning, second: Meaning) -> Verdicts:
        verdicts = np.full(len(self.scene), FALSE, dtype=np.int8)
        one, other = self.verdicts(first), self.verdicts(second)
        for i in np.flatnonzero(one):
            for j in np.flatnonzero(other):
                if i != j and not (first == second and i > j):
                    found = relations.between(self.scene, int(i), int(j))
                    verdicts = np.maximum(verdicts, np.minimum(found, min(one[i], other[j])))
        return verdicts

    def _rank(self, ranking: Ranking, base: Verdicts) -> Verdicts:
        """Verdicts of the objects at the ranking's place among all that `base` does not rule out."""
        anchor = None if ranking.anchor is None else self.only(ranking.anchor)
        rows = np.flatnonzero((base > FALSE) & self.scene.is_thing & (np.arange(len(self.scene)) != anchor))
        verdicts = np.full(len(self.scene), FALSE, dtype=np.int8)
        verdicts[rows] = UNSURE
        if len(rows) == 0 or (ranking.anchor is not None and anchor is None):
            return verdicts
        frame = rankings.row_frame(self.scene, rows) if ranking.view == ROW else self.frame(ranking.view)
        criteria = rankings.criteria(self.scene, ranking.name, rows, anchor=anchor, frame=frame)
        if criteria is None:
            return verdicts
        if ranking.of is None:
            verdicts[rows] = rankings.first(criteria)
            return both(verdicts, base)
        if ranking.of == len(rows) and bool((base[rows] == TRUE).all()):
            place = rankings.order(criteria)
            if place is not None:
                verdicts[rows] = np.where(place == ranking.place - 1, TRUE, FALSE)
        return verdicts


def _unit(vectors: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n 2"]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6)


_PLAIN: dict[str, Callable[[Scene], Verdicts]] = {
    "next": relations.next_to,
    "near": relations.near,
    "on": relations.on,
    "under": relations.under,
    "above": relations.above,
    "below": relations.below,
    "against": relations.against,
    "facing": relations.facing,
    "facing away": relations.facing_away,
    "at": relations.seated_at,
    "opposite": relations.opposite,
    "left part": lambda scene: relations.on_part(scene, side=-1),
    "right part": lambda scene: relations.on_part(scene, side=1),
}
"""Relations that need no viewer, or one who stands in front of the anchor."""

_SIDES: dict[str, Callable[[Scene, Float[np.ndarray, "n 2"]], Verdicts]] = {
    "left": relations.left,
    "right": relations.right,
    "front": relations.in_front,
    "behind": relations.behind,
}
"""Relations that need a viewer."""

_INVERSE = {"carries": "on", "covers": "under", "has before": "front", "has left": "left", "has right": "right"}
"""Relations told from the other side: "a desk that has a lamp on it"."""

_ALIKE = {
    "square": frozenset({"rectangular"}),
    "rectangular": frozenset({"square", "L-shaped"}),
    "round": frozenset({"oval", "cylindrical"}),
    "oval": frozenset({"round"}),
    "cylindrical": frozenset({"round"}),
    "wooden": frozenset({"plastic"}),
    "plastic": frozenset({"metal", "wooden"}),
    "metal": frozenset({"plastic"}),
    "fabric": frozenset({"leather"}),
    "leather": frozenset({"fabric", "plastic"}),
}
"""Properties that a looker may take for each other."""
