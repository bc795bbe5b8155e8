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

from scraper.errors import WorkerCrash, WorkerError

Job = TypeVar("Job")
Result = TypeVar("Result")

# A trip to a process and back takes as long as fetching a page does: jobs travel together.
_MAX_JOBS_AT_ONCE = 32
_GATHER_SECONDS = 0.02
_SECONDS_TO_END = 5.0


def process_pool(count: int) -> ProcessPoolExecutor:
    """Return a pool of `count` worker processes.

    They are spawned, not forked: the parent's display runs in a thread, and a forked process with
    threads can deadlock. A spawned process also holds no file or lock of its parent.
    """
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=spawn, initializer=_start)


def _start() -> None:
    """Leave Ctrl-C to the parent, and end when it ends, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end(*_: object) -> None:
    """End by an exception, so that a half-written file is removed; soon by force, where it is lost.

    The pool catches what a job raises. Raised just behind the acquiring of the lock of a queue, it
    leaves the lock taken: the process waits for itself, and its parent for the process (seen once).
    """
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_TO_END)  # whose signal ends the process
    sys.exit()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class WorkerPool(AbstractAsyncContextManager["WorkerPool[Job, Result]"], Generic[Job, Result]):
    """Does jobs in worker processes, several at a time where several are waiting.

    `do` makes one result of each job of a list; it, the jobs and the results must be picklable.
    A pool of `concurrent.futures` does the same with two threads, which take a third of the time
    of the process that they are in.
    """

    def __init__(self, do: Callable[[list[Job]], list[Result]], count: int) -> None:
        self._do = do
        self._count = count
        self._waiting: asyncio.Queue[tuple[Job, asyncio.Future[Result]]] = asyncio.Queue()
        self._pumps: list[asyncio.Task[None]] = []
        self._open: set[asyncio.Future[Result]] = set()
        self._error: Exception | None = None

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
        """Return the result of a job.

        Raises `WorkerCrash` where the job killed its process, `WorkerError` where no process
        starts, and the `OSError` or `ValueError` that `do` raises.
        """
        if self._error is not None:
            raise self._error
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._open.add(future)
        self._waiting.put_nowait((job, future))
        try:
            return await future
        finally:
            self._open.discard(future)

    async def _pump(self) -> None:
        """Hand out jobs; where no process can be started, all that wait get the error."""
        try:
            await self._hand_out()
        except Exception as error:
            self._error = error
            for future in self._open:
                if not future.done():
                    future.set_exception(error)

    async def _hand_out(self) -> None:
        """Hand jobs to one process for as long as there are any, and to a new one if it dies."""
        worker = _Worker(self._do)  # it starts while the first pages are still on their way
        try:
            while True:
                batch = [await self._waiting.get()]
                await asyncio.sleep(_GATHER_SECONDS)
                while len(batch) < _MAX_JOBS_AT_ONCE and not self._waiting.empty():
                    batch.append(self._waiting.get_nowait())
                if await _is_done(worker, batch):
                    continue
                worker = worker.replace()
                for entry in batch:  # which of them was it?
                    if not await _is_done(worker, [entry]):
                        entry[1].set_exception(WorkerCrash("a job killed its worker process"))
                        worker = worker.replace()
        finally:
            worker.end()


async def _is_done(
    worker: _Worker[Job, Result], batch: list[tuple[Job, asyncio.Future[Result]]]
) -> bool:
    """Do some jobs; return whether the process has lived through it."""
    try:
        results = await worker.results([job for job, _ in batch])
    except (EOFError, ConnectionError):
        return False
    except Exception as error:  # it is the caller's to deal with
        for _, future in batch:
            future.set_exception(error)
    else:
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)
    return True


class _Worker(Generic[Job, Result]):
    """A process at the other end of a pipe: jobs go in, their results come out."""

    def __init__(self, do: Callable[[list[Job]], list[Result]]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._do = do
        self._is_up = False
        self._pipe, other_end = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(other_end, do), daemon=True)
        # Until the process leaves Ctrl-C to its parent it must not get it: it inherits the mask.
        resource_tracker.ensure_running()  # which lifts the mask, the first time
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        other_end.close()

    async def results(self, jobs: list[Job]) -> list[Result]:
        """Return the results of jobs. Raises what `do` raises, `EOFError` where it is killed."""
        if not self._is_up:
            await self._wait_for_start()
        self._pipe.send(jobs)
        results = await self._receive()
        if isinstance(results, Exception):
            raise results
        return results

    async def _wait_for_start(self) -> None:
        """Wait until the process is there: one that dies before has not died of a job."""
        try:
            await self._receive()
        except (EOFError, ConnectionError) as error:
            raise WorkerError(
                "a worker process died when it started; is the installation whole? "
                "Then start the same command again"
            ) from error
        self._is_up = True

    async def _receive(self) -> list[Result] | Exception:
        loop = asyncio.get_running_loop()
        readable = loop.create_future()
        loop.add_reader(self._pipe.fileno(), readable.set_result, None)
        try:
            await readable
            received: list[Result] | Exception = self._pipe.recv()
        finally:
            loop.remove_reader(self._pipe.fileno())
        return received

    def replace(self) -> _Worker[Job, Result]:
        """Return a new one in the place of this, which may be dead."""
        self.end()
        return _Worker(self._do)

    def end(self) -> None:
        """Wait for the end of the process, which comes when it is done with its jobs."""
        self._pipe.close()
        if not self._is_up:
            self._process.kill()  # it has no job yet, and its start would be waited for
        self._process.join()


def _work(pipe: Connection, do: Callable[[list[Job]], list[Result]]) -> None:
    """Do jobs until the other end of the pipe is closed, be it by the parent's death."""
    _start()
    with suppress(EOFError, BrokenPipeError):
        pipe.send([])  # it is up
        while True:
            try:
                results: list[Result] | Exception = do(pipe.recv())
            except (OSError, ValueError) as error:
                results = error
            pipe.send(results)
