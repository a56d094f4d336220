"""Arguments of the public functions: what they must be, said in words where they are not."""

import os
import pathlib

from .errors import Error


def path(value, what):
    """A pathlib.Path. Error: no path, or one that no file can have here."""
    if not isinstance(value, (str, os.PathLike)) or isinstance(os.fspath(value), bytes):
        raise Error(f"{what} is a path, not {value!r}")
    text = os.fspath(value)
    if not text or "\0" in text:
        raise Error(f"{what} is a path, not {text!r}")
    if not _is_unicode(text):
        raise Error(f"{what} is a path in UTF-8, not {text!r}")
    return pathlib.Path(text)


def optional_path(value, what):
    return None if value is None else path(value, what)


def count(value, what, least, most=2**31 - 1):
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Error(f"{what} is a number from {least} on, not {value!r}")
    if value > most:
        raise Error(f"{what} is at most {most}, not {value}")
    return value


def text(value, what):
    if not isinstance(value, str) or not _is_unicode(value):
        raise Error(f"{what} is text, not {value!r}")
    return value


def _is_unicode(value):
    """Python's text may hold bytes of a path that are no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def dictionary(value, what, of):
    """{text: ...}; None is an empty one. `of` says what the values are."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(name, str) and _is_unicode(name) for name in value):
        raise Error(f"{what} is a dict of {of} by name, not {value!r}")
    return value
