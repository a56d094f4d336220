"""Writes networks of one layer each, whose assembly the tests look at.

  layers.py FOLDER     writes conv3x3.mlir, conv1x1.mlir and fully_connected.mlir; the same on floats, float_*.mlir, on activations of 16
                       bits, words_*.mlir, with weights of 4 bits, int4_*.mlir, with such weights in blocks, blocks_*.mlir, and floats
                       by such weights, float_int4_*.mlir
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Execution" / "Inputs"))

from network import F32, Network, Type, u8


def conv3x3(net, type, **weights):
    return net.conv2d(net.input((1, 14, 14, 64), type), 64, (3, 3), type, pads=(1, 1, 1, 1), **weights)


def conv1x1(net, type, **weights):
    return net.conv2d(net.input((1, 14, 14, 256), type), 128, (1, 1), type, **weights)


def fully_connected(net, type, **weights):
    return net.fully_connected(net.input((1, 512), type), 256, type, **weights)


VARIANTS = {
    "": (u8(), dict()),
    "float_": (F32, dict()),
    "words_": (Type("i16", (0.001,)), dict(storage="i4")),  # kept as bytes; an i32 holds all their sums
    "int4_": (u8(), dict(storage="i4")),
    "blocks_": (u8(), dict(storage="i4", block=64, shared=True)),
    "float_int4_": (F32, dict(storage="i4")),
}


def main(folder):
    path = pathlib.Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    for layer in (conv3x3, conv1x1, fully_connected):
        for prefix, (type, weights) in VARIANTS.items():
            net = Network(layer.__name__)
            net.result(layer(net, type, **weights))
            (path / f"{prefix}{layer.__name__}.mlir").write_text(net.text(), encoding="utf-8")


main(*sys.argv[1:])
