"""Models as people publish them: float against ONNX Runtime, int8 against float and against ONNX Runtime's quantizer, and what compiling costs.

    PYTHONPATH=build/python NODE_PATH=PEER/node_modules python3 benchmarks/field.py --field DIR --peer PEER --json field.json

DIR has field.py, which lists the models and makes their samples, and README.md, whose table says how good int8 has to be. Each model is
compiled by `nnq compile`, in float and with default settings or, with --target-sqnr, to reach so many dB; a model that comes quantized is
compared with ONNX Runtime element by element. What the peer has found is kept in --peer-results. benchmarks/README.md defines the columns.
"""

import argparse
import collections
import contextlib
import dataclasses
import functools
import hashlib
import json
import pathlib
import re
import sys
import tempfile

import networks as catalogue
import nnq
import numpy as np
import peer
import process
from accuracy import float_difference, outputs_of
from nnq.isolated import Crash, run_isolated
from nnq.layers import Distance
from table import print_table

FLOAT_TOLERANCE = 1e-4
PEER_AHEAD_DB = 0.5
INTEGER_SHARE = 0.95
REQUIRED_SAMPLES = 4
"""On the first so many of the samples that judge, the required SQNR was measured."""
COMPILE_SECONDS, COMPILE_MIB = 60, 3072
TIMEOUT = 900
MOST_REASONS = 6
"""So many kinds of float islands are printed; the JSON file has all."""
SCORE_NEAR_0, SCORE_ERROR = 0.1, 0.01
"""An output between 0 and the first on all samples, as scores of what is not there, is judged by its largest error instead of its SQNR."""


# ----- What the folder says -------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Required:
    """sqnr_db: of the worst output in int8, or None; `difference`: of the float outputs, at most."""

    is_quantized: bool = False
    sqnr_db: float = None
    difference: float = FLOAT_TOLERANCE


def requirements(text):
    """{model: Required} of the folder's README."""
    amplify = {name: float(most) for name, most in re.findall(r"`(\w+)` \S+ \(it amplifies: (\S+) there\)", text)}
    found = {}
    for name, *cells in re.findall(r"^\| `(\w+)` \|(?:[^|]*\|){3}([^|]*)\|", text, re.MULTILINE):
        says = cells[0].strip()
        number = re.fullmatch(r"[\d.]+", says)
        found[name] = Required(says.startswith("as published"), float(says) if number else None, amplify.get(name, FLOAT_TOLERANCE))
    return found


class Folder:
    """The models, their samples, and what is required."""

    def __init__(self, path):
        self.path = path
        self._module = catalogue.load_module(path / "field.py")
        self.models = self._module.MODELS
        self.required = requirements((path / "README.md").read_text(encoding="utf-8"))

    def file(self, name):
        return self.path / f"{name}.onnx"

    def samples(self, name, split):
        return self._module.samples(name, split)

    def dims(self, name):
        return [word for dim in self.models[name].dims for word in ("--dim", dim)]


# ----- Figures --------------------------------------------------------------------------------------------------------


def sqnr_db(expected, found):
    """The SQNR of an output on all samples; None without signal."""
    distance = Distance()
    distance.add(expected, found)
    return distance.sqnr_db


def compare(expected, found):
    """Of each output: SQNR, on REQUIRED_SAMPLES of the samples too, largest error, and whether that error counts instead."""
    figures = {}
    for name, reference in expected.items():
        output = found[name].reshape(reference.shape)
        figures[name] = {
            "sqnr_db": sqnr_db(reference, output),
            "few_sqnr_db": sqnr_db(reference[:REQUIRED_SAMPLES], output[:REQUIRED_SAMPLES]),
            "error": float(np.abs(reference.astype(np.float64) - output).max()),
            "near_0": bool(reference.min() >= 0 and reference.max() < SCORE_NEAR_0),
        }
    return figures


def worst(figures):
    """(SQNR, output) of the worst output, of those that are judged by it if there are any."""
    judged = {name: f for name, f in figures.items() if not f["near_0"]} or figures
    return min((f["sqnr_db"], name) for name, f in judged.items() if f["sqnr_db"] is not None)


