"""A float graph that knows where 8-bit integers may round it, where floats do, and what its outputs consist of."""

import contextlib
import json
from dataclasses import dataclass, field

import numpy as np
from common.graph import ELEMENTS, Graph, Value

CALIBRATED, JUDGED = 8, 4
"""Samples of each input: the first ones show ranges, the others judge."""

BY_DEFINITION = {
    **dict.fromkeys(("Sigmoid", "HardSigmoid", "Softmax"), (0.0, 1.0)),
    **dict.fromkeys(("Tanh", "Erf", "Sin", "Cos", "Softsign"), (-1.0, 1.0)),
}
"""Between what the results of functions lie, whatever samples show: a score may be large where no sample has what it is of."""

MARKS = "nnq.fuzz"
"""The model's property that holds its Marks, so that a file can be judged like the graph that it was written of."""


@dataclass
class Marks:
    """What is known of a model's tensors beside what it computes.

    rounded   those that may be rounded to 8 bits, by a range of their own
    defined   {tensor: (low, high)} of those with ranges by definition, which samples don't narrow
    spellings results of nodes that are one operation, spelled out, whose result is the last
    inexact   those that float arithmetic rounds
    weights   constants that may be rounded, {name: axis that has a scale for each index, or None}
    parts     {output: [[axis, start, end], ...]} where it consists of unlike parts
    decided   those that depend on comparisons, so that a small error may make them another value
    recurrent those that depend on a state which is rounded at each step
    """

    rounded: list = field(default_factory=list)
    defined: dict = field(default_factory=dict)
    spellings: list = field(default_factory=list)
    inexact: list = field(default_factory=list)
    weights: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)
    decided: list = field(default_factory=list)
    recurrent: list = field(default_factory=list)

    @staticmethod
    def of(model):
        return next((Marks(**json.loads(p.value)) for p in model.metadata_props if p.key == MARKS), Marks())


