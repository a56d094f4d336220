// Constants of a contraction in the order in which its loops read them.

#include "Contraction.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnq {

int64_t numPackedWeights(const Contraction &c, const ContractionTiling &t) {
  return c.numIterations(c.batchDims) * c.numIterations(c.outerDims) * t.packs *
         t.packElementsOfTiles();
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

namespace {
/// Weights by batch, channel and place in all reductions.
struct WeightReader {
  WeightReader(const Contraction &c, ElementsAttr weights)
      : c(c), data(*ConstantData::get(weights)), batches(offsetsOf(c, c.batchDims)),
        outers(offsetsOf(c, c.outerDims)), run(offsetsOf(c, c.runDims)) {}

  /// 0 beyond the edges.
  int8_t read(int64_t batch, int64_t outer, int64_t channel, int64_t k) const {
    if (channel >= c.sizes[c.channelDim] || k >= c.runLength)
      return 0;
    return static_cast<int8_t>(data.getInteger(batches[batch] + outers[outer] +
                                                   channel * c.weightStride[c.channelDim] + run[k],
                                               /*isSigned=*/true));
  }

  const Contraction &c;
  ConstantData data;
  SmallVector<int64_t> batches, outers, run;
};
} // namespace

/// Steps of tiles, of weights that are stored in part.
static ElementsAttr packSteps(const Contraction &c, const ContractionTiling &t,
                              ElementsAttr weights) {
  WeightReader reader(c, weights);
  std::vector<int8_t> bytes(numPackedWeights(c, t));
  int64_t at = 0;
  for (int64_t batch = 0, batches = reader.batches.size(); batch < batches; ++batch)
    for (int64_t first = 0; first < t.columns; first += t.tile.columns)
      for (int64_t outer = 0, outers = reader.outers.size(); outer < outers; ++outer)
        for (int64_t step = 0; step < t.packs; ++step) {
          int64_t columns = first < t.fullTiles * t.tile.columns ? t.tile.columns : t.restColumns(),
                  size = t.packElements(columns);
          auto get = [&](int64_t column, int64_t lane, int64_t input) {
            return reader.read(batch, outer, (first + column) * t.channels + lane,
                               step * t.depth + input);
          };
          if (failed(c.encoding.packStep(columns, t.channels, t.dotDepth, get,
                                         MutableArrayRef<int8_t>(bytes).slice(at, size))))
            return {};
          at += size;
        }
  return makeConstant<int8_t>(
      RankedTensorType::get({at}, IntegerType::get(weights.getContext(), 8)), bytes);
}

ElementsAttr packWeights(const Contraction &c, const ContractionTiling &t, ElementsAttr weights) {
  if (c.encoding.getDotsPerStep())
    return packSteps(c, t, weights);
  SmallVector<int64_t> batches = offsetsOf(c, c.batchDims), outers = offsetsOf(c, c.outerDims),
                       run = offsetsOf(c, c.runDims);
  int64_t channels = c.sizes[c.channelDim], channelStride = c.weightStride[c.channelDim];
  int64_t tileElements = outers.size() * t.packs * t.channels * t.depth; // of one column
  auto source = [&](int64_t at, int64_t stepOfPack) -> int64_t {
    auto split = [&](int64_t size) {
      int64_t index = at / size;
      at %= size;
      return index;
    };
    int64_t batch = batches[split(t.columns * tileElements)];
    int64_t firstColumn =
        std::min(at / (t.tile.columns * tileElements), t.fullTiles) * t.tile.columns;
    int64_t columns = firstColumn < t.fullTiles * t.tile.columns ? t.tile.columns : t.restColumns();
    at -= firstColumn * tileElements;
    int64_t outer = outers[split(t.packs * columns * t.channels * t.depth)],
            step = split(columns * t.channels * t.depth) * t.packing + stepOfPack;
    int64_t lane = split(t.depth), channel = firstColumn * t.channels + lane,
            k = step * t.depth + at;
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
  int64_t ofScale = c.numIterations(c.batchDims) * t.columns * t.channels;
  return isByBlock(c, operand) ? c.numBlocks() * ofScale : ofScale;
}

ElementsAttr packScales(const Contraction &c, const ContractionTiling &t, unsigned operand) {
  ElementsAttr scales;
  matchPattern(c.op.getScales()[operand], m_Constant(&scales));
  int64_t batches = c.numIterations(c.batchDims), channels = c.sizes[c.channelDim],
          numBlocks = isByBlock(c, operand) ? c.numBlocks() : 1;
  // What does not depend on the block is read by channel, whatever the tile.
  int64_t columns = isByBlock(c, operand) ? t.tile.columns : t.columns;
  std::vector<int64_t> sources;
  sources.reserve(numPackedScales(c, t, operand));
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t first = 0; first < t.columns; first += columns)
      for (int64_t k = 0; k < numBlocks; ++k)
        for (int64_t channel = first * t.channels,
                     end = std::min(first + columns, t.columns) * t.channels;
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
