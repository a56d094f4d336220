// What families write their dot products with.

#include "nnq/Target/DotProducts.h"

#include "nnq/Target/TargetFamily.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;

Value nnq::callIntrinsic(OpBuilder &b, Location loc, Type type, StringRef name,
                         ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, loc, type, b.getStringAttr(name), operands).getResult(0);
}

Value nnq::broadcastBits(OpBuilder &b, Location loc, Value vector, VectorType type) {
  auto vectorType = cast<VectorType>(vector.getType());
  int64_t bits = vectorType.getNumElements() * vectorType.getElementTypeBitWidth();
  int64_t lanes = type.getNumElements() * type.getElementTypeBitWidth() / bits;
  Type lane = b.getIntegerType(bits);
  Value scalar = vector::BitCastOp::create(b, loc, VectorType::get({1}, lane), vector);
  scalar = vector::ExtractOp::create(b, loc, scalar, 0);
  Value repeated = vector::BroadcastOp::create(b, loc, VectorType::get({lanes}, lane), scalar);
  return vector::BitCastOp::create(b, loc, type, repeated);
}

Value nnq::widenToWords(OpBuilder &b, Location loc, Value bytes, bool isUnsigned) {
  Type words = cast<VectorType>(bytes.getType()).clone(b.getI16Type());
  return isUnsigned ? Value(arith::ExtUIOp::create(b, loc, words, bytes))
                    : arith::ExtSIOp::create(b, loc, words, bytes);
}

Value nnq::matchRoundToInt(arith::FPToSIOp toInt) {
  if (!getElementTypeOrSelf(toInt.getIn()).isF32() ||
      !getElementTypeOrSelf(toInt.getType()).isInteger(32))
    return {};
  auto round = toInt.getIn().getDefiningOp<math::RoundEvenOp>();
  return round ? round.getOperand() : Value();
}
