"""A comparison runs each system once, goes on after a stop, and its tables need no model."""

import csv
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny_data import write_tiny_data
from tiny_systems import RUN, only_tiny_systems

from less3d.benchmark import comparison as module
from less3d.benchmark.comparison import Comparison, compare
from less3d.benchmark.figures import table_of_runs
from less3d.benchmark.page import make_page, shown_systems
from less3d.benchmark.plan import Budget, Plan
from less3d.benchmark.plots import draw
from less3d.benchmark.portions import Portion
from less3d.benchmark.record import begin, read_record, record_of
from less3d.benchmark.runs import TRUE_INSTANCES
from less3d.benchmark.tables import markdown
from less3d.benchmark.timing import time_systems
from less3d.data.folder import Folder
from less3d.errors import InputError
from less3d.io import read_scan, write_scan
from less3d.io.files import sha256_of
from less3d.models import Referrer
from less3d.text import TextConfig
from less3d.weights import save_weights


def silent(what: str, done: int, total: int) -> None:
    """Watch nothing."""


def planned(comparison: Comparison, **about: Any) -> Comparison:
    """A comparison with another plan."""
    return replace(comparison, plan=replace(comparison.plan, **about))


@pytest.fixture(scope="module")
def here():
    """Only two systems, and no other process."""
    with pytest.MonkeyPatch.context() as patch:
        only_tiny_systems(patch)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory, here):
    """A small comparison, what it told, and its runs."""
    folder = tmp_path_factory.mktemp("comparison")
    data = Folder(write_tiny_data(folder))
    budget = Budget(minutes=0.002, seeds=2, test_scans=2)
    comparison = Comparison(Plan(budget, matrices=("text", "effort")), data, data, folder / "bench")
    comparison.folder.mkdir()
    told: list[tuple[str, int, int]] = []
    record = record_of(comparison, lambda *what: told.append(what), command="less3d bench")
    begin(record)
    runs = compare(comparison, lambda *what: told.append(what))
    again = compare(comparison, silent)
    time_systems(record, dict(record.tables)["text"], data, silent)
    make_page(record, dict(record.tables)["text"], data, silent)
    return comparison, runs, again, told


def test_every_system_and_share_runs_once_with_each_seed(made):
    _, runs, again, told = made
    names = sorted({run.name for run in runs})
    assert names == [
        "TGNN, GRU",
        "TGNN, GRU, 10% of the scans",
        "TGNN, GRU, 30% of the scans",
        "late, GRU",
        "late, GRU, 1 mask a scan",
        "late, GRU, 3 masks a scan",
        "stage one",
        "stage one, 10% of the scans",
        "stage one, 30% of the scans",
    ]
    assert len(runs) == 2 * len(names)
    assert all(run.is_finished for run in runs)
    assert {(run.name, run.config) for run in runs} == {(run.name, run.config) for run in again}
    assert ("training", 6, 6) in told
    assert ("looking at scans", 5, 5) in told
    assert ("measuring speeds", 2, 2) in told  # portions are as long as the whole
    assert len({run.config.steps for run in runs if run.name.startswith("late")}) == 1


def test_the_second_stage_begins_with_the_first_of_its_seed(made):
    _, runs, _, _ = made
    for run in runs:
        if run.name.startswith("TGNN"):
            assert run.begin is not None
            assert run.begin.parent.name == f"seed-{run.config.seed}"
            assert run.begin.parents[1].name == run.folder.parent.name.replace("TGNN-GRU", "stage-one")
            assert (run.folder / TRUE_INSTANCES).exists()


def test_other_settings_are_refused_in_the_place_of_a_run(made):
    _, runs, _, _ = made
    with pytest.raises(InputError, match="other settings"):
        _ = replace(runs[0], config=replace(runs[0].config, steps=999)).is_finished


