"""Whole networks, quantized by nnq: the digits example, and a block of inverted residuals. Both run on what they were calibrated with."""

import importlib.util
import pathlib
import tempfile

import nnq
import numpy as np
from mlir_file import ParsedNetwork
from network import F32, Network
from nnq import _nnq, pipelines

DIGITS = pathlib.Path(__file__).resolve().parents[4] / "examples" / "digits"


def quantized(name, source, samples):
    """The model in integers, with the first sample as its input. Its results are f32 that follow from integers."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = nnq.compile(source, calibration=samples, output=pathlib.Path(folder) / "out")
        module = _nnq.Module.import_onnx(str(source)) if source.suffix == ".onnx" else _nnq.Module.parse_file(str(source))
        module.run_pipeline(pipelines.PREPARE)
        pipelines.quantize(compiled.folder / "calibration.json", nnq.Int8()).run(module)
    net = ParsedNetwork(name, module, seed=1, bits=True)
    net.data = [samples[:1]]
    return net


def digits():
    spec = importlib.util.spec_from_file_location("data", DIGITS / "data.py")
    data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data)
    return quantized("digits", DIGITS / "digits.onnx", data.calibration_samples(20))


def inverted_residuals():
    net = Network("float", seed=3)
    x = net.input((1, 16, 16, 3), F32)

    def layer(value, *args, groups=1, **attributes):
        return net.clamp(net.conv2d(value, *args, F32, groups=groups, **attributes), 0.0, 6.0)

    stem = layer(x, 16, (3, 3), strides=(2, 2), pads=(0, 0, 1, 1))
    wide = layer(stem, 72, (1, 1))
    spatial = layer(wide, 72, (3, 3), pads=(1, 1, 1, 1), groups=72)
    narrow = net.conv2d(spatial, 16, (1, 1), F32)
    y = net.binary("add", narrow, stem, F32)
    y = layer(y, 48, (1, 1))
    y = layer(y, 48, (3, 3), strides=(2, 2), pads=(0, 0, 1, 1), groups=48)
    y = net.conv2d(y, 40, (1, 1), F32)
    pooled = net.reduce("mean", y, [1, 2])
    flat = net.op("reshape {0}", [pooled], (1, 40), F32)
    net.result(net.fully_connected(flat, 10, F32))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "block.mlir"
        path.write_text(net.text(), encoding="utf-8")
        samples = np.random.default_rng(1).standard_normal((8, *x.shape)).astype(np.float32)
        return quantized("inverted residuals", path, samples.reshape(8, *x.shape[1:]))


def networks():
    yield from (digits(), inverted_residuals())
