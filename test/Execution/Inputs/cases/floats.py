"""The same operations on floats, within a tolerance, and layers with 8-bit weights only."""

import numpy as np
from network import F32, Network, u8

from cases import conv, elementwise, fully_connected, pool, shape, transposed_conv


def convolutions():
    net = Network("float convolutions")
    for size, _, outputs, kernel, _, attributes in (*conv.FEW_CHANNELS, *conv.MANY_CHANNELS, *conv.GROUPS):
        net.result(net.conv2d(net.input(size, F32), outputs, kernel, F32, **attributes))
    for size, _, kernel, _, attributes in conv.DEPTHWISE:
        net.result(net.conv2d(net.input(size, F32), size[3], kernel, F32, groups=size[3], **attributes))
    for size, _, outputs, kernel, _, attributes in transposed_conv.CASES:
        net.result(net.transposed_conv2d(net.input(size, F32), outputs, kernel, F32, **attributes))
    return net


def products():
    net = Network("float products")
    for size, _, outputs, _, attributes in (*fully_connected.LAYERS, *fully_connected.LARGE_LAYERS[1:]):
        net.result(net.fully_connected(net.input(size, F32), outputs, F32, **attributes))
    for left, left_type, right, right_type, transposed, _ in fully_connected.PRODUCTS:
        net.result(fully_connected.matmul(net, net.input(left, F32), net.input(right, F32), transposed, F32))
        net.result(fully_connected.matmul(net, net.input(left, F32), net.input(right, right_type), transposed, F32))
        net.result(fully_connected.matmul(net, net.input(left, left_type), net.input(right, F32), transposed, F32))
    for size, outputs in (((5, 20), 17), ((1, 128), 64)):
        x = net.input(size, F32)
        net.result(net.op("fully_connected {0}, {1}", [x, net.weights((outputs, size[1]))], (size[0], outputs), F32, bits=False))
    return net


