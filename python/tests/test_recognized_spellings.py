"""Norms, softmax and activations that exporters spell out: the same numbers as one operation, and int8 that does not fall apart."""

import json
import os
import pathlib
import re

import numpy as np
import pytest
from onnx import helper
from quantized_models import save

import nnq
from nnq.extension import load_compiler

TRANSFORMS = pathlib.Path(__file__).parents[2] / "test" / "Transforms"
SPELLINGS = {
    f"{path.stem}-{match[1]}": match[0]
    for path in sorted(TRANSFORMS.glob("recognize-[ans]*.mlir"))
    for match in re.finditer(r"^func\.func @(\w+)\(.*?\n}", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    if "!quant" not in match[0]
}


def test_there_are_spellings():
    assert len(SPELLINGS) > 150


@pytest.mark.parametrize("group", ["activations", "norms", "softmax"])
def test_numbers_are_those_of_the_parts(group):
    """Spellings and near misses alike, on the executable reference."""
    module = load_compiler().Module
    random = np.random.default_rng(1)
    for name, text in SPELLINGS.items():
        if not name.startswith(f"recognize-{group}"):
            continue
        text = re.sub(r"func\.func @\w+", "func.func @main", text)
        parts, whole = module.parse(text), module.parse(text)
        whole.run_pipeline("func.func(nnq-recognize-spellings)")
        inputs = [np.float32(random.standard_normal(t.shape) * 1.5) for t in parts.inputs]
        for want, got in zip(parts.interpret(inputs), whole.interpret(inputs), strict=True):
            np.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-6, err_msg=name)


#
# A block of a transformer, as each exporter writes it
#


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.random = [], {}, np.random.default_rng(4)

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def op(self, kind, *inputs, **attributes):
        names = [i if isinstance(i, str) else self.constant(np.asarray(i, np.float32)) for i in inputs]
        self.nodes.append(helper.make_node(kind, names, [f"{kind}_{len(self.nodes)}"], f"{kind}_{len(self.nodes)}", **attributes))
        return self.nodes[-1].output[0]

    def linear(self, x, rows, columns):
        return self.op("MatMul", x, self.random.standard_normal((rows, columns)) / np.sqrt(rows))

    def mean(self, x):
        return self.op("ReduceMean", x, axes=[-1])

    def total(self, x):
        return self.op("ReduceSum", x, self.constant(np.int64([-1])))


def pytorch(g, part, x, scale, bias):
    if part == "norm":
        d = g.op("Sub", x, g.mean(x))
        deviation = g.op("Sqrt", g.op("Add", g.mean(g.op("Pow", d, 2)), 1e-5))
        return g.op("Add", g.op("Mul", g.op("Div", d, deviation), scale), bias)
    if part == "softmax":
        e = g.op("Exp", g.op("Sub", x, g.op("ReduceMax", x, axes=[-1])))
        return g.op("Div", e, g.total(e))
    return g.op("Mul", g.op("Mul", x, g.op("Add", g.op("Erf", g.op("Div", x, np.sqrt(2))), 1)), 0.5)


def tensorflow(g, part, x, scale, bias):
    if part == "norm":
        m = g.mean(x)
        d = g.op("Sub", x, m)
        k = g.op("Mul", g.op("Reciprocal", g.op("Sqrt", g.op("Add", g.mean(g.op("Mul", d, d)), 1e-5))), scale)
        return g.op("Add", g.op("Mul", x, k), g.op("Sub", bias, g.op("Mul", m, k)))
    if part == "softmax":
        e = g.op("Exp", g.op("Sub", x, g.op("ReduceMax", x, axes=[-1])))
        return g.op("Mul", e, g.op("Reciprocal", g.total(e)))
    cubic = g.op("Mul", g.op("Add", x, g.op("Mul", g.op("Pow", x, 3), 0.044715)), np.sqrt(2 / np.pi))
    return g.op("Mul", x, g.op("Mul", g.op("Add", g.op("Tanh", cubic), 1), 0.5))


