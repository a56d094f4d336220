"""Comparisons, selection, and what indices that are computed at run time pick."""

import numpy as np
from common.graph import Value
from onnx import helper

from .parameters import generator, vector, weights


def where(g, c, x):
    """One of two values, by a comparison."""
    op = c.pick(("Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal"))
    if op.endswith("OrEqual") and g.opset < 12:
        return None
    test = g.decide(op, [x, g.scalar(0.1 * min(x.reach, 10))], x.shape, 1.0, "bool")
    if c.chance(40):
        other = g.decide("Less", [x, g.scalar(-0.2 * min(x.reach, 10))], x.shape, 1.0, "bool")
        test = g.decide(c.pick(("And", "Or", "Xor")), [test, other], x.shape, 1.0, "bool")
    if c.chance(30):
        test = g.decide("Not", [test], x.shape, 1.0, "bool")
    options = [x, vector(g, c, c.pick(((), x.shape)))]
    return g.decide("Where", [test, *options[:: -1 if c.chance(50) else 1]], x.shape, x.reach)


def best(g, c, x):
    """The index of the largest, or the largest ones."""
    axis = len(x.shape) - 1 if c.chance(70) else c.below(len(x.shape))
    kind = c.weighted({"ArgMax": 50, "TopK": 35, "ArgMin": 15})
    if kind == "TopK":
        k = c.between(1, x.shape[axis])
        shape = [k if i == axis else size for i, size in enumerate(x.shape)]
        largest = int(c.chance(80))
        values = g.several("TopK", [x, g.ints(k)], [shape, shape], x.reach, inexact=False, axis=axis, largest=largest)
        g.decided.update(v.name for v in values)
        indices = values[1]
        g.values[indices.name] = type(indices)(indices.name, indices.shape, "i64", reach=x.reach)
        return values[0]
    keep = c.chance(50)
    shape = [1 if i == axis else size for i, size in enumerate(x.shape) if keep or i != axis]
    index = g.decide(kind, [x], shape, x.shape[axis], "i64", axis=axis, keepdims=int(keep))
    if c.chance(40):
        return g.decide("Cast", [index], shape, x.shape[axis], to=1)
    if c.chance(40):
        depth = x.shape[axis]
        values = g.weight([0.0, 1.0])
        return g.decide("OneHot", [index, g.ints(depth), values], (*shape, depth), 1.0)
    return index


def picked(g, c, x):
    """Rows or elements at indices that are an input."""
    axis = c.below(len(x.shape))
    count = c.between(1, 4)
    if c.chance(50):
        shape = [count if i == axis else size for i, size in enumerate(x.shape)]
        ids = g.new_input(shape, generator(c).integers(0, x.shape[axis], (12, *shape)), 1, "i64")
        return g.move("GatherElements", [x, ids], shape, x.reach, axis=axis)
    ids = g.new_input((count,), generator(c).integers(0, x.shape[axis], (12, count)), 1, "i64")
    return g.move("Gather", [x, ids], [count if i == axis else size for i, size in enumerate(x.shape)], x.reach, axis=axis)


def scattered(g, c, x):
    """Some rows replaced by others."""
    rows = c.between(1, x.shape[0])
    indices = generator(c).permutation(x.shape[0])[:rows].reshape(rows, 1)
    updates = vector(g, c, (rows, *x.shape[1:]))
    return g.unite("ScatterND", [x, g.constant(indices, "i64"), updates], x.shape, max(x.reach, 1.0))


def bytes_input(g, c, x):
    """A second input of bytes, scaled into floats, as images come."""
    shape = x.shape
    image = g.new_input(shape, generator(c).integers(0, 256, (12, *shape)), 255.0, "u8")
    real = g.exact("Cast", [image], shape, 255.0, to=1)
    scaled = g.compute("Mul", [real, g.scalar(1 / 255)], shape, 1.0)
    return g.compute("Add", [x, scaled], shape, x.reach + 1)


def clipped_count(g, c, x):
    """How many are above a threshold: a comparison, cast and summed."""
    if len(x.shape) < 2:
        return None
    test = g.decide("Greater", [x, g.scalar(0.1 * min(x.reach, 10))], x.shape, 1.0, "bool")
    number = g.decide("Cast", [test], x.shape, 1.0, to=1)
    return g.reduce("ReduceSum", number, [-1])


