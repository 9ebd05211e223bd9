"""Every mistake a user can make: one clear line on stderr, exit code 2, nothing written."""

import os
import subprocess
import sys

import numpy as np
import pytest
from safetensors.torch import load_file, save_file
from scan_files import room_points, write_ply

from less3d.cli import COMMANDS


def missing(folder, good):
    return folder / "nowhere.ply"


def empty(folder, good):
    (folder / "empty.ply").write_bytes(b"")
    return folder / "empty.ply"


def truncated(folder, good):
    content = good.read_bytes()
    (folder / "half.ply").write_bytes(content[: len(content) // 2])
    return folder / "half.ply"


def no_points(folder, good):
    return write_ply(folder / "none.ply", np.zeros((0, 3)))


def not_finite(folder, good):
    points = room_points()
    points[7, 1] = np.nan
    return write_ply(folder / "nan.ply", points)


def enormous(folder, good):
    points = room_points()
    points[7, 1] = 1e6
    return write_ply(folder / "large.ply", points)


def text(folder, good):
    (folder / "text.ply").write_text("Dear diary,\ntoday I scanned a room.\n")
    return folder / "text.ply"


def a_folder(folder, good):
    (folder / "folder.ply").mkdir()
    return folder / "folder.ply"


def a_long_name(folder, good):
    return folder / f"{'long' * 70}.ply"


def another_extension(folder, good):
    (folder / "room.docx").write_bytes(good.read_bytes())
    return folder / "room.docx"


SCANS = [missing, empty, truncated, no_points, not_finite, enormous, text, a_folder, a_long_name, another_extension]


def assert_refused(ran, folder, named=""):
    """One line that names the culprit; no output; nothing written."""
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith("less3d: error: ")
    assert named in ran.err
    assert not (folder / "out").exists()


@pytest.mark.parametrize("make", SCANS, ids=lambda make: make.__name__)
def test_a_file_that_is_no_scan_is_refused(run, scan_file, weights, tmp_path, make):
    bad = make(tmp_path, scan_file)
    ran = run("segment", bad, "the chair", "--weights", weights, "-o", tmp_path / "out")
    assert_refused(ran, tmp_path, named=bad.name)


@pytest.mark.parametrize("sentence", ["", "  ", "...", "chair " * 5000, "caf\udce9 chair"])
def test_a_sentence_that_is_none_is_refused(run, scan_file, weights, tmp_path, sentence):
    ran = run("segment", scan_file, "the chair", sentence, "--weights", weights, "-o", tmp_path / "out")
    assert_refused(ran, tmp_path, named="expected a sentence")


def test_no_sentence_at_all_is_refused(run, scan_file, weights, tmp_path):
    assert_refused(run("segment", scan_file, "-o", tmp_path / "out"), tmp_path, named="at least one sentence")


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff\xfe\x00\xd8"])
def test_a_file_without_sentences_is_refused(run, scan_file, tmp_path, content):
    if content is not None:
        (tmp_path / "asked.txt").write_bytes(content)
    ran = run("segment", scan_file, "--sentences", tmp_path / "asked.txt", "-o", tmp_path / "out")
    assert_refused(ran, tmp_path, named="sentence" if content in (b"", b"\n \n") else "asked.txt")


def test_weights_of_another_version_are_refused(run, scan_file, weights, tmp_path):
    header = {"format": "less3d 99", "library": "9.1", "config": "{}", "metadata": "{}"}
    save_file(load_file(weights), tmp_path / "new.safetensors", header)
    ran = run("segment", scan_file, "the chair", "--weights", tmp_path / "new.safetensors", "-o", tmp_path / "out")
    assert_refused(ran, tmp_path, named="weights of another version")


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_weights_that_are_none_are_refused(run, scan_file, tmp_path, content):
    path = tmp_path / "bad.safetensors"
    if content is not None:
        path.write_bytes(content)
    ran = run("segment", scan_file, "the chair", "--weights", path, "-o", tmp_path / "out")
    assert_refused(ran, tmp_path, named="bad.safetensors")


def test_weights_with_an_impossible_name_are_refused(run, scan_file, tmp_path):
    ran = run("segment", scan_file, "the chair", "--weights", "w" * 300, "-o", tmp_path / "out")
    assert_refused(ran, tmp_path, named=f"{'w' * 300}: File name too long")


def test_a_reader_that_leaves_early_is_no_crash(scan_file, weights, tmp_path):
    code = f"import sys; from less3d.cli import main; sys.exit(main({['segment', str(scan_file), 'the chair']}"
    code += f" + ['the desk', '--weights', {str(weights)!r}, '-o', {str(tmp_path / 'out')!r}]))"
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert ran.returncode == 141
    assert ran.stderr == "less3d: stopped: nobody reads the output any more; what was finished is kept\n"
    assert [folder.name for folder in (tmp_path / "out").iterdir()] == ["01-the-chair"]


def test_an_output_that_is_a_file_is_refused(run, scan_file, weights, tmp_path):
    (tmp_path / "taken").write_text("mine")
    ran = run("segment", scan_file, "the chair", "--weights", weights, "-o", tmp_path / "taken")
    assert_refused(ran, tmp_path, named="taken")
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_picture_of_no_size_is_refused(run, scan_file, weights, tmp_path):
    options = ("--weights", weights, "-o", tmp_path / "out", "--picture-size", 0, 9)
    assert_refused(run("segment", scan_file, "the chair", *options), tmp_path, named="0 x 9")


def test_a_device_that_is_not_there_is_refused(run, scan_file, weights, tmp_path):
    options = ("--weights", weights, "-o", tmp_path / "out", "--device", "abacus")
    assert_refused(run("segment", scan_file, "the chair", *options), tmp_path, named="abacus")


def test_a_command_that_is_none_is_refused(run, tmp_path):
    assert_refused(run("segmnt", "room.ply"), tmp_path, named="segmnt")


@pytest.mark.parametrize("arguments", [("segment",), ("segment", "a.ply", "x", "--up", "q"), ("segment", "--colour")])
def test_wrong_usage_exits_with_2_and_is_explained(run, arguments):
    ran = run(*arguments)
    assert ran.code == 2
    assert "segment" in ran.err
    assert "Traceback" not in ran.err


def test_help_names_every_command(run):
    for arguments in ((), ("--help",), ("-h",)):
        ran = run(*arguments)
        assert ran.code == 0
        assert all(name in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run, name):
    ran = run(*name.split(), "--help")
    assert ran.code == 0
    assert f"usage: less3d {name}" in ran.out


def test_the_version_is_said(run):
    assert run("--version").out.startswith("less3d 0.")
