// The register-tiled loops of a product with constant weights.

#include "Contraction.h"

#include "Loops.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnq {
namespace {

class ContractionEmitter {
public:
  ContractionEmitter(OpBuilder &builder, const Contraction &c, const ContractionTiling &t,
                     const ContractionMemory &memory, TensorReader &reader, Value result,
                     Value destination)
      : b(builder), loc(c.op.getLoc()), c(c), t(t), memory(memory), reader(reader), result(result),
        destination(destination), indices(c.sizes.size(), b.getIndexAttr(0)) {
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
    auto base = [&](int64_t perBlock) { // of so many elements for each block of channels
      SmallVector<std::pair<OpFoldResult, int64_t>> terms{{tile, perBlock * t.tile.columns}};
      int64_t stride = perBlock * t.blocks;
      for (unsigned d : llvm::reverse(c.batchDims)) {
        terms.push_back({indices[d], stride});
        stride *= c.sizes[d];
      }
      return linear(terms);
    };
    weightBase = base(outerCount * t.groups * t.block * t.depth);
    if (c.combine)
      scaleBase = base(c.numBlocks() * t.block);
    if (c.units)
      unitBase = base(t.block);
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
    auto forResults = [&](function_ref<void(int64_t, const NestPoint &)> body) {
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t column = 0; column < columns; ++column)
          body(row * columns + column, pointAt(row, column, widthOf(column, columns, lastWidth)));
    };
    SmallVector<Value> starts(rows * columns), results;
    auto readStarts = [&] {
      forResults([&](int64_t i, const NestPoint &point) { starts[i] = initialValue(point); });
    };
    if (c.combine) {
      readStarts();
      results = emitBlocks(starts, rows, columns);
    } else if (t.packing == 1) {
      readStarts();
      results = emitSums({}, starts, rows, columns);
    } else {
      results = emitSums({}, zeros(rows * columns), rows, columns);
      readStarts();
      for (auto [value, start] : llvm::zip(results, starts))
        value = c.isFloat ? Value(arith::AddFOp::create(b, loc, value, start))
                          : arith::AddIOp::create(b, loc, value, start);
    }
    forResults([&](int64_t i, const NestPoint &point) { store(results[i], point); });
  }

  SmallVector<Value> zeros(int64_t count) {
    auto type = VectorType::get({t.block}, c.isFloat ? Type(b.getF32Type()) : b.getI32Type());
    return SmallVector<Value>(count, arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
  }

  /// Adds the products of all reductions inside the loops that `outer` are the indices of to
  /// `sums`. Sums of nibbles start at zero.
  SmallVector<Value> emitSums(ArrayRef<OpFoldResult> outer, SmallVector<Value> sums, int64_t rows,
                              int64_t columns) {
    if (t.interleave == 2)
      sums = interleaveRows(sums, rows, columns);
    SmallVector<int64_t> loops = llvm::map_to_vector(ArrayRef(c.outerDims).drop_front(outer.size()),
                                                     [&](unsigned d) { return c.sizes[d]; });
    sums =
        emitCarriedNest(b, loc, loops, sums, [&](ArrayRef<OpFoldResult> inner, ValueRange carried) {
          SmallVector<OpFoldResult> at(outer);
          llvm::append_range(at, inner);
          return emitRun(at, carried, rows, columns);
        });
    if (t.interleave == 2)
      sums = separateRows(sums, rows, columns);
    if (t.packing == 2) // of 16 times the weights
      for (Value &sum : sums)
        sum = c.isFloat ? Value(arith::MulFOp::create(b, loc, sum, splat(sum.getType(), 1.0 / 16)))
                        : arith::ShRSIOp::create(b, loc, sum, splat(sum.getType(), 4));
    return sums;
  }

  /// For each block of inputs, adds its sum times its unit to `reals`. The sum of the zero points
  /// times the weights is that of one more row.
  SmallVector<Value> emitBlocks(ArrayRef<Value> reals, int64_t rows, int64_t columns) {
    int64_t allRows = rows + (memory.zeroPoints ? 1 : 0);
    return emitCarriedLoop(b, loc, c.numBlocks(), reals, [&](OpFoldResult k, ValueRange carried) {
      zeroPointRow = memory.zeroPoints ? rows : -1;
      SmallVector<Value> sums = emitSums({k}, zeros(allRows * columns), allRows, columns);
      OpFoldResult scalesAt = linear({{scaleBase, 1}, {k, columns * t.block}});
      SmallVector<Value> units, next;
      for (int64_t column = 0; column < columns; ++column)
        units.push_back(loadScales(scalesAt, column));
      for (int64_t i = 0; i < rows * columns; ++i) {
        Value sum = sums[i];
        if (memory.zeroPoints)
          sum = arith::SubIOp::create(b, loc, sum, sums[rows * columns + i % columns]);
        Value real = sum;
        if (!c.isFloat)
          real = arith::SIToFPOp::create(b, loc, VectorType::get({t.block}, b.getF32Type()), sum);
        next.push_back(math::FmaOp::create(b, loc, real, units[i % columns], carried[i]));
      }
      return next;
    });
  }

  /// scale * inputScale for the channels of a column.
  Value loadScales(OpFoldResult first, int64_t column) {
    auto reals = VectorType::get({t.block}, b.getF32Type());
    auto load = [&](OpFoldResult base, Type element, Value memory) -> Value {
      return vector::LoadOp::create(b, loc, VectorType::get({t.block}, element), memory,
                                    asIndex(linear({{base, 1}}, column * t.block)));
    };
    Value scales = load(first, c.scales.getElementType(), memory.scales);
    if (c.units) {
      scales = arith::UIToFPOp::create(b, loc, reals, scales);
      scales = arith::MulFOp::create(b, loc, scales, load(unitBase, b.getF32Type(), memory.units));
    }
    return arith::MulFOp::create(b, loc, scales, splat(reals, c.inputScale));
  }

  Value splat(Type type, double value) {
    auto vector = cast<VectorType>(type);
    Type element = vector.getElementType();
    Attribute scalar = isa<FloatType>(element)
                           ? Attribute(b.getFloatAttr(element, value))
                           : b.getIntegerAttr(element, static_cast<int64_t>(value));
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(vector, scalar));
  }

