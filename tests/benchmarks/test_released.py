"""What the model card says is counted as its words have it."""

import argparse
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from released.card import card_lines
from released.reliability import reliability
from released.role_swaps import OWN, PARTNER, count_swaps, swap_questions
from released.second_wording import compare_wordings
from released.sets import REST, absence, by_class, score_rooms
from released.words import judge_words, judged_words, without, word_questions
from released_scores import outside
from tiny_weights import tiny_model

from less3d.data.rooms.make import RoomSettings, make_rooms
from less3d.errors import InputError
from less3d.metrics import SentenceScore
from less3d.predict import Segmenter
from less3d.referral import Referral

SHARES = st.integers(0, 100)


def scored(percent: int, **about) -> SentenceScore:
    """An answer with that IoU in percent; at 0 it is empty."""
    said = {"scan": "room", "record": "", "sentence": "the chair", "targets": (1,), "label": "chair", "source": ""}
    said |= {"unique": None, "tags": ("left",), "confidence": 0.5, **about}
    return SentenceScore(**said, predicted=percent, shared=percent, true=100, f1_25=0.0, f1_50=0.0)


def swapped(*pairs: tuple[str, tuple[int, int], tuple[int, int]]) -> dict:
    """The counts of pairs: kind, and for both sentences the IoU with what it means and with what its partner means."""
    answers = [(kind, answer) for kind, *both in pairs for answer in both]
    own, partner = ([scored(answer[side], tags=(kind,)) for kind, answer in answers] for side in (0, 1))
    return count_swaps(own, partner)


def test_a_pair_is_right_when_both_sentences_have_their_own_object():
    found = swapped(
        ("left", (80, 0), (25, 24)),  # both right
        ("left", (80, 0), (24, 0)),  # the second overlaps too little
        ("behind", (0, 90), (40, 40)),  # the other object, and neither of two alike
        ("next", (30, 60), (60, 30)),
    )
    assert found["all"] == {"pairs": 4, "right_object": 4 / 8, "other_object": 2 / 8, "both_right": 1 / 4}
    assert found["directional"] == {"pairs": 3, "right_object": 3 / 6, "other_object": 1 / 6, "both_right": 1 / 3}
    assert found["others"] == {"pairs": 1, "right_object": 1 / 2, "other_object": 1 / 2, "both_right": 0}
    assert {kind: row["pairs"] for kind, row in found["by_kind"].items()} == {"behind": 1, "left": 2, "next": 1}


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=9))
def test_who_answers_both_sentences_alike_has_no_pair_right(overlaps):
    found = swapped(*(("left", (one, other), (other, one)) for one, other in overlaps))["all"]
    assert found["both_right"] == 0
    assert found["right_object"] == found["other_object"] <= 0.5


def test_each_sentence_of_a_pair_is_scored_against_its_partners_object_too():
    rows = [Referral("room", f"sentence {n}", (n,)) for n in range(4)]
    asked = swap_questions(rows)
    assert [sentence for _, sentence in asked[OWN]] == [sentence for _, sentence in asked[PARTNER]]
    assert [row.targets for row, _ in asked[OWN]] == [(0,), (1,), (2,), (3,)]
    assert [row.targets for row, _ in asked[PARTNER]] == [(1,), (0,), (3,), (2,)]


@pytest.mark.parametrize(
    ("sentence", "word", "rest"),
    [
        ("The red chair, a Red one", "red", "The chair, a one"),
        ("the reddish chair", "red", "the reddish chair"),
        ("it’s the chair's cushion", "chair's", "it's the cushion"),
        ("chair", "chair", ""),
    ],
)
def test_a_word_is_taken_out_wherever_it_stands_alone(sentence, word, rest):
    assert without(sentence, word) == rest


def test_words_of_few_sentences_or_without_content_are_not_judged():
    sentences = ["the lamp"] * 4 + ["the lamp of the desk desk"] + ["this desk"] * 3
    assert judged_words(sentences) == {"lamp"}
    rows = [Referral("room", sentence, (1,)) for sentence in ("the Lamp left", "lamp", "desk")]
    assert word_questions(rows, frozenset({"lamp", "left"})) == {
        "without lamp": [(rows[0], "the left")],
        "without left": [(rows[0], "the Lamp")],
    }


def judged(*pairs: tuple[int, int]) -> dict:
    """What is found of a word in whose sentences the IoU with and without it is as given."""
    full = [scored(percent, record=str(place)) for place, (percent, _) in enumerate(pairs)]
    rest = [scored(percent, record=str(place)) for place, (_, percent) in enumerate(pairs)]
    return judge_words({"sentence": full, "without thin": rest[::-1]})


