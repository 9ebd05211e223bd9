"""The command line: `less3d COMMAND ...`. Each command's module is imported only when it is asked for."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from less3d.cli.errors import plainly
from less3d.errors import InputError


@dataclass(frozen=True)
class Command:
    """A function whose arguments are the command's, and one line about it."""

    summary: str
    load: Callable[[], Callable[..., None]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `less3d` with these arguments, by default the process's own; returns its exit code.

    0: done. 2: the user's mistake, said in one line on stderr. 130: stopped by Ctrl-C. 141: the output's reader left.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    with plainly() as outcome:
        _run(given)
    return outcome.code


def _run(given: list[str]) -> None:
    if not given or given[0] in ("-h", "--help", "help"):
        _print_help()
    elif given[0] == "--version":
        import less3d

        print(f"less3d {less3d.__version__}")
    else:
        import tyro

        name = _named(given)
        tyro.cli(COMMANDS[name].load(), prog=f"less3d {name}", args=given[len(name.split()) :])


def _named(given: list[str]) -> str:
    """The command that arguments begin with."""
    for words in (2, 1):
        if (name := " ".join(given[:words])) in COMMANDS:
            return name
    further = [name.removeprefix(f"{given[0]} ") for name in COMMANDS if name.startswith(f"{given[0]} ")]
    if further:
        raise InputError(f"expected a word after {given[0]} ({', '.join(further)}): see less3d --help")
    raise InputError(f"expected a command ({', '.join(COMMANDS)}), got {given[0]!r}: see less3d --help")


def _print_help() -> None:
    width = max(map(len, COMMANDS)) + 2
    print("usage: less3d COMMAND ...\n\nFind the object that a sentence describes in a colored 3D scan.\n\ncommands:")
    for name, command in COMMANDS.items():
        print(f"  {name:<{width}}{command.summary}")
    print("\nless3d COMMAND --help explains a command, less3d --version names the version.")


def _segment() -> Callable[..., None]:
    from less3d.cli.segment import segment

    return segment


def _rooms_make() -> Callable[..., None]:
    from less3d.cli.rooms import make

    return make


def _rooms_show() -> Callable[..., None]:
    from less3d.cli.rooms import show

    return show


def _train(recipe: str) -> Callable[..., None]:
    from less3d.cli.train import recipe_command

    return recipe_command(recipe)


def _calibrate() -> Callable[..., None]:
    from less3d.cli.calibrate import calibrate

    return calibrate


def _eval() -> Callable[..., None]:
    from less3d.cli.eval import evaluate

    return evaluate


def _scores() -> Callable[..., None]:
    from less3d.cli.eval import scores

    return scores


def _bench() -> Callable[..., None]:
    from less3d.cli.bench import bench

    return bench


def _bench_tables() -> Callable[..., None]:
    from less3d.cli.bench import tables

    return tables


def _data_check() -> Callable[..., None]:
    from less3d.cli.data import check

    return check


def _data_prepare() -> Callable[..., None]:
    from less3d.cli.data import prepare

    return prepare


COMMANDS: dict[str, Command] = {
    "segment": Command("find what sentences mean in a scan", _segment),
    "rooms make": Command("make procedural rooms with sentences about them", _rooms_make),
    "rooms show": Command("draw a made room", _rooms_show),
    "train rooms-base": Command("train the default network (late fusion) on a GPU", partial(_train, "rooms-base")),
    "train rooms-base-cpu": Command("train the same network on a CPU", partial(_train, "rooms-base-cpu")),
    "train rooms-tiny": Command("train a smaller and faster one on a CPU", partial(_train, "rooms-tiny")),
    "train rooms-instances": Command(
        "train the first of two stages, which finds all objects, from full labels", partial(_train, "rooms-instances")
    ),
    "train rooms-tgnn": Command("train TGNN over it, the second stage", partial(_train, "rooms-tgnn")),
    "train rooms-xrefseg": Command("train X-RefSeg3D over it", partial(_train, "rooms-xrefseg")),
    "train rooms-less": Command("train the paper's network in small, for a CPU", partial(_train, "rooms-less")),
    "train less-paper": Command(
        "train LESS at the paper's sizes with RoBERTa, for a GPU", partial(_train, "less-paper")
    ),
    "train less-paper-gru": Command("the same with a GRU", partial(_train, "less-paper-gru")),
    "calibrate": Command("fit the confidence of weights, and when they find nothing", _calibrate),
    "eval": Command("score weights over a data set", _eval),
    "scores": Command("print the tables of an evaluation again from its rows", _scores),
    "bench": Command("train and compare systems, and make the paper's tables", _bench),
    "bench tables": Command("make them again from the scores of its runs", _bench_tables),
    "data check": Command("report what is wrong with a data set, by line", _data_check),
    "data prepare": Command("make ScanNet's scans ready for training and scoring", _data_prepare),
}
"""The commands, by name."""
