// Operations of NNQImageOps.td, but for those that are lowered by their interface.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/ImageOps.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

/// Short names for f32 arithmetic at one place.
struct FloatBuilder {
  OpBuilder &builder;
  Location loc;
  Value constant(double v) const { return emitF32(builder, loc, static_cast<float>(v)); }
  Value add(Value a, Value b) const { return arith::AddFOp::create(builder, loc, a, b); }
  Value sub(Value a, Value b) const { return arith::SubFOp::create(builder, loc, a, b); }
  Value mul(Value a, Value b) const { return arith::MulFOp::create(builder, loc, a, b); }
  Value div(Value a, Value b) const { return arith::DivFOp::create(builder, loc, a, b); }
  Value floor(Value a) const { return math::FloorOp::create(builder, loc, a); }
  /// To [lo, hi]; NaN becomes lo.
  Value clamp(Value a, double lo, double hi) const {
    Value above = arith::MaxNumFOp::create(builder, loc, a, constant(lo));
    return arith::MinNumFOp::create(builder, loc, above, constant(hi));
  }
  Value isBelow(Value a, Value b) const {
    return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT, a, b);
  }
  Value select(Value c, Value a, Value b) const {
    return arith::SelectOp::create(builder, loc, c, a, b);
  }
};

int64_t numElements(ArrayRef<int64_t> shape) { return ShapedType::getNumElements(shape); }

//===----------------------------------------------------------------------===//
// Normalizations
//===----------------------------------------------------------------------===//

/// On [N, pixels, groups, channels of a group], or without the last dimension where that is 1.
struct LowerGroupNorm : OpConversionPattern<GroupNormOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(GroupNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    int64_t groups = op.getGroups(), inGroup = shape.back() / groups;
    SmallVector<int64_t> view{shape[0], numElements(shape.drop_front().drop_back()), groups},
        channels{groups};
    SmallVector<unsigned> loops{0, 2, 1}, channelDims{2}; // of the sums: image, group, pixel
    if (inGroup > 1) {
      view.push_back(inGroup);
      channels.push_back(inGroup);
      loops.push_back(3);
      channelDims.push_back(3);
    }
    unsigned rank = view.size();
    SmallVector<int64_t> outer{view[0], view[2]};
    AffineMap identity = rewriter.getMultiDimIdentityMap(rank),
              sumMap = selectDims(op.getContext(), rank, loops),
              groupMap = selectDims(op.getContext(), rank, {0, 1}),
              meanMap = selectDims(op.getContext(), rank, {0, 2}),
              channelMap = selectDims(op.getContext(), rank, channelDims);
    Value input = emitReshape(rewriter, loc, adaptor.getInput(), view),
          zeros = emitFill(rewriter, loc, outer, rewriter.getF32FloatAttr(0));
    auto count = static_cast<double>(view[1] * inGroup);
    auto divide = [&](Value sum) {
      return emitParallel(rewriter, loc, sum, rewriter.getMultiDimIdentityMap(2), outer,
                          rewriter.getF32Type(), [&](OpBuilder &b, Location l, ValueRange args) {
                            FloatBuilder f{b, l};
                            return f.div(args[0], f.constant(count));
                          });
    };
    Value mean = divide(emitReduction(rewriter, loc, input, sumMap, zeros, rank - 2,
                                      [](OpBuilder &b, Location l, ValueRange args) {
                                        return FloatBuilder{b, l}.add(args[1], args[0]);
                                      }));
    Value variance = divide(emitReduction(rewriter, loc, {input, mean}, {sumMap, groupMap}, zeros,
                                          rank - 2, [](OpBuilder &b, Location l, ValueRange args) {
                                            FloatBuilder f{b, l};
                                            Value distance = f.sub(args[0], args[1]);
                                            return f.add(args[2], f.mul(distance, distance));
                                          }));
    SmallVector<Value> inputs{input, mean, variance,
                              emitReshape(rewriter, loc, adaptor.getScale(), channels),
                              emitReshape(rewriter, loc, adaptor.getBias(), channels)};
    Value result = emitParallel(
        rewriter, loc, inputs, {identity, meanMap, meanMap, channelMap, channelMap}, view,
        rewriter.getF32Type(), [&](OpBuilder &b, Location l, ValueRange args) {
          FloatBuilder f{b, l};
          Value squared = f.add(args[2], f.constant(op.getEpsilon().convertToDouble()));
          Value normal = f.div(f.sub(args[0], args[1]), math::SqrtOp::create(b, l, squared));
          return f.add(f.mul(normal, args[3]), args[4]);
        });
    rewriter.replaceOp(op, emitReshape(rewriter, loc, result, shape));
    return success();
  }
};

