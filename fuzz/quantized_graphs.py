#!/usr/bin/python3
"""Random quantized ONNX graphs: nnq's compiled code against its executable reference and against ONNX Runtime.

    PYTHONPATH=build/python fuzz/quantized_graphs.py --seed 1 --count 1000 [--target T...] [--peer DIR] [--jobs N]
    PYTHONPATH=build/python fuzz/quantized_graphs.py --replay FILE.onnx        inputs from FILE.npz beside it

Graph N of seed S is the same at every run. A graph that the importer refuses, with a reason, is counted and listed; one that
crashes, fails later or differs is made simpler and written into --output as a .onnx and a .npz file, with a .txt that says
what is wrong. Integers must be equal; floats to 1e-5; codes behind a layer that stays in float may differ by one. Differences
from ONNX Runtime that docs/NumericsOnnx.md names are counted apart. It is asked again with signed codes left signed; without
optimizations where its optimized graph has a softmax on codes, which may overflow, or a new conversion without a type; layer by layer
where that graph has layers in float: on the codes that such a layer takes there its own may differ by one, and nothing else.

--peer DIR holds node_modules with onnxruntime-node. Targets for Arm run under qemu, on every --emulate-every-th graph.
Exit status 1 where a graph failed.
"""

import argparse
import collections
import functools
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import numpy as np
import onnx
from nnq.isolated import Crash, run_isolated
from quantized.choices import Choices
from quantized.generate import generate
from quantized.graph import operators
from quantized.peer import SIGNED, Peer
from quantized.reducer import Reducer
from quantized.runner import FAILED, IN_FLOAT, OK, REFUSED, SOFTMAX, UNTYPED, Runner, Verdict

DEFAULT_TARGETS = ("native", "x86-avx2")
SEEDS = 1 << 32


class Work:
    """What a process does with an item: a seed, or a list of decisions."""

    def __init__(self, targets, peer, emulate_every):
        self.targets, self.peer, self.emulate_every = targets, peer, emulate_every
        self.runners = {}

    def _runner(self, emulate):
        if emulate not in self.runners:
            targets = [t for t in self.targets if emulate or not t.startswith("aarch64")]
            self.runners[emulate] = Runner(targets, self.peer and Peer(self.peer))
        return self.runners[emulate]

    def __call__(self, item):
        """(Verdict, operators) of a graph."""
        choices = Choices(item) if isinstance(item, int) else Choices(given=item)
        graph = generate(choices)
        model = graph.model()
        emulate = not isinstance(item, int) or item % self.emulate_every == 0
        return self._runner(emulate).run(model.SerializeToString(), graph.feeds()), operators(model)

    def replay(self, path):
        model = path.read_bytes()
        return self._runner(True).run(model, dict(np.load(path.with_suffix(".npz"))))


def as_verdict(result):
    return (Verdict(FAILED, "crash", result.reason), ()) if isinstance(result, Crash) else result


# ----- Failures ----------------------------------------------------------------------------------------------------------


def reduce(work, seed, verdict, seconds):
    """Decisions of a simpler graph that fails like the one of `seed`."""

    def spans(taken):
        choices = Choices(given=taken)
        generate(choices)
        return choices.spans

    def fails(taken):
        try:
            generate(Choices(given=taken)).model()
        except Exception:  # not a graph: the generator was not made for these decisions
            return False
        (_, result), = run_isolated(work, [taken], timeout=20) if verdict.stage == "crash" else ((taken, work(taken)),)
        return as_verdict(result)[0].signature == verdict.signature

    return Reducer(fails, seconds).reduce(taken_by(seed), spans)


def taken_by(seed):
    choices = Choices(seed)
    generate(choices)
    return choices.taken


def write(folder, name, taken, text):
    """The files of a graph, and their path."""
    graph = generate(Choices(given=taken))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    onnx.save(graph.model(), str(path))
    np.savez(path.with_suffix(".npz"), **graph.feeds())
    path.with_suffix(".txt").write_text(text, encoding="utf-8")
    return path


def describe(path):
    model = onnx.load(str(path))
    return "\n".join(f"  {', '.join(n.output)} = {n.op_type}({', '.join(n.input)})" for n in model.graph.node)


