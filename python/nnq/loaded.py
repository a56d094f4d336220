"""Compiled code in this process, without files: for tests and tools that compile many small networks."""

import ctypes

import numpy as np

from . import arrays, pipelines
from .errors import Error
from .extension import load_compiler


class Loaded:
    """A _nnq.CompiledModel for this machine, ready to run. Not for use by two threads at once.

    inputs, outputs   its TensorInfos
    """

    def __init__(self, compiled):
        self.inputs, self.outputs = compiled.inputs, compiled.outputs
        self.arena_bytes = compiled.arena_bytes
        self._object = load_compiler().LoadedObject(compiled.code, compiled.symbol)
        count = len(self.inputs) + len(self.outputs) + 1
        self._function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * count)(self._object.address)

    def call(self, addresses):
        """Runs on the addresses of inputs, outputs and the arena, which is aligned to 64 bytes."""
        self._function(*addresses)

    def run(self, inputs):
        """Runs on a list of arrays of the inputs' types and shapes; returns a list of new arrays."""
        if len(inputs) != len(self.inputs):
            raise Error(f"the model takes {len(self.inputs)} inputs, not {len(inputs)}")
        given = [np.ascontiguousarray(arrays.as_input(a, t, f"input {t.name!r}")) for a, t in zip(inputs, self.inputs)]
        outputs = [np.empty(t.shape, arrays.dtype_of(t)) for t in self.outputs]
        arena = np.empty(self.arena_bytes + 64, np.uint8)
        self.call([*(a.ctypes.data for a in (*given, *outputs)), (arena.ctypes.data + 63) & ~63])
        return outputs


def import_prepared(model, name, constants=None, folder="", dims=None):
    """A module that is ready to compile or to interpret, from the bytes of an ONNX model, quantized or float."""
    if constants:
        from .onnxfile import with_constants

        model = with_constants(model, constants, name)
    module = load_compiler().Module.import_onnx_bytes(model, name, folder, dims or {})
    for pipeline in pipelines.prepare(module.is_quantized):
        module.run_pipeline(pipeline)
    return module
