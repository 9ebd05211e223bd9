"""Put the best weights of a training run in the box, and what its logs say of it on the model card.

    python benchmarks/release.py runs/rooms-base

The run's folder has the name that the weights get, and their card is there already, with its marks. Prints the hash
that `less3d.weights.RELEASED` must name. Then score the new file with released_scores.py and write the figures with
write_readme.py.
"""

import argparse
from pathlib import Path

from write_readme import RELEASED_FOLDER, fill

from less3d.io.files import sha256_of
from less3d.training.card import run_lines
from less3d.training.judging import AnswerJudge, InstanceJudge
from less3d.weights import load_weights, save_weights


def main() -> None:
    """Convert the weights and describe the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder of a training run: best.safetensors, log.csv, scores.csv")
    run = parser.parse_args().run.resolve()
    weights = RELEASED_FOLDER / f"{run.name}.safetensors"
    model, info = load_weights(run / "best.safetensors")
    judge = AnswerJudge if model.config.answers else InstanceJudge
    lines = run_lines(run, int(info.metadata["step"]), by=(judge.measure, judge.column))
    fill(weights.with_suffix(".md"), lines, section="RUN")
    save_weights(model, weights, metadata={"recipe": run.name, **info.metadata}, half=True)
    print(sha256_of(weights), weights)


if __name__ == "__main__":
    main()
