"""Correction of channels: what it changes, when it is left out."""

import json

import numpy as np
import pytest
from conftest import DIGITS, save_onnx
from onnx import helper

import nnq
from nnq import pipelines, tuning
from nnq.compiler import Job, compile_to_folder
from nnq.extension import load_compiler


@pytest.fixture
def linear(tmp_path, gemm_weights):
    """y = x w^T + b: x 1x8, y 1x3."""
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["y"], transB=1)]
    return save_onnx(tmp_path / "linear.onnx", nodes, {"x": [1, 8]}, {"y": [1, 3]}, gemm_weights)


@pytest.fixture
def moments():
    found = np.linspace(-1, 1, 200, dtype=np.float32).reshape(100, 2)
    moments = load_compiler().ChannelMoments()
    moments.add(found * np.float32([1.125, 0.875]) + np.float32([0.5, -1]), found, -np.inf, np.inf)
    return moments


def test_moments_give_gain_and_offset_of_each_channel(tmp_path, moments):
    affine, bias = moments.fit(moments, "auto"), moments.fit(moments, "bias")
    np.testing.assert_allclose(affine.gain, [1.125, 0.875], rtol=1e-5)
    np.testing.assert_allclose(affine.offset, [0.5, -1], rtol=1e-5)
    np.testing.assert_array_equal(bias.gain, [1, 1])
    load_compiler().write_corrections({"layer": affine}, str(tmp_path / "c.json"))
    layer = json.loads((tmp_path / "c.json").read_text())["layers"]["layer"]
    np.testing.assert_allclose(layer["gain"], affine.gain)
    np.testing.assert_allclose(layer["offset"], affine.offset)


def test_another_kind_of_fit_is_refused(moments):
    with pytest.raises(nnq.Error, match="bias, affine or auto, not 'mean'"):
        moments.fit(moments, "mean")


def test_samples_are_either_measured_or_judged():
    measured, judged = tuning.split(range(25))
    assert judged == [0, 4, 8, 12, 16, 20, 24]
    assert sorted(measured + judged) == list(range(25))
    assert tuning.split(range(1)) == ([0], [0])


def test_correction_brings_digits_nearer_to_float(tmp_path, digits, digits_float, digits_int8):
    plain = nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=nnq.Int8(correction="none"), output=tmp_path / "plain")
    corrected, uncorrected = (
        sum(float(np.square(model(image[None]) - digits_float(image[None])).sum()) for image in digits[1][:100]) for model in (digits_int8, plain)
    )
    assert corrected < uncorrected
    assert (digits_int8.folder / "correction.json").is_file()
    assert not (plain.folder / "correction.json").exists()


def test_a_correction_that_makes_the_network_worse_is_left_out(tmp_path, linear, gemm_samples, monkeypatch):
    def spoil(self, name, float_stages, quantized_stages, *_):
        for values in quantized_stages.values:
            values += 5 * np.arange(3)

    monkeypatch.setattr(tuning.Correction, "apply", spoil)
    job = Job(linear, nnq.Int8())
    result = compile_to_folder(job, tmp_path / "out", gemm_samples)
    assert any("tuning of layers is left out" in note for note in result.remarks)
    assert not (tmp_path / "out" / "correction.json").exists()
    assert "nnq-correct-channels" not in result.pipeline


def test_the_pipeline_that_ran_names_the_correction(tmp_path, digits):
    result = compile_to_folder(Job(DIGITS / "digits.onnx"), tmp_path / "out", digits[0])
    assert str(pipelines.correct(tmp_path / "out" / "correction.json")) in result.pipeline


def test_another_correction_is_refused():
    with pytest.raises(nnq.Error, match="correction is one of auto, bias, affine, none, not 'mean'"):
        nnq.Int8(correction="mean")
