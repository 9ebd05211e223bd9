"""`less3d segment`: the files that were promised, in the file's own order."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from scan_files import room_points, write_ply

import less3d
import less3d.cli.segment as command
from less3d.cli.results import folder_names, write_folder
from less3d.draw import HIGHLIGHT
from less3d.errors import InputError
from less3d.models import Referrer
from less3d.predict import Segmenter

FILES = ["mask.npy", "picture.png", "result.json", "scan.ply"]
SMALL = ("--picture-size", 96, 72)


@pytest.fixture
def segment(run, scan_file, weights, tmp_path):
    """Run `less3d segment` on the room with the tiny weights."""

    def run_segment(*arguments, scan=scan_file):
        return run("segment", scan, *arguments, "--weights", weights, "-o", tmp_path / "out", *SMALL)

    return run_segment


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def vertices(path):
    """The vertex table of a PLY file, by trimesh, an independent reader."""
    with path.open("rb") as stream:
        return trimesh.exchange.ply.load_ply(stream, fix_texture=False)["metadata"]["_ply_raw"]["vertex"]["data"]


def test_each_sentence_gets_its_folder_and_its_line(segment, tmp_path, scan_file):
    ran = segment("The brown chair, next to the window!", "the desk")
    assert ran.code == 0, ran.err
    names = ["01-the-brown-chair-next-to-the-window", "02-the-desk"]
    assert listed(tmp_path / "out") == names
    for name in names:
        assert listed(tmp_path / "out" / name) == FILES
    lines = ran.out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith('"The brown chair, next to the window!": ')
    assert lines[0].endswith(f"see {tmp_path / 'out' / names[0] / 'picture.png'}")


def test_the_result_says_what_was_done(segment, tmp_path, scan_file, weights):
    assert segment("the brown chair").code == 0
    folder = tmp_path / "out" / "01-the-brown-chair"
    record = json.loads((folder / "result.json").read_text())
    assert record["sentence"] == "the brown chair"
    assert record["points"] == np.load(folder / "mask.npy").sum()
    assert 0 <= record["confidence"] <= 1
    assert set(record["seconds"]) == {"read", "load", "encode", "answer", "draw"}
    assert record["scan"]["sha256"] == hashlib.sha256(scan_file.read_bytes()).hexdigest()
    assert record["scan"]["points"] == 4000
    assert record["weights"] == {"name": str(weights), "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    assert record["version"] == less3d.__version__


def test_masks_and_scores_are_those_of_the_library(segment, tmp_path, scan_file, weights):
    assert segment("the brown chair").code == 0
    folder = tmp_path / "out" / "01-the-brown-chair"
    expected = Segmenter.from_pretrained(weights).set_scan(less3d.read_scan(scan_file)).segment("the brown chair")
    mask = np.load(folder / "mask.npy")
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal(mask, expected.mask)
    np.testing.assert_allclose(vertices(folder / "scan.ply")["score"].ravel(), expected.scores, rtol=1e-6)


def test_the_written_scan_keeps_points_order_and_properties(segment, tmp_path, scan_file, monkeypatch):
    found = np.arange(4000) % 6 == 5

    def answer(_self, sentence):
        return less3d.Prediction(sentence, found, found.astype(np.float32), 0.9)

    monkeypatch.setattr(Segmenter, "segment", answer)
    assert segment("the brown chair").code == 0
    before, after = vertices(scan_file), vertices(tmp_path / "out" / "01-the-brown-chair" / "scan.ply")
    for name in ("x", "y", "z", "number"):
        np.testing.assert_array_equal(after[name], before[name])
    for name in ("red", "green", "blue"):
        np.testing.assert_array_equal(after[name][~found], before[name][~found])
    painted = [after[name][found].mean() for name in ("red", "green", "blue")]
    assert abs(np.array(painted) - HIGHLIGHT).max() < 40
    picture = np.asarray(Image.open(tmp_path / "out" / "01-the-brown-chair" / "picture.png").convert("RGB")).astype(int)
    assert picture.shape[1] == 96
    assert ((picture[..., 0] - picture[..., 1]) > 100).mean() > 0.01


def test_what_is_not_there_is_said_not_to_be_found(segment, tmp_path, monkeypatch):
    def answer(_self, sentence):
        return less3d.Prediction(sentence, np.zeros(4000, dtype=bool), np.zeros(4000, dtype=np.float32), 0.876)

    monkeypatch.setattr(Segmenter, "segment", answer)
    ran = segment("the piano")
    assert ran.out.startswith('"the piano": not found, confidence 0.88, see ')
    record = json.loads((tmp_path / "out" / "01-the-piano" / "result.json").read_text())
    assert (record["found"], record["points"], record["confidence"]) == (False, 0, 0.876)


def test_from_how_many_sides_is_said(segment, monkeypatch):
    prepare, prepared = Referrer.prepare, []
    monkeypatch.setattr(Referrer, "prepare", lambda *given: prepared.append(1) or prepare(*given))
    assert segment("the desk", "the box").code == 0
    assert len(prepared) == 4
    assert segment("the desk", "--turns", 2).code == 0
    assert len(prepared) == 6
    refused = segment("the desk", "--turns", 0)
    assert (refused.code, refused.err.count("\n"), "at least one side, got turns=0" in refused.err) == (2, 1, True)


def test_a_turned_scan_in_millimeters_gives_the_same_answer_in_its_own_frame(segment, tmp_path):
    points = room_points()
    assert segment("the brown chair").code == 0
    folder = tmp_path / "out" / "01-the-brown-chair"
    upright = np.log(vertices(folder / "scan.ply")["score"].clip(1e-9))  # a tiny model of random weights says little
    lying = (points * 1000)[:, [0, 2, 1]] * (1, 1, -1)  # y up
    file = write_ply(tmp_path / "lying.ply", lying)
    assert segment("the brown chair", "--up", "y", "--units", "mm", scan=file).code == 0
    scores = np.log(vertices(folder / "scan.ply")["score"].clip(1e-9))
    assert upright.std() > 1
    assert (abs(scores - upright) < 0.01 * upright.std()).mean() > 0.99  # but for points on the border of two voxels
    np.testing.assert_array_equal(vertices(folder / "scan.ply")["y"], vertices(file)["y"])


def test_a_thinned_scan_gets_a_mask_of_all_points_of_the_file(segment, tmp_path, scan_file, monkeypatch):
    thinned = less3d.read_scan(scan_file, thin=0.2)
    found = np.arange(len(thinned)) % 3 == 0

    def answer(_self, sentence):
        return less3d.Prediction(sentence, found, found.astype(np.float32), 0.9)

    monkeypatch.setattr(Segmenter, "segment", answer)
    assert segment("the brown chair", "--thin", "0.2").code == 0
    folder = tmp_path / "out" / "01-the-brown-chair"
    points = room_points()
    _, voxel = np.unique(np.floor(points.astype(np.float64) / 0.2), axis=0, return_inverse=True)
    first = np.sort(np.unique(voxel, return_index=True)[1])  # of each voxel, in the order of their appearance
    row_of_voxel = {voxel[point]: row for row, point in enumerate(first)}
    mask = np.load(folder / "mask.npy")
    np.testing.assert_array_equal(mask, [row_of_voxel[v] % 3 == 0 for v in voxel])
    record = json.loads((folder / "result.json").read_text())
    assert record["scan"]["points"] == 4000
    assert record["scan"]["points_used"] == len(first) < 4000
    assert record["points"] == mask.sum()
    scan = vertices(folder / "scan.ply")
    np.testing.assert_allclose(scan["x"].ravel(), thinned.points[:, 0])
    np.testing.assert_array_equal(scan["score"].ravel(), found)


def test_a_scan_in_millimeters_is_warned_about(segment, tmp_path):
    file = write_ply(tmp_path / "large.ply", room_points() * 1000)
    ran = segment("the chair", scan=file)
    assert ran.code == 0
    assert ran.err.startswith("less3d: warning: ")
    assert "--units mm" in ran.err


def test_json_prints_one_line_a_sentence(segment, tmp_path):
    ran = segment("the brown chair", "the desk", "--json")
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["sentence"], second["sentence"]) == ("the brown chair", "the desk")
    stored = json.loads((tmp_path / "out" / "01-the-brown-chair" / "result.json").read_text())
    assert first == {**stored, "folder": str(tmp_path / "out" / "01-the-brown-chair")}


@pytest.mark.parametrize("arguments", [("the chair", "-"), ("the chair", "--sentences", "-")])
def test_sentences_come_from_standard_input(segment, tmp_path, monkeypatch, arguments):
    monkeypatch.setattr("sys.stdin", io.StringIO("the desk\n\n  the window \n"))
    assert segment(*arguments).code == 0
    assert listed(tmp_path / "out") == ["01-the-chair", "02-the-desk", "03-the-window"]


def test_sentences_come_from_a_file(segment, tmp_path):
    (tmp_path / "asked.txt").write_text("\ufeffthe desk\r\nthe chair\r\n", encoding="utf-8")
    assert segment("--sentences", tmp_path / "asked.txt").code == 0
    assert listed(tmp_path / "out") == ["01-the-desk", "02-the-chair"]


def test_a_byte_order_mark_on_standard_input_is_no_part_of_a_sentence(segment, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\ufeffthe desk\n"))
    assert json.loads(segment("-", "--json").out)["sentence"] == "the desk"


def test_a_sentence_on_two_lines_is_one_sentence_and_gets_one_line(segment):
    ran = segment(" the brown\nchair")
    assert ran.out.startswith('"the brown chair": ')
    assert len(ran.out.splitlines()) == 1


def test_a_scan_whose_name_is_no_text_is_read(segment, tmp_path, scan_file):
    odd = scan_file.rename(tmp_path / "r\udce9oom.ply")  # how Python spells a byte that is no UTF-8
    ran = segment("the chair", "--json", scan=odd)
    assert json.loads(ran.out)["scan"]["file"] == str(odd)


def test_the_up_of_a_leaning_scan_is_found_as_its_warning_says(segment, tmp_path):
    turn = np.array([[1, 0, 0], [0, np.cos(0.6), -np.sin(0.6)], [0, np.sin(0.6), np.cos(0.6)]])
    leaning = write_ply(tmp_path / "leaning.ply", (room_points(60_000) @ turn.T).astype(np.float32))
    assert segment("the chair", scan=leaning).err.endswith("pass --up auto\n")
    assert segment("the chair", "--up", "auto", scan=leaning).err == ""


def test_running_again_replaces_the_results(segment, tmp_path):
    assert segment("the chair").code == 0
    (tmp_path / "out" / "01-the-chair" / "result.json").write_text("old")
    assert segment("the chair").code == 0
    assert json.loads((tmp_path / "out" / "01-the-chair" / "result.json").read_text())["sentence"] == "the chair"
    assert listed(tmp_path / "out") == ["01-the-chair"]


def test_a_folder_of_the_users_is_never_replaced(segment, tmp_path):
    mine = tmp_path / "out" / "02-the-chair" / "thesis.tex"
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work")
    ran = segment("the desk", "the chair")
    assert ran.code == 2
    assert mine.read_text() == "years of work"
    assert listed(tmp_path / "out") == ["02-the-chair"]


def test_a_result_with_a_file_of_the_users_in_it_is_not_replaced(segment, tmp_path):
    assert segment("the chair").code == 0
    (tmp_path / "out" / "01-the-chair" / ".DS_Store").touch()
    assert segment("the chair").code == 0
    (tmp_path / "out" / "01-the-chair" / "notes.txt").write_text("a week of looking")
    ran = segment("the chair")
    assert ran.code == 2
    assert "notes.txt" in ran.err
    assert (tmp_path / "out" / "01-the-chair" / "notes.txt").read_text() == "a week of looking"


def test_a_stop_between_the_two_renames_keeps_the_earlier_result(segment, tmp_path, monkeypatch):
    assert segment("the chair").code == 0
    rename = Path.rename

    def fail(self, target):
        if self.name.endswith(".partial"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    assert segment("the chair").code == 2
    assert listed(tmp_path / "out") == ["01-the-chair"]
    assert listed(tmp_path / "out" / "01-the-chair") == FILES


@pytest.mark.parametrize("broken", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_the_earlier_results_alone(segment, tmp_path, monkeypatch, broken):
    assert segment("the chair").code == 0
    before = (tmp_path / "out" / "01-the-chair" / "result.json").read_text()

    def fail(folder, **_rest):
        (folder / "mask.npy").write_bytes(b"half")
        raise broken

    monkeypatch.setattr(command, "write_results", fail)
    ran = segment("the chair", "the desk")
    assert ran.code == (130 if isinstance(broken, KeyboardInterrupt) else 2)
    assert len(ran.err.splitlines()) == 1
    assert listed(tmp_path / "out") == ["01-the-chair"]
    assert (tmp_path / "out" / "01-the-chair" / "result.json").read_text() == before


def test_a_sentence_of_unknown_words_is_warned_about_and_hardly_believed(segment):
    ran = segment("the flurbish quux", "--json")
    assert ran.code == 0
    assert ran.err.count("less3d: warning: ") == 1
    assert json.loads(ran.out)["confidence"] <= 0.05


def test_folder_names_are_plain_short_and_in_order():
    sentences = ["Das blaue Sofa – groß!", "l'étagère", "чайник", "word " * 60, "x" * 300]
    first, second, third, fourth, fifth = folder_names(sentences)
    assert (first, second, third) == ("01-das-blaue-sofa-gro", "02-letagere", "03-sentence")
    assert fourth.startswith("04-word-word")
    assert fourth.endswith("-word")
    assert len(fourth) < 70
    assert len(fifth) < 70
    many = folder_names(["the chair"] * 1200)
    assert sorted(many) == many
    assert len(set(many)) == 1200


def test_a_folder_appears_whole(tmp_path):
    seen = []
    write_folder(tmp_path / "a" / "b", lambda folder: seen.append((folder / "x").write_text("1")))
    assert (tmp_path / "a" / "b" / "x").read_text() == "1"
    with pytest.raises(InputError, match="holds no result"):
        write_folder(tmp_path / "a" / "b", lambda folder: None)
