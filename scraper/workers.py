"""Worker processes, which end with their parent and survive what kills one of them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Generic, Self, TypeVar

from scraper.errors import StorageError

Job = TypeVar("Job")
Result = TypeVar("Result")

# A page a trip to a process costs as much again as fetching the page: they travel together.
_MOST_AT_ONCE = 32
_SECONDS_TO_GATHER = 0.02


def process_pool(count: int) -> ProcessPoolExecutor:
    """Return a pool of so many worker processes.

    Not forked: the display of the parent runs in a thread, and forked threads can deadlock; nor
    does a process that was started afresh hold any file or lock of its parent.
    """
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=spawn, initializer=_start)


def _start() -> None:
    """Leave Ctrl-C to the parent, and end when it does, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # a half-written file is taken away
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class WorkerCrash(Exception):
    """The job killed the process that did it: the parser is C, and has had such faults."""


class WorkerPool(AbstractAsyncContextManager["WorkerPool[Job, Result]"], Generic[Job, Result]):
    """Does jobs in processes of their own, several at a time where several are waiting.

    `do` makes a result of each job of a list; it and they must be picklable. A pool of
    concurrent.futures would do the same, with two threads that take a third of the time of the
    process they are in.
    """

    def __init__(self, do: Callable[[list[Job]], list[Result]], count: int) -> None:
        self._do = do
        self._count = count
        self._waiting: asyncio.Queue[tuple[Job, asyncio.Future[Result]]] = asyncio.Queue()
        self._pumps: list[asyncio.Task[None]] = []
        self._open: set[asyncio.Future[Result]] = set()
        self._broken: Exception | None = None

    async def __aenter__(self) -> Self:
        self._pumps = [asyncio.create_task(self._pump()) for _ in range(self._count)]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def run(self, job: Job) -> Result:
        """Return what a job comes to. Raises `Crash`, or whatever doing it raises."""
        if self._broken is not None:
            raise self._broken
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._open.add(future)
        self._waiting.put_nowait((job, future))
        try:
            return await future
        finally:
            self._open.discard(future)

    async def _pump(self) -> None:
        """Hand out jobs; where no process can be started, everybody hears why."""
        try:
            await self._hand_out()
        except Exception as error:
            self._broken = error
            for future in self._open:
                if not future.done():
                    future.set_exception(error)

    async def _hand_out(self) -> None:
        """Hand jobs to a process as long as there are any, and to another one if it dies."""
        worker = _Worker(self._do)  # it starts while the first pages are still on their way
        try:
            while True:
                taken = [await self._waiting.get()]
                await asyncio.sleep(_SECONDS_TO_GATHER)
                while len(taken) < _MOST_AT_ONCE and not self._waiting.empty():
                    taken.append(self._waiting.get_nowait())
                if await _is_done(worker, taken):
                    continue
                worker = worker.another()
                for one in taken:  # which of them was it?
                    if not await _is_done(worker, [one]):
                        one[1].set_exception(WorkerCrash())
                        worker = worker.another()
        finally:
            worker.end()


async def _is_done(
    worker: _Worker[Job, Result], taken: list[tuple[Job, asyncio.Future[Result]]]
) -> bool:
    """Do some jobs; return whether the process has lived through it."""
    try:
        results = await worker.results([job for job, _ in taken])
    except (EOFError, ConnectionError):
        return False
    except Exception as error:  # it is the caller's to deal with
        for _, future in taken:
            future.set_exception(error)
    else:
        for (_, future), result in zip(taken, results, strict=True):
            future.set_result(result)
    return True


class _Worker(Generic[Job, Result]):
    """A process at the other end of a pipe: jobs go in, their results come out."""

    def __init__(self, do: Callable[[list[Job]], list[Result]]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._do = do
        self._is_up = False
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(theirs, do), daemon=True)
        # Until it can leave Ctrl-C to its parent it is not to hear of it: it inherits the mask.
        resource_tracker.ensure_running()  # which lifts the mask, the first time
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        theirs.close()

    async def results(self, jobs: list[Job]) -> list[Result]:
        """Return what jobs come to. Raises what doing them raises, `EOFError` at its death."""
        if not self._is_up:
            await self._started()
        self._pipe.send(jobs)
        results = await self._received()
        if isinstance(results, Exception):
            raise results
        return results

    async def _started(self) -> None:
        """Wait until the process is there: one that dies at its start has not died of a page."""
        try:
            await self._received()
        except (EOFError, ConnectionError) as error:
            raise StorageError(
                "a worker process died when it started; is the installation whole? "
                "Then start the same command again"
            ) from error
        self._is_up = True

    async def _received(self) -> list[Result] | Exception:
        loop = asyncio.get_running_loop()
        answered = loop.create_future()
        loop.add_reader(self._pipe.fileno(), answered.set_result, None)
        try:
            await answered
            received: list[Result] | Exception = self._pipe.recv()
        finally:
            loop.remove_reader(self._pipe.fileno())
        return received

    def another(self) -> _Worker[Job, Result]:
        """Return a new one in the place of this, which may be dead."""
        self.end()
        return _Worker(self._do)

    def end(self) -> None:
        """Let the process end, when it is done with what it does."""
        self._pipe.close()
        self._process.join()


def _work(pipe: Connection, do: Callable[[list[Job]], list[Result]]) -> None:
    """Do jobs until the other end of the pipe is closed, be it by the parent's death."""
    _start()
    with suppress(EOFError, BrokenPipeError):
        pipe.send([])  # here it is
        while True:
            try:
                results: list[Result] | Exception = do(pipe.recv())
            except (OSError, ValueError) as error:
                results = error
            pipe.send(results)
