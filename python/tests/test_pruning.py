"""Zeros in a pattern: settings, the command, and what the compiled network has of them."""

import numpy as np
import pytest
from conftest import save_onnx
from onnx import helper

import nnq

RANDOM = np.random.default_rng(3)
SIZE = 128


@pytest.fixture(scope="module")
def perceptron(tmp_path_factory):
    """Four layers, of which the inner two are worth it, and samples that are correlated."""
    nodes, weights, last = [], {}, "x"
    for i in range(4):
        weights[f"w{i}"] = (RANDOM.standard_normal((SIZE, SIZE)) / SIZE**0.5).astype(np.float32)
        nodes.append(helper.make_node("MatMul", [last, f"w{i}"], [f"m{i}"], name=f"layer{i}"))
        last = f"m{i}"
        if i < 3:
            nodes.append(helper.make_node("Relu", [last], [f"r{i}"]))
            last = f"r{i}"
    nodes[-1].output[0] = "y"
    model = save_onnx(tmp_path_factory.mktemp("model") / "m.onnx", nodes, {"x": [1, SIZE]}, {"y": [1, SIZE]}, weights)
    mixed = RANDOM.standard_normal((16, SIZE))
    return model, (RANDOM.standard_normal((400, 1, 16)) @ mixed).astype(np.float32)


def noise(model, reference, samples):
    return sum(float(np.square(model(x) - reference(x)).sum()) for x in samples[-50:])


@pytest.fixture(scope="module")
def compiled(perceptron, tmp_path_factory):
    model, samples = perceptron
    return lambda **settings: nnq.compile(model, samples[:300], output=tmp_path_factory.mktemp("c") / "out", quantization=nnq.Int8(**settings))


@pytest.mark.parametrize("pattern, share", [("4:8", 0.5), ("2:4", 0.5), ("4:16", 0.75), ("1x32=50%", 0.5), ("4x16=75%", 0.75), ("channels=25%", 0.25)])
def test_inner_layers_have_the_zeros(compiled, pattern, share):
    layers = [layer for layer in compiled(prune=pattern).manifest["layers"] if "weights" in layer]
    assert ["pattern" in layer for layer in layers] == [False, True, True, False]
    for layer in layers[1:3]:
        assert layer["zero_share"] >= share - 1e-6
        assert layer["kept_products"] <= round((1 - share) * layer["multiplications"])


def test_zeros_chosen_by_what_layers_read_are_better_than_the_least_weights(compiled, perceptron, tmp_path):
    model, samples = perceptron
    reference = nnq.compile(model, quantization=nnq.Float(), output=tmp_path / "float")
    dense, tuned = compiled(), compiled(prune="4:8")  # and by magnitude alone, without samples:
    least = nnq.compile(model, statistics=tuned.folder / "calibration.json", quantization=nnq.Int8(prune="4:8"), output=tmp_path / "least")
    assert noise(dense, reference, samples) < noise(tuned, reference, samples) < 0.8 * noise(least, reference, samples)


def test_few_bits_are_pruned_as_well(perceptron, tmp_path):
    model, samples = perceptron
    pruned = nnq.compile(model, samples[:100], output=tmp_path / "out", quantization=nnq.Int4(prune="1x32=50%"))
    found = [(layer["weight_bits"], layer.get("pattern")) for layer in pruned.manifest["layers"] if "weights" in layer]
    assert found == [(8, None), (4, "1x32=50%"), (4, "1x32=50%"), (8, None)]


@pytest.mark.parametrize("arguments, message", [
    ({"pattern": "3:8"}, "a pattern of zeros is one of"),
    ({"pattern": "4:8", "share": 0.5}, "says what share is zero"),
    ({"pattern": "1x32"}, "takes a share of zeros above 0 and below 1"),
    ({"pattern": "1x32", "share": 0.51}, "in steps of 6.25%"),
    ({"pattern": "4:8", "dense": ["("]}, "is no regular expression"),
])
def test_settings_that_are_none(arguments, message):
    with pytest.raises(nnq.Error, match=message):
        nnq.Prune(**arguments)


def test_settings_that_do_not_go_together():
    with pytest.raises(nnq.Error, match="only weights that are integers of a scale per channel are pruned"):
        nnq.Codebook(prune="4:8")
    with pytest.raises(nnq.Error, match="scale per channel, not per_tensor"):
        nnq.Int8(prune="4:8", weight_granularity="per_tensor")
    with pytest.raises(nnq.Error, match="no prune of its own"):
        nnq.Mixed(prune="4:8", budgets={"bytes": "75%"})
    assert str(nnq.Int8(prune="1x32=50%").prune) == "1x32=50%"
    assert nnq.Prune("4:8", dense=["a.*"]).pruning(["a1", "b"]) == {"pattern": "4:8", "all": True, "keep": ["a1"]}


def test_the_command_prunes(run_nnq, perceptron, tmp_path):
    model, samples = perceptron
    np.save(tmp_path / "x.npy", samples[:40])
    result = run_nnq("compile", model, "--calibration", tmp_path / "x.npy", "--prune", "1x32=50%", "-o", tmp_path / "out")
    assert result.returncode == 0 and "pruned layers: 2 as 1x32=50%" in result.stderr, result.stderr
    result = run_nnq("compile", model, "--calibration", tmp_path / "x.npy", "--prune", "1x32=half", "-o", tmp_path / "none")
    assert result.returncode == 1 and "--prune 1x32=half: the share of zeros in '1x32=half' is a percentage such as 50%" in result.stderr
