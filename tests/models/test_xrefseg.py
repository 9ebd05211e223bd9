"""X-RefSeg3D's stage two against its formulas, written out object by object and word by word, and by hand."""

from math import log

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from less3d.errors import InputError
from less3d.models.tgnn import nearest
from less3d.models.xrefseg import ATTRIBUTE, ENTITY, RELATION, WordsOnObjects, XRefSeg, XRefSegConfig, edge_types
from less3d.text import TextFeatures

SMALL = XRefSegConfig(width=12, attention_width=10, interaction_width=9, hidden_width=5, branches=2, neighbors=3)


def make_text(words=5, width=14, seed=0) -> TextFeatures:
    generator = torch.Generator().manual_seed(seed)
    mask = torch.arange(words) < torch.tensor([words, 2, 3])[:, None]
    features = torch.randn(3, words, width, generator=generator) * mask[..., None]
    return TextFeatures(features, features.mean(1), mask)


def make_nodes(count=7, width=8, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, width, generator=generator), 3 * torch.rand(count, 3, generator=generator)


def make_model(config=SMALL, **widths) -> XRefSeg:
    torch.manual_seed(0)
    return XRefSeg(config, **{"node_width": 8, "text_width": 14} | widths)


def write(model: XRefSeg, values: dict):
    """Set the first rows and columns of the parameters that are named, and all else to 0."""
    state = {name: torch.zeros_like(parameter) for name, parameter in model.named_parameters()}
    for name, value in values.items():
        corner = torch.tensor(value)
        state[name][tuple(slice(size) for size in corner.shape)] = corner
    model.load_state_dict(state)


def said_of(attention: WordsOnObjects, words, weights, objects):
    """For each object the sum over words of share x weight x word."""
    total = torch.zeros(len(objects), words.shape[1])
    for word, weight in zip(words, weights, strict=True):
        fits = torch.stack([attention.query(word) @ attention.key(own) for own in objects]) / SMALL.attention_width**0.5
        total = total + fits.softmax(dim=0)[:, None] * weight * word
    return total


