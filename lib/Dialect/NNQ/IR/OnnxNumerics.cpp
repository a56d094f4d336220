// The numerics profile `onnx`: docs/NumericsOnnx.md.

#include "OnnxNumerics.h"

#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/Requantize.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

#include <array>
#include <cmath>

using namespace mlir;

namespace nnq {
namespace {

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

/// The type of codes with one scale and at most 8 bits, or null.
quant::UniformQuantizedType byteType(Value value) {
  auto type = dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(value));
  return type && type.getStorageTypeIntegralWidth() <= 8 ? type : nullptr;
}

bool isByte(Value value) { return static_cast<bool>(byteType(value)); }

/// Whether ONNX Runtime has an operator on bytes from `operands` to `result`: only where all have
/// one storage type. It computes in float otherwise, which rounds differently.
bool haveOneStorage(ValueRange operands, quant::QuantizedType result) {
  return llvm::all_of(operands, [&](Value operand) {
    auto type = getQuantizedElement(operand.getType());
    return type && type.getStorageType() == result.getStorageType() &&
           type.isSigned() == result.isSigned();
  });
}

/// Sums and products from bytes to a byte. The zero point of the result is added before rounding,
/// so that codes are counted as the model counts them (`getCodeOffset`).
class ByteArithmetic {
public:
  ByteArithmetic(NumericsProfile numerics, Operation *op)
      : numerics(numerics), op(op), types{byteType(op->getOperand(0)), byteType(op->getOperand(1)),
                                          byteType(op->getResult(0))} {}

  Value emit(OpBuilder &builder, Location loc, Value a, Value b) const {
    return isa<AddOp>(op) ? emitSum(builder, loc, a, b) : emitProduct(builder, loc, a, b);
  }

private:
  QuantParams params(unsigned i) const { return getQuantParams(types[i], getCodeOffset(op, i)); }

  /// The code as the model counts it, in f32.
  Value emitCode(OpBuilder &builder, Location loc, Value code, unsigned i) const {
    Value wide = emitExtend(builder, loc, code, types[i].isSigned(), builder.getI32Type());
    if (int64_t offset = getCodeOffset(op, i))
      wide = arith::AddIOp::create(builder, loc, wide,
                                   emitInteger(builder, loc, wide.getType(), offset));
    return arith::SIToFPOp::create(builder, loc, builder.getF32Type(), wide);
  }

  Value emitSum(OpBuilder &builder, Location loc, Value a, Value b) const {
    SumFactors factors = sumFactors(params(0), params(1), params(2));
    Value sum = math::FmaOp::create(builder, loc, emitCode(builder, loc, b, 1),
                                    emitF32(builder, loc, factors.rhs),
                                    emitF32(builder, loc, factors.offset));
    sum = math::FmaOp::create(builder, loc, emitCode(builder, loc, a, 0),
                              emitF32(builder, loc, factors.lhs), sum);
    float largest = 256 * (factors.lhs + factors.rhs) + std::abs(factors.offset);
    return emitRoundToCode(numerics, builder, loc, sum, largest, types[2], getCodeOffset(op, 2));
  }

  Value emitProduct(OpBuilder &builder, Location loc, Value a, Value b) const {
    Type i32 = builder.getI32Type();
    QuantParams result = params(2);
    float multiplier = requantizeMultiplier(params(0).scale, params(1).scale, result.scale);
    Value product = arith::MulIOp::create(builder, loc, emitCentred(builder, loc, a, types[0], i32),
                                          emitCentred(builder, loc, b, types[1], i32));
    Value scaled = arith::MulFOp::create(
        builder, loc, arith::SIToFPOp::create(builder, loc, builder.getF32Type(), product),
        emitF32(builder, loc, multiplier));
    scaled = arith::AddFOp::create(builder, loc, scaled,
                                   emitF32(builder, loc, static_cast<float>(result.zeroPoint)));
    return emitRoundToCode(numerics, builder, loc, scaled, 0x1p16f * multiplier + 0x1p9f, types[2],
                           getCodeOffset(op, 2));
  }

  NumericsProfile numerics;
  Operation *op;
  std::array<quant::UniformQuantizedType, 3> types; ///< of the operands and the result
};

//===----------------------------------------------------------------------===//
// The profile
//===----------------------------------------------------------------------===//

struct OnnxNumerics : NumericsProfile::ExternalModel<OnnxNumerics, OnnxProfileAttr> {
  StringRef getName(Attribute) const { return "onnx"; }

  /// To nearest, half to even.
  double round(Attribute, double real) const { return std::nearbyint(real); }
  Value emitRound(Attribute, OpBuilder &builder, Location loc, Value real) const {
    return math::RoundEvenOp::create(builder, loc, real);
  }

  /// Where nothing but clamps, and behind them moves, stands before the quantization of the result.
  /// ONNX Runtime reshapes what is no matrix to multiply it, which is a move.
  bool roundsBias(Attribute, AccumulatingOp op) const {
    auto rankOf = [](OpOperand &operand) {
      return cast<RankedTensorType>(operand.get().getType()).getRank();
    };
    bool isMoved = rankOf(op.getInputOperand()) != rankOf(op.getWeightOperand());
    Value value = op->getResult(0);
    while (value.hasOneUse()) {
      auto user = dyn_cast<QuantizableOp>(*value.user_begin());
      if (!user || user->getNumResults() != 1)
        return false;
      value = user->getResult(0);
      if (isa<RequantizeOp>(*user))
        return static_cast<bool>(getQuantizedElement(value.getType()));
      bool isMove = user.movesOneTensor();
      if (!isMove && (isMoved || !user.getClampBounds()))
        return false;
      isMoved |= isMove;
    }
    return false;
  }

  bool computesOnBytes(Attribute, Operation *op) const {
    if (isa<SoftmaxOp>(op))
      return isByte(op->getOperand(0));
    return isa<AddOp, MulOp, AvgPool2DOp>(op) && llvm::all_of(op->getOperands(), isByte) &&
           isByte(op->getResult(0));
  }
  Value emitOnBytes(Attribute profile, OpBuilder &builder, Location loc, Operation *op,
                    ValueRange codes) const {
    return ByteArithmetic(cast<NumericsProfile>(profile), op)
        .emit(builder, loc, codes[0], codes[1]);
  }

  /// Operators on bytes are for bytes of one type. Softmax and resize, which nnq computes in float
  /// where nobody asks for bytes, have one too; of a softmax of one element the sum of exponentials
  /// is at the end of f32's range, and the form on bytes overflows.
  bool fusesQuantization(Attribute, QuantizableOp op, ValueRange operands,
                         quant::UniformQuantizedType type) const {
    bool areBytes = llvm::all_of(operands, isByte) && type.getStorageTypeIntegralWidth() <= 8;
    if (op.hasIntegerForm())
      return !op.roundsWithZeroPoint() || !areBytes || haveOneStorage(operands, type);
    auto softmax = dyn_cast<SoftmaxOp>(*op);
    bool hasByteForm =
        softmax ? softmax.getType().getDimSize(softmax.getAxis()) > 1 : isa<ResizeOp>(*op);
    return hasByteForm && areBytes && haveOneStorage(operands, type);
  }
};

} // namespace

void attachOnnxNumerics(MLIRContext &context) {
  OnnxProfileAttr::attachInterface<OnnxNumerics>(context);
}

} // namespace nnq
