"""How fast compiled networks run, float and int8, against ONNX Runtime in the same session, on one thread.

    PYTHONPATH=build/python NODE_PATH=PEER/node_modules python3 benchmarks/speed.py --peer PEER [--models DIR] [--bench DIR] --json out.json

Four runners take turns in every round: nnq and ONNX Runtime, each on the float and on the quantized network. A ratio is
the median over the rounds of what the two took in the same round. Compiling is timed in a process of its own.
benchmarks/README.md defines the columns.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass

import networks as catalogue
import nnq
import numpy as np
import peer
import process
from networks import NETWORKS
from table import print_table

SECONDS_PER_TURN = 0.3
MOST_REPS = 2000
CALIBRATION_SAMPLES = 8
"""Enough for scales in the right place: the time does not depend on them."""


@dataclass(frozen=True)
class Job:
    """A float network, and its quantized form for the peer; None where the peer's own quantization is to make it."""

    name: str
    model: pathlib.Path
    quantized: pathlib.Path
    calibration: object
    """Function without arguments that returns float32 (N, ...)."""


def bench_jobs(folder):
    """NAME.onnx beside NAME.qdq.onnx: networks with made-up weights, calibrated on noise."""

    def noise():
        return np.random.default_rng(0).standard_normal((CALIBRATION_SAMPLES, 3, 224, 224), np.float32)

    for quantized in sorted(folder.glob("*.qdq.onnx")):
        name = quantized.name.removesuffix(".qdq.onnx")
        yield Job(f"{name} (random weights)", folder / f"{name}.onnx", quantized, noise)


def trained_jobs(path):
    folder = catalogue.Folder(path)
    for network in NETWORKS.values():
        samples = lambda network=network: folder.samples(network).calibration[:CALIBRATION_SAMPLES]
        yield Job(network.name, folder.model(network), None, samples)


# ----- Compiling ------------------------------------------------------------------------------------------------------


def compile_apart(model, output, *options):
    """Runs `nnq compile` in a process of its own; returns its seconds and the peak of its memory in MiB."""
    try:
        cost = process.run([sys.executable, "-m", "nnq", "compile", model, "-o", output, *options])
    except process.Failed as failure:
        raise nnq.Error(f"{model}: did not compile: {failure}") from None
    return {"compile_s": cost.wall_s, "compile_mib": cost.peak_mib}


def prepare(job, options, work):
    """Compiles and quantizes; returns the record so far and the four models: nnq's folders, the peer's files."""
    folder = work / job.model.stem
    folder.mkdir(parents=True, exist_ok=True)
    calibration = folder / "calibration.npy"
    samples = job.calibration()
    np.save(calibration, samples)
    record = {"network": job.name, "float": compile_apart(job.model, folder / "float", "--float")}
    record["int8"] = compile_apart(job.model, folder / "int8", "--calibration", calibration)
    for kind in ("float", "int8"):
        manifest = nnq.Model(folder / kind).manifest
        record[kind].update(object_bytes=manifest["object_bytes"], arena_bytes=manifest["arena_bytes"])
    quantized = job.quantized
    if quantized is None:
        quantized = folder / "peer.qdq.onnx"
        try:
            peer.quantize(options.peer / "ort_ptq.py", job.model, samples, quantized, peer.RANGE_METHODS[0])
        except peer.PeerError:
            print(f"{job.name}: the peer does not quantize it", file=sys.stderr)
            quantized = None
    return record, {"float": (folder / "float", job.model), "int8": (folder / "int8", quantized)}


# ----- Timing ---------------------------------------------------------------------------------------------------------


def reps_for(runner):
    return max(3, min(MOST_REPS, round(SECONDS_PER_TURN / min(runner.time(3)))))


def take_turns(runners, rounds):
    """Median seconds of every runner in every round: {key: [seconds, ...]}. The order turns with the rounds."""
    reps = {key: reps_for(runner) for key, runner in runners.items()}
    seconds = {key: [] for key in runners}
    keys = list(runners)
    for index in range(rounds):
        for key in keys[index % len(keys) :] + keys[: index % len(keys)]:
            seconds[key].append(statistics.median(runners[key].time(reps[key])))
    return seconds


def ratio(seconds, other, one):
    """How many times faster `one` is than `other`: the median of the rounds, and its quartiles."""
    ratios = [a / b for a, b in zip(seconds[other], seconds[one])]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {"median": middle, "quartiles": [low, high]}


