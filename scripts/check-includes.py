#!/usr/bin/python3
"""Fails where a lower library of nnq includes an upper one, with the file, the line and the two libraries.

The libraries are the rows of LIBRARIES, lowest first. A file belongs to the first library that its path, below
include/nnq or lib, matches. A library may include itself and what stands below it, unless its row says `only`.
"""

import argparse
import fnmatch
import os
import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    name: str
    folders: tuple  # patterns of paths below include/nnq and lib
    only: tuple = None  # the other libraries that it may include, where that is not "all below"
    forbidden: tuple = ()  # headers of other projects that it may not include


LIBRARIES = (
    Library("Quantization", ("Quantization",), forbidden=("mlir/", "mlir-c/")),
    Library("Dialect", ("Dialect",)),
    Library("Target", ("Target",)),
    # The oracle of the execution tests shares no code with what it judges.
    Library("Reference", ("Reference",), only=("Dialect",)),
    Library("Codegen", ("Codegen",)),
    Library("VectorTo", ("Conversion/VectorTo*",)),
    Library("NNQToLinalg", ("Conversion/NNQTo*",)),
    Library("Transforms", ("Transforms",)),
    Library("ToNNQ", ("Conversion/*ToNNQ",)),
    Library("Import", ("Import",)),
    Library("Export", ("Export",)),
    Library("Runtime", ("Runtime",), only=()),
    Library("Compiler", ("Compiler",)),
    Library("CAPI", ("CAPI",)),
)

SOURCES = (".h", ".hpp", ".cpp", ".c", ".inc", ".td", ".def")
INCLUDE = re.compile(r'^\s*#?\s*include\s+["<]([^">]+)[">]')


def library_of(path):
    """Index of the library that holds `path` ('Dialect/NNQ/IR/NNQOps.h'), or None."""
    parts = path.split("/")
    for index, library in enumerate(LIBRARIES):
        for folder in library.folders:
            if fnmatch.fnmatchcase("/".join(parts[: folder.count("/") + 1]), folder):
                return index
    return None


def sources(root):
    """Yields (file, path below include/nnq or lib)."""
    for base in ("include/nnq", "lib"):
        for folder, subfolders, names in os.walk(os.path.join(root, base)):
            subfolders.sort()
            for name in sorted(names):
                if name.endswith(SOURCES):
                    file = os.path.join(folder, name)
                    yield file, os.path.relpath(file, os.path.join(root, base))


def included_path(root, file, text):
    """What an include names, below include/nnq or lib; None for headers of other projects."""
    if text.startswith("nnq/"):
        return text[len("nnq/") :]
    neighbour = os.path.normpath(os.path.join(os.path.dirname(file), text))
    for base in ("include/nnq", "lib", "tools", "python"):
        inside = os.path.join(root, base) + "/"
        if neighbour.startswith(inside) and os.path.exists(neighbour):
            return neighbour[len(inside) :] if base in ("include/nnq", "lib") else f"{base}/{neighbour[len(inside):]}"
    return None


def violations(root):
    """Yields (file, line, message)."""
    for file, path in sources(root):
        own = library_of(path)
        if own is None:
            if "/" in path:
                yield file, 1, f"folder '{os.path.dirname(path)}' is in no library; add it to LIBRARIES in scripts/check-includes.py"
            continue
        library = LIBRARIES[own]
        with open(file, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                text = match.group(1)
                if text.startswith(library.forbidden):
                    yield file, number, f"library {library.name} includes '{text}', but it is free of {text.split('/')[0]}"
                    continue
                target = included_path(root, file, text)
                if target is None:
                    continue
                other = library_of(target)
                if other is None:
                    yield file, number, f"library {library.name} includes '{text}', which is in no library"
                elif other != own and library.only is not None and LIBRARIES[other].name not in library.only:
                    allowed = f"only {', '.join(library.only)}" if library.only else "nothing else of nnq"
                    yield file, number, f"library {library.name} includes '{text}' of library {LIBRARIES[other].name}, but it may include {allowed}"
                elif other > own:
                    yield file, number, f"library {library.name} includes '{text}' of the upper library {LIBRARIES[other].name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."), help="The tree to read.")
    parser.add_argument("--list", action="store_true", help="Print the libraries, lowest first, and stop.")
    args = parser.parse_args()
    if args.list:
        for library in LIBRARIES:
            print(f"{library.name}: {', '.join(library.folders)}" + ("" if library.only is None else f" (includes only: {', '.join(library.only) or 'itself'})"))
        return 0

    root = os.path.abspath(args.root)
    read = sum(1 for _ in sources(root))
    if read == 0:
        print(f"error: no sources in {root}/include/nnq or {root}/lib", file=sys.stderr)
        return 1
    found = list(violations(root))
    for file, line, message in found:
        print(f"{os.path.relpath(file, root)}:{line}: error: {message}", file=sys.stderr)
    if not found:
        print(f"{read} files, each library includes only lower ones")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
