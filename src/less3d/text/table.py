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
from jaxtyping import Float16
from torch import Tensor

from less3d.io.files import replacing
from less3d.settings import to_json
from less3d.text import TextConfig, TextEncoder, TextFeatures, build_text

_AT_ONCE_ON_CPU, _AT_ONCE_ON_GPU = 64, 2048


class TextTable:
    """Looks sentences up in a folder that `make_table` wrote. Copies in other processes share its memory.

    Args:
        folder: the table.
        device: where to keep its vectors; on a CPU they stay in their file until they are wanted.
    """

    def __init__(self, folder: Path, device: torch.device | str = "cpu") -> None:
        self._folder = folder
        self._device = device

    def __call__(self, sentences: Sequence[str]) -> TextFeatures:
        """The features of S sentences of the table, to a hundredth; a sentence is the mean of its words.

        Raises:
            KeyError: when a sentence is not in the table.
        """
        bounds = torch.tensor([self._bounds[sentence] for sentence in sentences], device=self._device)
        lengths = bounds.diff(dim=1)  # (S, 1)
        place = torch.arange(int(lengths.max()), device=self._device)
        mask = place < lengths  # (S, L)
        rows = torch.where(mask, bounds[:, :1] + place, bounds[:, :1])
        words = self._words[rows].float() * mask[..., None]
        return TextFeatures(words, words.sum(1) / lengths, mask)

    @cached_property
    def _index(self) -> dict:
        return json.loads((self._folder / "index.json").read_text(encoding="utf-8"))

    @cached_property
    def _bounds(self) -> dict[str, tuple[int, int]]:
        """For each sentence, where its words begin and end."""
        bounds = itertools.pairwise(itertools.accumulate(self._index["lengths"], initial=0))
        return dict(zip(self._index["sentences"], bounds, strict=True))

    @cached_property
    def _words(self) -> Float16[Tensor, "P Ct"]:
        words = np.memmap(self._folder / "words.f16", dtype=np.float16, mode="c")
        return torch.from_numpy(words.reshape(-1, self._index["width"])).to(self._device)


def make_table(
    folder: Path,
    config: TextConfig,
    sentences: Iterable[str],
    *,
    device: torch.device | str = "cpu",
    on_read: Callable[[int, int], None],
) -> TextTable:
    """Read sentences into a table, unless the folder holds one of this encoder that has them all already.

    Args:
        folder: where to keep it; about 13 kB a sentence through MiniLM.
        config: the text encoder, a frozen one.
        sentences: what to read; doubles are read once.
        device: where to read, and where the table keeps its vectors.
        on_read: told, after each batch, how many sentences have been read, and of how many.

    Raises:
        InputError: when a sentence has no word, or the encoder is not on this machine.
    """
    wanted = sorted(set(sentences), key=lambda sentence: (len(sentence), sentence))  # like lengths together: no padding
    index, encoder_name = folder / "index.json", to_json(config)
    if index.is_file():
        known = json.loads(index.read_text(encoding="utf-8"))
        if known["encoder"] == encoder_name and set(known["sentences"]).issuperset(wanted):
            return TextTable(folder, device)
        index.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    encoder: TextEncoder = build_text(config).to(device)  # pyright: ignore[reportAssignmentType]
    lengths: list[int] = []
    at_once = _AT_ONCE_ON_CPU if torch.device(device).type == "cpu" else _AT_ONCE_ON_GPU
    with replacing(folder / "words.f16") as file, torch.inference_mode(), _fast_reading(torch.device(device)):
        for start in range(0, len(wanted), at_once):
            features = encoder(wanted[start : start + at_once])
            file.write(features.words[features.mask].half().cpu().numpy().tobytes())
            lengths += features.mask.sum(1).tolist()
            on_read(len(lengths), len(wanted))
    known = {"encoder": encoder_name, "width": encoder.width, "lengths": lengths, "sentences": wanted}
    with replacing(index) as file:
        file.write(json.dumps(known).encode())
    return TextTable(folder, device)


def _fast_reading(device: torch.device) -> torch.autocast:
    """float16 on a GPU, bfloat16 on CPUs that know it: a third of the time, vectors off by less than a hundredth."""
    if device.type != "cpu":
        return torch.autocast(device.type, dtype=torch.float16)
    known = getattr(torch.cpu, "get_capabilities", dict)()
    fast = bool(known.get("avx512_bf16") or known.get("amx_bf16"))
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast)
