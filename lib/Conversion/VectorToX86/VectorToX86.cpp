// vpdpbusd, vpmaddwd and vcvtps2dq.

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

/// Four activations in every lane, by four weights per lane. LLVM folds the broadcast into a load.
struct ContractToVpdpbusd : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    Value x = broadcastBytes(rewriter, loc, activations, cast<VectorType>(weights.getType()));
    auto name = rewriter.getStringAttr("llvm.x86.avx512.vpdpbusd.512");
    return LLVM::CallIntrinsicOp::create(rewriter, loc, acc.getType(), name,
                                         ValueRange{acc, x, weights})
        .getResult(0);
  }
};

/// Pairs of 16-bit products, at most 2 * 255 * 128, summed in 32 bits: unlike vpmaddubsw, nothing
/// saturates.
struct ContractToVpmaddwd : ContractToDotProduct {
  using ContractToDotProduct::ContractToDotProduct;

  Value emit(PatternRewriter &rewriter, Location loc, Value acc, Value activations,
             Value weights) const override {
    auto bytes = cast<VectorType>(weights.getType());
    auto words = VectorType::get(bytes.getShape(), rewriter.getI16Type());
    Value x = broadcastBytes(rewriter, loc, activations, bytes);
    x = arith::ExtUIOp::create(rewriter, loc, words, x);
    Value w = arith::ExtSIOp::create(rewriter, loc, words, weights);
    auto name = rewriter.getStringAttr("llvm.x86.avx2.pmadd.wd");
    Value sums = LLVM::CallIntrinsicOp::create(rewriter, loc, acc.getType(), name, ValueRange{x, w})
                     .getResult(0);
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
  switch (target.dot.instruction) {
  case DotInstruction::Vpdpbusd:
    patterns.add<ContractToVpdpbusd>(context, target.dot);
    return success();
  case DotInstruction::Vpmaddwd:
    patterns.add<ContractToVpmaddwd>(context, target.dot);
    return success();
  default:
    return failure();
  }
}
