// Weights that are computed at run time, in the order in which the loops of a contraction read them.

#include "Contraction.h"
#include "Loops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnq {
namespace {

/// Packs columns of output channels, some steps of one run at a time. What lies side by side in memory,
/// output channels or elements of the run, is loaded in vectors, which then are interleaved:
///
///     a step of channels side by side      depth vectors of a channel each, element by element
///     steps of a run that lies in a row    a vector of steps for each channel, `depth` elements at a time
///
/// The lanes beyond the last channel and the elements beyond a run's end are 0.
class WeightPacker {
public:
  WeightPacker(OpBuilder &builder, const Contraction &c, const ContractionTiling &t, Value from,
               Value to)
      : b(builder), loc(c.op.getLoc()), c(c), t(t), from(from), to(to),
        element(cast<MemRefType>(from.getType()).getElementType()),
        channelStride(c.weightStride[c.channelDim]),
        stepsAtOnce(channelStride == 1 ? 1 : t.channels) {
    assert(t.packing == 1 && "a weight that is moved has its element alone");
  }

  void emit() {
    int64_t channels = c.sizes[c.channelDim], partial = channels % t.channels;
    SmallVector<int64_t> batches = sizesOf(c.batchDims), outers = sizesOf(c.outerDims);
    emitNest(b, loc, batches, [&](ArrayRef<OpFoldResult> batch) {
      auto emitTiles = [&](OpFoldResult tile, int64_t columns, int64_t lastWidth) {
        emitNest(b, loc, outers, [&](ArrayRef<OpFoldResult> outer) {
          emitRun(batch, tile, outer, columns, lastWidth);
        });
      };
      emitLoop(b, loc, 0, t.fullTiles, 1,
               [&](OpFoldResult tile) { emitTiles(tile, t.tile.columns, t.channels); });
      if (int64_t rest = t.restColumns())
        emitTiles(b.getIndexAttr(t.fullTiles), rest, partial ? partial : t.channels);
    });
  }

private:
  SmallVector<int64_t> sizesOf(ArrayRef<unsigned> dims) {
    return llvm::map_to_vector(dims, [&](unsigned d) { return c.sizes[d]; });
  }

  Value indexOf(const LinearTerms &terms, int64_t constant) {
    return getValueOrCreateConstantIndexOp(b, loc, emitLinear(b, loc, terms, constant));
  }

  /// The columns of a tile, along one run.
  void emitRun(ArrayRef<OpFoldResult> batch, OpFoldResult tile, ArrayRef<OpFoldResult> outer,
               int64_t columns, int64_t lastWidth) {
    int64_t perStep = columns * t.channels * t.depth, stride = perStep * t.packs;
    source = {{tile, t.tile.columns * t.channels * channelStride}};
    packed.clear();
    for (size_t i = outer.size(); i-- > 0;) {
      source.push_back({outer[i], c.weightStride[c.outerDims[i]]});
      packed.push_back({outer[i], stride});
      stride *= c.sizes[c.outerDims[i]];
    }
    int64_t ofColumn = t.packs * t.channels * t.depth * c.numIterations(c.outerDims);
    packed.push_back({tile, t.tile.columns * ofColumn});
    stride = t.columns * ofColumn;
    for (size_t i = batch.size(); i-- > 0;) {
      source.push_back({batch[i], c.weightStride[c.batchDims[i]]});
      packed.push_back({batch[i], stride});
      stride *= c.sizes[c.batchDims[i]];
    }
    int64_t size = stepsAtOnce * t.depth, whole = c.runLength / size, rest = c.runLength % size;
    auto emitChunk = [&](OpFoldResult chunk, int64_t count) {
      source.push_back({chunk, size * c.runStride});
      packed.push_back({chunk, stepsAtOnce * perStep});
      for (int64_t column = 0; column < columns; ++column)
        packColumn(column, column + 1 == columns ? lastWidth : t.channels, count, perStep);
      source.pop_back();
      packed.pop_back();
    };
    emitLoop(b, loc, 0, whole, 1, [&](OpFoldResult chunk) { emitChunk(chunk, size); });
    if (rest)
      emitChunk(b.getIndexAttr(whole), rest);
  }

  /// `width` channels of a column and `count` elements of the run.
  void packColumn(int64_t column, int64_t width, int64_t count, int64_t perStep) {
    int64_t steps = llvm::divideCeil(count, t.depth), first = column * t.channels * channelStride;
    SmallVector<Value> vectors;
    if (channelStride == 1)
      for (int64_t d = 0; d < t.depth; ++d)
        vectors.push_back(load(first + d * c.runStride, d < count ? width : 0, t.channels));
    else
      for (int64_t lane = 0; lane < t.channels; ++lane)
        vectors.push_back(
            load(first + lane * channelStride, lane < width ? count : 0, steps * t.depth));
    Value all = interleave(vectors, channelStride == 1 ? 1 : t.depth);
    int64_t size = t.channels * t.depth;
    for (int64_t step = 0; step < steps; ++step) {
      Value one = steps == 1 ? all
                             : vector::ExtractStridedSliceOp::create(
                                   b, loc, all, ArrayRef<int64_t>{step * size},
                                   ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1});
      vector::StoreOp::create(b, loc, one, to, indexOf(packed, step * perStep + column * size));
    }
  }

  /// A vector of `size` elements, the first `count` of them from memory and the others 0.
  Value load(int64_t offset, int64_t count, int64_t size) {
    auto type = VectorType::get({size}, element);
    Value zero;
    if (count < size)
      zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    if (count == 0)
      return zero;
    Value loaded = vector::LoadOp::create(b, loc, VectorType::get({count}, element), from,
                                          indexOf(source, offset));
    return count == size ? loaded
                         : vector::InsertStridedSliceOp::create(
                               b, loc, loaded, zero, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
  }

  /// Of each of `vectors` the first `unit` elements, then of each the next.
  Value interleave(ArrayRef<Value> vectors, int64_t unit) {
    if (vectors.size() == 1)
      return vectors.front();
    SmallVector<Value> even, odd;
    for (auto [i, vector] : llvm::enumerate(vectors))
      (i % 2 ? odd : even).push_back(vector);
    Value first = interleave(even, unit), second = interleave(odd, unit);
    int64_t units = cast<VectorType>(vectors[0].getType()).getNumElements() / unit,
            behindFirst = cast<VectorType>(first.getType()).getNumElements();
    SmallVector<int64_t> order;
    for (int64_t i = 0; i < units; ++i)
      for (size_t v = 0; v < vectors.size(); ++v) {
        int64_t count = v % 2 ? odd.size() : even.size();
        int64_t from = (i * count + v / 2) * unit + (v % 2 ? behindFirst : 0);
        for (int64_t e = 0; e < unit; ++e)
          order.push_back(from + e);
      }
    return vector::ShuffleOp::create(b, loc, first, second, order);
  }

  OpBuilder &b;
  Location loc;
  const Contraction &c;
  const ContractionTiling &t;
  Value from, to;
  Type element;
  const int64_t channelStride, stepsAtOnce;
  LinearTerms source, packed; ///< addresses of a chunk of the run, but for constants
};

} // namespace

void emitPackWeights(OpBuilder &builder, const Contraction &contraction,
                     const ContractionTiling &tiling, Value from, Value to) {
  WeightPacker(builder, contraction, tiling, from, to).emit();
}

} // namespace nnq
