"""The training loop: data, forward, loss, backward, step, log, validate, save."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from torch import Tensor

from less3d.data.dataset import Dataset
from less3d.errors import InputError
from less3d.io.files import sha256_of
from less3d.models import Referrer
from less3d.settings import to_json
from less3d.text.table import TextTable, make_table
from less3d.training.checkpoint import Progress, load_checkpoint, save_checkpoint
from less3d.training.config import TrainConfig
from less3d.training.cycles import learning_rate_factor, mean_of
from less3d.training.judging import ROWS, Judge, judge_of
from less3d.training.loader import Steps, all_sentences, batch_of, load_steps
from less3d.training.log import WAITING, RunLog
from less3d.training.replicas import Replicas, replicas
from less3d.training.step import build_optimizer, freeze, train_step
from less3d.weights import find_weights, load_weights, save_weights

CHECKPOINT = "last.pt"
BEST = "best.safetensors"
TEXT = "text"
_SAVE_EVERY_SECONDS = 120.0


def train(
    config: TrainConfig,
    data: Dataset,
    validation: Dataset,
    output: Path,
    *,
    start_from: Path | None = None,
    unet_only: bool = False,
    max_minutes: float = math.inf,
    workers: int = 1,
    device: str = "cpu",
    command: str = "",
    on_message: Callable[[str], None] = lambda line: None,
) -> Progress:
    """Train, or go on with the run in `output`, which gets log.csv, curves.png, last.pt and best.safetensors.

    At the end the best weights are calibrated on the scans that chose them, and get a model card, card.md. The first of
    two stages reads no sentence, and is not calibrated.

    With a frozen text encoder all sentences are read first, into the folder text/, which may be deleted afterwards.

    The weights depend on the settings and the data alone, not on how often the run was stopped.

    Args:
        config: the run.
        data: the scans and sentences to learn from.
        validation: those that choose the best weights.
        output: the run's folder; a run that was stopped there goes on.
        start_from: weights to begin with, instead of random ones, as far as the model can use them: see
            `Referrer.begin_with`.
        unet_only: take only the U-Net of these weights.
        max_minutes: stop after so long, with a checkpoint.
        workers: processes that prepare batches, for each replica; 0: each prepares its own.
        device: where to train.
        command: what started the run, for its model card.
        on_message: told a line at each validation.

    Returns:
        How far the run has come; it is done when `step == config.steps`.

    Raises:
        InputError: when data are missing, `output` holds another run, or `start_from` is of no use to the model.
    """
    _require_sound(config, data, validation, device, start_from)
    if workers < 0:
        raise InputError(f"expected a number of worker processes from 0, got {workers}")
    if device != "cpu":
        torch.set_float32_matmul_precision("high")  # TensorFloat-32, for the whole process
    output.mkdir(parents=True, exist_ok=True)
    begin = None if start_from is None else _Begin(start_from, unet_only)
    run = _Run(config, data, output, begin, workers, device)
    judge = judge_of(config, validation, device)
    if run.begun_with and run.progress.step == 0:
        on_message(f"begins with {run.begun_with} of {start_from}")
    if run.text is not None:
        _read_sentences(config, data, output / TEXT, device)
    log = RunLog(output, resume_at=run.progress.step)
    with replicas(config.replicas, _follow, config, data, output, begin, workers) as group, _progress_bar() as bar:
        progress = run.progress
        began = last_saved = time.monotonic()
        seconds_before = progress.seconds
        task = bar.add_task("training", total=config.steps, completed=progress.step, note="")
        for losses in run.steps(group):
            progress.seconds = seconds_before + time.monotonic() - began
            log.add(progress, run.learning_rate, losses)
            rate = progress.sentences / progress.seconds
            note = f"loss {losses['total']:.3f}, {rate:.0f} sentences/s, {losses[WAITING]:.0%} waiting for data"
            bar.update(task, completed=progress.step, note=note)

            ended = progress.step % config.cycle_steps == 0
            if progress.step % config.validate_every == 0 or ended:
                model = run.end_cycle() if ended else run.model
                on_message(f"step {progress.step}: {_validate(judge, model, progress, output, log)}")
            over_time = time.monotonic() - began > max_minutes * 60
            if over_time or progress.step == config.steps or time.monotonic() - last_saved > _SAVE_EVERY_SECONDS:
                run.save(output / CHECKPOINT)
                last_saved = time.monotonic()
            if over_time:
                break
    log.draw()
    if progress.step == config.steps:
        with _progress_bar() as bar:
            said = judge.finish(output / BEST, data, command=command, begun=start_from, bar=bar)
        if said:
            on_message(said)
    return progress


def _validate(judge: Judge, model: Referrer, progress: Progress, output: Path, log: RunLog) -> str:
    """Score a model of a run, and keep its weights if they are the best so far; says what they scored."""
    judgement = judge.judge(model)
    if judgement.score > progress.best_score:
        progress.best_score = judgement.score
        save_weights(model, output / BEST, metadata=asdict(progress))
        judgement.keep(output / ROWS)
    log.add_scores(progress, judgement.columns)
    return judgement.line


def _require_sound(
    config: TrainConfig, data: Dataset, validation: Dataset, device: str, start_from: Path | None
) -> None:
    """Refuse a run that its data cannot feed."""
    if len(data.scans) < config.replicas or not validation.scans:
        raise InputError(
            f"training needs at least {config.replicas} scan(s) with sentences to learn from and one to validate on, "
            f"got {len(data.scans)} and {len(validation.scans)}; one process, --replicas 1, needs one scan only"
        )
    if config.model.answers and config.model.needs_labels and start_from is None:
        raise InputError(
            "the second of two stages needs the first: train it with `less3d train rooms-instances`, and give its "
            "weights as --start-from"
        )
    if config.replicas > 1 and device != "cpu":
        raise InputError(f"replicas share a CPU, got device {device!r}: give --replicas 1")
    labels = {row.label for rows in data.referrals.values() for row in rows if row.label}
    if config.absent and len(labels) < 2:
        raise InputError(f"absent needs sentences with labels of several classes to borrow, got {sorted(labels)}")


@dataclass(frozen=True)
class _Begin:
    """What a run begins with."""

    weights: Path
    unet_only: bool

    @property
    def origin(self) -> str:
        """What tells these weights from all others."""
        return sha256_of(find_weights(self.weights))

    def model(self, config: TrainConfig) -> tuple[Referrer, str]:
        """A new model with what it can use of these weights, and what that is."""
        model = Referrer(config.model)
        try:
            return model, model.begin_with(load_weights(self.weights)[0], unet_only=self.unet_only)
        except InputError as error:
            raise InputError(f"{self.weights}: cannot begin with them: {error}") from None


class _Run:
    """What every process of a run holds: the model, the optimizer, how far they have come, and what comes next.

    The first process also knows the weights at the end of the cycle `before`.
    """

    def __init__(
        self,
        config: TrainConfig,
        data: Dataset,
        output: Path,
        begin: _Begin | None,
        workers: int,
        device: str = "cpu",
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.data, self.workers, self.device = config, data, workers, device
        model, self.begun_with = (Referrer(config.model), "") if begin is None else begin.model(config)
        self.model = model.to(device)
        freeze(self.model, config.learn)
        self.optimizer = build_optimizer(self.model, config)
        self.progress = Progress()
        self.before: dict[str, Tensor] | None = None
        reads_anew = self.model.text_has_weights or not config.model.answers
        self.text = None if reads_anew else TextTable(output / TEXT, device)
        self._told_by = {"settings": to_json(config), "origin": "" if begin is None else begin.origin}
        checkpoint = output / CHECKPOINT
        if checkpoint.exists():
            self.progress, self.before = load_checkpoint(checkpoint, self.model, self.optimizer, **self._told_by)

    @property
    def learning_rate(self) -> float:
        """Of the last step."""
        return self.optimizer.param_groups[0]["lr"]

    def save(self, checkpoint: Path) -> None:
        """Keep all that the run needs to go on."""
        save_checkpoint(checkpoint, self.model, self.optimizer, self.progress, before=self.before, **self._told_by)

    def end_cycle(self) -> Referrer:
        """The model to validate at the end of a cycle: the mean of the one that trains and of what it was before."""
        if self.config.cycles == 1:
            return self.model
        now = {name: value.cpu().clone() for name, value in self.model.state_dict().items()}
        before, self.before = self.before, now
        if before is None:
            return self.model
        model = copy.deepcopy(self.model)
        model.load_state_dict(mean_of([before, now]))
        return model

    def steps(self, group: Replicas) -> Iterator[dict[str, float]]:
        """Take the steps that are left; gives, whenever the processes meet, the mean parts of the loss since then.

        Among them, as `WAITING`, the share of the time in which the next step was waited for.
        """
        config, progress = self.config, self.progress
        steps = Steps(self.data, config, replica=group.rank)
        since: list[dict[str, float]] = []
        began = time.monotonic()
        for asked in load_steps(steps, progress.step, workers=self.workers):
            waited = time.monotonic() - began
            for parameters in self.optimizer.param_groups:
                parameters["lr"] = parameters["top_lr"] * learning_rate_factor(progress.step, config)
            torch.manual_seed(_seed(config.seed, progress.step, group.rank))
            batch = batch_of(asked, config.model, self.device)
            text = None if self.text is None else self.text(batch.sentences)
            losses = train_step(self.model, self.optimizer, batch, text, config.max_gradient_norm, forget=config.forget)
            waiting = waited / (time.monotonic() - began)
            since.append({**losses, WAITING: waiting, "sentences": len(batch.sentences)})
            progress.step += 1
            if progress.step % config.meet_every == 0 or progress.step == config.steps:
                means = {name: sum(row[name] for row in since) / len(since) for name in since[0]}
                means = group.meet(self.model, self.optimizer, means)
                progress.sentences += round(means.pop("sentences") * len(since) * group.count)
                since.clear()
                yield means
            began = time.monotonic()


def _follow(
    group: Replicas, config: TrainConfig, data: Dataset, output: Path, begin: _Begin | None, workers: int
) -> None:
    """A run as every process but the first sees it."""
    for _ in _Run(config, data, output, begin, workers).steps(group):
        pass


def _read_sentences(config: TrainConfig, data: Dataset, folder: Path, device: str) -> None:
    """Let the frozen text encoder read every sentence there is, once and for all processes."""
    with _progress_bar() as bar:
        task = bar.add_task("reading sentences", visible=False, note="")
        make_table(
            folder,
            config.model.text,
            all_sentences(data, config),
            device=device,
            on_read=lambda done, total: bar.update(task, visible=True, completed=done, total=total),
        )


def _seed(*numbers: int) -> int:
    """A seed of its own for each combination of numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _progress_bar() -> ProgressBar:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return ProgressBar(*columns, TextColumn("{task.fields[note]}"), console=Console(stderr=True))
