"""Networks of any number of nodes of one kind, to see how the cost of compiling grows."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

CHANNELS, SIZE = 8, 8


class _Chain:
    """Nodes one behind the other, and their weights."""

    def __init__(self):
        self.nodes, self.weights, self._random = [], [], np.random.default_rng(0)

    def add(self, op, *inputs, **attributes):
        name = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def normal(self, *shape):
        """Weights that keep the size of what they are applied to."""
        name = f"w{len(self.weights)}"
        values = self._random.normal(0, np.prod(shape[1:]) ** -0.5, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def conv(self, x, outputs, inputs, kernel=3):
        return self.add("Conv", x, self.normal(outputs, inputs, kernel, kernel), pads=[kernel // 2] * 4)


def _elementwise(chain, x):
    return chain.add("Tanh", chain.add("Mul", x, chain.normal(1, CHANNELS, 1, 1)))


def _conv(chain, x):
    return chain.add("Relu", chain.conv(x, CHANNELS, CHANNELS))


def _unlike(chain, x):
    """Convolutions of many shapes, which share no kernels."""
    between = CHANNELS + len(chain.nodes) % 101
    return chain.conv(chain.add("Relu", chain.conv(x, between, CHANNELS, 1)), CHANNELS, between)


def _residual(chain, x):
    inside = chain.conv(chain.add("Relu", chain.conv(x, CHANNELS, CHANNELS)), CHANNELS, CHANNELS)
    return chain.add("Relu", chain.add("Add", x, inside))


def _dense(chain, x):
    """Blocks that keep what they read, and reduce it again."""
    joined = chain.add("Concat", x, chain.add("Relu", chain.conv(x, CHANNELS, CHANNELS)), axis=1)
    return chain.conv(joined, CHANNELS, 2 * CHANNELS, 1)


KINDS = {"elementwise": _elementwise, "conv": _conv, "unlike": _unlike, "residual": _residual, "dense": _dense}


def model(kind, nodes):
    """An ONNX model of at least so many nodes."""
    chain, x = _Chain(), "x"
    while len(chain.nodes) < nodes:
        x = KINDS[kind](chain, x)
    shape = [1, CHANNELS, SIZE, SIZE]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", x)]
    graph = helper.make_graph(chain.nodes, kind, values[:1], values[1:], chain.weights)
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])


def samples(count):
    return np.random.default_rng(1).normal(0, 1, (count, CHANNELS, SIZE, SIZE)).astype(np.float32)