def test_tables_are_made_from_what_is_saved(made):
    comparison, *_ = made
    record = read_record(comparison.folder)
    text = markdown(record)
    for heading in (
        "Systems by text encoder",
        "Differences",
        "The two stages apart",
        "effort of labelling",
        "Time and memory",
    ):
        assert heading in text
    assert "Not all runs are finished" not in text
    more = markdown(replace(record, seeds=3))
    assert "over 3 seed(s). Not all runs are finished: there are 2 to 2 of a system." in more
    assert "| of 4 | " in text  # sentences, too few for a p
    row = next(line for line in text.splitlines() if line.startswith("| TGNN | GRU | instances and classes"))
    assert row.endswith("| 26.10 | 35.00 | 29.00 |")
    rows = list(csv.DictReader(table_of_runs(record).splitlines()))
    assert len(rows) == 2 * (2 + 6)
    saved = json.loads((comparison.folder / "runs" / "TGNN-GRU" / "seed-1" / "result.json").read_text())
    own = next(row for row in rows if row["system"] == "TGNN" and row["seed"] == "1")
    assert own["steps"] == str(saved["steps"])
    assert own["true_instances_miou"]
    for path in [*draw(record), comparison.folder / "page.html"]:
        assert path.stat().st_size > 500


def test_labels_are_counted_as_they_are_read(made):
    comparison, *_ = made
    tables = dict(read_record(comparison.folder).tables)
    full, masks = tables["text"]
    assert (full.labels, full.labelled, full.label_minutes) == ("instances and classes", 6, 60.0)
    assert (masks.labels, masks.labelled, masks.label_minutes) == ("masks", 6, 12.0)
    assert [(row.portion, row.labelled) for row in tables["effort"]] == [
        ("1 mask a scan", 3),
        ("3 masks a scan", 6),
        ("", 6),
        ("10% of the scans", 2),
        ("30% of the scans", 2),
        ("", 6),
    ]


def test_every_system_is_shown_as_many_samples(made, tmp_path, here):
    whole = made[0]
    comparison = planned(
        replace(whole, folder=tmp_path), budget=Budget(minutes=0.002, samples=5, seeds=1), matrices=("text",)
    )
    record = record_of(comparison, silent, command="less3d bench")
    begin(record)
    runs = compare(comparison, silent)
    assert {run.name: run.config.steps for run in runs if run.name != "stage one"} == {"TGNN, GRU": 3, "late, GRU": 3}
    assert "was shown about 5 sentences" in markdown(record)
    assert "All begin with nothing; the first of two stages has 0.001 minutes." in markdown(record)


def test_weights_that_are_given_are_begun_with(made, tmp_path, here):
    whole, runs, *_ = made
    late, first = (next(run for run in runs if run.name == name) for name in ("late, GRU", "stage one"))
    budget = Budget(minutes=0.002, seeds=2)
    comparison = planned(
        replace(whole, folder=tmp_path), budget=budget, matrices=("text",), start_from=late.best, stage_one=first.best
    )
    begin(record_of(comparison, silent, command="less3d bench"))
    made_now = {(run.name, run.config.seed): run for run in compare(comparison, silent)}
    assert set(made_now) == {
        ("stage one", 0),
        *((name, seed) for name in ("TGNN, GRU", "late, GRU") for seed in (0, 1)),
    }
    given = made_now["stage one", 0]
    assert given.result.ap_50 == first.result.ap_50
    assert given.result.begun_with == sha256_of(given.best) == sha256_of(first.best)
    assert given.result.steps is None  # what others have spent on it is not known here
    assert {run.begin for (name, _), run in made_now.items() if name == "late, GRU"} == {late.best}
    assert {run.begin for (name, _), run in made_now.items() if name == "TGNN, GRU"} == {given.best}
    record = read_record(tmp_path)
    time_systems(record, dict(record.tables)["text"][:1], comparison.test, silent)
    (timed,) = json.loads((tmp_path / "times.json").read_text())["rows"]
    assert timed["training"].startswith("given + ")
    counted = {"set_scan": 3, "first_sentence": 3, "further_sentence": record.test_sentences - 3}
    assert timed["whole"] == pytest.approx(sum(timed[name] * count for name, count in counted.items()))
    text = markdown(record)
    assert f"are given the first, `{first.best}`, whose training is not counted" in text
    assert f"all others begin with the U-Net of `{late.best}`." in text
    assert {run.unet_only for (name, _), run in made_now.items() if name == "late, GRU"} == {True}
    assert not any(run.unet_only for (name, _), run in made_now.items() if name == "TGNN, GRU")
    with pytest.raises(InputError, match="began with other weights"):
        _ = replace(made_now["late, GRU", 0], begin=first.best).is_finished
    given.best.unlink()  # as where only scores were kept
    assert not given.is_finished
    compare(comparison, silent)
    assert given.is_finished
    with pytest.raises(InputError, match="one of the tables"):
        planned(comparison, matrices=())
    with pytest.raises(InputError, match="parts of the scans"):
        planned(comparison, matrices=("effort",))
    with pytest.raises(InputError, match="rooms-instances"):
        _ = planned(comparison, stage_one=late.best).plan.eyes
    other = save_other_weights(tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="U-Nets of the same sizes"):
        _ = planned(comparison, start_from=other).plan.eyes


