"""TGNN's stage two against its formulas, written out node by node and word by word, and worked out by hand."""

from math import log

import pytest
import torch

from less3d.errors import InputError
from less3d.models.tgnn import TGNN, TextGuidedLayer, TgnnConfig, edge_geometry, nearest
from less3d.text import TextFeatures


def make_text(sentences=3, words=5, width=12, seed=0) -> TextFeatures:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(sentences, words, width, generator=generator)
    mask = torch.arange(words) < torch.tensor([words, 2, 3])[:sentences, None]
    return TextFeatures(features * mask[..., None], features.mean(1), mask)


def make_nodes(count=20, width=8, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, width, generator=generator), 3 * torch.rand(count, 3, generator=generator)


def write(model: TGNN, values: dict[str, list]):
    """Set the parameters that are named, and all others to 0."""
    zeros = {name: torch.zeros_like(parameter) for name, parameter in model.named_parameters()}
    model.load_state_dict(zeros | {name: torch.tensor(value) for name, value in values.items()})


def test_scores_are_those_worked_out_by_hand():
    """Objects 1, -1 and 2 at x = 0, 1 and 3, of which each sees itself and one other, and words L and -L; L = log 3."""
    L = log(3)
    model, same = TGNN(TgnnConfig(width=2, layers=1, neighbors=1), node_width=1, text_width=1), [[1, 0], [0, 1]]
    write(model, {
        # ReLU(x, -x): h = (1, 0), (0, 1), (2, 0) and w = (L, 0), (0, L). Thus h . w = (L, 0), (0, L), (2 L, 0),
        # shares of words are 3/4 1/4, 1/4 3/4 and 9/10 1/10, and h * m = (.75 L, 0), (0, .75 L), (1.8 L, 0).
        "layers.0.node.0.weight": [[1], [-1]], "layers.0.node.2.weight": same,
        "layers.0.word.0.weight": [[1], [-1]], "layers.0.word.2.weight": same,
        # ReLU(x_j - x_i, 2 x_j + x_i - distance) - (2, 0): e_00 = (-2, 0), e_01 = (-1, 1), e_11 = (-2, 3),
        # e_10 = (-2, 0), e_22 = (-2, 9), e_21 = (-2, 3).
        "layers.0.edge.0.weight": [[0, 0, 0, 0, 0, 0, 1, 0, 0, 0], [2, 0, 0, 1, 0, 0, 0, 0, 0, -1]],
        "layers.0.edge.2.weight": same, "layers.0.edge.2.bias": [-2, 0],
        # h' = (1 - 1.5 L, .75 L), (-1.5 L, 1 + 2.25 L), (2 - 3.6 L, 2.25 L), and the score is 2 p + q + 1.
        "score.weight": [[2, 1]], "score.bias": [1],
    })  # fmt: skip
    text = TextFeatures(torch.tensor([[[L], [-L]]]), torch.zeros(1, 1), torch.ones(1, 2, dtype=torch.bool))
    positions = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [3.0, 0.0, 0.0]])
    got = model(torch.tensor([[1.0], [-1.0], [2.0]]), positions, text)
    torch.testing.assert_close(got, torch.tensor([[[3 - 2.25 * L, 2 - 0.75 * L, 5 - 4.95 * L]]]))


@pytest.mark.parametrize(("config", "seen"), [(TgnnConfig(), 1 + 16), (TgnnConfig(layers=2, neighbors=2), 1 + 2)])
def test_layers_follow_one_another_on_an_object_and_those_nearest_to_it(config, seen):
    torch.manual_seed(0)
    model, text = TGNN(config, node_width=8, text_width=12), make_text()
    features, positions = make_nodes(24)
    near = (positions - positions[:, None]).norm(dim=2).argsort(dim=1)[:, :seen]
    nodes = features.expand(3, -1, -1)
    for layer in model.layers:
        nodes = layer(nodes, near, edge_geometry(positions, near), text)
    expected = nodes @ model.score.weight[0] + model.score.bias
    torch.testing.assert_close(model(features, positions, text), expected[None], rtol=1e-4, atol=1e-4)


