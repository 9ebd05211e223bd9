"""The settings of a training run."""

from dataclasses import dataclass, field
from typing import Literal

from less3d.data.augment import AugmentConfig
from less3d.errors import InputError
from less3d.models import ModelConfig
from less3d.scan import TURNS


@dataclass(frozen=True)
class TrainConfig:
    """One training run, whole: with the data, it determines the weights.

    Raises:
        InputError: when a number is out of range.
    """

    model: ModelConfig
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    steps: int = 10_000
    """Of the optimizer, in all."""
    cycles: int = 1
    """How often the learning rate falls to zero, in parts of the run of one length. From the second time on, what is
    validated then is the mean of the weights there and of the time before."""
    scans_per_step: int = 1
    replicas: int = 1
    """Processes of one thread each that train side by side, each on its own scans; for a CPU with several cores."""
    meet_every: int = 1
    """Steps between two meetings of the replicas, where they take the mean of their weights. Runs stop at meetings."""
    sentences_per_scan: int = 32
    """At most so many sentences are asked of a scan at a step."""
    multiple_weight: float = 2.0
    """How much likelier a sentence with look-alikes is drawn than one without."""
    absent: float = 0.0
    """Share of a step's sentences that are borrowed from other scans and describe nothing here, 0 to 1."""
    forget: float = 0.0
    """Share of the words that are hidden at a step, 0 to 1, so that no single one is relied on. The words beside a
    hidden one still speak of it where a transformer read the sentence, and so does the feature of the sentence."""
    learn: tuple[str, ...] = ()
    """Only parameters whose names begin with one of these learn, such as "network.absence"; all by default."""
    max_points: int = 60_000
    """Of a larger scan, a part of this many points is trained on."""
    part: Literal["nearest", "random"] = "nearest"
    """Those nearest to a described object, at full density, or random ones of the whole scan, as in the paper."""
    learning_rate: float = 1e-3
    """The highest, after the warm-up; it falls to zero along half a cosine. Later cycles rise to less."""
    text_learning_rate: float = 2e-5
    """For a trainable pretrained text encoder."""
    weight_decay: float = 0.05
    """Of matrices; norms and biases do not decay."""
    warmup_steps: int = 100
    """Steps in which the learning rate rises from zero; at most half of a cycle's."""
    max_gradient_norm: float = 2.0
    """Longer gradients are cut to this length."""
    validate_every: int = 1000
    """Steps between validations, which choose the best weights; there is one at the end of each cycle, too."""
    validation_scans: int = 40
    """At most this many scans are read for one."""
    turns: int = TURNS
    """From how many sides each scan is looked at to calibrate at the end: as many as when the weights are used."""
    seed: int = 0
    """Of the first weights, the order of the scans and their augmentation."""

    def __post_init__(self) -> None:
        """Refuse a run that cannot start."""
        counts = (
            "steps",
            "cycles",
            "scans_per_step",
            "replicas",
            "meet_every",
            "sentences_per_scan",
            "validate_every",
            "validation_scans",
            "max_points",
            "turns",
        )
        for name in counts:
            if getattr(self, name) < 1:
                raise InputError(f"training needs {name} of at least 1, got {getattr(self, name)}")
        if self.validate_every % self.meet_every:
            raise InputError(
                f"validations happen at meetings: expected validate_every to be a multiple of {self.meet_every}, "
                f"got {self.validate_every}"
            )
        if self.steps % self.cycles or (self.cycles > 1 and self.cycle_steps % self.meet_every):
            raise InputError(
                f"cycles are of one length and end at meetings: expected steps to be a multiple of {self.cycles} times "
                f"{self.meet_every}, got {self.steps}"
            )
        if self.multiple_weight <= 0:
            raise InputError(f"training needs a positive multiple_weight, got {self.multiple_weight}")
        for name in ("absent", "forget"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"training needs a share {name} of 0 to 1, got {getattr(self, name)}")
        if self.learning_rate <= 0:
            raise InputError(f"training needs a positive learning_rate, got {self.learning_rate}")
        for name in ("text_learning_rate", "weight_decay", "seed", "warmup_steps"):
            if getattr(self, name) < 0:
                raise InputError(f"training needs {name} of at least 0, got {getattr(self, name)}")

    @property
    def cycle_steps(self) -> int:
        """Steps of a cycle."""
        return self.steps // self.cycles
