import pytest
import torch

from less3d.errors import InputError, InputWarning
from less3d.text import TextConfig, build_text
from less3d.text.gru import GRUText
from less3d.text.tokens import MAX_TOKENS, Vocabulary

SENTENCES = ("the brown chair.", "a table", "the chair next to the brown table by a window")


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return GRUText(Vocabulary.from_sentences(SENTENCES, min_count=1)).eval()


def test_shapes_and_sizes_are_those_of_tgnn(encoder):
    features = encoder(SENTENCES)
    assert features.words.shape == (3, 10, 256)
    assert features.sentence.shape == (3, 256)
    assert features.mask.sum(1).tolist() == [4, 2, 10]
    gru = sum(parameter.numel() for parameter in encoder.gru.parameters())
    assert gru == 3 * (512 * 512 + 512 * 512 + 2 * 512)
    assert encoder.vectors.weight.shape == (len(encoder.vocabulary), 300)
    assert encoder.enter[0].weight.shape == (512, 300)
    assert encoder.leave.weight.shape == (256, 512)


def test_a_batch_equals_its_parts_and_padding_is_zero(encoder):
    together = encoder(SENTENCES)
    for row, sentence in enumerate(SENTENCES):
        alone = encoder([sentence])
        length = alone.words.shape[1]
        torch.testing.assert_close(together.words[row, :length], alone.words[0])
        torch.testing.assert_close(together.sentence[row], alone.sentence[0])
        assert not together.words[row, length:].any()
        assert not together.mask[row, length:].any()


def test_word_order_matters(encoder):
    features = encoder(["the chair left of the table", "the table left of the chair"])
    assert not torch.allclose(features.sentence[0], features.sentence[1], atol=1e-3)


def test_every_parameter_learns(encoder):
    features = encoder(SENTENCES)
    (features.words.square().sum() + features.sentence.sum()).backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_unknown_words_are_those_outside_the_vocabulary(encoder):
    assert encoder.unknown("The flurbish chair, zxqv flurbish!") == ("flurbish", "zxqv")
    assert encoder.unknown("the chair") == ()


def test_weights_and_vocabulary_make_the_same_encoder_again(encoder):
    config = TextConfig("gru", vocabulary=encoder.vocabulary.words)
    again = build_text(config).eval()
    again.load_state_dict(encoder.state_dict())
    assert torch.equal(again(SENTENCES).words, encoder(SENTENCES).words)


def test_a_long_sentence_is_cut_with_a_warning(encoder):
    with pytest.warns(InputWarning, match="150 tokens is cut to 126"):
        features = encoder(["chair " * 150, "a table"])
    assert features.mask.sum(1).tolist() == [MAX_TOKENS, 2]
    torch.testing.assert_close(features.words[0], encoder(["chair " * MAX_TOKENS]).words[0])


def test_an_empty_sentence_is_refused(encoder):
    with pytest.raises(InputError, match="no word"):
        encoder(["a chair", ""])


def test_contradicting_settings_are_refused():
    with pytest.raises(InputError, match="vocabulary"):
        build_text(TextConfig("gru"))
    with pytest.raises(InputError, match="leave it out"):
        TextConfig("minilm", vocabulary=("chair",))
