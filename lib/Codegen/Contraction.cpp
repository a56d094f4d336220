// Recognizes products with constant weights, tiles them and packs their weights.

#include "Contraction.h"

#include "nnq/Dialect/NNQ/IR/ConstantData.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nnq {

/// Distance in row-major elements from one index of each loop to the next, and the offset; fails if
/// not linear.
static bool linearize(AffineMap map, ArrayRef<int64_t> shape, SmallVectorImpl<int64_t> &strides,
                      int64_t &offset) {
  AffineExpr linear = getAffineConstantExpr(0, map.getContext());
  for (auto [expr, size] : llvm::zip(map.getResults(), shape))
    linear = linear * size + expr;
  unsigned numDims = map.getNumDims();
  SmallVector<AffineExpr> zeros(numDims, getAffineConstantExpr(0, map.getContext()));
  for (unsigned d = 0; d < numDims; ++d) {
    AffineExpr dim = getAffineDimExpr(d, map.getContext());
    auto step = dyn_cast<AffineConstantExpr>(
        simplifyAffineExpr(linear.replace(dim, dim + 1) - linear, numDims, 0));
    if (!step)
      return false;
    strides.push_back(step.getValue());
  }
  auto constant = dyn_cast<AffineConstantExpr>(linear.replaceDims(zeros));
  offset = constant ? constant.getValue() : 0;
  return constant != nullptr;
}

/// The body adds the product of its two inputs to its accumulator: an input of 8 or 16 bits,
/// perhaps less `zeroPoint`, and weights of 8 bits or, beside 8, of 4, by their sign, all extended
/// to i32; or both in f32 (the weights perhaps from 4 bits).
static bool isMultiplyAccumulate(linalg::GenericOp op, bool &isFloat, int64_t &zeroPoint) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return false;
  Block &body = *op.getBody();
  Operation *add = body.getTerminator()->getOperand(0).getDefiningOp();
  if (!add || !isa<arith::AddIOp, arith::AddFOp>(add))
    return false;
  isFloat = isa<arith::AddFOp>(add);
  Value accumulator = body.getArgument(2);
  if (!llvm::is_contained(add->getOperands(), accumulator) ||
      !(isFloat ? accumulator.getType().isF32() : accumulator.getType().isInteger(32)))
    return false;
  Value product = add->getOperand(add->getOperand(0) == accumulator ? 1 : 0);
  Operation *multiply = product.getDefiningOp();
  if (!multiply || !isa<arith::MulIOp, arith::MulFOp>(multiply))
    return false;
  auto isInput = [&](Value value, unsigned index) {
    APInt constant;
    if (auto subtract = value.getDefiningOp<arith::SubIOp>();
        index == 0 && subtract && matchPattern(subtract.getRhs(), m_ConstantInt(&constant))) {
      zeroPoint = constant.getSExtValue();
      value = subtract.getLhs();
    }
    Operation *extension = value.getDefiningOp();
    if (auto convert = dyn_cast_or_null<arith::SIToFPOp>(extension);
        isFloat && index == 1 && convert)
      return convert.getIn() == body.getArgument(1) && convert.getIn().getType().isInteger(4);
    bool isExtension = isa_and_nonnull<arith::ExtSIOp>(extension) ||
                       (index == 0 && isa_and_nonnull<arith::ExtUIOp>(extension));
    if (!isFloat && isExtension)
      value = extension->getOperand(0);
    Type type = value.getType(), other = body.getArgument(1 - index).getType();
    bool isRightType = isFloat ? type.isF32()
                               : type.isInteger(8) || (index == 0 && type.isInteger(16)) ||
                                     (index == 1 && type.isInteger(4) && other.isInteger(8));
    return value == body.getArgument(index) && isRightType;
  };
  return isInput(multiply->getOperand(0), 0) && isInput(multiply->getOperand(1), 1);
}

