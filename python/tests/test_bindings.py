"""The extension module: errors arrive as exceptions, pipelines run, statistics and the reference answer."""

import numpy as np
import pytest

import nnq

TEXT = """
module { func.func @main(%x: tensor<1x4xf32> {nnq.name = "x"}) -> (tensor<1x4xf32> {nnq.name = "y"}) {
  return %x : tensor<1x4xf32>
} }
"""


def test_a_syntax_error_has_its_place(tmp_path):
    (tmp_path / "bad.mlir").write_text("func.func @main(")
    with pytest.raises(nnq.CompileError, match=r"bad.mlir:1:\d+: "):
        nnq.Module.parse_file(str(tmp_path / "bad.mlir"))


def test_an_unknown_pass_is_named():
    with pytest.raises(nnq.CompileError, match="nnq-no-such-pass"):
        nnq.Module.parse(TEXT).run_pipeline("nnq-no-such-pass")


def test_a_module_describes_its_inputs_and_outputs():
    module = nnq.Module.parse(TEXT)
    assert [(t.name, t.shape, t.type) for t in (*module.inputs, *module.outputs)] == [("x", [1, 4], "f32"), ("y", [1, 4], "f32")]
    assert not module.is_quantized


def test_bytecode_is_read_back(tmp_path):
    module = nnq.Module.parse(TEXT)
    module.write_bytecode(str(tmp_path / "m.mlirbc"))
    assert nnq.Module.parse_file(str(tmp_path / "m.mlirbc")).to_text() == module.to_text()


def test_a_full_disk_is_an_error_that_names_the_file():
    with pytest.raises(nnq.Error, match="/dev/full: No space left"):
        nnq.Module.parse(TEXT).write_bytecode("/dev/full")


def test_a_clone_is_independent(gemm):
    module = nnq.Module.import_onnx(str(gemm))
    copy = module.clone()
    copy.run_pipeline("nnq-prepare-pipeline,nnq-observe-pipeline")
    assert len(copy.outputs) > len(module.outputs) == 1


def test_the_reference_computes_the_network(gemm, gemm_weights, gemm_samples):
    x = gemm_samples[:1]
    (y,) = nnq.Module.import_onnx(str(gemm)).interpret([x])
    np.testing.assert_allclose(y, np.maximum(x @ gemm_weights["w"].T + gemm_weights["b"], 0), rtol=1e-5, atol=1e-6)


def test_shards_of_a_calibration_merge_to_the_same_bytes(tmp_path, gemm_samples):
    whole, first, second = nnq.Calibration(), nnq.Calibration(), nnq.Calibration()
    for index, values in enumerate(gemm_samples):
        whole.observe("x", values, index)
        (first if index % 3 else second).observe("x", values, index)
    second.merge(first)
    whole.write(str(tmp_path / "whole.json"))
    second.write(str(tmp_path / "merged.json"))
    assert (tmp_path / "whole.json").read_bytes() == (tmp_path / "merged.json").read_bytes()
    assert nnq.Calibration.read(str(tmp_path / "merged.json")) == whole
    assert whole.names == ["x"] and whole.range("x") == (gemm_samples.min(), gemm_samples.max())
    with pytest.raises(nnq.Error, match="sample"):
        whole.merge(first)


def test_a_nan_in_a_tensor_is_named():
    with pytest.raises(nnq.Error, match="tensor 'conv1' in sample 7: .*NaN|tensor 'conv1' in sample 7: .*nan"):
        nnq.Calibration().observe("conv1", np.array([1, np.nan], np.float32), 7)


def test_a_float64_array_is_not_converted_silently():
    with pytest.raises(TypeError):
        nnq.Calibration().observe("x", np.zeros(3), 0)


def test_the_table_of_targets_is_known():
    assert {"x86-avx512vnni", "x86-avx2", "aarch64-neon"} <= set(nnq.targets())
