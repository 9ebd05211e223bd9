"""A comparison: every system, on the same scans, with the same budget, with several seeds."""

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from less3d.benchmark.runs import Run, at_length, finish, folder_of, read_sentences, steps_per_minute
from less3d.benchmark.systems import MATRICES, System, systems
from less3d.data.dataset import Annotated, Dataset
from less3d.errors import InputError
from less3d.referral import Masks, Referral
from less3d.scan import Scan
from less3d.training.config import TrainConfig
from less3d.training.recipes import complete

FRACTIONS = (0.1, 0.3)
"""Of the training scans, besides all of them, that systems learn from for the curves of effort."""
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
    first_share: float = 0.5
    """Of these minutes for the first of two stages."""
    seeds: int = 3
    workers: int = 2
    """Runs at a time, one core each."""
    test_scans: int | None = None
    """At most so many scans are scored; None: all."""

    def __post_init__(self) -> None:
        """Refuse what cannot be spent."""
        if self.minutes <= 0 or self.seeds < 1 or self.workers < 1 or not 0 < self.first_share < 1:
            raise InputError(f"a comparison needs minutes, seeds and workers, and two stages a share each, got {self}")


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

    def rows(self, matrix: str) -> tuple[System, ...]:
        """The systems of one table."""
        return systems(dict(self.encoders))[matrix]

    def planned(self) -> dict[str, tuple[System, float]]:
        """Each different system with the share of the training scans it learns from, by the name of its runs."""
        chosen: dict[str, tuple[System, float]] = {}
        for matrix in self.matrices:
            for system in self.rows(matrix):
                for share in shares_of(matrix):
                    chosen.setdefault(name_of(system.title, share), (system, share))
        return chosen

    def run_of(self, name: str, config: TrainConfig, seed: int, share: float, begin: Path | None = None) -> Run:
        """A run in its place, not yet at length."""
        return Run(
            name=name,
            config=replace(config, seed=seed),
            folder=self.folder / "runs" / folder_of(name) / f"seed-{seed}",
            data=part_of(self.data, share),
            test=self.test,
            text=self.folder / "text",
            test_scans=self.budget.test_scans,
            begin=begin,
        )


def shares_of(matrix: str) -> tuple[float, ...]:
    """Of the training scans that the systems of a table learn from."""
    return (*FRACTIONS, 1.0) if matrix == "effort" else (1.0,)


def name_of(title: str, share: float) -> str:
    """The name of the runs of a system that learns from a share of the scans."""
    return title if share == 1.0 else f"{title}, {share:.0%} of the scans"


def compare(comparison: Comparison, watch: Watch) -> list[Run]:
    """Make all runs of a comparison that are not finished; gives all of them, also those of the first of two stages."""
    budget, planned = comparison.budget, comparison.planned()
    firsts = {share: system.first for system, share in planned.values() if system.first is not None}
    seeds = range(budget.seeds)
    with multiprocessing.get_context("spawn").Pool(budget.workers, maxtasksperchild=1) as pool:
        begins = {
            (share, seed): comparison.run_of(name_of(FIRST_STAGE, share), config, seed, share)
            for seed in seeds
            for share, config in firsts.items()
        }
        done = _made(comparison, list(begins.values()), budget.minutes * budget.first_share, pool, watch)
        for is_second, minutes in ((True, budget.minutes * (1 - budget.first_share)), (False, budget.minutes)):
            runs = [
                comparison.run_of(name, system.config, seed, share, begins[share, seed].best if is_second else None)
                for seed in seeds
                for name, (system, share) in planned.items()
                if (system.first is not None) == is_second
            ]
            done += _made(comparison, runs, minutes, pool, watch)
    return done


def _made(comparison: Comparison, runs: Sequence[Run], minutes: float, pool: Any, watch: Watch) -> list[Run]:
    """The runs at the length that fits the minutes, finished."""
    runs = [replace(run, config=complete(run.config, run.data, start_from=run.begin)) for run in runs]
    kinds = [run for run in runs if run.config.seed == 0]
    read_sentences(kinds, lambda done, total: watch("reading sentences", done, total))
    speeds: dict[str, float] = {}
    for name, speed in steps_per_minute(kinds, minutes, comparison.folder / "speeds.json", pool):
        speeds[name] = speed
        watch("measuring speeds", sum(run.name in speeds for run in kinds), len(kinds))
    runs = [
        replace(run, config=at_length(run.config, round(minutes * speeds[run.name]), run.config.seed)) for run in runs
    ]
    left = [run for run in runs if not run.is_finished]
    watch("training", len(runs) - len(left), len(runs))
    for number, _ in enumerate(pool.imap_unordered(finish, left), start=1):
        watch("training", len(runs) - len(left) + number, len(runs))
    return runs


def part_of(data: Dataset, share: float) -> Dataset:
    """The first scans of a data set, at least one."""
    return data if share == 1.0 else Part(data, max(1, round(share * len(data.scans))))


@dataclass(frozen=True)
class Part(Dataset):
    """The first `count` scans of a data set."""

    whole: Dataset
    count: int

    def read_referrals(self) -> dict[str, tuple[Referral, ...]]:
        """The sentences about these scans."""
        return {scan: self.whole.referrals[scan] for scan in self.whole.scans[: self.count]}

    def load(self, scan: str) -> tuple[Scan, Masks]:
        """One scan, with its masks."""
        return self.whole.load(scan)

    def annotated(self, scan: str) -> Annotated:
        """One scan with full labels."""
        return self.whole.annotated(scan)