  /// The result's start, `block` lanes wide; lanes beyond the last channel are zero.
  Value initialValue(const NestPoint &point) {
    Value value = toVector(
        b, loc, reader.read(b, loc, c.root().getDpsInits()[0], c.resultMap(), point), point.width);
    if (point.width == t.block)
      return value;
    auto type = VectorType::get({t.block}, getElementTypeOrSelf(value));
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return vector::InsertStridedSliceOp::create(b, loc, value, zero, ArrayRef<int64_t>{0},
                                                ArrayRef<int64_t>{1});
  }

  void store(Value accumulator, const NestPoint &point) {
    if (point.width != t.block)
      accumulator = vector::ExtractStridedSliceOp::create(b, loc, accumulator, ArrayRef<int64_t>{0},
                                                          ArrayRef<int64_t>{point.width},
                                                          ArrayRef<int64_t>{1});
    reader.bound[c.root().getResult(0)] = accumulator;
    AffineMap coordinates = c.resultMap();
    Value value = toVector(b, loc, reader.read(b, loc, result, coordinates, point), point.width);
    reader.bound.erase(c.root().getResult(0));
    vector::StoreOp::create(b, loc, value, destination,
                            applyMap(b, loc, coordinates, point.indices));
  }

  /// A run: groups of steps of `depth` elements, and one of what is left, which loads no more than
  /// that: the input may end there.
  SmallVector<Value> emitRun(ArrayRef<OpFoldResult> outer, ValueRange carried, int64_t rows,
                             int64_t columns) {
    int64_t size = t.packing * t.depth, whole = c.runLength / size, rest = c.runLength % size;
    SmallVector<Value> sums(carried);
    SmallVector<OpFoldResult> at(outer);
    at.push_back(b.getIndexAttr(whole));
    if (whole > 0)
      sums = emitCarriedLoop(b, loc, whole, sums, [&](OpFoldResult group, ValueRange inner) {
        SmallVector<OpFoldResult> inside(outer);
        inside.push_back(group);
        return emitGroup(inside, inner, rows, columns, size);
      });
    return rest == 0 ? sums : emitGroup(at, sums, rows, columns, rest);
  }

  /// `depth` elements of a row, of which the first `count` are loaded and the others are zero.
  Value loadElements(Value from, Value index, int64_t count) {
    Type element = cast<MemRefType>(from.getType()).getElementType();
    Value loaded = vector::LoadOp::create(b, loc, VectorType::get({count}, element), from, index);
    if (count == t.depth)
      return loaded;
    Value zero =
        arith::ConstantOp::create(b, loc, b.getZeroAttr(VectorType::get({t.depth}, element)));
    return vector::InsertStridedSliceOp::create(b, loc, loaded, zero, ArrayRef<int64_t>{0},
                                                ArrayRef<int64_t>{1});
  }

