"""How fast a compiled model is, and what it takes to run it."""

import resource
import statistics
import time

from .errors import Error
from .model import Model


def bench(folder, reps=50):
    """Loads and times a compiled model in this process.

    Returns load_ms (library mapped, buffers allocated), min_ms and median_ms of a run, rss_mb (peak of the whole
    process in MiB, Python included), threads.
    """
    if reps < 1:
        raise Error(f"reps is a number from 1 on, not {reps}")
    start = time.perf_counter()
    model = Model(folder)
    load = time.perf_counter() - start
    seconds = model.time(reps)
    return {
        "load_ms": 1e3 * load,
        "min_ms": 1e3 * min(seconds),
        "median_ms": 1e3 * statistics.median(seconds),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "threads": model.manifest.get("threads", 1),
    }
