"""What `describe` returns: reproducible, honest about its targets, and mixed as human sentences are."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from handmade_rooms import EAST, SOUTH, Box, random_boxes, room_of

from less3d.data.rooms.room import STRUCTURE
from less3d.data.rooms.statistics import scene_statistics
from less3d.data.sentences import class_words, describe, has_view_words
from less3d.data.sentences.lexicon import covers, nouns, plural, words
from less3d.data.sentences.verdict import FALSE, TRUE, UNSURE
from less3d.referral import Referral


@pytest.fixture(scope="module")
def many() -> list[tuple[Referral, ...]]:
    """Sentences of five rooms."""
    rooms = [room_of(*random_boxes(np.random.default_rng(300 + seed))) for seed in range(5)]
    return [describe(room, np.random.default_rng(index), count=30) for index, room in enumerate(rooms)]


def test_the_same_generator_gives_the_same_sentences() -> None:
    room = room_of(*random_boxes(np.random.default_rng(1)))
    first = describe(room, np.random.default_rng(5), count=15)
    assert first == describe(room, np.random.default_rng(5), count=15)
    assert first != describe(room, np.random.default_rng(6), count=15)


def test_referrals_tell_the_truth_about_their_targets(many: list[tuple[Referral, ...]]) -> None:
    for seed, referrals in enumerate(many):
        room = room_of(*random_boxes(np.random.default_rng(300 + seed)))
        items = {item.instance: item for item in room.objects}
        categories = [item.category for item in room.objects]
        for referral in referrals:
            assert referral.scan == room.name
            assert referral.source == "rooms"
            assert referral.label == items[referral.targets[0]].category
            assert referral.unique == (categories.count(referral.label) == 1)
            assert referral.tags


def test_parts_of_the_building_are_rarely_asked_for_and_never_by_their_place_in_a_row(many) -> None:
    asked = [referral for referrals in many for referral in referrals]
    structure = [referral for referral in asked if referral.label in STRUCTURE]
    assert 0 < len(structure) < 0.1 * len(asked)
    room = room_of(*random_boxes(np.random.default_rng(300)))
    more = [referral for seed in range(40) for referral in describe(room, np.random.default_rng(seed), count=30)]
    assert {referral.tags[0] for referral in more if referral.label == "floor"} == {"class"}
    assert not any(referral.tags == ("ordinal",) for referral in structure)


def test_sentences_are_whole_and_never_repeated(many: list[tuple[Referral, ...]]) -> None:
    for referrals in many:
        sentences = [referral.sentence for referral in referrals]
        assert len(set(sentences)) == len(sentences)
        for sentence in sentences:
            assert not set("{}") & set(sentence), sentence
            assert "  " not in sentence, sentence
            assert "?." not in sentence, sentence
            assert " ." not in sentence, sentence
            assert sentence == sentence.strip()


def test_sentences_are_mixed_as_people_mix_them(many: list[tuple[Referral, ...]]) -> None:
    every = [referral for referrals in many for referral in referrals]
    lengths = [len(referral.sentence.split()) for referral in every]
    assert 0.3 < np.mean([has_view_words(referral.sentence) for referral in every]) < 0.65
    assert 9 <= np.median(lengths) <= 17
    assert np.mean([referral.unique is False for referral in every]) > 0.5
    assert len({referral.tags for referral in every}) >= 12


def test_some_sentences_differ_in_a_word_and_mean_another(many: list[tuple[Referral, ...]]) -> None:
    def differing(one: Referral, other: Referral) -> int:
        first, second = one.sentence.split(), other.sentence.split()
        same_length = len(first) == len(second) and one.targets != other.targets
        return sum(a != b for a, b in zip(first, second, strict=False)) if same_length else 99

    pairs = [pair for referrals in many for pair in combinations(referrals, 2) if differing(*pair) == 1]
    assert len(pairs) >= 3


def test_what_looks_the_same_from_everywhere_is_never_asked_for() -> None:
    chairs = (Box(20, "chair", 2, 2.5), Box(21, "chair", 4, 2.5))
    referrals = describe(room_of(Box(10, "table", 3, 2.5), *chairs), np.random.default_rng(0), count=20)
    assert {referral.targets[0] for referral in referrals} == {10}


def test_hardly_seen_and_tiny_things_are_not_asked_for_but_count_as_rivals() -> None:
    room = room_of(
        Box(10, "desk", 3, 4.6, (1.4, 0.7, 0.75), facing=SOUTH),
        Box(20, "chair", 1.6, 4.6),
        Box(21, "chair", 4.6, 4.6),
        Box(30, "cup", 3, 4.6, (0.05, 0.05, 0.06), z=0.75, support=10),
    )
    objects = tuple(replace(item, visible_points=10) if item.instance == 21 else item for item in room.objects)
    referrals = describe(replace(room, objects=objects), np.random.default_rng(0), count=60)
    assert {referral.targets[0] for referral in referrals} == {10, 20}
    assert not [referral for referral in referrals if referral.targets[0] == 20 and referral.tags == ("class",)]


def test_an_empty_room_has_nothing_to_say() -> None:
    assert describe(room_of(), np.random.default_rng(0), count=10) == ()


def test_a_room_without_a_way_in_or_walls_is_described_too() -> None:
    room = room_of(
        Box(10, "desk", 3, 2, (1.4, 0.7, 0.75), facing=SOUTH), Box(11, "bed", 1, 4, (1, 2, 0.5), facing=EAST)
    )
    bare = replace(room, objects=room.objects[5:], scan=replace(room.scan, instances=None, labels=None))
    assert {referral.label for referral in describe(bare, np.random.default_rng(0), count=10)} == {"desk", "bed"}


def test_every_noun_of_a_class_means_the_class() -> None:
    for category in scene_statistics().classes:
        for noun, weight in nouns(category):
            assert covers(noun, category) == TRUE, (noun, category)
            assert weight > 0
            assert words(noun)


@pytest.mark.parametrize(
    ("noun", "category", "verdict"),
    [
        ("chair", "office chair", TRUE),
        ("chair", "armchair", TRUE),
        ("office chair", "chair", UNSURE),
        ("table", "coffee table", TRUE),
        ("coffee table", "table", UNSURE),
        ("bin", "recycling bin", TRUE),
        ("trash can", "recycling bin", UNSURE),
        ("refrigerator", "mini fridge", TRUE),
        ("cabinet", "kitchen cabinets", TRUE),
        ("door", "closet door", TRUE),
        ("door", "window", FALSE),
        ("bed", "bedside lamp", FALSE),
    ],
)
def test_what_nouns_cover(noun: str, category: str, verdict: int) -> None:
    assert covers(noun, category) == verdict


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("chair", "chairs"),
        ("box", "boxes"),
        ("bookshelf", "bookshelves"),
        ("bench", "benches"),
        ("shoes", "shoes"),
        ("chest of drawers", "chests of drawers"),
        ("mattress", "mattresses"),
        ("toilet paper", "toilet paper"),
    ],
)
def test_plurals(word: str, expected: str) -> None:
    assert plural(word) == expected


def test_class_words_say_the_class_alone() -> None:
    assert class_words("trash can") == "the trash can"
