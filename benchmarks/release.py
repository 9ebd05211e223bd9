"""Put the best weights of a training run in the box, and what its logs say of it on the model card.

    python benchmarks/release.py runs/rooms-base

Prints the hash that `less3d.weights.RELEASED` must name. Then score the new file with released_scores.py and write the
figures with write_readme.py.
"""

import argparse
from pathlib import Path

from write_readme import CARD, fill

from less3d.io.files import sha256_of
from less3d.training.card import run_lines
from less3d.weights import load_weights, save_weights

WEIGHTS = CARD.with_suffix(".safetensors")


def main() -> None:
    """Convert the weights and describe the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of a training run: best.safetensors, log.csv, scores.csv")
    run = parser.parse_args().run
    model, info = load_weights(run / "best.safetensors")
    save_weights(model, WEIGHTS, metadata={"recipe": CARD.stem, **info.metadata}, half=True)
    fill(CARD, run_lines(run, int(info.metadata["step"])), section="RUN")
    print(sha256_of(WEIGHTS), WEIGHTS)


if __name__ == "__main__":
    main()
