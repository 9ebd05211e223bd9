"""Forward pass of the paper-size sparse U-Net on one room: this package's engine against spconv's CPU build.

    python benchmarks/sparse_forward.py --output benchmarks/results/sparse_forward.json

Both networks have the same weights and read the same voxels of a generated room at 2 cm; their outputs are compared.
spconv runs at one thread, because its CPU build gives wrong numbers with more. All runs take turns, A B C A B C, and a
ratio is the median over the rounds of the ratio within a round, so that a busy machine slows all of them alike. Both
sides know which voxels are neighbors beforehand (`*_forward`), or have to find out (`*_from_coordinates`). CPU seconds
stand beside the seconds on the clock: at one thread they hardly depend on what else the machine does.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read by spconv's own OpenMP when it is loaded; PyTorch's is set by each run

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from provenance import provenance
from torch import Tensor, nn

from less3d.models.unet import PAPER_WIDTHS, SparseUNet
from less3d.sparse.layers import DownConv3d, SubmanifoldConv3d, UpConv3d
from less3d.sparse.plan import Plan, build_plan

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import spconv.pytorch as spconv  # pyright: ignore[reportMissingImports] (no wheels for all machines)

VOXEL_SIZE = 0.02
ROOM = (5.2, 4.4, 2.6)


def main() -> None:
    """Measure, compare the outputs, print and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voxels", type=int, default=84_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    coords = room_voxels(options.voxels)
    result = {
        **provenance("spconv"),
        **measure(coords, options.rounds),
    }
    text = json.dumps(result, indent=2)
    print(text)
    if options.output is not None:
        options.output.write_text(text + "\n")


def room_voxels(count: int, seed: int = 0) -> Tensor:
    """Voxels of a room as scanners leave it, (count, 4), sorted: floor, walls, boxes, noise of 4 mm, and holes."""
    rng = np.random.default_rng(seed)
    faces = [box_surface(np.zeros(3), np.array(ROOM), rng, hidden="top")]
    for _ in range(14):
        size = rng.uniform((0.4, 0.4, 0.3), (1.6, 1.0, 1.4))
        corner = rng.uniform((0, 0, 0), np.array(ROOM) - size) * (1, 1, 0)
        faces.append(box_surface(corner, size, rng, hidden="bottom"))
    points = np.concatenate(faces)
    points += rng.normal(0, 0.004, points.shape)
    waves = [np.cos(points @ rng.normal(0, 4, 3) + rng.uniform(0, 2 * np.pi)) for _ in range(6)]
    seen_first = np.argsort(-np.sum(waves, axis=0))
    cells = np.floor((points - points.min(axis=0)) / VOXEL_SIZE).astype(np.int32)[seen_first]
    _, first = np.unique(cells, axis=0, return_index=True)
    if len(first) < count:
        raise SystemExit(f"the room has only {len(first)} voxels, ask for fewer than {count}")
    kept = np.unique(cells[np.sort(first)[:count]], axis=0)
    return torch.from_numpy(np.pad(kept - kept.min(axis=0), ((0, 0), (1, 0))))


def box_surface(corner: np.ndarray, size: np.ndarray, rng: np.random.Generator, hidden: str) -> np.ndarray:
    """Points on five of the six faces of a box, four to a voxel, (N, 3)."""
    points = []
    for axis, side in ((0, 0), (0, 1), (1, 0), (1, 1), (2, 1 if hidden == "bottom" else 0)):
        area = np.prod(np.delete(size, axis))
        on_face = rng.random((int(4 * area / VOXEL_SIZE**2), 3))
        on_face[:, axis] = side
        points.append(corner + on_face * size)
    return np.concatenate(points)


def measure(coords: Tensor, rounds: int) -> dict[str, object]:
    """Times of all runs, taking turns; their medians and ratios; and how far the outputs are apart."""
    torch.manual_seed(0)
    ours = SparseUNet().eval()
    with torch.no_grad():
        _settle(ours, coords)
    theirs = SpconvUNet(ours).eval()
    x = torch.randn(len(coords), 6)
    plan = build_plan(coords, len(PAPER_WIDTHS))
    known = _neighbors_known(theirs, x, coords)
    runs: dict[str, tuple[int, Callable[[], Tensor]]] = {
        "spconv_1_thread_forward": (1, lambda: theirs(x, coords, known)),
        "ours_1_thread_forward": (1, lambda: ours(x, plan).raw),
        "ours_2_threads_forward": (2, lambda: ours(x, plan).raw),
        "spconv_1_thread_from_coordinates": (1, lambda: theirs(x, coords, {})),
        "ours_2_threads_from_coordinates": (2, lambda: ours(x, build_plan(coords, len(PAPER_WIDTHS))).raw),
    }
    outputs: dict[str, Tensor] = {}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    cpu_seconds: dict[str, list[float]] = {name: [] for name in runs}
    with torch.inference_mode():
        for round_ in range(rounds + 1):  # the first warms up
            for name, (threads, run) in runs.items():
                torch.set_num_threads(threads)
                start, cpu_start = time.perf_counter(), time.process_time()
                outputs[name] = run()
                if round_ > 0:
                    seconds[name].append(time.perf_counter() - start)
                    cpu_seconds[name].append(time.process_time() - cpu_start)
    reference = outputs["spconv_1_thread_forward"]
    return {
        "voxels_by_level": [len(level.coords) for level in plan.levels],
        "gflop": round(_gflop(ours, plan), 1),
        "largest_output": float(reference.abs().max()),
        "largest_difference": max(float((output - reference).abs().max()) for output in outputs.values()),
        "ratios_to_spconv_1_thread": _ratios(seconds),
        "cpu_ratios_to_spconv_1_thread": _ratios(cpu_seconds),
        "median_seconds": {name: round(statistics.median(times), 4) for name, times in seconds.items()},
        "seconds": {name: [round(one, 4) for one in times] for name, times in seconds.items()},
        "cpu_seconds": {name: [round(one, 4) for one in times] for name, times in cpu_seconds.items()},
    }


