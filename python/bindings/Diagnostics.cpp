// Places and messages as text.

#include "Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace nnq::python {

static std::string describe(Location loc) {
  if (auto file = dyn_cast<FileLineColLoc>(loc)) {
    std::string text = file.getFilename().str();
    if (file.getLine() != 0)
      text += ":" + std::to_string(file.getLine()) + ":" + std::to_string(file.getColumn());
    return text;
  }
  if (auto name = dyn_cast<NameLoc>(loc)) {
    std::string outer = describe(name.getChildLoc()), own = "node '" + name.getName().str() + "'";
    return outer.empty() ? own : outer + ": " + own;
  }
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string text = describe(part); !text.empty())
        return text;
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return describe(call.getCallee());
  return "";
}

static std::string describe(const Diagnostic &diagnostic) {
  std::string place = describe(diagnostic.getLocation());
  return place.empty() ? diagnostic.str() : place + ": " + diagnostic.str();
}

static std::string withNotes(Diagnostic &diagnostic) {
  std::string text = describe(diagnostic);
  for (const Diagnostic &note : diagnostic.getNotes())
    text += "; " + note.str();
  return text;
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context, std::vector<std::string> &remarks)
    : handler(context, [this, &remarks](Diagnostic &diagnostic) {
        bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
        (isError ? messages : remarks).push_back(withNotes(diagnostic));
      }) {}

std::string DiagnosticCollector::errors(llvm::StringRef otherwise) const {
  return messages.empty() ? otherwise.str() : llvm::join(messages, "\n");
}

} // namespace nnq::python
