"""Weight files: exact round trips, and one clear line for every file that cannot be used."""

import hashlib
import json
from pathlib import Path

import huggingface_hub
import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError
from safetensors.torch import load_file, save_file
from tiny_weights import TINY, as_released, tiny_model, write_tiny_weights

import less3d.weights
from less3d.calibration import Calibration, Platt
from less3d.errors import InputError
from less3d.models import ModelConfig, Referrer
from less3d.text import TextConfig
from less3d.weights import DEFAULT, FORMAT, RELEASED, find_weights, load_weights, save_weights, write_calibrated


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture
def file(tmp_path):
    return write_tiny_weights(tmp_path / "tiny.safetensors")


def rewritten(file, **header):
    """The same tensors under another header."""
    save_file(load_file(file), file.with_name("other.safetensors"), {**read_header(file), **header})
    return file.with_name("other.safetensors")


def read_header(file):
    content = file.read_bytes()
    return json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]


def test_a_model_comes_back_exactly(model, file):
    loaded, info = load_weights(file)
    assert loaded.config == TINY
    assert not loaded.training
    assert info.metadata == {"steps": 12, "hours": 0.5}
    assert info.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert loaded.state_dict().keys() == model.state_dict().keys()
    for name, values in model.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], values, rtol=0, atol=0)


def test_half_precision_halves_the_file_and_keeps_the_values(model, file, tmp_path):
    save_weights(model, tmp_path / "half.safetensors", metadata={}, half=True)
    loaded, _ = load_weights(tmp_path / "half.safetensors")
    assert (tmp_path / "half.safetensors").stat().st_size < 0.6 * file.stat().st_size
    for name, values in model.state_dict().items():
        restored = loaded.state_dict()[name]
        assert restored.dtype == values.dtype
        torch.testing.assert_close(restored, values, rtol=1e-3, atol=1e-4)


def test_a_calibration_is_kept_and_files_from_before_have_none(file, tmp_path):
    calibration = Calibration(-0.5, Platt(1.5, 0.25), Platt(0.5, -0.75))
    calibrated = tiny_model()
    calibrated.calibration = calibration
    save_weights(calibrated, tmp_path / "calibrated.safetensors", metadata={})
    assert load_weights(tmp_path / "calibrated.safetensors")[0].calibration == calibration
    before = {name: text for name, text in read_header(file).items() if name != "calibration"}
    save_file(load_file(file), tmp_path / "before.safetensors", before)
    assert load_weights(tmp_path / "before.safetensors")[0].calibration == Calibration()


def test_weights_are_calibrated_without_being_touched(model, tmp_path):
    file, calibration = tmp_path / "half.safetensors", Calibration(0.5, Platt(2.0), Platt(3.0, 1.0))
    save_weights(model, file, metadata={"steps": 12}, half=True)
    before, header = load_file(file), read_header(file)
    write_calibrated(file, calibration, file)
    loaded, info = load_weights(file)
    assert loaded.calibration == calibration
    assert info.metadata == {"steps": 12}
    assert {**read_header(file), "calibration": header["calibration"]} == header
    after = load_file(file)
    assert before.keys() == after.keys()
    for name, values in before.items():
        assert values.dtype == after[name].dtype
        assert torch.equal(values, after[name])


def test_the_frozen_text_encoder_is_not_stored(tmp_path):
    config = ModelConfig(late=TINY.late, text=TextConfig(encoder="minilm"), voxel_size=0.2)
    save_weights(Referrer(config), tmp_path / "w.safetensors", metadata={})
    assert (tmp_path / "w.safetensors").stat().st_size < 5e6
    loaded, _ = load_weights(tmp_path / "w.safetensors")
    assert loaded.text.width == 384


def test_a_folder_with_one_file_or_a_best_one_is_enough(file):
    assert find_weights(file.parent) == file
    (file.parent / "last.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match=r"last\.safetensors, tiny\.safetensors"):
        find_weights(file.parent)
    (file.parent / "best.safetensors").write_bytes(b"")
    assert find_weights(file.parent).name == "best.safetensors"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"format": f"less3d {FORMAT + 1}", "library": "9.0"}, r"another version.*9\.0"),
        ({"format": "pt"}, "something else"),
        ({"config": '{"voxel_size": 0.1, "colour": 1}'}, "another version.*colour"),
        ({"config": '{"voxel_size": 0.1}'}, "another version"),
        ({"config": "{"}, "another version"),
        ({"calibration": '{"mask": {"slope": -1.0}}'}, "another version.*slope of at least 0"),
    ],
)
def test_weights_of_another_version_are_refused_in_one_line(file, header, said):
    with pytest.raises(InputError, match=said) as caught:
        load_weights(rewritten(file, **header))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"hello", bytes(8), b"\xff" * 100])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"w\.safetensors: "):
        load_weights(tmp_path / "w.safetensors")


def test_a_truncated_file_is_refused(file):
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InputError, match="damaged"):
        load_weights(file)


@pytest.mark.parametrize("name", ["nowhere.safetensors", "no/such/folder/file", ""])
def test_missing_weights_are_named(name):
    with pytest.raises(InputError, match=name or "expected"):
        load_weights(name)


def test_a_hub_id_without_network_says_so(monkeypatch):
    def unreachable(*_args, **_kwargs):
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", unreachable)
    with pytest.raises(InputError, match=r"someone/less3d-weights: .*cannot be reached"):
        load_weights("someone/less3d-weights")


def test_a_failed_write_leaves_nothing(model, tmp_path):
    with pytest.raises(InputError, match="no folder"):
        save_weights(model, tmp_path / "missing" / "w.safetensors", metadata={})
    with pytest.raises(TypeError):
        save_weights(model, tmp_path / "w.safetensors", metadata={"scores": object()})
    assert list(tmp_path.iterdir()) == []


def test_the_default_is_the_first_in_the_box(file, monkeypatch):
    monkeypatch.setattr(less3d.weights, "RELEASED", as_released(file))
    assert load_weights()[1].name == load_weights(DEFAULT)[1].name == "tiny"
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(InputError, match="install less3d again"):
        load_weights("tiny")


def test_an_empty_box_is_said(monkeypatch):
    monkeypatch.setattr(less3d.weights, "RELEASED", {})
    with pytest.raises(InputError, match="no weights come with"):
        load_weights()


@pytest.mark.parametrize("name", RELEASED)
def test_released_weights_are_whole_and_have_a_card(name):
    loaded, info = load_weights(name)
    assert not loaded.training
    assert info.sha256 == RELEASED[name].sha256
    results = Path(__file__).parents[1] / "benchmarks" / "results" / "released_scores"
    measured = json.loads((results / f"{name}.json").read_text(encoding="utf-8"))
    assert measured["weights_sha256"] == info.sha256
    answers = RELEASED[name].answers
    mean = measured["rooms"]["sentence"]["overall"] if answers else measured["objects"]["mean"]
    of_sentences = {"mIoU": "miou", "Acc@0.25": "acc_25", "Acc@0.5": "acc_50"}
    scores = of_sentences if answers else {"AP": "ap", "AP50": "ap_50", "AP25": "ap_25"}
    assert RELEASED[name].scores == {f"rooms test {word}": round(mean[key], 3) for word, key in scores.items()}
    assert answers == loaded.config.answers
    assert RELEASED[name].path.with_name(RELEASED[name].card).read_text(encoding="utf-8").strip()
