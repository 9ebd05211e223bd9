"""A comparison: every system, on the same scans, with the same budget, with several seeds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from less3d.benchmark.pool import FreshProcesses, each_done
from less3d.benchmark.portions import BY_MASKS, BY_SCANS, EVERYTHING, Portion
from less3d.benchmark.runs import Run, at_length, finish, folder_of, read_sentences, steps_per_minute
from less3d.benchmark.systems import MATRICES, Eyes, System, systems
from less3d.data.dataset import Dataset
from less3d.errors import InputError
from less3d.text import build_text
from less3d.training.config import TrainConfig
from less3d.training.recipes import complete
from less3d.weights import load_weights

FIRST_STAGE = "stage one"


Watch = Callable[[str, int, int], None]
"""Is told what is being done, and how many pieces of it are done, of how many."""


@dataclass(frozen=True)
class Budget:
    """How much each system may learn.

    Raises:
        InputError: when it is nothing.
    """

    minutes: float = 30.0
    """Of training, a system and seed, on one core; of two stages together."""
    samples: int | None = None
    """Sentences, with a mask each, that every system is shown, in place of minutes; the first of two stages, which
    reads none, still has its minutes."""
    first_share: float = 0.5
    """Of these minutes for the first of two stages, unless that is given."""
    seeds: int = 3
    workers: int = 2
    """Runs at a time, one core each."""
    test_scans: int | None = None
    """At most so many scans are scored; None: all."""

    def __post_init__(self) -> None:
        """Refuse what cannot be spent."""
        if not 0 < self.minutes < math.inf or self.seeds < 1 or self.workers < 1 or not 0 < self.first_share < 1:
            raise InputError(f"a comparison needs minutes, seeds and workers, and two stages a share each, got {self}")
        for name in ("samples", "test_scans"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise InputError(f"expected {name} of at least 1, got {getattr(self, name)}")


@dataclass(frozen=True)
class Comparison:
    """What is compared, on what, and where it is kept."""

    data: Dataset
    test: Dataset
    folder: Path
    budget: Budget = field(default_factory=Budget)
    encoders: tuple[tuple[str, str], ...] = ()
    """Where BERT and RoBERTa are, by name."""
    matrices: tuple[str, ...] = MATRICES
    start_from: Path | None = None
    """Weights with whose U-Net all systems begin, instead of random ones."""
    stage_one: Path | None = None
    """A first of two stages that was trained before, for all systems that have two."""
    device: str = "cpu"
    """Where systems train and answer: on one core each, or on a GPU."""

    def __post_init__(self) -> None:
        """Refuse what cannot be compared.

        Raises:
            InputError: when no table is asked for, or scores against the effort of labelling, but the first stage is
                given.
        """
        if not self.matrices:
            raise InputError(f"expected one of the tables {', '.join(MATRICES)}, got none")
        if self.stage_one is not None and "effort" in self.matrices:
            raise InputError(
                "for scores against the effort of labelling the first of two stages learns from parts of the scans: "
                "give no --stage-one, or --tables text ablation"
            )

    @cached_property
    def eyes(self) -> Eyes:
        """The U-Net of all systems: as in the weights that are given, else a small one."""
        models = {path: load_weights(path)[0].config for path in (self.start_from, self.stage_one) if path is not None}
        if self.stage_one is not None and (models[self.stage_one].answers or not models[self.stage_one].needs_labels):
            raise InputError(
                f"{self.stage_one}: expected weights of `less3d train rooms-instances`, got another model's"
            )
        found = {Eyes.of(model) for model in models.values()}
        if len(found) > 1:
            raise InputError(f"expected U-Nets of the same sizes from {self.start_from} and {self.stage_one}")
        return next(iter(found), Eyes())

    def rows(self, matrix: str) -> tuple[System, ...]:
        """The systems of one table."""
        return systems(dict(self.encoders), eyes=self.eyes, same_samples=self.budget.samples is not None)[matrix]

    def planned(self) -> list[tuple[System, Portion]]:
        """Each different system with the portion of the data that it learns from."""
        chosen = {}
        for matrix in self.matrices:
            for system in self.rows(matrix):
                for portion in portions_of(matrix, system):
                    chosen.setdefault(name_of(system.title, portion), (system, portion))
        return list(chosen.values())

    def run_of(
        self,
        title: str,
        config: TrainConfig,
        seed: int,
        portion: Portion,
        *,
        begin: Path | None = None,
        paced_by: str = "",
    ) -> Run:
        """A run in its place, not yet at length."""
        name = name_of(title, portion)
        return Run(
            name=name,
            config=replace(config, seed=seed),
            folder=self.folder / "runs" / folder_of(name) / f"seed-{seed}",
            data=portion.of(self.data),
            test=self.test,
            text=self.folder / "text",
            test_scans=self.budget.test_scans,
            begin=begin,
            unet_only=begin is not None and begin == self.start_from,
            paced_by=paced_by or title,
            device=self.device,
            at_a_time=self.budget.workers,
        )


def portions_of(matrix: str, system: System) -> tuple[Portion, ...]:
    """Of the data that a system of a table learns from."""
    if matrix != "effort":
        return (EVERYTHING,)
    return BY_MASKS if system.first is None else BY_SCANS


def name_of(title: str, portion: Portion) -> str:
    """The name of the runs of a system that learns from a portion of the data."""
    return ", ".join(filter(None, (title, portion.title)))


def compare(comparison: Comparison, watch: Watch) -> list[Run]:
    """Make all runs of a comparison that are not finished, seed by seed; gives all of them, also those of the first of
    two stages, which come before the others.

    Raises:
        InputError: when runs are there that had other settings, or were scored on other scans.
    """
    budget, start = comparison.budget, comparison.start_from
    firsts = _first_stages(comparison)
    share = budget.first_share if comparison.stage_one is None else 0.0
    distinct = {run.folder: run for run in firsts.values()}.values()
    done = _made(comparison, [(run, share * budget.minutes) for run in distinct], watch)
    others: list[tuple[Run, float]] = []
    for seed in range(budget.seeds):
        for system, portion in comparison.planned():
            is_second = system.first is not None
            run = comparison.run_of(
                system.title,
                system.config,
                seed,
                portion,
                begin=firsts[portion, seed].best if is_second else start,
                paced_by=system.paced_by,
            )
            others.append((run, (1 - share if is_second else 1) * budget.minutes))
    done += _made(comparison, others, watch)
    if len({run.result["scored_on"] for run in done if run.config.model.answers}) > 1:
        raise InputError(
            f"{comparison.folder}: its runs were scored on scans, or masks, that have changed in between: give another "
            "folder"
        )
    return done


def count_objects(comparison: Comparison, watch: Watch) -> dict[str, int]:
    """The annotated objects of each scan that is learned from; none where no system has two stages.

    All scans are looked at, those to score on too: what is missing is better found before hours of training.

    Raises:
        InputError: when text encoders are not there, or scans lack the labels that are needed.
    """
    chosen = [system for system, _ in comparison.planned()]
    for text in {system.config.model.text for system in chosen}:
        if text.encoder != "gru":
            build_text(text)
    if all(system.first is None for system in chosen):
        return {}
    found: dict[str, int] = {}
    learned, scored = comparison.data.scans, comparison.test.scans[: comparison.budget.test_scans]
    for scan in scored:
        comparison.test.annotated(scan)
    for scan in learned:
        found[scan] = len(comparison.data.annotated(scan).masks.members)
        watch("counting objects", len(found), len(learned))
    return found


def _first_stages(comparison: Comparison) -> dict[tuple[Portion, int], Run]:
    """The run of the first of two stages by portion of the data and seed; one for all where it is given."""
    given, seeds = comparison.stage_one, range(comparison.budget.seeds)
    configs = {portion: system.first for system, portion in comparison.planned() if system.first is not None}
    if given is None:
        return {
            (portion, seed): comparison.run_of(FIRST_STAGE, config, seed, portion, begin=comparison.start_from)
            for seed in seeds
            for portion, config in configs.items()
        }
    model = load_weights(given)[0].config
    runs = {
        portion: comparison.run_of(FIRST_STAGE, replace(config, model=model), 0, portion)
        for portion, config in configs.items()
    }
    return {(portion, seed): replace(run, given=given) for seed in seeds for portion, run in runs.items()}


def _made(comparison: Comparison, planned: Sequence[tuple[Run, float]], watch: Watch) -> list[Run]:
    """Runs, each with the minutes it has, at the length that fits them and finished."""
    budget = comparison.budget
    completed = [
        (replace(run, config=complete(run.config, run.data, start_from=run.begin)), minutes) for run, minutes in planned
    ]
    kinds = [run for run, _ in completed if run.config.seed == 0]
    read_sentences(kinds, lambda done, total: watch("reading sentences", done, total))
    steps = {run.name: found for run, _ in completed if (found := _steps_of_samples(run, budget)) is not None}
    left = [(run, minutes) for run, minutes in completed if run.name not in steps]
    paces = {run.paced_by for run, _ in left}
    pilots = [(run, minutes) for run, minutes in left if run.name in paces and run.config.seed == 0]
    with FreshProcesses(1) as alone:
        speeds = {}
        for name, speed in steps_per_minute(pilots, comparison.folder / "speeds.json", alone):
            speeds[name] = speed
            watch("measuring speeds", len(speeds), len(pilots))
    steps |= {run.name: round(minutes * speeds[run.paced_by]) for run, minutes in left}
    runs = [replace(run, config=at_length(run.config, steps[run.name], run.config.seed)) for run, _ in completed]
    unfinished = [run for run in runs if not run.is_finished]
    done = len(runs) - len(unfinished)
    watch("training", done, len(runs))
    with FreshProcesses(budget.workers) as pool:
        for number, _ in enumerate(each_done(pool, finish, unfinished), start=1):
            watch("training", done + number, len(runs))
    return runs


def _steps_of_samples(run: Run, budget: Budget) -> int | None:
    """The steps of a run whose length does not depend on its speed."""
    if run.given is not None:
        return 1
    if budget.samples is None or not run.config.model.answers:
        return None
    return math.ceil(budget.samples / (run.config.scans_per_step * run.config.sentences_per_scan))
