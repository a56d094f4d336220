"""Models compiled for several threads: the same bits as on one, in Python and from C with a parallel-for of its own."""

import concurrent.futures
import os
import shutil
import subprocess

import numpy as np
import pytest
from conftest import DIGITS, save_onnx
from onnx import helper

import nnq
from nnq.bench import bench

OWN_PARALLEL_FOR = r"""
#include "model.h"
#include "model.h" /* the guard holds */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Iterations one by one, the last first: what one iteration needs of another would show. */
static void backwards(void *pool, nnq_task task, void *args, int64_t count) {
  ++*(int *)pool;
  for (int64_t i = count; i-- > 0;)
    task(args, i, i + 1);
}

int main(void) {
  static _Alignas(64) unsigned char arena[MODEL_ARENA_BYTES];
  static float x[X_SIZE], expected[Y_SIZE], y[Y_SIZE];
  int calls = 0;
  for (int i = 0; i < X_SIZE; ++i)
    x[i] = (float)((i * 2654435761u >> 8) % 1000) / 500 - 1;
  model_run(x, expected, arena);
  memset(arena, 0xff, sizeof arena);
  model_run_parallel(x, y, arena, backwards, &calls);
  printf("%d", calls);
  return memcmp(y, expected, sizeof y) != 0;
}
"""


@pytest.fixture(scope="module")
def conv_net(tmp_path_factory):
    """Convolutions with and without groups, at sizes that leave a rest of every tile, pooling, a sum, concatenation, softmax.

    The input has the name of another argument in C.
    """
    random = np.random.default_rng(3)
    shapes = {"w0": (96, 3, 3, 3), "w1": (96, 96, 1, 1), "w2": (96, 1, 3, 3), "w3": (72, 192, 3, 3), "w4": (80, 72)}
    weights = {name: (random.standard_normal(s) / np.sqrt(np.prod(s[1:]))).astype(np.float32) for name, s in shapes.items()}
    node = helper.make_node
    nodes = [
        node("Conv", ["pool", "w0"], ["c0"], pads=[1, 1, 1, 1], name="first"),
        node("Relu", ["c0"], ["r0"]),
        node("Conv", ["r0", "w1"], ["c1"], name="pointwise"),
        node("Conv", ["c1", "w2"], ["c2"], pads=[1, 1, 1, 1], group=96, name="depthwise"),
        node("Add", ["c2", "r0"], ["s"], name="residual"),
        node("Concat", ["s", "c1"], ["cat"], axis=1, name="concat"),
        node("MaxPool", ["cat"], ["p"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], name="pool"),
        node("Conv", ["p", "w3"], ["c3"], strides=[2, 2], name="strided"),
        node("GlobalAveragePool", ["c3"], ["a"], name="average"),
        node("Flatten", ["a"], ["f"]),
        node("Gemm", ["f", "w4"], ["g"], transB=1, name="dense"),
        node("Softmax", ["g"], ["y"], axis=1, name="softmax"),
    ]
    return save_onnx(tmp_path_factory.mktemp("conv") / "conv.onnx", nodes, {"pool": [1, 3, 45, 37]}, {"y": [1, 80]}, weights)


@pytest.fixture(scope="module")
def conv_samples():
    return np.random.default_rng(4).standard_normal((8, 3, 45, 37)).astype(np.float32)


@pytest.fixture(scope="module", params=["float", "int8"])
def conv_models(request, tmp_path_factory, conv_net, conv_samples):
    """The network on 1, 2 and 3 threads."""
    quantization, calibration = (nnq.Float(), None) if request.param == "float" else (nnq.Int8(), conv_samples)
    folder = tmp_path_factory.mktemp("threads")
    return [
        nnq.compile(conv_net, calibration, quantization=quantization, threads=threads, output=folder / str(threads)) for threads in (1, 2, 3)
    ]


def test_any_number_of_threads_computes_the_same_bits(conv_models, conv_samples):
    one, *others = conv_models
    for x in conv_samples:
        expected = one(x[None])
        for model in others:
            np.testing.assert_array_equal(model(x[None]), expected)


def test_digits_on_two_threads_have_the_bits_of_one(digits, digits_float, digits_int8):
    for one, calibration in ((digits_float, None), (digits_int8, digits[0])):
        two = nnq.compile(DIGITS / "digits.onnx", calibration, quantization=None if calibration is not None else nnq.Float(), threads=2)
        for image in digits[1][:50]:
            np.testing.assert_array_equal(two(image[None]), one(image[None]))


def test_the_manifest_names_the_parallel_function(conv_models):
    one, two, three = conv_models
    assert "parallel_symbol" not in one.manifest and one.manifest["threads"] == 1
    assert (two.manifest["parallel_symbol"], two.threads) == ("model_run_parallel", 2)
    assert bench(three.folder, reps=3)["threads"] == 3
    assert "nnq_parallel_for" not in (one.folder / "model.h").read_text()


def test_two_pools_run_at_once_and_one_is_shared(conv_models, conv_samples):
    one, two, three = conv_models
    expected = [one(x[None]) for x in conv_samples]

    def run(model):
        for _ in range(10):
            for x, y in zip(conv_samples, expected):
                np.testing.assert_array_equal(model(x[None]), y)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(run, model) for model in (two, three, two, three)]:
            done.result()


def test_a_forked_process_starts_threads_of_its_own(conv_models, conv_samples):
    _, two, _ = conv_models
    expected = two(conv_samples[:1])
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(two(conv_samples[:1]), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0


C_COMPILER = next(filter(shutil.which, ("cc", "clang-22")), None)


@pytest.mark.skipif(not C_COMPILER, reason="no C compiler")
def test_a_c_program_runs_a_model_with_its_own_parallel_for(tmp_path, conv_models):
    model = conv_models[1]
    source, program = tmp_path / "main.c", tmp_path / "main"
    source.write_text(OWN_PARALLEL_FOR)
    sizes = [f"-D{name}_SIZE={np.prod(tensor.shape)}" for name, tensor in (("X", model.inputs[0]), ("Y", model.outputs[0]))]
    command = [C_COMPILER, "-std=c11", "-Wall", "-Werror", *sizes, f"-I{model.folder}", source, model.folder / "model.o", "-lm", "-o", program]
    subprocess.run(command, check=True)
    done = subprocess.run([program], capture_output=True, text=True)
    assert done.returncode == 0 and int(done.stdout) >= 5