@contextlib.contextmanager
def on_cpu(number):
    """Keeps this process and those that it starts on one processor; on any if `number` is None."""
    before = os.sched_getaffinity(0)
    if number is not None:
        os.sched_setaffinity(0, {number})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measure(job, options, work):
    record, models = prepare(job, options, work)
    with on_cpu(options.cpu), contextlib.ExitStack() as stack:
        runners = {}
        for kind, (folder, file) in models.items():
            runners["nnq", kind] = nnq.Model(folder)
            if file:
                runners["peer", kind] = stack.enter_context(peer.Session(file))
        seconds = take_turns(runners, options.rounds)
    for (who, kind), values in seconds.items():
        record[kind][f"{who}_ms"] = 1e3 * statistics.median(values)
    for who, kind in runners:
        if who == "peer":
            record[kind]["times_faster_than_peer"] = ratio(seconds, (who, kind), ("nnq", kind))
    record["int8"]["times_faster_than_float"] = ratio(seconds, ("nnq", "float"), ("nnq", "int8"))
    record["load_average"] = os.getloadavg()[0]
    return record


def call_overhead(work):
    """Seconds of a run of the peer that computes nothing: what node adds to every run."""
    import onnx
    from onnx import TensorProto, helper

    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "nothing", tensors[:1], tensors[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(work / "nothing.onnx"))
    with peer.Session(work / "nothing.onnx") as session:
        session.time(MOST_REPS)
        return statistics.median(session.time(MOST_REPS))


def write_json(records, options, overhead):
    if options.json:
        options.json.write_text(json.dumps({"peer_call_ms": 1e3 * overhead, "rounds": options.rounds, "records": records}, indent=1) + "\n")


def print_results(header, rows, overhead):
    print_table(header, rows)
    print(f"\nEach run of the peer includes about {1e3 * overhead:.3f} ms of node's call.")


# ----- Tables ---------------------------------------------------------------------------------------------------------

HEADER = [
    *("network", "nnq float ms", "peer float ms", "times faster", "nnq int8 ms", "peer int8 ms", "times faster"),
    *("int8 over float", "object kB float", "int8", "compile s", "peak MiB"),
]


def row(record):
    full, small = record["float"], record["int8"]
    times = [f"{figures[key]:.3f}" if key in figures else "-" for figures in (full, small) for key in ("nnq_ms", "peer_ms")]
    ratios = [f"{figures['times_faster_than_peer']['median']:.2f}" if "peer_ms" in figures else "-" for figures in (full, small)]
    sizes = [f"{figures['object_bytes'] / 1000:,.0f}" for figures in (full, small)]
    over_float = f"{small['times_faster_than_float']['median']:.2f}"
    rest = [over_float, *sizes, f"{small['compile_s']:.1f}", str(small["compile_mib"])]
    return [record["network"], *times[:2], ratios[0], *times[2:], ratios[1], *rest]


# ----- Command line ---------------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description="Speed of nnq beside ONNX Runtime, one thread.")
    parser.add_argument("--models", type=pathlib.Path, default=catalogue.SHARED / "models", metavar="DIR", help="Trained networks and load.py.")
    parser.add_argument("--bench", type=pathlib.Path, metavar="DIR", help="More networks, NAME.onnx beside NAME.qdq.onnx.")
    parser.add_argument("--peer", type=pathlib.Path, required=True, metavar="DIR", help="Folder of ort_ptq.py; NODE_PATH has onnxruntime-node.")
    parser.add_argument("--networks", nargs="+", metavar="NAME", help="Only those whose names begin so.")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="10 or more.")
    parser.add_argument("--cpu", type=int, metavar="N", help="Keep the timed runs on one processor.")
    parser.add_argument("--work", type=pathlib.Path, metavar="DIR", help="Keep compiled and quantized models there.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    if options.rounds < 10:
        parser.error("--rounds: 10 or more")
    return options


def jobs(options):
    found = [*(bench_jobs(options.bench) if options.bench else ()), *(trained_jobs(options.models) if (options.models / "load.py").is_file() else ())]
    wanted = tuple(options.networks or [""])
    return [job for job in found if job.name.startswith(wanted)]


def main():
    options = parse_arguments()
    records = []
    with contextlib.ExitStack() as stack:
        work = options.work or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        overhead = call_overhead(work)
        for job in jobs(options):
            print(f"{job.name} (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
            records.append(measure(job, options, work))
            write_json(records, options, overhead)
    print_results(HEADER, map(row, records), overhead)


if __name__ == "__main__":
    try:
        main()
    except (nnq.Error, peer.PeerError) as error:
        sys.exit(f"speed: error: {error}")