def test_a_word_that_gains_nothing_is_never_understood():
    found = judged((10, 10), (0, 90), (90, 0), (20, 20), (5, 5))
    assert found["never_understood"] == ["thin"]
    assert found["judged"]["thin"] == pytest.approx({"sentences": 5, "needed": 5, "with": 0.25, "without": 0.25})


def test_a_word_that_gains_is_understood():
    assert judged((10, 10), (0, 0), (90, 0), (20, 20), (5, 5))["never_understood"] == []


def test_sentences_that_are_answered_without_the_word_as_well_say_nothing_of_it():
    easy = [(90, 90)] * 10
    assert judged(*easy, *[(10, 10)] * 4) == {"judged": {}, "never_understood": []}
    assert judged(*easy, *[(10, 10)] * 5)["never_understood"] == ["thin"]


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0, 49, 50, 100])), min_size=1, max_size=60))
def test_the_bins_hold_every_answer_and_their_gaps_are_the_calibration_error(answers):
    found = reliability([scored(percent, confidence=confidence) for confidence, percent in answers])
    counts = [row["sentences"] for row in found["bins"]]
    assert sum(counts) == found["sentences"] == len(answers)
    assert all(row["from"] - 1e-9 <= row["confidence"] <= row["to"] + 1e-9 for row in found["bins"])
    assert np.average([row["right"] for row in found["bins"]], weights=counts) == pytest.approx(
        np.mean([percent >= 50 for _, percent in answers])
    )
    gaps = [abs(row["confidence"] - row["right"]) for row in found["bins"]]
    assert found["ece"] == pytest.approx(np.average(gaps, weights=counts))


def test_the_second_wording_is_compared_sentence_by_sentence_and_drawn_room_by_room():
    first = [scored(percent, scan=scan) for scan, percent in (("a", 50), ("a", 70), ("b", 90))]
    found = compare_wordings(first, [scored(percent, scan=scan) for scan, percent in (("a", 40), ("a", 60), ("b", 80))])
    assert found["overall"]["miou"] == pytest.approx(0.6)
    assert [found["lost_miou"], *found["lost_miou_95"]] == pytest.approx([0.1, 0.1, 0.1])
    found = compare_wordings(first, [scored(percent, scan=scan) for scan, percent in (("a", 50), ("a", 70), ("b", 0))])
    assert found["lost_miou_95"] == pytest.approx([0.0, 0.9])
    with pytest.raises(InputError, match="the same objects"):
        compare_wordings(first, first[::-1])


def test_an_empty_mask_is_the_answer_not_found():
    found = absence([scored(0), scored(90), scored(10)], [scored(0), scored(0), scored(5)])
    assert found == {"present": 3, "absent": 3, "f1": pytest.approx(2 / 3), "precision": 2 / 3, "recall": 2 / 3}
    assert absence([scored(9)], [scored(5)])["precision"] is None


def test_classes_of_few_sentences_are_pooled():
    rows = [scored(50, label="chair")] * 10 + [scored(10, label="desk")] * 9 + [scored(20, label="bed")]
    found = by_class(rows)
    assert {label: row["sentences"] for label, row in found.items()} == {"chair": 10, REST: 10}
    assert found[REST]["miou"] == pytest.approx(0.11)


@pytest.mark.parametrize("folder", ["pictures", "benchmarks/../assets", str(Path(__file__).parent)])
def test_pictures_of_real_scans_stay_out_of_the_repository(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    with pytest.raises(argparse.ArgumentTypeError, match="outside the repository"):
        outside(folder)
    assert outside(str(tmp_path)) == tmp_path


@pytest.mark.filterwarnings("ignore::less3d.errors.InputWarning")  # the tiny model knows few words
def test_made_rooms_are_asked_everything_that_the_card_says(tmp_path):
    settings = RoomSettings(seed=9, split="test", sentences=6, scanner="sampled", second_wording=True)
    make_rooms(tmp_path, rooms=2, settings=settings)
    rooms = score_rooms(Segmenter(tiny_model(), turns=1), tmp_path)
    assert rooms["sentence"]["overall"]["sentences"] == rooms["second_wording"]["overall"]["sentences"] == 12
    assert rooms["absence"]["present"] == 12
    assert rooms["absence"]["absent"] > 0
    assert rooms["role_swaps"]["all"]["pairs"] > 0
    results = {"rooms": rooms, "turns": 1, "commit": "0123456789", "machine": {"cores": 2, "cpu": "a"}}
    lines = card_lines("rooms-base", results)
    assert f"| all | {rooms['role_swaps']['all']['pairs']} |" in "\n".join(lines)
    assert not any("None" in line or "nan" in line for line in lines)
