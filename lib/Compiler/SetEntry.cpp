// --nnq-set-entry: what of an object file a program calls.

#include "CNames.h"

#include "nnq/Compiler/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace nnq {
#define GEN_PASS_DEF_SETENTRY
#include "nnq/Compiler/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct SetEntry : nnq::impl::SetEntryBase<SetEntry> {
  using SetEntryBase::SetEntryBase;

  void runOnOperation() override {
    if (!symbol.empty() && failed(rename()))
      return signalPassFailure();
    for (auto called : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (called.isExternal())
        continue;
      if (!symbol.empty() && called.getName() != symbol)
        called.setPrivate();
      if (called.isPublic()) {
        called.removeArgAttrsAttr();
        continue;
      }
      called.setNoInline(true);
      // What no program calls has no symbol, whoever translates this module.
      called.setLinkage(LLVM::Linkage::Internal);
    }
  }

private:
  LogicalResult rename() {
    SymbolTable symbols(getOperation());
    auto entry = symbols.lookup<LLVM::LLVMFuncOp>(function);
    if (!entry || entry.isExternal())
      return getOperation().emitError()
             << "there is no function '" << function << "' of LLVM's dialect to be called '"
             << symbol << "'; --nnq-lower-to-llvm-pipeline makes one of each network";
    if (!isCIdentifier(symbol))
      return entry.emitError() << "a program can't call '" << symbol
                               << "'; a symbol is an identifier of C";
    if (symbol == function)
      return success();
    if (Operation *other = symbols.lookup(symbol)) {
      InFlightDiagnostic diagnostic = entry.emitError() << "'" << function << "' can't be called '"
                                                        << symbol << "' too; name it otherwise";
      diagnostic.attachNote(other->getLoc()) << "this is called so";
      return diagnostic;
    }
    return symbols.rename(entry, symbol);
  }
};

} // namespace