std::optional<Contraction> Contraction::match(linalg::GenericOp op, const TargetDescription &target,
                                              std::string &reason) {
  if (std::optional<Contraction> blocks = matchBlocks(op, target, reason))
    return blocks;
  std::optional<Contraction> product = matchProduct(op, target, reason);
  // Only sums of blocks take the zero point along: elsewhere it is in the bias.
  return product && product->inputZeroPoint == 0 ? product : std::nullopt;
}

/// The kind of activations, as the target's rows name it.
static StringRef activationOf(const Contraction &c) {
  Type element = getElementTypeOrSelf(c.input());
  return element.isF32() ? "f32" : element.isInteger(16) ? "i16" : "i8";
}

std::optional<Contraction> Contraction::matchProduct(linalg::GenericOp op,
                                                     const TargetDescription &target,
                                                     std::string &reason) {
  Contraction c;
  c.op = op;
  ElementsAttr weights;
  if (!isMultiplyAccumulate(op, c.isFloat, c.inputZeroPoint) ||
      !matchPattern(op.getDpsInputs()[1], m_Constant(&weights)))
    return std::nullopt;
  AffineMap inputMap = op.getIndexingMapsArray()[0], weightMap = op.getIndexingMapsArray()[1],
            outMap = op.getIndexingMapsArray()[2];
  const ProductRow *row = target.findRow(activationOf(c), c.isFloat ? "floats" : "bytes");
  if (!row) {
    reason = "the target has no dot product of its activations";
    return std::nullopt;
  }
  c.dot = row->dot;
  c.weightBits = weights.getElementType().getIntOrFloatBitWidth();
  c.sizes = op.getStaticLoopRanges();
  unsigned numParallel = op.getNumParallelLoops();
  if (numParallel == 0 || op.getNumReductionLoops() == 0 || !weightMap.isProjectedPermutation() ||
      outMap != AffineMap::getMultiDimIdentityMap(c.sizes.size(), op.getContext())
                    .getMajorSubMap(numParallel))
    return std::nullopt;
  c.channelDim = numParallel - 1;
  if (!weightMap.isFunctionOfDim(c.channelDim) || inputMap.isFunctionOfDim(c.channelDim))
    return std::nullopt; // depthwise: each channel has its own input
  for (unsigned d = 0; d + 1 < numParallel; ++d)
    (weightMap.isFunctionOfDim(d) ? c.batchDims : c.rowDims).push_back(d);
  int64_t weightOffset;
  if (!linearize(inputMap, cast<ShapedType>(op.getDpsInputs()[0].getType()).getShape(),
                 c.inputStride, c.inputOffset) ||
      !linearize(weightMap, weights.getShapedType().getShape(), c.weightStride, weightOffset)) {
    reason = "its input is not addressed linearly";
    return std::nullopt;
  }
  SmallVector<unsigned> reductions =
      llvm::to_vector(llvm::seq<unsigned>(numParallel, c.sizes.size()));
  // Loops of one iteration are anywhere in the order; the run takes them in without growing.
  llvm::stable_sort(reductions,
                    [&](unsigned a, unsigned b) { return c.inputStride[a] < c.inputStride[b]; });
  for (unsigned d : reductions) {
    if (c.outerDims.empty() && (c.inputStride[d] == c.runLength || c.sizes[d] == 1)) {
      c.runDims.push_back(d);
      c.runLength *= c.sizes[d];
    } else {
      c.outerDims.push_back(d);
    }
  }
  std::reverse(c.runDims.begin(), c.runDims.end());
  std::reverse(c.outerDims.begin(), c.outerDims.end());
  if (c.runDims.empty() && !c.isFloat && c.dot.depth > 1) {
    reason = "its innermost reduction is not contiguous in memory";
    return std::nullopt;
  }
  return c;
}

