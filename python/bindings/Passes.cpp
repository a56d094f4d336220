// Passes and pipelines on a module.

#include "Bindings.h"
#include "Diagnostics.h"
#include "Module.h"

#include "nnq/Compiler/Passes.h"
#include "nnq/Compiler/Pipelines.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

namespace py = pybind11;
using namespace mlir;

namespace nnq::python {

/// Runs the passes that `build` adds; its error and those of passes become an exception.
template <typename Build> static void runPasses(Module &module, StringRef name, Build build) {
  py::gil_scoped_release release;
  DiagnosticCollector diagnostics(module.context.get(), module.remarks);
  PassManager pm(module.context.get());
  if (llvm::Error error = build(pm)) {
    std::string message = llvm::toString(std::move(error));
    throw CompileFailure("pipeline '" + name.str() + "': " + diagnostics.errors(message));
  }
  if (failed(pm.run(*module.op)))
    throw CompileFailure(diagnostics.errors("pipeline '" + name.str() + "' failed"));
}

static void runPipeline(Module &module, const std::string &pipeline) {
  runPasses(module, pipeline, [&](PassManager &pm) -> llvm::Error {
    std::string message;
    llvm::raw_string_ostream stream(message);
    if (succeeded(parsePassPipeline(pipeline, pm, stream)))
      return llvm::Error::success();
    return llvm::createStringError(StringRef(message).trim());
  });
}

// Paths and rules do not pass through the text of a pipeline, which could not say them all.

static void quantize(Module &module, const std::string &calibration, const std::string &options,
                     const std::string &bitWidths, const std::vector<std::string> &rules) {
  runPasses(module, "nnq-quantize-pipeline", [&](PassManager &pm) -> llvm::Error {
    QuantizePipelineOptions all;
    std::string message;
    llvm::raw_string_ostream stream(message);
    if (failed(all.parseFromString(options, stream)))
      return llvm::createStringError(message);
    all.calibration = calibration;
    all.bitWidths = bitWidths;
    all.rules = rules;
    return buildQuantizePipeline(pm, all);
  });
}

static void widenInputs(Module &module, const std::string &calibration, bool always,
                        const std::string &options, const std::vector<std::string> &rules) {
  runPasses(module, "nnq-widen-inputs", [&](PassManager &pm) -> llvm::Error {
    WidenInputsOptions all;
    all.calibration = calibration;
    all.always = always;
    all.rules.assign(rules.begin(), rules.end());
    return addPass(pm, createWidenInputs(all), options);
  });
}

static void narrowWeights(Module &module, const std::string &width, bool all,
                          const std::vector<std::string> &except) {
  runPasses(module, "nnq-narrow-weights", [&](PassManager &pm) {
    NarrowWeightsOptions options;
    options.width = width;
    options.all = all;
    options.except.assign(except.begin(), except.end());
    pm.addPass(createNarrowWeights(options));
    return llvm::Error::success();
  });
}

static void pruneWeights(Module &module, const std::string &pattern, bool all,
                         const std::vector<std::string> &except) {
  runPasses(module, "nnq-prune-weights", [&](PassManager &pm) {
    PruneWeightsOptions options;
    options.pattern = pattern;
    options.all = all;
    options.except.assign(except.begin(), except.end());
    pm.addPass(createPruneWeights(options));
    return llvm::Error::success();
  });
}

static void correctChannels(Module &module, const std::string &file) {
  runPasses(module, "nnq-correct-channels", [&](PassManager &pm) {
    pm.addNestedPass<func::FuncOp>(createCorrectChannels(CorrectChannelsOptions{file}));
    return llvm::Error::success();
  });
}

static void replaceWeights(Module &module, const std::string &file) {
  runPasses(module, "nnq-replace-weights", [&](PassManager &pm) {
    pm.addPass(createReplaceWeights(ReplaceWeightsOptions{file}));
    return llvm::Error::success();
  });
}

void bindPasses(py::class_<Module> &module) {
  module
      .def("run_pipeline", runPipeline, py::arg("pipeline"),
           "Runs a pipeline of the form that nnq-opt takes. CompileError.")
      .def(
          "quantize", quantize, py::arg("calibration"), py::arg("options") = "",
          py::arg("bit_widths") = "", py::arg("rules") = std::vector<std::string>(),
          "Runs nnq-quantize-pipeline. `calibration` and `bit_widths` are paths, `options` text of "
          "the others. CompileError.")
      .def("widen_inputs", widenInputs, py::arg("calibration"), py::arg("always") = false,
           py::arg("options") = "", py::arg("rules") = std::vector<std::string>(),
           "Runs --nnq-widen-inputs. `calibration` is a path, `options` text of the others. "
           "CompileError.")
      .def("narrow_weights", narrowWeights, py::arg("width"), py::arg("all") = false,
           py::arg("keep") = std::vector<std::string>(),
           "Runs --nnq-narrow-weights. `keep`: names of layers that it excepts. CompileError.")
      .def("prune_weights", pruneWeights, py::arg("pattern"), py::arg("all") = false,
           py::arg("keep") = std::vector<std::string>(),
           "Runs --nnq-prune-weights. `keep`: names of layers that it excepts. CompileError.")
      .def("correct_channels", correctChannels, py::arg("file"),
           "Runs --nnq-correct-channels. CompileError.")
      .def("replace_weights", replaceWeights, py::arg("file"),
           "Runs --nnq-replace-weights. CompileError.");
}

} // namespace nnq::python
