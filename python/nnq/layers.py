"""What each layer costs: its error against the float network, and its share of the time."""

import math

import numpy as np

EQUAL_DB = 999.0
"""Said for an SQNR that is infinite: JSON has no infinity."""

LOST_DB = -999.0
"""Said for an SQNR of values that are not finite where those of the reference are, or the other way round."""

LEAST_PROBABILITY = 1e-6
"""Below it, probabilities count as equal."""

KEPT_BYTES = 1 << 28
"""So much of a sample's float layers waits for the quantized ones; more of them are computed in several runs."""

TIMED_SECONDS = 0.5
"""About so long all layers are timed."""


def decibels(signal, noise):
    """10 log10(signal / noise), to a thousandth; EQUAL_DB without noise, LOST_DB where it has no end, None without signal."""
    if noise == 0:
        return EQUAL_DB
    if not math.isfinite(noise):
        return LOST_DB
    return round(10 * math.log10(signal / noise), 3) if signal else None


def decibel_text(value, unit=" dB"):
    """As a person reads it."""
    return "lost" if value <= LOST_DB else "equal" if value >= EQUAL_DB else f"{value:.1f}{unit}"


class Distance:
    """Signal and noise of a tensor over several samples."""

    def __init__(self):
        self._signal = self._noise = 0.0

    def add(self, reference, found):
        signal, noise = _signal_and_noise(reference.astype(np.float64).ravel(), found.ravel())
        if not math.isfinite(signal + noise):  # rare, and slow to look for
            signal, noise = _signal_and_noise(*finite(reference, found))
        self._signal += signal
        self._noise += noise

    @property
    def sqnr_db(self):
        return decibels(self._signal, self._noise)


def _signal_and_noise(reference, found):
    """Sums of squares; not finite where a value isn't."""
    with np.errstate(invalid="ignore"):
        difference = reference - found
        return float(reference @ reference), float(difference @ difference)


def finite(reference, found):
    """Two arrays as vectors in float64, without infinities and NaNs that both have in the same place; others become infinite noise."""
    reference, found = (array.astype(np.float64).ravel() for array in (reference, found))
    is_finite = np.isfinite(reference) & np.isfinite(found)
    if is_finite.all():
        return reference, found
    if not np.array_equal(reference[~is_finite], found[~is_finite], equal_nan=True):
        return np.zeros(1), np.full(1, np.inf)
    return reference[is_finite], found[is_finite]


def errors(float_model, quantized_model, samples, count, parts, progress):
    """Runs the first `count` samples through two models of which layers are observed.

    parts: Distances, to which the outputs for each sample are added. Returns the SQNR of each layer that both have, by name.
    """
    layers = {tensor.name: Distance() for tensor in quantized_model.observed if tensor.type == "f32"}
    both = [tensor for tensor in float_model.observed if tensor.name in layers]
    portions = _portions(both)
    for index in progress.count(range(min(count, len(samples))), "comparing with float"):
        for portion in portions:
            expected, found = _observe_both(float_model, quantized_model, samples[index], portion, layers)
        parts.add(expected, found)
    return {tensor.name: layers[tensor.name].sqnr_db for tensor in both}


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


def _portions(tensors):
    """Names of float tensors, in sets of which KEPT_BYTES have room; one at least, which may be empty."""
    portions, room = [set()], KEPT_BYTES
    for tensor in tensors:
        size = 4 * math.prod(tensor.shape)
        if size > room and portions[-1]:
            portions.append(set())
            room = KEPT_BYTES
        portions[-1].add(tensor.name)
        room -= size
    return portions


def is_row_of_classes(shape):
    """Whether a tensor has one row of values for a sample, as a classifier's output has."""
    return len(shape) > 0 and shape[-1] >= 2 and math.prod(shape[:-1]) == 1


def as_logits(expected, found):
    """Two arrays; where the first looks like probabilities, as behind a softmax, the logarithms of both."""
    is_probable = expected.ndim and expected.size and expected.min() >= 0 and np.allclose(expected.sum(-1), 1, atol=0.05)
    if not is_probable:
        return expected, found
    return tuple(np.log(np.maximum(array.astype(np.float64), LEAST_PROBABILITY)) for array in (expected, found))


def output_noises(expected_outputs, found_outputs):
    """Noise over signal of each output; outputs are lists of arrays for each sample.

    Of a row of classes the mean counts for neither. Probabilities are compared by their logarithms: near 0 and 1 they say little
    themselves.
    """
    return [_relative_noise(*arrays) for arrays in zip(zip(*expected_outputs), zip(*found_outputs))]


def output_noise(expected_outputs, found_outputs):
    """The mean of what `output_noises` says: outputs count alike, whatever their units."""
    noises = output_noises(expected_outputs, found_outputs)
    return sum(noises) / len(noises)


def _relative_noise(expected_arrays, found_arrays):
    signal = noise = 0.0
    for expected, found in zip(expected_arrays, found_arrays):
        is_centred = is_row_of_classes(expected.shape)
        expected, found = finite(*as_logits(expected, found))
        difference = expected - found
        if is_centred and np.isfinite(difference).all() and expected.size:
            expected, difference = expected - expected.mean(), difference - difference.mean()
        signal += float(expected @ expected)
        noise += float(difference @ difference)
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
