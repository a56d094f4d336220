"""One run of the compiler: its steps, in their order, and what they share."""

import dataclasses
import statistics

from . import artifacts, bitwidths, layers, moments, pipelines, report, sensitivity, summary, tuning, widening, widthchoice
from .calibration import compile_observed, digest_of, observe, read_statistics
from .errors import Error
from .extension import load_compiler
from .loaded import load_functions
from .interruption import temporary_folder
from .model import Model
from .modelfile import naming, read_model
from .output import atomic_folder
from .parts import Distances, Parts
from .samples import load_samples
from .settings import Float, Given, Int8, split_width

CALIBRATION, BIT_WIDTHS, ROUNDING, CORRECTION = "calibration.json", "bit-widths.json", "weights.mlirbc", "correction.json"

COMPARED_SAMPLES = 8
"""How many calibration samples each layer is compared with float on."""


class Compilation:
    """The steps share the module, the names of the pipelines that ran, and what is found on the way.

    folder   where files are written, which is put in the place of `output` when all is done
    scratch  a folder for what is needed on the way only
    """

    def __init__(self, job, progress, statistics=None, moments=None):
        self.job = job
        self.progress = progress
        self.statistics = statistics
        self.moments = moments
        self.nnq = load_compiler()
        self.target = self.nnq.target(job.target)
        self._check_profile()
        self.native = self.nnq.target("native")
        self.steps = []
        self.notes = []
        self.gains = {}
        self.held_back_db = None
        self.picked = None
        self.narrow, self.has_pruned = {}, False
        self.widened = widening.Widened()
        self.distances = Distances(())
        self.summary = ()

    def _check_profile(self):
        if self.job.profile not in (known := self.nnq.profiles()):
            raise Error(f"numerics profile {self.job.profile!r} is not known; there are: {', '.join(known)}")

    @property
    def remarks(self):
        return *dict.fromkeys(self.module.remarks), *self.notes

    @property
    def pipeline(self):
        """All that ran, as one."""
        return pipelines.whole([*self.steps, pipelines.lower(self.target.name, self.job.name, self.job.threads, self.job.tiles)])

    def run(self, output, calibration):
        """Writes everything into the folder `output`. Error: see nnq.compile()."""
        with (
            naming(self.job.source),
            atomic_folder(output) as folder,
            temporary_folder(prefix="scratch-", dir=folder) as self.scratch,
        ):
            self.output, self.folder = output, folder
            self._prepare(calibration)
            details, sqnr = self._details(), {}
            if isinstance(self.quantization, Int8):
                samples = None if calibration is None else load_samples(calibration, self.module.inputs)
                float_model, details["calibration_samples"] = self._calibrate(samples)
                self._quantize(samples)
                if self.moments is not None:
                    self._round_by_moments()
                if samples is not None:
                    self._tune(samples)
                    details["compared_samples"] = min(COMPARED_SAMPLES, len(samples))
                    sqnr = self._compare(float_model, samples)
                else:
                    self.notes.extend(moments.left_out_without_samples(self.quantization, bool(self.narrow), self.has_pruned, self.moments))
            timed = self.module.clone()
            manifest = self._emit(details, sqnr)
            figures = self._measure(Model(folder), timed)
            report.write(folder, self.job.source.name, manifest, figures, self.pipeline)
            self.summary = *summary.summarize(manifest, figures), *summary.warnings(manifest)

    def measure_sensitivity(self, calibration):
        """Stops where widths would be picked. Returns notes. Error: see nnq.compile()."""
        with naming(self.job.source), temporary_folder(prefix="nnq-") as self.scratch:
            self.folder = self.scratch
            self._prepare(calibration)
            samples = load_samples(calibration, self.module.inputs)
            self._calibrate(samples)
            _, notes = sensitivity.measure(self.nnq, self._float_network(), samples, self.folder, self.scratch, self.progress)
        return notes

    def _prepare(self, calibration):
        self.progress.stage(f"reading {self.job.source.name}")
        self.module = read_model(self.job.source, self.job.dims, self.job.constants)
        self.quantization = self._choose_quantization(calibration)
        for pipeline in pipelines.prepare(self.module.is_quantized, self.quantization, self.job.profile):
            self.module.run_pipeline(pipeline)
            self.steps.append(pipeline)

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
        widthchoice.check(self.nnq, chosen, self.module.outputs)
        return chosen or Int8()

    def _details(self):
        """What the manifest says besides the compiler's part."""
        return {
            "source": self.job.source.name,
            "version": self.nnq.__version__,
            "quantization": {"scheme": type(self.quantization).__name__.lower(), **dataclasses.asdict(self.quantization)},
            "profile": self.job.profile,
            "calibration_samples": 0,
        }

    def _compile_to_measure(self, module, name, target, *, threads=None, **options):
        """A variant of the network as a Model, which lives as long as this run."""
        return artifacts.compile_to_measure(module, self.scratch / name, target, threads or self.job.threads, **options)

    def _calibrate(self, samples):
        """Writes the statistics of `samples`, or those given, and says how many they are of; with samples, returns the float network too,
        whose tensors are observed.
        """
        found = model = None
        if self.statistics is not None:
            found = read_statistics(self.nnq, self.statistics, self.quantization)
            if found.network not in ("", digest_of(self.module)):
                self.notes.append(f"{self.statistics}: has statistics of a network with other weights or shapes than {self.job.source.name}")
        if samples is not None:
            model = compile_observed(self.module, lambda module: self._compile_to_measure(module, "observed", self.native), self.progress)
        if found is None:
            found = observe(self.nnq, model, samples, self.quantization.equalize, self.progress)
            found.network = digest_of(self.module)
        found.write(str(self.folder / CALIBRATION))
        return model, len(found.samples)

    def _float_network(self):
        """Of which layers are measured in several widths."""
        return sensitivity.Network(self.module, self.folder / CALIBRATION, self.quantization, self._compile_to_measure, self.target)

    def _quantize(self, samples):
        """Quantizes by the statistics, each layer in its width."""
        self.module_in_float = self.module.clone()
        network, file = self._float_network(), self.folder / BIT_WIDTHS
        choice = widthchoice.choose(self.nnq, network, samples, file, self.scratch, self.progress)
        widths, self.picked = choice.widths, choice.picked
        self.notes.extend(choice.notes)
        self.widened = widening.Widened(choice.wide)
        if samples is not None and not choice.wide and self.picked is None:
            dense = {name: split_width(width)[0] for name, width in widths.items()}
            self.widened = widening.widen(self.nnq, network, dense, samples, self.scratch, self.progress)
            self.notes.extend(self.widened.notes)
            if self.widened.tensors or self.widened.widths:
                widths = widths | self.widened.widths
                bitwidths.write(file, widths, self.widened.tensors)
        self.progress.stage("quantizing")
        given = bool(widths or self.widened.tensors)
        self._fold(lambda where: pipelines.quantize(where / CALIBRATION, self.quantization, where / BIT_WIDTHS if given else None))
        patterns = self.module.weight_patterns  # rules may have it otherwise than widths say
        self.narrow = {name: widths[name] for name, bits in self.module.weight_bits.items()
                       if name in widths and (bits < 8 or (name in patterns and split_width(widths[name])[1]))}
        self.has_pruned = any(split_width(width)[1] for width in self.narrow.values())

    def _fold(self, step):
        """Runs `step(folder)`, which reads files in `folder`, which will be `output` when all is done."""
        step(self.folder).run(self.module)
        self.steps.append(step(self.output))

    def _observed(self):
        """The float network with its observers."""
        observed = self.module_in_float.clone()
        observed.run_pipeline(pipelines.INSERT_OBSERVERS)
        return observed

    def _round_by_moments(self):
        """Rounds weights of few bits by what `nnq calibrate` has found that layers read."""
        self.progress.stage("rounding weights")
        if not self.narrow:
            raise Error("moments are to round weights of few bits or with zeros by, and no layer has any; choose such weights (nnq.Int4()), or omit them")
        rounded = moments.round_weights(self.nnq, self.moments, self._observed(), self.module, self.narrow)
        self._replace_weights(rounded, {name: {"refit": moments.REFIT, "errors": weights.steps} for name, (_, weights) in rounded.items()})

    def _tune(self, samples):
        """Rounds weights of few bits, prunes and corrects channels, if that makes the network better on samples held back."""
        rounds = bool(self.narrow) and moments.rounding_of(self.quantization) != "nearest" and self.moments is None
        correction = self.quantization.correction
        if not rounds and correction == "none":
            return
        self.progress.stage("tuning layers")
        networks, narrow, file = (self._observed(), self.module), self.narrow if rounds else {}, self.scratch / ROUNDING
        untuned = None if self.has_pruned else self.widened.model  # which is dense
        untuned = untuned or load_functions(self.module.clone())[0]
        tuned = tuning.tune(self.nnq, *networks, untuned, narrow, correction, samples, file, self.progress)
        self.notes.extend(tuned.notes)
        self.held_back_db = layers.decibels(1.0, tuned.noise)
        if tuned.weights:
            self._replace_weights(tuned.weights, tuned.gains)
        if tuned.corrections:
            self.nnq.write_corrections(tuned.corrections, str(self.folder / CORRECTION))
            self._fold(lambda where: pipelines.correct(where / CORRECTION))

    def _replace_weights(self, rounded, gains):
        self.nnq.write_weights(self.module, rounded, str(self.folder / ROUNDING))
        self._fold(lambda where: pipelines.replace_weights(where / ROUNDING))
        self.gains = gains

    def _compare(self, float_model, samples):
        """The SQNR of layers by the name of their tensor, and `distances` of outputs. Measured here for any target: all compute the same bits."""
        self.progress.stage("comparing with float")
        exposed = self.module.clone()
        exposed.run_pipeline(pipelines.EXPOSE_LAYERS)
        quantized = self._compile_to_measure(exposed, "exposed", self.native)
        self.distances = Distances(Parts(self.module_in_float), by_channel=True)
        return layers.errors(float_model, quantized, samples, COMPARED_SAMPLES, self.distances, self.progress)

    def _emit(self, details, layer_sqnr_db):
        """Writes object file, header, library and manifest; returns the manifest."""
        self.progress.stage(f"compiling for {self.target.name}")
        islands = self.module.float_islands
        compiled = self.module.compile(self.target.name, self.job.name, threads=self.job.threads, tiles=self.job.tiles_file)
        manifest = artifacts.manifest_of(compiled, self.target) | details | {"float_islands": islands}
        errors = [(entry, layer_sqnr_db.get(entry.get("observation"))) for entry in manifest["layers"]]
        errors += [(entry, self.distances.output_db(index)) for index, entry in enumerate(manifest["outputs"])]
        for entry, sqnr_db in errors:
            if sqnr_db is not None:
                entry["sqnr_db"] = sqnr_db
        for index, pieces in self.distances.described().items():
            if len(pieces) > 1:
                manifest["outputs"][index]["parts"] = pieces
            elif pieces[0]["negligible"]:
                manifest["outputs"][index]["negligible"] = True
        if self.picked:
            manifest["bit_widths"] = self.picked
        if self.widened.losses:
            manifest["losses"] = self.widened.losses
        if self.widened.tensors:
            manifest["wide"] = self.widened.tensors
        if self.has_pruned and self.held_back_db is not None:
            manifest["held_back_sqnr_db"] = self.held_back_db
        for entry in manifest["layers"]:
            if entry.get("observation") in self.gains:
                entry["rounding"] = self.gains[entry["observation"]]
        self.notes.extend(artifacts.write(self.nnq, self.folder, compiled, self.target, manifest))
        return manifest

    def _measure(self, model, module):
        """Times the model, and each layer of `module`, which is lowered for it, as far as this machine can run it."""
        self.progress.stage("measuring")
        if model.why_not_runnable:
            return report.Figures(not_measured=model.why_not_runnable)
        median_ms = 1e3 * statistics.median(model.time(reps=10, warm_up=2))
        timed = self._compile_to_measure(module, "timed", self.target, time_kernels=True, tiles=self.job.tiles_file)
        layer_ms, other_ms = layers.times(timed, len(timed.manifest["layers"]), median_ms)
        return report.Figures(median_ms=median_ms, layer_ms=layer_ms, other_ms=other_ms)
