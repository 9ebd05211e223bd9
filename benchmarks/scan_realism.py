"""Compare made rooms, fused and sampled, with real scans: density, noise, roughness, holes, heights and colors.

    python benchmarks/scan_realism.py -o benchmarks/results/scan_realism.json --plot assets/scan_realism.png

Only summary statistics of the real scans are kept. Every measure is taken on the points alone, the same way for each
scan; points within 2.5 m of a scan's middle are enough, and keep large scans from being measured for long.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from provenance import ROOT, provenance
from rich.progress import track
from scipy.spatial import KDTree

from less3d.data.rooms.furniture import Catalogue
from less3d.data.rooms.generate import make_room
from less3d.io import read_scan
from less3d.io.upright import up_candidates

REAL = ROOT.parent / "shared" / "data" / "real"
PROBES = 4000
"""Points of a scan at which the shape around is measured."""
NEIGHBORS = 12
SHADES = np.linspace(0, 1, 17)
HUES = np.linspace(0, 360, 13)
COLORS = {"fused": "tab:blue", "sampled": "tab:orange"}
NAMES = {
    "density": "points per m² of surface",
    "noise_5cm_mm": "residual to planes of 5 cm, mm",
    "noise_15cm_mm": "residual to planes of 15 cm, mm",
    "flat_noise_15cm_mm": "the same where it is flattest, mm",
    "roughness_degrees": "angle between neighbors' normals, degrees",
    "border_share": "share of points at a hole or border",
    "filled_per_floor": "8 cm voxels per m² of floor",
    "low_share": "share below 0.2 m",
    "high_share": "share above 1.8 m",
    "saturation": "mean saturation",
    "brightness": "mean brightness",
    "brightness_spread": "standard deviation of brightness",
}


@dataclass(frozen=True)
class Realism:
    """What is measured of one scan; densities and voxels are None for scans that were thinned by whoever gave them."""

    density: float | None
    noise_5cm_mm: float
    noise_15cm_mm: float
    flat_noise_15cm_mm: float
    roughness_degrees: float
    border_share: float
    filled_per_floor: float | None
    low_share: float
    high_share: float
    saturation: float
    brightness: float
    brightness_spread: float
    saturations: list[float]
    brightnesses: list[float]
    hues: list[float]
    """Histograms that sum to one; hues of points of some saturation only."""


def main() -> None:
    """Measure, write the results and plot them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", type=int, default=24)
    parser.add_argument("--seed", type=int, default=5000, help="seed of the first room")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.rooms)
    catalogue, found, seconds = Catalogue(), {}, {}
    scanners: tuple[Literal["fused", "sampled"], ...] = ("fused", "sampled")
    make_room(arguments.seed, catalogue=catalogue, kind="storage")  # imports and first reads, not timed
    for scanner in scanners:
        found[scanner], seconds[scanner] = [], []
        for seed in track(seeds, scanner):
            start = time.perf_counter()
            scan = make_room(seed, catalogue=catalogue, scanner=scanner).scan
            seconds[scanner].append(time.perf_counter() - start)
            found[scanner].append(measure(scan.points, scan.colors))
    found["real"] = [measure(*load(), thinned=name == "0706") for name, load in real_scans().items()]
    results = {
        **provenance("scipy"),
        "rooms": arguments.rooms,
        "seconds_per_room": {name: float(np.mean(values)) for name, values in seconds.items()},
        "median": {name: _medians(rows) for name, rows in found.items() if rows},
        "real": {name: asdict(row) for name, row in zip(real_scans(), found["real"], strict=True)},
        "range": {name: _ranges(found[name]) for name in scanners},
    }
    arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if arguments.plot is not None:
        plot(found, arguments.plot)
    print(json.dumps({"seconds": results["seconds_per_room"], **results["median"]}, indent=1))


