"""What a quantized network loses is taken back layer by layer: weights are rounded by what the layer reads, channels corrected.

Both networks run side by side on the samples, layer after layer (`Stages`), and each layer is treated behind those that have been.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from . import layers, moments, pipelines
from .stages import Stages, affordable, side_by_side

HELD_OUT = 4
"""Each so-many-th calibration sample only judges whether a change helps."""

REFITS = (0.1, 0.3, 1, 3)
"""How much rounded weights hold on to the weights, against the samples (lambda of the refit, RoundingOptions)."""


@dataclass(frozen=True)
class Tuned:
    """What tuning found.

    weights      {tensor: (Layer, RoundedWeights)}, as `write_weights` takes it
    gains        {tensor: what the manifest says of its rounding}
    corrections  of channels, {tensor: ChannelCorrection}, as `write_corrections` takes it
    noise        of the outputs over their signal with all that, on samples held back
    notes        on samples, layers or all of it left out
    """

    weights: dict = field(default_factory=dict)
    gains: dict = field(default_factory=dict)
    corrections: dict = field(default_factory=dict)
    noise: float = None
    notes: list = field(default_factory=list)


def tune(nnq, observed, quantized, untuned, narrow, correction, samples, file, progress):
    """Rounds weights and corrects channels where that makes the network better on samples held back. Returns a Tuned.

    observed, quantized  modules: the float network with its observers, the network to be tuned, which stays as it is
    untuned              the latter compiled: runs on a list of arrays
    narrow               {layer: width} of those whose weights are rounded, or pruned; may be empty
    correction           of channels: "bias", "affine", "auto" or "none"
    file                 where weights are written for the stages
    """
    bounds = quantized.correctable_layers
    networks = Stages(observed), Stages(quantized)
    rounding = Rounding(nnq, narrow, quantized.weight_blocks, bounds, file)
    correcting = Correction(nnq, bounds, correction)
    steps = [rounding] * bool(narrow) + [correcting] * (correction != "none")
    taken, notes = [samples[index] for index in affordable(networks, len(samples))], []
    if len(taken) < len(samples):
        notes.append(f"layers are tuned on {len(taken)} of {len(samples)} samples: more tensors do not fit into the memory set aside")
    tuned, plain = _noises(networks, steps, untuned, taken, progress)
    if not tuned < plain:
        return Tuned(noise=plain, notes=[*notes, "tuning of layers is left out: on samples held back it makes the network no better"])
    if nearest := rounding.rounded_to_nearest:
        notes.append(f"weights rounded to nearest, since no other way is better on samples held back: {', '.join(nearest)}")
    return Tuned(rounding.found, rounding.gains, correcting.found, tuned, notes)


def _noises(networks, steps, untuned, samples, progress):
    """Applies `steps` to each layer in turn, in two Stages: those of the float network and of the quantized one.

    Returns how far from float that leaves the outputs on samples held back, and how far those of `untuned` are: noise over signal.
    """
    measured, judged = split(samples)
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        for network in networks:
            network.start(samples, executor)
        for name in side_by_side(*networks, progress, "tuning layers"):
            for step in steps:
                step.apply(name, *networks, measured, judged)
        outputs = [network.outputs() for network in networks] + [[*executor.map(untuned.run, samples)]]
    expected, tuned, plain = ([found[index] for index in judged] for found in outputs)
    return layers.output_noise(expected, tuned), layers.output_noise(expected, plain)


class Correction:
    """Gains and offsets of channels that bring a layer back to what it computes in float."""

    def __init__(self, nnq, bounds, kind):
        """bounds: {layer: (lo, hi)}, where its type or clamp saturates; kind: "bias", "affine" or "auto", the better for each channel."""
        self._nnq = nnq
        self._bounds = bounds
        self._kind = kind
        self.found = {}

    def apply(self, name, float_stages, quantized_stages, measured, judged):
        """Measures the layer on some samples, lets others judge, and changes its values."""
        if name not in self._bounds:
            return
        expected, found = float_stages.values, quantized_stages.values
        fitted, judge = (self._moments(name, expected, found, indices) for indices in (measured, judged))
        correction = self.found[name] = fitted.fit(judge, self._kind)
        for values in found:
            values *= correction.gain
            values += correction.offset

    def _moments(self, name, expected, found, indices):
        moments = self._nnq.ChannelMoments()
        for index in indices:
            moments.add(expected[index], found[index], *self._bounds[name])
        return moments


class Rounding:
    """Weights of few bits, or with zeros in a pattern, rounded and pruned by the moments of what the layer reads.

    A layer for which that is no better keeps the weights that it has: to nearest, and where it has a pattern with as many zeros.
    """

    def __init__(self, nnq, widths, blocks, bounds, file):
        """widths: {layer: width}, by name; blocks: {layer: input channels that share a scale, 0 for all}; bounds: as Correction takes
        them; file: where weights are written for the stages."""
        self._nnq = nnq
        self._widths = widths
        self._blocks = blocks
        self._bounds = bounds
        self._file = file
        self.found = {}
        self.gains = {}

    @property
    def rounded_to_nearest(self):
        """Layers that have been left as they were."""
        return sorted(set(self._widths) - {layer.name for layer, _ in self.found.values()})

    def apply(self, name, float_stages, quantized_stages, measured, judged):
        """Measures what the layer reads, and rounds its weights in the way that is best for other samples, if any is better than now.

        What the others only judged by is measured too, once the way is chosen.
        """
        narrow = [layer for layer in self._nnq.find_layers(float_stages.module) if layer.name in self._widths]
        if not narrow or name not in self._bounds:
            return
        layer, expected = narrow[-1], float_stages.values
        width, block, judge = self._widths[layer.name], self._blocks[layer.name], [expected[index] for index in judged]

        def left_now():
            values = quantized_stages.values
            return distance(judge, [values[index] for index in judged], *self._bounds[name])

        read = quantized_stages.input_type, float_stages.inputs, quantized_stages.inputs
        found, others = (moments.measure(layer, *read, indices) for indices in (measured, judged))
        unrounded, least, best = quantized_stages.module, left_now(), None
        for refit in REFITS:
            self._replace(quantized_stages, name, (layer, layer.round(found, width, refit, block)))
            quantized_stages.run_stage(judged)
            if (left := left_now()) < least:
                least, best = left, refit
        if best is None:
            quantized_stages.module = unrounded
        else:
            if measured != judged:
                found.merge(others)
            rounded = layer.round(found, width, best, block)
            self.found[name] = (layer, rounded)
            self.gains[name] = {"refit": best, "errors": rounded.steps}
            self._replace(quantized_stages, name, self.found[name])
        quantized_stages.run_stage()

    def _replace(self, stages, name, weights):
        module = stages.module.clone()
        self._nnq.write_weights(module, {name: weights}, str(self._file))
        pipelines.replace_weights(self._file).run(module)
        stages.module = module


def distance(expected, found, lo, hi):
    """Square distance of lists of tensors, but for the mean of each channel, which a bias takes back."""
    count, total, square = 0, 0.0, 0.0
    for wanted, values in zip(expected, found):
        difference = (wanted - np.clip(values, lo, hi)).reshape(-1, values.shape[-1]).astype(np.float64)
        count += len(difference)
        total = total + difference.sum(0)
        square = square + np.square(difference).sum(0)
    return float(np.sum(square - np.square(total) / count))


def split(samples):
    """Indices to measure on, and indices to judge by."""
    judged = range(0, len(samples), HELD_OUT)
    measured = [index for index in range(len(samples)) if index % HELD_OUT]
    return measured or [*judged], [*judged]