def computed_weights(g, c, x):
    """A product with weights that another layer computes."""
    if len(x.shape) != 4:
        return None
    mean = g.compute("GlobalAveragePool", [x], (*x.shape[:2], 1, 1), x.reach)
    if x.shape[0] != 1:
        return None
    row = g.reshape(mean, (1, x.shape[1]))
    outputs = c.pick((2, 1, 4))
    w = g.compute("MatMul", [row, weights(g, c, (x.shape[1], outputs * x.shape[1]), 1, x.shape[1])], (1, outputs * x.shape[1]), x.reach)
    kernel = g.reshape(w, (outputs, x.shape[1], 1, 1))
    return g.compute("Conv", [x, kernel], (1, outputs, *x.shape[2:]), x.reach**2)


def branch(g, c, x):
    """One of two ways through the network, by an input or by a constant."""
    if c.chance(60):
        test = g.new_input((), generator(c).integers(0, 2, 12), 1.0, "bool")
    else:
        test = g.constant(np.array(c.chance(50)), "bool")
    ways = []
    for k in range(2):
        with g.body() as nodes:
            scaled = g.compute("Mul", [x, vector(g, c, (), 0.5, 2)], x.shape, 2 * x.reach)
            result = g.exact("Relu", [scaled], x.shape, x.reach) if c.chance(50) else g.compute("Tanh", [scaled], x.shape, 1.0)
        output = helper.make_tensor_value_info(result.name, 1, x.shape)
        ways.append(helper.make_graph(nodes, f"way{k}", [], [output]))
    return g.compute("If", [test], x.shape, 2 * x.reach, then_branch=ways[0], else_branch=ways[1])


def loop(g, c, x):
    """A constant number of rounds."""
    rounds, reach = c.between(1, 3), x.reach
    with g.body() as nodes:
        inner = Value("carried", x.shape, reach=x.reach)
        scaled = g.compute("Mul", [inner, g.scalar(0.8)], x.shape, reach)
        result = g.compute("Add", [scaled, g.scalar(0.1)], x.shape, reach)
        going = g.node("Identity", ["going"], Value("", (), "bool"))
    info = helper.make_tensor_value_info
    body = helper.make_graph(nodes, "body", [info("round", 7, []), info("going", 9, []), info("carried", 1, x.shape)],
                             [info(going.name, 9, []), info(result.name, 1, x.shape)])
    return g.compute("Loop", [g.constant(np.array(rounds), "i64"), g.constant(np.array(True), "bool"), x], x.shape, reach + 1, body=body)


def one_hot_table(g, c, x):
    """Rows of a table by comparison: indices equal to all numbers, as floats, times the table."""
    if len(x.shape) != 3:
        return None
    (batch, tokens, width), entries = x.shape, c.pick((7, 16, 3))
    ids = g.new_input((batch, tokens), generator(c).integers(0, entries, (12, batch, tokens)), entries, c.pick(("i64", "i32")))
    if c.chance(40):
        ids = g.move("Mod" if c.chance(50) else "Min", [ids, g.constant(np.array(entries - 1), ids.element)], ids.shape, entries, ids.element)
    number = g.constant(np.arange(entries), ids.element)
    equal = g.move("Equal", [g.unsqueeze(ids, 2), number], (batch, tokens, entries), 1.0, "bool")
    hot = g.move("Cast", [equal], equal.shape, 1.0, to=1)
    rows = g.compute("MatMul", [hot, weights(g, c, (entries, width), 1, 1)], x.shape, 3.0)
    return g.compute("Add", [x, rows], x.shape, x.reach + 3)


def half(g, c, x):
    """Weights or inputs in 16-bit floats, which are cast."""
    shape = x.shape
    if c.chance(50):
        given = g.constant(generator(c).standard_normal(shape).astype(np.float16), "f16")
    else:
        given = g.new_input(shape, generator(c).standard_normal((12, *shape)).astype(np.float16), 4.0, "f16")
    return g.compute("Add", [x, g.exact("Cast", [given], shape, 4.0, to=1)], shape, x.reach + 4)


STEPS = {where: 6, best: 6, picked: 4, scattered: 2, bytes_input: 3, clipped_count: 2, computed_weights: 2, branch: 4, loop: 1, one_hot_table: 3, half: 1}
