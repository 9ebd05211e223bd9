"""Damaged files of every format: whatever byte is wrong, reading ends in a scan or in one `InputError`."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import trimesh

from less3d.errors import InputError, InputWarning
from less3d.io import read_scan, write_scan
from less3d.io.ply import write_ply
from less3d.scan import Scan

CASES = ("ascii.ply", "binary_little_endian.ply", "binary_big_endian.ply", "a.npz", "a.xyz", "a.obj", "a.glb", "a.gltf")
TRIES = 250


def write_case(path: Path) -> None:
    rng = np.random.default_rng(6)
    scan = Scan(
        rng.random((12, 3)).astype(np.float32),
        rng.integers(0, 256, (12, 3)).astype(np.uint8),
        instances=rng.integers(0, 3, 12).astype(np.int32),
        labels={0: "chair", 1: "table"},
        faces=rng.integers(0, 12, (8, 3)).astype(np.int32),
    )
    if path.stem.startswith(("ascii", "binary")):
        write_ply(scan, path, encoding=path.stem)
    elif path.suffix in (".npz", ".xyz"):
        write_scan(scan, path)
    else:
        mesh = trimesh.Trimesh(scan.points, scan.faces, vertex_colors=scan.colors, process=False)
        exported = mesh.scene().export(file_type=path.suffix[1:])
        for name, content in exported.items() if isinstance(exported, dict) else [(path.name, exported)]:
            target = path if name == "model.gltf" else path.parent / name
            target.write_bytes(content.encode() if isinstance(content, str) else content)


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """Change a few bytes, or cut a piece out, or double one, or cut the end off."""
    raw = bytearray(data)
    kind = rng.integers(0, 5)
    start, length = int(rng.integers(0, len(raw))), int(rng.integers(1, 9))
    if kind <= 1:
        for at in rng.integers(0, len(raw), length):
            raw[at] = int(rng.integers(0, 256)) if kind == 0 else ord(rng.choice(list("0123456789-. \nen")))
    elif kind == 2:
        del raw[start : start + length]
    elif kind == 3:
        raw[start:start] = raw[start : start + length]
    else:
        del raw[start:]
    return bytes(raw)


@pytest.mark.parametrize("case", CASES)
def test_damaged_files_give_a_scan_or_an_input_error(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("less3d.io.mesh.MAX_POINTS", 1000)
    path = tmp_path / case
    write_case(path)
    data = path.read_bytes()
    rng = np.random.default_rng(CASES.index(case))
    refusals = []
    for _ in range(TRIES):
        path.write_bytes(damaged(data, rng))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)
            try:
                read_scan(path)
            except InputError as error:
                refusals.append(str(error))
    assert 0 < len(refusals) < TRIES
    for message in refusals:
        assert case in message
        assert "\n" not in message


def test_the_tests_own_damage_is_damage():
    rng = np.random.default_rng(0)
    data = bytes(range(256)) * 4
    assert sum(damaged(data, rng) != data for _ in range(100)) > 90
