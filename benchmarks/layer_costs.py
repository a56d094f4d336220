"""How well the predicted cost of layers orders them: rank correlation with the time measured of each layer's kernels.

    PYTHONPATH=build/python python3 benchmarks/layer_costs.py MODEL.onnx ... [--kinds int8 float int4] [--runs 3] [--show]

Networks take images (1, 3, 224, 224) of noise; integer ones are calibrated on it. A layer's time is the median of several runs of a network
whose kernels count ticks; correlation is Spearman's over layers that have a kernel, equal ones by average ranks. All runs are printed: a
loaded machine shows. "moved" is the share of the time that the prediction puts into the wrong layers: half the sum of the differences of shares.
"""

import argparse
import pathlib
import statistics
import tempfile

import nnq
import numpy as np
from nnq import bitwidths, layers, pipelines, widthchoice
from nnq.artifacts import compile_to_measure
from nnq.calibration import compile_observed, observe
from nnq.extension import load_compiler
from nnq.modelfile import read_model
from nnq.progress import Quiet
from nnq.samples import load_samples

KINDS = {
    "int8": nnq.Int8(correction="none"),
    "float": nnq.Float(),
    "int4": nnq.Int4(correction="none", rounding="nearest"),
}
CALIBRATION_SAMPLES = 2
"""The time does not depend on the scales."""


def noise():
    return np.random.default_rng(0).standard_normal((CALIBRATION_SAMPLES, 3, 224, 224), np.float32)


class Network:
    """A model file as a module of each kind, and as a compiled model whose kernels count ticks."""

    def __init__(self, path, work):
        self.library, self.work, self.count = load_compiler(), work, 0
        self.module = read_model(path, {})
        self.module.run_pipeline(pipelines.PREPARE)
        self.statistics = None

    def compile(self, module, **options):
        self.count += 1
        return compile_to_measure(module.clone(), self.work / f"{self.count}", self.library.target("native"), **options)

    def quantized(self, settings):
        """The module of that kind; statistics are taken once."""
        module = self.module.clone()
        if isinstance(settings, nnq.Float):
            return module
        if self.statistics is None:
            model, samples = compile_observed(module, self.compile, Quiet()), load_samples(noise(), module.inputs)
            self.statistics = self.work / "calibration.json"
            observe(self.library, model, samples, False, Quiet()).write(str(self.statistics))
        file, widths = self.work / "bit-widths.json", widthchoice.by_rule(self.library, module, settings)[0]
        if widths:
            bitwidths.write(file, widths)
        pipelines.quantize(self.statistics, settings, file if widths else None).run(module)
        return module


def ranks(values):
    """From 0 on; equal values share the mean of theirs."""
    values = np.asarray(values)
    order = np.sort(values)
    return (np.searchsorted(order, values, "left") + np.searchsorted(order, values, "right") - 1) / 2


def measure(module, network, runs):
    """(LayerCost, [share of the time in each run]) of each layer with a kernel, and the milliseconds of the median run."""
    costs = module.layer_costs("native")
    total_ms = 1e3 * statistics.median(network.compile(module).time(reps=10, warm_up=2))
    timed = network.compile(module, time_kernels=True)
    times = [layers.times(timed, len(costs), total_ms)[0] for _ in range(runs)]
    return [(cost, row) for cost, *row in zip(costs, *times) if row[0] is not None], total_ms


def compare(rows, run):
    """Spearman's correlation of a run with the prediction, and the share of the time that is predicted elsewhere."""
    predicted = np.array([cost.cycles for cost, _ in rows])
    measured = np.array([times[run] for _, times in rows])
    correlation = np.corrcoef(ranks(predicted), ranks(measured))[0, 1]
    return correlation, np.abs(predicted / predicted.sum() - measured / measured.sum()).sum() / 2


def show(rows):
    """Each layer's predicted share beside the measured one, in percent."""
    total_cycles = sum(cost.cycles for cost, _ in rows)
    medians = [statistics.median(times) for _, times in rows]
    for (cost, _), milliseconds in zip(rows, medians):
        shares = f"{100 * cost.cycles / total_cycles:7.2f} {100 * milliseconds / sum(medians):7.2f}"
        print(f"    {cost.name:40} {cost.op:16} {cost.bytes:10,} {cost.bops / 1e6:10,.0f} M {shares}")


def main():
    parser = argparse.ArgumentParser(description="Predicted against measured time of layers.")
    parser.add_argument("models", nargs="+", type=pathlib.Path, metavar="MODEL.onnx")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="Measure so often.")
    parser.add_argument("--show", action="store_true", help="Print each layer: bytes, bit operations, predicted and measured share in percent.")
    options = parser.parse_args()
    print("| network | kind | layers | ms | Spearman | moved |\n| --- | --- | --- | --- | --- | --- |")
    for path in options.models:
        for kind in options.kinds:
            with tempfile.TemporaryDirectory() as work:
                network = Network(path, pathlib.Path(work))
                rows, total_ms = measure(network.quantized(KINDS[kind]), network, options.runs)
            figures = [compare(rows, run) for run in range(options.runs)]
            correlations, moved = (", ".join(f"{value:.3f}" for value in values) for values in zip(*figures))
            print(f"| {path.stem} | {kind} | {len(rows)} | {total_ms:.2f} | {correlations} | {moved} |", flush=True)
            if options.show:
                show(rows)


if __name__ == "__main__":
    main()
