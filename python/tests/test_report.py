"""The report is one file without links, and says n/a for what is missing."""

import re

import pytest

from nnq.report import Figures, render

LAYER = {
    **{"name": "conv<1>", "op": "conv2d", "input": "u8", "weights": "i8", "result": "u8", "observation": "relu1", "shape": [1, 8, 8, 32]},
    **{"weight_bits": 8, "weight_count": 288, "weight_bytes": 288, "multiplications": 18432, "sqnr_db": 41.5},
}
FLOAT_LAYER = {"name": "softmax", "op": "softmax", "input": "f32", "result": "f32", "shape": [1, 10], "stays_float": "a rule"}
MANIFEST = {
    "target": "x86-avx2",
    "version": "0.1.0",
    "quantization": {"scheme": "int8", "range_method": "mse", "percentile": 99.9, "keep_float": ("a", "b")},
    "object_bytes": 2000,
    "compared_samples": 8,
    "layers": [LAYER, FLOAT_LAYER],
    "float_islands": [{"name": "softmax", "op": "nnq.softmax", "reason": "a rule"}],
    "outputs": [{"name": "y", "shape": [1, 10], "type": "f32", "sqnr_db": 37.25}],
}


def test_a_layer_shows_its_types_bits_bytes_error_and_time():
    html = render("m.onnx", MANIFEST, Figures(median_ms=2.0, layer_ms=[0.25, None]))
    for text in ("conv&lt;1&gt;", "with relu1", "u8 × i8 → u8", "1×8×8×32", ">8<", ">288<", "18,432", ">41.5<", ">0.25<", "time, ms"):
        assert text in html, text
    assert "<td class=number>fused</td>" in html


def test_the_summary_has_error_size_and_time():
    html = render("m.onnx", MANIFEST, Figures(median_ms=0.0125, layer_ms=[0.01, None]))
    for text in ("int8 for x86-avx2", "nnq 0.1.0", "37.2 dB", "lowest layer: 41.5 dB", "2.0 kB", "12.50 µs", "time, µs"):
        assert text in html, text


def test_layers_in_float_stand_out_and_have_their_reasons():
    html = render("m.onnx", MANIFEST, Figures())
    assert "<tr class=float>" in html and "<li>softmax (nnq.softmax): a rule</li>" in html


def test_the_passes_can_be_copied():
    assert "<pre>builtin.module(a{b=&quot;c&quot;})</pre>" in render("m.onnx", MANIFEST, Figures(), 'builtin.module(a{b="c"})')


@pytest.mark.parametrize("range_method, shown", [("mse", False), ("percentile", True)])
def test_only_settings_that_count_are_shown(range_method, shown):
    manifest = {**MANIFEST, "quantization": {**MANIFEST["quantization"], "range_method": range_method}}
    assert ("99.9" in render("m.onnx", manifest, Figures())) == shown


def test_an_empty_manifest_makes_a_report():
    html = render("m.onnx", {}, Figures(not_measured="no such machine"))
    assert "n/a" in html and "Not timed: no such machine" in html


def test_the_report_loads_nothing():
    html = render("m.onnx", MANIFEST, Figures(), "builtin.module()")
    assert not re.search(r"(src|href)\s*=|https?://|@import|url\(|<script", html)
