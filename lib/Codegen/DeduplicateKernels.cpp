// --nnq-deduplicate-kernels: layers of one shape share one kernel.

#include "nnq/Codegen/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OperationSupport.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_DEDUPLICATEKERNELS
#include "nnq/Codegen/Passes.h.inc"

namespace {

struct DeduplicateKernels : impl::DeduplicateKernelsBase<DeduplicateKernels> {
  using DeduplicateKernelsBase::DeduplicateKernelsBase;

  static llvm::hash_code hash(func::FuncOp kernel) {
    // The operations with their attributes, but not which operands they have, tell most kernels
    // apart; equality decides.
    llvm::hash_code code = hash_value(kernel.getFunctionType());
    kernel.getBody().walk([&](Operation *op) {
      code = llvm::hash_combine(
          code, OperationEquivalence::computeHash(op, OperationEquivalence::ignoreHashValue,
                                                  OperationEquivalence::ignoreHashValue,
                                                  OperationEquivalence::IgnoreLocations));
    });
    return code;
  }

  static bool equal(func::FuncOp a, func::FuncOp b) {
    return a.getFunctionType() == b.getFunctionType() &&
           OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &b.getBody(),
                                                      OperationEquivalence::IgnoreLocations);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::DenseMap<size_t, SmallVector<func::FuncOp>> kept;
    llvm::StringMap<StringRef> replacement;
    SmallVector<func::FuncOp> erased;
    for (auto kernel : module.getOps<func::FuncOp>()) {
      if (!kernel->hasAttr("nnq.kernel") || kernel.isExternal())
        continue;
      auto &candidates = kept[static_cast<size_t>(hash(kernel))];
      auto *same =
          llvm::find_if(candidates, [&](func::FuncOp other) { return equal(kernel, other); });
      if (same == candidates.end()) {
        candidates.push_back(kernel);
        continue;
      }
      replacement[kernel.getName()] = same->getName();
      erased.push_back(kernel);
    }
    module.walk([&](func::CallOp call) {
      if (auto it = replacement.find(call.getCallee()); it != replacement.end())
        call.setCallee(it->second);
    });
    numErased += erased.size();
    for (func::FuncOp kernel : erased)
      kernel.erase();
  }
};

} // namespace
} // namespace nnq
