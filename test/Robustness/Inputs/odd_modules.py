"""Sends each module of odd.mlir through every pass and pipeline of nnq-opt, every action of nnq-translate, and nnq.compile.

Whatever is no network is refused in words: no crash, no hang, no memory without end. Passes and actions are those that the tools
list, so a new one joins by itself. Prints what went wrong, and `N modules, N commands: N went wrong`.
"""

import pathlib
import re
import resource
import subprocess
import sys
import tempfile

MODULES = pathlib.Path(__file__).with_name("odd.mlir")
INPUTS = pathlib.Path(__file__).parents[2] / "Transforms" / "Inputs"
SECONDS, BYTES = 60, 4 << 30

MORE_OPTIONS = {
    "--nnq-pick-bit-widths": [f"sensitivity={INPUTS}/sensitivity.json"],
    "--nnq-set-bit-widths": [f"file={INPUTS}/bit-widths.json"],
    "--nnq-quantize": ["weight-bits=4 weight-block=2 activations=symmetric", "rules=op:nnq.unary=float,index:0=activations16"],
    "--nnq-measure-sensitivity": ["widths=w4a8,w8a16,float output=/dev/null"],
    "--nnq-narrow-weights": ["all=true"],
    "--nnq-widen-inputs": ["always=true"],
    "--nnq-split-layers": ["inputs=true"],
    "--nnq-set-entry": ["symbol=model_run"],
    "--nnq-lower-to-llvm-pipeline": ["target=aarch64-neon threads=4 name=model"],
    "--nnq-lower-to-loops-pipeline": ["target=x86-avx2 threads=4"],
}
"""Of passes that do little without, or more with them."""


def run(command):
    """Why the command is at fault, or None. To be refused is no fault."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))  # noqa: E731
    try:
        done = subprocess.run([*map(str, command)], capture_output=True, timeout=SECONDS, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    errors = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1):
        return f"ended with {done.returncode}: {errors.strip().splitlines()[0] if errors.strip() else 'no word'}"
    if done.returncode == 1 and not re.search(r"\berror:", errors):
        return "failed without a word"
    if "Traceback" in errors:
        return errors.strip().splitlines()[-1]
    return None


def listed(tool, pattern):
    return [*dict.fromkeys(re.findall(pattern, subprocess.run([tool, "--help"], capture_output=True, text=True, check=True).stdout, re.M))]


def passes():
    for flag in listed("nnq-opt", r"^ +(--nnq-[a-z0-9-]+)"):
        yield flag
        yield from (f"{flag}={options}" for options in MORE_OPTIONS.get(flag, ()))


def commands(file):
    """All that reads a file of modules, and all that reads a file of one."""
    several = [["nnq-opt", file, "--split-input-file", "--allow-unregistered-dialect", flag, "-o", "/dev/null"] for flag in passes()]
    actions = listed("nnq-translate", r"^ +(--(?:mlir|lowered)-to-[a-z0-9-]+)")
    one = [["nnq-translate", action, "--model-threads=4", file, "-o", "/dev/null"] for action in actions]
    return several, one


def main():
    modules = MODULES.read_text().split("// -----\n")[1:]
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder, f"{index}.mlir") for index in range(len(modules))]
        for file, text in zip(files, modules):
            file.write_text(text)
        several, one = commands(MODULES)
        for command in several:
            count += 1
            if reason := run(command):  # which of them is it?
                alone = [(text, run([file if word == MODULES else word for word in command])) for file, text in zip(files, modules)]
                found = [(text, why) for text, why in alone if why]
                wrong += [(command[4], text, why) for text, why in found or [("all together", reason)]]
        for file, text in zip(files, modules):
            for command in one:
                count += 1
                if reason := run([file if word == MODULES else word for word in command]):
                    wrong.append((" ".join(map(str, command[:2])), text, reason))
            count += 1
            if reason := run([sys.executable, "-c", COMPILE, file, folder]):
                wrong.append(("nnq.compile", text, reason))
    for what, text, reason in wrong:
        print(f"{what}: {text.strip().splitlines()[0]}: {reason}")
    print(f"{len(modules)} modules, {count} commands: {len(wrong)} went wrong")


COMPILE = """
import sys, nnq
try:
    nnq.compile(sys.argv[1], quantization=nnq.Float(), output=sys.argv[2] + "/out")
except nnq.Error as error:
    sys.exit(f"error: {error}")
"""

if __name__ == "__main__":
    main()
