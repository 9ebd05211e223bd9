import copy
import shutil
import warnings

import pytest
import torch
from tiny_text import write_tiny_encoders
from transformers import AutoModel

from less3d.errors import InputError, InputWarning
from less3d.text import TextConfig, build_text
from less3d.text.tokens import MAX_TOKENS
from less3d.text.transformer import TransformerText, check_sha256

SENTENCES = ("the brown chair.", "a table", "the chair next to the whiteboard by a window")


@pytest.fixture(scope="module")
def minilm():
    return build_text(TextConfig())


@pytest.fixture(scope="module")
def tiny_folders(tmp_path_factory):
    return write_tiny_encoders(tmp_path_factory.mktemp("encoders"))


def assert_batch_equals_parts(encoder):
    together = encoder(SENTENCES)
    turned = encoder(SENTENCES[::-1])
    for row, sentence in enumerate(SENTENCES):
        alone = encoder([sentence])
        length = alone.words.shape[1]
        assert alone.mask.all()
        assert together.mask[row].sum() == length
        torch.testing.assert_close(together.words[row, :length], alone.words[0], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(together.sentence[row], alone.sentence[0], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(turned.sentence[2 - row], alone.sentence[0], atol=1e-5, rtol=1e-4)
        assert not together.words[row, length:].any()


def test_minilm_is_in_the_box_and_a_batch_equals_its_parts(minilm):
    features = minilm(SENTENCES)
    assert minilm.width == 384
    assert features.words.shape == (3, 10, 384)
    assert features.mask.sum(1).tolist() == [4, 2, 10], "word pieces without start and end marks"
    assert_batch_equals_parts(minilm)


def test_minilm_knows_what_words_mean(minilm):
    couch, sofa, toilet = minilm(["couch", "sofa", "toilet"]).sentence
    cosine = torch.nn.functional.cosine_similarity
    assert cosine(couch, sofa, dim=0) > cosine(couch, toilet, dim=0) + 0.2


def test_the_last_layer_is_what_transformers_computes(minilm):
    encoder = copy.copy(minilm)
    encoder.layers = "last"
    inputs = minilm._tokenizer(list(SENTENCES[:1]), return_tensors="pt")
    expected = minilm._frozen[0](**inputs).last_hidden_state[:, 1:-1]
    torch.testing.assert_close(encoder(SENTENCES[:1]).words, expected)
    assert not torch.allclose(minilm(SENTENCES[:1]).words, expected)


def test_a_frozen_encoder_neither_learns_nor_drops_nor_is_saved(minilm):
    before = minilm(SENTENCES).words
    minilm.train()
    features = minilm(SENTENCES)
    assert torch.equal(features.words, before), "dropout stays off"
    assert not features.words.requires_grad
    assert list(minilm.parameters()) == []
    assert dict(minilm.state_dict()) == {}


def test_a_frozen_encoder_follows_the_model_to_another_device(tiny_folders):
    model = torch.nn.ModuleList([TransformerText(str(tiny_folders["bert"]))])
    assert model.to("meta")[0]._frozen[0].get_input_embeddings().weight.device.type == "meta"


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_bert_and_roberta_train_and_save_through_the_same_class(tiny_folders, family):
    folder = str(tiny_folders[family])
    encoder = TransformerText(folder, trainable=True, layers="last").eval()
    assert_batch_equals_parts(encoder)
    encoder(SENTENCES).words.square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.1)
    again = TransformerText(folder, trainable=True, layers="last").eval()
    assert not torch.equal(again(SENTENCES).words, encoder(SENTENCES).words)
    again.load_state_dict(encoder.state_dict())
    assert torch.equal(again(SENTENCES).words, encoder(SENTENCES).words)


def test_a_trainable_encoder_has_dropout_in_training_only(tiny_folders):
    encoder = TransformerText(str(tiny_folders["bert"]), trainable=True)
    assert not torch.equal(encoder.train()(SENTENCES).words, encoder(SENTENCES).words)
    assert torch.equal(encoder.eval()(SENTENCES).words, encoder(SENTENCES).words)


def test_unknown_words_shatter(minilm):
    assert minilm.unknown("The flurbish whiteboard, zxqv, xqzvw near the nightstand! flurbish") == (
        *("flurbish", "zxqv", "xqzvw"),
    )
    invented = "blorptastic snorfle frobnicator plonkle grimblewock"  # some have a piece that is a word: "grim", "lick"
    assert minilm.unknown(f"the {invented} chair") == tuple(invented.split())
    assert minilm.unknown("the flurbish quux zzxqy") == ("flurbish", "quux", "zzxqy")
    known = "cubicle bookshelf radiator windowsill dishwasher upholstered L-shaped trashcan 2nd leftmost countertop"
    assert minilm.unknown(f"{known} armrests bookshelves dispensers it's one's") == ()


def test_unknown_pieces_are_unknown_words(tiny_folders):
    encoder = TransformerText(str(tiny_folders["bert"]))
    assert encoder.unknown("the whiteboard sofa") == ("sofa",)


def test_a_long_sentence_is_cut_with_a_warning(minilm):
    with pytest.warns(InputWarning, match="190 tokens is cut to 126"):
        features = minilm(["chair " * 190, "a chair"])
    assert features.mask.sum(1).tolist() == [MAX_TOKENS, 2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        minilm(["chair " * MAX_TOKENS])


def test_an_empty_sentence_is_refused(minilm):
    with pytest.raises(InputError, match="no word"):
        minilm(["a chair", " "])


def test_what_it_read_before_does_not_make_it_another(tiny_folders):
    text = TransformerText(str(tiny_folders["bert"]))
    before = text.fingerprint
    text(["the chair"])
    assert text.fingerprint == before


def test_files_of_half_precision_are_read_as_any_other(tiny_folders, tmp_path):
    shutil.copytree(tiny_folders["bert"], tmp_path / "half")
    AutoModel.from_pretrained(tiny_folders["bert"]).bfloat16().save_pretrained(tmp_path / "half")
    half = TransformerText(str(tmp_path / "half"))
    assert half(["the chair"]).words.dtype == torch.float32
    assert half.fingerprint != TransformerText(str(tiny_folders["bert"])).fingerprint


def test_a_missing_model_is_one_line_with_the_remedy(tmp_path):
    for name in ("nobody/no-such-model", str(tmp_path)):
        with pytest.raises(InputError, match="hf download") as caught:
            TransformerText(name)
        assert "\n" not in str(caught.value)


def test_other_weights_are_refused(tmp_path):
    file = tmp_path / "model.safetensors"
    with pytest.raises(InputError, match="no file"):
        check_sha256(file, "0" * 64)
    file.write_bytes(b"weights")
    with pytest.raises(InputError, match="sha256"):
        check_sha256(file, "0" * 64)


def test_loading_is_quiet(tiny_folders, capfd):
    TransformerText(str(tiny_folders["bert"]))
    assert capfd.readouterr() == ("", "")
