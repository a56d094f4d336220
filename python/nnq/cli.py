"""The command `nnq`: compile, calibrate, merge, run, bench, evaluate. Errors are one line on standard error and exit code 1."""

import json
import os
import pathlib
import sys
from functools import partial

import click

from . import arrays
from .errors import Error
from .filenames import unique
from .interruption import clean_up_on_signals
from .model import Model
from .output import check_writable
from .progress import progress
from .settings import ACTIVATIONS, BLOCKS, BUDGETS, CANDIDATES, CORRECTIONS, GRANULARITIES, INPUT_BITS, METRICS, RANGE_METHODS, WIDENINGS
from .settings import NF4, Binary, Codebook, Float, Int2, Int3, Int4, Int7, Int8, Mixed, Prune, Ternary

PATH = click.Path(path_type=pathlib.Path)
WEIGHT_FORMATS = {
    "int8": Int8, "int7": Int7, "int4": Int4, "int3": Int3, "int2": Int2, "ternary": Ternary, "binary": Binary, "nf4": NF4,
    "codebook16": partial(Codebook, entries=16), "codebook4": partial(Codebook, entries=4),
}  # fmt: skip
BUDGET_HELP = "Pick widths within bytes, bops or time (microseconds) of layers with weights, or a percentage of 8 bits (bytes=75%). Repeatable."


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli():
    """Compiles neural networks to small, fast integer code."""


def _supported(context, option, value, choices):
    if value not in choices:
        raise Error(f"--{option.name} {value} is not supported yet; supported: {', '.join(choices)}")
    return value


def _assignment(text, what):
    """Splits NAME=VALUE at the last `=`, since names of tensors may hold one."""
    name, found, value = text.rpartition("=")
    if not (found and name and value):
        raise Error(f"{what} is NAME=VALUE, not {text!r}")
    return name, value


def _named_file(text, what, names=()):
    """Splits NAME=FILE behind one of the names, or in front of a file that is there: both may hold a `=`."""
    splits = [(text[:index], text[index + 1 :]) for index, character in enumerate(text) if character == "="]
    for name, path in splits:
        if name in names or (name and os.path.isfile(path)):
            return name, path
    return _assignment(text, what)


def _dimensions(values):
    dims = {}
    for text in values:
        name, size = _assignment(text, "--dim")
        if not size.isdecimal() or int(size) < 1:
            raise Error(f"--dim {text}: the size is a number from 1 on, not {size!r}")
        dims[name] = int(size)
    return dims


def _budgets(values):
    """{kind: number or percentage} of texts KIND=VALUE."""
    budgets = {}
    for text in values:
        name, value = _assignment(text, "--budget")
        if name not in BUDGETS:
            raise Error(f"--budget {text}: a budget is one of {', '.join(BUDGETS)}, not {name!r}")
        budgets[name] = value
    return budgets


def _prune(text):
    """A Prune of the text of --prune, or None."""
    try:
        return None if text is None else Prune.parse(text)
    except Error as error:
        raise Error(f"--prune {text}: {error}") from None


def _quantization(weights, weight_block, prune, input_bits, bit_widths, budgets, metric, sensitivity, candidates,
                  sensitivity_samples, **common):
    """The settings that options of `nnq compile` say; those of `common` have the settings' names."""
    common.update(input_bits=int(input_bits) if input_bits.isdecimal() else input_bits)
    if weight_block and WEIGHT_FORMATS[weights] is Int8:
        raise Error("--weight-block is for weights of few bits, such as --weights int4")
    if metric != METRICS[0] and not budgets:
        raise Error(f"--metric {metric} says how widths are picked within budgets; give one by --budget")
    if prune is not None and (bit_widths is not None or budgets):
        raise Error("--prune is for all layers; --bit-widths and --budget give each its width, such as w8a8-4:8")
    if bit_widths is None and not budgets:
        common.update(prune=_prune(prune))
        return WEIGHT_FORMATS[weights](**common, **({"weight_block": int(weight_block)} if weight_block else {}))
    if WEIGHT_FORMATS[weights] is not Int8:
        raise Error(f"--weights {weights} is a width for all layers; --bit-widths and --budget give each its own")
    return Mixed(**common, bit_widths=bit_widths, budgets=_budgets(budgets), metric=metric, candidates=candidates,
                 sensitivity=sensitivity, samples=sensitivity_samples)


def _mixed_options(command):
    """Options that say how widths are picked, for commands that measure."""
    for option in (
        click.option("--candidate", "candidates", multiple=True, default=CANDIDATES, show_default=True,
                     help="A width of layers to pick from. Repeatable."),
        click.option("--sensitivity-samples", type=int, default=Mixed.samples, show_default=True,
                     help="The number of samples that show what widths do."),
    ):
        command = option(command)
    return command


