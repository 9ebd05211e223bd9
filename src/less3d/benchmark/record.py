"""What is known of a comparison without any model: its rows, where their runs are, what they learned from, and how it
was made. Tables and plots are made from this and from the runs' own scores."""

import json
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from less3d.benchmark.comparison import FIRST_STAGE, Comparison, name_of, part_of, shares_of
from less3d.benchmark.machine import commit, machine
from less3d.benchmark.runs import RESULT, folder_of
from less3d.benchmark.systems import System
from less3d.data.dataset import Dataset
from less3d.errors import InputError
from less3d.io.files import read_bytes, replacing, sha256_of
from less3d.metrics import SentenceScore
from less3d.score_rows import read_rows
from less3d.settings import from_json
from less3d.weights import find_weights

RECORD = "comparison.json"
MASK_MINUTES, SCENE_MINUTES = 2.0, 20.0
"""What labelling takes by the LESS paper: at most 2 minutes a mask, at least 20 minutes a scan with instances and
classes."""


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    name: str
    text: str
    labels: str
    """What the system learns from: masks, or instances and classes."""
    paper: tuple[float, ...]
    """The paper's mIoU, Acc@0.25 and Acc@0.5, percent; empty where it has none."""
    stands_for: str
    runs: str
    """The folder of its runs."""
    first: str
    """That of the first of two stages, or empty."""
    share: float
    """Of the training scans that it learns from."""
    labelled: int
    """Objects that someone had to label for that."""
    label_minutes: float
    """What that takes, see `MASK_MINUTES`."""


@dataclass(frozen=True)
class Record:
    """A comparison, as it is kept."""

    tables: tuple[tuple[str, tuple[Row, ...]], ...]
    """The rows of each table by its name."""
    minutes: float
    first_share: float
    seeds: int
    train_scans: int
    train_sentences: int
    test_scans: int
    test_sentences: int
    samples: int | None = None
    start_from: str = ""
    """Weights with whose U-Net all systems began; empty for random ones."""
    stage_one: str = ""
    """The first of two stages that was given; empty where it was trained."""
    basis: str = ""
    """A hash of all that runs in one folder must share: data, budget, and the weights they began with."""
    command: str = ""
    library: str = ""
    commit: str = ""
    machine: str = ""
    folder: Path = field(default=Path(), compare=False)
    """Where it is; not written."""

    def results(self, row: Row | str) -> list[dict]:
        """What each finished run of a row, or of a folder of runs, has said, seed by seed."""
        runs = self.folder / "runs" / (row if isinstance(row, str) else row.runs)
        return [json.loads(path.read_text(encoding="utf-8")) for path in self._finished(runs)]

    def scores(self, row: Row, file: str) -> list[list[SentenceScore]]:
        """The sentences' scores of each finished run, seed by seed; none where runs have no such file."""
        runs = self.folder / "runs" / row.runs
        files = [path.with_name(file) for path in self._finished(runs)]
        return [read_rows(path) for path in files if path.exists()]

    def _finished(self, runs: Path) -> list[Path]:
        """The results of a folder of runs, in the order of the seeds that are asked for."""
        paths = [runs / f"seed-{seed}" / RESULT for seed in range(self.seeds)]
        return [path for path in paths if path.is_file()]


def record_of(comparison: Comparison, *, command: str) -> Record:
    """The record of a comparison."""
    costs = cache(partial(_label_cost, comparison.data))

    def row(system: System, share: float) -> Row:
        labelled, minutes = costs(share, system.labels)
        paper = () if system.paper is None else (system.paper.miou, system.paper.acc_25, system.paper.acc_50)
        first = folder_of(name_of(FIRST_STAGE, share)) if system.first is not None else ""
        runs = folder_of(name_of(system.title, share))
        about = (system.name, system.text, system.labels, paper, system.stands_for)
        return Row(*about, runs, first, share, labelled, minutes)

    tables = {
        matrix: tuple(row(system, share) for system in comparison.rows(matrix) for share in shares_of(matrix))
        for matrix in comparison.matrices
    }
    budget = comparison.budget
    test = comparison.test.scans[: budget.test_scans]
    return Record(
        tables=tuple(tables.items()),
        minutes=budget.minutes,
        samples=budget.samples,
        first_share=budget.first_share,
        start_from=str(comparison.start_from or ""),
        stage_one=str(comparison.stage_one or ""),
        basis=_basis(comparison),
        seeds=budget.seeds,
        train_scans=len(comparison.data.scans),
        train_sentences=sum(map(len, comparison.data.referrals.values())),
        test_scans=len(test),
        test_sentences=sum(len(comparison.test.referrals[scan]) for scan in test),
        command=command,
        library=version("less3d"),
        commit=commit(),
        machine=machine(),
        folder=comparison.folder,
    )


def _basis(comparison: Comparison) -> str:
    budget = comparison.budget
    weights = [path and sha256_of(find_weights(path)) for path in (comparison.start_from, comparison.stage_one)]
    data = [one.fingerprint for one in (comparison.data, comparison.test)]
    shared = [budget.minutes, budget.samples, budget.first_share, budget.test_scans, *weights, *data]
    return sha256(json.dumps(shared).encode()).hexdigest()


def write_record(record: Record) -> None:
    """Keep a record in its folder.

    Raises:
        InputError: when another comparison is there.
    """
    if (record.folder / RECORD).exists() and read_record(record.folder).basis != record.basis:
        raise InputError(
            f"{record.folder}: has a comparison with other data, another budget, or other weights to begin with: give "
            "these again, or another folder"
        )
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
    return replace(from_json(Record, read_bytes(path).decode()), folder=folder)


def _label_cost(data: Dataset, share: float, labels: str) -> tuple[int, float]:
    """The objects that someone labels for a share of the scans, and the minutes that takes."""
    part = part_of(data, share)
    if labels == "masks":
        described = {(scan, target) for scan, rows in part.referrals.items() for row in rows for target in row.targets}
        return len(described), MASK_MINUTES * len(described)
    return sum(len(part.annotated(scan).masks.members) for scan in part.scans), SCENE_MINUTES * len(part.scans)
