#!/usr/bin/python3
"""Compares compiled code with the results that ONNX and ONNX Runtime give for quantized models.

    PYTHONPATH=build/python scripts/conformance.py --data DIR [--suite onnx-ort|onnx-node] [--match RE] [--markdown OUT]
    PYTHONPATH=build/python scripts/conformance.py --data DIR --testdata /usr/share/libonnx-testdata/data/node

DIR holds check_npz.py, which reads the cases. Integers must agree in every element, floats to 1e-5. One line per family,
then a line for each case that does not agree and why. Exit status 1 if there is one. Inputs and outputs of float16 are f32
for nnq, and are converted.

--testdata names a folder of node tests (test_NAME/model.onnx), of which the quantized ones run instead of the suites.
"""

import argparse
import collections
import importlib
import itertools
import math
import pathlib
import re
import sys
import tempfile
from dataclasses import dataclass, field

import nnq
import numpy as np
import onnx
from google.protobuf.message import DecodeError
from nnq.isolated import Crash, run_isolated
from nnq.loaded import Loaded, import_prepared
from nnq.onnxfile import NARROW

SUITES = ("onnx-ort", "onnx-node")
TOLERANCE = 1e-5
QUANTIZED_TESTS = r"quantize|qlinear|integer"

PARAMETERS = {
    **dict.fromkeys(("QuantizeLinear", "DequantizeLinear"), (1, 2)),
    "QLinearConv": (1, 2, 3, 4, 5, 6, 7, 8),
    "QLinearMatMul": (1, 2, 4, 5, 6, 7),
    "ConvInteger": (1, 2, 3),
    "MatMulInteger": (2, 3),
    "CastLike": (1,),
}
"""Scales, zero points and a convolution's weights, and a tensor that only lends its type: the node tests have them as inputs."""


@dataclass
class Outcome:
    """How one case ended: `reason` is empty where all agrees. `wrong` elements of `size` differ, at most by `worst`."""

    name: str
    reason: str = ""
    wrong: int = 0
    size: int = 0
    worst: float = 0.0


@dataclass
class Family:
    cases: int = 0
    failed: list = field(default_factory=list)
    wrong: int = 0
    size: int = 0
    worst: float = 0.0

    def add(self, outcome):
        self.cases += 1
        self.wrong += outcome.wrong
        self.size += outcome.size
        self.worst = max(self.worst, outcome.worst)
        if outcome.reason:
            self.failed.append(outcome)

    def __str__(self):
        text = f"{self.cases - len(self.failed)} of {self.cases} agree"
        return text + (f"; {self.wrong} of {self.size} elements differ, at most by {self.worst:g}" if self.wrong else "")


# ----- A case ------------------------------------------------------------------------------------------------------------


def parameter_inputs(model):
    """Names of the graph's inputs that PARAMETERS lists, and of those without elements."""
    inputs = {value.name for value in model.graph.input}
    empty = [v.name for v in model.graph.input if any(d.dim_value == 0 for d in v.type.tensor_type.shape.dim)]
    return empty + [
        node.input[k]
        for node in model.graph.node
        for k in PARAMETERS.get(node.op_type, ())
        if k < len(node.input) and node.input[k] in inputs and node.input[k] not in empty
    ]


