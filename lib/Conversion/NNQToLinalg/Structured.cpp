// The few forms of structured operations that the lowering emits.

#include "Structured.h"

#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace nnq {

AffineMap selectDims(MLIRContext *context, unsigned numDims, ArrayRef<unsigned> dims) {
  return AffineMap::getMultiDimMapWithTargets(numDims, dims, context);
}

AffineMap broadcastMap(MLIRContext *context, ArrayRef<int64_t> from, ArrayRef<int64_t> to,
                       unsigned numDims) {
  SmallVector<AffineExpr> exprs;
  for (auto [i, size] : llvm::enumerate(from)) {
    unsigned dim = to.size() - from.size() + i;
    exprs.push_back(size == to[dim] ? getAffineDimExpr(dim, context)
                                    : getAffineConstantExpr(0, context));
  }
  return AffineMap::get(numDims, 0, exprs, context);
}

Value emitEmpty(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, Type element) {
  return tensor::EmptyOp::create(builder, loc, shape, element);
}

Value emitFill(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, TypedAttr value) {
  Value scalar = arith::ConstantOp::create(builder, loc, value),
        empty = emitEmpty(builder, loc, shape, value.getType());
  return linalg::FillOp::create(builder, loc, scalar, empty).getResult(0);
}

Value emitConstant(OpBuilder &builder, Location loc, ElementsAttr value) {
  return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(value));
}

Value emitReduction(OpBuilder &builder, Location loc, ValueRange inputs,
                    ArrayRef<AffineMap> inputMaps, Value init, unsigned numReductions,
                    ElementBody body) {
  unsigned numParallel = shapeOf(init).size(), numLoops = numParallel + numReductions;
  SmallVector<AffineMap> maps(inputMaps);
  // Not a sub-map of the identity: that of no dimensions is null.
  maps.push_back(
      selectDims(builder.getContext(), numLoops, llvm::to_vector(llvm::seq(numParallel))));
  SmallVector<utils::IteratorType> iterators(numParallel, utils::IteratorType::parallel);
  iterators.append(numReductions, utils::IteratorType::reduction);
  return linalg::GenericOp::create(builder, loc, init.getType(), inputs, init, maps, iterators,
                                   [&](OpBuilder &b, Location l, ValueRange args) {
                                     linalg::YieldOp::create(b, l, body(b, l, args));
                                   })
      .getResult(0);
}

Value emitParallel(OpBuilder &builder, Location loc, ValueRange inputs,
                   ArrayRef<AffineMap> inputMaps, ArrayRef<int64_t> shape, Type element,
                   ElementBody body) {
  return emitReduction(builder, loc, inputs, inputMaps, emitEmpty(builder, loc, shape, element), 0,
                       body);
}

void replaceByParallel(RewriterBase &rewriter, Operation *op, ValueRange inputs,
                       ArrayRef<AffineMap> inputMaps, ElementBody body) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  rewriter.replaceOp(op, emitParallel(rewriter, op->getLoc(), inputs, inputMaps, type.getShape(),
                                      getMemoryType(type.getElementType()), body));
}

void replaceByFunction(RewriterBase &rewriter, Operation *op, Value input,
                       llvm::function_ref<Value(OpBuilder &, Location, Value)> function) {
  replaceByParallel(
      rewriter, op, input, rewriter.getMultiDimIdentityMap(shapeOf(input).size()),
      [&](OpBuilder &b, Location l, ValueRange args) { return function(b, l, args[0]); });
}

Value emitMove(OpBuilder &builder, Location loc, Value input, AffineMap map,
               ArrayRef<int64_t> shape) {
  // A loop that runs through a dimension alone takes its range from there, so such a dimension is
  // cut to the result's size.
  SmallVector<int64_t> sizes(shapeOf(input));
  for (auto [size, expr] : llvm::zip(sizes, map.getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      size = shape[dim.getPosition()];
  if (sizes != shapeOf(input)) {
    SmallVector<OpFoldResult> starts(sizes.size(), builder.getIndexAttr(0)),
        strides(sizes.size(), builder.getIndexAttr(1));
    input = tensor::ExtractSliceOp::create(
        builder, loc, input, starts, getAsIndexOpFoldResult(builder.getContext(), sizes), strides);
  }
  return emitParallel(builder, loc, input, map, shape, getElementTypeOrSelf(input),
                      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}

Value emitReshape(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> shape) {
  auto from = cast<RankedTensorType>(input.getType()), to = from.clone(shape);
  if (from == to)
    return input;
  if (from.getRank() > to.getRank())
    if (auto groups = getReassociationIndicesForReshape(from, to))
      return tensor::CollapseShapeOp::create(builder, loc, to, input, *groups);
  if (from.getRank() < to.getRank())
    if (auto groups = getReassociationIndicesForReshape(from, to))
      return tensor::ExpandShapeOp::create(builder, loc, to, input, *groups);
  auto flat = from.clone({from.getNumElements()});
  SmallVector<ReassociationIndices> all{llvm::to_vector(llvm::seq<int64_t>(0, from.getRank()))};
  if (from.getRank() > 1)
    input = tensor::CollapseShapeOp::create(builder, loc, flat, input, all);
  if (to.getRank() <= 1)
    return input;
  all = {llvm::to_vector(llvm::seq<int64_t>(0, to.getRank()))};
  return tensor::ExpandShapeOp::create(builder, loc, to, input, all);
}

Value emitInsert(OpBuilder &builder, Location loc, Value source, Value target,
                 ArrayRef<int64_t> offsets) {
  auto at = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  SmallVector<int64_t> ones(offsets.size(), 1);
  return tensor::InsertSliceOp::create(builder, loc, source, target, at(offsets),
                                       at(shapeOf(source)), at(ones));
}

Value emitPad(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> low,
              ArrayRef<int64_t> high, TypedAttr value) {
  SmallVector<int64_t> shape;
  for (auto [size, l, h] : llvm::zip(shapeOf(input), low, high))
    shape.push_back(size + l + h);
  return emitInsert(builder, loc, input, emitFill(builder, loc, shape, value), low);
}

} // namespace nnq
