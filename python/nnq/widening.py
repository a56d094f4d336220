"""Which tensors get more than 8 bits: those whose rounding the outputs feel most, for the time that it costs.

The float network runs with one group of tensors rounded at a time (--nnq-simulate-rounding). Noises of different groups are
nearly independent, so those of a set add up. What is chosen by them counts only if samples held back confirm it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from . import bitwidths, pipelines
from .layers import decibels
from .parts import Parts
from .samples import spread
from .tuning import split

LEAST_GAIN_DB = 3.0
"""Unasked, bits are added only where the worst part of the outputs gains so much."""

MOST_TIME = 0.05
"""Unasked, they may cost this share of the predicted time."""

GOOD_DB = 40.0
"""From here on nothing is sought unasked."""

ENOUGH = 0.1
"""Unasked, nothing more is sought where the noise falls to this share."""

MOST_PICKS = 8
SAMPLES = 4
RUNS_MS = 4000.0
"""About so long the rounding of tensors is measured, each on one sample at least."""

WEIGHTS_ROOM = 0.7
"""Of the noise that a target allows, what rounding of tensors may take; the rest is for weights."""

LEAST_SHARE = 0.02
"""A group that has less of the noise than this is not worth bits."""


@dataclass(frozen=True)
class Widened:
    """What was chosen.

    tensors  names of the tensors that are wide
    widths   {layer: width} of layers that stay in float beyond those that the settings say
    losses   [{"tensors": names, "output": index, "part": layer, "sqnr_db": SQNR of that part with these tensors alone rounded}], the worst first
    notes    what a person should know
    """

    tensors: tuple = ()
    widths: dict = field(default_factory=dict)
    losses: tuple = ()
    notes: tuple = ()


def widen(nnq, network, widths, samples, scratch, progress):
    """The Widened of a sensitivity.Network whose layers have `widths`, {layer: width}; `scratch` is a folder for what is needed on the way."""
    settings = network.settings
    if settings.widen == "none" and settings.target_sqnr is None:
        return Widened()
    progress.stage("measuring what rounding does")
    search = _Search(nnq, network, widths, samples, scratch, progress)
    if not search.groups:
        return Widened()
    return search.reach(settings.target_sqnr) if settings.target_sqnr is not None else search.gain()


class _Search:
    def __init__(self, nnq, network, widths, samples, scratch, progress):
        self._nnq, self._network, self._widths, self._scratch, self._progress = nnq, network, widths, scratch, progress
        self._samples = samples
        self._parts = Parts(network.module)
        self._compiled = self._written = 0
        simulated = self._quantized((), simulate=True)
        self.groups = [tuple(names) for names in simulated.switches]
        if not self.groups:
            return
        self._measured, self._judged = split(samples)
        self._model = self._compile(simulated)
        self._zeros = np.zeros(len(self.groups), np.float32)
        with ThreadPoolExecutor(os.cpu_count()) as executor:
            self._measure(executor)

    # What rounding does.

    def _measure(self, executor):
        """How much noise each group adds to each part, relative to the part's signal, and all of them together."""
        one_ms = 1e3 * np.median(self._model.time(reps=3, warm_up=1)) / os.cpu_count()
        affordable = int(RUNS_MS / max(1e-3, one_ms * len(self.groups)))
        indices = [self._measured[i] for i in spread(len(self._measured), max(1, min(SAMPLES, affordable)))]
        samples = [self._samples[index] for index in indices]

        def outputs(switches):
            return [*executor.map(lambda sample: self._model.run([*sample, switches]), samples)]

        expected = outputs(self._zeros)
        self._all = self._parts.compare(expected, outputs(self._zeros + 1))
        self._noise = np.zeros((len(self.groups), len(self._parts)))
        for group in self._progress.count(range(len(self.groups)), "measuring what rounding does"):
            switches = self._zeros.copy()
            switches[group] = 1
            self._noise[group] = self._parts.compare(expected, outputs(switches)).strict
        self._together = self._all.relative if self._network.settings.target_sqnr is None else self._all.strict
        self._noise[:, self._together == 0] = 0

    def _left(self, chosen):
        """The noise of each part if the groups `chosen` are not rounded."""
        rest = [group for group in range(len(self.groups)) if group not in chosen]
        total, left = self._noise.sum(0), self._noise[rest].sum(0)
        with np.errstate(invalid="ignore"):
            share = np.where(total > 0, left / total, 0.0)
        return np.where(np.isfinite(left), self._together * np.nan_to_num(share, nan=1.0), np.inf)

    def _most_harmful(self, chosen, refused):
        """The group that has most of the noise of the worst part; None where none has much."""
        left = self._left(chosen)
        part = int(left.argmax())
        order = [group for group in np.argsort(-self._noise[:, part], kind="stable") if group not in chosen and group not in refused]
        if not order or self._noise[order[0], part] <= LEAST_SHARE * self._noise[:, part].sum():
            return None
        return int(order[0])

    def losses(self, count=10):
        """What the groups do that harm some part most."""
        if not self._noise.size:
            return ()
        worst = self._noise.max(1)
        found = []
        for group in np.argsort(-worst, kind="stable")[:count]:
            if worst[group] > 0:
                part = self._parts[int(self._noise[group].argmax())]
                found.append({"tensors": list(self.groups[group]), "output": part.output, "part": part.name,
                              "sqnr_db": decibels(1.0, float(worst[group]))})
        return tuple(found)

    # What bits cost, and win.

    def _names(self, chosen):
        return tuple(name for group in sorted(chosen) for name in self.groups[group])

    def _quantized(self, wide, widths=None, simulate=False):
        self._written += 1
        widths = self._widths | (widths or {})
        file = self._scratch / f"wide-{self._written}.json"
        bitwidths.write(file, widths, wide)
        module = self._network.module.clone()
        pipelines.quantize(self._network.calibration, self._network.settings, file, simulate).run(module)
        return module

    def _compile(self, module):
        self._compiled += 1
        return self._network.compile(module, f"widened-{self._compiled}", self._nnq.target("native"), threads=1)

    def _cycles(self, chosen):
        costs = self._quantized(self._names(chosen)).layer_costs(self._network.target.name)
        return sum(cost.cycles for cost in costs)

    def _judge(self, chosen, widths=None):
        """How far the quantized network is from float on the samples held back."""
        model, samples = self._compile(self._quantized(self._names(chosen), widths)), [self._samples[index] for index in self._judged]
        with ThreadPoolExecutor(os.cpu_count()) as executor:
            expected = executor.map(lambda sample: self._model.run([*sample, self._zeros]), samples)
            return self._parts.compare(expected, executor.map(model.run, samples))

    # The choice.

    def gain(self):
        """More bits where they win LEAST_GAIN_DB in MOST_TIME."""
        before = self._all.relative.max(initial=0.0)
        if before <= 10 ** (-GOOD_DB / 10):
            return Widened(losses=self.losses())
        chosen, refused = [], []
        most = None
        while len(chosen) + len(refused) < MOST_PICKS and self._left(chosen).max() > ENOUGH * before:
            group = self._most_harmful(chosen, refused)
            if group is None:
                break
            most = most or (1 + MOST_TIME) * self._cycles([])
            (chosen if self._cycles([*chosen, group]) <= most else refused).append(group)
        if not chosen or self._left(chosen).max() > before * 10 ** (-LEAST_GAIN_DB / 10):
            return Widened(losses=self.losses())
        plain, widened = self._judge([]), self._judge(chosen)
        if widened.worst_db < plain.worst_db + LEAST_GAIN_DB:
            return Widened(losses=self.losses())
        note = f"more than 8 bits win {widened.worst_db - plain.worst_db:.1f} dB on samples held back: {', '.join(self._names(chosen))}"
        return Widened(self._names(chosen), {}, self.losses(), (note,))

    def reach(self, target_db):
        """The bits that bring every part to `target_db` on samples held back, added where most noise is until that is so."""
        chosen, widths, aim = [], {}, WEIGHTS_ROOM * 10 ** (-target_db / 10)
        found = self._judge(chosen)
        while found.strict_db < target_db and len(chosen) < len(self.groups):
            before = len(chosen)
            while self._left(chosen).max() > aim and (group := self._most_harmful(chosen, ())) is not None:
                chosen.append(group)
            if len(chosen) == before:
                chosen = self._by_harm(chosen)
            aim /= 2
            found = self._judge(chosen)
        if found.worst_db < target_db:
            found, widths = self._in_float(target_db, chosen, found)
        if found.worst_db >= target_db:
            chosen = self._pruned(min(target_db, found.strict_db), chosen, widths)
            note = f"the target of {target_db:g} dB is reached, with {len(self._names(chosen))} wide tensors and {len(widths)} layers in float"
        else:
            note = f"the target of {target_db:g} dB is out of reach: {found.worst_db:.1f} dB is the best on samples held back"
        return Widened(self._names(chosen), widths, self.losses(), (note,))

    def _by_harm(self, chosen):
        """All groups: `chosen`, then the others by what they do to the part that they harm most."""
        worst = np.nan_to_num(self._noise.max(1), posinf=np.finfo(float).max)
        return [*chosen, *(int(group) for group in np.argsort(-worst, kind="stable") if group not in chosen)]

    def _in_float(self, target_db, chosen, found):
        """All tensors are wide: what is left is of the weights, and of what 16 bits don't hold. Layers stay in float, those nearest
        to the outputs first, twice as many each time. Returns the best Distances, and the layers' widths."""
        order = [layer.name for layer in reversed(self._nnq.find_layers(self._network.module))]
        best, count = (found, {}), 1
        while best[0].worst_db < target_db and order:
            widths = {name: "float" for name in order[:count]}
            best = max(best, (self._judge(chosen, widths), widths), key=lambda pair: pair[0].worst_db)
            if count >= len(order):
                break
            count *= 2
        return best

    def _pruned(self, strict_db, chosen, widths):
        """The first few of `chosen` that come as near to float."""
        least, enough = 0, len(chosen)
        while least < enough:
            middle = (least + enough) // 2
            if self._judge(chosen[:middle], widths).strict_db >= strict_db:
                enough = middle
            else:
                least = middle + 1
        return chosen[:enough]