/// The body is  fma(f32(sum), scale * inputScale, accumulator), with a scale in f32 or that is a
/// byte times its unit, or of a sum that is f32 itself.
static bool isScaledSum(linalg::GenericOp op, float &inputScale) {
  bool hasUnits = op.getNumDpsInputs() == 3;
  if ((op.getNumDpsInputs() != 2 && !hasUnits) || op.getNumDpsInits() != 1)
    return false;
  Block &body = *op.getBody();
  auto fma = body.getTerminator()->getOperand(0).getDefiningOp<math::FmaOp>();
  if (!fma)
    return false;
  Value sum = fma.getA();
  if (auto convert = sum.getDefiningOp<arith::SIToFPOp>())
    sum = convert.getIn();
  Value scale = fma.getB();
  APFloat factor(1.0f); // which folds away
  if (auto unit = scale.getDefiningOp<arith::MulFOp>();
      unit && matchPattern(unit.getRhs(), m_ConstantFloat(&factor)))
    scale = unit.getLhs();
  inputScale = factor.convertToFloat();
  if (hasUnits) {
    auto multiple = scale.getDefiningOp<arith::MulFOp>();
    auto convert = multiple ? multiple.getLhs().getDefiningOp<arith::UIToFPOp>() : nullptr;
    if (!convert || !convert.getIn().getType().isInteger(8) ||
        multiple.getRhs() != body.getArgument(2))
      return false;
    scale = convert.getIn();
  }
  return sum == body.getArgument(0) && scale == body.getArgument(1) &&
         fma.getC() == body.getArguments().back();
}

std::optional<Contraction> Contraction::matchBlocks(linalg::GenericOp combine,
                                                    const TargetDescription &target,
                                                    std::string &reason) {
  float inputScale;
  if (!isScaledSum(combine, inputScale) || combine.getNumReductionLoops() != 1)
    return std::nullopt;
  Value sums = combine.getDpsInputs()[0];
  auto product = sums.getDefiningOp<linalg::GenericOp>();
  ElementsAttr scales, units;
  if (!product || !sums.hasOneUse() ||
      !matchPattern(combine.getDpsInputs()[1], m_Constant(&scales)))
    return std::nullopt;
  bool hasUnits = combine.getNumDpsInputs() == 3;
  if (hasUnits && !matchPattern(combine.getDpsInputs()[2], m_Constant(&units)))
    return std::nullopt;
  std::optional<Contraction> c = matchProduct(product, target, reason);
  if (!c || c->batchDims.empty())
    return std::nullopt;
  // The loops of `combine` are those of the sums with the block last.
  unsigned numParallel = combine.getNumParallelLoops(), blockDim = numParallel - 1;
  SmallVector<unsigned> sumDims = llvm::to_vector(llvm::seq(blockDim));
  sumDims.append({numParallel, blockDim});
  MLIRContext *context = combine.getContext();
  SmallVector<unsigned> scaleDims(llvm::ArrayRef(c->batchDims).drop_back()), unitDims = scaleDims;
  scaleDims.append({numParallel, blockDim});
  unitDims.push_back(blockDim);
  auto isMap = [&](unsigned operand, ArrayRef<unsigned> dims) {
    return combine.getIndexingMapsArray()[operand] ==
           AffineMap::getMultiDimMapWithTargets(numParallel + 1, dims, context);
  };
  bool startsAtZero = false;
  if (auto fill = product.getDpsInits()[0].getDefiningOp<linalg::FillOp>())
    startsAtZero =
        matchPattern(fill.value(), m_Zero()) || matchPattern(fill.value(), m_PosZeroFloat());
  if (!startsAtZero || c->batchDims.back() != blockDim || !isMap(0, sumDims) ||
      !isMap(1, scaleDims) || (hasUnits && !isMap(2, unitDims)))
    return std::nullopt;
  c->combine = combine;
  c->scales = scales;
  c->units = units;
  c->inputScale = inputScale;
  c->batchDims.pop_back();
  c->outerDims.insert(c->outerDims.begin(), blockDim);
  return c;
}

