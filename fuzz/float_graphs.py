#!/usr/bin/python3
"""Random float ONNX graphs: nnq's compiled code, in float and in int8, against ONNX Runtime.

    PYTHONPATH=build/python fuzz/float_graphs.py --seed 1 --count 1000 [--peer DIR] [--jobs N]
    PYTHONPATH=build/python fuzz/float_graphs.py --replay FILE.onnx        samples from FILE.npz beside it

Graphs are of all operators that nnq reads, and of what exporters spell out in several of them: normalizations, softmaxes, activations,
attention, detection heads, spectrograms. Graph N of seed S is the same at every run. One that the importer refuses, with a reason, is
counted and listed; one that crashes, fails later, differs in float, or is noisier in int8 than its ranges justify is made simpler and
written into --output as a .onnx and a .npz file, with a .txt that says what is wrong. What is asked for: floats/runner.py.

--peer DIR holds node_modules with onnxruntime-node; without it nnq's own reference takes its place. Exit status 1 where a graph failed.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import numpy as np
from common import campaign
from common.choices import Choices
from common.graph import operators
from common.peer import Peer
from common.verdict import FAILED, OK, REFUSED
from floats.generate import generate
from floats.runner import NO_FLOOR, NOT_FINITE, Reference, Runner


class Work:
    """What a process does with an item: a seed, or a list of decisions."""

    def __init__(self, peer, in_int8=True):
        self.peer, self.in_int8, self.runner = peer, in_int8, None

    def _run(self, model, feeds):
        self.runner = self.runner or Runner(Peer(self.peer) if self.peer else Reference(), self.in_int8)
        return self.runner.run(model, feeds)

    def __call__(self, item):
        """(Verdict, operators) of a graph."""
        graph = generate(Choices(item) if isinstance(item, int) else Choices(given=item))
        model = graph.model()
        return self._run(model.SerializeToString(), graph.feeds()), operators(model)

    def replay(self, path):
        return self._run(path.read_bytes(), dict(np.load(path.with_suffix(".npz"))))


def fuzz(args):
    """Whether no graph failed."""
    found = campaign.Campaign(args.work, generate, args)
    found.run()
    unjudged, wild, lost = (len(found.documented.get(reason, ())) for reason in ("not judged", NOT_FINITE, NO_FLOOR))
    kinds = found.kinds
    print(f"{sum(kinds.values())} graphs in {found.seconds:.1f} s: {kinds[OK]} right ({unjudged} that ONNX Runtime refuses, {wild} with values that are "
          f"not finite, {lost} with a part that has no floor in int8), {kinds[REFUSED]} refused, {kinds[FAILED]} failed")
    return not kinds[FAILED]


def main():
    parser = campaign.arguments(__doc__)
    parser.add_argument("--float", dest="float_only", action="store_true", help="Leave int8 out.")
    args = parser.parse_args()
    args.work = Work(args.peer, not args.float_only)
    if args.replay:
        sys.exit(campaign.replay(args.work.replay, args.replay).kind == FAILED)
    sys.exit(not fuzz(args))


if __name__ == "__main__":
    main()
