"""The mean of weights is the mean of each of them."""

from pathlib import Path

import pytest
import torch
from average import average
from tiny_run import tiny_run

from less3d.calibration import Calibration
from less3d.errors import InputError
from less3d.models import ModelConfig, Referrer
from less3d.weights import load_weights, save_weights


def write(path: Path, seed: int, config: ModelConfig) -> dict[str, torch.Tensor]:
    """Random weights that know how often they were written."""
    torch.manual_seed(seed)
    model = Referrer(config, Calibration(nothing=1.0))
    with torch.no_grad():
        for values in model.state_dict().values():
            values.copy_(torch.full_like(values, seed) if not values.is_floating_point() else torch.randn_like(values))
    save_weights(model, path, metadata={"step": seed})
    return model.state_dict()


@pytest.mark.parametrize("shares", [None, [2.0, 1.0, 1.0]])
def test_each_number_is_the_mean_and_the_rest_is_of_the_last(tmp_path, shares):
    config = tiny_run("the", "box").model
    sources = [tmp_path / f"{seed}.safetensors" for seed in (1, 2, 3)]
    states = [write(path, seed, config) for seed, path in enumerate(sources, start=1)]
    average([str(path) for path in sources], tmp_path / "mean.safetensors", shares)
    first, *others = shares or [1.0, 1.0, 1.0]
    model, info = load_weights(tmp_path / "mean.safetensors")
    assert info.metadata == {"step": 3}
    assert model.calibration == Calibration()
    for name, values in model.state_dict().items():
        if values.is_floating_point():
            torch.testing.assert_close(
                values, (first * states[0][name] + states[1][name] + states[2][name]) / (first + sum(others))
            )
        else:
            assert (values == 3).all()


def test_other_networks_are_refused(tmp_path):
    write(tmp_path / "a.safetensors", 1, tiny_run("the", "box").model)
    write(tmp_path / "b.safetensors", 2, tiny_run("the", "box", "red").model)
    with pytest.raises(InputError, match="one network"):
        average([str(tmp_path / f"{name}.safetensors") for name in "ab"], tmp_path / "mean.safetensors")
    assert not (tmp_path / "mean.safetensors").exists()


def test_a_checkpoint_gives_the_weights_of_the_last_step(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    config = tiny_run("the", "box").model
    best = write(run / "best.safetensors", 1, config)
    last = write(tmp_path / "other.safetensors", 2, config)
    torch.save({"model": last, "progress": {"step": 9}}, run / "last.pt")
    average([str(run / "best.safetensors"), str(run / "last.pt")], tmp_path / "mean.safetensors")
    model, info = load_weights(tmp_path / "mean.safetensors")
    assert info.metadata == {"step": 9}
    for name, values in model.state_dict().items():
        if values.is_floating_point():
            torch.testing.assert_close(values, (best[name] + last[name]) / 2)
