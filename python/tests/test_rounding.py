"""Weights of 4 bits: which layers have them, and rounding by what layers read."""

import json

import numpy as np
import pytest
from conftest import DIGITS, quantize_again

import nnq
from nnq import pipelines, stages, tuning
from nnq.compiler import Job, compile_to_folder
from nnq.extension import load_compiler

ALL = nnq.Int4(wide=())
"""Weights of 4 bits in every layer."""


@pytest.fixture(scope="module")
def layers():
    module = load_compiler().Module.import_onnx(str(DIGITS / "digits.onnx"))
    module.run_pipeline(pipelines.PREPARE)
    return load_compiler().find_layers(module)


@pytest.fixture(scope="module")
def rounded(tmp_path_factory, digits):
    return nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=ALL, output=tmp_path_factory.mktemp("digits") / "int4")


def noise(model, digits, digits_float):
    return sum(float(np.square(model(image[None]) - digits_float(image[None])).sum()) for image in digits[1][:100])


def test_every_layer_of_the_network_is_found(layers, digits_int8):
    found = [entry for entry in digits_int8.manifest["layers"] if "weights" in entry]
    assert [layer.name for layer in layers] == [entry["name"] for entry in found]


def test_settings_say_which_layers_have_narrow_weights():
    names = ["first", "large", "last"]
    assert nnq.Int4(weight_block=32).narrowing(names) == {"width": "w4a8b32"}
    assert nnq.Int4(wide=["fir.*", "last", "larg"]).narrowing(names) == {"width": "w4a8", "all": True, "keep": ["first", "last"]}
    assert nnq.Int8().narrowing(names) is None


def test_names_that_no_text_of_a_pipeline_says_are_names():
    name = "a, b{'\"} =c"
    layer = "nnq.fully_connected %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>"
    text = name.replace("\\", "\\\\").replace('"', '\\"')
    module = load_compiler().Module.parse(f"""
      func.func @main(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {{
        %w = nnq.constant dense<[[1.0, -0.5], [2.0, 3.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
        %0 = {layer} loc("{text}")
        %1 = {layer} loc("other")
        return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
      }}""")
    module.narrow_weights("w4a8", all=True, keep=[name])
    assert module.bit_widths == {"other": "w4a8"}


def test_the_manifest_says_4_bits_and_the_object_is_smaller(rounded, digits_int8):
    assert {entry["weight_bits"] for entry in rounded.manifest["layers"] if "weights" in entry} == {4}
    assert rounded.manifest["weight_bytes"] < 0.56 * digits_int8.manifest["weight_bytes"]


def test_rounding_by_what_layers_read_is_nearer_to_float_than_nearest(rounded, tmp_path, digits, digits_float):
    nearest = nnq.Int4(wide=(), rounding="nearest")
    plain = nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=nearest, output=tmp_path / "nearest")
    assert noise(rounded, digits, digits_float) < 0.5 * noise(plain, digits, digits_float)
    assert not (plain.folder / "weights.mlirbc").exists()


def test_the_compiled_network_has_the_references_bits(rounded, digits):
    module = load_compiler().Module.import_onnx(str(DIGITS / "digits.onnx"))
    quantize_again(module, rounded.folder, ALL)
    for image in digits[1][:3]:
        np.testing.assert_array_equal(rounded(image[None]), module.interpret([image[None]])[0])


def test_two_compilations_are_equal(rounded, tmp_path, digits):
    again = nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=ALL, output=tmp_path / "again")
    assert (again.folder / "model.o").read_bytes() == (rounded.folder / "model.o").read_bytes()


def test_manifest_and_report_show_what_each_step_gained(rounded):
    gains = [entry["rounding"] for entry in rounded.manifest["layers"] if "rounding" in entry]
    assert gains
    for gain in gains:
        errors = list(gain["errors"].values())
        assert gain["refit"] in tuning.REFITS and errors == sorted(errors, reverse=True)
    assert "second order, %" in (rounded.folder / "report.html").read_text()


def test_the_pipeline_that_ran_names_the_weights(tmp_path, digits):
    result = compile_to_folder(Job(DIGITS / "digits.onnx", ALL), tmp_path / "out", digits[0])
    assert str(pipelines.replace_weights(tmp_path / "out" / "weights.mlirbc")) in result.pipeline
    assert f"bit-widths={tmp_path / 'out' / 'bit-widths.json'}" in result.pipeline


def test_layers_left_at_nearest_and_samples_left_out_are_named(tmp_path, digits, monkeypatch):
    job = Job(DIGITS / "digits.onnx", nnq.Int4(wide=(), correction="none"))
    monkeypatch.setattr(tuning, "REFITS", ())
    monkeypatch.setattr(stages, "LIVE_BYTES", 1)
    monkeypatch.setattr(tuning.layers, "output_noise", lambda expected, found, count=iter(range(9)): next(count))
    result = compile_to_folder(job, tmp_path / "out", digits[0])
    assert any("rounded to nearest" in remark and "conv1" in remark for remark in result.remarks)
    assert any("tuned on 1 of 100 samples" in remark for remark in result.remarks)


