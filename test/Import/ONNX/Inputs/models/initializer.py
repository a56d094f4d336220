"""Initializers, in the file and beside it."""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .net import Net, invalid, model


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
