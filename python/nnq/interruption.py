"""What is made on the way and gone afterwards: when a body ends, and when SIGTERM or SIGHUP ends the process.

Python runs handlers of signals between its own instructions, and a compilation is one of them, which may take a minute. So a thread
waits for the signals.
"""

import contextlib
import functools
import itertools
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading

SIGNALS = (signal.SIGTERM, signal.SIGHUP)

_undo = {}
_numbers = itertools.count()
_guard = threading.RLock()


def finished_first():
    """A context that a signal waits for: what must not be half done."""
    return _guard


@contextlib.contextmanager
def made(make, remove):
    """Yields what `make()` returns, which `remove` is called with afterwards, or after a signal."""
    with _guard:
        number, thing = next(_numbers), make()
        _undo[number] = functools.partial(remove, thing)
    try:
        yield thing
    finally:
        with _guard:
            _undo.pop(number)()


def _remove_folder(path):
    shutil.rmtree(path, ignore_errors=True)


def temporary_folder(**options):
    """A context of a new folder. `options`: of tempfile.mkdtemp."""
    return made(lambda: pathlib.Path(tempfile.mkdtemp(**options)), _remove_folder)


def lasting_folder():
    """A tempfile.TemporaryDirectory, which lives as long as the object."""
    with _guard:
        folder = tempfile.TemporaryDirectory(prefix="nnq-")
        _undo[next(_numbers)] = functools.partial(_remove_folder, folder.name)
        return folder


def clean_up_on_signals():
    """From now on SIGTERM and SIGHUP end the process with 128 and their number. For a program: a library leaves signals alone."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` wants it
            signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(read,), daemon=True).start()


def _wait(pipe):
    while (number := os.read(pipe, 1)[0]) not in SIGNALS:
        pass
    with _guard:
        for undo in reversed([*_undo.values()]):
            undo()
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), b"\x1b[?25h")  # the cursor, which a progress bar hides
        os._exit(128 + number)
