"""Opsets, before 7 and unknown ones."""
from onnx import TensorProto

from .net import Net, invalid, model


@model
def opset_1():
    net = Net(opset=1)
    x = net.input("x", [1, 2, 3, 4])
    bias, row = net.const("bias", [1, 2]), net.const("row", [1, 2, 3, 4])
    y = net.node("Add", [x, bias], "add", broadcast=1, axis=1)
    outs = [
        net.node("Mul", [y, row], "mul", broadcast=1),
        net.node("Sub", [x, y], "sub"),
        net.node("Reshape", [x], "reshape", shape=[2, 12]),
        net.node("Cast", [x], "cast", to="FLOAT"),
        net.node("Dropout", [y], "dropout", is_test=1),
        net.node("BatchNormalization", [x, bias, bias, bias, bias], "norm", is_test=1, spatial=1, consumed_inputs=[0, 0, 0, 1, 1]),
        net.node("Pad", [x], "pad", paddings=[0, 0, 1, 0, 0, 0, 0, 1]),
        net.node("Tile", [x, net.ints("tiles", 2), net.ints("axis", -1)], "tile"),
        net.node("Upsample", [x], "upsample", width_scale=2.0, height_scale=3.0),
        net.node("Selu", [x], "selu"),
        net.node("PRelu", [x, net.const("slope", [0.25, 0.5])], "prelu"),
        net.node("Relu", [x], "relu", consumed_inputs=[0]),
        *net.node("Split", [x, net.ints("parts", 1, 2)], "split", outputs=["first", "rest"], axis=2),
    ]
    return net.outs(*outs)


@model
def opset_6_logic():
    net = Net(opset=6)
    x, m = net.input("x", [2, 3]), net.input("m", [2], TensorProto.BOOL)
    less = net.node("Less", [x, net.const("bound", [1, 2])], "less", broadcast=1, axis=0)
    both = net.node("And", [less, m], "and", broadcast=1, axis=0)
    net.output(net.node("Xor", [both, m], "xor", broadcast=1, axis=0), [2, 3], TensorProto.BOOL)
    return net.proto()


@invalid
def opset_6_broadcast():
    net = Net(opset=6)
    return net.outs(net.node("Add", [net.input("x", [2, 3]), net.weights("w", 3)], "add"))


@invalid
def opset_6_training():
    net = Net(opset=6)
    x, w = net.input("x", [2, 3]), net.weights("w", 3)
    return net.outs(net.node("Dropout", [net.node("BatchNormalization", [x, w, w, w, w], "norm")], "dropout"))


@invalid
def old_opset():
    net = Net(opset=0)
    return net.outs(net.node("Relu", [net.input("x", [2])], "relu"))


@invalid
def new_opset():
    net = Net(opset=99)
    return net.outs(net.node("Relu", [net.input("x", [2])], "relu"))


@invalid
def no_opset():
    net = Net()
    proto = net.outs(net.node("Relu", [net.input("x", [2])], "relu"))
    del proto.opset_import[:]
    return proto
