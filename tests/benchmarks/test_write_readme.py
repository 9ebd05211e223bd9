"""Figures in the README, the docs and the cards are those of the committed results."""

import write_readme


def test_what_is_written_is_what_results_say(monkeypatch):
    read = []

    def compare(path, lines, *, section="RESULTS"):
        text = path.read_text(encoding="utf-8")
        assert write_readme.filled(text, lines, section=section) == text, path
        assert f"<!-- {section}" in text, path
        read.append(path.name)

    monkeypatch.setattr(write_readme, "fill", compare)
    write_readme.main()
    assert {"README.md", "ablation.md", "rooms-base.md"} <= set(read)


def test_only_what_is_between_the_marks_is_filled():
    text = "a\n<!-- RESULTS: by b -->\nold\n<!-- /RESULTS -->\nc\n"
    assert write_readme.filled(text, ["new", ""], section="RESULTS") == text.replace("old", "new\n")
    assert write_readme.filled(text, ["new"], section="OTHER") == text
