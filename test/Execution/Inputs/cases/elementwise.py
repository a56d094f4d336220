"""Elementwise operations on integers: broadcasting, tables of functions, clamps, changes of scale."""

from network import F32, Network, i8, u8

INF = float("inf")

FUNCTIONS = [
    ("leaky_relu", 0.1, None), ("elu", 1.0, None), ("selu", 1.6732632, 1.0507010), ("sigmoid", None, None), ("hard_sigmoid", 0.2, 0.5),
    ("tanh", None, None), ("hard_swish", None, None), ("gelu", None, None), ("gelu_tanh", None, None), ("silu", None, None),
    ("exp", None, None), ("log", None, None), ("sqrt", None, None), ("rsqrt", None, None), ("reciprocal", None, None), ("erf", None, None),
    ("abs", None, None), ("neg", None, None), ("floor", None, None), ("ceil", None, None), ("round", None, None), ("softplus", None, None),
    ("sin", None, None), ("cos", None, None), ("mish", None, None), ("square", None, None), ("sign", None, None),
]  # fmt: skip

SHAPES = [
    ((1, 5, 6, 19), (1, 5, 6, 19)),
    ((1, 5, 6, 16), (16,)),
    ((2, 3, 4, 8), (2, 1, 1, 8)),
    ((4, 1), (1, 33)),
    ((2, 5, 7), ()),
    ((3, 1, 5), (7, 1)),
]


def binary():
    net = Network("binary operations")
    for mnemonic, spread in (("add", 9), ("sub", 9), ("mul", 15), ("div", 5), ("max", 4), ("min", 4)):
        for i, (left, right) in enumerate(SHAPES):
            a = net.input(left, (u8(0.05, 128), i8(0.03, -20), u8(0.05, 0))[i % 3])
            b = net.input(right, (u8(0.02, 3), i8(0.1, 0))[i % 2])
            out = (u8(zero=100), i8(zero=0), F32)[i // 2]
            net.result(net.binary(mnemonic, a, b, net.scaled(out, spread)))
    a, x = net.input((3, 40), u8(0.05, 128)), net.input((3, 40), F32)
    net.result(net.binary("add", a, x, u8(0.05, 100)))
    net.result(net.binary("mul", x, a, u8(0.05, 100)))
    net.result(net.binary("add", a, a, u8(0.1, 128)))
    return net


def unary():
    net = Network("functions of one variable")
    for kind, alpha, beta in FUNCTIONS:
        x = net.input((1, 16, 17), u8(0.04, 110))
        net.result(net.unary(kind, x, u8(0.02, 64), alpha, beta))
    x = net.input((16, 16), i8(0.04, -10))
    net.result(net.unary("tanh", x, F32))
    net.result(net.unary("gelu", x, i8(0.04, 3)))
    return net


def clamp():
    net = Network("clamps and changes of scale")
    x, y, f = net.input((1, 7, 37), u8(0.05, 128)), net.input((3, 64), i8(0.05, -20)), net.input((5, 77), F32)
    for low, high in ((0.0, INF), (0.0, 6.0), (-INF, 1.0), (-1.7, 2.2)):
        net.result(net.clamp(x, low, high))
        net.result(net.clamp(y, low, high))
        net.result(net.clamp(x, low, high, u8(0.02, 10)))
        net.result(net.clamp(x, low, high, F32))
        net.result(net.clamp(f, low, high, u8(0.01, 100)))
    net.result(net.requantize(x, i8(0.05, 0)))
    net.result(net.requantize(x, i8(0.03, 5)))
    net.result(net.requantize(x, u8(0.2, 0)))
    net.result(net.requantize(y, u8(0.05, 108)))
    net.result(net.requantize(y, u8(0.011, 255)))
    net.result(net.requantize(x, F32))
    net.result(net.requantize(y, F32))
    net.result(net.requantize(f, u8(0.01, 100)))
    net.result(net.requantize(f, i8(0.02, -3)))
    return net


def rounding():
    """Ties, infinities, NaN and values beyond i32 to 8 bits."""
    net = Network("rounding")
    f = net.input((4, 20), F32)
    ties = [(i - 8) * 0.25 for i in range(16)] + [INF, -INF, float("nan"), 3e28]
    net.data[0][:] = [[v * factor for v in ties] for factor in (1, 3, 101, -1e10)]
    for type in (u8(0.5, 0), u8(0.5, 128), i8(0.5, 0), i8(0.25, 127)):
        net.result(net.requantize(f, type))
    return net


def networks():
    yield from (binary(), unary(), clamp(), rounding())
