// Operations of NNQIndexOps.td. docs/Semantics.md, "Indices".

#include "Handlers.h"
#include "Numerics.h"

#include "nnq/Dialect/NNQ/IR/IndexOps.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir;

namespace nnq::reference {

/// The place that an index names along a dimension of `size`: from the end if it is negative, and
/// never outside.
static int64_t placeOf(int64_t index, int64_t size) {
  return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size - 1);
}

/// to[i] = from[places[i]].
static void take(const HostTensor &from, ArrayRef<int64_t> places, HostTensor &to) {
  std::visit(
      [&](const auto &source) {
        auto &target = std::get<std::decay_t<decltype(source)>>(to.storage);
        for (size_t i = 0; i < places.size(); ++i)
          target[i] = source[places[i]];
      },
      from.storage);
}

/// The coordinates of element `i` of `shape`.
static SmallVector<int64_t> coordinatesOf(int64_t i, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> coordinates;
  for (int64_t stride : rowMajorStrides(shape)) {
    coordinates.push_back(i / stride);
    i %= stride;
  }
  return coordinates;
}

static int64_t positionOf(ArrayRef<int64_t> coordinates, ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (auto [at, stride] : llvm::zip_equal(coordinates, rowMajorStrides(shape)))
    position += at * stride;
  return position;
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

static LogicalResult evaluateGather(GatherOp op, Operands operands, Results results) {
  const HostTensor &input = *operands[0], &indices = *operands[1];
  int64_t axis = op.getAxis(), size = input.shape[axis];
  int64_t inner = 1, count = indices.getNumElements();
  for (int64_t d : ArrayRef<int64_t>(input.shape).drop_front(axis + 1))
    inner *= d;
  std::vector<int64_t> places(results[0].getNumElements());
  for (size_t i = 0; i < places.size(); ++i) {
    int64_t outer = static_cast<int64_t>(i) / (count * inner);
    int64_t index = indices.plainIntegers()[static_cast<int64_t>(i) / inner % count];
    places[i] = (outer * size + placeOf(index, size)) * inner + static_cast<int64_t>(i) % inner;
  }
  take(input, places, results[0]);
  return success();
}

static LogicalResult evaluateGatherElements(GatherElementsOp op, Operands operands,
                                            Results results) {
  const HostTensor &input = *operands[0], &indices = *operands[1];
  std::vector<int64_t> places;
  for (auto [i, index] : llvm::enumerate(indices.plainIntegers())) {
    SmallVector<int64_t> at = coordinatesOf(i, indices.shape);
    at[op.getAxis()] = placeOf(index, input.shape[op.getAxis()]);
    places.push_back(positionOf(at, input.shape));
  }
  take(input, places, results[0]);
  return success();
}

/// Where slice `slice` of the indices lies: its batch dimensions, then the places that it names.
static SmallVector<int64_t> slicePlace(const HostTensor &indices, int64_t slice,
                                       ArrayRef<int64_t> whole, int64_t batchDims) {
  int64_t dims = indices.shape.back();
  SmallVector<int64_t> at(
      ArrayRef<int64_t>(coordinatesOf(slice * dims, indices.shape)).take_front(batchDims));
  for (int64_t j = 0; j < dims; ++j)
    at.push_back(placeOf(indices.plainIntegers()[slice * dims + j], whole[batchDims + j]));
  return at;
}

/// Calls `visit(place in the whole, place among the slices)` for each element of each slice.
template <typename Visit>
static void forEachOfSlices(const HostTensor &indices, ArrayRef<int64_t> whole, int64_t batchDims,
                            Visit visit) {
  int64_t dims = indices.shape.back(), count = indices.getNumElements() / dims, inner = 1;
  for (int64_t size : whole.drop_front(batchDims + dims))
    inner *= size;
  for (int64_t slice = 0; slice < count; ++slice) {
    SmallVector<int64_t> at = slicePlace(indices, slice, whole, batchDims);
    at.append(whole.size() - at.size(), 0);
    int64_t first = positionOf(at, whole);
    for (int64_t i = 0; i < inner; ++i)
      visit(first + i, slice * inner + i);
  }
}

static LogicalResult evaluateGatherND(GatherNDOp op, Operands operands, Results results) {
  std::vector<int64_t> places(results[0].getNumElements());
  forEachOfSlices(*operands[1], operands[0]->shape, op.getBatchDims(),
                  [&](int64_t from, int64_t to) { places[to] = from; });
  take(*operands[0], places, results[0]);
  return success();
}

static LogicalResult evaluateScatterND(ScatterNDOp, Operands operands, Results results) {
  results[0].storage = operands[0]->storage;
  std::visit(
      [&](const auto &updates) {
        auto &values = std::get<std::decay_t<decltype(updates)>>(results[0].storage);
        forEachOfSlices(*operands[1], results[0].shape, 0,
                        [&](int64_t to, int64_t from) { values[to] = updates[from]; });
      },
      operands[2]->storage);
  return success();
}

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

/// Calls `visit(positions of a row along `axis`, index of the row)` for each row.
template <typename Visit>
static void forEachRow(ArrayRef<int64_t> shape, int64_t axis, Visit visit) {
  SmallVector<int64_t> one(shape);
  one[axis] = 1;
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  for (auto [row, first] : llvm::enumerate(stridedPositions(one, strides)))
    visit(stridedPositions({shape[axis]}, {strides[axis]}, first), static_cast<int64_t>(row));
}

/// Calls `visit(isLess, isNaN)` with functions of positions in `tensor`. Codes are in the order of
/// their reals.
template <typename Visit> static void withOrder(const HostTensor &tensor, Visit visit) {
  std::visit(
      [&](const auto &values) {
        using T = typename std::decay_t<decltype(values)>::value_type;
        bool isUnsigned = tensor.elementType.isUnsignedInteger();
        visit(
            [&](int64_t a, int64_t b) {
              if constexpr (std::is_same_v<T, int64_t>)
                if (isUnsigned)
                  return static_cast<uint64_t>(values[a]) < static_cast<uint64_t>(values[b]);
              return values[a] < values[b];
            },
            [&](int64_t a) { return values[a] != values[a]; });
      },
      tensor.storage);
}

static LogicalResult evaluateArgReduce(ArgReduceOp op, Operands operands, Results results) {
  bool largest = op.getKind() == ArgReduceKind::Max;
  withOrder(*operands[0], [&](auto isLess, auto isNaN) {
    auto isBefore = [&](int64_t a, int64_t b) {
      if (isNaN(a) || isNaN(b))
        return isNaN(a) && !isNaN(b);
      return largest ? isLess(b, a) : isLess(a, b);
    };
    forEachRow(operands[0]->shape, op.getAxis(), [&](ArrayRef<int64_t> row, int64_t index) {
      int64_t best = 0;
      for (int64_t i = 1, size = row.size(); i < size; ++i)
        if (isBefore(row[i], row[best]) || (op.getLast() && !isBefore(row[best], row[i])))
          best = i;
      results[0].plainIntegers()[index] = best;
    });
  });
  return success();
}

static LogicalResult evaluateTopK(TopKOp op, Operands operands, Results results) {
  int64_t axis = op.getAxis(), k = op.getK();
  SmallVector<std::vector<int64_t>> found;
  withOrder(*operands[0], [&](auto isLess, auto isNaN) {
    auto isSmaller = [&](int64_t a, int64_t b) { // NaN is the largest
      return isNaN(b) ? !isNaN(a) : isLess(a, b);
    };
    forEachRow(operands[0]->shape, axis, [&](ArrayRef<int64_t> row, int64_t) {
      std::vector<int64_t> order(row.size());
      std::iota(order.begin(), order.end(), 0);
      auto isBefore = [&](int64_t a, int64_t b) {
        return op.getSmallest() ? isSmaller(row[a], row[b]) : isSmaller(row[b], row[a]);
      };
      llvm::sort(order, [&](int64_t a, int64_t b) {
        return isBefore(a, b) || (!isBefore(b, a) && a < b);
      });
      order.resize(k);
      found.push_back(std::move(order));
    });
  });
  forEachRow(results[0].shape, axis, [&](ArrayRef<int64_t> row, int64_t index) {
    for (int64_t r = 0; r < k; ++r)
      results[0].plainIntegers()[row[r]] = found[index][r];
  });
  return success();
}

void addIndexHandlers(HandlerTable &table) {
  addHandler<GatherOp, evaluateGather>(table);
  addHandler<GatherElementsOp, evaluateGatherElements>(table);
  addHandler<GatherNDOp, evaluateGatherND>(table);
  addHandler<ScatterNDOp, evaluateScatterND>(table);
  addHandler<ArgReduceOp, evaluateArgReduce>(table);
  addHandler<TopKOp, evaluateTopK>(table);
}

} // namespace nnq::reference
