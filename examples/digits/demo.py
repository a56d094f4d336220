"""Quantizes, compiles and runs a network, and prints what that costs and gains.

    PYTHONPATH=build/python python3 examples/digits/demo.py [--output demo-out] [--network digits]

The digits network needs nothing but this folder. Where ../shared/models is beside the project, --network takes the
networks there too. OUTPUT then holds float/ and int8/, as `nnq compile` writes them, and report.html.
"""

import argparse
import importlib.util
import pathlib
import shutil
import statistics
import sys
from dataclasses import dataclass

import data
import nnq
import numpy as np
from nnq.evaluation import evaluate
from nnq.progress import progress

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parents[2] / "shared" / "models"
CALIBRATION_SAMPLES = 100
TEST_SAMPLES = 400


@dataclass(frozen=True)
class Network:
    """A model file and its samples: float32 (N, ...) to calibrate on, others to test on with labels (N,)."""

    path: pathlib.Path
    calibration: np.ndarray
    test: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """A network of ../shared/models: its file, its samples, and how load.py prepares them."""

    file: str
    samples: str
    kind: str
    size: int = 0  # images are scaled up to it, where it is not 0


RECIPES = {
    "mobilenet_v2": Recipe("mobilenet_v2_1.0_224.onnx", "imagenet", "tf"),
    "mobilenet_v1": Recipe("mobilenet_v1_0.75_224.onnx", "imagenet", "tf"),
    "squeezenet": Recipe("squeezenet1.1.onnx", "imagenet", "torch"),
    "resnet50v2_trunk": Recipe("resnet50v2_trunk_cifar10.onnx", "cifar10", "torch", 224),
    "resnet20": Recipe("cifar10_resnet20.onnx", "cifar10", "torch"),
    "resnet56": Recipe("cifar10_resnet56.onnx", "cifar10", "torch"),
    "lenet": Recipe("mnist_lenet.onnx", "mnist", "unit"),
}


def digits():
    """The digits network of this folder."""
    return Network(HERE / "digits.onnx", data.calibration_samples(CALIBRATION_SAMPLES), *data.test_samples())


def shared_network(recipe, models):
    """A network of the folder `models`, read by the load.py there."""
    spec = importlib.util.spec_from_file_location("load", models / "load.py")
    load = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(load)

    def samples(split, count):
        images, labels = getattr(load, recipe.samples)(split, count)
        if recipe.size:
            images = load.upscale(images, recipe.size)
        return load.normalize(images, recipe.kind), labels

    calibration, _ = samples("calib", CALIBRATION_SAMPLES)
    return Network(models / recipe.file, calibration, *samples("eval", TEST_SAMPLES))


def median_ms(model, seconds=1.0):
    """Median time of a run in ms, over as many as fit in about `seconds`."""
    reps = int(max(5, min(1000, seconds / max(model.time(1)))))
    return 1e3 * statistics.median(model.time(reps))


def object_bytes(model):
    return (model.folder / "model.o").stat().st_size


def float_weight_bytes(model):
    """What the weights of the layers take in f32."""
    return 4 * sum(layer.get("weight_count", 0) for layer in model.manifest["layers"])


def percent(share):
    return f"{100 * share:.2f} %"


def kilobytes(count):
    return f"{count / 1000:,.1f} kB"


def table(network, float_model, int8_model, bar):
    """Runs both models on the test samples; rows of (name, float, int8)."""
    float_figures, _ = evaluate(float_model, network.test, network.labels, progress=bar)
    int8_figures, _ = evaluate(int8_model, network.test, network.labels, float_model, progress=bar)
    bar.stage("timing")
    float_ms, int8_ms = median_ms(float_model), median_ms(int8_model)
    weights, code = float_weight_bytes(float_model), object_bytes(int8_model)
    return [
        (f"top-1 on {len(network.test)} samples", percent(float_figures["top1"]), percent(int8_figures["top1"])),
        ("same answer as float", "", percent(int8_figures["agreement"])),
        ("SQNR of the logits", "", f"{int8_figures['sqnr_db']:.1f} dB"),
        ("weights in f32, object file in int8", kilobytes(weights), f"{kilobytes(code)} ({weights / code:.2f} times smaller)"),
        ("arena", kilobytes(float_model.manifest["arena_bytes"]), kilobytes(int8_model.manifest["arena_bytes"])),
        ("latency, one thread", f"{float_ms:.4f} ms", f"{int8_ms:.4f} ms ({float_ms / int8_ms:.2f} times faster)"),
    ]


def print_table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def demonstrate(network, output):
    """Compiles the network in float and int8 below `output`, prints the table, and puts the report beside them."""
    with progress() as bar:
        bar.stage("compiling in float")
        float_model = nnq.compile(network.path, quantization=nnq.Float(), output=output / "float")
        bar.stage("calibrating and compiling in int8")
        int8_model = nnq.compile(network.path, calibration=network.calibration, output=output / "int8")
        rows = table(network, float_model, int8_model, bar)
    shutil.copyfile(output / "int8" / "report.html", output / "report.html")
    print(f"{network.path.name}, calibrated on {len(network.calibration)} samples, compiled for {int8_model.manifest['target']}\n")
    print_table([("", "float", "int8"), *rows])
    print(f"\nLayer by layer: {output / 'report.html'}; to link into a program: {output / 'int8'}/model.o and model.h")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Quantize, compile and run a network.")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("demo-out"), help="The folder to write.")
    parser.add_argument("--network", choices=["digits", *RECIPES], default="digits")
    parser.add_argument("--models", type=pathlib.Path, default=MODELS, help="The folder with the networks other than digits.")
    arguments = parser.parse_args()
    if arguments.network != "digits" and not (arguments.models / "load.py").is_file():
        parser.error(f"--network {arguments.network} needs the folder of models; {arguments.models} has no load.py")
    return arguments


def main():
    arguments = parse_arguments()
    if arguments.network == "digits":
        network = digits()
    else:
        network = shared_network(RECIPES[arguments.network], arguments.models)
    try:
        demonstrate(network, arguments.output)
    except nnq.Error as error:
        sys.exit(f"demo: error: {error}")
    if arguments.network == "digits" and (arguments.models / "load.py").is_file():
        print(f"More networks, from {arguments.models}: --network {' | '.join(RECIPES)}")


if __name__ == "__main__":
    main()
