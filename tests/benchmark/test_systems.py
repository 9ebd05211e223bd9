"""The rows are the paper's, differ in what they say, and share all else."""

from dataclasses import replace

from tiny_data import write_tiny_data
from tiny_text import write_tiny_encoders

from less3d.benchmark.runs import ROWS, Run, at_length, finish, folder_of, read_sentences
from less3d.benchmark.systems import MATRICES, Eyes, systems
from less3d.data.folder import Folder
from less3d.score_rows import read_rows
from less3d.training.recipes import RECIPES, complete
from less3d.weights import load_weights


def test_every_row_of_the_paper_s_main_table_is_there():
    rows = systems({"BERT": "bert-base-uncased", "RoBERTa": "roberta-base"})["text"]
    assert [(row.name, row.text) for row in rows[:-1]] == [
        ("TGNN", "GRU"),
        ("TGNN", "BERT"),
        ("X-RefSeg3D", "GRU"),
        ("X-RefSeg3D", "BERT"),
        ("LESS", "GRU"),
        ("LESS", "BERT"),
        ("LESS", "RoBERTa"),
    ]
    assert [row.paper.miou for row in rows[:-1] if row.paper] == [26.10, 27.80, 29.77, 29.94, 32.19, 32.44, 33.74]
    assert rows[1].config.model.text.encoder == "bert-base-uncased"
    assert rows[6].config.model.text.encoder == "roberta-base"
    assert [row.labels for row in rows] == ["instances and classes"] * 4 + ["masks"] * 4
    assert rows[3].config.model.graph.xrefseg.neighbors == 10
    assert RECIPES["rooms-xrefseg"].model.graph.xrefseg.neighbors == 10  # MiniLM is of BERT's kind
    assert rows[2].config.model.graph.xrefseg.neighbors == 16


def test_every_row_runs_with_encoders_of_one_s_own(tmp_path):
    """One step each, on tiny rooms; the second stage over a first one of one step."""
    folders = {name: str(path) for name, path in write_tiny_encoders(tmp_path).items()}
    data = Folder(write_tiny_data(tmp_path))
    eyes = Eyes(channels=(8, 8), voxel_size=0.2)
    rows = systems({"BERT": folders["bert"], "RoBERTa": folders["roberta"]}, eyes=eyes, same_samples=True)["text"]
    assert rows[0].first is not None
    runs = [("first", rows[0].first, None), *((row.title, row.config, row.first) for row in rows)]
    found = {}
    for name, config, first in runs:
        begin = found["first"].best if first is not None else None
        config = at_length(complete(config, data, start_from=begin), 1, 0)
        place = tmp_path / "runs" / folder_of(name) / "seed-0"
        run = Run(name, config, place, data, data, tmp_path / "text", test_scans=1, begin=begin)
        read_sentences([run], lambda done, total: None)
        found[name] = finish(run)
    assert len(found) == 9
    widths = {name: load_weights(run.best)[0].text.width for name, run in found.items()}
    assert (widths["TGNN, BERT"], widths["LESS, RoBERTa"], widths["late fusion (default), MiniLM"]) == (24, 24, 384)
    for name, run in found.items():
        assert run.result.steps == 1
        assert name == "first" or len(read_rows(run.folder / ROWS)) == 2


def test_minilm_stands_in_and_says_so():
    rows = systems()["text"]
    assert [(row.text, row.stands_for) for row in rows[4:]] == [
        ("GRU", ""),
        ("MiniLM", "BERT"),
        ("MiniLM", "RoBERTa"),
        ("MiniLM", ""),
    ]


def test_rows_of_one_title_are_one_system():
    for encoders in ({}, {"BERT": "a"}, {"BERT": "a", "RoBERTa": "b"}):
        tables = systems(encoders)
        assert tuple(tables) == MATRICES
        by_title = {}
        for row in (row for rows in tables.values() for row in rows):
            assert by_title.setdefault(row.title, row.config) == row.config
        assert len(set(by_title.values())) == len(by_title)


def test_all_see_the_same_scans():
    rows = [row for rows in systems().values() for row in rows]
    for name in ("augment", "max_points"):
        assert len({getattr(row.config, name) for row in rows}) == 1
    assert len({(row.config.model.voxel_size, row.config.model.num_levels) for row in rows}) == 1
    firsts = {row.first for row in rows if row.first}
    assert len(firsts) == 1


def test_all_have_the_eyes_that_are_asked_for_and_can_be_shown_the_same():
    eyes = Eyes(channels=(4, 8), blocks=2, voxel_size=0.08)
    rows = [row for rows in systems(eyes=eyes, same_samples=True).values() for row in rows]
    assert {Eyes.of(config.model) for row in rows for config in (row.config, row.first) if config} == {eyes}
    assert {(row.config.scans_per_step, row.config.sentences_per_scan) for row in rows} == {(8, 1)}


def test_parts_of_less_are_left_out_one_by_one():
    neither, pwca, seg, area, whole = (row.config.model.early for row in systems()["ablation"])
    assert (neither.pwca, neither.qsa) == (False, False)
    assert pwca == replace(whole, qsa=False)
    assert neither == replace(pwca, pwca=False)
    assert area == replace(whole, contrast_weight=0.0)
    assert seg == replace(area, area_weight=0.0)


def test_less_and_the_default_network_are_as_wide():
    rows = [row.config.model for rows in systems().values() for row in rows]
    assert {model.early.query_width for model in rows if model.fusion == "early"} == {96}
    assert {model.late.width for model in rows if model.fusion == "late"} == {96}


def test_losses_weigh_as_is_said():
    of_less = [row for rows in systems().values() for row in rows if row.config.model.fusion == "early"]
    assert {row.config.model.early.positive_weight for row in of_less} == {20.0}
    assert {row.config.model.early.area_weight for row in of_less} == {1.0, 0.0}


def test_parts_of_less_are_as_long_as_the_whole():
    *parts, whole = systems()["ablation"]
    assert {row.paced_by for row in parts} == {whole.title}


def test_the_paper_s_times_are_there():
    times = {row.title: row.paper for row in systems()["text"] if row.paper and row.paper.training}
    assert [paper.sentence for paper in times.values()] == [176.57, 126.23, 44.76]
