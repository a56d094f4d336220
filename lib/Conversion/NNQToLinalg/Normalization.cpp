// nnq.layer_norm and nnq.normalize: means along axes, then one loop over the elements.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/CompoundOps.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

/// An operand before and after lowering; both null where there is none.
struct Parameter {
  Value original, lowered;
};

/// (x - mean) / divisor * scale + bias, where the divisor is made of the mean of (x - mean)^2, or
/// without `isCentred` of x^2. Replaces `op`, whose first operand is x.
struct Normalization {
  ArrayRef<int64_t> axes;
  bool isCentred;
  float epsilon;
  EpsilonPlace place;
  Parameter scale, bias;

  void replace(Operation *op, Value input, RewriterBase &rewriter) const;

private:
  /// Means have the dimensions beside the axes. Their loops come first, those of the axes behind.
  struct Dims {
    SmallVector<int64_t> outer;      ///< the means' shape
    SmallVector<unsigned> outerDims; ///< which dimensions these are
    SmallVector<unsigned> loops;     ///< of each dimension
    int64_t count = 1;               ///< elements of a mean
  };
  Dims splitDims(ArrayRef<int64_t> shape) const;

  Value emitDivisor(OpBuilder &b, Location loc, Value mean) const {
    Value e = emitF32(b, loc, epsilon);
    if (place == EpsilonPlace::Inside)
      return math::SqrtOp::create(b, loc, arith::AddFOp::create(b, loc, mean, e));
    Value root = math::SqrtOp::create(b, loc, mean);
    if (place == EpsilonPlace::Outside)
      return arith::AddFOp::create(b, loc, root, e);
    return arith::MaximumFOp::create(b, loc, root, e);
  }
};

Normalization::Dims Normalization::splitDims(ArrayRef<int64_t> shape) const {
  Dims dims;
  dims.loops.resize(shape.size());
  for (unsigned d = 0; d < shape.size(); ++d) {
    if (llvm::is_contained(axes, d)) {
      dims.count *= shape[d];
      continue;
    }
    dims.loops[d] = dims.outerDims.size();
    dims.outerDims.push_back(d);
    dims.outer.push_back(shape[d]);
  }
  for (auto [i, axis] : llvm::enumerate(axes))
    dims.loops[axis] = dims.outerDims.size() + i;
  return dims;
}

void Normalization::replace(Operation *op, Value input, RewriterBase &rewriter) const {
  Location loc = op->getLoc();
  MLIRContext *context = op->getContext();
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  unsigned rank = shape.size();
  Type type = getElementTypeOrSelf(op->getOperand(0)),
       result = getElementTypeOrSelf(op->getResult(0));

  Dims dims = splitDims(shape);
  ArrayRef<int64_t> outer = dims.outer;
  AffineMap inputMap = selectDims(context, rank, dims.loops),
            meanMap = selectDims(context, rank, llvm::to_vector(llvm::seq<unsigned>(outer.size())));

  Value zeros = emitFill(rewriter, loc, outer, rewriter.getF32FloatAttr(0));
  auto emitMean = [&](ValueRange inputs, ArrayRef<AffineMap> maps, ElementBody addend) {
    Value sum = emitReduction(rewriter, loc, inputs, maps, zeros, axes.size(),
                              [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                                return arith::AddFOp::create(b, l, args.back(), addend(b, l, args));
                              });
    return emitParallel(rewriter, loc, sum, rewriter.getMultiDimIdentityMap(outer.size()), outer,
                        rewriter.getF32Type(),
                        [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                          Value n = emitF32(b, l, static_cast<float>(dims.count));
                          return arith::DivFOp::create(b, l, args[0], n);
                        });
  };
  SmallVector<Value> inputs{input};
  SmallVector<AffineMap> maps{inputMap};
  if (isCentred) {
    inputs.push_back(emitMean(inputs, maps, [&](OpBuilder &b, Location l, ValueRange args) {
      return emitReal(b, l, args[0], type);
    }));
    maps.push_back(meanMap);
  }
  auto emitDistance = [&](OpBuilder &b, Location l, ValueRange args) -> Value {
    Value x = emitReal(b, l, args[0], type);
    return isCentred ? Value(arith::SubFOp::create(b, l, x, args[1])) : x;
  };
  inputs.push_back(emitMean(inputs, maps, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
    Value distance = emitDistance(b, l, args);
    return arith::MulFOp::create(b, l, distance, distance);
  }));
  unsigned square = inputs.size() - 1;

  maps.assign(inputs.size(), selectDims(context, rank, dims.outerDims));
  maps.front() = rewriter.getMultiDimIdentityMap(rank);
  for (const Parameter &parameter : {scale, bias}) {
    if (!parameter.original)
      continue;
    inputs.push_back(parameter.lowered);
    maps.push_back(broadcastMap(context, shapeOf(parameter.lowered), shape, rank));
  }
  NumericsProfile numerics = getNumerics(op);
  auto normalize = [&](OpBuilder &b, Location l, ValueRange args) -> Value {
    Value y =
        arith::DivFOp::create(b, l, emitDistance(b, l, args), emitDivisor(b, l, args[square]));
    unsigned next = square + 1;
    auto take = [&](const Parameter &parameter) {
      return emitReal(b, l, args[next++], getElementTypeOrSelf(parameter.original));
    };
    if (scale.original)
      y = arith::MulFOp::create(b, l, y, take(scale));
    if (bias.original)
      y = arith::AddFOp::create(b, l, y, take(bias));
    return emitStored(numerics, b, l, y, result);
  };
  replaceByParallel(rewriter, op, inputs, maps, normalize);
}

struct LowerLayerNorm : OpConversionPattern<LayerNormOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(LayerNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    int64_t last = op.getType().getRank() - 1;
    Normalization{last,
                  /*isCentred=*/true,
                  op.getEpsilon().convertToFloat(),
                  EpsilonPlace::Inside,
                  {op.getScale(), adaptor.getScale()},
                  {op.getBias(), adaptor.getBias()}}
        .replace(op, adaptor.getInput(), rewriter);
    return success();
  }
};

struct LowerNormalize : OpConversionPattern<NormalizeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(NormalizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    Normalization{
        op.getAxes(),  op.getKind() == NormKind::Standard,  op.getEpsilon().convertToFloat(),
        op.getPlace(), {op.getScale(), adaptor.getScale()}, {op.getBias(), adaptor.getBias()}}
        .replace(op, adaptor.getInput(), rewriter);
    return success();
  }
};

} // namespace

void populateNormalizationToLinalgPatterns(const TypeConverter &converter,
                                           RewritePatternSet &patterns) {
  patterns.add<LowerLayerNorm, LowerNormalize>(converter, patterns.getContext());
}

} // namespace nnq