/// x * exp(-beta * log(bias + alpha / size * sum)), the sum along a border of zeros.
struct LowerLocalResponseNorm : OpConversionPattern<LocalResponseNormOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(LocalResponseNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    unsigned rank = shape.size();
    int64_t size = op.getSize();
    SmallVector<int64_t> low(rank, 0), high(rank, 0);
    low.back() = (size - 1) / 2;
    high.back() = size - 1 - low.back();
    Value padded =
        emitPad(rewriter, loc, adaptor.getInput(), low, high, rewriter.getF32FloatAttr(0));
    SmallVector<AffineExpr> exprs;
    for (unsigned d = 0; d < rank; ++d)
      exprs.push_back(rewriter.getAffineDimExpr(d));
    exprs.back() = exprs.back() + rewriter.getAffineDimExpr(rank);
    // The window's size is that of a tensor that is not read.
    Value window = emitEmpty(rewriter, loc, {size}, rewriter.getF32Type());
    Value sum = emitReduction(rewriter, loc, {padded, window},
                              {AffineMap::get(rank + 1, 0, exprs, op.getContext()),
                               selectDims(op.getContext(), rank + 1, {rank})},
                              emitFill(rewriter, loc, shape, rewriter.getF32FloatAttr(0)), 1,
                              [](OpBuilder &b, Location l, ValueRange args) {
                                FloatBuilder f{b, l};
                                return f.add(args.back(), f.mul(args[0], args[0]));
                              });
    AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
    double factor = op.getAlpha().convertToDouble() / static_cast<double>(size);
    replaceByParallel(rewriter, op, {adaptor.getInput(), sum}, {identity, identity},
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        FloatBuilder f{b, l};
                        Value base = f.add(f.mul(args[1], f.constant(factor)),
                                           f.constant(op.getBias().convertToDouble()));
                        Value exponent = f.mul(math::LogOp::create(b, l, base),
                                               f.constant(-op.getBeta().convertToDouble()));
                        return f.mul(args[0], math::ExpOp::create(b, l, exponent));
                      });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Interpolation
//===----------------------------------------------------------------------===//

/// On [outside, axis, inside], tap by tap.
struct LowerInterpolate : OpConversionPattern<InterpolateOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(InterpolateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> from = op.getInput().getType().getShape(), to = op.getType().getShape();
    int64_t axis = op.getAxis(), taps = op.getIndices().getType().getDimSize(1);
    int64_t outside = numElements(from.take_front(axis)),
            inside = numElements(from.drop_front(axis + 1));
    Value input = emitReshape(rewriter, loc, adaptor.getInput(), {outside, from[axis], inside});
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    for (int64_t t = 0; t < taps; ++t) {
      inputs.append({adaptor.getIndices(), adaptor.getWeights()});
      maps.append(
          2, AffineMap::get(3, 0, {rewriter.getAffineDimExpr(1), rewriter.getAffineConstantExpr(t)},
                            op.getContext()));
    }
    Value result = emitParallel(
        rewriter, loc, inputs, maps, {outside, to[axis], inside}, rewriter.getF32Type(),
        [&](OpBuilder &b, Location l, ValueRange args) {
          FloatBuilder f{b, l};
          Value first = linalg::IndexOp::create(b, l, 0), last = linalg::IndexOp::create(b, l, 2);
          Value sum;
          for (int64_t t = 0; t < taps; ++t) {
            Value at = arith::IndexCastOp::create(b, l, b.getIndexType(), args[2 * t]);
            Value element = tensor::ExtractOp::create(b, l, input, ValueRange{first, at, last});
            Value term = f.mul(args[2 * t + 1], element);
            sum = sum ? f.add(sum, term) : term;
          }
          return sum;
        });
    rewriter.replaceOp(op, emitReshape(rewriter, loc, result, to));
    return success();
  }
};

/// One axis of an image that a grid samples.
class SampledAxis {
public:
  SampledAxis(GridSampleOp op, int64_t pixels)
      : mode(op.getMode()), padding(op.getPadding()), last(static_cast<double>(pixels - 1)),
        low(op.getAlignCorners() ? 0 : -0.5), high(last - low) {}

  /// Where the image's edges, -1 and 1 in the grid, are `low` and `high`; moved into the image as
  /// the padding says, but for the cubic kernel, which reaches past a border.
  Value coordinate(const FloatBuilder &f, Value g) const {
    Value half = f.mul(f.add(g, f.constant(1)), f.constant(0.5));
    Value x = f.add(f.mul(half, f.constant(high - low)), f.constant(low));
    if (padding == GridSamplePadding::Reflection)
      return reflect(f, x);
    if (padding == GridSamplePadding::Border && mode != GridSampleMode::Bicubic)
      return f.clamp(x, 0, last);
    return f.clamp(x, -4, last + 4); // far outside is outside
  }