def test_a_layer_is_its_formula():
    torch.manual_seed(0)
    layer, text = TextGuidedLayer(8, 12, 16), make_text()
    features, positions = make_nodes(6)
    near = nearest(positions, 3)
    nodes = features.expand(3, -1, -1)
    got = layer(nodes, near, edge_geometry(positions, near), text)
    h, words = layer.node(features), layer.word(text.words)
    for sentence in range(3):
        told = words[sentence][text.mask[sentence]]
        for i in range(6):
            expected = h[i].clone()
            for j in near[i].tolist():
                weights = torch.stack([h[j] @ word for word in told]).softmax(dim=0)
                mixed = sum(weight * word for weight, word in zip(weights, told, strict=True))
                offset = positions[j] - positions[i]
                edge = layer.edge(torch.cat([positions[j], positions[i], offset, offset.norm()[None]]))
                expected += h[j] * mixed * edge
            torch.testing.assert_close(got[sentence, i], expected)


def test_neighbors_are_the_object_and_those_nearest_to_it():
    _, positions = make_nodes(20)
    near = nearest(positions, 4)
    for i, row in enumerate(near.tolist()):
        distance = (positions - positions[i]).norm(dim=1)
        assert row[0] == i
        assert row == distance.argsort()[:5].tolist()
    together = torch.zeros(3, 3)  # all in one place
    assert nearest(together, 16)[:, 0].tolist() == [0, 1, 2]
    assert nearest(together, 16).shape == (3, 3)


def test_the_order_of_objects_does_not_matter():
    torch.manual_seed(0)
    model, text = TGNN(TgnnConfig(), node_width=8, text_width=12), make_text()
    features, positions = make_nodes(24)
    order = torch.randperm(24)
    torch.testing.assert_close(
        model(features[order], positions[order], text),
        model(features, positions, text)[..., order],
        rtol=1e-4,
        atol=1e-4,
    )


def test_padding_and_other_sentences_change_nothing():
    torch.manual_seed(0)
    model, text = TGNN(TgnnConfig(), node_width=8, text_width=12), make_text()
    nodes = make_nodes()
    together = model(*nodes, text)
    for row in range(3):
        count = int(text.mask[row].sum())
        alone = TextFeatures(
            text.words[row : row + 1, :count], text.sentence[row : row + 1], text.mask[row : row + 1, :count]
        )
        torch.testing.assert_close(model(*nodes, alone)[0, 0], together[0, row])
    torch.testing.assert_close(
        model(*nodes, TextFeatures(text.words + ~text.mask[..., None] * 7.0, text.sentence, text.mask)), together
    )


def test_every_part_is_linear_relu_linear():
    model = TGNN(TgnnConfig(), node_width=8, text_width=12)
    for part in [part for layer in model.layers for part in (layer.node, layer.word, layer.edge)]:
        assert [type(step).__name__ for step in part] == ["Linear", "ReLU", "Linear"]


def test_the_paper_s_sizes():
    model = TGNN(TgnnConfig(), node_width=32, text_width=256)
    assert [layer.node[0].in_features for layer in model.layers] == [32, 128, 128]
    assert all(layer.node[-1].out_features == layer.word[-1].out_features == 128 for layer in model.layers)
    assert all(layer.edge[0].in_features == 10 for layer in model.layers)
    own = [128 * (width + 1) + 128 * 129 for width in (32, 128, 128)]
    others = 3 * (128 * 257 + 128 * 129) + 3 * (128 * 11 + 128 * 129)
    assert sum(parameter.numel() for parameter in model.parameters()) == sum(own) + others + 129


def test_every_parameter_learns():
    torch.manual_seed(0)
    model = TGNN(TgnnConfig(), node_width=8, text_width=12)
    model(*make_nodes(), make_text()).logsumexp(dim=2).sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.parameters())


def test_sizes_that_are_none_are_refused():
    for name in ("width", "layers", "neighbors"):
        with pytest.raises(InputError, match=name):
            TgnnConfig(**{name: 0})
