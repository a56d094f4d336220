// What families write their dot products, and look-ups, with.

#include "nnq/Target/DotProducts.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Target/TargetFamily.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
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
  if (vectorType.getNumElements() * vectorType.getElementTypeBitWidth() ==
      type.getNumElements() * type.getElementTypeBitWidth())
    return vector::BitCastOp::create(b, loc, type, vector);
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
    int64_t tableSize = std::max<int64_t>(sizeOf(op.getTable()), LookupOp::tableSize),
            padded = llvm::alignTo(type.getDimSize(0), LookupOp::tableSize);
    const auto *shuffle = llvm::find_if(shuffles, [&](const ByteShuffle &s) {
      return s.table == tableSize && padded % s.bytes == 0;
    });
    if (shuffle == shuffles.end())
      return rewriter.notifyMatchFailure(op, "no shuffle of bytes takes such a table");
    auto part = VectorType::get({shuffle->bytes}, type.getElementType());
    Value table = repeatTable(rewriter, loc, op.getTable(), shuffle->bytes),
          indices = fillUp(rewriter, loc, op.getIndices(), padded), result = indices;
    for (int64_t first = 0; first < padded; first += shuffle->bytes) {
      Value some = slice(rewriter, loc, indices, first, shuffle->bytes);
      some = callIntrinsic(rewriter, loc, part, shuffle->intrinsic, {table, some});
      result = padded == shuffle->bytes
                   ? some
                   : vector::InsertStridedSliceOp::create(rewriter, loc, some, result,
                                                          ArrayRef{first}, ArrayRef<int64_t>{1});
    }
    rewriter.replaceOp(op, slice(rewriter, loc, result, 0, type.getDimSize(0)));
    return success();
  }

private:
  static int64_t sizeOf(Value vector) { return cast<VectorType>(vector.getType()).getDimSize(0); }

  static Value slice(OpBuilder &b, Location loc, Value vector, int64_t first, int64_t size) {
    if (sizeOf(vector) == size)
      return vector;
    return vector::ExtractStridedSliceOp::create(b, loc, vector, ArrayRef{first}, ArrayRef{size},
                                                 ArrayRef<int64_t>{1});
  }

  /// With itself behind it until there are `size` bytes.
  static Value repeatTable(OpBuilder &b, Location loc, Value table, int64_t size) {
    auto type = VectorType::get({size}, b.getI8Type());
    DenseElementsAttr constant;
    if (sizeOf(table) == size || !matchPattern(table, m_Constant(&constant)))
      return broadcastBits(b, loc, table, type); // a load that broadcasts, where it is one
    SmallVector<int8_t> bytes(constant.getValues<int8_t>());
    for (int64_t i = bytes.size(); i < size; ++i)
      bytes.push_back(bytes[i - sizeOf(table)]);
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, ArrayRef(bytes)));
  }

  /// With some of its own elements behind it.
  static Value fillUp(OpBuilder &b, Location loc, Value indices, int64_t size) {
    int64_t has = sizeOf(indices);
    if (has == size)
      return indices;
    SmallVector<int64_t> mask =
        llvm::map_to_vector(llvm::seq(size), [&](int64_t i) { return i % has; });
    return vector::ShuffleOp::create(b, loc, indices, indices, mask);
  }

  const ArrayRef<ByteShuffle> shuffles;
};

} // namespace

void nnq::populateLookupPatterns(RewritePatternSet &patterns, ArrayRef<ByteShuffle> shuffles) {
  patterns.add<LookupToByteShuffles>(patterns.getContext(), shuffles);
}
