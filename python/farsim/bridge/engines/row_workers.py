"""Processes that each hold some rows of a simulator, forked from the simulator process and gone with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from ..errors import FarsimError
from ..processes.linux_process import die_with_parent


class RowWorkers:
    """`make(envs)` runs in each process and gives an object; calls name its methods. Rows are shared out in
    order. Raises SIMULATOR_FAILED once a process is dead, at every call: its rows are lost.
    """

    def __init__(self, make: Callable[[list[int]], Any], envs: int, workers: int) -> None:
        context = multiprocessing.get_context("fork")
        shares = [list(range(envs))[first::workers] for first in range(min(workers, envs))]
        self._owner = {env: worker for worker, share in enumerate(shares) for env in share}
        self._pipes: list[Connection] = []
        self._processes = []
        self._dead = ""
        for share in shares:
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(make, share, theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        for answer in self._answers(range(len(self._pipes))):
            _result(answer)

    def each_row(self, method: str, rows: Sequence[int], *columns: Sequence[Any]) -> list[Any]:
        """Calls `method(env, …)` for each row in its process, all processes at once; results in the order of
        the rows.
        """
        self._require_alive()
        calls: list[list[tuple]] = [[] for _ in self._pipes]
        places: list[list[int]] = [[] for _ in self._pipes]
        for place, row in enumerate(zip(rows, *columns, strict=True)):
            worker = self._owner[row[0]]
            calls[worker].append(row)
            places[worker].append(place)
        busy = [worker for worker, call in enumerate(calls) if call]
        for worker in busy:
            # a dead one is noted where its answer is awaited
            with contextlib.suppress(ConnectionError):
                self._pipes[worker].send((method, calls[worker]))
        results: list[Any] = [None] * len(rows)
        for worker, answer in zip(busy, self._answers(busy), strict=True):
            for place, result in zip(places[worker], _result(answer), strict=True):
                results[place] = result
        return results

    def close(self) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(2)
            if process.is_alive():
                process.kill()

    def _answers(self, busy: Sequence[int]) -> list[Any]:
        """One answer from each, of whom none is left with one that nobody took."""
        answers = [self._receive(worker) for worker in busy]
        self._require_alive()
        return answers

    def _receive(self, worker: int) -> Any:
        try:
            return self._pipes[worker].recv()
        except (EOFError, ConnectionError):
            process = self._processes[worker]
            process.join(1)
            self._dead = self._dead or f"worker {worker} ended with exit status {process.exitcode}"
            return None

    def _require_alive(self) -> None:
        if self._dead:
            raise FarsimError("SIMULATOR_FAILED", self._dead)


def _work(make: Callable[[list[int]], Any], share: list[int], pipe: Connection) -> None:
    die_with_parent()
    keep = {0, 1, 2, pipe.fileno()}
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in keep:
            try:
                os.close(int(name))
            except OSError:
                pass
    try:
        made = make(share)
    except Exception as error:
        pipe.send(_failure(error))
        return
    pipe.send((True, None))
    while True:
        try:
            method, calls = pipe.recv()
        except EOFError:
            return
        try:
            function = getattr(made, method)
            pipe.send((True, [function(*call) for call in calls]))
        except Exception as error:
            pipe.send(_failure(error))


def _failure(error: Exception) -> tuple[bool, Any]:
    code = getattr(error, "code", None)
    return False, (code if isinstance(code, str) else "SIMULATOR_FAILED", str(error), traceback.format_exc())


def _result(answer: tuple[bool, Any]) -> Any:
    worked, value = answer
    if worked:
        return value
    code, message, trace = value
    raise FarsimError(code, message, (), {"traceback": trace})