def test_another_comparison_is_refused_in_the_place_of_one_and_leaves_it(made):
    comparison = made[0]
    kept = (comparison.folder / "comparison.json").read_bytes()
    for other in (
        planned(comparison, budget=replace(comparison.plan.budget, minutes=1.0)),
        planned(comparison, budget=replace(comparison.plan.budget, test_scans=1)),
        replace(comparison, test=Portion(scans=0.5).of(comparison.test)),
    ):
        with pytest.raises(InputError, match="another folder"):
            begin(record_of(other, silent, command="less3d bench"))
    more = record_of(
        planned(comparison, budget=replace(comparison.plan.budget, seeds=9)), silent, command="less3d bench"
    )
    begin(more)
    assert (comparison.folder / "comparison.json").read_bytes() == kept  # until the runs are there that it speaks of


def test_scans_that_change_are_noticed(made, tmp_path, here):
    """Sentences are the same, so that nothing else tells the comparison from one of other scans."""
    (tmp_path / "data").mkdir()
    data = Folder(write_tiny_data(tmp_path / "data"))
    budget = replace(made[0].plan.budget, seeds=1, test_scans=1)
    comparison = planned(replace(made[0], data=data, test=data, folder=tmp_path / "bench"), budget=budget)
    comparison.folder.mkdir()
    before = record_of(comparison, silent, command="less3d bench")
    begin(before)
    compare(comparison, silent)
    first, last = data.path("room0"), data.path("room2")  # the first is scored on, too
    for path, change, said in (
        (last, {"colors": 255 - read_scan(last).colors}, "scans"),
        (last, {"labels": {0: "box", 1: "table"}}, "labels and scans"),
        (first, {"colors": 255 - read_scan(first).colors}, "scans"),
    ):
        kept = path.read_bytes()
        write_scan(replace(read_scan(path), **change), path)
        with pytest.raises(InputError, match=f"bench: {said} changed since"):
            begin(record_of(comparison, silent, command="less3d bench"))
        if path == last:
            path.write_bytes(kept)
    compare(comparison, silent)  # all is finished
    (comparison.folder / "runs" / "late-GRU" / "seed-0" / "result.json").unlink()
    with pytest.raises(InputError, match="have changed in between"):
        compare(comparison, silent)  # as when scans change while it runs


def test_hashes_are_kept_as_soon_as_they_are_known(made, tmp_path):
    """As of a folder that is older, or of a table that needs labels; the rest stays, as long as nothing is finished."""
    before = replace(read_record(made[0].folder), folder=tmp_path, hashes=(("scans", "1"),))
    assert begin(before).hashes == before.hashes
    more = replace(before, minutes=9.0, hashes=(("labels", "2"),))
    assert begin(more) == replace(more, hashes=(("labels", "2"), ("scans", "1")))
    kept = read_record(tmp_path)
    assert kept == replace(before, hashes=(("labels", "2"), ("scans", "1")))
    with pytest.raises(InputError, match="labels changed since"):
        begin(replace(more, hashes=(("labels", "3"),)))