def computed_weights():
    net = Network("computed weights")
    for size, outputs in (((5, 20), 17), ((1, 128), 64), ((49, 70), 133), ((7, 7, 20), 24)):
        x, weights = net.input(size, F32), net.input((outputs, size[-1]), F32)
        net.result(net.op("fully_connected {0}, {1}", [x, weights], (*size[:-1], outputs), F32, bits=False))
    for size, kernel, groups in (((1, 7, 8, 5), (3, 2), 1), ((2, 9, 9, 16), (3, 3), 2), ((1, 6, 7, 24), (3, 3), 24), ((1, 5, 5, 20), (1, 1), 1)):
        outputs = 24 if groups > 1 else 37
        x, weights = net.input(size, F32), net.input((outputs, *kernel, size[3] // groups), F32)
        shape = (size[0], size[1] - kernel[0] + 1, size[2] - kernel[1] + 1, outputs)
        attributes = f"strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = {groups}"
        net.result(net.op("conv2d {0}, {1} " + attributes, [x, weights], shape, F32, bits=False))
    return net


def elements():
    net = Network("float elements")
    for mnemonic in ("add", "sub", "mul", "div", "max", "min"):
        for left, right in elementwise.SHAPES:
            net.result(net.binary(mnemonic, net.input(left, F32), net.input(right, F32), F32))
    net.symbols = ("powf",)
    base, exponent = net.input((3, 20), F32), net.input((20,), F32)
    net.result(net.binary("pow", net.unary("abs", base, F32), exponent, F32, bits=False))
    for kind, alpha, beta in elementwise.FUNCTIONS:
        x = net.input((3, 37), F32)
        if kind in ("log", "sqrt", "rsqrt"):
            x = net.unary("abs", x, F32)
        net.result(net.unary(kind, x, F32, alpha, beta, bits=None if kind in elementwise.EXACT else False))
    for text, exact in elementwise.ACTIVATIONS:
        net.result(net.op(text, [net.input((3, 37), F32)], (3, 37), F32, bits=None if exact else False))
    x = net.input((3, 37), F32)
    net.result(net.clamp(x, -0.5, 0.7))
    return net


def every_magnitude(random):
    """Floats of all exponents and signs, multiples of a quarter turn, zeros, infinities, NaN: so many that every vector's width is left over."""
    exponents = np.repeat(np.arange(255, dtype=np.uint32), 5)
    values = (exponents << 23 | random.integers(0, 1 << 23, exponents.size, np.uint32)).view(np.float32)
    values = np.concatenate([values, np.float32(np.arange(1, 200) * np.pi / 2), np.linspace(0.5, 105, 300, dtype=np.float32)])
    values = np.concatenate([values, -values, np.float32([0, -0.0, np.inf, -np.inf, np.nan])])
    return values[: values.size // 16 * 16 - 1]


def functions():
    """Functions of one variable on floats of every magnitude."""
    net = Network("float functions of every magnitude")
    net.units = 4
    values = every_magnitude(net.random)
    x = net.input(values.shape, F32)
    net.data[-1] = values
    for kind, alpha, beta in elementwise.FUNCTIONS:
        if kind != "mish":  # whose subnormal results are a few units of the least normal number off
            net.result(net.unary(kind, x, F32, alpha, beta, bits=None if kind in elementwise.EXACT else False))
    return net


def windows():
    net = Network("float windows")
    for size, _, *window in pool.WINDOWS:
        x = net.input(size, F32)
        net.result(net.pool(x, *window))
        net.result(net.pool(x, *window, out=F32))
        net.result(net.pool(x, *window, out=F32, count_padding=True))
    x = net.input((2, 7, 7, 40), F32)
    for axes in ([1, 2], [3], [0, 3], [0, 1, 2, 3]):
        for kind in ("mean", "sum", "max", "min"):
            net.result(net.reduce(kind, x, axes))
    for size, axis in (((1, 10), 1), ((3, 1000), 1), ((2, 5, 8), 1)):
        net.result(net.op(f"softmax {{0}} axis = {axis}", [net.input(size, F32)], size, F32, bits=False))
    for size, axis in (((1, 10), 1), ((3, 1000), 1), ((2, 5, 8), 1), ((7, 33), 0)):
        x = net.input(size, F32)
        net.data[-1] *= 100  # so far apart that most probabilities are 0
        net.result(net.op(f"log_softmax {{0}} axis = {axis}", [x], size, F32, bits=False))
    for size in ((1, 9, 64), (5, 17)):
        operands = [net.input(size, F32), net.float_constant(size[-1:]), net.float_constant(size[-1:])]
        net.result(net.op("layer_norm {0}, {1}, {2} epsilon = 1.0e-5", operands, size, F32, bits=False))
    for size, axes in (((1, 9, 64), [2]), ((2, 7, 40), [1]), ((2, 3, 5, 17), [1, 2])):
        parameters = [1] * (len(size) - 1) + [size[-1]]
        for kind, place in (("standard", "inside"), ("rms", "inside"), ("rms", "outside"), ("rms", "at_least")):
            x, scale, bias = net.input(size, F32), net.float_constant(parameters), net.float_constant(parameters)
            text = f"normalize {kind} {{0}} axes = {axes} epsilon = 0.01 {place}"
            net.result(net.op(text, [x], size, F32, bits=False))
            text = f"normalize {kind} {{0}} scale {scale.name} : {scale} bias {bias.name} : {bias} axes = {axes} epsilon = 0.01 {place}"
            net.result(net.op(text, [x], size, F32, bits=False))
    for i, (size, to, coordinates, rounding) in enumerate(shape.RESIZES):
        for mode in ("nearest", "bilinear"):
            net.result(shape.resize(net, net.input(size, F32), mode, to, coordinates, rounding))
    return net


def networks():
    yield from (convolutions(), products(), computed_weights(), elements(), functions(), windows())
