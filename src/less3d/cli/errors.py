"""How the command line speaks when something is wrong: one line on stderr, and an exit code."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from less3d.errors import InputError, InputWarning

MISTAKE, STOPPED, UNREAD = 2, 130, 141
"""Exit codes: a user's mistake, a stop by Ctrl-C, and output that nobody reads any more."""


@dataclass
class Outcome:
    """How a command ended."""

    code: int = 0


@contextmanager
def plainly() -> Iterator[Outcome]:
    """Run a block so that mistakes, a full disk, warnings about input and Ctrl-C become one line each, no traceback."""
    outcome = Outcome()
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = _show
        try:
            yield outcome
        except InputError as error:
            say("error", str(error))
            outcome.code = MISTAKE
        except BrokenPipeError:  # as behind `| head -1`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes
            say("stopped", "nobody reads the output any more; what was finished is kept")
            outcome.code = UNREAD
        except OSError as error:
            place = error.filename2 or error.filename
            say("error", f"{place}: {error.strerror}" if place else str(error))
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
