// The Arm family: usmmla, sdot, smull with sadalp, smlal, and fcvtns.

#include "../Families.h"

#include "nnq/Target/DotProducts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace nnq;

namespace {

//===----------------------------------------------------------------------===//
// Dot products
//===----------------------------------------------------------------------===//

/// Two rows of eight activations by two rows of eight weights.
Value usmmla(OpBuilder &b, Location loc, const DotProduct &, Value acc, Value activations,
             Value weights) {
  return callIntrinsic(b, loc, acc.getType(), "llvm.aarch64.neon.usmmla.v4i32.v16i8",
                       {acc, activations, weights});
}

/// Four activations in every lane, by four weights per lane. The broadcast is the last operand:
/// there, LLVM turns one of a part of a longer vector into sdot by element.
Value sdot(OpBuilder &b, Location loc, const DotProduct &, Value acc, Value activations,
           Value weights) {
  Value x = broadcastBits(b, loc, activations, cast<VectorType>(weights.getType()));
  return callIntrinsic(b, loc, acc.getType(), "llvm.aarch64.neon.sdot.v4i32.v16i8",
                       {acc, weights, x});
}

/// Two bytes that are loaded alone, loaded as two scalars: LLVM merges those into `ld1r` of 16
/// bits, whereas it takes a vector of two bytes apart.
Value loadPair(OpBuilder &b, Location loc, vector::LoadOp load) {
  SmallVector<Value> indices = load.getIndices();
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value low = memref::LoadOp::create(b, loc, load.getBase(), indices);
  indices.back() = arith::AddIOp::create(b, loc, indices.back(), one);
  Value high = memref::LoadOp::create(b, loc, load.getBase(), indices);
  Type word = b.getI16Type();
  low = arith::ExtUIOp::create(b, loc, word, low);
  high = arith::ExtUIOp::create(b, loc, word, high);
  Value eight = arith::ConstantIntOp::create(b, loc, word, 8);
  Value pair = arith::OrIOp::create(b, loc, low, arith::ShLIOp::create(b, loc, high, eight));
  Value vector = vector::BroadcastOp::create(b, loc, VectorType::get({1}, word), pair);
  return vector::BitCastOp::create(b, loc, load.getVectorType(), vector);
}

/// Products of at most 2^14 in 16 bits; their pairs are added in 32 bits.
Value smullSadalp(OpBuilder &b, Location loc, const DotProduct &, Value acc, Value activations,
                  Value weights) {
  auto bytes = cast<VectorType>(weights.getType());
  auto words = VectorType::get(bytes.getShape(), b.getI16Type());
  if (auto load = activations.getDefiningOp<vector::LoadOp>())
    activations = loadPair(b, loc, load);
  Value x = broadcastBits(b, loc, activations, bytes);
  Value products = callIntrinsic(b, loc, words, "llvm.aarch64.neon.smull.v8i16", {x, weights});
  Value pairs =
      callIntrinsic(b, loc, acc.getType(), "llvm.aarch64.neon.saddlp.v4i32.v8i16", products);
  return arith::AddIOp::create(b, loc, acc, pairs);
}

/// One activation of 16 bits by one weight per lane, widened; products and sums of either half in
/// 32 bits. LLVM merges a product and its addition into smlal and smlal2.
Value smlal(OpBuilder &b, Location loc, const DotProduct &dot, Value acc, Value activations,
            Value weights) {
  constexpr int64_t half = 4;
  Value w = widenToWords(b, loc, weights, /*isUnsigned=*/false);
  Value x = broadcastBits(b, loc, activations, VectorType::get({half}, b.getI16Type()));
  for (int64_t first = 0; first < dot.lanes; first += half) {
    auto part = [&](Value vector) {
      return vector::ExtractStridedSliceOp::create(b, loc, vector, ArrayRef{first}, ArrayRef{half},
                                                   ArrayRef<int64_t>{1});
    };
    Value sums = part(acc);
    Value products =
        callIntrinsic(b, loc, sums.getType(), "llvm.aarch64.neon.smull.v4i32", {x, part(w)});
    sums = arith::AddIOp::create(b, loc, sums, products);
    acc = vector::InsertStridedSliceOp::create(b, loc, sums, acc, ArrayRef{first},
                                               ArrayRef<int64_t>{1});
  }
  return acc;
}

constexpr DotProduct::Emitter *fmla = nullptr;

//===----------------------------------------------------------------------===//
// What else
//===----------------------------------------------------------------------===//

/// fptosi(roundeven(x)) -> fcvtns(x), in registers of 4 lanes. (lrint would take two instructions.)
struct RoundToFcvtns : OpRewritePattern<arith::FPToSIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::FPToSIOp op, PatternRewriter &rewriter) const override {
    constexpr int64_t lanes = 4;
    Location loc = op.getLoc();
    Value operand = matchRoundToInt(op);
    auto type = dyn_cast<VectorType>(op.getType());
    if (operand && !type) {
      rewriter.replaceOp(op, callIntrinsic(rewriter, loc, op.getType(),
                                           "llvm.aarch64.neon.fcvtns.i32.f32", operand));
      return success();
    }
    if (!operand || type.getRank() != 1 || type.getDimSize(0) % lanes != 0)
      return rewriter.notifyMatchFailure(
          op, "is not a rounding of f32 to i32, scalar or of a multiple of 4 lanes");
    auto part = VectorType::get({lanes}, type.getElementType());
    Value result;
    for (int64_t offset = 0; offset < type.getDimSize(0); offset += lanes) {
      Value in = vector::ExtractStridedSliceOp::create(rewriter, loc, operand, ArrayRef{offset},
                                                       ArrayRef{lanes}, ArrayRef<int64_t>{1});
      Value rounded =
          callIntrinsic(rewriter, loc, part, "llvm.aarch64.neon.fcvtns.v4i32.v4f32", in);
      if (type == part) {
        result = rounded;
        break;
      }
      if (!result)
        result = ub::PoisonOp::create(rewriter, loc, type);
      result = vector::InsertStridedSliceOp::create(rewriter, loc, rounded, result,
                                                    ArrayRef{offset}, ArrayRef<int64_t>{1});
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

constexpr ByteShuffle tbl[] = {{16, 16, "llvm.aarch64.neon.tbl1.v16i8"}};

struct ArmFamily : TargetFamily {
  StringRef getName() const override { return "Arm"; }

  bool hasTriple(const llvm::Triple &triple) const override { return triple.isAArch64(); }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<LLVM::LLVMDialect, arith::ArithDialect, memref::MemRefDialect, ub::UBDialect,
                    vector::VectorDialect>();
  }

  void populatePatterns(RewritePatternSet &patterns) const override {
    patterns.add<RoundToFcvtns>(patterns.getContext());
    populateLookupPatterns(patterns, tbl);
  }

  /// That of the generic timer: programs may not read the one of cycles.
  StringRef getCounter() const override { return "llvm.readsteadycounter"; }
};

} // namespace

void nnq::registerArmTargets(TargetRegistry &registry) {
  static const ArmFamily family;
#include "Targets.def"
}
