#!/bin/sh
# All tests, from nothing: installs what is missing, builds, runs lit (with the GoogleTest programs) and pytest.
# The last line is `N passed, N failed, N skipped`. Exit status 1 where a test failed or none ran.
set -eu
cd "$(dirname "$0")/.."

scripts/install-deps.sh
scripts/build.sh
scripts/build.sh --fuzz nnq-fuzz-import-onnx # the importer once more, with sanitizers; a test runs it for a minute

results=build/test-results
rm -rf "$results"
mkdir -p "$results"

lit_style=-qv # a log wants the failures only, a terminal a progress bar as well
[ ! -t 1 ] || lit_style=-sv
lit_status=0
/usr/lib/llvm-22/bin/lit $lit_style --output "$results/lit.json" build/test || lit_status=$?

pytest_status=0
if [ -d python/tests ]; then
  PYTHONPATH="$PWD/build/python" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider \
    --junitxml "$results/pytest.xml" python/tests </dev/null || pytest_status=$?
fi

# A runner that could not even write its results (a broken configuration, a crash) counts as a failure too.
exec /usr/bin/python3 scripts/count-tests.py --lit "$results/lit.json" "$lit_status" --pytest "$results/pytest.xml" "$pytest_status"