class Findings:
    """Failures by signature: the first ones of each are reduced, and written unless they turn out to be of the same operators."""

    def __init__(self, args):
        self.args, self.counts, self.chains = args, collections.Counter(), set()

    def add(self, seed, verdict):
        self.counts[verdict.signature] += 1
        if self.counts[verdict.signature] > self.args.each:
            return
        taken = taken_by(seed)
        if self.args.reduce:
            work, seconds = functools.partial(reduce, self.args.work, seed, verdict), self.args.reduce
            ((_, reduced),) = run_isolated(work, [seconds], timeout=2 * seconds + 60)
            taken = taken if isinstance(reduced, Crash) else reduced
        ((_, result),) = run_isolated(self.args.work, [taken])
        small, chain = as_verdict(result)[0], " ".join(n.op_type for n in generate(Choices(given=taken)).model().graph.node)
        if (verdict.signature, chain) in self.chains:
            return
        self.chains.add((verdict.signature, chain))
        text = f"{small.stage}: {small.text}\nseed {seed}: {verdict.stage}: {verdict.text}\n"
        path = write(self.args.output, f"seed-{seed}", taken, text)
        print(f"FAILED {path}: {text}{describe(path)}", flush=True)


def normalized(text):
    """A message without names and numbers, but with the operators of the nodes that it names."""
    text = re.sub(r"'n\d+\.(\w+)'", r"\1", " ".join(text.split()))
    return re.sub(r"^fuzz.onnx: ", "", re.sub(r"'[^']*'|\d+", "#", text))[:160]


def fuzz(args):
    """Whether no graph failed."""
    start, kinds, seen = time.monotonic(), collections.Counter(), collections.Counter()
    refusals, peer_refusals, documented = {}, {}, {}
    findings, near = Findings(args), 0
    first = args.seed * SEEDS
    for seed, result in run_isolated(args.work, range(first, first + args.count), args.jobs, timeout=60):
        verdict, ops = as_verdict(result)
        kinds[verdict.kind] += 1
        near += verdict.near
        seen.update(ops if verdict.kind == OK else ())
        if verdict.kind == REFUSED:
            refusals.setdefault(normalized(verdict.text), []).append(seed)
        if verdict.kind == FAILED:
            findings.add(seed, verdict)
        if verdict.kind == OK and verdict.stage:
            documented.setdefault(verdict.stage, []).append(seed)
        if verdict.peer:
            peer_refusals.setdefault(normalized(verdict.peer), []).append(seed)
        if args.seconds and time.monotonic() - start > args.seconds:
            break
    seconds = time.monotonic() - start
    print(f"operators that ran: {', '.join(f'{name} {count}' for name, count in seen.most_common())}")
    for title, table in (("refused", refusals), ("refused by ONNX Runtime", peer_refusals)):
        for text, seeds in sorted(table.items(), key=lambda row: -len(row[1])):
            print(f"{title}: {len(seeds)}, first {seeds[0]}: {text}")
    for signature, count in findings.counts.most_common():
        print(f"{count} times {signature}")
    for reason, seeds in documented.items():
        print(f"differs from ONNX Runtime as documented, {reason}: seeds {', '.join(map(str, seeds))}")
    signed, softmax, untyped, floats = (len(documented.get(reason, ())) for reason in (SIGNED, SOFTMAX, UNTYPED, IN_FLOAT))
    print(f"{sum(kinds.values())} graphs in {seconds:.1f} s: {kinds[OK]} equal ({signed} to ONNX Runtime only where it leaves signed "
          f"codes signed, {softmax} where its softmax does not overflow, {untyped} where it loses no type, {floats} to one step of "
          f"each of its layers in float; {near} codes one step off behind float layers), {kinds[REFUSED]} refused, {kinds[FAILED]} failed")
    return not kinds[FAILED]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seconds", type=float, help="stop after so long")
    parser.add_argument("--target", dest="targets", nargs="+")
    parser.add_argument("--peer", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--emulate-every", type=int, default=50)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("fuzz-findings"))
    parser.add_argument("--reduce", type=float, default=30, metavar="SECONDS", help="how long a failure is made simpler; 0: not")
    parser.add_argument("--each", type=int, default=3, help="so many failures of a kind are reduced and written")
    parser.add_argument("--replay", type=pathlib.Path, metavar="FILE.onnx")
    args = parser.parse_args()
    args.work = Work(args.targets or DEFAULT_TARGETS, args.peer, args.emulate_every)
    if args.replay:
        ((_, result),) = run_isolated(args.work.replay, [args.replay])
        verdict = Verdict(FAILED, "crash", result.reason) if isinstance(result, Crash) else result
        where = f" ({verdict.stage})" if verdict.stage else ""
        print(f"{args.replay}: {verdict.kind}{where}" + (f": {verdict.text}" if verdict.text else ""))
        if verdict.peer:
            print(f"ONNX Runtime refuses it: {verdict.peer}")
        sys.exit(verdict.kind == FAILED)
    sys.exit(not fuzz(args))


if __name__ == "__main__":
    main()
