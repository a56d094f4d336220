// MLIR's diagnostics as text, for exceptions and lists of remarks.

#ifndef NNQ_PYTHON_DIAGNOSTICS_H
#define NNQ_PYTHON_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

#include <string>
#include <vector>

namespace nnq::python {

/// Collects what a context reports during its life: errors, and separately warnings and remarks.
/// Each is one line, `place (operation): message; note`, where a place is `file:line:column` or
/// `node 'name'`.
class DiagnosticCollector {
public:
  /// Remarks and warnings are appended to `remarks`, which must live longer.
  DiagnosticCollector(mlir::MLIRContext *context, std::vector<std::string> &remarks);

  /// The errors, one to a line; `otherwise` where none was reported.
  std::string errors(llvm::StringRef otherwise) const;

private:
  std::vector<std::string> messages;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace nnq::python

#endif // NNQ_PYTHON_DIAGNOSTICS_H
