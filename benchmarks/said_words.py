"""How made sentences compare with people's: length, view words, how they open, and which common words are never said.

    python benchmarks/said_words.py rooms/train --people ../shared/data/statistics/sentence_statistics.json

The statistics hold counts only. Words that made sentences never say are listed with the reason, where there is one.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from provenance import ROOT, provenance

from less3d.data.sentences import has_view_words

PEOPLE = ROOT.parent / "shared" / "data" / "statistics" / "sentence_statistics.json"
RESULT = ROOT / "benchmarks" / "results" / "said_words.json"
COMMONEST = 1000
PERCENTILES = (10, 50, 90)

REASONS = {
    "names of compass points, which a scan does not know": "north northern northeast south southeast east west",
    "parts that a made object need not have": (
        "legs knob lid frame edge edges curved bent wavy u lampshade base step tier panel clear wheels arm arms "
        "armrests headboard cushion cushions"
    ),
    "places that rooms are made without": "stall loft bunk garage exit entrance hallway divider living",
    "things that rooms are made without, or seldom with": (
        "cutter toaster vase flower flowers shirt man person rack covering maker water cubicle car rug dryer benches "
        "papers shoe suitcase piano"
    ),
    "shapes and places in the room that are not modeled": (
        "cube prism circle cylindrical vertical rear backside upright sides high down double single size sized medium "
        "standard skinny main air ceiling"
    ),
    "states and arrangements that are not modeled": (
        "folded covered leaning spaced stacked attached installed affixed group line level section sets surface rows"
    ),
    "comparisons that geometry here does not decide": "same similar identical almost slightly longer than",
    "people's comments on what they see or guess": (
        "looks appears would anything am highlighted viewer viewing got option"
    ),
    "wordings of freer sentences": (
        "was were going each itself whose them these those some many no or will part we i "
        "like before items pieces opens contains containing hangs "
        "alone short doesn't space"
    ),
    "numerals, letters and marks split from words": "nd st th l ' 'the",
}
"""Why groups of words are never said; a word of no group has no known reason."""

OPENINGS = (
    ("there is", r"there('s| is| are)\b"),
    ("this is", r"(this|these) (is|are)\b"),
    ("this ...", r"(this|these)\b"),
    ("it is", r"(it('s| is)|its|they are)\b"),
    ("order", r"(please |can you )?(choose|select|pick|find|locate|look|point|you('| a| w| n)|i('m| a| w| n)|we )"),
    ("viewer", r"(if|when|from|as|facing|looking|standing|entering|walking|coming|while|once)\b"),
    ("of several", r"(of|out of|one of|among|between)\b"),
    ("place", r"(in|on|at|next|under|behind|against|near|by|to|above)\b"),
    ("the", r"the\b"),
    ("a", r"(a|an)\b"),
)
"""Ways to open a sentence, the first that fits; all else starts with a bare noun or adjective."""


def main() -> None:
    """Compare, write, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", type=Path, help="folder made with `less3d rooms make`")
    parser.add_argument("--people", type=Path, default=PEOPLE, help="word statistics of human sentences")
    parser.add_argument("-o", "--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    lines = (arguments.rooms / "sentences.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    people = json.loads(arguments.people.read_text(encoding="utf-8"))
    compared = {**provenance(), **compare(rows, people)}
    arguments.output.write_text(json.dumps(compared, indent=1) + "\n", encoding="utf-8")
    _print(compared)


def compare(rows: Sequence[dict[str, Any]], people: dict[str, Any]) -> dict[str, Any]:
    """Made sentences beside the statistics of people's."""
    sentences = [row["sentence"] for row in rows]
    counts = Counter(word for sentence in sentences for word in _words(sentence))
    common = Counter(people["word_counts"]).most_common(COMMONEST)
    unsaid = [word for word, _ in common if counts[word] == 0]
    lengths = [len(sentence.split()) for sentence in sentences]
    per = 1000 / len(sentences), 1000 / people["sentences"]
    rates = {word: (round(counts[word] * per[0], 1), round(count * per[1], 1)) for word, count in common}
    return {
        "rooms": len({row["scan"] for row in rows}),
        "sentences": len(sentences),
        "with_look_alikes": float(np.mean([not row["unique"] for row in rows])),
        "words_per_sentence": {
            "percentiles": PERCENTILES,
            "made": np.percentile(lengths, PERCENTILES).tolist(),
            "people": people["words_per_sentence"],
        },
        "share_with_view_words": {
            "made": float(np.mean([has_view_words(sentence) for sentence in sentences])),
            "people": people["share_with_view_words"],
        },
        "openings": dict(Counter(map(opening, sentences)).most_common()),
        "different_words": len(counts),
        "common_words": len(common),
        "share_of_peoples_common_words": _share(counts, dict(common)),
        "never_said": {word: reason(word) for word in unsaid},
        "said_least": _by_ratio(rates)[:40],
        "said_most": _by_ratio(rates)[::-1][:40],
    }


def opening(sentence: str) -> str:
    """How a sentence opens, as one of the names in `OPENINGS`."""
    lowered = sentence.lower().strip()
    return next((name for name, form in OPENINGS if re.match(form, lowered)), "bare noun")


def reason(word: str) -> str:
    """Why a word is never said."""
    return next((why for why, words in REASONS.items() if word in words.split()), "no reason known")


def _words(sentence: str) -> list[str]:
    return re.findall(r"[a-z']+", sentence.lower())


def _share(counts: Counter[str], common: dict[str, int]) -> float:
    """Share of all that people say in common words that made sentences can say."""
    return sum(count for word, count in common.items() if counts[word]) / sum(common.values())


def _by_ratio(rates: dict[str, tuple[float, float]]) -> list[tuple[str, float, float]]:
    """Words often said by people, by how much seldomer they are made: (word, made, people) per 1,000 sentences."""
    often = [(word, made, theirs) for word, (made, theirs) in rates.items() if theirs >= 5 and made > 0]
    return sorted(often, key=lambda row: row[1] / row[2])


def _print(compared: dict[str, Any]) -> None:
    length, view = compared["words_per_sentence"], compared["share_with_view_words"]
    print(f"{compared['sentences']} sentences of {compared['rooms']} rooms, {compared['different_words']} words")
    print(f"words a sentence, 10th, 50th, 90th percentile: made {length['made']}, people {length['people']}")
    print(f"with view words: made {view['made']:.3f}, people {view['people']:.3f}")
    print(f"with look-alikes: {compared['with_look_alikes']:.3f}")
    print("openings:", ", ".join(f"{name} {n / compared['sentences']:.3f}" for name, n in compared["openings"].items()))
    share = compared["share_of_peoples_common_words"]
    print(
        f"never said: {len(compared['never_said'])} of {compared['common_words']} ({share:.3f} of what people say is)"
    )
    for why in dict.fromkeys(compared["never_said"].values()):
        print(f"  {why}:", " ".join(word for word, known in compared["never_said"].items() if known == why))
    for name in ("said_least", "said_most"):
        print(f"{name}:", ", ".join(f"{word} {made:g}/{theirs:g}" for word, made, theirs in compared[name]))


if __name__ == "__main__":
    main()
