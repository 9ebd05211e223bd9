"""A comparison: every system, on the same scans, with the same budget, with several seeds."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from less3d.benchmark.plan import Plan, name_of
from less3d.benchmark.pool import FreshProcesses, each_done
from less3d.benchmark.portions import Portion
from less3d.benchmark.runs import Run, at_length, finish, folder_of, read_sentences, steps_per_minute
from less3d.data.dataset import Dataset
from less3d.errors import InputError
from less3d.training.config import TrainConfig
from less3d.training.recipes import complete
from less3d.weights import load_weights

FIRST_STAGE = "stage one"


Watch = Callable[[str, int, int], None]
"""Is told what is being done, and how many pieces of it are done, of how many."""


@dataclass(frozen=True)
class Comparison:
    """What is compared, on what, and where it is kept."""

    plan: Plan
    data: Dataset
    test: Dataset
    folder: Path

    @property
    def scored(self) -> tuple[str, ...]:
        """The scans that systems are scored on."""
        return self.test.scans[: self.plan.budget.test_scans]

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
            test_scans=self.plan.budget.test_scans,
            begin=begin,
            unet_only=begin is not None and begin == self.plan.start_from,
            paced_by=paced_by or title,
            device=self.plan.device,
            at_a_time=self.plan.budget.workers,
        )


def compare(comparison: Comparison, watch: Watch) -> list[Run]:
    """Make all runs of a comparison that are not finished, seed by seed; gives all of them, also those of the first of
    two stages, which come before the others.

    Raises:
        InputError: when runs are there that had other settings, or were scored on other scans.
    """
    budget, start = comparison.plan.budget, comparison.plan.start_from
    firsts = _first_stages(comparison)
    share = budget.first_share if comparison.plan.stage_one is None else 0.0
    distinct = {run.folder: run for run in firsts.values()}.values()
    done = _made(comparison, [(run, share * budget.minutes) for run in distinct], watch)
    others: list[tuple[Run, float]] = []
    for seed in range(budget.seeds):
        for system, portion in comparison.plan.planned:
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
    if len({run.result.scored_on for run in done if run.config.model.answers}) > 1:
        raise InputError(
            f"{comparison.folder}: its runs were scored on scans, or masks, that have changed in between: give another "
            "folder"
        )
    return done


def _first_stages(comparison: Comparison) -> dict[tuple[Portion, int], Run]:
    """The run of the first of two stages by portion of the data and seed; one for all where it is given."""
    given, seeds = comparison.plan.stage_one, range(comparison.plan.budget.seeds)
    configs = {portion: system.first for system, portion in comparison.plan.planned if system.first is not None}
    if given is None:
        return {
            (portion, seed): comparison.run_of(FIRST_STAGE, config, seed, portion, begin=comparison.plan.start_from)
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
    completed = _completed(planned)
    new = {run.name: run for run, _ in completed if not run.has_result}.values()  # with any seed they read the same
    read_sentences(new, lambda done, total: watch("reading sentences", done, total))
    steps = _steps(comparison, completed, watch)
    runs = [replace(run, config=at_length(run.config, steps[run.name], run.config.seed)) for run, _ in completed]
    unfinished = [run for run in runs if not run.is_finished]
    done = len(runs) - len(unfinished)
    watch("training", done, len(runs))
    with FreshProcesses(comparison.plan.budget.workers) as pool:
        for number, _ in enumerate(each_done(pool, finish, unfinished), start=1):
            watch("training", done + number, len(runs))
    return runs


def _completed(planned: Sequence[tuple[Run, float]]) -> list[tuple[Run, float]]:
    """Runs with what the data say of their settings, which is the same for all seeds."""
    configs: dict[str, TrainConfig] = {}
    for run, _ in planned:
        if run.name not in configs:
            configs[run.name] = complete(run.config, run.data, start_from=run.begin)
    return [
        (replace(run, config=replace(configs[run.name], seed=run.config.seed)), minutes) for run, minutes in planned
    ]


def _steps(comparison: Comparison, completed: Sequence[tuple[Run, float]], watch: Watch) -> dict[str, int]:
    """How long each run is, by its name: what is asked for, or as long as the finished runs at its pace, or what fits
    into its minutes by a speed that is measured."""
    asked = comparison.plan.budget.samples
    steps = {run.name: found for run, _ in completed if (found := _steps_of_samples(run, asked)) is not None}
    timed = [(run, minutes) for run, minutes in completed if run.name not in steps]
    finished = {run.paced_by: run.result.settings.steps for run, _ in timed if run.has_result}
    paces = {run.paced_by for run, _ in timed} - set(finished)
    pilots = [(run, minutes) for run, minutes in timed if run.name in paces and run.config.seed == 0]
    with FreshProcesses(1) as alone:
        speeds = {}
        for name, speed in steps_per_minute(pilots, comparison.folder / "speeds.json", alone):
            speeds[name] = speed
            watch("measuring speeds", len(speeds), len(pilots))
    return steps | {
        run.name: finished[run.paced_by] if run.paced_by in finished else round(minutes * speeds[run.paced_by])
        for run, minutes in timed
    }


def _steps_of_samples(run: Run, samples: int | None) -> int | None:
    """The steps of a run whose length does not depend on its speed."""
    if run.given is not None:
        return 1
    if samples is None or not run.config.model.answers:
        return None
    return math.ceil(samples / (run.config.scans_per_step * run.config.sentences_per_scan))
