// Feeds the ONNX importer with bytes: whatever they are, it returns a module that verifies, or null
// after exactly one error.

#include "nnq/Import/ONNX/ImportONNX.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"

#include <cstdlib>

using namespace mlir;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A context of its own for each input: constants live as long as the context.
  MLIRContext context(MLIRContext::Threading::DISABLED);
  unsigned errors = 0;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return success();
  });
  llvm::MemoryBufferRef bytes(llvm::StringRef(reinterpret_cast<const char *>(data), size),
                              "fuzz.onnx");
  OwningOpRef<ModuleOp> module = nnq::importONNX(bytes, /*folder=*/"", &context);
  if (module ? errors != 0 || failed(verify(*module)) : errors != 1)
    std::abort();
  return 0;
}
