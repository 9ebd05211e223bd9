"""Finding things to say about an object: meanings that are true of it and of no other object of the room."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from less3d.data.sentences.lexicon import Weighted, covers, nouns
from less3d.data.sentences.meaning import ROW, Attribute, Meaning, Ranking, Relation, Resolver, View
from less3d.data.sentences.verdict import FALSE, TRUE

T = TypeVar("T")

WALL = Meaning("wall", definite=False)
FLOOR = Meaning("floor")

RELATION_WEIGHTS: dict[str, float] = {
    "next": 3.0,
    "near": 0.8,
    "on": 2.0,
    "under": 2.0,
    "above": 1.5,
    "below": 1.0,
    "against": 0.8,
    "facing": 0.5,
    "carries": 0.8,
    "covers": 0.5,
    "left": 1.4,
    "right": 1.4,
    "front": 2.0,
    "behind": 1.2,
    "between": 2.0,
    "corner": 1.2,
    "middle": 1.2,
}
"""How often people use each relation where it is true."""

RANKING_WEIGHTS: dict[str, float] = {
    "closest": 2.5,
    "farthest": 1.6,
    "facing": 2.0,
    "enter": 1.2,
    "from": 1.0,
    "row": 2.0,
    "size": 1.0,
    "height": 0.8,
}

SALIENT: dict[str, float] = {
    **dict.fromkeys(
        ("door", "window", "desk", "bed", "table", "whiteboard", "couch", "tv", "toilet", "refrigerator"), 3.0
    ),
    **dict.fromkeys(("cabinet", "dresser", "bookshelf", "sink", "stove", "bathtub", "radiator", "coffee table"), 2.0),
    **dict.fromkeys(("chair", "office chair", "armchair", "nightstand", "lamp", "shelf", "printer", "counter"), 1.5),
    **dict.fromkeys(
        ("book", "books", "cup", "bottle", "clothes", "clothing", "bag", "shoes", "keyboard", "mouse"), 0.5
    ),
    **dict.fromkeys(("soap dispenser", "toilet paper", "light switch", "power outlet", "tissue box", "paper"), 0.4),
}
"""How often people describe other things by these; 1 for all other classes."""

SIZES = ("biggest", "smallest", "tallest", "shortest", "longest")
HEIGHTS = ("highest", "lowest")
PAIRED = (
    "next",
    "near",
    "on",
    "under",
    "above",
    "below",
    "facing",
    "carries",
    "covers",
    "left",
    "right",
    "front",
    "behind",
)
_OWN_SIDES = frozenset(
    [
        "desk",
        "table",
        "bed",
        "couch",
        "tv",
        "monitor",
        "whiteboard",
        "door",
        "window",
        "refrigerator",
        "stove",
        "dresser",
        "bookshelf",
        "toilet",
        "sink",
        "cabinet",
        "radiator",
        "nightstand",
        "printer",
        "copier",
        "mirror",
        "picture",
        "shelf",
        "microwave",
        "oven",
        "curtain",
    ]
) | {
    "file cabinet",
    "computer desk",
    "tv stand",
    "kitchen cabinet",
    "wardrobe closet",
    "bathroom vanity",
    "washing machine",
}
"""Classes whose left, right and front are a viewer's who stands before them, without saying so."""


