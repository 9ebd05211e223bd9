"""What the tests of scan files share: random scans, a comparison, a small furnished room, the real scans' place."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st

from less3d.scan import Scan

REAL = Path(__file__).parents[2] / "../shared/data/real"
LAYOUTS = Path(__file__).parents[2] / "../shared/data/layouts"
needs_real_scans = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real scans may not be redistributed: ../shared is absent"
)

ENCODINGS = ("ascii", "binary_little_endian", "binary_big_endian")


@st.composite
def scans(draw: st.DrawFn, *, attribute_types: tuple[str, ...] = ("u1", "i2", "u4", "f4", "f8")) -> Scan:
    """Random scans of up to 30 points; every optional field is sometimes there. Some color is over 1."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 30))
    scale = draw(st.sampled_from([1e-3, 1.0, 30.0, 900.0]))
    colors = rng.integers(0, 256, (n, 3)).astype(np.uint8)
    colors[0, 0] = 200
    has = {name: draw(st.booleans()) for name in ("instances", "semantics", "attributes", "faces")}
    return Scan(
        points=(rng.uniform(-1, 1, (n, 3)) * scale).astype(np.float32),
        colors=colors,
        instances=rng.integers(-1, 9, n).astype(np.int32) if has["instances"] else None,
        labels={0: "office chair", 3: "table"} if has["instances"] else None,
        semantics=rng.integers(0, 41, n).astype(np.int32) if has["semantics"] else None,
        attributes={f"a_{t}": rng.integers(0, 200, n).astype(t) for t in attribute_types} if has["attributes"] else {},
        faces=rng.integers(0, n, (draw(st.integers(0, 9)), 3)).astype(np.int32) if has["faces"] else None,
    )


def assert_same(got: Scan, want: Scan, *, labels: bool = True, faces: bool = True) -> None:
    """Compare two scans exactly, types included."""
    names = ["points", "colors", "origin", "instances", "semantics", *(["faces"] if faces else [])]
    for name in names:
        a, b = getattr(got, name), getattr(want, name)
        assert (a is None) == (b is None), name
        if a is not None:
            assert a.dtype == b.dtype, name
            np.testing.assert_array_equal(a, b, err_msg=name)
    assert not labels or got.labels == want.labels
    assert list(got.attributes) == list(want.attributes)
    for name, values in want.attributes.items():
        assert got.attributes[name].dtype == values.dtype, name
        np.testing.assert_array_equal(got.attributes[name], values)


def furnished_room(*, ceiling: bool = False, n: int = 60_000) -> Scan:
    """A room of 5 x 4 x 2.5 m with floor, walls, a bed, a table and a cupboard; only surfaces have points."""
    boxes = [((0, 0, 0), (5, 4, 2.5), ceiling, True), ((0.1, 0.2, 0), (2, 1.6, 0.5), True, False)]
    boxes += [((3, 2.5, 0.7), (1.6, 0.8, 0.05), True, True), ((4.4, 0.1, 0), (0.6, 1.2, 1.6), True, False)]
    rng = np.random.default_rng(3)
    parts = []
    for corner, size, top, bottom in boxes:
        sx, sy, sz = size
        sides = [(0, 0.0, sy * sz), (0, 1.0, sy * sz), (1, 0.0, sx * sz), (1, 1.0, sx * sz)]
        sides += [(2, 1.0, sx * sy)] * top + [(2, 0.0, sx * sy)] * bottom
        for axis, where, area in sides:
            unit = rng.random((int(area * n / 90), 3))
            unit[:, axis] = where
            parts.append(unit * size + corner)
    points = np.concatenate(parts) + rng.normal(0, 0.004, (sum(map(len, parts)), 3))
    return Scan(points.astype(np.float32), rng.integers(0, 256, points.shape).astype(np.uint8))
