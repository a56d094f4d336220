"""An ONNX graph that grows node by node, with the scale and zero point of each value."""

from dataclasses import dataclass, replace

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

# Name: number in ONNX, numpy's type of one element, least and greatest code. Older onnx packages do not know the 4-bit ones.
ELEMENTS = {
    "f32": (1, np.float32, 0, 0),
    "u8": (2, np.uint8, 0, 255),
    "i8": (3, np.int8, -128, 127),
    "u16": (4, np.uint16, 0, 65535),
    "i16": (5, np.int16, -32768, 32767),
    "i32": (6, np.int32, -(2**31), 2**31 - 1),
    "i64": (7, np.int64, 0, 0),
    "bool": (9, np.bool_, 0, 1),
    "f16": (10, np.float16, 0, 0),
    "u4": (21, np.uint8, 0, 15),
    "i4": (22, np.int8, -8, 7),
}
MICROSOFT = "com.microsoft"


@dataclass(frozen=True)
class Value:
    """A tensor. Of a quantized one real = (code - zero) * scale; `reach` is about the largest magnitude of the reals."""

    name: str
    shape: tuple
    element: str = "f32"
    scale: float = 0.0
    zero: int = 0
    reach: float = 1.0

    @property
    def is_quantized(self):
        return self.scale != 0


def limits(element):
    return ELEMENTS[element][2:]


def pack(array, element):
    """A tensor's raw data: two codes to a byte in the 4-bit types."""
    if element not in ("u4", "i4"):
        return np.ascontiguousarray(array, ELEMENTS[element][1]).tobytes()
    codes = np.asarray(array).astype(np.uint8).ravel() & 15
    codes = np.pad(codes, (0, len(codes) % 2))
    return (codes[::2] | codes[1::2] << 4).tobytes()


class Graph:
    """Values are Value; inputs hold the data that the graph runs on."""

    def __init__(self, opset=21):
        self.opset = opset
        self.nodes, self.constants, self.inputs, self.data = [], [], [], {}
        self.values = {}
        self.shared = {}  # dequantized values by the name of their codes
        self.used = set()
        self.extra = []  # values that nodes use and that are outputs too
        self.count = 0  # of nodes, those of subgraphs too

    def _add(self, value):
        self.values[value.name] = value
        return value

    def input(self, value, data):
        self.inputs.append(value)
        self.data[value.name] = np.ascontiguousarray(data, ELEMENTS[value.element][1]).reshape(value.shape)
        return self._add(value)

    def constant(self, array, element="f32"):
        """The name of a new initializer."""
        array = np.asarray(array)
        name, data = f"c{len(self.constants)}", pack(array, element)
        tensor = TensorProto(dims=array.shape, data_type=ELEMENTS[element][0], name=name, raw_data=data)
        self.constants.append(tensor)
        return tensor.name

    def node(self, op, inputs, result, domain="", **attributes):
        """Appends a node; `result` is a Value without a name, or a list of them. Returns it, or them, with names."""
        results = result if isinstance(result, list) else [result]
        self.count += 1
        number = self.count - 1
        named = [self._add(replace(v, name=f"v{number}" + (f"_{i}" if i else ""))) for i, v in enumerate(results)]
        names = [getattr(i, "name", i) for i in inputs]
        self.used.update(names)
        self.nodes.append(helper.make_node(op, names, [v.name for v in named], f"n{number}.{op}", domain=domain, **attributes))
        return named if isinstance(result, list) else named[0]

    def codes(self, shape=None, element=None):
        """Quantized results of nodes so far, of a shape and an element type if those are given; none of 4 bits."""
        inputs = {v.name for v in self.inputs}
        found = [v for v in self.values.values() if v.is_quantized and v.name not in inputs and ELEMENTS[v.element][0] < 20]
        return [v for v in found if shape in (None, v.shape) and element in (None, v.element)]

    def leaves(self):
        """Results of nodes that no node uses."""
        inputs = {v.name for v in self.inputs}
        return [v for v in self.values.values() if v.name not in self.used and v.name not in inputs]

    def outputs(self):
        leaves = self.leaves()
        return leaves + [v for v in self.extra if v not in leaves]

    def model(self):
        """The graph as a ModelProto, with the types of all values."""

        def info(value):
            return helper.make_tensor_value_info(value.name, ELEMENTS[value.element][0], value.shape)

        outputs = self.outputs()
        inputs = [v for v in self.inputs if v.name in self.used]
        known = {v.name for v in (*outputs, *self.inputs)}
        graph = helper.make_graph(self.nodes, "fuzz", list(map(info, inputs)), list(map(info, outputs)), self.constants,
                                  value_info=[info(v) for v in self.values.values() if v.name not in known])
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, ir_version=10 if self.opset > 20 else 8, opset_imports=opsets)

    def feeds(self):
        return {name: array for name, array in self.data.items() if name in self.used}


def operators(model: ModelProto):
    """Names of the operators, each once."""
    return sorted({node.op_type for node in model.graph.node})


def with_outputs(model, names):
    """The model with more outputs, whose types are left to be inferred."""
    result = ModelProto()
    result.CopyFrom(model)
    known = {output.name for output in result.graph.output}
    result.graph.output.extend(ValueInfoProto(name=name) for name in names if name not in known)
    return result
