"""ScanNet's class names: what annotators wrote, NYU40, the benchmark's 18 and 20 classes, and ScanRefer's 18.

The table is the official scannetv2-labels.combined.tsv, which comes with ScanNet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from less3d.data.jsons import decode_utf8, short
from less3d.data.nyu40 import NYU40
from less3d.errors import InputError
from less3d.io.files import read_bytes

LABELS_FILE = "scannetv2-labels.combined.tsv"

BENCHMARK_INSTANCE_IDS: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 24, 28, 33, 34, 36, 39)
"""NYU40 ids of the 18 classes of ScanNet's instance benchmark (BenchmarkScripts/3d_evaluation)."""

SCANREFER_CLASSES: tuple[str, ...] = (
    *("cabinet", "bed", "chair", "sofa", "table", "door", "window", "bookshelf", "picture", "counter", "desk"),
    *("curtain", "refrigerator", "shower curtain", "toilet", "sink", "bathtub", "others"),
)
"""ScanRefer's classes 0 to 17, `type2class` of its data/scannet/model_util_scannet.py."""

OTHERS = SCANREFER_CLASSES.index("others")

_COLUMNS = ("raw_category", "nyu40id", "nyu40class")


@dataclass(frozen=True)
class ScanNetClasses:
    """What the official table says of each name that an annotator wrote ("office chair")."""

    nyu40_ids: Mapping[str, int]
    """NYU40 id, 1 to 40, or 0 for none."""
    nyu40_names: Mapping[str, str]
    """NYU40 class name as the table spells it."""

    @classmethod
    def read(cls, path: Path) -> "ScanNetClasses":
        """Read the official table; columns are found by their names. Of a name given twice the last row counts.

        Raises:
            InputError: when the file is missing, has not these columns, or a row is malformed; with the line.
        """
        lines = decode_utf8(read_bytes(path), path).split("\n")
        header = lines[0].rstrip("\r").split("\t")
        if missing := [name for name in _COLUMNS if name not in header]:
            raise InputError(f"{path}, line 1: expected columns {', '.join(_COLUMNS)}, got no {', no '.join(missing)}")
        columns = [header.index(name) for name in _COLUMNS]
        ids: dict[str, int] = {}
        names: dict[str, str] = {}
        for number, line in enumerate(lines[1:], start=2):
            if line.strip():
                raw, nyu40_id, nyu40_name = _row(line.rstrip("\r").split("\t"), columns, f"{path}, line {number}")
                ids[raw], names[raw] = nyu40_id, nyu40_name
        if not ids:
            raise InputError(f"{path}: expected a row for each class name, got the header alone")
        return cls(ids, names)

    def scanrefer_class(self, name: str) -> int:
        """ScanRefer's number, 0 to 17, of a name as annotators wrote it; what is not known is "others".

        The rule of ScanRefer's lib/dataset.py (`_get_raw2label`): the table's NYU40 class *name* must be spelled as in
        `SCANREFER_CLASSES`, otherwise it is "others". So a table that says "refridgerator", as lists of NYU40 classes
        often do, makes all refrigerators others, and they look like trash cans to the unique/multiple split. The table
        that ScanRefer publishes (data/scannet/meta_data) says "refrigerator", and they are class 12.
        """
        nyu40_name = self.nyu40_names.get(name, "")
        return SCANREFER_CLASSES.index(nyu40_name) if nyu40_name in SCANREFER_CLASSES else OTHERS

    def benchmark_class(self, name: str) -> str | None:
        """Which of the 18 classes of the instance benchmark a name belongs to; None: to none of them."""
        nyu40_id = self.nyu40_ids.get(name, 0)
        return NYU40[nyu40_id - 1] if nyu40_id in BENCHMARK_INSTANCE_IDS else None


def _row(cells: list[str], columns: list[int], place: str) -> tuple[str, int, str]:
    if len(cells) <= max(columns):
        raise InputError(f"{place}: expected at least {max(columns) + 1} cells apart by tabs, got {len(cells)}")
    raw, nyu40_id, nyu40_name = (cells[column] for column in columns)
    if not raw.strip():
        raise InputError(f"{place}: expected raw_category as a name, got nothing")
    if not (nyu40_id.isascii() and nyu40_id.isdigit() and len(nyu40_id) < 4 and int(nyu40_id) <= len(NYU40)):
        raise InputError(f"{place}: expected nyu40id as a whole number from 0 to {len(NYU40)}, got {short(nyu40_id)}")
    return raw, int(nyu40_id), nyu40_name