class Proposer:
    """Draws meanings for the objects of one scene."""

    def __init__(self, resolver: Resolver, rng: np.random.Generator) -> None:
        self.resolver = resolver
        self.scene = resolver.scene
        self.rng = rng
        self._named: dict[int, tuple[Meaning, ...]] = {}

    def noun(self, row: int) -> str:
        """A noun for an object, drawn as people choose it."""
        return self.weighted(nouns(self.scene.objects[row].category))

    def attributes(self, row: int) -> tuple[Attribute, ...]:
        """All attributes known of an object."""
        item = self.scene.objects[row]
        given = (("color", item.color), ("material", item.material), ("shape", item.shape))
        return tuple(Attribute(kind, value) for kind, value in given if value is not None)

    def relation(self, row: int, noun: str) -> Relation | None:
        """A relation the object surely is in, drawn as people choose it."""
        drawn = self.weighted(tuple(RELATION_WEIGHTS.items()))
        if drawn in PAIRED:
            anchors = np.flatnonzero(
                (self.resolver.table(drawn)[row] == TRUE) & (self.scene.is_thing | (drawn == "on"))
            )
            if drawn in ("left", "right", "front", "behind"):
                anchors = [a for a in anchors if self.scene.objects[a].category in _OWN_SIDES]
            anchor = self._anchor(anchors, noun)
            return None if anchor is None else Relation(drawn, (anchor,))
        if drawn == "between":
            return self._between(row, noun)
        found = Relation(drawn, (WALL,) if drawn == "against" else ())
        return found if self.resolver.relation(found)[row] == TRUE else None

    def seen_relation(self, row: int, noun: str) -> Relation | None:
        """A side relation as seen from a stated place."""
        drawn = str(self.rng.choice(["left", "right", "behind", "front"], p=[0.4, 0.4, 0.1, 0.1]))
        view = self._view(str(self.rng.choice(["facing", "from"])), noun, toward=drawn in ("left", "right"))
        if view is None:
            return None
        table = self.resolver.table(drawn, view)
        anchor = self._anchor(list(np.flatnonzero(table[row] == TRUE)), noun)
        if anchor is None or anchor in (view.at, view.toward):
            return None
        return Relation(drawn, (anchor,), view)

    def ranking(self, row: int, noun: str) -> Ranking | None:
        """A superlative that may be true of the object, drawn as people choose it; None if it has no rivals."""
        if self.resolver.only(Meaning(noun)) is not None:
            return None
        drawn = self.weighted(tuple(RANKING_WEIGHTS.items()))
        if drawn in ("closest", "farthest"):
            anchor = self._anchor(np.flatnonzero(self.scene.is_thing), noun, definite=True, avoid=row)
            return None if anchor is None else Ranking(drawn, anchor)
        if drawn == "size":
            return Ranking(str(self.rng.choice(SIZES, p=[0.3, 0.3, 0.2, 0.1, 0.1])))
        if drawn == "height":
            return Ranking(str(self.rng.choice(HEIGHTS)))
        view = ROW if drawn == "row" else self._view(drawn, noun)
        return None if view is None else self._sided(row, noun, view)

    def names(self, row: int) -> tuple[Meaning, ...]:
        """Definite meanings that mean this object only, and the bare noun where there are several of its kind."""
        if row not in self._named:
            found = [self._plain(row, noun) for noun, _ in nouns(self.scene.objects[row].category)]
            self._named[row] = tuple(name for names in found for name in names)
        return self._named[row]

    def weighted(self, choices: Weighted) -> str:
        """One of the words, drawn by weight."""
        weights = np.cumsum([weight for _, weight in choices])
        return choices[int(np.searchsorted(weights, self.rng.random() * weights[-1]))][0]

    def _plain(self, row: int, noun: str) -> list[Meaning]:
        bare = Meaning(noun)
        if self.resolver.only(bare) == row:
            colored = [Meaning(noun, (attribute,)) for attribute in self.attributes(row)[:2]]
            return [bare, *(name for name in colored if self.resolver.only(name) == row)]
        if self.resolver.verdicts(bare)[row] != TRUE:
            return []
        narrowed = [Meaning(noun, (attribute,)) for attribute in self.attributes(row)]
        unique = [name for name in narrowed if self.resolver.only(name) == row]
        return [*unique, Meaning(noun, definite=False)]

    def _anchor(
        self, rows: Sequence[int], noun: str, *, definite: bool = False, avoid: int | None = None
    ) -> Meaning | None:
        """Words for one of the rows, drawn by how salient it is."""
        rows = [row for row in rows if row != avoid]
        if not rows:
            return None
        weights = np.array([self._salience(row) for row in rows])
        row = int(rows[int(self.rng.choice(len(rows), p=weights / weights.sum()))])
        if not self.scene.is_thing[row]:
            return {"wall": WALL, "floor": FLOOR}.get(self.scene.objects[row].category)
        names = [name for name in self.names(row) if name.definite or not definite]
        if definite:
            names = [name for name in names if covers(noun, name.noun) == FALSE and name.noun != noun]
        if not names:
            return None
        plain = [name for name in names if not name.attributes]
        keep = plain if plain and self.rng.random() < 0.75 else names
        return keep[int(self.rng.integers(len(keep)))]

    def _salience(self, row: int) -> float:
        item = self.scene.objects[row]
        return SALIENT.get(item.category, 1.0) * (0.3 if item.visible_points < 30 else 1.0)

    def _between(self, row: int, noun: str) -> Relation | None:
        close = np.flatnonzero((self.scene.gap[row] < 1.5) & self.scene.is_thing)
        close = [int(a) for a in close if a != row]
        if len(close) < 2:
            return None
        for _ in range(6):
            first, second = (close[int(i)] for i in self.rng.choice(len(close), 2, replace=False))
            if (
                float(
                    (self.scene.center[first] - self.scene.center[row])
                    @ (self.scene.center[second] - self.scene.center[row])
                )
                > 0
            ):
                continue
            anchors = self._anchor([first], noun), self._anchor([second], noun)
            if anchors[0] is not None and anchors[1] is not None:
                found = Relation("between", (anchors[0], anchors[1]))
                if self.resolver.relation(found)[row] == TRUE:
                    return found
        return None

    def _view(self, kind: str, noun: str, *, toward: bool = True) -> View | None:
        """A viewer that a sentence about `noun` can state."""
        fronted = ~np.isnan(self.scene.front[:, 0]) & self.scene.is_thing
        doors = list(self.scene.rows("door"))
        if kind == "enter":
            door = self._anchor(doors, noun, definite=True)
            return None if door is None else View("enter", at=door)
        if kind == "facing":
            known = [int(r) for r in np.flatnonzero(fronted) if self.scene.objects[r].category in _OWN_SIDES]
            target = self._anchor(known, noun, definite=True)
            return None if target is None else View("facing", toward=target)
        stands = doors if doors and self.rng.random() < 0.7 else list(np.flatnonzero(fronted))
        at = self._anchor(stands, noun, definite=True)
        target = self._anchor(list(np.flatnonzero(self.scene.is_thing)), noun, definite=True) if toward else None
        if at is None or at == target or (toward and target is None):
            return None
        return View("from", at=at, toward=target)

    def _sided(self, row: int, noun: str, view: View) -> Ranking | None:
        """The object's place from the left or right among all of its noun, as a ranking."""
        base = self.resolver.verdicts(Meaning(noun))
        among = np.flatnonzero(base > FALSE)
        side = str(self.rng.choice(["left", "right"]))
        for place in range(1, min(len(among), 4) + 1):
            of = None if place == 1 else len(among)
            found = Ranking(side, view=view, place=place, of=of)
            if self.resolver.verdicts(Meaning(noun, ranking=found))[row] == TRUE:
                return found
        return None


def narrow(
    resolver: Resolver, row: int, meaning: Meaning, draw: Callable[[], Meaning | None], attempts: int
) -> Meaning | None:
    """The first drawn meaning that surely means the object and nothing else."""
    for _ in range(attempts):
        drawn = draw()
        if drawn is not None and resolver.only(drawn) == row:
            return drawn
    return None
