"""A network that runs layer by layer computes what it computes as a whole."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import DIGITS, quantize_again

from nnq import stages
from nnq.extension import load_compiler
from nnq.stages import Stages, affordable


@pytest.fixture
def module(digits_int8):
    """The digits network in int8."""
    module = load_compiler().Module.import_onnx(str(DIGITS / "digits.onnx"))
    quantize_again(module, digits_int8.folder)
    return module


@pytest.fixture
def samples(digits):
    return [[image[None]] for image in digits[0][:3]]


def interpreted(module):
    functions = [module.extract(name) for name in module.functions]
    return [SimpleNamespace(inputs=main.inputs, outputs=main.outputs, run=main.interpret) for main in functions]


def run(module, samples, change=lambda name, values: None):
    network = Stages(module, interpreted)
    with ThreadPoolExecutor(1) as executor:
        network.start(samples, executor)
        for name in network.layers():
            change(name, network.values)
        return network.outputs()


def test_stages_compute_the_networks_bits(module, samples):
    seen = []
    found = run(module, samples, lambda name, values: seen.append((name, len(values))))
    assert seen == [(name, 3) for name in Stages(module, interpreted).layer_names]
    assert {name for name, _ in seen} == set(module.correctable_layers)
    for sample, outputs in zip(samples, found):
        np.testing.assert_array_equal(outputs[0], module.interpret(sample)[0])


def test_a_changed_layer_changes_what_follows(module, samples):
    def clear(name, values):
        for array in values:
            array[...] = 0

    # Behind a last layer of zeros the logits are equal.
    assert all(np.ptp(outputs[0]) == 0 for outputs in run(module, samples, clear))


def test_only_what_is_needed_is_kept(module, samples, monkeypatch):
    network = Stages(module, interpreted)
    sizes = network.live_bytes()
    assert len(sizes) == len(network.layer_names) + 1
    assert affordable([network, network], 100) == [*range(100)]
    monkeypatch.setattr(stages, "LIVE_BYTES", 2 * max(sizes) * 4)
    assert affordable([network, network], 100) == [0, 25, 50, 75]
    monkeypatch.setattr(stages, "LIVE_BYTES", 1)
    assert affordable([network, network], 100) == [0]


def test_codes_have_the_bytes_of_their_type():
    module = load_compiler().Module.parse("""
      !t = tensor<1x2x!quant.uniform<i16:f32, 0.5>>
      !w = tensor<2x2x!quant.uniform<i8:f32:0, {0.25, 0.5}>>
      func.func @main(%x: !t) -> (!t, !t) {
        %w = nnq.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8> -> !w
        %a = nnq.fully_connected %x, %w {nnq.observation = "a"} : !t, !w -> !t
        %sum = nnq.add %a, %a : !t, !t -> !t
        %b = nnq.fully_connected %sum, %w {nnq.observation = "b"} : !t, !w -> !t
        %y = nnq.add %b, %sum : !t, !t -> !t
        return %y, %a : !t, !t
      }""")
    # Of two elements each: integers of 2 bytes, layers' results in float. A layer's stage returns what the layer reads as well.
    x, a, total, b, read, results = 4, 8, 4, 8, 4, 4 + 4
    assert Stages(module, interpreted).live_bytes() == [x + a + read, a + total + b + read, a + total + b + results]
    assert [tensor.type for tensor in module.inputs] == ["i16"]
