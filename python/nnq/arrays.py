"""Checks of numpy arrays against the shapes and types of a network, and reading them from files."""

import pathlib

import numpy as np

from .errors import Error
from .output import atomic_file

DTYPES = {
    "f32": np.float32,
    "i8": np.int8,
    "u8": np.uint8,
    "i16": np.int16,
    "u16": np.uint16,
    "i32": np.int32,
    "u32": np.uint32,
    "i64": np.int64,
    "u64": np.uint64,
    "bool": np.bool_,
}


def shape_text(shape):
    return "x".join(map(str, shape)) or "scalar"


def dtype_of(tensor):
    """The numpy type of an input or output. Error: a type that numpy has no name for here."""
    if tensor.type not in DTYPES:
        raise Error(f"{tensor.name!r} is of type {tensor.type}; supported are {', '.join(DTYPES)}")
    return np.dtype(DTYPES[tensor.type])


def check_type(array, tensor, what, error=Error):
    """Raises `error` unless the array has exactly the tensor's element type."""
    wanted = dtype_of(tensor)
    if array.dtype != wanted:
        raise error(f"{what}: expected {wanted}, found {array.dtype}; convert it, for example by .astype(numpy.{wanted})")


def widened(array):
    """float16 as the float32 that stands for it in a compiled network; other types as they are."""
    array = np.asarray(array)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def as_array(value, what, error=Error):
    """A numpy array of what may be lists. Raises `error` where lists are of unlike lengths."""
    try:
        return np.asarray(value)
    except ValueError as reason:
        raise error(f"{what}: is no array: {reason}") from None


def as_input(array, tensor, what):
    """The array with the tensor's shape, where it has that or lacks a leading 1. Error: another shape or type."""
    array = as_array(array, what)
    check_type(array, tensor, what)
    shape = tuple(tensor.shape)
    if array.shape != shape and not (shape[:1] == (1,) and array.shape == shape[1:]):
        raise Error(f"{what}: expected shape {shape_text(shape)}, found {shape_text(array.shape)}")
    return array.reshape(shape)


def sample_count(array, tensor, what, error=Error):
    """How many samples an array of shape (N, ...) holds for a tensor; its batch axis of 1 may be left out.

    Raises `error` on another shape or type, and on no samples.
    """
    check_type(array, tensor, what, error)
    shape = tuple(tensor.shape)
    without_batch = shape[1:] if shape[:1] == (1,) else shape
    if array.ndim == 0 or array.shape[1:] not in (shape, without_batch):
        raise error(f"{what}: expected shape Nx{shape_text(without_batch)}, found {shape_text(array.shape)}")
    if len(array) == 0:
        raise error(f"{what}: holds no samples; its shape is {shape_text(array.shape)}")
    return len(array)


def real_values(stored, tensor):
    """What the numbers stand for, in float32: codes of a quantized tensor are converted."""
    return (stored.astype(np.float32) - tensor.zero_point) * np.float32(tensor.scale) if tensor.scale else stored


def convert(array, have, want):
    """A tensor `have` of one model as the tensor `want` of another: real values where that is float, else codes of its scale."""
    if (have.type, have.scale, have.zero_point) == (want.type, want.scale, want.zero_point):
        return array
    return codes(real_values(array, have), want)


def codes(real, want):
    """Real values as a tensor takes them: codes of its scale, where it has one."""
    dtype = dtype_of(want)
    if dtype.kind == "f" or not want.scale:
        return real.astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.rint(real / np.float32(want.scale)) + want.zero_point, limits.min, limits.max).astype(dtype)


def load(path):
    """An array, or a dict of arrays by name, from a .npy or .npz file. Error: anything else, with the path."""
    path = pathlib.Path(path)
    try:
        loaded = np.load(path, allow_pickle=False)
        return dict(loaded) if isinstance(loaded, np.lib.npyio.NpzFile) else loaded
    except OSError as error:
        raise Error(f"{path}: {error.strerror or error}") from None
    except Exception as error:  # numpy, zipfile and zlib each have their own for a damaged file
        raise Error(f"{path}: not a .npy or .npz file of plain arrays ({error})") from None


def read_bytes(path):
    """A file's contents. Error: the path and what the system said."""
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise Error(f"{path}: {error.strerror or error}") from None


def load_array(path):
    """One array from a .npy file. Error: not readable, or several arrays."""
    loaded = load(path)
    if isinstance(loaded, dict):
        raise Error(f"{path}: holds {len(loaded)} arrays by name; a .npy file with one is needed")
    return loaded


def save_array(path, array):
    """Writes a .npy file, whole or not at all. Error: the path and what the system said."""
    with atomic_file(path) as file:
        np.save(file, array)
