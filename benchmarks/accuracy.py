"""What int8 costs in accuracy: nnq beside ONNX Runtime, on trained networks and labelled samples.

    PYTHONPATH=build/python NODE_PATH=PEER/node_modules python3 benchmarks/accuracy.py --models DIR --peer PEER --json out.json

Each network is compiled in float and compared with ONNX Runtime, then compiled in int8 on at most 100 calibration samples
and run on all evaluation samples by the compiled object. The peer is ONNX Runtime's static quantization (ort_ptq.py in
PEER), the better by SQNR of its two range methods. benchmarks/README.md defines the columns.
"""

import argparse
import contextlib
import json
import pathlib
import platform
import sys
import tempfile
import time

import networks as catalogue
import nnq
import numpy as np
import peer
from networks import NETWORKS, NO_LABELS, RECONSTRUCTION, SOFTMAX
from nnq.cli import WEIGHT_FORMATS
from nnq.extension import load_compiler
from nnq.settings import RANGE_METHODS
from table import print_table

FLOAT_TOLERANCE = 1e-4
WEIGHTS = WEIGHT_FORMATS
FLOAT_SAMPLES = 8
KL_NOISE = 1e-6
"""A divergence below this, in nats, is rounding in float: it is not compared with another."""
LEAST_PROBABILITY = 1e-30


# ----- One model's outputs against the float ones ---------------------------------------------------------------------


def logits(network, outputs):
    """What SQNR and KL are of: rows of logits; of probabilities, their logarithms."""
    rows = outputs.reshape(len(outputs), -1)
    return np.log(np.maximum(rows, LEAST_PROBABILITY)) if network.output == SOFTMAX else rows


def auc(network, outputs, samples):
    """Area under the curve of the mean squared reconstruction error of each recording's windows."""
    errors = np.square(outputs - samples.evaluation, dtype=np.float64).mean(1).reshape(len(samples.labels), -1).mean(1)
    anomalous, normal = errors[samples.labels == 1], errors[samples.labels == 0]
    wins = (anomalous[:, None] > normal).sum() + 0.5 * (anomalous[:, None] == normal).sum()
    return float(wins / (len(anomalous) * len(normal)))


def quality(network, outputs, samples):
    """The figure of merit of outputs by themselves: top1, or auc."""
    if network.output == RECONSTRUCTION:
        return {"auc": auc(network, outputs, samples)}
    return {"top1": float((outputs.argmax(1) == samples.labels).mean())}


def compare(network, reference, outputs, samples):
    """quality(), and how far `outputs` are from the float ones."""
    metrics = load_compiler()
    figures = quality(network, outputs, samples)
    expected, found = (np.ascontiguousarray(logits(network, o), np.float32) for o in (reference, outputs))
    if network.output == RECONSTRUCTION:
        return {**figures, "sqnr_db": metrics.sqnr_db(expected, found)}
    classes = expected.shape[1]
    was_right, is_right = expected.argmax(1) == samples.labels, found.argmax(1) == samples.labels
    return {
        **figures,
        "lost": int((was_right & ~is_right).sum()),
        "won": int((~was_right & is_right).sum()),
        "agreement": metrics.agreement(expected, found, classes),
        "sqnr_db": metrics.centred_sqnr_db(expected, found, classes),
        "kl": metrics.kl_divergence(expected, found, classes),
    }


# ----- Running --------------------------------------------------------------------------------------------------------


def outputs_of(model, samples):
    """All outputs of a compiled model, each (N, ...), by name. `samples`: (N, ...), by name where the model has several inputs."""
    given = samples if isinstance(samples, dict) else {model.inputs[0].name: samples}
    results = [model.run([x.reshape(t.shape) for x, t in zip(xs, model.inputs)]) for xs in zip(*(given[t.name] for t in model.inputs))]
    return {t.name: np.stack([r[k][0] if t.shape[:1] == (1,) else r[k] for r in results]) for k, t in enumerate(model.outputs)}


def first(outputs):
    return next(iter(outputs.values()))


def float_difference(expected, found):
    """The largest difference over the largest magnitude, of the worst output."""
    return max(float(np.abs(found[name] - e).max() / np.abs(e).max()) for name, e in expected.items())


def timed(record, key, function, *arguments, **options):
    start = time.perf_counter()
    result = function(*arguments, **options)
    record[key] = round(time.perf_counter() - start, 2)
    return result


def measure_peer(network, model, samples, reference, script, work):
    """The better of ONNX Runtime's two, by SQNR; "others" are the other's figures."""
    settings = []
    for range_method in peer.RANGE_METHODS:
        quantized = work / f"{network.name}.{range_method}.qdq.onnx"
        peer.quantize(script, model, samples.calibration, quantized, range_method)
        outputs = first(peer.run(quantized, samples.evaluation))
        settings.append({"range_method": range_method, **compare(network, reference, outputs, samples)})
    best = max(settings, key=lambda figures: figures["sqnr_db"])
    return {**best, "others": [figures for figures in settings if figures is not best]}


def measure_nnq(network, model, samples, reference, weights, range_method, work):
    record = {"range_method": range_method}
    compiled = timed(
        record, "compile_s", nnq.compile, model, samples.calibration, quantization=WEIGHTS[weights](range_method=range_method), output=work / network.name / range_method
    )
    outputs = first(outputs_of(compiled, samples.evaluation))
    record.update(compare(network, reference, outputs, samples))
    record["object_bytes"] = compiled.manifest["object_bytes"]
    return record


