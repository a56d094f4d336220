"""Which tensors get more than 8 bits: those whose rounding the outputs feel most, for the time that it costs.

The float network runs with one cluster of tensors rounded at a time (--nnq-simulate-rounding). Noises of different clusters are
nearly independent, so those of a set add up. What is chosen by them counts only if samples held back confirm it.
"""

import functools
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from . import bitwidths, pipelines
from .errors import Error
from .layers import decibels
from .loaded import load_functions
from .parts import Parts
from .samples import spread
from .stages import LIVE_BYTES

LEAST_GAIN_DB = 3.0
"""Unasked, bits are added only where a part of the outputs gains so much."""

MOST_LOSS_DB = 0.5
"""Unasked, no other part may lose more than this; what two networks round differs by chance."""

MOST_TIME = 0.05
"""Unasked, they may cost this share of the predicted time."""

GOOD_DB = 40.0
"""From here on nothing is sought unasked."""

GOOD_NOISE = 10 ** (-GOOD_DB / 10)

ENOUGH = 0.1
"""Unasked, nothing more is sought where the noise falls to this share."""

MOST_PICKS = 8
SAMPLES = 4
RUNS_MS = 4000.0
"""About so long the rounding of tensors is measured, each on one sample at least."""

JUDGED = 32
"""On at most so many other samples a choice has to hold: a network may be far from float on one of sixteen."""

WEIGHTS_ROOM = 0.7
"""Of the noise that a target allows, what rounding of tensors may take; the rest is for weights."""

LOST = 1e12
"""Noise over signal that stands for values that are not finite, so that what else a cluster does still counts."""

LEAST_SHARE = 0.02
"""A cluster that has less of the noise than this is not worth bits."""


@dataclass(frozen=True)
class Widened:
    """What was chosen.

    tensors  names of the tensors that are wide
    widths   {layer: width} of layers that stay in float beyond those that the settings say
    losses   [{"tensors": names, "output": index, "part": layer, "sqnr_db": SQNR of that part with these tensors alone rounded}], the worst first
    notes    what a person should know
    model    the network as it is quantized by that, compiled for this machine, if it has been; runs on a list of arrays
    """

    tensors: tuple = ()
    widths: dict = field(default_factory=dict)
    losses: tuple = ()
    notes: tuple = ()
    model: object = None


def widen(nnq, network, widths, samples, scratch, progress):
    """The Widened of a sensitivity.Network whose layers have `widths`, {layer: width}; `scratch` is a folder for what is needed on the way."""
    settings = network.settings
    if settings.widen == "none" and settings.target_sqnr is None:
        return Widened()
    parts = Parts(network.module)
    if settings.target_sqnr is not None and not parts:
        raise Error("target_sqnr is of outputs in float, and the network has none")
    progress.stage("measuring what rounding does")
    search = _Search(nnq, network, widths, parts, samples, scratch, progress)
    if not search.clusters or not parts:
        return Widened()
    return search.reach(settings.target_sqnr) if settings.target_sqnr is not None else search.gain()


class _Trial:
    """A quantized network, compiled, and its Distances from float on the samples held back."""

    def __init__(self, module, judge):
        self.model = load_functions(module)[0]
        self.distances = judge(self.model)


