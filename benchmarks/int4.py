"""How fast a matrix-vector product is with weights of 4 bits: against nnq's own int8, and against ONNX Runtime's MatMulNBits.

    PYTHONPATH=build/python NODE_PATH=PEER/node_modules python3 benchmarks/int4.py [--size 4096] [--cpu N] [--json out.json]

One fully connected layer of SIZE inputs and outputs, batch 1, float at both ends, on one thread. All runners take turns; a ratio is the
median over the rounds of what two took in the same round. benchmarks/README.md says what is compared.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import sys
import tempfile

import nnq
import numpy as np
import onnx
import peer
from onnx import TensorProto, helper
from speed import on_cpu, ratio, take_turns

UNIT = 1.25 / 16384
"""Scales are multiples of it, up to 255, as the scales of blocks that nnq chooses are of their channel's."""

PEER_BLOCK = 32
ACCURACY = {"peer f32": 0, "peer int8": 4}
"""What the peer computes in: accuracy_level of MatMulNBits."""


def hexadecimal(array):
    return f'dense<"0x{array.tobytes().hex().upper()}">'


def layer(size, bits, block, of_codes, random):
    """The layer in nnq's text: one scale per output channel, or per `block` inputs where that is not 0; on codes or on floats."""
    low = -(1 << (bits - 1))
    codes = hexadecimal(random.integers(low, -low, (size, size), np.int8))
    if block:
        multiples = random.integers(64, 256, (size, size // block))
        scales = ", ".join("{" + ", ".join(f"{UNIT * multiple:.12e}" for multiple in row) + "}" for row in multiples)
        weights = f"!quant.uniform<i{bits}:f32:{{0:1, 1:{block}}}, {{{scales}}}>"
    else:
        scales = ", ".join([f"{128 * UNIT:.12e}"] * size)
        weights = f"!quant.uniform<i{bits}:f32:0, {{{scales}}}>"
    element, argument, convert = "f32", "x", ""
    if of_codes:
        element, argument = "!quant.uniform<u8:f32, 2.0e-2:128>", "input"
        convert = f"%x = nnq.requantize %input : tensor<1x{size}xf32> -> !x"
    return f"""
!x = tensor<1x{size}x{element}>
!w = tensor<{size}x{size}x{weights}>
func.func @main(%{argument}: tensor<1x{size}xf32>) -> tensor<1x{size}xf32> {{
  {convert}
  %w = nnq.constant {codes} : tensor<{size}x{size}xi{bits}> -> !w
  %y = nnq.fully_connected %x, %w : !x, !w -> tensor<1x{size}xf32>
  return %y : tensor<1x{size}xf32>
}}
"""


def compile_layer(size, bits, block, of_codes, work):
    name = ("" if of_codes else "f32 x ") + f"int{bits}" + (f" block {block}" if block else "")
    folder = work / name.replace(" ", "-")
    folder.mkdir()
    (folder / "layer.mlir").write_text(layer(size, bits, block, of_codes, np.random.default_rng(0)), encoding="utf-8")
    return f"nnq {name}", nnq.compile(folder / "layer.mlir", output=folder / "out")


def write_peer(size, accuracy, path):
    random = np.random.default_rng(0)
    blocks = size // PEER_BLOCK
    codes = random.integers(0, 256, (size, blocks, PEER_BLOCK // 2), np.uint8)
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name in ("x", "y")]
    constants = [
        helper.make_tensor("w", TensorProto.UINT8, codes.shape, codes.tobytes(), raw=True),
        helper.make_tensor("s", TensorProto.FLOAT, [size * blocks], np.full(size * blocks, 128 * UNIT, np.float32).tobytes(), raw=True),
    ]
    node = helper.make_node("MatMulNBits", ["x", "w", "s"], ["y"], domain="com.microsoft", K=size, N=size, bits=4, block_size=PEER_BLOCK,
                            accuracy_level=accuracy)
    graph = helper.make_graph([node], "layer", tensors[:1], tensors[1:], constants)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), str(path))


def measure(options, work):
    variants = [(8, 0, True), (4, 0, True), *((4, block, True) for block in options.blocks), (4, PEER_BLOCK, False)]
    runners = dict(compile_layer(options.size, *variant, work) for variant in variants)
    weight_bytes = {name: runner.manifest["weight_bytes"] for name, runner in runners.items()}
    with on_cpu(options.cpu), contextlib.ExitStack() as stack:
        for name, accuracy in ACCURACY.items():
            write_peer(options.size, accuracy, work / f"{accuracy}.onnx")
            runners[name] = stack.enter_context(peer.Session(work / f"{accuracy}.onnx"))
        seconds = take_turns(runners, options.rounds)
    records = {}
    for name, values in seconds.items():
        record = records[name] = {"us": 1e6 * statistics.median(values)}
        if name in weight_bytes:
            record["weight_bytes"] = weight_bytes[name]
            # `ratio` says how many times faster; here it is the share of the other's time.
            record["share"] = {other: ratio(seconds, name, other) for other in ("nnq int8", *ACCURACY)}
    return records


def print_table(records):
    print("| runner | us | weights MB | GB/s | of int8's time | of the peer's f32 | of the peer's int8 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, record in records.items():
        cells = [name, f"{record['us']:.0f}"]
        if "share" in record:
            shares = [f"{record['share'][other]['median']:.2f}" for other in ("nnq int8", *ACCURACY)]
            cells += [f"{record['weight_bytes'] / 1e6:.1f}", f"{record['weight_bytes'] / record['us'] / 1e3:.1f}", *shares]
        else:
            cells += ["-"] * 5
        print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description="Speed of matrix-vector products with weights of 4 bits, one thread.")
    parser.add_argument("--size", type=int, default=4096, metavar="N", help="Inputs and outputs, a multiple of all blocks.")
    parser.add_argument("--blocks", type=int, nargs="*", default=[32, 64, 128], metavar="N", help="Inputs to a scale.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="10 or more.")
    parser.add_argument("--cpu", type=int, metavar="N", help="Keep the timed runs on one processor.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        records = measure(options, pathlib.Path(work))
    print_table(records)
    print(f"\nload average {os.getloadavg()[0]:.1f}", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (nnq.Error, peer.PeerError) as error:
        sys.exit(f"int4: error: {error}")