class SpconvUNet(nn.Module):
    """The same network out of spconv's layers, with the weights and normalizations of ours."""

    def __init__(self, ours: SparseUNet) -> None:
        super().__init__()
        self.ours = ours
        self.convs = nn.ModuleDict()
        for name, module in ours.named_modules():
            key = name.replace(".", "/")
            if isinstance(module, SubmanifoldConv3d):
                self.convs[key] = _converted(module, spconv.SubMConv3d, 3, indice_key=f"same{_level(name)}")
            elif isinstance(module, DownConv3d):
                self.convs[key] = _converted(module, spconv.SparseConv3d, 2, stride=2, indice_key=f"down{_level(name)}")
            elif isinstance(module, UpConv3d):
                self.convs[key] = _converted(module, spconv.SparseInverseConv3d, 2, indice_key=f"down{_level(name)}")

    def forward(self, x: Tensor, coords: Tensor, known: dict[str, object]) -> Tensor:
        """The features before the last ReLU, (V, 32); `known` holds neighbors by key."""
        stride = 2 ** len(self.ours.down)  # spconv drops the last voxels of a shape that a stride does not divide
        shape = [(int(last) // stride + 1) * stride for last in coords[:, 1:].amax(dim=0)]
        tensor = spconv.SparseConvTensor(x, coords, shape, 1, indice_dict=dict(known))
        tensor = self.convs["stem"](tensor)
        skips = []
        for level, blocks in enumerate(self.ours.encoder):
            if level > 0:
                tensor = self._activated(tensor, f"down.{level - 1}", "")
            tensor = self._blocks(tensor, f"encoder.{level}", blocks)
            skips.append(tensor)
        for level in reversed(range(len(self.ours.decoder))):
            tensor = self._activated(tensor, f"up.{level}", "")
            tensor = tensor.replace_feature(torch.cat([skips[level].features, tensor.features], dim=1))
            tensor = self._blocks(tensor, f"decoder.{level}", self.ours.decoder[level])
        self.indice_dict = tensor.indice_dict
        return self.ours.norm(tensor.features)

    def _blocks(self, tensor: spconv.SparseConvTensor, name: str, blocks: nn.Module) -> spconv.SparseConvTensor:
        for index, _ in enumerate(blocks.get_submodule("blocks").children()):
            block = f"{name}.blocks.{index}"
            shortcut = self.ours.get_submodule(f"{block}.shortcut")(tensor.features)
            tensor = self._activated(self._activated(tensor, block, "1"), block, "2")
            tensor = tensor.replace_feature(shortcut + tensor.features)
        return tensor

    def _activated(self, tensor: spconv.SparseConvTensor, name: str, number: str) -> spconv.SparseConvTensor:
        """BatchNorm, ReLU, and the convolution that follows."""
        norm = self.ours.get_submodule(f"{name}.norm{number}")
        tensor = tensor.replace_feature(torch.relu_(norm(tensor.features)))
        return self.convs[f"{name}.conv{number}".replace(".", "/")](tensor)


def _converted(
    module: SubmanifoldConv3d | DownConv3d | UpConv3d, kind: Callable[..., nn.Module], size: int, **options: object
) -> nn.Module:
    """spconv's layer with our weight, (K, Cin, Cout) to (Cout, k, k, k, Cin)."""
    _, inputs, outputs = module.weight.shape
    layer = kind(inputs, outputs, size, bias=False, **options)
    weight = layer.get_parameter("weight")
    weight.data = module.weight.detach().permute(2, 0, 1).reshape(weight.shape).contiguous()
    return layer


def _level(name: str) -> int:
    """The level in a name such as encoder.2.blocks.0.conv1; the stem is at level 0."""
    return 0 if name == "stem" else int(name.split(".")[1])


def _settle(unet: SparseUNet, coords: Tensor) -> None:
    """Give every BatchNorm the statistics of a random input, so that no layer blows up or dies."""
    for module in unet.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.momentum = 1.0
    unet.train()(torch.randn(len(coords), 6), build_plan(coords, len(PAPER_WIDTHS)))
    unet.eval()


def _neighbors_known(theirs: SpconvUNet, x: Tensor, coords: Tensor) -> dict[str, object]:
    """The neighbors of all submanifold layers, which spconv can use again; those of strided layers it cannot."""
    with torch.inference_mode():
        theirs(x, coords, {})
    return {key: pairs for key, pairs in theirs.indice_dict.items() if key.startswith("same")}


def _gflop(unet: SparseUNet, plan: Plan) -> float:
    """Multiplications and additions of the sparse convolutions, in 10^9."""
    total = 0
    for name, module in unet.named_modules():
        if isinstance(module, SubmanifoldConv3d | DownConv3d | UpConv3d):
            level = plan.levels[_level(name)]
            pairs = sum(len(tile.source) for tile in level.kernel_map.tiles)
            total += 2 * (pairs if len(module.weight) == 27 else len(level.coords)) * module.weight[0].numel()
    return total / 1e9


def _ratios(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Each run of ours over spconv's of the same kind: the median of the ratios of the rounds."""
    ratios = {}
    for name, times in seconds.items():
        if name.startswith("ours"):
            theirs = seconds[f"spconv_1_thread_{name.split('_', 3)[3]}"]
            ratios[name] = round(statistics.median(a / b for a, b in zip(times, theirs, strict=True)), 3)
    return ratios


if __name__ == "__main__":
    main()
