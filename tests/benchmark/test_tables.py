"""Tables say what the saved scores say: of scores that are chosen by hand, and of those that are committed."""

import csv
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_run import tiny_run

from less3d.benchmark.figures import table_of_runs
from less3d.benchmark.plots import bars, curves
from less3d.benchmark.record import Record, Row, read_record
from less3d.benchmark.result import Result, write_result
from less3d.benchmark.runs import CLASS_WORD, ROWS, TRUE_INSTANCES
from less3d.benchmark.systems import Paper
from less3d.benchmark.tables import markdown, order_line
from less3d.errors import InputError
from less3d.metrics import SentenceScore
from less3d.score_rows import write_rows

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
TGNN = Row("TGNN", "GRU", "instances and classes", Paper(26.1, 35.0, 29.0), "", "TGNN", "stage-one", "", 9, 60.0)
LESS = Row("LESS", "MiniLM", "masks", None, "BERT", "LESS", "", "", 9, 18.0)
LATE = Row("late", "MiniLM", "masks", None, "", "late", "", "", 9, 18.0)
COUNT = 12


def score(number: int, iou: float) -> SentenceScore:
    """Of a sentence of its own scan; the first half are about the only object of their class."""
    shared = round(100 * iou)
    about = {"scan": f"room{number}", "record": "", "sentence": "the box", "targets": (0,), "label": "box", "tags": ()}
    sizes = {"predicted": shared, "true": 100, "shared": shared, "f1_25": 0.0, "f1_50": 0.0, "confidence": 0.5}
    return SentenceScore(unique=number < COUNT / 2, source="", **about, **sizes)


def write_run(folder: Path, files: dict[str, list[float]], **about: Any) -> None:
    folder.mkdir(parents=True)
    result = Result(
        name=folder.parent.name,
        seed=int(folder.name[-1]),
        settings=tiny_run(),
        begun_with="",
        library="1.2.3",
        commit="0123456789",
        machine="an abacus",
        at_a_time=3,
        steps=10,
        sentences=1000,
        minutes=2.0,
        parameters=1_500_000,
    )
    write_result(replace(result, **about), folder)
    for file, ious in files.items():
        write_rows([score(number, iou) for number, iou in enumerate(ious)], folder / file)


