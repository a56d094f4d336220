"""The files that a compiled module becomes: object file, header, library and manifest."""

import json

from .errors import Error
from .extension import load_compiler
from .model import Model
from .output import MANIFEST

OBJECT, HEADER, LIBRARY = "model.o", "model.h", "libmodel.so"


def manifest_of(compiled, target):
    """What the compiler says of a compiled module, and what it needs of a machine."""
    manifest = {**json.loads(compiled.manifest), "cpu_features": target.needs.split(","), "object_bytes": len(compiled.code)}
    if any("kept_products" in layer for layer in manifest["layers"]):
        products = [layer.get("multiplications", 0) for layer in manifest["layers"]]
        kept = [layer.get("kept_products", layer.get("multiplications", 0)) for layer in manifest["layers"]]
        manifest |= {"products": sum(products), "skipped_products": sum(products) - sum(kept)}
    return manifest


def write(nnq, folder, compiled, target, manifest):
    """Writes the files. Returns notes: a library that this machine cannot link is left out."""
    (folder / OBJECT).write_bytes(compiled.code)
    (folder / HEADER).write_text(compiled.header, encoding="utf-8")
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    try:
        nnq.link_shared_library(str(folder / OBJECT), str(folder / LIBRARY), target.name)
    except Error as error:
        if target.triple.split("-")[0] == nnq.target("native").triple.split("-")[0]:
            raise
        return [f"{LIBRARY} is left out: {error}"]
    return []


def compile_to_measure(module, folder, target, threads=1, **options):
    """Compiles a module, which is lowered for it, into a new folder. Returns a Model, which lives as long as the folder."""
    folder.mkdir()
    compiled = module.compile(target.name, "measured", threads=threads, **options)
    write(load_compiler(), folder, compiled, target, manifest_of(compiled, target))
    return Model(folder)
