"""Processes for runs: each run has a fresh one."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from less3d.errors import InputError

_Task = TypeVar("_Task")
_Done = TypeVar("_Done")


class FreshProcesses(ThreadPoolExecutor):
    """So many processes at a time, a fresh one for each task."""

    def submit(self, work: Callable, /, *given: Any, **more: Any) -> Future:
        """Begin a task when there is a place for it."""
        return super().submit(_alone, work, *given, **more)


def _alone(work: Callable, *given: Any, **more: Any) -> Any:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=_end_with_parent) as process:
        return process.submit(work, *given, **more).result()


def _end_with_parent() -> None:
    """End this process as soon as its parent has: one that is killed cannot end it, and who starts the comparison again
    would have two processes at one run."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def each_done(pool: Executor, work: Callable[[_Task], _Done], tasks: Iterable[_Task]) -> Iterator[_Done]:
    """What the work gave, for each task, whichever is done first; tasks begin in their order.

    Raises:
        InputError: when a process was killed.
    """
    waiting = [pool.submit(work, task) for task in tasks]
    try:
        for future in as_completed(waiting):
            yield future.result()
    except BrokenProcessPool:
        raise InputError(
            "a process of the comparison was killed, perhaps because memory ran out: the same command goes on, and "
            "needs less with --workers 1"
        ) from None
    finally:
        for future in waiting:
            future.cancel()
