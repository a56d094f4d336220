#!/usr/bin/python3
"""Writes the small ONNX models of these tests: OUT_DIR/NAME.onnx for each name.

usage: make_model.py OUT_DIR NAME...
       make_model.py OUT_DIR --all     writes every model that is one file
       make_model.py --list            prints the names of the models that import without options

A catalogue, one function a model, which tests ask for by the function's name: it is long because the importer knows many nodes.
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MODELS, DYNAMIC, INVALID = {}, {}, {}


def model(function):
    """A model that must import."""
    MODELS[function.__name__] = function
    return function


def dynamic(function):
    """A model that imports when the sizes of its dimensions are given."""
    DYNAMIC[function.__name__] = function
    return function


def invalid(function):
    """A model that must be refused."""
    INVALID[function.__name__] = function
    return function


class Net:
    """A graph under construction; methods return names of values."""

    def __init__(self, opset=13, name="net"):
        self.opset, self.name = opset, name
        self.inputs, self.outputs, self.constants, self.nodes, self.declared = [], [], [], [], []
        self.domains = [helper.make_opsetid("", opset)]
        self.random = np.random.default_rng(0)

    def input(self, name, shape, type=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, type, shape))
        return name

    def const(self, name, values, dtype=np.float32):
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def const_node(self, name, values, dtype=np.float32):
        """A Constant for a body."""
        return helper.make_node("Constant", [], [name], name=name, value=numpy_helper.from_array(np.asarray(values, dtype)))

    def ints(self, name, *values):
        return self.const(name, values, np.int64)

    def weights(self, name, *shape):
        return self.const(name, self.random.normal(0, 0.5, shape))

    def node(self, op, inputs, name, outputs=None, **attributes):
        """A node called `name` whose one output, unless others are given, is called `name`_out."""
        names = outputs or [name + "_out"]
        self.nodes.append(helper.make_node(op, inputs, names, name=name, **attributes))
        return names[0] if outputs is None else names

    def declare(self, name, shape, type=TensorProto.FLOAT):
        self.declared.append(helper.make_tensor_value_info(name, type, shape))

    def output(self, name, shape=None, type=TensorProto.FLOAT):
        self.outputs.append(helper.make_tensor_value_info(name, type, shape))

    def outs(self, *names):
        for name in names:
            self.output(name)
        return self.proto()

    def proto(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants, value_info=self.declared)
        proto = helper.make_model(graph, opset_imports=self.domains)
        proto.ir_version = 8
        return proto


def value(name, shape=None, type=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, type, shape)


def body(name, nodes, inputs, outputs, constants=()):
    """The body of an If, Loop or Scan; inputs are declarations, outputs names or declarations."""
    outputs = [value(output) if isinstance(output, str) else output for output in outputs]
    return helper.make_graph(nodes, name, inputs, outputs, constants)


# Convolutions


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


# Pools and reductions


@model
def pool():
    net = Net()
    x = net.input("x", [1, 3, 9, 10])
    outs = [
        net.node("MaxPool", [x], "max", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        net.node("MaxPool", [x], "ceil", kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1),
        net.node("MaxPool", [x], "same", kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        net.node("MaxPool", [x], "dilated", kernel_shape=[2, 3], dilations=[3, 2]),
        net.node("AveragePool", [x], "average", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]),
        net.node("AveragePool", [x], "padded", kernel_shape=[3, 2], pads=[1, 0, 1, 1], count_include_pad=1),
        net.node("AveragePool", [x], "average_ceil", kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1),
        net.node("GlobalAveragePool", [x], "global_average"),
        net.node("GlobalMaxPool", [x], "global_max"),
    ]
    return net.outs(*outs)


@model
def reduce():
    net = Net()
    x = net.input("x", [2, 3, 4, 5])
    outs = [
        net.node("ReduceMean", [x], "mean", axes=[-1, 2], keepdims=0),
        net.node("ReduceSum", [x, net.ints("axes", 1)], "sum"),
        net.node("ReduceMax", [x], "all"),
        net.node("ReduceMin", [x], "min", axes=[0]),
        net.node("ReduceL2", [x], "l2", axes=[3], keepdims=0),
        net.node("ReduceL1", [x], "l1", axes=[3]),
    ]
    return net.outs(*outs)


@model
def reduce_18():
    net = Net(opset=18)
    x = net.input("x", [2, 3, 4])
    y = net.node("ReduceMean", [x, net.ints("axes", -1)], "mean", keepdims=0)
    z = net.node("ReduceMax", [x, net.ints("none")], "noop", noop_with_empty_axes=1)
    return net.outs(y, net.node("Relu", [z], "relu"))


# Elementwise


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


# Matrices


@model
def gemm():
    net = Net()
    x, m = net.input("x", [2, 3]), net.input("m", [3, 4])
    w, b = net.weights("w", 4, 3), net.weights("b", 4)
    outs = [
        net.node("Gemm", [x, w, b], "linear", transB=1),
        net.node("Gemm", [x, net.weights("v", 3, 4), b], "scaled", alpha=0.5, beta=2.0),
        net.node("Gemm", [m, "v", net.const("one", 1.5)], "transposed", transA=1),
        net.node("Gemm", [x, w, net.weights("c", 2, 1)], "per_row", transB=1),
        net.node("Gemm", [x, m, b], "dynamic", alpha=2.0),
        net.node("Gemm", [x, w], "plain", transB=1),
    ]
    return net.outs(*outs)


@model
def matmul():
    net = Net()
    x, y, v = net.input("x", [2, 3, 4]), net.input("y", [4, 5]), net.input("v", [4])
    w, b = net.weights("w", 4, 5), net.weights("b", 5)
    with_bias = net.node("Add", [b, net.node("MatMul", [x, w], "linear")], "bias")
    twice = net.node("MatMul", [x, w], "used_twice")
    outs = [
        with_bias, twice, net.node("Add", [twice, b], "no_bias"), net.node("MatMul", [x, y], "dynamic"),
        net.node("MatMul", [v, y], "row"), net.node("MatMul", [x, v], "column"), net.node("MatMul", [v, v], "dot"),
        net.node("MatMul", [net.weights("left", 3, 2), net.node("Transpose", [net.node("MatMul", [x, w], "m")], "t", perm=[0, 2, 1])][::-1],
                 "constant_right"),
        net.node("MatMul", [x, net.weights("batch", 1, 4, 2)], "unit_batch"),
        net.node("MatMul", [x, net.weights("batches", 2, 4, 2)], "constant_batches"),
    ]
    return net.outs(*outs)


# Normalizations


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


# Resize


@model
def resize():
    net = Net(opset=13)
    x = net.input("x", [1, 2, 4, 6])
    double = net.const("double", [1, 1, 2, 2])
    sizes = net.ints("sizes", 1, 2, 7, 9)
    outs = [
        net.node("Resize", [x, "", double], "nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        net.node("Resize", [x, "", double], "linear", mode="linear"),
        net.node("Resize", [x, "", "", sizes], "align", mode="linear", coordinate_transformation_mode="align_corners"),
        net.node("Resize", [x, "", "", sizes], "pytorch", mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
        net.node("Resize", [x, "", net.const("half", [1, 1, 0.5, 0.6])], "down"),
    ]
    return net.outs(*outs)


@model
def resize_18():
    net = Net(opset=18)
    x, y = net.input("x", [1, 2, 4, 6]), net.input("y", [1, 4, 6, 2])
    a = net.node("Resize", [x, "", "", net.ints("sizes", 8, 12)], "axes", axes=[2, 3], mode="linear")
    b = net.node("Resize", [y, "", net.const("scales", [1, 2, 2, 1])], "channels_last", coordinate_transformation_mode="asymmetric",
                 nearest_mode="floor")
    return net.outs(a, b)


@model
def resize_tables():
    net = Net(opset=19)
    x = net.input("x", [1, 2, 4, 6])
    outs = [
        net.node("Resize", [x, "", net.const("wide", [1, 1, 1, 1.5])], "cubic", mode="cubic"),
        net.node("Resize", [x, "", "", net.ints("small", 1, 2, 4, 2)], "antialias", mode="linear", antialias=1),
        net.node("Resize", [x, net.const("roi", [0, 0, 0.5, 0, 1, 1, 1.5, 1]), "", net.ints("crop", 1, 2, 3, 6)], "crop", mode="linear",
                 coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=2.0),
        net.node("Resize", [x, "", net.const("channels", [1, 2, 1, 1])], "channels"),
        net.node("Resize", [x, "", "", net.ints("fit", 8, 24)], "fit", axes=[2, 3], keep_aspect_ratio_policy="not_larger"),
    ]
    return net.outs(*outs)


@model
def image():
    net = Net(opset=20)
    x = net.input("x", [1, 4, 5, 3])
    s, b = net.weights("s", 4), net.weights("b", 4)
    outs = [
        net.node("InstanceNormalization", [x, s, b], "instance", epsilon=0.5),
        net.node("InstanceNormalization", [net.node("Reshape", [x, net.ints("shape", 1, 2, -1)], "grouped"), net.const("s1", [1, 2]),
                                           net.const("b1", [3, 4])], "of_groups"),
        net.node("GroupNormalization", [x, net.const("s2", [1, 2]), net.const("b2", [3, 4])], "group", num_groups=2),
        net.node("LRN", [x], "lrn", size=3),
        net.node("MeanVarianceNormalization", [x], "mvn"),
        net.node("GridSample", [x, net.input("grid", [1, 2, 6, 2])], "sample", mode="cubic", padding_mode="border", align_corners=1),
        net.node("AffineGrid", [net.input("theta", [1, 2, 3]), net.ints("size", 1, 4, 2, 6)], "affine"),
        net.node("AveragePool", [x], "dilated", kernel_shape=[2, 2], dilations=[2, 1], pads=[1, 0, 0, 0]),
        net.node("LpPool", [x], "lp", kernel_shape=[2, 3]),
        net.node("Einsum", [x, net.weights("w", 4, 7)], "einsum", equation="bchw,cd->bdhw"),
    ]
    return net.outs(*outs)


@model
def resize_10():
    net = Net(opset=10)
    x = net.input("x", [1, 2, 4, 6])
    return net.outs(net.node("Resize", [x, net.const("scales", [1, 1, 2, 1.5])], "nearest"))


@model
def upsample():
    net = Net(opset=9)
    x = net.input("x", [1, 2, 4, 6])
    s = net.const("scales", [1, 1, 2, 3])
    return net.outs(net.node("Upsample", [x, s], "nearest"), net.node("Upsample", [x, s], "linear", mode="linear"))


@model
def upsample_7():
    net = Net(opset=7)
    return net.outs(net.node("Upsample", [net.input("x", [1, 2, 4, 6])], "nearest", scales=[1.0, 1.0, 2.0, 2.0]))


# Shapes


@model
def shapes():
    net = Net()
    x = net.input("x", [1, 2, 3, 4])
    outs = [
        net.node("Reshape", [x, net.ints("s0", 0, -1, 6)], "reshape"), net.node("Flatten", [x], "flatten"),
        net.node("Flatten", [x], "flatten_last", axis=-1), net.node("Squeeze", [x], "squeeze"),
        net.node("Squeeze", [x, net.ints("a0", 0)], "squeeze_axis"), net.node("Unsqueeze", [x, net.ints("a1", -1, 0)], "unsqueeze"),
        net.node("Transpose", [x], "reverse"), net.node("Transpose", [x], "transpose", perm=[0, 2, 1, 3]),
        net.node("Expand", [x, net.ints("s1", 5, 1, 3, 1)], "expand"), net.node("Tile", [x, net.ints("r", 2, 1, 3, 1)], "tile"),
        net.node("Dropout", [x], "dropout", outputs=["dropout_out", "mask"])[0],
    ]
    return net.outs(*outs)


@model
def shapes_9():
    net = Net(opset=9)
    x = net.input("x", [1, 2, 3, 4])
    outs = [net.node("Squeeze", [x], "squeeze", axes=[0]), net.node("Unsqueeze", [x], "unsqueeze", axes=[0, 4]),
            net.node("Slice", [x], "slice", starts=[1, -3], ends=[9, -1], axes=[1, 3]),
            net.node("Pad", [x], "pad", pads=[0, 0, 1, 1, 0, 0, 2, 0], value=1.5),
            *net.node("Split", [x], "split", outputs=["left", "right"], axis=3, split=[1, 3])]
    return net.outs(*outs)


@model
def pieces():
    net = Net()
    x = net.input("x", [1, 6, 5, 4])
    parts = net.node("Split", [x, net.ints("sizes", 1, 2, 3)], "split", outputs=["p0", "p1", "p2"], axis=1)
    halves = net.node("Split", [x], "halves", outputs=["h0", "h1"], axis=-1)
    far = np.iinfo(np.int64).max
    outs = [
        net.node("Concat", [parts[2], parts[0]], "concat", axis=1), net.node("Concat", [halves[0], net.weights("k", 1, 6, 5, 1)], "with_constant", axis=-1),
        net.node("Slice", [x, net.ints("s", 1, -4), net.ints("e", far, -1), net.ints("a", 1, 2), net.ints("t", 2, 1)], "slice"),
        net.node("Gather", [x, net.const("i", 2, np.int64)], "pick", axis=1),
        net.node("Gather", [x, net.const("j", [[0, 1], [-1, 3]], np.int64)], "gather", axis=2),
        net.node("Pad", [x, net.ints("pads", 0, 1, 0, 0, 0, 0, 2, -1), net.const("v", -2)], "pad"),
        parts[1], halves[1],
    ]
    return net.outs(*outs)


@model
def split_18():
    net = Net(opset=18)
    x = net.input("x", [1, 7])
    return net.outs(*net.node("Split", [x], "split", outputs=["a", "b", "c"], axis=1, num_outputs=3))


@model
def pad_18():
    net = Net(opset=18)
    x = net.input("x", [1, 2, 3, 4])
    return net.outs(net.node("Pad", [x, net.ints("pads", 1, 2), "", net.ints("axes", -1)], "pad"))


@model
def pad_modes():
    net = Net()
    x = net.input("x", [2, 5])
    net.ints("p", 0, 2, 0, 3)
    outs = [net.node("Pad", [x, "p"], mode, mode=mode) for mode in ("reflect", "edge", "wrap")]
    outs.append(net.node("Pad", [x, net.ints("cut", 0, -1, 1, 2)], "cut", mode="reflect"))
    outs.append(net.node("Pad", [net.const("c", [[1, 2, 3]]), "p"], "constant", mode="reflect"))
    outs.append(net.node("Slice", [x, net.ints("s", 4), net.ints("e", -9), net.ints("a", 1), net.ints("t", -2)], "backward"))
    return net.outs(*outs)


@model
def depth():
    net = Net()
    x = net.input("x", [1, 8, 4, 6])
    return net.outs(net.node("DepthToSpace", [x], "dcr", blocksize=2), net.node("DepthToSpace", [x], "crd", blocksize=2, mode="CRD"),
                    net.node("SpaceToDepth", [x], "space", blocksize=2))


# Arithmetic on shapes


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


# Files


@model
def data_types():
    """Each data type of initializers, raw and typed."""
    net = Net(opset=21)
    x = net.input("x", [2])
    half = np.array([0.5, -65504], np.float16)
    values = {
        "half_raw": numpy_helper.from_array(half),
        "half_typed": onnx.TensorProto(dims=[2], data_type=10, int32_data=[0x0001, 0xBC00]),
        "bfloat": onnx.TensorProto(dims=[2], data_type=16, raw_data=b"\x80\x3f\x00\xc0"),
        "double": numpy_helper.from_array(np.array([0.1, 3e10])),
        "float_typed": helper.make_tensor("", TensorProto.FLOAT, [2], [1.25, -2.5]),
    }
    integers = {
        "int4": onnx.TensorProto(dims=[3], data_type=22, raw_data=b"\x8f\x07"),
        "uint4_typed": onnx.TensorProto(dims=[3], data_type=21, int32_data=[0x8F, 0x07]),
        "int8": numpy_helper.from_array(np.array([-128, 0, 127], np.int8)),
        "uint16": numpy_helper.from_array(np.array([0, 1, 65535], np.uint16)),
        "int32_typed": helper.make_tensor("", TensorProto.INT32, [3], [-1, 0, 1]),
        "uint64": numpy_helper.from_array(np.array([0, 1, 2], np.uint64)),
    }
    outs = []
    for name, tensor in {**values, **integers}.items():
        tensor.name = name
        net.constants.append(tensor)
        real = net.node("Cast", [name], name + "_real", to=TensorProto.FLOAT)
        outs.append(net.node("Add", [x, real], name + "_sum") if name in values else
                    net.node("Add", [net.node("Reshape", [x, net.ints(name + "_s", 2, 1)], name + "_column"), real], name + "_sum"))
    return net.outs(*outs)


@model
def large_weight():
    """One weight below and one above what is written as a resource; the second is an input too, as before IR version 4."""
    net = Net(name="large weight")
    x = net.input("x", [1, 16])
    small, large = net.weights("small", 16, 16), net.weights("large/weight", 17, 16)
    net.input(large, [17, 16])
    net.nodes.append(helper.make_node("Gemm", [x, small], ["unnamed"], transB=1))
    net.nodes.append(helper.make_node("Gemm", ["unnamed", large], ["y"], name="last", transB=1))
    net.output("y", [1, 17])
    return net.proto()


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


def external(location, size=16, **entries):
    """A model whose weight of 2x2 is in another file, `size` bytes of which are written next to the model."""
    def write(path):
        net = Net()
        weight = onnx.TensorProto(name="w", dims=[2, 2], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
        for key, value in {"location": location, **entries}.items():
            weight.external_data.add(key=key, value=str(value))
        net.constants.append(weight)
        net.node("MatMul", [net.input("x", [1, 2]), "w"], "matmul")
        if size:
            with open(os.path.join(os.path.dirname(path), os.path.basename(location)), "wb") as file:
                file.write(np.array([0, 1, 2, 3, 4, 5], np.float32).tobytes()[:size])
        return net.outs("matmul_out")
    return write


FILES = {
    "external": external("external.bin", 24, offset=4, length=16),
    "external_missing": external("no_such.bin", 0),
    "external_escaping": external("../escaped.bin", 0),
    "external_absolute": external("/etc/passwd", 0),
    "external_short": external("short.bin", 12),
    "external_wrong_length": external("wrong.bin", 16, length=8),
    "external_bad_offset": external("offset.bin", 16, offset="four"),
    "external_link": external("link.bin", 0),
}


# Models that must be refused


# Opsets before 7


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


@invalid
def opset_6_broadcast():
    net = Net(opset=6)
    return net.outs(net.node("Add", [net.input("x", [2, 3]), net.weights("w", 3)], "add"))


@invalid
def opset_6_training():
    net = Net(opset=6)
    x, w = net.input("x", [2, 3]), net.weights("w", 3)
    return net.outs(net.node("Dropout", [net.node("BatchNormalization", [x, w, w, w, w], "norm")], "dropout"))


# Control flow


@model
def branches():
    """Conditions that are constant or fold to it, a branch that could not be imported, names that hide others, nested branches."""
    net = Net()
    x = net.input("x", [2, 3])
    outer = net.node("Relu", [x], "outer")
    taken = body("taken", [helper.make_node("Sigmoid", [outer], ["y"], name="sigmoid")], [], ["y"])
    other = body("other", [helper.make_node("FancyOp", [outer], ["y"], name="fancy")], [], ["y"])
    first = net.node("If", [net.const("true", True, bool)], "if", then_branch=taken, else_branch=other)
    rank = net.node("Size", [net.node("Shape", [x], "shape")], "rank")
    is3d = net.node("Equal", [rank, net.const("three", 3, np.int64)], "is3d")
    inner = net.const_node("true_inside", True, bool)
    nested = body("nested", [inner, helper.make_node("If", ["true_inside"], ["z"], name="inner", then_branch=taken, else_branch=other)], [], ["z", outer])
    second = net.node("If", [is3d], "nested_if", outputs=["b0", "b1"], then_branch=body("none", [], [], [x, x]), else_branch=nested)
    return net.outs(first, *second)


def choice(then_shape):
    net = Net()
    x, limit = net.input("x", [2, 3]), net.const("limit", 0.5)
    peak = net.node("ReduceMax", [x], "peak", keepdims=0)
    branches = [
        body("then", [helper.make_node("Expand", [net.node("Relu", [x], "outer"), net.ints("shape", *then_shape)], ["a"], name="a")], [], ["a", x]),
        body("else", [helper.make_node("Sigmoid", [x], ["b"], name="b")], [], ["b", "outer_out"]),
    ]
    return net.outs(*net.node("If", [net.node("Greater", [peak, limit], "is_loud")], "if", outputs=["y", "z"], then_branch=branches[0], else_branch=branches[1]))


@model
def branches_at_run_time():
    return choice([2, 3])


@invalid
def branch_shapes():
    return choice([4, 2, 3])


@model
def loop():
    """x = tanh(x + step) three times, with a matrix from outside whose constant is shared, and what each iteration gives."""
    net = Net()
    x, w = net.input("x", [1, 4]), net.weights("w", 4, 32)
    nodes = [
        helper.make_node("Cast", ["i"], ["step"], name="cast", to=TensorProto.FLOAT),
        helper.make_node("Add", ["v", "step"], ["sum"], name="add"),
        helper.make_node("Tanh", ["sum"], ["v_next"], name="tanh"),
        helper.make_node("MatMul", ["v_next", w], ["product"], name="matmul"),
        helper.make_node("Identity", ["go"], ["go_on"]),
    ]
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("v")]
    looped = body("body", nodes, inputs, [value("go_on", [], TensorProto.BOOL), "v_next", "product"])
    y = net.node("Loop", [net.const("count", 3, np.int64), "", x], "loop", outputs=["last", "all"], body=looped)
    return net.outs(*y)


@model
def loop_while():
    """Ends by its condition: i + 1 < 2."""
    net = Net()
    x = net.input("x", [3])
    one, two = net.const("one", 1, np.int64), net.const("two", 2, np.int64)
    nodes = [
        helper.make_node("Add", ["i", one], ["next"], name="next"),
        helper.make_node("Less", ["next", two], ["go_on"], name="less"),
        helper.make_node("Exp", ["v"], ["v_next"], name="exp"),
    ]
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("v")]
    looped = body("body", nodes, inputs, [value("go_on", [], TensorProto.BOOL), "v_next"])
    return net.outs(net.node("Loop", ["", net.const("true", True, bool), x], "loop", body=looped))


@model
def scan():
    """Sums along axis 1, backward, and what it was on the way, in another order."""
    net = Net()
    start, x = net.input("start", [2]), net.input("x", [2, 3])
    nodes = [helper.make_node("Add", ["sum", "next"], ["sum_out"], name="add"), helper.make_node("Neg", ["sum_out"], ["way"], name="neg")]
    scanned = body("body", nodes, [value("sum"), value("next")], ["sum_out", "way"])
    return net.outs(*net.node("Scan", [start, x], "scan", outputs=["total", "ways"], body=scanned, num_scan_inputs=1,
                              scan_input_axes=[1], scan_input_directions=[1], scan_output_axes=[-1], scan_output_directions=[1]))


def loop_of(net, count, nodes=(), go_on="go"):
    x = net.input("x", [3])
    nodes = [*nodes, helper.make_node("Relu", ["v"], ["v_next"], name="relu")]
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("v")]
    looped = body("body", nodes, inputs, [value(go_on, [], TensorProto.BOOL), "v_next"])
    return net.outs(net.node("Loop", [count, "", x], "loop", body=looped))


# Recurrent layers


def recurrent(op, gates, opset=14, steps=2, inputs=3, hidden=4, directions=1, given=("B", "", "initial_h"), **attributes):
    """A layer with all three outputs of an LSTM, or two."""
    net = Net(opset=opset)
    state = [directions, 2, hidden]
    known = {
        "B": lambda: net.weights("B", directions, 2 * gates * hidden),
        "P": lambda: net.weights("P", directions, 3 * hidden),
        "initial_h": lambda: net.input("initial_h", state),
        "initial_c": lambda: net.input("initial_c", state),
        "lengths": lambda: net.const("lengths", [steps, steps], np.int32),
        "short": lambda: net.const("lengths", [steps, steps - 1], np.int32),
    }
    operands = [net.input("X", [steps, 2, inputs]), net.weights("W", directions, gates * hidden, inputs),
                net.weights("R", directions, gates * hidden, hidden), *(known[name]() if name else "" for name in given)]
    outputs = ["Y", "Y_h", "Y_c"] if op == "LSTM" else ["Y", "Y_h"]
    net.node(op, operands, op.lower(), outputs=outputs, hidden_size=hidden, **attributes)
    return net.outs(*outputs)


@model
def lstm():
    return recurrent("LSTM", 4, given=("B", "lengths", "initial_h", "initial_c"))


@model
def lstm_bidirectional():
    return recurrent("LSTM", 4, directions=2, given=("B", "", "initial_h", "initial_c", "P"), direction="bidirectional", clip=0.5, input_forget=1,
                     activations=["HardSigmoid", "Softsign", "Relu", "Sigmoid", "ScaledTanh", "LeakyRelu"], activation_alpha=[0.3, 0.9, 0.1],
                     activation_beta=[0.4, 0.7])


@model
def gru_reset_after():
    return recurrent("GRU", 3, linear_before_reset=1)


@model
def gru_reset_before():
    return recurrent("GRU", 3, given=(), direction="reverse")


@model
def rnn():
    return recurrent("RNN", 1, activations=["Relu"])


@invalid
def lstm_lengths():
    return recurrent("LSTM", 4, given=("B", "short"))


@invalid
def lstm_activation():
    return recurrent("LSTM", 4, activations=["Sigmoid", "Tanh", "ThresholdedRelu"])


@invalid
def lstm_direction():
    return recurrent("LSTM", 4, direction="sideways")


@invalid
def lstm_shape():
    return recurrent("LSTM", 3)


@invalid
def lstm_long():
    return recurrent("LSTM", 4, steps=100000)


@invalid
def gru_dynamic_weights():
    net = Net()
    x, w, r = net.input("X", [1, 1, 3]), net.input("W", [1, 12, 3]), net.weights("R", 1, 12, 4)
    return net.outs(*net.node("GRU", [x, w, r], "gru", outputs=["Y"], hidden_size=4))


@invalid
def loop_forever():
    return loop_of(net := Net(), net.const("count", 1 << 40, np.int64))


@invalid
def loop_dynamic_count():
    return loop_of(net := Net(), net.input("count", [], TensorProto.INT32))


@invalid
def loop_bad_body():
    return loop_of(net := Net(), net.const("count", 3, np.int64), [helper.make_node("FancyOp", ["v"], ["fancy"], name="fancy")])


@invalid
def loop_outputs():
    net = Net()
    looped = body("body", [], [value("i"), value("go")], [value("go")])
    return net.outs(net.node("Loop", [net.const("count", 3, np.int64), "", net.input("x", [3])], "loop", body=looped))


@invalid
def scan_8():
    net = Net(opset=8)
    scanned = body("body", [], [value("next")], ["next"])
    return net.outs(net.node("Scan", ["", net.input("x", [1, 2, 3])], "scan", body=scanned, num_scan_inputs=1))


@invalid
def branch_outputs():
    net = Net()
    x = net.input("x", [3])
    branch = body("branch", [], [], [x, x])
    return net.outs(net.node("If", [net.const("c", True, bool)], "if", then_branch=branch, else_branch=branch))


@invalid
def branch_missing():
    net = Net()
    net.input("x", [3])
    return net.outs(net.node("If", [net.const("c", True, bool)], "if"))


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


@invalid
def max_pool_indices():
    net = Net()
    outs = net.node("MaxPool", [net.input("x", [1, 2, 8, 8])], "pool", outputs=["y", "indices"], kernel_shape=[2, 2])
    net.output(outs[0])
    net.output(outs[1], type=TensorProto.INT64)
    return net.proto()


@invalid
def pool_without_kernel():
    net = Net()
    return net.outs(net.node("MaxPool", [net.input("x", [1, 2, 8, 8])], "pool"))


@invalid
def reduce_axis():
    net = Net()
    return net.outs(net.node("ReduceMean", [net.input("x", [2, 3])], "mean", axes=[2]))


@invalid
def reduce_axis_twice():
    net = Net()
    return net.outs(net.node("ReduceMean", [net.input("x", [2, 3])], "mean", axes=[1, -1]))


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


@invalid
def gemm_rank():
    net = Net()
    return net.outs(net.node("Gemm", [net.input("x", [2, 3, 4]), net.weights("w", 4, 5)], "gemm"))


@invalid
def gemm_c():
    net = Net()
    return net.outs(net.node("Gemm", [net.input("x", [1, 4]), net.weights("w", 4, 5), net.weights("c", 3, 5)], "gemm"))


@invalid
def matmul_depth():
    net = Net()
    return net.outs(net.node("MatMul", [net.input("x", [2, 3]), net.weights("w", 4, 5)], "matmul"))


@invalid
def grid_of_volumes():
    net = Net(opset=20)
    return net.outs(net.node("GridSample", [net.input("x", [1, 1, 2, 2, 2]), net.input("g", [1, 2, 2, 2, 3])], "sample"))


@invalid
def grid_padding():
    net = Net(opset=20)
    return net.outs(net.node("GridSample", [net.input("x", [1, 1, 2, 2]), net.input("g", [1, 2, 2, 2])], "sample", padding_mode="wrap"))


@invalid
def group_count():
    net = Net(opset=21)
    return net.outs(net.node("GroupNormalization", [net.input("x", [1, 4, 2]), net.weights("s", 4), net.weights("b", 4)], "norm", num_groups=3))


@invalid
def einsum_ellipsis():
    net = Net()
    return net.outs(net.node("Einsum", [net.input("x", [2, 3, 4]), net.input("y", [4, 5])], "einsum", equation="...i,ij->...j"))


@invalid
def einsum_diagonal():
    net = Net()
    return net.outs(net.node("Einsum", [net.input("x", [3, 3])], "einsum", equation="ii->i"))


@invalid
def einsum_sizes():
    net = Net()
    return net.outs(net.node("Einsum", [net.input("x", [2, 3]), net.input("y", [4, 5])], "einsum", equation="ij,jk->ik"))


@invalid
def lp_exponent():
    net = Net(opset=18)
    return net.outs(net.node("LpPool", [net.input("x", [1, 1, 4])], "pool", kernel_shape=[2], p=0))


@invalid
def training_batch_norm():
    net = Net(opset=15)
    p = net.const("p", [1, 1, 1])
    return net.outs(net.node("BatchNormalization", [net.input("x", [1, 3, 2, 2]), p, p, p, p], "bn", training_mode=1))


@invalid
def resize_mode():
    net = Net()
    return net.outs(net.node("Resize", [net.input("x", [1, 1, 4, 4]), "", net.const("s", [1, 1, 2, 2])], "up", mode="lanczos"))


@invalid
def resize_coordinates():
    net = Net()
    return net.outs(net.node("Resize", [net.input("x", [1, 1, 4, 4]), "", net.const("s", [1, 1, 2, 2])], "up",
                             coordinate_transformation_mode="tf_half_pixel_for_nn"))


@invalid
def resize_crop():
    net = Net()
    return net.outs(net.node("Resize", [net.input("x", [1, 1, 4, 4]), "", net.const("s", [1, 1, 2, 2])], "up",
                             coordinate_transformation_mode="tf_crop_and_resize"))


@invalid
def resize_nothing():
    net = Net()
    return net.outs(net.node("Resize", [net.input("x", [1, 1, 4, 4]), "", net.const("s", [1, 1, 0.1, 2])], "up"))


@invalid
def reshape_size():
    net = Net()
    return net.outs(net.node("Reshape", [net.input("x", [2, 3]), net.ints("s", 4, -1)], "reshape"))


@invalid
def reshape_runtime():
    net = Net()
    return net.outs(net.node("Reshape", [net.input("x", [2, 3]), net.input("s", [2])], "reshape"))


@invalid
def squeeze_size():
    net = Net()
    return net.outs(net.node("Squeeze", [net.input("x", [2, 3]), net.ints("a", 0)], "squeeze"))


@invalid
def transpose_permutation():
    net = Net()
    return net.outs(net.node("Transpose", [net.input("x", [2, 3])], "transpose", perm=[0, 0]))


@invalid
def slice_nothing():
    net = Net()
    return net.outs(net.node("Slice", [net.input("x", [4]), net.ints("s", 3), net.ints("e", 3)], "slice"))


@invalid
def split_sum():
    net = Net()
    return net.outs(*net.node("Split", [net.input("x", [4]), net.ints("s", 3, 2)], "split", outputs=["a", "b"]))


@invalid
def gather_index():
    net = Net()
    return net.outs(net.node("Gather", [net.input("x", [4]), net.ints("i", 4)], "gather"))


@invalid
def pad_mode():
    net = Net()
    return net.outs(net.node("Pad", [net.input("x", [4]), net.ints("p", 1, 1)], "pad", mode="mirror"))


@invalid
def depth_blocks():
    net = Net()
    return net.outs(net.node("DepthToSpace", [net.input("x", [1, 6, 2, 2])], "shuffle", blocksize=2))


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
def initializer_bytes():
    net = Net()
    net.constants.append(onnx.TensorProto(name="w", dims=[2, 2], data_type=TensorProto.FLOAT, raw_data=bytes(12)))
    return net.outs(net.node("Add", [net.input("x", [2]), "w"], "add"))


@invalid
def initializer_values():
    net = Net()
    net.constants.append(onnx.TensorProto(name="w", dims=[2, 2], data_type=TensorProto.FLOAT, float_data=[1, 2, 3]))
    return net.outs(net.node("Add", [net.input("x", [2]), "w"], "add"))


@invalid
def initializer_type():
    net = Net()
    net.constants.append(onnx.TensorProto(name="w", dims=[1], data_type=17, raw_data=bytes(1)))
    return net.outs(net.node("Add", [net.input("x", [2]), "w"], "add"))


@invalid
def initializer_unknown_type():
    net = Net()
    net.constants.append(onnx.TensorProto(name="w", dims=[1], data_type=99, raw_data=bytes(1)))
    return net.outs(net.node("Add", [net.input("x", [2]), "w"], "add"))


@invalid
def initializer_dims():
    net = Net()
    net.constants.append(onnx.TensorProto(name="w", dims=[-1, 2], data_type=TensorProto.FLOAT, float_data=[1, 2]))
    return net.outs(net.node("Add", [net.input("x", [2]), "w"], "add"))


@invalid
def initializer_twice():
    net = Net()
    net.const("w", [1, 2])
    return net.outs(net.node("Add", [net.input("x", [2]), net.const("w", [1, 2])], "add"))


@invalid
def initializer_declared():
    net = Net()
    net.input(net.const("w", [1, 2]), [3])
    return net.outs(net.node("Add", [net.input("x", [2]), "w"], "add"))


@invalid
def sparse():
    proto = Net().outs()
    proto.graph.sparse_initializer.add()
    return proto


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


@invalid
def no_graph():
    proto = Net().outs()
    proto.ClearField("graph")
    return proto


# Integers at run time


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


def write(single, files={}):
    """Writes OUT_DIR/NAME.onnx for the names on the command line; `files` are models that need their path."""
    folder, *names = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name in single if names == ["--all"] else names:
        path = os.path.join(folder, name + ".onnx")
        proto = files[name](path) if name in files else single[name]()
        with open(path, "wb") as file:
            file.write(proto.SerializeToString())


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(MODELS))
    else:
        write({**MODELS, **DYNAMIC, **INVALID}, FILES)
