"""The scan file that answers a question: the file's own points, recolored and scored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from less3d.io.ply import recolored, table_of_scan
from less3d.io.ply_table import read_ply_table, write_ply_table
from less3d.scan import Scan


def write_result(
    source: Path, scan: Scan, colors: UInt8[np.ndarray, "N 3"], scores: Float32[np.ndarray, "N"], path: Path
) -> None:
    """Write a PLY of the points of `scan`, which was read from `source`, in the same order.

    From a PLY source everything it holds stays as it is, in its own axes, units and encoding, but for the vertex
    colors and the float property `score`. From another source, or when the scan was thinned, what `scan` holds is
    written.

    Raises:
        InputError: when the source has changed since it was read, or the folder of `path` is missing.
    """
    if source.suffix.lower() == ".ply" and scan.stand_ins is None:
        table = read_ply_table(source)
    else:
        known = {name: values for name, values in scan.attributes.items() if values.dtype.kind in "biuf"}
        table = table_of_scan(replace(scan, attributes=known), path)
    write_ply_table(recolored(table, colors, scores, source), path)
