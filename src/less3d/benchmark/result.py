"""What a finished run says of itself, in its folder; scores of single sentences are in files of their own."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from less3d.errors import InputError
from less3d.io.files import replacing
from less3d.training.config import TrainConfig

RESULT = "result.json"


@dataclass(frozen=True)
class Result:
    """A finished run."""

    name: str
    seed: int
    settings: TrainConfig
    begun_with: str
    """Hash of the weights it began with, or was given; empty for random ones."""
    commit: str
    """Of the source that trained it, or only scored it where it was given, see `machine.py`."""
    library: str
    """Version of less3d."""
    machine: str
    at_a_time: int
    """How many runs shared the machine."""
    parameters: int
    """Of both stages where there are two, without a text encoder that stays as it is."""
    steps: int | None = None
    """None, as are sentences and minutes, of a first stage that was given: nobody knows here what it took."""
    sentences: int | None = None
    """That were asked in training, each as often as it was."""
    minutes: float | None = None
    """Of training."""
    scored_on: str = ""
    """Hash of the scans and masks it was scored on; empty of a first of two stages, which answers no sentence."""
    ap: float | None = None
    """Instance segmentation of a first of two stages, 0..1, see `instance_metrics.py`."""
    ap_50: float | None = None
    ap_25: float | None = None

    def __post_init__(self) -> None:
        """Refuse a training of which only a part is known.

        Raises:
            InputError: when steps, sentences and minutes are not all there, or none of them.
        """
        if len({value is None for value in (self.steps, self.sentences, self.minutes)}) > 1:
            raise InputError(f"expected steps, sentences and minutes of {self.name}, got only some of them")


def known_of(result: Result) -> dict[str, Any]:
    """A result as a dictionary, without what is not known."""
    return {name: value for name, value in asdict(result).items() if value is not None}


def write_result(result: Result, folder: Path) -> None:
    """Keep a result in the run's folder: the run is finished as soon as it is there."""
    with replacing(folder / RESULT) as file:
        file.write(json.dumps(known_of(result), indent=1).encode())
