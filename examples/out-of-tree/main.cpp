// Takes nnq's compiler into a program of its own: a layer written in nnq operations, lowered to
// LLVM's dialect.

#include "nnq/Compiler/Compile.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

// A convolution of bytes, with a rectifier: the result's type saturates at its zero point, 0. The
// types say all of it.
static const char layer[] = R"mlir(
  !x = !quant.uniform<u8:f32, 0.02:128>
  !w = !quant.uniform<i8<-127:127>:f32, 0.005>
  !y = !quant.uniform<u8:f32, 0.01>
  func.func @main(%image: tensor<1x10x10x16x!x>) -> tensor<1x8x8x32x!y> {
    %filter = nnq.constant dense<3> : tensor<32x3x3x16xi8> -> tensor<32x3x3x16x!w>
    %result = nnq.conv2d %image, %filter strides = [1, 1] pads = [0, 0, 0, 0] dilations = [1, 1] groups = 1
        : tensor<1x10x10x16x!x>, tensor<32x3x3x16x!w> -> tensor<1x8x8x32x!y>
    return %result : tensor<1x8x8x32x!y>
  }
)mlir";

int main() {
  mlir::DialectRegistry registry;
  nnq::registerCompilerDialects(registry);
  nnq::registerAllPassesAndPipelines();
  mlir::MLIRContext context(registry);

  auto module = mlir::parseSourceString<mlir::ModuleOp>(layer, &context);
  mlir::PassManager pipeline(&context);
  if (!module ||
      failed(
          mlir::parsePassPipeline("nnq-lower-to-llvm-pipeline{target=x86-avx512vnni}", pipeline)) ||
      failed(pipeline.run(*module)))
    return 1;
  module->print(llvm::outs());
  return 0;
}
