"""One float graph through the compiler, in float and in int8: refused by name, right as far as can be asked, or a finding.

Float: compiled code may differ from ONNX Runtime's result, node by node, by 1e-5 of the largest magnitude of each part of an output, plus
four times what errors of 2^-20 in all tensors, or the opposite ones, do to that part there (variants.py): a network that amplifies rounding
may do so in any order of its operations.

int8: the SQNR of each part of an output, on samples that calibration does not see, is at least that of ONNX Runtime on the model in which
each tensor that may be is rounded to 8 bits by its own range (variants.py), or that which it has by definition, less a margin. Not to be rounded are the insides of
operations that are spelled out and what functions with a pole read; nor what several tensors are united in, where only outputs
read it. So the floor follows from the ranges at hand: a part that a Concat gives a scale of its own is not excused by its neighbour's range, a
denominator is not excused by its code being 0. The margin is 6 dB, four times the noise: a compiler may round at places of its own, as behind
each operand of a Concat. Over few elements the noise is a matter of luck, so that the floor is lower by 10 log10(1 + 8 / sqrt(n)) with n
elements, and the emulated noise is the largest one of three, with ranges that differ a little, and never less than that of rounding the result itself
once. Behind a recurrent layer the floor is 10 dB lower: its states and gates are rounded at each step, which the emulation does not do. 30 dB
are always enough. Parts whose floor would be below 3 dB, or that depend on comparisons, only have to be finite; they are counted.
"""

import collections
import math
import pathlib
import tempfile

import numpy as np
import nnq
import onnx
from common.execution import Guarded
from common.graph import with_outputs
from common.peer import PLAIN, PeerEnds, PeerRefuses
from common.verdict import FAILED, OK, REFUSED, Verdict
from nnq import arrays, pipelines
from nnq.extension import load_compiler
from nnq.loaded import Loaded, import_prepared

from .graph import CALIBRATED, Marks
from .variants import as_fed, rounded, shaken, shapes_of

TOLERANCE, AMPLIFIED = 1e-5, 4.0
MARGIN_DB, RECURRENT_DB, LEAST_FLOOR_DB, ENOUGH_DB = 6.0, 10.0, 3.0, 30.0
FAR_DB = 10.0
WIDER = (1.0, 1.07, 1.13)
NO_FLOOR, NOT_FINITE = "no floor for 8 bits", "values that are not finite"


class Reference:
    """nnq's own executable reference in the place of ONNX Runtime."""

    def run_all(self, model, runs, mode=PLAIN):
        try:
            module = import_prepared(model, "fuzz.onnx")
            names = [t.name for t in module.outputs]
            return [dict(zip(names, module.interpret([run[t.name] for t in module.inputs]))) for run in runs]
        except nnq.Error as error:
            raise PeerRefuses(str(error)) from None


class Finding(Exception):
    """(stage, text)"""


