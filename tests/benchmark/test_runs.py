"""Runs of a comparison: as long as the budget says, scored once, and never two in one place."""

from dataclasses import replace

import pytest
from tiny_data import write_tiny_data
from tiny_run import tiny_run
from tiny_systems import Here

from less3d.benchmark.portions import Part
from less3d.benchmark.runs import CLASS_WORD, ROWS, Run, at_length, finish, read_sentences, steps_per_minute
from less3d.data.folder import Folder
from less3d.errors import InputError
from less3d.score_rows import read_rows
from less3d.text import TextConfig

TINY = tiny_run("the", "red", "green", "box")


@pytest.fixture
def run(tmp_path):
    data = Folder(write_tiny_data(tmp_path))
    return Run("tiny", at_length(TINY, 2, 0), tmp_path / "runs" / "tiny" / "seed-0", data, data, tmp_path / "text", 2)


def test_a_finished_run_is_scored_and_another_is_refused_in_its_place(run):
    assert not run.is_finished
    finish(run)
    assert run.is_finished
    assert (run.result.steps, run.result.sentences, run.result.seed) == (2, 4, 0)
    rows, nouns = read_rows(run.folder / ROWS), read_rows(run.folder / CLASS_WORD)
    assert len(rows) == len(nouns) == 4
    assert {row.sentence for row in nouns} == {"the box"}
    with pytest.raises(InputError, match="other settings"):
        _ = replace(run, config=replace(run.config, steps=3)).is_finished


def test_a_speed_is_measured_once_and_leaves_nothing_else(run, tmp_path):
    (tmp_path / "runs").mkdir()
    kept = tmp_path / "runs" / "speeds.json"
    ((name, speed),) = steps_per_minute([(run, 0.0)], kept, Here())
    assert name == "tiny"
    assert speed > 0
    assert list(run.folder.parent.iterdir()) == []
    assert list(steps_per_minute([(run, 0.0)], kept, Here())) == [(name, speed)]
    for damaged in (b"", b"[]", kept.read_bytes().replace(str(speed).encode(), b'"fast"')):
        content = kept.read_bytes()
        kept.write_bytes(damaged)
        with pytest.raises(InputError, match=r"speeds\.json"):
            list(steps_per_minute([(run, 0.0)], kept, Here()))
        kept.write_bytes(content)
    other = replace(run, config=replace(run.config, learning_rate=0.1))
    ((_, measured),) = steps_per_minute([(other, 0.0)], kept, Here())
    assert measured != speed


def test_sentences_of_all_runs_of_an_encoder_are_read_once(run):
    frozen = replace(run, config=replace(run.config, model=replace(run.config.model, text=TextConfig())))
    few = replace(frozen, data=Part(run.data, dict(list(run.data.referrals.items())[:1])))
    read: list[tuple[int, int]] = []
    read_sentences([few, frozen, run], lambda *counts: read.append(counts))
    assert read == [(2, 2)]  # the same two sentences are said of every room
    read_sentences([few], lambda *counts: pytest.fail("read again"))
    assert [path.name for path in frozen.text.iterdir()] == ["minilm"]


def test_steps_follow_from_minutes():
    config = at_length(TINY, 1001, 7)
    assert (config.steps, config.seed, config.validate_every, config.warmup_steps) == (1001, 7, 1001, 2)
    assert at_length(TINY, 0, 0).steps == 1
