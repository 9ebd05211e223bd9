"""Objects: the mask is the formula it says, and gathering describes an object from the cells its draft holds."""

import pytest
import torch

from less3d.models.objects import SMALLEST_HALF_SIZE, Cells, Gather, ObjectHead, Objects

WIDTH, MASK_WIDTH = 8, 5


def make_objects(count: int, seed: int = 0) -> Objects:
    torch.manual_seed(seed)
    with torch.no_grad():
        return ObjectHead(WIDTH, MASK_WIDTH)(torch.randn(count, WIDTH), torch.randn(count, 3), torch.full((1, 3), 0.4))


def make_cells(count: int) -> Cells:
    torch.manual_seed(1)
    return Cells(torch.randn(count, 3), torch.randn(count, 3), torch.randn(count, MASK_WIDTH))


def gathered(logits: torch.Tensor, tokens: Objects, cells: Cells, *, drafts: Objects | None = None) -> Objects:
    torch.manual_seed(2)
    gather = Gather(WIDTH, MASK_WIDTH)
    with torch.no_grad():
        gather.head.box.weight.zero_()
        gather.head.box.bias.zero_()
        return gather(make_objects(len(logits), seed=3) if drafts is None else drafts, logits, tokens, cells)


def test_a_mask_is_the_formula_it_says():
    objects, cells = make_objects(3), make_cells(20)
    got = cells.masks(objects)
    for row in range(3):
        half = objects.half_sizes[row]
        falloff, *axes = torch.nn.functional.softplus(objects.mask_shapes[row, :4])
        expected = cells.embeddings @ objects.mask_queries[row] + objects.mask_shapes[row, 4]
        expected = expected - falloff * (cells.votes - objects.centers[row]).square().sum(1) / half.square().sum()
        distance = (cells.positions - objects.centers[row]) / half
        expected = expected - sum(weight * distance[:, axis].square() for axis, weight in enumerate(axes))
        torch.testing.assert_close(got[row], expected, rtol=1e-3, atol=1e-3)


def test_boxes_start_from_the_votes_and_sizes_of_the_cells_inside():
    tokens, cells = make_objects(6), make_cells(6)
    inside = torch.tensor([[1, 1, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0]], dtype=torch.bool)
    objects = gathered(torch.where(inside, 60.0, -60.0), tokens, cells)
    for row, members in enumerate(inside):
        torch.testing.assert_close(objects.centers[row], cells.votes[members].mean(0))
        size = tokens.half_sizes[members].log().mean(0).exp() + SMALLEST_HALF_SIZE
        torch.testing.assert_close(objects.half_sizes[row], size)


def test_cells_outside_the_draft_change_nothing():
    tokens, cells = make_objects(6), make_cells(6)
    logits = torch.tensor([[60.0, 60, 60, -60, -60, -60]])
    other = make_objects(6, seed=9)
    mixed = Objects(**{name: torch.cat([value[:3], vars(other)[name][3:]]) for name, value in vars(tokens).items()})
    first, second = gathered(logits, tokens, cells), gathered(logits, mixed, cells)
    for name, value in vars(first).items():
        torch.testing.assert_close(value, vars(second)[name])


@pytest.mark.parametrize("level", [-1e4, -40.0])
def test_an_empty_draft_is_still_an_object(level):
    objects = gathered(torch.full((2, 6), level), make_objects(6), make_cells(6))
    assert all(value.isfinite().all() for value in vars(objects).values())
