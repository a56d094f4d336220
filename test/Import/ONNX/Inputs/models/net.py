"""How the models are put together, listed by what the importer must do with them, and written."""
import os
import sys

import numpy as np
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


def write(single, files={}):
    """Writes OUT_DIR/NAME.onnx for the names on the command line; `files` are models that need their path."""
    folder, *names = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name in single if names == ["--all"] else names:
        path = os.path.join(folder, name + ".onnx")
        proto = files[name](path) if name in files else single[name]()
        with open(path, "wb") as file:
            file.write(proto.SerializeToString())
