"""The fuzzer of quantized graphs: it repeats itself, a few graphs agree, and what fails is made small."""

import argparse
import os
import subprocess
import sys
import time

import numpy as np
import onnx
import pytest
from conftest import ROOT
from quantized_models import gemm_parts, save

sys.path.insert(0, str(ROOT / "fuzz"))

import quantized_graphs  # noqa: E402
from nnq.isolated import Crash, run_isolated  # noqa: E402
from common.choices import Choices  # noqa: E402
from common.graph import operators  # noqa: E402
from common.reducer import Reducer  # noqa: E402
from common.verdict import OK, Verdict  # noqa: E402
from quantized.generate import generate  # noqa: E402


def run_fuzzer(*arguments):
    command = [sys.executable, ROOT / "fuzz" / "quantized_graphs.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_compiled_code_agrees_with_the_reference(tmp_path):
    result = run_fuzzer("--seed", 1, "--count", 80, "--target", "native", "--output", tmp_path, "--reduce", 0)
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 0 failed" in result.stdout


def test_a_seed_is_a_graph():
    for seed in range(50):
        first, second = Choices(seed), Choices(seed)
        model = generate(first).model().SerializeToString()
        assert model == generate(second).model().SerializeToString()
        assert model == generate(Choices(given=first.taken)).model().SerializeToString()


def test_no_decisions_make_the_simplest_graph():
    model = generate(Choices(given=[])).model()
    assert len(model.graph.node) <= 6 and all(d.dim_value == 1 for d in model.graph.input[0].type.tensor_type.shape.dim)


def test_a_failure_is_made_small():
    """The graphs that fail are those with a Softmax."""

    def fails(taken):
        return any(node.op_type == "Softmax" for node in generate(Choices(given=taken)).model().graph.node)

    def spans(taken):
        choices = Choices(given=taken)
        generate(choices)
        return choices.spans

    seed = next(s for s in range(1000) if fails(_taken(s)) and len(generate(Choices(s)).nodes) > 12)
    model = generate(Choices(given=Reducer(fails).reduce(_taken(seed), spans))).model()
    assert [node.op_type for node in model.graph.node].count("Softmax") == 1 and len(model.graph.node) <= 4


def _taken(seed):
    choices = Choices(seed)
    generate(choices)
    return choices.taken


def test_a_failure_is_written_with_its_inputs(tmp_path, capsys):
    """Stands for a compiler that dies of graphs with a MaxPool."""

    def work(item):
        choices = Choices(item) if isinstance(item, int) else Choices(given=item)
        names = operators(generate(choices).model())
        if "MaxPool" in names:
            os.abort()
        return Verdict(OK), names

    args = argparse.Namespace(work=work, seed=1, count=30, jobs=1, seconds=None, each=1, reduce=5, output=tmp_path)
    assert not quantized_graphs.fuzz(args)
    (path,) = tmp_path.glob("*.onnx")
    model, text = onnx.load(str(path)), path.with_suffix(".txt").read_text()
    assert "MaxPool" in [node.op_type for node in model.graph.node] and len(model.graph.node) <= 5
    assert {value.name for value in model.graph.input} == set(np.load(path.with_suffix(".npz")))
    assert "the process died of signal 6" in text and f"FAILED {path}" in capsys.readouterr().out


def test_a_file_can_be_replayed(tmp_path):
    path = save(tmp_path / "q.onnx", *gemm_parts())
    np.savez(tmp_path / "q.npz", x=np.arange(8, dtype=np.uint8)[None])
    result = run_fuzzer("--replay", path)
    assert (result.returncode, result.stdout) == (0, f"{path}: ok\n"), result.stderr


#
# Work in other processes
#


def _double_or_die(item):
    if item == 3:
        os.abort()
    if item == 5:
        time.sleep(60)
    return 2 * item


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_crash_is_a_result(jobs):
    results = dict(run_isolated(_double_or_die, range(7), jobs, timeout=1))
    assert results == {0: 0, 1: 2, 2: 4, 3: Crash("the process died of signal 6"), 4: 8, 5: Crash("no result after 1 s"), 6: 12}
