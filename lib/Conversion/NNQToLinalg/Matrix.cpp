// Layers with weights, of NNQMatrixOps.td: a product with what is folded into its constants.

#include "FoldedLayer.h"
#include "Product.h"
#include "RowSums.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Dialect/NNQ/IR/CodeArithmetic.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/BlockScales.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

/// That of a layer, but for what blocks add.
Product productOf(const FoldedLayer &layer, Value input, Value weights, Value start,
                  AffineMap inputMap, AffineMap weightMap) {
  return {input,
          weights,
          start,
          inputMap,
          weightMap,
          layer.encoding,
          /*isUnsigned=*/layer.isInteger() && !layer.inputSigned,
          /*hasWideSums=*/layer.accumulator.isInteger(64)};
}

/// What the accumulators of a layer start at: bias[c] + rowFactors[c] * sum of the row's input.
Value emitStart(OpBuilder &builder, Location loc, const FoldedLayer &layer, const Nest &nest,
                Value input, ArrayRef<int64_t> weightShape) {
  SmallVector<int64_t> channelShape =
      llvm::map_to_vector(nest.channelDims, [&](unsigned d) { return nest.shape[d]; });
  AffineMap channelMap = selectDims(builder.getContext(), nest.shape.size(), nest.channelDims);
  Value bias = emitConstant(builder, loc, reshapeConstant(layer.bias, channelShape));
  if (layer.rowFactors.empty())
    return emitMove(builder, loc, bias, channelMap, nest.shape);
  // One factor for all channels goes into the sums, so that it is applied once per row.
  bool isUniform = layer.rowFactors.size() == 1;
  int32_t factor = isUniform ? layer.rowFactors.front() : 1;
  ArrayRef<int64_t> window = weightShape.take_back(nest.numReductions).drop_back();
  auto [sums, rowMap] =
      emitRowSums(builder, loc, nest, window, input, layer.inputSigned, std::abs(factor));
  SmallVector<Value> inputs{bias, sums};
  SmallVector<AffineMap> maps{channelMap, rowMap};
  if (!isUniform) {
    auto type = RankedTensorType::get(channelShape, layer.accumulator);
    inputs.push_back(emitConstant(builder, loc, makeConstant<int32_t>(type, layer.rowFactors)));
    maps.push_back(channelMap);
  }
  return emitParallel(builder, loc, inputs, maps, nest.shape, layer.accumulator,
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        if (factor < 0)
                          return arith::SubIOp::create(b, l, args[0], args[1]);
                        Value term =
                            isUniform ? args[1]
                                      : arith::MulIOp::create(b, l, args[1], args[2]).getResult();
                        return arith::AddIOp::create(b, l, args[0], term);
                      });
}

/// `map` on input channels split into blocks, whose loop stands behind the parallel ones.
AffineMap splitIntoBlocks(AffineMap map, unsigned blockDim) {
  map = map.shiftDims(1, blockDim);
  SmallVector<AffineExpr> exprs(map.getResults());
  exprs.insert(exprs.end() - 1, getAffineDimExpr(blockDim, map.getContext()));
  return AffineMap::get(map.getNumDims(), 0, exprs, map.getContext());
}

/// What `values`, [group][channel][block], are with the channel last.
template <typename T>
std::vector<T> turnBlocks(ArrayRef<T> values, int64_t channels, int64_t blocks) {
  std::vector<T> turned;
  turned.reserve(values.size());
  for (; !values.empty(); values = values.drop_front(channels * blocks))
    for (int64_t block = 0; block < blocks; ++block)
      for (int64_t channel = 0; channel < channels; ++channel)
        turned.push_back(values[channel * blocks + block]);
  return turned;
}

/// The scales of blocks as constants: bytes by block and channel, and the channels' units that they
/// are multiples of, where there are such, as of those that nnq chooses; else f32.
SmallVector<Value> emitScales(OpBuilder &builder, Location loc, ArrayRef<float> scales,
                              ArrayRef<int64_t> shape) {
  int64_t channels = shape.back(), blocks = shape[shape.size() - 2];
  auto emit = [&](auto values, ArrayRef<int64_t> shape, Type element) {
    using T = typename decltype(values)::value_type;
    auto type = RankedTensorType::get(shape, element);
    return emitConstant(builder, loc, makeConstant<T>(type, llvm::ArrayRef(values)));
  };
  std::optional<BlockScales> shared;
  if (blocks > 1)
    shared = BlockScales::factorize(scales, scales.size() / blocks);
  if (!shared)
    return {emit(turnBlocks(scales, channels, blocks), shape, builder.getF32Type())};
  SmallVector<int64_t> unitShape(shape.drop_back(2));
  unitShape.push_back(channels);
  return {emit(turnBlocks(llvm::ArrayRef(shared->multiples), channels, blocks), shape,
               builder.getI8Type()),
          emit(shared->units, unitShape, builder.getF32Type())};
}

