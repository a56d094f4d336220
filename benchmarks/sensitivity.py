"""How near estimated sensitivities (--nnq-measure-sensitivity) come to measured ones (nnq sensitivity), and what picking by them costs.

    PYTHONPATH=build/python python3 benchmarks/sensitivity.py --models DIR [--networks NAME ...] [--sensitivity DIR]

Spearman's correlation of the layers' noises with weights of 4 bits, and the measured noise of widths that are picked by measured noises, by
estimated ones and by the rule "the largest layers at 4 bits", all within the bytes half way between 8 and 4 bits.
"""

import argparse
import json
import math
import pathlib
import sys
import tempfile

import networks as catalogue
import nnq
import numpy as np
from bit_widths import NARROW, WIDE, assign, candidates, rules, size
from layer_costs import ranks
from networks import NETWORKS
from nnq import pipelines
from nnq.compiler import Job, measure_sensitivity
from nnq.extension import load_compiler
from nnq.modelfile import read_model

DEFAULT = ["kws", "mobilenet_v1_0.75", "squeezenet1.1", "ic", "cifar10_resnet20"]
"""Chains of layers, branches that are concatenated, residual sums."""


def estimate(model, samples, work):
    """The sensitivity file of the pass."""
    statistics, moments, output = (work / name for name in ("statistics.json", "moments", "estimated.json"))
    nnq.calibrate(model, samples, statistics)
    nnq.calibrate(model, samples, moments, statistics=statistics)
    module = read_model(model, {}, {})
    module.run_pipeline(pipelines.PREPARE)
    module.run_pipeline(f"nnq-measure-sensitivity{{calibration={statistics} moments={moments} output={output} widths={NARROW}}}")
    return output


def noise_db(layers, widths):
    return -10 * math.log10(sum(layers[name][width]["noise"] for name, width in widths.items()))


def measure(network, folder, options, work):
    """A row of the table."""
    model, samples = folder.model(network), folder.samples(network).calibration
    files = (options.sensitivity or work) / f"{network.name}.json", estimate(model, samples, work)
    settings = nnq.Mixed(budgets={"bytes": "100%"}, sensitivity=files[0], samples=options.samples)
    measure_sensitivity(Job(model, settings), samples)
    measured, estimated = (candidates(json.loads(file.read_text())) for file in files)
    names = [name for name in measured if name in estimated]
    correlation = np.corrcoef(*(ranks([layers[name][NARROW]["noise"] for name in names]) for layers in (measured, estimated)))[0, 1]
    budget = (size(measured, assign(measured, ())) + size(measured, assign(measured, measured))) // 2
    picked = [dict(load_compiler().choose_bit_widths(str(file), bytes=budget).layers) for file in files]
    everything = {width: {name: width for name in names} for width in (NARROW, WIDE)}
    return [network.name, len(names), f"{correlation:.2f}",
            *(f"{noise_db(layers, everything[NARROW]):.1f}" for layers in (measured, estimated)),
            *(f"{noise_db(measured, {**everything[WIDE], **widths}):.1f}" for widths in (*picked, rules(measured, budget)["largest at 4"]))]


def main():
    parser = argparse.ArgumentParser(description="Estimated sensitivities against measured ones.")
    parser.add_argument("--models", type=pathlib.Path, default=catalogue.SHARED / "models", metavar="DIR", help="Networks and load.py.")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=DEFAULT, metavar="NAME")
    parser.add_argument("--sensitivity", type=pathlib.Path, metavar="DIR", help="Read measured sensitivities there, or keep them.")
    parser.add_argument("--samples", type=int, default=nnq.Mixed.samples, help="How many samples sensitivity is measured on.")
    options = parser.parse_args()
    folder = catalogue.Folder(options.models)
    print("| network | layers | Spearman | dB, all w4a8, measured | estimated | dB, picked by measured | by estimated | largest at 4 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in options.networks:
        with tempfile.TemporaryDirectory() as work:
            print("| " + " | ".join(map(str, measure(NETWORKS[name], folder, options, pathlib.Path(work)))) + " |", flush=True)


if __name__ == "__main__":
    try:
        main()
    except nnq.Error as error:
        sys.exit(f"sensitivity: error: {error}")
