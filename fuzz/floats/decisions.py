"""Comparisons, selection, and what indices that are computed at run time pick."""

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


STEPS = {where: 6, best: 6, picked: 4, scattered: 2, bytes_input: 3, clipped_count: 2, computed_weights: 2}
