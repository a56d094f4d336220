"""What the tests share: the digits example, tiny ONNX models, and compiled models made once."""

import pathlib
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import nnq
from nnq import pipelines
from nnq.extension import load_compiler

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = ROOT / "examples" / "digits"


def save_onnx(path, nodes, inputs, outputs, weights):
    """Writes a float ONNX model; `inputs` and `outputs` are {name: shape}, `weights` {name: array}."""
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)]), path)
    return path


@pytest.fixture
def run_nnq():
    """Runs the command line in a process of its own: run_nnq(arguments..., **options of subprocess.run)."""

    def run(*arguments, **options):
        command = [sys.executable, "-m", "nnq", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture(scope="session")
def gemm_weights():
    random = np.random.default_rng(0)
    return {"w": random.standard_normal((3, 8)).astype(np.float32), "b": random.standard_normal(3).astype(np.float32)}


@pytest.fixture(scope="session")
def gemm(tmp_path_factory, gemm_weights):
    """y = relu(x w^T + b): x 1x8, y 1x3."""
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["g"], transB=1), helper.make_node("Relu", ["g"], ["y"])]
    return save_onnx(tmp_path_factory.mktemp("gemm") / "gemm.onnx", nodes, {"x": [1, 8]}, {"y": [1, 3]}, gemm_weights)


@pytest.fixture(scope="session")
def two_by_two(tmp_path_factory):
    """Two inputs and two outputs: total = a + b, product = a * b, all 1x4."""
    nodes = [helper.make_node("Add", ["a", "b"], ["total"]), helper.make_node("Mul", ["a", "b"], ["product"])]
    shapes = [1, 4]
    path = tmp_path_factory.mktemp("two") / "two.onnx"
    return save_onnx(path, nodes, {"a": shapes, "b": shapes}, {"total": shapes, "product": shapes}, {})


@pytest.fixture(scope="session")
def gemm_samples():
    return np.random.default_rng(1).standard_normal((20, 8)).astype(np.float32)


@pytest.fixture(scope="session")
def digits():
    """(calibration images, test images, test labels) of the digits example."""
    pytest.importorskip("sklearn")
    sys.path.insert(0, str(DIGITS))
    import data

    return data.calibration_samples(), *data.test_samples()


@pytest.fixture(scope="session")
def digits_float(tmp_path_factory, digits):
    return nnq.compile(DIGITS / "digits.onnx", quantization=nnq.Float(), output=tmp_path_factory.mktemp("digits") / "float")


def quantize_again(module, folder, settings=nnq.Int8()):
    """Makes of an imported module what the compilation with these settings made that left its statistics in `folder`."""
    module.run_pipeline(pipelines.PREPARE)
    widths = folder / "bit-widths.json"
    given = load_compiler().read_bit_widths(str(widths)) if widths.exists() else {}
    module.run_pipeline(pipelines.quantize(folder / "calibration.json", settings, widths if widths.exists() else None, given))
    if (folder / "weights.mlirbc").exists():
        module.run_pipeline(pipelines.replace_weights(folder / "weights.mlirbc"))
    if (folder / "correction.json").exists():
        module.run_pipeline(pipelines.correct(folder / "correction.json"))


@pytest.fixture(scope="session")
def digits_int8(tmp_path_factory, digits):
    return nnq.compile(DIGITS / "digits.onnx", calibration=digits[0], output=tmp_path_factory.mktemp("digits") / "int8")
