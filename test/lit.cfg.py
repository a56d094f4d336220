# The lit suite of nnq: tools on PATH, substitutions, and the features of this host.

import os
import shutil
import subprocess

import lit.formats

PYTHON = "/usr/bin/python3"  # Debian's: the packages that nnq needs are Debian's
AARCH64_SYSROOT = "/usr/aarch64-linux-gnu"

config.name = "nnq"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.nnq_build_dir, "test")

fuzzers = os.path.join(config.nnq_source_dir, "build-fuzz", "bin")  # scripts/build.sh --fuzz
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.nnq_build_dir, "bin"), fuzzers, config.llvm_tools_dir, os.environ["PATH"]]
)
config.environment["PYTHONPATH"] = os.path.join(config.nnq_build_dir, "python")
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "HOME", "CCACHE_DIR"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions += [
    ("%python", PYTHON),
    ("%scripts", os.path.join(config.nnq_source_dir, "scripts")),
    ("%shlibext", config.shared_library_suffix),
    ("%nnq_src", config.nnq_source_dir),
    ("%nnq_build", config.nnq_build_dir),
    ("%nnq_plugin", os.path.join(config.nnq_build_dir, "lib", "NNQPlugin" + config.shared_library_suffix)),
    ("%mlir_dir", config.mlir_dir),
    ("%cc", config.c_compiler),
    ("%cxx", config.cxx_compiler),
    ("%aarch64_cc", "aarch64-linux-gnu-gcc"),
    ("%qemu_aarch64", f"qemu-aarch64 -cpu max -L {AARCH64_SYSROOT}"),
]


def cpu_flags():
    """Names of the instruction sets of this host, as /proc/cpuinfo spells them."""
    try:
        with open("/proc/cpuinfo") as lines:
            return next(set(line.split()) for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return set()


def imports(module):
    return subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode == 0


flags = cpu_flags()
features = {
    "avx2": {"avx2", "fma"} <= flags,
    "avx512vnni": {"avx512f", "avx512bw", "avx512vl", "avx512_vnni"} <= flags,
    "avx512vbmi": {"avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512vbmi", "avx512_vpopcntdq"} <= flags,
    "native-target": {"avx2", "fma"} <= flags or "asimd" in flags,  # this host is a target
    "qemu-aarch64": all(map(shutil.which, ("qemu-aarch64", "aarch64-linux-gnu-gcc"))) and os.path.isdir(AARCH64_SYSROOT),
    "fuzzers": os.path.exists(os.path.join(fuzzers, "nnq-fuzz-import-onnx")),
    "cmake": shutil.which("cmake") and shutil.which("ninja"),
    "python-numpy": imports("numpy"),
    "python-sklearn": imports("sklearn"),
}
config.available_features |= {name for name, present in features.items() if present}
