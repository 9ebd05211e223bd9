"""`describe`: referring expressions for the objects of a room, each true of one object and of no other."""

from dataclasses import dataclass, replace

import numpy as np

from less3d.data.rooms.room import STRUCTURE, Room
from less3d.data.sentences import habits
from less3d.data.sentences.draws import pick
from less3d.data.sentences.grammar import say
from less3d.data.sentences.lexicon import nouns
from less3d.data.sentences.meaning import OWN, Meaning
from less3d.data.sentences.propose import Proposer
from less3d.data.sentences.resolver import Resolver
from less3d.data.sentences.scene import Scene, measure
from less3d.data.sentences.twins import twins
from less3d.data.sentences.verdict import TRUE
from less3d.referral import Referral

PLANS = (("class", 0.09), ("attribute", 0.14), ("relation", 0.47), ("combined", 0.23), ("ordinal", 0.07))
"""What a sentence tells its object apart by, and how often."""

_ALIKE_SHARE = {"class": 0.0, "attribute": 0.75, "relation": 0.8, "combined": 0.55, "ordinal": 1.0}
_LONG_SHARE = {"class": 0.45, "attribute": 0.6, "relation": 0.55, "combined": 0.7, "ordinal": 0.4}
_TWIN_SHARE = 0.25
_STRUCTURE_SHARE = 0.04
"""Of the sentences that ask for the floor, the ceiling or a wall: people hardly do, but they expect an answer."""
_SMALLEST = 0.08
_FEWEST_POINTS = 60
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
    composer = _Composer(room.name, Resolver(measure(room)), rng)
    found: dict[str, Expression] = {}
    for _ in range(3 * count):
        if len(found) >= count or not composer.rows:
            break
        for expression in composer.draw():
            found.setdefault(expression.referral.sentence.lower().rstrip("."), expression)
    return tuple(found.values())[:count]


def targets(scene: Scene) -> tuple[int, ...]:
    """Rows of the objects that are seen well enough to be asked for."""
    return tuple(
        row
        for row, item in enumerate(scene.objects)
        if scene.is_thing[row]
        and item.category not in habits.UNASKED
        and item.visible_points >= _FEWEST_POINTS
        and max(item.size) >= _SMALLEST
    )


def kind_of(resolver: Resolver, row: int, meaning: Meaning) -> str:
    """What tells the object apart: "class", the one part of the meaning that is enough, or "combined"."""
    bare = Meaning(meaning.noun)
    if resolver.only(bare) == row:
        return "class"
    for relation in meaning.relations:
        if resolver.only(replace(bare, relations=(relation,))) == row:
            return _KINDS.get(relation.name, relation.name)
    ranking = meaning.ranking
    if ranking is not None and resolver.only(replace(bare, ranking=ranking)) == row:
        return "ordinal" if ranking.of is not None else _KINDS.get(ranking.name, ranking.name)
    for attribute in meaning.attributes:
        if resolver.only(replace(bare, attributes=(attribute,))) == row:
            return attribute.kind
    return "combined"


def well_said(resolver: Resolver, row: int, meaning: Meaning) -> bool:
    """Whether "the ..." always means one other thing, nothing is said twice, and the viewer stands in one place."""
    definite = [resolver.only(name) for name in meaning.mentions() if name.definite and name.noun != "floor"]
    if None in definite or row in definite:
        return False
    anchors = [anchor for relation in meaning.relations for anchor in set(relation.anchors)]
    anchors += [meaning.ranking.anchor] if meaning.ranking is not None and meaning.ranking.anchor is not None else []
    mentioned = np.sum([resolver.verdicts(anchor) == TRUE for anchor in anchors], axis=0)
    views = {relation.view for relation in meaning.relations}
    views |= set() if meaning.ranking is None else {meaning.ranking.view}
    unary = [relation.name for relation in meaning.relations if not relation.anchors]
    clear = bool(np.all(mentioned <= 1)) and len(set(unary)) == len(unary)
    return clear and len(views - {OWN}) <= 1


