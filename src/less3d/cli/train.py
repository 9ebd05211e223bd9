"""`less3d train RECIPE`: learn from scans, sentences and masks."""

from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from less3d.training.config import TrainConfig
from less3d.training.recipes import RECIPES

Recipe = tyro.extras.subcommand_type_from_defaults(RECIPES)


@tyro.conf.configure(tyro.conf.ConsolidateSubcommandArgs)
def train(
    recipe: tyro.conf.OmitSubcommandPrefixes[tyro.conf.OmitArgPrefixes[Recipe]],  # pyright: ignore[reportInvalidTypeForm]
    *,
    data: tuple[Path, ...],
    validation: Path,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    start_from: Path | None = None,
    max_minutes: float = float("inf"),
    workers: int = 1,
    device: str = "cpu",
) -> None:
    """Train a model, or go on with a run that was stopped.

    The output folder gets log.csv and scores.csv, curves.png, last.pt (to go on from) and best.safetensors (to use).

    Args:
        recipe: what to train and how; every setting can be changed, as in `--steps 2000`.
        data: one or several data set folders to learn from (scans and sentences.jsonl).
        validation: data set folder that chooses the best weights.
        output: folder of the run.
        start_from: weights of an earlier run to begin with, instead of random ones.
        max_minutes: stop after so many minutes, with a checkpoint; the same command goes on.
        workers: processes that prepare batches.
        device: where to train, "cpu" or "cuda".
    """
    from less3d.data.folder import Folder, Folders
    from less3d.training.loop import train as run
    from less3d.training.recipes import complete

    folders = Folders(tuple(Folder(path) for path in data))
    config: TrainConfig = complete(recipe, folders)
    console = Console(stderr=True)
    progress = run(
        config,
        folders,
        Folder(validation),
        output,
        start_from=start_from,
        max_minutes=max_minutes,
        workers=workers,
        device=device,
        on_message=console.print,
    )
    done = "done" if progress.step == config.steps else f"stopped at step {progress.step} of {config.steps}"
    print(f"{done}: best validation mIoU {progress.best_miou:.3f}, weights in {output / 'best.safetensors'}")
