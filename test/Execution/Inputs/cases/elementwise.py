"""Elementwise operations on integers: broadcasting, tables of functions, clamps, changes of scale."""

from network import F32, Network, Type, i8, u8

INF = float("inf")

FUNCTIONS = [
    ("leaky_relu", 0.1, None), ("elu", 1.0, None), ("selu", 1.6732632, 1.0507010), ("sigmoid", None, None), ("hard_sigmoid", 0.2, 0.5),
    ("tanh", None, None), ("hard_swish", None, None), ("gelu", None, None), ("gelu_tanh", None, None), ("silu", None, None),
    ("exp", None, None), ("log", None, None), ("sqrt", None, None), ("rsqrt", None, None), ("reciprocal", None, None), ("erf", None, None),
    ("abs", None, None), ("neg", None, None), ("floor", None, None), ("ceil", None, None), ("round", None, None), ("softplus", None, None),
    ("sin", None, None), ("cos", None, None), ("mish", None, None), ("square", None, None), ("sign", None, None),
]  # fmt: skip

# Those that are one formula of f32 operations.
EXACT = (
    "leaky_relu", "sigmoid", "hard_sigmoid", "tanh", "hard_swish", "gelu", "gelu_tanh", "silu", "erf", "abs", "neg", "floor", "ceil",
    "round", "square",
)  # fmt: skip

