"""Ready-made runs. `less3d train NAME` starts one; every setting can be changed on the command line."""

from dataclasses import replace

from less3d.data.folder import Folder, Folders
from less3d.models import ModelConfig
from less3d.text import TextConfig
from less3d.training.config import TrainConfig

RECIPES: dict[str, TrainConfig] = {
    "rooms-small": TrainConfig(model=ModelConfig(), steps=3000),
}
"""Each recipe by name."""


def complete(config: TrainConfig, data: Folder | Folders) -> TrainConfig:
    """The run with what only the data can say: the vocabulary of a GRU, from the training sentences."""
    text = config.model.text
    if text.encoder != "gru" or text.vocabulary:
        return config
    from less3d.text.tokens import Vocabulary

    sentences = [row.sentence for rows in data.referrals.values() for row in rows]
    text = TextConfig(encoder="gru", vocabulary=tuple(Vocabulary.from_sentences(sentences).words))
    return replace(config, model=replace(config.model, text=text))
