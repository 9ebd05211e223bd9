"""Every generated sentence, checked by a second implementation, in the mirror, and in the turned room."""

from dataclasses import replace

import numpy as np
import pytest
from handmade_rooms import random_boxes, room_of
from naive_meanings import Naive, Thing

from less3d.data.sentences import Meaning, Ranking, Relation, Resolver, View, express, measure, swap_left_right
from less3d.data.sentences.grammar import say

MIRROR = {"left": "right", "right": "left", "left side": "right side", "right side": "left side"}
MIRROR |= {"left part": "right part", "right part": "left part", "has left": "has right", "has right": "has left"}


@pytest.mark.parametrize("seed", range(6))
def test_a_second_implementation_finds_the_same_object(seed: int) -> None:
    rng = np.random.default_rng(seed)
    room = room_of(*random_boxes(rng), yaw=float(rng.uniform(-3, 3)))
    expressions = express(room, rng, count=24)
    assert len(expressions) >= 12
    things = [Thing(room, index) for index in range(len(room.objects))]
    for laxity in (0.02, 0.45, 0.98):
        naive = Naive(things, laxity)
        for expression in expressions:
            found = naive.resolve(expression.meaning)
            assert found == {expression.referral.targets[0]}, f"{expression.referral.sentence} at {laxity}"


@pytest.mark.parametrize("seed", range(3))
def test_the_mirror_swaps_left_and_right(seed: int) -> None:
    boxes = random_boxes(np.random.default_rng(100 + seed))
    room, mirrored = room_of(*boxes), room_of(*boxes, mirrored=True)
    resolver, other = Resolver(measure(room)), Resolver(measure(mirrored))
    for expression in express(room, np.random.default_rng(seed), count=24):
        row = other.only(flipped(expression.meaning))
        assert row is not None, expression.referral.sentence
        assert mirrored.objects[row].instance == expression.referral.targets[0], expression.referral.sentence
        said = [
            say(meaning, known, row, np.random.default_rng(seed), long=long)
            for meaning, known in ((expression.meaning, resolver), (flipped(expression.meaning), other))
            for long in (False, True)
        ]
        assert [swap_left_right(sentence) for sentence in said[:2]] == said[2:]


def test_left_is_wrong_in_the_mirror() -> None:
    boxes = random_boxes(np.random.default_rng(7))
    found = express(room_of(*boxes), np.random.default_rng(0), count=60)
    sides = [e for e in found if e.referral.tags[0] in ("left", "right") and parts(e.meaning) == 1]
    assert len(sides) >= 3
    resolver = Resolver(measure(room_of(*boxes, mirrored=True)))
    for expression in sides:
        row = resolver.only(expression.meaning)
        assert row is None or resolver.scene.objects[row].instance != expression.referral.targets[0]


@pytest.mark.parametrize("seed", range(3))
def test_a_turned_room_means_the_same(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    boxes = random_boxes(rng)
    room, turned = room_of(*boxes), room_of(*boxes, yaw=float(rng.uniform(-3, 3)))
    resolver = Resolver(measure(turned))
    expressions = express(room, rng, count=24)
    rows = [resolver.only(expression.meaning) for expression in expressions]
    found = [None if row is None else turned.objects[row].instance for row in rows]
    expected = [expression.referral.targets[0] for expression in expressions]
    assert all(one in (None, other) for one, other in zip(found, expected, strict=True))
    assert found.count(None) <= 0.05 * len(found)  # a threshold crossed by rounding


def parts(meaning: Meaning) -> int:
    return len(meaning.relations) + len(meaning.attributes) + (meaning.ranking is not None)


def flipped(meaning: Meaning) -> Meaning:
    """The meaning with left and right exchanged, everywhere."""
    relations = tuple(
        Relation(
            MIRROR.get(relation.name, relation.name),
            tuple(flipped(anchor) for anchor in relation.anchors),
            _flipped_view(relation.view),
            relation.negated,
        )
        for relation in meaning.relations
    )
    ranking = meaning.ranking
    if ranking is not None:
        anchor = None if ranking.anchor is None else flipped(ranking.anchor)
        name = MIRROR.get(ranking.name, ranking.name)
        ranking = Ranking(name, anchor, _flipped_view(ranking.view), ranking.place, ranking.of)
    return replace(meaning, relations=relations, ranking=ranking)


def _flipped_view(view: View) -> View:
    at = None if view.at is None else flipped(view.at)
    toward = None if view.toward is None else flipped(view.toward)
    return View(view.kind, at, toward)
