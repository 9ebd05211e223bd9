"""On a GPU everything gives what it gives on a CPU. These tests need one, and are skipped where there is none."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_data import write_tiny_data

from less3d.batch import Asked, asked_together, make_batch, make_scene
from less3d.benchmark.runs import ROWS, Run, finish, read_sentences
from less3d.data.folder import Folder
from less3d.models import ModelConfig, Referrer
from less3d.models.late import LateConfig
from less3d.models.less import LessConfig
from less3d.referral import Referral, Sample
from less3d.scan import Scan
from less3d.score_rows import read_rows
from less3d.sparse.auto import AutoEngine
from less3d.sparse.plan import build_plan
from less3d.text import TextConfig
from less3d.text.table import make_table
from less3d.training.config import TrainConfig
from less3d.training.loop import train

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
GRID = {"voxel_size": 0.1, "num_levels": 3}
SMALL = {
    "late": ModelConfig(late=LateConfig(channels=(8, 12, 16), width=16, mask_width=6, candidates=4), voxel_size=0.1),
    "early": ModelConfig(fusion="early", early=LessConfig(channels=(8, 12, 16), blocks=1), voxel_size=0.1),
}
SENTENCES = ("the red block", "the green block on the left", "the blue block", "the yellow block")


def scan_of(seed: int, points: int) -> Scan:
    rng = np.random.default_rng(seed)
    xyz = rng.uniform(0, 3, (points, 3)).astype(np.float32)
    instances = ((xyz[:, 0] > 1.5) * 2 + (xyz[:, 1] > 1.5)).astype(np.int32)
    palette = np.uint8([[200, 40, 40], [40, 200, 40], [40, 40, 200], [200, 200, 40]])
    return Scan(points=xyz, colors=palette[instances], instances=instances)


def first_token(share: torch.Tensor, count: int, replacement: bool) -> torch.Tensor:
    """In place of `torch.multinomial`, which draws other numbers on another device."""
    return share.argmax(1)[:, None].expand(-1, count)


def asked() -> list[Asked]:
    scans = scan_of(1, 1500), scan_of(2, 900)
    samples = [
        Sample(scan, Referral("a", sentence, (target,)), scan.instances == target)
        for scan in scans
        for target, sentence in enumerate(SENTENCES)
    ]
    return asked_together(samples)


def test_convolutions_and_their_gradients() -> None:
    scene = make_scene([scan_of(1, 1500), scan_of(2, 900)], **GRID)
    coords = scene.grid.coords
    shapes = (len(coords), 6), (27, 6, 8), (8, 8, 12), (8, 12, 4)
    inputs = [torch.randn(shape) for shape in shapes]
    found = []
    for device in ("cpu", "cuda"):
        level = build_plan(coords.to(device), 2).levels[0]
        x, same, down, up = own = [values.to(device).requires_grad_() for values in inputs]
        assert level.down_map is not None
        y = AutoEngine().submanifold(x, same, level.kernel_map)
        y = AutoEngine().up(AutoEngine().down(y, down, level.down_map), up, level.down_map)
        found.append([y, *torch.autograd.grad(y.square().sum(), own)])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other.cpu(), rtol=1e-3, atol=1e-3)


def test_scenes() -> None:
    scans = [scan_of(1, 1500), scan_of(2, 900)]
    one, other = (make_scene(scans, **GRID, device=device) for device in ("cpu", "cuda"))
    assert torch.equal(one.grid.coords, other.grid.coords.cpu())
    for name in ("positions", "colors", "offsets", "spread"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name).cpu(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("fusion", SMALL)
def test_losses(fusion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "multinomial", first_token)
    torch.manual_seed(0)
    model = Referrer(SMALL[fusion]).eval()
    found = []
    for device in ("cpu", "cuda"):
        with torch.no_grad():
            losses = model.to(device).losses(make_batch(asked(), **GRID, device=device))
        found.append({name: float(value) for name, value in losses.items()})
    assert found[1] == pytest.approx(found[0], rel=1e-3)


def test_tables_of_sentences(tmp_path: Path) -> None:
    tables = [
        make_table(tmp_path / device, TextConfig(), SENTENCES, device=device, on_read=lambda done, total: None)
        for device in ("cpu", "cuda")
    ]
    one, other = (table(SENTENCES) for table in tables)
    assert torch.equal(one.mask, other.mask.cpu())
    assert (one.words - other.words.cpu()).norm() < 0.02 * one.words.norm()


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data = Folder(write_tiny_data(tmp_path))
    config = TrainConfig(model=SMALL["late"], steps=4, scans_per_step=2, validate_every=2)
    progress = train(config, data, data, tmp_path / "run", device="cuda", workers=1, max_minutes=0.0)
    assert progress.step < 4
    assert train(config, data, data, tmp_path / "run", device="cuda", workers=1).step == 4


def test_a_system_of_a_comparison_trains_and_is_scored(tmp_path: Path) -> None:
    data = Folder(write_tiny_data(tmp_path))
    config = TrainConfig(model=SMALL["early"], steps=2, validate_every=2)
    run = Run("LESS", config, tmp_path / "runs" / "LESS" / "seed-0", data, data, tmp_path / "text", device="cuda")
    read_sentences([run], lambda done, total: None)
    assert finish(run).is_finished
    assert len(read_rows(run.folder / ROWS)) == 6
