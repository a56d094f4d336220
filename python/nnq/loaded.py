"""Compiled code in this process, without files: for tests and tools that compile many small networks."""

import ctypes

import numpy as np

from . import arrays, pipelines
from .errors import Error
from .extension import load_compiler
from .observer import Observer, ignore


class Loaded:
    """A compiled function for this machine, ready to run, from any thread.

    compiled          a _nnq.CompiledModel, or a function of the LoadedObject `code`
    inputs, outputs   its TensorInfos
    observed          those of tensors that `observe` tells of
    """

    def __init__(self, compiled, code=None):
        self.inputs, self.outputs, self.observed = compiled.inputs, compiled.outputs, compiled.observed
        if self.observed:
            self.inputs = self.inputs[:-1]  # the last one is the observer
        self.arena_bytes = compiled.arena_bytes
        self._object = code or load_compiler().LoadedObject(compiled.code)
        count = len(compiled.inputs) + len(compiled.outputs) + 1
        self._function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * count)(self._object.lookup(compiled.symbol))

    def call(self, addresses):
        """Runs on the addresses of inputs, outputs and the arena, which is aligned to 64 bytes."""
        self._function(*addresses)

    def run(self, inputs):
        """Runs on a list of arrays of the inputs' types and shapes; returns a list of new arrays."""
        return self.observe(inputs, ignore)

    def observe(self, inputs, record):
        """Runs, and calls `record(name, array)` for each observed tensor, as Observer does; raises what it raises, behind the run."""
        if len(inputs) != len(self.inputs):
            raise Error(f"the model takes {len(self.inputs)} inputs, not {len(inputs)}")
        given = [np.ascontiguousarray(arrays.as_input(a, t, f"input {t.name!r}")) for a, t in zip(inputs, self.inputs)]
        if self.observed:
            observer = Observer(self.observed, record)
            given.append(observer.address)
        outputs = [np.empty(t.shape, arrays.dtype_of(t)) for t in self.outputs]
        arena = np.empty(self.arena_bytes + 64, np.uint8)
        self.call([*(a.ctypes.data for a in (*given, *outputs)), (arena.ctypes.data + 63) & ~63])
        if self.observed:
            observer.check()
        return outputs


def load_functions(module):
    """All functions of a module, which is lowered for it, as a list of Loaded."""
    compiled = module.compile_functions()
    code = load_compiler().LoadedObject(compiled.code)
    return [Loaded(function, code) for function in compiled.functions]


def import_prepared(model, name, constants=None, folder="", dims=None):
    """A module that is ready to compile or to interpret, from the bytes of an ONNX model, quantized or float."""
    if constants:
        from .onnxfile import with_constants

        model = with_constants(model, constants, name)
    module = load_compiler().Module.import_onnx_bytes(model, name, folder, dims or {})
    for pipeline in pipelines.prepare(module.is_quantized):
        module.run_pipeline(pipeline)
    return module
