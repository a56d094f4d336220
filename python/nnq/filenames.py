"""Names of tensors as names of files."""

import os
import unicodedata

LONGEST = 200
"""Bytes of a name that are kept: file systems take 255, and something may be added."""


def shortened(text):
    """The beginning of a text that has LONGEST bytes at most."""
    return os.fsencode(text)[:LONGEST].decode(errors="ignore")


def plain(name):
    """A name that one file in a folder can have: without slashes and what is not printed, not hidden, not empty, and short."""
    text = "".join(c if c.isprintable() and c != "/" else "_" for c in name)
    return shortened("_" + text[1:] if text.startswith(".") else text) or "_"


def unique(names):
    """For each of the names a name of a file, no two alike, on file systems that ignore case too. Names that will do stay."""
    taken, found = set(), {}
    for index in sorted(range(len(names)), key=lambda index: plain(names[index]) != names[index]):
        base = candidate = plain(names[index])
        number = 1
        while (key := unicodedata.normalize("NFC", candidate).casefold()) in taken:
            number += 1
            candidate = f"{base}_{number}"
        taken.add(key)
        found[index] = candidate
    return [found[index] for index in range(len(names))]
