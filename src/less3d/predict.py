"""`Segmenter`: a scan is set once, then asked any number of sentences."""

import warnings
from pathlib import Path
from typing import cast, overload

import torch

from less3d.answering import Answer, View, answers, look
from less3d.errors import InputError, InputWarning
from less3d.models import Referrer
from less3d.referral import Prediction
from less3d.scan import TURNS, Scan
from less3d.text import TextEncoder
from less3d.text.tokens import check_sentence, words_of
from less3d.weights import DEFAULT, WeightsInfo, load_weights

GUESS = 0.05
"""The most confidence an answer can have when no word of the sentence was understood."""

_FILLERS = frozenset({"the", "a", "an", "this", "that", "there", "it", "its", "is", "has", "one", "which", "and", "or"})
_FILLERS |= {"of", "on", "in", "at", "to", "by", "for", "from", "with"}


class Segmenter:
    """Finds what sentences mean in a scan.

        segmenter = Segmenter.from_pretrained().set_scan(read_scan("room.ply"))
        result = segmenter.segment("the brown chair next to the window")

    Args:
        model: a trained model; it is put into evaluation mode.
        weights: where the model comes from, for the record.
        device: where to run, such as "cpu" or "cuda".
        turns: from how many sides a scan is looked at. More find more, one is fastest, and right for a network that
            was trained on scans that lie as their sentences say, as the paper's.

    Raises:
        InputError: when there is no such device.
    """

    def __init__(
        self, model: Referrer, *, weights: WeightsInfo | None = None, device: str = "cpu", turns: int = TURNS
    ) -> None:
        self.weights = weights
        self._turns = turns
        self._device = find_device(device)
        self._model = model.to(self._device).eval()
        self._views: tuple[View, ...] = ()

    @classmethod
    def from_pretrained(cls, source: str | Path = DEFAULT, *, device: str = "cpu", turns: int = TURNS) -> "Segmenter":
        """The model with the weights in the box; or of a folder, a file, or a hub id.

        Raises:
            InputError: when there are no such weights, or they are damaged or of another version.
        """
        model, info = load_weights(source)
        return cls(model, weights=info, device=device, turns=turns)

    def set_scan(self, scan: Scan) -> "Segmenter":
        """Do all the work on a scan that needs no sentence: voxels, neighbor tables and, in late models, features.

        Args:
            scan: meters, z up.

        Returns:
            The segmenter itself.

        Raises:
            InputError: when it is to be looked at from no side, or is too large.
        """
        self._views = look(self._model, scan, turns=self._turns, device=self._device)
        return self

    @overload
    def segment(self, sentences: str) -> Prediction: ...

    @overload
    def segment(self, sentences: list[str] | tuple[str, ...]) -> list[Prediction]: ...

    def segment(self, sentences: str | list[str] | tuple[str, ...]) -> Prediction | list[Prediction]:
        """Find the object of one sentence, or of each of several, in the scan that was set.

        Masks and scores are in the order of the scan's points.

        Raises:
            InputError: when no scan was set, or a sentence is empty or too long.

        Warns:
            InputWarning: when the model knows no word of a sentence; its confidence is `GUESS` at most.
        """
        if isinstance(sentences, str):
            return self.segment([sentences])[0]
        if not self._views:
            raise InputError("expected a scan, got none: call set_scan(read_scan(path)) before segment")
        for sentence in sentences:
            check_sentence(sentence)
        found = zip(sentences, answers(self._model, self._views, sentences), strict=True)
        return [self._prediction(sentence, answer) for sentence, answer in found]

    def _prediction(self, sentence: str, answer: Answer) -> Prediction:
        """An answer on the host, hardly believed when no word was understood."""
        scores = answer.scores.cpu().numpy()
        most = 1.0 if self._understands(sentence) else GUESS
        return Prediction(sentence, scores > 0.5, scores, min(answer.confidence, most))

    def _understands(self, sentence: str) -> bool:
        """Whether any word says something to the model; warns when none does."""
        telling = [word for word in words_of(sentence) if word not in _FILLERS]
        unknown = cast(TextEncoder, self._model.text).unknown(sentence)
        if any(word not in unknown for word in telling):
            return True
        warnings.warn(
            f'no word of "{sentence}" is known to the model; its answer is a guess', InputWarning, stacklevel=4
        )
        return False


def find_device(name: str) -> torch.device:
    """The device of that name.

    Raises:
        InputError: when this machine has none.
    """
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f"expected a device such as cpu or cuda, got {name!r}: {str(error).splitlines()[0]}"
        ) from error
    return device
