"""A network that runs one layer after another on all samples, so that a layer can be measured and changed before the next one runs."""

import itertools
import math

import numpy as np

from . import arrays, pipelines
from .loaded import load_functions
from .samples import spread

LIVE_BYTES = 3 << 29
"""At most so many bytes of tensors are kept between layers."""


class Stages:
    """The stages of a network, as --nnq-split-layers makes them. They are compiled together when the first one runs.

    layer_names  those of the layers, in the order in which they run
    """

    def __init__(self, module, compile=load_functions):
        """`compile`: from a module, which it may lower, to what runs its functions: a list of Loaded."""
        self._split = module.clone()
        self._split.run_pipeline(pipelines.SPLIT_LAYERS)
        self._modules = [self._split.extract(name) for name in self._split.functions]
        self.layer_names = [module.outputs[0].name for module in self._modules[:-1]]
        self._compile = compile
        self._compiled = None
        self._last_use = {tensor.name: stage for stage, module in enumerate(self._modules) for tensor in module.inputs}

    def named_modules(self):
        """(name, module) of each layer's stage."""
        return zip(self.layer_names, self._modules)

    def live_bytes(self):
        """Bytes that one sample has in tensors between stages, at each stage."""
        live, found = {}, []
        for stage, module in enumerate(self._modules):
            live.update((tensor.name, _bytes(tensor)) for tensor in (*module.inputs, *module.outputs))
            found.append(sum(live.values()))
            live = {name: size for name, size in live.items() if self._last_use.get(name, -1) > stage}
        return found

    def start(self, samples, executor):
        """Begins a run on `samples`, lists of arrays; `executor` runs the samples of a stage."""
        self._executor = executor
        self._tensors = [{f"%arg{index}": array for index, array in enumerate(sample)} for sample in samples]

    def layers(self):
        """Runs the stages up to each layer in turn and yields its name. Between, its values may be read and changed."""
        for self._stage, name in enumerate(self.layer_names):
            self.run_stage()
            yield name
            for tensors in self._tensors:
                for dead in [tensor for tensor in tensors if self._last_use.get(tensor, -1) <= self._stage]:
                    del tensors[dead]

    @property
    def module(self):
        """The present stage. Another one in its place counts when it runs again."""
        return self._modules[self._stage]

    @module.setter
    def module(self, module):
        self._modules[self._stage] = module
        (self._compiled[self._stage],) = self._compile(module.clone())

    @property
    def values(self):
        """The layer's value for each sample: float32 arrays, which may be changed in place."""
        return [tensors[self.module.outputs[0].name] for tensors in self._tensors]

    @property
    def inputs(self):
        """What the layer reads, for each sample, in its own type: `input_type`."""
        return [tensors["input"] for tensors in self._tensors]

    def outputs(self):
        """What the network computes for each sample, behind the last layer."""
        self._stage = len(self._modules) - 1
        return self.run_stage()

    def compiled(self, stage):
        """What runs a stage, which is counted or named."""
        if self._compiled is None:
            self._compiled = self._compile(self._split)
            self._split = None
        return self._compiled[stage if isinstance(stage, int) else self.layer_names.index(stage)]

    def run_stage(self, only=None):
        """Runs the present stage on all samples, or on those of some indices, and again if it has run; returns its outputs."""
        model = self.compiled(self._stage)
        self.input_type = next((tensor for tensor in model.outputs if tensor.name == "input"), None)

        def run(tensors):
            outputs = model.run([tensors[tensor.name] for tensor in model.inputs])
            tensors.update((tensor.name, output) for tensor, output in zip(model.outputs, outputs))
            return outputs

        return [*self._executor.map(run, self._tensors if only is None else [self._tensors[index] for index in only])]


def affordable_count(networks):
    """How many samples networks that run side by side have memory for."""
    most = max(map(sum, itertools.zip_longest(*(network.live_bytes() for network in networks), fillvalue=0)))
    return max(1, LIVE_BYTES // max(most, 1))


def side_by_side(float_stages, quantized_stages, progress, text):
    """Runs both networks layer by layer; yields the name of each layer that both have, when both have computed it."""
    running, quantized = float_stages.layers(), quantized_stages.layers()
    ahead = list(float_stages.layer_names)
    for _ in progress.count(quantized_stages.layer_names, text):
        name = next(quantized)
        if name in ahead:
            next(layer for layer in running if layer == name)
            del ahead[: ahead.index(name) + 1]
            yield name


def affordable(networks, count):
    """Indices of the samples, of `count`, that networks which run side by side have memory for: all, or some spread evenly."""
    return spread(count, affordable_count(networks))


def _bytes(tensor):
    return math.prod(tensor.shape) * arrays.dtype_of(tensor).itemsize
