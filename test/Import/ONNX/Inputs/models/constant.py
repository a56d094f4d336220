"""Constants, and what is computed from them."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

from .net import Net, invalid, model


@model
def shape_arithmetic():
    """What PyTorch writes for x.view(x.size(0), -1) and for F.interpolate to twice the size."""
    net = Net()
    x = net.input("x", [2, 3, 4, 4])
    shape = net.node("Shape", [x], "shape")
    batch = net.node("Unsqueeze", [net.node("Gather", [shape, net.const("zero", 0, np.int64)], "batch"), net.ints("a0", 0)], "batch1")
    view = net.node("Reshape", [x, net.node("Concat", [batch, net.ints("rest", -1)], "target", axis=0)], "view")
    spatial = net.node("Slice", [shape, net.ints("two", 2), net.ints("four", 4), net.ints("a1", 0)], "spatial")
    real = net.node("Floor", [net.node("Mul", [net.node("Cast", [spatial], "real", to=TensorProto.FLOAT), net.const("factor", 2.0)], "scaled")], "floor")
    size = net.node("Concat", [net.node("Slice", [shape, net.ints("s0", 0), "two", "a1"], "head"), net.node("Cast", [real], "whole", to=TensorProto.INT64)],
                    "size", axis=0)
    up = net.node("Resize", [x, "", "", size], "up", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    numel = net.node("ReduceProd", [shape], "numel", keepdims=1)
    flat = net.node("Reshape", [x, numel], "flat")
    return net.outs(view, up, flat)


@model
def constants():
    """The operators that are evaluated, their results added to the input."""
    net = Net()
    x = net.input("x", [4])
    net.nodes.append(helper.make_node("Constant", [], ["c"], name="c", value=numpy_helper.from_array(np.array([1, 2, 3, 4], np.int64))))
    net.nodes.append(helper.make_node("Constant", [], ["f"], name="f", value_floats=[1.0, 2.0, 3.0, 4.0]))
    filled = net.node("ConstantOfShape", [net.ints("shape", 4)], "filled", value=helper.make_tensor("v", TensorProto.INT64, [1], [3]))
    ramp = net.node("Range", [net.const("start", 10, np.int64), net.const("limit", 2, np.int64), net.const("step", -2, np.int64)], "ramp")
    mask = net.node("Equal", [ramp, net.node("Mul", ["c", net.ints("two", 2)], "doubled")], "mask")
    chosen = net.node("Where", [mask, filled, ramp], "chosen")
    less = net.node("Cast", [net.node("Less", ["c", filled], "less"), ], "as_int", to=TensorProto.INT64)
    total = net.node("Div", [net.node("Sub", [net.node("Add", [chosen, less], "plus"), net.node("Neg", ["c"], "negated")], "minus"), "two"], "half")
    y = net.node("Add", [x, net.node("Cast", [total], "real", to=TensorProto.FLOAT)], "integers")
    z = net.node("Mul", [x, net.node("Sqrt", [net.node("Transpose", [net.node("ReduceSum", [net.node("Reshape", ["f", net.ints("square", 2, 2)], "m"),
                                                                                              net.ints("axis", 0)], "sums")], "t")], "root")], "product")
    return net.outs(y, z)


@invalid
def cast_to_string():
    net = Net()
    return net.outs(net.node("Cast", [net.input("x", [4])], "cast", to=TensorProto.STRING))


@invalid
def division_by_zero():
    net = Net()
    s = net.node("Div", [net.ints("a", 4), net.ints("b", 0)], "div")
    return net.outs(net.node("Reshape", [net.input("x", [4]), s], "reshape"))


@invalid
def huge_constant():
    net = Net()
    c = net.node("ConstantOfShape", [net.ints("s", 1 << 20, 1 << 19)], "fill")
    return net.outs(net.node("Add", [net.input("x", [1]), c], "add"))


@invalid
def huge_value():
    net = Net()
    x = net.node("Expand", [net.input("x", [1, 1]), net.ints("s", 1 << 30, 1 << 30)], "expand")
    return net.outs(net.node("Relu", [x], "relu"))


@invalid
def huge_tile():
    net = Net()
    return net.outs(net.node("Tile", [net.input("x", [1, 1]), net.ints("r", 1 << 30, 1 << 30)], "tile"))
