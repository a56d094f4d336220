// Operations of NNQShapeOps.td: shapes, verifiers, folding.

#include "Verification.h"
#include "nnq/Dialect/NNQ/IR/Network.h"

#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nnq;

#define GET_OP_CLASSES
#include "nnq/Dialect/NNQ/IR/NNQShapeOps.cpp.inc"

#define NNQ_MOVES_VALUES(OpTy)                                                                     \
  bool OpTy::sharesScale() { return true; }

NNQ_MOVES_VALUES(ReshapeOp)
NNQ_MOVES_VALUES(TransposeOp)
NNQ_MOVES_VALUES(ConcatOp)
NNQ_MOVES_VALUES(SplitOp)
NNQ_MOVES_VALUES(SliceOp)
NNQ_MOVES_VALUES(PadOp)
NNQ_MOVES_VALUES(BroadcastOp)
#undef NNQ_MOVES_VALUES

static LogicalResult verifyMove(Operation *op) {
  return failure(failed(verifyInferredShape(op)) || failed(verifySameElementType(op)));
}

template <typename T>
static SmallVector<T> permuted(ArrayRef<T> values, ArrayRef<int64_t> permutation) {
  return llvm::map_to_vector(permutation, [&](int64_t d) { return values[d]; });
}

//===----------------------------------------------------------------------===//
// ConstantOp
//===----------------------------------------------------------------------===//

LogicalResult ConstantOp::verify() {
  if (failed(verifyQuantizedTypes(*this)))
    return failure();
  if (getValue().getShapedType() != getStorageType(getType())) // constant (C1)
    return emitOpError() << "has a value of " << getValue().getShapedType() << " for a result of "
                         << getType() << "; the value needs " << getStorageType(getType());
  std::optional<int64_t> count = countElements(getType().getShape());
  bool isOneValue = isa<DenseElementsAttr>(getValue()) && getValue().isSplat();
  if (!count || (isOneValue && *count > maxSplatElements)) // constant (C2)
    return emitOpError() << "has too many elements for a constant: at most 2^31, and 2^28 of one "
                            "value";
  if (!isa<DenseElementsAttr, DenseResourceElementsAttr>(getValue())) // constant (C3)
    return emitOpError() << "has a value that is neither dense nor a resource; write all of its "
                            "elements";
  return success();
}
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  if (failed(verifyQuantizedTypes(*this)))
    return failure();
  if (getInput().getType().getNumElements() != getType().getNumElements()) // reshape (C1)
    return emitOpError() << "has " << getInput().getType().getNumElements() << " elements in and "
                         << getType().getNumElements() << " out";
  if (failed(verifySameElementType(*this)))
    return failure();
  ArrayRef<int64_t> x = shapeOf(getInput()), y = getType().getShape();
  auto elementsBefore = [](ArrayRef<int64_t> shape, int64_t d) {
    return ShapedType::getNumElements(shape.take_front(d));
  };
  return verifyScaledDimsStay(*this, [&](int64_t d) {
    bool sameSize = d < static_cast<int64_t>(y.size()) && x[d] == y[d];
    return sameSize && (x[d] == 1 || elementsBefore(x, d) == elementsBefore(y, d));
  });
}
OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput()))
    return dense.reshape(cast<ShapedType>(getStorageType(getType())));
  return {};
}

namespace {
/// op(op(x)) -> op(x), for an operation that its result type says all of.
template <typename Op> struct MergeWithSame : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().template getDefiningOp<Op>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "not behind an operation of its kind");
    rewriter.replaceOpWithNewOp<Op>(op, op.getType(), inner.getInput());
    return success();
  }
};
} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeWithSame<ReshapeOp>>(context);
}

//===----------------------------------------------------------------------===//
// ReinterpretOp
//===----------------------------------------------------------------------===//

LogicalResult ReinterpretOp::verify() {
  if (failed(verifyQuantizedTypes(*this)))
    return failure();
  auto from = getQuantizedElement(getInput().getType()), to = getQuantizedElement(getType());
  if (!from || !to) // reinterpret (C1)
    return emitOpError() << "changes " << getInput().getType() << " to " << getType()
                         << "; only quantized tensors have codes, use nnq.requantize";
  auto storage = [](quant::QuantizedType type) {
    return std::make_tuple(type.getStorageType(), type.isSigned(), type.getStorageTypeMin(),
                           type.getStorageTypeMax());
  };
  if (storage(from) != storage(to)) // reinterpret (C2)
    return emitOpError() << "changes the codes of " << from << " to those of " << to
                         << "; storage type and range must stay";
  if (getInput().getType().getShape() != getType().getShape()) // reinterpret (C3)
    return emitOpError() << "has shape " << toText(shapeOf(getInput())) << " in and "
                         << toText(getType().getShape()) << " out; shapes stay";
  return success();
}
OpFoldResult ReinterpretOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}
Operation *ReinterpretOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                      ArrayRef<int64_t> permutation) {
  if (!getScaledDims(getInput().getType()).empty() || !getScaledDims(getType()).empty())
    return nullptr;
  return ReinterpretOp::create(
      builder, getLoc(), getType().clone(permuted(getType().getShape(), permutation)), operands[0]);
}

