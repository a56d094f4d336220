"""What compiling costs grows with the network, and not faster."""

import sys
import time

import pytest
from conftest import ROOT

import nnq
from nnq import loaded, pipelines
from nnq.stages import Stages

sys.path.insert(0, str(ROOT / "benchmarks"))
import chains  # noqa: E402

FEW, MANY = 150, 600
TRIES = 3


def imported(kind, nodes):
    return nnq.Module.import_onnx_bytes(chains.model(kind, nodes).SerializeToString(), kind)


def compile_float(module):
    module.run_pipeline(pipelines.PREPARE)
    module.compile("x86-avx2")


def compile_stages(module):
    """What calibration and tuning compile."""
    module.run_pipeline(pipelines.PREPARE)
    module.run_pipeline(pipelines.INSERT_OBSERVERS)
    Stages(module, compile=lambda split: split.compile_functions("x86-avx2").functions).compiled(0)


def seconds(kind, nodes, compile):
    model = chains.model(kind, nodes).SerializeToString()
    start = time.process_time()
    compile(nnq.Module.import_onnx_bytes(model, kind))
    return time.process_time() - start


@pytest.mark.parametrize("compile", [compile_float, compile_stages], ids=["network", "stages"])
@pytest.mark.parametrize("kind", ["elementwise", "conv", "residual", "dense"])
def test_time_grows_no_faster_than_the_network(kind, compile):
    """Four times the nodes: 4 times the time, or less, since some of it does not grow; 16 times where it grows with the square."""
    ratios = []
    while len(ratios) < TRIES and (not ratios or min(ratios) > 1.3 * MANY / FEW):
        ratios.append(seconds(kind, MANY, compile) / seconds(kind, FEW, compile))
    assert min(ratios) <= 1.3 * MANY / FEW, ratios


def test_stages_are_compiled_together():
    module, compiled = imported("conv", 40), []
    module.run_pipeline(pipelines.PREPARE)

    def compile(split):
        compiled.append(len(split.functions))
        return loaded.load_functions(split)

    module.run_pipeline(pipelines.INSERT_OBSERVERS)
    network = Stages(module, compile)
    assert not compiled
    for stage in range(len(network.layer_names)):
        network.compiled(stage)
    assert compiled == [len(network.layer_names) + 1]
