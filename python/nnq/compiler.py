"""From a model file to a folder with object file, header, library, manifest and report."""

import contextlib
import dataclasses
import itertools
import json
import pathlib
import statistics
import tempfile

from . import arrays, bitwidths, layers, moments, pipelines, report, sensitivity, tuning
from .calibration import observe, read_statistics
from .errors import CompileError, Error
from .model import Model
from .onnxfile import with_constants
from .output import MANIFEST, atomic_folder
from .progress import Quiet
from .samples import load_samples, spread
from .settings import MODES, Float, Given, Int8, Mixed
from .stages import Stages, affordable

OBJECT, HEADER, LIBRARY = "model.o", "model.h", "libmodel.so"
CALIBRATION, ROUNDING, CORRECTION = "calibration.json", "weights.mlirbc", "correction.json"
BIT_WIDTHS, SENSITIVITY = "bit-widths.json", "sensitivity.json"

COMPARED_SAMPLES = 8
"""How many calibration samples each layer is compared with float on."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What is asked for, apart from the data.

    source        .onnx or .mlir
    quantization  Int8, Float, or None: the model's own, or Int8 if there is calibration data
    target        a name of the table, or "native"
    threads       at most this many
    dims          sizes of dynamic dimensions by name, as the importer takes them
    name          prefix of the C symbols
    mode          numerics profile, one of MODES
    constants     inputs that become initializers: arrays by name
    """

    source: pathlib.Path
    quantization: object = None
    target: str = "native"
    threads: int = 1
    dims: dict = dataclasses.field(default_factory=dict)
    name: str = "model"
    mode: str = MODES[0]
    constants: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "source", pathlib.Path(self.source))
        if not isinstance(self.quantization, (Int8, Float, type(None))):
            raise Error(f"quantization is nnq.Int8(...) or nnq.Float(), not {self.quantization!r}")
        if not (isinstance(self.threads, int) and self.threads >= 1):
            raise Error(f"threads is a number from 1 on, not {self.threads!r}")
        if not (self.name.isascii() and self.name.isidentifier()):
            raise Error(f"name is a C identifier, not {self.name!r}")
        if self.mode not in MODES:
            raise Error(f"mode {self.mode!r} is not supported yet; supported: {', '.join(MODES)}")


@dataclasses.dataclass(frozen=True)
class Result:
    """What a compilation says besides its files: the passes' remarks, and the pipelines that ran."""

    folder: pathlib.Path
    remarks: tuple
    pipeline: str


def compile(model, calibration=None, *, statistics=None, moments=None, quantization=None, target="native", threads=1, output=None,
            dims=None, name="model", mode=MODES[0], constants=None):
    """Compiles a .onnx or .mlir file and returns a Model.

    calibration   samples: a .npz or .npy file, a dict by input name, an array for one input; arrays are (N, ...)
    statistics    file of calibrate(), for ranges instead of those of `calibration`, which then serves to tune layers only
    moments       file of calibrate(), by which weights of few bits are rounded; needs `statistics`
    quantization  nnq.Int8(...) or nnq.Float(); Int8() if calibration or statistics are given. A quantized model needs none of them
    target        "native" or another row of nnq.targets(); a model for another machine is returned, but does not run
    threads       at most so many threads in a run
    output        the folder to write; a temporary one, which lives as long as the Model, if None
    dims          sizes of dynamic dimensions, {"batch": 1}
    name          prefix of the C symbols
    mode          numerics profile, "onnx"
    constants     {name: array} of inputs that are fixed, such as scales that a model takes as inputs

    Error: anything wrong with the model, the data or the folder, which is then as it was before.
    """
    job = Job(model, quantization, target, threads, dims or {}, name, mode, constants or {})
    found = {"statistics": statistics, "moments": moments}
    if output is not None:
        return Model(compile_to_folder(job, output, calibration, **found).folder)
    temporary = tempfile.TemporaryDirectory(prefix="nnq-")
    compiled = Model(compile_to_folder(job, pathlib.Path(temporary.name) / "out", calibration, **found).folder)
    compiled._temporary = temporary
    return compiled