@pytest.fixture
def record(tmp_path):
    """Two seeds of three systems."""
    runs = tmp_path / "runs"
    for seed, (own, noun, true) in enumerate(((0.2, 0.1, 0.5), (0.4, 0.2, 0.9))):
        files = {ROWS: own, CLASS_WORD: noun, TRUE_INSTANCES: true}
        write_run(runs / "TGNN" / f"seed-{seed}", {file: [iou] * COUNT for file, iou in files.items()})
        write_run(runs / "stage-one" / f"seed-{seed}", {}, ap=0.1 + 0.2 * seed, ap_50=0.2, ap_25=0.3)
        write_run(runs / "LESS" / f"seed-{seed}", {ROWS: [0.6] * COUNT, CLASS_WORD: [0.6] * COUNT}, machine="a brain")
        late = [0.5, 0.7] * (COUNT // 2)
        write_run(runs / "late" / f"seed-{seed}", {ROWS: late, CLASS_WORD: late}, commit="abcdefabcdef-dirty")
    sizes = {"train_scans": 5, "train_sentences": 50, "test_scans": COUNT, "test_sentences": COUNT}
    return Record(
        tables=(("text", (TGNN, LESS, replace(LESS, stands_for="RoBERTa"), LATE)), ("ablation", ()), ("effort", ())),
        minutes=2.0,
        first_share=0.5,
        seeds=2,
        voxel_size=0.08,
        channels=(8,),
        command="less3d bench",
        folder=tmp_path,
        **sizes,
    )


def lines_of(record: Record) -> list[str]:
    return markdown(replace(record, tables=record.tables[:1])).splitlines()


def test_a_system_s_line_has_mean_and_deviation_over_seeds(record):
    """Seeds of .2 and .4: mean .3, and a deviation of .1 times the root of 2, as of a sample."""
    lines = lines_of(record)
    trained = "10 | 1,000 | 2.0 | 1.5 M"
    both = "10 + 10 | 1,000 | 2.0 + 2.0 | 1.5 M"
    assert (
        "| TGNN | GRU | instances and classes | 30.0 ± 14.1 | 50.0 ± 70.7 | 0.0 ± 0.0 | 30.0 ± 14.1 | 30.0 ± 14.1 | "
        f"15.0 ± 7.1 | {both} | 26.10 | 35.00 | 29.00 |"
    ) in lines
    same = "60.0 ± 0.0 | 100.0 ± 0.0 | 100.0 ± 0.0 | 60.0 ± 0.0 | 60.0 ± 0.0 | 0.0 ± 0.0"
    for name in ("BERT", "RoBERTa"):
        assert f"| LESS | MiniLM (for {name}) | masks | {same} | {trained} |  |  |  |" in lines


def test_the_stages_are_told_apart(record):
    lines = lines_of(record)
    assert any("AP 20.0 ± 14.1, AP50 20.0 ± 0.0, AP25 30.0 ± 0.0." in line for line in lines)
    assert "| TGNN | GRU | 70.0 ± 28.3 | 100.0 ± 0.0 | 50.0 ± 70.7 |" in lines


def test_effort_is_told_beside_the_score(record):
    """9 objects, in an hour; the first stage has an AP50 of .2 with both seeds."""
    some = replace(TGNN, portion="30% of the scans")
    lines = markdown(replace(record, tables=(("effort", (some, LATE)),))).splitlines()
    own, late = "30.0 ± 14.1 | 50.0 ± 70.7 | 0.0 ± 0.0", "60.0 ± 0.0 | 100.0 ± 0.0 | 50.0 ± 0.0"
    about = "instances and classes | 30% of the scans | 9 | 1.0"
    assert f"| TGNN | GRU | {about} | {own} | 10 + 10 | 1,000 | 2.0 + 2.0 | 20.0 ± 0.0 |" in lines
    assert f"| late | MiniLM | masks | all | 9 | 0.3 | {late} | 10 | 1,000 | 2.0 |  |" in lines


def test_parts_of_less_are_told_with_what_differs_between_them(record):
    """Masks of 30 points on average, and of 60, 50 and 70, half and half."""
    chain = ("LESS without PWCA and QSA", "LESS without QSA", "LESS, L_seg alone", "LESS, L_seg + L_area", "LESS")
    runs = ("TGNN", "late", "late", "LESS", "LESS")
    rows = tuple(replace(LATE, name=name, runs=folder) for name, folder in zip(chain, runs, strict=True))
    lines = markdown(replace(record, tables=(("ablation", rows),))).splitlines()
    first = "30.0 ± 14.1 | 50.0 ± 70.7 | 0.0 ± 0.0 | 30 ± 14"
    assert f"| LESS without PWCA and QSA | MiniLM | {first} |  |  |  |" in lines
    tested = [line.split(" | ")[:3] for line in lines if " to " in line and line.count("|") == 8]
    assert tested == [
        ["| LESS without QSA, MiniLM", "LESS without PWCA and QSA, MiniLM", "+30.0"],
        ["| LESS, MiniLM", "LESS without QSA, MiniLM", "+0.0"],
        ["| LESS, L_seg + L_area, MiniLM", "LESS, L_seg alone, MiniLM", "+0.0"],
        ["| LESS, MiniLM", "LESS, L_seg + L_area, MiniLM", "+0.0"],
    ]


def test_the_order_is_said_to_be_the_paper_s_only_where_it_is():
    assert order_line([("a", [0.1]), ("b", [0.2])]) == (
        "the order is the paper's (one seed: how far seeds differ is not known): b has +10.0 over a."
    )
    assert order_line([("a", [0.1, 0.12]), ("b", [0.2, 0.22]), ("c", [0.3, 0.32])]) == (
        "the order is the paper's, by more than seeds differ: b has +10.0 over a, where seeds differ by 1.4; c has "
        "+10.0 over b, where seeds differ by 1.4."
    )
    assert order_line([("a", [0.1, 0.3]), ("b", [0.2, 0.25])]) == (
        "the order is the paper's, but not by more than seeds differ: b has +2.5 over a, where seeds differ by 14.1."
    )
    assert order_line([("a", [0.3, 0.3]), ("b", [0.2, 0.2]), ("c", [0.25, 0.25])]) == (
        "the paper's order is not reproduced: b has -10.0 over a, where seeds differ by 0.0; c has +5.0 over b, where "
        "seeds differ by 0.0."
    )
    assert order_line([("a", [0.3, 0.5]), ("b", [0.39, 0.4])]) == (
        "the paper's order is not reproduced, nor is another: where it is reversed, seeds differ by more: b has -0.5 "
        "over a, where seeds differ by 14.1."
    )
    assert "not reproduced (one seed" in order_line([("a", [0.3, 0.3]), ("b", [0.2])])
    assert "not all have finished" in order_line([("a", [0.3]), ("b", []), ("c", [0.4])])


def test_what_is_lost_or_damaged_is_named(record):
    run = record.folder / "runs" / "TGNN" / "seed-1"
    for file in (TRUE_INSTANCES, CLASS_WORD):
        (run / file).unlink()
        with pytest.raises(InputError, match=re.escape(str(run / file))):
            lines_of(record)
    whole = json.loads((run / "result.json").read_text())
    no_minutes = json.dumps({name: value for name, value in whole.items() if name != "minutes"})
    for damaged, said in (
        ("", "is empty"),
        ("[]", "expected Result"),
        ("{}", "expected name, seed, settings"),
        ('{"name": 3}', "expected str, got 3"),
        ("{" * 9, "Expecting property name"),
        (no_minutes, "expected steps, sentences and minutes of TGNN"),
    ):
        (run / "result.json").write_text(damaged)
        with pytest.raises(InputError, match=re.escape(str(run / "result.json")) + f".*{said}"):
            lines_of(record)
    (record.folder / "comparison.json").write_bytes(b'{"tables": "\xff"}')
    with pytest.raises(InputError, match=r"comparison\.json, line 1: expected UTF-8"):
        read_record(record.folder)


def test_only_the_same_sentences_are_compared(record):
    for other in ([score(number, 0.6) for number in reversed(range(COUNT))], [score(0, 0.6)]):
        write_rows(other, record.folder / "runs" / "LESS" / "seed-0" / ROWS)
        write_rows(other, record.folder / "runs" / "LESS" / "seed-0" / CLASS_WORD)
        with pytest.raises(InputError, match="LESS: expected the scores of the same sentences"):
            lines_of(record)


def test_bars_are_as_long_as_the_means_and_dots_are_seeds(record):
    figure = bars(record, [TGNN, LESS, LATE])
    lengths = [[bar.get_width() for bar in axes.patches] for axes in figure.axes]
    np.testing.assert_allclose(lengths, [[30, 60, 60], [50, 100, 100], [0, 100, 50]])
    np.testing.assert_allclose(figure.axes[0].lines[0].get_xdata(), [20, 40])


def test_curves_are_over_objects_and_over_hours(record):
    more = replace(TGNN, runs="late", labelled=90, label_minutes=600.0)
    figure = curves(record, [TGNN, more, LESS])
    for axes, (effort, alone) in zip(figure.axes, (([9, 90], [9]), ([1, 10], [0.3])), strict=True):
        line, other = (axes.containers[number].lines[0] for number in (0, 1))
        np.testing.assert_allclose(line.get_xydata(), np.transpose([effort, [30, 60]]))
        np.testing.assert_allclose(other.get_xydata(), np.transpose([alone, [60]]))


def test_of_few_scans_nothing_is_said(record):
    """Of five scans, or nine sentences, each of a scan of its own."""
    for count, said in ((5, "of 5 |  | of 5"), (9, "of 9 | -30.0 to -30.0 | 0.00")):
        for name, iou in (("TGNN", 0.3), ("LESS", 0.6), ("late", 0.6)):
            for seed in (0, 1):
                scores = [score(number, iou) for number in range(count)]
                write_rows(scores, record.folder / "runs" / name / f"seed-{seed}" / ROWS)
                write_rows(scores, record.folder / "runs" / name / f"seed-{seed}" / CLASS_WORD)
        line = next(line for line in lines_of(record) if line.startswith("| TGNN, GRU | LESS, MiniLM | -30.0"))
        assert f"| -30.0 |  | {said}" in line


def test_every_pair_is_compared_once(record):
    """A difference that all sentences share is sure; one that half of them share and half have reversed is none."""
    rows = [line for line in lines_of(record) if line.count("|") == 8 and " to " in line]
    sure = "-30.0 | -30.0 to -30.0 | < .001 | -30.0 to -30.0 | < .001 |"
    assert rows[0] == f"| TGNN, GRU | LESS, MiniLM | {sure}"
    first, second, difference, _, by_sentences, _, by_scans = rows[1].strip("| ").split(" | ")
    assert (first, second, difference) == ("TGNN, GRU", "late, MiniLM", "-30.0")
    assert by_sentences == by_scans == "< .001"
    first, second, difference, _, by_sentences, _, by_scans = rows[2].strip("| ").split(" | ")
    assert (first, second, float(difference)) == ("LESS, MiniLM", "late, MiniLM", 0.0)
    assert min(float(by_sentences), float(by_scans)) > 0.9
    assert len(rows) == 3


def test_what_runs_were_made_with_is_their_own(record):
    made = next(line for line in lines_of(record) if line.startswith("Made by"))
    assert made == (
        "Made by `less3d bench`, less3d 1.2.3, commit 0123456 (stage-one; TGNN; LESS), commit abcdefa-dirty (late), a "
        "brain, an abacus."
    )
    late = record.folder / "runs" / "late" / "seed-0"
    shutil.rmtree(late.parent)
    write_run(late, {ROWS: [0.5] * COUNT, CLASS_WORD: [0.5] * COUNT}, commit="")  # as of an installed library
    assert any("1.2.3, commit 0123456 (stage-one; TGNN; LESS), a brain" in line for line in lines_of(record))
    assert any("of each of two stages, with 3 runs at a time." in line for line in lines_of(record))


def test_a_first_stage_that_is_given_has_no_time_of_its_own(record):
    lines = lines_of(replace(record, stage_one="rooms-instances"))
    assert any("| given + 10 | 1,000 | given + 2.0 | 1.5 M |" in line for line in lines if line.startswith("| TGNN"))


def test_scans_that_were_learned_from_are_no_others(record):
    assert "scored on 12 other scans with" in lines_of(record)[2]
    some = replace(record, test_scans_learned=4)
    assert "scored on 12 scans, 4 of which it has learned from, with" in lines_of(some)[2]


def test_each_run_has_a_row_of_its_own_in_csv(record):
    rows = list(csv.DictReader(table_of_runs(record).splitlines()))
    given = next(csv.DictReader(table_of_runs(replace(record, stage_one="rooms-instances")).splitlines()))
    assert (given["steps"], given["first_stage_commit"], given["first_stage_steps"]) == ("10", "", "")
    assert len({(row["system"], row["text"], row["stands_for"], row["seed"]) for row in rows}) == len(rows) == 8
    (own,) = (row for row in rows if row["system"] == "TGNN" and row["seed"] == "1")
    names = ("miou", "acc_25", "acc_50", "unique_miou", "multiple_miou", "class_word_miou", "true_instances_miou")
    assert [float(own[name]) for name in names] == [0.4, 1.0, 0.0, 0.4, 0.4, 0.2, 0.9]
    assert (own["commit"], own["first_stage_commit"], own["first_stage_steps"]) == ("0123456789", "0123456789", "10")
    assert {row["first_stage_minutes"] for row in rows if row["system"] == "late"} == {""}


def test_nothing_finished_is_said_to_be_nothing(record, tmp_path):
    text = markdown(replace(record, folder=tmp_path / "none", tables=record.tables[:1]))
    assert "Not all runs are finished: there are 0 to 0 of a system." in text
    assert "instance segmentation" not in text
    assert "Made by `less3d bench`." in text


@pytest.mark.parametrize("name", sorted(path.parent.name for path in RESULTS.glob("*/comparison.json")))
def test_committed_tables_come_again(name):
    folder = RESULTS / name
    record = read_record(folder)
    assert markdown(record) == (folder / "bench.md").read_text(encoding="utf-8")
    assert table_of_runs(record) == (folder / "bench.csv").read_text(encoding="utf-8")
    assert record.command.startswith("less3d bench ")
    for path in folder.glob("runs/*/*/result.json"):
        assert len(json.loads(path.read_text(encoding="utf-8"))["commit"]) == 40  # and has not "-dirty" after it
