"""`GRUText`: word vectors and a recurrent network, trained from nothing with the rest of the model."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from less3d.text import TextFeatures
from less3d.text.tokens import MAX_TOKENS, PADDING, Vocabulary, check_sentence, warn_if_cut, words_of


class GRUText(nn.Module):
    """The GRU text encoder of TGNN (Huang et al., AAAI 2021), also LESS's smallest.

    Trained word vectors (300) - Linear-ReLU (512) - GRU (512) - Linear (256) a word. The feature of the sentence is
    that of its last word, which has seen all others.
    """

    def __init__(
        self, vocabulary: Vocabulary, *, vector_width: int = 300, hidden_width: int = 512, width: int = 256
    ) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.width = width
        self.vectors = nn.Embedding(len(vocabulary), vector_width, padding_idx=PADDING)
        self.enter = nn.Sequential(nn.Linear(vector_width, hidden_width), nn.ReLU())
        self.gru = nn.GRU(hidden_width, hidden_width, batch_first=True)
        self.leave = nn.Linear(hidden_width, width)

    def forward(self, sentences: Sequence[str]) -> TextFeatures:
        """Encode S sentences of any lengths; punctuation marks count as words.

        Padding stands after the words and the GRU reads forwards, so that padding cannot reach a word.

        Raises:
            InputError: when a sentence has no word, or far too many.

        Warns:
            InputWarning: when a sentence has more than 126 tokens; the rest is not read.
        """
        for sentence in sentences:
            check_sentence(sentence)
        tokens = [self.vocabulary.encode(sentence) for sentence in sentences]
        warn_if_cut(max(map(len, tokens)))
        rows = [torch.tensor(row[:MAX_TOKENS]) for row in tokens]
        lengths = torch.tensor([len(row) for row in rows], device=self.vectors.weight.device)
        ids = pad_sequence(rows, batch_first=True, padding_value=PADDING).to(lengths.device)  # (S, L)
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]  # (S, L)
        states, _ = self.gru(self.enter(self.vectors(ids)))  # (S, L, hidden_width)
        words = self.leave(states) * mask[..., None]  # (S, L, Ct)
        return TextFeatures(words, words[torch.arange(len(words), device=ids.device), lengths - 1], mask)

    def unknown(self, sentence: str) -> tuple[str, ...]:
        """The words outside the vocabulary, in order, once each."""
        return tuple(dict.fromkeys(word for word in words_of(sentence) if word not in self.vocabulary))