def integer_share(manifest):
    """The share of the products of layers with weights that is computed on integers."""
    layers = [layer for layer in manifest["layers"] if layer.get("weights") and layer.get("multiplications")]
    total = sum(layer["multiplications"] for layer in layers)
    return sum(layer["multiplications"] for layer in layers if not layer["weights"].startswith("f")) / total if total else 1.0


def islands(manifest):
    """[[operation: reason, how many]], most first; names in reasons are left out."""
    reasons = (f"{island['op']}: " + re.sub(r"'[^']*'", "...", island["reason"]) for island in manifest["float_islands"])
    return collections.Counter(reasons).most_common()


# ----- One model ------------------------------------------------------------------------------------------------------


def compiled(folder, name, output, *options):
    """(record, Model or None) of `nnq compile`."""
    command = [sys.executable, "-m", "nnq", "compile", folder.file(name), "-o", output, *folder.dims(name), *options]
    try:
        cost = process.run(command, TIMEOUT)
    except process.Failed as failure:
        return {"error": str(failure)}, None
    return dataclasses.asdict(cost), nnq.Model(output)


def measure_float(folder, name, samples, expected, work):
    record, model = compiled(folder, name, work / "float", "--float")
    if model:
        record["difference"] = float_difference(expected, outputs_of(model, samples))
    return record


def measure_int8(folder, name, samples, expected, options, work):
    np.savez(work / "calibration.npz", **folder.samples(name, "calib"))
    target = () if options.target_sqnr is None else ("--target-sqnr", options.target_sqnr)
    record, model = compiled(folder, name, work / "int8", "--calibration", work / "calibration.npz", *target)
    if model:
        record["outputs"] = compare(expected, outputs_of(model, samples))
        record.update(integer_share=integer_share(model.manifest), islands=islands(model.manifest), object_bytes=model.manifest["object_bytes"])
    return record


def measure_given(folder, name, samples, expected, work):
    """A model that comes quantized."""
    record, model = compiled(folder, name, work / "given")
    if model:
        found = outputs_of(model, samples)
        record["difference"] = float_difference(expected, found)
        record["differ"] = sum(int((found[k].reshape(e.shape) != e).sum()) for k, e in expected.items())
        record["elements"] = sum(e.size for e in expected.values())
        record["islands"] = islands(model.manifest)
    return record


def measure_peer(folder, name, samples, expected, script, work):
    """ONNX Runtime's static quantizer: the better of its settings, by the worst output. It takes networks of one input."""
    calibration = folder.samples(name, "calib")
    if len(calibration) > 1:
        return {"error": "several inputs"}
    (array,) = calibration.values()
    rank = quantizable(folder.file(name), folder.models[name].dims, work / "model.onnx")
    if array.ndim - 1 == rank:
        array = array[:, 0]
    settings = []
    for range_method in peer.RANGE_METHODS:
        quantized = work / f"{range_method}.onnx"
        try:
            peer.quantize(script, work / "model.onnx", array, quantized, range_method)
            settings.append({"range_method": range_method, "outputs": compare(expected, peer.run(quantized, samples))})
        except peer.PeerError as error:
            settings.append({"range_method": range_method, "error": str(error)})
    worked = [setting for setting in settings if "outputs" in setting]
    return max(worked, key=lambda setting: worst(setting["outputs"])) if worked else settings[0]


def quantizable(source, dims, path):
    """Writes a model as the peer's quantizer reads it: no names of nodes, weights as initializers, operators of opset 13. Returns the
    rank of its input. `dims`: NAME=N of dynamic dimensions.
    """
    import onnx
    import onnx.version_converter

    model, sizes = onnx.load(str(source)), dict(dim.split("=") for dim in dims)
    graph, nodes = model.graph, []
    for value in graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in sizes:
                dim.dim_value = int(sizes[dim.dim_param])
    for node in graph.node:
        node.name = ""
        value = next((a.t for a in node.attribute if a.name == "value"), None) if node.op_type == "Constant" else None
        if value is None:
            nodes.append(node)
        else:
            value.name = node.output[0]
            graph.initializer.append(value)
    del graph.node[:]
    graph.node.extend(nodes)
    if model.opset_import[0].version < 13:
        with contextlib.suppress(RuntimeError):  # not converted; the quantizer says whether it takes the model as it is
            model = onnx.version_converter.convert_version(onnx.shape_inference.infer_shapes(model), 13)
    onnx.save(model, str(path))
    weights = {tensor.name for tensor in graph.initializer}
    (given,) = (value for value in graph.input if value.name not in weights)
    return len(given.type.tensor_type.shape.dim)


