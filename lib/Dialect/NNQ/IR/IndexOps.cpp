// Operations of NNQIndexOps.td: shapes, verifiers.

#include "nnq/Dialect/NNQ/IR/IndexOps.h"

#include "Verification.h"

#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace nnq;

#include "nnq/Dialect/NNQ/IR/NNQIndexEnums.cpp.inc"
#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQIndexOps.cpp.inc"

//===----------------------------------------------------------------------===//
// What they share
//===----------------------------------------------------------------------===//

static bool isAxisOf(int64_t axis, ArrayRef<int64_t> shape) {
  return axis >= 0 && axis < static_cast<int64_t>(shape.size());
}

static LogicalResult verifyOneScale(Operation *op, Value value) {
  if (getScaledDims(value.getType()).empty())
    return success();
  return op->emitOpError() << "takes " << value.getType()
                           << "; an index says no scale, so there is one for the tensor";
}

/// The types of operands that hold values are that of the result, with one scale.
static LogicalResult verifyIndexedMove(Operation *op, ValueRange values) {
  if (failed(verifyInferredShape(op)) || failed(verifyOneScale(op, values.front())))
    return failure();
  Type element = getElementTypeOrSelf(op->getResult(0));
  for (Value value : values)
    if (getElementTypeOrSelf(value) != element) // types (T4)
      return op->emitOpError() << "moves values without changing them, but has element types "
                               << getElementTypeOrSelf(value) << " and " << element
                               << "; put an nnq.requantize in front of it";
  return success();
}

bool GatherOp::sharesScale() { return true; }
bool GatherElementsOp::sharesScale() { return true; }
bool GatherNDOp::sharesScale() { return true; }
bool ScatterNDOp::sharesScale() { return true; }

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op,
                                                  SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  int64_t axis = op.getAxis();
  if (!isAxisOf(axis, x)) // gather (C1)
    return shapeError(loc, "gather", "has axis ", axis, " for an input of rank ", x.size());
  SmallVector<int64_t> result(x.take_front(axis));
  llvm::append_range(result, shapeOf(op.getIndices()));
  llvm::append_range(result, x.drop_front(axis + 1));
  shapes.emplace_back(result);
  return success();
}
LogicalResult GatherOp::verify() { return verifyIndexedMove(*this, getInput()); } // gather (C2)

LogicalResult
GatherElementsOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                            SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), indices = shapeOf(op.getIndices());
  int64_t axis = op.getAxis();
  if (!isAxisOf(axis, x)) // gather_elements (C1)
    return shapeError(loc, "gather_elements", "has axis ", axis, " for an input of rank ",
                      x.size());
  bool fits = x.size() == indices.size();
  for (int64_t d = 0, rank = x.size(); fits && d < rank; ++d)
    fits = d == axis || indices[d] <= x[d];
  if (!fits) // gather_elements (C2)
    return shapeError(loc, "gather_elements", "has indices of shape ", toText(indices),
                      " for an input of shape ", toText(x), "; but for axis ", axis,
                      " they have its dimensions or less of each");
  shapes.emplace_back(indices);
  return success();
}
LogicalResult GatherElementsOp::verify() { return verifyIndexedMove(*this, getInput()); }

/// The dimensions that the last one of `indices` says a place along, behind `batchDims`; nothing,
/// after an error, if `x` has not so many.
static std::optional<int64_t> getIndexedDims(std::optional<Location> loc, StringRef name,
                                             ArrayRef<int64_t> x, ArrayRef<int64_t> indices,
                                             int64_t batchDims) {
  int64_t rank = x.size(), indexRank = indices.size();
  bool fits = batchDims >= 0 && indexRank > batchDims && indices.back() + batchDims <= rank &&
              indices.back() > 0;
  if (fits && x.take_front(batchDims) == indices.take_front(batchDims))
    return indices.back();
  (void)shapeError(loc, name, "has indices of shape ", toText(indices), " for an input of shape ",
                   toText(x), " and ", batchDims,
                   " batch dimensions; both begin with those, and the last dimension of the "
                   "indices counts dimensions of the input behind them");
  return std::nullopt;
}

LogicalResult GatherNDOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                    Adaptor op,
                                                    SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), indices = shapeOf(op.getIndices());
  std::optional<int64_t> dims =
      getIndexedDims(loc, "gather_nd", x, indices, op.getBatchDims()); // gather_nd (C1)
  if (!dims)
    return failure();
  SmallVector<int64_t> result(indices.drop_back());
  llvm::append_range(result, x.drop_front(op.getBatchDims() + *dims));
  shapes.emplace_back(result);
  return success();
}
LogicalResult GatherNDOp::verify() { return verifyIndexedMove(*this, getInput()); }

//===----------------------------------------------------------------------===//
// ScatterNDOp
//===----------------------------------------------------------------------===//

LogicalResult
ScatterNDOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput()), indices = shapeOf(op.getIndices());
  std::optional<int64_t> dims = getIndexedDims(loc, "scatter_nd", x, indices, 0); // scatter_nd (C1)
  if (!dims)
    return failure();
  SmallVector<int64_t> slices(indices.drop_back());
  llvm::append_range(slices, x.drop_front(*dims));
  if (shapeOf(op.getUpdates()) != ArrayRef<int64_t>(slices)) // scatter_nd (C2)
    return shapeError(loc, "scatter_nd", "has updates of shape ", toText(shapeOf(op.getUpdates())),
                      " where its input and indices ask for ", toText(slices));
  shapes.emplace_back(x);
  return success();
}
LogicalResult ScatterNDOp::verify() { return verifyIndexedMove(*this, {getInput(), getUpdates()}); }

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

LogicalResult
ArgReduceOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  SmallVector<int64_t> result(shapeOf(op.getInput()));
  int64_t axis = op.getAxis();
  if (!isAxisOf(axis, result)) // arg_reduce (C1)
    return shapeError(loc, "arg_reduce", "has axis ", axis, " for an input of rank ",
                      result.size());
  result[axis] = 1;
  shapes.emplace_back(result);
  return success();
}
LogicalResult ArgReduceOp::verify() {
  return failure(failed(verifyInferredShape(*this)) ||
                 failed(verifyOneScale(*this, getInput()))); // arg_reduce (C2)
}
Operation *ArgReduceOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                    ArrayRef<int64_t> permutation) {
  int64_t axis = llvm::find(permutation, static_cast<int64_t>(getAxis())) - permutation.begin();
  return createInferred<ArgReduceOp>(builder, getLoc(), getType().getElementType(), operands[0],
                                     getKind(), axis, getLast());
}

LogicalResult TopKOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                Adaptor op,
                                                SmallVectorImpl<ShapedTypeComponents> &shapes) {
  SmallVector<int64_t> result(shapeOf(op.getInput()));
  int64_t axis = op.getAxis(), k = op.getK();
  if (!isAxisOf(axis, result)) // top_k (C1)
    return shapeError(loc, "top_k", "has axis ", axis, " for an input of rank ", result.size());
  if (k < 1 || k > result[axis]) // top_k (C2)
    return shapeError(loc, "top_k", "takes ", k, " of the ", result[axis], " numbers along axis ",
                      axis);
  result[axis] = k;
  shapes.emplace_back(result);
  return success();
}
LogicalResult TopKOp::verify() {
  return failure(failed(verifyInferredShape(*this)) ||
                 failed(verifyOneScale(*this, getInput()))); // top_k (C3)
}