def measure(network, folder, options, work):
    """All figures of a network, as they go into the JSON file."""
    model, samples = folder.model(network), folder.samples(network)
    record = {"network": network.name, "samples": len(samples.evaluation), "calibration_samples": len(samples.calibration)}
    record["float"] = {}
    compiled = timed(record["float"], "compile_s", nnq.compile, model, quantization=nnq.Float(), output=work / network.name / "float")
    if options.peer:
        few = samples.evaluation[:FLOAT_SAMPLES]
        record["float"]["difference"] = float_difference(peer.run(model, few), outputs_of(compiled, few))
    if network.output != NO_LABELS:
        reference = first(outputs_of(compiled, samples.evaluation))
        record["float"].update(quality(network, reference, samples))
        record["nnq"] = [measure_nnq(network, model, samples, reference, options.weights, range_method, work) for range_method in options.range_methods]
        if options.peer:
            record["peer"] = measure_peer(network, model, samples, reference, options.peer / "ort_ptq.py", work)
    record["holds"] = (requirements if options.weights == "int8" else int4_requirements)(network, record)
    return record


# ----- Requirements ---------------------------------------------------------------------------------------------------


def requirements(network, record):
    """Whether each requirement holds, of the first of nnq's settings."""
    holds = {}
    if "difference" in record["float"]:
        holds["float"] = record["float"]["difference"] <= FLOAT_TOLERANCE
    if "nnq" not in record:
        return holds
    ours, theirs = record["nnq"][0], record.get("peer")
    merit = "auc" if network.output == RECONSTRUCTION else "top1"
    scale = 1 if merit == "auc" else 100
    holds[merit] = scale * (record["float"][merit] - ours[merit]) <= network.may_lose + 1e-9
    if theirs:
        holds["sqnr"] = ours["sqnr_db"] >= theirs["sqnr_db"] + network.ahead_db
        if "kl" in ours:
            holds["kl"] = ours["kl"] <= max(network.kl_share * theirs["kl"], KL_NOISE)
    return holds


def int4_requirements(network, record):
    """Whether the goals for weights of 4 bits hold, of the first of nnq's settings."""
    if not (network.int4 and "nnq" in record):
        return {}
    (least_db, most_kl), ours = network.int4, record["nnq"][0]
    return {"sqnr": ours["sqnr_db"] >= least_db, "kl": ours["kl"] <= most_kl}


# ----- Tables ---------------------------------------------------------------------------------------------------------


def percent(share):
    return f"{100 * share:.2f}"


def merit_text(figures):
    return f"AUC {figures['auc']:.3f}" if "auc" in figures else percent(figures["top1"])


def columns(figures):
    """The cells that nnq and its peer have in common."""
    if figures is None:
        return ["-"] * 5
    changes = f"-{figures['lost']} +{figures['won']}" if "lost" in figures else "-"
    agreement = percent(figures["agreement"]) if "agreement" in figures else "-"
    kl = f"{figures['kl']:.2g}" if "kl" in figures else "-"
    return [merit_text(figures), changes, agreement, f"{figures['sqnr_db']:.2f}", kl]


def row(record, ours):
    float_figures = record["float"]
    difference = f"{float_figures['difference']:.1e}" if "difference" in float_figures else "-"
    name = record["network"] if ours is None or ours is record["nnq"][0] else ""
    if ours is None:
        return [name, str(record["samples"]), difference, "-", "", *columns(None), "", *columns(None)[0:1], "-", "-", verdict(record)]
    theirs = record.get("peer")
    their_cells = [columns(theirs)[i] for i in (0, 3, 4)]
    text = verdict(record) if name else ""
    cells = [name, str(record["samples"]), difference, merit_text(float_figures), ours["range_method"], *columns(ours)]
    return [*cells, theirs["range_method"] if theirs else "-", *their_cells, text]


HEADER = [
    *("network", "samples", "float diff", "float top-1"),
    *("method", "top-1", "lost, won", "agree", "SQNR dB", "KL"),
    *("peer method", "peer top-1", "peer SQNR", "peer KL", "holds"),
]


def verdict(record):
    missed = [name for name, holds in record["holds"].items() if not holds]
    return "no: " + ", ".join(missed) if missed else "yes"


# ----- Command line ---------------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description="Accuracy of int8 or int4 against float, beside ONNX Runtime.")
    parser.add_argument("--models", type=pathlib.Path, default=catalogue.SHARED / "models", metavar="DIR", help="Networks and load.py.")
    parser.add_argument("--peer", type=pathlib.Path, metavar="DIR", help="Folder of ort_ptq.py; NODE_PATH has onnxruntime-node.")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NAME")
    parser.add_argument("--weights", choices=WEIGHTS, default="int8", help="Format of nnq's weights; the peer's are int8.")
    parser.add_argument("--range-method", dest="range_methods", nargs="+", choices=RANGE_METHODS, default=[nnq.Int8.range_method],
                        help="Range methods of nnq; the first one is judged.")
    parser.add_argument("--work", type=pathlib.Path, metavar="DIR", help="Keep compiled and quantized models there.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    if not (options.models / "load.py").is_file():
        parser.error(f"--models {options.models}: has no load.py")
    if options.peer and not (options.peer / "ort_ptq.py").is_file():
        parser.error(f"--peer {options.peer}: has no ort_ptq.py")
    return options


def main():
    options = parse_arguments()
    folder, records = catalogue.Folder(options.models), []
    with contextlib.ExitStack() as stack:
        work = options.work or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        for name in options.networks:
            print(name, file=sys.stderr, flush=True)
            records.append(measure(NETWORKS[name], folder, options, work))
            if options.json:
                options.json.write_text(json.dumps({"machine": platform.machine(), "records": records}, indent=1) + "\n")
    print_table(HEADER, [row(record, ours) for record in records for ours in record.get("nnq", [None])])
    return 0 if all(all(record["holds"].values()) for record in records) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (nnq.Error, peer.PeerError) as error:
        sys.exit(f"accuracy: error: {error}")
