#!/usr/bin/python3
"""Fails where the reference has a formula in the words of what it judges, with both places.

A formula written once and copied agrees with itself, wrong or right. So no part of an expression of the reference of
LENGTH tokens with at least three operations, of two kinds or more, stands in JUDGED too, whatever its names are.
Coefficients, which are data of a definition, and products of sizes are no formulas.
"""

import argparse
import os
import re
import sys

REFERENCE = ("lib/Reference",)
JUDGED = ("lib/Conversion", "lib/Codegen", "lib/Dialect", "lib/Quantization", "include/nnq/Dialect", "include/nnq/Quantization")
LENGTH = 13
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*(?:[eEpP][-+]\w+)?|->|\+\+|--|::|[^\s\w]")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|^\s*#[^\n]*|\"(?:\\.|[^\"\\])*\"", re.DOTALL | re.MULTILINE)
END = set(";{}?")
OPERATIONS = set("+-*/%")


def expressions(path):
    """Yields [(token, line)] of each expression in the file."""
    with open(path, encoding="utf-8") as file:
        text = COMMENT.sub(lambda match: "\n" * match.group(0).count("\n"), file.read())
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        for token in TOKEN.findall(line):
            if token in END:
                yield found
                found = []
            else:
                found.append((token, number))
    yield found


def formulas(path):
    """Yields (formula, line): names by the order in which they appear."""
    for expression in expressions(path):
        for first in range(len(expression) - LENGTH + 1):
            names, form = {}, []
            for token, _ in expression[first : first + LENGTH]:
                is_name = re.match(r"[A-Za-z_]", token)
                form.append(names.setdefault(token, f"#{len(names)}") if is_name else token)
            operations = [token for token in form if token in OPERATIONS]
            if len(operations) >= 3 and len(set(operations)) >= 2 and len(names) >= 3:
                yield tuple(form), expression[first][1]


def sources(root, folders):
    for folder in folders:
        for base, subfolders, names in os.walk(os.path.join(root, folder)):
            subfolders.sort()
            yield from (os.path.join(base, name) for name in sorted(names) if name.endswith((".h", ".cpp")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."), help="The tree to read.")
    root = os.path.abspath(parser.parse_args().root)

    judged = {}
    for path in sources(root, JUDGED):
        for form, line in formulas(path):
            judged.setdefault(form, (path, line))
    found = {}
    for path in sources(root, REFERENCE):
        for form, line in formulas(path):
            if form in judged:
                found.setdefault((path, line), judged[form])
    for (path, line), (other, place) in found.items():
        print(f"{os.path.relpath(path, root)}:{line}: error: is the formula of {os.path.relpath(other, root)}:{place}; "
              "write it from its definition, in another way", file=sys.stderr)
    if not judged:
        print(f"error: no sources in {root}", file=sys.stderr)
        return 1
    if not found:
        print(f"{len(judged)} parts of formulas, none of which the reference has")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
