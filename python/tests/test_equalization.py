"""Channels between layers scaled so that one scale per layer serves all its weights."""

import numpy as np
import pytest
from conftest import save_onnx
from onnx import helper
from test_cli import assert_one_error

import nnq
from nnq import pipelines
from nnq.extension import load_compiler


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Expansion, depthwise convolution, projection as in MobileNet, with relu6; channels differ in size a hundredfold."""
    random = np.random.default_rng(0)
    size = np.exp2(random.uniform(-7, 0, 24)).reshape(-1, 1, 1, 1)

    def weights(*shape):
        return (random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)

    def relu6(name, result):
        return helper.make_node("Clip", [name, "zero", "six"], [result])

    nodes = [
        helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], "expand"),
        relu6("c0", "r0"),
        helper.make_node("Conv", ["r0", "w1", "b1"], ["c1"], "depthwise", group=24, pads=[1, 1, 1, 1]),
        relu6("c1", "r1"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], "project"),
        helper.make_node("GlobalAveragePool", ["c2"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Gemm", ["f", "w3", "b3"], ["y"], "classify", transB=1),
    ]
    arrays = {
        "w0": (weights(24, 4, 1, 1) * size).astype(np.float32),
        "b0": (random.standard_normal(24) * size.ravel()).astype(np.float32),
        "w1": (weights(24, 1, 3, 3) / size).astype(np.float32),
        "b1": random.standard_normal(24).astype(np.float32),
        "w2": weights(16, 24, 1, 1),
        "w3": weights(10, 16),
        "b3": random.standard_normal(10).astype(np.float32),
        "zero": np.float32(0),
        "six": np.float32(6),
    }
    return save_onnx(tmp_path_factory.mktemp("equalize") / "net.onnx", nodes, {"x": [1, 4, 8, 8]}, {"y": [1, 10]}, arrays)


@pytest.fixture(scope="module")
def samples():
    return 2 * np.random.default_rng(1).standard_normal((32, 4, 8, 8)).astype(np.float32)


def test_the_float_network_computes_the_same_bits(network, samples):
    prepared = load_compiler().Module.import_onnx(str(network))
    prepared.run_pipeline(pipelines.PREPARE)
    equalized = prepared.clone()
    equalized.run_pipeline(pipelines.EQUALIZE)
    assert [remark.count("channels are divided") for remark in equalized.remarks] == [1, 1, 1]
    assert prepared.to_text(elide=False) != equalized.to_text(elide=False)
    for sample in samples:
        (expected,), (found,) = prepared.interpret([sample[None]]), equalized.interpret([sample[None]])
        np.testing.assert_array_equal(found, expected)


def noise(model, reference, samples):
    return sum(float(np.square(model(x[None]) - reference(x[None])).sum()) for x in samples)


def test_one_scale_per_layer_is_nearer_to_float_with_it(network, samples):
    reference = nnq.compile(network, quantization=nnq.Float())
    by_rule, without = (
        nnq.compile(network, samples, quantization=settings)
        for settings in (nnq.Int8(weight_granularity="per_tensor"), nnq.Int8(weight_granularity="per_tensor", equalize=False))
    )
    assert noise(by_rule, reference, samples) < 0.5 * noise(without, reference, samples)
    assert by_rule.manifest["quantization"]["equalize"] is True and without.manifest["quantization"]["equalize"] is False


def test_the_rule_is_scales_per_tensor():
    assert nnq.Int8(weight_granularity="per_tensor").equalize is True
    assert nnq.Int8().equalize is False and nnq.Int4().equalize is False
    assert nnq.Int8(equalize=True).equalize is True


def test_statistics_are_those_of_the_network_that_is_quantized(run_nnq, tmp_path, network, samples):
    np.save(tmp_path / "x.npy", samples)
    for option in ("--equalize", "--no-equalize"):
        assert run_nnq("calibrate", network, "--calibration", "x.npy", option, "-o", f"s{option}.json", cwd=tmp_path).returncode == 0
    compile_per_tensor = ["compile", network, "--weight-granularity", "per_tensor", "-o", "out", "--statistics"]
    assert_one_error(run_nnq(*compile_per_tensor, "s--no-equalize.json", cwd=tmp_path), "the network without equalized channels")
    assert_one_error(run_nnq(*compile_per_tensor, "s--equalize.json", "--no-equalize", cwd=tmp_path), "the network with equalized channels")
    assert_one_error(run_nnq("merge", "s--equalize.json", "s--no-equalize.json", "-o", "s", cwd=tmp_path), "statistics of another network")
    assert run_nnq(*compile_per_tensor, "s--equalize.json", cwd=tmp_path).returncode == 0
    by_samples = nnq.compile(network, samples, quantization=nnq.Int8(weight_granularity="per_tensor"))
    assert (tmp_path / "out" / "model.o").read_bytes() == (by_samples.folder / "model.o").read_bytes()
