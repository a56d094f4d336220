"""One graph through the compiler: refused by name, equal everywhere, or a Finding."""

import importlib
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from common.execution import Guarded
from common.graph import with_outputs
from common.peer import OPTIMIZED, PLAIN, SIGNED, PeerEnds, PeerRefuses
from common.verdict import FAILED, OK, REFUSED, Verdict
from nnq import Error, arrays
from nnq.loaded import import_prepared

from .cuts import codes_of_float_layers, cut

TOLERANCE = 1e-5
DRIVERS = pathlib.Path(__file__).resolve().parents[2] / "test" / "Execution" / "Inputs"

SOFTMAX, UNTYPED, IN_FLOAT = "softmax overflows", "type lost", "layers in float"
"""Differences from ONNX Runtime that docs/NumericsOnnx.md names, beside SIGNED."""

KNOWN_LIMITS = ("has one scale per tensor",)
"""What code generation refuses by name. The importer only says what it refuses."""


class Runner:
    """Compiles for `targets`; those for Arm run under qemu. `peer`: a Peer, or None."""

    def __init__(self, targets, peer=None):
        self.targets, self.peer, self.memory, self.steps = targets, peer, Guarded(), {}

    def run(self, model, feeds):
        """The Verdict on the bytes of a model and its inputs by name."""
        refused = None
        try:
            module = import_prepared(model, "fuzz.onnx")
        except Error as error:
            refused = str(error)
        mode = OPTIMIZED
        peer, expected = self._ask_peer(model, feeds, mode)
        if peer:  # the optimizer makes some graphs of signed codes invalid
            mode = SIGNED
            peer, expected = self._ask_peer(model, feeds, mode)
        if refused is not None:
            stage = "import" if "fuzz.onnx" in refused else "prepare"
            return Verdict(REFUSED if stage == "import" else FAILED, stage, refused, peer)
        try:
            inputs = [feeds[tensor.name] for tensor in module.inputs]
            names = [tensor.name for tensor in module.outputs]
            reference = module.interpret(inputs)
        except (Error, KeyError) as error:
            return Verdict(FAILED, "reference", str(error), peer)
        exact = not module.float_islands
        self.steps, near = _steps(model), 0
        for target in self.targets:
            try:
                compiled = module.clone().compile(target)
            except Error as error:
                kind = REFUSED if any(limit in str(error) for limit in KNOWN_LIMITS) else FAILED
                return Verdict(kind, f"compile for {target}", str(error), peer)
            text, results = self._execute(compiled, target, inputs)
            if not text:
                text, steps = self._compare(names, reference, results, exact)
                near += steps
            if text:
                return Verdict(FAILED, target, text, peer, near)
        if expected is None:
            return Verdict(OK, peer=peer, near=near)
        text, steps = self._compare(names, [expected[name] for name in names], results, exact)
        if not text:
            return Verdict(OK, peer=peer, near=near + steps)
        reason = self._documented(model, feeds, mode, names, results, exact)
        return Verdict(OK if reason else FAILED, reason or "peer", text, peer, near)

    def _documented(self, model, feeds, mode, names, results, exact):
        """Which difference from ONNX Runtime's results in `mode` that docs/NumericsOnnx.md names is seen here, or ""."""

        def agrees(how):
            _, other = self._ask_peer(model, feeds, how)
            return other and not self._compare(names, [other[name] for name in names], results, exact)[0]

        if agrees(SIGNED):
            return SIGNED
        nodes = self.peer.optimized(model, feeds, mode).graph.node
        operators = {node.op_type for node in nodes}
        given = {name for node in onnx.load_from_string(model).graph.node for name in node.output}
        untyped = any(n.op_type == "QuantizeLinear" and len(n.input) < 3 and n.output[0] not in given for n in nodes)
        if ("QLinearSoftmax" in operators or untyped) and agrees(PLAIN):
            return UNTYPED if untyped else SOFTMAX
        return IN_FLOAT if self._agrees_by_layers(onnx.load_from_string(model), feeds) else ""

    def _agrees_by_layers(self, model, feeds):
        """Whether each layer that ONNX Runtime computes in float is at most one step off on the codes that it takes there, and all
        else equal."""
        try:
            optimized = self.peer.optimized(model.SerializeToString(), feeds, SIGNED)
            inner = codes_of_float_layers(model, optimized)
            expected = self.peer.run(with_outputs(optimized, inner).SerializeToString(), feeds, PLAIN)
        except PeerRefuses:
            return False
        pieces, fed = cut(model, {name: expected[name] for name in inner})
        module = import_prepared(pieces.SerializeToString(), "fuzz.onnx")
        given = feeds | fed
        results = module.interpret([given[tensor.name] for tensor in module.inputs])
        for tensor, result in zip(module.outputs, results, strict=True):
            exact = tensor.name not in inner and not module.float_islands
            if self._compare([tensor.name], [expected[tensor.name]], [result], exact)[0]:
                return False
        return bool(inner)

    def _ask_peer(self, model, feeds, mode):
        if self.peer is None:
            return "", None
        try:
            return "", self.peer.run(model, feeds, mode)
        except PeerRefuses as refusal:
            return str(refusal), None
        except PeerEnds as end:
            return f"crash: {end}", None

    def _execute(self, compiled, target, inputs):
        """What went wrong, or "", and the outputs."""
        if target.startswith("aarch64"):
            return self._emulate(compiled, target, inputs)
        return self.memory.execute(compiled, inputs)

    def _emulate(self, compiled, target, inputs):
        if str(DRIVERS) not in sys.path:
            sys.path.insert(0, str(DRIVERS))
        objects = importlib.import_module("objects")
        objects.DTYPES.update(arrays.DTYPES)
        with tempfile.TemporaryDirectory() as folder:
            try:
                return "", objects.run(compiled, target, inputs, pathlib.Path(folder))
            except objects.Failed as failure:
                return str(failure), None

    def _compare(self, names, expected, results, exact):
        """What differs, or "", and how many codes are one step off where a float layer allows it."""
        near = 0
        for name, want, got in zip(names, expected, results, strict=True):
            if want.shape != got.shape:
                return f"{name}: the shape is {got.shape}, not {want.shape}", near
            if want.dtype.kind == "f" or got.dtype.kind == "f":
                step = 0 if exact else self.steps.get(name, 0)
                wrong = ~np.isclose(got.astype(np.float64), want, TOLERANCE, TOLERANCE + step, equal_nan=True)
            else:
                distance = np.abs(got.astype(np.int64) - want.astype(np.int64))
                near += 0 if exact else int((distance == 1).sum())
                wrong = distance > (0 if exact else 1)
            if wrong.any():
                at = tuple(int(i) for i in np.argwhere(wrong)[0])
                return f"{name}: {np.count_nonzero(wrong)} of {wrong.size} elements differ; at {list(at)}: {got[at]}, not {want[at]}", near
        return "", near


def _steps(model):
    """{name: scale} of a model's tensors that are dequantized codes: so much is one step of theirs."""
    graph = onnx.load_from_string(model).graph
    scales = {tensor.name: float(onnx.numpy_helper.to_array(tensor).max()) for tensor in graph.initializer if tensor.data_type == 1}
    return {n.output[0]: scales[n.input[1]] for n in graph.node if n.op_type == "DequantizeLinear" and n.input[1] in scales}
