"""`Segmenter`: a scan is set once, then asked any number of sentences."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast, overload

import torch

from less3d.batch import Scene, make_scene
from less3d.errors import InputError, InputWarning
from less3d.models import Referrer
from less3d.referral import Prediction
from less3d.scan import Scan
from less3d.text import TextEncoder
from less3d.text.tokens import check_sentence, words_of
from less3d.weights import DEFAULT, WeightsInfo, load_weights

GUESS = 0.05
"""The most confidence an answer can have when no word of the sentence was understood."""

_SENTENCES_AT_ONCE = 8
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

    Raises:
        InputError: when there is no such device.
    """

    def __init__(self, model: Referrer, *, weights: WeightsInfo | None = None, device: str = "cpu") -> None:
        self.weights = weights
        self._device = find_device(device)
        self._model = model.to(self._device).eval()
        self._scene: Scene | None = None
        self._encoded: Any = None

    @classmethod
    def from_pretrained(cls, source: str | Path = DEFAULT, *, device: str = "cpu") -> "Segmenter":
        """The model with the weights in the box; or of a folder, a file, or a hub id.

        Raises:
            InputError: when there are no such weights, or they are damaged or of another version.
        """
        model, info = load_weights(source)
        return cls(model, weights=info, device=device)

    @torch.inference_mode()
    def set_scan(self, scan: Scan) -> "Segmenter":
        """Do all the work on a scan that needs no sentence: voxels, neighbor tables and, in late models, features.

        Args:
            scan: meters, z up.

        Returns:
            The segmenter itself.
        """
        config = self._model.config
        scene = make_scene([scan], voxel_size=config.voxel_size, num_levels=config.num_levels).to(self._device)
        self._encoded = self._model.prepare(scene)
        self._scene = scene
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
        if self._scene is None:
            raise InputError("expected a scan, got none: call set_scan(read_scan(path)) before segment")
        for sentence in sentences:
            check_sentence(sentence)
        starts = range(0, len(sentences), _SENTENCES_AT_ONCE)
        parts = [self._answer(self._scene, sentences[start : start + _SENTENCES_AT_ONCE]) for start in starts]
        return [prediction for part in parts for prediction in part]

    @torch.inference_mode()
    def _answer(self, scene: Scene, sentences: Sequence[str]) -> list[Prediction]:
        """The answers to a few sentences."""
        scan_of = torch.zeros(len(sentences), dtype=torch.int64, device=self._device)
        answer = self._model.answer(self._encoded, self._model.text(sentences), scan_of)
        rows = scene.point_to_voxel(0)
        predictions = []
        for sentence, logits, belief in zip(sentences, answer.logits, answer.confidence.tolist(), strict=True):
            mask, scores = (values[rows].cpu().numpy() for values in (logits > 0, logits.sigmoid()))
            most = 1.0 if self._understands(sentence) else GUESS
            predictions.append(Prediction(sentence, mask, scores, min(belief, most)))
        return predictions

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