  /// Sixteen times the weights of step `step` of a group, which `packed` holds in four bits each.
  /// In the high bits of a byte they have their sign for nothing.
  Value unpack(Value packed, int64_t step) {
    auto type = cast<VectorType>(packed.getType());
    Value bytes = step == 0 ? Value(arith::ShLIOp::create(b, loc, packed, splat(type, 4)))
                            : arith::AndIOp::create(b, loc, packed, splat(type, -16));
    if (!c.isFloat)
      return bytes;
    return arith::SIToFPOp::create(b, loc, type.clone(b.getF32Type()), extend(bytes, false));
  }

  /// The steps of a group: `count` elements of each row, at most `depth` for each step.
  SmallVector<Value> emitGroup(ArrayRef<OpFoldResult> at, ValueRange carried, int64_t rows,
                               int64_t columns, int64_t count) {
    SmallVector<std::pair<OpFoldResult, int64_t>> inputTerms{{inputBase, 1},
                                                             {at.back(), t.packing * t.depth}};
    SmallVector<std::pair<OpFoldResult, int64_t>> weightTerms{{weightBase, 1}};
    int64_t groupWeights = columns * t.block * t.depth, stride = groupWeights * t.groups;
    weightTerms.push_back({at.back(), groupWeights});
    for (size_t i = c.outerDims.size(); i-- > 0;) {
      inputTerms.push_back({at[i], c.inputStride[c.outerDims[i]]});
      weightTerms.push_back({at[i], stride});
      stride *= c.sizes[c.outerDims[i]];
    }
    OpFoldResult inputAt = linear(inputTerms), weightAt = linear(weightTerms);
    SmallVector<Value> loaded, next(carried);
    for (int64_t column = 0; column < columns; ++column)
      loaded.push_back(vector::LoadOp::create(
          b, loc, VectorType::get({t.block * t.depth}, weightType()), memory.weights,
          asIndex(linear({{weightAt, 1}}, column * t.block * t.depth))));
    for (int64_t step = 0, done = 0; done < count; ++step, done += t.depth) {
      SmallVector<Value> columnWeights(loaded);
      if (t.packing == 2)
        for (Value &column : columnWeights)
          column = unpack(column, step);
      next = emitStep(linear({{inputAt, 1}}, done), columnWeights, std::move(next), rows, columns,
                      std::min(t.depth, count - done));
    }
    return next;
  }

  /// One step of the run: `count` elements of each row, at most `depth`, times `depth` x `block`
  /// weights of each column.
  SmallVector<Value> emitStep(OpFoldResult inputAt, ArrayRef<Value> columnWeights,
                              SmallVector<Value> next, int64_t rows, int64_t columns,
                              int64_t count) {
    int64_t rowStride = c.rowDims.empty() ? 0 : c.inputStride[c.rowDims.back()];
    auto inputIndex = [&](int64_t row) { return asIndex(linear({{inputAt, 1}}, row * rowStride)); };
    auto loadRow = [&](int64_t row) {
      return row == zeroPointRow
                 ? loadElements(memory.zeroPoints, asIndex(b.getIndexAttr(0)), count)
                 : loadElements(memory.input, inputIndex(row), count);
    };
    if (t.interleave == 2)
      return multiplyInterleaved(std::move(next), columnWeights, rows, columns, loadRow);
    for (int64_t row = 0; row < rows; ++row) {
      Value x = c.isFloat ? Value(memref::LoadOp::create(b, loc, memory.input, inputIndex(row)))
                          : loadRow(row);
      for (int64_t column = 0; column < columns; ++column) {
        Value &accumulator = next[row * columns + column];
        accumulator = c.isFloat ? Value(math::FmaOp::create(b, loc, toVector(b, loc, x, t.block),
                                                            columnWeights[column], accumulator))
                                : dotProduct(x, columnWeights[column], accumulator);
      }
    }
    return next;
  }

  Type weightType() { return cast<MemRefType>(memory.weights.getType()).getElementType(); }

  Value extend(Value narrow, bool isUnsigned) {
    Type type = cast<VectorType>(narrow.getType()).clone(b.getI32Type());
    return isUnsigned ? Value(arith::ExtUIOp::create(b, loc, type, narrow))
                      : arith::ExtSIOp::create(b, loc, type, narrow);
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
  const ContractionMemory &memory;
  TensorReader &reader;
  Value result, destination;
  SmallVector<OpFoldResult> indices; ///< of all loops of the contraction, at the tile's first row
  OpFoldResult weightBase, scaleBase, unitBase, inputBase, firstChannel;
  int64_t outerCount = 1;
  int64_t zeroPointRow = -1; ///< the row of a tile that reads zero points, behind all others
  bool unsignedInput = false;
};

} // namespace

void emitContraction(OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, const ContractionMemory &memory,
                     TensorReader &reader, Value result, Value destination) {
  ContractionEmitter(builder, contraction, tiling, memory, reader, result, destination).emit();
}

} // namespace nnq