  struct Pixel {
    Value index, weight;
  };
  /// The pixel at the whole number `x`; without weight where it is outside and zero.
  Pixel at(const FloatBuilder &f, Value x, Value weight) const {
    if (padding == GridSamplePadding::Reflection)
      x = reflect(f, x);
    Value inside = f.clamp(x, 0, last);
    if (padding == GridSamplePadding::Zeros) {
      Value isInside =
          arith::CmpFOp::create(f.builder, f.loc, arith::CmpFPredicate::OEQ, x, inside);
      weight = f.select(isInside, weight, f.constant(0));
    }
    Value integer = arith::FPToSIOp::create(f.builder, f.loc, f.builder.getI64Type(), inside);
    return {arith::IndexCastOp::create(f.builder, f.loc, f.builder.getIndexType(), integer),
            weight};
  }

private:
  /// The way from `low` and back from `high`, again and again.
  Value reflect(const FloatBuilder &f, Value x) const {
    double span = high - low;
    if (span == 0)
      return f.constant(low);
    Value distance = math::AbsFOp::create(f.builder, f.loc, f.sub(x, f.constant(low)));
    Value turns = f.floor(f.div(distance, f.constant(2 * span)));
    distance = f.sub(distance, f.mul(turns, f.constant(2 * span)));
    Value forth = f.add(f.constant(low), distance), back = f.sub(f.constant(high + span), distance);
    Value reflected = f.select(f.isBelow(distance, f.constant(span)), forth, back);
    return f.clamp(reflected, low, high);
  }

  GridSampleMode mode;
  GridSamplePadding padding;
  double last, low, high;
};

struct LowerGridSample : OpConversionPattern<GridSampleOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(GridSampleOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    MLIRContext *context = op.getContext();
    auto gridMap = [&](int64_t component) {
      SmallVector<AffineExpr> exprs;
      for (unsigned d = 0; d < 3; ++d)
        exprs.push_back(getAffineDimExpr(d, context));
      exprs.push_back(getAffineConstantExpr(component, context));
      return AffineMap::get(4, 0, exprs, context);
    };
    ArrayRef<int64_t> image = op.getInput().getType().getShape();
    SampledAxis rows(op, image[1]), columns(op, image[2]);
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      FloatBuilder f{b, l};
      Value n = linalg::IndexOp::create(b, l, 0), c = linalg::IndexOp::create(b, l, 3);
      auto rowTaps = tapsAt(f, op.getMode(), rows, rows.coordinate(f, args[1])),
           columnTaps = tapsAt(f, op.getMode(), columns, columns.coordinate(f, args[0]));
      Value sum;
      for (SampledAxis::Pixel row : rowTaps)
        for (SampledAxis::Pixel column : columnTaps) {
          Value pixel = tensor::ExtractOp::create(b, l, adaptor.getInput(),
                                                  ValueRange{n, row.index, column.index, c});
          Value term = f.mul(f.mul(row.weight, column.weight), pixel);
          sum = sum ? f.add(sum, term) : term;
        }
      return sum;
    };
    replaceByParallel(rewriter, op, {adaptor.getGrid(), adaptor.getGrid()},
                      {gridMap(0), gridMap(1)}, body);
    return success();
  }

private:
  /// The pixels that are mixed at `x` along one axis.
  static SmallVector<SampledAxis::Pixel> tapsAt(const FloatBuilder &f, GridSampleMode mode,
                                                const SampledAxis &axis, Value x) {
    Value one = f.constant(1);
    if (mode == GridSampleMode::Nearest)
      return {axis.at(f, math::RoundEvenOp::create(f.builder, f.loc, x), one)};
    Value first = f.floor(x), t = f.sub(x, first), rest = f.sub(one, t);
    auto at = [&](double distance, Value weight) {
      return axis.at(f, f.add(first, f.constant(distance)), weight);
    };
    if (mode == GridSampleMode::Bilinear)
      return {at(0, rest), at(1, t)};
    return {at(-1, far(f, f.add(t, one))), at(0, near(f, t)), at(1, near(f, rest)),
            at(2, far(f, f.add(rest, one)))};
  }

  /// The cubic kernel with a = -3/4, up to a distance of 1 and beyond.
  static constexpr double a = -0.75;
  static Value near(const FloatBuilder &f, Value d) {
    Value line = f.sub(f.mul(f.constant(a + 2), d), f.constant(a + 3));
    return f.add(f.mul(f.mul(line, d), d), f.constant(1));
  }
  static Value far(const FloatBuilder &f, Value d) {
    Value square = f.sub(f.mul(f.constant(a), d), f.constant(5 * a));
    square = f.add(f.mul(square, d), f.constant(8 * a));
    return f.sub(f.mul(square, d), f.constant(4 * a));
  }
};

} // namespace

void populateImageToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<LowerGroupNorm, LowerLocalResponseNorm, LowerInterpolate, LowerGridSample>(
      converter, patterns.getContext());
}

} // namespace nnq