class _Composer:
    """Draws expressions for one scene."""

    def __init__(self, scan: str, resolver: Resolver, rng: np.random.Generator) -> None:
        self.scan = scan
        self.resolver = resolver
        self.scene = resolver.scene
        self.rng = rng
        self.proposer = Proposer(resolver, rng)
        self.rows = targets(self.scene)
        self.structure = [row for row, item in enumerate(self.scene.objects) if item.category in STRUCTURE]
        self.single = [row for row in self.rows if self._unique(row)]
        self.alike = [row for row in self.rows if not self._unique(row)]
        self.ease = np.ones(len(self.scene))

    def draw(self) -> list[Expression]:
        """One expression, sometimes with twins that differ in one word; none when luck fails."""
        if self.structure and self.rng.random() < _STRUCTURE_SHARE:
            return self._structure()
        plan = pick(self.rng, PLANS)
        for _ in range(_TRIES):
            alike = self.rng.random() < _ALIKE_SHARE[plan]
            pool = (self.alike or self.single) if alike else (self.single or self.alike)
            row = pick(self.rng, [(row, self.ease[row]) for row in pool])
            noun = pick(self.rng, nouns(self.scene.objects[row].category))
            meaning = self._compose(row, Meaning(noun), plan)
            if meaning is not None:
                self.ease[row] *= 0.9
                return self._expressions(row, meaning, long=self.rng.random() < _LONG_SHARE[plan])
            self.ease[row] *= 0.7
        return []

    def _structure(self) -> list[Expression]:
        """The floor or the ceiling by its name, a wall by what is at it."""
        row = self.structure[int(self.rng.integers(len(self.structure)))]
        meaning = Meaning(pick(self.rng, nouns(self.scene.objects[row].category)))
        composed = self._compose(row, meaning, "class" if self._unique(row) else "relation")
        return [] if composed is None else [self._expression(row, composed, int(self.rng.integers(2**32)), long=False)]

    def _expressions(self, row: int, meaning: Meaning, *, long: bool) -> list[Expression]:
        seed = int(self.rng.integers(2**32))
        if self.rng.random() < _TWIN_SHARE:
            others = twins(self.resolver, row, meaning, frozenset(self.rows))
            others = [(other, twin) for other, twin in others if well_said(self.resolver, other, twin)]
            if others:
                other, twin = others[int(self.rng.integers(len(others)))]
                return [self._expression(*pair, seed, long=long) for pair in ((row, meaning), (other, twin))]
        return [self._expression(row, self._embellish(row, meaning, long=long), seed, long=long)]

    def _expression(self, row: int, meaning: Meaning, seed: int, *, long: bool) -> Expression:
        item = self.scene.objects[row]
        referral = Referral(
            scan=self.scan,
            sentence=say(meaning, self.resolver, row, np.random.default_rng(seed), long=long),
            targets=(item.instance,),
            label=item.category,
            unique=self._unique(row),
            tags=(kind_of(self.resolver, row, meaning),),
            source="rooms",
        )
        return Expression(referral, meaning)

    def _unique(self, row: int) -> bool:
        return len(self.scene.rows(self.scene.objects[row].category)) == 1

    def _compose(self, row: int, meaning: Meaning, plan: str) -> Meaning | None:
        """A meaning of the planned sort that fits the object alone."""
        if plan == "ordinal":
            placed = self.proposer.ordinal(row, meaning.noun)
            return placed if placed is not None and well_said(self.resolver, row, placed) else None
        if self.resolver.verdicts(meaning)[row] != TRUE:
            return None
        if plan in ("attribute", "combined"):
            meaning = self._with_attributes(row, meaning) if plan == "attribute" or self.rng.random() < 0.7 else meaning
        if plan in ("relation", "combined"):
            for _ in range(3):
                if len(meaning.relations) + (meaning.ranking is not None) < (2 if plan == "combined" else 1):
                    meaning = self._with_relation(row, meaning)
        for _ in range(0 if plan == "class" else 8):
            if self.resolver.only(meaning) == row or len(meaning.relations) > 2:
                break
            meaning = (
                self._with_attributes(row, meaning) if self.rng.random() < 0.2 else self._with_relation(row, meaning)
            )
        planned = plan in ("class", "combined") or meaning.attributes or meaning.relations or meaning.ranking
        return (
            meaning
            if planned and self.resolver.only(meaning) == row and well_said(self.resolver, row, meaning)
            else None
        )

    def _with_attributes(self, row: int, meaning: Meaning) -> Meaning:
        """One more property, where there is one."""
        found = self.proposer.attribute(row, meaning.attributes)
        return meaning if found is None else replace(meaning, attributes=(*meaning.attributes, found))

    def _with_relation(self, row: int, meaning: Meaning) -> Meaning:
        """One more relation or a rank, where the drawn one is true and rules something out or nothing is left to."""
        if meaning.ranking is None and self.rng.random() < 0.45:
            ranking = self.proposer.ranking(row, meaning.noun)
            more = meaning if ranking is None else replace(meaning, ranking=ranking)
        else:
            relation = self.proposer.relation(row, meaning.noun)
            more = meaning if relation is None else replace(meaning, relations=(*meaning.relations, relation))
        before, after = self.resolver.verdicts(meaning), self.resolver.verdicts(more)
        useful = np.count_nonzero(after) < np.count_nonzero(before) or np.count_nonzero(before) == 1
        return more if after[row] == TRUE and useful and well_said(self.resolver, row, more) else meaning

    def _embellish(self, row: int, meaning: Meaning, *, long: bool) -> Meaning:
        """More true things than needed, as people say them."""
        bare = not (meaning.attributes or meaning.relations or meaning.ranking)
        if bare and not long:
            return meaning
        if len(meaning.attributes) < 2 and self.rng.random() < (0.7 if long and not meaning.attributes else 0.2):
            meaning = self._if_same(row, meaning, self._with_attributes(row, meaning))
        wanted = (2 if self.rng.random() < 0.6 else 1) if long else (1 if self.rng.random() < 0.15 else 0)
        for _ in range(4):
            if len(meaning.relations) + (meaning.ranking is not None) >= wanted:
                break
            usual = long and not meaning.relations and self.rng.random() < 0.45
            choices = habits.ASIDES if usual else habits.RELATIONS
            relation = self.proposer.relation(row, meaning.noun, choices=choices)
            if relation is not None:
                more = replace(meaning, relations=(*meaning.relations, relation))
                meaning = self._if_same(row, meaning, more)
        return meaning

    def _if_same(self, row: int, meaning: Meaning, more: Meaning) -> Meaning:
        return more if self.resolver.only(more) == row and well_said(self.resolver, row, more) else meaning


_KINDS = {"near": "next", "against": "wall", "carries": "on", "covers": "under", "below": "under", "surrounded": "next"}
_KINDS |= {"left part": "left", "right part": "right", "left side": "left", "right side": "right", "opposite": "front"}
_KINDS |= dict.fromkeys(("biggest", "smallest", "tallest", "shortest", "longest"), "size")
_KINDS |= {"highest": "height", "lowest": "height"}
_KINDS |= {"has before": "front", "has left": "left", "has right": "right", "at": "next", "facing away": "facing"}
