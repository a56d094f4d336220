"""Functions of each element, of one operand and of two."""

import math

import numpy as np

from .graph import BY_DEFINITION
from .parameters import channel_shape, generator, new_input, vector

UNARY = {
    **{"Relu": 8, "Sigmoid": 6, "Tanh": 4, "LeakyRelu": 4, "Clip": 5, "HardSwish": 3, "HardSigmoid": 2, "Elu": 2, "Selu": 1, "Softplus": 2},
    **{"Softsign": 1, "Gelu": 1, "Mish": 1, "Erf": 2, "Exp": 2, "Abs": 2, "Neg": 2, "Sin": 2, "Cos": 1, "PRelu": 4, "ThresholdedRelu": 1, "Celu": 1},
}
SINCE = {"HardSwish": 14, "Gelu": 20, "Mish": 18, "Celu": 12}
EXACT = {"Relu", "Clip", "Abs", "Neg"}


def unary(g, c, x):
    op = c.weighted(UNARY)
    if g.opset < SINCE.get(op, 0):
        return None
    inputs, attributes = [x], {}
    if op == "Exp" and x.reach > 10:
        inputs = [g.compute("Mul", [x, g.scalar(4 / x.reach)], x.shape, 4.0)]
    if op == "Clip":
        low, high = c.pick(((0.0, 6.0), (-1.0, 1.0), (0.0, 1.0), (None, 0.5), (0.0, None)))
        inputs += ["" if bound is None else g.scalar(bound * max(x.reach / 4, 1e-6)) for bound in (low, high)]
    if op in ("LeakyRelu", "Elu", "ThresholdedRelu", "Celu") and c.chance(60):
        attributes["alpha"] = c.pick((0.25, 0.01, 0.1, 1.0))
    if op == "PRelu":
        shape = (x.shape[1], *[1] * (len(x.shape) - 2)) if len(x.shape) > 1 else x.shape
        inputs.append(vector(g, c, c.pick((shape, (1,))), -0.2, 0.5))
    if op == "ThresholdedRelu":  # jumps at alpha
        return g.decide(op, inputs, x.shape, x.reach, **attributes)
    reach = 1.0 if op in BY_DEFINITION else math.exp(min(x.reach, 10)) if op == "Exp" else x.reach
    return (g.exact if op in EXACT else g.compute)(op, inputs, x.shape, reach, **attributes)


def with_constant(g, c, x):
    """Scaling and shifting, as normalization in front of a network."""
    op, shape = c.weighted({"Add": 35, "Mul": 35, "Sub": 15, "Div": 15}), channel_shape(c, x)
    if op in ("Mul", "Div"):
        return g.compute(op, [x, vector(g, c, shape, 0.5, 2)], x.shape, 2 * x.reach)
    amount = min(x.reach, 100) / 2
    inputs = [x, vector(g, c, shape, -amount, amount)]
    return g.compute(op, inputs[:: -1 if c.chance(25) else 1], x.shape, 1.5 * x.reach)


def with_value(g, c, x):
    """With an earlier value of the shape, as a residual connection, or a new input."""
    op = c.weighted({"Add": 55, "Mul": 20, "Sub": 10, "Max": 5, "Min": 5, "Sum": 3, "Mean": 2})
    others = [v for v in g.reals(x.shape) if v.name != x.name]
    other = c.pick(others) if others and c.chance(80) else new_input(g, c, x.shape)
    reach = {"Mul": x.reach * other.reach, "Max": max(x.reach, other.reach), "Min": max(x.reach, other.reach)}.get(op, x.reach + other.reach)
    if reach > 1e6:
        return None
    inputs = [x, other][:: -1 if c.chance(40) else 1]
    return (g.exact if op in ("Max", "Min") else g.compute)(op, inputs, x.shape, reach)


