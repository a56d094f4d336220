"""LSTM and GRU over sequences, in one direction or both, with states given or not."""

import math

import numpy as np

from .parameters import generator


def recurrent(g, c, x):
    if len(x.shape) != 3:
        return None
    batch, steps, width = x.shape
    if x.reach > 10:
        x = g.compute("Mul", [x, g.scalar(2 / x.reach)], x.shape, 2.0)
    op = c.weighted({"LSTM": 60, "GRU": 40})
    gates, hidden = (4 if op == "LSTM" else 3), c.pick((4, 8, 3, 16))
    direction = c.weighted({"forward": 60, "bidirectional": 25, "reverse": 15})
    count = 2 if direction == "bidirectional" else 1
    random = generator(c)
    w, r, b = (random.standard_normal(s) / math.sqrt(n) for s, n in (
        ((count, gates * hidden, width), width), ((count, gates * hidden, hidden), hidden), ((count, 2 * gates * hidden), 4)))
    sequence = g.transpose(x, [1, 0, 2])
    inputs = [sequence, g.weight(w, 1), g.weight(r, 1)]
    given = c.chance(40)
    if c.chance(70) or given:
        inputs.append(g.constant(b.astype(np.float32)))
    if given:
        for _ in range(2 if op == "LSTM" else 1):
            state = g.new_input((count, batch, hidden), random.standard_normal((12, count, batch, hidden)) * 0.3, 1.0)
            if len(inputs) == 4:
                inputs.append("")
            inputs.append(state)
    attributes = {"hidden_size": hidden, "direction": direction}
    if op == "GRU":
        attributes["linear_before_reset"] = int(c.chance(60))
    shapes = [(steps, count, batch, hidden), *[(count, batch, hidden)] * (2 if op == "LSTM" else 1)]
    results = g.several(op, inputs, shapes, 1.0, **attributes)
    g.recurrent.update(result.name for result in results)
    if c.chance(30):
        return g.reshape(results[1], (batch, count * hidden)) if batch == 1 else results[1]
    return g.reshape(g.transpose(results[0], [2, 0, 1, 3]), (batch, steps, count * hidden))


STEPS = {recurrent: 1}
