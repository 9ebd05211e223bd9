"""`less3d rooms make` and `less3d rooms show`: procedural rooms with sentences, and a look at them."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import tyro
from jaxtyping import Int32, UInt8
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)

from less3d.errors import InputError
from less3d.io.files import replacing
from less3d.scan import Scan

_TILE = (720, 540)
"""Width and height of a picture of one room, in pixels."""


def make(
    *,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    rooms: int = 200,
    seed: int = 7,
    furniture: tuple[Path, ...] = (),
    split: Literal["train", "val", "test", "all"] = "all",
    sentences: int = 60,
    scanner: Literal["fused", "sampled", "complete"] = "fused",
    workers: int = 1,
    second_wording: bool = False,
) -> None:
    """Make rooms, scan them, and write sentences about their objects. Run it again to go on after a stop.

    Args:
        output: folder to make them in.
        rooms: how many rooms.
        seed: the same seed gives the same rooms.
        furniture: Sweet Home 3D furniture libraries (.sh3f) to use beside the built-in furniture.
        split: which furniture designs to use; train, val and test share none.
        sentences: at most so many sentences a room.
        scanner: fused is a depth camera carried through the room, its frames fused; sampled is faster and less real;
            complete has points on all surfaces, hidden ones too, as a point cloud sampled from a model has.
        workers: processes.
        second_wording: for test sets, also write the sentences worded otherwise (sentences_second.jsonl, the same
            targets line by line) and pairs of sentences that swap who is meant and who is mentioned (role_swaps.jsonl).
    """
    from less3d.data.rooms.make import RoomSettings, iter_rooms

    settings = RoomSettings(
        seed=seed,
        split=split,
        sentences=sentences,
        furniture=furniture,
        scanner=scanner,
        second_wording=second_wording,
    )
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


def show(
    folder: tyro.conf.Positional[Path],
    names: tyro.conf.Positional[tuple[str, ...]] = (),
    *,
    count: int = 6,
    output: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None,
) -> None:
    """Draw rooms side by side: their colors, their objects, and two sentences about each.

    Args:
        folder: data set folder, as `less3d rooms make` writes it.
        names: scans to draw, such as room_00007; evenly chosen ones when none is named.
        count: how many to draw when none is named.
        output: PNG to write; FOLDER/rooms.png by default.
    """
    from PIL import Image

    from less3d.data.folder import Folder

    data = Folder(folder)
    known = data.scans
    if not known:
        raise InputError(f"{folder}: expected rooms with sentences to draw, got none")
    if unknown := [name for name in names if name not in known]:
        raise InputError(
            f"{folder} has sentences about no scan named {', '.join(unknown)}; it has {', '.join(known[:3])} ..."
        )
    if count < 1:
        raise InputError(f"expected to draw at least one room, got {count}")
    step = max(len(known) / count, 1)
    chosen = names or tuple(known[int(place * step)] for place in range(min(count, len(known))))
    rows = []
    for name in track(chosen, "drawing", console=Console(stderr=True)):
        spoken = [referral.sentence for referral in data.referrals[name][:2]]
        rows.append(_row(data.read(name), f"{name}:  " + "   /   ".join(spoken)))
    path = output if output is not None else folder / "rooms.png"
    with replacing(path) as stream:
        Image.fromarray(np.concatenate(rows)).save(stream, format="png")
    print(f"{path}: {', '.join(chosen)}")


def _row(scan: Scan, caption: str) -> UInt8[np.ndarray, "H W 3"]:
    """One room twice, in its own colors and with a color for each object, over a caption."""
    from PIL import Image, ImageDraw, ImageFont

    from less3d.draw import choose_view, in_sight, render

    nothing = np.zeros(len(scan), dtype=bool)
    view = choose_view(scan.points, nothing)
    shown = in_sight(scan.points, nothing, view)
    instances = np.zeros(len(scan), dtype=np.int32) if scan.instances is None else scan.instances
    pictures = [
        render(scan.points[shown], colors[shown], view=view, size=_TILE)
        for colors in (scan.colors, _palette(instances))
    ]
    strip = Image.new("RGB", (2 * _TILE[0], 28), "white")
    font = ImageFont.load_default(size=15)
    ImageDraw.Draw(strip).text((8, 4), caption, fill=(40, 40, 45), font=font)
    return np.concatenate([np.concatenate(pictures, axis=1), np.asarray(strip)])


def _palette(instances: Int32[np.ndarray, "N"]) -> UInt8[np.ndarray, "N 3"]:
    """A color for each instance, gray for none."""
    colors = np.random.default_rng(4).integers(50, 236, (int(instances.max()) + 2, 3)).astype(np.uint8)
    colors[0] = 150
    return colors[instances + 1]
