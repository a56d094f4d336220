"""Tensors whose rounding harms the outputs get more bits, by what is measured and confirmed; what was found is said."""

import json

import numpy as np
import pytest
from conftest import save_onnx
from onnx import helper

import nnq
from nnq.layers import LOST_DB
from nnq.parts import Distances, Part, channel_spans
from nnq.summary import warnings

SIZE = 16


@pytest.fixture(scope="module")
def wide_range(tmp_path_factory):
    """A layer, in 8 bits of which the next one sees little: its first channel is a thousand times larger than the others, and has no weight."""
    random = np.random.default_rng(3)
    first, second = (random.standard_normal((SIZE, SIZE)).astype(np.float32) / 4 for _ in range(2))
    first[:, 0] *= 1000
    second[0] = 0
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["r"]), helper.make_node("MatMul", ["r", "v"], ["y"])]
    path = tmp_path_factory.mktemp("wide") / "wide.onnx"
    return save_onnx(path, nodes, {"x": [1, SIZE]}, {"y": [1, SIZE]}, {"w": first, "v": second})


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(4).standard_normal((24, SIZE)).astype(np.float32)


def sqnr_db(model, reference, samples):
    pairs = [(reference(x[None]).astype(np.float64), model(x[None])) for x in samples]
    return 10 * np.log10(sum((e**2).sum() for e, _ in pairs) / max(1e-30, sum(((e - f) ** 2).sum() for e, f in pairs)))


def compile_with(model, samples, folder, **settings):
    return nnq.compile(model, samples, quantization=nnq.Int8(range_method="min_max", correction="none", **settings), output=folder)


def test_bits_reach_the_target(wide_range, samples, tmp_path):
    reference = nnq.compile(wide_range, quantization=nnq.Float(), output=tmp_path / "float")
    plain = compile_with(wide_range, samples, tmp_path / "plain", widen="none")
    wide = compile_with(wide_range, samples, tmp_path / "wide", target_sqnr=20)
    others = np.random.default_rng(5).standard_normal((8, SIZE)).astype(np.float32)
    assert sqnr_db(plain, reference, others) < 8
    assert sqnr_db(wide, reference, others) > 18
    assert wide.manifest["wide"] == ["r"] and "wide" not in plain.manifest


def test_a_target_that_8_bits_reach_adds_none(gemm, gemm_samples, tmp_path):
    model = compile_with(gemm, gemm_samples, tmp_path / "out", target_sqnr=20)
    assert "wide" not in model.manifest


def test_a_high_target_leaves_layers_in_float(wide_range, samples, tmp_path):
    reference = nnq.compile(wide_range, quantization=nnq.Float(), output=tmp_path / "float")
    model = compile_with(wide_range, samples, tmp_path / "out", target_sqnr=90)
    assert sqnr_db(model, reference, samples) > 90
    assert "bit width 'float'" in {island["reason"] for island in model.manifest["float_islands"]}


def test_losses_name_the_tensor(wide_range, samples, tmp_path):
    model = compile_with(wide_range, samples, tmp_path / "out")
    assert model.manifest["losses"][0]["tensors"] == ["r"]
    alone = model.manifest["losses"][0]["sqnr_db"]

    def said(db, **changes):
        return "\n".join(warnings(model.manifest | {"outputs": [{"name": "y", "type": "f32", "sqnr_db": db}], "wide": ()} | changes))

    assert f"output 'y' is {alone - 1:.1f} dB from float" in said(alone - 1) and "--target-sqnr" in said(alone - 1)
    assert "comes from rounding 'r' to 8 bits" in said(alone - 1)
    assert "comes from" not in said(alone - 4) and "comes from" not in said(alone - 1, wide=("r",))


def test_wide_tensors_are_in_the_file_of_widths(wide_range, samples, tmp_path):
    compile_with(wide_range, samples, tmp_path / "wide", target_sqnr=20)
    written = json.loads((tmp_path / "wide" / "bit-widths.json").read_text())
    assert written["wide"] == ["r"]
    again = nnq.compile(wide_range, samples, output=tmp_path / "again",
                        quantization=nnq.Mixed(bit_widths=tmp_path / "wide" / "bit-widths.json", range_method="min_max", correction="none", widen="none"))
    assert (again.folder / "model.o").read_bytes() == (tmp_path / "wide" / "model.o").read_bytes()


@pytest.mark.parametrize("settings", [{"target_sqnr": 0}, {"target_sqnr": "15"}, {"widen": "always"}])
def test_settings_check_themselves(settings):
    with pytest.raises(nnq.Error, match=next(iter(settings))):
        nnq.Int8(**settings)


