"""The printed pipeline, run by the tools: `nnq-opt` and `nnq-translate` give the object file of `nnq compile`, byte for byte."""

import subprocess

import numpy as np
import pytest
from conftest import DIGITS, ROOT
from quantized_models import gemm_parts, save

TARGET = "x86-avx2"
"""Any one: what is compiled need not run here."""

TOOLS = ROOT / "build" / "bin"

pytestmark = pytest.mark.skipif(not (TOOLS / "nnq-translate").exists(), reason="nnq-translate is not built")


@pytest.fixture(scope="module")
def images(tmp_path_factory, digits):
    path = tmp_path_factory.mktemp("images") / "images.npy"
    np.save(path, digits[0][:32])
    return path


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return save(tmp_path_factory.mktemp("given") / "given.onnx", *gemm_parts())


def tool(name, *arguments):
    done = subprocess.run([TOOLS / name, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def replay(model, pipeline, target, folder):
    """The object file that the tools make of a model; what passes between them is bytecode."""
    imported, lowered, replayed = folder / "imported.mlirbc", folder / "lowered.mlirbc", folder / "replayed.o"
    tool("nnq-translate", "--import-onnx", "--emit-bytecode", model, "-o", imported)
    tool("nnq-opt", f"--pass-pipeline={pipeline}", "--emit-bytecode", imported, "-o", lowered)
    tool("nnq-translate", "--lowered-to-object", f"--target={target}", lowered, "-o", replayed)
    return replayed.read_bytes()


def assert_replayed(run_nnq, folder, model, *arguments, target=TARGET):
    out = folder / "out"
    result = run_nnq("compile", model, *arguments, "--target", target, "-o", out, "--dump-pass-pipeline")
    assert result.returncode == 0, result.stderr
    assert replay(model, result.stdout.strip(), target, folder) == (out / "model.o").read_bytes()


def test_a_float_model(run_nnq, tmp_path):
    assert_replayed(run_nnq, tmp_path, DIGITS / "digits.onnx", "--float")


def test_weights_of_8_bits(run_nnq, tmp_path, images):
    assert_replayed(run_nnq, tmp_path, DIGITS / "digits.onnx", "--calibration", images)


def test_weights_of_4_bits_in_blocks(run_nnq, tmp_path, images):
    assert_replayed(run_nnq, tmp_path, DIGITS / "digits.onnx", "--calibration", images, "--weights", "int4", "--weight-block", "32")


def test_weights_per_tensor_and_equalized_channels(run_nnq, tmp_path, images):
    assert_replayed(run_nnq, tmp_path, DIGITS / "digits.onnx", "--calibration", images, "--weight-granularity", "per_tensor")


def test_a_model_that_is_quantized_already(run_nnq, tmp_path, given):
    assert_replayed(run_nnq, tmp_path, given)


def test_threads_a_name_and_another_machine(run_nnq, tmp_path, images):
    arguments = ["--calibration", images, "--input-bits", "16", "--threads", "4", "--name", "digits"]
    assert_replayed(run_nnq, tmp_path, DIGITS / "digits.onnx", *arguments, target="aarch64-neon-dotprod")
    symbols = subprocess.run(["nm", "--defined-only", "-g", tmp_path / "replayed.o"], capture_output=True, text=True).stdout
    assert [line.split()[-1] for line in symbols.splitlines()] == ["digits_run", "digits_run_parallel"]