def test_sentences_are_read_for_runs_that_are_left_alone(made, monkeypatch):
    read: list[str] = []
    monkeypatch.setattr(module, "read_sentences", lambda runs, on_read: read.extend(run.name for run in runs))
    compare(made[0], silent)
    assert read == []
    (made[0].folder / "runs" / "late-GRU" / "seed-1" / "result.json").unlink()
    compare(made[0], silent)
    assert read == ["late, GRU"]


def test_times_and_pictures_of_all_are_not_replaced_by_those_of_some(made):
    """As where one system is added to a folder of which scores alone were kept."""
    comparison = made[0]
    record = read_record(comparison.folder)
    rows, files = dict(record.tables)["text"], [comparison.folder / name for name in ("times.json", "page.html")]
    kept, weights = [path.read_bytes() for path in files], record.with_weights(rows)["late, GRU"][1]
    hidden = weights.rename(weights.with_suffix(".hidden"))
    for work in (time_systems, make_page):
        work(record, rows, comparison.test, silent)
    assert [path.read_bytes() for path in files] == kept
    assert shown_systems(record) == ["TGNN, GRU", "late, GRU"]
    hidden.rename(weights)
    time_systems(record, rows, comparison.test, silent)
    assert files[0].read_bytes() != kept[0]


def test_finished_runs_say_how_long_the_others_are(made):
    """So that speeds, once lost, are not measured anew, which would make runs of other lengths."""
    comparison, runs, *_ = made
    kept = comparison.folder / "speeds.json"
    speeds = kept.read_bytes()
    kept.unlink()
    told: list[str] = []
    again = compare(comparison, lambda what, *_: told.append(what))
    assert [run.config.steps for run in again] == [run.config.steps for run in runs]
    assert "measuring speeds" not in told
    kept.write_bytes(speeds)


def test_what_is_missing_is_found_before_anything_is_trained(made, tmp_path, here):
    data = Folder(write_tiny_data(tmp_path))
    last = data.path("room2")
    write_scan(replace(read_scan(last), instances=None, labels=None), last)
    (tmp_path / "masks").mkdir()
    np.save(tmp_path / "masks" / "box.npy", np.arange(10))
    lines = (tmp_path / "sentences.jsonl").read_text().splitlines()
    row = {"scan": "room2", "sentence": "the box", "mask": "masks/box.npy"}
    (tmp_path / "sentences.jsonl").write_text("\n".join([*lines[:4], json.dumps(row)]))
    other = replace(made[0], folder=tmp_path / "bench")
    for part in ("data", "test"):
        comparison = planned(replace(other, **{part: Folder(tmp_path)}), budget=Budget(seeds=1))
        with pytest.raises(InputError, match=r"room2\.npz: expected instances and the names"):
            record_of(comparison, silent, command="less3d bench")
    scored = planned(replace(other, test=Folder(tmp_path)), budget=Budget(seeds=1, test_scans=2))
    assert record_of(scored, silent, command="less3d bench").test_scans_learned == 2


def save_other_weights(path):
    words = TextConfig(encoder="gru", vocabulary=("box",))
    model = replace(RUN.model, late=replace(RUN.model.late, channels=(8, 16)), text=words)
    save_weights(Referrer(model), path, metadata={})
    return path


def test_mistakes_are_refused(tmp_path):
    with pytest.raises(InputError, match="less3d bench"):
        read_record(tmp_path)
    for wrong in (
        {"minutes": 0.0},
        {"seeds": 0},
        {"workers": 0},
        {"first_share": 1.0},
        {"samples": 0},
        {"test_scans": 0},
        {"minutes": float("inf")},
    ):
        with pytest.raises(InputError):
            Budget(**wrong)
