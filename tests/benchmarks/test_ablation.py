"""The ablation: variants differ in what they say, runs are not made twice, and seeds are summed up."""

import json
from argparse import Namespace
from itertools import pairwise

import ablation
import pytest
import torch
from tiny_data import write_tiny_data
from tiny_run import tiny_run

from less3d.benchmark.runs import at_length, finish, folder_of
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
    places = [folder_of(name) for name in variants]
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
    run = ablation.run_of("given: + counting", ablation.variants()["given: + counting"], options)
    assert run.begin is not None
    start, (released, _) = load_weights(run.begin)[0].state_dict(), load_weights()
    known = released.state_dict()
    for name, values in known.items():
        if name.startswith(("network.encoder.", "network.words.")):
            assert torch.equal(start[name], values), name
    assert not torch.equal(start["network.relate.enter.weight"], known["network.relate.enter.weight"])


def test_a_row_has_the_mean_and_spread_of_its_seeds():
    lines = ablation.table({"runs": [scored("one", 0, 0.2), scored("two", 0, 0.5), scored("one", 1, 0.4)]})
    assert lines[2] == "| one | 2 | 30 | 12,345 | 0.300 ± 0.141 | 0.500 ± 0.000 | 0.400 ± 0.000 | 0.600 ± 0.000 |  |  |"
    assert lines[3].startswith("| two | 1 | 30 | 12,345 | 0.500 |")


@pytest.fixture
def options(tmp_path):
    data = write_tiny_data(tmp_path)
    folders = {"data": data, "test": data, "runs": tmp_path / "runs"}
    return Namespace(**folders, test_scans=2, minutes=1.0, seeds=1)


def test_what_is_written_is_what_runs_have_scored(options):
    run = finish(ablation.run_of("tiny", at_length(TINY, 2, 0), options))
    options.output = options.runs / "ablation.json"
    ablation.write(options, [run, ablation.run_of("not run", TINY, options)])
    (result,) = json.loads(options.output.read_text())["runs"]
    assert (result["variant"], result["steps"], result["sentences"]) == ("tiny", 2, 4)
    assert result["scores"]["overall"]["sentences"] == 4
    assert "by_label" not in result["scores"]
    gain = result["scores"]["multiple"]["miou"] - result["class_word"]["multiple"]["miou"]
    assert result["reading_gain_miou"] == pytest.approx(gain)
