"""`describe`: referring expressions for the objects of a room, each true of one object and of no other."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from less3d.data.rooms.room import Room
from less3d.data.sentences.grammar import say
from less3d.data.sentences.meaning import Meaning, Resolver
from less3d.data.sentences.propose import Proposer
from less3d.data.sentences.scene import Scene, measure
from less3d.data.sentences.verdict import TRUE
from less3d.referral import Referral

_SMALLEST = 0.08
_FEWEST_POINTS = 30
_UNASKED = frozenset({"doorframe", "power outlet", "pipe", "structure", "object"})
_PLANS = ("class", "attribute", "relation", "combined")
_SHARES = (0.12, 0.15, 0.53, 0.20)
_ALIKE_WEIGHT = {"class": 0.0, "attribute": 0.75, "relation": 0.8, "combined": 0.5}
_TRIES = 4


@dataclass(frozen=True)
class Expression:
    """A sentence with the meaning it was made from."""

    referral: Referral
    meaning: Meaning


def describe(room: Room, rng: np.random.Generator, *, count: int) -> tuple[Referral, ...]:
    """Up to `count` different referring expressions for the objects of a room.

    The geometry of the room decides: a sentence is kept only when it is surely true of its target and surely not of
    any other object. Fewer are returned where a room has too little to say. The same room, generator state and count
    give the same sentences.
    """
    return tuple(expression.referral for expression in express(room, rng, count=count))


def express(room: Room, rng: np.random.Generator, *, count: int) -> tuple[Expression, ...]:
    """As `describe`, with the meaning of each sentence."""
    scene = measure(room)
    composer = _Composer(room.name, Resolver(scene), rng)
    found: dict[str, Expression] = {}
    for _ in range(3 * count):
        if len(found) >= count:
            break
        for expression in composer.draw():
            found.setdefault(expression.referral.sentence, expression)
    return tuple(found.values())[:count]


def targets(scene: Scene) -> tuple[int, ...]:
    """Rows of the objects that are seen well enough to be asked for."""
    return tuple(
        row
        for row, item in enumerate(scene.objects)
        if scene.is_thing[row]
        and item.category not in _UNASKED
        and item.visible_points >= _FEWEST_POINTS
        and max(item.size) >= _SMALLEST
    )


class _Composer:
    """Draws expressions for one scene."""

    def __init__(self, scan: str, resolver: Resolver, rng: np.random.Generator) -> None:
        self.scan = scan
        self.resolver = resolver
        self.scene = resolver.scene
        self.rng = rng
        self.proposer = Proposer(resolver, rng)
        self.failures = [0] * len(self.scene)
        rows = targets(self.scene)
        self.single = [row for row in rows if self._unique(row)]
        self.alike = [row for row in rows if not self._unique(row)]

    def draw(self) -> list[Expression]:
        """One expression, and its twin for a look-alike when one word makes it mean that; none when luck fails."""
        plan = str(self.rng.choice(_PLANS, p=_SHARES))
        for _ in range(_TRIES):
            pool = self.alike if self.rng.random() < _ALIKE_WEIGHT[plan] else self.single
            pool = pool or self.alike or self.single
            if not pool:
                return []
            ease = np.array([0.7 ** self.failures[row] for row in pool])
            row = int(self.rng.choice(pool, p=ease / ease.sum()))
            meaning = self._compose(row, plan)
            if meaning is not None:
                return [self._expression(row, meaning)]
            self.failures[row] += 1
        return []

    def _expression(self, row: int, meaning: Meaning) -> Expression:
        item = self.scene.objects[row]
        referral = Referral(
            scan=self.scan,
            sentence=say(meaning, self.resolver, row, self.rng),
            target=item.instance,
            label=item.category,
            unique=self._unique(row),
            kind=kind_of(self.resolver, row, meaning),
            source="rooms",
        )
        return Expression(referral, meaning)

    def _unique(self, row: int) -> bool:
        return len(self.scene.rows(self.scene.objects[row].category)) == 1

    def _compose(self, row: int, plan: str) -> Meaning | None:
        """A meaning of the planned sort that fits the object alone."""
        noun = self.proposer.noun(row)
        if self.resolver.verdicts(Meaning(noun))[row] != TRUE:
            return None
        draws: dict[str, Callable[[], Meaning | None]] = {
            "class": lambda: Meaning(noun),
            "attribute": lambda: self._with_attribute(row, Meaning(noun)),
            "relation": lambda: self._with_relation(row, Meaning(noun)),
            "combined": lambda: self._combined(row, Meaning(noun)),
        }
        for _ in range(1 if plan == "class" else 6):
            meaning = draws[plan]()
            if meaning is not None and self.resolver.only(meaning) == row and well_said(self.resolver, meaning):
                return self._embellish(row, meaning)
        return None

    def _with_attribute(self, row: int, meaning: Meaning) -> Meaning | None:
        known = [a for a in self.proposer.attributes(row) if a not in meaning.attributes]
        if self.rng.random() < 0.15 and meaning.ranking is None:
            ranking = self.proposer.ranking(row, meaning.noun)
            return (
                None
                if ranking is None or ranking.anchor or ranking.view.kind != "own"
                else replace(meaning, ranking=ranking)
            )
        if not known:
            return None
        weights = np.array([{"color": 6.0, "material": 1.5, "shape": 1.5}[a.kind] for a in known])
        count = 1 if self.rng.random() < 0.75 else min(2, len(known))
        drawn = self.rng.choice(len(known), count, replace=False, p=weights / weights.sum())
        return replace(meaning, attributes=meaning.attributes + tuple(known[int(i)] for i in sorted(drawn)))

    def _with_relation(self, row: int, meaning: Meaning) -> Meaning | None:
        drawn = self.rng.random()
        if drawn < 0.42 and meaning.ranking is None:
            ranking = self.proposer.ranking(row, meaning.noun)
            return None if ranking is None else replace(meaning, ranking=ranking)
        if drawn < 0.52:
            relation = self.proposer.seen_relation(row, meaning.noun)
        else:
            relation = self.proposer.relation(row, meaning.noun)
        if relation is None or relation in meaning.relations:
            return None
        return replace(meaning, relations=(*meaning.relations, relation))

    def _combined(self, row: int, meaning: Meaning) -> Meaning | None:
        described = self._with_attribute(row, meaning) if self.rng.random() < 0.7 else meaning
        related = None if described is None else self._with_relation(row, described)
        if related is None or self.rng.random() < 0.7:
            return related
        return self._with_relation(row, related) or related

    def _embellish(self, row: int, meaning: Meaning) -> Meaning:
        """More true things than needed, as people say them."""
        if meaning.ranking is None and not meaning.relations and not meaning.attributes:
            return meaning
        if not meaning.attributes and self.rng.random() < 0.25:
            meaning = self._if_same(row, meaning, self._with_attribute(row, meaning))
        if len(meaning.relations) < 2 and self.rng.random() < 0.2:
            relation = self.proposer.relation(row, meaning.noun)
            if relation is not None and relation not in meaning.relations:
                more = replace(meaning, relations=(*meaning.relations, relation))
                meaning = self._if_same(row, meaning, more)
        return meaning

    def _if_same(self, row: int, meaning: Meaning, more: Meaning | None) -> Meaning:
        if more is None or self.resolver.only(more) != row or not well_said(self.resolver, more):
            return meaning
        return more


def kind_of(resolver: Resolver, row: int, meaning: Meaning) -> str:
    """What tells the object apart: the one part of the meaning that is enough, "class" or "combined"."""
    bare = Meaning(meaning.noun)
    if resolver.only(bare) == row:
        return "class"
    for relation in meaning.relations:
        if resolver.only(replace(bare, relations=(relation,))) == row:
            return _RELATION_KINDS.get(relation.name, relation.name)
    if meaning.ranking is not None and resolver.only(replace(bare, ranking=meaning.ranking)) == row:
        ranking = meaning.ranking
        return "ordinal" if ranking.of is not None else _RANKING_KINDS.get(ranking.name, ranking.name)
    for attribute in meaning.attributes:
        if resolver.only(replace(bare, attributes=(attribute,))) == row:
            return attribute.kind
    return "combined"


def well_said(resolver: Resolver, meaning: Meaning) -> bool:
    """Whether everything that a meaning mentions as "the ..." is one thing, and nothing is mentioned twice."""
    mentioned = _mentioned(meaning)
    definite = [name for name in mentioned if name.definite and name.noun != "floor"]
    rows = [resolver.only(name) for name in definite]
    if any(row is None for row in rows):
        return False
    pairs = [(relation.name, relation.anchors) for relation in meaning.relations]
    anchored = [relation.anchors for relation in meaning.relations if relation.anchors]
    return len(set(pairs)) == len(pairs) and len(set(anchored)) == len(anchored)


def _mentioned(meaning: Meaning) -> list[Meaning]:
    ranking = meaning.ranking
    direct = [name for relation in meaning.relations for name in relation.anchors]
    direct += [view for relation in meaning.relations for view in (relation.view.at, relation.view.toward) if view]
    if ranking is not None:
        direct += [name for name in (ranking.anchor, ranking.view.at, ranking.view.toward) if name is not None]
    return direct + [name for parent in direct for name in _mentioned(parent)]


_RELATION_KINDS = {"near": "next", "against": "wall", "carries": "on", "covers": "under"}
_RANKING_KINDS = dict.fromkeys(("biggest", "smallest", "tallest", "shortest", "longest"), "size")
_RANKING_KINDS |= {"highest": "above", "lowest": "below"}