# Activations that are operations of their own; whether they are one formula of f32 operations.
ACTIVATIONS = [
    ("swish {0} beta = 1.702", True), ("celu {0} alpha = 1.5", False), ("log_sigmoid {0}", False), ("softsign {0}", True),
    ("tanh_shrink {0}", True), ("cube {0}", True),
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


def bytes_at_ties():
    """Sums and products whose values lie half way between codes, with zero points of either parity."""
    net = Network("bytes at ties")
    for a, b, out in ((u8(0.02, 3), u8(0.02, 7), u8(0.04, 5)), (i8(0.5, 1), u8(0.25, 8), i8(1.0, -3)), (u8(0.1, 201), i8(0.3, 45), u8(0.7, 90))):
        for left, right in (((256, 1), (1, 256)), ((64, 40), (64, 40)), ((64, 1), (64, 40)), ((40,), (64, 40))):
            x, y = net.input(left, a), net.input(right, b)
            net.result(net.binary("add", x, y, out))
            net.result(net.binary("mul", x, y, Type(out.storage, (out.scales[0] * 3,), out.zero)))
    x, c = net.input((64, 40), u8(0.02, 3)), net.constant(net.codes((40,), u8(0.02, 7)), u8(0.02, 7))
    net.result(net.binary("add", x, c, u8(0.04, 5)))
    net.result(net.binary("add", c, x, u8(0.04, 5)))
    return net


def wide():
    """Operands and results of 16 bits."""
    net = Network("16 bits")
    unsigned, signed = Type("u16", (2e-4,), 30000), Type("i16", (3e-4,), -500)
    for mnemonic, spread in (("add", 9), ("sub", 9), ("mul", 40), ("div", 5), ("max", 8), ("min", 8)):
        for i, (left, right) in enumerate(SHAPES[:4]):
            a, b = net.input(left, (unsigned, signed)[i % 2]), net.input(right, (signed, unsigned)[i // 2])
            net.result(net.binary(mnemonic, a, b, net.scaled((signed, unsigned, u8(0, 100), F32)[i], spread)))
    x = net.input((1, 65, 31), signed)
    for kind, alpha, beta in FUNCTIONS:
        if kind in EXACT:
            net.result(net.unary(kind, x, Type("i16", (1.6e-4,), 77), alpha, beta))
            net.result(net.unary(kind, x, F32, alpha, beta))
    net.result(net.clamp(x, -1.5, 2.25))
    net.result(net.clamp(x, -1.5, 2.25, u8(0.02, 100)))
    return net


def narrow():
    """Operands and results of 4 and 2 bits, a byte each."""
    net = Network("4 and 2 bits")
    unsigned, signed = Type("u4", (0.25,), 5), Type("i4", (0.3,), -1)
    x, y = net.input((3, 37), unsigned), net.input((3, 37), signed)
    for mnemonic in ("add", "mul", "sub", "max"):
        net.result(net.binary(mnemonic, x, y, Type("i4", (0.5,), 1)))
        net.result(net.binary(mnemonic, y, x, u8(0.02, 100)))
    net.result(net.unary("tanh", y, unsigned))
    two = net.requantize(net.input((3, 37), F32), Type("i2", (0.7,), 0))
    net.result(two)
    net.result(net.requantize(two, i8(0.1, 3)))
    net.result(net.requantize(net.input((3, 37), F32), Type("u2", (0.7,), 1)))
    net.result(net.clamp(y, -0.6, 1.2))
    net.result(net.op("pad {0} low = [1, 0] high = [0, 2] value = 0.5", [y], (4, 39), signed))
    c = net.constant(net.codes((3, 37), signed), signed)
    net.result(net.binary("add", x, c, u8(0.03, 90)))
    return net


def scales():
    """requantize between f32, codes of 4 to 32 bits and accumulators, with a scale for all, per axis and per block."""
    net = Network("scales")
    shape = (4, 6, 18)
    for storage, size in (("u4", 0.4), ("i4", 0.5), ("u8", 0.03), ("i8", 0.03), ("u16", 1e-4), ("i16", 1e-4)):
        low, high = Type(storage).range

        def zeros(count, low=low, high=high):
            return tuple(int(z) for z in net.random.integers(low, high + 1, count))

        def steps(count, size=size):
            return tuple(float(s) for s in size * net.random.uniform(0.5, 2.0, count))

        types = [Type(storage, (size,), zeros(1)[0])]
        types += [Type(storage, steps(shape[d]), zeros(shape[d]), d) for d in (0, 1, 2)]
        types.append(Type(storage, tuple((steps(6),) for _ in range(2)), tuple((zeros(6),) for _ in range(2)), blocks=(2, 6, 3)))
        types.append(Type(storage, tuple((steps(9), steps(9)) for _ in range(4)), tuple((zeros(9), zeros(9)) for _ in range(4)), blocks=(1, 3, 2)))
        for type in types:
            q = net.requantize(net.input(shape, F32), type)
            net.result(q)
            net.result(net.requantize(net.input(shape, type), F32))
            net.result(net.requantize(net.input(shape, type), i8(0.05, 3)))
            net.result(net.requantize(net.input(shape, u8(0.02, 100)), type))
    for axis in (None, 2, 1):
        count = 1 if axis is None else shape[axis]
        accumulator = Type("i32", tuple(1e-9 * net.random.uniform(0.5, 2.0, count)), 0, axis)
        for out in (u8(0.02, 120), Type("i8", tuple(0.02 * net.random.uniform(0.5, 2.0, 18)), tuple(range(18)), 2), Type("i4", (0.3,), -1), F32):
            net.result(net.requantize(net.input(shape, accumulator), out))
    net.result(net.requantize(net.input(shape, F32), Type("i32", (1e-9,), 0)))
    return net


def unary():
    net = Network("functions of one variable")
    for kind, alpha, beta in FUNCTIONS:
        x = net.input((1, 16, 17), u8(0.04, 110))
        net.result(net.unary(kind, x, u8(0.02, 64), alpha, beta))
    for text, _ in ACTIVATIONS:
        net.result(net.op(text, [net.input((1, 16, 17), u8(0.04, 110))], (1, 16, 17), u8(0.02, 64)))
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
    six = net.input((20,), F32)
    net.data[1][:] = 6.0
    for type in (u8(0.5, 128), F32):  # NaN stays until it is quantized
        net.result(net.clamp(f, 0.0, 6.0, type))
        for mnemonic in ("max", "min"):
            net.result(net.binary(mnemonic, f, six, type))
            net.result(net.binary(mnemonic, six, f, type))
    return net


def networks():
    yield from (binary(), bytes_at_ties(), wide(), narrow(), scales(), unary(), clamp(), rounding())
