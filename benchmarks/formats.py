#!/usr/bin/env python3
"""What layers take with each format of weights, and with zeros in patterns, as a share of nnq's own int8 of the same shape. One thread.

    PYTHONPATH=build/python python3 benchmarks/formats.py [--cpu N] [--json formats.json]

Layers on codes of 8 bits, weights at random; bytes are those of the object file's weights. Products with one row are timed twice: with
weights that lie in the processor's second cache, and with none in any, for a buffer of EVICTED bytes is read in front of each run.
All formats of a shape take turns; a share is the median over the rounds of what two took in the same round.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile

import nnq
import numpy as np
from speed import on_cpu, ratio, take_turns
from table import print_table

NF4 = (-127, -88, -67, -50, -36, -23, -12, 0, 10, 20, 31, 43, 56, 71, 92, 127)
FORMATS = {
    "int8": ("i8", None), "int4": ("i4", None), "int2": ("i2", None), "codebook16": ("i4", NF4), "codebook4": ("i2", (-127, -38, 38, 127)),
    "binary": ("i1", (-1, 1)),
}  # fmt: skip
# name: (input NHWC, output channels, kernel); K is kernel times kernel times input channels.
CONVOLUTIONS = {
    "3x3 256->256 @14, K 2304": ((14, 14, 256), 256, 3),
    "3x3 64->64 @56, K 576": ((56, 56, 64), 64, 3),
    "1x1 1024->256 @14, K 1024": ((14, 14, 1024), 256, 1),
    "1x1 256->64 @56, K 256": ((56, 56, 256), 64, 1),
    "1x1 64->256 @56, K 64": ((56, 56, 64), 256, 1),
}
IN_CACHE, FROM_MEMORY = (2560, 256), (4096, 4096)
"""Inputs and outputs of products with one row."""
EVICTED = 256 << 20


def inputs_1x32(kept):
    """Of each 64 inputs of a tap so many, the same ones for 32 channels."""

    def mask(random, shape):
        order = random.random((-(-shape[0] // 32), *shape[1:-1], shape[-1] // 64, 64)).argsort(-1)
        return np.repeat((order < kept).reshape(-1, *shape[1:]), 32, axis=0)[: shape[0]]

    return mask


def n_of_m(size):
    """4 of each so many inputs, each channel its own."""
    return lambda random, shape: (random.random((*shape[:-1], shape[-1] // size, size)).argsort(-1) < 4).reshape(shape)


PATTERNS = {
    "1x32 50 %": inputs_1x32(32), "1x32 75 %": inputs_1x32(16), "1x32 87.5 %": inputs_1x32(8), "4:8": n_of_m(8), "4:16": n_of_m(16), "4:32": n_of_m(32),
}  # fmt: skip


def weights(shape, format, random):
    """A constant, and its type."""
    storage, levels = FORMATS.get(format, FORMATS["int8"])
    bits = int(storage[1:])
    scales = ", ".join(f"{scale:.9e}" for scale in random.uniform(0.5e-3, 2e-3, shape[0]))
    if levels:
        type = f"!nnq.quantile<{storage}:!quant.uniform<i8:f32:0, {{{scales}}}>, {{{', '.join(map(str, levels))}}}>"
        codes = random.integers(0, len(levels), shape, np.uint8)
    else:
        type = f"!quant.uniform<{storage}:f32:0, {{{scales}}}>"
        codes = random.integers(-(1 << bits - 1), 1 << bits - 1, shape, np.int8)
        if format in PATTERNS:
            codes = (codes * PATTERNS[format](random, shape)).astype(np.int8)
    size = "x".join(map(str, shape))
    if bits > 1:
        return f'nnq.constant dense<"0x{codes.tobytes().hex().upper()}"> : tensor<{size}x{storage}> -> tensor<{size}x{type}>', f"tensor<{size}x{type}>"
    packed = np.packbits(codes, bitorder="little").tobytes().hex().upper()
    return f'nnq.constant dense<"0x{packed}"> : tensor<{size}xi1> -> tensor<{size}x{type}>', f"tensor<{size}x{type}>"


def network(layer, filter_shape, input_shape, output_shape, format):
    """One layer in nnq's text: codes in, codes out."""
    constant, type = weights(filter_shape, format, np.random.default_rng(0))
    x, y = (f"tensor<{'x'.join(map(str, shape))}x!quant.uniform<u8:f32, {scale}:128>>" for shape, scale in ((input_shape, 0.02), (output_shape, 0.5)))
    return f"func.func @main(%x: {x}) -> {y} {{\n  %w = {constant}\n  %y = nnq.{layer} : {x}, {type} -> {y}\n  return %y : {y}\n}}\n"


