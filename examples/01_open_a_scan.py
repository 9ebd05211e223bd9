"""Open a scan, check that it is upright and in meters, and look at it; no model: python examples/01_open_a_scan.py"""

from pathlib import Path

import numpy as np

from less3d import picture, read_scan
from less3d.io import frame_warnings

scan = read_scan(Path(__file__).parent / "data" / "room.ply", up="z", units="m")
length, width, height = np.ptp(scan.points, axis=0)
print(f"{len(scan)} points, {length:.1f} x {width:.1f} x {height:.1f} m")
for warning in frame_warnings(scan):
    print("careful:", warning)

nothing = np.zeros(len(scan), dtype=bool)
picture(scan, nothing, "the whole room, its near walls left out").save("scan.png")
print("see scan.png")
