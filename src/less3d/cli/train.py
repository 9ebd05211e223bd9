"""`less3d train RECIPE`: learn from scans, sentences and masks."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from less3d.training.config import TrainConfig
from less3d.training.recipes import RECIPES


def recipe_command(recipe: str) -> Callable[..., None]:
    """The command that trains a recipe, with each of its settings as an option."""

    def train(
        data: tuple[Path, ...],
        validation: Path,
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
        sentences: tuple[Path, ...] = (),
        split: str | None = None,
        validation_sentences: Path | None = None,
        validation_split: str | None = None,
        start_from: Path | None = None,
        max_minutes: float = float("inf"),
        workers: int = 1,
        device: str = "cpu",
        config: Annotated[TrainConfig, tyro.conf.arg(name="")] = RECIPES[recipe],
    ) -> None:
        """Train a model, or go on with a run that was stopped.

        The output folder gets log.csv and scores.csv, curves.png, last.pt (to go on), best.safetensors (to use), and at
        the end validation.csv and card.md, which say what these weights are, come from, and can and cannot do.

        Args:
            data: one or several folders to learn from: scans and sentences.jsonl, or scans that `less3d data prepare`
                made, or ScanNet as downloaded.
            validation: the folder that chooses the best weights.
            output: folder of the run.
            sentences: for ScanNet's scans the file of ScanRefer, Nr3D, Sr3D or Multi3DRefer, one for each data folder.
            split: only sentences about scans of this ScanNet split: train, val or test.
            validation_sentences: the file of sentences for the validation folder, where it is ScanNet's.
            validation_split: only sentences about scans of this ScanNet split validate.
            start_from: weights to begin with, instead of random ones: of the same model, for the second of two stages
                those of the first, or of any model with a U-Net of the same sizes, which is then taken over.
            max_minutes: stop after so many minutes, with a checkpoint; the same command goes on.
            workers: processes that prepare batches.
            device: where to train, "cpu" or "cuda".
            config: every setting of the recipe can be changed, as in `--steps 2000`.
        """
        from less3d.data.open import open_dataset, open_datasets
        from less3d.predict import find_device
        from less3d.training.loop import train as run
        from less3d.training.recipes import complete

        found = str(find_device(device))
        learned = open_datasets(data, sentences=sentences, split=split)
        completed = complete(config, learned, start_from=start_from)
        progress = run(
            completed,
            learned,
            open_dataset(validation, sentences=validation_sentences, split=validation_split),
            output,
            start_from=start_from,
            max_minutes=max_minutes,
            workers=workers,
            device=found,
            command=shlex.join(["less3d", *sys.argv[1:]]),
            on_message=Console(stderr=True).print,
        )
        whole = progress.step == completed.steps
        done = "done" if whole else f"stopped at step {progress.step} of {completed.steps}"
        measure = "mIoU" if completed.model.answers else "AP50"
        if progress.best_score < 0:
            print(f"{done}: not validated yet, the same command goes on")
        else:
            print(
                f"{done}: best validation {measure} {progress.best_score:.3f}, weights in {output / 'best.safetensors'}"
            )

    return train
