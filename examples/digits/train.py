"""Trains the digits network in plain NumPy and writes it as digits.onnx.

The result is the same bits on every run with the same NumPy and BLAS. The test images are looked at once,
after the last epoch.

    OPENBLAS_NUM_THREADS=1 python3 train.py [--epochs N] [-o digits.onnx]
"""

import argparse
import pathlib
import time

import numpy as np
import onnx
from onnx import TensorProto, helper

import data
from layers import (
    BatchNorm,
    Chain,
    Conv3x3,
    DepthwiseConv3x3,
    Gemm,
    GlobalAveragePool,
    MaxPool2x2,
    OnnxGraph,
    PointwiseConv,
    Relu,
    Relu6,
    Residual,
)

SEED = 1
EPOCHS = 40
BATCH = 64
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-2
LABEL_SMOOTHING = 0.05
CLASSES = 10


def digits_network(rng):
    """The network: (N, 8, 8, 1) -> (N, 10)."""
    block = Chain(
        Conv3x3("block.conv1", rng, 64, 64),
        BatchNorm("block.bn1", 64),
        Relu("block.relu1"),
        Conv3x3("block.conv2", rng, 64, 64),
        BatchNorm("block.bn2", 64),
    )
    return Chain(
        Conv3x3("conv1", rng, 1, 32, needs_dx=False),
        BatchNorm("bn1", 32),
        Relu("relu1"),
        Conv3x3("conv2", rng, 32, 64),
        BatchNorm("bn2", 64),
        Relu("relu2"),
        MaxPool2x2("pool"),
        Residual("block.add", block),
        Relu("block.relu2"),
        DepthwiseConv3x3("depthwise", rng, 64),
        BatchNorm("bn3", 64),
        Relu6("relu6"),
        PointwiseConv("pointwise", rng, 64, 128),
        BatchNorm("bn4", 128),
        Relu("relu4"),
        GlobalAveragePool("average"),
        Gemm("dense1", rng, 128, 128),
        Relu("relu5"),
        Gemm("logits", rng, 128, CLASSES),
    )


class Adam:
    """Adam with decoupled weight decay on everything but biases and scales."""

    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self, network):
        self.layers = [layer for layer in network.leaves() if layer.params]
        self.moments = [
            {key: (np.zeros_like(value), np.zeros_like(value)) for key, value in layer.params.items()}
            for layer in self.layers
        ]
        self.steps = 0

    def step(self, rate):
        self.steps += 1
        first_rate = np.float32(rate / (1 - self.BETA1**self.steps))
        second_scale = np.float32(1 / (1 - self.BETA2**self.steps))
        for layer, moments in zip(self.layers, self.moments):
            for key, value in layer.params.items():
                grad, (first, second) = layer.grads[key], moments[key]
                first += np.float32(1 - self.BETA1) * (grad - first)
                second += np.float32(1 - self.BETA2) * (grad * grad - second)
                if value.ndim > 1:
                    value *= np.float32(1 - rate * WEIGHT_DECAY)
                value -= first_rate * first / (np.sqrt(second * second_scale) + np.float32(self.EPSILON))


def learning_rate(progress):
    """A short warm-up, then half a cosine down to zero; `progress` runs from 0 to 1."""
    return LEARNING_RATE * min(1, progress / 0.05) * 0.5 * (1 + np.cos(np.pi * progress))


def shifted(images, rng):
    """Moves each of (N, H, W, C) by -1, 0 or 1 pixel along both axes, with zeros coming in."""
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    offsets = rng.integers(0, 3, (len(images), 2))
    return np.stack([one[y : y + height, x : x + width] for one, (y, x) in zip(padded, offsets)])


def cross_entropy(logits, labels):
    """The mean loss over (N, 10) logits with smoothed labels, and its gradient."""
    target = np.full(logits.shape, LABEL_SMOOTHING / CLASSES, np.float32)
    target[np.arange(len(labels)), labels] += np.float32(1 - LABEL_SMOOTHING)
    logits = logits - logits.max(1, keepdims=True)
    log_softmax = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    return -(target * log_softmax).sum(1).mean(), (np.exp(log_softmax) - target) / np.float32(len(labels))


def to_nhwc(images):
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))


def top1(network, images, labels):
    """The share of (N, 8, 8, 1) images whose largest logit is the label's."""
    return float((network.forward(images, training=False).argmax(1) == labels).mean())


def train(network, images, labels, epochs, rng):
    """Trains on (N, 8, 8, 1) images for `epochs` rounds."""
    optimizer = Adam(network)
    batches = len(images) // BATCH
    for epoch in range(epochs):
        order, losses = rng.permutation(len(images)), []
        for batch in range(batches):
            chosen = order[batch * BATCH : (batch + 1) * BATCH]
            logits = network.forward(shifted(images[chosen], rng), training=True)
            loss, gradient = cross_entropy(logits, labels[chosen])
            network.backward(gradient)
            optimizer.step(learning_rate((epoch + (batch + 1) / batches) / epochs))
            losses.append(loss)
        print(f"epoch {epoch + 1:2}/{epochs}  loss {np.mean(losses):.4f}", flush=True)


def to_onnx(network):
    """The network as a checked ONNX model of batch 1."""
    graph = OnnxGraph()
    result = network.to_onnx(graph, data.INPUT_NAME)
    image = helper.make_tensor_value_info(data.INPUT_NAME, TensorProto.FLOAT, [1, 1, 8, 8])
    logits = helper.make_tensor_value_info(result, TensorProto.FLOAT, [1, CLASSES])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "digits", [image], [logits], graph.weights),
        producer_name="nnq examples/digits",
        ir_version=8,
        opset_imports=[helper.make_opsetid("", 13)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    default = pathlib.Path(__file__).with_name("digits.onnx")
    parser = argparse.ArgumentParser(description="Train the digits network and write it as ONNX.")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("-o", "--output", type=pathlib.Path, default=default)
    args = parser.parse_args()

    start = time.monotonic()
    rng = np.random.default_rng(SEED)
    network = digits_network(rng)
    train_images, train_labels, test_images, test_labels = data.load_split()
    train_images, test_images = to_nhwc(train_images), to_nhwc(test_images)
    train(network, train_images, train_labels, args.epochs, rng)
    args.output.write_bytes(to_onnx(network).SerializeToString())

    parameters = sum(value.size for layer in network.leaves() for value in layer.params.values())
    print(f"{parameters} parameters, trained in {time.monotonic() - start:.0f} s")
    print(f"top-1 on the training images: {top1(network, train_images, train_labels):.4f}")
    print(f"top-1 on the test images: {top1(network, test_images, test_labels):.4f}")


if __name__ == "__main__":
    main()
