"""Normalizations and softmax."""
from .net import Net, invalid, model


@model
def batch_norm():
    net = Net()
    x, y = net.input("x", [2, 3, 4, 4]), net.input("y", [2, 3])
    parameters = [net.weights("scale", 3), net.weights("bias", 3), net.weights("mean", 3), net.const("variance", [0.5, 1, 2])]
    return net.outs(net.node("BatchNormalization", [x, *parameters], "image", epsilon=0.01),
                    net.node("BatchNormalization", [y, *parameters], "flat"))


@model
def layer_norm():
    net = Net(opset=17)
    x = net.input("x", [2, 3, 4])
    y = net.node("LayerNormalization", [x, net.weights("scale", 4), net.weights("bias", 4)], "last", epsilon=0.001)
    return net.outs(y, net.node("LayerNormalization", [x, net.weights("scales", 3, 4)], "two_axes", axis=1))


@model
def softmax():
    net = Net()
    x = net.input("x", [2, 3, 4])
    return net.outs(net.node("Softmax", [x], "last"), net.node("Softmax", [x], "middle", axis=1), net.node("LogSoftmax", [x], "log"))


@model
def softmax_11():
    net = Net(opset=11)
    x, y = net.input("x", [2, 3, 4]), net.input("y", [2, 5])
    return net.outs(net.node("Softmax", [x], "flattened"), net.node("Softmax", [y], "rows"), net.node("LogSoftmax", [x], "log"))


@invalid
def group_count():
    net = Net(opset=21)
    return net.outs(net.node("GroupNormalization", [net.input("x", [1, 4, 2]), net.weights("s", 4), net.weights("b", 4)], "norm", num_groups=3))


@invalid
def training_batch_norm():
    net = Net(opset=15)
    p = net.const("p", [1, 1, 1])
    return net.outs(net.node("BatchNormalization", [net.input("x", [1, 3, 2, 2]), p, p, p, p], "bn", training_mode=1))
