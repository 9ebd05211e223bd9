"""Figures of runs, from the scores that they have saved."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from less3d.benchmark.record import Record, Row
from less3d.benchmark.result import Result
from less3d.benchmark.runs import CLASS_WORD, ROWS, TRUE_INSTANCES
from less3d.errors import InputError
from less3d.metrics import Score, SentenceScore, summarize

MEASURES = ("miou", "acc_25", "acc_50")
_OF_RUN = ("commit", "steps", "sentences", "minutes", "parameters")
_OF_FIRST = ("commit", "steps", "minutes")
_OF_SCORES = (*MEASURES, "unique_miou", "multiple_miou", "class_word_miou", "true_instances_miou")


def scores_of(record: Record, row: Row, file: str = ROWS) -> list[Score]:
    """The overall score of each seed."""
    return [summarize(rows).overall for rows in record.scores(row, file)]


def paired_ious(record: Record, rows: Iterable[Row]) -> tuple[list[str], dict[Row, np.ndarray]]:
    """The scan of each of S test sentences, and for each row that has runs its IoU of each, the mean over seeds, (S,).

    Raises:
        InputError: when runs were scored on other sentences than those before.
    """
    asked: list[tuple[str, str, tuple[int, ...]]] = []
    ious: dict[Row, list[list[float]]] = {}
    for row in rows:
        for scored in record.scores(row, ROWS):
            sentences = [(one.scan, one.sentence, one.targets) for one in scored]
            asked = asked or sentences
            if sentences != asked:
                raise InputError(
                    f"{record.folder / 'runs' / row.runs}: expected the scores of the same sentences as in other runs "
                    "of the comparison, got others: runs of one folder must be scored on the same scans"
                )
            ious.setdefault(row, []).append([one.iou for one in scored])
    return [scan for scan, _, _ in asked], {row: np.mean(own, axis=0) for row, own in ious.items()}


def miou(score: Score | None) -> float | None:
    """That of a split, which may have no sentence."""
    return None if score is None else score.miou


def percent(values: Iterable[float | None]) -> str:
    """Mean and standard deviation over seeds, percent."""
    return mean_and_deviation((100 * value for value in values if value is not None), "{:.1f}")


def mean_and_deviation(values: Iterable[float], form: str) -> str:
    """The mean over seeds, and the standard deviation where there are several; nothing of none."""
    numbers = list(values)
    if not numbers:
        return ""
    deviation = f" ± {form.format(np.std(numbers, ddof=1))}" if len(numbers) > 1 else ""
    return form.format(np.mean(numbers)) + deviation


def spent(record: Record, row: Row, what: str, form: str) -> str:
    """The mean over seeds of the steps or minutes that a row's training took, of each stage where there are two."""
    means = [form.format(np.mean(values)) for runs in record.stages(row) if (values := values_of(runs, what))]
    return " + ".join(["given", *means] if row.first and record.stage_one else means)


def values_of(results: Iterable[Result], what: str) -> list[int | float]:
    """What results say, those that know it."""
    return [value for result in results if (value := getattr(result, what)) is not None]


def table_of_runs(record: Record) -> str:
    """A CSV row for each finished run; what a run says of steps and minutes is without those of a first stage, which
    has columns of its own."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    about = ["table", "system", "text", "stands_for", "learns_from", "portion", "seed"]
    writer.writerow([*about, *_OF_RUN, *(f"first_stage_{name}" for name in _OF_FIRST), *_OF_SCORES])
    for table, rows in record.tables:
        for row in rows:
            scores = [record.scores(row, file) for file in (ROWS, CLASS_WORD, TRUE_INSTANCES)]
            firsts = {result.seed: result for result in record.results(row.first)} if row.first else {}
            for place, result in enumerate(record.results(row)):
                scored = [one[place] if place < len(one) else None for one in scores]
                first = None if record.stage_one else firsts.get(result.seed)
                about = [table, row.name, row.text, row.stands_for, row.labels, row.portion, result.seed]
                took = [getattr(result, name) for name in _OF_RUN] + [getattr(first, name, None) for name in _OF_FIRST]
                writer.writerow([*about, *took, *_numbers(*scored)])
    return text.getvalue()


def _numbers(
    rows: Sequence[SentenceScore] | None, nouns: Sequence[SentenceScore] | None, true: Sequence[SentenceScore] | None
) -> Iterator[str]:
    """`_OF_SCORES` of one run, of the scores it has."""
    values: list[float | None] = [None] * (len(MEASURES) + 2)
    if rows:
        whole = summarize(rows)
        values = [getattr(whole.overall, measure) for measure in MEASURES] + [miou(whole.unique), miou(whole.multiple)]
    values += [summarize(other).overall.miou if other else None for other in (nouns, true)]
    return ("" if value is None else f"{value:.4f}" for value in values)
