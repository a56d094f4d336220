// The register-tiled loops of a contraction.

#include "DotScheme.h"
#include "Loops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
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
        destination(destination), scheme(createDotScheme(b, loc, c, t)),
        indices(c.sizes.size(), b.getIndexAttr(0)), outerCount(c.numIterations(c.outerDims)) {}

  void emit() {
    forDims(c.batchDims, 0, [&] {
      emitLoop(b, loc, 0, t.fullTiles, 1,
               [&](OpFoldResult tile) { emitRows(tile, t.tile.columns, t.channels); });
      if (int64_t rest = t.restColumns()) {
        int64_t partial = c.sizes[c.channelDim] % t.channels;
        emitRows(b.getIndexAttr(t.fullTiles), rest, partial ? partial : t.channels);
      }
    });
  }

private:
  OpFoldResult linear(ArrayRef<std::pair<OpFoldResult, int64_t>> terms, int64_t constant = 0) {
    return emitLinear(b, loc, terms, constant);
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
    auto base = [&](int64_t ofTile, int64_t ofTiles) { // of so many elements
      LinearTerms terms{{tile, ofTile}};
      for (unsigned d : llvm::reverse(c.batchDims)) {
        terms.push_back({indices[d], ofTiles});
        ofTiles *= c.sizes[d];
      }
      return linear(terms);
    };
    auto baseOfColumns = [&](int64_t ofColumn) {
      return base(ofColumn * t.tile.columns, ofColumn * t.columns);
    };
    int64_t packs = outerCount * t.packs;
    weightBase = base(packs * t.packElements(t.tile.columns), packs * t.packElementsOfTiles());
    if (c.hasBlocks()) {
      scaleBase = baseOfColumns(c.numBlocks() * t.channels);
      unitBase = baseOfColumns(t.channels);
    }
    firstChannel = linear({{tile, t.tile.columns * t.channels}});
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
    return column + 1 == columns ? lastWidth : t.channels;
  }

  /// The nest's point at row `row` and column `column` of the tile.
  NestPoint pointAt(int64_t row, int64_t column, int64_t width) {
    NestPoint point{indices, c.channelDim, width};
    if (!c.rowDims.empty())
      point.indices[c.rowDims.back()] = linear({{indices[c.rowDims.back()], 1}}, row);
    point.indices[c.channelDim] = linear({{firstChannel, 1}}, column * t.channels);
    return point;
  }

  void emitTile(int64_t rows, int64_t columns, int64_t lastWidth) {
    LinearTerms terms;
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
    if (c.hasBlocks()) {
      readStarts();
      results = emitBlocks(starts, {rows, columns});
    } else if (c.encoding.getUnpackedFactor() == 1) {
      readStarts();
      results = emitSums({}, starts, {rows, columns});
    } else {
      results = emitSums({}, zeros(rows * columns), {rows, columns});
      readStarts();
      for (auto [value, start] : llvm::zip(results, starts))
        value = c.isFloat ? Value(arith::AddFOp::create(b, loc, value, start))
                          : arith::AddIOp::create(b, loc, value, start);
    }
    forResults([&](int64_t i, const NestPoint &point) { store(results[i], point); });
  }

  SmallVector<Value> zeros(int64_t count) {
    auto type = VectorType::get({t.channels}, c.isFloat ? Type(b.getF32Type()) : b.getI32Type());
    return SmallVector<Value>(count, arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
  }

  /// Adds the products of all reductions inside the loops that `outer` are the indices of to
  /// `sums`, which start at zero where unpacked weights are multiples.
  SmallVector<Value> emitSums(ArrayRef<OpFoldResult> outer, SmallVector<Value> sums,
                              TileSize size) {
    SmallVector<int64_t> loops = llvm::map_to_vector(ArrayRef(c.outerDims).drop_front(outer.size()),
                                                     [&](unsigned d) { return c.sizes[d]; });
    sums = emitCarriedNest(b, loc, loops, scheme->enter(std::move(sums), size),
                           [&](ArrayRef<OpFoldResult> inner, ValueRange carried) {
                             SmallVector<OpFoldResult> at(outer);
                             llvm::append_range(at, inner);
                             return emitRun(at, carried, size);
                           });
    sums = scheme->leave(std::move(sums), size);
    if (int64_t factor = c.encoding.getUnpackedFactor(); factor != 1)
      for (Value &sum : sums)
        sum =
            c.isFloat
                ? Value(arith::MulFOp::create(b, loc, sum, splat(sum.getType(), 1.0 / factor)))
                : arith::ShRSIOp::create(b, loc, sum, splat(sum.getType(), llvm::Log2_64(factor)));
    return sums;
  }

  /// For each block of inputs, adds its sum times its unit to `reals`. The sum of the zero points
  /// times the weights is that of one more row.
  SmallVector<Value> emitBlocks(ArrayRef<Value> reals, TileSize size) {
    int64_t rows = size.rows, columns = size.columns;
    TileSize withZeroPoints{rows + (memory.zeroPoints ? 1 : 0), columns};
    return emitCarriedLoop(b, loc, c.numBlocks(), reals, [&](OpFoldResult k, ValueRange carried) {
      zeroPointRow = memory.zeroPoints ? rows : -1;
      SmallVector<Value> sums = emitSums({k}, zeros(withZeroPoints.rows * columns), withZeroPoints);
      OpFoldResult scalesAt = linear({{scaleBase, 1}, {k, columns * t.channels}});
      SmallVector<Value> units, next;
      for (int64_t column = 0; column < columns; ++column)
        units.push_back(loadUnit(scalesAt, column));
      for (int64_t i = 0; i < rows * columns; ++i) {
        Value sum = sums[i];
        if (memory.zeroPoints)
          sum = arith::SubIOp::create(b, loc, sum, sums[rows * columns + i % columns]);
        next.push_back(c.accumulation.emitAdd(b, loc, sum, units[i % columns], carried[i]));
      }
      return next;
    });
  }

  /// The real value of a block's unit, for the channels of a column.
  Value loadUnit(OpFoldResult first, int64_t column) {
    SmallVector<Value> scales;
    for (auto [i, from] : llvm::enumerate(memory.scales))
      scales.push_back(vector::LoadOp::create(
          b, loc, VectorType::get({t.channels}, cast<MemRefType>(from.getType()).getElementType()),
          from, asIndex(linear({{i == 0 ? first : unitBase, 1}}, column * t.channels))));
    return c.accumulation.emitUnit(b, loc, scales);
  }

  Value splat(Type type, double value) {
    auto vector = cast<VectorType>(type);
    Type element = vector.getElementType();
    Attribute scalar = isa<FloatType>(element)
                           ? Attribute(b.getFloatAttr(element, value))
                           : b.getIntegerAttr(element, static_cast<int64_t>(value));
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(vector, scalar));
  }

  /// The result's start, `channels` lanes wide; lanes beyond the last channel are zero.
  Value initialValue(const NestPoint &point) {
    Value value = toVector(b, loc, reader.read(b, loc, c.op.getStart(), c.op.getStartMap(), point),
                           point.width);
    if (point.width == t.channels)
      return value;
    auto type = VectorType::get({t.channels}, getElementTypeOrSelf(value));
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return vector::InsertStridedSliceOp::create(b, loc, value, zero, ArrayRef<int64_t>{0},
                                                ArrayRef<int64_t>{1});
  }

  void store(Value accumulator, const NestPoint &point) {
    if (point.width != t.channels)
      accumulator = vector::ExtractStridedSliceOp::create(b, loc, accumulator, ArrayRef<int64_t>{0},
                                                          ArrayRef<int64_t>{point.width},
                                                          ArrayRef<int64_t>{1});
    reader.bound[c.op.getResult()] = accumulator;
    AffineMap coordinates = c.op.getStartMap();
    Value value = toVector(b, loc, reader.read(b, loc, result, coordinates, point), point.width);
    reader.bound.erase(c.op.getResult());
    vector::StoreOp::create(b, loc, value, destination,
                            applyMap(b, loc, coordinates, point.indices));
  }

  /// A run: packs of steps of `depth` elements, and one of what is left, which loads no more than
  /// that: the input may end there.
  SmallVector<Value> emitRun(ArrayRef<OpFoldResult> outer, ValueRange carried, TileSize tile) {
    int64_t size = t.packing * t.depth, whole = c.runLength / size, rest = c.runLength % size;
    SmallVector<Value> sums(carried);
    SmallVector<OpFoldResult> at(outer);
    at.push_back(b.getIndexAttr(whole));
    if (whole > 0)
      sums = emitCarriedLoop(b, loc, whole, sums, [&](OpFoldResult pack, ValueRange inner) {
        SmallVector<OpFoldResult> inside(outer);
        inside.push_back(pack);
        return emitPack(inside, inner, tile, size);
      });
    return rest == 0 ? sums : emitPack(at, sums, tile, rest);
  }

  /// The steps of a pack: `count` elements of each row, at most `depth` for each step.
  SmallVector<Value> emitPack(ArrayRef<OpFoldResult> at, ValueRange carried, TileSize size,
                              int64_t count) {
    LinearTerms inputTerms{{inputBase, 1}, {at.back(), t.packing * t.depth}};
    LinearTerms weightTerms{{weightBase, 1}};
    int64_t weightsOfPack = t.packElements(size.columns), stride = weightsOfPack * t.packs;
    weightTerms.push_back({at.back(), weightsOfPack});
    for (size_t i = c.outerDims.size(); i-- > 0;) {
      inputTerms.push_back({at[i], c.inputStride[c.outerDims[i]]});
      weightTerms.push_back({at[i], stride});
      stride *= c.sizes[c.outerDims[i]];
    }
    OpFoldResult inputAt = linear(inputTerms), weightAt = linear(weightTerms);
    Type element = cast<MemRefType>(memory.weights.getType()).getElementType();
    auto loadPacked = [&](int64_t at, int64_t count) -> Value {
      return vector::LoadOp::create(b, loc, VectorType::get({count}, element), memory.weights,
                                    asIndex(linear({{weightAt, 1}}, at)));
    };
    SmallVector<Value> loaded, next(carried);
    if (c.encoding.getDotsPerStep())
      return scheme->multiplyStored(std::move(next), loadPacked, size, [&](int64_t row) {
        return loadRow(inputAt, row, std::min(t.depth, count));
      });
    for (int64_t column = 0; column < size.columns; ++column)
      loaded.push_back(loadPacked(column * t.channels * t.depth, t.channels * t.depth));
    for (int64_t step = 0, done = 0; done < count; ++step, done += t.depth) {
      SmallVector<Value> weights = llvm::map_to_vector(
          loaded, [&](Value packed) { return c.encoding.unpack(b, loc, packed, step, c.isFloat); });
      OpFoldResult rowsAt = linear({{inputAt, 1}}, done);
      next = scheme->multiply(std::move(next), weights, size, [&](int64_t row) {
        return loadRow(rowsAt, row, std::min(t.depth, count - done));
      });
    }
    return next;
  }

  /// What a step multiplies of a row that starts at `at` with the tile's first: a float, or `depth`
  /// integers, of which the first `count` are loaded and the others are zero.
  Value loadRow(OpFoldResult at, int64_t row, int64_t count) {
    int64_t rowStride = c.rowDims.empty() ? 0 : c.inputStride[c.rowDims.back()];
    if (row == zeroPointRow)
      return loadElements(memory.zeroPoints, asIndex(b.getIndexAttr(0)), count);
    Value index = asIndex(linear({{at, 1}}, row * rowStride));
    return c.isFloat ? Value(memref::LoadOp::create(b, loc, memory.input, index))
                     : loadElements(memory.input, index, count);
  }

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

  OpBuilder &b;
  Location loc;
  const Contraction &c;
  const ContractionTiling &t;
  const ContractionMemory &memory;
  TensorReader &reader;
  Value result, destination;
  std::unique_ptr<DotScheme> scheme;
  SmallVector<OpFoldResult> indices; ///< of all loops of the contraction, at the tile's first row
  OpFoldResult weightBase, scaleBase, unitBase, inputBase, firstChannel;
  const int64_t outerCount;
  int64_t zeroPointRow = -1; ///< the row of a tile that reads zero points, behind all others
};

} // namespace

void emitContraction(OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, const ContractionMemory &memory,
                     TensorReader &reader, Value result, Value destination) {
  ContractionEmitter(builder, contraction, tiling, memory, reader, result, destination).emit();
}

} // namespace nnq
