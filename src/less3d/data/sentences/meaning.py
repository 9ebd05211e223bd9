"""`Meaning`: what a referring expression says, as a logical form, and which objects of a room it can mean."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from less3d.data.rooms.colors import COLORS
from less3d.data.rooms.room import STRUCTURE
from less3d.data.sentences import rankings, relations
from less3d.data.sentences.lexicon import covers
from less3d.data.sentences.scene import Scene
from less3d.data.sentences.verdict import FALSE, TRUE, UNSURE, Verdicts, both, negate


@dataclass(frozen=True)
class Attribute:
    """A property by its own name, such as color "brown" or material "wooden"."""

    kind: str
    """"color", "material" or "shape"."""
    value: str


@dataclass(frozen=True)
class View:
    """Where a viewer stands and looks, in words that a sentence says.

    - "own": in front of the anchor of the relation, looking at it.
    - "facing": looks at the front of `toward`, squarely.
    - "enter": comes in through the door `at`, looking straight into the room.
    - "from": stands at `at`, looking at `toward`; at the anchor of the relation when there is no `toward`.
    - "row": looks at a row of equal things from the side they all face; nothing is said about it.
    """

    kind: str
    at: "Meaning | None" = None
    toward: "Meaning | None" = None


OWN = View("own")
ROW = View("row")


@dataclass(frozen=True)
class Relation:
    """One clause: the object stands in the relation `name` to some object that each anchor can mean."""

    name: str
    anchors: tuple["Meaning", ...] = ()
    view: View = OWN
    negated: bool = False


@dataclass(frozen=True)
class Ranking:
    """One superlative or ordinal: the object is number `place` of all that the rest of the meaning leaves.

    `of` is how many there are; None when the sentence does not depend on it.
    """

    name: str
    anchor: "Meaning | None" = None
    view: View = OWN
    place: int = 1
    of: int | None = None


@dataclass(frozen=True)
class Meaning:
    """An object of the class `noun` with all these attributes and relations, and the rank among all such.

    A definite meaning ("the desk") must fit one object only; an indefinite one ("a desk") may fit several.
    """

    noun: str
    attributes: tuple[Attribute, ...] = ()
    relations: tuple[Relation, ...] = ()
    ranking: Ranking | None = None
    definite: bool = True


class Resolver:
    """Says which objects of one scene a meaning can mean. Tables of relations are kept, as sentences share them."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._tables: dict[tuple[str, View], Verdicts] = {}
        self._resolved: dict[Meaning, Verdicts] = {}
        self._plain = {
            "next": relations.next_to,
            "near": relations.near,
            "on": relations.on,
            "under": relations.under,
            "above": relations.above,
            "below": relations.below,
            "against": relations.against,
            "facing": relations.facing,
        }
        self._sides = {
            "left": relations.left,
            "right": relations.right,
            "front": relations.in_front,
            "behind": relations.behind,
        }

    def verdicts(self, meaning: Meaning) -> Verdicts:
        """Verdict (n,) of every object of the scene to be what is meant."""
        if meaning not in self._resolved:
            self._resolved[meaning] = self._resolve(meaning)
        return self._resolved[meaning]

    def only(self, meaning: Meaning) -> int | None:
        """Row of the one object that is surely meant, None unless every other is surely not meant."""
        possible = np.flatnonzero(self.verdicts(meaning) > FALSE)
        return int(possible[0]) if len(possible) == 1 and self.verdicts(meaning)[possible[0]] == TRUE else None

    def table(self, name: str, view: View = OWN) -> Verdicts:
        """Verdicts [x, a] of a relation between two objects; "carries" and "covers" are "on" and "under" inverted."""
        if (name, view) not in self._tables:
            self._tables[name, view] = self._table(name, view)
        return self._tables[name, view]

    def relation(self, relation: Relation) -> Verdicts:
        """Verdict (n,) of every object to stand in a relation."""
        if relation.name == "corner":
            verdicts = relations.in_corner(self.scene)
        elif relation.name == "middle":
            verdicts = relations.in_middle(self.scene)
        elif relation.name == "between":
            verdicts = self._between(*relation.anchors)
        else:
            table = self.table(relation.name, relation.view)
            anchors = self.verdicts(relation.anchors[0])
            verdicts = np.minimum(table, anchors).max(axis=1)
        return negate(verdicts) if relation.negated else verdicts

    def frame(self, view: View) -> tuple[Float[np.ndarray, "2"] | None, Float[np.ndarray, "2"]] | None:
        """Place (None when far away) and looking direction of a stated viewer; None unless both are sure."""
        at = None if view.at is None else self.only(view.at)
        toward = None if view.toward is None else self.only(view.toward)
        scene = self.scene
        if view.kind == "facing" and toward is not None:
            forward, origin = -scene.front[toward], None
        elif view.kind == "enter" and at is not None:
            forward, origin = scene.front[at], scene.center[at]
        elif view.kind == "from" and at is not None and toward is not None:
            offset = scene.center[toward] - scene.center[at]
            forward, origin = offset / max(float(np.linalg.norm(offset)), 1e-6), scene.center[at]
        else:
            return None
        return None if np.isnan(forward).any() else (origin, forward)

    def _resolve(self, meaning: Meaning) -> Verdicts:
        base = self._noun(meaning.noun)
        for attribute in meaning.attributes:
            base = both(base, self._attribute(attribute))
        for relation in meaning.relations:
            base = both(base, self.relation(relation))
        return base if meaning.ranking is None else self._rank(meaning.ranking, base)

    def _noun(self, noun: str) -> Verdicts:
        covered = np.array([covers(noun, item.category) for item in self.scene.objects], dtype=np.int8)
        return covered if noun in STRUCTURE else np.where(self.scene.is_thing, covered, FALSE).astype(np.int8)

    def _attribute(self, attribute: Attribute) -> Verdicts:
        if attribute.kind == "color":
            return self._color(attribute.value)
        given = [getattr(item, attribute.kind) for item in self.scene.objects]
        verdicts = [UNSURE if value is None else TRUE if value == attribute.value else FALSE for value in given]
        return np.array(verdicts, dtype=np.int8)

    def _color(self, value: str) -> Verdicts:
        """Sure for an object's one color; never where under 15 % of the points are of it and the mean is not near."""
        index = COLORS.index(value)
        seen = (self.scene.color_share[:, index] >= 0.15) | self.scene.color_near[:, index]
        known = self.scene.color_share.sum(axis=1) > 0
        named = np.array([item.color for item in self.scene.objects])
        mixed = np.array([item.color is None for item in self.scene.objects]) & ~known
        return np.where(named == value, TRUE, np.where(seen | mixed, UNSURE, FALSE)).astype(np.int8)

    def _table(self, name: str, view: View) -> Verdicts:
        if name == "carries":
            return self.table("on").T
        if name == "covers":
            return self.table("under").T
        if name in self._plain:
            return self._plain[name](self.scene)
        forward = self._forward(view)
        if forward is None:
            return np.full((len(self.scene), len(self.scene)), UNSURE, dtype=np.int8)
        return self._sides[name](self.scene, forward)

    def _forward(self, view: View) -> Float[np.ndarray, "n 2"] | None:
        """Looking direction of the viewer for each anchor."""
        if view.kind == "own":
            return -self.scene.front
        if view.kind == "from" and view.toward is None and view.at is not None:
            place = self.only(view.at)
            if place is None:
                return None
            offset = self.scene.center - self.scene.center[place]
            return offset / np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-6)
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
