"""Work in forked processes, so that a crash is a result and not the end: for tools that try many networks."""

import ctypes
import faulthandler
import os
import signal
import time
import traceback
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import wait

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Crash:
    """What stands for the result of an item whose process died."""

    reason: str


class _Worker:
    """A process that applies a function to the items that it is sent."""

    def __init__(self, function):
        self.connection, theirs = Pipe()
        self.process = os.fork()
        if not self.process:
            status = 1
            try:
                # Pipes of other workers are inherited, so the end of a pipe does not show that the parent is gone.
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                faulthandler.disable()  # a crash is a result here, and needs no report
                self.connection.close()
                _serve(theirs, function)
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(status)
        theirs.close()
        self.item = None

    def give(self, item):
        self.item, self.since = item, time.monotonic()
        self.connection.send(item)

    def take(self):
        """The result of the item, or a Crash, after which the worker is gone."""
        try:
            return self.connection.recv()
        except (EOFError, ConnectionResetError):
            return Crash(self.end())

    def end(self, kill=False):
        """Waits for the end of the process, and says how it came."""
        self.connection.close()
        if kill:
            os.kill(self.process, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        return f"the process died of signal {-code}" if code < 0 else f"the process ended with {code}"


def _serve(connection, function):
    while True:
        try:
            item = connection.recv()
        except EOFError:
            return
        connection.send(function(item))


def run_isolated(function, items, jobs=1, timeout=120):
    """Yields (item, result) for each item, as they are ready; at most `jobs` at once.

    A process that dies, or takes longer than `timeout` seconds for an item, makes a Crash of it, and a new one goes on.
    """
    items, idle, busy = iter(items), [], []
    try:
        more = True
        while more or busy:
            while more and len(busy) < jobs:
                try:
                    item = next(items)
                except StopIteration:
                    more = False
                    break
                worker = idle.pop() if idle else _Worker(function)
                worker.give(item)
                busy.append(worker)
            if not busy:
                break
            ready = wait([worker.connection for worker in busy], timeout=1)
            for worker in list(busy):
                late = time.monotonic() - worker.since > timeout
                if worker.connection not in ready and not late:
                    continue
                busy.remove(worker)
                if worker.connection in ready:
                    result = worker.take()
                else:
                    worker.end(kill=True)
                    result = Crash(f"no result after {timeout} s")
                if not isinstance(result, Crash):
                    idle.append(worker)
                yield worker.item, result
    finally:
        for worker in (*busy, *idle):
            worker.end(kill=True)
