"""The ablation: variants differ in what they say, runs are not made twice, and seeds are summed up."""

import json
from argparse import Namespace
from dataclasses import replace
from itertools import pairwise

import ablation
import pytest
import torch
from tiny_data import write_tiny_data
from tiny_run import tiny_run

from less3d.training.recipes import RECIPES
from less3d.weights import load_weights

TINY = tiny_run("the", "red", "green", "box")


def scored(variant: str, seed: int, miou: float) -> dict:
    overall = {"miou": miou, "acc_25": 0.5, "acc_50": 0.4}
    scores = {"overall": overall, "unique": {"miou": 0.6}, "multiple": None}
    run = {"variant": variant, "seed": seed, "minutes": 30.2, "sentences": 12345, "scores": scores}
    return {**run, "reading_gain_miou": None}


def test_variants_are_all_different_and_ready_for_one_process():
    variants = ablation.variants()
    assert len(set(variants.values())) == len(variants)
    assert all(config.replicas == config.meet_every == 1 for config in variants.values())
    places = [ablation.folder_of(name) for name in variants]
    assert len(set(places)) == len(places)


def test_parts_are_added_one_by_one():
    variants = list(ablation.variants().values())
    for chain in (variants[2:5], variants[5:]):
        for one, other in pairwise(chain):
            before, after = vars(one.model.late), vars(other.model.late)
            assert len({name for name in before if before[name] != after[name]}) == 1
    assert variants[-1].model == RECIPES["rooms-base-cpu"].model
    assert all(bool(config.learn) == (place >= 5) for place, config in enumerate(variants))


def test_what_compares_begins_from_nothing_and_what_sees_and_reads_as_released(options):
    job = ablation.job_of("given: + counting", ablation.variants()["given: + counting"], options)
    job.folder.mkdir(parents=True)
    start, (released, _) = load_weights(ablation._with_given(job))[0].state_dict(), load_weights()
    known = released.state_dict()
    for name, values in known.items():
        if name.startswith(("network.encoder.", "network.words.")):
            assert torch.equal(start[name], values), name
    assert not torch.equal(start["network.relate.enter.weight"], known["network.relate.enter.weight"])


def test_steps_follow_from_minutes():
    config = ablation.at_length(TINY, 1001, 7)
    assert (config.steps, config.seed, config.validate_every, config.warmup_steps) == (1001, 7, 1001, 2)
    assert ablation.at_length(TINY, 0, 0).steps == 1


def test_a_row_has_the_mean_and_spread_of_its_seeds():
    lines = ablation.table({"runs": [scored("one", 0, 0.2), scored("two", 0, 0.5), scored("one", 1, 0.4)]})
    assert lines[2] == "| one | 2 | 30 | 12,345 | 0.300 ± 0.141 | 0.500 ± 0.000 | 0.400 ± 0.000 | 0.600 ± 0.000 |  |  |"
    assert lines[3].startswith("| two | 1 | 30 | 12,345 | 0.500 |")


@pytest.fixture
def options(tmp_path):
    data = write_tiny_data(tmp_path)
    folders = {"data": data, "test": data, "runs": tmp_path / "runs"}
    return Namespace(**folders, test_scans=2, minutes=1.0, seeds=1)


def test_a_finished_run_is_scored_once_and_another_is_refused_in_its_place(options):
    job = ablation.job_of("tiny", ablation.at_length(TINY, 2, 0), options)
    assert not ablation.is_finished(job)
    ablation.run(job)
    assert ablation.is_finished(job)
    result = json.loads(job.result.read_text())
    assert (result["steps"], result["sentences"], result["scores"]["overall"]["sentences"]) == (2, 4, 4)
    with pytest.raises(SystemExit, match="other settings"):
        ablation.is_finished(replace(job, config=replace(job.config, steps=3)))


def test_a_speed_is_measured_and_leaves_nothing(options):
    job = ablation.job_of("tiny", TINY, options)
    name, speed = ablation.pilot((job, 0.0))
    assert name == "tiny"
    assert speed > 0
    assert list(job.folder.parent.iterdir()) == []