def test_scores_are_those_worked_out_by_hand():
    """Objects 1, -1 and 2 at x = 0, 1 and 5, of which each sees one other, and words 1 and -1."""
    L = log(3)
    config = XRefSegConfig(2, attention_width=4, interaction_width=3, hidden_width=1, branches=1, neighbors=1)
    model = make_model(config, node_width=1, text_width=1)
    write(model, {
        # Two words: a = (1, 1) and b = (-1, 1).
        "words.weight": [[1], [0]], "words.bias": [0, 1],
        # Sigmoid(L) = 3/4 for a, Sigmoid(-L) = 1/4 for b; 4 L times that, less L, is log 9 for a and log 1 for b.
        # Of the roles that is the relation, beside odds of 1/2 of an entity, of 3/2 of an attribute and of 1 of others:
        # a is 9/12 relation and 2/12 entity or attribute, b is 1/4 and 2/4.
        "roles.0.weight": [[L, 0]], "roles.2.weight": [[0], [0], [4 * L], [0]],
        "roles.2.bias": [log(1 / 2), log(3 / 2), -L, 0],
        # Of the types that is 8, beside odds of 1 of 0 and of 2 of 4: types 0, 4, 8 are 1/12, 2/12, 9/12 of a
        # and 1/4, 2/4, 1/4 of b. Sum of a's times 3/4 and b's times 1/4: g_0 = 1/8, g_4 = 1/4, g_8 = 5/8.
        "edge_types.0.weight": [[L, 0]], "edge_types.2.weight": [[0]] * 8 + [[4 * L]],
        "edge_types.2.bias": [0, -99, -99, -99, log(2), -99, -99, -99, -L],
        # ReLU(x, -x) = (1, 0), (0, 1), (2, 0) becomes v = (-15, 15), (15, 30), (-30, 15).
        "branches.0.0.weight": [[1], [-1]], "branches.0.2.weight": [[-15, 15], [0, 15]], "branches.0.2.bias": [0, 15],
        # Keys 0, 1, 0; query 2 L / 2 for a, 0 for b: a goes .2, .6, .2 to the objects and counts 1/6, b goes 1/3 each
        # and counts 1/2. t = (-2, 3) / 15, (-1, 4) / 15, (-2, 3) / 15, and x = t * v = (2, 3), (-1, 8), (4, 3).
        "fusions.0.query.weight": [[L, L]], "fusions.0.key.weight": [[0, 1 / 15]], "fusions.0.key.bias": [-1],
        # Keys 0, 1, 0; query 0 for a, 2 L / 2 for b: a goes 1/3 each and counts 3/4, b goes .2, .6, .2 and counts 1/4.
        # t = (.2, .3), (.1, .4), (.2, .3), and y = t * x = (.4, .9), (-.1, 3.2), (.8, .9).
        "relations.query.weight": [[-L, L]], "relations.key.weight": [[0, 0.2]], "relations.key.bias": [-0.6],
        # ReLU(x) = (2, 3), (0, 8), (4, 3); h = ReLU(p, q - p - 5, 2 p - q) = (2, 0, 1), (0, 3, 0), (4, 0, 5).
        "object.1.weight": [[1, 0], [-1, 1], [2, -1]], "object.1.bias": [0, -5, 0],
        "object.3.weight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        # ReLU(10 p, 10 q - 30, 10 p - 10 q + 6) = (4, 0, 1), (0, 2, 0), (8, 0, 5), and the last of them first:
        # z = (1, 4, 0), (0, 0, 2), (5, 8, 0).
        "relation.0.weight": [[10, 0], [0, 10], [10, -10]], "relation.0.bias": [0, -30, 6],
        "relation.2.weight": [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
        # r = ReLU(x_j - x_i, distance) = (1, 1), (0, 1), (0, 4) for pairs 01, 10, 21, and (r_0 + 1, r_1, r_0 - r_1 + 1)
        # is e = (2, 1, 1), (1, 1, 0), (1, 4, -3). They are of types 8, 4 and 0, the last being more than 5/4 apart.
        "edge.0.weight": [[0, 0, 0, 0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
        "edge.2.weight": [[1, 0], [0, 1], [1, -1]], "edge.2.bias": [1, 0, 1],
        # The words' maximum is (1, 1), the sentence (1, 2, 2).
        "sentence.weight": [[1, 0], [1, 1], [2, 0]], "scale": log(2),
        "norm.weight": [1, 1, 1], "norm.bias": [1, 0, 0.9], "score.weight": [[1, -1, 3]], "score.bias": [-1],
    })  # fmt: skip
    text = TextFeatures(torch.tensor([[[1.0], [-1.0]]]), torch.zeros(1, 1), torch.ones(1, 2, dtype=torch.bool))
    positions = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [5.0, 0.0, 0.0]])
    got = model(torch.tensor([[1.0], [-1.0], [2.0]]), positions, text)
    # h_j e + g z_j + h_i + z_i, j being 1, 0, 1 for i = 0, 1, 2:
    total = np.array([
        [0 + 0 + 2 + 1, 3 + 0 + 0 + 4, 0 + 2 * 5 / 8 + 1 + 0],
        [2 + 1 / 4 + 0 + 0, 0 + 4 / 4 + 3 + 0, 0 + 0 + 0 + 2],
        [0 + 0 + 4 + 5, 12 + 0 + 0 + 8, 0 + 2 / 8 + 5 + 0],
    ])  # fmt: skip
    apart = total - total.mean(axis=1, keepdims=True)
    met = np.maximum(apart / total.std(axis=1, keepdims=True) + [1, 0, 0.9], 0)
    alike = 2 * met @ [1, 2, 2] / (3 * np.linalg.norm(met, axis=1))
    expected = np.stack([alike, met @ [1, -1, 3] - 1])[:, None]
    torch.testing.assert_close(got, torch.from_numpy(expected).float(), rtol=1e-4, atol=1e-4)


def test_the_network_is_its_formulas():
    model, text = make_model(), make_text()
    for part in model.children():
        for parameter in part.parameters():
            parameter.data *= 3  # so that each part matters
    features, positions = make_nodes()
    got = model(features, positions, text)
    near = nearest(positions, 3)[:, 1:]
    kinds = edge_types(positions, near)
    for sentence in range(3):
        words = model.words(text.words[sentence][text.mask[sentence]])
        roles = model.roles(words)
        fused = torch.zeros(7, 12)
        for branch, attention in zip(model.branches, model.fusions, strict=True):
            own = branch(features)
            fused = fused + said_of(attention, words, roles[:, ENTITY] + roles[:, ATTRIBUTE], own) * own
        related = said_of(model.relations, words, roles[:, RELATION], fused) * fused
        types = sum(role[RELATION] * shares for role, shares in zip(roles, model.edge_types(words), strict=True))
        h, z = model.object(fused), model.relation(related)
        for i in range(7):
            total = h[i] + z[i]
            for place, j in enumerate(near[i].tolist()):
                offset = positions[j] - positions[i]
                edge = model.edge(torch.cat([positions[j], positions[i], offset, offset.norm()[None]]))
                total = total + h[j] * edge + types[kinds[i, place]] * z[j]
            met = F.relu(model.norm(total))
            whole = model.sentence(words.amax(dim=0))
            cosine = met @ whole / (met.norm() * whole.norm()) * model.scale.exp()
            torch.testing.assert_close(got[0, sentence, i], cosine, rtol=1e-3, atol=1e-4)
            torch.testing.assert_close(got[1, sentence, i], model.score(met)[0], rtol=1e-3, atol=1e-4)


def test_pairs_are_far_or_in_an_octant():
    positions = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [-1.0, 1.0, -1.0], [0.0, 0.0, 9.0]])
    types = edge_types(positions, torch.tensor([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]))
    assert types[0].tolist() == [1 + 7, 1 + 2, 0]  # + + +, - + -, and one that is far
    assert types[1].tolist() == [1 + 0, 0, 0]


