"""The command line: what it promises, and one clear error without output for each kind of bad input."""

import json
import resource
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, save_onnx
from onnx import helper

import nnq


def assert_one_error(result, *texts):
    """Exit code 1, one line on standard error that holds the texts, nothing on standard output."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("nnq: error: ") and "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    for text in texts:
        assert text in result.stderr


@pytest.fixture
def samples(tmp_path, gemm_samples):
    np.save(tmp_path / "x.npy", gemm_samples)
    return tmp_path / "x.npy"


def test_compile_run_evaluate_and_bench(run_nnq, tmp_path, gemm, samples, gemm_samples):
    out = tmp_path / "out"
    result = run_nnq("compile", gemm, "--calibration", samples, "-o", out)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.splitlines()[0].split(":")[1].startswith(" object ") and "SQNR against float: y" in result.stderr
    assert "warning" not in result.stderr

    np.save(tmp_path / "one.npy", gemm_samples[:1])
    assert run_nnq("run", out, "--input", f"x={tmp_path / 'one.npy'}", "--output-dir", tmp_path / "results").returncode == 0
    y = np.load(tmp_path / "results" / "y.npy")
    assert y.shape == (1, 3) and y.dtype == np.float32

    np.save(tmp_path / "labels.npy", np.zeros(len(gemm_samples), np.int64))
    result = run_nnq("evaluate", out, "--inputs", samples, "--labels", tmp_path / "labels.npy", "--reference", gemm,
                     "--outputs", tmp_path / "y.npy", "--json")
    figures = json.loads(result.stdout)
    assert set(figures) == {"top1", "top5", "agreement", "sqnr_db", "kl", "samples"} and figures["sqnr_db"] > 20
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy")[0], y[0])

    figures = json.loads(run_nnq("bench", out, "--reps", "3", "--json").stdout)
    assert set(figures) == {"load_ms", "min_ms", "median_ms", "rss_mb", "threads"}


def test_the_printed_pipeline_is_what_nnq_opt_takes(run_nnq, tmp_path, gemm, samples):
    tools = ROOT / "build" / "bin"
    if not (tools / "nnq-translate").exists():
        pytest.skip("nnq-translate is not built")
    pipeline = run_nnq("compile", gemm, "--calibration", samples, "-o", tmp_path / "out", "--dump-pass-pipeline").stdout.strip()
    module = subprocess.run([tools / "nnq-translate", "--import-onnx", gemm], capture_output=True, check=True).stdout
    lowered = subprocess.run([tools / "nnq-opt", f"--pass-pipeline={pipeline}"], input=module, capture_output=True)
    assert lowered.returncode == 0, lowered.stderr.decode()
    assert b"llvm.func" in lowered.stdout


def test_a_folder_with_blanks_in_its_name(run_nnq, tmp_path, gemm, samples):
    result = run_nnq("compile", gemm, "--calibration", samples, "-o", tmp_path / "my models" / "gemm 1")
    assert result.returncode == 0, result.stderr


def test_remarks_say_why_a_layer_stayed_in_float(run_nnq, tmp_path, gemm, samples):
    result = run_nnq("compile", gemm, "--calibration", samples, "-o", tmp_path / "out", "--remarks", "--keep-float", ".*")
    assert result.returncode == 0 and "stays in float" in result.stderr


#
# Bad input
#


@pytest.mark.parametrize(
    "arguments, texts",
    [
        ([], ["--calibration", "--float"]),
        (["--float", "--target", "z80"], ["unknown target 'z80'", "x86-avx2"]),
        (["--float", "--weights", "int5"], ["int5", "not supported yet", "int8"]),
        (["--float", "--profile", "tflite"], ["numerics profile 'tflite' is not known; there are: onnx"]),
        (["--float", "--threads", "0"], ["threads"]),
        (["--float", "--threads", "1000000000000"], ["threads is at most 1024, not 1000000000000"]),
        (["--float", "--dim", f"batch={2**70}"], ["the size of dimension 'batch' is at most"]),
        (["--float", "--name", "my model"], ["C identifier"]),
        (["--float", "--dim", "batch"], ["NAME=VALUE"]),
        (["--float", "--dim", "batch=1"], ["batch"]),
        (["--calibration", "missing.npz"], ["missing.npz: No such file"]),
    ],
)
def test_compile_with_a_wrong_option(run_nnq, tmp_path, gemm, arguments, texts):
    assert_one_error(run_nnq("compile", gemm, "-o", tmp_path / "a" / "out", *arguments), *texts)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "name, text", [("m.tflite", "not supported yet"), ("m.pt", "supported are .onnx"), ("m.onnx", "no such file")]
)
def test_a_model_that_is_none(run_nnq, tmp_path, name, text):
    assert_one_error(run_nnq("compile", tmp_path / name, "--float", "-o", tmp_path / "out"), name, text)


def test_a_truncated_model(run_nnq, tmp_path, gemm):
    (tmp_path / "cut.onnx").write_bytes(gemm.read_bytes()[:-30])
    assert_one_error(run_nnq("compile", tmp_path / "cut.onnx", "--float", "-o", tmp_path / "out"), "cut.onnx: ")
    assert not (tmp_path / "out").exists()


def test_an_unsupported_operation_is_named(run_nnq, tmp_path):
    node = helper.make_node("Frobnicate", ["x"], ["y"], name="frob")
    path = save_onnx(tmp_path / "m.onnx", [node], {"x": [1, 4]}, {"y": [1, 4]}, {})
    result = run_nnq("compile", path, "--float", "-o", tmp_path / "out")
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert "m.onnx" in result.stderr and "frob" in result.stderr and "Frobnicate" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "spoil, text",
    [
        (lambda x: x[:, :7], "expected shape Nx8, found 20x7"),
        (lambda x: x.astype(np.float64), "expected float32, found float64"),
        (lambda x: np.where(x > 1, np.float32(np.nan), x), "expected finite values, found nan"),
    ],
)
def test_bad_calibration_data(run_nnq, tmp_path, gemm, gemm_samples, spoil, text):
    np.savez(tmp_path / "bad.npz", x=spoil(gemm_samples))
    result = run_nnq("compile", gemm, "--calibration", tmp_path / "bad.npz", "-o", tmp_path / "out")
    assert_one_error(result, "bad.npz: array 'x'", text)
    assert not (tmp_path / "out").exists()


def test_a_file_that_cannot_grow(run_nnq, tmp_path, gemm):
    """Stands for a full disk: the system refuses to write beyond 1 KB."""
    result = run_nnq("compile", gemm, "--float", "-o", tmp_path / "out",
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)))
    assert_one_error(result, str(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_run_names_an_input_that_is_missing(run_nnq, tmp_path, gemm):
    run_nnq("compile", gemm, "--float", "-o", tmp_path / "out")
    assert_one_error(run_nnq("run", tmp_path / "out", "--output-dir", tmp_path / "r"), "input 'x' is missing")
    assert_one_error(run_nnq("run", tmp_path / "out", "--input", "z=z.npy", "--output-dir", tmp_path / "r"), "input 'x' is missing")
    assert not (tmp_path / "r").exists()


def test_a_folder_that_is_no_model(run_nnq, tmp_path):
    assert_one_error(run_nnq("bench", tmp_path), "no manifest.json")


def test_running_a_model_does_not_load_the_compiler(tmp_path, gemm):
    folder = nnq.compile(gemm, quantization=nnq.Float(), output=tmp_path / "out").folder
    code = "import sys, nnq, numpy; nnq.Model(sys.argv[1])(numpy.zeros((1, 8), 'f')); assert 'nnq._nnq' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, folder], check=True)