def convolution(shape, outputs, kernel, format):
    pad = kernel // 2
    attributes = f"strides = [1, 1] pads = [{pad}, {pad}, {pad}, {pad}] dilations = [1, 1] groups = 1"
    filter_shape = (outputs, kernel, kernel, shape[-1])
    return network(f"conv2d %x, %w {attributes}", filter_shape, (1, *shape), (1, *shape[:2], outputs), format)


def product(inputs, outputs, format):
    return network("fully_connected %x, %w", (outputs, inputs), (1, inputs), (1, outputs), format)


def compile_formats(name, text_of, formats, work):
    models = {}
    for format in formats:
        folder = work / f"{name.replace('/', '-')} {format}".replace(" ", "-")
        folder.mkdir()
        (folder / "layer.mlir").write_text(text_of(format), encoding="utf-8")
        models[format] = nnq.compile(folder / "layer.mlir", output=folder / "out")
    return models


def take_turns_from_memory(models, rounds):
    """As `take_turns`, with other memory read in front of each run."""
    other = np.ones(EVICTED // 8)
    seconds = {key: [] for key in models}
    for _ in range(rounds):
        for key, model in models.items():
            times = []
            for _ in range(5):
                other.sum()
                times += model.time(1)
            seconds[key].append(statistics.median(times))
    return seconds


def measure(formats, options, work):
    jobs = [(name, lambda format, shape=shape: convolution(*shape, format), take_turns) for name, shape in CONVOLUTIONS.items()]
    jobs.append((f"1 x {IN_CACHE[0]} x {IN_CACHE[1]}, in cache", lambda format: product(*IN_CACHE, format), take_turns))
    jobs.append((f"1 x {FROM_MEMORY[0]} x {FROM_MEMORY[1]}, from memory", lambda format: product(*FROM_MEMORY, format), take_turns_from_memory))
    records = []
    for name, text_of, turns in jobs:
        if options.only and options.only not in name:
            continue
        print(f"{name} (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
        models = compile_formats(name, text_of, formats, work)
        with on_cpu(options.cpu):
            seconds = turns(models, options.rounds)
        bytes_of = {format: sum(layer.get("constant_bytes", 0) for layer in model.manifest["layers"]) for format, model in models.items()}
        records.append({"layer": name, "int8_us": 1e6 * statistics.median(seconds["int8"]), "formats": {
            format: {"share_of_time": ratio(seconds, format, "int8"), "share_of_bytes": bytes_of[format] / bytes_of["int8"]} for format in formats if format != "int8"
        }})  # fmt: skip
    return records


def rows(records):
    for record in records:
        shares = [f"{figures['share_of_time']['median']:.2f}" for figures in record["formats"].values()]
        sizes = [f"{100 * figures['share_of_bytes']:.0f}" for figures in record["formats"].values()]
        yield [record["layer"], f"{record['int8_us']:.1f}", *shares, " / ".join(sizes)]


def main():
    parser = argparse.ArgumentParser(description="Time of layers by the format of their weights, over int8, one thread.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="10 or more.")
    parser.add_argument("--cpu", type=int, metavar="N", help="Keep the timed runs on one processor.")
    parser.add_argument("--only", metavar="TEXT", help="Layers with that in their names.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        records = []
        for what, formats in (("formats", list(FORMATS)), ("patterns", ["int8", *PATTERNS])):
            (pathlib.Path(work) / what).mkdir()
            found = measure(formats, options, pathlib.Path(work) / what)
            print_table(["layer", "int8 us", *formats[1:], "bytes, %"], list(rows(found)))
            print()
            records += found
    if options.json:
        options.json.write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except nnq.Error as error:
        sys.exit(f"formats: error: {error}")
