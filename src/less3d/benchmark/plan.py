"""Which systems are compared, and how much each may learn, whatever the scans."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from less3d.benchmark.portions import BY_MASKS, BY_SCANS, EVERYTHING, Portion
from less3d.benchmark.systems import MATRICES, Eyes, System, systems
from less3d.errors import InputError
from less3d.text.transformer import TransformerText
from less3d.weights import load_weights


@dataclass(frozen=True)
class Budget:
    """How much each system may learn.

    Raises:
        InputError: when it is nothing.
    """

    minutes: float = 30.0
    """Of training, a system and seed, on one core; of two stages together."""
    samples: int | None = None
    """Sentences, with a mask each, that every system is shown, in place of minutes; the first of two stages, which
    reads none, still has its minutes."""
    first_share: float = 0.5
    """Of these minutes for the first of two stages, unless that is given."""
    seeds: int = 3
    workers: int = 2
    """Runs at a time, one core each."""
    test_scans: int | None = None
    """At most so many scans are scored; None: all."""

    def __post_init__(self) -> None:
        """Refuse what cannot be spent."""
        if not 0 < self.minutes < math.inf or self.seeds < 1 or self.workers < 1 or not 0 < self.first_share < 1:
            raise InputError(f"a comparison needs minutes, seeds and workers, and two stages a share each, got {self}")
        for name in ("samples", "test_scans"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise InputError(f"expected {name} of at least 1, got {getattr(self, name)}")


@dataclass(frozen=True)
class Plan:
    """What is compared."""

    budget: Budget = field(default_factory=Budget)
    encoders: tuple[tuple[str, str], ...] = ()
    """Where BERT and RoBERTa are, by name."""
    matrices: tuple[str, ...] = MATRICES
    start_from: Path | None = None
    """Weights with whose U-Net all systems begin, instead of random ones."""
    stage_one: Path | None = None
    """A first of two stages that was trained before, for all systems that have two."""
    device: str = "cpu"
    """Where systems train and answer: on one core each, or on a GPU."""

    def __post_init__(self) -> None:
        """Refuse what cannot be compared.

        Raises:
            InputError: when no table is asked for, or scores against the effort of labelling, but the first stage is
                given.
        """
        if not self.matrices:
            raise InputError(f"expected one of the tables {', '.join(MATRICES)}, got none")
        if self.stage_one is not None and "effort" in self.matrices:
            raise InputError(
                "for scores against the effort of labelling the first of two stages learns from parts of the scans: "
                "give no --stage-one, or --tables text ablation"
            )

    @cached_property
    def eyes(self) -> Eyes:
        """The U-Net of all systems: as in the weights that are given, else a small one.

        Raises:
            InputError: when weights are not there, or those of the first stage are another's.
        """
        models = {path: load_weights(path)[0].config for path in (self.start_from, self.stage_one) if path is not None}
        if self.stage_one is not None and (models[self.stage_one].answers or not models[self.stage_one].needs_labels):
            raise InputError(
                f"{self.stage_one}: expected weights of `less3d train rooms-instances`, got another model's"
            )
        found = {Eyes.of(model) for model in models.values()}
        if len(found) > 1:
            raise InputError(f"expected U-Nets of the same sizes from {self.start_from} and {self.stage_one}")
        return next(iter(found), Eyes())

    @cached_property
    def readers(self) -> dict[str, str]:
        """A hash of the weights of each text encoder that stays as it is, by its name or folder.

        Raises:
            InputError: when one is not there.
        """
        texts = {system.config.model.text for system, _ in self.planned}
        return {name: TransformerText(name).fingerprint for name in sorted({text.encoder for text in texts} - {"gru"})}

    def rows(self, matrix: str) -> tuple[System, ...]:
        """The systems of one table."""
        return systems(dict(self.encoders), eyes=self.eyes, same_samples=self.budget.samples is not None)[matrix]

    @cached_property
    def planned(self) -> tuple[tuple[System, Portion], ...]:
        """Each different system with the portion of the data that it learns from."""
        chosen = {}
        for matrix in self.matrices:
            for system in self.rows(matrix):
                for portion in portions_of(matrix, system):
                    chosen.setdefault(name_of(system.title, portion), (system, portion))
        return tuple(chosen.values())


def portions_of(matrix: str, system: System) -> tuple[Portion, ...]:
    """Of the data that a system of a table learns from."""
    if matrix != "effort":
        return (EVERYTHING,)
    return BY_MASKS if system.first is None else BY_SCANS


def name_of(title: str, portion: Portion) -> str:
    """The name of the runs of a system that learns from a portion of the data."""
    return ", ".join(filter(None, (title, portion.title)))
