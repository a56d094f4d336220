// Numerics profiles: lookup, what they share, and ONNX Runtime's.

#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "OnnxNumerics.h"

#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

#include "nnq/Dialect/NNQ/IR/NNQNumerics.cpp.inc"

namespace nnq {

//===----------------------------------------------------------------------===//
// Lookup
//===----------------------------------------------------------------------===//

void NNQDialect::addNumericsProfile(Attribute profile) { numericsProfiles.push_back(profile); }

Attribute NNQDialect::lookupNumericsProfile(StringRef name) const {
  auto found = llvm::find_if(numericsProfiles, [&](Attribute profile) {
    return cast<NumericsProfile>(profile).getName() == name;
  });
  return found == numericsProfiles.end() ? Attribute() : *found;
}

NumericsProfile getNumerics(Operation *op) {
  for (Operation *around = op; around; around = around->getParentOp())
    if (auto profile = around->getAttrOfType<NumericsProfile>(profileAttrName))
      return profile;
  return cast<NumericsProfile>(Attribute(OnnxProfileAttr::get(op->getContext())));
}

void keepNumerics(Operation *from, Operation *to) {
  if (Attribute profile = from->getAttr(profileAttrName))
    to->setAttr(profileAttrName, profile);
}

//===----------------------------------------------------------------------===//
// What profiles share
//===----------------------------------------------------------------------===//

int32_t NumericsProfile::quantize(float real, const QuantParams &params) const {
  return quantizeValue(real, params, [&](double quotient) { return round(quotient); });
}

namespace detail {

/// From the left, each step rounded to f32.
static float multiply(ArrayRef<double> factors) {
  float product = 1.0f;
  for (double factor : factors)
    product = product * static_cast<float>(factor);
  return product;
}

double getFactorInF32(ArrayRef<double> numerators, ArrayRef<double> denominators) {
  return multiply(numerators) / multiply(denominators);
}

TypedAttr getMultiplierInF32(MLIRContext *context, double factor) {
  return FloatAttr::get(Float32Type::get(context), factor);
}

Value emitRequantizeInF32(NumericsProfile numerics, OpBuilder &builder, Location loc,
                          Value accumulator, Value multiplier, double largest,
                          quant::QuantizedType type, Value zeroPoint) {
  Value real = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), accumulator);
  Value scaled = arith::MulFOp::create(builder, loc, real, multiplier);
  if (zeroPoint)
    return emitSaturateAround(numerics, builder, loc, scaled, zeroPoint, type);
  // An i32 times at most 1/2 leaves room for the zero point.
  bool isBounded = accumulator.getType().isInteger(32) && largest <= 0.5 &&
                   type.getStorageTypeIntegralWidth() <= 16;
  auto *emit = isBounded ? emitSaturateBounded : emitSaturate;
  return emit(numerics, builder, loc, scaled, getCodeParams(type), getMemoryType(type));
}

} // namespace detail
} // namespace nnq