_metric_option = click.option("--metric", type=click.Choice(METRICS), default=METRICS[0], show_default=True,
                              help="What picked widths keep: the SQNR of the outputs or, where they are rows of classes, kl or agreement.")


def _fixed(values):
    return {name: arrays.load_array(path) for name, path in (_named_file(text, "--constant") for text in values)}


@cli.command("compile")
@click.argument("model", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, metavar="OUT", help="The folder to write.")
@click.option("--calibration", type=PATH, metavar="FILE", help="The sample inputs: .npz by input name, or .npy; arrays are (N, ...).")
@click.option("--statistics", type=PATH, metavar="FILE", help="Take ranges from what `nnq calibrate` found. Samples then serve for tuning only.")
@click.option("--moments", type=PATH, metavar="FILE", help="Round weights of few bits by what `nnq calibrate --moments` found.")
@click.option("--float", "keep_all_float", is_flag=True, help="Do not quantize.")
@click.option("--weights", default="int8", show_default=True, callback=lambda *a: _supported(*a, WEIGHT_FORMATS),
              help="The format of the weights: int8, or, where they are many, int7, int4, int3, int2, ternary, binary, nf4, codebook16 or codebook4.")
@click.option("--weight-block", type=click.Choice([*map(str, BLOCKS)]), help="The number of input channels that share a scale, in weights of few bits.")
@click.option("--prune", metavar="PATTERN=SHARE",
              help="Make weights zero in a pattern that kernels skip: 4:8 (also 2:4, 4:16, 4:32), 1x32=50%, 4x16=50% or channels=25%.")
@click.option("--bit-widths", type=PATH, metavar="FILE", help="Give each layer its width of a file, as `nnq pick` writes it.")
@click.option("--budget", "budgets", multiple=True, metavar="KIND=VALUE", help=BUDGET_HELP)
@_metric_option
@click.option("--sensitivity", type=PATH, metavar="FILE", help="The file of what widths do and cost: read, or measured and written.")
@_mixed_options
@click.option("--weight-granularity", type=click.Choice(GRANULARITIES), default=GRANULARITIES[0], show_default=True,
              help="What shares a scale: the weights of an output channel, or all of a layer.")
@click.option("--equalize/--no-equalize", default=None, help="Scale channels between layers. By default so with scales per tensor.")
@click.option("--activations", type=click.Choice(ACTIVATIONS), default=ACTIVATIONS[0], show_default=True,
              help="Where the zero point of activations lies: where the range has it, or at code 0.")
@click.option("--range-method", type=click.Choice(RANGE_METHODS), default=RANGE_METHODS[0], show_default=True,
              help="How a range follows from the samples.")
@click.option("--percentile", type=float, default=Int8.percentile, show_default=True,
              help="The percentage of values that --range-method percentile keeps.")
@click.option("--correction", type=click.Choice(CORRECTIONS), default=CORRECTIONS[0], show_default=True,
              help="What is corrected of what rounding does to channels.")
@click.option("--input-bits", type=click.Choice([str(bits) for bits in INPUT_BITS]), default=str(INPUT_BITS[0]), show_default=True,
              help="The width of the network's inputs in bits, as layers read them.")
@click.option("--widen", type=click.Choice(WIDENINGS), default=WIDENINGS[0], show_default=True,
              help="Give tensors more bits where that wins 3 dB in a twentieth of the time.")
@click.option("--target-sqnr", type=float, metavar="DB", help="Give tensors more bits until every part of the outputs is so near to float.")
@click.option("--keep-float", multiple=True, metavar="REGEX", help="Keep layers with such names in float. Repeatable.")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Make another exception, as --nnq-quantize takes it. Repeatable.")
@click.option("--profile", default="onnx", show_default=True, help="The numerics profile: how results that are integers are rounded.")
@click.option("--target", default="native", show_default=True, help="The target to compile for, a name of docs/Targets.md or this machine.")
@click.option("--threads", type=int, default=1, show_default=True, help="The most threads in a run.")
@click.option("--dim", "dims", multiple=True, metavar="NAME=N", help="Fix the size of a dynamic dimension. Repeatable.")
@click.option("--constant", "constants", multiple=True, metavar="NAME=FILE.npy", help="Make an input a constant. Repeatable.")
@click.option("--tiles", type=PATH, metavar="FILE", help="The file of register tiles by layer, as --nnq-choose-tiles takes it.")
@click.option("--name", default="model", show_default=True, help="The prefix of the C symbols.")
@click.option("--remarks", is_flag=True, help="Print what the passes remark on operations, such as why a layer stayed in float.")
@click.option("--dump-pass-pipeline", is_flag=True, help="Print the passes that ran, as `nnq-opt --pass-pipeline` takes them.")
def compile_command(model, output, calibration, statistics, moments, keep_all_float, profile, target, threads, dims, constants, tiles, name,
                    remarks, dump_pass_pipeline, **settings):
    """Compiles MODEL (.onnx or .mlir) into the folder OUT: model.o, model.h, libmodel.so, manifest.json, report.html.

    A model that is quantized already keeps its scales, and needs neither --calibration nor --float. --statistics and --moments
    take the place of samples, which may be elsewhere or too many for one run: see `nnq calibrate`.
    """
    from .compiler import Job, compile_to_folder

    quantization = _quantization(**settings)
    if keep_all_float:
        quantization = Float()
    elif calibration is None and statistics is None:
        quantization = None
    job = Job(model, quantization, target, threads, _dimensions(dims), name, profile, _fixed(constants), tiles)
    with progress() as bar:
        result = compile_to_folder(job, output, calibration, bar, statistics=statistics, moments=moments)
    if remarks:
        for text in result.remarks:
            click.echo(text, err=True)
    if dump_pass_pipeline:
        click.echo(result.pipeline)
    for text in result.summary:
        click.echo(text, err=True)


