"""The picture of an answer: the object in color, the rest of the room pale, the sentence under it."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, UInt8

from less3d.draw.splat import View, render
from less3d.draw.viewpoint import choose_view, in_sight
from less3d.scan import Scan

if TYPE_CHECKING:
    import PIL.Image

HIGHLIGHT = (235, 60, 20)
"""Color of the object a sentence means, in pictures and in written scans."""

_MAX_DRAWN = 400_000
_FONT_SIZE = 26
_MARGIN = 24
_MAX_LINES = 4


def tint(colors: UInt8[np.ndarray, "N 3"], mask: Bool[np.ndarray, "N"]) -> UInt8[np.ndarray, "N 3"]:
    """Colors with the masked points in `HIGHLIGHT`, their light and dark kept; the others as they are."""
    gray = _gray(colors)
    own = gray[mask].mean() if mask.any() else 0.0
    shades = np.array(HIGHLIGHT) * (1.0 + 1.1 * (gray - own) / 255).clip(0.6, 1.3)
    return np.where(mask[:, None], shades.round().clip(0, 255), colors).astype(np.uint8)


def highlight(colors: UInt8[np.ndarray, "N 3"], mask: Bool[np.ndarray, "N"]) -> UInt8[np.ndarray, "N 3"]:
    """As `tint`, with all other points pale."""
    pale = 60 + (0.4 * colors + 0.6 * _gray(colors)) * (195 / 255)
    return np.where(mask[:, None], tint(colors, mask), pale.round()).astype(np.uint8)


def picture(
    scan: Scan,
    mask: Bool[np.ndarray, "N"],
    sentence: str,
    *,
    view: View | None = None,
    size: tuple[int, int] = (960, 720),
) -> "PIL.Image.Image":
    """Draw a scan with one object highlighted and its sentence below.

    Args:
        scan: the scan, z up.
        mask: the object's points.
        sentence: written under the picture; a very long one is cut.
        view: the camera; by default one that `choose_view` finds.
        size: width and height in pixels of the part above the sentence.
    """
    import PIL.Image

    view = view or choose_view(scan.points, mask)
    drawn = np.flatnonzero(in_sight(scan.points, mask, view))
    drawn = drawn[:: -(-len(drawn) // _MAX_DRAWN)]
    colors = highlight(scan.colors[drawn], mask[drawn])
    image = PIL.Image.fromarray(render(scan.points[drawn], colors, view=view, size=size))
    return _captioned(image, sentence)


def _gray(colors: np.ndarray) -> np.ndarray:
    """Lightness as seen (BT.601 luma), (N, 1)."""
    return (colors @ np.array([0.299, 0.587, 0.114]))[:, None]


def _captioned(image: "PIL.Image.Image", sentence: str) -> "PIL.Image.Image":
    """The image with a white strip below that holds the sentence."""
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    font = PIL.ImageFont.load_default(_FONT_SIZE)
    lines: list[str] = []
    for word in sentence.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= image.width - 2 * _MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > _MAX_LINES:
        lines = [*lines[: _MAX_LINES - 1], lines[_MAX_LINES - 1] + " …"]
    line_height = round(_FONT_SIZE * 1.35)
    canvas = PIL.Image.new("RGB", (image.width, image.height + line_height * len(lines) + _MARGIN), "white")
    canvas.paste(image, (0, 0))
    pen = PIL.ImageDraw.Draw(canvas)
    for number, line in enumerate(lines):
        place = (image.width / 2, image.height + _MARGIN / 2 + line_height * (number + 0.5))
        pen.text(place, line, fill=(40, 44, 52), font=font, anchor="mm")
    return canvas
