"""Chains of layers as --nnq-quantize makes them: a layer in f32 whose sum with another tensor is rounded once."""

from network import F32, Network, Type, u8

INF = float("inf")


def residual(net, x, outputs, kernel, out, clamp=None, swap=False, **attributes):
    """out = requantize(clamp(conv(x) + skip)), with the layer's result in f32."""
    pads = tuple(k // 2 for k in (*kernel, *kernel))
    sums = net.conv2d(x, outputs, kernel, F32, pads=pads, **attributes)
    skip = net.input(sums.shape, u8(0.4 * net.spread(x, WEIGHTS, kernel[0] * kernel[1] * x.shape[3]) / 75, 60))
    operands = (skip, sums) if swap else (sums, skip)
    type = net.scaled(out, net.spread(x, WEIGHTS, kernel[0] * kernel[1] * x.shape[3]))
    if clamp is None:
        return net.binary("add", *operands, type)
    real = net.binary("add", *operands, F32)
    return net.requantize(net.clamp(real, *clamp, F32), type)


class WEIGHTS:
    """What the scales of results assume of weights."""

    type = Type("i8", (0.0125,))


def bottleneck(net):
    """Two layers in a row, the second one with the skip connection and a rectifier, then a global mean."""
    x = net.input((1, 7, 7, 24), u8(0.05, 12))
    a = net.conv2d(x, 16, (1, 1), u8(zero=0))
    b = net.conv2d(a, 16, (3, 3), u8(zero=0), pads=(1, 1, 1, 1))
    c = net.conv2d(b, 24, (1, 1), F32)
    y = net.binary("add", c, x, net.scaled(u8(zero=0), net.spread(b, WEIGHTS, 16)))
    net.result(y)
    net.result(net.reduce("mean", y, [1, 2], u8(y.type.scales[0] / 2, 0)))
    net.result(net.reduce("mean", y, [1, 2], F32))
    net.result(c)


def networks():
    net = Network("sums in f32")
    for outputs, kernel, out, attributes in (
        (16, (3, 3), u8(zero=0), dict()),
        (40, (1, 1), u8(zero=128), dict(swap=True)),
        (10, (3, 3), u8(zero=3), dict(clamp=(0.0, INF))),
        (24, (1, 1), u8(zero=0), dict(clamp=(-INF, 6.0), per_channel=False)),
        (8, (3, 3), F32, dict(groups=4)),
        (20, (3, 3), u8(zero=30), dict(groups=20, clamp=(0.0, 6.0))),
    ):
        net.result(residual(net, net.input((1, 6, 7, 20), u8(0.05, 77)), outputs, kernel, out, **attributes))
    yield net
    net = Network("bottleneck")
    bottleneck(net)
    yield net