class FloatGraph(Graph):
    """Inputs hold CALIBRATED + JUDGED samples. Nodes are appended by what they do to values:

    compute  a result of its own, which the compiler may round to 8 bits
    exact    the same, but of values that floats do not round: Relu, Max, Neg
    move     operands' values at other places
    unite    several operands' values in one tensor, which has one scale if something computes with it
    decide   a result that a comparison chooses

    In `with g.spelling():` only the last node's result counts as one to be rounded: the nodes are one operation, spelled out. Where others
    read what is inside, that is computed once more beside it, and rounded there.
    """

    def __init__(self, opset):
        super().__init__(opset)
        self.marks = Marks()
        self.united, self.movers, self.depth = set(), set(), 0
        self.inside = []  # results inside of spellings, which are rounded for others that read them
        self.decided, self.recurrent = set(), set()  # what depends on these is one of these

    def input(self, value, data):
        self.inputs.append(value)
        self.data[value.name] = np.ascontiguousarray(data, ELEMENTS[value.element][1])
        if value.element == "f32":
            self.marks.rounded.append(value.name)
        return self._add(value)

    def new_input(self, shape, data, reach, element="f32"):
        """`data`: all samples."""
        return self.input(Value(f"x{len(self.inputs)}", tuple(shape), element, reach=reach), data)

    def weight(self, array, axis=None):
        """A constant that may be rounded to 8 bits, with a scale for each index of an axis."""
        name = self.constant(np.asarray(array, np.float32))
        self.marks.weights[name] = axis
        return name

    def ints(self, *values):
        return self.constant(np.array(values, np.int64), "i64")

    def scalar(self, value):
        return self.constant(np.float32(value))

    # Nodes

    def compute(self, op, inputs, shape, reach, domain="", element="f32", **attributes):
        result = self._append(op, inputs, shape, reach, element, domain, attributes)
        self.marks.inexact.append(result.name)
        self._round(result)
        return self.define(result, op) if op in BY_DEFINITION else result

    def define(self, value, op):
        """Says that a value has the range of what `op` gives."""
        self.marks.defined[value.name] = BY_DEFINITION[op]
        return value

    def exact(self, op, inputs, shape, reach, element="f32", domain="", **attributes):
        result = self._append(op, inputs, shape, reach, element, domain, attributes)
        self._round(result)
        return result

    def move(self, op, inputs, shape, reach, element="f32", domain="", **attributes):
        result = self._append(op, inputs, shape, reach, element, domain, attributes)
        self.movers.add(result.name)
        return result

    def unite(self, op, inputs, shape, reach, element="f32", **attributes):
        result = self.move(op, inputs, shape, reach, element, **attributes)
        self.united.add(result.name)
        return result

    def decide(self, op, inputs, shape, reach, element="f32", **attributes):
        result = self._append(op, inputs, shape, reach, element, "", attributes)
        self.decided.add(result.name)
        if element == "f32":
            self._round(result)
        return result

    def several(self, op, inputs, shapes, reach, element="f32", inexact=True, **attributes):
        """A node of several results."""
        results = self.node(op, inputs, [Value("", tuple(shape), element, reach=reach) for shape in shapes], **attributes)
        for result in results:
            self._inherit(result, inputs)
            self.marks.inexact += [result.name] * inexact
            self.marks.rounded += [result.name] * (inexact and not self.depth)
            if not inexact:
                self.movers.add(result.name)
        return results

    def _append(self, op, inputs, shape, reach, element, domain, attributes):
        result = self.node(op, inputs, Value("", tuple(shape), element, reach=max(float(reach), 1e-30)), domain, **attributes)
        self._inherit(result, inputs)
        return result

    def _inherit(self, result, inputs):
        for names in (self.decided, self.recurrent):
            if any(getattr(i, "name", i) in names for i in inputs):
                names.add(result.name)

    def _round(self, result):
        (self.inside if self.depth else self.marks.rounded).append(result.name)

    @contextlib.contextmanager
    def spelling(self):
        self.depth, before = self.depth + 1, len(self.nodes)
        yield
        self.depth -= 1
        if self.depth or len(self.nodes) == before:
            return
        last = self.nodes[-1].output[0]
        self.marks.spellings.append([name for node in self.nodes[before:-1] for name in node.output] + [last])
        if last not in self.movers:
            self.marks.rounded.append(last)

    def protect(self, value):
        """What a function with a pole reads is not to be rounded to 8 bits."""
        if value.name in self.marks.rounded and not value.name.startswith("x"):
            self.marks.rounded.remove(value.name)

    # Spellings that depend on the opset

    def reduce(self, op, x, axes, keep=True):
        axes = [a % len(x.shape) for a in axes]
        shape = [1 if i in axes else size for i, size in enumerate(x.shape) if keep or i not in axes]
        count = np.prod([x.shape[a] for a in axes])
        reach = x.reach * (count if op == "ReduceSum" else 1)
        if self.opset >= (13 if op == "ReduceSum" else 18):
            return self.compute(op, [x, self.ints(*axes)], shape, reach, keepdims=int(keep))
        return self.compute(op, [x], shape, reach, axes=axes, keepdims=int(keep))

    def reshape(self, x, shape):
        return self.move("Reshape", [x, self.ints(*shape)], shape, x.reach, x.element)

    def transpose(self, x, permutation):
        return self.move("Transpose", [x], [x.shape[i] for i in permutation], x.reach, x.element, perm=list(permutation))

    def unsqueeze(self, x, axis):
        shape = [*x.shape[:axis], 1, *x.shape[axis:]]
        if self.opset >= 13:
            return self.move("Unsqueeze", [x, self.ints(axis)], shape, x.reach, x.element)
        return self.move("Unsqueeze", [x], shape, x.reach, x.element, axes=[axis])

    def slice(self, x, axis, start, end):
        shape = [end - start if i == axis else size for i, size in enumerate(x.shape)]
        return self.move("Slice", [x, self.ints(start), self.ints(end), self.ints(axis)], shape, x.reach, x.element)

    def split(self, x, axis, sizes):
        shapes = [[s if i == axis else size for i, size in enumerate(x.shape)] for s in sizes]
        if self.opset >= 13:
            return self.several("Split", [x, self.ints(*sizes)], shapes, x.reach, inexact=False, axis=axis)
        return self.several("Split", [x], shapes, x.reach, inexact=False, axis=axis, split=list(sizes))

    def concat(self, parts, axis):
        shape = list(parts[0].shape)
        shape[axis] = sum(p.shape[axis] for p in parts)
        result = self.unite("Concat", parts, shape, max(p.reach for p in parts), axis=axis)
        edges = np.cumsum([0, *(p.shape[axis] for p in parts)])
        self.marks.parts[result.name] = [[axis, int(a), int(b)] for a, b in zip(edges, edges[1:])]
        return result

    @contextlib.contextmanager
    def body(self):
        """Nodes in here become those of a subgraph: a list that is empty until then. They are inside of the node that has it."""
        outer, known, inexact = self.nodes, set(self.values), list(self.marks.inexact)
        self.nodes, self.depth = [], self.depth + 1
        yield self.nodes
        self.nodes, self.depth, self.marks.inexact = outer, self.depth - 1, inexact
        for name in self.values.keys() - known:
            del self.values[name]

    # The result

    def reals(self, shape=None):
        """Float values that steps may read, inputs too."""
        return [v for v in self.values.values() if v.element == "f32" and shape in (None, v.shape)]

    def _is_computed_with(self, name):
        """Whether a node that is no move reads a value, maybe behind moves."""
        for node in self.nodes:
            if name in _read_by(node) and (node.output[0] not in self.movers or any(map(self._is_computed_with, node.output))):
                return True
        return False

    def model(self):
        model = super().model()
        outputs = [v.name for v in self.outputs()]
        inside = [name for name in self.inside if name in self.values]
        rounded = dict.fromkeys([*self.marks.rounded, *inside, *(name for name in self.values if name in self.united and self._is_computed_with(name))])
        marks = {
            "rounded": [name for name in rounded if name in self.used or name in outputs],
            "defined": self.marks.defined,
            "spellings": [spelling for spelling in self.marks.spellings if spelling[-1] in self.used or spelling[-1] in outputs],
            "inexact": [name for name in self.marks.inexact if name in self.used or name in outputs],
            "weights": {name: axis for name, axis in self.marks.weights.items() if name in self.used},
            "parts": {name: parts for name, parts in self.marks.parts.items() if name in outputs},
            "decided": [name for name in outputs if name in self.decided],
            "recurrent": [name for name in outputs if name in self.recurrent],
        }
        model.metadata_props.add(key=MARKS, value=json.dumps(marks))
        return model


def _read_by(node):
    """Names of the values that a node reads, those in its subgraphs too."""
    bodies = (inner for attribute in node.attribute for inner in attribute.g.node)
    return {*node.input, *(name for inner in bodies for name in inner.input)}