/// emitLayer for weights in blocks: an exact sum for each, and the sum of their real values.
Value emitBlocks(OpBuilder &builder, Location loc, const FoldedLayer &layer, const Nest &nest,
                 Value input, ElementsAttr weights) {
  MLIRContext *context = builder.getContext();
  auto [blockSize, blocks, scales, inputZeroPoint, inputScale] = *layer.blocks;
  auto split = [&, size = blockSize](ArrayRef<int64_t> shape) {
    SmallVector<int64_t> result(shape);
    result.back() = size;
    result.insert(result.end() - 1, shape.back() / size);
    return result;
  };
  unsigned blockDim = nest.shape.size(), numLoops = nest.inputMap.getNumDims() + 1;
  SmallVector<unsigned> groupDims(ArrayRef(nest.channelDims).drop_back()), scaleDims = groupDims;
  scaleDims.append({blockDim, nest.channelDims.back()});
  SmallVector<int64_t> scaleShape =
      llvm::map_to_vector(groupDims, [&](unsigned d) { return nest.shape[d]; });
  scaleShape.append({blocks, nest.shape.back()});

  Value pieces = emitReshape(builder, loc, input, split(shapeOf(input)));
  Value constant = emitConstant(
      builder, loc, reshapeConstant(weights, split(weights.getShapedType().getShape())));
  Value start = emitStart(builder, loc, layer, nest, input, weights.getShapedType().getShape());
  Product product =
      productOf(layer, pieces, constant, start, splitIntoBlocks(nest.inputMap, blockDim),
                splitIntoBlocks(nest.weightMap, blockDim));
  product.scales = emitScales(builder, loc, scales, scaleShape);
  product.scaleMaps = {selectDims(context, numLoops, scaleDims)};
  if (product.scales.size() > 1)
    product.scaleMaps.push_back(selectDims(context, numLoops, nest.channelDims));
  product.accumulation =
      BlocksAttr::get(context, builder.getF32FloatAttr(inputScale), inputZeroPoint);
  return emitFromReal(layer.numerics, builder, loc, emitContract(builder, loc, product),
                      layer.result);
}

/// Product, bias and result of a layer on `input` with `weights` laid out as the nest reads them.
Value emitLayer(OpBuilder &builder, Location loc, const FoldedLayer &layer, const Nest &nest,
                Value input, ElementsAttr weights) {
  if (layer.blocks)
    return emitBlocks(builder, loc, layer, nest, input, weights);
  Value start = emitStart(builder, loc, layer, nest, input, weights.getShapedType().getShape());
  Value constant = emitConstant(builder, loc, weights), accumulator;
  if (layer.encoding)
    accumulator = emitContract(
        builder, loc, productOf(layer, input, constant, start, nest.inputMap, nest.weightMap));
  else
    accumulator =
        emitReduction(builder, loc, {input, constant}, {nest.inputMap, nest.weightMap}, start,
                      nest.numReductions, [&](OpBuilder &b, Location l, ValueRange args) {
                        return emitMultiplyAdd(b, l, args[0], layer.inputSigned, /*zeroPoint=*/0,
                                               args[1], args[2]);
                      });
  if (!layer.isInteger())
    return emitFromReal(layer.numerics, builder, loc, accumulator, layer.result);
  SmallVector<int64_t> channelShape =
      llvm::map_to_vector(nest.channelDims, [&](unsigned d) { return nest.shape[d]; });
  AffineMap channelMap = selectDims(builder.getContext(), nest.shape.size(), nest.channelDims);
  return emitFromAccumulator(layer.numerics, builder, loc, accumulator,
                             {layer.units, channelShape, channelMap}, layer.result);
}

/// Whether the weights of a layer are computed: its loops then read them as they lie in memory.
bool hasComputedWeights(AccumulatingOp op) {
  return !op.getWeightOperand().get().getDefiningOp<ConstantOp>();
}