AffineMap Contraction::resultMap() const {
  unsigned numParallel = op.getNumParallelLoops();
  SmallVector<unsigned> dims = llvm::to_vector(llvm::seq(numParallel));
  if (combine)
    dims.erase(dims.end() - 2);
  return AffineMap::getMultiDimMapWithTargets(sizes.size(), dims, op.getContext());
}

int64_t Contraction::numIterations(ArrayRef<unsigned> dims) const {
  int64_t iterations = 1;
  for (unsigned d : dims)
    iterations *= sizes[d];
  return iterations;
}

/// Sums of products of a byte and four bits are computed 16 times as large, in i32: no more of them
/// than these fit.
constexpr int64_t nibbleProducts = (int64_t(1) << 31) / (16 * 255 * 8);

ContractionTiling chooseTiling(const Contraction &c, const TargetDescription &target) {
  ContractionTiling tiling;
  tiling.depth = c.dot.depth;
  tiling.interleave = c.dot.rows;
  int64_t products =
      c.runLength * c.numIterations(llvm::ArrayRef(c.outerDims).drop_front(c.combine ? 1 : 0));
  const ProductRow *nibbles = target.findRow(activationOf(c), "nibbles");
  bool hasNibbles = nibbles && c.weightBits == 4 && (c.isFloat || products < nibbleProducts);
  const ProductRow &row =
      hasNibbles ? *nibbles : *target.findRow(activationOf(c), c.isFloat ? "floats" : "bytes");
  tiling.block = row.block;
  tiling.packing = hasNibbles ? 2 : 1;
  tiling.groups = llvm::divideCeil(c.runLength, tiling.depth * tiling.packing);
  int64_t rows = c.rowDims.empty() ? 1 : c.sizes[c.rowDims.back()],
          channels = c.sizes[c.channelDim];
  tiling.blocks = llvm::divideCeil(channels, tiling.block);
  // A step of a tile issues rows * columns dot products; its loads overlap with them, but not for
  // free. A column that is unpacked is one load for two steps, and three instructions for a
  // register of bytes (three for each vector of floats). One with the weights of a dot product for
  // half a register takes two instructions for it, so that these weigh half. One for activations of
  // 16 bits is widened.
  bool hasWords = !c.isFloat && c.dot.activationBits == 16;
  double unpacking = c.isFloat ? 3 : 1.5 * c.dot.lanes * c.dot.depth * 8 / target.vectorBits;
  double columnCost = hasNibbles ? 0.2 + unpacking : hasWords ? 0.8 : 0.4;
  auto stepCost = [&](int64_t r, int64_t n) {
    return r == 0 || n == 0 ? 0.0 : r * n + 0.4 * r + columnCost * n + 0.5;
  };
  // The zero point takes part as a row of its own.
  int64_t further = c.inputZeroPoint != 0;
  double best = std::numeric_limits<double>::infinity();
  for (TileShape shape : row.tiles) {
    int64_t r = std::min(shape.rows - further, rows), n = std::min(shape.columns, tiling.blocks);
    auto columnsCost = [&](int64_t columns) {
      double rest = rows % r ? stepCost(rows % r + further, columns) : 0;
      return (rows / r) * stepCost(r + further, columns) + rest;
    };
    double cost = (tiling.blocks / n) * columnsCost(n) + columnsCost(tiling.blocks % n);
    // Each edge is a loop of its own: code to load, registers to set up.
    cost *= 1 + 0.03 * (rows % r != 0) + 0.03 * (tiling.blocks % n != 0);
    if (cost < best) {
      best = cost;
      tiling.tile = {r, n};
    }
  }
  // The tile that holds a partial block stores fewer channels, so it is emitted apart.
  tiling.fullTiles = (channels / tiling.block) / tiling.tile.columns;
  tiling.stepCost = best;
  return tiling;
}

int64_t numPackedWeights(const Contraction &c, const ContractionTiling &t) {
  return c.numIterations(c.batchDims) * c.numIterations(c.outerDims) * t.blocks * t.groups *
         t.block * t.depth;
}

