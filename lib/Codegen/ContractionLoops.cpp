// The register-tiled loops of a product with constant weights.

#include "Contraction.h"

#include "Loops.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnq {
namespace {

class ContractionEmitter {
public:
  ContractionEmitter(OpBuilder &builder, const Contraction &c, const ContractionTiling &t,
                     Value input, Value weights, TensorReader &reader, Value result,
                     Value destination)
      : b(builder), loc(c.op.getLoc()), c(c), t(t), input(input), weights(weights), reader(reader),
        result(result), destination(destination), indices(c.sizes.size(), b.getIndexAttr(0)) {
    for (Operation &op : c.op.getBody()->without_terminator())
      if (isa<arith::ExtUIOp>(op) && op.getOperand(0) == c.op.getBody()->getArgument(0))
        unsignedInput = true;
    for (unsigned d : c.outerDims)
      outerCount *= c.sizes[d];
  }

  void emit() {
    forDims(c.batchDims, 0, [&] {
      emitLoop(b, loc, 0, t.fullTiles, 1,
               [&](OpFoldResult tile) { emitRows(tile, t.tile.columns, t.block); });
      if (int64_t rest = t.restBlocks()) {
        int64_t partial = c.sizes[c.channelDim] % t.block;
        emitRows(b.getIndexAttr(t.fullTiles), rest, partial ? partial : t.block);
      }
    });
  }

private:
  /// An affine function of indices; the operands are appended in order as d0, d1, ...
  OpFoldResult linear(ArrayRef<std::pair<OpFoldResult, int64_t>> terms, int64_t constant = 0) {
    AffineExpr sum = b.getAffineConstantExpr(constant);
    SmallVector<OpFoldResult> operands;
    for (auto [value, factor] : terms) {
      sum = sum + b.getAffineDimExpr(operands.size()) * factor;
      operands.push_back(value);
    }
    return affine::makeComposedFoldedAffineApply(b, loc, AffineMap::get(operands.size(), 0, sum),
                                                 operands);
  }
  Value asIndex(OpFoldResult value) { return getValueOrCreateConstantIndexOp(b, loc, value); }

  void forDims(ArrayRef<unsigned> dims, size_t level, function_ref<void()> body) {
    if (level == dims.size())
      return body();
    emitLoop(b, loc, 0, c.sizes[dims[level]], 1, [&](OpFoldResult i) {
      indices[dims[level]] = i;
      forDims(dims, level + 1, body);
    });
  }

  /// All rows of one tile of channels.
  void emitRows(OpFoldResult tile, int64_t columns, int64_t lastWidth) {
    int64_t tileWeights = outerCount * t.steps * t.tile.columns * t.block * t.depth;
    int64_t batchWeights = outerCount * t.steps * t.blocks * t.block * t.depth;
    SmallVector<std::pair<OpFoldResult, int64_t>> terms{{tile, tileWeights}};
    int64_t stride = batchWeights;
    for (unsigned d : llvm::reverse(c.batchDims)) {
      terms.push_back({indices[d], stride});
      stride *= c.sizes[d];
    }
    weightBase = linear(terms);
    firstChannel = linear({{tile, t.tile.columns * t.block}});
    if (c.rowDims.empty())
      return emitTile(1, columns, lastWidth);
    forDims(ArrayRef(c.rowDims).drop_back(), 0, [&] {
      unsigned rowDim = c.rowDims.back();
      int64_t rows = c.sizes[rowDim], whole = rows - rows % t.tile.rows;
      emitLoop(b, loc, 0, whole, t.tile.rows, [&](OpFoldResult row) {
        indices[rowDim] = row;
        emitTile(t.tile.rows, columns, lastWidth);
      });
      if (whole < rows) {
        indices[rowDim] = b.getIndexAttr(whole);
        emitTile(rows - whole, columns, lastWidth);
      }
    });
  }

  int64_t widthOf(int64_t column, int64_t columns, int64_t lastWidth) {
    return column + 1 == columns ? lastWidth : t.block;
  }

  /// The nest's point at row `row` and column `column` of the tile.
  NestPoint pointAt(int64_t row, int64_t column, int64_t width) {
    NestPoint point{indices, c.channelDim, width};
    if (!c.rowDims.empty())
      point.indices[c.rowDims.back()] = linear({{indices[c.rowDims.back()], 1}}, row);
    point.indices[c.channelDim] = linear({{firstChannel, 1}}, column * t.block);
    return point;
  }

