"""Resizing, and other operators on images."""
from .net import Net, invalid, model


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


@invalid
def grid_of_volumes():
    net = Net(opset=20)
    return net.outs(net.node("GridSample", [net.input("x", [1, 1, 2, 2, 2]), net.input("g", [1, 2, 2, 2, 3])], "sample"))


@invalid
def grid_padding():
    net = Net(opset=20)
    return net.outs(net.node("GridSample", [net.input("x", [1, 1, 2, 2]), net.input("g", [1, 2, 2, 2])], "sample", padding_mode="wrap"))


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
def resize_nowhere():
    net = Net()
    return net.outs(net.node("Resize", [net.input("x", [1, 1, 4, 4]), net.const("r", [0, 0, 0, float("nan"), 1, 1, 1, 1]), net.const("s", [1, 1, 2, 2])],
                             "up", mode="cubic", coordinate_transformation_mode="tf_crop_and_resize"))


@invalid
def resize_nothing():
    net = Net()
    return net.outs(net.node("Resize", [net.input("x", [1, 1, 4, 4]), "", net.const("s", [1, 1, 0.1, 2])], "up"))