def compile_to_folder(job, output, calibration=None, progress=Quiet(), *, statistics=None, moments=None):
    """Does a Job and puts its files into `output`. Returns a Result. Error: see compile()."""
    return _Compilation(job, progress, statistics, moments).run(pathlib.Path(output), calibration)


def compile_to_measure(module, folder, target, threads=1, **options):
    """Compiles a module, which is lowered for it, into a new folder. Returns a Model, which lives as long as the folder."""
    folder.mkdir()
    compiled = module.compile(target.name, "measured", threads=threads, **options)
    _write_compiled(load_compiler(), folder, compiled, target, _manifest(compiled, target))
    return Model(folder)


def measure_sensitivity(job, calibration, progress=Quiet()):
    """Writes the sensitivity file that the Job's Mixed names, unless it is there. Returns notes. Error: see compile()."""
    return _Compilation(job, progress).measure_sensitivity(calibration)


def load_compiler():
    """The extension module, which maps all of LLVM: only what compiles or measures needs it."""
    try:
        from . import _nnq
    except ImportError as error:
        raise Error(f"nnq's compiler cannot be loaded: {error}; build it with scripts/build.sh") from None
    return _nnq


def read_model(source, dims, constants=None):
    """A Module from .onnx or .mlir (text or bytecode); `constants` are inputs of an .onnx model that become initializers.

    Error: another format, or what the importer says.
    """
    suffix = source.suffix.lower()
    if suffix not in (".onnx", ".mlir", ".mlirbc"):
        reason = "TFLite is not supported yet" if suffix == ".tflite" else "the format is not known by this suffix"
        raise Error(f"{source}: {reason}; supported are .onnx and .mlir")
    if not source.is_file():
        raise Error(f"{source}: no such file")
    module = load_compiler().Module
    if suffix == ".onnx" and constants:
        model = with_constants(arrays.read_bytes(source), constants, str(source))
        return module.import_onnx_bytes(model, str(source), str(source.parent), dims)
    if suffix == ".onnx":
        return module.import_onnx(str(source), dims)
    if constants:
        raise Error(f"{source}: constants ({', '.join(constants)}) are for .onnx models; write them into the MLIR")
    if dims:
        raise Error(f"{source}: sizes of dimensions ({', '.join(dims)}) are for .onnx models; shapes in MLIR are static")
    return module.parse_file(str(source))


