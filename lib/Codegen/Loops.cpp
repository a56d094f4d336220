// Loops over static ranges, and addresses in them.

#include "Loops.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnq {

static Value index(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

void emitLoop(OpBuilder &builder, Location loc, int64_t lower, int64_t upper, int64_t step,
              function_ref<void(OpFoldResult)> body) {
  if (lower >= upper)
    return;
  if (lower + step >= upper)
    return body(builder.getIndexAttr(lower));
  auto loop = scf::ForOp::create(builder, loc, index(builder, loc, lower),
                                 index(builder, loc, upper), index(builder, loc, step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(loop.getBody()->getTerminator());
  body(loop.getInductionVar());
}

SmallVector<Value>
emitCarriedLoop(OpBuilder &builder, Location loc, int64_t upper, ValueRange carried,
                function_ref<SmallVector<Value>(OpFoldResult, ValueRange)> body) {
  if (upper == 1)
    return body(builder.getIndexAttr(0), carried);
  auto loop = scf::ForOp::create(builder, loc, index(builder, loc, 0), index(builder, loc, upper),
                                 index(builder, loc, 1), carried);
  OpBuilder::InsertionGuard guard(builder);
  if (!loop.getBody()->empty())
    loop.getBody()->getTerminator()->erase();
  builder.setInsertionPointToEnd(loop.getBody());
  SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(builder, loc, next);
  return llvm::to_vector(llvm::map_range(loop.getResults(), [](OpResult r) -> Value { return r; }));
}

SmallVector<Value>
emitCarriedNest(OpBuilder &builder, Location loc, ArrayRef<int64_t> sizes, ValueRange carried,
                function_ref<SmallVector<Value>(ArrayRef<OpFoldResult>, ValueRange)> body) {
  SmallVector<OpFoldResult> indices;
  std::function<SmallVector<Value>(size_t, ValueRange)> level =
      [&](size_t depth, ValueRange values) -> SmallVector<Value> {
    if (depth == sizes.size())
      return body(indices, values);
    return emitCarriedLoop(builder, loc, sizes[depth], values,
                           [&](OpFoldResult i, ValueRange inner) {
                             indices.push_back(i);
                             SmallVector<Value> result = level(depth + 1, inner);
                             indices.pop_back();
                             return result;
                           });
  };
  return level(0, carried);
}

void emitNest(OpBuilder &builder, Location loc, ArrayRef<int64_t> sizes,
              function_ref<void(ArrayRef<OpFoldResult>)> body) {
  SmallVector<OpFoldResult> indices;
  std::function<void(size_t)> level = [&](size_t depth) {
    if (depth == sizes.size())
      return body(indices);
    emitLoop(builder, loc, 0, sizes[depth], 1, [&](OpFoldResult i) {
      indices.push_back(i);
      level(depth + 1);
      indices.pop_back();
    });
  };
  level(0);
}

OpFoldResult emitLinear(OpBuilder &builder, Location loc,
                        ArrayRef<std::pair<OpFoldResult, int64_t>> terms, int64_t constant) {
  AffineExpr sum = builder.getAffineConstantExpr(constant);
  SmallVector<OpFoldResult> operands;
  for (auto [value, factor] : terms) {
    sum = sum + builder.getAffineDimExpr(operands.size()) * factor;
    operands.push_back(value);
  }
  return affine::makeComposedFoldedAffineApply(builder, loc,
                                               AffineMap::get(operands.size(), 0, sum), operands);
}

} // namespace nnq
