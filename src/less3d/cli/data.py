"""`less3d data check` and `less3d data prepare`: data sets, before they are trained on or scored."""

import os
from pathlib import Path
from typing import Annotated, Literal

import tyro

from less3d.cli.errors import say
from less3d.cli.progress import progress_bar
from less3d.errors import InputError


def check(
    data: tyro.conf.Positional[Path],
    *,
    sentences: Path | None = None,
    split: str | None = None,
    most: int = 50,
) -> None:
    """Read a whole data set and report everything that is wrong with it, by file and line.

    Of an official file of sentences the first malformed record is reported; of scans and objects, all that is wrong.

    Exit code 2 when something would stop training or evaluation; what is only odd is a warning.

    Args:
        data: folder with scans and sentences.jsonl, or scans that `less3d data prepare` made, or ScanNet as downloaded.
        sentences: file of ScanRefer, Nr3D, Sr3D or Multi3DRefer, for ScanNet's scans.
        split: only sentences about scans of this ScanNet split: train, val or test.
        most: at most so many findings are printed; all are counted.
    """
    from less3d.data.check import Census, counted, readable, summary
    from less3d.data.check import check as findings_of
    from less3d.data.folder import Folder
    from less3d.data.open import open_dataset
    from less3d.text.tokens import check_sentence

    if most < 0:
        raise InputError(f"expected a number of findings to print, got {most}")
    opened = open_dataset(data, sentences=sentences, split=split)
    total = len(readable(opened)[0]) if isinstance(opened, Folder) else len(opened.scans)
    census, errors, oddities = Census(), 0, 0
    with progress_bar("scans") as progress:
        task = progress.add_task("checking", total=total)
        for finding in findings_of(
            opened, census, check_sentence=check_sentence, on_scan=lambda: progress.advance(task)
        ):
            errors, oddities = errors + finding.is_error, oddities + (not finding.is_error)
            if errors + oddities <= most:
                say("error" if finding.is_error else "warning", finding.message)
    print(summary(census, data))
    if errors + oddities > most:
        print(f"{counted(errors + oddities - most, 'finding')} more: see all with --most {errors + oddities}")
    if errors:
        raise InputError(f"{data}: {counted(errors, 'error')}, {counted(oddities, 'warning')}")
    print(f"no errors, {counted(oddities, 'warning')}")


def prepare(
    dataset: tyro.conf.Positional[Literal["scannet"]],
    *,
    root: Path,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    split: str | None = None,
    workers: int = 0,
) -> None:
    """Make one small file a scan from ScanNet's folders, for training and scoring. Run it again to go on after a stop.

    Masks, and the labels that LESS never reads, go to files of their own. What is there already is checked by its hash
    and made again only where it is damaged.

    Args:
        dataset: scannet.
        root: ScanNet v2 as it was downloaded, with scans/scene0000_00/ and so on.
        output: folder to write to.
        split: only the scans of this official split: train, val or test.
        workers: processes; 0 for one a core.
    """
    from less3d.data.prepare import prepare_scannet
    from less3d.data.scannet import ScanNet

    if workers < 0:
        raise InputError(f"expected a number of processes, got {workers}")
    source, problems = ScanNet(root), []
    here = set(source.names)
    scans = source.names if split is None else tuple(scan for scan in source.split(split) if scan in here)
    if not scans:
        of_split = "" if split is None else f" of the {split} split"
        raise InputError(f"{root}: expected folders of scans{of_split}, such as scans/scene0000_00, got none")
    with progress_bar("scans") as progress:
        task = progress.add_task("preparing", total=len(scans))
        for outcome in prepare_scannet(root, output, scans=scans, workers=workers or os.cpu_count() or 1):
            progress.advance(task)
            if outcome.problem:
                problems.append(outcome.problem)
                say("error", outcome.problem)
        done = int(progress.tasks[task].completed) - len(problems)
    print(f"{output}: {done} scans are ready; --sentences names a file of ScanRefer, Nr3D, Sr3D or Multi3DRefer")
    if problems:
        raise InputError(f"{root}: {len(problems)} scans could not be prepared, see above; the others are ready")
