"""Finding things to say about an object: properties, relations and ranks that are true of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from less3d.data.sentences import habits
from less3d.data.sentences.draws import pick
from less3d.data.sentences.lexicon import covers, nouns
from less3d.data.sentences.meaning import ROW, Attribute, Meaning, Ranking, Relation, View
from less3d.data.sentences.nouns import Weighted
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.verdict import FALSE, TRUE

WALL = Meaning("wall", definite=False)
FLOOR = Meaning("floor")
_BY_HEIGHT = [Ranking("highest"), Ranking("lowest")]
LARGER = ("biggest", "smallest", "tallest", "shortest", "longest")


class Proposer:
    """Draws true things to say about the objects of one scene."""

    def __init__(self, resolver: Resolver, rng: np.random.Generator) -> None:
        self.resolver = resolver
        self.scene = resolver.scene
        self.rng = rng
        self._names: dict[int, tuple[Meaning, ...]] = {}
        self._fronted: list[int] = np.flatnonzero(~np.isnan(self.scene.front[:, 0]) & self.scene.is_thing).tolist()
        self._squared = [row for row in self._fronted if self.scene.objects[row].category in habits.VIEWER_SIDES]

    def attributes(self, row: int) -> tuple[Attribute, ...]:
        """All properties known of an object."""
        return tuple(Attribute(kind, value) for kind, value in self.scene.properties[row].items())

    def attribute(self, row: int, known: Sequence[Attribute]) -> Attribute | None:
        """A property not known yet, drawn as people choose it."""
        category = self.scene.objects[row].category  # nobody says "a paper paper bag"
        fresh = [a for a in self.attributes(row) if a not in known and a.value not in category.split()]
        weights = habits.ATTRIBUTES
        choices = tuple((a, weights.get(a.value, weights.get(a.kind, 1.5))) for a in fresh)
        if not choices:
            return None
        found = pick(self.rng, choices)
        return found if self.rng.random() < weights.get(found.value, 1.0) else None  # seldom said, even if all there is

    def relation(self, row: int, noun: str, *, choices: Weighted = habits.RELATIONS) -> Relation | None:
        """A relation the object surely is in, drawn as people choose it; None when no drawn one holds."""
        for _ in range(3):
            found = self._relation(row, noun, pick(self.rng, choices))
            if found is not None:
                return found
        return None

    def ranking(self, row: int, noun: str) -> Ranking | None:
        """A superlative that may be true of the object, drawn as people choose it; None if it has no rivals."""
        rivals = np.flatnonzero(self.resolver.verdicts(Meaning(noun)))
        if len(rivals) < 2:
            return None
        name = pick(self.rng, habits.RANKINGS)
        if name in ("closest", "farthest"):
            anchor = self._anchor(np.flatnonzero(self.scene.is_thing).tolist(), noun, definite=True)
            return None if anchor is None else Ranking(name, anchor)
        standing = self._stands(rivals.tolist())
        if name == "size":
            chosen = str(self.rng.choice(LARGER, p=[0.3, 0.3, 0.2, 0.1, 0.1]))
            return None if chosen in ("tallest", "shortest") and not standing else Ranking(chosen)
        if name == "height":
            return None if standing else Ranking(str(self.rng.choice(["highest", "lowest"])))
        view = ROW if name == "row" else self._view(name, noun)
        return None if view is None else self._sided(row, noun, view, len(rivals))

    def ordinal(self, row: int, noun: str) -> Meaning | None:
        """The object as the second, third or middle one of several, sometimes of those in one place only."""
        bare = Meaning(noun)
        bases = [bare, *(replace(bare, attributes=(attribute,)) for attribute in self.attributes(row))]
        places = [self._relation(row, noun, name) for name in ("on", "against", "corner")]
        bases += [
            replace(bare, relations=(place,)) for place in places if place is not None and place.anchors != (FLOOR,)
        ]
        found = [meaning for base in bases for meaning in self._placed(row, base)]
        return found[int(self.rng.integers(len(found)))] if found else None

    def _placed(self, row: int, base: Meaning) -> list[Meaning]:
        """The meaning with each ordinal that makes it mean the object: by side, distance, size and height."""
        rivals = len(np.flatnonzero(self.resolver.verdicts(base)))
        if rivals < 3:
            return []
        views = [ROW, *(self._view(kind, base.noun) for kind in ("facing", "enter", "from"))]
        things = np.flatnonzero(self.scene.is_thing).tolist()
        anchors = [self._anchor(things, base.noun, definite=True) for _ in range(3)]
        tried = [Ranking(side, view=view) for view in views if view is not None for side in ("left", "right")]
        tried += [Ranking(name, anchor) for anchor in anchors if anchor is not None for name in ("closest", "farthest")]
        tried += [Ranking(name) for name in ("tallest", "biggest", "smallest", "longest")]
        tried += [] if self._stands(np.flatnonzero(self.resolver.verdicts(base)).tolist()) else _BY_HEIGHT
        found = [
            replace(base, ranking=replace(ranking, place=place, of=rivals))
            for ranking in tried
            for place in range(2, min(rivals - 1, 4) + 1)
            if 2 * place != rivals + 1 or ranking.name in ("left", "right")
        ]
        return [meaning for meaning in found if self.resolver.only(meaning) == row]

    def names(self, row: int) -> tuple[Meaning, ...]:
        """Definite meanings that mean this object only, and the bare noun where there are several of its kind."""
        if row not in self._names:
            category = self.scene.objects[row].category
            self._names[row] = tuple(name for noun, _ in nouns(category) for name in self._named(row, noun))
        return self._names[row]

    def _noun(self, row: int) -> str:
        return pick(self.rng, nouns(self.scene.objects[row].category))

    def _named(self, row: int, noun: str) -> list[Meaning]:
        bare = Meaning(noun)
        if self.resolver.verdicts(bare)[row] != TRUE:
            return []
        narrowed = [Meaning(noun, (attribute,)) for attribute in self.attributes(row)]
        unique = [name for name in narrowed if self.resolver.only(name) == row]
        if self.resolver.only(bare) == row:
            return [bare, *unique]
        related = [] if unique else [self._related(row, bare)]
        return [*unique, *(name for name in related if name is not None), Meaning(noun, definite=False)]

    def _related(self, row: int, bare: Meaning) -> Meaning | None:
        """The object named by what it is next to, on or under: "the desk by the window"."""
        for name in ("next", "near", "on", "corner", "middle"):
            if name in ("corner", "middle"):
                found = [Relation(name)]
            else:
                anchors = np.flatnonzero((self.resolver.table(name)[row] == TRUE) & self.scene.is_thing)
                known = [Meaning(self.scene.objects[a].category) for a in anchors]
                found = [Relation(name, (anchor,)) for anchor in known if self.resolver.only(anchor) is not None]
            for relation in found:
                meaning = replace(bare, relations=(relation,))
                if self.resolver.only(meaning) == row:
                    return meaning
        return None

    def _relation(self, row: int, noun: str, name: str) -> Relation | None:
        """A relation of this name that the object surely is in."""
        if name in ("facing", "facing away") and self.scene.objects[row].category not in habits.TURNED:
            return None
        if name == "between":
            return self._between(row, noun)
        if name == "not":
            return self._missing(row, noun)
        if name == "seen":
            return self._seen(row, noun)
        if name == "room side":
            view = self._view("enter", noun)
            name = f"{self.rng.choice(['left', 'right'])} side"
            return None if view is None else self._if_true(row, Relation(name, (), view))
        if name == "surrounded":
            noun = "chair" if self.rng.random() < 0.8 else self._noun(int(self.rng.integers(len(self.scene))))
            return self._if_true(row, Relation(name, (Meaning(noun, definite=False),)))
        if name in ("corner", "middle"):
            return self._if_true(row, Relation(name))
        fixed = self.scene.objects[row].category in habits.FIXED
        if name == "against":
            return self._if_true(row, Relation(name, (WALL,))) if self._stands([row]) and not fixed else None
        known = self.scene.is_thing | ((name == "on") & (not fixed))
        anchors = np.flatnonzero((self.resolver.table(name)[row] == TRUE) & known).tolist()
        if name in habits.ANCHORS:
            anchors = [a for a in anchors if self.scene.objects[a].category in habits.ANCHORS[name]]
        if name.startswith("has ") and self.scene.objects[row].category not in habits.VIEWER_SIDES:
            return None
        anchor = self._anchor(anchors, noun)
        if anchor == FLOOR and self.rng.random() < 0.6:
            return None
        return None if anchor is None else Relation(name, (anchor,))

    def _missing(self, row: int, noun: str) -> Relation | None:
        """A relation that a rival surely is in and the object surely is not."""
        rivals = np.flatnonzero(self.resolver.verdicts(Meaning(noun)) == TRUE)
        rivals = rivals[rivals != row]
        if len(rivals) == 0:
            return None
        name = str(self.rng.choice(["next", "near", "on", "under", "corner", "carries", "front", "left", "right"]))
        found = self._relation(int(self.rng.choice(rivals)), noun, name)
        return None if found is None else self._if_true(row, replace(found, negated=True))

    def _if_true(self, row: int, relation: Relation) -> Relation | None:
        return relation if self.resolver.relation(relation)[row] == TRUE else None

    def _anchor(self, rows: Sequence[int], noun: str, *, definite: bool = False) -> Meaning | None:
        """Words for one of the rows, drawn by how salient it is; a definite one is no rival of `noun`."""
        if len(rows) == 0:
            return None
        row = pick(self.rng, [(int(row), self._salience(row)) for row in rows])
        if not self.scene.is_thing[row]:
            return {"wall": WALL, "floor": FLOOR}.get(self.scene.objects[row].category)
        names = self.names(row)
        if definite:
            names = [
                name for name in names if name.definite and covers(noun, self.scene.objects[row].category) == FALSE
            ]
        if not names:
            return None
        plain = [name for name in names if name == Meaning(name.noun)]
        names = plain if plain and self.rng.random() < 0.7 else names
        return names[int(self.rng.integers(len(names)))]

    def _salience(self, row: int) -> float:
        item = self.scene.objects[row]
        return habits.SALIENCE.get(item.category, 1.0) * (0.3 if item.visible_points < 100 else 1.0)

    def _stands(self, rows: Sequence[int]) -> bool:
        """Whether all these stand on the floor."""
        carriers = [int(self.scene.support[row]) for row in rows]
        return all(row >= 0 and self.scene.objects[row].category == "floor" for row in carriers)

    def _between(self, row: int, noun: str) -> Relation | None:
        offset = self.scene.center - self.scene.center[row]
        close = np.flatnonzero((self.scene.gap[row] < 1.5) & (self.scene.gap[row] > -0.05) & self.scene.is_thing)
        around = offset[close] @ offset[close].T < 0  # on two sides of the object
        pairs = [(int(close[i]), int(close[j])) for i, j in np.argwhere(np.triu(around))]
        for index in self.rng.permutation(len(pairs))[:4]:
            first, second = (self._anchor([anchor], noun) for anchor in pairs[int(index)])
            if first is not None and second is not None:
                found = self._if_true(row, Relation("between", (first, second)))
                if found is not None:
                    return found
        return None

    def _seen(self, row: int, noun: str) -> Relation | None:
        """A side of something as seen from a stated place."""
        name = pick(self.rng, (("left", 0.4), ("right", 0.4), ("behind", 0.1), ("front", 0.1)))
        kind = "facing" if self.rng.random() < 0.5 else "from"
        view = self._view(kind, noun, toward=kind == "facing" or self.rng.random() < 0.6)
        if view is None:
            return None
        things = (self.resolver.table(name, view)[row] == TRUE) & self.scene.is_thing
        anchor = self._anchor(np.flatnonzero(things).tolist(), noun)
        return None if anchor is None or anchor in (view.at, view.toward) else Relation(name, (anchor,), view)

    def _view(self, kind: str, noun: str, *, toward: bool = True) -> View | None:
        """A viewer that a sentence about `noun` can state."""
        doors = [row for row in self._fronted if covers("door", self.scene.objects[row].category) == TRUE]
        doors = doors or [row for row in self._fronted if self.scene.objects[row].category == "doorframe"]
        if kind == "enter":
            door = self._anchor(doors, noun, definite=True)
            return None if door is None else View("enter", at=door)
        if kind == "facing":
            target = self._anchor(self._squared, noun, definite=True)
            return None if target is None else View("facing", toward=target)
        stands = doors if doors and self.rng.random() < 0.7 else self._squared
        at = self._anchor(stands, noun, definite=True)
        target = self._anchor(np.flatnonzero(self.scene.is_thing).tolist(), noun, definite=True) if toward else None
        return None if at is None or at == target or (toward and target is None) else View("from", at=at, toward=target)

    def _sided(self, row: int, noun: str, view: View, rivals: int) -> Ranking | None:
        """The object's place from the left or right among all of its noun, as a ranking."""
        sides = ["left", "right"] if self.rng.random() < 0.5 else ["right", "left"]
        for place in range(1, min((rivals + 1) // 2, 4) + 1):
            for side in sides:
                found = Ranking(side, view=view, place=place, of=rivals if place > 1 else None)
                if self.resolver.verdicts(Meaning(noun, ranking=found))[row] == TRUE:
                    return found
        return None
