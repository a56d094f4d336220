"""scripts/conformance.py: what it counts, and that a golden which differs is a failure with its size."""

import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT
from quantized_models import gemm_codes, gemm_parts, save

READER = '''
from types import SimpleNamespace
import pathlib
import numpy as np

HERE = pathlib.Path(__file__).parent


def cases(suite, root, match):
    files = sorted(HERE.glob("*.npz")) if suite == "onnx-ort" else ()
    for path in files:
        z = np.load(path)
        yield SimpleNamespace(family="gemm", name=path.stem, model=str(HERE / "q.onnx"), inputs={"x": z["x"]}, outputs={"y": z["y"]})


def wrong(got, want, rtol=None):
    difference = np.abs(got.astype(float) - want)
    return int((difference > 0).sum()), float(difference.max())
'''


@pytest.fixture
def data(tmp_path):
    nodes, inputs, outputs, constants = gemm_parts()
    save(tmp_path / "q.onnx", nodes, inputs, outputs, constants)
    (tmp_path / "check_npz.py").write_text(READER)
    x = np.arange(0, 240, 30, dtype=np.uint8)[None]
    np.savez(tmp_path / "right.npz", x=x, y=gemm_codes(x, constants))
    return tmp_path, x, gemm_codes(x, constants)


def run(folder, *options):
    command = [sys.executable, ROOT / "scripts" / "conformance.py", "--data", folder, "--suite", "onnx-ort", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_cases_that_agree(data):
    result = run(data[0])
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["gemm: 1 of 1 agree", "onnx-ort: 1 of 1 cases agree, 1 families, 3 elements"]


def test_a_case_that_differs_is_listed_with_how_much(data):
    folder, x, y = data
    np.savez(folder / "wrong.npz", x=x, y=y ^ np.uint8([[0, 0, 1]]))
    result = run(folder, "--markdown", folder / "table.md")
    assert result.returncode == 1
    assert "gemm: 1 of 2 agree; 1 of 6 elements differ, at most by 1\n" in result.stdout
    assert "  gemm | wrong | y: 1 of 3 elements differ, at most by 1\n" in result.stdout
    table = (folder / "table.md").read_text()
    assert "| gemm | 2 | 1 | 6 | 1 | 1 |" in table and "| gemm | wrong | y: 1 of 3" in table


def test_a_model_that_is_refused_is_a_failure_with_the_reason(data):
    (data[0] / "q.onnx").write_bytes(b"no model")
    result = run(data[0])
    assert result.returncode == 1 and "gemm | right | Error parsing message" in result.stdout


def test_nothing_to_run_is_a_failure(data):
    (data[0] / "right.npz").unlink()
    assert run(data[0]).returncode == 1