class Runner:
    """`peer`: a Peer, or a Reference. `in_int8`: whether int8 is judged too."""

    def __init__(self, peer, in_int8=True):
        self.peer, self.in_int8, self.memory = peer, in_int8, Guarded()

    def run(self, model, feeds):
        """The Verdict on the bytes of a model and all samples of its inputs by name."""
        try:
            module = import_prepared(model, "fuzz.onnx")
        except nnq.Error as error:
            kind = REFUSED if "fuzz.onnx" in str(error) else FAILED
            return Verdict(kind, "import" if kind == REFUSED else "prepare", str(error))
        self.model = onnx.load_from_string(model)
        self.marks, self.shapes = Marks.of(self.model), shapes_of(self.model)
        inputs = {value.name: value for value in self.model.graph.input}
        runs = [{name: as_fed(array[i], inputs[name]) for name, array in feeds.items()} for i in range(len(next(iter(feeds.values()))))]
        self.calibration, self.judged = runs[:CALIBRATED], runs[CALIBRATED:]
        try:
            self._ask()
        except PeerRefuses as refusal:
            return Verdict(OK, "not judged", peer=str(refusal))
        except PeerEnds as end:
            return Verdict(OK, "not judged", peer=f"crash: {end}")
        try:
            self._judge_float(module)
            without_floor = self._judge_int8(module) if self.in_int8 else ""
        except Finding as finding:
            return Verdict(FAILED, *finding.args)
        return Verdict(OK, without_floor)

    # What is right

    def _ask(self):
        """Expected outputs and tensors of all samples, and how far errors move outputs."""
        # What takes the place of some elements of a tensor has one scale with all of them.
        replaced = {node.output[0]: node.input[0] for node in self.model.graph.node if node.op_type == "ScatterND"}
        seen = with_outputs(self.model, {*self.marks.rounded, *replaced.values()})
        found = self.peer.run_all(seen.SerializeToString(), self.calibration + self.judged, PLAIN)
        self.expected = found[CALIBRATED:]
        self.ranges = {name: _range(run[part] for run in found[:CALIBRATED] for part in {name, replaced.get(name, name)}) for name in self.marks.rounded}
        self.ranges |= {name: bounds for name, bounds in self.marks.defined.items() if name in self.ranges}
        moved = [shaken(self.model, self.marks.inexact, self.shapes, sign) for sign in (1, -1)]
        self.moved = [self.peer.run_all(model.SerializeToString(), self.judged, PLAIN) for model in moved]

    def _parts(self, name, arrays_of_samples):
        """(text, array) of each part of an output over the samples."""
        stack = np.stack([np.asarray(a) for a in arrays_of_samples])
        parts = self.marks.parts.get(name)
        if not parts:
            return [(name, stack)]
        return [(f"{name}[{start}:{end}] along {axis}", stack.take(range(start, end), axis % (stack.ndim - 1) + 1)) for axis, start, end in parts]

    def _by_part(self, *lists):
        """(output, part, arrays...) for lists of outputs by name."""
        for name in lists[0][0]:
            if name not in {value.name for value in self.model.graph.output}:
                continue
            yield from ((name, *rows) for rows in _zip_parts(*(self._parts(name, [run[name] for run in runs]) for runs in lists)))

    # Float

    def _judge_float(self, module):
        compiled = _compiled(module, "compile in float")
        found = self._run(compiled, "float")
        for name, part, want, got, *near in self._by_part(self.expected, found, *self.moved):
            if want.dtype.kind != "f" or name in self.marks.decided:
                changed = np.count_nonzero(want != got)
                if name not in self.marks.decided and changed:
                    raise Finding("float", f"{part}: {changed} of {want.size} elements differ")
                if want.dtype.kind == "f" and not np.isfinite(got[np.isfinite(want)]).all():
                    raise Finding("float", f"{part}: not finite where it should be")
                continue
            want, got, near = want.astype(np.float64), got.astype(np.float64), np.array(near, np.float64)
            sure = np.isfinite(want) & np.isfinite(near).all(0)
            amplified = np.abs(near[:, sure] - want[sure]).max(initial=0)
            tolerance = TOLERANCE * np.abs(want[sure]).max(initial=0) + AMPLIFIED * amplified
            wrong = np.zeros(want.shape, bool)
            wrong[sure] = ~(np.abs(got[sure] - want[sure]) <= tolerance)
            wrong |= np.isinf(want) & (near == want).all(0) & (got != want)
            wrong |= np.isnan(want) & np.isnan(near).all(0) & ~np.isnan(got)
            if wrong.any():
                at = tuple(int(i) for i in np.argwhere(wrong)[0])
                raise Finding("float", f"{part}: {np.count_nonzero(wrong)} of {wrong.size} elements differ by more than {tolerance:.3g}; "
                                       f"at {list(at)}: {got[at]:.9g}, not {want[at]:.9g}")

    def _run(self, compiled, stage):
        """Outputs by name on the judged samples."""
        results = []
        for run in self.judged:
            text, outputs = self.memory.execute(compiled, [run[t.name] for t in compiled.inputs])
            if text:
                raise Finding(stage, text)
            results.append({t.name: arrays.real_values(o, t) for t, o in zip(compiled.outputs, outputs)})
        return results

    # int8

    def _judge_int8(self, module):
        """"", or why no floor was asked for."""
        names = [value.name for value in self.model.graph.output]
        if not all(np.isfinite(run[name]).all() for run in self.expected for name in names if run[name].dtype.kind == "f"):
            return NOT_FINITE
        quantized = self._quantized(module)
        if quantized is None:
            return NOT_FINITE
        compiled = _compiled(quantized, "compile in int8")
        found = self._run(compiled, "int8")
        emulated = [rounded(self.model, self.ranges, self.marks.weights, self.marks.spellings, wider) for wider in WIDER]
        emulations = [self.peer.run_all(model.SerializeToString(), self.judged, PLAIN) for model in emulated]
        kinds, below = collections.Counter(), []
        for name, part, want, got, *noisy in self._by_part(self.expected, found, *emulations):
            if want.dtype.kind != "f":
                continue
            if not np.isfinite(got).all():
                raise Finding("int8, not finite", part)
            floor = self._floor(want, noisy, MARGIN_DB + RECURRENT_DB * (name in self.marks.recurrent))
            if name in self.marks.decided or floor is None:
                kinds[NO_FLOOR] += 1
                continue
            reached = _sqnr_db(want, got)
            if reached < floor:
                below.append((floor - reached, f"{part}: {reached:.1f} dB, and the floor is {floor:.1f}"))
        if below:
            raise Finding("int8, far below" if max(below)[0] > FAR_DB else "int8, below", "; ".join(text for _, text in below))
        return next(iter(kinds), "")

    def _quantized(self, module):
        """The quantized module, or None where values inside are not finite."""
        observed = module.clone()
        observed.run_pipeline(pipelines.OBSERVE)
        loaded = Loaded(_compiled(observed, "compile with observers"))
        calibration = load_compiler().Calibration()
        for index, run in enumerate(self.calibration):
            try:
                loaded.observe([run[t.name] for t in loaded.inputs], lambda name, values: calibration.observe(name, values, index))
            except nnq.Error:
                return None
        quantized = module.clone()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "calibration.json"
            try:
                calibration.write(str(path))
                pipelines.quantize(path, nnq.Int8()).run(quantized)
            except nnq.Error as error:
                raise Finding("quantize", str(error)) from None
        return quantized

    def _floor(self, want, noisy, margin_db):
        """The SQNR that is asked for of a part, or None."""
        want = want.astype(np.float64)
        signal = float(np.square(want).sum())
        if not signal or not all(np.isfinite(e).all() for e in noisy):
            return None
        step = (max(want.max(), 0) - min(want.min(), 0)) / 255
        noise = max(*(float(np.square(want - e).sum()) for e in noisy), want.size * step**2 / 12)
        floor = 10 * math.log10(signal / noise) - margin_db - 10 * math.log10(1 + 8 / math.sqrt(want.size))
        return min(floor, ENOUGH_DB) if floor >= LEAST_FLOOR_DB else None


def _compiled(module, stage):
    try:
        return module.clone().compile("native")
    except nnq.Error as error:
        raise Finding(stage, str(error)) from None


def _range(samples):
    low, high = math.inf, -math.inf
    for values in samples:
        finite = values[np.isfinite(values)]
        low, high = min(low, float(finite.min(initial=0))), max(high, float(finite.max(initial=0)))
    return low, high


def _sqnr_db(want, got):
    want = want.astype(np.float64)
    noise = float(np.square(want - got).sum())
    return 10 * math.log10(float(np.square(want).sum()) / noise) if noise else math.inf


def _zip_parts(*lists):
    for rows in zip(*lists, strict=True):
        yield rows[0][0], *(array for _, array in rows)
