"""Weight files: how they are written, found and read back, and which come with the package.

A weight file is a safetensors file whose header says everything needed to rebuild the model: the format's version, the
`ModelConfig`, its `Calibration`, and what the writer wanted to be known about it. Frozen text encoders are not in it.
"""

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as safetensors_bytes

from less3d.calibration import Calibration
from less3d.errors import InputError
from less3d.io.files import replacing, sha256_of
from less3d.models import ModelConfig, Referrer
from less3d.settings import from_json, to_json

FORMAT = 1
"""Version of the file format; raised whenever older files would be misread."""

DEFAULT = "released"
"""Stands for the first weights in the box."""

_HUB_FILE = "model.safetensors"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class ReleasedWeights:
    """A weight file that comes with the package, and what one should know before using it."""

    file: str
    """Name of the file in the folder `released` of the package."""
    sha256: str
    license: str
    data: str
    """What it was trained on."""
    scores: Mapping[str, float]
    """Test scores by name, each reached once with exactly this file."""
    card: str
    """Name of its model card, beside it."""
    answers: bool = True
    """Whether it answers sentences; the first of two stages finds objects only."""

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(str(files("less3d") / "released" / self.file))


RELEASED: dict[str, ReleasedWeights] = {
    "rooms-base": ReleasedWeights(
        file="rooms-base.safetensors",
        sha256="32f80215221a7ee22bbd1c6c8e9398fd7d67e8fd4453cea666210bb35fc3c043",
        license="Apache-2.0",
        data="11,300 procedural rooms, masks only",
        scores={"rooms test mIoU": 0.645, "rooms test Acc@0.25": 0.782, "rooms test Acc@0.5": 0.714},
        card="rooms-base.md",
    ),
    "rooms-tiny": ReleasedWeights(
        file="rooms-tiny.safetensors",
        sha256="ebd987c7a1cc7b7fe0d1b031e46b25843e3af21fbf955e7eb7001f732ecf799a",
        license="Apache-2.0",
        data="1,300 procedural rooms, masks only",
        scores={"rooms test mIoU": 0.366, "rooms test Acc@0.25": 0.492, "rooms test Acc@0.5": 0.404},
        card="rooms-tiny.md",
    ),
    "rooms-instances": ReleasedWeights(
        file="rooms-instances.safetensors",
        sha256="86440c163a1b5bb74e437697d3f0486e197159e3cbfac50a26d1af9de0619295",
        license="Apache-2.0",
        data="1,300 procedural rooms, instances and classes; begun with the U-Net of rooms-base",
        scores={"rooms test AP": 0.382, "rooms test AP50": 0.520, "rooms test AP25": 0.605},
        card="rooms-instances.md",
        answers=False,
    ),
}
"""The weights in the box, by name; the first is the default."""


@dataclass(frozen=True)
class WeightsInfo:
    """Which weights a model has."""

    name: str
    """Name of a released file, or the path or hub id that was asked for."""
    sha256: str
    metadata: Mapping[str, Any]
    """What was written with them, such as steps and hours of training."""


def save_weights(model: Referrer, path: Path, *, metadata: Mapping[str, Any], half: bool = False) -> None:
    """Write a model's weights; the file appears whole or not at all.

    Args:
        model: the model; what its frozen text encoder brings along is left out.
        path: the file, usually `*.safetensors`.
        metadata: anything JSON can say; `load_weights` gives it back.
        half: store weight matrices as float16: half the size, and scores equal to three digits.

    Raises:
        InputError: when the folder is missing or may not be written to.
    """
    tensors = {name: _stored(values, half) for name, values in model.state_dict().items()}
    header = {
        "format": f"less3d {FORMAT}",
        "library": version("less3d"),
        "config": to_json(model.config),
        "calibration": to_json(model.calibration),
        "metadata": json.dumps(dict(metadata)),
    }
    with replacing(path) as stream:
        stream.write(safetensors_bytes(tensors, header))