@pytest.mark.parametrize(("share", "expected"), [(0.24, [8, 1]), (0.26, [0, 0])])
def test_pairs_over_a_quarter_of_the_largest_distance_apart_are_far(share, expected):
    positions = torch.tensor([[0.0], [share], [1.0]]) * torch.tensor([2.0, 4.0, 4.0])
    assert edge_types(positions, torch.tensor([[1], [0], [0]])).flatten().tolist() == [*expected, 0]


def test_the_order_of_objects_does_not_matter():
    model, text = make_model(XRefSegConfig()), make_text()
    features, positions = make_nodes(24)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        model(features[order], positions[order], text), model(features, positions, text)[..., order],
        rtol=1e-3, atol=1e-3,
    )  # fmt: skip


def test_padding_and_other_sentences_change_nothing():
    model, text, nodes = make_model(), make_text(), make_nodes()
    together = model(*nodes, text)
    for row in range(3):
        count = int(text.mask[row].sum())
        alone = TextFeatures(
            text.words[row : row + 1, :count], text.sentence[row : row + 1], text.mask[row : row + 1, :count]
        )
        torch.testing.assert_close(model(*nodes, alone)[:, 0], together[:, row], rtol=1e-4, atol=1e-4)
    dirty = TextFeatures(text.words + ~text.mask[..., None] * 7.0, text.sentence, text.mask)
    torch.testing.assert_close(model(*nodes, dirty), together)


def test_one_object_alone_has_no_neighbor_and_a_score():
    assert make_model()(*make_nodes(1), make_text()).shape == (2, 3, 1)


def test_the_paper_s_sizes():
    model = XRefSeg(XRefSegConfig(), node_width=32, text_width=256)
    count = {name: sum(values.numel() for values in part.parameters()) for name, part in model.named_children()}
    assert count["words"] == 0
    assert count["roles"] == 257 * 64 + 65 * 4
    assert count["edge_types"] == 257 * 64 + 65 * 9
    assert count["branches"] == 3 * (33 * 128 + 129 * 256)
    assert count["fusions"] == 3 * 2 * 257 * 512
    assert count["relations"] == 2 * 257 * 512
    assert count["object"] == count["relation"] == 257 * 128 + 129 * 128
    assert count["edge"] == 11 * 64 + 65 * 128
    assert count["norm"] == 2 * 128
    assert count["sentence"] == 257 * 128
    assert count["score"] == 129
    assert sum(count.values()) + 1 == sum(values.numel() for values in model.parameters())  # and the scale
    assert model.scale.exp().item() == pytest.approx(1 / 0.07)


def test_every_part_is_the_paper_s_layers_in_order():
    model = make_model()
    for reader in (model.roles, model.edge_types):
        assert [type(step).__name__ for step in reader] == ["Linear", "Sigmoid", "Linear", "Softmax"]
    for mlp in (*model.branches, model.relation, model.edge):
        assert [type(step).__name__ for step in mlp] == ["Linear", "ReLU", "Linear"]
    assert [type(step).__name__ for step in model.object] == ["ReLU", "Linear", "ReLU", "Linear"]


def test_roles_and_edge_types_are_shares_of_a_word():
    model, words = make_model(), 5 * torch.randn(3, 4, 12, generator=torch.Generator().manual_seed(0))
    for shares in (model.roles(words), model.edge_types(words)):
        assert (shares > 0).all()
        torch.testing.assert_close(shares.sum(dim=2), torch.ones(3, 4))


def test_every_parameter_learns():
    model = make_model()
    model(*make_nodes(), make_text()).logsumexp(dim=2).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


def test_sizes_that_are_none_are_refused():
    with pytest.raises(InputError, match="branches"):
        XRefSegConfig(branches=0)
