"""The parts of a network's outputs, and how far each is from float: a total hides what happens to small ones."""

import itertools
from dataclasses import dataclass

import numpy as np

from .layers import decibels, finite

NEAR_ZERO = 0.01
"""Of the range that values have by definition: a part whose samples are all nearer to float counts as equal."""

UNSEEN = 4.0
"""So many times more noise a part that counts as equal may have where its values are large, on samples that are not at hand."""

ALIKE = 4.0
"""Neighbouring channels belong to one span while their magnitudes are within this factor of each other."""

DRAWS, SURE = 200, 0.9
"""Of so many draws of the samples at hand (the bootstrap: Efron 1979), this share has to be as near to float as is said."""

MOST_CHANNELS = 512
MOST_SPANS = 8
"""Beyond these, an axis is none of channels that mean something by themselves."""


@dataclass(frozen=True)
class Part:
    """What one layer contributes to an output.

    output  index of the output
    name    of the layer
    axis    of the concatenation, or -1 where the part is the whole output
    start   of the part along the axis
    size    along the axis
    span    high minus low of its values by definition, as of a sigmoid's, or None
    """

    output: int
    name: str
    axis: int = -1
    start: int = 0
    size: int = 0
    span: float = None

    def of(self, outputs):
        """The part of a list of outputs."""
        if self.axis < 0:
            return outputs[self.output]
        return outputs[self.output][(slice(None),) * self.axis + (slice(self.start, self.start + self.size),)]


class Parts(tuple):
    """All parts of the float outputs of a Module."""

    def __new__(cls, module):
        described = zip(itertools.count(), module.outputs, module.output_parts)
        return super().__new__(cls, (part for output, tensor, parts in described if tensor.type == "f32" for part in _parts_of(output, parts)))

    def compare(self, expected, found):
        """The Distances of two lists of outputs, lists of arrays for each sample."""
        distances = Distances(self)
        for pair in zip(expected, found):
            distances.add(*pair)
        return distances


def _parts_of(output, described):
    for name, axis, start, size, span in described:
        yield Part(output, name, axis, start, size, span and span[1] - span[0])