def test_a_rule_outranks_the_width(tmp_path, digits):
    settings = nnq.Int4(wide=(), rules=("name:conv2=bits8",), keep_float=("pointwise",))
    job = Job(DIGITS / "digits.onnx", settings)
    result = compile_to_folder(job, tmp_path / "out", digits[0][:32])
    bits = {entry["name"]: entry.get("weight_bits") for entry in nnq.Model(tmp_path / "out").manifest["layers"] if "weights" in entry}
    assert bits["conv1"] == 4 and bits["conv2"] == 8
    assert not any("conv2" in remark or "pointwise" in remark for remark in result.remarks if "nearest" in remark)


def test_the_command_takes_int4(run_nnq, tmp_path, digits):
    np.save(tmp_path / "samples.npy", digits[0][:16])
    arguments = ["compile", DIGITS / "digits.onnx", "--calibration", tmp_path / "samples.npy", "--weights", "int4", "-o", tmp_path / "out"]
    result = run_nnq(*arguments)
    assert result.returncode == 0, result.stderr
    assert nnq.Model(tmp_path / "out").manifest["quantization"]["scheme"] == "int4"


def test_moments_of_shards_are_those_of_all(layers):
    random = np.random.default_rng(0)
    layer = layers[-1]
    reads = layer.weights // 10
    samples = [(random.random(reads, np.float32), random.integers(0, 256, reads, np.uint8)) for _ in range(64)]

    def moments(indices):
        moments = layer.moments(0.01)
        for index in indices:
            layer.add_sample(moments, *samples[index], 3, index, 100)
        return moments

    merged = moments(range(32, 64))
    merged.merge(moments(range(32)))
    assert merged == moments(range(64))
    assert merged != moments(range(63))


def test_settings_that_do_not_go_with_4_bits_are_refused():
    with pytest.raises(nnq.Error, match="rounding is one of second-order, nearest, not 'up'"):
        nnq.Int4(rounding="up")
    with pytest.raises(nnq.Error, match="scale per channel, not per_tensor"):
        nnq.Int4(weight_granularity="per_tensor")


BLOCKS = nnq.Int4(wide=("depthwise",), weight_block=32)
"""Blocks in all layers whose input channels they divide; the first has one."""


@pytest.fixture(scope="module")
def in_blocks(tmp_path_factory, digits):
    return nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=BLOCKS, output=tmp_path_factory.mktemp("blocks") / "int4")


def test_blocks_are_where_they_divide_the_input_channels(in_blocks):
    module = load_compiler().Module.import_onnx(str(DIGITS / "digits.onnx"))
    quantize_again(module, in_blocks.folder, BLOCKS)
    blocks = module.weight_blocks
    assert blocks.pop("conv1") == blocks.pop("depthwise") == 0
    assert set(blocks.values()) == {32} and len(blocks) == 6
    assert module.weight_bits["block.conv1"] == 4 and module.weight_bits["depthwise"] == 8
    assert set(module.correctable_layers) >= {entry["observation"] for entry in in_blocks.manifest["layers"] if "rounding" in entry}


def test_blocks_are_rounded_by_what_layers_read_too(in_blocks, rounded, tmp_path, digits, digits_float):
    settings = nnq.Int4(wide=("depthwise",), weight_block=32, rounding="nearest")
    nearest = nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=settings, output=tmp_path / "nearest")
    assert noise(in_blocks, digits, digits_float) < 0.8 * noise(nearest, digits, digits_float)
    assert noise(in_blocks, digits, digits_float) < noise(rounded, digits, digits_float)
    assert any("rounding" in entry for entry in in_blocks.manifest["layers"] if entry["name"] == "block.conv1")


def test_a_network_with_rounded_blocks_has_the_references_bits(in_blocks, digits):
    module = load_compiler().Module.import_onnx(str(DIGITS / "digits.onnx"))
    quantize_again(module, in_blocks.folder, BLOCKS)
    for image in digits[1][:3]:
        np.testing.assert_array_equal(in_blocks(image[None]), module.interpret([image[None]])[0])


def test_scales_of_rounded_blocks_take_two_bytes(in_blocks, rounded):
    def bytes_of(model):
        return {entry["name"]: entry["constant_bytes"] for entry in model.manifest["layers"]}["block.conv1"]

    # 64 outputs, two blocks of 32 inputs each; the multiplier per channel is in float elsewhere.
    assert abs(bytes_of(in_blocks) - bytes_of(rounded) - 64 * 2 * 2) <= 64 * 8


def test_blocks_that_there_are_none_of_are_refused(run_nnq, tmp_path):
    with pytest.raises(nnq.Error, match="weight_block is one of None, 32, 64, 128, not 16"):
        nnq.Int4(weight_block=16)
    result = run_nnq("compile", DIGITS / "digits.onnx", "--float", "--weight-block", "32", "-o", tmp_path / "out")
    assert result.returncode == 1 and "--weight-block is for weights of few bits, such as --weights int4" in result.stderr


def test_the_command_takes_blocks(run_nnq, tmp_path, digits):
    np.save(tmp_path / "samples.npy", digits[0][:16])
    arguments = ["compile", DIGITS / "digits.onnx", "--calibration", tmp_path / "samples.npy", "--weights", "int4", "--weight-block", "32"]
    result = run_nnq(*arguments, "-o", tmp_path / "out", "--dump-pass-pipeline")
    assert result.returncode == 0, result.stderr
    assert nnq.Model(tmp_path / "out").manifest["quantization"]["weight_block"] == 32
    assert json.loads((tmp_path / "out" / "bit-widths.json").read_text())["layers"]["conv2"] == "w4a8b32"
