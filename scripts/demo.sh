#!/bin/sh
# The demo, from nothing: installs what is missing, builds, then quantizes, compiles and runs the digits network.
# Arguments go to the demo; the report is in demo-out/report.html.
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh
scripts/build.sh
PYTHONPATH="$PWD/build/python" exec /usr/bin/python3 examples/digits/demo.py --output demo-out "$@"