static int64_t numPackedScales(const Contraction &c, const ContractionTiling &t) {
  return c.numIterations(c.batchDims) * c.numBlocks() * t.blocks * t.block;
}

ElementsAttr packWeights(const Contraction &c, const ContractionTiling &t, ElementsAttr weights) {
  // Offsets of all positions of a list of loops, in row-major order.
  auto offsets = [&](ArrayRef<unsigned> dims) {
    SmallVector<int64_t> result{0};
    for (unsigned d : dims) {
      SmallVector<int64_t> next;
      for (int64_t offset : result)
        for (int64_t i = 0; i < c.sizes[d]; ++i)
          next.push_back(offset + i * c.weightStride[d]);
      result = std::move(next);
    }
    return result;
  };
  SmallVector<int64_t> batches = offsets(c.batchDims), outers = offsets(c.outerDims),
                       run = offsets(c.runDims);
  int64_t channels = c.sizes[c.channelDim], channelStride = c.weightStride[c.channelDim];
  int64_t tileElements = outers.size() * t.groups * t.block * t.depth; // of one block of channels
  int64_t total = numPackedWeights(c, t);
  auto source = [&](int64_t at, int64_t half) -> int64_t {
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
            step = split(columns * t.block * t.depth) * t.packing + half;
    int64_t lane = split(t.depth), channel = firstBlock * t.block + lane, k = step * t.depth + at;
    return channel < channels && k < c.runLength ? batch + outer + channel * channelStride + run[k]
                                                 : -1;
  };
  ConstantData data = *ConstantData::get(weights);
  if (t.packing == 1 && c.weightBits >= 8)
    return data.gather(RankedTensorType::get({total}, weights.getElementType()),
                       [&](int64_t at) { return source(at, 0); });
  auto code = [&](int64_t at, int64_t half) {
    int64_t from = source(at, half);
    return from < 0 ? 0 : data.getInteger(from, /*isSigned=*/true);
  };
  std::vector<int8_t> bytes(total);
  for (int64_t at = 0; at < total; ++at)
    bytes[at] =
        static_cast<int8_t>(t.packing == 1 ? code(at, 0) : (code(at, 0) & 15) | (code(at, 1) << 4));
  return makeConstant<int8_t>(
      RankedTensorType::get({total}, IntegerType::get(weights.getContext(), 8)), bytes);
}

ElementsAttr packScales(const Contraction &c, const ContractionTiling &t) {
  int64_t batches = c.numIterations(c.batchDims), channels = c.sizes[c.channelDim],
          numBlocks = c.numBlocks();
  std::vector<int64_t> sources;
  sources.reserve(numPackedScales(c, t));
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t first = 0; first < t.blocks; first += t.tile.columns)
      for (int64_t k = 0; k < numBlocks; ++k)
        for (int64_t channel = first * t.block,
                     end = std::min(first + t.tile.columns, t.blocks) * t.block;
             channel < end; ++channel)
          sources.push_back(channel < channels ? (batch * numBlocks + k) * channels + channel : -1);
  auto type =
      RankedTensorType::get({static_cast<int64_t>(sources.size())}, c.scales.getElementType());
  return ConstantData::get(c.scales)->gather(type, [&](int64_t at) { return sources[at]; });
}

ElementsAttr packUnits(const Contraction &c, const ContractionTiling &t) {
  int64_t channels = c.sizes[c.channelDim], padded = t.blocks * t.block;
  auto type =
      RankedTensorType::get({c.numIterations(c.batchDims) * padded}, c.units.getElementType());
  return ConstantData::get(c.units)->gather(type, [&](int64_t at) {
    return at % padded < channels ? at / padded * channels + at % padded : -1;
  });
}

int64_t packedScaleBytes(const Contraction &c, const ContractionTiling &t) {
  int64_t scales = numPackedScales(c, t);
  return c.units ? scales + 4 * scales / c.numBlocks() : 4 * scales;
}

} // namespace nnq