class _Compilation:
    """One run: the steps share the module, the names of the pipelines that ran, and what is found on the way."""

    def __init__(self, job, progress, statistics=None, moments=None):
        self.job = job
        self.progress = progress
        self.statistics = statistics
        self.moments = moments
        self.nnq = load_compiler()
        self.target = self.nnq.target(job.target)
        self.steps = []
        self.notes = []
        self.gains = {}
        self.picked = None

    @contextlib.contextmanager
    def _errors_name_the_source(self):
        """What a pass says names the node; the file stands in front."""
        try:
            yield
        except CompileError as error:
            source = str(self.job.source)
            raise (error if str(error).startswith(source) else CompileError(f"{source}: {error}")) from None

    def run(self, output, calibration):
        """Error: see compile()."""
        with self._errors_name_the_source():
            return self._run(output, calibration)

    def measure_sensitivity(self, calibration):
        """Error: see compile()."""
        with self._errors_name_the_source(), tempfile.TemporaryDirectory(prefix="nnq-") as scratch:
            self.scratch = pathlib.Path(scratch)
            self._prepare(calibration)
            samples = load_samples(calibration, self.module.inputs)
            self._calibrate(self.scratch, samples)
            self._measure_sensitivity(self.scratch, samples)
        return self.notes

    def _prepare(self, calibration):
        self.progress.stage(f"reading {self.job.source.name}")
        self.module = read_model(self.job.source, self.job.dims, self.job.constants)
        self.quantization = self._choose_quantization(calibration)
        for pipeline in pipelines.prepare(self.module.is_quantized, self.quantization):
            self._pass(pipeline)

    def _run(self, output, calibration):
        with atomic_folder(output) as folder, tempfile.TemporaryDirectory(prefix="scratch-", dir=folder) as scratch:
            self.scratch = pathlib.Path(scratch)
            self._prepare(calibration)
            details, sqnr = self._details(), ([], {})
            if isinstance(self.quantization, Int8):
                samples = None if calibration is None else load_samples(calibration, self.module.inputs)
                float_model, details["calibration_samples"] = self._calibrate(folder, samples)
                self._quantize(folder, output, samples)
                if self.moments is not None:
                    self._round_by_moments(folder, output)
                if samples is not None:
                    self._tune(folder, output, samples)
                    details["compared_samples"] = min(COMPARED_SAMPLES, len(samples))
                    sqnr = self._compare(float_model, samples)
                else:
                    self.notes.extend(moments.left_out_without_samples(self.quantization, bool(self.narrow), self.moments))
            timed = self.module.clone()
            manifest = self._emit(folder, details, *sqnr)
            self.progress.stage("measuring")
            figures = self._measure(Model(folder), timed)
            remarks = (*dict.fromkeys(self.module.remarks), *self.notes)
            result = Result(output, remarks, pipelines.whole([*self.steps, pipelines.lower(self.target.name, self.job.threads)]))
            report.write(folder, self.job.source.name, manifest, figures, result.pipeline)
        return result

    def _details(self):
        """What the manifest says besides the compiler's part."""
        return {
            "source": self.job.source.name,
            "version": self.nnq.__version__,
            "quantization": {"scheme": type(self.quantization).__name__.lower(), **dataclasses.asdict(self.quantization)},
            "mode": self.job.mode,
            "calibration_samples": 0,
        }

    def _choose_quantization(self, calibration):
        chosen = self.job.quantization
        is_calibrated = any(given is not None for given in (calibration, self.statistics, self.moments))
        if self.module.is_quantized:
            if is_calibrated or isinstance(chosen, Int8):
                raise Error(f"{self.job.source}: is quantized already; leave out calibration and quantization")
            return Given()
        if isinstance(chosen, Float):
            if is_calibrated:
                raise Error("a float model needs no calibration; give calibration data or ask for float, not both")
            return chosen
        if not is_calibrated:
            raise Error(
                "int8 needs sample inputs to find ranges: give about 100 as --calibration samples.npz (in Python: calibration=...), "
                "or keep the model in float with --float (quantization=nnq.Float())"
            )
        moments.check_settings(chosen or Int8(), calibration, self.statistics, self.moments)
        return chosen or Int8()

    def _pass(self, pipeline):
        self.module.run_pipeline(pipeline)
        self.steps.append(pipeline)

    def _compile_to_measure(self, module, name, target, *, threads=None, **options):
        """A variant of the network as a Model, which lives as long as this run."""
        return compile_to_measure(module, self.scratch / name, target, threads or self.job.threads, **options)

    def _calibrate(self, folder, samples):
        """Writes the statistics of `samples`, or those given, and says how many they are of; with samples, returns the float network too,
        with its observed tensors behind its outputs.
        """
        calibration = self.nnq.Calibration()
        calibration.equalized = self.quantization.equalize
        if self.statistics is not None:
            calibration = read_statistics(self.nnq, self.statistics, self.quantization)
            calibration.write(str(folder / CALIBRATION))
        if samples is None:
            return None, len(calibration.samples)
        self.progress.stage("compiling the float model")
        observed = self.module.clone()
        observed.run_pipeline(pipelines.OBSERVE)
        model = self._compile_to_measure(observed, "observed", self.nnq.target("native"))
        if self.statistics is None:
            observe(model, samples, len(self.module.outputs), calibration, self.progress)
            calibration.write(str(folder / CALIBRATION))
        return model, len(calibration.samples)

    def _quantize(self, folder, output, samples):
        """Quantizes by the statistics in `folder`, which will be `output` when all is done."""
        self.module_in_float = self.module.clone()
        widths = self._choose_widths(folder, samples)
        self.progress.stage("quantizing")
        self._fold(lambda where: pipelines.quantize(where / CALIBRATION, self.quantization, where / BIT_WIDTHS if widths else None, widths),
                   folder, output)
        self.narrow = {name: bits for name, bits in self.module.weight_bits.items() if bits < 8 and name in widths}

    def _choose_widths(self, folder, samples):
        """{layer: width}, which are written into `folder` if there are any; other layers have w8a8."""
        settings, found = self.quantization, self.nnq.find_layers(self.module)
        if isinstance(settings, Mixed) and settings.budgets:
            return self._pick_widths(folder, samples)
        widths = bitwidths.of_inputs(found, settings.input_bits, lambda: self._rounds_inputs(folder, samples))
        widths |= self._given_widths() if isinstance(settings, Mixed) else settings.widths(found)
        if widths:
            bitwidths.write(folder / BIT_WIDTHS, widths)
        return widths

    def _given_widths(self):
        given = self.quantization.bit_widths
        return self.nnq.read_bit_widths(given) if isinstance(given, str) else given

    def _rounds_inputs(self, folder, samples):
        """Whether inputs of 8 bits lose anything of the samples. Without samples nothing says so."""
        if samples is None:
            return False
        quantized = self.module.clone()
        quantized.run_pipeline(pipelines.quantize(folder / CALIBRATION, self.quantization))
        codes = {tensor.name: tensor for tensor in quantized.input_codes}
        few = [samples[index] for index in spread(len(samples), COMPARED_SAMPLES)]

        def is_rounded(position, name):
            """An input that is scaled or shifted before layers read it is on no grid that is known."""
            return name not in codes or not bitwidths.are_on_grid([sample[position] for sample in few], codes[name])

        return any(is_rounded(position, tensor.name) for position, tensor in enumerate(quantized.inputs))

    def _pick_widths(self, folder, samples):
        file = self._measure_sensitivity(folder, samples)
        self.progress.stage("picking bit-widths")
        budgets = self.quantization.budgets
        choice = self.nnq.choose_bit_widths(str(file), **budgets)
        self.nnq.write_bit_widths(choice, str(folder / BIT_WIDTHS))
        self.picked = bitwidths.describe(self.nnq, file, choice, budgets)
        return choice.layers

    def _measure_sensitivity(self, folder, samples):
        """The path of the sensitivity file: the one that the settings name, or one in `folder`."""
        settings = self.quantization
        file = pathlib.Path(settings.sensitivity or folder / SENSITIVITY)
        network = sensitivity.Network(self.module, folder / CALIBRATION, settings, self._compile_to_measure, self.target)
        scratch, every = self.scratch / "sensitivity", [samples[index] for index in range(len(samples))]
        self.notes += sensitivity.measure(self.nnq, network, settings.candidates, every, settings.samples, file, scratch, self.progress)
        return file

    def _round_by_moments(self, folder, output):
        """Rounds weights of few bits by what `nnq calibrate` has found that layers read."""
        self.progress.stage("rounding weights")
        if not self.narrow:
            raise Error("moments are to round weights of few bits by, and no layer has any; choose such weights (nnq.Int4()), or omit them")
        observed = self.module_in_float.clone()
        observed.run_pipeline(pipelines.INSERT_OBSERVERS)
        rounded = moments.round_weights(self.nnq, self.moments, observed, self.module, self.narrow)
        self.nnq.write_weights(self.module, rounded, str(folder / ROUNDING))
        self._fold(lambda where: pipelines.replace_weights(where / ROUNDING), folder, output)
        self.gains = {name: {"refit": moments.REFIT, "errors": weights.steps} for name, (_, weights) in rounded.items()}

    def _tune(self, folder, output, samples):
        """Rounds weights of few bits and corrects channels, if that makes the network better on samples held back."""
        rounds = bool(self.narrow) and self.quantization.rounding != "nearest" and self.moments is None
        corrects = self.quantization.correction != "none"
        if not (rounds or corrects):
            return
        self.progress.stage("tuning layers")
        native = self.nnq.target("native")
        count = itertools.count()

        def compile_stage(module):
            return self._compile_to_measure(module, f"stage-{next(count)}", native, threads=1)

        observed = self.module_in_float.clone()
        observed.run_pipeline(pipelines.INSERT_OBSERVERS)
        networks = Stages(observed, compile_stage), Stages(self.module, compile_stage)
        bounds = self.module.correctable_layers
        rounding = tuning.Rounding(self.nnq, self.narrow, self.module.weight_blocks, bounds, self.scratch / ROUNDING)
        correction = tuning.Correction(self.nnq, bounds, self.quantization.correction)
        steps = [rounding] * rounds + [correction] * corrects
        untuned = self._compile_to_measure(self.module.clone(), "untuned", native, threads=1)
        taken = [samples[index] for index in affordable(networks, len(samples))]
        if len(taken) < len(samples):
            self.notes.append(f"layers are tuned on {len(taken)} of {len(samples)} samples: more tensors do not fit into the memory set aside")
        if not tuning.tune(networks, steps, untuned, taken, self.progress):
            self.notes.append("tuning of layers is left out: on samples held back it makes the network no better")
            return
        if rounds and (nearest := rounding.rounded_to_nearest):
            self.notes.append(f"weights rounded to nearest, since no other way is better on samples held back: {', '.join(nearest)}")
        if rounding.found:
            self.nnq.write_weights(self.module, rounding.found, str(folder / ROUNDING))
            self._fold(lambda where: pipelines.replace_weights(where / ROUNDING), folder, output)
            self.gains = rounding.gains
        if correction.found:
            self.nnq.write_corrections(correction.found, str(folder / CORRECTION))
            self._fold(lambda where: pipelines.correct(where / CORRECTION), folder, output)

    def _fold(self, pipeline, folder, output):
        """Runs `pipeline(folder)`, which reads files in `folder`, which will be `output` when all is done."""
        self.module.run_pipeline(pipeline(folder))
        self.steps.append(pipeline(output))

    def _compare(self, float_model, samples):
        """The SQNR of each output, and of layers by the name of their tensor. Measured here for any target: all compute the same bits."""
        self.progress.stage("comparing with float")
        exposed = self.module.clone()
        exposed.run_pipeline(pipelines.EXPOSE_LAYERS)
        quantized = self._compile_to_measure(exposed, "exposed", self.nnq.target("native"))
        return layers.errors(float_model, quantized, samples, COMPARED_SAMPLES, len(self.module.outputs), self.progress)

    def _emit(self, folder, details, output_sqnr_db, layer_sqnr_db):
        """Writes object file, header, library and manifest; returns the manifest."""
        self.progress.stage(f"compiling for {self.target.name}")
        islands = self.module.float_islands
        compiled = self.module.compile(self.target.name, self.job.name, threads=self.job.threads)
        manifest = _manifest(compiled, self.target) | details | {"float_islands": islands}
        errors = [(entry, layer_sqnr_db.get(entry.get("observation"))) for entry in manifest["layers"]]
        for entry, sqnr_db in (*errors, *zip(manifest["outputs"], output_sqnr_db)):
            if sqnr_db is not None:
                entry["sqnr_db"] = sqnr_db
        if self.picked:
            manifest["bit_widths"] = self.picked
        for entry in manifest["layers"]:
            if entry.get("observation") in self.gains:
                entry["rounding"] = self.gains[entry["observation"]]
        self.notes.extend(_write_compiled(self.nnq, folder, compiled, self.target, manifest))
        return manifest

    def _measure(self, model, module):
        """Times the model, and each layer of `module`, which is lowered for it, as far as this machine can run it."""
        if model.why_not_runnable:
            return report.Figures(not_measured=model.why_not_runnable)
        median_ms = 1e3 * statistics.median(model.time(reps=10, warm_up=2))
        timed = self._compile_to_measure(module, "timed", self.target, time_kernels=True)
        layer_ms, other_ms = layers.times(timed, len(timed.manifest["layers"]), median_ms)
        return report.Figures(median_ms=median_ms, layer_ms=layer_ms, other_ms=other_ms)


def _manifest(compiled, target):
    return {**json.loads(compiled.manifest), "cpu_features": target.needs.split(","), "object_bytes": len(compiled.code)}


def _write_compiled(nnq, folder, compiled, target, manifest):
    """Writes the files of a compiled model. Returns notes: a library that this machine cannot link is left out."""
    (folder / OBJECT).write_bytes(compiled.code)
    (folder / HEADER).write_text(compiled.header, encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    try:
        nnq.link_shared_library(str(folder / OBJECT), str(folder / LIBRARY), target.name)
    except Error as error:
        if target.triple.split("-")[0] == nnq.target("native").triple.split("-")[0]:
            raise
        return [f"{LIBRARY} is left out: {error}"]
    return []
