// What families write their dot products, and look-ups, with.

#include "nnq/Target/DotProducts.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Target/TargetFamily.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
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

namespace {

struct LookupToByteShuffles : OpRewritePattern<LookupOp> {
  LookupToByteShuffles(MLIRContext *context, ArrayRef<ByteShuffle> shuffles)
      : OpRewritePattern(context), shuffles(shuffles) {}

  LogicalResult matchAndRewrite(LookupOp op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<VectorType>(op.getType());
    int64_t size = type.getDimSize(0), padded = llvm::alignTo(size, shuffles.back().bytes);
    const ByteShuffle &shuffle =
        *llvm::find_if(shuffles, [&](const ByteShuffle &s) { return padded % s.bytes == 0; });
    auto part = VectorType::get({shuffle.bytes}, type.getElementType());
    SmallVector<int8_t> bytes(op.getTable());
    bytes.resize(LookupOp::tableSize);
    SmallVector<int8_t> repeated;
    while (int64_t(repeated.size()) < shuffle.bytes)
      llvm::append_range(repeated, bytes);
    Value table = arith::ConstantOp::create(rewriter, loc,
                                            DenseElementsAttr::get(part, ArrayRef(repeated))),
          indices = resize(rewriter, loc, op.getIndices(), padded), result = indices;
    for (int64_t first = 0; first < padded; first += shuffle.bytes) {
      Value some = slice(rewriter, loc, indices, first, shuffle.bytes);
      some = callIntrinsic(rewriter, loc, part, shuffle.intrinsic, {table, some});
      result = padded == shuffle.bytes
                   ? some
                   : vector::InsertStridedSliceOp::create(rewriter, loc, some, result,
                                                          ArrayRef{first}, ArrayRef<int64_t>{1});
    }
    rewriter.replaceOp(op, slice(rewriter, loc, result, 0, size));
    return success();
  }

private:
  static Value slice(OpBuilder &b, Location loc, Value vector, int64_t first, int64_t size) {
    if (cast<VectorType>(vector.getType()).getDimSize(0) == size)
      return vector;
    return vector::ExtractStridedSliceOp::create(b, loc, vector, ArrayRef{first}, ArrayRef{size},
                                                 ArrayRef<int64_t>{1});
  }

  /// With some of its own elements behind it.
  static Value resize(OpBuilder &b, Location loc, Value vector, int64_t size) {
    int64_t has = cast<VectorType>(vector.getType()).getDimSize(0);
    if (has == size)
      return vector;
    SmallVector<int64_t> mask =
        llvm::map_to_vector(llvm::seq(size), [&](int64_t i) { return i % has; });
    return vector::ShuffleOp::create(b, loc, vector, vector, mask);
  }

  const ArrayRef<ByteShuffle> shuffles;
};

} // namespace

void nnq::populateLookupPatterns(RewritePatternSet &patterns, ArrayRef<ByteShuffle> shuffles) {
  patterns.add<LookupToByteShuffles>(patterns.getContext(), shuffles);
}
