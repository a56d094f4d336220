#!/usr/bin/python3
"""Layers from bytes to bytes that ONNX Runtime computes in float: is each code that nnq rounds otherwise within f32's error of a tie?

    python3 fuzz/float_layers.py MODEL.onnx --inputs SAMPLES.npy --peer DIR [--count N]

On x86 ONNX Runtime makes some tensors of `i8` `u8`; a Conv or Add that then has both stays in float. This runs the graph that it
makes of MODEL, and computes each such layer twice more on the codes that it takes there: as nnq does, and exactly. Where the two codes
differ, the exact result is as far from the boundary between them as f32 sums can be wrong, at most, or the code is listed.

SAMPLES.npy is (N, ...) float32, without the batch axis of 1. Exit status 1 where a code is not explained, or no layer is in float.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import numpy as np
import onnx
import onnx.numpy_helper
from common.graph import with_outputs
from common.peer import OPTIMIZED, PLAIN, Peer

UNIT = 2.0**-24
"""How wrong an f32 operation is at most, relative to its result."""


class Codes:
    """What a DequantizeLinear reads or a QuantizeLinear writes: exact multiples of scales, counted as signed bytes."""

    def __init__(self, node, code_name, graph):
        self.name, constants = code_name, graph.constants
        self.scale = np.asarray(constants[node.input[1]], np.float64)
        self.zero = constants[node.input[2]] if len(node.input) > 2 else np.uint8(0)
        self.shift = 128 if self.zero.dtype == np.uint8 else 0
        self.zero = self.zero.astype(np.float64) - self.shift

    def of(self, values):
        return values[self.name].astype(np.float64) - self.shift

    def centred(self, values):
        zero = self.zero.reshape(-1, *[1] * (values[self.name].ndim - 1)) if self.zero.size > 1 else self.zero
        return self.of(values) - zero


class Graph:
    def __init__(self, model):
        self.constants = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
        self.producers = {name: n for n in model.graph.node for name in n.output}
        self.layers = [layer for n in model.graph.node if n.op_type == "QuantizeLinear" and (layer := self._layer(n))]

    def _layer(self, quantize):
        op = self.producers.get(quantize.input[0])
        if op is None or op.op_type not in ("Conv", "Add"):
            return None
        sources = [self.producers[name] for name in op.input]
        codes = [Codes(node, node.input[0], self) for node in sources]
        return {"Conv": Conv, "Add": Add}[op.op_type](op, codes, Codes(quantize, quantize.output[0], self))

    def codes(self):
        """Names of the codes that the layers read and write, and that are no constants."""
        return sorted({c.name for layer in self.layers for c in (*layer.inputs, layer.result)} - self.constants.keys())


class Layer:
    def __init__(self, op, inputs, result):
        self.op, self.inputs, self.result = op, inputs, result

    def differences(self, values):
        """How many codes there are, and of those that nnq rounds otherwise: distance from the tie and f32's error, in steps."""
        exact, error, codes = self.compute(values)
        found = self.result.of(values)
        codes = np.clip(codes, -128, 127)
        differ = codes != found
        tie = np.maximum(codes, found)[differ] - self.result.zero - 0.5
        distance = np.where(np.abs(codes - found)[differ] == 1, np.abs(exact[differ] - tie), np.inf)
        return codes.size, distance, error[differ]


