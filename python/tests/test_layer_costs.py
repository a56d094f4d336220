"""Costs of layers before compiling: bytes against the constants of a real object, and where the figures appear."""

import json
import struct

import numpy as np
import pytest

import nnq
from nnq import report
from nnq.extension import load_compiler

U8, I8, I16 = "!quant.uniform<u8:f32, 0.5:3>", "!quant.uniform<i8:f32, 0.5>", "!quant.uniform<i16:f32, 0.001>"


def codes(shape, bits):
    values = np.random.default_rng(0).integers(-(1 << (bits - 1)) + 1, 1 << (bits - 1), shape)
    return f'dense<"0x{values.astype(np.int8).tobytes().hex()}"> : tensor<{"x".join(map(str, shape))}xi{bits}>'


def scales(shape, bits, block):
    """A scale per output channel, or per `block` of the last dimension: no two alike, which LLVM would keep once or fold."""
    if not block:
        return f"!quant.uniform<i{bits}:f32:0, {{{', '.join(['0.5'] * shape[0])}}}>"
    rows = []
    for channel in range(shape[0]):
        row = ", ".join(str((channel + 8) / 1024 * (100 + 7 * b + channel)) for b in range(shape[-1] // block))
        rows.append("{" * (len(shape) - 1) + row + "}" * (len(shape) - 1))
    return f"!quant.uniform<i{bits}:f32:{{0:1, {len(shape) - 1}:{block}}}, {{{', '.join(rows)}}}>"


def convolution(element, shape, bits, groups=1, block=0):
    """A module of one convolution on 9 x 9 pixels; without `bits` its weights are in f32."""
    inputs, size = shape[-1] * groups, 9 - shape[1] + 1
    if bits:
        constant, weight = codes(shape, bits), scales(shape, bits, block)
    else:
        values, weight = np.random.default_rng(0).standard_normal(shape, np.float32), "f32"
        constant = f'dense<"0x{values.tobytes().hex()}"> : tensor<{"x".join(map(str, shape))}xf32>'
    x, y, w = f"tensor<1x9x9x{inputs}x{element}>", f"tensor<1x{size}x{size}x{shape[0]}x{element}>", f"tensor<{'x'.join(map(str, shape))}x{weight}>"
    return f"""func.func @main(%x: {x}) -> {y} {{
  %w = nnq.constant {constant} -> {w}
  %y = nnq.conv2d %x, %w strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = {groups} : {x}, {w} -> {y}
  return %y : {y}
}}"""


SIGMOID = f"""func.func @main(%x: tensor<4x96x{U8}>) -> tensor<4x96x{U8}> {{
  %y = nnq.unary sigmoid %x : tensor<4x96x{U8}> -> tensor<4x96x{U8}>
  return %y : tensor<4x96x{U8}>
}}"""

ADD = f"""func.func @main(%x: tensor<4x96x{U8}>) -> tensor<4x96x{U8}> {{
  %y = nnq.add %x, %x : tensor<4x96x{U8}>, tensor<4x96x{U8}> -> tensor<4x96x{U8}>
  return %y : tensor<4x96x{U8}>
}}"""

LAYERS = {
    "dense": convolution(U8, (48, 3, 3, 32), 8),
    "pointwise": convolution(U8, (40, 1, 1, 64), 8),
    "few channels": convolution(U8, (10, 3, 3, 3), 8),
    "groups": convolution(U8, (32, 3, 3, 16), 8, groups=2),
    "4 bits": convolution(U8, (48, 3, 3, 32), 4),
    "4 bits, signed input": convolution(I8, (48, 1, 1, 32), 4),
    "blocks": convolution(U8, (48, 3, 3, 64), 4, block=32),
    "blocks below floats": convolution("f32", (48, 1, 1, 64), 4, block=32),
    "depthwise": convolution(U8, (48, 3, 3, 1), 8, groups=48),
    "depthwise, 4 bits": convolution(U8, (48, 3, 3, 1), 4, groups=48),
    "16 bits": convolution(I16, (48, 3, 3, 32), 8),
    "float": convolution("f32", (48, 3, 3, 32), 0),
    "table": SIGMOID,
    "add": ADD,
}


def read_only_bytes(elf):
    """Of an object file: its sections that are loaded and neither written nor executed, alignment included."""
    (start,), (size, count) = struct.unpack_from("<Q", elf, 0x28), struct.unpack_from("<HH", elf, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", elf, start + i * size) for i in range(count)]
    return sum(header[5] for header in headers if header[2] & 7 == 2)  # SHF_ALLOC alone


@pytest.mark.parametrize("target", nnq.targets())
@pytest.mark.parametrize("name", LAYERS)
def test_bytes_are_those_of_the_object(name, target):
    module = load_compiler().Module.parse(LAYERS[name])
    predicted = sum(layer.bytes for layer in module.layer_costs(target))
    compiled = module.compile(target)
    assert predicted == compiled.weight_bytes
    # What LLVM adds: constants of instructions, and up to 63 bytes in front of each of ours.
    assert predicted <= read_only_bytes(compiled.code) <= predicted + 1024


def test_costs_are_said_without_changing_the_module():
    module = load_compiler().Module.parse(LAYERS["4 bits"])
    before = module.to_text()
    (layer,) = module.layer_costs()
    assert module.to_text() == before and not module.remarks
    assert (layer.op, layer.observation) == ("conv2d", "")
    assert layer.bops == 7 * 7 * 48 * 9 * 32 * 4 * 8 and layer.cycles > 0


def test_an_unknown_target_is_an_error():
    with pytest.raises(nnq.Error, match="unknown target 'z80'"):
        load_compiler().Module.parse(ADD).layer_costs("z80")


def test_the_manifest_says_what_was_predicted(digits_int8):
    manifest = digits_int8.manifest
    assert sum(layer["constant_bytes"] for layer in manifest["layers"]) == manifest["weight_bytes"]
    for layer in manifest["layers"]:
        assert ("bops" in layer) == ("weights" in layer)
        if layer["op"] == "conv2d":
            bits = int(layer["input"][1:]) * layer["weight_bits"]
            assert layer["bops"] == bits * layer["multiplications"] and layer["predicted_cycles"] > 0


def test_the_report_has_the_predicted_time_below_the_measured_one():
    layer = {"name": "a", "op": "conv2d", "result": "u8", "shape": [1], "predicted_cycles": 300}
    manifest = {"layers": [layer, layer | {"name": "b", "predicted_cycles": 100}, layer | {"name": "c", "predicted_cycles": 0}]}
    html = report.render("m.onnx", manifest, report.Figures(median_ms=2.0, layer_ms=[1.5, 0.5, None]))
    assert "1.50<" in html and "<small>predicted 1.50</small>" in html and "<small>predicted 0.50</small>" in html
    assert html.count("<small>predicted") == 2 and "Predicted:" in html


def test_without_a_time_nothing_is_predicted():
    manifest = {"layers": [{"name": "a", "op": "conv2d", "result": "u8", "shape": [1], "predicted_cycles": 300}]}
    assert "redicted" not in report.render("m.onnx", json.loads(json.dumps(manifest)), report.Figures())
