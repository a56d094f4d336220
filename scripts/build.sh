#!/bin/sh
# Configures and builds nnq: preset `default` into build/, or, with `--fuzz` in front, preset `fuzz` into build-fuzz/.
# Further arguments go to ninja: `scripts/build.sh nnq-opt`.
set -eu
cd "$(dirname "$0")/.."

preset=default folder=build
if [ "${1:-}" = --fuzz ]; then
  preset=fuzz folder=build-fuzz
  shift
fi

# At most two links at a time: each maps LLVM's shared libraries.
if [ ! -f $folder/build.ninja ]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! cmake --preset $preset -DLLVM_PARALLEL_LINK_JOBS=2 >"$log" 2>&1; then
    cat "$log" >&2
    echo "build: error: cmake could not configure nnq (above: what it said)" >&2
    exit 1
  fi
fi
exec ninja -C $folder "$@"
