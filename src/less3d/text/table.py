"""`TextTable`: the features of many sentences, read once by a frozen encoder and kept in files that processes share.

table/
  words.f16       the vectors of all words, sentence after sentence, float16, (P, Ct)
  index.json      encoder, width, and each sentence with its number of words; written last
"""

import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from less3d.io.files import replacing
from less3d.settings import to_json
from less3d.text import TextConfig, TextEncoder, TextFeatures, build_text

_AT_ONCE = 64


class TextTable:
    """Looks sentences up in a folder that `make_table` wrote. Copies in other processes share its memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, sentences: Sequence[str]) -> TextFeatures:
        """The features of S sentences of the table, to a hundredth; a sentence is the mean of its words.

        Raises:
            KeyError: when a sentence is not in the table.
        """
        rows = [self._rows[sentence] for sentence in sentences]
        each = [torch.from_numpy(self._words[first:last].astype(np.float32)) for first, last in rows]
        words = pad_sequence(each, batch_first=True)  # (S, L, Ct)
        lengths = torch.tensor([last - first for first, last in rows])
        mask = torch.arange(words.shape[1]) < lengths[:, None]
        return TextFeatures(words, words.sum(1) / lengths[:, None], mask)

    @cached_property
    def _index(self) -> dict:
        return json.loads((self._folder / "index.json").read_text(encoding="utf-8"))

    @cached_property
    def _rows(self) -> dict[str, tuple[int, int]]:
        """For each sentence, where its words begin and end."""
        bounds = itertools.pairwise(itertools.accumulate(self._index["lengths"], initial=0))
        return dict(zip(self._index["sentences"], bounds, strict=True))

    @cached_property
    def _words(self) -> np.ndarray:
        words = np.memmap(self._folder / "words.f16", dtype=np.float16, mode="r")
        return words.reshape(-1, self._index["width"])


def make_table(
    folder: Path, config: TextConfig, sentences: Iterable[str], *, on_read: Callable[[int, int], None]
) -> TextTable:
    """Read sentences into a table, unless the folder holds the table of these sentences and this encoder already.

    Args:
        folder: where to keep it; about 13 kB a sentence through MiniLM.
        config: the text encoder, a frozen one.
        sentences: what to read; doubles are read once.
        on_read: told, after each batch, how many sentences have been read, and of how many.

    Raises:
        InputError: when a sentence has no word, or the encoder is not on this machine.
    """
    wanted = sorted(set(sentences), key=lambda sentence: (len(sentence), sentence))  # like lengths together: no padding
    index, encoder_name = folder / "index.json", to_json(config)
    if index.is_file():
        known = json.loads(index.read_text(encoding="utf-8"))
        if known["encoder"] == encoder_name and known["sentences"] == wanted:
            return TextTable(folder)
        index.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    encoder: TextEncoder = build_text(config)  # pyright: ignore[reportAssignmentType]
    lengths: list[int] = []
    with replacing(folder / "words.f16") as file, torch.inference_mode(), _fast_reading():
        for start in range(0, len(wanted), _AT_ONCE):
            features = encoder(wanted[start : start + _AT_ONCE])
            file.write(features.words[features.mask].half().numpy().tobytes())
            lengths += features.mask.sum(1).tolist()
            on_read(len(lengths), len(wanted))
    known = {"encoder": encoder_name, "width": encoder.width, "lengths": lengths, "sentences": wanted}
    with replacing(index) as file:
        file.write(json.dumps(known).encode())
    return TextTable(folder)


def _fast_reading() -> torch.autocast:
    """bfloat16 where the CPU computes with it: a third of the time, vectors off by less than a hundredth."""
    known = getattr(torch.cpu, "get_capabilities", dict)()
    fast = bool(known.get("avx512_bf16") or known.get("amx_bf16"))
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast)
