"""Several processes that train one model together: each takes steps of its own, and every few steps they meet.

A step of a small network is many small operations, which gain little from more threads, and steps differ in length.
So each process trains alone for some steps, then all take the mean of their weights and moments and go on from there
(local SGD: Stich, ICLR 2019). Two processes of one thread each see twice the scans of one.
"""

import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

from less3d.errors import InputError

_PATIENCE = timedelta(hours=2)
"""How long the others wait for the first, which alone validates."""
_LEAVE_SECONDS = 20.0
"""How long the others may take to end; they are killed then."""


class Replicas:
    """The group of processes a run consists of, as one of them sees it.

    Args:
        rank: which one this is; the first, 0, alone validates, logs and saves.
        count: how many there are.
    """

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank = rank
        self.count = count

    def meet(self, model: nn.Module, optimizer: torch.optim.Optimizer, values: dict[str, float]) -> dict[str, float]:
        """Give all processes the mean of their weights, running statistics, moments, and `values`, which it returns.

        Raises:
            InputError: when another process has stopped; it has said why.
        """
        if self.count == 1:
            return values
        moments = (moment for state in optimizer.state.values() for moment in state.values())
        shared = [t for t in (*model.state_dict().values(), *moments) if t.is_floating_point()]
        flat = torch.cat([*(tensor.detach().flatten() for tensor in shared), torch.tensor(list(values.values()))])
        try:
            dist.all_reduce(flat)
        except RuntimeError as error:
            raise InputError(
                f"expected {self.count} processes to meet, but one has stopped: see its message"
            ) from error
        *means, last = (flat / self.count).split([*(tensor.numel() for tensor in shared), len(values)])
        with torch.no_grad():
            for tensor, mean in zip(shared, means, strict=True):
                tensor.copy_(mean.view_as(tensor))
        return dict(zip(values, last.tolist(), strict=True))


@contextmanager
def replicas(count: int, follow: Callable[..., None], *arguments: object) -> Iterator[Replicas]:
    """Start the other processes; the caller is the first. They end with the block.

    Args:
        count: how many processes, the caller included.
        follow: what each other process does, called as `follow(its Replicas, *arguments)`; it is stopped when the first
            is done, and what it knows that the first does not is lost.
        arguments: see `follow`.
    """
    if count == 1:
        yield Replicas()
        return
    threads = torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        context = multiprocessing.get_context("spawn")
        others = [
            context.Process(target=_other, args=(rank, count, meeting, follow, *arguments)) for rank in range(1, count)
        ]
        try:
            for process in others:
                process.start()
            yield _join(0, count, meeting)
        finally:
            for process in others:
                process.terminate()
            if dist.is_initialized():
                dist.destroy_process_group()  # whoever waits to meet is let go
            for process in others:
                process.join(_LEAVE_SECONDS)
                process.kill()
                process.join()
            torch.set_num_threads(threads)


def _other(rank: int, count: int, meeting: Path, follow: Callable[..., None], *arguments: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first, which ends the others
    signal.signal(signal.SIGTERM, _leave)
    try:
        follow(_join(rank, count, meeting), *arguments)
    except InputError as error:
        sys.exit(f"error: {error}")


def _leave(*_: object) -> None:
    """End as at the end of the work, so that this process's own workers and what it shares with them end with it."""
    sys.exit()


def _join(rank: int, count: int, meeting: Path) -> Replicas:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=meeting.as_uri(), rank=rank, world_size=count, timeout=_PATIENCE)
    return Replicas(rank, count)
