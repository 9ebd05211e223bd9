"""What widens the wording changes no meaning: slips, facts of a class, ordinals."""

import re

import numpy as np
import pytest
from handmade_rooms import Box, random_boxes, room_of

from less3d.data.rooms.statistics import scene_statistics
from less3d.data.sentences import (
    Resolver,
    express,
    facts,
    has_view_words,
    measure,
    rare_nouns,
    rare_turns,
    slips,
    swap_left_right,
)
from less3d.data.sentences.grammar import say
from less3d.data.sentences.lexicon import all_words, plural, rare_words, words
from less3d.data.sentences.nouns import FURNITURE, NAMES, NOUNS
from less3d.data.sentences.propose import Proposer
from less3d.data.sentences.slips import finish, mistype
from less3d.data.sentences.voice import RARE, Voice

SENTENCES = (
    "the wooden chair on the left side of the desk, right next to the bookshelf",
    "facing the window, it is the second brown cabinet from the right",
    "this is a refrigerator. it is between the whiteboard and the leftmost armchair",
    "choose the trash can closest to the nightstand and under the picture",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_slip_changes_one_word_and_no_word_that_decides(sentence: str) -> None:
    decisive = {"left", "right", "leftmost", "second", "brown", "between", "closest", "under"}
    seen = set()
    for seed in range(200):
        slipped = mistype(sentence, np.random.default_rng(seed))
        pairs = list(zip(sentence.split(" "), slipped.split(" "), strict=True))
        changed = [(before, after) for before, after in pairs if before != after]
        assert len(changed) <= 1
        for before, after in changed:
            assert before not in decisive
            assert after not in all_words() | decisive
            assert before[0] == after[0]
        seen.add(slipped)
    assert len(seen) > 20


@pytest.mark.parametrize("sentence", SENTENCES)
def test_typing_keeps_view_words_and_the_mirror(sentence: str) -> None:
    for seed in range(300):
        for long in (False, True):
            typed = finish(sentence, np.random.default_rng(seed), long=long)
            other = finish(swap_left_right(sentence), np.random.default_rng(seed), long=long)
            assert has_view_words(typed) == has_view_words(sentence)
            assert swap_left_right(typed) == other


def test_facts_are_about_classes_that_are_known_here() -> None:
    known = {*scene_statistics().classes, *NOUNS, *NAMES}
    assert not FURNITURE - known
    voice = Voice(Resolver(measure(room_of())), np.random.default_rng(0))
    told = [category for category in sorted(known) if facts.use(voice, category) or facts.part(voice, category)]
    assert len(told) > 40
    assert facts.use(voice, "no such class") == facts.part(voice, "no such class") == ""
    assert {facts.place(voice, "kitchen") for _ in range(20)} == {"the kitchen", "the kitchen area"}
    assert facts.place(voice, "mixed") == "the room"
    pieces = {facts.general(voice, "chair") for _ in range(100)}, {facts.general(voice, "sink") for _ in range(100)}
    assert "piece of furniture" in pieces[0] - pieces[1]


def test_the_second_and_third_of_a_row_are_found_and_no_other() -> None:
    places = (0.8, 1.9, 3.0, 4.1, 5.2)
    room = room_of(*(Box(10 + i, "cabinet", x, 4.8, (0.5, 0.4, 0.9)) for i, x in enumerate(places)))
    resolver = Resolver(measure(room))
    proposer = Proposer(resolver, np.random.default_rng(0))
    for row, item in enumerate(room.objects):
        if item.category != "cabinet":
            continue
        found = [meaning for meaning in (proposer.ordinal(row, "cabinet") for _ in range(8)) if meaning is not None]
        assert bool(found) == (item.instance in (11, 12, 13))  # those at the ends are first, not second
        for meaning in found:
            assert meaning.ranking is not None
            assert meaning.ranking.of == 5
            assert resolver.only(meaning) == row
            from_left = item.instance - 9
            assert meaning.ranking.place == (from_left if meaning.ranking.name == "left" else 6 - from_left)


def test_ordinals_are_said_and_kept_apart() -> None:
    rooms = [room_of(*random_boxes(np.random.default_rng(400 + seed))) for seed in range(6)]
    found = [e for seed, room in enumerate(rooms) for e in express(room, np.random.default_rng(seed), count=60)]
    placed = [e for e in found if e.meaning.ranking is not None and e.meaning.ranking.of is not None]
    assert len(placed) >= 0.02 * len(found)
    words = ("second", "third", "fourth", "middle", "center", "secnd")
    said = [any(word in e.referral.sentence.lower() for word in words) for e in placed]
    assert np.mean(said) > 0.95


def test_people_who_ask_for_a_place_from_a_side_name_a_side() -> None:
    for seed in range(4):
        room = room_of(*random_boxes(np.random.default_rng(500 + seed)))
        for expression in express(room, np.random.default_rng(seed), count=40):
            ranking = expression.meaning.ranking
            if ranking is not None and ranking.name in ("left", "right"):
                middle = ranking.of is not None and 2 * ranking.place == ranking.of + 1
                sentence = expression.referral.sentence.lower()
                assert middle or "left" in sentence or "right" in sentence, sentence


def test_the_place_may_be_said_before_the_thing(monkeypatch) -> None:
    """ "Next to the desk is a chair" still names both, and comes up now and then for one relation of any kind."""
    monkeypatch.setattr(slips, "finish", lambda said, rng, *, long: said)
    room = room_of(*random_boxes(np.random.default_rng(410)))
    resolver, first, said = Resolver(measure(room)), 0, 0
    for expression in express(room, np.random.default_rng(0), count=200):
        meaning = expression.meaning
        if len(meaning.relations) != 1 or meaning.ranking is not None or meaning.relations[0].name != "next":
            continue
        (row,) = (row for row, item in enumerate(room.objects) if item.instance == expression.referral.targets[0])
        noun, anchor = words_of(meaning.noun), words_of(meaning.relations[0].anchors[0].noun)
        for seed in range(60):
            sentence = say(meaning, resolver, row, np.random.default_rng(seed), long=False).lower()
            said += 1
            place = re.search(r"\b(next|beside|adjacent|right by|along side|close|alongside)\b", sentence)
            if place and not any(word in sentence[: place.start()] for word in noun):
                first += 1
                assert any(word in sentence[place.start() :] for word in noun), sentence
                assert any(word in sentence for word in anchor), sentence
    assert said >= 120
    assert 0.03 < first / said < 0.5


def words_of(noun: str) -> set[str]:
    """Every word for a noun, in singular and plural."""
    known = [*(word for word, _ in words(noun)), *rare_words(noun)]
    return {form for word in known for form in (word, plural(word))}


def test_words_that_say_nothing_come_around_and_between_the_others() -> None:
    said = "the wooden chair on the left side of the desk, right next to the bookshelf"
    for seed in range(200):
        filled = slips._filled(said, np.random.default_rng(seed))
        words = iter(filled.replace(",", "").replace(":", "").replace(".", "").split())
        assert all(word in words for word in said.replace(",", "").split()), filled
        assert "right next" in filled, "this is no side"
        assert filled != said


def test_words_that_say_nothing_name_no_thing_and_no_relation() -> None:
    fillers = {word for text in (*slips.OPENERS, *slips.CLOSERS, *slips.HEDGES) for word in text.split()}
    named = all_words() - {"a", "as", "can", "for", "in", "of", "one", "the"}  # "trash can", "case for a guitar"
    assert not fillers & named, fillers & named
    assert not fillers & slips._DECISIVE - {"there"}


def test_rare_words_come_now_and_then_and_only_for_nouns_that_have_some() -> None:
    voice = Voice(Resolver(measure(room_of(Box(10, "chair", 2, 2.5)))), np.random.default_rng(0))
    common = {word for word, _ in words("trash can")}
    said = [voice.noun("trash can") for _ in range(400)]
    assert {*said} <= common | {*rare_words("trash can")}
    assert 0.5 * RARE < sum(word not in common for word in said) / len(said) < 1.5 * RARE
    assert rare_words("hoverboard") == ()
    assert voice.noun("hoverboard") == "hoverboard"


def test_rare_words_are_no_common_words_of_another_noun() -> None:
    common = {word: noun for noun, known in NOUNS.items() for word, _ in known.words}
    for noun, rare in rare_nouns.NOUNS.items():
        assert len(set(rare)) == len(rare)
        assert all(common.get(word, noun) == noun for word in rare), noun


def test_rare_turns_are_whole_phrases() -> None:
    tables = (*rare_turns.PLACES.values(), *rare_turns.WHERE.values(), *rare_turns.RANKS.values(), rare_turns.STARTS)
    for phrases in (*tables, rare_turns.OPENINGS, rare_turns.PUNCTUATED, rare_turns.WHENS, rare_turns.COLORED):
        assert len(set(phrases)) == len(phrases)
        assert all(len(phrase) > 3 for phrase in phrases), phrases