namespace {
/// reinterpret(constant : A) : B -> constant : B.
struct ReinterpretConstant : OpRewritePattern<ReinterpretOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReinterpretOp op, PatternRewriter &rewriter) const override {
    auto constant = op.getInput().getDefiningOp<ConstantOp>();
    if (!constant)
      return rewriter.notifyMatchFailure(op, "input is not constant");
    auto retyped =
        ConstantOp::create(rewriter, constant.getLoc(), op.getType(), constant.getValue());
    rewriter.replaceOp(op, retyped);
    return success();
  }
};
} // namespace

void ReinterpretOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeWithSame<ReinterpretOp>, ReinterpretConstant>(context);
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult
TransposeOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc, Adaptor op,
                                       SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  SmallVector<int64_t> sorted(op.getPermutation());
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, x.size()))) // transpose (C1)
    return shapeError(loc, "transpose", "has a permutation ", toText(op.getPermutation()),
                      " that does not name each of its ", x.size(), " dimensions once");
  shapes.emplace_back(permuted(x, op.getPermutation()));
  return success();
}
LogicalResult TransposeOp::verify() {
  if (failed(verifyMove(*this)))
    return failure();
  return verifyScaledDimsStay(*this, [&](int64_t d) { return getPermutation()[d] == d; });
}
OpFoldResult TransposeOp::fold(FoldAdaptor) {
  return llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getType().getRank()))
             ? OpFoldResult(getInput())
             : OpFoldResult();
}

namespace {
struct MergeTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "no transpose in front");
    rewriter.replaceOpWithNewOp<TransposeOp>(op, op.getType(), inner.getInput(),
                                             permuted(inner.getPermutation(), op.getPermutation()));
    return success();
  }
};

/// A transpose that only moves dimensions of size 1 keeps the order of the elements: it is a
/// reshape.
struct TransposeOfUnitDimsToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> moved;
    for (int64_t d : op.getPermutation())
      if (op.getInput().getType().getDimSize(d) != 1)
        moved.push_back(d);
    if (!llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "moves a dimension larger than 1");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};
} // namespace

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<MergeTransposes, TransposeOfUnitDimsToReshape>(context);
}

//===----------------------------------------------------------------------===//
// ConcatOp, SplitOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                  Adaptor op,
                                                  SmallVectorImpl<ShapedTypeComponents> &shapes) {
  if (op.getInputs().empty()) // concat (C1)
    return shapeError(loc, "concat", "has no operands");
  SmallVector<int64_t> result(shapeOf(op.getInputs().front()));
  int64_t axis = op.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(result.size())) // concat (C2)
    return shapeError(loc, "concat", "has axis ", axis, " for operands of rank ", result.size());
  int64_t total = 0;
  for (Value input : op.getInputs()) {
    SmallVector<int64_t> shape(shapeOf(input));
    if (shape.size() == result.size())
      shape[axis] = result[axis];
    if (shape != result) // concat (C3)
      return shapeError(loc, "concat", "has operands of shapes ",
                        toText(shapeOf(op.getInputs().front())), " and ", toText(shapeOf(input)),
                        " that differ in a dimension other than ", axis);
    total += shapeOf(input)[axis];
  }
  result[axis] = total;
  shapes.emplace_back(result);
  return success();
}
LogicalResult ConcatOp::verify() { return verifyMove(*this); }
Operation *ConcatOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                 ArrayRef<int64_t> permutation) {
  int64_t axis = llvm::find(permutation, static_cast<int64_t>(getAxis())) - permutation.begin();
  return createInferred<ConcatOp>(builder, getLoc(), getType().getElementType(), operands, axis);
}

LogicalResult SplitOp::verify() {
  if (getParts().empty()) // split (C4)
    return emitOpError() << "has no results";
  if (failed(verifyQuantizedTypes(*this)) || failed(verifySameElementType(*this)))
    return failure();
  ArrayRef<int64_t> x = shapeOf(getInput());
  int64_t axis = getAxis(), sum = 0;
  if (axis < 0 || axis >= static_cast<int64_t>(x.size())) // split (C1)
    return emitOpError() << "has axis " << axis << " for an input of rank " << x.size();
  for (Value part : getParts()) {
    ArrayRef<int64_t> shape = shapeOf(part);
    for (size_t d = 0; d < std::max(x.size(), shape.size()); ++d)
      if (shape.size() != x.size() ||
          (static_cast<int64_t>(d) != axis && shape[d] != x[d])) // split (C2)
        return emitOpError() << "has a part of " << part.getType() << " that differs from "
                             << getInput().getType() << " off axis " << axis;
    sum += shape[axis];
  }
  if (sum != x[axis]) // split (C3)
    return emitOpError() << "has parts of " << sum << " elements along axis " << axis
                         << " where the input has " << x[axis];
  return success();
}

