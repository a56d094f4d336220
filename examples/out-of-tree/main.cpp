// Takes nnq's dialect into a program of its own: parses a module, runs a pipeline on it, prints the result.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

// A convolution behind a pad of zeros: the convolution can do the padding itself.
static const char source[] = R"mlir(
  func.func @padded_convolution(%image: tensor<1x8x8x3xf32>, %filter: tensor<4x3x3x3xf32>) -> tensor<1x8x8x4xf32> {
    %padded = nnq.pad %image low = [0, 1, 1, 0] high = [0, 1, 1, 0] value = 0.0 : tensor<1x8x8x3xf32> -> tensor<1x10x10x3xf32>
    %result = nnq.conv2d %padded, %filter strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
        : tensor<1x10x10x3xf32>, tensor<4x3x3x3xf32> -> tensor<1x8x8x4xf32>
    return %result : tensor<1x8x8x4xf32>
  }
)mlir";

int main() {
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, nnq::NNQDialect>();
  mlir::MLIRContext context(registry);

  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
  if (!module)
    return 1;

  mlir::registerTransformsPasses();
  mlir::PassManager pipeline(&context);
  if (failed(mlir::parsePassPipeline("canonicalize", pipeline)) || failed(pipeline.run(*module)))
    return 1;

  module->print(llvm::outs());
  return 0;
}
