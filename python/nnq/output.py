"""An output folder that is there in full or not at all."""

import contextlib
import os
import pathlib
import shutil
import tempfile

from .errors import Error
from .filenames import shortened
from .interruption import finished_first, made, temporary_folder

MANIFEST = "manifest.json"


def _check_replaceable(folder):
    """Error unless nothing, an empty folder, or an earlier output is at `folder`: other people's files stay."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise Error(f"{folder}: is a file; name a folder that does not exist yet")
    if any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise Error(f"{folder}: exists and is no output of nnq; name another folder, or remove it")


def _make_parents(folder):
    """Makes `folder` and what stands above it; returns the ones that were missing, innermost first."""
    missing, made = [], []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    try:
        for path in reversed(missing):
            path.mkdir()
            made.insert(0, path)
    except OSError:
        _remove_empty(made)
        raise
    return made


def _remove_empty(folders):
    for path in folders:
        with contextlib.suppress(OSError):
            path.rmdir()


def _replace(folder, new):
    """Puts `new` in the place of `folder`."""
    if not folder.exists():
        os.rename(new, folder)
        return
    old = tempfile.mkdtemp(prefix=f".{shortened(folder.name)}.", suffix=".old", dir=folder.parent)
    os.rename(folder, os.path.join(old, "previous"))
    try:
        os.rename(new, folder)
    except OSError:
        os.rename(os.path.join(old, "previous"), folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def check_writable(path):
    """Error unless a file can be written at `path`: said before the hours that it takes to find what goes into it."""
    path = pathlib.Path(os.path.abspath(path))
    if path.is_dir():
        raise Error(f"{path}: is a folder; name a file")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror or error}") from None


@contextlib.contextmanager
def atomic_file(path):
    """Yields a file for bytes that takes the place of `path` when the body has succeeded. Error: the path and what the system said."""
    path = pathlib.Path(path)
    try:
        with made(lambda: _open_beside(path), _discard) as file:
            yield file
            file.close()
            os.replace(file.name, path)
    except OSError as error:
        raise Error(f"{path}: cannot be written: {error.strerror or error}") from None


def _open_beside(path):
    """A new file, which ends where it is closed."""
    file = tempfile.NamedTemporaryFile(prefix=f".{shortened(path.name)}.", suffix=".tmp", dir=path.parent, delete=False)
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(file.name, 0o666 & ~mask)
    return file


def _discard(file):
    file.close()
    with contextlib.suppress(OSError):
        os.remove(file.name)


def replace_file(path, text):
    """Writes a text file, whole or not at all. Error: as above."""
    with atomic_file(path) as file:
        file.write(text.encode())


@contextlib.contextmanager
def atomic_folder(folder):
    """Yields an empty folder beside `folder`, and puts it there when the body has succeeded.

    An earlier output of nnq is replaced. After an exception or a signal nothing is left, and what was there still is. Error: the
    place is taken, or the system cannot write there.
    """
    folder = pathlib.Path(os.path.abspath(folder))
    _check_replaceable(folder)
    try:
        with (
            made(lambda: _make_parents(folder.parent), _remove_empty) as parents,
            temporary_folder(prefix=f".{shortened(folder.name)}.", suffix=".tmp", dir=folder.parent) as temporary,
        ):
            os.chmod(temporary, 0o755)
            yield temporary
            with finished_first():
                _replace(folder, temporary)
                parents.clear()
    except OSError as error:
        raise Error(f"{folder}: cannot be written: {error.strerror or error}") from None
