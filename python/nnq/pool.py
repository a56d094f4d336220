"""Threads that compiled models run on: the pool of libnnq_runtime.so, which stands beside this package."""

import ctypes
import functools
import os
import pathlib
import threading
import weakref

from .errors import Error

RUNTIME = pathlib.Path(__file__).parent / "libnnq_runtime.so"

_pools = weakref.WeakSet()


@functools.cache
def _load_runtime():
    # Not resolved: in the build tree the sources are links, and the library stands beside the links.
    try:
        library = ctypes.CDLL(str(RUNTIME))
    except OSError as error:
        raise Error(f"{RUNTIME}: cannot be loaded: {error}; build it with scripts/build.sh, or compile with one thread") from None
    library.nnq_pool_create.restype = ctypes.c_void_p
    library.nnq_pool_create.argtypes = [ctypes.c_int]
    library.nnq_pool_destroy.restype = None
    library.nnq_pool_destroy.argtypes = [ctypes.c_void_p]
    return library


class Pool:
    """At most `threads` threads, the calling one included. They start at the first run, and are a forked process's own."""

    def __init__(self, threads):
        """Error: there is no libnnq_runtime.so."""
        self.threads = threads
        self._runtime = _load_runtime()
        self._parallel_for = ctypes.cast(self._runtime.nnq_pool_parallel_for, ctypes.c_void_p)
        self._forget()
        _pools.add(self)

    def _forget(self):
        """Threads do not survive a fork, nor does the one that may have held the lock."""
        self._lock = threading.Lock()
        self._handle = None
        if hasattr(self, "_finalizer"):
            self._finalizer.detach()

    def _start(self):
        self._handle = self._runtime.nnq_pool_create(self.threads)
        if not self._handle:
            raise MemoryError(f"no memory for {self.threads} threads")
        self._finalizer = weakref.finalize(self, self._runtime.nnq_pool_destroy, self._handle)
        self._finalizer.atexit = False  # Threads end with the process; a daemon thread may be using them until then.

    def run(self, function, arguments):
        """Calls NAME_run_parallel. One run at a time; others wait."""
        with self._lock:
            if self._handle is None:
                self._start()
            function(*arguments, self._parallel_for, ctypes.c_void_p(self._handle))


def _forget_all():
    for pool in list(_pools):
        pool._forget()


os.register_at_fork(after_in_child=_forget_all)
