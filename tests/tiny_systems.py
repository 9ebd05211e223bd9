"""Two systems small enough for tests, and a pool that is no other process."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import pytest
from tiny_run import tiny_run

from less3d.benchmark import comparison, plan, timing
from less3d.benchmark.systems import Paper, System
from less3d.models import ModelConfig
from less3d.models.graph import GraphConfig
from less3d.models.instances import InstanceConfig
from less3d.models.tgnn import TgnnConfig
from less3d.text import TextConfig

RUN = replace(tiny_run(), validation_scans=1)
_GRU = TextConfig(encoder="gru")


def _two_stages(**about: Any):
    instances = InstanceConfig(channels=(8, 8), blocks=1, inputs="details")
    graph = GraphConfig(instances=instances, **about)
    return replace(RUN, model=ModelConfig(fusion="graph", graph=graph, text=_GRU, voxel_size=0.2))


LATE = System("late", "GRU", replace(RUN, model=replace(RUN.model, text=_GRU)))
_MATCHED = _two_stages(matcher="tgnn", tgnn=TgnnConfig(width=8))
TGNN = System("TGNN", "GRU", _MATCHED, first=_two_stages(), paper=Paper(26.1, 35.0, 29.0))


class Here(Executor):
    """A pool of this very process."""

    def submit(self, work: Callable, /, *given: Any, **more: Any) -> Future:
        done: Future = Future()
        try:
            done.set_result(work(*given, **more))
        except Exception as error:
            done.set_exception(error)
        return done


def only_tiny_systems(patch: pytest.MonkeyPatch) -> None:
    """Compare these two only, without another process."""
    patch.setattr(plan, "systems", lambda encoders, **_: {"text": (TGNN, LATE), "ablation": (), "effort": (LATE, TGNN)})
    for module in (comparison, timing):
        patch.setattr(module, "FreshProcesses", lambda workers: Here())
