#!/usr/bin/python3
"""Adds up what lit and pytest wrote and closes with `N passed, N failed, N skipped`.

Exit status 1 where a test failed, where a runner failed without a failed test to show for it, or where no test ran.
"""

import argparse
import collections
import json
import os
import sys
import xml.etree.ElementTree as ET

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
LIT_CODES = {"PASS": PASSED, "FLAKYPASS": PASSED, "XFAIL": PASSED, "UNSUPPORTED": SKIPPED, "SKIPPED": SKIPPED, "EXCLUDED": SKIPPED}


def count_lit(file):
    """Outcomes in the file of `lit --output`; whatever is not known to be good has failed."""
    with open(file, encoding="utf-8") as text:
        return collections.Counter(LIT_CODES.get(test["code"], FAILED) for test in json.load(text)["tests"])


def count_pytest(file):
    """Outcomes in the file of `pytest --junitxml`."""
    counts = collections.Counter()
    for case in ET.parse(file).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        counts[FAILED if kinds & {"failure", "error"} else SKIPPED if "skipped" in kinds else PASSED] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for runner in ("lit", "pytest"):
        parser.add_argument(f"--{runner}", nargs=2, metavar=("FILE", "STATUS"), help=f"Results and exit status of {runner}.")
    args = parser.parse_args()

    total = collections.Counter()
    for runner, given, count, no_tests in (("lit", args.lit, count_lit, None), ("pytest", args.pytest, count_pytest, 5)):
        if not given:
            continue
        file, status = given[0], int(given[1])
        counts = collections.Counter()
        if os.path.exists(file):
            try:
                counts = count(file)
            except (ValueError, KeyError, ET.ParseError) as error:
                print(f"{runner}: cannot read {file}: {error}", file=sys.stderr)
                counts[FAILED] += 1
        if status not in (0, no_tests) and not counts[FAILED]:
            print(f"{runner}: exit status {status}, but no failed test in {file}", file=sys.stderr)
            counts[FAILED] += 1
        total += counts

    if not total[PASSED] + total[FAILED]:
        print("no test ran", file=sys.stderr)
    print(f"{total[PASSED]} passed, {total[FAILED]} failed, {total[SKIPPED]} skipped", flush=True)
    return 1 if total[FAILED] or not total[PASSED] else 0


if __name__ == "__main__":
    sys.exit(main())
