"""Elementwise operators."""
import numpy as np
from onnx import helper

from .net import Net, invalid, model


@model
def unary():
    net = Net(opset=20)
    net.domains.append(helper.make_opsetid("com.microsoft", 1))
    x = net.input("x", [2, 5])
    positive = net.node("Abs", [x], "abs")
    outs = [net.node(op, [x], op.lower()) for op in (
        "Relu", "Sigmoid", "Tanh", "HardSwish", "Softplus", "Exp", "Erf", "Neg", "Floor", "Ceil", "Round", "Sin", "Cos", "Mish", "Sign",
        "Reciprocal", "Identity")]
    outs += [net.node(op, [positive], op.lower()) for op in ("Sqrt", "Log")]
    outs += [
        net.node("LeakyRelu", [x], "leaky", alpha=0.125), net.node("Elu", [x], "elu", alpha=0.5), net.node("Selu", [x], "selu"),
        net.node("HardSigmoid", [x], "hard_sigmoid"), net.node("Gelu", [x], "gelu"), net.node("Gelu", [x], "gelu_tanh", approximate="tanh"),
        net.node("Gelu", [x], "microsoft_gelu", domain="com.microsoft"),
        net.node("BiasGelu", [x, net.weights("b", 5)], "bias_gelu", domain="com.microsoft"),
    ]
    return net.outs(positive, *outs)


@model
def clip():
    net = Net()
    x = net.input("x", [2, 5])
    low, high = net.const("low", -0.5), net.const("high", 0.75)
    outs = [net.node("Clip", [x, low, high], "both"), net.node("Clip", [x, "", high], "upper"), net.node("Clip", [x, low], "lower")]
    return net.outs(*outs)


@model
def clip_attributes():
    net = Net(opset=7)
    x = net.input("x", [2, 5])
    return net.outs(net.node("Clip", [x], "both", min=0.0, max=6.0), net.node("Clip", [x], "lower", min=-1.0))


@model
def prelu():
    net = Net()
    x = net.input("x", [1, 3, 2, 2])
    y = net.node("PRelu", [x, net.const("slope", np.reshape([0.1, 0.2, -0.5], (3, 1, 1)))], "per_channel")
    return net.outs(y, net.node("PRelu", [x, net.const("one", [0.25])], "shared"))


@model
def binary():
    net = Net()
    x, y = net.input("x", [2, 3, 4]), net.input("y", [3, 1])
    c = net.const("c", [1.5, 2.5, -3, 0.5])
    outs = [net.node(op, [x, y], op.lower()) for op in ("Add", "Sub", "Mul", "Div")]
    outs += [
        net.node("Sub", [c, x], "from_constant"), net.node("Max", [x, y, c], "max"), net.node("Min", [x, y], "min"),
        net.node("Sum", [x, y, c], "sum"), net.node("Mean", [x, y, c], "mean"), net.node("Sum", [x], "only"),
    ]
    return net.outs(*outs)


@model
def power():
    net = Net()
    x = net.node("Abs", [net.input("x", [2, 3])], "abs")
    outs = [net.node("Pow", [x, net.const(f"p{i}", p)], f"pow{i}") for i, p in enumerate((2, 0.5, -1, -0.5, 1, 3))]
    outs.append(net.node("Pow", [x, net.const("integer", 2, np.int64)], "integer_exponent"))
    return net.outs(*outs)


@invalid
def broadcast():
    net = Net()
    return net.outs(net.node("Add", [net.input("x", [2, 3]), net.input("y", [2, 4])], "add"))


@invalid
def prelu_slope():
    net = Net()
    return net.outs(net.node("PRelu", [net.input("x", [2, 3]), net.weights("s", 5, 2, 3)], "prelu"))


@invalid
def gelu_approximation():
    net = Net(opset=20)
    return net.outs(net.node("Gelu", [net.input("x", [2, 3])], "gelu", approximate="sigmoid"))


@invalid
def clip_bound():
    net = Net()
    return net.outs(net.node("Clip", [net.input("x", [2, 3]), net.weights("low", 3)], "clip"))


@invalid
def integer_operand():
    net = Net()
    return net.outs(net.node("Add", [net.input("x", [3]), net.ints("i", 1, 2, 3)], "add"))
