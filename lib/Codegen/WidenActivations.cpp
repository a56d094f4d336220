// --nnq-widen-activations: bytes become words in memory where the target multiplies words.

#include "Contraction.h"

#include "nnq/Codegen/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_WIDENACTIVATIONS
#include "nnq/Codegen/Passes.h.inc"

namespace {

/// `bytes` as words, by the sign that `extension` takes them for.
Value widen(OpBuilder &b, Location loc, Value bytes, Operation *extension) {
  auto type = cast<RankedTensorType>(bytes.getType());
  Type word = b.getI16Type();
  AffineMap map = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(), utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(b, loc, type.getShape(), word);
  return linalg::GenericOp::create(b, loc, type.clone(word), bytes, empty, ArrayRef{map, map},
                                   loops,
                                   [&](OpBuilder &inner, Location l, ValueRange arguments) {
                                     Operation *wide = inner.clone(*extension);
                                     wide->setOperand(0, arguments[0]);
                                     wide->getResult(0).setType(word);
                                     linalg::YieldOp::create(inner, l, wide->getResults());
                                   })
      .getResult(0);
}

/// Makes the product read words.
void readWords(linalg::GenericOp product) {
  BlockArgument input = product.getBody()->getArgument(0);
  Operation *extension = *input.user_begin(); // to the i32 in which it is multiplied
  OpBuilder b(product);
  product->setOperand(0, widen(b, product.getLoc(), product->getOperand(0), extension));
  b.setInsertionPoint(extension);
  input.setType(b.getI16Type());
  Value wide =
      arith::ExtSIOp::create(b, extension->getLoc(), extension->getResultTypes()[0], input);
  extension->replaceAllUsesWith(ValueRange{wide});
  extension->erase();
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
    const DotProduct *bytes = found.dotOf(8), *words = found.dotOf(16);
    if (!bytes || !words || bytes->instruction != words->instruction)
      return;
    llvm::SetVector<linalg::GenericOp> products; // those in blocks are also found by themselves
    getOperation().walk([&](linalg::GenericOp op) {
      std::string reason;
      std::optional<Contraction> c = Contraction::match(op, found, reason);
      if (c && !c->isFloat && c->dot.activationBits == 8 && c->weightBits == 8)
        products.insert(c->op);
    });
    for (linalg::GenericOp product : products)
      readWords(product);
    numWidened += products.size();
  }
};

} // namespace
} // namespace nnq
