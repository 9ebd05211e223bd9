"""Settings: what is written is read back, and nothing else is taken."""

import json
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from less3d.errors import InputError
from less3d.models import ModelConfig
from less3d.models.late import LateConfig
from less3d.settings import from_json, to_json


@dataclass(frozen=True)
class Inner:
    widths: tuple[int, ...] = (1, 2)
    pair: tuple[str, float] = ("a", 0.5)


@dataclass(frozen=True)
class Outer:
    kind: Literal["x", "y"] = "x"
    rate: float = 0.1
    on: bool = False
    name: str | None = None
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ValueError("rate must not be negative")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(
    st.builds(
        Outer,
        rate=st.floats(0, 1e6),
        name=st.none() | st.text(),
        inner=st.builds(Inner, widths=st.lists(st.integers()).map(tuple), pair=st.tuples(st.text(), st.floats(0, 1))),
    )
)
def test_what_is_written_is_read_back(outer):
    assert from_json(Outer, to_json(outer)) == outer


def test_the_settings_of_models_are_read_back():
    config = ModelConfig(fusion="late", late=LateConfig(channels=(8, 16), candidates=4), voxel_size=0.05)
    assert from_json(ModelConfig, to_json(config)) == config


def test_absent_settings_have_their_defaults_and_whole_numbers_are_numbers():
    assert from_json(Outer, '{"rate": 3}') == Outer(rate=3.0)


@pytest.mark.parametrize(
    ("given_text", "named"),
    [
        ({"speed": 1}, "speed"),
        ({"kind": "z"}, "Outer.kind"),
        ({"on": 1}, "Outer.on"),
        ({"rate": "fast"}, "Outer.rate"),
        ({"name": 3}, "Outer.name"),
        ({"inner": {"widths": [1, "2"]}}, "Outer.inner.widths"),
        ({"inner": {"pair": ["a"]}}, "Outer.inner.pair"),
        ({"inner": 5}, "Outer.inner"),
        ({"rate": -1.0}, "negative"),
        ([], "Outer"),
    ],
)
def test_anything_else_is_refused_by_name(given_text, named):
    with pytest.raises(InputError, match=named):
        from_json(Outer, json.dumps(given_text))


def test_text_that_is_no_json_is_refused():
    with pytest.raises(InputError, match="Outer"):
        from_json(Outer, "{")
