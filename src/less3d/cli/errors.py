"""How the command line speaks when something is wrong: one line on stderr, and an exit code."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from less3d.errors import InputError, InputWarning

MISTAKE, STOPPED = 2, 130
"""Exit codes: a user's mistake, and a stop by Ctrl-C."""


@dataclass
class Outcome:
    """How a command ended."""

    code: int = 0


@contextmanager
def plainly() -> Iterator[Outcome]:
    """Run a block so that mistakes, warnings about input and Ctrl-C become one line each, without a traceback."""
    outcome = Outcome()
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = _show
        try:
            yield outcome
        except InputError as error:
            say("error", str(error))
            outcome.code = MISTAKE
        except KeyboardInterrupt:
            say("stopped", "what was finished is kept")
            outcome.code = STOPPED
        except SystemExit as end:  # tyro's own help and usage errors
            outcome.code = end.code if isinstance(end.code, int) else MISTAKE


def say(kind: str, message: str) -> None:
    """Print one line on stderr."""
    print(f"less3d: {kind}: {' '.join(message.split())}", file=sys.stderr, flush=True)


def _show(message: Warning | str, category: type[Warning], *_place: object) -> None:
    """What `warnings` calls; only warnings about input concern the user."""
    if issubclass(category, InputWarning):
        say("warning", str(message))
