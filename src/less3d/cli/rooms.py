"""`less3d rooms make` and `less3d rooms show`: procedural rooms with sentences, and a look at them."""

from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


def make(
    *,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    rooms: int = 200,
    seed: int = 7,
    furniture: tuple[Path, ...] = (),
    split: Literal["train", "val", "test", "all"] = "all",
    sentences: int = 60,
    workers: int = 1,
) -> None:
    """Make rooms, scan them, and write sentences about their objects. Run it again to go on after a stop.

    Args:
        output: folder to make them in.
        rooms: how many rooms.
        seed: the same seed gives the same rooms.
        furniture: Sweet Home 3D furniture libraries (.sh3f) to use beside the built-in furniture.
        split: which furniture designs to use; train, val and test share none.
        sentences: at most so many sentences a room.
        workers: processes.
    """
    from less3d.data.rooms.make import RoomSettings, iter_rooms

    settings = RoomSettings(seed=seed, split=split, sentences=sentences, furniture=furniture)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("rooms", total=rooms, rate="")
        for _ in iter_rooms(output, rooms=rooms, settings=settings, workers=workers):
            speed = progress.tasks[task].speed
            progress.update(task, advance=1, rate=f"{speed:.1f} rooms/s" if speed else "")
    print(f"{output}: {rooms} rooms in scans/, their sentences in sentences.jsonl, licenses in rooms.json")
