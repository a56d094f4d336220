"""The parts of a network's outputs, and how far each is from float: a total hides what happens to small ones."""

import itertools
from dataclasses import dataclass

import numpy as np

from .layers import decibels, finite

NEAR_ZERO = 0.01
"""Of the range that values have by definition: a part that is nearer to float than this is as good as equal to it."""

ALIKE = 4.0
"""Neighbouring channels belong to one group while their magnitudes are within this factor of each other."""


@dataclass(frozen=True)
class Part:
    """What one layer contributes to an output.

    output  index of the output
    name    of the layer
    index   the part's place in the output, as numpy takes it
    span    high minus low of its values by definition, as of a sigmoid's, or None
    """

    output: int
    name: str
    index: tuple
    span: float = None


class Parts(tuple):
    """All parts of all outputs of a Module."""

    def __new__(cls, module):
        return super().__new__(cls, itertools.chain.from_iterable(map(_parts_of, itertools.count(), module.output_parts)))

    def compare(self, expected, found):
        """The Distances of two lists of outputs, lists of arrays for each sample."""
        signal, noise, worst = (np.zeros(len(self)) for _ in range(3))
        for wanted, outputs in zip(expected, found):
            for k, part in enumerate(self):
                reals, values = finite(wanted[part.output][part.index], outputs[part.output][part.index])
                square = np.square(reals - values)
                signal[k] += np.square(reals).sum()
                noise[k] += square.sum()
                worst[k] = max(worst[k], square.mean() if square.size else 0)
        return Distances(self, signal, noise, worst)


class Distances:
    """Signal and noise of each part."""

    def __init__(self, parts, signal, noise, worst):
        """worst: of the samples' mean square errors, the greatest."""
        self.parts = parts
        self._signal, self._noise = signal, noise
        spans = np.array([part.span or 0.0 for part in parts])
        self._is_near = worst <= np.square(NEAR_ZERO * spans)

    @property
    def relative(self):
        """Noise over signal of each part; 0 where it is as good as equal to float, infinite where it has no signal."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self._noise == 0, 0.0, self._noise / self._signal)
        return np.where(self._is_near, 0.0, ratio)

    @property
    def sqnr_db(self):
        """Of each part, as the manifest says it."""
        return [decibels(signal, noise) for signal, noise in zip(self._signal, self._noise)]

    @property
    def worst_db(self):
        """Of the part that is worst, but for parts that are as good as equal to float."""
        return -10 * np.log10(max(self.relative.max(initial=0.0), 1e-99))


def _parts_of(output, described):
    for name, axis, start, size, span in described:
        index = (slice(None),) * axis + (slice(start, start + size),) if axis >= 0 else (...,)
        yield Part(output, name, index, span and span[1] - span[0])


def channel_groups(magnitudes):
    """(start, stop) of the groups of neighbouring channels whose magnitudes are alike."""
    start, groups = 0, []
    for stop in range(1, len(magnitudes) + 1):
        group = magnitudes[start : stop + 1]
        if stop == len(magnitudes) or group.max() > ALIKE * group.min():
            groups.append((start, stop))
            start = stop
    return groups
