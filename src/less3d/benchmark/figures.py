"""Figures of runs, from the scores that they have saved."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from less3d.benchmark.record import Record, Row
from less3d.benchmark.runs import CLASS_WORD, ROWS, TRUE_INSTANCES
from less3d.metrics import Score, SentenceScore, summarize

MEASURES = ("miou", "acc_25", "acc_50")
_OF_RUN = ("steps", "sentences", "minutes", "parameters")
_OF_SCORES = (*MEASURES, "unique_miou", "multiple_miou", "class_word_miou", "true_instances_miou")


def scores_of(record: Record, row: Row, file: str = ROWS) -> list[Score]:
    """The overall score of each seed."""
    return [summarize(rows).overall for rows in record.scores(row, file)]


def mean_ious(record: Record, row: Row) -> np.ndarray:
    """IoU of each test sentence, the mean over the seeds of a row, (S,)."""
    return np.mean([[one.iou for one in rows] for rows in record.scores(row, ROWS)], axis=0)


def miou(score: Score | None) -> float | None:
    """That of a split, which may have no sentence."""
    return None if score is None else score.miou


def percent(values: Iterable[float | None]) -> str:
    """Mean and standard deviation over seeds, percent."""
    return mean_and_deviation((100 * value for value in values if value is not None), "{:.1f}")


def mean_and_deviation(values: Iterable[float], form: str) -> str:
    """The mean over seeds, and the standard deviation where there are several; nothing of none."""
    known = list(values)
    if not known:
        return ""
    deviation = f" ± {form.format(np.std(known, ddof=1))}" if len(known) > 1 else ""
    return form.format(np.mean(known)) + deviation


def table_of_runs(record: Record) -> str:
    """A CSV row for each finished run."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    about = ["table", "system", "text", "stands_for", "learns_from", "portion", "seed"]
    writer.writerow([*about, *_OF_RUN, *_OF_SCORES])
    for table, rows in record.tables:
        for row in rows:
            known = [record.scores(row, file) for file in (ROWS, CLASS_WORD, TRUE_INSTANCES)]
            for place, result in enumerate(record.results(row)):
                scored = [one[place] if place < len(one) else None for one in known]
                about = [table, row.name, row.text, row.stands_for, row.labels, row.portion, result["seed"]]
                writer.writerow([*about, *(result[name] for name in _OF_RUN), *_numbers(*scored)])
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