def real_scans() -> dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]]:
    """How to read each real scan that is at hand, upright: points (N, 3) in metres and colors (N, 3)."""

    def scannet(path: Path) -> tuple[np.ndarray, np.ndarray]:
        with np.load(path) as arrays:
            return arrays["xyz_aligned"].astype(np.float32), arrays["rgb"]

    def fused(path: Path) -> tuple[np.ndarray, np.ndarray]:
        scan = read_scan(path)
        up = up_candidates(scan.points)[0].direction
        side = np.linalg.svd(up[None])[2][1:]
        return (scan.points @ np.vstack([side, up]).T).astype(np.float32), scan.colors

    if not REAL.is_dir():
        return {}
    return {
        "0470": lambda: scannet(REAL / "scannet_scene0470_00.npz"),
        "0706": lambda: scannet(REAL / "scannet_scene0706_00_boxlabels.npz"),
        "7scenes": lambda: fused(REAL / "7scenes_tsdf_fusion_demo_fused.ply"),
    }


def measure(points: np.ndarray, colors: np.ndarray, *, thinned: bool = False) -> Realism:
    """Everything about one scan, z up."""
    tree = KDTree(points)
    near = np.flatnonzero(np.linalg.norm(points[:, :2] - np.median(points[:, :2], axis=0), axis=1) < 2.5)
    probes = np.random.default_rng(0).choice(near, min(PROBES, len(near)), replace=False)
    distance, nearest = map(np.asarray, tree.query(points[probes], k=NEIGHBORS + 1))
    residual = {radius: _residuals(tree, points[probes], radius) for radius in (0.05, 0.15)}
    height = points[:, 2] - np.percentile(points[:, 2], 1)
    saturation, brightness, hue = _hsv(colors)
    colored = (saturation > 0.15) & (brightness > 0.1)
    return Realism(
        density=None if thinned else float(np.median(NEIGHBORS / (np.pi * distance[:, -1] ** 2))),
        noise_5cm_mm=1000 * float(np.median(residual[0.05])),
        noise_15cm_mm=1000 * float(np.median(residual[0.15])),
        flat_noise_15cm_mm=1000 * float(np.percentile(residual[0.15], 15)),
        roughness_degrees=_roughness(points, tree, nearest),
        border_share=_border_share(points[probes], points[nearest[:, 1:]]),
        filled_per_floor=None if thinned else _filled(points),
        low_share=float((height < 0.2).mean()),
        high_share=float((height > 1.8).mean()),
        saturation=float(saturation.mean()),
        brightness=float(brightness.mean()),
        brightness_spread=float(brightness.std()),
        saturations=_histogram(saturation, SHADES),
        brightnesses=_histogram(brightness, SHADES),
        hues=_histogram(hue[colored], HUES),
    )


