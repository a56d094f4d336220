// A second numerics profile, as another project would add one: an attribute of a dialect of its own
// and its arithmetic for the reference, registered from outside.
//
// `#test.half_away` rounds half away from zero, multiplies accumulators in f64 by factors formed in
// f64, takes every bias into the accumulator, and has no formulas of its own for bytes.

#ifndef NNQ_UNITTESTS_NUMERICS_HALFAWAY_H
#define NNQ_UNITTESTS_NUMERICS_HALFAWAY_H

#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectRegistry.h"

namespace nnq::test {

class HalfAwayAttr
    : public mlir::Attribute::AttrBase<HalfAwayAttr, mlir::Attribute, mlir::AttributeStorage,
                                       NumericsProfile::Trait> {
public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "test.half_away";

  llvm::StringRef getName() const { return "half_away"; }
  double round(double real) const;
  mlir::Value emitRound(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value real) const;
  double getFactor(llvm::ArrayRef<double> numerators, llvm::ArrayRef<double> denominators) const;
  mlir::TypedAttr getMultiplier(mlir::MLIRContext *context, double factor) const;
  mlir::Value emitRequantize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value accumulator,
                             mlir::Value multiplier, double largest,
                             mlir::quant::QuantizedType type, mlir::Value zeroPoint) const;
};

/// A profile that the reference has no arithmetic for.
class UnknownAttr
    : public mlir::Attribute::AttrBase<UnknownAttr, mlir::Attribute, mlir::AttributeStorage,
                                       NumericsProfile::Trait> {
public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "test.unknown";

  llvm::StringRef getName() const { return "unknown"; }
  double round(double real) const { return real; }
  mlir::Value emitRound(mlir::OpBuilder &, mlir::Location, mlir::Value real) const { return real; }
};

class TestDialect : public mlir::Dialect {
public:
  explicit TestDialect(mlir::MLIRContext *context);
  static constexpr llvm::StringLiteral getDialectNamespace() { return "test"; }
  mlir::Attribute parseAttribute(mlir::DialectAsmParser &parser, mlir::Type type) const override;
  void printAttribute(mlir::Attribute attribute, mlir::DialectAsmPrinter &printer) const override;
};

/// Adds the dialect, and its profiles to those that nnq's dialect knows by name.
void registerTestDialect(mlir::DialectRegistry &registry);

/// Adds the arithmetic of `half_away` to the reference.
void registerHalfAwayReference();

} // namespace nnq::test

MLIR_DECLARE_EXPLICIT_TYPE_ID(nnq::test::HalfAwayAttr)
MLIR_DECLARE_EXPLICIT_TYPE_ID(nnq::test::UnknownAttr)
MLIR_DECLARE_EXPLICIT_TYPE_ID(nnq::test::TestDialect)

#endif // NNQ_UNITTESTS_NUMERICS_HALFAWAY_H
