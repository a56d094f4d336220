"""Recurrent layers beyond the standard's cases: both directions, states in and out, layouts, options; and on integers."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import nnq
from nnq.loaded import Loaded, import_prepared

T, N, I, H = 5, 2, 3, 4


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def bounded(x, clip):
    return x if clip is None else np.clip(x, -clip, clip)


def lstm_step(x, w, r, b, h, c, p=None, clip=None, input_forget=0):
    """(h, c) behind one step; the formulas of the standard. p: peepholes of i, o, f."""
    i, o, f, g = np.split(x @ w.T + h @ r.T + sum(np.split(b, 2)), 4, axis=-1)
    pi, po, pf = np.split(p, 3) if p is not None else (0, 0, 0)
    i = sigmoid(bounded(i + pi * c, clip))
    f = 1 - i if input_forget else sigmoid(bounded(f + pf * c, clip))
    c = f * c + i * np.tanh(bounded(g, clip))
    return sigmoid(bounded(o + po * c, clip)) * np.tanh(c), c


def gru_step(x, w, r, b, h, c, linear_before_reset=0):
    (wz, wr, wh), (rz, rr, rh) = np.split(w, 3), np.split(r, 3)
    (bz, br, bh), (cz, cr, ch) = np.split(b[: len(b) // 2], 3), np.split(b[len(b) // 2 :], 3)
    z, r = sigmoid(x @ wz.T + h @ rz.T + bz + cz), sigmoid(x @ wr.T + h @ rr.T + br + cr)
    candidate = np.tanh(x @ wh.T + bh + (r * (h @ rh.T + ch) if linear_before_reset else (r * h) @ rh.T + ch))
    return (1 - z) * candidate + z * h, c


def run_steps(step, x, states, directions, reverse, weights):
    """Y (T, D, N, H), and the last states."""
    y, last = np.empty((len(x), directions, *states[0][0].shape)), []
    for d in range(directions):
        h, c = (state[d] for state in states)
        order = range(len(x))
        for t in reversed(order) if reverse or d else order:
            h, c = step(x[t], *(weight[d] for weight in weights), h, c)
            y[t, d] = h
        last.append((h, c))
    return [y, *(np.stack(state) for state in zip(*last))]


def make(op, gates, directions=1, peepholes=False, layout=0, steps=T, **attributes):
    """The model's bytes, its weights W, R, B (and P)."""
    random = np.random.default_rng(1)
    shapes = {"W": (directions, gates * H, I), "R": (directions, gates * H, H), "B": (directions, 2 * gates * H)}
    shapes |= {"P": (directions, 3 * H)} if peepholes else {}
    weights = {name: random.normal(0, 0.6, shape).astype(np.float32) for name, shape in shapes.items()}
    state = [N, directions, H] if layout else [directions, N, H]
    names = ["initial_h", "initial_c"] if op == "LSTM" else ["initial_h"]
    outputs = ["Y", "Y_h", "Y_c"][: 1 + len(names)]
    node = helper.make_node(op, ["X", "W", "R", "B", "", *names, *["P"] * peepholes], outputs, name="layer", hidden_size=H, layout=layout, **attributes)
    inputs = {"X": [N, steps, I] if layout else [steps, N, I], **dict.fromkeys(names, state)}
    graph = helper.make_graph(
        [node],
        "recurrent",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 14)])
    return model, [*weights.values()]


LSTM = {
    "both directions": ({"directions": 2, "direction": "bidirectional"}, {}),
    "backward": ({"direction": "reverse"}, {}),
    "batch in front": ({"layout": 1, "directions": 2, "direction": "bidirectional"}, {}),
    "clipped": ({"clip": 0.3}, {"clip": 0.3}),
    "coupled gates": ({"input_forget": 1}, {"input_forget": 1}),
    "peepholes": ({"peepholes": True, "clip": 0.4}, {"clip": 0.4}),
    "peepholes and coupled gates": ({"peepholes": True, "input_forget": 1}, {"input_forget": 1}),
}


def check(model, step, weights, states, directions=1, layout=0, direction="forward"):
    random = np.random.default_rng(2)
    x = random.normal(0, 1, (T, N, I)).astype(np.float32)
    given = [random.normal(0, 0.5, (directions, N, H)).astype(np.float32) for _ in range(states)]
    expected = run_steps(step, x, [*given, np.zeros_like(given[0])][:2], directions, direction == "reverse", weights)
    turned = [np.moveaxis(array, 0, 1) for array in (x, *given)] if layout else [x, *given]
    found = Loaded(import_prepared(model.SerializeToString(), "m").compile("native")).run(turned)
    if layout:  # (T, D, N, H) to (N, T, D, H)
        expected = [np.moveaxis(expected[0], 2, 0), *(np.moveaxis(state, 0, 1) for state in expected[1:])]
    for got, wanted in zip(found, expected):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", LSTM)
def test_lstm(case):
    made, options = LSTM[case]
    model, weights = make("LSTM", 4, **made)

    def step(x, w, r, b, *rest):
        p, h, c = rest if len(rest) == 3 else (None, *rest)
        return lstm_step(x, w, r, b, h, c, p, **options)

    check(model, step, weights, 2, made.get("directions", 1), made.get("layout", 0), made.get("direction", "forward"))


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_gru(direction, after):
    directions = 2 if direction == "bidirectional" else 1
    model, weights = make("GRU", 3, directions, direction=direction, linear_before_reset=after)
    check(model, lambda *arguments: gru_step(*arguments, after), weights, 1, directions, direction=direction)


def test_steps_share_code_and_weights_on_integers(tmp_path):
    random = np.random.default_rng(3)
    sizes = {}
    for steps in (4, 12):
        path = tmp_path / f"{steps}.onnx"
        onnx.save(make("LSTM", 4, steps=steps)[0], path)
        shapes = {"X": (steps, N, I), "initial_h": (1, N, H), "initial_c": (1, N, H)}
        samples = {name: random.normal(0, 0.7, (16, *shape)).astype(np.float32) for name, shape in shapes.items()}
        # Of 8 bits throughout: wide tensors would be f32 between loops.
        quantized, real = nnq.compile(path, samples, quantization=nnq.Int8(widen="none")), nnq.compile(path, quantization=nnq.Float())
        assert quantized.manifest["float_islands"] == []
        sizes[steps] = quantized.manifest["object_bytes"]
        for sample in range(4):
            given = {name: array[sample] for name, array in samples.items()}
            for name, wanted in real(given).items():
                noise = wanted - quantized(given)[name]
                assert 10 * np.log10(np.sum(wanted**2) / np.sum(noise**2)) > 18, name
    assert sizes[12] < 2 * sizes[4]
