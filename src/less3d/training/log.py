"""The run's record: a CSV row a step, a CSV row a validation, and both as a picture."""

import csv
from collections.abc import Mapping
from pathlib import Path

from less3d.io.files import replacing, replacing_path
from less3d.training.checkpoint import Progress

LOSSES, SCORES = "log.csv", "scores.csv"
_CURVES = ("all_miou", "all_acc_25", "all_acc_50", "unique_miou", "multiple_miou", "ap", "ap_50", "ap_25")
"""Scores that are drawn."""
WAITING = "waiting"
"""Column of the share of time, 0 to 1, in which training waited for data."""


class RunLog:
    """`log.csv` (losses) and `scores.csv` (validation) in a run's folder.

    Args:
        folder: of the run.
        resume_at: rows past this step are dropped: they are of work that a kill undid.
    """

    def __init__(self, folder: Path, *, resume_at: int) -> None:
        self._losses = folder / LOSSES
        self._scores = folder / SCORES
        self._picture = folder / "curves.png"
        for path in (self._losses, self._scores):
            if path.exists():
                _write(path, [row for row in read_table(path) if int(row["step"]) <= resume_at])

    def add(self, progress: Progress, learning_rate: float, losses: Mapping[str, float]) -> None:
        """Record one step."""
        parts = {name: f"{value:.5f}" for name, value in losses.items()}
        _append(self._losses, {**_when(progress), "learning_rate": f"{learning_rate:.3e}", **parts})

    def add_scores(self, progress: Progress, scores: Mapping[str, float]) -> None:
        """Record one validation."""
        columns = {name: f"{value:.4f}" for name, value in scores.items()}
        _append(self._scores, {**_when(progress), **columns})

    def draw(self) -> None:
        """Save the curves so far as curves.png."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11, 4), layout="constrained")
        left, right = figure.subplots(1, 2)
        losses, scores = read_table(self._losses), read_table(self._scores)
        for name in _names(losses, leave_out=("step", "sentences", "minutes", "learning_rate", WAITING)):
            values = [float(row[name]) for row in losses]
            window = max(1, len(values) // 200)
            means = [sum(values[i : i + window]) / len(values[i : i + window]) for i in range(0, len(values), window)]
            left.plot([float(row["step"]) for row in losses][::window], means, label=name)
        shown = set(scores[0]) if scores else set(_CURVES)
        for name in (name for name in _CURVES if name in shown):
            right.plot([float(row["step"]) for row in scores], [float(row[name]) for row in scores], "o-", label=name)
        left.set(title="training losses", xlabel="step", yscale="log")
        right.set(title="validation", xlabel="step", ylim=(0, 1))
        for axes, corner in ((left, "upper right"), (right, "upper left")):
            axes.legend(fontsize="small", loc=corner)
            axes.grid(alpha=0.3)
        with replacing(self._picture) as file:
            figure.savefig(file, dpi=110, format="png")


def _when(progress: Progress) -> dict[str, object]:
    minutes = f"{progress.seconds / 60:.2f}"
    return {"step": progress.step, "sentences": progress.sentences, "minutes": minutes}


def _names(rows: list[dict[str, str]], leave_out: tuple[str, ...]) -> list[str]:
    return [name for name in (rows[0] if rows else {}) if name not in leave_out]


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a log, none of one that is not there."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    if not rows:
        path.unlink()
        return
    with replacing_path(path) as partial:
        partial.unlink()
        for row in rows:
            _append(partial, row)


def _append(path: Path, row: Mapping[str, object]) -> None:
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)
