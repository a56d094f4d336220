"""Operators that move values."""
import numpy as np

from .net import Net, invalid, model


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