namespace {
struct SplitToSlices : OpRewritePattern<SplitOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SplitOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> starts(op.getInput().getType().getRank(), 0), strides(starts.size(), 1);
    SmallVector<Value> parts;
    for (Value part : op.getParts()) {
      parts.push_back(SliceOp::create(rewriter, op.getLoc(), part.getType(), op.getInput(), starts,
                                      shapeOf(part), strides));
      starts[op.getAxis()] += shapeOf(part)[op.getAxis()];
    }
    rewriter.replaceOp(op, parts);
    return success();
  }
};
} // namespace

void SplitOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SplitToSlices>(context);
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                                 Adaptor op,
                                                 SmallVectorImpl<ShapedTypeComponents> &shapes) {
  ArrayRef<int64_t> x = shapeOf(op.getInput());
  if (op.getStarts().size() != x.size() || op.getSizes().size() != x.size() ||
      op.getStrides().size() != x.size()) // slice (C1)
    return shapeError(loc, "slice", "has ", op.getStarts().size(), " starts, ",
                      op.getSizes().size(), " sizes and ", op.getStrides().size(),
                      " strides for an input of rank ", x.size(), "; it needs one per dimension");
  for (auto [d, start, size, stride] :
       llvm::enumerate(op.getStarts(), op.getSizes(), op.getStrides()))
    if (size < 1 || stride == 0 || start < 0 || start >= x[d] ||
        size - 1 > (stride > 0 ? x[d] - 1 - start : -start) / stride) // slice (C2)
      return shapeError(loc, "slice", "takes ", size, " elements from ", start, " with step ",
                        stride, " along dimension ", d, " of size ", x[d]);
  shapes.emplace_back(op.getSizes());
  return success();
}
LogicalResult SliceOp::verify() { return verifyMove(*this); }
OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool isForward = llvm::all_of(getStrides(), [](int64_t stride) { return stride > 0; });
  return isForward && getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}
Operation *SliceOp::permuteDims(OpBuilder &builder, ValueRange operands,
                                ArrayRef<int64_t> permutation) {
  return createInferred<SliceOp>(builder, getLoc(), getType().getElementType(), operands[0],
                                 permuted(getStarts(), permutation),
                                 permuted(getSizes(), permutation),
                                 permuted(getStrides(), permutation));
}

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypeComponents(MLIRContext *, std::optional<Location> loc,
                                               Adaptor op,
                                               SmallVectorImpl<ShapedTypeComponents> &shapes) {
  SmallVector<int64_t> result(shapeOf(op.getInput()));
  if (op.getLow().size() != result.size() || op.getHigh().size() != result.size()) // pad (C1)
    return shapeError(loc, "pad", "has ", op.getLow().size(), " sizes in low and ",
                      op.getHigh().size(), " in high for an input of rank ", result.size(),
                      "; it needs one per dimension");
  for (auto [d, low, high] : llvm::enumerate(op.getLow(), op.getHigh())) {
    if (low < 0 || high < 0) // pad (C2)
      return shapeError(loc, "pad", "has sizes of ", low, " and ", high, " along dimension ", d,
                        "; use nnq.slice to cut");
    result[d] += low + high;
  }
  shapes.emplace_back(result);
  return success();
}
LogicalResult PadOp::verify() { return verifyMove(*this); }
std::optional<double> PadOp::getInsertedValue() { return getValue().convertToDouble(); }
OpFoldResult PadOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}
Operation *PadOp::permuteDims(OpBuilder &builder, ValueRange operands,
                              ArrayRef<int64_t> permutation) {
  return createInferred<PadOp>(builder, getLoc(), getType().getElementType(), operands[0],
                               permuted(getLow(), permutation), permuted(getHigh(), permutation),
                               getValue());
}

//===----------------------------------------------------------------------===//
// ResizeOp, BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult ResizeOp::verify() {
  if (failed(verifyQuantizedTypes(*this)))
    return failure();
  ArrayRef<int64_t> x = shapeOf(getInput()), y = getType().getShape();
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || x[3] != y[3]) // resize (C1)
    return emitOpError() << "resizes height and width of NHWC images, not " << getInput().getType()
                         << " to " << getType();
  if (getScales().size() != 2 ||
      !llvm::all_of(getScales(), [](float scale) { return scale > 0; })) { // resize (C2)
    auto diag = emitOpError() << "has scales [";
    llvm::interleaveComma(getScales(), diag);
    return diag << "]; it needs 2 above 0";
  }
  return sharesScale() ? verifySameElementType(*this) : success();
}
bool ResizeOp::sharesScale() { return getMode() == ResizeMode::Nearest; }
bool ResizeOp::hasIntegerForm() { return getMode() == ResizeMode::Nearest; }

LogicalResult BroadcastOp::verify() {
  if (failed(verifyQuantizedTypes(*this)))
    return failure();
  auto shape = broadcastShapes({shapeOf(getInput()), getType().getShape()});
  if (failed(shape) || ArrayRef<int64_t>(*shape) != getType().getShape()) // broadcast (C1)
    return emitOpError() << "can't broadcast " << getInput().getType() << " to " << getType();
  if (failed(verifySameElementType(*this)))
    return failure();
  return verifyScaledDimsStay(
      *this, [&](int64_t) { return getInput().getType().getRank() == getType().getRank(); });
}
OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}
