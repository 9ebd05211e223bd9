"""What chooses the best weights of a run, and what is said of them at its end."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress as ProgressBar

from less3d.calibration import Calibration
from less3d.data.dataset import Dataset
from less3d.instance_metrics import InstanceScore
from less3d.metrics import Score, summarize
from less3d.models import Referrer
from less3d.score_rows import read_rows, write_rows
from less3d.training.calibrate import calibrate
from less3d.training.card import failure_lines, score_lines, write_card
from less3d.training.config import TrainConfig
from less3d.training.evaluate import evaluate
from less3d.training.instances import evaluate_instances, instance_lines, read_instance_rows, write_instance_rows
from less3d.weights import load_weights, write_calibrated

ROWS = "validation.csv"
"""What the best weights scored: a row a sentence, or a row a class for the first of two stages."""


@dataclass(frozen=True)
class Judgement:
    """What weights scored on the validation scans."""

    score: float
    """Chooses the best ones."""
    columns: Mapping[str, float]
    """All that is recorded, by name."""
    line: str
    """For people."""
    keep: Callable[[Path], None]
    """Writes all rows to a file."""


class Judge(ABC):
    """Judges the weights of one run.

    Args:
        config: the run.
        validation: scans that nothing is learned from.
        device: where to run.
    """

    measure: str
    """Name of the score that chooses."""
    column: str
    """That of its column."""

    def __init__(self, config: TrainConfig, validation: Dataset, device: str) -> None:
        self.config, self.validation, self.device = config, validation, device

    @property
    def scans(self) -> int:
        """How many scans are read for a validation."""
        return min(self.config.validation_scans, len(self.validation.scans))

    @abstractmethod
    def judge(self, model: Referrer) -> Judgement:
        """Score a model, which is put into evaluation mode."""

    @abstractmethod
    def finish(self, best: Path, data: Dataset, *, command: str, begun: Path | None, bar: ProgressBar) -> str:
        """Complete the best weights of a run that has ended, and write their card; says what was done, if anything.

        Args:
            best: the weight file, in the run's folder.
            data: what was learned from.
            command: what started the run.
            begun: the weights that it began with.
            bar: shows how far it is.
        """


class AnswerJudge(Judge):
    """By mIoU over sentences. At the end the weights are calibrated."""

    measure, column = "mIoU", "all_miou"

    def judge(self, model: Referrer) -> Judgement:
        """Ask every sentence of the validation scans, each seen from one side."""
        rows = evaluate(model, self.validation, max_scans=self.scans, device=self.device, turns=1)
        scores = summarize(rows)
        columns: dict[str, float] = {}
        for name, score in (("all", scores.overall), ("unique", scores.unique), ("multiple", scores.multiple)):
            columns |= _columns(name, score)
        overall = scores.overall
        line = (
            f"validation mIoU {overall.miou:.3f}, Acc@0.25 {overall.acc_25:.3f}, Acc@0.5 {overall.acc_50:.3f} over "
            f"{overall.sentences} sentences"
        )
        return Judgement(overall.miou, columns, line, lambda path: write_rows(rows, path))

    def finish(self, best: Path, data: Dataset, *, command: str, begun: Path | None, bar: ProgressBar) -> str:
        """Calibrate the weights, unless they are, and write their card."""
        model, _ = load_weights(best)
        if model.calibration != Calibration():
            return ""
        task = bar.add_task("calibrating", total=self.scans, note="")
        fitted = calibrate(
            model.to(self.device),
            self.validation,
            max_scans=self.scans,
            turns=self.config.turns,
            device=self.device,
            on_scan=lambda: bar.advance(task),
        )
        rows = read_rows(best.with_name(ROWS))
        said = f"{fitted.summary[:1].upper()}{fitted.summary[1:]}."
        parts = {"Scores": [*score_lines(rows), "", said], "Known failures": failure_lines(rows)}
        write_card(best, data, self.validation, parts, by=(self.measure, self.column), command=command, begun=begun)
        write_calibrated(best, fitted.calibration, best)
        return fitted.summary


class InstanceJudge(Judge):
    """By AP50 over the classes of the first of two stages."""

    measure, column = "AP50", "ap_50"

    def judge(self, model: Referrer) -> Judgement:
        """Find all objects of the validation scans."""
        scores = evaluate_instances(model, self.validation, max_scans=self.scans, device=self.device)
        mean = scores.mean or InstanceScore(0.0, 0.0, 0.0)
        line = (
            f"validation AP {mean.ap:.3f}, AP50 {mean.ap_50:.3f}, AP25 {mean.ap_25:.3f} over {len(scores.by_class)} "
            "classes"
        )
        columns = {"ap": mean.ap, "ap_50": mean.ap_50, "ap_25": mean.ap_25}
        return Judgement(mean.ap_50, columns, line, lambda path: write_instance_rows(scores, path))

    def finish(self, best: Path, data: Dataset, *, command: str, begun: Path | None, bar: ProgressBar) -> str:
        """Write the card of the weights; nothing is calibrated."""
        parts = instance_lines(read_instance_rows(best.with_name(ROWS)))
        write_card(best, data, self.validation, parts, by=(self.measure, self.column), command=command, begun=begun)
        return ""


def judge_of(config: TrainConfig, validation: Dataset, device: str) -> Judge:
    """The judge for what a run learns."""
    return (AnswerJudge if config.model.answers else InstanceJudge)(config, validation, device)


def _columns(name: str, score: Score | None) -> dict[str, float]:
    """Of one split; none of one without a sentence."""
    if score is None:
        return {}
    return {f"{name}_miou": score.miou, f"{name}_acc_25": score.acc_25, f"{name}_acc_50": score.acc_50}
