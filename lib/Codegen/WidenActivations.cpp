// --nnq-widen-activations: bytes become words in memory where the target multiplies words.

#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Target/Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_WIDENACTIVATIONS
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// `bytes` as words.
Value widen(OpBuilder &b, Location loc, Value bytes, bool isUnsigned) {
  auto type = cast<RankedTensorType>(bytes.getType());
  Type word = b.getI16Type();
  AffineMap map = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(), utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(b, loc, type.getShape(), word);
  return linalg::GenericOp::create(
             b, loc, type.clone(word), bytes, empty, ArrayRef{map, map}, loops,
             [&](OpBuilder &inner, Location l, ValueRange arguments) {
               Value wide = isUnsigned ? Value(arith::ExtUIOp::create(inner, l, word, arguments[0]))
                                       : arith::ExtSIOp::create(inner, l, word, arguments[0]);
               linalg::YieldOp::create(inner, l, wide);
             })
      .getResult(0);
}

/// Makes the product read words.
void readWords(ContractOp op) {
  OpBuilder b(op);
  op.getInputMutable().assign(widen(b, op.getLoc(), op.getInput(), op.getUnsignedInput()));
  op.setUnsignedInput(false);
}

/// Whether the instruction that multiplies bytes by the weights of `op` takes words as well, and so
/// would widen the bytes each time.
bool multipliesWordsAlike(ContractOp op, const TargetDescription &target) {
  StringRef encoding = op.getEncoding().getEncodingName();
  const ProductRow *bytes = target.findRow("i8", encoding),
                   *words = target.findRow("i16", encoding);
  return getElementTypeOrSelf(op.getInput()).isInteger(8) && bytes && words &&
         bytes->dot.instruction == words->dot.instruction;
}

struct WidenActivations : impl::WidenActivationsBase<WidenActivations> {
  using WidenActivationsBase::WidenActivationsBase;

  void runOnOperation() override {
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description) {
      getOperation().emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    const TargetDescription &found = **description;
    getOperation().walk([&](ContractOp op) {
      if (!multipliesWordsAlike(op, found))
        return;
      readWords(op);
      ++numWidened;
    });
  }
};

} // namespace
} // namespace nnq
