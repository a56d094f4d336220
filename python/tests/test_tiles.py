"""A user's register tiles: taken where they fit, refused in words where not; results stay."""

import json

import nnq
import numpy as np
import pytest
from nnq.compiler import Job, compile_to_folder

NETWORK = """
!x = !quant.uniform<u8:f32, 5.0e-01:128>
!w = !quant.uniform<i8:f32, 2.5e-01>
func.func @main(%x: tensor<8x64x!x> {nnq.name = "x"}) -> (tensor<8x96xf32> {nnq.name = "y"}) {
  %w = nnq.constant dense<3> : tensor<96x64xi8> -> tensor<96x64x!w>
  %0 = nnq.fully_connected %x, %w : tensor<8x64x!x>, tensor<96x64x!w> -> tensor<8x96xf32> loc("fc")
  return %0 : tensor<8x96xf32>
}
"""


@pytest.fixture
def network(tmp_path):
    (tmp_path / "network.mlir").write_text(NETWORK)
    return tmp_path / "network.mlir"


def compile_with(network, tiles, target="native", folder="out"):
    file = None
    if tiles is not None:
        file = network.parent / "tiles of a user.json"
        file.write_text(json.dumps(tiles))
    return nnq.compile(network, target=target, tiles=file, output=network.parent / folder)


def test_a_tile_changes_the_code_and_no_result(network):
    chosen, given = compile_with(network, None, folder="a"), compile_with(network, {"fc": {"rows": 1, "columns": 1}}, folder="b")
    assert (network.parent / "a/model.o").read_bytes() != (network.parent / "b/model.o").read_bytes()
    x = np.arange(8 * 64, dtype=np.uint8).reshape(8, 64)
    assert np.array_equal(chosen(x), given(x))


def test_the_printed_pipeline_names_the_file(network):
    tiles = network.parent / "tiles.json"
    tiles.write_text('{"fc": {"rows": 2, "columns": 1}}')
    result = compile_to_folder(Job(network, target="x86-avx2", tiles=tiles), network.parent / "out")
    assert f"tiles={tiles}" in result.pipeline


@pytest.mark.parametrize("tiles, message", [
    ({"conv": {"rows": 1, "columns": 1}}, "no product is called 'conv'"),
    ({"fc": {"rows": 9, "columns": 1}}, "the innermost loop over rows has 8"),
    ({"fc": {"rows": 6, "columns": 3}}, "its sums take 18 registers"),
    ({"fc": 6}, "must be like"),
])
def test_what_does_not_fit_is_refused(network, tiles, message):
    with pytest.raises(nnq.Error, match=message):
        compile_with(network, tiles, "x86-avx2")
