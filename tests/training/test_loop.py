"""A run is determined by its settings and data, however often it is stopped."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_data import write_tiny_data
from tiny_run import tiny_run

from less3d.calibration import Calibration
from less3d.data.folder import Folder
from less3d.errors import InputError
from less3d.models import Referrer
from less3d.models.less import LessConfig
from less3d.text import TextConfig
from less3d.training import judging, loop
from less3d.training.cycles import learning_rate_factor, mean_of
from less3d.training.evaluate import evaluate
from less3d.training.loader import Steps, batch_of
from less3d.training.recipes import complete
from less3d.training.step import build_optimizer, train_step
from less3d.weights import load_weights

TINY = tiny_run("the", "red", "green", "box")

UNTIMED = {"minutes": "", "waiting": ""}
"""Columns of the log that no two runs share."""


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Folder:
    return Folder(write_tiny_data(tmp_path_factory.mktemp("data")))


def weights(output: Path) -> dict:
    return torch.load(output / "last.pt", weights_only=True)["model"]


def test_a_stopped_run_ends_like_an_unbroken_one(data, tmp_path):
    whole = loop.train(TINY, data, data, tmp_path / "whole", workers=0)
    calls = 0
    while True:
        calls += 1
        progress = loop.train(TINY, data, data, tmp_path / "parts", workers=0, max_minutes=0.0)
        if progress.step == TINY.steps:
            break
    assert calls == TINY.steps
    assert progress.best_score == whole.best_score
    for name, value in weights(tmp_path / "whole").items():
        assert torch.equal(value, weights(tmp_path / "parts")[name]), name
    for log in ("log.csv", "scores.csv"):
        with (tmp_path / "whole" / log).open() as a, (tmp_path / "parts" / log).open() as b:
            for one, other in zip(csv.DictReader(a), csv.DictReader(b), strict=True):
                assert {**one, **UNTIMED} == {**other, **UNTIMED}
    assert (tmp_path / "parts" / "curves.png").stat().st_size > 1000
    assert (tmp_path / "parts" / "best.safetensors").exists()


def test_rows_of_undone_work_are_dropped_after_a_kill(data, tmp_path, monkeypatch):
    """A kill between two checkpoints loses the steps since the first, and their rows."""
    real_step, done = loop.train_step, []

    def step_until_killed(*arguments, **named):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(1)
        return real_step(*arguments, **named)

    loop.train(TINY, data, data, tmp_path, workers=0, max_minutes=0.0)
    monkeypatch.setattr(loop, "train_step", step_until_killed)
    with pytest.raises(KeyboardInterrupt):
        loop.train(TINY, data, data, tmp_path, workers=0)
    monkeypatch.setattr(loop, "train_step", real_step)
    loop.train(TINY, data, data, tmp_path, workers=0)
    with (tmp_path / "log.csv").open() as file:
        assert [int(row["step"]) for row in csv.DictReader(file)] == [1, 2, 3, 4]


def test_other_settings_do_not_resume(data, tmp_path):
    loop.train(replace(TINY, steps=1), data, data, tmp_path, workers=0)
    with pytest.raises(InputError, match="other settings"):
        loop.train(replace(TINY, steps=2), data, data, tmp_path, workers=0)


def test_a_run_that_began_with_other_weights_does_not_resume(data, tmp_path):
    for seed, name in enumerate(("first", "second")):
        loop.train(replace(TINY, steps=1, validate_every=1, seed=seed), data, data, tmp_path / name, workers=0)
    first, second = (tmp_path / name / "best.safetensors" for name in ("first", "second"))
    loop.train(TINY, data, data, tmp_path / "run", workers=0, max_minutes=0.0, start_from=first)
    for other in (second, None):
        with pytest.raises(InputError, match="began with other weights"):
            loop.train(TINY, data, data, tmp_path / "run", workers=0, start_from=other)
    assert loop.train(TINY, data, data, tmp_path / "run", workers=0, start_from=first).step == TINY.steps


def test_a_setting_that_a_checkpoint_does_not_know_had_its_default(data, tmp_path):
    done = loop.train(TINY, data, data, tmp_path, workers=0)
    state = torch.load(tmp_path / "last.pt", weights_only=True)
    known = json.loads(state["settings"])
    del known["absent"], known["model"]["late"]["votes"]
    torch.save({**state, "settings": json.dumps(known)}, tmp_path / "last.pt")
    assert loop.train(TINY, data, data, tmp_path, workers=0) == done
    with pytest.raises(InputError, match="other settings"):
        loop.train(replace(TINY, weight_decay=0.5), data, data, tmp_path, workers=0)


def test_worker_processes_give_the_same_steps(data, tmp_path):
    here = loop.train(replace(TINY, steps=2), data, data, tmp_path / "here", workers=0)
    beside = loop.train(replace(TINY, steps=2), data, data, tmp_path / "beside", workers=1)
    assert here.sentences == beside.sentences
    for name, value in weights(tmp_path / "here").items():
        assert torch.equal(value, weights(tmp_path / "beside")[name]), name


def test_replicas_meet_at_the_mean_of_their_weights(data, tmp_path):
    config = replace(TINY, steps=2, replicas=2, meet_every=2)
    progress = loop.train(config, data, data, tmp_path, workers=0)
    ends, seen = [], 0
    for replica in (0, 1):
        torch.manual_seed(config.seed)
        model = Referrer(config.model)
        optimizer = build_optimizer(model, config)
        for number in range(2):
            for group in optimizer.param_groups:
                group["lr"] = group["top_lr"] * learning_rate_factor(number, config)
            torch.manual_seed(loop._seed(config.seed, number, replica))
            batch = batch_of(Steps(data, config, replica=replica)[number], config.model)
            train_step(model, optimizer, batch, None, config.max_gradient_norm)
            seen += len(batch.sentences)
        ends.append(model.state_dict())
    assert progress.sentences == seen
    assert not torch.equal(ends[0]["network.encoder.head.key.weight"], ends[1]["network.encoder.head.key.weight"])
    for name, value in weights(tmp_path).items():
        if value.is_floating_point():
            torch.testing.assert_close(value, (ends[0][name] + ends[1][name]) / 2, rtol=1e-4, atol=1e-6)


def test_replicas_that_are_stopped_end_like_unbroken_ones(data, tmp_path):
    config = replace(TINY, steps=6, validate_every=6, replicas=2, meet_every=2)
    loop.train(config, data, data, tmp_path / "whole", workers=0)
    for _ in range(3):
        loop.train(config, data, data, tmp_path / "parts", workers=0, max_minutes=0.0)
    for name, value in weights(tmp_path / "whole").items():
        assert torch.equal(value, weights(tmp_path / "parts")[name]), name


@pytest.mark.parametrize(
    ("change", "message"),
    [({"meet_every": 4}, "multiple of 4"), ({"replicas": 8}, "at least 8")],
)
def test_replicas_without_work_are_refused(data, tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        loop.train(replace(TINY, **change), data, data, tmp_path, workers=0)


def test_replicas_on_a_gpu_are_refused(data, tmp_path):
    with pytest.raises(InputError, match="give --replicas 1"):
        loop.train(replace(TINY, replicas=2), data, data, tmp_path, workers=0, device="cuda")


def test_a_replica_that_fails_says_why_and_ends_the_run(data, tmp_path, capfd):
    (tmp_path / "data").mkdir()
    broken = write_tiny_data(tmp_path / "data")
    _, second, *_ = Folder(broken).scans  # of the other process
    Folder(broken).path(second).write_bytes(b"no scan")
    with pytest.raises(InputError, match="expected 2 processes to meet"):
        loop.train(replace(TINY, replicas=2), Folder(broken), data, tmp_path / "run", workers=0)
    assert f"error: {Folder(broken).path(second)}" in capfd.readouterr().err


def test_replicas_have_workers_of_their_own(data, tmp_path):
    config = replace(TINY, steps=2, replicas=2, meet_every=2)
    here = loop.train(config, data, data, tmp_path / "here", workers=0)
    beside = loop.train(config, data, data, tmp_path / "beside", workers=1)
    assert (here.step, here.sentences) == (beside.step, beside.sentences)
    for name, value in weights(tmp_path / "here").items():
        assert torch.equal(value, weights(tmp_path / "beside")[name]), name


def test_learning_rate_rises_then_falls_to_zero():
    config = replace(TINY, steps=100, warmup_steps=10)
    factors = [learning_rate_factor(step, config) for step in range(100)]
    assert factors[9] == 1.0 == max(factors)
    assert factors[:10] == sorted(factors[:10])
    assert factors[10:] == sorted(factors[10:], reverse=True)
    assert math.isclose(factors[99], 0.0, abs_tol=1e-3)
    cycles = replace(config, steps=300, cycles=3)
    assert [learning_rate_factor(step, cycles) for step in range(100)] == factors
    for begin in (100, 200):
        later = [learning_rate_factor(step, cycles) for step in range(begin, begin + 100)]
        assert later == pytest.approx([0.3 * factor for factor in factors])


def test_the_mean_of_the_last_two_cycles_is_judged(data, tmp_path, monkeypatch):
    judged = []

    def spy(model, *arguments, **options):
        judged.append({name: value.clone() for name, value in model.state_dict().items()})
        return evaluate(model, *arguments, **options)

    monkeypatch.setattr(judging, "evaluate", spy)
    config = replace(TINY, steps=6, cycles=3, warmup_steps=0, validate_every=6)
    ends = {}
    for cycles in (1, 2, 3):
        judged.clear()
        loop.train(replace(config, steps=2 * cycles, cycles=cycles), data, data, tmp_path / str(cycles), workers=0)
        ends[cycles] = weights(tmp_path / str(cycles))
    assert len(judged) == 3
    for found, expected in zip(
        judged, (ends[1], mean_of([ends[1], ends[2]]), mean_of([ends[2], ends[3]])), strict=True
    ):
        assert all(torch.equal(value, expected[name]) for name, value in found.items())
    assert not torch.equal(ends[2]["network.encoder.head.key.weight"], ends[3]["network.encoder.head.key.weight"])


def test_a_run_of_cycles_that_is_stopped_ends_like_an_unbroken_one(data, tmp_path):
    config = replace(TINY, cycles=2)
    whole = loop.train(config, data, data, tmp_path / "whole", workers=0)
    for _ in range(config.steps):
        parts = loop.train(config, data, data, tmp_path / "parts", workers=0, max_minutes=0.0)
    assert (parts.step, parts.best_score) == (config.steps, whole.best_score)
    states = [load_weights(tmp_path / run / "best.safetensors")[0].state_dict() for run in ("whole", "parts")]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_runs_that_cannot_be_are_refused():
    assert replace(TINY, steps=12, cycles=3, meet_every=2).cycle_steps == 4
    for wrong in ({"seed": -1}, {"weight_decay": -1.0}, {"turns": 0}, {"warmup_steps": -1}):
        with pytest.raises(InputError, match="at least"):
            replace(TINY, **wrong)
    for cycles in (0, 5, 4):  # none, not of one length, ending between two meetings
        with pytest.raises(InputError):
            replace(TINY, steps=12, cycles=cycles, meet_every=2)


def test_gru_vocabulary_comes_from_the_training_sentences(data):
    text = TextConfig(encoder="gru", vocabulary=())
    completed = complete(replace(TINY, model=replace(TINY.model, text=text)), data)
    assert {"green", "red", "box"} <= set(completed.model.text.vocabulary)


def test_a_run_can_begin_with_earlier_weights(data, tmp_path):
    one = replace(TINY, steps=1, validate_every=1)
    loop.train(one, data, data, tmp_path / "first", workers=0)
    begin = tmp_path / "first" / "best.safetensors"
    still = replace(one, learning_rate=1e-12, weight_decay=0.0)
    still = replace(still, model=replace(still.model, voxel_size=0.3))  # the same parameters
    loop.train(still, data, data, tmp_path / "second", workers=0, start_from=begin)
    first, second = weights(tmp_path / "first"), weights(tmp_path / "second")
    for name, value in first.items():
        if "running" not in name and "num_batches" not in name:
            torch.testing.assert_close(second[name], value, rtol=1e-5, atol=1e-6)


def test_a_run_can_begin_with_the_unet_of_another_model(data, tmp_path):
    one = replace(TINY, steps=1, validate_every=1)
    loop.train(one, data, data, tmp_path / "first", workers=0)
    begin = tmp_path / "first" / "best.safetensors"
    less = LessConfig(channels=(8, 8), blocks=1, inputs="details", query_width=16, feedforward_width=16)
    still = replace(one, learning_rate=1e-12, weight_decay=0.0, model=replace(one.model, fusion="early", early=less))
    said: list[str] = []
    loop.train(still, data, data, tmp_path / "second", workers=0, start_from=begin, on_message=said.append)
    assert f"begins with the U-Net of {begin}" in said
    first, second = (load_weights(tmp_path / name)[0] for name in ("first", "second"))
    for name, value in first.unet.named_parameters():
        torch.testing.assert_close(second.unet.get_parameter(name), value, rtol=1e-5, atol=1e-6)
    said.clear()
    late = replace(one, learning_rate=1e-12, weight_decay=0.0)
    loop.train(late, data, data, tmp_path / "late", workers=0, start_from=begin, unet_only=True, on_message=said.append)
    assert f"begins with the U-Net of {begin}" in said
    wider = replace(still, model=replace(still.model, early=replace(less, channels=(8, 16))))
    with pytest.raises(InputError, match=r"expected a U-Net of 13 inputs, widths \(8, 16\).* got one of .*\(8, 8\)"):
        loop.train(wider, data, data, tmp_path / "third", workers=0, start_from=begin)


def test_the_best_weights_are_calibrated_once_at_the_end(data, tmp_path):
    best = tmp_path / "run" / "best.safetensors"
    said: list[str] = []
    while loop.train(TINY, data, data, tmp_path / "run", workers=0, max_minutes=0.0, on_message=said.append).step < 4:
        if best.exists():
            assert load_weights(best)[0].calibration == Calibration()
    fitted = load_weights(best)[0].calibration
    assert fitted != Calibration()
    assert sum(line.startswith("calibrated on 6 sentences") for line in said) == 1
    loop.train(TINY, data, data, tmp_path / "run", workers=0, on_message=said.append)
    assert sum(line.startswith("calibrated") for line in said) == 1
    start = replace(TINY, validate_every=1)
    loop.train(start, data, data, tmp_path / "next", workers=0, max_minutes=0.0, start_from=best)
    assert load_weights(tmp_path / "next" / "best.safetensors")[0].calibration == Calibration()


def test_only_what_is_asked_for_learns(data, tmp_path):
    loop.train(TINY, data, data, tmp_path / "first", workers=0)
    config = replace(TINY, learn=("network.absence",))
    loop.train(config, data, data, tmp_path / "second", workers=0, start_from=tmp_path / "first" / "best.safetensors")
    before, after = (load_weights(tmp_path / run / "best.safetensors")[0].state_dict() for run in ("first", "second"))
    changed = {name for name, values in after.items() if not torch.equal(values, before[name])}
    assert changed
    assert not (tmp_path / "second" / "text").exists(), "what the GRU learned is not to be replaced by a table"
    assert all(name.startswith("network.absence") for name in changed), "running statistics stay too"
    with pytest.raises(InputError, match=r"network\.absence.*got 'network\.presence'"):
        loop.train(replace(TINY, learn=("network.presence",)), data, data, tmp_path / "third", workers=0)


def test_sentences_without_classes_cannot_be_borrowed(data, tmp_path):
    with pytest.raises(InputError, match=r"labels of several classes to borrow, got \['box'\]"):
        loop.train(replace(TINY, absent=0.5), data, data, tmp_path / "run", workers=0)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"meet_every": 0},
        {"multiple_weight": 0.0},
        {"warmup_steps": -1},
        {"absent": 1.5},
        {"forget": -0.1},
        {"steps": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        replace(TINY, **wrong)
    for name, value in {"holes": -1, "keep": 7.0, "turn": -0.1}.items():
        with pytest.raises(InputError, match=name):
            replace(TINY.augment, **{name: value})
