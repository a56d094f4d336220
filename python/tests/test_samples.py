"""Sample data is checked before anything runs; each error names the array, what was expected and what was found."""

import numpy as np
import pytest

import nnq
from nnq.model import Tensor
from nnq.samples import load_samples, spread

IMAGE = Tensor("image", (1, 3, 4, 4), "f32")
MASK = Tensor("mask", (1, 2), "f32")


def images(count=5, dtype=np.float32):
    return np.arange(count * 48).reshape(count, 3, 4, 4).astype(dtype)


def test_the_batch_axis_may_be_left_out_or_not():
    without, with_axis = load_samples(images(), [IMAGE]), load_samples(images()[:, None], [IMAGE])
    assert len(without) == len(with_axis) == 5
    assert without[3][0].shape == (1, 3, 4, 4)
    np.testing.assert_array_equal(without[3][0], with_axis[3][0])
    np.testing.assert_array_equal(without[3][0][0], images()[3])


def test_a_batch_that_is_not_one_belongs_to_the_sample():
    pair = Tensor("pair", (2, 3), "f32")
    assert load_samples(np.zeros((7, 2, 3), np.float32), [pair])[0][0].shape == (2, 3)


@pytest.mark.parametrize(
    "array, message",
    [
        (images(dtype=np.float64), "array 'image': expected float32, found float64"),
        (images(dtype=np.uint8), "expected float32, found uint8"),
        (images()[:, :, :3], "expected shape Nx3x4x4, found 5x3x3x4"),
        (images()[:0], "holds no samples"),
        (np.float32(1), "expected shape"),
    ],
)
def test_a_wrong_type_or_shape_is_named(array, message):
    with pytest.raises(nnq.DataError, match=message):
        load_samples(array, [IMAGE])


@pytest.mark.parametrize("value, text", [(np.nan, "nan"), (np.inf, "inf")])
def test_a_value_that_is_not_finite_is_named_with_its_place(value, text):
    array = images()
    array[3, 1, 2, 0] = value
    with pytest.raises(nnq.DataError, match=rf"array 'image': expected finite values, found {text} at \[3, 1, 2, 0\], in sample 3"):
        load_samples({"image": array}, [IMAGE])


def test_names_that_do_not_fit_are_named_with_those_that_do():
    with pytest.raises(nnq.DataError, match="no array 'image'; found 'picture', the network takes 'image'"):
        load_samples({"picture": images()}, [IMAGE])
    with pytest.raises(nnq.DataError, match="array 'mask' is no input"):
        load_samples({"image": images(), "mask": images()}, [IMAGE])


def test_inputs_need_the_same_number_of_samples():
    with pytest.raises(nnq.DataError, match="found 5 of 'image', 4 of 'mask'"):
        load_samples({"image": images(), "mask": np.zeros((4, 2), np.float32)}, [IMAGE, MASK])


def test_one_array_is_not_enough_for_two_inputs(tmp_path):
    np.save(tmp_path / "x.npy", images())
    with pytest.raises(nnq.DataError, match="the network takes 'image', 'mask'"):
        load_samples(tmp_path / "x.npy", [IMAGE, MASK])


def test_an_npz_file_is_read_by_name(tmp_path):
    np.savez(tmp_path / "x.npz", image=images(), mask=np.zeros((5, 1, 2), np.float32))
    assert [array.shape for array in load_samples(tmp_path / "x.npz", [IMAGE, MASK])[4]] == [(1, 3, 4, 4), (1, 2)]


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x01\x00", b"PK\x03\x04broken"])
def test_a_damaged_file_is_an_error_with_its_path(tmp_path, content):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(nnq.DataError, match="x.npz: not a .npy or .npz file"):
        load_samples(tmp_path / "x.npz", [IMAGE])


def test_an_array_of_objects_is_not_unpickled(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}], object))
    with pytest.raises(nnq.DataError, match="plain arrays"):
        load_samples(tmp_path / "x.npy", [IMAGE])


def test_some_of_many_are_spread_evenly():
    assert spread(10, 4) == [0, 2, 5, 7]
    assert spread(3, 4) == [0, 1, 2]