class _Search:
    def __init__(self, nnq, network, widths, parts, samples, scratch, progress):
        self._nnq, self._network, self._widths, self._scratch, self._progress = nnq, network, widths, scratch, progress
        self._samples, self._parts = samples, parts
        self._written = 0
        simulated = self._quantized((), simulate=True)
        self.clusters = [tuple(names) for names in simulated.switches]
        if not self.clusters:
            return
        self._model = load_functions(simulated)[0]
        self._off = np.zeros(len(self.clusters), np.float32)
        self._noise = np.zeros((len(self.clusters), len(parts)))
        start = time.perf_counter()
        expected = self._outputs([0], self._off)
        one_ms = 1e3 * (time.perf_counter() - start) / os.cpu_count()
        affordable = int(RUNS_MS / max(1e-3, one_ms * len(self.clusters)))
        self._few = spread(len(samples), max(1, min(SAMPLES, affordable, len(samples) // 2)))
        self._expected_of_few = expected if self._few == [0] else self._outputs(self._few, self._off)
        others = [index for index in range(len(samples)) if index not in self._few] or self._few
        output_bytes = sum(4 * math.prod(tensor.shape) for tensor in network.module.outputs)
        self._judged = [others[i] for i in spread(len(others), min(JUDGED, max(1, LIVE_BYTES // max(1, output_bytes))))]
        self._all = self._rounding(self._off + 1)

    # What rounding does.

    def _outputs(self, indices, switches):
        """The outputs for some samples, with the clusters rounded whose switch is 1."""
        with ThreadPoolExecutor(os.cpu_count()) as executor:
            return [*executor.map(lambda index: self._model.run([*self._samples[index], switches]), indices)]

    def _rounding(self, switches):
        return self._parts.compare(self._expected_of_few, self._outputs(self._few, switches))

    def _measure(self, together):
        """How much noise each cluster adds to each part, relative to the part's signal; `together`: all of them."""
        for cluster in self._progress.count(range(len(self.clusters)), "measuring what rounding does"):
            switches = self._off.copy()
            switches[cluster] = 1
            self._noise[cluster] = np.minimum(self._rounding(switches).strict, LOST)
        self._together = np.minimum(together, LOST)
        self._noise[:, self._together == 0] = 0

    def _left(self, chosen):
        """The noise of each part if the clusters `chosen` are not rounded."""
        rest = [cluster for cluster in range(len(self.clusters)) if cluster not in chosen]
        total, left = self._noise.sum(0), self._noise[rest].sum(0)
        return self._together * np.divide(left, total, out=np.zeros_like(total), where=total > 0)

    def _most_harmful(self, chosen, refused):
        """The cluster that has most of the noise of the worst part; None where none has much."""
        part = int(self._left(chosen).argmax())
        order = [cluster for cluster in np.argsort(-self._noise[:, part], kind="stable") if cluster not in chosen and cluster not in refused]
        if not order or self._noise[order[0], part] <= LEAST_SHARE * self._noise[:, part].sum():
            return None
        return int(order[0])

    def losses(self, count=10):
        """What the clusters do that harm some part most."""
        worst, found = self._noise.max(1), []
        for cluster in np.argsort(-worst, kind="stable")[:count]:
            if worst[cluster] > 0:
                part = self._parts[int(self._noise[cluster].argmax())]
                noise = float(worst[cluster]) if worst[cluster] < LOST else math.inf
                found.append({"tensors": list(self.clusters[cluster]), "output": part.output, "part": part.name, "sqnr_db": decibels(1.0, noise)})
        return tuple(found)

    # What bits cost, and win.

    def _names(self, chosen):
        return tuple(name for cluster in sorted(chosen) for name in self.clusters[cluster])

    def _quantized(self, wide, widths=None, simulate=False):
        self._written += 1
        widths = self._widths | (widths or {})
        file = self._scratch / f"wide-{self._written}.json"
        bitwidths.write(file, widths, wide)
        module = self._network.module.clone()
        pipelines.quantize(self._network.calibration, self._network.settings, file, simulate).run(module)
        return module

    def _cycles(self, module):
        return sum(cost.cycles for cost in module.layer_costs(self._network.target.name))

    @functools.cached_property
    def _expected(self):
        """The float network's outputs for the samples held back."""
        return self._outputs(self._judged, self._off)

    def _distances(self, model):
        with ThreadPoolExecutor(os.cpu_count()) as executor:
            return self._parts.compare(self._expected, executor.map(model.run, (self._samples[index] for index in self._judged)))

    def _try(self, chosen, widths=None):
        return _Trial(self._quantized(self._names(chosen), widths), self._distances)

    # The choice.

    def gain(self):
        """More bits where they win LEAST_GAIN_DB in MOST_TIME."""
        before = min(self._all.relative.max(initial=0.0), LOST)
        if before <= GOOD_NOISE:
            return Widened()
        self._measure(self._all.relative)
        chosen, refused, plain, widened = [], [], None, None
        while len(chosen) + len(refused) < MOST_PICKS and self._left(chosen).max() > ENOUGH * before:
            cluster = self._most_harmful(chosen, refused)
            if cluster is None:
                break
            plain = plain or self._quantized(())
            candidate = self._quantized(self._names([*chosen, cluster]))
            if self._cycles(candidate) <= (1 + MOST_TIME) * self._cycles(plain):
                chosen, widened = [*chosen, cluster], candidate
            else:
                refused.append(cluster)
        if not chosen or self._left(chosen).max() > before * 10 ** (-LEAST_GAIN_DB / 10):
            return Widened(losses=self.losses())
        with ThreadPoolExecutor(2) as executor:
            plain, widened = executor.map(lambda module: _Trial(module, self._distances), (plain, widened))
        before, after = (np.clip(trial.distances.relative, GOOD_NOISE, LOST) for trial in (plain, widened))
        gains = 10 * np.log10(before / after)
        gained = float(gains.max())
        if gained < LEAST_GAIN_DB or gains.min() < -MOST_LOSS_DB:
            return Widened(losses=self.losses(), model=plain.model)
        note = f"more than 8 bits win {gained:.1f} dB on samples held back: {', '.join(self._names(chosen))}"
        return Widened(self._names(chosen), {}, self.losses(), (note,), widened.model)

    def reach(self, target_db):
        """The bits that bring every part to `target_db` on samples held back, added where most noise is until that is so."""
        self._measure(self._all.strict * self._all.unseen)
        chosen, widths, aim = [], {}, WEIGHTS_ROOM * 10 ** (-target_db / 10)
        found = self._try(chosen).distances
        while found.strict_db < target_db and len(chosen) < len(self.clusters):
            before = len(chosen)
            while self._left(chosen).max() > aim and (cluster := self._most_harmful(chosen, ())) is not None:
                chosen.append(cluster)
            if len(chosen) == before:
                chosen = self._by_harm(chosen)
            aim /= 2
            found = self._try(chosen).distances
        if found.worst_db < target_db:
            found, widths = self._in_float(target_db, chosen, found)
        if found.worst_db >= target_db:
            chosen = self._pruned(min(target_db, found.strict_db), chosen, widths)
            note = f"the target of {target_db:g} dB is reached, with {len(self._names(chosen))} wide tensors and {len(widths)} layers in float"
        else:
            note = f"the target of {target_db:g} dB is out of reach: {found.worst_db:.1f} dB is the best on samples held back"
        return Widened(self._names(chosen), widths, self.losses(), (note,))

    def _by_harm(self, chosen):
        """All clusters: `chosen`, then the others by what they do to the part that they harm most."""
        order = np.argsort(-self._noise.max(1), kind="stable")
        return [*chosen, *(int(cluster) for cluster in order if cluster not in chosen)]

    def _in_float(self, target_db, chosen, found):
        """All tensors are wide: what is left is of the weights, and of what 16 bits don't hold. Layers stay in float, those nearest
        to the outputs first, twice as many each time. Returns the best Distances, and the layers' widths."""
        order = [layer.name for layer in reversed(self._nnq.find_layers(self._network.module))]
        best, count = (found, {}), 1
        while best[0].worst_db < target_db and order:
            widths = {name: "float" for name in order[:count]}
            best = max(best, (self._try(chosen, widths).distances, widths), key=lambda pair: pair[0].worst_db)
            if count >= len(order):
                break
            count *= 2
        return best

    def _pruned(self, strict_db, chosen, widths):
        """The first few of `chosen` that come as near to float."""
        least, enough = 0, len(chosen)
        while least < enough:
            middle = (least + enough) // 2
            if self._try(chosen[:middle], widths).distances.strict_db >= strict_db:
                enough = middle
            else:
                least = middle + 1
        return chosen[:enough]
