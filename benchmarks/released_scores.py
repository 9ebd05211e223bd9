"""Score a weight file where its model card says so: unseen rooms, and, where they are at hand, layouts and real scans.

    python benchmarks/released_scores.py rooms/test --weights rooms-base \
        -o benchmarks/results/released_scores/rooms-base.json --plot assets/reliability/rooms-base.png

The rooms are made with `less3d rooms make --split test --second-wording`. Everything is asked through `Segmenter`, as
users ask. What is asked, and how it is counted, is said at the top of each module of `released/`: the questions of
every set (`ask`), swapped roles (`role_swaps`), the second wording (`second_wording`), words never understood
(`words`), calibration (`reliability`) and real scans (`real`). What the full sentence adds to the class word, on
sentences with look-alikes, is what was read and not guessed from the noun. Weights of the first of two stages are
scored by the objects they find (`objects`).
"""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any

import torch
from provenance import ROOT, provenance
from released.card import card_lines
from released.objects import object_lines, score_objects
from released.real import draw_into, score_real
from released.reliability import plot_reliability
from released.sets import score_layouts, score_rooms

from less3d.errors import InputWarning
from less3d.predict import Segmenter
from less3d.scan import TURNS
from less3d.weights import DEFAULT, load_weights

SHARED = ROOT.parent / "shared" / "data"


def main() -> None:
    """Score, write the results, and print the card's tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", type=Path, help="data set folder of test rooms")
    parser.add_argument("--weights", default=DEFAULT)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--plot", type=Path, help="where to draw the reliability diagram")
    parser.add_argument("--pictures", type=outside, help="folder for a picture of every answer about a real scan")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", InputWarning)  # sentences of unknown words are part of the test
    model, info = load_weights(arguments.weights)
    results: dict[str, Any] = {**provenance(), "weights_sha256": info.sha256, "training": dict(info.metadata)}
    if model.config.answers:
        results |= {"turns": TURNS, **_answers(Segmenter(model, weights=info), arguments.rooms, arguments.pictures)}
        if arguments.plot is not None:
            plot_reliability(curves(results), arguments.plot)
        lines = card_lines(info.name, results)
    else:
        results["objects"] = score_objects(model, arguments.rooms)
        lines = object_lines(results)
    arguments.output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print("\n".join(lines))


def _answers(segmenter: Segmenter, rooms: Path, pictures: Path | None) -> dict[str, Any]:
    """Scores of what is answered, by the set that is asked about."""
    results = {"rooms": score_rooms(segmenter, rooms)}
    if (SHARED / "layouts").is_dir():
        results["layouts"] = score_layouts(segmenter, SHARED / "layouts")
    if (SHARED / "real").is_dir():
        draw = None if pictures is None else draw_into(pictures)
        results["real"] = score_real(segmenter, SHARED / "real", draw)
    return results


def outside(folder: str) -> Path:
    """A folder that is not in the repository: pictures of scans that may not be redistributed must not get there."""
    if Path(folder).resolve().is_relative_to(ROOT.resolve()):
        raise argparse.ArgumentTypeError(
            f"expected a folder outside the repository, got {folder}: pictures of these scans may not be redistributed"
        )
    return Path(folder)


def curves(results: dict[str, Any]) -> dict[str, Any]:
    """The lines of the reliability diagram."""
    rooms = results["rooms"]["calibration"]
    found = {f"made rooms, {name}": rooms[name] for name in ("present and absent", "present only")}
    if "layouts" in results:
        found["layouts, present and absent"] = results["layouts"]["calibration"]["present and absent"]
    return found


if __name__ == "__main__":
    main()
