"""The loop of a fuzzer: makes graphs of seeds, judges each in a process of its own, and writes those that fail, made simpler."""

import argparse
import collections
import functools
import pathlib
import re
import time

import numpy as np
import onnx
from nnq.isolated import Crash, run_isolated

from .choices import Choices
from .reducer import Reducer
from .verdict import FAILED, OK, REFUSED, Verdict

SEEDS = 1 << 32


def arguments(description):
    """A parser of the options that all fuzzers have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seconds", type=float, help="Stop after so long.")
    parser.add_argument("--peer", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("fuzz-findings"))
    parser.add_argument("--reduce", type=float, default=30, metavar="SECONDS", help="How long a failure is made simpler; 0: not.")
    parser.add_argument("--each", type=int, default=3, help="So many failures of a kind are reduced and written.")
    parser.add_argument("--replay", type=pathlib.Path, metavar="FILE.onnx")
    return parser


def as_verdict(result):
    return (Verdict(FAILED, "crash", result.reason), ()) if isinstance(result, Crash) else result


class Campaign:
    """work      function of a seed, or of a list of decisions, that gives (Verdict, names of operators)
    generate  function of Choices that gives a Graph
    args      what arguments() parses
    """

    def __init__(self, work, generate, args):
        self.work, self.generate, self.args = work, generate, args
        self.kinds, self.seen = collections.Counter(), collections.Counter()
        self.refusals, self.peer_refusals, self.documented = {}, {}, {}
        self.failures, self.chains, self.near = collections.Counter(), set(), 0

    def run(self):
        """Judges all graphs and prints what was found, but for the last line."""
        self.start = time.monotonic()
        first = self.args.seed * SEEDS
        for seed, result in run_isolated(self.work, range(first, first + self.args.count), self.args.jobs, timeout=60):
            self._count(seed, *as_verdict(result))
            if self.args.seconds and time.monotonic() - self.start > self.args.seconds:
                break
        self.seconds = time.monotonic() - self.start
        self._print()

    def _count(self, seed, verdict, ops):
        self.kinds[verdict.kind] += 1
        self.near += verdict.near
        self.seen.update(ops if verdict.kind == OK else ())
        if verdict.kind == REFUSED:
            self.refusals.setdefault(normalized(verdict.text), []).append(seed)
        if verdict.kind == FAILED:
            self._add_failure(seed, verdict)
        if verdict.kind == OK and verdict.stage:
            self.documented.setdefault(verdict.stage, []).append(seed)
        if verdict.peer:
            self.peer_refusals.setdefault(normalized(verdict.peer), []).append(seed)

    def _print(self):
        print(f"operators that ran: {', '.join(f'{name} {count}' for name, count in self.seen.most_common())}")
        for title, table in (("refused", self.refusals), ("refused by ONNX Runtime", self.peer_refusals)):
            for text, seeds in sorted(table.items(), key=lambda row: -len(row[1])):
                print(f"{title}: {len(seeds)}, first {seeds[0]}: {text}")
        for signature, count in self.failures.most_common():
            print(f"{count} times {signature}")

    # Failures by signature: the first ones of each are reduced, and written unless they turn out to be of the same operators.

    def _add_failure(self, seed, verdict):
        self.failures[verdict.signature] += 1
        if self.failures[verdict.signature] > self.args.each:
            return
        taken = self._taken_by(seed)
        if self.args.reduce:
            work, seconds = functools.partial(self._reduce, seed, verdict), self.args.reduce
            ((_, reduced),) = run_isolated(work, [seconds], timeout=2 * seconds + 60)
            taken = taken if isinstance(reduced, Crash) else reduced
        ((_, result),) = run_isolated(self.work, [taken])
        small, chain = as_verdict(result)[0], " ".join(n.op_type for n in self.generate(Choices(given=taken)).model().graph.node)
        if (verdict.signature, chain) in self.chains:
            return
        self.chains.add((verdict.signature, chain))
        text = f"{small.stage}: {small.text}\nseed {seed}: {verdict.stage}: {verdict.text}\n"
        path = self._write(f"seed-{seed}", taken, text)
        print(f"FAILED {path}: {text}{describe(path)}", flush=True)

    def _reduce(self, seed, verdict, seconds):
        """Decisions of a simpler graph that fails like the one of `seed`."""

        def spans(taken):
            choices = Choices(given=taken)
            self.generate(choices)
            return choices.spans

        def fails(taken):
            try:
                self.generate(Choices(given=taken)).model()
            except Exception:  # not a graph: the generator was not made for these decisions
                return False
            (_, result), = run_isolated(self.work, [taken], timeout=20) if verdict.stage == "crash" else ((taken, self.work(taken)),)
            return as_verdict(result)[0].signature == verdict.signature

        return Reducer(fails, seconds).reduce(self._taken_by(seed), spans)

    def _taken_by(self, seed):
        choices = Choices(seed)
        self.generate(choices)
        return choices.taken

    def _write(self, name, taken, text):
        """The files of a graph, and their path."""
        graph, folder = self.generate(Choices(given=taken)), self.args.output
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.onnx"
        onnx.save(graph.model(), str(path))
        np.savez(path.with_suffix(".npz"), **graph.feeds())
        path.with_suffix(".txt").write_text(text, encoding="utf-8")
        return path


def describe(path):
    model = onnx.load(str(path))
    return "\n".join(f"  {', '.join(n.output)} = {n.op_type}({', '.join(n.input)})" for n in model.graph.node)


def normalized(text):
    """A message without names and numbers, but with the operators of the nodes that it names."""
    text = re.sub(r"'n\d+\.(\w+)'", r"\1", " ".join(text.split()))
    return re.sub(r"^fuzz.onnx: ", "", re.sub(r"'[^']*'|\d+", "#", text))[:160]


def replay(function, path):
    """Judges a file by `function` in a process of its own, prints the verdict, and returns it."""
    ((_, result),) = run_isolated(function, [path])
    verdict = Verdict(FAILED, "crash", result.reason) if isinstance(result, Crash) else result
    where = f" ({verdict.stage})" if verdict.stage else ""
    print(f"{path}: {verdict.kind}{where}" + (f": {verdict.text}" if verdict.text else ""))
    if verdict.peer:
        print(f"ONNX Runtime refuses it: {verdict.peer}")
    return verdict