def power(g, c, x):
    """Squares and the like, by Pow or as a product."""
    if x.reach > 1e3:
        return None
    if c.chance(40):
        return g.compute("Mul", [x, x], x.shape, x.reach**2)
    exponent = c.pick((2.0, 3.0))
    return g.compute("Pow", [x, g.scalar(exponent)], x.shape, x.reach**exponent)


def positive(g, c, x):
    """Something of x that is above 0, and how far: what functions with a pole read."""
    kind = c.weighted({"softplus": 30, "square": 25, "abs": 25, "sigmoid": 10, "exp": 10})
    low = c.pick((0.1, 0.01, 1e-3, 1.0))
    if kind == "exp" or x.reach > 100:
        x = g.compute("Mul", [x, g.scalar(2 / max(x.reach, 1e-6))], x.shape, 2.0)
    if kind == "sigmoid":
        return g.compute("Sigmoid", [x], x.shape, 1.0)
    if kind == "exp":
        return g.compute("Exp", [x], x.shape, 8.0)
    above = {"softplus": lambda: g.compute("Softplus", [x], x.shape, x.reach), "square": lambda: g.compute("Mul", [x, x], x.shape, x.reach**2),
             "abs": lambda: g.exact("Abs", [x], x.shape, x.reach)}[kind]()
    return g.compute("Add", [above, g.scalar(low)], x.shape, above.reach + low)


def with_pole(g, c, x):
    """Reciprocal, Div by a computed value, Rsqrt, Log, Sqrt: an 8-bit operand would be far off near the pole, or 0."""
    op = c.weighted({"Div": 40, "Reciprocal": 15, "Log": 20, "Sqrt": 15, "Rsqrt": 10})
    y = positive(g, c, x)
    g.protect(y)
    if op == "Sqrt":
        return g.compute("Sqrt", [y], x.shape, math.sqrt(y.reach))
    if op == "Log":
        return g.compute("Log", [y], x.shape, 5.0)
    if op == "Reciprocal":
        return g.compute("Reciprocal", [y], x.shape, 10.0)
    if op == "Rsqrt":
        root = g.compute("Sqrt", [y], x.shape, math.sqrt(y.reach))
        g.protect(root)
        return g.compute("Reciprocal", [root], x.shape, 4.0)
    numerator = x if c.chance(70) else c.pick(g.reals(x.shape))
    if c.chance(30):
        return g.compute("Div", [g.scalar(1.0), y], x.shape, 10.0)
    return g.compute("Div", [numerator, y], x.shape, 10 * x.reach)


def steps(g, c, x):
    """Floor, Ceil, Round, Sign: a small error may be a whole step."""
    return g.decide(c.pick(("Round", "Floor", "Ceil", "Sign")), [x], x.shape, x.reach + 1)


def reduction(g, c, x):
    if len(x.shape) < 2:
        return None
    op = c.weighted({"ReduceMean": 50, "ReduceSum": 20, "ReduceMax": 20, "ReduceMin": 5, "ReduceL2": 5})
    axes = c.pick(([-1], [-1, -2], [1])) if len(x.shape) > 2 else [c.pick((-1, 0))]
    return g.reduce(op, x, axes, c.chance(60))


def far(g, c, x):
    """Large arguments of periodic and saturating functions, and values near 1e-20 that the next operation brings back."""
    factor = np.float32(10 ** generator(c).uniform(2, 6))
    if c.chance(50):
        large = g.compute("Mul", [x, g.scalar(factor)], x.shape, x.reach * factor)
        op = c.pick(("Sigmoid", "Tanh", "Sin", "Erf"))
        if op == "Sin":
            g.protect(large)
        return g.compute(op, [large], x.shape, 1.0)
    small = g.compute("Mul", [x, g.scalar(1e-20)], x.shape, x.reach * 1e-20)
    return g.compute("Mul", [small, g.scalar(1e20)], x.shape, x.reach)


STEPS = {unary: 20, with_constant: 8, with_value: 12, power: 3, with_pole: 5, steps: 1, reduction: 5, far: 1}
