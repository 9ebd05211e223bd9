"""less3d: referring 3D segmentation. A colored scan and an English sentence in, the points of that one object out.

    from less3d import Segmenter, read_scan

    segmenter = Segmenter.from_pretrained().set_scan(read_scan("room.ply"))
    result = segmenter.segment("the brown chair next to the window")

The names below load on first use, so that reading and drawing scans needs no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from less3d.draw import picture
    from less3d.errors import InputError, InputWarning
    from less3d.io import read_scan, write_scan
    from less3d.predict import Segmenter
    from less3d.referral import Prediction, Referral, Sample
    from less3d.scan import Scan

    __version__: str

_HOMES = {
    "InputError": "less3d.errors",
    "InputWarning": "less3d.errors",
    "Prediction": "less3d.referral",
    "Referral": "less3d.referral",
    "Sample": "less3d.referral",
    "Scan": "less3d.scan",
    "Segmenter": "less3d.predict",
    "picture": "less3d.draw",
    "read_scan": "less3d.io",
    "write_scan": "less3d.io",
}

__all__ = [
    "InputError",
    "InputWarning",
    "Prediction",
    "Referral",
    "Sample",
    "Scan",
    "Segmenter",
    "picture",
    "read_scan",
    "write_scan",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("less3d")
    if name not in _HOMES:
        raise AttributeError(f"module 'less3d' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
