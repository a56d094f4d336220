"""A progress bar on a terminal, silence in a pipe. Stages are counted, samples too."""

import contextlib
import sys


class Quiet:
    """Reports nothing."""

    def stage(self, text):
        pass

    def count(self, items, text):
        return items


class Terminal:
    """A spinner with the stage, or a bar while items are counted."""

    def __init__(self, bars):
        self._bars = bars
        self._task = bars.add_task("starting", total=None)

    def stage(self, text):
        self._bars.update(self._task, description=text, total=None, completed=0)

    def count(self, items, text):
        """Yields the items (which have a length) and advances the bar."""
        self._bars.update(self._task, description=text, total=len(items), completed=0)
        for item in items:
            yield item
            self._bars.advance(self._task)


@contextlib.contextmanager
def progress():
    """A progress report on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield Quiet()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        yield Terminal(bars)
