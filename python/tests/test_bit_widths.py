"""The width of each layer: chosen within budgets, written, read and quantized by."""

import json

import numpy as np
import pytest
from conftest import DIGITS

import nnq
from nnq.extension import load_compiler

LAYERS = {
    "hidden": {"w8a8": (0, 400, 25600, 4), "w4a8": (0.001, 200, 12800, 4.5), "float": (-0.0005, 1600, 409600, 16)},
    "logits": {"w8a8": (0, 100, 6400, 1), "w4a8": (0.02, 50, 3200, 1.25), "w8a16": (-0.0001, 100, 12800, 2)},
}
"""Noise, bytes, bops and microseconds by layer and width."""

NETWORK = """
module { func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nnq.constant dense<1.0> : tensor<2x2xf32> -> tensor<2x2xf32>
  %0 = nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("hidden")
  %1 = nnq.fully_connected %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("logits")
  return %1 : tensor<1x2xf32>
} }
"""


@pytest.fixture
def sensitivity(tmp_path):
    keys = ("noise", "bytes", "bops", "time_us")
    layers = [
        {"name": name, "candidates": [{"width": width, **dict(zip(keys, values))} for width, values in widths.items()]}
        for name, widths in LAYERS.items()
    ]
    path = tmp_path / "sensitivity.json"
    path.write_text(json.dumps({"nnq-sensitivity": 1, "network": "k", "target": "x86-avx2", "samples": 8, "layers": layers}))
    return str(path)


def test_without_a_budget_the_least_noise_wins(sensitivity):
    choice = load_compiler().choose_bit_widths(sensitivity)
    assert choice.layers == {"hidden": "float", "logits": "w8a16"}
    assert (choice.loss, choice.bytes, choice.bops, choice.time_us) == (pytest.approx(-0.0006), 1700, 422400, 18)


@pytest.mark.parametrize("bytes", [300, 300.5, "300", "60%", "6e1%"])
def test_a_budget_is_a_number_or_a_percentage(sensitivity, bytes):
    choice = load_compiler().choose_bit_widths(sensitivity, bytes=bytes)
    assert list(choice.layers.items()) == [("hidden", "w4a8"), ("logits", "w8a16")]
    assert choice.bytes == 300


def test_budgets_hold_together(sensitivity):
    choice = load_compiler().choose_bit_widths(sensitivity, bytes=300, bops="60%", time=5.5)
    assert choice.layers == {"hidden": "w4a8", "logits": "w8a8"}
    assert (choice.bops, choice.time_us) == (19200, 5.5)


def test_what_it_costs_is_a_budget_that_it_meets(sensitivity):
    first = load_compiler().choose_bit_widths(sensitivity, time="110%")
    again = load_compiler().choose_bit_widths(sensitivity, time=first.time_us, bytes=first.bytes, bops=first.bops)
    assert again.layers == first.layers


def test_a_budget_that_cannot_be_met_is_named_with_the_least(sensitivity):
    with pytest.raises(nnq.Error, match=r"sensitivity.json: the budget of 50 bytes can't be met: these candidates need at least 250 bytes"):
        load_compiler().choose_bit_widths(sensitivity, bytes="10%")
    with pytest.raises(nnq.Error, match="budget of bops 'few' is neither"):
        load_compiler().choose_bit_widths(sensitivity, bops="few")
    with pytest.raises(nnq.Error, match="missing.json: cannot be read"):
        load_compiler().choose_bit_widths("missing.json")


def test_a_front_rises_in_cost_and_falls_in_noise(sensitivity):
    front = load_compiler().pareto_front(sensitivity, cost="time", points=30)
    assert [choice.time_us for choice in front] == sorted({choice.time_us for choice in front})
    assert [choice.loss for choice in front] == sorted({choice.loss for choice in front}, reverse=True)
    assert front[0].layers == {"hidden": "w8a8", "logits": "w8a8"}
    assert front[-1].layers == load_compiler().choose_bit_widths(sensitivity).layers
    with pytest.raises(nnq.Error, match="cost 'cycles' is none of bytes, bops, time"):
        load_compiler().pareto_front(sensitivity, cost="cycles")


def test_what_is_written_is_read_edited_and_quantized_by(tmp_path, sensitivity):
    path = str(tmp_path / "widths.json")
    choice = load_compiler().choose_bit_widths(sensitivity, bytes=300)
    load_compiler().write_bit_widths(choice, path)
    assert load_compiler().read_bit_widths(path) == (choice.layers, [])
    text = json.loads((tmp_path / "widths.json").read_text())
    assert text["budgets"] == {"bytes": 300} and text["totals"]["bytes"] == 300
    (tmp_path / "widths.json").write_text(json.dumps({"nnq-bit-widths": 1, "layers": {**text["layers"], "hidden": "w8a8"}}))
    module = nnq.Module.parse(NETWORK)
    module.run_pipeline(f"nnq-set-bit-widths{{file={path}}}")
    assert module.to_text().count('nnq.bit_width = "w8a8"') == module.to_text().count('nnq.bit_width = "w8a16"') == 1


def test_what_can_not_be_written_or_read_is_an_error(tmp_path, sensitivity):
    with pytest.raises(nnq.Error, match="folder/widths.json: cannot be written"):
        load_compiler().write_bit_widths(load_compiler().choose_bit_widths(sensitivity), str(tmp_path / "folder" / "widths.json"))
    (tmp_path / "widths.json").write_text('{"nnq-bit-widths": 1, "layers": {"hidden": "int4"}}')
    with pytest.raises(nnq.Error, match="widths.json: layer 'hidden': width 'int4' is neither float nor a format of weights"):
        load_compiler().read_bit_widths(str(tmp_path / "widths.json"))


def test_samples_on_the_grid_of_8_bits_are_read_in_8(tmp_path, digits):
    def input_of_conv1(images, **settings):
        model = nnq.compile(DIGITS / "digits.onnx", images, quantization=nnq.Int8(correction="none", **settings))
        return next(layer["input"] for layer in model.manifest["layers"] if layer["name"] == "conv1")

    on_grid = digits[0][:8]  # of 17 shades
    off_grid = on_grid + np.float32(1 / 37)  # which 0 is none of
    assert input_of_conv1(on_grid) == "u8"
    assert input_of_conv1(off_grid) == "i16"
    assert input_of_conv1(off_grid, input_bits=8) == "u8"
    assert input_of_conv1(on_grid, input_bits=16) == "i16"
    many = np.random.default_rng(0).random(on_grid.shape, np.float32)
    assert input_of_conv1(many) == "i16"
