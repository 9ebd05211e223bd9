import pytest
import torch
from torch import nn

from less3d.errors import InputError
from less3d.models.attention import CrossAttention


def as_torch(attention: CrossAttention, width: int) -> nn.MultiheadAttention:
    """PyTorch's own attention with the same weights."""
    twin = nn.MultiheadAttention(width, attention.heads, batch_first=True)
    parts = (attention.query, attention.key, attention.value)
    twin.in_proj_weight.data = torch.cat([part.weight.data for part in parts])
    twin.in_proj_bias.data = torch.cat([part.bias.data for part in parts])
    twin.out_proj.load_state_dict(attention.leave.state_dict())
    return twin


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_it_is_attention(heads):
    attention = CrossAttention(8, heads=heads)
    query, memory = torch.randn(3, 5, 8), torch.randn(3, 7, 8)
    allowed = torch.rand(3, 5, 7) < 0.5
    allowed[..., 0] = True
    twin = as_torch(attention, 8)
    for_all_heads = allowed.repeat_interleave(heads, dim=0)
    torch.testing.assert_close(attention(query, memory), twin(query, memory, memory)[0])
    torch.testing.assert_close(
        attention(query, memory, allowed=allowed), twin(query, memory, memory, attn_mask=~for_all_heads)[0]
    )


@pytest.mark.parametrize("heads", [1, 4])
def test_what_is_not_allowed_might_as_well_not_exist(heads):
    attention = CrossAttention(8, heads=heads)
    query, memory = torch.randn(5, 8), torch.randn(7, 8)
    allowed = torch.arange(7) < 4
    expected = attention(query, memory[:4])
    torch.testing.assert_close(attention(query, memory, allowed=allowed[None]), expected)
    memory[4:] = 1e6
    torch.testing.assert_close(attention(query, memory, allowed=allowed.expand(5, 7)), expected)


def test_a_batch_equals_its_parts():
    attention = CrossAttention(8, heads=2)
    query, memory = torch.randn(3, 5, 8), torch.randn(3, 7, 8)
    parts = [attention(q, m) for q, m in zip(query, memory, strict=True)]
    torch.testing.assert_close(attention(query, memory), torch.stack(parts))


def test_heads_must_divide_the_width():
    with pytest.raises(InputError, match="width 8 and 3 heads"):
        CrossAttention(8, heads=3)
