"""What is known of a comparison without any model: its rows, where their runs are, what they learned from, and how it
was made. Tables and plots are made from this and from the runs' own scores."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from less3d.benchmark.comparison import FIRST_STAGE, Comparison, Watch
from less3d.benchmark.plan import name_of, portions_of
from less3d.benchmark.portions import Portion, full_cost, mask_cost
from less3d.benchmark.result import RESULT, Result
from less3d.benchmark.runs import TRUE_INSTANCES, folder_of
from less3d.benchmark.survey import look_over
from less3d.benchmark.systems import Paper, System
from less3d.data.dataset import Dataset
from less3d.data.jsons import read_settings
from less3d.errors import InputError
from less3d.io.files import replacing, sha256_of
from less3d.metrics import SentenceScore
from less3d.score_rows import read_rows
from less3d.training.loop import BEST
from less3d.weights import find_weights

RECORD = "comparison.json"


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    name: str
    text: str
    labels: str
    """What the system learns from: masks, or instances and classes."""
    paper: Paper | None
    """What the paper says of it."""
    stands_for: str
    runs: str
    """The folder of its runs."""
    first: str
    """That of the first of two stages, or empty."""
    portion: str
    """Of the training data that it learns from, in words; empty: all."""
    labelled: int
    """Objects that someone had to label for that."""
    label_minutes: float
    """What that takes, see `portions.py`."""

    @property
    def title(self) -> str:
        """Name and text encoder."""
        return f"{self.name}, {self.text}"


@dataclass(frozen=True)
class Record:
    """A comparison, as it is kept."""

    tables: tuple[tuple[str, tuple[Row, ...]], ...]
    """The rows of each table by its name."""
    minutes: float
    first_share: float
    seeds: int
    voxel_size: float
    """Of all systems, meters."""
    channels: tuple[int, ...]
    """Width of each level of their U-Net."""
    train_scans: int
    train_sentences: int
    test_scans: int
    test_sentences: int
    test_scans_learned: int = 0
    """Of the scans to score on, with the same sentences, those that are learned from, as in a check of one's set-up."""
    samples: int | None = None
    start_from: str = ""
    """Weights with whose U-Net all systems began; empty for random ones."""
    stage_one: str = ""
    """The first of two stages that was given; empty where it was trained."""
    device: str = "cpu"
    """Where systems trained and answered."""
    basis: str = ""
    """A hash of all that runs in one folder must share: sentences, budget, and the weights they began with."""
    hashes: tuple[tuple[str, str], ...] = ()
    """Of all else that they read, by what it is, see `survey.py`."""
    command: str = ""
    folder: Path = field(default=Path(), compare=False)
    """Where it is; not written."""

    def results(self, row: Row | str) -> list[Result]:
        """What each finished run of a row, or of a folder of runs, has said, seed by seed.

        Raises:
            InputError: when that is damaged.
        """
        runs = self.folder / "runs" / (row if isinstance(row, str) else row.runs)
        return [read_settings(Result, path) for path in self._finished(runs)]

    def scores(self, row: Row, file: str) -> list[list[SentenceScore]]:
        """The sentences' scores of each finished run, seed by seed; among true instances none of systems of one stage.

        Raises:
            InputError: when a finished run has lost them.
        """
        if file == TRUE_INSTANCES and not row.first:
            return []
        runs = self.folder / "runs" / row.runs
        return [read_rows(path.with_name(file)) for path in self._finished(runs)]

    def stages(self, row: Row) -> list[list[Result]]:
        """The finished runs of each of two stages, or of the only one; none of a first that was given."""
        return [self.results(runs) for runs in ("" if self.stage_one else row.first, row.runs) if runs]

    def made_with(self, name: str) -> list[str]:
        """What finished runs say of how they were made, each once: commit, library, machine, or how many at_a_time."""
        return sorted({str(getattr(result, name)) for result in self._all_results()} - {""})

    def commits(self) -> dict[str, list[str]]:
        """The names of the runs of each commit, those of any seed once."""
        found: dict[str, list[str]] = {}
        for result in self._all_results():
            names = found.setdefault(result.commit, [])
            if result.name not in names:
                names.append(result.name)
        return found

    def with_weights(self, rows: Sequence[Row]) -> dict[str, tuple[Row, Path]]:
        """The rows whose first run is finished and has its weights, each once, with these, by the row's title."""
        weights = {row.title: (row, self.folder / "runs" / row.runs / "seed-0" / BEST) for row in rows}
        return {title: (row, path) for title, (row, path) in weights.items() if self.results(row) and path.is_file()}

    def _all_results(self) -> Iterator[Result]:
        folders = (folder for _, rows in self.tables for row in rows for folder in (row.first, row.runs) if folder)
        for folder in dict.fromkeys(folders):
            yield from self.results(folder)

    def _finished(self, runs: Path) -> list[Path]:
        """The results of a folder of runs, in the order of the seeds that are asked for."""
        paths = [runs / f"seed-{seed}" / RESULT for seed in range(self.seeds)]
        return [path for path in paths if path.is_file()]


