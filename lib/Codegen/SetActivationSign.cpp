// --nnq-set-activation-sign: activations as the target's dot products want them.

#include "nnq/Codegen/Passes.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Target/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nnq {
#define GEN_PASS_DEF_SETACTIVATIONSIGN
#include "nnq/Codegen/Passes.h.inc"

namespace {

struct SetActivationSign : impl::SetActivationSignBase<SetActivationSign> {
  using SetActivationSignBase::SetActivationSignBase;

  /// The same values with the storage of the other sign, or null if the type has the right one or
  /// is none of 8 or 16 bits.
  static Type relabelled(Type type, const TargetDescription &target) {
    auto element = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(type));
    if (!element ||
        (!element.getStorageType().isInteger(8) && !element.getStorageType().isInteger(16)))
      return nullptr;
    unsigned bits = element.getStorageTypeIntegralWidth();
    const DotProduct *dot = target.dotOf(bits);
    bool wantSigned = dot && !dot->unsignedActivations;
    if (!dot || element.isSigned() == wantSigned)
      return nullptr;
    int64_t half = int64_t(1) << (bits - 1), shift = wantSigned ? -half : half;
    auto other = getPerTensorType(
        type.getContext(), wantSigned, bits, element.getScale(), element.getZeroPoint() + shift,
        element.getStorageTypeMin() + shift, element.getStorageTypeMax() + shift);
    return cast<RankedTensorType>(type).clone(other);
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || function->hasAttr("nnq.kernel"))
      return;
    llvm::Expected<const TargetDescription *> description = lookupTarget(target);
    if (!description) {
      function.emitError() << llvm::toString(description.takeError());
      return signalPassFailure();
    }
    OpBuilder builder(&getContext());
    auto relabelUses = [&](Value value, auto keep) {
      Type type = relabelled(value.getType(), **description);
      if (!type)
        return;
      builder.setInsertionPointAfterValue(value);
      Value converted = relabelConstant(builder, value, type);
      if (!converted)
        converted = RequantizeOp::create(builder, value.getLoc(), type, value);
      value.replaceUsesWithIf(converted, [&](OpOperand &use) {
        return use.getOwner() != converted.getDefiningOp() && keep(use);
      });
    };
    Operation *terminator = function.front().getTerminator();
    SmallVector<Operation *> layers;
    for (Operation &op : function.front().without_terminator())
      layers.push_back(&op);
    SmallVector<std::pair<QuantizableOp, SmallVector<int64_t>>> zeroPoints;
    for (Operation *op : layers)
      if (auto quantizable = dyn_cast<QuantizableOp>(op);
          quantizable && quantizable.roundsWithZeroPoint())
        zeroPoints.emplace_back(quantizable, zeroPointsOf(op));
    // The boundary keeps its types: first around the body, then inside it.
    for (OpOperand &result : terminator->getOpOperands())
      if (relabelled(result.get().getType(), **description)) {
        builder.setInsertionPoint(terminator);
        result.set(RequantizeOp::create(builder, result.get().getLoc(), result.get().getType(),
                                        result.get()));
      }
    for (BlockArgument argument : function.getArguments())
      relabelUses(argument, [](OpOperand &) { return true; });
    for (Operation *op : layers) {
      for (Value result : op->getResults()) {
        if (op->hasTrait<OpTrait::ConstantLike>())
          relabelUses(result, [](OpOperand &use) {
            auto quantizable = dyn_cast<QuantizableOp>(use.getOwner());
            return quantizable &&
                   quantizable.getOperandRole(use.getOperandNumber()) == OperandRole::Activation;
          });
        else if (Type type = relabelled(result.getType(), **description))
          result.setType(type);
      }
    }
    for (auto &[op, before] : zeroPoints)
      recordOffsets(op, before);
  }

private:
  /// A constant with the codes of the other sign, their top bit inverted; null if it can't be read.
  static Value relabelConstant(OpBuilder &builder, Value value, Type type) {
    auto constant = value.getDefiningOp<ConstantOp>();
    auto data = constant ? ConstantData::get(constant.getValue()) : FailureOr<ConstantData>();
    if (failed(data))
      return nullptr;
    auto storage = cast<RankedTensorType>(getStorageType(type));
    size_t width = storage.getElementTypeBitWidth() / 8;
    std::vector<char> bytes(data->getBytes());
    for (size_t i = width - 1; i < bytes.size(); i += width)
      bytes[i] = static_cast<char>(bytes[i] ^ 0x80);
    return ConstantOp::create(builder, value.getLoc(), type,
                              makeConstant(storage, ArrayRef<char>(bytes)));
  }

  /// The zero points of the operands and the result, 0 for those that are not per tensor.
  static SmallVector<int64_t> zeroPointsOf(Operation *op) {
    SmallVector<int64_t> zeroPoints;
    for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes())) {
      auto element = dyn_cast_or_null<quant::UniformQuantizedType>(getQuantizedElement(type));
      zeroPoints.push_back(element ? element.getZeroPoint() : 0);
    }
    return zeroPoints;
  }

  /// Adds what was taken from the zero points since to `nnq.code_offsets`.
  static void recordOffsets(Operation *op, ArrayRef<int64_t> before) {
    SmallVector<int64_t> offsets;
    for (auto [i, now] : llvm::enumerate(zeroPointsOf(op)))
      offsets.push_back(before[i] - now + getCodeOffset(op, i));
    if (llvm::any_of(offsets, [](int64_t offset) { return offset != 0; }))
      op->setAttr(codeOffsetsAttrName, DenseI64ArrayAttr::get(op->getContext(), offsets));
    else
      op->removeAttr(codeOffsetsAttrName);
  }
};

} // namespace
} // namespace nnq