def paddle(g, part, x, scale, bias):
    if part == "norm":  # RMS norm
        return g.op("Mul", g.op("Mul", x, g.op("Pow", g.op("Add", g.mean(g.op("Pow", x, 2)), 1e-5), -0.5)), scale)
    if part == "softmax":
        e = g.op("Exp", x)
        return g.op("Div", e, g.total(e))
    return g.op("Mul", x, g.op("Div", g.op("Clip", g.op("Add", x, 3), g.constant(np.float32(0)), g.constant(np.float32(6))), 6))


def jax(g, part, x, scale, bias):
    if part == "norm":  # the variance by E(x^2) - E(x)^2, not below 0
        m = g.mean(x)
        variance = g.op("Max", g.op("Sub", g.mean(g.op("Mul", x, x)), g.op("Mul", m, m)), 0)
        k = g.op("Mul", g.op("Div", 1, g.op("Sqrt", g.op("Add", variance, 1e-5))), scale)
        return g.op("Add", g.op("Mul", g.op("Sub", x, m), k), bias)
    if part == "softmax":
        e = g.op("Exp", g.op("Sub", x, g.op("ReduceMax", x, axes=[-1])))
        return g.op("Div", e, g.op("Expand", g.total(e), g.constant(np.int64([1, 8, 24]))))
    return g.op("Mul", x, g.op("Div", 1, g.op("Add", g.op("Exp", g.op("Neg", x)), 1)))


ACTIVATIONS = {pytorch: "nnq.unary gelu", tensorflow: "nnq.unary gelu_tanh", paddle: "nnq.unary hard_swish", jax: "nnq.unary silu"}


@pytest.fixture(params=ACTIVATIONS, ids=lambda exporter: exporter.__name__)
def exporter(request):
    return request.param


@pytest.fixture
def block(exporter, tmp_path):
    g = Graph()
    scale, bias = g.random.uniform(0.5, 1.5, 32), g.random.standard_normal(32)
    normal = exporter(g, "norm", g.linear("x", 32, 32), scale, bias)
    attention = exporter(g, "softmax", g.linear(normal, 32, 24), scale, bias)
    hidden = exporter(g, "activation", g.linear(attention, 24, 48), scale, bias)
    result = g.linear(g.op("Add", hidden, g.linear(normal, 32, 48)), 48, 16)
    g.nodes[-1].output[0] = "y"
    assert result
    return save(tmp_path / "block.onnx", g.nodes, {"x": ("float32", [1, 8, 32])}, {"y": ("float32", [1, 8, 16])}, g.constants, opset=13)


@pytest.fixture
def samples():
    """Rows of unlike size: the smallest deviation is a tenth of the largest."""
    random = np.random.default_rng(5)
    return np.float32(random.standard_normal((12, 8, 32)) * np.geomspace(0.5, 5, 8)[:, None])


def test_each_spelling_is_found(exporter, block):
    module = load_compiler().Module.import_onnx(str(block))
    module.run_pipeline("nnq-prepare-pipeline")
    text = module.to_text()
    assert re.search(r"nnq\.(layer_norm|normalize)", text) and "nnq.softmax" in text and ACTIVATIONS[exporter] in re.sub(r" +", " ", text)
    assert not re.search(r"nnq\.(reduce|div|unary +(exp|sqrt|rsqrt|reciprocal|erf|tanh|sigmoid))", text)


def test_float_and_int8_of_a_block(block, samples, tmp_path):
    model = load_compiler().Module.import_onnx(str(block))
    whole = nnq.compile(block, quantization=nnq.Float())
    quantized = nnq.compile(block, calibration={"x": samples[:, None]}, output=tmp_path / "out")
    signal = noise = 0.0
    for x in samples[:4]:
        (want,) = model.interpret([x[None]])
        np.testing.assert_allclose(whole(x[None]), want, rtol=1e-4, atol=1e-4)
        signal += np.sum(np.square(want, dtype=np.float64))
        noise += np.sum(np.square(quantized(x[None]) - np.float64(want)))
    assert 10 * np.log10(signal / noise) > 26
    islands = json.loads((tmp_path / "out" / "manifest.json").read_text())["float_islands"]
    assert sorted(i["op"] for i in islands)[-1] == "nnq.softmax" and len(islands) == 2 and all(i["reason"] for i in islands)
    assert os.path.getsize(tmp_path / "out" / "report.html")
