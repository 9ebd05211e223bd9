"""A larger network that began with the weights of a smaller one answers as that one does."""

import sys
from dataclasses import replace

import grow
import numpy as np
import pytest
import torch
from grow import grown

from less3d.batch import make_scene
from less3d.errors import InputError
from less3d.models import ModelConfig, Referrer
from less3d.models.late import LateConfig
from less3d.scan import Scan
from less3d.weights import load_weights, save_weights

SMALL = LateConfig(
    channels=(8, 12, 16), width=16, mask_width=6, candidates=4, text_layers=1, relation_layers=1, fronts=False
)
LARGE = replace(SMALL, text_layers=3, relation_layers=2, fronts=True)
SENTENCES = ("the red box left of the door", "a lamp")


def make(late: LateConfig, seed: int) -> Referrer:
    torch.manual_seed(seed)
    return Referrer(ModelConfig(late=late, voxel_size=0.1)).eval()


def test_it_answers_the_same_and_all_of_it_can_learn():
    small, large = make(SMALL, 1), make(LARGE, 2)
    torch.nn.init.normal_(small.network.relate.layers[0].count.leave.weight)  # as if trained
    large.load_state_dict(grown(small.state_dict(), large))
    rng = np.random.default_rng(0)
    scan = Scan(
        points=rng.uniform(0, 3, (1500, 3)).astype(np.float32),
        colors=rng.integers(0, 256, (1500, 3)).astype(np.uint8),
    )
    scene = make_scene([scan], voxel_size=0.1, num_levels=3)
    found = [model.candidates(model.prepare(scene), model.text(SENTENCES)) for model in (small, large)]
    torch.testing.assert_close(found[0].belief, found[1].belief)
    torch.testing.assert_close(found[0].masks, found[1].masks)
    found[1].belief[:, 0].sum().backward()
    new = large.network.relate.layers[1].think[3].weight, large.network.words.mix.layers[2].linear2.weight
    assert all(weight.grad is not None and weight.grad.abs().max() > 0 for weight in new)


def test_what_the_larger_one_lacks_is_refused():
    with pytest.raises(InputError, match="lacks"):
        grown(make(LARGE, 1).state_dict(), make(SMALL, 2))
    with pytest.raises(InputError, match="extends"):
        grown(make(replace(SMALL, width=32), 1).state_dict(), make(LARGE, 2))


def test_the_script_writes_weights_without_calibration(tmp_path, monkeypatch):
    small = tmp_path / "small.safetensors"
    save_weights(make(SMALL, 1), small, metadata={"step": 3})
    monkeypatch.setattr(grow, "ModelConfig", lambda: ModelConfig(late=LARGE, voxel_size=0.1))
    monkeypatch.setattr(sys, "argv", ["grow.py", str(small), "-o", str(tmp_path / "large.safetensors")])
    grow.main()
    model, info = load_weights(tmp_path / "large.safetensors")
    assert model.config.late == LARGE
    assert info.metadata == {}
    kept = make(SMALL, 1).state_dict()["network.encoder.vote.weight"]
    assert torch.equal(model.state_dict()["network.encoder.vote.weight"], kept)
