"""Runs of a comparison: each trains in a process of its own with one thread, is scored, and is not run again.

How many steps fit into a budget of minutes is measured once for each kind of run; from then on a run is determined by
its settings, its data and its seed, whatever else the machine does meanwhile.
"""

import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from less3d.benchmark.machine import commit, machine
from less3d.benchmark.pool import each_done
from less3d.benchmark.result import RESULT, Result, write_result
from less3d.calibration import Calibration
from less3d.data.dataset import Dataset
from less3d.data.jsons import as_record, field, read_json, read_settings
from less3d.data.sentences import class_words
from less3d.errors import InputError
from less3d.io.files import replacing, sha256_of
from less3d.models import Referrer
from less3d.referral import Referral
from less3d.score_rows import write_rows
from less3d.settings import to_json
from less3d.text import TextConfig
from less3d.text.table import make_table
from less3d.training.checkpoint import Progress
from less3d.training.config import TrainConfig
from less3d.training.evaluate import evaluate
from less3d.training.instances import evaluate_instances
from less3d.training.loader import all_sentences
from less3d.training.loop import BEST, TEXT, train
from less3d.weights import find_weights, load_weights

ROWS = "rows.csv.gz"
CLASS_WORD, TRUE_INSTANCES = "rows_class_word.csv.gz", "rows_true_instances.csv.gz"
"""What a run answers to the class word alone, and when it may choose among the annotated objects."""
_LOADERS = 6
"""Processes that prepare batches for a GPU."""
_PILOT, _PILOT_STEPS = 0.05, 5
"""Share of the minutes of a run for which its speed is measured, and how many steps that takes at least."""


@dataclass(frozen=True)
class Run:
    """One training, and what it is scored on."""

    name: str
    config: TrainConfig
    folder: Path
    data: Dataset
    test: Dataset
    text: Path
    """Where sentences are kept as frozen text encoders read them, for all runs."""
    test_scans: int | None = None
    begin: Path | None = None
    """Weights it starts from, instead of random ones."""
    unet_only: bool = False
    """Whether it takes no more than the U-Net of these."""
    given: Path | None = None
    """Weights in the place of any training."""
    paced_by: str = ""
    """Name of the run whose speed says how many steps fit into its minutes."""
    device: str = "cpu"
    """Where it trains and is scored."""
    at_a_time: int = 1
    """How many runs share the machine."""

    @property
    def best(self) -> Path:
        """Its weights."""
        return self.folder / BEST

    @property
    def has_result(self) -> bool:
        """Whether a run is finished in its place, this or another."""
        return (self.folder / RESULT).is_file()

    @property
    def result(self) -> Result:
        """What the finished run has said.

        Raises:
            InputError: when that is damaged.
        """
        return read_settings(Result, self.folder / RESULT)

    @property
    def is_finished(self) -> bool:
        """Whether there is a result of this very run, and weights where others begin with them.

        Raises:
            InputError: when there is a result of another run, or a first of two stages has lost its weights.
        """
        if not self.has_result or (self.given is not None and not self.best.is_file()):
            return False
        if not self.config.model.answers and not self.best.is_file():
            raise InputError(
                f"{self.best}: expected the weights of a first stage that is finished, got none: put them back, or "
                "give another folder"
            )
        result = self.result
        if result.settings != self.config:
            raise InputError(f"{self.folder}: has a run with other settings: give them again, or another folder")
        if result.begun_with != self.origin:
            raise InputError(f"{self.folder}: has a run that began with other weights: give another folder")
        return True

    @property
    def origin(self) -> str:
        """What tells the weights it starts from, or is, from all others; nothing for random ones."""
        weights = self.given or self.begin
        return "" if weights is None else sha256_of(find_weights(weights))


def read_sentences(runs: Iterable[Run], on_read: Callable[[int, int], None]) -> None:
    """Let each frozen text encoder read the sentences of all its runs, once, before any of them starts."""
    asked: dict[tuple[Path, TextConfig, str], set[str]] = {}
    for run in runs:
        text = run.config.model.text
        if run.config.model.answers and text.encoder != "gru":
            asked.setdefault((_table(run), text, run.device), set()).update(all_sentences(run.data, run.config))
    for (folder, text, device), sentences in asked.items():
        make_table(folder, text, sentences, device=device, on_read=on_read)


