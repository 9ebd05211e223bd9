"""View words are found and swapped whatever surrounds them."""

import pytest

from less3d.data.sentences import has_view_words, swap_left_right


@pytest.mark.parametrize(
    "sentence",
    [
        "the chair on the left.",
        "LEFT one",
        "the left-most door",
        "(right)",
        "in front, by the bed",
        "facing: the desk",
        "the one across from it",
        "the leftmost",
        "rightmost!",
        "looking at the bed",
        "at the back",
        "behind it",
    ],
)
def test_view_words_are_found_with_punctuation(sentence: str) -> None:
    assert has_view_words(sentence)


@pytest.mark.parametrize(
    "sentence", ["the brown chair", "", "a bright lamp", "leftover food", "frontier", "the backpack"]
)
def test_parts_of_words_are_no_view_words(sentence: str) -> None:
    assert not has_view_words(sentence)


@pytest.mark.parametrize(
    ("sentence", "mirrored"),
    [
        ("the chair on the left.", "the chair on the right."),
        ("Left of the desk, not right of it", "Right of the desk, not left of it"),
        ("the LEFT-most door", "the RIGHT-most door"),
        ("the rightmost one", "the leftmost one"),
        ("right next to the bed", "right next to the bed"),
        ("a table with a flat top right beside the left bed", "a table with a flat top right beside the right bed"),
        ("it is right behind the couch", "it is right behind the couch"),
        ("the lamp on the right next to the bed", "the lamp on the left next to the bed"),
        ("the one on your right in the corner", "the one on your left in the corner"),
        ("to the far right by the door", "to the far left by the door"),
        ("the right window", "the left window"),
        ("in the center and right by the couch", "in the center and right by the couch"),
        ("right of the sink", "left of the sink"),
        ("no side at all", "no side at all"),
    ],
)
def test_left_and_right_are_exchanged(sentence: str, mirrored: str) -> None:
    assert swap_left_right(sentence) == mirrored


@pytest.mark.parametrize(
    "sentence", ["the left desk", "Rightmost, please", "right next to the left bed", "second from the right"]
)
def test_mirroring_twice_restores_the_sentence(sentence: str) -> None:
    assert swap_left_right(swap_left_right(sentence)) == sentence
