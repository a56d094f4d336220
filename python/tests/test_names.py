"""Names and paths that mean something elsewhere: to C, to a file system, to a regular expression, to the text of a pipeline."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import save_onnx
from onnx import helper

import nnq
from nnq.filenames import unique

ODD_FOLDER = "O'Brien \"x\" 50%%%%%%%%, {a} $HOME `b`\n-o=层"


def identity_like(path, inputs, outputs):
    """A model that adds 1 to input i modulo their number for each output i."""
    nodes = [helper.make_node("Add", [inputs[i % len(inputs)], "one"], [output]) for i, output in enumerate(outputs)]
    nodes += [helper.make_node("Relu", [name], [f"unused {name}"]) for name in inputs]
    return save_onnx(path, nodes, {name: [1, 4] for name in inputs}, {name: [1, 4] for name in outputs}, {"one": np.ones(4, np.float32)})


@pytest.fixture
def mlp(tmp_path):
    """A model of three layers with weights, the second of which is called by `name`."""

    def make(name):
        random = np.random.default_rng(7)
        sizes, nodes = [16, 128, 128, 8], []
        weights = {f"w{i}": (random.standard_normal((n, m)) / np.sqrt(n)).astype(np.float32) for i, (n, m) in enumerate(zip(sizes, sizes[1:]))}
        for i, layer in enumerate(["layer2", name, "layer.2"]):
            nodes.append(helper.make_node("MatMul", [f"r{i}" if i else "x", f"w{i}"], [f"h{i}"], name=layer))
            nodes.append(helper.make_node("Relu", [f"h{i}"], [f"r{i + 1}" if i < 2 else "y"]))
        return save_onnx(tmp_path / "mlp.onnx", nodes, {"x": [1, 16]}, {"y": [1, 8]}, weights), random.standard_normal((32, 1, 16)).astype(np.float32)

    return make


C_NAMES = [
    (["default"], ["float"]), (["new"], ["class"]), (["errno"], ["NULL"]), (["linux"], ["unix"]), (["EOF"], ["INT_MAX"]),
    (["int8_t"], ["uint8_t"]), (["a.b", "a/b", "a_b"], ["a b", "a-b"]), (["x"], ["y", "x "]), (["arena"], ["pool"]), (["1st"], ["_x"]),
    (["line\nbreak"], ["*/ int x; /*"]), (["back\\"], ["slash\\\n"]), (["层"], ["入力"]), (["é"], ["e"]), (["\u2028"], ["\u202e"]), (["_"], ["__"]),
    (["MODEL_H"], ["model_run"]), (["stdin"], ["complex"]), (["default_"], ["default"]), (["I"], ["nnq_task"]), (["co_await"], ["typeof"]),
]


@pytest.mark.parametrize("inputs, outputs", C_NAMES)
def test_the_header_compiles_as_c_and_cpp(tmp_path, inputs, outputs):
    model = nnq.compile(identity_like(tmp_path / "m.onnx", inputs, outputs), quantization=nnq.Float(), threads=2, output=tmp_path / "out")
    headers = "assert.h ctype.h errno.h limits.h math.h signal.h stdio.h stdlib.h string.h sys/stat.h netdb.h unistd.h time.h".split()
    program = "".join(f"#include <{header}>\n" for header in headers) + '#include "model.h"\n#include "model.h"\n'
    for compiler, language, more in (("gcc", "c", "#include <complex.h>\n"), ("g++", "c++", "")):
        if shutil.which(compiler) is None:
            pytest.skip(f"{compiler} is not installed")
        command = [compiler, "-x", language, "-Wall", "-Werror", "-fsyntax-only", f"-I{tmp_path}/out", "-"]
        done = subprocess.run(command, input=more + program, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    tensors = model.manifest["inputs"] + model.manifest["outputs"]
    assert [tensor["name"] for tensor in tensors] == [*inputs, *outputs]
    parameters = [tensor["parameter"] for tensor in tensors]
    assert len(set(parameters)) == len(parameters) and all(name.isascii() and name.isidentifier() for name in parameters)


def test_plain_names_stay_in_the_header(tmp_path):
    nnq.compile(identity_like(tmp_path / "m.onnx", ["image"], ["scores"]), quantization=nnq.Float(), output=tmp_path / "out")
    assert "model_run(const float *image, float *scores, void *arena)" in (tmp_path / "out" / "model.h").read_text()


def test_names_of_files_are_unlike_each_other_and_short():
    names = ["a/b", "a_b", "A_B", "a\\b", "a\nb", "..", "", ".hidden", "é", "e\u0301", "x" * 300, "x" * 300 + "y", "层" * 100, "a_b_2", "../../etc"]
    files = unique(names)
    assert len({file.casefold() for file in files}) == len(names)
    assert files[names.index("a_b")] == "a_b"  # as it will do
    for file in files:
        assert "/" not in file and file.isprintable() and not file.startswith(".") and 0 < len(os.fsencode(file + ".npy")) < 230


def test_run_writes_every_output_and_says_where(tmp_path, run_nnq):
    names = ["a/b", "a_b", "A_B", "../x", "y" * 250, "=", "z\n"]
    x = np.float32([[1, 2, 3, 4]])
    nodes = [helper.make_node("Mul", ["in=x", f"k{i}"], [name]) for i, name in enumerate(names)]
    factors = {f"k{i}": np.float32([i + 2]) for i in range(len(names))}
    save_onnx(tmp_path / "m.onnx", nodes, {"in=x": [1, 4]}, dict.fromkeys(names, [1, 4]), factors)
    nnq.compile(tmp_path / "m.onnx", quantization=nnq.Float(), output=tmp_path / "out")
    (tmp_path / "a=b").mkdir()
    np.save(tmp_path / "a=b" / "x.npy", x)
    done = run_nnq("run", tmp_path / "out", "--input", f"in=x={tmp_path}/a=b/x.npy", "--output-dir", tmp_path / "results")
    assert (done.returncode, done.stderr) == (0, "")
    found = sorted(float(np.load(file)[0, 0]) for file in (tmp_path / "results").iterdir())
    assert found == [i + 2 for i in range(len(names))]
    assert "output 'a/b': a_b_3.npy" in done.stdout.splitlines() and "'a_b':" not in done.stdout


@pytest.mark.parametrize("name", ["层二", "layer.2 ", "a,b", "x'\"{}", "^$(", "layer[12]", "=float", "a b", "\\", "name:x"])
def test_a_rule_is_for_the_layer_of_that_name_alone(mlp, tmp_path, name):
    model, samples = mlp(name)
    compiled = nnq.compile(model, samples, quantization=nnq.Int4(weight_block=32, correction="none"), output=tmp_path / "out")
    bits = {layer["name"]: layer["weight_bits"] for layer in compiled.manifest["layers"] if "weights" in layer}
    assert bits == {"layer2": 8, name: 4, "layer.2": 8}
    assert json.loads((tmp_path / "out" / "bit-widths.json").read_text())["layers"][name] == "w4a8b32"
    compiled = nnq.compile(model, samples, quantization=nnq.Int8(rules=(f"exact:{name}=float",), correction="none"))
    assert [layer["name"] for layer in compiled.manifest["layers"] if layer.get("weights") == "f32"] == [name]


def test_paths_may_hold_any_characters(mlp, tmp_path, run_nnq):
    """Each path that a command takes, in a folder whose name means something to shells, linkers, pipelines and LLVM."""
    model, samples = mlp("b")
    folder = tmp_path / ODD_FOLDER
    folder.mkdir()
    model = model.rename(folder / "m %%.onnx")
    files = {name: folder / f"{name} '%%'.json" for name in ("sensitivity", "statistics", "widths")}
    np.savez(folder / "c's.npz", x=samples)

    def run(*arguments):
        done = run_nnq(*arguments)
        assert done.returncode == 0, done.stderr

    calibration = ("--calibration", folder / "c's.npz")
    run("compile", model, *calibration, "-o", folder / "out 'put' %%")
    run("calibrate", model, *calibration, "-o", files["statistics"])
    run("calibrate", model, *calibration, "--statistics", files["statistics"], "--moments", "-o", folder / "mo'ments%")
    run("compile", model, "--statistics", files["statistics"], "--moments", folder / "mo'ments%", "--weights", "int4", "-o", folder / "b")
    run("sensitivity", model, *calibration, "-o", files["sensitivity"])
    run("pick", files["sensitivity"], "--budget", "bytes=75%", "-o", files["widths"])
    run("compile", model, *calibration, "--bit-widths", files["widths"], "--threads", "2", "-o", folder / "c")
    run("merge", files["statistics"], "-o", folder / "all %%%%.json")
    np.save(folder / "x.npy", samples[0])
    run("run", folder / "c", "--input", f"x={folder / 'x.npy'}", "--output-dir", folder / "results%")
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_long_names_of_folders_and_files(tmp_path):
    model = identity_like(tmp_path / "m.onnx", ["x"], ["y"])
    nnq.compile(model, quantization=nnq.Float(), output=tmp_path / ("o" * 255))
    nnq.calibrate(model, np.ones((4, 1, 4), np.float32), tmp_path / ("s" * 250 + ".json"))
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("number, moment", [(signal.SIGTERM, 0.0), (signal.SIGTERM, 0.3), (signal.SIGHUP, 0.0), (signal.SIGHUP, 0.3)])
@pytest.mark.parametrize("previous", [False, True])
def test_signals_leave_nothing_behind(tmp_path, number, moment, previous):
    random, depth = np.random.default_rng(0), 400  # takes longer than the longest moment
    nodes = [helper.make_node("Conv", [f"h{i}", "w"], [f"h{i + 1}"], pads=[1, 1, 1, 1]) for i in range(depth)]
    weights = {"w": random.standard_normal((8, 8, 3, 3)).astype(np.float32) / 9}
    model = save_onnx(tmp_path / "m.onnx", nodes, {"h0": [1, 8, 16, 16]}, {f"h{depth}": [1, 8, 16, 16]}, weights)
    (tmp_path / "temporary").mkdir()
    parent = tmp_path / "new" / "folder"
    if previous:
        nnq.compile(identity_like(tmp_path / "p.onnx", ["x"], ["y"]), quantization=nnq.Float(), output=parent / "out")
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-m", "nnq", "compile", model, "--float", "-o", parent / "out"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    while not list(parent.glob(".out.*")) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(moment)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 128 + number, errors.decode()
    assert not list((tmp_path / "temporary").iterdir())
    if previous:
        assert [path.name for path in parent.iterdir()] == ["out"] and nnq.Model(parent / "out").inputs[0].name == "x"
    else:
        assert not (tmp_path / "new").exists()
