"""The networks that accuracy and speed are measured on, and how their samples are prepared.

The folder of models has load.py, which reads the samples; calibration and evaluation samples never overlap.
"""

import importlib.util
import math
import pathlib
import sys
from dataclasses import dataclass

import numpy as np

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
CALIBRATION_SAMPLES = 100

LOGITS, SOFTMAX, RECONSTRUCTION, NO_LABELS = "logits", "softmax", "reconstruction", "no labels"
"""What the first output is. RECONSTRUCTION: the input again, and the mean squared difference is the score of a window."""


@dataclass(frozen=True)
class Network:
    """A float network: its file, what its output is, how its samples are read, and what int8 may lose.

    samples     function of (load.py, split) that returns float32 (N, ...) and labels, (N,) or None
    may_lose    points of top-1, or AUC where the output is a reconstruction
    ahead_db    SQNR of int8 over the peer's, at least; below 0 it is room for noise
    kl_share    KL of int8, at most, as a share of the peer's
    int4        SQNR at least and KL at most with weights of 4 bits, or None
    """

    name: str
    file: str
    output: str
    samples: object
    may_lose: float = 1.0
    ahead_db: float = -0.5
    kl_share: float = 1.1
    int4: tuple = None


@dataclass(frozen=True)
class Samples:
    calibration: np.ndarray
    evaluation: np.ndarray
    labels: np.ndarray


def _imagenet(kind):
    def read(load, split):
        x, y = load.imagenet(split)
        return load.normalize(x, kind), y

    return read


def _cifar10(size=0, keep_channels_last=False):
    def read(load, split):
        x, y = load.cifar10(split)
        if split == "calib":
            x, y = x[:CALIBRATION_SAMPLES], y[:CALIBRATION_SAMPLES]
        if keep_channels_last:
            return x.astype(np.float32), y
        return load.normalize(load.upscale(x, size) if size else x, "torch"), y

    return read


def _mnist(load, split):
    x, y = load.mnist(split)
    return load.normalize(x, "unit"), y


def _kws(load, split):
    return load.kws(split)


def _vww(load, split):
    x, y = load.vww(split)
    return x.astype(np.float32) / np.float32(255), y


def _ad(load, split):
    """Recordings, cut into windows: all windows of the 16 recordings for calibration, since 100 windows see too little."""
    windows, labels = load.ad(split)
    return windows.reshape(-1, windows.shape[-1]), labels


def _ultraface(load, split):
    """Images of imagenet() beside their mirror image, cut to 240 x 320: the network has no samples of its own."""
    x, _ = load.imagenet(split, 8)
    x = np.pad(np.concatenate([x, x[:, :, ::-1]], 2), ((0, 0), (8, 8), (0, 0), (0, 0)))[:, :, 64:384]
    return ((x.astype(np.float32) - 127) / 128).transpose(0, 3, 1, 2), None


NETWORKS = {
    network.name: network
    for network in (
        Network("mobilenet_v2", "mobilenet_v2_1.0_224.onnx", LOGITS, _imagenet("tf"), 1.5, 7, 1 / 5, (9, 0.11)),
        Network("mobilenet_v1_0.75", "mobilenet_v1_0.75_224.onnx", LOGITS, _imagenet("tf"), 1.5, 8, 1 / 6, (12.5, 0.095)),
        Network("squeezenet1.1", "squeezenet1.1.onnx", LOGITS, _imagenet("torch"), 1.5, 3, 1 / 2, (21.5, 0.03)),
        Network("resnet50v2_trunk_cifar10", "resnet50v2_trunk_cifar10.onnx", LOGITS, _cifar10(size=224), 1, 6, 1 / 3, (20, 0.019)),
        Network("cifar10_resnet20", "cifar10_resnet20.onnx", LOGITS, _cifar10(), 1, 0, 2 / 3, (24, math.inf)),
        Network("cifar10_resnet20_bn", "cifar10_resnet20_bn.onnx", LOGITS, _cifar10()),
        Network("cifar10_resnet20_convshortcut", "cifar10_resnet20_convshortcut.onnx", LOGITS, _cifar10()),
        Network("cifar10_resnet56", "cifar10_resnet56.onnx", LOGITS, _cifar10(), 1, 0, 0.54),
        Network("mnist_lenet", "mnist_lenet.onnx", LOGITS, _mnist),
        Network("kws", "mlperf_tiny/kws_float.onnx", SOFTMAX, _kws),
        Network("vww", "mlperf_tiny/vww_float.onnx", SOFTMAX, _vww),
        Network("ic", "mlperf_tiny/ic_float.onnx", SOFTMAX, _cifar10(keep_channels_last=True)),
        Network("ad", "mlperf_tiny/ad_float.onnx", RECONSTRUCTION, _ad, 0.02),
        Network("ultraface", "import/ultraface_rfb_320.onnx", NO_LABELS, _ultraface),
    )
}


def load_module(path):
    """The module of a Python file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # where its dataclasses look for it
    spec.loader.exec_module(module)
    return module


class Folder:
    """The folder of models, and its load.py."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._load = load_module(self.path / "load.py")

    def model(self, network):
        return self.path / network.file

    def samples(self, network):
        evaluation, labels = network.samples(self._load, "eval")
        calibration, _ = network.samples(self._load, "calib")
        return Samples(np.ascontiguousarray(calibration), np.ascontiguousarray(evaluation), labels)
