// Reads elements of tensors inside a loop nest.

#include "TensorReader.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnq {

bool isElementwise(linalg::GenericOp op) { return op.getNumReductionLoops() == 0; }

Value toVector(OpBuilder &builder, Location loc, Value value, int64_t width) {
  if (width == 0 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(builder, loc, VectorType::get({width}, value.getType()),
                                     value);
}

SmallVector<Value> applyMap(OpBuilder &builder, Location loc, AffineMap map,
                            ArrayRef<OpFoldResult> indices) {
  SmallVector<Value> values;
  for (unsigned i = 0; i < map.getNumResults(); ++i)
    values.push_back(getValueOrCreateConstantIndexOp(
        builder, loc,
        affine::makeComposedFoldedAffineApply(builder, loc, map.getSubMap({i}), indices)));
  return values;
}

/// How an index changes from one lane to the next; nothing if that is not a constant.
static std::optional<int64_t> laneStep(AffineExpr expr, unsigned dim, unsigned numDims) {
  if (!expr.isFunctionOfDim(dim))
    return 0;
  AffineExpr d = getAffineDimExpr(dim, expr.getContext());
  AffineExpr step = simplifyAffineExpr(expr.replace(d, d + 1) - expr, numDims, 0);
  if (auto constant = dyn_cast<AffineConstantExpr>(step))
    return constant.getValue();
  return std::nullopt;
}

Value TensorReader::load(OpBuilder &builder, Location loc, Value memref, AffineMap coordinates,
                         const NestPoint &point) {
  auto type = cast<MemRefType>(memref.getType());
  auto scalarAt = [&](ArrayRef<OpFoldResult> indices) -> Value {
    return memref::LoadOp::create(builder, loc, memref,
                                  applyMap(builder, loc, coordinates, indices));
  };
  if (!point.vectorDim)
    return scalarAt(point.indices);
  unsigned dim = *point.vectorDim, numDims = coordinates.getNumDims();
  SmallVector<std::optional<int64_t>> steps = llvm::map_to_vector(
      coordinates.getResults(), [&](AffineExpr e) { return laneStep(e, dim, numDims); });
  if (llvm::all_of(steps, [](auto s) { return s == 0; }))
    return scalarAt(point.indices);
  bool contiguous = steps.back() == 1 &&
                    llvm::all_of(ArrayRef(steps).drop_back(), [](auto s) { return s == 0; }) &&
                    type.getStridesAndOffset().first.back() == 1;
  if (contiguous)
    return vector::LoadOp::create(builder, loc,
                                  VectorType::get({point.width}, type.getElementType()), memref,
                                  applyMap(builder, loc, coordinates, point.indices));
  // Lanes that are not neighbours in memory are read one by one.
  SmallVector<Value> lanes;
  AffineExpr d0 = builder.getAffineDimExpr(0);
  for (int64_t lane = 0; lane < point.width; ++lane) {
    SmallVector<OpFoldResult> indices(point.indices);
    indices[dim] =
        affine::makeComposedFoldedAffineApply(builder, loc, d0 + lane, {point.indices[dim]});
    lanes.push_back(scalarAt(indices));
  }
  return vector::FromElementsOp::create(
      builder, loc, VectorType::get({point.width}, type.getElementType()), lanes);
}

Value TensorReader::lookUp(OpBuilder &builder, Location loc, Value memref, ValueRange indices,
                           int64_t width) {
  if (llvm::none_of(indices, [](Value v) { return isa<VectorType>(v.getType()); }))
    return memref::LoadOp::create(builder, loc, memref, indices);
  SmallVector<Value> lanes;
  for (int64_t lane = 0; lane < width; ++lane) {
    SmallVector<Value> at = llvm::map_to_vector(indices, [&](Value v) -> Value {
      return isa<VectorType>(v.getType()) ? Value(vector::ExtractOp::create(builder, loc, v, lane))
                                          : v;
    });
    lanes.push_back(memref::LoadOp::create(builder, loc, memref, at));
  }
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  return vector::FromElementsOp::create(builder, loc, VectorType::get({width}, element), lanes);
}

/// The index that `index` stands for at `point`: in lanes, where they differ in it.
static Value indexOf(OpBuilder &builder, Location loc, linalg::IndexOp index,
                     const NestPoint &point, AffineMap loops) {
  AffineMap position = loops.getSubMap({static_cast<unsigned>(index.getDim())});
  Value base = applyMap(builder, loc, position, point.indices).front();
  if (!point.vectorDim || !position.isFunctionOfDim(*point.vectorDim))
    return base;
  auto step = laneStep(position.getResult(0), *point.vectorDim, position.getNumDims());
  auto type = VectorType::get({point.width}, builder.getIndexType());
  Value lanes = vector::StepOp::create(builder, loc, type);
  if (step && *step != 1)
    lanes = arith::MulIOp::create(
        builder, loc, lanes,
        toVector(builder, loc, arith::ConstantIndexOp::create(builder, loc, *step), point.width));
  return arith::AddIOp::create(builder, loc, lanes, toVector(builder, loc, base, point.width));
}

/// Elementwise operations are the same on vectors; an operation whose operands are the same in all
/// lanes stays scalar.
static void cloneOnVectors(OpBuilder &builder, Operation &op, IRMapping &mapping, int64_t width) {
  bool isVector = llvm::any_of(op.getOperands(), [&](Value v) {
    return isa<VectorType>(mapping.lookupOrDefault(v).getType());
  });
  if (!isVector) {
    builder.clone(op, mapping);
    return;
  }
  Location loc = op.getParentOp()->getLoc();
  SmallVector<Value> operands = llvm::map_to_vector(op.getOperands(), [&](Value v) {
    return toVector(builder, loc, mapping.lookupOrDefault(v), width);
  });
  SmallVector<Type> types = llvm::map_to_vector(
      op.getResultTypes(), [&](Type t) -> Type { return VectorType::get({width}, t); });
  OperationState state(loc, op.getName(), operands, types,
                       llvm::to_vector(op.getDiscardableAttrs()));
  Operation *vectorized = builder.create(state);
  vectorized->copyProperties(op.getPropertiesStorage());
  mapping.map(&op, vectorized);
  mapping.map(op.getResults(), vectorized->getResults());
}

Value TensorReader::computeBody(OpBuilder &builder, linalg::GenericOp op, const NestPoint &point,
                                AffineMap loops, Value accumulator) {
  Location loc = op.getLoc();
  Block &body = *op.getBody();
  IRMapping mapping;
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    bool isInit = op.isDpsInit(&operand);
    mapping.map(argument, isInit && accumulator
                              ? accumulator
                              : read(builder, loc, operand.get(),
                                     op.getMatchingIndexingMap(&operand).compose(loops), point));
  }
  // Scalars that canonicalization has moved out of the body are constants; they come along.
  op.getBody()->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (operand.getParentBlock() != &body && !mapping.contains(operand) &&
          operand.getDefiningOp<arith::ConstantOp>() && !isa<ShapedType>(operand.getType()))
        mapping.map(operand, builder.clone(*operand.getDefiningOp())->getResult(0));
  });
  int64_t width = point.vectorDim ? point.width : 0;
  for (Operation &inner : body.without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      mapping.map(index.getResult(), indexOf(builder, loc, index, point, loops));
      continue;
    }
    if (auto extract = dyn_cast<tensor::ExtractOp>(inner)) {
      SmallVector<Value> indices = llvm::map_to_vector(
          extract.getIndices(), [&](Value v) { return mapping.lookupOrDefault(v); });
      Value memref = memory.lookup(extract.getTensor());
      assert(memref && "tables are materialized before they are read");
      mapping.map(extract.getResult(), lookUp(builder, loc, memref, indices, width));
      continue;
    }
    // A float product that is added to the accumulator of a reduction is one fused operation.
    if (auto add = dyn_cast<arith::AddFOp>(inner); add && accumulator) {
      Value product =
          mapping.lookupOrDefault(add.getLhs()) == accumulator ? add.getRhs() : add.getLhs();
      auto multiply = product.getDefiningOp<arith::MulFOp>();
      if (multiply && mapping.lookupOrDefault(
                          product == add.getRhs() ? add.getLhs() : add.getRhs()) == accumulator) {
        auto operand = [&](Value v) {
          return toVector(builder, loc, mapping.lookupOrDefault(v), width);
        };
        mapping.map(add.getResult(),
                    Value(math::FmaOp::create(builder, loc, operand(multiply.getLhs()),
                                              operand(multiply.getRhs()),
                                              toVector(builder, loc, accumulator, width))));
        continue;
      }
    }
    cloneOnVectors(builder, inner, mapping, width);
  }
  return mapping.lookupOrDefault(body.getTerminator()->getOperand(0));
}

Value TensorReader::read(OpBuilder &builder, Location loc, Value tensor, AffineMap coordinates,
                         const NestPoint &point) {
  if (Value value = bound.lookup(tensor))
    return value;
  if (Value memref = memory.lookup(tensor))
    return load(builder, loc, memref, coordinates, point);
  Operation *definition = tensor.getDefiningOp();
  if (auto fill = dyn_cast<linalg::FillOp>(definition)) {
    Value value = fill.value();
    return isa<BlockArgument>(value) ? value : builder.clone(*value.getDefiningOp())->getResult(0);
  }
  if (auto constant = dyn_cast<arith::ConstantOp>(definition)) {
    auto splat = cast<DenseElementsAttr>(constant.getValue());
    return arith::ConstantOp::create(builder, loc,
                                     cast<TypedAttr>(splat.getSplatValue<Attribute>()));
  }
  auto op = cast<linalg::GenericOp>(definition);
  assert(isElementwise(op) && "reductions are bound or in memory");
  // The generic's loops at these coordinates: its output map is a permutation.
  AffineMap loops =
      inversePermutation(op.getMatchingIndexingMap(op.getDpsInitOperand(0))).compose(coordinates);
  return computeBody(builder, op, point, loops);
}

} // namespace nnq
