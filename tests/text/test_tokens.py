import pytest
from hypothesis import given
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.text.tokens import UNKNOWN, Vocabulary, check_sentence, tokenize, words_of


def test_tokens_are_lower_case_words_and_punctuation():
    assert tokenize("It's LEFT.  The L-shaped desk, 2nd") == (
        *("it's", "left", ".", "the", "l", "-", "shaped", "desk", ",", "2nd"),
    )
    assert tokenize("It’s") == ("it's",)
    assert words_of("It's left. (Really!)") == ("it's", "left", "really")


@given(st.text(max_size=50))
def test_tokenizing_loses_nothing_but_space_and_case(text):
    kept = "".join(text.lower().replace("’", "'").split())
    assert "".join("".join(tokenize(text)).split()) == kept


@pytest.mark.parametrize("sentence", ["", "   ", "?!", "...\n"])
def test_no_word_is_no_sentence(sentence):
    with pytest.raises(InputError, match="no word"):
        check_sentence(sentence)


def test_a_book_is_no_sentence():
    check_sentence("chair " * 200)
    with pytest.raises(InputError, match="at most 200 words, got 5000"):
        check_sentence("chair " * 5000)


def test_a_vocabulary_keeps_frequent_words_and_gives_each_its_id():
    vocabulary = Vocabulary.from_sentences(["the chair", "the table.", "the table"], min_count=2)
    assert vocabulary.words == ("table", "the")
    assert "table" in vocabulary
    assert "chair" not in vocabulary
    assert len(vocabulary) == 4
    assert vocabulary.encode("The table chair") == [3, 2, UNKNOWN]
    assert Vocabulary(vocabulary.words) == vocabulary


def test_a_vocabulary_refuses_a_word_with_two_ids():
    with pytest.raises(InputError, match="twice"):
        Vocabulary(("chair", "chair"))
