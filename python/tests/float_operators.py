"""Float networks of one operator after another, beside each other: a model per opset, one output for each operator."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT_TYPES = {np.dtype(np.float16): TensorProto.FLOAT16, np.dtype(np.float32): TensorProto.FLOAT}


class Operators:
    """A model under construction: operators on inputs of their own."""

    def __init__(self, opset):
        self.opset, self.random = opset, np.random.default_rng(opset)
        self.nodes, self.constants, self.samples, self.outputs = [], [], {}, []

    def input(self, *shape, low=-2, high=2, dtype=np.float32):
        name = f"x{len(self.samples)}"
        self.samples[name] = self.random.uniform(low, high, shape).astype(dtype)
        return name

    def const(self, values, dtype=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def weights(self, *shape):
        return self.const(self.random.normal(0, 0.5, shape))

    def ints(self, *values):
        return self.const(values, np.int64)

    def node(self, operator, *operands, **attributes):
        name = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, operands, [name], name=name, **attributes))
        return name

    def result(self, operator, *operands, **attributes):
        self.outputs.append(self.node(operator, *operands, **attributes))

    def model(self):
        inputs = [helper.make_tensor_value_info(name, FLOAT_TYPES[x.dtype], x.shape) for name, x in self.samples.items()]
        outputs = [helper.make_empty_tensor_value_info(name) for name in self.outputs]
        graph = helper.make_graph(self.nodes, "operators", inputs, outputs, self.constants)
        return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", self.opset)])


def rectifiers():
    net = Operators(13)
    net.result("PRelu", net.input(1, 5, 4, 3), net.weights(5, 1, 1))
    net.result("PRelu", net.input(2, 5), net.weights(5))
    net.result("PRelu", net.input(1, 5, 4, 3), net.const([0.25]))
    net.result("PRelu", net.input(1, 5, 4, 3), net.input(5, 1, 1))
    net.result("ThresholdedRelu", net.input(3, 7), alpha=0.5)
    net.result("ThresholdedRelu", net.input(3, 7), alpha=0.0)
    net.result("Shrink", net.input(3, 7), lambd=0.5, bias=0.5)
    net.result("Shrink", net.input(3, 7), lambd=0.75)
    net.result("Celu", net.input(3, 7))
    net.result("Celu", net.input(3, 7), alpha=2.0)
    net.result("Softsign", net.input(3, 7))
    net.result("Elu", net.input(3, 7), alpha=0.5)
    net.result("Selu", net.input(3, 7))
    net.result("HardSigmoid", net.input(3, 7), alpha=0.25, beta=0.4)
    net.result("Softplus", net.input(3, 7))
    return net


def normalizations():
    net = Operators(18)
    for shape in ((2, 4, 5, 3), (1, 6, 7), (1, 3, 2, 3, 4)):
        channels = shape[1]
        net.result("InstanceNormalization", net.input(*shape), net.weights(channels), net.weights(channels), epsilon=1e-3)
    net.result("GroupNormalization", net.input(2, 6, 4, 3), net.weights(3), net.weights(3), num_groups=3)
    net.result("GroupNormalization", net.input(2, 6, 4), net.weights(1), net.weights(1), num_groups=1)
    grouped = net.node("Reshape", net.input(2, 6, 4, 3), net.ints(0, 3, -1))
    normal = net.node("InstanceNormalization", grouped, net.const([1, 2, 3]), net.weights(3))
    scaled = net.node("Mul", net.node("Reshape", normal, net.ints(2, 6, 4, 3)), net.weights(6, 1, 1))
    net.result("Add", scaled, net.weights(6, 1, 1))
    net.result("LayerNormalization", net.input(2, 3, 4, 5), net.weights(4, 5), net.weights(4, 5), axis=-2)
    net.result("LayerNormalization", net.input(2, 3, 4), net.weights(3, 4), axis=1)
    net.result("LRN", net.input(1, 7, 4, 3), size=3, alpha=0.5, beta=0.75, bias=2.0)
    net.result("LRN", net.input(1, 7, 4, 3), size=5, alpha=0.5, beta=0.5)
    net.result("MeanVarianceNormalization", net.input(2, 3, 4, 5))
    net.result("MeanVarianceNormalization", net.input(2, 3, 4, 5), axes=[1])
    net.result("LpNormalization", net.input(2, 3, 4), axis=1)
    net.result("LpNormalization", net.input(2, 3, 4), axis=-1, p=1)
    return net


def group_norm_21():
    net = Operators(21)
    net.result("GroupNormalization", net.input(2, 6, 4, 3), net.weights(6), net.weights(6), num_groups=2)
    net.result("GroupNormalization", net.input(1, 4, 5), net.weights(4), net.weights(4), num_groups=4)
    return net


def pools():
    net = Operators(19)
    image = (1, 3, 11, 9)
    for attributes in (
        dict(kernel_shape=[3, 2], dilations=[2, 3]),
        dict(kernel_shape=[3, 2], dilations=[2, 2], strides=[2, 1], pads=[1, 1, 2, 0]),
        dict(kernel_shape=[3, 3], dilations=[2, 1], strides=[2, 2], pads=[2, 1, 2, 1], count_include_pad=1),
    ):
        net.result("AveragePool", net.input(*image), **attributes)
    net.result("AveragePool", net.input(1, 3, 12), kernel_shape=[3], dilations=[3], strides=[2])
    net.result("AveragePool", net.input(*image), kernel_shape=[3, 3], strides=[3, 2], pads=[1, 1, 0, 1], ceil_mode=1, count_include_pad=1)
    net.result("GlobalLpPool", net.input(*image))
    net.result("GlobalLpPool", net.input(1, 3, 12), p=1)
    return net


def lp_pools():
    net = Operators(18)
    net.result("LpPool", net.input(1, 3, 8, 7), kernel_shape=[3, 2], strides=[2, 1])
    net.result("LpPool", net.input(1, 3, 8, 7), kernel_shape=[3, 2], pads=[1, 0, 1, 1], p=1)
    net.result("LpPool", net.input(1, 3, 8, 7), kernel_shape=[2, 2], p=3)
    return net


def cubic_resizes():
    net = Operators(13)
    image = (1, 3, 6, 5)
    for mode in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        attributes = dict(mode="cubic", coordinate_transformation_mode=mode)
        net.result("Resize", net.input(*image), "", net.const([1, 1, 2, 1.5]), **attributes)
        net.result("Resize", net.input(*image), "", "", net.ints(1, 3, 4, 9), cubic_coeff_a=-0.5, **attributes)
        net.result("Resize", net.input(*image), "", net.const([1, 1, 0.6, 2.5]), exclude_outside=1, **attributes)
    for mode in ("nearest", "linear", "cubic"):
        for outside in (0.0, 3.0):
            net.result(
                "Resize",
                net.input(*image),
                net.const([0, 0, 0.25, -0.2, 1, 1, 0.75, 1.3]),
                "",
                net.ints(1, 3, 4, 9),
                mode=mode,
                coordinate_transformation_mode="tf_crop_and_resize",
                extrapolation_value=outside,
            )
    return net


def other_resizes():
    """Of other axes than height and width, with antialiasing, in proportion."""
    net = Operators(19)
    volume = (1, 2, 3, 4, 5)
    for mode in ("nearest", "linear"):
        for sizes in ((1, 2, 6, 7, 5), (1, 2, 5, 8, 3)):
            net.result("Resize", net.input(*volume), "", "", net.ints(*sizes), mode=mode)
        net.result("Resize", net.input(3, 4, 6), "", "", net.ints(3, 8, 6), mode=mode)
        net.result("Resize", net.input(1, 4, 6), "", net.const([1, 1, 2.5]), mode=mode)
        net.result("Resize", net.input(4, 6), "", net.const([2, 1.5]), mode=mode)
    for mode in ("linear", "cubic"):
        net.result("Resize", net.input(1, 2, 9, 12), "", "", net.ints(1, 2, 4, 5), mode=mode, antialias=1)
        net.result("Resize", net.input(1, 2, 9, 12), "", "", net.ints(1, 2, 18, 5), mode=mode, antialias=1)
    net.result("Resize", net.input(1, 2, 9, 12), "", "", net.ints(4, 5), axes=[2, 3], mode="cubic", antialias=1, exclude_outside=1)
    for policy in ("not_larger", "not_smaller"):
        net.result("Resize", net.input(1, 2, 6, 8), "", "", net.ints(9, 10), axes=[2, 3], mode="linear", keep_aspect_ratio_policy=policy)
    for mode in ("nearest", "linear", "cubic"):
        net.result(
            "Resize", net.input(1, 2, 5, 5), "", net.const([1, 1, 2.3, 0.7]), mode=mode, coordinate_transformation_mode="half_pixel_symmetric"
        )
    return net


def grids():
    net = Operators(20)
    for mode in ("nearest", "linear", "cubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (0, 1):
                grid = net.input(2, 6, 7, 2, low=-1.8, high=1.8)
                net.result("GridSample", net.input(2, 3, 5, 4), grid, mode=mode, padding_mode=padding, align_corners=corners)
    net.result("GridSample", net.input(1, 1, 1, 1), net.input(1, 3, 3, 2), padding_mode="reflection", align_corners=1)
    for corners in (0, 1):
        theta = net.input(2, 2, 3)
        net.result("AffineGrid", theta, net.ints(2, 3, 4, 5), align_corners=corners)
    return net


def grids_16():
    net = Operators(16)
    for mode in ("nearest", "bilinear", "bicubic"):
        net.result("GridSample", net.input(1, 3, 5, 4), net.input(1, 6, 7, 2), mode=mode)
    return net


def products():
    net = Operators(13)
    for equation, *shapes in (
        ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
        ("bhwc,hkc->bhwk", (2, 3, 4, 5), (3, 6, 5)),
        ("bqhd,bkhd->bhqk", (2, 3, 4, 5), (2, 6, 4, 5)),
        ("i,j->ij", (3,), (4,)),
        ("ij,ij->", (3, 4), (3, 4)),
        ("ijk->kj", (2, 3, 4)),
        ("ij,jk", (2, 3), (3, 4)),
        ("bij,jk->b", (2, 3, 4), (4, 5)),
    ):
        net.result("Einsum", *(net.input(*shape) for shape in shapes), equation=equation)
    net.result("Einsum", net.input(2, 3, 4), net.weights(4, 5), equation="abc,cd->abd")
    return net


def computed_weights():
    """Weights and biases that are inputs."""
    net = Operators(13)
    for groups in (1, 2, 4):
        filter = (6, 4 // groups, 3, 2) if groups < 4 else (4, 1, 3, 2)
        net.result("Conv", net.input(1, 4, 7, 6), net.input(*filter), group=groups, strides=[2, 1], pads=[1, 0, 1, 1])
        net.result("Conv", net.input(1, 4, 7, 6), net.input(*filter), net.input(filter[0]), group=groups, dilations=[2, 1])
        net.result("Conv", net.input(1, 4, 7, 6), net.weights(*filter), net.input(filter[0]), group=groups)
    net.result("Conv", net.input(1, 4, 7), net.input(3, 4, 1), net.weights(3))
    net.result("ConvTranspose", net.input(1, 4, 3, 5), net.input(4, 3, 2, 3), net.input(3), strides=[2, 1], pads=[1, 0, 0, 1])
    net.result("ConvTranspose", net.input(1, 4, 3, 5), net.input(4, 1, 2, 3), group=4, strides=[1, 2])
    net.result("ConvTranspose", net.input(1, 4, 3, 5), net.weights(4, 3, 2, 3), net.input(3), strides=[2, 1])
    parameters = [net.input(4, low=0.5) for _ in range(4)]
    net.result("BatchNormalization", net.input(2, 4, 3, 5), *parameters)
    net.result("Gemm", net.input(3, 4), net.weights(5, 4), net.input(5), transB=1)
    net.result("Gemm", net.input(3, 4), net.input(4, 5), net.input(3, 5), alpha=0.5, beta=2.0)
    net.result("MatMul", net.input(2, 3, 4), net.input(4, 5))
    return net


def spelled_out_rectifiers():
    net = Operators(13)
    slope, half = net.weights(5, 1, 1), net.const(0.5)
    x = net.input(1, 5, 4, 3)
    negative = net.node("Relu", net.node("Neg", x))
    net.result("Sub", net.node("Relu", x), net.node("Mul", slope, negative))
    x = net.input(1, 5, 4, 3)
    net.result("Add", net.node("Mul", net.node("Min", x, net.const(0)), slope), net.node("Max", x, net.const(0)))
    x = net.input(1, 5, 4, 3)
    below = net.node("Mul", net.node("Mul", net.node("Sub", x, net.node("Abs", x)), slope), half)
    net.result("Add", net.node("Relu", x), below)
    x = net.input(1, 5, 4, 3)
    net.result("Max", x, net.node("Mul", x, net.const(0.2)))
    return net


def half_floats():
    """Inputs, weights and masks of float16."""
    net = Operators(13)
    half = np.float16
    x = net.input(1, 3, 6, 5, dtype=half)
    filter = net.const(net.random.normal(0, 0.5, (4, 3, 3, 3)), half)
    net.result("Relu", net.node("Conv", x, filter, net.const([0.5, -1, 2, 0.25], half)))
    scores = net.input(2, 4, dtype=half)
    net.result("Softmax", net.node("Add", scores, net.const([0, 0, -65504, -np.inf], half)))
    x = net.node("Cast", net.input(2, 4), to=TensorProto.FLOAT16)
    net.result("Cast", net.node("Mul", x, net.const(0.5, half)), to=TensorProto.FLOAT)
    return net


NETWORKS = [
    rectifiers, normalizations, group_norm_21, pools, lp_pools, cubic_resizes, other_resizes, grids, grids_16, products, computed_weights,
    spelled_out_rectifiers, half_floats,
]  # fmt: skip
