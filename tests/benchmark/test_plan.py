"""What a comparison needs is there before anything is made, and is known again."""

import pytest
import torch
from tiny_text import write_tiny_encoders
from transformers import BertModel

from less3d.benchmark.plan import Plan
from less3d.errors import InputError


def test_other_weights_of_a_text_encoder_are_told_from_these(tmp_path):
    folder = str(write_tiny_encoders(tmp_path)["bert"])

    def readers() -> dict[str, str]:
        return Plan(encoders=(("BERT", folder),), matrices=("text",)).readers

    before = readers()
    assert set(before) == {"minilm", folder}
    assert readers() == before
    model = BertModel.from_pretrained(folder)
    with torch.no_grad():
        next(model.parameters())[0, 0] += 0.001
    model.save_pretrained(folder)
    after = readers()
    assert after["minilm"] == before["minilm"]
    assert after[folder] != before[folder]


def test_a_text_encoder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        _ = Plan(encoders=(("RoBERTa", str(tmp_path / "nowhere")),)).readers
