"""PRelu in and behind layers, on floats and on codes; normalizations of images, interpolation, sampling along a grid."""

from network import F32, Network, i8, u8


def prelu(net, x, out, slopes=None):
    slope = net.float_constant(slopes or x.shape[-1:], 0.5)
    return net.op("prelu {0}, {1}", [x, slope], x.shape, out)


def rectifiers():
    net = Network("prelu")
    for out in (u8(0.02, 60), i8(0.03, -5), F32):
        net.result(prelu(net, net.input((1, 5, 6, 20), u8(0.05, 100)), out))
    net.result(prelu(net, net.input((1, 5, 6, 20), F32), F32))
    net.result(prelu(net, net.input((1, 3, 4), F32), F32, (1, 3, 1)))
    for kernel, outputs in (((3, 3), 24), ((1, 1), 10)):
        x = net.input((1, 6, 7, 16), u8(0.05, 77))
        layer = net.conv2d(x, outputs, kernel, F32, pads=(kernel[0] // 2,) * 4)
        net.result(prelu(net, layer, u8(0.2, 100)))
    return net


def normalizations():
    net = Network("normalizations of images")
    for shape, groups in (((2, 5, 6, 20), 20), ((1, 5, 6, 20), 5), ((2, 30, 17), 1), ((1, 2, 3, 4, 6), 3)):
        operands = [net.input(shape, F32), net.float_constant(shape[-1:]), net.float_constant(shape[-1:])]
        net.result(net.op(f"group_norm {{0}}, {{1}}, {{2}} groups = {groups} epsilon = 1.0e-5", operands, shape, F32, bits=False))
    for shape, size, beta in (((1, 5, 6, 20), 5, 0.75), ((2, 7), 4, 0.5)):
        attributes = f"size = {size} alpha = 0.3 beta = {beta} bias = 1.5"
        net.result(net.op(f"local_response_norm {{0}} {attributes}", [net.input(shape, F32)], shape, F32, bits=False))
    return net


def samples():
    net = Network("samples of images")
    for mode in ("nearest", "bilinear", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in ("", " {{align_corners}}"):
                image, grid = net.input((2, 7, 6, 5), F32), net.input((2, 4, 9, 2), F32)
                shape = (2, 4, 9, 5)
                net.result(net.op(f"grid_sample {mode} {{0}}, {{1}} padding = {padding}{corners}", [image, grid], shape, F32, bits=False))
    return net


class Indices:
    """A constant of plain integers, 4 rows of 3."""

    bits = True

    def __init__(self, net):
        self.name = net.fresh()
        net.lines.append(f"{self.name} = nnq.constant dense<[[0, 1, 3], [1, 1, 2], [4, 0, 0], [2, 4, 3]]> : {self} -> {self}")

    def __str__(self):
        return "tensor<4x3xi32>"


def interpolations():
    net = Network("interpolation")
    for shape, axis in (((1, 5, 6, 20), 1), ((3, 5), 1), ((5,), 0)):
        operands = [net.input(shape, F32), Indices(net), net.float_constant((4, 3))]
        to = (*shape[:axis], 4, *shape[axis + 1 :])
        net.result(net.op(f"interpolate {{0}}, {{1}}, {{2}} axis = {axis}", operands, to, F32, bits=False))
    return net


def networks():
    yield from (rectifiers(), normalizations(), samples(), interpolations())
