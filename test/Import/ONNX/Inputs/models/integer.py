"""Integers at run time."""
import numpy as np
from onnx import TensorProto

from .net import Net, invalid, model


@model
def integers():
    net = Net(opset=17)
    ids, bytes_ = net.input("ids", [1, 4], TensorProto.INT64), net.input("image", [1, 2], TensorProto.UINT8)
    large = net.const("large", [2**53 + 1], np.int64)
    total = net.node("Add", [ids, large], "add")
    net.output(net.node("Clip", [net.node("Mod", [total, net.const("three", 3, np.int64)], "mod"), "", net.const("most", 2, np.int64)], "clip"),
               [1, 4], TensorProto.INT64)
    net.output(net.node("Neg", [ids], "neg"), [1, 4], TensorProto.INT64)
    net.output(net.node("Cast", [bytes_], "real", to=TensorProto.FLOAT), [1, 2])
    net.output(net.node("Cast", [ids], "narrow", to=TensorProto.UINT8), [1, 4], TensorProto.UINT8)
    return net.proto()


@model
def logic():
    net = Net(opset=18)
    x, y, m = net.input("x", [2, 3]), net.input("y", [3]), net.input("m", [2, 1], TensorProto.BOOL)
    less = net.node("Less", [x, y], "less")
    both = net.node("And", [less, m], "and")
    either = net.node("Xor", [both, net.node("Not", [m], "not")], "xor")
    net.output(net.node("Where", [either, x, net.const("lowest", -np.inf)], "where"), [2, 3])
    net.output(net.node("IsNaN", [x], "nan"), [2, 3], TensorProto.BOOL)
    net.output(net.node("IsInf", [x], "inf", detect_negative=0), [2, 3], TensorProto.BOOL)
    return net.proto()


@model
def places():
    net = Net(opset=13)
    x, ids = net.input("x", [3, 5]), net.input("ids", [2, 2], TensorProto.INT32)
    net.output(net.node("Gather", [net.weights("table", 7, 4), ids], "embedding"), [2, 2, 4])
    net.output(net.node("ArgMax", [x], "argmax", axis=-1, keepdims=0), [3], TensorProto.INT64)
    net.output(net.node("ArgMin", [x], "argmin", axis=0, select_last_index=1), [1, 5], TensorProto.INT64)
    values, indices = net.node("TopK", [x, net.ints("k", 2)], "topk", outputs=["values", "indices"], largest=0)
    net.output(values, [3, 2])
    net.output(indices, [3, 2], TensorProto.INT64)
    net.output(net.node("GatherElements", [x, ids], "elements", axis=1), [2, 2])
    net.output(net.node("GatherND", [x, ids], "nd"), [2])
    net.output(net.node("ScatterND", [x, ids, net.input("u", [2])], "scatter"), [3, 5])
    net.output(net.node("OneHot", [ids, net.ints("depth", 3), net.const("offon", [0.0, 1.0])], "onehot", axis=1), [2, 3, 2])
    return net.proto()


@model
def integers_folded():
    """What is constant stays so."""
    net = Net(opset=13)
    x = net.input("x", [2, 4])
    found = net.node("NonZero", [net.const("mask", [[0, 1], [2, 0]], np.int64)], "nonzero")  # [[0, 1], [1, 0]]
    flat = net.node("Reshape", [found, net.ints("all", -1)], "flat")
    even = net.node("Equal", [net.node("Mod", [flat, net.ints("two", 2)], "mod"), net.ints("zero", 0)], "even")
    odd = net.node("Not", [net.node("Or", [even, net.const("no", [False], bool)], "or")], "odd")
    size = net.node("Where", [odd, net.ints("a", 2), net.ints("b", 2)], "where")
    steps = net.node("Range", [net.const("start", 0.0), net.const("limit", 1.0), net.const("delta", 0.25)], "range")
    return net.outs(net.node("Reshape", [net.node("Mul", [x, steps], "mul"), net.node("Slice", [size, net.ints("s", 0), net.ints("e", 3)], "three")],
                             "reshape"))