def record_of(comparison: Comparison, watch: Watch, *, command: str) -> Record:
    """The record of a comparison.

    Raises:
        InputError: when its folder has another comparison, text encoders are not there, or scans lack the labels that
            are needed.
    """
    plan, basis = comparison.plan, _basis(comparison)
    if (comparison.folder / RECORD).exists() and read_record(comparison.folder).basis != basis:
        raise InputError(
            f"{comparison.folder}: has a comparison with other data, another budget, or other weights to begin with: "
            "give these again, or another folder"
        )
    found = look_over(comparison, watch)

    @cache
    def cost(portion: Portion, masks_alone: bool) -> tuple[int, float]:
        labelled = portion.of(comparison.data)
        return mask_cost(labelled) if masks_alone else full_cost(labelled, found.objects)

    def row(system: System, portion: Portion) -> Row:
        first = folder_of(name_of(FIRST_STAGE, portion)) if system.first is not None else ""
        runs = folder_of(name_of(system.title, portion))
        about = (system.name, system.text, system.labels, system.paper, system.stands_for, runs, first)
        return Row(*about, portion.title, *cost(portion, system.first is None))

    tables = {
        matrix: tuple(row(system, portion) for system in plan.rows(matrix) for portion in portions_of(matrix, system))
        for matrix in plan.matrices
    }
    budget, test = plan.budget, comparison.scored
    return Record(
        tables=tuple(tables.items()),
        minutes=budget.minutes,
        samples=budget.samples,
        first_share=budget.first_share,
        start_from=str(plan.start_from or ""),
        stage_one=str(plan.stage_one or ""),
        device=plan.device,
        basis=basis,
        hashes=tuple(sorted(found.hashes.items())),
        seeds=budget.seeds,
        voxel_size=plan.eyes.voxel_size,
        channels=plan.eyes.channels,
        train_scans=len(comparison.data.scans),
        train_sentences=sum(map(len, comparison.data.referrals.values())),
        test_scans=len(test),
        test_sentences=sum(len(comparison.test.referrals[scan]) for scan in test),
        test_scans_learned=len(_said(comparison.data, comparison.data.scans) & _said(comparison.test, test)),
        command=command,
        folder=comparison.folder,
    )


def _said(data: Dataset, scans: Sequence[str]) -> set[str]:
    """What tells each scan with its sentences from all others, whatever data set it is in."""
    return {repr([replace(row, record="") for row in data.referrals[scan]]) for scan in scans}


def _basis(comparison: Comparison) -> str:
    plan, budget = comparison.plan, comparison.plan.budget
    weights = [path and sha256_of(find_weights(path)) for path in (plan.start_from, plan.stage_one)]
    data = [one.fingerprint for one in (comparison.data, comparison.test)]
    shared = [budget.minutes, budget.samples, budget.first_share, budget.test_scans, *weights, *data]
    if plan.device != "cpu":
        shared.append(plan.device)
    return sha256(json.dumps(shared).encode()).hexdigest()


def begin(record: Record) -> Record:
    """Keep a record in its folder, or only its hashes where one of the same comparison is there, whose runs may be all
    that there is; gives it with all hashes that are known.

    Raises:
        InputError: when what runs there have read has changed since.
    """
    if not (record.folder / RECORD).exists():
        write_record(record)
        return record
    kept, hashes = read_record(record.folder), dict(record.hashes)
    if changed := [name for name, known in kept.hashes if hashes.get(name, known) != known]:
        raise InputError(
            f"{record.folder}: {' and '.join(changed)} changed since this comparison began: put back what its runs "
            "have read, or give another folder"
        )
    known = tuple(sorted((dict(kept.hashes) | hashes).items()))
    if known != kept.hashes:
        write_record(replace(kept, hashes=known))
    return replace(record, hashes=known)


def write_record(record: Record) -> None:
    """Keep a record in its folder, in the place of what is there."""
    kept = {name: value for name, value in asdict(record).items() if name != "folder"}
    with replacing(record.folder / RECORD) as file:
        file.write((json.dumps(kept, indent=1) + "\n").encode())


def read_record(folder: Path) -> Record:
    """The record of a comparison that was made in a folder.

    Raises:
        InputError: when there is none.
    """
    path = folder / RECORD
    if not path.is_file():
        raise InputError(
            f"{folder}: expected the folder of a comparison, with {RECORD}, got none: `less3d bench` makes it"
        )
    return replace(read_settings(Record, path), folder=folder)