def test_parts_of_a_concatenation_are_judged_apart():
    parts = [Part(0, "boxes", 1, 0, 2), Part(0, "scores", 1, 2, 2, span=1.0)]
    distances = Distances(parts)
    distances.add([np.float32([[100, 200, 0.5, 0.25]])], [np.float32([[101, 200, 0.1, 0.25]])])
    assert distances.worst_db == pytest.approx(10 * np.log10((0.5**2 + 0.25**2) / 0.4**2), abs=1e-3)
    boxes, scores = distances.described()[0]
    assert boxes["name"] == "boxes" and boxes["sqnr_db"] > 40 and scores["sqnr_db"] < 3 and not scores["negligible"]


def test_a_rare_sample_that_is_far_from_float_makes_unsure():
    distances = Distances([Part(0, "y")])
    for index in range(12):
        distances.add([np.ones(4, np.float32)], [np.full(4, 1.0 if index else 2.0, np.float32)])
    total_db = distances.output_db(0)
    assert total_db == pytest.approx(10 * np.log10(12), abs=1e-3)
    assert total_db - 5 < distances.worst_db < total_db - 2  # drawn twice or three times


def test_one_sample_is_what_it_is():
    distances = Distances([Part(0, "y")])
    distances.add([np.ones(4, np.float32)], [np.full(4, 1.5, np.float32)])
    assert distances.worst_db == pytest.approx(6.0206, abs=1e-3)


def test_room_for_unseen_samples_is_no_noise_that_was_measured():
    distances = Distances([Part(0, "score", span=1.0)])
    distances.add([np.full(4, 0.002, np.float32)], [np.full(4, 0.001, np.float32)])
    assert distances.strict == pytest.approx([0.25]) and distances.unseen == pytest.approx([4.0])
    assert distances.strict_db == pytest.approx(0.0, abs=1e-3)


def test_scores_near_zero_are_judged_by_their_range():
    distances = Distances([Part(0, "scores", span=1.0)])
    distances.add([np.full((1, 8), 0.001, np.float32)], [np.full((1, 8), 0.009, np.float32)])
    assert distances.worst_db > 100 and distances.described()[0][0]["negligible"]
    distances.add([np.full((1, 8), 0.001, np.float32)], [np.full((1, 8), 0.019, np.float32)])
    assert distances.worst_db < 0


def test_values_that_are_not_finite_in_both_count_for_neither():
    distances = Distances([Part(0, "masked")], by_channel=True)
    wanted = np.float32([[[-np.inf, 1, 2, 3], [np.nan, 100, 200, 300]]])
    distances.add([wanted], [wanted + np.float32(0.001)])
    assert all(piece["sqnr_db"] > 60 for piece in distances.described()[0])


def test_a_value_that_is_lost_is_infinitely_far_and_hides_nothing():
    distances = Distances([Part(0, "lost"), Part(1, "far"), Part(2, "none")])
    distances.add([np.float32([1]), np.float32([2]), np.float32([0])], [np.float32([np.nan]), np.float32([1]), np.float32([1])])
    np.testing.assert_array_equal(distances.relative, [np.inf, 0.25, 0])
    np.testing.assert_array_equal(distances.strict, distances.relative)
    assert [distances.output_db(k) for k in range(3)] == [LOST_DB, 6.021, None]


def test_what_has_no_signal_is_said_to_be_unjudged():
    output = {"name": "y", "type": "f32", "parts": [{"name": "n", "axis": -1, "start": 0, "size": 0, "sqnr_db": None}]}
    (line,) = warnings({"compared_samples": 1, "outputs": [output, {"name": "best", "type": "i64"}]})
    assert line == "warning: 0 in float on all samples, and so not judged: output 'y'"


def test_what_contradicts_a_target(gemm, gemm_samples, wide_range, samples, tmp_path):
    with pytest.raises(nnq.Error, match="budgets and target_sqnr"):
        nnq.compile(gemm, gemm_samples, quantization=nnq.Mixed(budgets={"bytes": "75%"}, target_sqnr=20))
    nnq.calibrate(gemm, gemm_samples, tmp_path / "s.json")
    with pytest.raises(nnq.Error, match="target_sqnr .* samples"):
        nnq.compile(gemm, statistics=tmp_path / "s.json", quantization=nnq.Int8(target_sqnr=20))
    compile_with(wide_range, samples, tmp_path / "wide", target_sqnr=20)
    with pytest.raises(nnq.Error, match="which tensors are wide"):
        nnq.compile(wide_range, samples, quantization=nnq.Mixed(bit_widths=tmp_path / "wide" / "bit-widths.json", target_sqnr=20))


def test_channels_of_like_magnitude_are_one_group():
    assert channel_spans(np.array([100.0, 50.0, 1.0, 2.0, 1.5])) == [(0, 2), (2, 5)]
    assert channel_spans(np.array([1.0])) == [(0, 1)]
