"""Operators of float networks, compiled and run, against numpy."""

import numpy as np
import onnx
import pytest
from float_operators import NETWORKS, Operators
from float_reference import evaluate

import nnq


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_operators_compute_what_the_standard_says(tmp_path, network):
    net = network()
    model = net.model()
    onnx.save(model, tmp_path / "model.onnx")
    compiled = nnq.compile(tmp_path / "model.onnx", quantization=nnq.Float())
    found = compiled(net.samples)
    with np.errstate(over="ignore"):
        expected = evaluate(model, net.samples)
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name].shape == value.shape, name
        np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-5 * np.abs(value).max(), err_msg=name)


def test_a_network_of_float16_is_quantized_from_samples_of_float16(tmp_path):
    net = Operators(13)
    filter = net.const(net.random.normal(0, 0.5, (4, 3, 3, 3)), np.float16)
    net.result("Relu", net.node("Conv", net.input(1, 3, 6, 5, dtype=np.float16), filter))
    onnx.save(net.model(), tmp_path / "model.onnx")
    (x,) = net.samples.values()
    compiled = nnq.compile(tmp_path / "model.onnx", calibration=x)
    (expected,) = evaluate(net.model(), net.samples).values()
    assert compiled.manifest["float_islands"] == []
    assert np.abs(compiled(x) - expected).max() < 0.02 * expected.max()
