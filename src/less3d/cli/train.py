"""`less3d train RECIPE`: learn from scans, sentences and masks."""

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
        start_from: Path | None = None,
        max_minutes: float = float("inf"),
        workers: int = 1,
        device: str = "cpu",
        config: Annotated[TrainConfig, tyro.conf.arg(name="")] = RECIPES[recipe],
    ) -> None:
        """Train a model, or go on with a run that was stopped.

        The output folder gets log.csv and scores.csv, curves.png, last.pt (to go on) and best.safetensors (to use).

        Args:
            data: one or several data set folders to learn from (scans and sentences.jsonl).
            validation: data set folder that chooses the best weights.
            output: folder of the run.
            start_from: weights of an earlier run to begin with, instead of random ones.
            max_minutes: stop after so many minutes, with a checkpoint; the same command goes on.
            workers: processes that prepare batches.
            device: where to train, "cpu" or "cuda".
            config: every setting of the recipe can be changed, as in `--steps 2000`.
        """
        from less3d.data.folder import Folder, Folders
        from less3d.predict import find_device
        from less3d.training.loop import train as run
        from less3d.training.recipes import complete

        folders = Folders(tuple(Folder(path) for path in data))
        completed = complete(config, folders)
        progress = run(
            completed,
            folders,
            Folder(validation),
            output,
            start_from=start_from,
            max_minutes=max_minutes,
            workers=workers,
            device=str(find_device(device)),
            on_message=Console(stderr=True).print,
        )
        whole = progress.step == completed.steps
        done = "done" if whole else f"stopped at step {progress.step} of {completed.steps}"
        if progress.best_miou < 0:
            print(f"{done}: not validated yet, the same command goes on")
        else:
            print(f"{done}: best validation mIoU {progress.best_miou:.3f}, weights in {output / 'best.safetensors'}")

    return train
