"""Calibration in shards: files of statistics and of moments, joined, give the network that all samples at once give."""

import subprocess

import numpy as np
import pytest
from conftest import ROOT, save_onnx
from onnx import helper
from test_cli import assert_one_error

import nnq
from nnq import moments, pipelines, stages
from nnq.compiler import Job, compile_to_folder
from nnq.extension import load_compiler

SAMPLES, SPLIT = 24, 15


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Two convolutions and a classifier; the second convolution and the first matrix have more than 10,000 weights."""
    random = np.random.default_rng(0)

    def weights(*shape):
        return (random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)

    nodes = [
        helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], "conv0", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c0"], ["r0"]),
        helper.make_node("Conv", ["r0", "w1"], ["c1"], "conv1", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("GlobalAveragePool", ["r1"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Gemm", ["f", "w2", "b2"], ["g2"], "fc2", transB=1),
        helper.make_node("Relu", ["g2"], ["r2"]),
        helper.make_node("Gemm", ["r2", "w3"], ["y"], "fc3", transB=1),
    ]
    arrays = {"w0": weights(32, 1, 3, 3), "b0": weights(32), "w1": weights(48, 32, 3, 3), "w2": weights(224, 48), "b2": weights(224)}
    path = tmp_path_factory.mktemp("shards") / "net.onnx"
    return save_onnx(path, nodes, {"x": [1, 1, 16, 16]}, {"y": [1, 10]}, {**arrays, "w3": weights(10, 224)})


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(1).standard_normal((SAMPLES, 1, 16, 16)).astype(np.float32)


@pytest.fixture(scope="module")
def found(tmp_path_factory, network, samples):
    """(file of statistics, file of moments) of all samples."""
    folder = tmp_path_factory.mktemp("whole")
    nnq.calibrate(network, samples, folder / "stats.json")
    nnq.calibrate(network, samples, folder / "m", statistics=folder / "stats.json")
    return folder / "stats.json", folder / "m"


def test_shards_give_the_object_file_of_all_samples(run_nnq, tmp_path, network, samples):
    shards = {"all": (0, samples), "0": (0, samples[:SPLIT]), "1": (SPLIT, samples[SPLIT:])}

    def run(*arguments):
        result = run_nnq(*arguments, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (0, "") and "error" not in result.stderr, result.stderr

    def run_shards(suffix, *options):
        for name, (first, part) in shards.items():
            np.savez(tmp_path / f"{name}.npz", x=part)
            run("calibrate", network, "--calibration", f"{name}.npz", "--first-sample", first, *options, "-o", f"{name}.{suffix}")
        run("merge", f"1.{suffix}", f"0.{suffix}", "-o", f"merged.{suffix}")
        run("merge", f"0.{suffix}", f"1.{suffix}", "-o", f"again.{suffix}")
        whole = (tmp_path / f"all.{suffix}").read_bytes()
        assert (tmp_path / f"merged.{suffix}").read_bytes() == (tmp_path / f"again.{suffix}").read_bytes() == whole

    run_shards("json")
    run_shards("moments", "--statistics", "merged.json", "--moments")
    for name in ("all", "merged"):
        run("compile", network, "--statistics", f"{name}.json", "--moments", f"{name}.moments", "--weights", "int4", "-o", name)
    assert (tmp_path / "all" / "model.o").read_bytes() == (tmp_path / "merged" / "model.o").read_bytes()

    model = nnq.Model(tmp_path / "merged")
    assert model.manifest["calibration_samples"] == SAMPLES and "compared_samples" not in model.manifest
    rounded = {layer["name"]: layer["rounding"] for layer in model.manifest["layers"] if "rounding" in layer}
    assert set(rounded) == {"conv1", "fc2"}
    assert all(rounding["refit"] == moments.REFIT for rounding in rounded.values())
    # Each step is there and has moved something: nothing was left at nearest.
    assert all(rounding["errors"]["second order"] < rounding["errors"]["nearest"] for rounding in rounded.values())


def test_moments_hold_each_layer_and_each_sample(found):
    file = load_compiler().MomentsFile(str(found[1]))
    assert file.layers == ["r0", "r1", "r2", "fc3"]
    assert file.samples == [*range(SAMPLES)]
    assert [file.load(layer).columns for layer in file.layers] == [200 * SAMPLES] * 2 + [SAMPLES] * 2


def test_samples_that_do_not_fit_into_memory_at_once_change_nothing(tmp_path, network, samples, found, monkeypatch):
    monkeypatch.setattr(stages, "LIVE_BYTES", 1)
    nnq.calibrate(network, samples, tmp_path / "m", statistics=found[0])
    assert (tmp_path / "m").read_bytes() == found[1].read_bytes()


def test_rounding_by_moments_is_nearer_to_float_than_nearest(tmp_path, network, samples, found):
    expected = nnq.compile(network, quantization=nnq.Float())

    def noise(moments):
        quantization = nnq.Int4(wide=(), correction="none")
        model = nnq.compile(network, statistics=found[0], moments=moments, quantization=quantization)
        return sum(float(np.square(model(x[None]) - expected(x[None])).sum()) for x in samples)

    assert noise(found[1]) < 0.7 * noise(None)


def test_weights_in_blocks_are_rounded_by_moments_too(network, found):
    model = nnq.compile(network, statistics=found[0], moments=found[1], quantization=nnq.Int4(weight_block=32))
    rounded = {layer["name"]: layer["rounding"]["errors"] for layer in model.manifest["layers"] if "rounding" in layer}
    assert set(rounded) == {"conv1", "fc2"}
    assert rounded["conv1"]["second order"] < rounded["conv1"]["nearest"]


@pytest.mark.parametrize("block, refit", [(None, 0), (None, 1), (32, 0)])
def test_the_tools_give_the_object_file_of_the_command(tmp_path, network, found, monkeypatch, block, refit):
    tools, settings = ROOT / "build" / "bin", nnq.Int4(weight_block=block)
    if not (tools / "nnq-translate").exists():
        pytest.skip("nnq-translate is not built")
    monkeypatch.setattr(moments, "REFIT", refit)
    expected = nnq.compile(network, statistics=found[0], moments=found[1], quantization=settings, output=tmp_path / "net")

    def run(tool, *arguments, module=None):
        return subprocess.run([tools / tool, *arguments], input=module, capture_output=True, check=True).stdout

    steps = [
        pipelines.PREPARE,
        f"nnq-set-bit-widths{{file={expected.folder / 'bit-widths.json'}}}",
        f"nnq-round-weights{{moments={found[1]} output={tmp_path / 'weights'} refit={refit}}}",
        pipelines.quantize(found[0], settings, expected.folder / "bit-widths.json"),
        pipelines.replace_weights(tmp_path / "weights"),
    ]
    module = run("nnq-translate", "--import-onnx", "--emit-bytecode", network)
    quantized = run("nnq-opt", "--emit-bytecode", f"--pass-pipeline={pipelines.whole(steps)}", module=module)
    compiled = run("nnq-translate", "--mlir-to-object", "--target=native", "--name=model", "-", module=quantized)
    assert compiled == (expected.folder / "model.o").read_bytes()


def test_ranges_alone_say_what_they_go_without(tmp_path, network, found):
    def notes(quantization, **options):
        result = compile_to_folder(Job(network, quantization), tmp_path / "out", statistics=found[0], **options)
        return [remark for remark in result.remarks if remark.startswith(("channels", "inputs", "weights"))]

    channels = "channels are not corrected"
    assert [note.split(":")[0] for note in notes(nnq.Int8())] == [channels]
    assert notes(nnq.Int8(correction="none")) == []
    nearest = "weights of few bits are rounded to nearest"
    assert [note.split(":")[0] for note in notes(nnq.Int4())] == [channels, nearest]
    assert [note.split(":")[0] for note in notes(nnq.Int4(), moments=found[1])] == [channels]
    assert (tmp_path / "out" / "calibration.json").read_bytes() == found[0].read_bytes()
    assert "compared on none" in (tmp_path / "out" / "report.html").read_text()


def test_ranges_alone_give_what_samples_give_untuned(network, samples, found):
    quantization = nnq.Int8(correction="none")
    by_file = nnq.compile(network, statistics=found[0], quantization=quantization)
    by_samples = nnq.compile(network, samples, quantization=quantization)
    assert (by_file.folder / "model.o").read_bytes() == (by_samples.folder / "model.o").read_bytes()


def test_with_samples_too_the_file_serves_for_ranges_and_they_for_tuning(network, samples, found):
    model = nnq.compile(network, samples[:8] * 0.1, statistics=found[0], quantization=nnq.Int8(correction="affine"))
    assert (model.folder / "calibration.json").read_bytes() == found[0].read_bytes()
    assert model.manifest["calibration_samples"] == SAMPLES and model.manifest["compared_samples"] == 8
    model = nnq.compile(network, samples[:8], statistics=found[0], moments=found[1], quantization=nnq.Int4())
    assert {layer["rounding"]["refit"] for layer in model.manifest["layers"] if "rounding" in layer} == {moments.REFIT}


#
# Errors
#


@pytest.mark.parametrize(
    "options, texts",
    [
        (["--moments", "m"], ["moments belong to statistics", "--statistics"]),
        (["--statistics", "s.json", "--float"], ["a float model needs no calibration"]),
        (["--statistics", "s.json", "--moments", "m"], ["no layer has any", "nnq.Int4()"]),
        (["--statistics", "s.json", "--correction", "affine"], ["correction 'affine' is measured on samples", "--calibration"]),
        (["--statistics", "absent.json"], ["absent.json: cannot be read"]),
        (["--statistics", "s.json", "--moments", "s.json", "--weights", "int4"], ["s.json: is no file of moments"]),
        (["--statistics", "m"], ["m: "]),
        (["--statistics", "s.json", "--moments", "m", "--weights", "int4", "--range-method", "percentile", "--percentile", "90"],
         ["moments of another network", "layer 'conv1' reads integers of scale"]),
    ],
)  # fmt: skip
def test_compile_with_options_that_contradict(run_nnq, tmp_path, network, found, options, texts):
    (tmp_path / "s.json").write_bytes(found[0].read_bytes())
    (tmp_path / "m").write_bytes(found[1].read_bytes())
    assert_one_error(run_nnq("compile", network, "-o", "out", *options, cwd=tmp_path), *texts)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options, texts",
    [
        (["--moments"], ["--moments and --statistics go together"]),
        (["--statistics", "s.json"], ["--moments and --statistics go together"]),
        (["--first-sample", "-1"], ["first_sample is a number from 0 on"]),
        (["-o", "absent/stats.json"], ["absent/stats.json: cannot be written: No such file"]),
        (["-o", "."], ["is a folder"]),
    ],
)
def test_calibrate_with_a_wrong_option(run_nnq, tmp_path, network, samples, options, texts):
    np.save(tmp_path / "x.npy", samples[:1])
    assert_one_error(run_nnq("calibrate", network, "--calibration", "x.npy", "-o", "out", *options, cwd=tmp_path), *texts)
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]


def test_merge_refuses_what_does_not_belong_together(run_nnq, tmp_path, found):
    stats, moments_file = found
    assert_one_error(run_nnq("merge", stats, stats, "-o", tmp_path / "out"), str(stats), "sample 0 is in both")
    assert_one_error(run_nnq("merge", moments_file, moments_file, "-o", tmp_path / "out"), str(moments_file), "sample 0 is in both")
    assert_one_error(run_nnq("merge", moments_file, stats, "-o", tmp_path / "out"), "statistics or files of moments")
    assert_one_error(run_nnq("merge", tmp_path / "absent", "-o", tmp_path / "out"), "absent: cannot be read")
    assert not any(tmp_path.iterdir())


def test_a_network_that_is_quantized_needs_no_calibration(tmp_path):
    path = tmp_path / "quantized.mlir"
    path.write_text(
        "func.func @main(%x: tensor<1x4x!quant.uniform<u8:f32, 0.5>>) -> tensor<1x4x!quant.uniform<u8:f32, 0.5>> {\n"
        "  return %x : tensor<1x4x!quant.uniform<u8:f32, 0.5>>\n}\n"
    )
    with pytest.raises(nnq.Error, match="is quantized already; it needs no calibration"):
        nnq.calibrate(path, np.zeros((1, 4), np.float32), tmp_path / "stats.json")


def test_an_interruption_leaves_no_file(tmp_path, network, samples, found, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(moments, "measure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        nnq.calibrate(network, samples, tmp_path / "m", statistics=found[0])
    assert not any(tmp_path.iterdir())


def test_infinity_inside_the_network_is_named(tmp_path, network, samples, found):
    huge = samples[:2].copy()
    huge[1] = 3e38
    with pytest.raises(nnq.DataError, match="sample 8"):
        nnq.calibrate(network, huge, tmp_path / "m", first_sample=7, statistics=found[0])
    with pytest.raises(nnq.DataError, match="sample 8"):
        nnq.calibrate(network, huge, tmp_path / "s", first_sample=7)
