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

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import numpy as np
from common import campaign
from common.choices import Choices
from common.graph import operators
from common.peer import SIGNED, Peer
from common.verdict import FAILED, OK, REFUSED
from quantized.generate import generate
from quantized.runner import IN_FLOAT, SOFTMAX, UNTYPED, Runner

DEFAULT_TARGETS = ("native", "x86-avx2")


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


def fuzz(args):
    """Whether no graph failed."""
    found = campaign.Campaign(args.work, generate, args)
    found.run()
    for reason, seeds in found.documented.items():
        print(f"differs from ONNX Runtime as documented, {reason}: seeds {', '.join(map(str, seeds))}")
    signed, softmax, untyped, floats = (len(found.documented.get(reason, ())) for reason in (SIGNED, SOFTMAX, UNTYPED, IN_FLOAT))
    kinds = found.kinds
    print(f"{sum(kinds.values())} graphs in {found.seconds:.1f} s: {kinds[OK]} equal ({signed} to ONNX Runtime only where it leaves signed "
          f"codes signed, {softmax} where its softmax does not overflow, {untyped} where it loses no type, {floats} to one step of "
          f"each of its layers in float; {found.near} codes one step off behind float layers), {kinds[REFUSED]} refused, {kinds[FAILED]} failed")
    return not kinds[FAILED]


def main():
    parser = campaign.arguments(__doc__)
    parser.add_argument("--target", dest="targets", nargs="+")
    parser.add_argument("--emulate-every", type=int, default=50)
    args = parser.parse_args()
    args.work = Work(args.targets or DEFAULT_TARGETS, args.peer, args.emulate_every)
    if args.replay:
        sys.exit(campaign.replay(args.work.replay, args.replay).kind == FAILED)
    sys.exit(not fuzz(args))


if __name__ == "__main__":
    main()
