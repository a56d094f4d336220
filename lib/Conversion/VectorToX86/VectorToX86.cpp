// vpdpbusd, vpdpwssd, vpmaddwd and vcvtps2dq.

#include "nnq/Conversion/VectorToX86/VectorToX86.h"

#include "nnq/Conversion/VectorToDotProduct/VectorToDotProduct.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace nnq {
#define GEN_PASS_DEF_CONVERTVECTORTOX86DOT
#include "nnq/Conversion/VectorToX86/VectorToX86Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

Value callIntrinsic(PatternRewriter &rewriter, Location loc, Type type, StringRef name,
                    ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(rewriter, loc, type, rewriter.getStringAttr(name), operands)
      .getResult(0);
}

/// Four activations in every lane, by four weights per lane. LLVM folds the broadcast into a load.
struct ContractToVpdpbusd : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    Value x = broadcastBits(rewriter, loc, activations, cast<VectorType>(weights.getType()));
    return callIntrinsic(rewriter, loc, acc.getType(), "llvm.x86.avx512.vpdpbusd.512",
                         {acc, x, weights});
  }
};

/// Two activations of 16 bits in every lane, by two weights per lane, widened. LLVM folds the
/// broadcast into a load.
struct ContractToVpdpwssd : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    Value w = widenToWords(rewriter, loc, weights, /*isUnsigned=*/false);
    Value x = broadcastBits(rewriter, loc, activations, cast<VectorType>(w.getType()));
    return callIntrinsic(rewriter, loc, acc.getType(), "llvm.x86.avx512.vpdpwssd.512", {acc, x, w});
  }
};

/// Pairs of products of 16 bits, at most 2 * 32768 * 128, summed in 32 bits: unlike vpmaddubsw on
/// bytes, nothing saturates.
struct ContractToVpmaddwd : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    auto element = cast<VectorType>(activations.getType()).getElementType();
    Value x = broadcastBits(rewriter, loc, activations,
                            cast<VectorType>(weights.getType()).clone(element));
    if (dot.activationBits == 8)
      x = widenToWords(rewriter, loc, x, /*isUnsigned=*/true);
    Value w = widenToWords(rewriter, loc, weights, /*isUnsigned=*/false);
    Value sums = callIntrinsic(rewriter, loc, acc.getType(), "llvm.x86.avx2.pmadd.wd", {x, w});
    return arith::AddIOp::create(rewriter, loc, acc, sums);
  }
};

/// fptosi(roundeven(x)) -> lrint(x), in the default rounding mode half to even.
struct RoundToLrint : OpRewritePattern<arith::FPToSIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::FPToSIOp op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    Value operand = matchRoundToInt(op);
    if (!operand || (type && type.getRank() != 1))
      return rewriter.notifyMatchFailure(op,
                                         "is not a rounding of f32 to i32, scalar or of rank 1");
    rewriter.replaceOpWithNewOp<LLVM::LrintOp>(op, op.getType(), operand);
    return success();
  }
};

struct ConvertVectorToX86Dot : nnq::impl::ConvertVectorToX86DotBase<ConvertVectorToX86Dot> {
  using ConvertVectorToX86DotBase::ConvertVectorToX86DotBase;

  void runOnOperation() override {
    if (failed(convertToDotProducts(getOperation(), target, "x86", populateVectorToX86DotPatterns)))
      signalPassFailure();
  }
};

} // namespace

LogicalResult nnq::populateVectorToX86DotPatterns(RewritePatternSet &patterns,
                                                  const TargetDescription &target) {
  MLIRContext *context = patterns.getContext();
  patterns.add<RoundToLrint>(context);
  for (const DotProduct *dot : {target.dotOf(8), target.dotOf(16)})
    switch (dot->instruction) {
    case DotInstruction::Vpdpbusd:
      patterns.add<ContractToVpdpbusd>(context, *dot);
      break;
    case DotInstruction::Vpdpwssd:
      patterns.add<ContractToVpdpwssd>(context, *dot);
      break;
    case DotInstruction::Vpmaddwd:
      patterns.add<ContractToVpmaddwd>(context, *dot);
      break;
    default:
      return failure();
    }
  return success();
}
