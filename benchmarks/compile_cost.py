#!/usr/bin/env python3
"""What compiling costs, by the number of nodes: see README.md.

    benchmarks/compile_cost.py --json compile-cost.json
"""

import argparse
import dataclasses
import json
import pathlib
import sys
import tempfile

import chains
import numpy as np
import onnx
import process
from table import print_table

LINEAR = 1.3
"""Of so many times the nodes, so many times more than linear is what the cost may be."""


def measure(kind, nodes, samples, work):
    """{"float", "int8": Cost as a dict} of a network."""
    model, output, data = work / f"{kind}.onnx", work / "out", work / "samples.npz"
    onnx.save(chains.model(kind, nodes), model)
    np.savez(data, x=chains.samples(samples))
    command = [sys.executable, "-m", "nnq", "compile", model, "-o", output]
    choices = {"float": ["--float"], "int8": ["--calibration", data]}
    return {name: dataclasses.asdict(process.run([*command, *options])) for name, options in choices.items()}


def growth(records, form):
    """The cost per node of the largest network over that of the smallest one."""
    first, last = records[0], records[-1]
    return last[form]["cpu_s"] / first[form]["cpu_s"] * first["nodes"] / last["nodes"]


def row(record):
    cells = [record["kind"], f"{record['nodes']:,}"]
    for form in ("float", "int8"):
        cells += [f"{record[form]['cpu_s']:.1f}", str(record[form]["peak_mib"])]
    return cells


def parse_arguments():
    parser = argparse.ArgumentParser(description="Cost of compiling by the number of nodes.")
    parser.add_argument("--kinds", nargs="+", default=[*chains.KINDS], choices=chains.KINDS)
    parser.add_argument("--nodes", nargs="+", type=int, default=[250, 500, 1000, 2000])
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--json", type=pathlib.Path, help="File for all figures.")
    return parser.parse_args()


def main():
    options, records, missed = parse_arguments(), [], []
    with tempfile.TemporaryDirectory() as work:
        for kind in options.kinds:
            of_kind = [{"kind": kind, "nodes": nodes, **measure(kind, nodes, options.samples, pathlib.Path(work))} for nodes in options.nodes]
            missed += [f"{kind} in {form}: {growth(of_kind, form):.2f}" for form in ("float", "int8") if growth(of_kind, form) > LINEAR]
            records += of_kind
    print_table(["kind", "nodes", "float: CPU s", "MiB", "int8: CPU s", "MiB"], [row(record) for record in records])
    if options.json:
        options.json.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
    if missed:
        sys.exit(f"grows faster than the network, per node: {', '.join(missed)}")


if __name__ == "__main__":
    main()
