"""What each layer's bit-width does to the network's output, and what it costs: the ground on which widths are picked.

One layer at a time is quantized, and the float network runs on from what it gives. Errors of different layers are nearly
independent, so what each adds to the output's noise adds up. (Measured in a quantized network, a change in front would draw the
rounding errors of all layers behind it anew, which hides what it does itself.)
"""

import dataclasses
import hashlib
import json
import math
import os
import pathlib
import statistics
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from . import arrays, bitwidths, layers, moments, pipelines
from .calibration import bytes_of
from .errors import Error
from .layers import as_logits, decibels, is_row_of_classes, output_noise
from .loaded import load_functions
from .output import replace_file
from .samples import spread
from .settings import split_width, width_order
from .stages import Stages, affordable_count
from .tuning import distance

SENSITIVITY = "sensitivity.json"
"""The file, unless the settings name another."""

BASE = "w8a8"
"""What percentages of budgets are of."""

SAMPLES = 32
"""So many of the calibration samples show what a width does, unless another number is asked for."""

TIMED_RUNS = 20


@dataclass(frozen=True)
class Network:
    """A network of which layers are to be measured.

    module       prepared, in float
    calibration  path of its statistics
    settings     Int8, which says all but the widths
    compile      function of (module, name, **options of Module.compile) that returns a Model for this machine
    target       what costs are for
    """

    module: object
    calibration: pathlib.Path
    settings: object
    compile: object
    target: object

    def quantized(self, nnq, scratch, width):
        """A clone in which all layers have the width."""
        module = self.module.clone()
        if width == "float":
            module.run_pipeline(pipelines.INSERT_OBSERVERS)
            return module
        widths = None
        if width != BASE:
            widths = scratch / f"all-{width}.json"
            bitwidths.write(widths, {layer.name: width for layer in nnq.find_layers(module)})
        pipelines.quantize(self.calibration, self.settings, widths).run(module)
        return module


class FloatStages(Stages):
    """The stages of the float network. A quantized one may take the place of the present stage."""

    def __init__(self, module):
        super().__init__(module)
        self._tensor_of = {}

    def compiled(self, stage):
        found = super().compiled(stage)
        self._tensor_of.update((tensor.name, tensor) for tensor in (*found.inputs, *found.outputs))
        return found

    def fits(self, module):
        """Whether a module takes and gives the tensors of the present stage, in whatever types."""
        return all({t.name for t in ours} == {t.name for t in theirs}
                   for ours, theirs in ((self.module.inputs, module.inputs), (self.module.outputs, module.outputs)))

    def replaced(self, model):
        """What `model` gives in the place of the present stage, for each sample: {name: array}, in its types."""
        def run(tensors):
            outputs = model.run([arrays.convert(tensors[t.name], self._tensor_of[t.name], t) for t in model.inputs])
            return {t.name: array for t, array in zip(model.outputs, outputs)}

        return [*self._executor.map(run, self._tensors)]

    def outputs_behind(self, model, given):
        """What the network computes for each sample if the present stage gives what `model` gave, as `replaced` returns it."""
        later = [self.compiled(stage) for stage in range(self._stage + 1, len(self._modules))]

        def run(tensors, found):
            tensors = tensors | {t.name: arrays.convert(found[t.name], t, self._tensor_of[t.name]) for t in model.outputs}
            for stage in later:
                outputs = stage.run([tensors[t.name] for t in stage.inputs])
                tensors.update((t.name, array) for t, array in zip(stage.outputs, outputs))
            return outputs

        return [*self._executor.map(run, self._tensors, given)]


class Sensitivities:
    """Measured so far, in a file beside the one that they are for, so that an interrupted run goes on where it was."""

    def __init__(self, path, key, target, count):
        self._path = path
        self._partial = self._path.with_name(self._path.name + ".partial")
        self._head = {"nnq-sensitivity": 1, "network": key, "target": target, "samples": count}
        self._found = {"costs": {}, "layers": {}}
        if (saved := _read(self._partial)) and saved.get("head") == self._head:
            self._found = saved["found"]

    @property
    def is_done(self):
        """Whether the file is there, and of this network, data and settings."""
        saved = _read(self._path)
        return bool(saved) and all(saved.get(key) == value for key, value in self._head.items())

    @property
    def costs(self):
        return self._found["costs"]

    @property
    def effects(self):
        """{layer: {width: {noise, sqnr_db}}}, with kl and agreement where the first output is a row of classes."""
        return self._found["layers"]

    def save(self):
        replace_file(self._partial, json.dumps({"head": self._head, "found": self._found}))

    def finish(self, names):
        """Writes the file: layers in the order of `names`, a line for each candidate."""
        entries = []
        for name in names:
            lines = [json.dumps({"width": width, **effect, **self.costs[width][name]}) for width, effect in self.effects[name].items()]
            entries.append(f'  {{"name": {json.dumps(name)}, "candidates": [\n    ' + ",\n    ".join(lines) + "]}")
        head = json.dumps(self._head)[:-1]
        replace_file(self._path, f'{head}, "layers": [\n' + ",\n".join(entries) + "\n]}\n")
        self._partial.unlink(missing_ok=True)


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def key_of(module, samples, settings):
    """What a measurement depends on, in short: the prepared network, the samples and the settings, apart from what is made of it."""
    digest = hashlib.sha256(bytes_of(module))
    for sample in samples:
        for array in sample:
            digest.update(array.tobytes())
    only_read = ("bit_widths", "budgets", "metric", "prune", "sensitivity", "target_sqnr", "widen")
    kept = {name: value for name, value in dataclasses.asdict(settings).items() if name not in only_read}
    digest.update(repr(sorted(kept.items())).encode())
    return digest.hexdigest()[:32]


