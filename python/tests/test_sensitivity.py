"""What widths do to the output and what they cost is measured, kept when a run is interrupted, and used to pick."""

import json

import numpy as np
import pytest
from conftest import DIGITS, save_onnx
from onnx import helper

import nnq
from nnq import compiler, extension, modelfile, pipelines
from nnq.progress import Quiet
from nnq.settings import WIDTHS

MODEL = DIGITS / "digits.onnx"


class InterruptedAt(Quiet):
    """Stops the measuring of layers before the `stop`-th."""

    def __init__(self, stop):
        self._stop = stop

    def count(self, items, text):
        for index, item in enumerate(items):
            if text == "measuring layers" and index == self._stop:
                raise KeyboardInterrupt
            yield item


def measure(file, samples, progress=Quiet(), widths=WIDTHS, target="native"):
    settings = nnq.Mixed(budgets={"bytes": "100%"}, candidates=widths, sensitivity=file, samples=8)
    return compiler.measure_sensitivity(compiler.Job(MODEL, settings, target), samples, progress)


@pytest.fixture(scope="module")
def measured(tmp_path_factory, digits):
    """The sensitivity file of the digits network, with all widths."""
    file = tmp_path_factory.mktemp("sensitivity") / "digits.json"
    assert measure(file, digits[0]) == []
    return file


@pytest.fixture(scope="module")
def layers(measured):
    return {layer["name"]: {c["width"]: c for c in layer["candidates"]} for layer in json.loads(measured.read_text())["layers"]}


def test_every_layer_has_every_width(layers, digits_int8):
    assert list(layers) == [entry["name"] for entry in digits_int8.manifest["layers"] if "weights" in entry]
    assert all(list(candidates) == list(WIDTHS) for candidates in layers.values())


def test_more_bits_do_less_and_cost_more(layers):
    for candidates in layers.values():
        narrow, base, wide, exact = (candidates[width] for width in WIDTHS)
        assert exact["noise"] == 0 < min(candidate["noise"] for candidate in (narrow, base, wide))
        assert narrow["bytes"] <= base["bytes"] <= wide["bytes"] < exact["bytes"]
        assert 4 * narrow["bops"] == 2 * base["bops"] == wide["bops"]
        assert all(candidate["time_us"] > 0 for candidate in candidates.values())
    for figure in ("noise", "kl"):
        narrow, base, wide = (sum(candidates[width][figure] for candidates in layers.values()) for width in WIDTHS[:3])
        assert narrow > base > wide


def test_noises_add_up_to_that_of_the_quantized_network(layers, digits, digits_int8):
    """The sum of what layers do one by one is what the network of 8 bits loses, within 2 dB."""
    sum_db = -10 * np.log10(sum(candidates["w8a8"]["noise"] for candidates in layers.values()))
    assert sum_db == pytest.approx(digits_int8.manifest["outputs"][0]["sqnr_db"], abs=2)


def test_an_interrupted_run_goes_on_to_the_same_file(tmp_path, digits, measured):
    files = tmp_path / "once.json", tmp_path / "twice.json"
    with pytest.raises(KeyboardInterrupt):
        measure(files[0], digits[0], InterruptedAt(1))
    partial = tmp_path / "once.json.partial"
    (tmp_path / "twice.json.partial").write_text(partial.read_text())
    assert len(json.loads(partial.read_text())["found"]["layers"]) == 1
    measure(files[0], digits[0])
    with pytest.raises(KeyboardInterrupt):
        measure(files[1], digits[0], InterruptedAt(2))
    measure(files[1], digits[0])
    assert files[0].read_bytes() == files[1].read_bytes()
    assert not partial.exists()
    found, once = (json.loads(file.read_text()) for file in (files[0], measured))
    for layer, other in zip(found["layers"], once["layers"]):  # times differ from run to run
        assert [c["noise"] for c in layer["candidates"]] == [c["noise"] for c in other["candidates"]]


def test_what_is_there_is_not_measured_again_unless_the_data_differ(tmp_path, digits, measured, monkeypatch):
    file = tmp_path / "digits.json"
    file.write_text(measured.read_text())
    measure(file, digits[0], InterruptedAt(0))
    assert file.read_text() == measured.read_text()
    with pytest.raises(KeyboardInterrupt):
        measure(file, digits[0] * np.float32(0.5), InterruptedAt(0))


def test_costs_for_another_machine_are_predicted(tmp_path, digits):
    file = tmp_path / "arm.json"
    measure(file, digits[0], widths=WIDTHS[:2], target="aarch64-neon-dotprod")
    found = json.loads(file.read_text())
    assert found["target"] == "aarch64-neon-dotprod"
    assert all(candidate["time_us"] > 0 for layer in found["layers"] for candidate in layer["candidates"])


def test_the_pass_estimates_what_a_run_measures(tmp_path, digits):
    """--nnq-measure-sensitivity: the same layers, widths and predicted costs; noises fall with the bits; widths are picked by them."""
    files = {name: tmp_path / name for name in ("measured.json", "statistics.json", "moments", "estimated.json")}
    measure(files["measured.json"], digits[0], target="aarch64-neon-dotprod")
    nnq.calibrate(MODEL, digits[0], files["statistics.json"])
    nnq.calibrate(MODEL, digits[0], files["moments"], statistics=files["statistics.json"])
    module = modelfile.read_model(MODEL, {}, {})
    module.run_pipeline(pipelines.PREPARE)
    before = module.to_text()
    module.run_pipeline(
        f"nnq-measure-sensitivity{{calibration={files['statistics.json']} moments={files['moments']} output={files['estimated.json']} "
        f"widths={','.join(WIDTHS)} target=aarch64-neon-dotprod}}"
    )
    assert module.to_text() == before and module.remarks == []
    measured, estimated = (json.loads(files[f"{name}.json"].read_text()) for name in ("measured", "estimated"))
    assert (estimated["target"], estimated["samples"]) == ("aarch64-neon-dotprod", len(digits[0]))
    for layer, other in zip(estimated["layers"], measured["layers"], strict=True):
        assert layer["name"] == other["name"]
        for found, expected in zip(layer["candidates"], other["candidates"], strict=True):
            assert [found[key] for key in ("width", "bytes", "bops")] == [expected[key] for key in ("width", "bytes", "bops")]
            assert found["time_us"] == pytest.approx(expected["time_us"], abs=0.0011)
        narrow, base, wide, exact = (candidate["noise"] for candidate in layer["candidates"])
        assert narrow > base > wide > exact == 0
    choice = extension.load_compiler().choose_bit_widths(str(files["estimated.json"]), bytes="75%")
    assert "w4a8" in choice.layers.values()


