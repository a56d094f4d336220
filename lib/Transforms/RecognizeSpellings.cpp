// --nnq-recognize-spellings: elementary operations become the operation that they spell out.

#include "FormulaReader.h"
#include "Spellings.h"

#include "nnq/Dialect/NNQ/IR/CompoundOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnq {
#define GEN_PASS_DEF_RECOGNIZESPELLINGS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

bool isQuantized(func::FuncOp func) {
  auto isQuantized = [](Type type) { return static_cast<bool>(getQuantizedElement(type)); };
  return func
      .walk([&](Operation *op) {
        return llvm::any_of(op->getOperandTypes(), isQuantized) ||
                       llvm::any_of(op->getResultTypes(), isQuantized)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether `op` may be the last operation of a spelling.
bool canEndSpelling(Operation *op) {
  return isa<ElementwiseOp>(op) && !isa<RequantizeOp>(op) && isFloatTensor(op->getResult(0));
}

struct RecognizeSpellings : nnq::impl::RecognizeSpellingsBase<RecognizeSpellings> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    // The bits of a network that comes quantized are those of its operations.
    if (func.isExternal() || !llvm::hasSingleElement(func.getBody()) || isQuantized(func))
      return;
    // Last operations first, so that a norm is found with its scale and bias.
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(func.getBody().front()))) {
      if (isOpTriviallyDead(&op))
        op.erase();
      else if (canEndSpelling(&op))
        recognize(&op, /*ofReductions=*/true);
    }
    // First operations first: a sigmoid, then what is gated by it.
    for (Operation &op : llvm::make_early_inc_range(func.getBody().front()))
      if (canEndSpelling(&op) && !op.use_empty())
        recognize(&op, /*ofReductions=*/false);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(func.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

private:
  void recognize(Operation *root, bool ofReductions) {
    bool hasReductions = false;
    SmallVector<Value> arguments = getArguments(root->getResult(0), hasReductions);
    if (ofReductions && !hasReductions)
      return;
    OpBuilder builder(root);
    for (Value x : arguments) {
      Value result;
      if (!ofReductions) {
        if (!(result = recognizeActivation(root, x, builder)))
          result = recognizeRectifier(root, x, builder);
      } else if (!(result = recognizeSoftmax(root, x, builder))) {
        result = recognizeNorm(root, x, builder);
      }
      if (!result)
        continue;
      root->getResult(0).replaceAllUsesWith(result);
      ++numRecognized;
      return;
    }
  }
};

} // namespace
