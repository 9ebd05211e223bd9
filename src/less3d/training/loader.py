"""Training batches: each a function of the data, the settings and the step's number, so that runs can resume."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from less3d.batch import Asked, Batch, asked_nothing, asked_together, make_batch
from less3d.data.absent import borrowed
from less3d.data.augment import augment
from less3d.data.dataset import Dataset, make_samples, with_splits
from less3d.data.sentences.view import swap_left_right
from less3d.errors import InputError
from less3d.models import ModelConfig
from less3d.referral import Masks, Referral, Sample, targets_of
from less3d.scan import Scan
from less3d.training.config import TrainConfig


class Steps(TorchDataset[list[Asked]]):
    """The steps of a run, by number: what is asked of which scans.

    Args:
        data: scans, sentences and masks; nothing else of it is read, but full labels for systems of two stages.
        config: the run.
        replica: which of the run's processes these are for; each has every `config.replicas`-th scan.
    """

    def __init__(self, data: Dataset, config: TrainConfig, *, replica: int = 0) -> None:
        self.data = data
        self.config = config
        self.replica = replica

    @property
    def scans(self) -> tuple[str, ...]:
        """Names of the scans of this process."""
        return self.data.scans[self.replica :: self.config.replicas]

    def __len__(self) -> int:
        return self.config.steps

    def __getitem__(self, step: int) -> list[Asked]:
        """Build step number `step`."""
        count = self.config.scans_per_step
        return [one for number in range(step * count, (step + 1) * count) for one in self._scan(number)]

    def _scan(self, number: int) -> list[Asked]:
        """The run's scan number `number`, counted over all epochs."""
        epoch, row = divmod(number, len(self.scans))
        seed = (self.config.seed, self.replica, epoch)
        name = self.scans[int(np.random.default_rng(seed).permutation(len(self.scans))[row])]
        rng = np.random.default_rng((*seed, row))
        if not self.config.model.answers:
            return self._labelled(name, rng)
        return self._asked_labelled(name, rng) if self.config.model.needs_labels else self._asked(name, rng)

    def _asked(self, name: str, rng: np.random.Generator) -> list[Asked]:
        """A scan and sentences about it, augmented."""
        scan, masks = self.data.load(name)
        samples, _ = self._samples(name, scan, masks, with_splits(scan, self.data.referrals[name]), rng)
        return asked_together(samples)

    def _asked_labelled(self, name: str, rng: np.random.Generator) -> list[Asked]:
        """The same with full labels, and sentences about the objects that they name."""
        full = self.data.annotated(name)
        said = [row for row in self.data.referrals[name] if full.masks.members.keys() >= set(row.targets)]
        if not said:
            raise InputError(
                f"scan {name}: expected a sentence about one of its annotated objects, got those about masks or boxes "
                "of their own: systems of two stages learn to choose among annotated objects"
            )
        referrals = with_splits(replace(full.scan, labels=full.classes), said)
        samples, masks = self._samples(name, full.scan, full.masks, referrals, rng)
        labels = self.config.model.graph.instances.labels_of(masks, full.classes)
        return [replace(one, labels=labels) for one in asked_together(samples)]

    def _labelled(self, name: str, rng: np.random.Generator) -> list[Asked]:
        """A scan with full labels, augmented, of which nothing is asked."""
        full = self.data.annotated(name)
        keys = [key for key, rows in full.masks.members.items() if len(rows)]
        near = Referral(name, "", (int(rng.choice(keys)),) if keys else ())
        scan, masks = self._part(full.scan, full.masks, near, rng)
        described = targets_of(self.data.referrals[name])
        scan, masks, _ = augment(scan, masks, (), rng, self.config.augment, described=described)
        return [asked_nothing(scan, self.config.model.graph.instances.labels_of(masks, full.classes))]

    def _samples(
        self, name: str, scan: Scan, masks: Masks, referrals: Sequence[Referral], rng: np.random.Generator
    ) -> tuple[list[Sample], Masks]:
        """Sentences about a scan and their masks, augmented, and the masks of all objects after that."""
        scan, masks = self._part(scan, masks, referrals[int(rng.integers(len(referrals)))], rng)
        chosen = self._choose(masks, referrals, rng)
        if self.config.absent:
            chosen = self._with_absent(name, chosen, rng)
        changed = augment(scan, masks, chosen, rng, self.config.augment, described=targets_of(referrals))
        if samples := make_samples(*changed):
            return samples, changed[1]
        return make_samples(scan, masks, chosen), masks  # where holes took all that was described

    def _part(self, scan: Scan, masks: Masks, referral: Referral, rng: np.random.Generator) -> tuple[Scan, Masks]:
        """The part of a large scan that is trained on, with a point of what one sentence is about."""
        count = self.config.max_points
        if len(scan) <= count:
            return scan, masks
        rows = np.concatenate([masks.members[target] for target in referral.targets] or [np.arange(len(scan))])
        near = int(rng.choice(rows))
        kept = nearest_rows(scan, near, count) if self.config.part == "nearest" else random_rows(scan, near, count, rng)
        return Scan(points=scan.points[kept], colors=scan.colors[kept]), masks.take(kept)

    def _choose(self, masks: Masks, rows: Sequence[Referral], rng: np.random.Generator) -> list[Referral]:
        """Sentences some of whose objects are there, or that describe none; those with look-alikes are likelier."""
        referrals = [row for row in rows if not row.targets or any(masks.has((target,)) for target in row.targets)]
        weights = np.array([1.0 if row.unique else self.config.multiple_weight for row in referrals])
        count = min(self.config.sentences_per_scan, len(referrals))
        chosen = rng.choice(len(referrals), count, replace=False, p=weights / weights.sum())
        return [referrals[row] for row in chosen]

    def _with_absent(self, scan: str, chosen: list[Referral], rng: np.random.Generator) -> list[Referral]:
        """The sentences, a share of them replaced by others that describe nothing here."""
        strange = borrowed(self.data, scan, int(rng.binomial(len(chosen), self.config.absent)), rng)
        return chosen[: len(chosen) - len(strange)] + strange


