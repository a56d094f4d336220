// The schemes: floats, a row by lanes, pairs of rows.

#include "DotScheme.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnq {
namespace {

Value extend(OpBuilder &b, Location loc, Value narrow, bool isUnsigned) {
  Type type = cast<VectorType>(narrow.getType()).clone(b.getI32Type());
  return isUnsigned ? Value(arith::ExtUIOp::create(b, loc, type, narrow))
                    : arith::ExtSIOp::create(b, loc, type, narrow);
}

/// One row at a time by one column at a time.
class RowScheme : public DotScheme {
public:
  using DotScheme::DotScheme;

  SmallVector<Value> multiply(SmallVector<Value> sums, ArrayRef<Value> weights, TileSize size,
                              LoadRow loadRow) final {
    for (int64_t row = 0; row < size.rows; ++row) {
      Value x = loadRow(row);
      for (int64_t column = 0; column < size.columns; ++column) {
        Value &sum = sums[row * size.columns + column];
        sum = multiplyAdd(x, weights[column], sum);
      }
    }
    return sums;
  }

private:
  virtual Value multiplyAdd(Value x, Value weights, Value sum) = 0;
};

/// A scalar by lanes.
class FloatRows : public RowScheme {
public:
  using RowScheme::RowScheme;

private:
  Value multiplyAdd(Value x, Value weights, Value sum) final {
    return math::FmaOp::create(b, loc, toVector(b, loc, x, channels), weights, sum);
  }
};

/// sum(n) += sum over k of x(k) * w(n, k)
class IntegerRows : public RowScheme {
public:
  IntegerRows(OpBuilder &builder, Location loc, const ContractionTiling &tiling, bool isUnsigned)
      : RowScheme(builder, loc, tiling), isUnsigned(isUnsigned) {}

private:
  Value multiplyAdd(Value x, Value w, Value sum) final {
    w = vector::ShapeCastOp::create(b, loc, VectorType::get({channels, depth}, b.getI8Type()), w);
    AffineExpr n = b.getAffineDimExpr(0), k = b.getAffineDimExpr(1);
    using Iterator = vector::IteratorType;
    return vector::ContractionOp::create(
        b, loc, extend(b, loc, x, isUnsigned), extend(b, loc, w, false), sum,
        ArrayRef<ArrayRef<AffineExpr>>{{k}, {n, k}, {n}},
        ArrayRef<Iterator>{Iterator::parallel, Iterator::reduction});
  }

  const bool isUnsigned;
};

/// One row at a time by one column at a time, by weights that are stored in part: the inputs that
/// they belong to are selected from the row's.
///
///     sum(n) += sum over k of x(index(n, k)) * w(n, k)
class StoredRows : public DotScheme {
public:
  StoredRows(OpBuilder &builder, Location loc, const ContractionTiling &tiling, bool isUnsigned)
      : DotScheme(builder, loc, tiling), encoding(tiling.encoding), dotDepth(tiling.dotDepth),
        isUnsigned(isUnsigned) {}

  SmallVector<Value> multiply(SmallVector<Value>, ArrayRef<Value>, TileSize, LoadRow) final {
    llvm_unreachable("weights are stored in part");
  }

  SmallVector<Value> multiplyStored(SmallVector<Value> sums, LoadPacked load, TileSize size,
                                    LoadRow loadRow) final {
    int64_t dots = encoding.getDotsPerStep(), width = channels * dotDepth;
    auto loadIndices = [&](int64_t at, int64_t count) {
      return load(dots * size.columns * width + at, count);
    };
    SmallVector<Value> rows;
    for (int64_t row = 0; row < size.rows; ++row)
      rows.push_back(loadRow(row));
    for (int64_t dot = 0; dot < dots; ++dot) {
      SmallVector<Value> weights, indices;
      for (int64_t column = 0; column < size.columns; ++column) {
        weights.push_back(load((dot * size.columns + column) * width, width));
        if (column == 0 || !encoding.sharesIndices())
          indices.push_back(
              encoding.emitIndices(b, loc, loadIndices, dot * size.columns + column, dot));
      }
      for (int64_t row = 0; row < size.rows; ++row) {
        Value selected;
        for (int64_t column = 0; column < size.columns; ++column) {
          if (column < static_cast<int64_t>(indices.size()))
            selected = LookupOp::create(b, loc, indices[column], rows[row]);
          Value &sum = sums[row * size.columns + column];
          sum = multiplyAdd(selected, weights[column], sum);
        }
      }
    }
    return sums;
  }

private:
  Value multiplyAdd(Value x, Value w, Value sum) {
    auto type = VectorType::get({channels, dotDepth}, b.getI8Type());
    x = vector::ShapeCastOp::create(b, loc, type, x);
    w = vector::ShapeCastOp::create(b, loc, type, w);
    AffineExpr n = b.getAffineDimExpr(0), k = b.getAffineDimExpr(1);
    using Iterator = vector::IteratorType;
    return vector::ContractionOp::create(
        b, loc, extend(b, loc, x, isUnsigned), extend(b, loc, w, false), sum,
        ArrayRef<ArrayRef<AffineExpr>>{{n, k}, {n, k}, {n}},
        ArrayRef<Iterator>{Iterator::parallel, Iterator::reduction});
  }

