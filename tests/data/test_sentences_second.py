"""The second wording says the same in other words, and swapped roles are both true."""

import ast
import inspect
import re
from types import ModuleType

import numpy as np
import pytest
from handmade_rooms import NORTH, SOUTH, Box, random_boxes, room_of
from naive_meanings import Naive, Thing

from less3d.data.sentences import (
    Resolver,
    descriptions,
    express,
    facts,
    grammar,
    has_view_words,
    measure,
    nouns,
    phrases,
    rare_nouns,
    rare_turns,
    reword,
    role_swaps,
    second_tables,
    second_wording,
    turns,
    viewers,
    voice,
)
from less3d.data.sentences.meaning import Meaning, Relation
from less3d.data.sentences.role_swaps import SIDES, swaps
from less3d.data.sentences.twins import twins

FIRST = (phrases, turns, viewers, descriptions, grammar, voice, facts, nouns, rare_nouns, rare_turns)
SEEDS = range(5)


def templates(module: ModuleType) -> set[str]:
    """Every literal of two words or more, without its places, apart from docstrings."""
    tree = ast.parse(inspect.getsource(module))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    literals = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in told]
    words = [text.value.lower() for text in literals if isinstance(text.value, str)]
    bare = [re.sub(r"\{\w*\}", "", text).strip(" ,:;") for text in words]
    return {text for text in bare if len(text.split()) > 1}


@pytest.mark.parametrize("module", FIRST)
def test_no_template_is_shared(module: ModuleType) -> None:
    names = {
        *nouns.NOUNS,
        *nouns.NAMES,
        *rare_nouns.NOUNS,
        *second_tables.PLACES,
        *second_tables.RANKS,
    }  # of classes and relations
    assert templates(second_tables) & templates(module) <= names
    assert templates(second_wording) & templates(module) <= names


def test_no_rare_noun_is_known_to_the_first_wording() -> None:
    common = {word for noun in nouns.NOUNS.values() for word, _ in noun.words} | {*nouns.NOUNS, *nouns.NAMES}
    common |= {word for words in rare_nouns.NOUNS.values() for word in words}
    for noun, words in second_tables.NOUNS.items():
        assert noun in common
        assert not common & set(words), words


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_meaning_in_other_words(seed: int) -> None:
    room = room_of(*random_boxes(np.random.default_rng(600 + seed)))
    expressions = express(room, np.random.default_rng(seed), count=40)
    assert len(expressions) > 20
    for index, expression in enumerate(expressions):
        first = expression.referral.sentence
        second = reword(expression.meaning, np.random.default_rng([seed, index]))
        assert second == reword(expression.meaning, np.random.default_rng([seed, index]))
        assert second.lower().strip(".") != first.lower().strip(".")
        assert not set("{}") & set(second), second
        assert "  " not in second, second
        assert second[0].isupper()
        assert second[-1] in ".?"
        told = [relation.name for relation in expression.meaning.relations]
        told += [] if expression.meaning.ranking is None else [expression.meaning.ranking.name]
        if any(name.split()[0] in ("left", "right") for name in told):
            assert "left" in second.lower() or "right" in second.lower(), second


def test_every_relation_and_rank_has_words() -> None:
    from less3d.data.sentences import habits
    from less3d.data.sentences.propose import LARGER

    drawn = {name for name, _ in habits.RELATIONS} - {"seen", "room side", "not"} | {"left side", "right side"}
    assert drawn <= set(second_tables.PLACES)
    ranks = {"closest", "farthest", "left", "right", "highest", "lowest", *LARGER}
    assert ranks <= set(second_tables.RANKS)


@pytest.mark.parametrize("seed", SEEDS)
def test_swapped_roles_are_both_true_and_mean_one_object_each(seed: int) -> None:
    room = room_of(*random_boxes(np.random.default_rng(700 + seed)))
    resolver = Resolver(measure(room))
    things = [Thing(room, index) for index in range(len(room.objects))]
    for swap in list(swaps(resolver))[:40]:
        (first,), (second,) = swap.first.relations, swap.second.relations
        assert (first.name, first.view) == (second.name, second.view)
        assert swap.first.noun == second.anchors[0].noun
        assert swap.second.noun == first.anchors[0].noun
        assert swap.rows[0] != swap.rows[1]
        for meaning, row in zip((swap.first, swap.second), swap.rows, strict=True):
            assert resolver.only(meaning) == row
            for laxity in (0.02, 0.98):
                assert Naive(things, laxity).resolve(meaning) == {room.objects[row].instance}
    pairs = role_swaps(room, np.random.default_rng(seed), count=6)
    assert pairs == role_swaps(room, np.random.default_rng(seed), count=6)
    for one, other in pairs:
        assert one.targets != other.targets
        assert sorted(one.sentence.split()) == sorted(other.sentence.split()) or " an " in one.sentence + other.sentence
        if one.tags[0] in ("left", "right", "front", "behind"):
            assert has_view_words(one.sentence)


def test_a_table_right_of_one_chair_and_left_of_another() -> None:
    room = room_of(
        Box(10, "table", 3, 2.5, (0.8, 0.6, 0.7)),
        Box(20, "chair", 2, 2.5),
        Box(21, "chair", 4, 2.5),
        Box(30, "whiteboard", 3, 4.97, (1.2, 0.05, 1), z=1, facing=SOUTH, support=3),
        Box(31, "window", 3, 0.03, (1.2, 0.05, 1), z=1, facing=NORTH, support=1),
    )
    pairs = role_swaps(room, np.random.default_rng(0), count=8)
    sides = {pair[0].tags[0]: {one.sentence.split(", ")[-1]: one.targets for one in pair} for pair in pairs}
    assert {"left", "right"} <= set(sides)
    meant = {target for name in ("left", "right") for targets in sides[name].values() for target in targets}
    assert meant == {10, 20, 21}
    for name in ("left", "right"):
        assert all(SIDES[name] in sentence for sentence in sides[name])


def test_twins_exchange_who_is_meant_and_who_is_mentioned() -> None:
    room = room_of(Box(10, "table", 1.5, 1.5), Box(20, "chair", 2.2, 1.5), Box(21, "chair", 5.5, 4.5))
    resolver = Resolver(measure(room))
    table, chair, other = (next(row for row, o in enumerate(room.objects) if o.instance == i) for i in (10, 20, 21))
    near = Meaning("chair", relations=(Relation("near", (Meaning("table"),)),))
    assert resolver.only(near) == chair
    (found,) = twins(resolver, chair, near, frozenset({table, chair, other}))
    assert found == (table, Meaning("table", relations=(Relation("near", (Meaning("chair", definite=False),)),)))
    assert twins(resolver, chair, near, frozenset({chair, other})) == []


def test_no_swap_without_a_pair() -> None:
    assert role_swaps(room_of(Box(10, "table", 3, 2.5)), np.random.default_rng(0), count=4) == ()
    assert role_swaps(room_of(), np.random.default_rng(0), count=4) == ()
