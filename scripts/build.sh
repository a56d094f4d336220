#!/bin/sh
# Configures (preset `default`) and builds nnq into build/. Arguments go to ninja: `scripts/build.sh nnq-opt`.
set -eu
cd "$(dirname "$0")/.."

# At most two links at a time: each maps LLVM's shared libraries.
if [ ! -f build/build.ninja ]; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! cmake --preset default -DLLVM_PARALLEL_LINK_JOBS=2 >"$log" 2>&1; then
    cat "$log" >&2
    echo "build: error: cmake could not configure nnq (above: what it said)" >&2
    exit 1
  fi
fi
exec ninja -C build "$@"
