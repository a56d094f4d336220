#!/usr/bin/env python3
"""Products of two activations, as attention has them, in float and on codes of 8 bits, against ONNX Runtime. One thread.

    PYTHONPATH=build/python NODE_PATH=PEER/node_modules python3 benchmarks/activations.py --json activations.json

Neither operand is constant: nnq packs the right one at each run, which is part of its time. benchmarks/README.md defines the columns.
"""

import argparse
import contextlib
import os
import pathlib
import statistics
import sys
import tempfile

import nnq
import onnx
import peer
from onnx import TensorProto, helper
from speed import call_overhead, on_cpu, print_results, ratio, take_turns, write_json

# name: (left shape, right shape, whether the right one is transposed in front)
PRODUCTS = {
    "scores, 12 heads, 128 tokens": ((12, 128, 64), (12, 128, 64), True),
    "values, 12 heads, 128 tokens": ((12, 128, 128), (12, 128, 64), False),
    "scores, 3 heads, 197 tokens": ((3, 197, 64), (3, 197, 64), True),
    "scores, 64 windows of 49 tokens": ((64, 49, 32), (64, 49, 32), True),
    "scores, 12 heads, 4 new tokens of 512": ((12, 4, 64), (12, 512, 64), True),
}
HEADER = ["product", "nnq float ms", "peer float ms", "times faster", "nnq int8 ms", "peer int8 ms", "times faster"]


def network(left, right, is_transposed, on_codes):
    """MatMul of two float inputs; with `on_codes` both, and the result, are quantized to u8."""
    nodes, names = [], ["a", "b"]
    scales = [helper.make_tensor(name, kind, (), [value]) for name, kind, value in (("s", TensorProto.FLOAT, 0.02), ("z", TensorProto.UINT8, 128))]

    def quantized(name):
        nodes.append(helper.make_node("QuantizeLinear", [name, "s", "z"], [f"{name}_codes"]))
        nodes.append(helper.make_node("DequantizeLinear", [f"{name}_codes", "s", "z"], [f"{name}_real"]))
        return f"{name}_real"

    if on_codes:
        names = [quantized(name) for name in names]
    if is_transposed:
        nodes.append(helper.make_node("Transpose", [names[1]], ["turned"], perm=[0, 2, 1]))
        names[1] = "turned"
    nodes.append(helper.make_node("MatMul", names, ["y"]))
    result = quantized("y") if on_codes else "y"
    shape = (*left[:2], right[1] if is_transposed else right[2])
    tensor = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, size)
    graph = helper.make_graph(nodes, "product", [tensor("a", left), tensor("b", right)], [tensor(result, shape)], scales if on_codes else [])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def measure(name, options, work):
    record = {"product": name}
    with on_cpu(options.cpu), contextlib.ExitStack() as stack:
        runners = {}
        for kind, settings in (("float", nnq.Float()), ("int8", None)):
            path = work / f"{kind}.onnx"
            onnx.save(network(*PRODUCTS[name], kind == "int8"), path)
            runners["nnq", kind] = nnq.compile(path, quantization=settings)
            runners["peer", kind] = stack.enter_context(peer.Session(path))
        seconds = take_turns(runners, options.rounds)
    for kind in ("float", "int8"):
        record[kind] = {f"{who}_ms": 1e3 * statistics.median(seconds[who, kind]) for who in ("nnq", "peer")}
        record[kind]["times_faster_than_peer"] = ratio(seconds, ("peer", kind), ("nnq", kind))
    return record


def row(record):
    yield record["product"]
    for kind in ("float", "int8"):
        figures = record[kind]
        yield from (f"{figures['nnq_ms']:.3f}", f"{figures['peer_ms']:.3f}", f"{figures['times_faster_than_peer']['median']:.2f}")


def main():
    parser = argparse.ArgumentParser(description="Products of two activations beside ONNX Runtime, one thread.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="10 or more.")
    parser.add_argument("--cpu", type=int, metavar="N", help="Keep the timed runs on one processor.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        overhead = call_overhead(work)
        records = []
        for name in PRODUCTS:
            print(f"{name} (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
            records.append(measure(name, options, work))
    write_json(records, options, overhead)
    print_results(HEADER, [list(row(record)) for record in records], overhead)


if __name__ == "__main__":
    try:
        main()
    except (nnq.Error, peer.PeerError) as error:
        sys.exit(f"activations: error: {error}")
