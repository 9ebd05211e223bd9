"""Sentences to features: a GRU with a vocabulary of its own, or a pretrained transformer, behind one interface.

Every encoder is a module that takes S sentences and returns `TextFeatures`. It has a `width` (the channels Ct) and
`unknown(sentence)`, the words it cannot give a meaning to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from less3d.errors import InputError


@dataclass(frozen=True, eq=False)
class TextFeatures:
    """What S sentences mean, L words each at most; the features of one sentence depend on that sentence alone."""

    words: Float[Tensor, "S L Ct"]
    """One vector a word (a word piece, for a transformer); zero where there is no word."""
    sentence: Float[Tensor, "S Ct"]
    mask: Bool[Tensor, "S L"]
    """True for a real word, False for padding. Every sentence has at least one real word."""

    @classmethod
    def of_nothing(cls, width: int) -> "TextFeatures":
        """Of no sentence."""
        return cls(torch.zeros(0, 1, width), torch.zeros(0, width), torch.zeros(0, 1, dtype=torch.bool))

    def select(self, index: Tensor) -> "TextFeatures":
        """The sentences at `index` (whole numbers or a mask over S), in that order."""
        return TextFeatures(self.words[index], self.sentence[index], self.mask[index])

    def forget(self, share: float) -> "TextFeatures":
        """Without a random share of the words, 0 to 1, but never without all words of a sentence.

        The feature of the sentence stays.
        """
        if not share:
            return self
        kept = self.mask & (torch.rand_like(self.words[..., 0]) >= share)
        return TextFeatures(self.words, self.sentence, torch.where(kept.any(dim=1, keepdim=True), kept, self.mask))


@runtime_checkable
class TextEncoder(Protocol):
    """What a model asks of its text encoder."""

    width: int

    def __call__(self, sentences: Sequence[str]) -> TextFeatures:
        """Encode S sentences."""
        ...

    def unknown(self, sentence: str) -> tuple[str, ...]:
        """The words of a sentence that carry no meaning for this encoder, in order, once each."""
        ...


@dataclass(frozen=True)
class TextConfig:
    """Which text encoder, and how it is used.

    Raises:
        InputError: when the settings contradict each other.
    """

    encoder: str = "minilm"
    """"gru"; "minilm" (in the box); "bert" or "roberta"; or the name or folder of a model of those families."""
    trainable: bool = False
    """Whether a transformer learns with the rest. A frozen one is not saved with the weights. A GRU always learns."""
    layers: Literal["last", "mean"] = "mean"
    """Word features of a transformer: its last layer, or the mean of all, which keeps more of each word's identity."""
    vocabulary: tuple[str, ...] = ()
    """The words a GRU knows; a recipe leaves them out, and training takes them from its sentences."""

    def __post_init__(self) -> None:
        """Refuse contradictions."""
        if self.layers not in ("last", "mean"):
            raise InputError(f'layers must be "last" or "mean", got {self.layers!r}')
        if self.encoder != "gru" and self.vocabulary:
            raise InputError(
                f'only the "gru" text encoder has a vocabulary, got one for {self.encoder!r}: leave it out'
            )


def build_text(config: TextConfig) -> torch.nn.Module:
    """The `TextEncoder` that `config` describes, a module.

    Raises:
        InputError: when a pretrained encoder is not on this machine, or is not the one expected.
    """
    if config.encoder == "gru":
        if not config.vocabulary:
            raise InputError('the "gru" text encoder needs a vocabulary: Vocabulary.from_sentences(sentences).words')
        from less3d.text.gru import GRUText
        from less3d.text.tokens import Vocabulary

        return GRUText(Vocabulary(config.vocabulary))
    from less3d.text.transformer import TransformerText

    return TransformerText(config.encoder, trainable=config.trainable, layers=config.layers)
