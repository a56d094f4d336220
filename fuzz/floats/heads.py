"""What networks begin and end with: spectrograms, detection heads, embeddings."""

import math

import numpy as np

from .parameters import bias, generator, vector, weights


def one_by_one(g, c, x, outputs):
    w = weights(g, c, (outputs, x.shape[1], 1, 1), 0, x.shape[1])
    return g.compute("Conv", [x, w, *bias(g, c, outputs, x.reach)], (x.shape[0], outputs, *x.shape[2:]), 2 * x.reach)


def detection(g, c, x):
    """Boxes in pixels beside scores, in one tensor."""
    if len(x.shape) != 4:
        return None
    boxes, scores = one_by_one(g, c, x, 4), one_by_one(g, c, x, c.between(1, 6))
    kind = c.weighted({"scaled": 40, "exponential": 20, "yolo": 40})
    stride = c.pick((32.0, 8.0, 16.0))
    if boxes.reach > 8 and kind != "scaled":
        boxes = g.compute("Mul", [boxes, g.scalar(4 / boxes.reach)], boxes.shape, 4.0)
    if kind == "scaled":
        boxes = g.compute("Mul", [boxes, g.scalar(stride)], boxes.shape, stride * boxes.reach)
    else:
        centre, size = g.split(boxes, 1, [2, 2])
        grid = np.stack(np.meshgrid(*(np.arange(n) for n in x.shape[2:]), indexing="ij"))[None].astype(np.float32)
        if kind == "yolo":
            centre = g.compute("Mul", [g.compute("Sigmoid", [centre], centre.shape, 1.0), g.scalar(2.0)], centre.shape, 2.0)
            double = g.compute("Mul", [g.compute("Sigmoid", [size], size.shape, 1.0), g.scalar(2.0)], size.shape, 2.0)
            size = g.compute("Mul", [g.compute("Pow", [double, g.scalar(2.0)], size.shape, 4.0), g.scalar(4 * stride)], size.shape, 16 * stride)
        else:
            size = g.compute("Mul", [g.compute("Exp", [size], size.shape, 50.0), g.scalar(stride)], size.shape, 50 * stride)
        centre = g.compute("Mul", [g.compute("Add", [centre, g.weight(grid)], centre.shape, 10.0), g.scalar(stride)], centre.shape, 10 * stride)
        boxes = g.concat([centre, size], 1)
    if c.chance(80):
        scores = g.compute("Sigmoid", [scores], scores.shape, 1.0)
    both = g.concat([boxes, scores] if c.chance(80) else [scores, boxes], 1)
    if c.chance(40):
        flat = g.reshape(both, (both.shape[0], both.shape[1], both.shape[2] * both.shape[3]))
        parts = g.marks.parts[both.name]
        both = g.transpose(flat, [0, 2, 1])
        g.marks.parts[both.name] = [[2, a, b] for _, a, b in parts]
    return both


def box_distances(g, c, x):
    """Distances as means of a distribution over bins (DFL)."""
    if len(x.shape) != 4:
        return None
    bins = c.pick((8, 4, 16))
    height, width = x.shape[2:]
    logits = one_by_one(g, c, x, 4 * bins)
    parts = g.transpose(g.reshape(logits, (x.shape[0], 4, bins, height * width)), [0, 2, 1, 3])
    chosen = g.compute("Softmax", [parts], parts.shape, 1.0, axis=1) if g.opset >= 13 else None
    if chosen is None:
        return None
    w = g.weight(np.arange(bins, dtype=np.float32).reshape(1, bins, 1, 1), 0)
    return g.compute("Conv", [chosen, w], (x.shape[0], 1, 4, height * width), float(bins))


def spectrogram(g, c, x):
    """Power of two filter banks, summed into bands, as decibels."""
    if len(x.shape) < 2 or x.shape[-1] < 4:
        return None
    depth, count = x.shape[-1], c.pick((8, 4, 16))
    real, imaginary = (g.compute("MatMul", [x, weights(g, c, (depth, count), 1, depth)], (*x.shape[:-1], count), 2 * x.reach) for _ in range(2))
    squares = [g.compute("Mul", [v, v], v.shape, v.reach**2) if c.chance(50) else g.compute("Pow", [v, g.scalar(2.0)], v.shape, v.reach**2)
               for v in (real, imaginary)]
    power = g.compute("Add", squares, real.shape, 2 * real.reach**2)
    bands = c.pick((4, 8))
    mel = np.maximum(generator(c).uniform(-0.5, 1, (count, bands)), 0)
    energy = g.compute("MatMul", [power, g.weight(mel, 1)], (*x.shape[:-1], bands), count * power.reach)
    least = 1e-6 * min(max(x.reach, 1e-2), 100) ** 2
    if c.chance(50):
        above = g.exact("Clip", [energy, g.scalar(least), ""], energy.shape, energy.reach)
    else:
        above = g.compute("Add", [energy, g.scalar(least)], energy.shape, energy.reach)
    for value in (*squares, power, energy, above):
        g.protect(value)
    log = g.compute("Log", [above], above.shape, 15.0)
    return g.compute("Mul", [log, g.scalar(10 / math.log(10))], log.shape, 60.0) if c.chance(50) else log


def embedding(g, c, x):
    """Rows of a table, by indices that are an input, added to x."""
    if len(x.shape) != 3:
        return None
    tokens, width = x.shape[1:]
    entries = c.pick((7, 16, 3))
    indices = generator(c).integers(0, entries, (12, x.shape[0], tokens))
    ids = g.new_input((x.shape[0], tokens), indices, entries, c.pick(("i64", "i32")))
    rows = g.move("Gather", [vector(g, c, (entries, width)), ids], x.shape, 1.0)
    return g.compute("Add", [x, rows], x.shape, x.reach + 1)


STEPS = {detection: 10, box_distances: 3, spectrogram: 6, embedding: 4}
