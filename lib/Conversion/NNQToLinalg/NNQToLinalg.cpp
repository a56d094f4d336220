// The pass: types, signatures and calls; the patterns stand in the files of their themes.

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"

#include "nnq/Codegen/Codegen.h"
#include "nnq/Dialect/Kernel/IR/KernelDialect.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace nnq {
#define GEN_PASS_DEF_CONVERTNNQTOLINALG
#include "nnq/Conversion/NNQToLinalg/Passes.h.inc"

void populateStorageTypeConversions(mlir::TypeConverter &converter) {
  converter.addConversion([](mlir::Type type) { return type; });
  converter.addConversion(
      [](mlir::RankedTensorType type) -> mlir::Type { return getMemoryType(type); });
}

void populateNNQToLinalgPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns) {
  populateMatrixToLinalgPatterns(converter, patterns);
  populateMatMulToLinalgPatterns(converter, patterns);
  populateElementwiseToLinalgPatterns(converter, patterns);
  populateRequantizeToLinalgPatterns(converter, patterns);
  populatePoolingToLinalgPatterns(converter, patterns);
  populateNormalizationToLinalgPatterns(converter, patterns);
  populateShapeToLinalgPatterns(converter, patterns);
  populateImageToLinalgPatterns(converter, patterns);
  populateIntegerToLinalgPatterns(converter, patterns);
  populateIndexToLinalgPatterns(converter, patterns);
}
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

/// Keeps the types of a network's arguments and results, whose scales callers need, as attributes.
void recordTypes(func::FuncOp func) {
  for (auto [i, type] : llvm::enumerate(func.getArgumentTypes()))
    func.setArgAttr(i, "nnq.type", TypeAttr::get(type));
  for (auto [i, type] : llvm::enumerate(func.getResultTypes()))
    func.setResultAttr(i, "nnq.type", TypeAttr::get(type));
}

/// Constants that were folded into others have no user left.
void eraseDeadOperations(func::FuncOp func) {
  for (Block &block : func.getBody())
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
}

struct ConvertNNQToLinalg : nnq::impl::ConvertNNQToLinalgBase<ConvertNNQToLinalg> {
  using ConvertNNQToLinalgBase::ConvertNNQToLinalgBase;

  void runOnOperation() override {
    TypeConverter converter;
    populateStorageTypeConversions(converter);
    RewritePatternSet patterns(&getContext());
    populateNNQToLinalgPatterns(converter, patterns);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns, converter);
    populateCallOpTypeConversionPattern(patterns, converter);
    populateReturnOpTypeConversionPattern(patterns, converter);

    ConversionTarget target(getContext());
    target.addLegalDialect<KernelDialect, arith::ArithDialect, linalg::LinalgDialect,
                           math::MathDialect, tensor::TensorDialect>();
    target.addIllegalDialect<NNQDialect>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp op) {
      return converter.isSignatureLegal(op.getFunctionType()) && converter.isLegal(&op.getBody());
    });
    target.addDynamicallyLegalOp<func::CallOp, func::ReturnOp>(
        [&](Operation *op) { return converter.isLegal(op); });

    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func->hasAttr("nnq.kernel"))
        recordTypes(func);
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      return signalPassFailure();
    if (!keepContractions) {
      RewritePatternSet generalize(&getContext());
      populateGeneralizeContractionPatterns(generalize);
      walkAndApplyPatterns(getOperation(), std::move(generalize));
    }
    for (auto func : getOperation().getOps<func::FuncOp>())
      eraseDeadOperations(func);
  }
};

} // namespace
