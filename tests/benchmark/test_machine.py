"""Results name the commit they were made from, and no other repository's."""

import shutil
import subprocess

import pytest

from less3d.benchmark import machine
from less3d.benchmark.machine import commit, short


@pytest.fixture
def repository(tmp_path):
    """A repository with a package of one file, which it does not know yet."""

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=b")
        done = subprocess.run(["git", *who, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    file = tmp_path / "less3d" / "benchmark" / "machine.py"
    file.parent.mkdir(parents=True)
    shutil.copy(machine.__file__, file)
    git("init")
    (tmp_path / ".gitignore").write_text("")
    git("add", ".gitignore")
    git("commit", "-m", "one")
    return git, file


def test_the_commit_is_that_of_the_source(repository):
    git, file = repository
    assert commit(file) == ""  # as of a package that is installed in somebody's own repository
    git("add", "-A")
    git("commit", "-m", "two")
    head = git("rev-parse", "HEAD")
    assert commit(file) == head
    (file.parents[2] / "notes.txt").write_text("beside the package")
    assert commit(file) == head
    (file.parents[1] / "__init__.py").write_text("")
    assert commit(file) == f"{head}-dirty"
    assert short(commit(file)) == f"{head[:7]}-dirty"


def test_no_repository_is_no_commit(tmp_path):
    assert commit(tmp_path / "less3d" / "machine.py") == ""
