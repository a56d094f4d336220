"""Reads --help of nnq-opt or nnq-translate, and fails where the help of an option of nnq is no sentence: a capital letter and a full stop."""

import re
import sys

NAME = r"(\S+(?: <\w+>)?) +- +(.*)$"
PASS = re.compile(r"^ {6}--" + NAME)
OPTION = re.compile(r"^(?: {8}--| {4}=)" + NAME)
OURS = re.compile(r"nnq-|convert-nnq-|convert-vector-to-dot-product")
TRANSLATE = re.compile(r"^(?: {2}--?| {6}--)(?!-?help|-?version)" + NAME)  # those two are LLVM's


def options_of_passes(lines):
    """Yields (option, help) of nnq's passes and pipelines."""
    is_ours = False
    for line in lines:
        if found := PASS.match(line):
            is_ours = bool(OURS.match(found.group(1)))
        elif is_ours and (found := OPTION.match(line)):
            yield found.groups()


def options_of_translations(lines):
    return (found.groups() for line in lines if (found := TRANSLATE.match(line)))


def main():
    lines = sys.stdin.read().splitlines()
    found = list((options_of_translations if "translate" in sys.argv else options_of_passes)(lines))
    wrong = [f"error: {option}: {text!r} is no sentence" for option, text in found if not re.match(r"[A-Z].*\.$", text)]
    print("\n".join(wrong) or f"{len(found)} sentences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
