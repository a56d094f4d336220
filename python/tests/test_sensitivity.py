"""What widths do to the output and what they cost is measured, kept when a run is interrupted, and used to pick."""

import itertools
import json

import numpy as np
import pytest
from conftest import DIGITS, save_onnx
from onnx import helper

import nnq
from nnq import compiler, extension, modelfile, pipelines
from nnq.layers import LOST_DB, Distance, output_noise
from nnq.progress import Quiet

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


class NothingIsMeasured(Quiet):
    """Fails where costs or layers would be measured."""

    def count(self, items, text):
        assert not text.startswith("measuring"), text
        return items


WIDTHS = ("w4a8", "w8a8", "w8a16", "float")


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
    assert all(0 <= candidates[width]["agreement"] <= candidates["float"]["agreement"] == 1 for width in WIDTHS[:3])
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


def test_widths_are_picked_by_the_metric_that_is_named(tmp_path, measured, layers, run_nnq):
    """The figure that the metric adds up is the least of all choices, and what the report predicts."""
    least = {"sqnr": lambda c: c["noise"], "kl": lambda c: c["kl"], "agreement": lambda c: 1 - c["agreement"]}
    for metric, loss in least.items():
        picked = json.loads(run_nnq("pick", measured, "--budget", "bytes=70%", "--metric", metric, "--json").stdout)
        assert {"sqnr": "sqnr_db"}.get(metric, metric) in picked
        found = sum(loss(layers[name][width]) for name, width in picked["layers"].items())
        budget = 0.7 * sum(candidates["w8a8"]["bytes"] for candidates in layers.values())
        choices = itertools.product(*(candidates.values() for candidates in layers.values()))
        best = min(sum(map(loss, choice)) for choice in choices if sum(c["bytes"] for c in choice) <= budget)
        assert found == pytest.approx(best, abs=1e-9)


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """{kind: model} of networks that are no classifiers, which all take x of 1x4x6x6."""
    random, folder = np.random.default_rng(3), tmp_path_factory.mktemp("others")
    weights = {"w1": random.standard_normal((8, 4, 3, 3)).astype(np.float32) / 6, "w2": random.standard_normal((3, 8, 1, 1)).astype(np.float32),
               "w3": random.standard_normal((8, 1)).astype(np.float32), "w4": random.standard_normal((4, 8, 1, 1)).astype(np.float32), "shape": np.array([], np.int64), "million": np.float32([1e6])}
    body = [helper.make_node("Conv", ["x", "w1"], ["h"], pads=[1, 1, 1, 1]), helper.make_node("Relu", ["h"], ["r"])]
    mask = helper.make_node("Conv", ["r", "w2"], ["mask"])
    pooled = [helper.make_node("GlobalAveragePool", ["r"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
              helper.make_node("MatMul", ["f", "w3"], ["value"])]
    scalar = helper.make_node("Reshape", ["value", "shape"], ["scalar"])
    large = helper.make_node("Mul", ["value", "million"], ["large"])
    residual = [helper.make_node("Conv", ["r", "w4"], ["d"]), helper.make_node("Add", ["x", "d"], ["s"]), helper.make_node("Conv", ["s", "w1"], ["y"])]
    kinds = {"residual": (residual, {"y": [1, 8, 4, 4]}), "segmentation": ([mask], {"mask": [1, 3, 6, 6]}), "regression": (pooled, {"value": [1, 1]}),
             "scalar": ([*pooled, scalar], {"scalar": []}), "two": ([mask, *pooled, large], {"large": [1, 1], "mask": [1, 3, 6, 6]})}
    return {kind: save_onnx(folder / f"{kind}.onnx", [*body, *nodes], {"x": [1, 4, 6, 6]}, outputs, weights)
            for kind, (nodes, outputs) in kinds.items()}


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(4).standard_normal((32, 1, 4, 6, 6)).astype(np.float32)


@pytest.mark.parametrize("kind", ["residual", "segmentation", "regression", "scalar", "two"])
def test_networks_that_are_no_classifiers_are_picked_for_by_sqnr(tmp_path, others, images, kind):
    settings = nnq.Mixed(budgets={"bytes": "75%"}, sensitivity=tmp_path / "s.json", candidates=WIDTHS[:2])
    model = nnq.compile(others[kind], images, quantization=settings, output=tmp_path / "out")
    candidates = [c for layer in json.loads((tmp_path / "s.json").read_text())["layers"] for c in layer["candidates"]]
    assert candidates and all(0 < c["noise"] < 1 and "kl" not in c and "agreement" not in c for c in candidates)
    assert model.manifest["bit_widths"]["metric"] == "sqnr" and 0 < model.manifest["bit_widths"]["chosen"]["sqnr_db"] < 100
    for metric in ("kl", "agreement"):
        with pytest.raises(nnq.Error, match="choose by sqnr"):
            extension.load_compiler().choose_bit_widths(str(tmp_path / "s.json"), bytes="75%", metric=metric)


def test_outputs_count_alike_whatever_their_units():
    random = np.random.default_rng(5)
    expected = [[random.standard_normal(shape) for shape in ((1, 3, 4, 4), (1, 1), ())] for _ in range(8)]
    found = [[array + 0.1 * random.standard_normal(array.shape) for array in outputs] for outputs in expected]
    noise = output_noise(expected, found)
    assert 0.005 < noise < 0.02
    for unit in (1e-6, 1e6):
        scaled = [[[unit * outputs[0], *outputs[1:]] for outputs in list_of] for list_of in (expected, found)]
        assert output_noise(*scaled) == pytest.approx(noise)


def test_only_a_row_of_classes_is_compared_without_its_mean():
    shifted = [[np.array([[1.0, 2.0, 3.0]]) + shift] for shift in (0, 5)]
    assert output_noise(shifted[:1], shifted[1:]) == 0
    assert output_noise([[shifted[0][0].reshape(1, 3, 1)]], [[shifted[1][0].reshape(1, 3, 1)]]) > 1


def test_values_that_are_not_finite_count_only_where_they_differ():
    masked, other, lost = ([[np.float32(values)]] for values in ([1, -np.inf, 2], [1.1, -np.inf, 2], [np.nan, -np.inf, 2]))
    assert 0 < output_noise(masked, other) < 0.1
    assert output_noise(masked, lost) == np.inf
    distance = Distance()
    distance.add(masked[0][0], other[0][0])
    assert 20 < distance.sqnr_db < 40
    distance.add(masked[0][0], lost[0][0])
    assert distance.sqnr_db == LOST_DB


def test_what_cannot_be_picked_is_refused_before_anything_is_measured(tmp_path, others, images, measured, digits):
    def pick(settings, model=others["segmentation"], samples=images):
        compiler.measure_sensitivity(compiler.Job(model, settings), samples, NothingIsMeasured())

    with pytest.raises(nnq.Error, match="metric kl compares rows of classes.*'mask' has shape 1x3x6x6; pick by sqnr"):
        pick(nnq.Mixed(budgets={"bytes": "75%"}, metric="kl"))
    with pytest.raises(nnq.Error, match="no-such-folder.*cannot be written: No such file or directory"):
        pick(nnq.Mixed(budgets={"bytes": "75%"}, sensitivity=tmp_path / "no-such-folder" / "s.json"))
    with pytest.raises(nnq.Error, match="is a folder; name a file"):
        pick(nnq.Mixed(budgets={"bytes": "75%"}, sensitivity=tmp_path))
    with pytest.raises(nnq.Error, match="^the budget of 1 bytes can't be met: these candidates need at least [0-9]+ bytes"):
        pick(nnq.Mixed(budgets={"bytes": 1}))
    with pytest.raises(nnq.Error, match="no-such-file.json"):
        nnq.compile(MODEL, digits[0], quantization=nnq.Mixed(bit_widths=tmp_path / "no-such-file.json"), output=tmp_path / "out")
    for value in ("fast", "-1", "7%%", -5, None, float("nan"), float("inf"), [], True, ""):
        with pytest.raises(nnq.Error, match="the budget of time is a number of at least 0 or a percentage of w8a8"):
            nnq.Mixed(budgets={"time": value})
    with pytest.raises(nnq.Error, match="metric is one of sqnr, kl, agreement"):
        nnq.Mixed(budgets={"bytes": 1}, metric="top1")


def test_a_metric_without_a_budget_is_refused(tmp_path, run_nnq):
    done = run_nnq("compile", MODEL, "--metric", "kl", "--float", "-o", tmp_path / "out")
    assert done.returncode == 1 and "--metric kl says how widths are picked within budgets" in done.stderr


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