@cli.command("sensitivity")
@click.argument("model", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, metavar="FILE", help="The file to write (JSON).")
@click.option("--calibration", type=PATH, required=True, metavar="FILE", help="The sample inputs, as `nnq compile` takes them.")
@_mixed_options
@click.option("--target", default="native", show_default=True, help="The target that costs are of.")
@click.option("--dim", "dims", multiple=True, metavar="NAME=N", help="Fix the size of a dynamic dimension. Repeatable.")
@click.option("--remarks", is_flag=True, help="Print which widths cannot be measured.")
def sensitivity_command(model, output, calibration, candidates, sensitivity_samples, target, dims, remarks):
    """Measures what the bit-width of each layer of MODEL does to its output, and what it costs.

    Started again after an interruption, it goes on where it was.
    """
    from .compiler import Job, measure_sensitivity

    settings = Mixed(budgets={"bytes": "100%"}, candidates=candidates, sensitivity=output, samples=sensitivity_samples)
    with progress() as bar:
        notes = measure_sensitivity(Job(model, settings, target, 1, _dimensions(dims)), calibration, bar)
    if remarks:
        for text in notes:
            click.echo(text, err=True)


@cli.command("pick")
@click.argument("sensitivity", type=PATH, metavar="FILE")
@click.option("-o", "--output", type=PATH, metavar="OUT", help="The file of bit-widths to write, for `nnq compile --bit-widths`.")
@click.option("--budget", "budgets", multiple=True, required=True, metavar="KIND=VALUE", help=BUDGET_HELP)
@_metric_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def pick_command(sensitivity, output, budgets, metric, as_json):
    """Picks a width for each layer from FILE, which `nnq sensitivity` wrote: those that lose least and keep to all budgets."""
    from . import bitwidths
    from .extension import load_compiler

    nnq = load_compiler()
    choice = nnq.choose_bit_widths(str(sensitivity), **_budgets(budgets), metric=metric)
    if output is not None:
        nnq.write_bit_widths(choice, str(output))
    details = {"layers": choice.layers} if as_json else bitwidths.counts(choice)
    _print(bitwidths.totals(choice) | details, as_json)


@cli.command("calibrate")
@click.argument("model", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, metavar="FILE", help="The file to write.")
@click.option("--calibration", type=PATH, required=True, metavar="FILE", help="A shard of the sample inputs, as `nnq compile` takes them.")
@click.option("--first-sample", type=int, default=0, show_default=True, metavar="K", help="The place of its first sample in the whole.")
@click.option("--moments", is_flag=True, help="Find what layers read, to round weights by. Needs --statistics.")
@click.option("--statistics", type=PATH, metavar="FILE", help="The statistics of all shards, merged, by which the network is quantized.")
@click.option("--equalize/--no-equalize", default=False, show_default=True,
              help="Scale channels between layers, as `nnq compile` will; with scales per tensor it does.")
@click.option("--activations", type=click.Choice(ACTIVATIONS), default=ACTIVATIONS[0], show_default=True,
              help="Where zero points lie, as `nnq compile` will have them. For --moments.")
@click.option("--range-method", type=click.Choice(RANGE_METHODS), default=RANGE_METHODS[0], show_default=True,
              help="How a range follows from the statistics, as `nnq compile` will have it. For --moments.")
@click.option("--percentile", type=float, default=Int8.percentile, show_default=True,
              help="The percentage of values that --range-method percentile keeps.")
