import pytest
import torch

from less3d.errors import InputError
from less3d.text import TextConfig, TextFeatures, build_text
from less3d.text.table import TextTable, make_table

SENTENCES = ("the brown chair by the door", "a table", "the lamp", "the brown chair by the door")


def ignore(done: int, total: int) -> None:
    pass


def test_a_table_says_what_the_encoder_says(tmp_path):
    reported = []
    make_table(tmp_path / "a", TextConfig(), SENTENCES, on_read=lambda done, total: reported.append((done, total)))
    assert reported[-1] == (3, 3)
    asked = (SENTENCES[2], SENTENCES[0], SENTENCES[2])
    got, expected = TextTable(tmp_path / "a")(asked), build_text(TextConfig())(asked)
    assert torch.equal(got.mask, expected.mask)
    for one, other in ((got.words[got.mask], expected.words[got.mask]), (got.sentence, expected.sentence)):
        assert ((one - other).norm(dim=-1) < 0.01 * other.norm(dim=-1)).all()


def test_a_table_is_made_once_and_anew_for_other_sentences(tmp_path):
    make_table(tmp_path / "a", TextConfig(), SENTENCES, on_read=ignore)

    def fail(done: int, total: int) -> None:
        pytest.fail("read again")

    make_table(tmp_path / "a", TextConfig(), reversed(SENTENCES), on_read=fail)
    assert make_table(tmp_path / "a", TextConfig(), SENTENCES[1:2], on_read=fail)(["a table"]).mask.sum() == 2
    table = make_table(tmp_path / "a", TextConfig(), (*SENTENCES, "the desk"), on_read=ignore)
    assert table(["the desk"]).mask.sum() == 2
    other = make_table(tmp_path / "a", TextConfig(layers="last"), ["a table"], on_read=ignore)
    with pytest.raises(KeyError):
        other(["the desk"])


def test_a_failed_reading_leaves_no_table(tmp_path):
    make_table(tmp_path / "a", TextConfig(), SENTENCES, on_read=ignore)
    with pytest.raises(InputError, match="word"):
        make_table(tmp_path / "a", TextConfig(), ["?!"], on_read=ignore)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["words.f16"]


def test_forgetting_hides_a_share_of_the_words_and_never_all():
    torch.manual_seed(0)
    mask = torch.arange(20) < torch.tensor([20] * 200 + [1] * 200)[:, None]
    text = TextFeatures(torch.randn(400, 20, 3), torch.randn(400, 3), mask)
    left = text.forget(0.2)
    assert left.words is text.words
    assert not (left.mask & ~mask).any()
    assert left.mask.any(dim=1).all()
    assert 0.75 < left.mask[:200].float().mean() < 0.85
    assert text.forget(0.0) is text