def steps_per_minute(runs: Sequence[tuple[Run, float]], kept: Path, alone: Executor) -> Iterator[tuple[str, float]]:
    """The speed of each run by its name: from the file `kept`, else measured for a share of its minutes, and kept.

    Args:
        runs: each with its minutes.
        kept: speeds of runs by their settings.
        alone: a pool of one process.
    """
    known = as_record(read_json(kept), str(kept)) if kept.is_file() else {}
    keys = {run.name: f"{run.name} ({sha256(to_json(run.config).encode()).hexdigest()[:8]})" for run, _ in runs}
    yield from ((name, field(known, key, float, str(kept))) for name, key in keys.items() if key in known)
    left = [(run, _PILOT * minutes) for run, minutes in runs if keys[run.name] not in known]
    for name, speed in each_done(alone, _pilot, left):
        known[keys[name]] = speed
        with replacing(kept) as file:
            file.write(json.dumps(known, indent=1).encode())
        yield name, speed


def at_length(config: TrainConfig, steps: int, seed: int) -> TrainConfig:
    """The run with so many steps, validated at the last only."""
    steps, warmup = max(1, steps), min(config.warmup_steps, steps // 10)
    return replace(config, steps=steps, seed=seed, validate_every=steps, validation_scans=1, warmup_steps=warmup)


def finish(run: Run) -> Run:
    """Train to the end, or from where the run was stopped, and score; the result is in the run's folder."""
    about: dict[str, Any] = {
        "commit": commit(),  # of the source that is now in memory
        "library": version("less3d"),
        "machine": machine(run.device),
        "at_a_time": run.at_a_time,
    }
    if run.given is None:
        progress = _train(run)
        about |= {"steps": progress.step, "sentences": progress.sentences, "minutes": progress.seconds / 60}
    else:
        run.folder.mkdir(parents=True, exist_ok=True)
        with replacing(run.best) as file:
            file.write(find_weights(run.given).read_bytes())
    model, _ = load_weights(run.best)
    model.calibration = Calibration()  # what is there was fitted to a scan that was trained on
    model.to(run.device)
    result = Result(
        name=run.name,
        seed=run.config.seed,
        settings=run.config,
        begun_with=run.origin,
        **about,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        **_scored(run, model),
    )
    write_result(result, run.folder)
    return run


def folder_of(name: str) -> str:
    """A name for the folder of a run: its words."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name).split())


def _scored(run: Run, model: Referrer) -> dict[str, Any]:
    """Score a model, and keep the rows: gives a hash of the scans and masks it was scored on; of a first of two stages
    its scores."""
    if not run.config.model.answers:
        mean = evaluate_instances(model, run.test, max_scans=run.test_scans, device=run.device).mean
        return {name: getattr(mean, name, None) for name in ("ap", "ap_50", "ap_25")}
    scored_on = sha256()
    asked = partial(evaluate, model, run.test, max_scans=run.test_scans, device=run.device, turns=1)
    rows = asked(on_scan=lambda _, scored: scored_on.update(scored.seen.encode()))
    write_rows(rows, run.folder / ROWS)
    write_rows(asked(reword=_class_word), run.folder / CLASS_WORD)
    if run.config.model.needs_labels:
        write_rows(asked(true_instances=True), run.folder / TRUE_INSTANCES)
    return {"scored_on": scored_on.hexdigest()}


def _class_word(referral: Referral) -> str:
    """That of a sentence; the sentence where its class is not known."""
    return class_words(referral.label) if referral.label else referral.sentence


def _pilot(asked: tuple[Run, float]) -> tuple[str, float]:
    """The steps a minute of a run that trains for some minutes, and some steps, and is then thrown away."""
    run, minutes = asked
    pilot = replace(run, folder=run.folder.with_name(f"pilot-{run.folder.name}"))
    shutil.rmtree(pilot.folder, ignore_errors=True)
    progress = _train(pilot, max_minutes=minutes)
    while progress.step < min(_PILOT_STEPS, run.config.steps):
        progress = _train(pilot, max_minutes=minutes)
    shutil.rmtree(pilot.folder)
    return run.name, 60 * progress.step / progress.seconds


def _train(run: Run, *, max_minutes: float = math.inf) -> Progress:
    """Train in this process, with one thread or on a GPU; what it tells goes to a file. No weights are chosen by a
    validation: the one there is, of a scan trained on, comes after the last step."""
    torch.set_num_threads(1)
    run.folder.mkdir(parents=True, exist_ok=True)
    if not (run.folder / TEXT).exists() and _table(run).exists():
        (run.folder / TEXT).unlink(missing_ok=True)  # of a comparison that was moved
        (run.folder / TEXT).symlink_to(os.path.relpath(_table(run), run.folder), target_is_directory=True)
    with (run.folder / "messages.txt").open("a", encoding="utf-8") as file, redirect_stderr(file):
        return train(
            run.config,
            run.data,
            run.data,
            run.folder,
            workers=0 if run.device == "cpu" else _LOADERS,
            device=run.device,
            max_minutes=max_minutes,
            start_from=run.begin,
            unet_only=run.unet_only,
        )


def _table(run: Run) -> Path:
    """The folder of the run's text encoder."""
    return run.text / folder_of(run.config.model.text.encoder)
