"""Scoring a model over a data set: every sentence, over all points of its scan."""

from collections.abc import Callable, Sequence

import torch

from less3d.batch import make_scene
from less3d.data.folder import Folder
from less3d.metrics import SegmentationMetrics
from less3d.models import Referrer
from less3d.referral import Referral, Sample

_SENTENCES_AT_ONCE = 32


def evaluate(
    model: Referrer,
    data: Folder,
    *,
    max_scans: int | None = None,
    reword: Callable[[Referral], str] = lambda referral: referral.sentence,
    device: str = "cpu",
    on_scan: Callable[[str], None] = lambda scan: None,
) -> SegmentationMetrics:
    """Answer each sentence and gather its IoU; the scan's own work is done once for all its sentences.

    Args:
        model: put into evaluation mode.
        data: what to score on.
        max_scans: only the first so many scans.
        reword: what to ask instead of each sentence, such as the class word alone.
        device: where to run.
        on_scan: told the name of each scan when it is done.
    """
    metrics = SegmentationMetrics()
    model.eval()
    for scan in data.scans[:max_scans]:
        score_scan(model, data.samples(scan), metrics, reword, device)
        on_scan(scan)
    return metrics


@torch.inference_mode()
def score_scan(
    model: Referrer,
    samples: Sequence[Sample],
    metrics: SegmentationMetrics,
    reword: Callable[[Referral], str],
    device: str,
) -> None:
    """Add the scores of sentences about one scan to `metrics`."""
    if not samples:
        return
    config = model.config
    scene = make_scene([samples[0].scan], voxel_size=config.voxel_size, num_levels=config.num_levels).to(device)
    encoded, rows = model.prepare(scene), scene.point_to_voxel(0)
    for start in range(0, len(samples), _SENTENCES_AT_ONCE):
        part = samples[start : start + _SENTENCES_AT_ONCE]
        text = model.text([reword(sample.referral) for sample in part])
        answer = model.answer(encoded, text, torch.zeros(len(part), dtype=torch.int64, device=device))
        for sample, logits in zip(part, answer.logits, strict=True):
            referral = sample.referral
            mask = (logits > 0)[rows].cpu().numpy()
            metrics.update(mask, sample.mask, unique=referral.unique, kind=referral.kind, label=referral.label)
