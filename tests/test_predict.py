"""Segmenter: answers on the scan's own points in their own order, with any model."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_weights import TINY, tiny_model, write_tiny_weights

import less3d.answering
from less3d.errors import InputError, InputWarning
from less3d.models.less import LessConfig
from less3d.predict import GUESS, Segmenter
from less3d.scan import TURNS, Scan

EARLY = LessConfig(channels=(8, 8), blocks=1, query_width=16, feedforward_width=16, num_queries=3)
CONFIGS = {"late": TINY, "early": replace(TINY, fusion="early", early=EARLY)}


def make_scan(seed: int = 0, count: int = 3000) -> Scan:
    rng = np.random.default_rng(seed)
    points = rng.uniform((0, 0, 0), (4, 3, 2.5), (count, 3)).astype(np.float32)
    return Scan(points, rng.integers(0, 256, (count, 3)).astype(np.uint8))


@pytest.fixture(params=CONFIGS)
def segmenter(request):
    return Segmenter(tiny_model(CONFIGS[request.param]))


def test_an_answer_has_one_value_a_point(segmenter):
    scan = make_scan()
    result = segmenter.set_scan(scan).segment("the brown chair")
    assert result.sentence == "the brown chair"
    assert result.mask.shape == result.scores.shape == (len(scan),)
    assert (result.mask.dtype, result.scores.dtype) == (np.bool_, np.float32)
    assert ((result.scores >= 0) & (result.scores <= 1)).all()
    np.testing.assert_array_equal(result.mask, result.scores > 0.5)
    assert result.found == result.mask.any()
    assert 0.0 <= result.confidence <= 1.0


def test_permuting_points_permutes_the_answer(segmenter):
    scan, order = make_scan(), np.random.default_rng(2).permutation(3000)
    shuffled = Scan(scan.points[order], scan.colors[order])
    first = segmenter.set_scan(scan).segment("the chair")
    second = segmenter.set_scan(shuffled).segment("the chair")
    np.testing.assert_allclose(second.scores, first.scores[order], atol=1e-4)


def test_a_list_equals_its_parts(segmenter):
    segmenter.set_scan(make_scan())
    sentences = [f"the {'brown ' * (number % 3)}chair" for number in range(11)]
    together = segmenter.segment(sentences)
    assert [result.sentence for result in together] == sentences
    for result, sentence in zip(together, sentences, strict=True):
        alone = segmenter.segment(sentence)
        np.testing.assert_allclose(alone.scores, result.scores, atol=1e-5)
        assert alone.confidence == pytest.approx(result.confidence, abs=1e-5)


def test_another_scan_replaces_the_first(segmenter):
    first, second = make_scan(0), make_scan(1, count=500)
    expected = segmenter.set_scan(second).segment("the chair")
    segmenter.set_scan(first)
    again = segmenter.set_scan(second).segment("the chair")
    np.testing.assert_array_equal(again.scores, expected.scores)


def test_the_text_free_work_is_done_once_a_scan(segmenter, monkeypatch):
    calls = []
    make_scene, prepare = less3d.answering.make_scene, segmenter._model.prepare
    monkeypatch.setattr(less3d.answering, "make_scene", lambda *a, **k: calls.append("scene") or make_scene(*a, **k))
    monkeypatch.setattr(segmenter._model, "prepare", lambda scene: calls.append("prepare") or prepare(scene))
    segmenter.set_scan(make_scan())
    segmenter.segment("the chair")
    segmenter.segment(["the box", "the brown box"])
    assert calls == ["scene", "prepare"] * TURNS


def test_a_sentence_of_unknown_words_is_warned_about_and_hardly_believed(segmenter):
    segmenter.set_scan(make_scan())
    with pytest.warns(InputWarning, match="flurbish"):
        result = segmenter.segment("the flurbish of the quux")
    assert result.confidence <= GUESS
    segmenter.segment("the flurbish chair")  # one known word is enough: no warning, and warnings are errors here


def test_nothing_is_an_answer_with_its_own_confidence(monkeypatch):
    model = tiny_model()
    torch.nn.init.constant_(model.network.absence.score.bias, 20.0)
    result = Segmenter(model).set_scan(make_scan()).segment("the chair")
    assert not result.found
    assert not result.mask.any()
    assert result.scores.max() < 0.02
    assert result.confidence > 0.99


@pytest.mark.parametrize("turns", [0, -4])
def test_a_scan_is_looked_at_from_one_side_at_least(turns):
    with pytest.raises(InputError, match=f"at least one side, got turns={turns}"):
        Segmenter(tiny_model(), turns=turns).set_scan(make_scan())


def test_nothing_is_answered_without_a_scan(segmenter):
    with pytest.raises(InputError, match="set_scan"):
        segmenter.segment("the chair")


@pytest.mark.parametrize("sentence", ["", "   ", "?!", "chair " * 5000])
def test_sentences_that_are_none_are_refused(segmenter, sentence):
    segmenter.set_scan(make_scan())
    with pytest.raises(InputError, match="expected a sentence"):
        segmenter.segment(["the chair", sentence])


def test_a_single_point_is_a_scan(segmenter):
    scan = Scan(np.zeros((1, 3), dtype=np.float32), np.zeros((1, 3), dtype=np.uint8))
    assert segmenter.set_scan(scan).segment("the chair").mask.shape == (1,)


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="device"):
        Segmenter(tiny_model(), device="abacus")


def test_weights_come_from_a_file_and_are_named(tmp_path):
    loaded = Segmenter.from_pretrained(write_tiny_weights(tmp_path / "tiny.safetensors"))
    assert loaded.weights is not None
    assert loaded.weights.name.endswith("tiny.safetensors")
    expected = Segmenter(tiny_model()).set_scan(make_scan()).segment("the box")
    np.testing.assert_array_equal(loaded.set_scan(make_scan()).segment("the box").scores, expected.scores)
