"""Tasks spread over forked processes, which share what the parent has loaded."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Any, Generic, TypeVar

from fairseq_neurons.errors import InputError

T = TypeVar("T")
R = TypeVar("R")


class Workers(Generic[T, R]):
    """Processes that call one function with task after task; whoever is free takes the next.

    They are forked on entering, when this process must not have other threads at work, and ended on leaving, also by
    an exception. They end by themselves if this process is killed.

    Args:
        function: what to call; it and what it refers to are not copied. Tasks and results are.
        count: of processes; 1 calls it in this one.
        begin: called once in each of the others.
    """

    def __init__(self, function: Callable[[T], R], count: int, begin: Callable[[], None] = lambda: None) -> None:
        self.function, self.count, self.begin = function, count, begin
        self._processes: dict[Connection, ForkProcess] = {}

    def __enter__(self) -> Workers[T, R]:
        context = multiprocessing.get_context("fork")
        for _ in range(self.count if self.count > 1 else 0):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(self.function, self.begin, theirs), daemon=True)
            process.start()
            theirs.close()
            self._processes[ours] = process
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.terminate()
        for link, process in self._processes.items():
            process.join()
            link.close()

    def results(self, tasks: Sequence[T]) -> Iterator[tuple[T, R]]:
        """Each task with its result, in the order in which they are done.

        Raises:
            Exception: what the function raised.
            InputError: if a process has died.
        """
        if not self._processes:
            yield from ((task, self.function(task)) for task in tasks)
            return
        waiting = list(reversed(tasks))
        busy: dict[Connection, T] = {}
        for link in self._processes:
            _give(link, waiting, busy)
        while busy:
            ready = wait(list(busy))
            for link in [link for link in busy if link in ready]:
                result = self._receive(link)
                task = busy.pop(link)
                _give(link, waiting, busy)
                yield task, result

    def _receive(self, link: Connection) -> R:
        try:
            result, error, trace = link.recv()
        except EOFError as ended:
            process = self._processes[link]
            process.join()
            raise InputError(
                f"A worker process died (exit status {process.exitcode}), perhaps for want of memory: "
                "give fewer of them with workers=."
            ) from ended
        if error is not None:
            raise error from RuntimeError(trace)
        return result


def _give(link: Connection, waiting: list[T], busy: dict[Connection, T]) -> None:
    if waiting:
        busy[link] = waiting.pop()
        link.send(busy[link])


def _serve(function: Callable[[Any], Any], begin: Callable[[], None], link: Connection) -> None:
    # Ctrl-C reaches every process of the terminal; the parent decides what becomes of the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin()
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    while True:
        task = link.recv()
        answer: tuple[Any, Exception | None, str]
        try:
            answer = (function(task), None, "")
        except Exception as error:
            answer = (None, error, traceback.format_exc())
        link.send(answer)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