def digest(*contents):
    joined = hashlib.sha256()
    for content in contents:
        joined.update(content)
    return joined.hexdigest()[:16]


def measure(folder, options, known, name):
    """All figures of a model, as they go into the JSON file; `known`: what the peer has found, by digest."""
    required, samples = folder.required[name], folder.samples(name, "eval")
    record = {"model": name, "what": folder.models[name].what, "quantized": required.is_quantized, "required_db": required.sqnr_db}
    expected = peer.run(folder.file(name), samples)
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        if required.is_quantized:
            record["given"] = measure_given(folder, name, samples, expected, work)
        else:
            record["float"] = measure_float(folder, name, samples, expected, work)
            record["int8"] = measure_int8(folder, name, samples, expected, options, work)
            script = options.peer / "ort_ptq.py"
            key = digest(folder.file(name).read_bytes(), (folder.path / "field.py").read_bytes(), script.read_bytes())
            record["peer_key"] = key
            record["peer"] = known[key] if key in known else measure_peer(folder, name, samples, expected, script, work)
    record["holds"] = holds(record, required, options.target_sqnr)
    return record


def holds(record, required, target_db):
    """{requirement: whether it holds}."""
    if required.is_quantized:
        given = record["given"]
        if "error" in given:
            return {"compiles": False}
        return {"equal": given["differ"] == 0, "islands": all(reason for reason, _ in given["islands"]), **_cost_holds(given)}
    whole, small, theirs = record["float"], record["int8"], record["peer"]
    found = {"float compiles": "error" not in whole, "int8 compiles": "error" not in small}
    if "error" not in whole:
        found["float"] = whole["difference"] <= required.difference
    if "error" in small:
        return found
    figures = small["outputs"]
    near_0 = [f["error"] <= SCORE_ERROR for f in figures.values() if f["near_0"]]
    if near_0:
        found["near 0"] = all(near_0)
    ours = worst(figures)[0]
    if target_db is not None:
        found["target"] = ours >= target_db
    else:
        few = min(f["few_sqnr_db"] for f in figures.values() if f["few_sqnr_db"] is not None)
        if required.sqnr_db is not None:
            found["sqnr"] = round(few, 1) >= required.sqnr_db
        if "outputs" in theirs:
            found["peer"] = ours >= worst(theirs["outputs"])[0] - PEER_AHEAD_DB
        found["integer"] = small["integer_share"] >= INTEGER_SHARE
    return found | _cost_holds(small)


def _cost_holds(figures):
    """Other work on the machine makes the wall's seconds more, not the processors'."""
    return {"seconds": min(figures["wall_s"], figures["cpu_s"]) <= COMPILE_SECONDS, "memory": figures["peak_mib"] <= COMPILE_MIB}


# ----- Tables ---------------------------------------------------------------------------------------------------------

HEADER = ["model", "float diff", "SQNR dB", "of", "required", "peer", "on integers", "float islands", "compile s, CPU", "wall", "peak MiB", "holds"]


def row(record):
    verdicts = [name for name, held in record["holds"].items() if not held]
    verdict = "no: " + ", ".join(verdicts) if verdicts else "yes"
    if "crash" in record:
        return [record["model"], *["-"] * (len(HEADER) - 2), record["crash"]]
    if record["quantized"]:
        return _row_of_given(record["model"], record["given"], verdict)
    whole, small, theirs = record["float"], record["int8"], record["peer"]
    cells = [record["model"], f"{whole['difference']:.1e}" if "difference" in whole else "-"]
    cells += _sqnr_cells(small["outputs"]) if "outputs" in small else ["-", ""]
    cells.append("-" if record["required_db"] is None else f"{record['required_db']:.1f}")
    cells.append(f"{worst(theirs['outputs'])[0]:.1f}" if "outputs" in theirs else "-")
    cells.append(f"{100 * small['integer_share']:.1f} %" if "integer_share" in small else "-")
    return [*cells, *_cost_cells(small), verdict]


