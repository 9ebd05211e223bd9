"""`less3d calibrate WEIGHTS`: let weights know when to find nothing, and how sure they may be."""

from pathlib import Path
from typing import Annotated

import tyro

from less3d.calibration import COST
from less3d.cli.progress import progress_bar
from less3d.errors import InputError
from less3d.io.files import require_writable
from less3d.scan import TURNS


def calibrate(
    weights: tyro.conf.Positional[str],
    *,
    validation: Path,
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])],
    validation_sentences: Path | None = None,
    validation_split: str | None = None,
    max_scans: int | None = None,
    cost: float = COST,
    device: str = "cpu",
    turns: int = TURNS,
) -> None:
    """Fit when weights find nothing, and their confidence, to scans they have not learned from; `train` does it, too.

    Each scan is asked its sentences, and some of other scans about classes that are not in it, which takes labels: one
    question in four is about nothing. Where such is asked, an answer of confidence .8 is then right eight times in ten:
    an IoU of at least .5, or nothing found where nothing is.

    Args:
        weights: a released name ("released": the first), a weight file, a folder with one, or a hub id.
        validation: folder with scans and sentences.jsonl, or scans that `less3d data prepare` made, or ScanNet as
            downloaded.
        output: the weight file to write, such as calibrated.safetensors; it may be that of the weights.
        validation_sentences: file of ScanRefer, Nr3D, Sr3D or Multi3DRefer, for ScanNet's scans.
        validation_split: only sentences about scans of this ScanNet split: train, val or test.
        max_scans: only the first so many scans.
        cost: share of the mIoU that finding nothing may cost where something is meant. The more it may, the more
            surely what is not there is not found, and what is there neither.
        device: where to run, "cpu" or "cuda".
        turns: from how many sides each scan is looked at; as many as when the weights are used.
    """
    from less3d.data.open import open_dataset
    from less3d.predict import find_device
    from less3d.training.calibrate import calibrate as fit
    from less3d.weights import load_weights, write_calibrated

    if max_scans is not None and max_scans < 1:
        raise InputError(f"expected to calibrate on at least one scan, got {max_scans}")
    if not 0 <= cost <= 1:
        raise InputError(f"expected a share of the mIoU, 0 to 1, that finding nothing may cost, got {cost}")
    require_writable(output)
    model, _ = load_weights(weights)
    data = open_dataset(validation, sentences=validation_sentences, split=validation_split)
    with progress_bar("scans") as progress:
        task = progress.add_task("calibrating", total=len(data.scans[:max_scans]))
        fitted = fit(
            model.to(find_device(device)),
            data,
            max_scans=max_scans,
            cost=cost,
            turns=turns,
            device=device,
            on_scan=lambda: progress.advance(task),
        )
    write_calibrated(weights, fitted.calibration, output)
    print(f"{fitted.summary}; weights in {output}")
