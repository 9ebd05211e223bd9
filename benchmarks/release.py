"""Put the best weights of a training run in the box, and what its logs say of it on the model card.

    python benchmarks/release.py runs/rooms-small

Prints the hash that `less3d.weights.RELEASED` must name. Then score the new file with released_scores.py and write the
figures with write_readme.py.
"""

import argparse
import csv
import hashlib
from pathlib import Path

from write_readme import CARD, fill

from less3d.weights import load_weights, save_weights

WEIGHTS = CARD.with_suffix(".safetensors")


def main() -> None:
    """Convert the weights and describe the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of a training run: best.safetensors, log.csv, scores.csv")
    run = parser.parse_args().run
    model, info = load_weights(run / "best.safetensors")
    save_weights(model, model.config, WEIGHTS, metadata={"recipe": CARD.stem, **info.metadata}, half=True)
    fill(CARD, run_lines(run, int(info.metadata["step"])), section="RUN")
    print(hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(), WEIGHTS)


def run_lines(run: Path, kept: int) -> list[str]:
    """The run's length, and its validations with the kept one in bold."""
    with (run / "scores.csv").open(newline="", encoding="utf-8") as file:
        scores = list(csv.DictReader(file))
    with (run / "log.csv").open(newline="", encoding="utf-8") as file:
        last = list(csv.DictReader(file))[-1]
    (best,) = (row for row in scores if int(row["step"]) == kept)
    curve = ", ".join(
        f"**{int(row['step']):,} {float(row['all_miou']):.3f}**"
        if row is best
        else f"{int(row['step']):,} {float(row['all_miou']):.3f}"
        for row in scores
    )
    minutes, samples = float(last["minutes"]), int(last["sentences"])
    return [
        f"The run took {minutes:.0f} minutes and {samples:,} sentence samples; kept are the weights after "
        f"{int(best['sentences']):,} samples. Validation mIoU by step: {curve}.",
    ]


if __name__ == "__main__":
    main()
