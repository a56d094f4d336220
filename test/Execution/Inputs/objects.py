"""Runs object files of any target: a C program around one, native or under qemu.

The program puts each input and output, and the arena, right before a page that must not be touched, and fills outputs
and arena with two patterns in two runs: reading beyond an input, writing beyond an output and depending on what the
arena held all show.
"""

import math
import pathlib
import platform
import shutil
import subprocess

import numpy as np
from network import DTYPES

DRIVER = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 65536

/* `size` bytes that end where a page without access begins; `alignment` rounds the end down. */
static unsigned char *guarded(size_t size, size_t alignment) {
  size_t pages = (size + PAGE - 1) / PAGE + 1;
  unsigned char *begin = mmap(0, (pages + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (begin == MAP_FAILED)
    exit(3);
  size_t last = ((size_t)begin + pages * PAGE) / PAGE * PAGE; /* the host's pages may be smaller */
  if (mprotect((void *)last, PAGE, PROT_NONE))
    exit(3);
  return (unsigned char *)((last - size) / alignment * alignment);
}

static const size_t inputs[] = {INPUTS 0}, outputs[] = {OUTPUTS 0};
extern void RUN();

int main(int argc, char **argv) {
  unsigned char *buffers[COUNT + 1];
  FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
  int n = 0;
  for (int i = 0; inputs[i]; ++i) {
    buffers[n] = guarded(inputs[i], 1);
    if (fread(buffers[n++], 1, inputs[i], in) != inputs[i])
      return 3;
  }
  for (int i = 0; outputs[i]; ++i)
    buffers[n++] = guarded(outputs[i], 1);
  buffers[COUNT] = guarded(ARENA, 64);
  for (int run = 0; run < 2; ++run) {
    int first = n - OUTPUT_COUNT;
    memset(buffers[COUNT], run ? 0x5a : 0xff, ARENA);
    for (int i = 0; i < OUTPUT_COUNT; ++i)
      memset(buffers[first + i], run ? 0x5a : 0xff, outputs[i]);
    RUN(ARGUMENTS);
    for (int i = 0; i < OUTPUT_COUNT; ++i)
      fwrite(buffers[first + i], 1, outputs[i], out);
  }
  return fclose(out) ? 3 : 0;
}
"""


class Failed(Exception):
    """The program did not link, crashed, or gave two results."""


def is_arm(target):
    return target.startswith("aarch64")


def why_not_runnable(target):
    """None, or what this host lacks."""
    if is_arm(target):
        return next((f"no {tool}" for tool in ("qemu-aarch64", "aarch64-linux-gnu-gcc") if not shutil.which(tool)), None)
    if platform.machine() != "x86_64":
        return f"this host is {platform.machine()}"
    needed = {"x86-avx512vbmi": "avx512_vpopcntdq", "x86-avx512vnni": "avx512_vnni", "x86-avx2": "avx2"}[target]
    flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    return None if needed in flags else f"no {needed}"


def build(target, sources, object_file, program, flags=()):
    """Links C sources and an object file into a static program."""
    compiler = "aarch64-linux-gnu-gcc" if is_arm(target) else next(filter(shutil.which, ("cc", "gcc", "clang", "clang-22")))
    command = [compiler, "-O1", "-w", "-static", *flags, *map(str, sources), str(object_file), "-lm", "-o", str(program)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"the driver does not link: {done.stderr}")


def undefined_symbols(object_file):
    nm = next(filter(shutil.which, ("llvm-nm", "llvm-nm-22")))
    lines = subprocess.run([nm, "--undefined-only", str(object_file)], capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(line.split()[-1] for line in lines if line.strip())


def execute(target, program, *arguments):
    launcher = ["qemu-aarch64", "-cpu", "max"] if is_arm(target) else []
    done = subprocess.run([*launcher, str(program), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"the program ends with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def size_in_bytes(tensor):
    return math.prod(tensor.shape) * np.dtype(DTYPES[tensor.type]).itemsize


def run(compiled, target, inputs, folder):
    """The outputs of a CompiledModel on arrays; intermediate files go to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.o").write_bytes(compiled.code)
    (folder / "driver.c").write_text(DRIVER, encoding="utf-8")
    count = len(compiled.inputs) + len(compiled.outputs)
    flags = [
        f"-DRUN={compiled.symbol}",
        f"-DCOUNT={count}",
        f"-DOUTPUT_COUNT={len(compiled.outputs)}",
        f"-DARENA={max(compiled.arena_bytes, 64)}",
        f"-DINPUTS={''.join(f'{size_in_bytes(t)},' for t in compiled.inputs)}",
        f"-DOUTPUTS={''.join(f'{size_in_bytes(t)},' for t in compiled.outputs)}",
        f"-DARGUMENTS={','.join(f'buffers[{i}]' for i in range(count + 1))}",
    ]
    build(target, [folder / "driver.c"], folder / "model.o", folder / "program", flags)
    stored = [np.ascontiguousarray(a).astype(DTYPES[t.type]) for a, t in zip(inputs, compiled.inputs, strict=True)]
    (folder / "in.bin").write_bytes(b"".join(a.tobytes() for a in stored))
    execute(target, folder / "program", folder / "in.bin", folder / "out.bin")
    raw = (folder / "out.bin").read_bytes()
    half = len(raw) // 2
    if raw[:half] != raw[half:]:
        raise Failed("two runs give two results: the code reads what the arena or an output held before")
    outputs, offset = [], 0
    for tensor in compiled.outputs:
        size = size_in_bytes(tensor)
        outputs.append(np.frombuffer(raw[offset : offset + size], DTYPES[tensor.type]).reshape(tensor.shape))
        offset += size
    return outputs
