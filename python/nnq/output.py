"""An output folder that is there in full or not at all."""

import contextlib
import os
import pathlib
import shutil
import tempfile

from .errors import Error

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
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir()
    return missing


def _replace(folder, new):
    """Puts `new` in the place of `folder`."""
    if not folder.exists():
        os.rename(new, folder)
        return
    old = tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".old", dir=folder.parent)
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


def replace_file(path, text):
    """Writes a text file, whole or not at all. Error: the path and what the system said."""
    path = pathlib.Path(path)
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Error(f"{path}: cannot be written: {error.strerror or error}") from None


@contextlib.contextmanager
def atomic_folder(folder):
    """Yields an empty folder beside `folder`, and puts it there when the body has succeeded.

    An earlier output of nnq is replaced. After an exception nothing is left, and what was there still is. Error: the
    place is taken, or the system cannot write there.
    """
    folder = pathlib.Path(os.path.abspath(folder))
    _check_replaceable(folder)
    made, temporary, done = [], None, False
    try:
        made = _make_parents(folder.parent)
        temporary = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
        os.chmod(temporary, 0o755)
        yield temporary
        _replace(folder, temporary)
        done = True
    except OSError as error:
        raise Error(f"{folder}: cannot be written: {error.strerror or error}") from None
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        if not done:
            for path in made:
                with contextlib.suppress(OSError):
                    path.rmdir()
