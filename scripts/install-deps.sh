#!/bin/sh
# Installs the Debian packages that nnq needs and this machine lacks. Silent where nothing is missing.
set -eu

packages="
  cmake ninja-build ccache
  clang-22 libclang-rt-22-dev lld-22 llvm-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools
  libonnx-dev libprotobuf-dev protobuf-compiler
  coinor-libcbc-dev
  pybind11-dev python3-dev python3-numpy python3-click python3-rich python3-matplotlib
  python3-sklearn python3-onnx python3-pytest
  libgtest-dev
  qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
"

fail() {
  echo "install-deps: error: $*" >&2
  exit 1
}

command -v dpkg-query >/dev/null 2>&1 || fail "no dpkg on this machine; nnq's packages come from Debian 12 (bookworm): $(echo $packages)"

missing=
for package in $packages; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  sudo=
elif command -v sudo >/dev/null 2>&1; then
  sudo=sudo
else
  fail "these packages are missing, and installing them needs root or sudo:$missing"
fi

echo "install-deps: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() { # what is done, command ...: its output is shown only where it fails
  what=$1
  shift
  if ! $sudo env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    fail "$what failed (above: the end of what apt-get said)"
  fi
}

options="-o Acquire::Retries=3 -o DPkg::Lock::Timeout=600"
run "updating the package lists" apt-get $options update

unknown=
for package in $missing; do
  candidate=$(LC_ALL=C apt-cache policy "$package" | sed -n 's/^ *Candidate: //p')
  case "$candidate" in "" | "(none)") unknown="$unknown $package" ;; esac
done
[ -z "$unknown" ] || fail "no package source offers:$unknown
  LLVM 22 for Debian 12 is in its security archive. Is this line (or its deb822 form) in /etc/apt?
  deb http://deb.debian.org/debian-security bookworm-security main"

run "installing$missing" apt-get $options install --yes --no-install-recommends $missing