  const WeightEncoding encoding;
  const int64_t dotDepth;
  const bool isUnsigned;
};

/// Two rows per instruction: what is carried holds 2 x 2 sums, the channels of a column in pairs.
class IntegerRowPairs : public DotScheme {
public:
  IntegerRowPairs(OpBuilder &builder, Location loc, const ContractionTiling &tiling,
                  bool isUnsigned)
      : DotScheme(builder, loc, tiling), isUnsigned(isUnsigned), pairsPerColumn(channels / 2) {}

  /// Rows r, r + 1 of a column become channels / 2 vectors of [r: c, c + 1; r + 1: c, c + 1]. A
  /// last odd row is paired with itself.
  SmallVector<Value> enter(SmallVector<Value> sums, TileSize size) final {
    SmallVector<Value> pairs;
    for (int64_t row = 0; row < size.rows; row += 2)
      for (int64_t column = 0; column < size.columns; ++column) {
        Value upper = sums[row * size.columns + column],
              lower = sums[std::min(row + 1, size.rows - 1) * size.columns + column];
        for (int64_t lane = 0; lane < channels; lane += 2)
          pairs.push_back(
              shuffle(upper, lower, {lane, lane + 1, channels + lane, channels + lane + 1}));
      }
    return pairs;
  }

  SmallVector<Value> leave(SmallVector<Value> pairs, TileSize size) final {
    SmallVector<Value> sums;
    auto type = VectorType::get({channels}, b.getI32Type());
    for (int64_t row = 0; row < size.rows; ++row)
      for (int64_t column = 0; column < size.columns; ++column) {
        Value whole = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
        for (int64_t i = 0; i < pairsPerColumn; ++i) {
          Value pair = pairs[((row / 2) * size.columns + column) * pairsPerColumn + i];
          int64_t first = (row % 2) * 2;
          whole = vector::InsertStridedSliceOp::create(
              b, loc, shuffle(pair, pair, {first, first + 1}), whole, ArrayRef<int64_t>{2 * i},
              ArrayRef<int64_t>{1});
        }
        sums.push_back(whole);
      }
    return sums;
  }

  SmallVector<Value> multiply(SmallVector<Value> pairs, ArrayRef<Value> weights, TileSize size,
                              LoadRow loadRow) final {
    auto matrixType = VectorType::get({2, depth}, b.getI8Type());
    for (int64_t row = 0; row < size.rows; row += 2) {
      Value upper = loadRow(row), lower = row + 1 < size.rows ? loadRow(row + 1) : upper;
      Value x = vector::ShapeCastOp::create(
          b, loc, matrixType,
          shuffle(upper, lower, llvm::to_vector(llvm::seq<int64_t>(0, 2 * depth))));
      x = extend(b, loc, x, isUnsigned);
      for (int64_t column = 0; column < size.columns; ++column)
        for (int64_t i = 0; i < pairsPerColumn; ++i) {
          Value w = vector::ExtractStridedSliceOp::create(
              b, loc, weights[column], ArrayRef<int64_t>{i * 2 * depth},
              ArrayRef<int64_t>{2 * depth}, ArrayRef<int64_t>{1});
          w = extend(b, loc, vector::ShapeCastOp::create(b, loc, matrixType, w), false);
          Value &pair = pairs[((row / 2) * size.columns + column) * pairsPerColumn + i];
          pair = multiplyAdd(x, w, pair);
        }
    }
    return pairs;
  }

private:
  Value shuffle(Value lhs, Value rhs, ArrayRef<int64_t> mask) {
    return vector::ShuffleOp::create(b, loc, lhs, rhs, mask);
  }

  Value multiplyAdd(Value x, Value w, Value pair) {
    auto resultType = VectorType::get({2, 2}, b.getI32Type()),
         flatType = VectorType::get({4}, b.getI32Type());
    AffineExpr m = b.getAffineDimExpr(0), n = b.getAffineDimExpr(1), k = b.getAffineDimExpr(2);
    using Iterator = vector::IteratorType;
    Value sum = vector::ContractionOp::create(
        b, loc, x, w, vector::ShapeCastOp::create(b, loc, resultType, pair),
        ArrayRef<ArrayRef<AffineExpr>>{{m, k}, {n, k}, {m, n}},
        ArrayRef<Iterator>{Iterator::parallel, Iterator::parallel, Iterator::reduction});
    return vector::ShapeCastOp::create(b, loc, flatType, sum);
  }

  const bool isUnsigned;
  const int64_t pairsPerColumn;
};

} // namespace

SmallVector<Value> DotScheme::multiplyStored(SmallVector<Value>, LoadPacked, TileSize, LoadRow) {
  llvm_unreachable("weights are stored in full");
}

std::unique_ptr<DotScheme> createDotScheme(OpBuilder &builder, Location loc, const Contraction &c,
                                           const ContractionTiling &tiling) {
  if (c.isFloat)
    return std::make_unique<FloatRows>(builder, loc, tiling);
  bool isUnsigned = c.op.getUnsignedInput();
  if (c.encoding.getDotsPerStep())
    return std::make_unique<StoredRows>(builder, loc, tiling, isUnsigned);
  if (c.row->dot.rows == 2)
    return std::make_unique<IntegerRowPairs>(builder, loc, tiling, isUnsigned);
  return std::make_unique<IntegerRows>(builder, loc, tiling, isUnsigned);
}

} // namespace nnq
