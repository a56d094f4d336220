"""A network that runs one layer after another on all samples, so that a layer can be measured and changed before the next one runs."""

import itertools
import math

from . import pipelines

LIVE_BYTES = 3 << 29
"""At most so many bytes of tensors are kept between layers."""


class Stages:
    """The stages of a network, as --nnq-split-layers makes them. They are compiled as they are needed."""

    def __init__(self, module, compile_stage):
        """`compile_stage`: from a module and a number to a Model."""
        split = module.clone()
        split.run_pipeline(pipelines.SPLIT_LAYERS)
        self._modules = [split.extract(name) for name in split.functions]
        self._compile = compile_stage
        self._last_use = {tensor.name: stage for stage, module in enumerate(self._modules) for tensor in module.inputs}

    @property
    def layer_names(self):
        """Those of the layers, in the order in which they run."""
        return [module.outputs[0].name for module in self._modules[:-1]]

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
        self._next = 0
        self._executor = executor
        self._values = [{f"%arg{index}": array for index, array in enumerate(sample)} for sample in samples]

    def layers(self):
        """Yields (name, values) of each layer in turn: a float32 array for each sample, which may be changed in place."""
        for name in self.layer_names:
            self._run()
            yield name, [values[name] for values in self._values]

    def outputs(self):
        """What the network computes for each sample, behind the last layer."""
        return self._run()

    def _run(self):
        """Runs the next stage on all samples, and forgets what no stage behind it takes."""
        stage, self._next = self._next, self._next + 1
        model = self._compile(self._modules[stage], stage)
        dead = [name for name, last in self._last_use.items() if last == stage]

        def run(values):
            outputs = model.run([values[tensor.name] for tensor in model.inputs])
            for name in dead:
                values.pop(name, None)
            values.update((tensor.name, output) for tensor, output in zip(model.outputs, outputs))
            return outputs

        return [*self._executor.map(run, self._values)]


def affordable(networks, count):
    """Indices of the samples, of `count`, that networks which run side by side have memory for: all, or some spread evenly."""
    most = max(map(sum, itertools.zip_longest(*(network.live_bytes() for network in networks), fillvalue=0)))
    taken = max(1, min(count, LIVE_BYTES // max(most, 1)))
    return [index * count // taken for index in range(taken)]


def _bytes(tensor):
    return math.prod(tensor.shape) * (4 if tensor.type == "f32" else 1)