def plot(found: dict[str, list[Realism]], path: Path) -> None:
    """Made rooms as clouds of dots with their quartiles, real scans as lines; histograms of color below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 12), layout="constrained")
    axes = figure.subplots(5, 3)
    rng = np.random.default_rng(0)
    for axis, (name, title) in zip(axes.flat, NAMES.items(), strict=False):
        for place, scanner in enumerate(COLORS):
            values = np.array([getattr(row, name) for row in found[scanner]])
            axis.plot(values, place + rng.uniform(-0.2, 0.2, len(values)), ".", color=COLORS[scanner], alpha=0.6)
            axis.plot(np.percentile(values, [25, 50, 75]), [place] * 3, "|-", color="black", markersize=14)
        for row in found["real"]:
            if getattr(row, name) is not None:
                axis.axvline(getattr(row, name), color="tab:green", linewidth=1.5)
        axis.set(title=title, yticks=range(len(COLORS)), yticklabels=list(COLORS), ylim=(-0.6, len(COLORS) - 0.4))
        axis.set_xlim(left=0)
    for axis, (name, edges) in zip(
        axes.flat[12:], {"saturations": SHADES, "brightnesses": SHADES, "hues": HUES}.items(), strict=True
    ):
        for kind, rows in found.items():
            shares = np.array([getattr(row, name) for row in rows]).reshape(-1, len(edges) - 1)
            if len(shares):
                axis.stairs(shares.mean(axis=0), edges, color=COLORS.get(kind, "tab:green"), linewidth=2, label=kind)
        axis.set(title=f"{name[:-1] if name != 'brightnesses' else 'brightness'}, mean share of points")
        axis.legend()
    figure.suptitle("Made rooms (dots, with quartiles) and real scans (green)")
    figure.savefig(path, dpi=70)


def _residuals(tree: KDTree, places: np.ndarray, radius: float) -> np.ndarray:
    """Root mean square distance of the points around each place to their plane, metres; 8 points or more."""
    around = [members for members in tree.query_ball_point(places, radius) if len(members) >= 8]
    counts = np.array([len(members) for members in around])
    points = tree.data[np.concatenate(around)]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    centered = points - np.repeat(np.add.reduceat(points, starts) / counts[:, None], counts, axis=0)
    outer = centered[:, :, None] * centered[:, None, :]
    covariance = np.add.reduceat(outer, starts) / counts[:, None, None]
    return np.sqrt(np.maximum(np.linalg.eigvalsh(covariance)[:, 0], 0))


def _roughness(points: np.ndarray, tree: KDTree, nearest: np.ndarray) -> float:
    """Median angle, degrees, between the normal at a point and those at its neighbors, from 12 neighbors each."""
    members, inverse = np.unique(nearest[:1500], return_inverse=True)
    around = points[tree.query(points[members], k=NEIGHBORS + 1)[1]]
    centered = around - around.mean(axis=1, keepdims=True)
    normals = np.linalg.eigh(np.einsum("nki,nkj->nij", centered, centered))[1][:, :, 0]
    own = normals[inverse.reshape(-1, NEIGHBORS + 1)]
    cosine = np.abs(np.einsum("nki,ni->nk", own[:, 1:], own[:, 0]))
    return float(np.median(np.rad2deg(np.arccos(np.clip(cosine, 0, 1)))))


def _border_share(places: np.ndarray, around: np.ndarray) -> float:
    """Share of points whose neighbors leave an angle of more than 120 degrees free (Bendels et al., WSCG 2006)."""
    offset = around - places[:, None]
    centered = offset - offset.mean(axis=1, keepdims=True)
    axes = np.linalg.eigh(np.einsum("nki,nkj->nij", centered, centered))[1]
    flat = np.einsum("nki,nij->nkj", offset, axes[:, :, 1:])
    angle = np.sort(np.arctan2(flat[:, :, 1], flat[:, :, 0]), axis=1)
    gaps = np.diff(np.concatenate([angle, angle[:, :1] + 2 * np.pi], axis=1), axis=1)
    return float((gaps.max(axis=1) > 2 * np.pi / 3).mean())


def _filled(points: np.ndarray, size: float = 0.08) -> float:
    """Occupied voxels of 8 cm per square metre of what they cover, seen from above."""
    cells = np.unique((points / size).astype(np.int32), axis=0)
    return float(len(cells) / (len(np.unique(cells[:, :2], axis=0)) * size**2))


def _hsv(colors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Saturation and brightness, 0 to 1, and hue, 0 to 360, of colors."""
    red, green, blue = colors.T.astype(np.float64) / 255
    high, low = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    spread = np.maximum(high - low, 1e-9)
    hue = np.where(high == red, (green - blue) / spread % 6, (blue - red) / spread + 2)
    hue = np.where((high == blue) & (high != red), (red - green) / spread + 4, hue)
    return (high - low) / np.maximum(high, 1e-9), high, 60 * hue


def _histogram(values: np.ndarray, edges: np.ndarray) -> list[float]:
    return (np.histogram(values, edges)[0] / max(len(values), 1)).round(4).tolist()


def _medians(rows: list[Realism]) -> dict[str, float]:
    return {name: float(np.median(_known(rows, name))) for name in NAMES}


def _ranges(rows: list[Realism]) -> dict[str, list[float]]:
    """The 10th and 90th percentiles over rooms."""
    return {name: np.percentile(_known(rows, name), [10, 90]).tolist() for name in NAMES}


def _known(rows: list[Realism], name: str) -> list[float]:
    return [getattr(row, name) for row in rows if getattr(row, name) is not None]


if __name__ == "__main__":
    main()