def load_weights(source: str | Path = DEFAULT) -> tuple[Referrer, WeightsInfo]:
    """Rebuild a model from its weights, ready to answer.

    Args:
        source: name of a released file, a file, a folder with one, or a hub id; by default the weights in the box.

    Raises:
        InputError: when there are no such weights, or the file is damaged, of another version, or not of this library.
    """
    path = find_weights(source)
    name = next(iter(RELEASED)) if str(source) == DEFAULT else str(source)
    info = WeightsInfo(name, sha256_of(path), {})
    if name in RELEASED and RELEASED[name].sha256 != info.sha256:
        raise InputError(f"{path}: expected the released weights, got a changed file: install less3d again")
    tensors, header = _read(path)
    try:
        calibration = from_json(Calibration, header["calibration"]) if "calibration" in header else Calibration()
        model = Referrer(from_json(ModelConfig, header["config"]), calibration)
        model.load_state_dict({key: _restored(values) for key, values in tensors.items()})
        info = dataclasses.replace(info, metadata=json.loads(header["metadata"]))
    except (KeyError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        writer = header.get("library", "unknown")
        raise InputError(
            f"{path}: weights of another version (less3d {writer}) that cannot be used: {reason}"
        ) from error
    return model.eval(), info


def read_tensors(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a weight file by name, float32, whatever network they are of.

    Raises:
        InputError: when it is no weight file of this library.
    """
    return {name: _restored(values) for name, values in _read(path)[0].items()}


def write_calibrated(source: str | Path, calibration: Calibration, path: Path) -> None:
    """Write weights again, just as they are stored, with another calibration; the file appears whole or not at all.

    Args:
        source: as for `load_weights`.
        calibration: of the model with these weights.
        path: the file; it may be that of the source.

    Raises:
        InputError: when there are no such weights, or the file cannot be written.
    """
    tensors, header = _read(find_weights(source))
    with replacing(path) as stream:
        stream.write(safetensors_bytes(tensors, {**header, "calibration": to_json(calibration)}))


def find_weights(source: str | Path = DEFAULT) -> Path:
    """The file that `load_weights` reads for a source; one that is only on the hub is downloaded.

    Raises:
        InputError: when there is none.
    """
    if str(source) == DEFAULT:
        if not RELEASED:
            raise InputError(
                "no weights come with this copy of less3d: name a weight file, as in --weights best.safetensors"
            )
        source = next(iter(RELEASED))
    if str(source) in RELEASED:
        return RELEASED[str(source)].path
    path = Path(source)
    if path.is_file():
        return path
    if path.is_dir():
        return _only_file(path)
    if _HUB_ID.fullmatch(str(source)) and not path.parent.is_dir():
        return _downloaded(str(source))
    known = ", ".join(RELEASED) or "none"
    raise InputError(f"{source}: no such weights: expected a file, a folder, a hub id, or a released name ({known})")


def _stored(values: torch.Tensor, half: bool) -> torch.Tensor:
    """A tensor as it stands in the file: matrices as float16 when asked, the rest exact."""
    values = values.detach().cpu().contiguous()
    return values.half() if half and values.dtype == torch.float32 and values.ndim > 1 else values.clone()


def _restored(values: torch.Tensor) -> torch.Tensor:
    return values.float() if values.dtype == torch.float16 else values


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors and the header of a weight file of this library and format."""
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the weight file is empty")
    try:
        with safe_open(path, "pt") as stream:
            header = stream.metadata() or {}
            tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{path}: expected a weight file of less3d, got a damaged or other file ({error})") from error
    library, _, number = header.get("format", "").partition(" ")
    if library != "less3d":
        raise InputError(f"{path}: expected a weight file of less3d, got a safetensors file of something else")
    if number != str(FORMAT):
        raise InputError(
            f"{path}: weights of another version: expected format {FORMAT}, got {number}, "
            f"written by less3d {header.get('library', 'unknown')}: install that version, or train again"
        )
    return tensors, header


def _only_file(folder: Path) -> Path:
    """The one weight file of a folder; `best.safetensors`, where a run keeps its best, comes first."""
    found = sorted(folder.glob("*.safetensors"))
    best = [path for path in found if path.name in ("best.safetensors", _HUB_FILE)]
    if len(found) != 1 and not best:
        names = ", ".join(path.name for path in found) or "none"
        raise InputError(f"{folder}: expected a folder with one weight file (*.safetensors), got {names}")
    return best[0] if best else found[0]


def _downloaded(hub_id: str) -> Path:
    """A hub repository's weight file, from the cache of earlier downloads when there is no network."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(hub_id, _HUB_FILE))
    except LocalEntryNotFoundError as error:
        raise InputError(f"{hub_id}: not on this machine, and the hub cannot be reached: use a file") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise InputError(f"{hub_id}: no weights on the hub: {str(error).splitlines()[0]}") from error
