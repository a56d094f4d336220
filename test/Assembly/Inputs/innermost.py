"""Prints the innermost loops of an assembly file that multiply, and fails where one spills.

  innermost.py FILE.s PRODUCT [AND]

PRODUCT and AND are regular expressions of instructions: each innermost loop in which PRODUCT occurs is printed, must hold AND
as well, and must neither load from the stack nor store to it. At least one must hold more products than loads: accumulators stay in
registers and what is loaded is used more than once (`--any-reuse` leaves this out, for products of one row or column).
"""

import argparse
import re
import sys

LABEL = re.compile(r"^([.\w$]+):")
BRANCH = re.compile(r"^\s+(?:j[a-z]+|b|b\.[a-z]+|cbn?z|tbn?z)\s+(?:.*[\s,])?([.\w$]+)\s*$")
INSTRUCTION = re.compile(r"^\s+[a-z]")
STACK = re.compile(r"\(%rsp|\[sp[\],]|\[sp\b|Spill|Reload")
LOAD = re.compile(r"^\s+(?:v?mov\w+\s+\S*\(|vpbroadcast\w+\s+\S*\(|vbroadcast\w+\s+\S*\(|ld[rp1]\w*\s|ldp\s|v\w+\s+\S*\()")


def loops(lines):
    """(first, last) line of each span that a branch backwards closes."""
    labels = {}
    for i, line in enumerate(lines):
        if match := LABEL.match(line):
            labels[match[1]] = i
        elif (match := BRANCH.match(strip(line))) and match[1] in labels:
            yield labels[match[1]], i


def strip(line):
    return re.split(r"\s+#|\s+//", line)[0]


def innermost(lines, product):
    """The instructions of each loop without another one inside in which `product` occurs."""
    spans = list(loops(lines))
    for first, last in spans:
        if any((a, b) != (first, last) and first <= a and b <= last for a, b in spans):
            continue
        body = [line for line in lines[first : last + 1] if INSTRUCTION.match(line)]
        if any(product.search(strip(line)) for line in body):
            yield body


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("product", type=re.compile)
    parser.add_argument("also", type=re.compile, nargs="?")
    parser.add_argument("--any-reuse", action="store_true")
    args = parser.parse_args()
    with open(args.file, encoding="utf-8") as file:
        found = list(innermost(file.read().split("\n"), args.product))
    wrong, reuses = [], args.any_reuse
    for body in found:
        products = sum(bool(args.product.search(strip(line))) for line in body)
        loads = sum(bool(LOAD.match(line)) for line in body)
        spills = [line for line in body if STACK.search(line)]
        print(f"loop of {len(body)} instructions: {products} products, {loads} loads, {len(spills)} of the stack")
        print("\n".join(map(strip, body)))
        reuses |= products > loads
        if spills:
            wrong.append(f"an innermost loop uses the stack: {spills[0].strip()}")
        if args.also and not any(args.also.search(strip(line)) for line in body):
            wrong.append(f"an innermost loop has no {args.also.pattern}")
    if not found:
        wrong.append(f"no innermost loop has {args.product.pattern}")
    elif not reuses:
        wrong.append("no innermost loop has more products than loads")
    sys.exit("\n".join(wrong) or 0)


main()
