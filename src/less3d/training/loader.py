"""Training batches: each a function of the data, the settings and the step's number, so that runs can resume."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from less3d.batch import Batch, make_batch
from less3d.data.augment import augment
from less3d.data.folder import Folder, Folders, make_samples
from less3d.data.sentences.view import swap_left_right
from less3d.referral import Referral, Sample
from less3d.scan import Scan
from less3d.text import TextFeatures
from less3d.text.table import TextTable
from less3d.training.config import TrainConfig


@dataclass(frozen=True, eq=False)
class Step:
    """What one step trains on. `text` is there when the text encoder is frozen: it was then read beforehand."""

    batch: Batch
    text: TextFeatures | None


class Steps(Dataset[Step]):
    """The steps of a run, by number.

    Args:
        folder: the data.
        config: the run.
        text: the features of all its sentences, when the text encoder is frozen.
        replica: which of the run's processes these are for; each has every `config.replicas`-th scan.
    """

    def __init__(
        self, folder: Folder | Folders, config: TrainConfig, *, text: TextTable | None = None, replica: int = 0
    ) -> None:
        self.folder = folder
        self.config = config
        self.text = text
        self.replica = replica
        self.scans = folder.scans[replica :: config.replicas]

    def __len__(self) -> int:
        return self.config.steps

    def __getitem__(self, step: int) -> Step:
        """Build step number `step`."""
        config, count = self.config, self.config.scans_per_step
        samples: list[Sample] = []
        for number in range(step * count, (step + 1) * count):
            samples += self._samples(number)
        model = config.model
        batch = make_batch(samples, voxel_size=model.voxel_size, num_levels=model.num_levels)
        return Step(batch, None if self.text is None else self.text(batch.sentences))

    def _samples(self, number: int) -> list[Sample]:
        """The sentences of the run's scan number `number`, counted over all epochs, augmented."""
        epoch, row = divmod(number, len(self.scans))
        seed = (self.config.seed, self.replica, epoch)
        name = self.scans[np.random.default_rng(seed).permutation(len(self.scans))[row]]
        rng = np.random.default_rng((*seed, row))
        scan, referrals = self.folder.read(name), self.folder.referrals[name]
        scan = crop(scan, referrals[rng.integers(len(referrals))].target, self.config.max_points, rng)
        chosen = self._choose(scan, referrals, rng)
        return make_samples(*augment(scan, chosen, rng, self.config.augment))

    def _choose(self, scan: Scan, rows: Sequence[Referral], rng: np.random.Generator) -> list[Referral]:
        """Sentences whose target is in the scan, those with look-alikes likelier."""
        assert scan.instances is not None
        present = set(np.unique(scan.instances).tolist())
        referrals = [row for row in rows if row.target in present]
        weights = np.array([1.0 if row.unique else self.config.multiple_weight for row in referrals])
        count = min(self.config.sentences_per_scan, len(referrals))
        chosen = rng.choice(len(referrals), count, replace=False, p=weights / weights.sum())
        return [referrals[row] for row in chosen]


def all_sentences(folder: Folder | Folders, config: TrainConfig) -> set[str]:
    """Every sentence the run may come upon, those of mirrored scans included."""
    sentences = {row.sentence for rows in folder.referrals.values() for row in rows}
    return sentences | {swap_left_right(sentence) for sentence in sentences} if config.augment.mirror else sentences


def load_steps(steps: Steps, start: int, *, workers: int) -> Iterator[Step]:
    """Steps `start` and on, built ahead by worker processes (0: here and now)."""
    loader = DataLoader(
        steps,
        batch_size=None,
        sampler=range(start, len(steps)),
        num_workers=workers,
        worker_init_fn=_one_thread,
        multiprocessing_context="spawn" if workers else None,
        prefetch_factor=4 if workers else None,
        generator=torch.Generator(),  # of its own: dropout's random numbers must not depend on how often a run resumes
    )
    return iter(loader)


def crop(scan: Scan, target: int, max_points: int, rng: np.random.Generator) -> Scan:
    """At most `max_points` of a scan, in their order: those nearest, seen from above, to a random point of a target.

    A part of a room keeps its density, and what is said of its objects stays true.
    """
    if len(scan) <= max_points or scan.instances is None:
        return scan
    center = scan.points[rng.choice(np.flatnonzero(scan.instances == target)), :2]
    distance = np.square(scan.points[:, :2] - center).sum(axis=1)
    kept = np.sort(np.argpartition(distance, max_points)[:max_points])
    instances = None if scan.instances is None else scan.instances[kept]
    return Scan(points=scan.points[kept], colors=scan.colors[kept], instances=instances, labels=scan.labels)


def _one_thread(worker: int) -> None:
    torch.set_num_threads(1)
