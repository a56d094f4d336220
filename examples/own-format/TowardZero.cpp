// The numerics profile. What it does not say is f32 with its rounding.

#include "Own.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace own;

StringRef TowardZeroAttr::getName() const { return getMnemonic(); }

double TowardZeroAttr::round(double real) const { return std::trunc(real); }

Value TowardZeroAttr::emitRound(OpBuilder &builder, Location loc, Value real) const {
  return math::TruncOp::create(builder, loc, real);
}
