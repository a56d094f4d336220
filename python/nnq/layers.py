"""What each layer costs: its error against the float network, and its share of the time."""

import math
from itertools import chain

import numpy as np

EQUAL_DB = 999.0
"""Said for an SQNR that is infinite: JSON has no infinity."""

LEAST_PROBABILITY = 1e-6
"""Below it, probabilities count as equal."""

TIMED_SECONDS = 0.5
"""About so long all layers are timed."""


def decibels(signal, noise):
    """10 log10(signal / noise), to a thousandth; EQUAL_DB without noise, None without signal or where noise has no measure."""
    if noise == 0:
        return EQUAL_DB
    return round(10 * math.log10(signal / noise), 3) if signal and math.isfinite(noise) and math.isfinite(signal) else None


class Distance:
    """Signal and noise of a tensor over several samples."""

    def __init__(self):
        self._signal = self._noise = 0.0

    def add(self, reference, found):
        reference = reference.astype(np.float64).ravel()
        difference = reference - found.ravel()
        self._signal += float(reference @ reference)
        self._noise += float(difference @ difference)

    @property
    def sqnr_db(self):
        return decibels(self._signal, self._noise)


def errors(float_model, quantized_model, samples, count, output_count, progress):
    """Runs the first `count` samples through two models that return their layers behind their `output_count` outputs.

    Returns the SQNR of each output (None where it is not float in both), and that of each layer that both have, by name.
    """
    names = [tensor.name for tensor in quantized_model.outputs[output_count:]]
    position = {tensor.name: index for index, tensor in enumerate(float_model.outputs) if index >= output_count}
    pairs = [(index, index) for index in range(output_count)]
    pairs += [(position[name], output_count + index) for index, name in enumerate(names) if name in position]
    distances = [Distance() for _ in pairs]
    for sample in progress.count(range(min(count, len(samples))), "comparing with float"):
        expected, found = float_model.run(samples[sample]), quantized_model.run(samples[sample])
        for distance, (e, f) in zip(distances, pairs):
            if expected[e].dtype == found[f].dtype == np.float32:
                distance.add(expected[e], found[f])
    types = [(float_model.outputs[i].type, quantized_model.outputs[i].type) for i in range(output_count)]
    outputs = [d.sqnr_db if t == ("f32", "f32") else None for d, t in zip(distances, types)]
    return outputs, {quantized_model.outputs[f].name: d.sqnr_db for d, (_, f) in zip(distances[output_count:], pairs[output_count:])}


def _logits(rows):
    """The logarithms of what look like probabilities, as behind a softmax; other rows as they are."""
    rows = rows.astype(np.float64)
    is_probable = rows.ndim and rows.min() >= 0 and np.allclose(rows.sum(-1), 1, atol=0.05)
    return np.log(np.maximum(rows, LEAST_PROBABILITY)) if is_probable else rows


def output_noise(expected_outputs, found_outputs):
    """Noise over signal of outputs, lists of arrays for each sample; a row's mean counts for neither.

    Probabilities are compared by their logarithms: near 0 and 1 they say little themselves.
    """
    signal = noise = 0.0
    for expected, found in zip(chain.from_iterable(expected_outputs), chain.from_iterable(found_outputs)):
        expected = _logits(expected)
        difference = expected - _logits(found)
        signal += float(np.square(expected - expected.mean(-1, keepdims=True)).sum())
        noise += float(np.square(difference - difference.mean(-1, keepdims=True)).sum())
    return noise / signal if signal else noise


def times(timed_model, layer_count, total_ms):
    """Milliseconds of each layer, None where it has no kernel of its own, and those of what belongs to no layer.

    `timed_model` is compiled with time_kernels: its last output counts ticks for each of the manifest's kernels. Medians
    over some runs are scaled so that all of them together take `total_ms`.
    """
    reps = int(max(10, min(200, 1e3 * TIMED_SECONDS / max(total_ms, 1e-3))))
    inputs = timed_model.random_inputs()
    timed_model.run(inputs)
    ticks = np.median([timed_model.run(inputs)[-1] for _ in range(reps)], axis=0)
    milliseconds = ticks * (total_ms / max(float(ticks.sum()), 1.0))
    layers, other = [None] * layer_count, 0.0
    for kernel, value in zip(timed_model.manifest.get("kernels", []), milliseconds):
        index = kernel["layer"]
        if index < 0:
            other += float(value)
        else:
            layers[index] = (layers[index] or 0.0) + float(value)
    return layers, other
