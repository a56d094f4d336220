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

constexpr llvm::StringLiteral operationNote = "see current operation: ";

/// "nnq.conv2d" of an operation's text, which can be megabytes of scales.
static std::string nameOfOperation(llvm::StringRef text) {
  if (text.starts_with("%"))
    text = text.split(" = ").second;
  text.consume_front("\"");
  return text.take_until([](char c) { return !llvm::isAlnum(c) && c != '.' && c != '_'; }).str();
}

static std::string withNotes(Diagnostic &diagnostic) {
  std::string place = describe(diagnostic.getLocation()), message = diagnostic.str(), operation;
  for (const Diagnostic &note : diagnostic.getNotes()) {
    std::string text = note.str();
    if (llvm::StringRef(text).starts_with(operationNote))
      operation = nameOfOperation(llvm::StringRef(text).drop_front(operationNote.size()));
    else
      message += "; " + text;
  }
  // An error of an operation says its name itself.
  if (!operation.empty() && message.find("'" + operation + "'") == std::string::npos)
    place += (place.empty() ? "" : " ") + ("(" + operation + ")");
  return place.empty() ? message : place + ": " + message;
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context, std::vector<std::string> &remarks)
    : handler(context, [this, &remarks](Diagnostic &diagnostic) {
        bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
        (isError ? messages : remarks).push_back(withNotes(diagnostic));
      }) {}

std::string DiagnosticCollector::errors(llvm::StringRef otherwise) const {
  // A conversion says once more that it failed, behind the reason that a pattern has given.
  auto isReason = [](llvm::StringRef text) {
    return !text.contains("failed to legalize operation");
  };
  auto reasons = llvm::make_filter_range(messages, isReason);
  if (!reasons.empty())
    return llvm::join(reasons, "\n");
  return messages.empty() ? otherwise.str() : llvm::join(messages, "\n");
}

} // namespace nnq::python