def unpack(array, value, folder):
    """What nnq takes and gives for a tensor: codes of a narrow type one to an element (the reader of the cases only gives raw
    bytes, if there are any), and f32 for float16."""
    element = value.type.tensor_type.elem_type
    if array.dtype == np.float16:
        return array.astype(np.float32)
    if element not in NARROW:
        return array
    _, dtype, bits = NARROW[element]
    if not array.size:
        array = typed_bytes(folder, value.name)
    shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
    codes = (array[:, None] >> (np.arange(8 // bits) * bits) & ((1 << bits) - 1)).ravel()[: math.prod(shape)].reshape(shape)
    if dtype == "int8":
        return np.where(codes >= 1 << bits - 1, codes.astype(int) - (1 << bits), codes).astype(np.int8)
    return codes.astype(dtype)


def as_declared(array, value):
    """A constant in the type that the model declares."""
    return array.astype(np.float16) if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT16 else array


def typed_bytes(folder, name):
    """The bytes of a tensor beside a model that has them as a list of integers."""
    for path in sorted(folder.glob("test_data_set_*/*.pb")):
        tensor = onnx.TensorProto()
        tensor.ParseFromString(path.read_bytes())
        if tensor.name == name and tensor.int32_data:
            return np.array(tensor.int32_data, np.int64).astype(np.uint8)
    return np.zeros(0, np.uint8)


class Checker:
    """Compiles a model once, and runs its cases."""

    def __init__(self, target, reader, fixed):
        self.target, self.reader, self.fixed = target, reader, fixed

    def __call__(self, cases):
        path = pathlib.Path(cases[0].model)
        try:
            proto = onnx.load(str(path), load_external_data=False)
            values = {v.name: v for v in (*proto.graph.input, *proto.graph.output)}
            for case in cases:
                for arrays in (case.inputs, case.outputs):
                    arrays.update({name: unpack(a, values[name], path.parent) for name, a in arrays.items() if name in values})
            names = parameter_inputs(proto) if self.fixed else []
            constants = {name: as_declared(cases[0].inputs[name], values[name]) for name in names}
            module = import_prepared(path.read_bytes(), path.name, constants, str(path.parent))
            loaded = Loaded(module.compile(self.target))
        except (nnq.Error, DecodeError) as error:
            return [Outcome(case.name, " ".join(str(error).split())) for case in cases]
        return [self.check(case, loaded, constants) for case in cases]

    def check(self, case, loaded, constants):
        outcome = Outcome(case.name)
        given = {name: a for name, a in case.inputs.items() if name not in constants}
        by_name = all(t.name in given for t in loaded.inputs)
        try:
            results = loaded.run([given[t.name] for t in loaded.inputs] if by_name else list(given.values()))
        except nnq.Error as error:
            outcome.reason = str(error)
            return outcome
        reasons = []
        for tensor, got, (name, want) in zip(loaded.outputs, results, case.outputs.items()):
            wrong, worst = self.reader.wrong(got, want, TOLERANCE)
            outcome.size += want.size
            outcome.wrong += wrong
            outcome.worst = max(outcome.worst, worst)
            if got.dtype != want.dtype:
                reasons.append(f"{name} is {got.dtype}, not {want.dtype}")
            elif wrong:
                reasons.append(f"{name}: {wrong} of {want.size} elements differ, at most by {worst:g}")
        if len(results) != len(case.outputs):
            reasons.append(f"{len(results)} outputs, not {len(case.outputs)}")
        outcome.reason = "; ".join(reasons)
        return outcome


def run(name, cases, check, jobs):
    """The families of a suite by name. Cases of one model stand behind each other."""
    groups = [list(group) for _, group in itertools.groupby(cases, key=lambda case: case.model)]
    families = collections.defaultdict(Family)
    for group, outcomes in run_isolated(check, groups, jobs):
        if isinstance(outcomes, Crash):
            outcomes = [Outcome(case.name, f"crash: {outcomes.reason}") for case in group]
        for outcome in outcomes:
            families[group[0].family].add(outcome)
    return dict(sorted(families.items()))


# ----- Output ------------------------------------------------------------------------------------------------------------


def summary(families):
    cases, failed = sum(f.cases for f in families.values()), sum(len(f.failed) for f in families.values())
    return f"{cases - failed} of {cases} cases agree, {len(families)} families, {sum(f.size for f in families.values())} elements"


def failures(families):
    """(family, case, reason) of each case that does not agree."""
    return [(name, outcome.name, outcome.reason) for name, family in families.items() for outcome in family.failed]


def markdown(suites):
    lines = ["# Conformance", ""]
    for suite, families in suites.items():
        lines += [f"## {suite}", "", summary(families) + ".", "", "| family | cases | agree | elements | differ | at most by |",
                  "| --- | --- | --- | --- | --- | --- |"]
        for name, f in families.items():
            lines.append(f"| {name} | {f.cases} | {f.cases - len(f.failed)} | {f.size} | {f.wrong} | {f.worst:g} |")
        rows = failures(families)
        if rows:
            lines += ["", "| family | case | why |", "| --- | --- | --- |"]
            lines += [f"| {family} | {case} | {reason.replace('|', chr(92) + '|')} |" for family, case, reason in rows]
        lines.append("")
    return "\n".join(lines)


def test_cases(reader, folder, match):
    """The quantized node tests of a folder, in the layout that the reader knows."""
    with tempfile.TemporaryDirectory() as root:
        (pathlib.Path(root) / "onnx").mkdir()
        (pathlib.Path(root) / "onnx" / "node").symlink_to(folder.resolve())
        for case in reader.cases("onnx-node", root, match):
            if re.search(QUANTIZED_TESTS, case.name):
                case.model = str(folder / pathlib.Path(case.model).relative_to(f"{root}/onnx/node"))
                yield case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--suite", choices=SUITES, action="append")
    parser.add_argument("--match", default="", help="A regular expression on FAMILY/CASE.")
    parser.add_argument("--testdata", type=pathlib.Path)
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--target", default="native")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(args.data))
    reader = importlib.import_module("check_npz")

    suites = {}
    if args.testdata:
        suites[args.testdata.name] = test_cases(reader, args.testdata, args.match)
    for suite in args.suite or (() if args.testdata else SUITES):
        suites[suite] = reader.cases(suite, str(args.data), args.match)
    for suite, cases in suites.items():
        check = Checker(args.target, reader, fixed=suite != "onnx-ort")
        suites[suite] = families = run(suite, cases, check, args.jobs)
        for name, family in families.items():
            print(f"{name}: {family}")
        for row in failures(families):
            print("  " + " | ".join(row))
        print(f"{suite}: {summary(families)}", flush=True)
    if args.markdown:
        args.markdown.write_text(markdown(suites), encoding="utf-8")
    sys.exit(any(family.failed for families in suites.values() for family in families.values()) or not any(suites.values()))


if __name__ == "__main__":
    main()
