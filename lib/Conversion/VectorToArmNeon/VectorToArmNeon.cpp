// usmmla, sdot, smull with sadalp, smlal, and fcvtns.

#include "nnq/Conversion/VectorToArmNeon/VectorToArmNeon.h"

#include "nnq/Conversion/VectorToDotProduct/VectorToDotProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/UB/IR/UBOps.h"

namespace nnq {
#define GEN_PASS_DEF_CONVERTVECTORTOARMNEONDOT
#include "nnq/Conversion/VectorToArmNeon/VectorToArmNeonPasses.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

Value callIntrinsic(PatternRewriter &rewriter, Location loc, Type type, StringRef name,
                    ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(rewriter, loc, type, rewriter.getStringAttr(name), operands)
      .getResult(0);
}

/// Two rows of eight activations by two rows of eight weights.
struct ContractToUsmmla : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    return callIntrinsic(rewriter, loc, acc.getType(), "llvm.aarch64.neon.usmmla.v4i32.v16i8",
                         {acc, activations, weights});
  }
};

/// Four activations in every lane, by four weights per lane. The broadcast is the last operand:
/// there, LLVM turns one of a part of a longer vector into sdot by element.
struct ContractToSdot : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    Value x = broadcastBits(rewriter, loc, activations, cast<VectorType>(weights.getType()));
    return callIntrinsic(rewriter, loc, acc.getType(), "llvm.aarch64.neon.sdot.v4i32.v16i8",
                         {acc, weights, x});
  }
};

/// Two bytes that are loaded alone, loaded as two scalars: LLVM merges those into `ld1r` of 16
/// bits, whereas it takes a vector of two bytes apart.
Value loadPair(PatternRewriter &rewriter, Location loc, vector::LoadOp load) {
  SmallVector<Value> indices = load.getIndices();
  Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
  Value low = memref::LoadOp::create(rewriter, loc, load.getBase(), indices);
  indices.back() = arith::AddIOp::create(rewriter, loc, indices.back(), one);
  Value high = memref::LoadOp::create(rewriter, loc, load.getBase(), indices);
  Type word = rewriter.getI16Type();
  low = arith::ExtUIOp::create(rewriter, loc, word, low);
  high = arith::ExtUIOp::create(rewriter, loc, word, high);
  Value eight = arith::ConstantIntOp::create(rewriter, loc, word, 8);
  Value pair =
      arith::OrIOp::create(rewriter, loc, low, arith::ShLIOp::create(rewriter, loc, high, eight));
  Value vector = vector::BroadcastOp::create(rewriter, loc, VectorType::get({1}, word), pair);
  return vector::BitCastOp::create(rewriter, loc, load.getVectorType(), vector);
}

/// Products of at most 2^14 in 16 bits; their pairs are added in 32 bits.
struct ContractToSmullSadalp : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    auto bytes = cast<VectorType>(weights.getType());
    auto words = VectorType::get(bytes.getShape(), rewriter.getI16Type());
    if (auto load = activations.getDefiningOp<vector::LoadOp>())
      activations = loadPair(rewriter, loc, load);
    Value x = broadcastBits(rewriter, loc, activations, bytes);
    Value products =
        callIntrinsic(rewriter, loc, words, "llvm.aarch64.neon.smull.v8i16", {x, weights});
    Value pairs = callIntrinsic(rewriter, loc, acc.getType(),
                                "llvm.aarch64.neon.saddlp.v4i32.v8i16", products);
    return arith::AddIOp::create(rewriter, loc, acc, pairs);
  }
};

/// One activation of 16 bits by one weight per lane, widened; products and sums of either half in
/// 32 bits. LLVM merges a product and its addition into smlal and smlal2.
struct ContractToSmlal : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    constexpr int64_t half = 4;
    Value w = widenToWords(rewriter, loc, weights, /*isUnsigned=*/false);
    Value x =
        broadcastBits(rewriter, loc, activations, VectorType::get({half}, rewriter.getI16Type()));
    for (int64_t first = 0; first < dot.lanes; first += half) {
      auto part = [&](Value vector) {
        return vector::ExtractStridedSliceOp::create(rewriter, loc, vector, ArrayRef{first},
                                                     ArrayRef{half}, ArrayRef<int64_t>{1});
      };
      Value sums = part(acc);
      Value products = callIntrinsic(rewriter, loc, sums.getType(), "llvm.aarch64.neon.smull.v4i32",
                                     {x, part(w)});
      sums = arith::AddIOp::create(rewriter, loc, sums, products);
      acc = vector::InsertStridedSliceOp::create(rewriter, loc, sums, acc, ArrayRef{first},
                                                 ArrayRef<int64_t>{1});
    }
    return acc;
  }
};

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

struct ConvertVectorToArmNeonDot
    : nnq::impl::ConvertVectorToArmNeonDotBase<ConvertVectorToArmNeonDot> {
  using ConvertVectorToArmNeonDotBase::ConvertVectorToArmNeonDotBase;

  void runOnOperation() override {
    if (failed(convertToDotProducts(getOperation(), target, "NEON",
                                    populateVectorToArmNeonDotPatterns)))
      signalPassFailure();
  }
};

} // namespace

LogicalResult nnq::populateVectorToArmNeonDotPatterns(RewritePatternSet &patterns,
                                                      const TargetDescription &target) {
  MLIRContext *context = patterns.getContext();
  patterns.add<RoundToFcvtns>(context);
  for (const DotProduct *dot : {target.dotOf(8), target.dotOf(16)})
    switch (dot->instruction) {
    case DotInstruction::Usmmla:
      patterns.add<ContractToUsmmla>(context, *dot);
      break;
    case DotInstruction::Sdot:
      patterns.add<ContractToSdot>(context, *dot);
      break;
    case DotInstruction::SmullSadalp:
      patterns.add<ContractToSmullSadalp>(context, *dot);
      break;
    case DotInstruction::Smlal:
      patterns.add<ContractToSmlal>(context, *dot);
      break;
    default:
      return failure();
    }
  return success();
}
