#!/usr/bin/python3
"""Lists the constraint labels of docs/Semantics.md that no verifier or no test carries, and labels that it lacks.

Rules are written down in three places:

  docs/Semantics.md           `conv2d (C4)` anywhere, or `(C4)` at the start of a line (after `-`, `*` or `**`) below a
                              heading whose first word is `conv2d` (or `nnq.conv2d`, in backticks or not). An operation
                              that takes over another's rules says so: "conv2d (C1) to (C5)" names them, it adds none.
  lib/Dialect/NNQ/IR/*.cpp    a comment `conv2d (C4)`; or `(C4)`, which belongs to the name that a comment above it gave
  include/.../NNQ/IR/*.td     last (`/// conv2d (C1) to (C5): ...` gives a name and claims nothing by itself)
  test/Dialect/NNQ/invalid*   a function `@conv2d_c4_...`

The letter is C for the rules of operations, T for those of types, A for those of accumulation.
"""

import argparse
import glob
import os
import re
import sys

NAMED = re.compile(r"`?(?:nnq\.)?\b([a-z][a-z0-9_]*)`? \(([ACT]\d+)\)(?:`?\s*(to|,|and)\s*(?:\([ACT]\d+\)))?")
BARE = re.compile(r"\(([ACT]\d+)\)")
HEADING = re.compile(r"^#+\s+`?(?:nnq\.)?([A-Za-z_][A-Za-z0-9_]*)")
ITEM = re.compile(r"^\s*(?:[-*]\s+|\|\s*|\d+\.\s+)?(?:\*\*|`)?\(([ACT]\d+)\)")
NAMED_ITEM = re.compile(r"^\s*(?:[-*]\s+|\|\s*|\d+\.\s+)?(?:\*\*|`)*(?:nnq\.)?([a-z][a-z0-9_]*)`? \(([ACT]\d+)\)(?!\s*(?:to|,|and)\s)")
COMMENT = re.compile(r"//+(.*)$|/\*(.*?)\*/")
FUNCTION = re.compile(r"@([a-z][a-z0-9_]*?)_([act]\d+)(?:_|\b)")


def documented(file):
    """{(name, label): line} of the rules that the page states."""
    labels, heading = {}, None
    with open(file, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if match := HEADING.match(line):
                heading = match.group(1).lower()
            elif match := NAMED_ITEM.match(line):
                labels.setdefault((match.group(1), match.group(2)), number)
            elif (match := ITEM.match(line)) and heading:
                labels.setdefault((heading, match.group(1)), number)
    return labels


def verified(files):
    """{(name, label): 'file:line'} of the comments in the sources."""
    labels = {}
    for file in files:
        name = None
        with open(file, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                comment = COMMENT.search(line)
                if not comment:
                    continue
                text = comment.group(1) or comment.group(2) or ""
                here = f"{file}:{number}"
                for match in NAMED.finditer(text):
                    name = match.group(1)
                    if match.group(3) != "to":
                        labels.setdefault((name, match.group(2)), here)
                if re.search(r"\([ACT]\d+\)`? to \([ACT]\d+\)", text):
                    continue
                if name:
                    for match in BARE.finditer(NAMED.sub("", text)):
                        labels.setdefault((name, match.group(1)), here)
    return labels


def tested(files):
    """{(name, label): 'file:line'} of the test functions."""
    labels = {}
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if "func" in line and (match := FUNCTION.search(line)):
                    labels.setdefault((match.group(1), match.group(2).upper()), f"{file}:{number}")
    return labels


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."), help="The tree to read.")
    args = parser.parse_args()
    os.chdir(args.root)

    page = "docs/Semantics.md"
    if not os.path.exists(page):
        print(f"error: {page} does not exist", file=sys.stderr)
        return 1
    rules = documented(page)
    if not rules:
        print(f"error: {page} states no rule with a label such as `conv2d (C1)`", file=sys.stderr)
        return 1
    checks = verified(sorted(glob.glob("lib/Dialect/NNQ/IR/*.cpp") + glob.glob("include/nnq/Dialect/NNQ/IR/*.td")))
    tests = tested(sorted(glob.glob("test/Dialect/NNQ/invalid*.mlir")))

    problems = []
    for (name, label), line in sorted(rules.items()):
        for where, what in ((checks, "verifier"), (tests, "test")):
            if (name, label) not in where:
                problems.append(f"{page}:{line}: {name} ({label}) has no {what}")
    for where, what in ((checks, "a comment"), (tests, "a test")):
        for (name, label), place in sorted(where.items()):
            if (name, label) not in rules:
                problems.append(f"{place}: {name} ({label}) is in {what} but not in {page}")
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(rules)} rules, each with a verifier and a test")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
