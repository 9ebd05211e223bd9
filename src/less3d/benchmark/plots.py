"""Pictures of the tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from less3d.benchmark.figures import scores_of
from less3d.benchmark.record import Record, Row
from less3d.io.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULTS, EFFORT = "results.png", "effort.png"


def draw(record: Record) -> list[Path]:
    """Draw what there is of a comparison; gives the files."""
    tables = dict(record.tables)
    drawn = []
    if "text" in tables:
        drawn.append(_saved(record.folder / RESULTS, bars(record, tables["text"])))
    if "effort" in tables:
        drawn.append(_saved(record.folder / EFFORT, curves(record, tables["effort"])))
    return drawn


def bars(record: Record, rows: Sequence[Row]) -> "Figure":
    """mIoU, Acc@0.25 and Acc@0.5 of each system; each seed a dot."""
    from matplotlib.figure import Figure

    known = [row for row in {row.runs: row for row in rows}.values() if scores_of(record, row)]
    figure = Figure(figsize=(11, 0.6 * len(known) + 1.6), layout="constrained")
    axes = figure.subplots(1, 3, sharey=True)
    for one, measure, title in zip(axes, ("miou", "acc_25", "acc_50"), ("mIoU", "Acc@0.25", "Acc@0.5"), strict=True):
        for place, row in enumerate(known):
            values = [100 * getattr(score, measure) for score in scores_of(record, row)]
            one.barh(place, np.mean(values), color="#4477aa" if row.labels == "masks" else "#ccbb44")
            one.plot(values, [place] * len(values), "k.", markersize=4)
        one.set(title=title, xlabel="percent")
        one.grid(axis="x", alpha=0.3)
    axes[0].set_yticks(range(len(known)), [row.title for row in known])
    axes[0].invert_yaxis()
    figure.suptitle("blue learns from masks, yellow from instances and classes", fontsize="medium")
    return figure


def curves(record: Record, rows: Sequence[Row]) -> "Figure":
    """mIoU against the number of labelled objects, and against the hours that labelling takes."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    by_objects, by_hours = figure.subplots(1, 2, sharey=True)
    for title in dict.fromkeys(row.title for row in rows):
        own = [row for row in rows if row.title == title and scores_of(record, row)]
        if not own:
            continue
        scores = [[100 * score.miou for score in scores_of(record, row)] for row in own]
        means = [np.mean(values) for values in scores]
        spread = [np.std(values, ddof=1) if len(values) > 1 else 0.0 for values in scores]
        label = f"{title} ({', '.join({row.labels for row in own})})"
        for axes, effort in (
            (by_objects, [row.labelled for row in own]),
            (by_hours, [row.label_minutes / 60 for row in own]),
        ):
            axes.errorbar(effort, means, spread, fmt="o-", capsize=3, label=label)
    by_objects.set(xlabel="labelled objects", ylabel="mIoU, percent")
    by_hours.set(xlabel="hours of labelling, by the paper's figures")
    for axes in (by_objects, by_hours):
        axes.set(xscale="log", ylim=(0, None))
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axes.xaxis.set_major_formatter("{x:,.10g}")
        axes.xaxis.set_minor_formatter("")
        axes.grid(alpha=0.3)
    by_hours.legend()
    return figure


def _saved(path: Path, figure: "Figure") -> Path:
    with replacing(path) as file:
        figure.savefig(file, dpi=110, format="png")
    return path
