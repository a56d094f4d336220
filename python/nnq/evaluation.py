"""How good a compiled model is: accuracy against labels, and distance from a reference."""

import math
import pathlib

import numpy as np

from . import arrays
from .compiler import Job, compile_to_folder
from .errors import DataError, Error
from .extension import load_compiler
from .interruption import lasting_folder
from .layers import EQUAL_DB
from .model import Model
from .progress import Quiet
from .samples import load_samples
from .settings import Float


def evaluate(model, inputs, labels=None, reference=None, progress=Quiet()):
    """Runs `model` on samples and compares.

    inputs     as calibration data: a path or arrays, (N, ...)
    labels     (N,) integers, or None
    reference  another Model of the same shapes, or None; codes of quantized inputs are converted to what it takes

    Returns (figures, outputs). Figures: top1, top5 (shares of labels hit), agreement (share of samples with the
    reference's top class), sqnr_db (centred logits; EQUAL_DB where equal), kl (nats), samples; None where labels or
    reference are missing, or where there are fewer than 5 classes. Outputs: the first output of each sample, (N, ...).
    """
    samples = load_samples(inputs, model.inputs)
    outputs = run_samples(model, samples, progress, "running the model")
    classes = outputs.shape[-1] if outputs.ndim > 1 else 1
    figures = dict.fromkeys(("top1", "top5", "agreement", "sqnr_db", "kl"))
    if labels is not None:
        figures.update(_accuracy(outputs, _check_labels(labels, outputs, classes), classes))
    if reference is not None:
        _check_reference(model, reference)
        expected = run_samples(reference, samples, progress, "running the reference", model.inputs)
        figures.update(_distance(expected, outputs, classes))
    figures["samples"] = len(samples)
    return figures, outputs


def load_reference(path, progress=Quiet()):
    """A Model from a compiled folder, or from a model file, compiled in float for this machine."""
    path = pathlib.Path(path)
    if path.is_dir():
        return Model(path)
    temporary = lasting_folder()
    job = Job(path, Float())
    model = Model(compile_to_folder(job, pathlib.Path(temporary.name) / "reference", progress=progress).folder)
    model._temporary = temporary  # lives as long as the model
    return model


def run_samples(model, samples, progress, text, given=None):
    """The first output of each sample as float32, (N, ...) without the batch axis of 1.

    given   the tensors that the samples are of, where those are not the model's own
    """
    given = given or model.inputs
    tensor = model.outputs[0]
    shape = tensor.shape[1:] if tensor.shape[:1] == (1,) else tensor.shape
    outputs = np.empty((len(samples), *shape), np.float32)
    for index in progress.count(range(len(samples)), text):
        inputs = [arrays.convert(array, have, want) for array, have, want in zip(samples[index], given, model.inputs)]
        outputs[index] = arrays.real_values(model.run(inputs)[0], tensor).reshape(shape)
    return outputs


def _check_labels(labels, outputs, classes):
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or labels.shape != (len(outputs),):
        raise DataError(f"labels: expected {len(outputs)} integers, found {arrays.shape_text(labels.shape)} of {labels.dtype}")
    if outputs.ndim != 2:
        raise DataError(f"labels: need an output with a row of logits for each sample, found {arrays.shape_text(outputs.shape)}")
    if labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"labels: expected 0 to {classes - 1}, found {labels.min()} to {labels.max()}")
    return np.ascontiguousarray(labels, np.int64)


def _check_reference(model, reference):
    for what, ours, theirs in (("inputs", model.inputs, reference.inputs), ("first output", model.outputs[:1], reference.outputs[:1])):
        ours, theirs = [tuple(t.shape) for t in ours], [tuple(t.shape) for t in theirs]
        if ours != theirs:
            raise Error(f"the reference is another network: its {what} has shape {theirs}, the model's {ours}")


def _accuracy(outputs, labels, classes):
    nnq = load_compiler()
    return {
        "top1": nnq.top_k(outputs, labels, classes, 1),
        "top5": nnq.top_k(outputs, labels, classes, 5) if classes >= 5 else None,
    }


def _distance(expected, outputs, classes):
    nnq = load_compiler()
    sqnr = nnq.centred_sqnr_db(expected, outputs, classes)
    return {
        "agreement": nnq.agreement(expected, outputs, classes),
        "sqnr_db": EQUAL_DB if math.isinf(sqnr) and sqnr > 0 else sqnr,
        "kl": nnq.kl_divergence(expected, outputs, classes),
    }