class Conv(Layer):
    def compute(self, values):
        x, w, bias = ([*self.inputs, None])[:3]
        channel = (1, -1, 1, 1)
        unit = np.float32(x.scale) * np.float32(w.scale.reshape(-1))
        sums, sizes = (self._convolve(f(x.centred(values)), f(w.centred(values))) for f in (np.asarray, np.abs))
        exact, size = (v * (x.scale * w.scale.reshape(-1)).reshape(channel) for v in (sums, sizes))
        if bias:
            codes = bias.of(values)
            sums = sums + codes.reshape(channel)
            exact = exact + (codes * bias.scale).reshape(channel)
            size = size + np.abs(codes * bias.scale).reshape(channel)
        multiplier = (unit / np.float32(self.result.scale)).reshape(channel)
        depth = values[w.name][0].size
        codes = np.rint(sums.astype(np.float32) * multiplier) + self.result.zero
        return exact / self.result.scale, (depth + 8) * UNIT * size / self.result.scale, codes

    def _convolve(self, x, w):
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in self.op.attribute}
        top, left, bottom, right = attributes.get("pads", [0] * 4)
        (rows, columns), groups = attributes.get("strides", [1, 1]), attributes.get("group", 1)
        if set(attributes.get("dilations", [1])) != {1} or attributes.get("auto_pad", b"NOTSET") != b"NOTSET":
            raise SystemExit(f"float_layers: error: {self.op.name} is dilated or pads by rule, which is not read")
        x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
        windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], (2, 3))[:, :, ::rows, ::columns]
        n, channels, height, width = windows.shape[:4]
        matrix = windows.reshape(n, groups, channels // groups, height, width, -1).transpose(0, 1, 3, 4, 2, 5)
        filters = w.reshape(groups, w.shape[0] // groups, -1).transpose(0, 2, 1)
        product = matrix.reshape(n, groups, height * width, -1) @ filters
        return product.transpose(0, 1, 3, 2).reshape(n, w.shape[0], height, width)


class Add(Layer):
    def compute(self, values):
        a, b = self.inputs
        step = np.float32(self.result.scale)
        lhs, rhs = np.float32(a.scale) / step, np.float32(b.scale) / step
        fma = lambda x, y, z: (np.float64(x) * y + z).astype(np.float32)  # noqa: E731
        offset = np.float32(self.result.zero) - fma(lhs, a.zero, rhs * np.float32(b.zero))
        codes = np.rint(fma(a.of(values), lhs, fma(b.of(values), rhs, offset)))
        exact = (a.centred(values) * a.scale + b.centred(values) * b.scale) / self.result.scale
        size = np.abs(a.of(values)) * lhs + np.abs(b.of(values)) * rhs + np.abs(a.zero) * lhs + np.abs(b.zero) * rhs + 128
        return exact, 8 * UNIT * size, codes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, metavar="MODEL.onnx")
    parser.add_argument("--inputs", type=pathlib.Path, required=True, metavar="SAMPLES.npy")
    parser.add_argument("--count", type=int, default=4, help="So many samples.")
    parser.add_argument("--peer", type=pathlib.Path, required=True, metavar="DIR", help="node_modules with onnxruntime-node.")
    args = parser.parse_args()
    model, samples, peer = args.model.read_bytes(), np.load(args.inputs)[: args.count], Peer(args.peer)
    name = onnx.load_from_string(model).graph.input[0].name
    optimized = peer.optimized(model, {name: samples[:1]}, OPTIMIZED)
    graph = Graph(optimized)
    plain = with_outputs(optimized, graph.codes()).SerializeToString()
    rows = {layer.op.output[0]: [layer.op.op_type, 0, 0, 0, 0.0, 0.0] for layer in graph.layers}
    for sample in samples:
        values = graph.constants | peer.run(plain, {name: sample[None]}, PLAIN)
        for layer in graph.layers:
            row = rows[layer.op.output[0]]
            size, distance, error = layer.differences(values)
            row[1] += size
            row[2] += distance.size
            row[3] += int((distance <= error).sum())
            row[4], row[5] = max(row[4], distance.max(initial=0)), max(row[5], error.max(initial=0))
    print("| layer in float | operator | codes | differ | at ties | farthest from a tie, in steps | f32's error |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for layer, (op, codes, differ, ties, farthest, error) in rows.items():
        print(f"| {layer} | {op} | {codes:,} | {differ} | {ties} | {farthest:.2g} | {error:.2g} |")
    codes, differ, ties = (sum(row[i] for row in rows.values()) for i in (1, 2, 3))
    print(f"{len(rows)} layers in float on {len(samples)} samples: {differ} of {codes:,} codes differ, {ties} of them at ties")
    sys.exit(not rows or ties < differ)


if __name__ == "__main__":
    main()