def measure(nnq, network, samples, folder, scratch, progress):
    """Writes the sensitivity file (docs/BitWidths.md) that the network's settings name, or one in `folder`, and returns its path.

    Its widths are the settings' candidates, and BASE. Goes on where an interrupted run ended; does nothing where all is done.

    samples  lists of arrays; effects are measured on as many as the settings say, at most, and on the others weights are rounded and
             channels corrected
    scratch  a folder for what is needed on the way
    Returns notes too: layers for which a width can't be measured. Error: budgets that can't be met, before effects are measured.
    """
    settings, samples = network.settings, list(samples)
    output = pathlib.Path(settings.sensitivity or folder / SENSITIVITY)
    widths = sorted({BASE, *settings.candidates}, key=width_order)
    judged = spread(len(samples), min(settings.samples, max(1, len(samples) // 2)))
    key = key_of(network.module, samples, settings)
    found = Sensitivities(output, key, network.target.name, len(judged))
    if found.is_done:
        return output, []
    scratch = scratch / "sensitivity"
    scratch.mkdir()
    modules = {width: network.quantized(nnq, scratch, width) for width in dict.fromkeys((*widths, "float"))}
    budgets = settings.budgets
    static = {width: _static_costs(network, network.module if width == "float" else modules[width]) for width in widths}
    _check_budgets(nnq, {name: value for name, value in budgets.items() if name != "time"}, static, scratch)
    for width in progress.count(widths, "measuring costs"):
        if width not in found.costs:
            found.costs[width] = costs(network, network.module if width == "float" else modules[width], width)
            found.save()
    _check_budgets(nnq, budgets, found.costs, scratch)
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        notes = _Effects(nnq, modules, samples, judged, executor, scratch).measure(found, progress)
    found.finish(found.effects)
    return output, notes


def costs(network, module, width):
    """{layer: {bytes, bops, time_us}} of the layers with weights of a module.

    Times are measured where this machine runs the target's code. Elsewhere they are predicted cycles, of which 1,000 count as
    a microsecond.
    """
    measured, found = _times(network, module, width), _static_costs(network, module)
    for name, cost in found.items():
        cost["time_us"] = round(measured[name], 3) if measured else cost["time_us"]
    return found


def _static_costs(network, module):
    """As `costs`, with predicted times."""
    return {cost.name: {"bytes": cost.bytes, "bops": cost.bops, "time_us": round(cost.cycles / 1e3, 3)}
            for cost in module.layer_costs(network.target.name) if cost.bops}  # layers with weights


def _check_budgets(nnq, budgets, costs, scratch):
    """Error: budgets that no choice of these candidates keeps to, whatever they do to the output."""
    if not budgets:
        return
    file = scratch / "costs.json"
    layers = [{"name": name, "candidates": [{"width": width, "noise": 0, **costs[width][name]} for width in costs if name in costs[width]]}
              for name in costs[BASE]]
    file.write_text(json.dumps({"nnq-sensitivity": 1, "layers": layers}), encoding="utf-8")
    try:
        nnq.choose_bit_widths(str(file), **budgets)
    except Error as error:
        raise Error(str(error).removeprefix(f"{file}: ")) from None


def _times(network, module, width):
    """Microseconds of each layer by name, or None where this machine can't run it."""
    model = network.compile(module.clone(), f"all-{width}", network.target)
    if model.why_not_runnable:
        return None
    median_ms = 1e3 * statistics.median(model.time(reps=TIMED_RUNS, warm_up=3))
    timed = network.compile(module.clone(), f"timed-{width}", network.target, time_kernels=True)
    layer_ms, _ = layers.times(timed, len(timed.manifest["layers"]), median_ms)
    found = {}
    for layer, milliseconds in zip(timed.manifest["layers"], layer_ms):
        found[layer["name"]] = found.get(layer["name"], 0.0) + 1e3 * (milliseconds or 0.0)
    return found


class _Effects:
    """Runs the float network layer by layer, and each layer in its other widths too."""

    def __init__(self, nnq, modules, samples, judged, executor, scratch):
        """modules: {width: the network with all layers of that width}; judged: indices of the samples that effects are measured on."""
        self._nnq = nnq
        self._scratch = scratch
        self._float = FloatStages(modules["float"])
        others = [index for index in range(len(samples)) if index not in judged] or judged
        room = max(1, affordable_count([self._float]) - len(judged))
        others = [others[index] for index in spread(len(others), room)]
        samples = [samples[index] for index in (*judged, *others)]
        self._judged, self._others = range(len(judged)), range(len(judged), len(samples))
        self._expected = _outputs(self._float, samples[: len(judged)], executor)
        self._quantized = {width: _Quantized(module) for width, module in modules.items() if width != "float"}
        self._float.start(samples, executor)

    def measure(self, found, progress):
        notes = []
        for _, name in zip(progress.count(range(len(self._float.layer_names)), "measuring layers"), self._float.layers()):
            inside = self._nnq.find_layers(self._float.module)
            if len(inside) != 1:
                notes += [f"{layer.name}: has no width of its own to pick, since it is no stage by itself" for layer in inside]
                continue
            layer = inside[0]
            if layer.name in found.effects:
                continue
            effects = {width: self._measure_width(name, layer, width) for width in self._quantized if self._suits(layer, width)}
            notes += [f"{layer.name}: can't be {width}, whose pattern does not suit it" for width in self._quantized if width not in effects]
            notes += [f"{layer.name}: can't be measured as {width}" for width, effect in effects.items() if effect is None]
            effects["float"] = self._effect(self._expected)
            if measured := {width: effects[width] for width in found.costs if effects.get(width)}:
                found.effects[layer.name] = measured
                found.save()
        return notes

    def _suits(self, layer, width):
        """Whether the layer has the zeros that the width asks for."""
        return not split_width(width)[1] or layer.name in self._quantized[width].patterns

    def _measure_width(self, name, layer, width):
        """The effect of a width of the present layer, whose weights are rounded and channels corrected as tuning would; or None."""
        stage = self._quantized[width].stages.get(name)
        if stage is None or not self._float.fits(stage):
            return None
        model, bounds = self._quantized[width].compiled(name), self._quantized[width].bounds.get(name)
        found = self._float.replaced(model)
        if bitwidths.is_rounded(width) and name in stage.integer_layers:  # not where the tensor is that of a function behind the layer
            (rounded,) = load_functions(self._rounded(name, layer, stage, width, model, found))
            rounded = self._float.replaced(rounded)
            found = min(found, rounded, key=lambda tensors: self._distance(name, tensors, bounds))
        if bounds is not None:
            self._correct(name, found, bounds)
        return self._effect(self._float.outputs_behind(model, found[: len(self._judged)]))

    def _rounded(self, name, layer, stage, width, model, found):
        """The stage with weights that are rounded by the moments of what it reads."""
        kind = next(tensor for tensor in model.outputs if tensor.name == "input")
        read = moments.measure(layer, kind, self._float.inputs, [tensors["input"] for tensors in found], self._others)
        rounded, file = stage.clone(), self._scratch / "weights.mlirbc"
        self._nnq.write_weights(rounded, {name: (layer, layer.round(read, width))}, str(file))
        pipelines.replace_weights(file).run(rounded)
        return rounded

    def _distance(self, name, found, bounds):
        """How far a layer is from float, on the samples that judge."""
        expected, bounds = self._float.values, bounds or (-math.inf, math.inf)
        return distance([expected[i] for i in self._judged], [found[i][name] for i in self._judged], *bounds)

    def _correct(self, name, found, bounds):
        """Corrects the layer's channels, and saturates them where its type does."""
        expected, channels = self._float.values, self._nnq.ChannelMoments()
        for index in self._others:
            channels.add(expected[index], found[index][name], *bounds)
        correction = channels.fit(channels, "auto")
        for tensors in found:
            tensors[name] = np.clip(tensors[name] * correction.gain + correction.offset, *bounds)

    def _effect(self, outputs):
        """What outputs lose; None where they are not finite."""
        noise = output_noise(self._expected, outputs)
        if not math.isfinite(noise):
            return None
        return {"noise": noise, **_classes(self._nnq, self._expected, outputs), "sqnr_db": decibels(1.0, noise)}


class _Quantized:
    """A quantized network: its stages by name, and where its layers saturate."""

    def __init__(self, module):
        self.bounds = module.correctable_layers
        self.patterns = module.weight_patterns
        self._network = Stages(module)
        self.stages = dict(self._network.named_modules())

    def compiled(self, name):
        """What runs the stage of a layer."""
        return self._network.compiled(name)


def _outputs(stages, samples, executor):
    """What a network computes for each sample, stage by stage."""
    stages.start(samples, executor)
    for _ in stages.layers():
        pass
    return stages.outputs()


def _classes(nnq, expected, found):
    """{kl, agreement} of the first output: mean divergence in nats, share of samples with the same first class. Without a row of classes
    for each sample, nothing.
    """
    shape = expected[0][0].shape
    if not is_row_of_classes(shape):
        return {}
    rows = zip(*(as_logits(e[0].ravel(), f[0].ravel()) for e, f in zip(expected, found)))
    rows = [np.ascontiguousarray(np.stack(arrays), np.float32) for arrays in rows]
    figures = {"kl": nnq.kl_divergence(*rows, shape[-1]), "agreement": nnq.agreement(*rows, shape[-1])}
    return {name: value for name, value in figures.items() if math.isfinite(value)}
