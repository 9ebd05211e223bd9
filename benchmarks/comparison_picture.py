"""Put the pictures of a comparison's page side by side: a row a sentence, what is meant and what systems mark.

    python benchmarks/comparison_picture.py benchmarks/results/comparison -o assets/comparison.jpg \\
        --systems "TGNN, MiniLM" "X-RefSeg3D, MiniLM" "LESS, MiniLM" "late fusion (default), MiniLM"
"""

import argparse
from pathlib import Path

from PIL import Image

from less3d.benchmark.page import PICTURES, SENTENCES, picture_name, shown_systems
from less3d.benchmark.record import read_record

WIDTH = 1500


def main() -> None:
    """Read the pictures, and save one of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("comparison", type=Path, help="folder with page.html and its pictures")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--systems", nargs="+", required=True, help="system and text encoder, in the order of columns")
    asked = parser.parse_args()
    titles = shown_systems(read_record(asked.comparison))
    if unknown := set(asked.systems) - set(titles):
        parser.error(
            f"expected systems on the page of {asked.comparison}, as `less3d bench` leaves it: "
            f"{'; '.join(titles) or 'it has none'}, got {'; '.join(sorted(unknown))}"
        )
    places = [0, *(1 + titles.index(system) for system in asked.systems)]
    folder = asked.comparison / PICTURES
    rows = [[Image.open(folder / picture_name(number, place)) for place in places] for number in range(SENTENCES)]
    width, height = rows[0][0].size
    sheet = Image.new("RGB", (width * len(places), height * len(rows)), "white")
    for line, row in enumerate(rows):
        for column, one in enumerate(row):
            sheet.paste(one, (width * column, height * line))
    sheet.resize((WIDTH, round(sheet.height * WIDTH / sheet.width))).save(asked.output, quality=85)


if __name__ == "__main__":
    main()