class Distances:
    """Signal and noise of each part, over samples."""

    def __init__(self, parts, by_channel=False):
        """by_channel: of spans of channels too, for `described`, which takes longer than all else."""
        self.parts = parts
        self._by_channel = by_channel
        self._signals, self._noises = [], []  # of each sample, and in it of each part
        self._largest = np.zeros(len(parts))
        self._channels = [None] * len(parts)

    def add(self, expected, found):
        """Two lists of outputs of one sample."""
        signal, noise = np.zeros(len(self.parts)), np.zeros(len(self.parts))
        self._signals.append(signal)
        self._noises.append(noise)
        for k, part in enumerate(self.parts):
            wanted, values = part.of(expected), part.of(found)
            if values.dtype != np.float32 or not wanted.size:
                continue
            reals, others = finite(wanted, values)
            square = np.square(reals - others)
            signal[k], noise[k] = np.square(reals).sum(), square.sum()
            self._largest[k] = max(self._largest[k], square.mean())
            if self._by_channel:
                self._add_channels(k, wanted, values)

    def _add_channels(self, k, wanted, values):
        axis = _channel_axis(wanted.shape, self.parts[k].axis)
        if axis is None:
            return
        others = tuple(i for i in range(wanted.ndim) if i != axis)
        with np.errstate(invalid="ignore", over="ignore"):
            is_same = (wanted == values) | (np.isnan(wanted) & np.isnan(values))  # infinities and NaNs that both have
            difference = np.where(is_same, 0, wanted - values)
            signal = np.square(np.where(is_same & ~np.isfinite(wanted), 0, wanted), dtype=np.float64).sum(others)
            noise = np.nan_to_num(np.square(difference, dtype=np.float64), nan=np.inf, posinf=np.inf).sum(others)
        before = self._channels[k] or (axis, 0.0, 0.0)
        self._channels[k] = axis, before[1] + signal, before[2] + noise

    @property
    def _signal(self):
        return sum(self._signals, np.zeros(len(self.parts)))

    @property
    def _noise(self):
        return sum(self._noises, np.zeros(len(self.parts)))

    @property
    def _counts_as_equal(self):
        spans = np.array([part.span or 0.0 for part in self.parts])
        return self._largest <= np.square(NEAR_ZERO * spans)

    @property
    def relative(self):
        """Noise over signal of each part; 0 where it counts as equal to float, infinite where it is not finite and float is."""
        return _ratio(self._signal, self._noise, self._counts_as_equal)

    @property
    def strict(self):
        """The same, but what counts as equal here, and may be large for other samples, counts for what it is."""
        return _ratio(self._signal, self._noise, False)

    @property
    def unseen(self):
        """How many times more noise than `strict` says each part may have on samples that are not at hand."""
        return np.where(self._counts_as_equal, UNSEEN, 1.0)

    @property
    def worst_db(self):
        """Of the part that is worst, by `relative`, as far as the few samples let one be sure."""
        return self._sure_db(self._counts_as_equal)

    @property
    def strict_db(self):
        """The same by `strict`, with room for what is `unseen`."""
        return self._sure_db(False, self.unseen)

    def _sure_db(self, is_equal, times=1.0):
        count = len(self._signals)
        draws = np.random.default_rng(0).multinomial(count, [1 / count] * count, DRAWS)
        ratios = _ratio(draws @ np.array(self._signals), _drawn(draws, np.array(self._noises)), is_equal) * times
        ratio = np.sort(ratios, 0)[int(SURE * (DRAWS - 1))] if count > 1 else ratios[0]
        return float(-10 * np.log10(max(ratio.max(initial=0.0), 1e-99)))

    def output_db(self, output):
        """The SQNR of a whole output, as the manifest says it; None where it is not float."""
        mine = [k for k, part in enumerate(self.parts) if part.output == output]
        return decibels(float(self._signal[mine].sum()), float(self._noise[mine].sum())) if mine else None

    def described(self):
        """{output: [{name, axis, start, size, sqnr_db, negligible}]} of its pieces: the parts, and in them spans of channels."""
        pieces = {}
        for part, *figures in zip(self.parts, self._counts_as_equal, self._signal, self._noise, self._channels):
            pieces.setdefault(part.output, []).extend(_pieces(part, *figures))
        return pieces


def _pieces(part, is_equal, signal, noise, channels):
    whole = {"name": part.name, "axis": part.axis, "start": part.start, "size": part.size}
    if is_equal or channels is None:
        yield whole | {"sqnr_db": decibels(float(signal), float(noise)), "negligible": bool(is_equal)}
        return
    axis, signal, noise = channels
    spans = channel_spans(np.sqrt(signal))
    first = part.start if axis == part.axis else 0
    for start, stop in spans if len(spans) <= MOST_SPANS else [(0, len(signal))]:
        db = decibels(float(signal[start:stop].sum()), float(noise[start:stop].sum()))
        yield whole | {"axis": axis, "start": first + start, "size": stop - start, "sqnr_db": db, "negligible": False}


def _ratio(signal, noise, is_equal):
    """Noise over signal; 0 where it is equal, and where there is no signal that it could be compared with."""
    has_no_measure = (signal == 0) & np.isfinite(noise)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(np.isfinite(noise), noise / signal, np.inf)
    return np.where(is_equal | (noise == 0) | has_no_measure, 0.0, ratio)


def _drawn(draws, noises):
    """Sums of samples' noises, which may be infinite, by how often each is drawn."""
    is_finite = np.isfinite(noises)
    return np.where(draws @ ~is_finite > 0, np.inf, draws @ np.where(is_finite, noises, 0.0))


def _channel_axis(shape, axis):
    """The axis that a part was put together along, or else the shortest of several behind the first."""
    if axis < 0:
        sizes = [(size, i) for i, size in enumerate(shape) if i > 0 and size > 1]
        if not sizes:
            return None
        axis = min(sizes)[1]
    return axis if shape[axis] <= MOST_CHANNELS else None


def channel_spans(magnitudes):
    """(start, stop) of the spans of neighbouring channels whose magnitudes are alike."""
    start, spans = 0, []
    for stop in range(1, len(magnitudes) + 1):
        span = magnitudes[start : stop + 1]
        if stop == len(magnitudes) or span.max() > ALIKE * span.min():
            spans.append((start, stop))
            start = stop
    return spans