@click.option("--dim", "dims", multiple=True, metavar="NAME=N", help="Fix the size of a dynamic dimension. Repeatable.")
@click.option("--constant", "constants", multiple=True, metavar="NAME=FILE.npy", help="Make an input a constant. Repeatable.")
def calibrate_command(model, output, calibration, first_sample, moments, statistics, equalize, activations, range_method, percentile, dims,
                      constants):
    """Runs MODEL (.onnx or .mlir) in float on a shard of samples and writes what it finds, for `nnq merge` and `nnq compile`.

    \b
    nnq calibrate MODEL --calibration a.npz -o a.json                                      statistics, for ranges
    nnq calibrate MODEL --calibration a.npz --statistics all.json --moments -o a.moments   moments, for weights of few bits
    """
    from .sharding import calibrate

    if moments != (statistics is not None):
        raise Error("--moments and --statistics go together: moments are of a network that is quantized by the statistics of all samples")
    settings = Int8(activations=activations, range_method=range_method, percentile=percentile, equalize=equalize)
    with progress() as bar:
        calibrate(model, calibration, output, first_sample=first_sample, statistics=statistics, quantization=settings,
                  dims=_dimensions(dims), constants=_fixed(constants), progress=bar)


@cli.command("merge")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option("-o", "--output", type=PATH, required=True, metavar="FILE", help="The file to write.")
def merge_command(files, output):
    """Joins FILES of `nnq calibrate`, of statistics or of moments, in any order. No sample may be in two."""
    from .sharding import merge

    merge(files, output)


@cli.command("run")
@click.argument("folder", type=PATH, metavar="OUT")
@click.option("--input", "inputs", multiple=True, metavar="NAME=FILE.npy", help="The array for an input of the model. Repeatable.")
@click.option("--output-dir", type=PATH, required=True, metavar="DIR", help="Where to write NAME.npy for each output.")
def run_command(folder, inputs, output_dir):
    """Runs the compiled model OUT once.

    Where a file can't have the name of its output (slashes, what is not printed, two names that differ by case only), the file's name is
    printed.
    """
    model = Model(folder)
    names = [tensor.name for tensor in model.inputs]
    inputs = _read_inputs(model, dict(_named_file(text, "--input", names) for text in inputs))
    try:
        output_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Error(f"{output_dir}: cannot be written: {error.strerror}") from None
    names = [tensor.name for tensor in model.outputs]
    for name, file, array in zip(names, unique(names), model.run(inputs)):
        arrays.save_array(output_dir / f"{file}.npy", array)
        if file != name:
            click.echo(f"output {name!r}: {file}.npy")


def _read_inputs(model, files):
    names = [tensor.name for tensor in model.inputs]
    for name in names:
        if name not in files:
            raise Error(f"input {name!r} is missing; give --input {name}=FILE.npy (the model takes {', '.join(names)})")
    for name in files:
        if name not in names:
            raise Error(f"the model has no input {name!r}; it takes {', '.join(names)}")
    return [arrays.as_input(arrays.load_array(files[t.name]), t, f"{files[t.name]}: input {t.name!r}") for t in model.inputs]


@cli.command("bench")
@click.argument("folder", type=PATH, metavar="OUT")
@click.option("--reps", type=int, default=50, show_default=True, help="The number of runs that are timed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench_command(folder, reps, as_json):
    """Times the compiled model OUT: load_ms, min_ms, median_ms, rss_mb, threads."""
    from .bench import bench

    _print(bench(folder, reps), as_json)


@cli.command("evaluate")
@click.argument("folder", type=PATH, metavar="OUT")
@click.option("--inputs", type=PATH, required=True, metavar="X.npy", help="The samples, (N, ...) without the batch axis of 1; or .npz.")
@click.option("--labels", type=PATH, metavar="y.npy", help="The class of each sample, (N,).")
@click.option("--reference", type=PATH, metavar="MODEL", help="The model to compare with: a file, compiled in float, or a compiled folder.")
@click.option("--outputs", type=PATH, metavar="Y.npy", help="The file to write the first output of each sample to, (N, ...).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate_command(folder, inputs, labels, reference, outputs, as_json):
    """Runs the compiled model OUT on samples: top1, top5, agreement, sqnr_db (999 where equal), kl, samples."""
    from .evaluation import evaluate, load_reference

    if outputs is not None:
        check_writable(outputs)
    model = Model(folder)
    label_array = None if labels is None else arrays.load_array(labels)
    with progress() as bar:
        reference_model = None if reference is None else load_reference(reference, bar)
        figures, results = evaluate(model, inputs, label_array, reference_model, bar)
    if outputs is not None:
        arrays.save_array(outputs, results)
    _print(figures, as_json)


def _print(figures, as_json):
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        text = "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
        click.echo(f"{name:10} {text}")


def main(arguments=None):
    """Runs the command and ends the process: 0, 1 on an error, 2 on a wrong option, 128 and its number after a signal."""
    clean_up_on_signals()
    try:
        cli.main(arguments, prog_name="nnq", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (Error, MemoryError) as error:
        click.echo(f"nnq: error: {error or 'out of memory'}", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
