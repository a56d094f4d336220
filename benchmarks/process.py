"""What a command costs: its time, and the memory of all its processes."""

import os
import pathlib
import signal
import subprocess
import time
from dataclasses import dataclass

POLL_SECONDS = 0.05
PROC = pathlib.Path("/proc")


@dataclass(frozen=True)
class Cost:
    """wall_s, cpu_s   seconds that passed, and seconds of processor time of the command and what it started
    peak_mib        memory of all its processes together, at most
    """

    wall_s: float
    cpu_s: float
    peak_mib: int


class Failed(Exception):
    """The command said no, or took too long: what it printed."""


def run(command, timeout=600):
    """Runs a command in a session of its own and returns its Cost. Failed: see there."""
    start, peak = time.perf_counter(), 0
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    before = os.times()
    while True:
        try:
            output, _ = process.communicate(timeout=POLL_SECONDS)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, _resident_kib(process.pid))
        if time.perf_counter() - start > timeout:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Failed(f"no end after {timeout} s")
    wall, after = time.perf_counter() - start, os.times()
    if process.returncode:
        said = " ".join(output.split())
        raise Failed(said if process.returncode > 0 and said else f"ended with {process.returncode}: {said}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(round(wall, 2), round(cpu, 2), peak // 1024)


def _resident_kib(session):
    """The memory of a session's processes: what they have now, or the most that one of them had, if that is more."""
    now, most = 0, 0
    for folder in PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) != session:
                continue
            fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        except OSError:  # it has ended
            continue
        if "VmRSS" in fields:
            now += int(fields["VmRSS"].split()[0])
            most = max(most, int(fields["VmHWM"].split()[0]))
    return max(now, most)
