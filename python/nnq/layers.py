"""What each layer costs: its error against the float network, and its share of the time."""

import math
from itertools import chain

import numpy as np

EQUAL_DB = 999.0
"""Said for an SQNR that is infinite: JSON has no infinity."""

LEAST_PROBABILITY = 1e-6
"""Below it, probabilities count as equal."""

KEPT_BYTES = 1 << 28
"""So much of a sample's float layers waits for the quantized ones; more of them are computed in several runs."""

TIMED_SECONDS = 0.5
"""About so long all layers are timed."""


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
        """10 log10(signal / noise), to a thousandth; EQUAL_DB without noise, None without signal."""
        if self._noise == 0:
            return EQUAL_DB
        return round(10 * math.log10(self._signal / self._noise), 3) if self._signal else None


def errors(float_model, quantized_model, samples, count, progress):
    """Runs the first `count` samples through two models of which layers are observed.

    Returns the SQNR of each output (None where it is not float in both), and that of each layer that both have, by name.
    """
    layers = {tensor.name: Distance() for tensor in quantized_model.observed if tensor.type == "f32"}
    groups = _groups([tensor for tensor in float_model.observed if tensor.name in layers])
    outputs = [Distance() if e.type == f.type == "f32" else None for e, f in zip(float_model.outputs, quantized_model.outputs)]
    for index in progress.count(range(min(count, len(samples))), "comparing with float"):
        for group in groups:
            expected, found = _observe_both(float_model, quantized_model, samples[index], group, layers)
        for distance, *values in zip(outputs, expected, found):
            if distance:
                distance.add(*values)
    return [d and d.sqnr_db for d in outputs], {name: layers[name].sqnr_db for group in groups for name in group}


def _observe_both(float_model, quantized_model, sample, names, distances):
    """Adds what two models compute for a sample in the layers `names` to their Distances; returns what both give."""
    kept = {}

    def keep(name, values):
        if name in names:
            kept[name] = values.copy()

    def compare(name, values):
        if name in kept:
            distances[name].add(kept.pop(name), values)

    return float_model.observe(sample, keep), quantized_model.observe(sample, compare)


def _groups(tensors):
    """Names of float tensors, in sets of which KEPT_BYTES have room; one at least, which may be empty."""
    groups, room = [set()], KEPT_BYTES
    for tensor in tensors:
        size = 4 * math.prod(tensor.shape)
        if size > room and groups[-1]:
            groups.append(set())
            room = KEPT_BYTES
        groups[-1].add(tensor.name)
        room -= size
    return groups


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
