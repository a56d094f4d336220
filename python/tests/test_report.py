"""The report is one file without links, and says n/a for what is missing."""

import re

from nnq.report import Figures, render

LAYER = {
    **{"name": "conv<1>", "op": "conv2d", "input": "u8", "weights": "i8", "result": "u8"},
    **{"weight_bits": 8, "weight_count": 288, "weight_bytes": 288},
}


def test_a_layer_shows_its_type_bits_bytes_error_and_time():
    figures = Figures(layers={"conv<1>": {"sqnr_db": 41.5, "time_ms": 0.25}})
    html = render("m.onnx", {"target": "x86-avx2", "layers": [LAYER]}, figures)
    for text in ("conv&lt;1&gt;", "u8 × i8 → u8", ">8<", ">288<", ">41.50<", ">0.250<", "x86-avx2"):
        assert text in html


def test_an_empty_manifest_makes_a_report():
    assert "n/a" in render("m.onnx", {}, Figures(not_measured="no such machine"))


def test_the_report_loads_nothing():
    html = render("m.onnx", {"layers": [LAYER], "float_islands": ["a (b): c"]}, Figures())
    assert not re.search(r"(src|href)\s*=|https?://|@import|<script", html)