  void emitTile(int64_t rows, int64_t columns, int64_t lastWidth) {
    SmallVector<std::pair<OpFoldResult, int64_t>> terms;
    for (unsigned d : llvm::concat<const unsigned>(c.batchDims, c.rowDims))
      terms.push_back({indices[d], c.inputStride[d]});
    inputBase = linear(terms, c.inputOffset);
    SmallVector<Value> accumulators;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column)
        accumulators.push_back(
            initialValue(pointAt(row, column, widthOf(column, columns, lastWidth))));
    if (t.interleave == 2)
      accumulators = interleaveRows(accumulators, rows, columns);
    SmallVector<int64_t> loops =
        llvm::map_to_vector(c.outerDims, [&](unsigned d) { return c.sizes[d]; });
    accumulators = emitCarriedNest(b, loc, loops, accumulators,
                                   [&](ArrayRef<OpFoldResult> at, ValueRange carried) {
                                     return emitRun(at, carried, rows, columns);
                                   });
    if (t.interleave == 2)
      accumulators = separateRows(accumulators, rows, columns);
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column)
        store(accumulators[row * columns + column],
              pointAt(row, column, widthOf(column, columns, lastWidth)));
  }

  Type elementType() { return cast<ShapedType>(c.op.getResult(0).getType()).getElementType(); }

  /// The accumulator's start, `block` lanes wide; lanes beyond the last channel are zero.
  Value initialValue(const NestPoint &point) {
    OpOperand *init = c.op.getDpsInitOperand(0);
    Value value =
        toVector(b, loc, reader.read(b, loc, init->get(), c.op.getMatchingIndexingMap(init), point),
                 point.width);
    if (point.width == t.block)
      return value;
    auto type = VectorType::get({t.block}, elementType());
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return vector::InsertStridedSliceOp::create(b, loc, value, zero, ArrayRef<int64_t>{0},
                                                ArrayRef<int64_t>{1});
  }

  void store(Value accumulator, const NestPoint &point) {
    if (point.width != t.block)
      accumulator = vector::ExtractStridedSliceOp::create(b, loc, accumulator, ArrayRef<int64_t>{0},
                                                          ArrayRef<int64_t>{point.width},
                                                          ArrayRef<int64_t>{1});
    reader.bound[c.op.getResult(0)] = accumulator;
    AffineMap coordinates = c.op.getMatchingIndexingMap(c.op.getDpsInitOperand(0));
    Value value = toVector(b, loc, reader.read(b, loc, result, coordinates, point), point.width);
    reader.bound.erase(c.op.getResult(0));
    vector::StoreOp::create(b, loc, value, destination,
                            applyMap(b, loc, coordinates, point.indices));
  }

  /// A run: steps of `depth` elements, and one of what is left, which loads no more than that: the
  /// input may end there.
  SmallVector<Value> emitRun(ArrayRef<OpFoldResult> outer, ValueRange carried, int64_t rows,
                             int64_t columns) {
    int64_t whole = c.runLength / t.depth, rest = c.runLength % t.depth;
    SmallVector<Value> sums(carried);
    SmallVector<OpFoldResult> at(outer);
    at.push_back(b.getIndexAttr(whole));
    if (whole > 0)
      sums = emitCarriedLoop(b, loc, whole, sums, [&](OpFoldResult step, ValueRange inner) {
        SmallVector<OpFoldResult> inside(outer);
        inside.push_back(step);
        return emitStep(inside, inner, rows, columns, t.depth);
      });
    return rest == 0 ? sums : emitStep(at, sums, rows, columns, rest);
  }

  /// `depth` elements of a row of bytes, of which the first `count` are loaded and the others are
  /// zero.
  Value loadBytes(Value index, int64_t count) {
    Value bytes =
        vector::LoadOp::create(b, loc, VectorType::get({count}, b.getI8Type()), input, index);
    if (count == t.depth)
      return bytes;
    Value zero =
        arith::ConstantOp::create(b, loc, b.getZeroAttr(VectorType::get({t.depth}, b.getI8Type())));
    return vector::InsertStridedSliceOp::create(b, loc, bytes, zero, ArrayRef<int64_t>{0},
                                                ArrayRef<int64_t>{1});
  }

  /// One step of the run: `count` elements of each row, at most `depth`, times `depth` x `block`
  /// weights of each column.
  SmallVector<Value> emitStep(ArrayRef<OpFoldResult> at, ValueRange carried, int64_t rows,
                              int64_t columns, int64_t count) {
    SmallVector<std::pair<OpFoldResult, int64_t>> inputTerms{{inputBase, 1}, {at.back(), t.depth}};
    SmallVector<std::pair<OpFoldResult, int64_t>> weightTerms{{weightBase, 1}};
    int64_t stepWeights = columns * t.block * t.depth, stride = stepWeights * t.steps;
    weightTerms.push_back({at.back(), stepWeights});
    for (size_t i = c.outerDims.size(); i-- > 0;) {
      inputTerms.push_back({at[i], c.inputStride[c.outerDims[i]]});
      weightTerms.push_back({at[i], stride});
      stride *= c.sizes[c.outerDims[i]];
    }
    OpFoldResult inputAt = linear(inputTerms), weightAt = linear(weightTerms);
    int64_t rowStride = c.rowDims.empty() ? 0 : c.inputStride[c.rowDims.back()];
    SmallVector<Value> columnWeights;
    for (int64_t column = 0; column < columns; ++column)
      columnWeights.push_back(vector::LoadOp::create(
          b, loc, VectorType::get({t.block * t.depth}, weightType()), weights,
          asIndex(linear({{weightAt, 1}}, column * t.block * t.depth))));
    auto inputIndex = [&](int64_t row) { return asIndex(linear({{inputAt, 1}}, row * rowStride)); };
    SmallVector<Value> next(carried);
    if (t.interleave == 2)
      return multiplyInterleaved(next, columnWeights, rows, columns,
                                 [&](int64_t row) { return loadBytes(inputIndex(row), count); });
    for (int64_t row = 0; row < rows; ++row) {
      Value x = c.isFloat ? Value(memref::LoadOp::create(b, loc, input, inputIndex(row)))
                          : loadBytes(inputIndex(row), count);
      for (int64_t column = 0; column < columns; ++column) {
        Value &accumulator = next[row * columns + column];
        accumulator = c.isFloat ? Value(math::FmaOp::create(b, loc, toVector(b, loc, x, t.block),
                                                            columnWeights[column], accumulator))
                                : dotProduct(x, columnWeights[column], accumulator);
      }
    }
    return next;
  }

  Type weightType() { return c.isFloat ? Type(b.getF32Type()) : b.getI8Type(); }

  Value extend(Value bytes, bool isUnsigned) {
    Type type = cast<VectorType>(bytes.getType()).clone(b.getI32Type());
    return isUnsigned ? Value(arith::ExtUIOp::create(b, loc, type, bytes))
                      : arith::ExtSIOp::create(b, loc, type, bytes);
  }

  /// accumulator(n) += sum over k of x(k) * w(n, k)
  Value dotProduct(Value x, Value w, Value accumulator) {
    w = vector::ShapeCastOp::create(b, loc, VectorType::get({t.block, t.depth}, b.getI8Type()), w);
    AffineExpr n = b.getAffineDimExpr(0), k = b.getAffineDimExpr(1);
    using Iterator = vector::IteratorType;
    return vector::ContractionOp::create(
        b, loc, extend(x, unsignedInput), extend(w, false), accumulator,
        ArrayRef<ArrayRef<AffineExpr>>{{k}, {n, k}, {n}},
        ArrayRef<Iterator>{Iterator::parallel, Iterator::reduction});
  }

  //===--------------------------------------------------------------------===//
  // Two rows per instruction: accumulators hold 2 x 2 results, columns in pairs
  //===--------------------------------------------------------------------===//

  Value shuffle(Value lhs, Value rhs, ArrayRef<int64_t> mask) {
    return vector::ShuffleOp::create(b, loc, lhs, rhs, mask);
  }

  /// Rows r, r + 1 of a column become block / 2 vectors of [r: c, c + 1; r + 1: c, c + 1]. A last
  /// odd row is paired with itself.
  SmallVector<Value> interleaveRows(ArrayRef<Value> accumulators, int64_t rows, int64_t columns) {
    SmallVector<Value> pairs;
    for (int64_t row = 0; row < rows; row += 2)
      for (int64_t column = 0; column < columns; ++column) {
        Value upper = accumulators[row * columns + column],
              lower = accumulators[std::min(row + 1, rows - 1) * columns + column];
        for (int64_t lane = 0; lane < t.block; lane += 2)
          pairs.push_back(
              shuffle(upper, lower, {lane, lane + 1, t.block + lane, t.block + lane + 1}));
      }
    return pairs;
  }

  SmallVector<Value> separateRows(ArrayRef<Value> pairs, int64_t rows, int64_t columns) {
    SmallVector<Value> accumulators;
    int64_t perBlock = t.block / 2;
    auto type = VectorType::get({t.block}, b.getI32Type());
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column) {
        Value whole = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
        for (int64_t i = 0; i < perBlock; ++i) {
          Value pair = pairs[((row / 2) * columns + column) * perBlock + i];
          int64_t first = (row % 2) * 2;
          whole = vector::InsertStridedSliceOp::create(
              b, loc, shuffle(pair, pair, {first, first + 1}), whole, ArrayRef<int64_t>{2 * i},
              ArrayRef<int64_t>{1});
        }
        accumulators.push_back(whole);
      }
    return accumulators;
  }

  /// One step; `loadRow` gives `depth` elements of a row.
  SmallVector<Value> multiplyInterleaved(SmallVector<Value> next, ArrayRef<Value> columnWeights,
                                         int64_t rows, int64_t columns,
                                         function_ref<Value(int64_t)> loadRow) {
    auto matrixType = VectorType::get({2, t.depth}, b.getI8Type());
    auto resultType = VectorType::get({2, 2}, b.getI32Type()),
         flatType = VectorType::get({4}, b.getI32Type());
    AffineExpr m = b.getAffineDimExpr(0), n = b.getAffineDimExpr(1), k = b.getAffineDimExpr(2);
    using Iterator = vector::IteratorType;
    int64_t perBlock = t.block / 2, pairWeights = 2 * t.depth;
    for (int64_t row = 0; row < rows; row += 2) {
      Value upper = loadRow(row), lower = row + 1 < rows ? loadRow(row + 1) : upper;
      Value x = vector::ShapeCastOp::create(
          b, loc, matrixType,
          shuffle(upper, lower, llvm::to_vector(llvm::seq<int64_t>(0, 2 * t.depth))));
      x = extend(x, unsignedInput);
      for (int64_t column = 0; column < columns; ++column)
        for (int64_t i = 0; i < perBlock; ++i) {
          Value w = vector::ExtractStridedSliceOp::create(
              b, loc, columnWeights[column], ArrayRef<int64_t>{i * pairWeights},
              ArrayRef<int64_t>{pairWeights}, ArrayRef<int64_t>{1});
          w = extend(vector::ShapeCastOp::create(b, loc, matrixType, w), false);
          Value &accumulator = next[((row / 2) * columns + column) * perBlock + i];
          Value sum = vector::ContractionOp::create(
              b, loc, x, w, vector::ShapeCastOp::create(b, loc, resultType, accumulator),
              ArrayRef<ArrayRef<AffineExpr>>{{m, k}, {n, k}, {m, n}},
              ArrayRef<Iterator>{Iterator::parallel, Iterator::parallel, Iterator::reduction});
          accumulator = vector::ShapeCastOp::create(b, loc, flatType, sum);
        }
    }
    return next;
  }

  OpBuilder &b;
  Location loc;
  const Contraction &c;
  const ContractionTiling &t;
  Value input, weights;
  TensorReader &reader;
  Value result, destination;
  SmallVector<OpFoldResult> indices; ///< of all loops of the contraction, at the tile's first row
  OpFoldResult weightBase, inputBase, firstChannel;
  int64_t outerCount = 1;
  bool unsignedInput = false;
};

} // namespace

void emitContraction(OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, Value input, Value weights,
                     TensorReader &reader, Value result, Value destination) {
  ContractionEmitter(builder, contraction, tiling, input, weights, reader, result, destination)
      .emit();
}

} // namespace nnq
