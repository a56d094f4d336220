"""Whether picked bit-widths are better than rules: networks with 4 bits in some layers, none larger than half way between 8 and 4 bits.

    PYTHONPATH=build/python python3 benchmarks/bit_widths.py --models DIR [--networks NAME ...] [--sensitivity DIR] [--json out.json]

The budget is the mean of what all layers take with 8 and with 4 bits. Each assignment is compiled by itself, calibrated and tuned on the
same samples, and judged by the compiled object on samples that took no part. benchmarks/README.md says what the rules are.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time

import networks as catalogue
import nnq
from accuracy import compare, first, outputs_of
from networks import NETWORKS
from nnq.compiler import Job, measure_sensitivity
from nnq.extension import load_compiler

NARROW, WIDE = "w4a8", "w8a8"


def candidates(sensitivity):
    """{layer: {width: its figures}}, in order."""
    return {layer["name"]: {c["width"]: c for c in layer["candidates"]} for layer in sensitivity["layers"]}


def size(layers, widths):
    return sum(layers[name][width]["bytes"] for name, width in widths.items())


def assign(layers, narrow):
    return {name: NARROW if name in narrow else WIDE for name in layers}


def rules(layers, budget):
    """{rule: widths} of rules that people use, as far as they keep to the budget."""
    names = list(layers)
    saved = {name: layers[name][WIDE]["bytes"] - layers[name][NARROW]["bytes"] for name in names}
    helped = [name for name in names if saved[name] > 0]  # the others are kept at 8 bits in the rules' favour
    found = {"ends at 8": assign(layers, set(helped) - {names[0], names[-1]})}
    largest = sorted(helped, key=lambda name: -layers[name][WIDE]["bytes"])
    few = next((count for count in range(len(largest) + 1) if size(layers, assign(layers, largest[:count])) <= budget), len(largest))
    found["largest at 4"] = assign(layers, set(largest[:few]))
    for first_one in (0, 1):
        found[f"every second at 4, from {first_one + 1}"] = assign(layers, set(helped[first_one::2]))
    return {rule: widths for rule, widths in found.items() if size(layers, widths) <= budget}


def measure(network, folder, options, work):
    model, samples = folder.model(network), folder.samples(network)
    file = (options.sensitivity or work) / f"{network.name}.json"
    record = {"network": network.name, "samples": len(samples.evaluation), "assignments": []}
    start = time.perf_counter()
    settings = nnq.Mixed(budgets={"bytes": "100%"}, sensitivity=file, samples=options.samples)
    measure_sensitivity(Job(model, settings), samples.calibration)
    record["sensitivity_s"] = round(time.perf_counter() - start, 1)
    layers = candidates(json.loads(file.read_text()))
    whole, half = size(layers, assign(layers, ())), size(layers, assign(layers, layers))
    budget = (whole + half) // 2
    record.update(all_8_bytes=whole, all_4_bytes=half, budget=budget)
    reference = first(outputs_of(nnq.compile(model, quantization=nnq.Float()), samples.evaluation))
    picked = load_compiler().choose_bit_widths(str(file), bytes=budget).layers
    for rule, widths in {"picked": picked, **rules(layers, budget)}.items():
        compiled = nnq.compile(model, samples.calibration, quantization=nnq.Mixed(bit_widths=dict(widths)))
        figures = compare(network, reference, first(outputs_of(compiled, samples.evaluation)), samples)
        predicted = sum(layers[name][width]["noise"] for name, width in widths.items())
        record["assignments"].append({"rule": rule, "bytes": size(layers, widths), "narrow": list(widths.values()).count(NARROW),
                                      "predicted_noise": predicted, **figures})
        print(f"{network.name}: {record['assignments'][-1]}", file=sys.stderr, flush=True)
    ours, *others = record["assignments"]
    record["holds"] = all(ours["sqnr_db"] > other["sqnr_db"] and ours["kl"] < other["kl"] for other in others)
    return record


def print_table(records):
    print("| network | assignment | layers at 4 bits | bytes | SQNR dB | KL | agree | top-1 | best |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for record in records:
        for index, found in enumerate(record["assignments"]):
            share = 100 * found["bytes"] / record["all_8_bytes"]
            cells = [record["network"] if index == 0 else "", found["rule"], found["narrow"], f"{share:.1f} %", f"{found['sqnr_db']:.2f}",
                     f"{found['kl']:.3g}", f"{100 * found['agreement']:.2f}", f"{100 * found['top1']:.2f}",
                     ("yes" if record["holds"] else "no") if index == 0 else ""]
            print("| " + " | ".join(map(str, cells)) + " |")


def main():
    parser = argparse.ArgumentParser(description="Picked bit-widths against rules of the same size.")
    parser.add_argument("--models", type=pathlib.Path, default=catalogue.SHARED / "models", metavar="DIR", help="Networks and load.py.")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=["mobilenet_v2", "resnet50v2_trunk_cifar10"], metavar="NAME")
    parser.add_argument("--sensitivity", type=pathlib.Path, metavar="DIR", help="Read sensitivities there, or keep them.")
    parser.add_argument("--samples", type=int, default=nnq.Mixed.samples, help="How many samples sensitivity is measured on.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    folder, records = catalogue.Folder(options.models), []
    with tempfile.TemporaryDirectory() as work:
        for name in options.networks:
            records.append(measure(NETWORKS[name], folder, options, pathlib.Path(work)))
            if options.json:
                options.json.write_text(json.dumps(records, indent=1) + "\n")
    print_table(records)
    return 0 if all(record["holds"] for record in records) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except nnq.Error as error:
        sys.exit(f"bit_widths: error: {error}")
