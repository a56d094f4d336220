// nnq-opt: runs passes and pipelines on MLIR files.

#include "nnq/Dialect/NNQ/IR/NNQOps.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  registry.insert<nnq::NNQDialect>();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "nnq optimizer driver\n", registry));
}
