"""Models that other tools have quantized: how many elements of their outputs nnq and ONNX Runtime have in common.

    PYTHONPATH=build/python NODE_PATH=PEER/node_modules python3 benchmarks/quantized.py --models DIR --bench DIR --json out.json

Networks of MODELS/qdq run all their evaluation samples; those of BENCH (made-up weights) run noise. ONNX Runtime runs each
twice: as it comes, and with int8 left as it is (session.qdqisint8allowed), since on x86 it otherwise turns some tensors
into uint8, and runs convolutions between a tensor of each kind in float.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import networks as catalogue
import nnq
import numpy as np
import peer
from table import print_table

CONFIGURATIONS = {"default": {}, "int8 kept": {"session": {"qdqisint8allowed": "1"}}}
BENCH_SAMPLES = 8


def _images(zero, scale):
    def read(load):
        x, y = load.imagenet("eval")
        return (x.astype(np.float32) - np.float32(zero)) / np.float32(scale), y + 1  # class 0 is the background

    return read


def _ic(load):
    x, y = load.cifar10("eval")
    return x.astype(np.float32), y


def _vww(load):
    x, y = load.vww("eval")
    return x.astype(np.float32) / np.float32(255), y


def _ad(load):
    windows, _ = load.ad("eval")
    return windows.reshape(-1, windows.shape[-1]), None


SAMPLES = {
    "mobilenet_v2_1.0_224_quant": _images(128, 128),
    "tf2_mobilenet_v2_1.0_224_ptq": _images(127, 127.5),
    "kws_int8": lambda load: load.kws("eval"),
    "vww_int8": _vww,
    "ic_int8": _ic,
    "ad_int8": _ad,
}


def jobs(options):
    """(name, file, samples, labels or None)"""
    if options.bench:
        noise = np.random.default_rng(1).standard_normal((BENCH_SAMPLES, 3, 224, 224), np.float32)
        for file in sorted(options.bench.glob("*.qdq.onnx")):
            yield file.name.removesuffix(".qdq.onnx"), file, noise, None
    if (options.models / "load.py").is_file():
        load = catalogue.Folder(options.models)._load
        for name, read in SAMPLES.items():
            samples, labels = read(load)
            yield name, options.models / "qdq" / f"{name}.qdq.onnx", np.ascontiguousarray(samples, np.float32), labels


def measure(name, file, samples, labels, work):
    model = nnq.compile(file, output=work / name)
    found = np.stack([np.asarray(model(sample[None])) for sample in samples]).reshape(len(samples), -1)
    record = {"network": name, "samples": len(samples), "elements": found.size, "float_islands": len(model.manifest["float_islands"])}
    if labels is not None:
        record["top1"] = float((found.argmax(1) == labels).mean())
    for configuration, config in CONFIGURATIONS.items():
        expected = next(iter(peer.run(file, samples, config).values())).reshape(found.shape)
        differs = found != expected
        record[configuration] = {"differ": int(differs.sum()), "largest": float(np.abs(found - expected).max())}
        if labels is not None:
            record[configuration]["top1"] = float((expected.argmax(1) == labels).mean())
    return record


def print_records(records):
    def figures(record, configuration):
        return f"{record[configuration]['differ']:,} ({100 * record[configuration]['differ'] / record['elements']:.3f} %)"

    def percent(value):
        return "-" if value is None else f"{100 * value:.2f}"

    header = ["network", "samples", "elements", "float islands", "differ: default", "differ: int8 kept", "top-1", "peer's"]
    rows = [
        [r["network"], str(r["samples"]), f"{r['elements']:,}", str(r["float_islands"]), *(figures(r, c) for c in CONFIGURATIONS),
         percent(r.get("top1")), percent(r["default"].get("top1"))]
        for r in records
    ]  # fmt: skip
    print_table(header, rows)


def main():
    parser = argparse.ArgumentParser(description="Agreement of nnq and ONNX Runtime on quantized models, element by element.")
    parser.add_argument("--models", type=pathlib.Path, default=catalogue.SHARED / "models", metavar="DIR", help="Has qdq/ and load.py.")
    parser.add_argument("--bench", type=pathlib.Path, metavar="DIR", help="More networks, NAME.qdq.onnx.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    records = []
    with tempfile.TemporaryDirectory() as work:
        for name, file, samples, labels in jobs(options):
            print(name, file=sys.stderr, flush=True)
            records.append(measure(name, file, samples, labels, pathlib.Path(work)))
    if options.json:
        options.json.write_text(json.dumps(records, indent=1) + "\n")
    print_records(records)


if __name__ == "__main__":
    try:
        main()
    except (nnq.Error, peer.PeerError) as error:
        sys.exit(f"quantized: error: {error}")