def nearest_rows(scan: Scan, center: int, count: int) -> np.ndarray:
    """The `count` points that are nearest, seen from above, to a point: (K,) rows, ascending.

    A part of a room keeps its density, and what is said of its objects stays true.
    """
    distance = np.square(scan.points[:, :2] - scan.points[center, :2]).sum(axis=1)
    return np.sort(np.argpartition(distance, count - 1)[:count])


def random_rows(scan: Scan, needed: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` random points, one of them given: (K,) rows, ascending."""
    kept = rng.choice(len(scan), count, replace=False)
    if needed not in kept:
        kept[0] = needed
    return np.sort(kept)


def all_sentences(data: Dataset, config: TrainConfig) -> set[str]:
    """Every sentence the run may come upon, those of mirrored scans included."""
    sentences = {row.sentence for rows in data.referrals.values() for row in rows}
    return sentences | {swap_left_right(sentence) for sentence in sentences} if config.augment.mirror else sentences


def batch_of(asked: Sequence[Asked], model: ModelConfig, device: torch.device | str = "cpu") -> Batch:
    """What a model trains on at a step."""
    return make_batch(asked, voxel_size=model.voxel_size, num_levels=model.num_levels, device=device)


def load_steps(steps: Steps, start: int, *, workers: int) -> Iterator[list[Asked]]:
    """Steps `start` and on, built ahead by worker processes (0: here and now)."""
    if workers:
        _allow_open_files()
    loader = DataLoader(
        steps,
        batch_size=None,
        sampler=range(start, len(steps)),
        num_workers=workers,
        worker_init_fn=_one_thread,
        multiprocessing_context="spawn" if workers else None,
        prefetch_factor=2 if workers else None,
        generator=torch.Generator(),  # of its own: dropout's random numbers must not depend on how often a run resumes
    )
    return iter(loader)


def _allow_open_files() -> None:
    """As many as this process may have: each tensor that a worker hands over is one, until it is used."""
    try:
        import resource
    except ImportError:  # on Windows, which has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError):  # where the system's limit is lower than this process's
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _one_thread(worker: int) -> None:
    torch.set_num_threads(1)
