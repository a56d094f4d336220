"""Pools and reductions."""
from onnx import TensorProto

from .net import Net, invalid, model


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
def lp_exponent():
    net = Net(opset=18)
    return net.outs(net.node("LpPool", [net.input("x", [1, 1, 4])], "pool", kernel_shape=[2], p=0))
