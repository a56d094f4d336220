// Constants of a contraction in the order in which its loops read them.

#include "Contraction.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnq {

int64_t numPackedWeights(const Contraction &c, const ContractionTiling &t) {
  return c.numIterations(c.batchDims) * c.numIterations(c.outerDims) * t.blocks * t.groups *
         t.block * t.depth;
}

/// Offsets in the weights of all positions of a list of loops, in row-major order.
static SmallVector<int64_t> offsetsOf(const Contraction &c, ArrayRef<unsigned> dims) {
  SmallVector<int64_t> result{0};
  for (unsigned d : dims) {
    SmallVector<int64_t> next;
    for (int64_t offset : result)
      for (int64_t i = 0; i < c.sizes[d]; ++i)
        next.push_back(offset + i * c.weightStride[d]);
    result = std::move(next);
  }
  return result;
}

ElementsAttr packWeights(const Contraction &c, const ContractionTiling &t, ElementsAttr weights) {
  SmallVector<int64_t> batches = offsetsOf(c, c.batchDims), outers = offsetsOf(c, c.outerDims),
                       run = offsetsOf(c, c.runDims);
  int64_t channels = c.sizes[c.channelDim], channelStride = c.weightStride[c.channelDim];
  int64_t tileElements = outers.size() * t.groups * t.block * t.depth; // of one block of channels
  auto source = [&](int64_t at, int64_t stepOfGroup) -> int64_t {
    auto split = [&](int64_t size) {
      int64_t index = at / size;
      at %= size;
      return index;
    };
    int64_t batch = batches[split(t.blocks * tileElements)];
    int64_t firstBlock =
        std::min(at / (t.tile.columns * tileElements), t.fullTiles) * t.tile.columns;
    int64_t columns = firstBlock < t.fullTiles * t.tile.columns ? t.tile.columns : t.restBlocks();
    at -= firstBlock * tileElements;
    int64_t outer = outers[split(t.groups * columns * t.block * t.depth)],
            step = split(columns * t.block * t.depth) * t.packing + stepOfGroup;
    int64_t lane = split(t.depth), channel = firstBlock * t.block + lane, k = step * t.depth + at;
    return channel < channels && k < c.runLength ? batch + outer + channel * channelStride + run[k]
                                                 : -1;
  };
  return c.encoding.pack(weights, numPackedWeights(c, t), source);
}

/// Whether a scale operand has one value for each block.
static bool isByBlock(const Contraction &c, unsigned operand) {
  return c.op.getScalesMap(operand).isFunctionOfDim(c.outerDims.front());
}

static int64_t numPackedScales(const Contraction &c, const ContractionTiling &t, unsigned operand) {
  int64_t ofBlock = c.numIterations(c.batchDims) * t.blocks * t.block;
  return isByBlock(c, operand) ? c.numBlocks() * ofBlock : ofBlock;
}

ElementsAttr packScales(const Contraction &c, const ContractionTiling &t, unsigned operand) {
  ElementsAttr scales;
  matchPattern(c.op.getScales()[operand], m_Constant(&scales));
  int64_t batches = c.numIterations(c.batchDims), channels = c.sizes[c.channelDim],
          numBlocks = isByBlock(c, operand) ? c.numBlocks() : 1;
  // What does not depend on the block is read by channel, whatever the tile.
  int64_t columns = isByBlock(c, operand) ? t.tile.columns : t.blocks;
  std::vector<int64_t> sources;
  sources.reserve(numPackedScales(c, t, operand));
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t first = 0; first < t.blocks; first += columns)
      for (int64_t k = 0; k < numBlocks; ++k)
        for (int64_t channel = first * t.block, end = std::min(first + columns, t.blocks) * t.block;
             channel < end; ++channel)
          sources.push_back(channel < channels ? (batch * numBlocks + k) * channels + channel : -1);
  auto type =
      RankedTensorType::get({static_cast<int64_t>(sources.size())}, scales.getElementType());
  return ConstantData::get(scales)->gather(type, [&](int64_t at) { return sources[at]; });
}

int64_t packedScaleBytes(const Contraction &c, const ContractionTiling &t) {
  int64_t bytes = 0;
  for (unsigned i = 0; i < c.op.getScales().size(); ++i)
    bytes += numPackedScales(c, t, i) *
             (getElementTypeOrSelf(c.op.getScales()[i]).getIntOrFloatBitWidth() / 8);
  return bytes;
}

} // namespace nnq