def _sqnr_cells(figures):
    """SQNR of the worst output, and which of how many that is."""
    decibels, name = worst(figures)
    apart = sum(f["near_0"] for f in figures.values())
    text = f"{name}, 1 of {len(figures)}" + (f", {apart} near 0" if apart else "") if len(figures) > 1 else name
    return [f"{decibels:.1f}", text]


def _row_of_given(name, given, verdict):
    if "error" in given:
        return [name, "-", "as it comes", "", "", "", "", *_cost_cells(given), verdict]
    text = f"{given['differ']:,} of {given['elements']:,} differ"
    return [name, f"{given['difference']:.1e}", "as it comes", text, "equal", "", "", *_cost_cells(given), verdict]


def _cost_cells(figures):
    if "error" in figures:
        return ["-"] * 4
    return [str(sum(count for _, count in figures["islands"])), f"{figures['cpu_s']:.1f}", f"{figures['wall_s']:.1f}", str(figures["peak_mib"])]


def print_notes(records):
    """What did not compile, and what stays in float."""
    for record in records:
        for kind in ("float", "int8", "given", "peer"):
            if error := record.get(kind, {}).get("error"):
                print(f"- `{record['model']}`, {kind}: {error}")
        found = record.get("int8", record.get("given", {})).get("islands", [])
        if found:
            print(f"- `{record['model']}` in float: " + "; ".join(f"{count} {reason}" for reason, count in found[:MOST_REASONS]))


# ----- Command line ---------------------------------------------------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description="Published models: accuracy and cost of compiling.")
    parser.add_argument("--field", type=pathlib.Path, default=catalogue.SHARED / "field", metavar="DIR", help="Models, field.py and README.md.")
    parser.add_argument("--peer", type=pathlib.Path, default=catalogue.SHARED / "peers", metavar="DIR",
                        help="Folder of ort_ptq.py; NODE_PATH has onnxruntime-node.")
    parser.add_argument("--peer-results", type=pathlib.Path, metavar="FILE", help="What the peer has found: read, and written.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="These models.")
    parser.add_argument("--target-sqnr", type=float, metavar="DB", help="Let nnq reach so much, and judge that.")
    parser.add_argument("--jobs", type=int, default=1, help="So many models at once; memory and seconds are of one each.")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="Write all figures.")
    options = parser.parse_args()
    if not (options.field / "field.py").is_file():
        parser.error(f"--field {options.field}: has no field.py")
    return options


def main():
    options = parse_arguments()
    folder = Folder(options.field)
    names = options.only or list(folder.models)
    for name in names:
        if name not in folder.models:
            raise nnq.Error(f"--only {name}: {options.field} has {', '.join(folder.models)}")
    cache = options.peer_results
    known = json.loads(cache.read_text()) if cache and cache.is_file() else {}
    records = {}
    for name, record in run_isolated(functools.partial(measure, folder, options, known), names, options.jobs, timeout=6 * TIMEOUT):
        if isinstance(record, Crash):
            record = {"model": name, "crash": record.reason, "holds": {"runs": False}}
        print(name, "no" if not all(record["holds"].values()) else "yes", file=sys.stderr, flush=True)
        records[name] = record
        if "peer" in record:
            known[record["peer_key"]] = record["peer"]
        if cache:
            cache.write_text(json.dumps(known, indent=1) + "\n")
        if options.json:
            options.json.write_text(json.dumps([records[n] for n in names if n in records], indent=1) + "\n")
    found = [records[name] for name in names]
    print_table(HEADER, map(row, found))
    print()
    print_notes(found)
    return 0 if all(all(record["holds"].values()) for record in found) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (nnq.Error, peer.PeerError) as error:
        sys.exit(f"field: error: {error}")
