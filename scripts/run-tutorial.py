#!/usr/bin/python3
"""Runs a tutorial: its `sh` blocks in one shell, in order, and compares what they print with what the page shows.

A `text` block shows the output of the `sh` block in front of it; a line `...` stands for any lines, `...` inside a line for any
text. A block in another language whose first line is a comment with a file's name (`// run.c`) is that file.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass, field

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?://|#) (\w+\.\w+)\n")
MARK = "--- end of the block in line"


@dataclass
class Step:
    line: int
    script: str
    expected: list = field(default_factory=list)


def steps(text):
    """The steps of a page. Files are written by steps of their own."""
    found = []
    for match in BLOCK.finditer(text):
        language, body, line = match.group(1), match.group(2), text.count("\n", 0, match.start()) + 1
        if language == "sh":
            found.append(Step(line, body))
        elif language == "text":
            found[-1].expected.append(body)
        elif name := FILE.match(body):
            found.append(Step(line, f"cat > {name.group(1)} <<'END-OF-FILE'\n{body}END-OF-FILE\n"))
    return found


def pattern(expected):
    """What `expected` stands for. Blanks are equal however many they are."""
    parts = []
    for line in expected.strip("\n").split("\n"):
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            words = [".*?".join(re.escape(part) for part in word.split("...")) for word in line.split()]
            parts.append(r"[ \t]*" + r"[ \t]+".join(words) + r"[ \t]*\n")
    return re.compile("^" + "".join(parts), re.MULTILINE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page")
    args = parser.parse_args()

    with open(args.page, encoding="utf-8") as page:
        todo = steps(page.read())
    if not todo:
        print(f"error: {args.page} has no sh block", file=sys.stderr)
        return 1
    script = "set -eu\n" + "".join(f"{step.script}\necho '{MARK} {step.line}'\n" for step in todo)
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)

    rest = done.stdout
    for step in todo:
        output, found, rest = rest.partition(f"{MARK} {step.line}\n")
        if not found:
            print(f"{output}\n{args.page}:{step.line}: this block failed, status {done.returncode}", file=sys.stderr)
            return 1
        for expected in step.expected:
            if not pattern(expected).search(output):
                shown = "\n".join(line if len(line) <= 300 else line[:300] + " ..." for line in output.splitlines())
                print(f"{args.page}:{step.line}: this block prints\n\n{shown}\n\nand the page shows\n\n{expected}", file=sys.stderr)
                return 1
    print(f"{len(todo)} blocks ran and printed what {args.page} shows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
