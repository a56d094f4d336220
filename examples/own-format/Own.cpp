// The dialect.

#include "Own.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "OwnDialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "OwnAttributes.cpp.inc"

void own::OwnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "OwnAttributes.cpp.inc"
      >();
}

void own::registerDialect(mlir::DialectRegistry &registry) {
  registry.insert<OwnDialect>();
  registry.addExtension(+[](mlir::MLIRContext *context, nnq::KernelDialect *dialect) {
    context->getOrLoadDialect<OwnDialect>();
    dialect->addWeightEncoding(PermutedBytesAttr::get(context));
  });
  registry.addExtension(+[](mlir::MLIRContext *context, nnq::NNQDialect *dialect) {
    context->getOrLoadDialect<OwnDialect>();
    dialect->addNumericsProfile(TowardZeroAttr::get(context));
  });
}
