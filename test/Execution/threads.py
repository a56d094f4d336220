"""Runs a model in two threads at once.

  threads.py TARGET... --scratch FOLDER
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "Inputs"))

import objects
from network import Network, u8
from nnq import _nnq

RUNS = 2000


def network():
    net = Network("threads")
    x = net.input((1, 9, 9, 16), u8(0.05, 128))
    y = net.conv2d(x, 24, (3, 3), u8(zero=0), pads=(1, 1, 1, 1))
    y = net.conv2d(y, 24, (3, 3), u8(), pads=(1, 1, 1, 1), strides=(2, 2), groups=24)
    y = net.pool(y, (5, 5), (1, 1), (0, 0, 0, 0), out=u8(0.05, 128))
    net.result(net.fully_connected(net.op("reshape {0}", [y], (1, 24), y.type), 17, u8()))
    return net


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    args = parser.parse_args()
    for target in args.targets:
        folder = args.scratch / target
        folder.mkdir(parents=True, exist_ok=True)
        compiled = _nnq.Module.parse(network().text()).compile(target)
        (folder / "model.o").write_bytes(compiled.code)
        sizes = [sum(map(objects.size_in_bytes, tensors)) for tensors in (compiled.inputs, compiled.outputs)]
        flags = ["-pthread", f"-DRUN={compiled.symbol}", f"-DRUNS={RUNS}", f"-DARENA={max(compiled.arena_bytes, 64)}", f"-DINPUT_BYTES={sizes[0]}",
                 f"-DOUTPUT_BYTES={sizes[1]}"]  # fmt: skip
        objects.build(target, [pathlib.Path(__file__).parent / "Inputs" / "threads.c"], folder / "model.o", folder / "program", flags)
        print(f"{target}: {objects.execute(target, folder / 'program')}", end="")


main()
