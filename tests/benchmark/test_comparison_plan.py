"""What a comparison needs is there before anything is made, and is known again."""

import json
from pathlib import Path

import pytest
import torch
from tiny_text import write_tiny_encoders
from transformers import BertModel

from less3d.benchmark.plan import Plan
from less3d.errors import InputError


@pytest.fixture
def bert(tmp_path) -> Path:
    return write_tiny_encoders(tmp_path)["bert"]


def hash_of(folder: Path) -> str:
    """Of an encoder, as a comparison knows it."""
    readers = Plan(encoders=(("BERT", str(folder)),), matrices=("text",)).readers
    assert set(readers) == {"minilm", str(folder)}
    return readers[str(folder)]


def set_in(path: Path, *names: str, value: object) -> None:
    """Change one value in a JSON file."""
    whole = json.loads(path.read_text())
    place = whole
    for name in names[:-1]:
        place = place[name]
    place[names[-1]] = value
    path.write_text(json.dumps(whole))


def test_a_text_encoder_is_known_wherever_it_is(bert, tmp_path):
    before = hash_of(bert)
    assert hash_of(bert) == before
    assert hash_of(bert.rename(tmp_path / "moved")) == before


def test_a_text_encoder_that_reads_otherwise_is_another(bert):
    hashes = [hash_of(bert)]
    model = BertModel.from_pretrained(bert)
    with torch.no_grad():
        next(model.parameters())[0, 0] += 0.001
    model.save_pretrained(bert)
    hashes.append(hash_of(bert))
    set_in(bert / "config.json", "num_attention_heads", value=4)
    hashes.append(hash_of(bert))
    set_in(bert / "tokenizer.json", "model", "vocab", "chair", value=7)
    set_in(bert / "tokenizer.json", "model", "vocab", "table", value=6)
    hashes.append(hash_of(bert))
    assert len(set(hashes)) == 4


def test_a_text_encoder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        _ = Plan(encoders=(("RoBERTa", str(tmp_path / "nowhere")),)).readers
