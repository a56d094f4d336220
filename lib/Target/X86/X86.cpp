// The x86 family: vpdpbusd, vpdpwssd, vpmaddwd and vcvtps2dq.

#include "../Families.h"

#include "nnq/Target/DotProducts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

#include "llvm/IR/Function.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace nnq;

namespace {

//===----------------------------------------------------------------------===//
// Dot products
//===----------------------------------------------------------------------===//

/// Four activations in every lane, by four weights per lane. LLVM folds the broadcast into a load.
Value vpdpbusd(OpBuilder &b, Location loc, const DotProduct &, Value acc, Value activations,
               Value weights) {
  Value x = broadcastBits(b, loc, activations, cast<VectorType>(weights.getType()));
  return callIntrinsic(b, loc, acc.getType(), "llvm.x86.avx512.vpdpbusd.512", {acc, x, weights});
}

/// Two activations of 16 bits in every lane, by two weights per lane, widened. LLVM folds the
/// broadcast into a load.
Value vpdpwssd(OpBuilder &b, Location loc, const DotProduct &, Value acc, Value activations,
               Value weights) {
  Value w = widenToWords(b, loc, weights, /*isUnsigned=*/false);
  Value x = broadcastBits(b, loc, activations, cast<VectorType>(w.getType()));
  return callIntrinsic(b, loc, acc.getType(), "llvm.x86.avx512.vpdpwssd.512", {acc, x, w});
}

/// Pairs of products of 16 bits, at most 2 * 32768 * 128, summed in 32 bits: unlike vpmaddubsw on
/// bytes, nothing saturates.
Value vpmaddwd(OpBuilder &b, Location loc, const DotProduct &dot, Value acc, Value activations,
               Value weights) {
  auto element = cast<VectorType>(activations.getType()).getElementType();
  Value x = broadcastBits(b, loc, activations, cast<VectorType>(weights.getType()).clone(element));
  if (dot.activationBits == 8)
    x = widenToWords(b, loc, x, /*isUnsigned=*/true);
  Value w = widenToWords(b, loc, weights, /*isUnsigned=*/false);
  Value sums = callIntrinsic(b, loc, acc.getType(), "llvm.x86.avx2.pmadd.wd", {x, w});
  return arith::AddIOp::create(b, loc, acc, sums);
}

constexpr DotProduct::Emitter *vfmadd = nullptr;

//===----------------------------------------------------------------------===//
// What else
//===----------------------------------------------------------------------===//

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

/// Rows of a target ask for no more bytes, and no larger tables, than its instructions take.
constexpr ByteShuffle shuffles[] = {{64, 64, "llvm.x86.avx512.permvar.qi.512"}, // vpermb
                                    {16, 64, "llvm.x86.avx512.pshuf.b.512"},    // vpshufb
                                    {16, 32, "llvm.x86.avx2.pshuf.b"},
                                    {16, 16, "llvm.x86.ssse3.pshuf.b.128"}};

struct X86Family : TargetFamily {
  StringRef getName() const override { return "x86"; }

  bool hasTriple(const llvm::Triple &triple) const override { return triple.isX86_64(); }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<LLVM::LLVMDialect, arith::ArithDialect, vector::VectorDialect>();
  }

  void populatePatterns(RewritePatternSet &patterns) const override {
    patterns.add<RoundToLrint>(patterns.getContext());
    populateLookupPatterns(patterns, shuffles);
  }

  StringRef getCounter() const override { return "llvm.readcyclecounter"; }

  /// Or LLVM would split vectors of 512 bits for fear of lower clocks.
  void describeFunction(llvm::Function &function, const TargetDescription &target) const override {
    std::string width = std::to_string(target.vectorBits);
    function.addFnAttr("prefer-vector-width", width);
    function.addFnAttr("min-legal-vector-width", width);
  }
};

} // namespace

void nnq::registerX86Targets(TargetRegistry &registry) {
  static const X86Family family;
#include "Targets.def"
}
