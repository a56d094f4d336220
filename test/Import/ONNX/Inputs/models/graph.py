"""Graphs, their inputs, outputs and nodes."""
from onnx import TensorProto, helper

from .net import Net, body, dynamic, invalid, model


@model
def passes_input_through():
    net = Net()
    return net.outs(net.node("Identity", [net.input("x", [2])], "id"), "x")


@dynamic
def dynamic_dimension():
    net = Net()
    x = net.input("x", ["batch", 3, None])
    return net.outs(net.node("Relu", [x], "relu"))


@dynamic
def dynamic_reshape():
    net = Net()
    x = net.input("x", ["batch", 4])
    net.node("Reshape", [x, net.ints("s", -1, 2)], "reshape")
    net.output("reshape_out", ["rows", 2])
    return net.proto()


@invalid
def unsupported():
    net = Net()
    x = net.input("x", [1, 3])
    y = net.node("Relu", [x], "fine")
    net.nodes.append(helper.make_node("FancyOp", [y], ["a"], name="first", domain="com.example"))
    net.nodes.append(helper.make_node("Unique", ["a"], ["b"]))
    net.nodes.append(helper.make_node("Where", ["a", "a", "a"], ["c"], name="runtime_where"))
    return net.outs("b", "c")


@invalid
def many_problems():
    """Dimensions, types, operators and an attribute, here and in a branch, some of them behind others."""
    net = Net()
    x, y = net.input("x", [1, 3]), net.input("y", ["batch", 3, "length"])
    net.input("mask", [1], TensorProto.STRING)
    fancy = net.node("FancyOp", [x], "fancy")
    net.declare(fancy, [1, 3])
    later = net.node("Concat", [fancy, x], "axis", axis=7)
    for i in range(3):
        net.node("Unique", [later], f"unique{i}")
    net.node("Relu", [y], "of_a_dynamic_input")
    branch = body("branch", [helper.make_node("Unique", [later], ["n"], name="inside")], [], ["n"])
    z = net.node("If", [net.node("FancyOp", [x], "condition"), ], "if", then_branch=branch, else_branch=branch)
    return net.outs(later, z)


@invalid
def attribute_type():
    net = Net()
    return net.outs(net.node("Flatten", [net.input("x", [2, 3])], "flatten", axis="one"))


@invalid
def missing_operand():
    net = Net()
    return net.outs(net.node("Conv", [net.input("x", [1, 2, 4, 4])], "conv"))


@invalid
def too_many_operands():
    net = Net()
    x = net.input("x", [2])
    return net.outs(net.node("Relu", [x, x], "relu"))


@invalid
def undefined_input():
    net = Net()
    net.input("x", [2])
    return net.outs(net.node("Add", ["x", "nowhere"], "add"))


@invalid
def cycle():
    net = Net()
    net.input("x", [2])
    net.nodes.append(helper.make_node("Add", ["x", "b"], ["a"], name="first"))
    net.nodes.append(helper.make_node("Relu", ["a"], ["b"], name="second"))
    return net.outs("b")


@invalid
def defined_twice():
    net = Net()
    net.input("x", [2])
    net.nodes.append(helper.make_node("Relu", ["x"], ["a"], name="first"))
    net.nodes.append(helper.make_node("Abs", ["x"], ["a"], name="second"))
    return net.outs("a")


@invalid
def no_outputs():
    net = Net()
    net.node("Relu", [net.input("x", [2])], "relu")
    return net.proto()


@invalid
def output_missing():
    net = Net()
    net.input("x", [2])
    return net.outs("nothing")


@invalid
def output_shape():
    net = Net()
    net.node("Relu", [net.input("x", [2, 3])], "relu")
    net.output("relu_out", [2, 4])
    return net.proto()


@invalid
def output_integer():
    net = Net()
    net.node("Shape", [net.input("x", [2, 3])], "shape")
    net.output("shape_out", [2])
    return net.proto()


@invalid
def input_string():
    net = Net()
    return net.outs(net.node("Relu", [net.input("x", [2], TensorProto.STRING)], "relu"))


@invalid
def input_empty():
    net = Net()
    return net.outs(net.node("Relu", [net.input("x", [2, 0])], "relu"))


@invalid
def input_without_shape():
    net = Net()
    return net.outs(net.node("Relu", [net.input("x", None)], "relu"))


@invalid
def input_twice():
    net = Net()
    net.input("x", [2])
    return net.outs(net.node("Relu", [net.input("x", [2])], "relu"))


@invalid
def no_graph():
    proto = Net().outs()
    proto.ClearField("graph")
    return proto