@model
def resized_integers():
    net = Net(opset=19)
    x, double = net.input("x", [1, 2, 4, 6], TensorProto.INT64), net.const("double", [1, 1, 2, 1])
    roi = net.const("roi", [0, 0, 0, 0, 1, 1, 1, 1.5])
    net.output(net.node("Resize", [x, "", double], "up", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
               [1, 2, 8, 6], TensorProto.INT64)
    net.output(net.node("Resize", [x, roi, "", net.ints("sizes", 1, 2, 4, 4)], "crop", coordinate_transformation_mode="tf_crop_and_resize",
                        extrapolation_value=9.0), [1, 2, 4, 4], TensorProto.INT64)
    return net.proto()


@model
def padded_integers():
    net = Net(opset=13)
    x, mask = net.input("x", [2, 3], TensorProto.INT64), net.input("mask", [2], TensorProto.BOOL)
    net.output(net.node("Pad", [x, net.ints("pads", 1, 0, 0, 2), net.const("value", 2**60, np.int64)], "pad"), [3, 5], TensorProto.INT64)
    net.output(net.node("Pad", [mask, net.ints("before", 1, 0)], "no"), [3], TensorProto.BOOL)
    folded = net.node("Pad", [net.const("two", [2], np.int64), net.ints("one", 1, 0), net.const("three", 3, np.int64)], "folded")
    net.output(net.node("Reshape", [net.input("y", [6]), folded], "reshape"), [3, 2])
    return net.proto()


@model
def padded_codes():
    net = Net(opset=13)
    scale, zero = net.const("scale", 0.5), net.const("zero", 100, np.uint8)
    codes = net.node("QuantizeLinear", [net.input("x", [3]), scale, zero], "q")
    padded = net.node("Pad", [codes, net.ints("pads", 1, 0), zero], "pad")
    net.output(net.node("DequantizeLinear", [padded, scale, zero], "d"), [4])
    return net.proto()


@invalid
def two_borders():
    net = Net(opset=13)
    return net.outs(net.node("Pad", [net.input("x", [3], TensorProto.INT64), net.ints("pads", 1, 0), net.ints("values", 1, 2)], "pad"))


@model
def reduced_integers():
    net = Net(opset=20)
    x, codes, flags = (net.input(name, [2, 3], kind) for name, kind in
                       (("x", TensorProto.INT64), ("codes", TensorProto.UINT8), ("flags", TensorProto.BOOL)))
    net.output(net.node("ReduceSum", [x, net.ints("last", 1)], "sum", keepdims=0), [2], TensorProto.INT64)
    net.output(net.node("ReduceMax", [codes], "max"), [1, 1], TensorProto.UINT8)
    net.output(net.node("ReduceMin", [flags, "last"], "all"), [2, 1], TensorProto.BOOL)
    net.output(net.node("Pow", [x, net.const("three", 3.0)], "cube"), [2, 3], TensorProto.INT64)
    return net.proto()


@invalid
def mean_of_integers():
    net = Net(opset=18)
    return net.outs(net.node("ReduceMean", [net.input("x", [3], TensorProto.INT64)], "mean"))


@invalid
def product_of_integers():
    net = Net(opset=18)
    return net.outs(net.node("ReduceProd", [net.input("x", [3], TensorProto.INT64)], "product"))


@invalid
def power_of_integers():
    net = Net(opset=18)
    x = net.input("x", [3], TensorProto.INT64)
    return net.outs(net.node("Pow", [net.const("two", 2, np.int64), x], "exponential"), net.node("Pow", [x, net.const("half", 0.5)], "root"))


@invalid
def extrapolated_integers():
    net = Net(opset=19)
    roi, sizes = net.const("roi", [0, 2]), net.ints("sizes", 4)
    return net.outs(net.node("Resize", [net.input("x", [4], TensorProto.INT32), roi, "", sizes], "crop",
                             coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=float("nan")))


@invalid
def where_condition():
    net = Net()
    return net.outs(net.node("Where", [net.input("c", [2], TensorProto.INT64), net.input("x", [2]), "x"], "where"))


@invalid
def comparison_types():
    net = Net()
    return net.outs(net.node("Equal", [net.input("a", [2], TensorProto.INT64), net.input("b", [2], TensorProto.INT32)], "equal"))


@invalid
def mod_of_floats():
    net = Net()
    return net.outs(net.node("Mod", [net.input("a", [2]), net.input("b", [2])], "mod", fmod=1))


@invalid
def nonzero_of_input():
    net = Net()
    return net.outs(net.node("NonZero", [net.input("a", [2])], "nonzero"))


@invalid
def one_hot_of_all():
    net = Net()
    return net.outs(net.node("OneHot", [net.input("i", [2], TensorProto.INT64), net.ints("depth", 2**46), net.const("offon", [0.0, 1.0])], "onehot"))


@invalid
def scatter_that_adds():
    net = Net(opset=16)
    inputs = [net.input("x", [4]), net.input("i", [2, 1], TensorProto.INT64), net.input("u", [2])]
    return net.outs(net.node("ScatterND", inputs, "scatter", reduction="add"))


@invalid
def top_k_of_too_few():
    net = Net()
    net.node("TopK", [net.input("x", [4]), net.ints("k", 5)], "topk", outputs=["v", "i"])
    return net.outs("v")


@invalid
def gather_by_floats():
    net = Net()
    return net.outs(net.node("Gather", [net.input("x", [4]), net.input("i", [2])], "gather"))
