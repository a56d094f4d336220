"""Correction of channels: what it changes, when it is left out."""

import json
import pathlib

import numpy as np
import pytest
from conftest import DIGITS, save_onnx
from onnx import helper

import nnq
from nnq import correction, pipelines
from nnq.compiler import Job, compile_to_folder, load_compiler


@pytest.fixture
def linear(tmp_path, gemm_weights):
    """y = x w^T + b: x 1x8, y 1x3."""
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["y"], transB=1)]
    return save_onnx(tmp_path / "linear.onnx", nodes, {"x": [1, 8]}, {"y": [1, 3]}, gemm_weights)


def test_moments_give_gain_and_offset_of_each_channel(tmp_path):
    found = np.linspace(-1, 1, 200, dtype=np.float32).reshape(100, 2)
    moments = load_compiler().ChannelMoments()
    moments.add(found * np.float32([1.125, 0.875]) + np.float32([0.5, -1]), found, -np.inf, np.inf)
    load_compiler().write_corrections({"layer": moments}, str(tmp_path / "c.json"), True)
    layer = json.loads((tmp_path / "c.json").read_text())["layers"]["layer"]
    np.testing.assert_allclose(layer["gain"], [1.125, 0.875], rtol=1e-5)
    np.testing.assert_allclose(layer["offset"], [0.5, -1], rtol=1e-5)
    load_compiler().write_corrections({"layer": moments}, str(tmp_path / "c.json"), False)
    assert json.loads((tmp_path / "c.json").read_text())["layers"]["layer"]["gain"] == [1, 1]


def test_samples_are_either_measured_or_judged():
    measured, judged = correction.split(range(25))
    assert judged == [0, 4, 8, 12, 16, 20, 24]
    assert sorted(measured + judged) == list(range(25))
    assert correction.split(range(1)) == ([0], [0])


def test_correction_brings_digits_nearer_to_float(tmp_path, digits, digits_float, digits_int8):
    plain = nnq.compile(DIGITS / "digits.onnx", digits[0], quantization=nnq.Int8(correction="none"), output=tmp_path / "plain")
    corrected, uncorrected = (
        sum(float(np.square(model(image[None]) - digits_float(image[None])).sum()) for image in digits[1][:100]) for model in (digits_int8, plain)
    )
    assert corrected < uncorrected
    assert (digits_int8.folder / "correction.json").is_file()
    assert not (plain.folder / "correction.json").exists()


def test_a_correction_that_makes_the_network_worse_is_left_out(tmp_path, linear, gemm_samples, monkeypatch):
    def spoil(moments, path, gain):
        layers = {name: {"gain": [1] * 3, "offset": [5] * 3} for name in moments}
        pathlib.Path(path).write_text(json.dumps({"nnq-correction": 1, "layers": layers}))

    monkeypatch.setattr(load_compiler(), "write_corrections", spoil)
    job = Job(linear, nnq.Int8())
    result = compile_to_folder(job, tmp_path / "out", gemm_samples)
    assert any("correction is left out" in note for note in result.remarks)
    assert not (tmp_path / "out" / "correction.json").exists()
    assert "nnq-correct-channels" not in result.pipeline


def test_the_pipeline_that_ran_names_the_correction(tmp_path, digits):
    result = compile_to_folder(Job(DIGITS / "digits.onnx"), tmp_path / "out", digits[0])
    assert pipelines.correct(tmp_path / "out" / "correction.json") in result.pipeline


def test_another_correction_is_refused():
    with pytest.raises(nnq.Error, match="correction is one of auto, bias, affine, none, not 'mean'"):
        nnq.Int8(correction="mean")
