// Codes seen as integers. The other operations of NNQIntegerOps.td are elementwise, and lowered as
// such.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

/// No operation, unless codes are stored with another sign than the model's: then these are so much
/// larger or smaller, modulo the width.
struct LowerStorageCast : OpConversionPattern<StorageCastOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(StorageCastOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    bool fromCodes = static_cast<bool>(getQuantizedElement(op.getInput().getType()));
    int64_t offset = fromCodes ? getCodeOffset(op, 0) : -getCodeOffset(op, 1);
    if (offset == 0) {
      rewriter.replaceOp(op, adaptor.getInput());
      return success();
    }
    replaceByFunction(
        rewriter, op, adaptor.getInput(), [&](OpBuilder &b, Location l, Value code) -> Value {
          APInt bits(code.getType().getIntOrFloatBitWidth(), offset, /*isSigned=*/true,
                     /*implicitTrunc=*/true);
          Value constant = arith::ConstantOp::create(b, l, b.getIntegerAttr(code.getType(), bits));
          return arith::AddIOp::create(b, l, code, constant);
        });
    return success();
  }
};

} // namespace

void populateIntegerToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<LowerStorageCast>(converter, patterns.getContext());
}

} // namespace nnq
