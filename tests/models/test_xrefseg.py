"""X-RefSeg3D's stage two against its formulas, written out object by object and word by word."""

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


def said_of(attention: WordsOnObjects, words, weights, objects):
    """For each object the sum over words of share x weight x word."""
    total = torch.zeros(len(objects), words.shape[1])
    for word, weight in zip(words, weights, strict=True):
        fits = torch.stack([attention.query(word) @ attention.key(own) for own in objects]) / SMALL.attention_width**0.5
        total = total + fits.softmax(dim=0)[:, None] * weight * word
    return total


def test_the_network_is_its_formulas():
    model, text = make_model(), make_text()
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
    near = torch.tensor([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    types = edge_types(positions, near)
    assert types[0].tolist() == [1 + 7, 1 + 2, 0]  # + + +, - + -, and one that is far
    assert types[1].tolist() == [1 + 0, 0, 0]  # the largest distance is about 10, a quarter of it 2.6
    assert types[3].tolist() == [0, 0, 0]


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


def test_every_parameter_learns():
    model = make_model()
    model(*make_nodes(), make_text()).logsumexp(dim=2).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


def test_sizes_that_are_none_are_refused():
    with pytest.raises(InputError, match="branches"):
        XRefSegConfig(branches=0)
