"""Convolutions."""
from .net import Net, invalid, model


@model
def conv():
    net = Net()
    x = net.input("x", [1, 4, 9, 8])
    y = net.node("Conv", [x, net.weights("w", 6, 2, 3, 2), net.weights("b", 6)], "grouped", group=2, strides=[2, 1],
                 pads=[0, 1, 2, 0], kernel_shape=[3, 2])
    z = net.node("Conv", [x, net.weights("dw", 4, 1, 3, 3)], "depthwise", group=4, dilations=[2, 2], pads=[2, 2, 2, 2])
    same = net.node("Conv", [x, net.weights("sw", 5, 4, 4, 3)], "same_lower", auto_pad="SAME_LOWER", strides=[2, 3])
    valid = net.node("Conv", [x, "sw"], "valid", auto_pad="VALID")
    return net.outs(y, z, same, valid)


@model
def conv_1d():
    net = Net(opset=11)
    x = net.input("x", [2, 3, 10])
    y = net.node("Conv", [x, net.weights("w", 4, 3, 3), net.weights("b", 4)], "conv", pads=[1, 0], strides=[2])
    z = net.node("MaxPool", [y], "pool", kernel_shape=[2], auto_pad="SAME_UPPER")
    t = net.node("ConvTranspose", [y, net.weights("t", 4, 2, 3)], "transposed", strides=[2], output_padding=[1])
    return net.outs(z, t)


@model
def conv_dynamic_filter():
    net = Net()
    x, w = net.input("x", [1, 3, 5, 5]), net.input("w", [2, 3, 3, 3])
    return net.outs(net.node("Conv", [x, w], "conv"))


@model
def conv_transpose():
    net = Net()
    x = net.input("x", [1, 4, 5, 6])
    plain = net.node("ConvTranspose", [x, net.weights("w", 4, 3, 3, 2), net.weights("b", 3)], "plain", strides=[2, 2], pads=[1, 0, 0, 1],
                     output_padding=[1, 0])
    grouped = net.node("ConvTranspose", [x, net.weights("g", 4, 3, 3, 3)], "grouped", group=2, dilations=[2, 1])
    same = net.node("ConvTranspose", [x, "g"], "same", group=2, auto_pad="SAME_UPPER", strides=[2, 2])
    shaped = net.node("ConvTranspose", [x, "w"], "shaped", strides=[3, 3], output_shape=[14, 15])
    return net.outs(plain, grouped, same, shaped)


@invalid
def wrong_channels():
    net = Net()
    return net.outs(net.node("Conv", [net.input("x", [1, 3, 8, 8]), net.weights("w", 4, 2, 3, 3)], "conv1/Conv"))


@invalid
def wrong_kernel_shape():
    net = Net()
    return net.outs(net.node("Conv", [net.input("x", [1, 2, 8, 8]), net.weights("w", 4, 2, 3, 3)], "conv", kernel_shape=[5, 5]))


@invalid
def conv_3d():
    net = Net()
    return net.outs(net.node("Conv", [net.input("x", [1, 2, 8, 8, 8]), net.weights("w", 4, 2, 3, 3, 3)], "conv"))


@invalid
def negative_pads():
    net = Net()
    return net.outs(net.node("Conv", [net.input("x", [1, 2, 8, 8]), net.weights("w", 4, 2, 3, 3)], "conv", pads=[0, 0, -1, 0]))


@invalid
def unknown_auto_pad():
    net = Net()
    return net.outs(net.node("Conv", [net.input("x", [1, 2, 8, 8]), net.weights("w", 4, 2, 3, 3)], "conv", auto_pad="SAME"))


@invalid
def conv_transpose_groups():
    net = Net()
    return net.outs(net.node("ConvTranspose", [net.input("x", [1, 4, 8, 8]), net.weights("w", 4, 2, 3, 3)], "up", group=3))
