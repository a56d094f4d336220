"""Pools, reductions and softmax on integers."""

from network import F32, Network, Type, i8, u8

# (shape, type, kernel, strides, pads)
WINDOWS = [
    ((1, 8, 9, 16), u8(zero=128), (2, 2), (2, 2), (0, 0, 0, 0)),
    ((2, 7, 7, 20), u8(zero=3), (3, 3), (2, 2), (1, 1, 1, 1)),
    ((1, 6, 7, 5), i8(zero=-9), (3, 2), (1, 2), (2, 1, 0, 0)),
    ((1, 5, 5, 64), u8(zero=0), (5, 5), (1, 1), (2, 2, 2, 2)),
    ((1, 7, 7, 1), u8(zero=255), (7, 7), (1, 1), (0, 0, 0, 0)),
    ((1, 6, 40, 1), u8(zero=3), (2, 40), (1, 1), (0, 0, 0, 0)),
    ((2, 5, 6, 20), Type("u16", (2e-4,), 30000), (2, 3), (2, 1), (1, 1, 0, 1)),
]


def pools():
    net = Network("pools")
    for i, (shape, type, *window) in enumerate(WINDOWS):
        x = net.input(shape, type)
        net.result(net.pool(x, *window))
        net.result(net.pool(x, *window, out=(u8(0.02, 120), i8(0.05, -30))[i % 2]))
        net.result(net.pool(x, *window, out=u8(0.02, 120), count_padding=True))
        net.result(net.pool(x, *window, out=F32))
    for out in (u8(0.05, 3), u8(0.025, 4), i8(0.05, -27)):  # ties
        x = net.input((1, 9, 10, 24), u8(0.05, 7))
        net.result(net.pool(x, (2, 2), (1, 1), (0, 0, 0, 0), out=out))
        net.result(net.pool(x, (1, 2), (1, 1), (0, 1, 0, 1), out=out))
    x = net.input((1, 9, 9, 24), u8(zero=128))
    net.result(net.pool(x, (3, 3), (1, 1), (2, 2, 2, 2), dilations=(2, 2)))
    return net


def reductions():
    net = Network("reductions")
    for shape, type in (((2, 7, 7, 40), u8(0.05, 128)), ((1, 5, 6, 17), i8(0.05, -30)), ((3, 4, 5, 1), u8(0.05, 0))):
        x = net.input(shape, type)
        for axes in ([1, 2], [3], [0, 3], [1], [0, 1, 2, 3]):
            net.result(net.reduce("mean", x, axes, u8(0.03, 110)))
            net.result(net.reduce("mean", x, axes, F32))
            net.result(net.reduce("sum", x, axes, i8(0.8, 3)))
            net.result(net.reduce("sum", x, axes, F32))
            net.result(net.reduce("max", x, axes))
            net.result(net.reduce("min", x, axes))
    return net


def softmax():
    net = Network("softmax")
    for shape, axis, type in (((1, 10), 1, u8(0.1, 128)), ((5, 64), 1, u8(0.02, 0)), ((2, 7, 19), 2, i8(0.05, 3)), ((3, 1000), 1, u8(0.03, 255)),
                              ((2, 5, 8), 1, u8(0.1, 60))):  # fmt: skip
        x = net.input(shape, type)
        net.result(net.op(f"softmax {{0}} axis = {axis}", [x], shape, u8(1 / 256, 0)))
        net.result(net.op(f"softmax {{0}} axis = {axis}", [x], shape, i8(0.0031 if shape[axis] < 100 else 1e-4, -100)))
        net.result(net.op(f"softmax {{0}} axis = {axis}", [x], shape, Type("u16", (1 / 65536,), 0)))
        net.result(net.op(f"softmax {{0}} axis = {axis}", [x], shape, F32))
    return net


def networks():
    yield from (pools(), reductions(), softmax())