def test_picked_widths_keep_to_the_budget_and_reach_the_object(tmp_path, digits, measured, layers):
    settings = nnq.Mixed(budgets={"bytes": "70%"}, sensitivity=measured, candidates=WIDTHS, samples=8)
    model = nnq.compile(MODEL, digits[0], quantization=settings, output=tmp_path / "out")
    whole = sum(candidates["w8a8"]["bytes"] for candidates in layers.values())
    picked = json.loads((tmp_path / "out" / "bit-widths.json").read_text())["layers"]
    assert sum(layers[name][width]["bytes"] for name, width in picked.items()) <= 0.7 * whole
    bits = {entry["name"]: entry["weight_bits"] for entry in model.manifest["layers"] if "weights" in entry}
    assert bits == {name: {"w4a8": 4, "w8a8": 8, "w8a16": 8, "float": 32}[width] for name, width in picked.items()}
    assert 4 in bits.values() and model.manifest["bit_widths"]["chosen"]["bytes"] <= 0.7 * whole
    report = (tmp_path / "out" / "report.html").read_text()
    assert "<svg" in report and "bytes ≤ 70%" in report


def test_an_edited_file_of_widths_is_taken(tmp_path, digits, layers):
    names = list(layers)
    file = tmp_path / "widths.json"
    file.write_text(json.dumps({"nnq-bit-widths": 1, "layers": {names[0]: "w8a16", names[1]: "float", names[2]: "w4a8"}}))
    model = nnq.compile(MODEL, digits[0], quantization=nnq.Mixed(bit_widths=file), output=tmp_path / "out")
    entries = {entry["name"]: entry for entry in model.manifest["layers"] if "weights" in entry}
    assert entries[names[0]]["input"] == "i16" and entries[names[1]]["weights"] == "f32" and entries[names[2]]["weight_bits"] == 4
    assert [island["reason"] for island in model.manifest["float_islands"]] == ["bit width 'float'"]


def test_the_command_line_measures_picks_and_compiles(tmp_path, digits, run_nnq):
    samples, file, widths, out = (tmp_path / name for name in ("samples.npy", "s.json", "w.json", "out"))
    np.save(samples, digits[0])
    done = run_nnq("sensitivity", MODEL, "--calibration", samples, "-o", file, "--sensitivity-samples", "8")
    assert (done.returncode, done.stderr) == (0, "")
    picked = run_nnq("pick", file, "--budget", "bytes=70%", "-o", widths, "--json")
    assert json.loads(picked.stdout)["layers"] == json.loads(widths.read_text())["layers"]
    assert run_nnq("compile", MODEL, "--calibration", samples, "--bit-widths", widths, "-o", out).returncode == 0
    impossible = run_nnq("pick", file, "--budget", "bytes=100")
    assert impossible.returncode == 1
    assert "the budget of 100 bytes can't be met: these candidates need at least" in impossible.stderr


def test_contradictory_settings_are_refused():
    for arguments, message in (({}, "either"), ({"budgets": {"bytes": 1}, "bit_widths": {}}, "either"), ({"budgets": {"watts": 1}}, "budget"),
                               ({"budgets": {"bytes": 1}, "candidates": ("w5",)}, "candidate")):
        with pytest.raises(nnq.Error, match=message):
            nnq.Mixed(**arguments)


def test_weights_of_4_bits_are_rounded_beside_a_layer_that_reads_the_same_in_16(tmp_path, run_nnq):
    """Two layers read one tensor, of 16 bits since one of them wants that: the other's moments are still measured."""
    random = np.random.default_rng(0)
    weights = {f"w{i}": random.standard_normal((16, 16)).astype(np.float32) for i in range(3)}
    nodes = [helper.make_node("Gemm", ["x", "w0"], ["h"], name="first", transB=1), helper.make_node("Relu", ["h"], ["r"])]
    nodes += [helper.make_node("Gemm", ["r", f"w{i}"], [f"y{i}"], name=name, transB=1) for i, name in ((1, "wide"), (2, "narrow"))]
    nodes += [helper.make_node("Concat", ["y1", "y2"], ["y"], axis=1)]
    model = save_onnx(tmp_path / "fork.onnx", nodes, {"x": [1, 16]}, {"y": [1, 32]}, weights)
    settings = nnq.Mixed(bit_widths={"wide": "w8a16", "narrow": "w4a8"}, correction="none")
    compiled = nnq.compile(model, random.standard_normal((64, 16)).astype(np.float32), quantization=settings, output=tmp_path / "out")
    entries = {entry["name"]: entry for entry in compiled.manifest["layers"] if "weights" in entry}
    assert (entries["narrow"]["input"], entries["narrow"]["weight_bits"]) == ("i16", 4)
    assert entries["narrow"]["rounding"]["errors"]
