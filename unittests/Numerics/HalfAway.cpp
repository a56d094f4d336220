// The profile `half_away` for the compiler.

#include "HalfAway.h"

#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/DialectImplementation.h"

#include <cmath>
#include <functional>
#include <numeric>

using namespace mlir;

MLIR_DEFINE_EXPLICIT_TYPE_ID(nnq::test::HalfAwayAttr)
MLIR_DEFINE_EXPLICIT_TYPE_ID(nnq::test::UnknownAttr)
MLIR_DEFINE_EXPLICIT_TYPE_ID(nnq::test::TestDialect)

namespace nnq::test {

double HalfAwayAttr::round(double real) const { return std::round(real); }

Value HalfAwayAttr::emitRound(OpBuilder &builder, Location loc, Value real) const {
  return math::RoundOp::create(builder, loc, real);
}

double HalfAwayAttr::getFactor(ArrayRef<double> numerators, ArrayRef<double> denominators) const {
  auto product = [](ArrayRef<double> values) {
    return std::accumulate(values.begin(), values.end(), 1.0, std::multiplies<double>());
  };
  return product(numerators) / product(denominators);
}

TypedAttr HalfAwayAttr::getMultiplier(MLIRContext *context, double factor) const {
  return FloatAttr::get(Float64Type::get(context), factor);
}

Value HalfAwayAttr::emitRequantize(OpBuilder &builder, Location loc, Value accumulator,
                                   Value multiplier, double, quant::QuantizedType type,
                                   Value zeroPoint) const {
  Value real = arith::SIToFPOp::create(builder, loc, builder.getF64Type(), accumulator);
  Value scaled = arith::MulFOp::create(builder, loc, real, multiplier);
  return zeroPoint
             ? emitSaturateAround(*this, builder, loc, scaled, zeroPoint, type)
             : emitSaturate(*this, builder, loc, scaled, getCodeParams(type), getMemoryType(type));
}

TestDialect::TestDialect(MLIRContext *context)
    : Dialect(getDialectNamespace(), context, TypeID::get<TestDialect>()) {
  addAttributes<HalfAwayAttr, UnknownAttr>();
}

Attribute TestDialect::parseAttribute(DialectAsmParser &parser, Type) const {
  StringRef keyword;
  if (failed(parser.parseKeyword(&keyword)))
    return {};
  if (keyword == "half_away")
    return HalfAwayAttr::get(getContext());
  return UnknownAttr::get(getContext());
}

void TestDialect::printAttribute(Attribute attribute, DialectAsmPrinter &printer) const {
  printer << cast<NumericsProfile>(attribute).getName();
}

void registerTestDialect(DialectRegistry &registry) {
  registry.insert<TestDialect>();
  registry.addExtension(+[](MLIRContext *context, NNQDialect *dialect) {
    context->getOrLoadDialect<TestDialect>();
    dialect->addNumericsProfile(HalfAwayAttr::get(context));
  });
}

} // namespace nnq::test