/// Product, bias and result of a layer on floats whose weights are computed.
FailureOr<Value> emitComputedLayer(OpBuilder &builder, AccumulatingOp op, const Nest &nest,
                                   Value input, Value weights) {
  Location loc = op.getLoc();
  OpOperand *biasOperand = op.getBiasOperand();
  auto bias = biasOperand ? biasOperand->get().getDefiningOp<ConstantOp>() : nullptr;
  if (!getElementTypeOrSelf(input).isF32() || !getElementTypeOrSelf(weights).isF32() ||
      (biasOperand && !bias))
    return op->emitOpError() << "computes its weights, " << op.getWeightOperand().get().getType()
                             << ", for an input of " << op.getInputOperand().get().getType()
                             << "; both must be f32 then, and the bias constant";
  Value init = emitFill(builder, loc, nest.shape, builder.getF32FloatAttr(0));
  if (bias) {
    SmallVector<int64_t> channelShape =
        llvm::map_to_vector(nest.channelDims, [&](unsigned d) { return nest.shape[d]; });
    init = emitMove(
        builder, loc, emitConstant(builder, loc, reshapeConstant(bias.getValue(), channelShape)),
        selectDims(builder.getContext(), nest.shape.size(), nest.channelDims), nest.shape);
  }
  Value product = emitContract(
      builder, loc,
      {input, weights, init, nest.inputMap, nest.weightMap, FloatsAttr::get(op.getContext())});
  return emitFromReal(getNumerics(op), builder, loc, product,
                      getElementTypeOrSelf(op->getResult(0)));
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// Loops (n, oh, ow, channels..., kh, kw, ...): the input's row is oh * stride + kh * dilation.
struct LowerConv2D : OpConversionPattern<Conv2DOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(Conv2DOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (llvm::any_of(op.getPads(), [](int64_t pad) { return pad != 0; }))
      return op.emitOpError() << "has padding, which must be an nnq.pad of its own here; run "
                                 "--nnq-decompose-layers first";
    int64_t groups = op.getGroups(), channels = shapeOf(op.getInput()).back(),
            outputs = shapeOf(op.getFilter()).front();
    if (hasComputedWeights(op))
      return lowerComputed(op, adaptor, rewriter);
    bool isDepthwise = groups != 1 && groups == channels && groups == outputs;
    FailureOr<FoldedLayer> layer = foldConstants(op, /*hasDotProducts=*/!isDepthwise);
    if (failed(layer))
      return failure();
    Value result = groups == 1 ? emitDense(op, *layer, adaptor.getInput(), rewriter)
                   : isDepthwise && !layer->blocks
                       ? emitDepthwise(op, *layer, adaptor.getInput(), rewriter)
                       : emitGrouped(op, *layer, adaptor.getInput(), rewriter);
    if (!result)
      return op.emitOpError() << "has weights whose data can't be read";
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  /// (n, y, x, inner...) with `kh` and `kw` the loops over taps.
  static AffineMap inputMap(Conv2DOp op, unsigned numLoops, unsigned kh, unsigned kw,
                            ArrayRef<unsigned> inner) {
    MLIRContext *context = op.getContext();
    auto d = [&](unsigned i) { return getAffineDimExpr(i, context); };
    SmallVector<AffineExpr> exprs{d(0), d(1) * op.getStrides()[0] + d(kh) * op.getDilations()[0],
                                  d(2) * op.getStrides()[1] + d(kw) * op.getDilations()[1]};
    for (unsigned i : inner)
      exprs.push_back(d(i));
    return AffineMap::get(numLoops, 0, exprs, context);
  }

  /// (n, oh, ow, oc, kh, kw, ic)
  static Nest denseNest(Conv2DOp op) {
    return {SmallVector<int64_t>(op.getType().getShape()),
            {3},
            3,
            inputMap(op, 7, 4, 5, {6}),
            selectDims(op.getContext(), 7, {3, 4, 5, 6})};
  }
  static Value emitDense(Conv2DOp op, const FoldedLayer &layer, Value input, OpBuilder &builder) {
    return emitLayer(builder, op.getLoc(), layer, denseNest(op), input, layer.weights);
  }

  /// (n, oh, ow, c, kh, kw); weights as [KH, KW, C], so that the innermost loop reads neighbours.
  static Value emitDepthwise(Conv2DOp op, const FoldedLayer &layer, Value input,
                             OpBuilder &builder) {
    ArrayRef<int64_t> w = shapeOf(op.getFilter());
    FailureOr<ConstantData> data = ConstantData::get(layer.weights);
    if (failed(data))
      return nullptr;
    int64_t channels = w[0], taps = w[1] * w[2];
    auto type = RankedTensorType::get({w[1], w[2], channels},
                                      layer.weights.getShapedType().getElementType());
    ElementsAttr turned =
        data->gather(type, [&](int64_t i) { return i % channels * taps + i / channels; });
    Nest nest{SmallVector<int64_t>(op.getType().getShape()),
              {3},
              2,
              inputMap(op, 6, 4, 5, {3}),
              selectDims(op.getContext(), 6, {4, 5, 3})};
    return emitLayer(builder, op.getLoc(), layer, nest, input, turned);
  }

  /// (n, oh, ow, g, ocg, kh, kw, ic) on channels expanded to [G, C / G].
  static Nest groupedNest(Conv2DOp op) {
    ArrayRef<int64_t> y = op.getType().getShape();
    int64_t groups = op.getGroups();
    return {{y[0], y[1], y[2], groups, y[3] / groups},
            {3, 4},
            3,
            inputMap(op, 8, 5, 6, {3, 7}),
            selectDims(op.getContext(), 8, {3, 4, 5, 6, 7})};
  }
  static Value expandInput(Conv2DOp op, Value input, OpBuilder &builder) {
    ArrayRef<int64_t> x = shapeOf(op.getInput());
    int64_t groups = op.getGroups();
    return emitReshape(builder, op.getLoc(), input, {x[0], x[1], x[2], groups, x[3] / groups});
  }
  static SmallVector<int64_t> expandedFilterShape(Conv2DOp op) {
    ArrayRef<int64_t> w = shapeOf(op.getFilter());
    int64_t groups = op.getGroups();
    return {groups, w[0] / groups, w[1], w[2], w[3]};
  }
  static Value emitGrouped(Conv2DOp op, const FoldedLayer &layer, Value input, OpBuilder &builder) {
    ElementsAttr weights = reshapeConstant(layer.weights, expandedFilterShape(op));
    return emitReshape(builder, op.getLoc(),
                       emitLayer(builder, op.getLoc(), layer, groupedNest(op),
                                 expandInput(op, input, builder), weights),
                       op.getType().getShape());
  }

  static LogicalResult lowerComputed(Conv2DOp op, OpAdaptor adaptor,
                                     ConversionPatternRewriter &rewriter) {
    Value input = adaptor.getInput(), filter = adaptor.getFilter();
    bool isGrouped = op.getGroups() != 1;
    if (isGrouped) {
      input = expandInput(op, input, rewriter);
      filter = emitReshape(rewriter, op.getLoc(), filter, expandedFilterShape(op));
    }
    FailureOr<Value> result =
        emitComputedLayer(rewriter, op, isGrouped ? groupedNest(op) : denseNest(op), input, filter);
    if (failed(result))
      return failure();
    rewriter.replaceOp(op, emitReshape(rewriter, op.getLoc(), *result, op.getType().getShape()));
    return success();
  }
};

/// (m..., oc, ic)
struct LowerFullyConnected : OpConversionPattern<FullyConnectedOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(FullyConnectedOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    unsigned rank = op.getType().getRank();
    SmallVector<unsigned> inputDims = llvm::to_vector(llvm::seq<unsigned>(0, rank));
    inputDims.back() = rank;
    Nest nest{SmallVector<int64_t>(op.getType().getShape()),
              {rank - 1},
              1,
              selectDims(op.getContext(), rank + 1, inputDims),
              selectDims(op.getContext(), rank + 1, {rank - 1, rank})};
    if (hasComputedWeights(op)) {
      FailureOr<Value> result =
          emitComputedLayer(rewriter, op, nest, adaptor.getInput(), adaptor.getFilter());
      if (failed(result))
        return failure();
      rewriter.replaceOp(op, *result);
      return success();
    }
    FailureOr<FoldedLayer> layer = foldConstants(op, /*hasDotProducts=*/true);
    if (failed(layer))
      return failure();
    rewriter.replaceOp(
        op, emitLayer(rewriter, op.getLoc(), *layer, nest, adaptor.getInput(), layer->weights));
    return success();
  }
};

} // namespace

void populateMatrixToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<LowerConv2D, LowerFullyConnected>(converter, patterns.getContext());
}

} // namespace nnq
