"""The extension module `_nnq`, which is all of the compiler."""

from .errors import Error


def load_compiler():
    """It maps all of LLVM, so only what compiles or measures loads it. Error: it isn't built."""
    try:
        from . import _nnq
    except ImportError as error:
        raise Error(f"nnq's compiler cannot be loaded: {error}; build it with scripts/build.sh") from None
    return _nnq
