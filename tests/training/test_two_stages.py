"""A system of two stages is trained one after the other, each judged by what it is for."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_data import write_tiny_data
from tiny_run import tiny_run

from less3d.data.augment import AugmentConfig
from less3d.data.folder import Folder
from less3d.errors import InputError
from less3d.io import read_scan, write_scan
from less3d.models import ModelConfig, Referrer
from less3d.models.graph import GraphConfig
from less3d.models.instances import InstanceConfig
from less3d.models.tgnn import TgnnConfig
from less3d.predict import Segmenter
from less3d.scan import Scan
from less3d.training.evaluate import evaluate
from less3d.training.instances import evaluate_instances, read_instance_rows
from less3d.training.loader import Steps
from less3d.training.loop import train
from less3d.training.recipes import complete
from less3d.weights import load_weights, save_weights

_GRAPH = GraphConfig(instances=InstanceConfig(channels=(8, 8), blocks=1, inputs="details"))
STAGE_ONE = replace(tiny_run(), model=ModelConfig(fusion="graph", graph=_GRAPH, voxel_size=0.2))
STAGE_TWO = replace(
    tiny_run(),
    model=replace(
        tiny_run("the", "red", "green", "box").model,
        fusion="graph",
        graph=GraphConfig(matcher="tgnn", tgnn=TgnnConfig(width=8)),
    ),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Folder:
    return Folder(write_tiny_data(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def first(data, tmp_path_factory):
    """The folder of a trained first stage."""
    output = tmp_path_factory.mktemp("first")
    train(complete(STAGE_ONE, data), data, data, output, workers=0)
    return output


def test_the_first_stage_is_judged_as_instance_segmentation(data, first):
    model, info = load_weights(first)
    scores = evaluate_instances(model, data)
    assert info.metadata["best_score"] == scores.mean.ap_50
    rows = read_instance_rows(first / "validation.csv")
    assert set(rows) == set(scores.by_class) == {"box"}
    assert rows["box"].ap_25 == pytest.approx(scores.by_class["box"].ap_25, abs=1e-4)
    card = (first / "card.md").read_text()
    assert "AP50" in card
    assert "answers no sentence" in card
    assert not (first / "text").exists()  # nothing was read


def test_a_first_stage_keeps_the_classes_of_the_weights_it_begins_with(data, first, tmp_path):
    names = ("wall", "box")
    stage_one = replace(STAGE_ONE.model, graph=replace(_GRAPH, instances=replace(_GRAPH.instances, classes=names)))
    save_weights(Referrer(stage_one), tmp_path / "best.safetensors", metadata={})
    assert complete(STAGE_ONE, data, start_from=tmp_path).model.graph.instances.classes == names
    assert complete(STAGE_ONE, data, start_from=first).model.graph.instances.classes == ("box",)


def test_it_is_not_completed_twice(data, first):
    before = (first / "best.safetensors").read_bytes(), (first / "card.md").read_bytes()
    train(complete(STAGE_ONE, data), data, data, first, workers=0)
    assert before == ((first / "best.safetensors").read_bytes(), (first / "card.md").read_bytes())


def test_the_second_stage_keeps_the_first_and_answers(data, first, tmp_path):
    config = complete(STAGE_TWO, data, start_from=first)
    assert config.model.graph.instances.classes == ("box",)
    train(config, data, data, tmp_path, start_from=first, workers=0)
    one, two = (load_weights(folder)[0].state_dict() for folder in (first, tmp_path))
    own = [name for name in one if name.startswith("network.instances.")]
    assert own
    for name in own:
        assert torch.equal(one[name], two[name]), name
    scan = read_scan(data.path("room0"))
    answer = Segmenter.from_pretrained(tmp_path, turns=1).set_scan(scan).segment("the red box")
    assert answer.mask.shape == (len(scan),)


def test_with_true_instances_an_answer_is_one_of_them(data, first, tmp_path):
    config = complete(STAGE_TWO, data, start_from=first)
    train(config, data, data, tmp_path, start_from=first, workers=0)
    model, _ = load_weights(tmp_path)
    rows = evaluate(model, data, true_instances=True, turns=1)
    assert len(rows) == 6
    assert all(row.iou > 0.8 or row.iou < 0.2 for row in rows)  # one of two boxes, but for voxels that both share
    late = complete(tiny_run("the", "red", "green", "box"), data)
    train(late, data, data, tmp_path / "late", workers=0)
    with pytest.raises(InputError, match="two stages takes annotated objects"):
        evaluate(load_weights(tmp_path / "late")[0], data, true_instances=True)


def test_the_second_stage_wants_the_first(data, first, tmp_path):
    config = complete(STAGE_TWO, data, start_from=first)
    with pytest.raises(InputError, match="rooms-instances"):
        train(config, data, data, tmp_path, workers=0)
    other = replace(config, model=replace(config.model, voxel_size=0.3))
    with pytest.raises(InputError, match="another model's"):
        train(other, data, data, tmp_path, start_from=first, workers=0)
    masks_alone = complete(tiny_run("the", "red", "green", "box"), data)
    train(masks_alone, data, data, tmp_path / "masks", workers=0)
    with pytest.raises(InputError, match="two stages, got one of late fusion"):
        evaluate_instances(load_weights(tmp_path / "masks")[0], data)


def test_what_is_no_object_is_told_apart_however_rare_it_is(tmp_path):
    """Of eleven rooms one has a ceiling, and a lamp that is too rare to be told apart."""
    (tmp_path / "scans").mkdir()
    points = np.random.default_rng(0).uniform(0, 2, (60, 3)).astype(np.float32)
    for number in range(11):
        labels = {0: "wall", 1: "chair", 2: "ceiling", 3: "lamp"} if number == 10 else {0: "wall", 1: "chair"}
        instances = np.arange(60, dtype=np.int32) % len(labels)
        scan = Scan(points=points, colors=np.zeros((60, 3), np.uint8), instances=instances, labels=labels)
        write_scan(scan, tmp_path / "scans" / f"room{number:02d}.npz")
    rows = [{"scan": f"room{number:02d}", "sentence": "the chair", "target_id": 1} for number in range(11)]
    (tmp_path / "sentences.jsonl").write_text("\n".join(map(json.dumps, rows)))
    instances = complete(STAGE_ONE, Folder(tmp_path)).model.graph.instances
    assert instances.classes == ("chair", "wall", "ceiling")
    assert instances.is_background[instances.number_of("ceiling")]


def test_weights_that_stand_for_other_classes_are_not_taken_over():
    one, same, other = (
        Referrer(replace(STAGE_ONE.model, graph=replace(_GRAPH, instances=replace(_GRAPH.instances, classes=classes))))
        for classes in (("chair", "wall"), ("chair", "wall"), ("wall", "chair"))
    )
    assert same.begin_with(one) == "all"
    assert other.begin_with(one) == "the U-Net"


def test_words_of_another_vocabulary_are_not_taken_over():
    one, other = (Referrer(tiny_run(*words).model) for words in (("red", "box"), ("box", "red")))
    assert other.begin_with(one) == "the U-Net"


def test_labels_go_where_the_points_go(data):
    """Colors say what is what in these rooms, however they are turned, thinned and cut."""
    plain = replace(STAGE_ONE.augment, brightness=0.0, contrast=0.0, tint=0.0, grey=0.0, color_noise=0.0, flatten=0.0)
    for model in (STAGE_ONE.model, complete(STAGE_TWO, data).model):
        config = replace(STAGE_ONE, model=model, augment=plain)
        for step in range(4):
            (asked,) = Steps(data, config)[step]
            assert asked.labels is not None
            red = asked.colors[:, 0] > 100
            owners = [set(asked.labels.object_of[rows].tolist()) for rows in (red, ~red)]
            assert owners in ([{0}, {1}], [{1}, {0}])
            assert len(asked.labels.classes) == 2
            assert bool(asked.sentences) == model.answers


def test_whichever_labels_are_read_the_scans_are_the_same(data, tmp_path, monkeypatch):
    """Only one of two boxes is described, and only that one becomes plainer."""
    monkeypatch.setattr("less3d.data.augment.FEW", 1)
    (tmp_path / "scans").mkdir()
    write_scan(read_scan(data.path("room0")), tmp_path / "scans" / "room0.npz")
    (tmp_path / "sentences.jsonl").write_text(json.dumps({"scan": "room0", "sentence": "the red box", "target_id": 1}))
    some = Folder(tmp_path)
    masks_alone = replace(tiny_run("the", "red", "box"), augment=AugmentConfig(flatten=1.0))
    two_stages = replace(masks_alone, model=complete(STAGE_TWO, data).model)
    assert two_stages.model.needs_labels
    assert not masks_alone.model.needs_labels
    for step in range(3):
        (one,), (other,) = (Steps(some, config)[step] for config in (masks_alone, two_stages))
        torch.testing.assert_close(one.points, other.points, rtol=0, atol=0)
        torch.testing.assert_close(one.colors, other.colors, rtol=0, atol=0)
        assert len(other.labels.classes) == 2


def test_sentences_with_masks_of_their_own_are_left_out(data, tmp_path):
    (tmp_path / "scans").mkdir()
    np.save(tmp_path / "mask.npy", np.arange(600) < 100)
    write_scan(read_scan(data.path("room0")), tmp_path / "scans" / "room0.npz")
    own = {"scan": "room0", "sentence": "the corner", "mask": "mask.npy"}
    config = replace(complete(STAGE_TWO, data), max_points=300)
    for rows in ([own, {"scan": "room0", "sentence": "the red box", "target_id": 1}], [own]):
        (tmp_path / "sentences.jsonl").write_text("\n".join(map(json.dumps, rows)))
        steps = Steps(Folder(tmp_path), config)
        if len(rows) == 2:
            assert steps[0][0].sentences == ("the red box",)
        else:
            with pytest.raises(InputError, match="room0: expected a sentence about one of its annotated objects"):
                _ = steps[0]


def test_scans_without_labels_are_refused(data, tmp_path):
    (tmp_path / "scans").mkdir()
    (tmp_path / "sentences.jsonl").write_text((data.root / "sentences.jsonl").read_text())
    scan = read_scan(data.path("room0"))
    for number in range(3):
        write_scan(replace(scan, labels=None), tmp_path / "scans" / f"room{number}.npz")
    with pytest.raises(InputError, match="names of their classes"):
        complete(STAGE_ONE, Folder(tmp_path))
