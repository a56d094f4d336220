// Registration of the nnq dialect, its attributes and operations.

#include "nnq/Dialect/NNQ/IR/NNQDialect.h"
#include "nnq/Dialect/NNQ/IR/CompoundOps.h"
#include "nnq/Dialect/NNQ/IR/ImageOps.h"
#include "nnq/Dialect/NNQ/IR/IndexOps.h"
#include "nnq/Dialect/NNQ/IR/IntegerOps.h"
#include "nnq/Dialect/NNQ/IR/LogarithmOps.h"
#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Dialect/NNQ/IR/Numerics.h"

#include "OnnxNumerics.h"

#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace nnq;

#include "nnq/Dialect/NNQ/IR/NNQDialect.cpp.inc"
#include "nnq/Dialect/NNQ/IR/NNQEnums.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQTypes.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQAttributes.cpp.inc"
#include "nnq/Dialect/NNQ/IR/NNQInterfaces.cpp.inc"

namespace {
struct NNQInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Operation *, bool) const final { return true; }
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
};
} // namespace

void NNQDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "nnq/Dialect/NNQ/IR/NNQTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "nnq/Dialect/NNQ/IR/NNQAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQMatrixOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQElementwiseOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQPoolingOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQShapeOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQCalibrationOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQCompoundOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQImageOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQLogarithmOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQIntegerOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "nnq/Dialect/NNQ/IR/NNQIndexOps.cpp.inc"
      >();
  addInterfaces<NNQInlinerInterface>();
  attachOnnxNumerics(*getContext());
  addNumericsProfile(OnnxProfileAttr::get(getContext()));
}

LogicalResult NNQDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != profileAttrName || isa<NumericsProfile>(attribute.getValue()))
    return success();
  InFlightDiagnostic error = op->emitOpError()
                             << "has " << attribute.getName() << " = " << attribute.getValue()
                             << ", which is no numerics profile; there are: ";
  llvm::interleaveComma(getNumericsProfiles(), error);
  return error;
}

std::string nnq::getLayerName(Operation *op) {
  if (auto named = op->getLoc()->findInstanceOf<NameLoc>())
    return named.getName().str();
  return op->getName().stripDialect().str();
}

Operation *NNQDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                           Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  return elements ? ConstantOp::create(builder, loc, type, elements) : nullptr;
}
