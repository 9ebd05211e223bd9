"""A page to look at: for some sentences the truth and what each system marks, from one place."""

import html
import json
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from less3d.benchmark.comparison import Watch
from less3d.benchmark.record import Record, Row
from less3d.calibration import Calibration
from less3d.data.dataset import Dataset
from less3d.data.jsons import read_json
from less3d.draw import choose_view, picture
from less3d.io.files import replacing
from less3d.metrics import iou
from less3d.predict import Segmenter
from less3d.referral import Referral
from less3d.weights import load_weights

PAGE, PICTURES = "page.html", "pictures"
_SHOWN = "systems.json"
SENTENCES = 6
_SIZE = (480, 360)

_STYLE = """body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 100rem; color: #282c34 }
section { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem }
figure { margin: 0 } img { width: 100% } figcaption { color: #555 }"""


def make_page(record: Record, rows: Sequence[Row], test: Dataset, watch: Watch) -> None:
    """Draw, for sentences with look-alikes in different scans, what is meant and what each row's first seed marks.

    Rows without weights are left out. Where a page is there that has more, it stays as it is.
    """
    segmenters: dict[str, Segmenter] = {}
    for title, (_, weights) in record.with_weights(rows).items():
        model, info = load_weights(weights)
        model.calibration = Calibration()  # as they were scored
        segmenters[title] = Segmenter(model, weights=info, turns=1, device=record.device)
    if not segmenters or not set(shown_systems(record)) <= set(segmenters):
        return
    folder = record.folder / PICTURES
    folder.mkdir(exist_ok=True)
    sections = []
    asked = chosen(test, test.scans[: record.test_scans])
    for number, (name, referral) in enumerate(asked):
        watch("drawing", number, len(asked))
        scan, masks = test.load(name)
        true = masks.mask(referral.targets)
        view = choose_view(scan.points, true)
        shown: list[tuple[str, Bool[np.ndarray, "N"]]] = [(f"meant: {referral.sentence}", true)]
        for title, segmenter in segmenters.items():
            mask = segmenter.set_scan(scan).segment(referral.sentence).mask
            shown.append((f"{title}: IoU {iou(mask, true):.2f}", mask))
        figures = []
        for place, (caption, mask) in enumerate(shown):
            path = folder / picture_name(number, place)
            with replacing(path) as file:
                picture(scan, mask, caption, view=view, size=_SIZE).save(file, format="PNG")
            source = f"{PICTURES}/{path.name}"
            figures.append(f'<figure><img src="{source}" alt="{html.escape(caption)}"></figure>')
        sections.append(f"<h2>{html.escape(referral.sentence)}</h2>\n<section>\n" + "\n".join(figures) + "\n</section>")
    watch("drawing", len(asked), len(asked))
    body = "\n".join(sections)
    text = f'<!doctype html>\n<meta charset="utf-8">\n<title>less3d bench</title>\n<style>{_STYLE}</style>\n{body}\n'
    with replacing(record.folder / PAGE) as file:
        file.write(text.encode())
    with replacing(folder / _SHOWN) as file:
        file.write(json.dumps(list(segmenters)).encode())


def shown_systems(record: Record) -> list[str]:
    """The titles of the systems on a comparison's page, in their places; nothing where there is no page."""
    path = record.folder / PICTURES / _SHOWN
    return read_json(path) if path.exists() else []


def picture_name(sentence: int, place: int) -> str:
    """The file of a picture: of the sentence, by its number, what is meant at place 0, then what each row marks."""
    return f"{sentence:02d}-{place:02d}.png"


def chosen(test: Dataset, scans: Sequence[str]) -> list[tuple[str, Referral]]:
    """The first sentence about one object with look-alikes of each of the first of some scans that have one."""
    found = []
    for scan in scans:
        for referral in test.referrals[scan]:
            if referral.unique is False and len(referral.targets) == 1:
                found.append((scan, referral))
                break
    return found[:SENTENCES] or [(scan, test.referrals[scan][0]) for scan in scans[:SENTENCES]]
