// Operations of NNQPoolingOps.td, and log_softmax: windows, reductions, softmax, batch
// normalization. (Layer normalization is in Normalization.cpp.)

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/LogarithmOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/SoftmaxTable.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/DialectConversion.h"

#include <cmath>

using namespace mlir;

namespace nnq {
namespace {

//===----------------------------------------------------------------------===//
// Extremes, sums and means
//===----------------------------------------------------------------------===//

/// The loops over a window: the input's map, and what else the loops run over (sizes of windows
/// that no operand has).
struct Windows {
  SmallVector<Value> inputs; // the input first
  SmallVector<AffineMap> maps;
  unsigned numReductions;
};

/// (n, oh, ow, c, kh, kw). The window's size is that of a tensor that is not read.
Windows poolWindows(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> kernel,
                    ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  auto d = [&](unsigned i) { return builder.getAffineDimExpr(i); };
  AffineMap map = AffineMap::get(6, 0,
                                 {d(0), d(1) * strides[0] + d(4) * dilations[0],
                                  d(2) * strides[1] + d(5) * dilations[1], d(3)},
                                 builder.getContext());
  Value window = emitEmpty(builder, loc, kernel, getElementTypeOrSelf(input));
  return {{input, window}, {map, selectDims(builder.getContext(), 6, {4, 5})}, 2};
}

/// (result..., axes...): the result keeps reduced dimensions with size 1, and the input runs along
/// them with the loops behind.
Windows axisWindows(OpBuilder &builder, Value input, ArrayRef<int64_t> axes) {
  unsigned rank = shapeOf(input).size(), next = rank;
  SmallVector<unsigned> loops = llvm::to_vector(llvm::seq<unsigned>(0, rank));
  for (int64_t axis : axes)
    loops[axis] = next++;
  return {{input}, {selectDims(builder.getContext(), next, loops)}, next - rank};
}

/// The least or the greatest number of a type as it is stored: of codes what infinities saturate
/// to.
TypedAttr getBound(Type element, bool greatest) {
  if (element.isF32())
    return FloatAttr::get(element, greatest ? INFINITY : -INFINITY);
  unsigned bits = getMemoryType(element).getIntOrFloatBitWidth();
  if (auto quantized = dyn_cast<quant::UniformQuantizedType>(element)) {
    int64_t code = greatest ? quantized.getStorageTypeMax() : quantized.getStorageTypeMin();
    return IntegerAttr::get(getMemoryType(element),
                            APInt(bits, code, /*isSigned=*/true, /*implicitTrunc=*/true));
  }
  APInt bound = element.isUnsignedInteger()
                    ? (greatest ? APInt::getMaxValue(bits) : APInt::getMinValue(bits))
                    : (greatest ? APInt::getSignedMaxValue(bits) : APInt::getSignedMinValue(bits));
  return IntegerAttr::get(getMemoryType(element), bound);
}

/// The largest or smallest code, integer or real of each window.
Value emitExtreme(OpBuilder &builder, Location loc, const Windows &windows, ArrayRef<int64_t> shape,
                  Type element, bool largest) {
  auto quantized = dyn_cast<quant::UniformQuantizedType>(element);
  bool isSigned = quantized ? quantized.isSigned() : !element.isUnsignedInteger();
  Value init = emitFill(builder, loc, shape, getBound(element, /*greatest=*/!largest));
  return emitReduction(builder, loc, windows.inputs, windows.maps, init, windows.numReductions,
                       [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                         Value x = args.front(), best = args.back();
                         if (element.isF32())
                           return largest ? Value(arith::MaximumFOp::create(b, l, best, x))
                                          : arith::MinimumFOp::create(b, l, best, x);
                         if (isSigned)
                           return largest ? Value(arith::MaxSIOp::create(b, l, best, x))
                                          : arith::MinSIOp::create(b, l, best, x);
                         return largest ? Value(arith::MaxUIOp::create(b, l, best, x))
                                        : arith::MinUIOp::create(b, l, best, x);
                       });
}

/// The sum of each window, in f32; or, of codes, the exact sum of q - z in i32. All windows have
/// `taps` elements, so that the zero point is taken off at the start.
Value emitSum(OpBuilder &builder, Location loc, const Windows &windows, ArrayRef<int64_t> shape,
              quant::UniformQuantizedType quantized, int64_t taps) {
  TypedAttr zero = quantized ? TypedAttr(builder.getI32IntegerAttr(
                                   static_cast<int32_t>(-quantized.getZeroPoint() * taps)))
                             : TypedAttr(builder.getF32FloatAttr(0));
  Value init = emitFill(builder, loc, shape, zero);
  return emitReduction(builder, loc, windows.inputs, windows.maps, init, windows.numReductions,
                       [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                         if (!quantized)
                           return arith::AddFOp::create(b, l, args.back(), args.front());
                         Value wide =
                             emitExtend(b, l, args.front(), quantized.isSigned(), b.getI32Type());
                         return arith::AddIOp::create(b, l, args.back(), wide);
                       });
}

/// The low bits of the sum of each window of integers.
Value emitWrappedSum(OpBuilder &builder, Location loc, const Windows &windows,
                     ArrayRef<int64_t> shape, Type element) {
  Value zeros = emitFill(builder, loc, shape, builder.getIntegerAttr(getMemoryType(element), 0));
  return emitReduction(builder, loc, windows.inputs, windows.maps, zeros, windows.numReductions,
                       [](OpBuilder &b, Location l, ValueRange args) -> Value {
                         return arith::AddIOp::create(b, l, args.back(), args.front());
                       });
}

/// sum / count, stored as `result`. `counts` has one element, or one for each row and column of an
/// NHWC result.
Value emitMean(NumericsProfile numerics, OpBuilder &builder, Location loc, Value sum,
               ArrayRef<int64_t> counts, quant::UniformQuantizedType input, Type result) {
  auto quantized = dyn_cast<quant::UniformQuantizedType>(result);
  // What the sum is multiplied by (codes), or divided by (reals).
  SmallVector<double> factors = llvm::map_to_vector(counts, [&](int64_t count) {
    auto divisor = static_cast<double>(count);
    if (!input)
      return divisor;
    float scale = getQuantParams(input).scale;
    return quantized ? numerics.getFactor(scale, {divisor, getQuantParams(quantized).scale})
                     : numerics.getFactor(scale, divisor);
  });
  if (!input && !quantized && factors.size() == 1 && factors.front() == 1)
    return sum;
  MLIRContext *context = builder.getContext();
  bool isRequantized = input && quantized;
  Multipliers multipliers =
      isRequantized ? Multipliers(numerics, context, factors) : Multipliers(context, factors);
  ArrayRef<int64_t> shape = shapeOf(sum);
  SmallVector<Value> inputs{sum};
  SmallVector<AffineMap> maps{builder.getMultiDimIdentityMap(shape.size())};
  if (!multipliers.isUniform()) {
    inputs.push_back(emitConstant(builder, loc, multipliers.getTensor({shape[1], shape[2]})));
    maps.push_back(selectDims(context, 4, {1, 2}));
  }
  return emitParallel(
      builder, loc, inputs, maps, shape, getMemoryType(result),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value factor = multipliers.isUniform() ? multipliers.emitUniform(b, l) : args[1];
        if (isRequantized)
          return multipliers.emitRequantize(b, l, args[0], factor, quantized);
        if (!input)
          return emitStored(numerics, b, l, arith::DivFOp::create(b, l, args[0], factor), result);
        return arith::MulFOp::create(b, l, arith::SIToFPOp::create(b, l, b.getF32Type(), args[0]),
                                     factor);
      });
}

/// sum + x in the order of the loops. A plain addition might be spread over lanes, or contracted
/// with the multiplication in front of it.
Value emitOrderedAdd(OpBuilder &builder, Location loc, Value sum, Value x) {
  return math::FmaOp::create(builder, loc, x, emitF32(builder, loc, 1.0f), sum);
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

struct LowerMaxPool2D : OpConversionPattern<MaxPool2DOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(MaxPool2DOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    ArrayRef<int64_t> pads = op.getPads();
    Type element = op.getType().getElementType();
    Value input = adaptor.getInput();
    if (llvm::any_of(pads, [](int64_t pad) { return pad != 0; }))
      input = emitPad(rewriter, op.getLoc(), input, {0, pads[0], pads[1], 0},
                      {0, pads[2], pads[3], 0}, getBound(element, /*greatest=*/false));
    Windows windows = poolWindows(rewriter, op.getLoc(), input, op.getKernel(), op.getStrides(),
                                  op.getDilations());
    rewriter.replaceOp(op, emitExtreme(rewriter, op.getLoc(), windows, op.getType().getShape(),
                                       element, /*largest=*/true));
    return success();
  }
};

struct LowerAvgPool2D : OpConversionPattern<AvgPool2DOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(AvgPool2DOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    Location loc = op.getLoc();
    NumericsProfile numerics = getNumerics(op);
    ArrayRef<int64_t> pads = op.getPads(), kernel = op.getKernel();
    auto quantized = perTensorType(op.getInput());
    Value input = adaptor.getInput();
    bool isPadded = llvm::any_of(pads, [](int64_t pad) { return pad != 0; });
    if (isPadded)
      input = emitPad(rewriter, loc, input, {0, pads[0], pads[1], 0}, {0, pads[2], pads[3], 0},
                      getStoredAttr(numerics, op.getInput().getType().getElementType(), 0));
    Windows windows = poolWindows(rewriter, loc, input, kernel, op.getStrides(), {1, 1});
    SmallVector<int64_t> counts{kernel[0] * kernel[1]};
    if (isPadded && !op.getCountPadding())
      counts = countInside(op);
    ArrayRef<int64_t> shape = op.getType().getShape();
    if (!quantized) {
      Value sum = emitSum(rewriter, loc, windows, shape, nullptr, kernel[0] * kernel[1]);
      rewriter.replaceOp(op, emitMean(numerics, rewriter, loc, sum, counts, nullptr,
                                      op.getType().getElementType()));
      return success();
    }
    // Pixels outside are zeros, which change no sum.
    Value zeros = emitFill(rewriter, loc, shape, rewriter.getF32FloatAttr(0));
    Value sum = emitReduction(
        rewriter, loc, windows.inputs, windows.maps, zeros, windows.numReductions,
        [&](OpBuilder &b, Location l, ValueRange args) {
          return emitOrderedAdd(b, l, args.back(), emitDequantize(b, l, args[0], quantized));
        });
    rewriter.replaceOp(op, emitMeanOfReals(numerics, op, sum, counts, rewriter));
    return success();
  }

private:
  /// (sum / count) / s_y, and the zero point before rounding where the profile computes on bytes.
  static Value emitMeanOfReals(NumericsProfile numerics, AvgPool2DOp op, Value sum,
                               ArrayRef<int64_t> counts, OpBuilder &builder) {
    ArrayRef<int64_t> shape = op.getType().getShape();
    Type result = op.getType().getElementType();
    auto input = perTensorType(op.getInput());
    auto byte = numerics.computesOnBytes(op) ? perTensorType(op.getResult()) : nullptr;
    SmallVector<Value> inputs{sum};
    SmallVector<AffineMap> maps{builder.getMultiDimIdentityMap(shape.size())};
    auto divisors = llvm::map_to_vector(counts, [](int64_t n) { return static_cast<float>(n); });
    if (!llvm::all_equal(divisors)) {
      auto type = RankedTensorType::get({shape[1], shape[2]}, builder.getF32Type());
      inputs.push_back(emitConstant(builder, op.getLoc(), makeConstant<float>(type, divisors)));
      maps.push_back(selectDims(builder.getContext(), 4, {1, 2}));
    }
    auto body = [&](OpBuilder &b, Location l, ValueRange args) -> Value {
      Value divisor = inputs.size() > 1 ? args[1] : emitF32(b, l, divisors.front());
      Value mean = arith::DivFOp::create(b, l, args[0], divisor);
      if (!byte)
        return emitStored(numerics, b, l, mean, result);
      int64_t offset = getCodeOffset(op, 1);
      QuantParams params = getQuantParams(byte, offset);
      Value scaled = arith::DivFOp::create(b, l, mean, emitF32(b, l, params.scale));
      scaled =
          arith::AddFOp::create(b, l, scaled, emitF32(b, l, static_cast<float>(params.zeroPoint)));
      auto largest = static_cast<float>(input.getScale() / byte.getScale() * 0x1p9 + 0x1p9);
      return emitRoundToCode(numerics, b, l, scaled, largest, byte, offset);
    };
    return emitParallel(builder, op.getLoc(), inputs, maps, shape, getMemoryType(result), body);
  }

  /// The pixels of each window that lie inside the input, row by row.
  static SmallVector<int64_t> countInside(AvgPool2DOp op) {
    auto along = [&](int axis, int64_t out) {
      int64_t first = out * op.getStrides()[axis] - op.getPads()[axis],
              last = first + op.getKernel()[axis];
      return std::min(last, op.getInput().getType().getDimSize(1 + axis)) -
             std::max<int64_t>(first, 0);
    };
    SmallVector<int64_t> counts;
    for (int64_t y = 0; y < op.getType().getDimSize(1); ++y)
      for (int64_t x = 0; x < op.getType().getDimSize(2); ++x)
        counts.push_back(along(0, y) * along(1, x));
    return counts;
  }
};

struct LowerReduce : OpConversionPattern<ReduceOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(ReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    Type element = op.getType().getElementType();
    Windows windows = axisWindows(rewriter, adaptor.getInput(), op.getAxes());
    bool largest = op.getKind() == ReduceKind::Max;
    if (largest || op.getKind() == ReduceKind::Min) {
      rewriter.replaceOp(op, emitExtreme(rewriter, loc, windows, shape, element, largest));
      return success();
    }
    if (isa<IntegerType>(element)) {
      rewriter.replaceOp(op, emitWrappedSum(rewriter, loc, windows, shape, element));
      return success();
    }
    int64_t count = op.getInput().getType().getNumElements() / op.getType().getNumElements();
    auto quantized = perTensorType(op.getInput());
    Value sum = emitSum(rewriter, loc, windows, shape, quantized, count);
    rewriter.replaceOp(op,
                       emitMean(getNumerics(op), rewriter, loc, sum,
                                op.getKind() == ReduceKind::Mean ? count : 1, quantized, element));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// The parts of a softmax along one axis: extremes and sums have the input's shape with 1 in place
/// of the axis.
struct LowerSoftmax : OpConversionPattern<SoftmaxOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(SoftmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<int64_t> reduced(shape);
    reduced[op.getAxis()] = 1;
    Type element = op.getInput().getType().getElementType();
    Value input = adaptor.getInput();
    Value largest = emitExtreme(rewriter, loc, axisWindows(rewriter, input, op.getAxis()), reduced,
                                element, /*largest=*/true);

    SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(shape.size()),
                                broadcastMap(op.getContext(), reduced, shape, shape.size())};
    Value exponentials = emitExponentials(op, input, largest, maps, rewriter);
    Windows windows = axisWindows(rewriter, exponentials, op.getAxis());
    Value zeros = emitFill(rewriter, loc, reduced, rewriter.getF32FloatAttr(0));
    Value sum =
        emitReduction(rewriter, loc, windows.inputs, windows.maps, zeros, windows.numReductions,
                      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                        if (isOfBytes(op))
                          return emitOrderedAdd(b, l, args[1], args[0]);
                        return arith::AddFOp::create(b, l, args[1], args[0]);
                      });
    replaceByParallel(rewriter, op, {exponentials, sum}, maps,
                      [&](OpBuilder &b, Location l, ValueRange args) {
                        return emitRatio(op, b, l, args[0], args[1]);
                      });
    return success();
  }

private:
  static bool isOfBytes(SoftmaxOp op) { return getNumerics(op).computesOnBytes(op); }

  /// exp(x - m); of bytes, from a table by m - q.
  static Value emitExponentials(SoftmaxOp op, Value input, Value largest, ArrayRef<AffineMap> maps,
                                OpBuilder &builder) {
    auto quantized = perTensorType(op.getInput());
    ArrayRef<int64_t> shape = op.getType().getShape();
    if (!isOfBytes(op))
      return emitParallel(builder, op.getLoc(), {input, largest}, maps, shape, builder.getF32Type(),
                          [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                            Type type = op.getInput().getType().getElementType();
                            Value x = emitReal(b, l, args[0], type),
                                  m = emitReal(b, l, args[1], type);
                            return math::ExpOp::create(b, l, arith::SubFOp::create(b, l, x, m));
                          });
    SoftmaxTable table =
        softmaxTable(static_cast<float>(quantized.getScale()), shape[op.getAxis()]);
    auto tableType = RankedTensorType::get({256}, builder.getF32Type());
    Value constant = emitConstant(builder, op.getLoc(), makeConstant<float>(tableType, table));
    return emitParallel(builder, op.getLoc(), {input, largest}, maps, shape, builder.getF32Type(),
                        [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                          Value q = emitExtend(b, l, args[0], quantized.isSigned(), b.getI32Type());
                          Value m = emitExtend(b, l, args[1], quantized.isSigned(), b.getI32Type());
                          Value index = arith::IndexCastOp::create(
                              b, l, b.getIndexType(), arith::SubIOp::create(b, l, m, q));
                          return tensor::ExtractOp::create(b, l, constant, index);
                        });
  }

  /// e / sum; from bytes to a byte (e * floor(1 / s_y)) / sum, rounded, and the zero point added.
  static Value emitRatio(SoftmaxOp op, OpBuilder &b, Location loc, Value e, Value sum) {
    Type result = op.getType().getElementType();
    NumericsProfile numerics = getNumerics(op);
    auto quantized = dyn_cast<quant::UniformQuantizedType>(result);
    if (!isOfBytes(op) || !quantized || quantized.getStorageTypeIntegralWidth() > 8)
      return emitStored(numerics, b, loc, arith::DivFOp::create(b, loc, e, sum), result);
    QuantParams params = getQuantParams(quantized);
    Value codes = arith::MulFOp::create(b, loc, e, emitF32(b, loc, std::floor(1 / params.scale)));
    return emitSaturate(numerics, b, loc, arith::DivFOp::create(b, loc, codes, sum), params,
                        getMemoryType(result));
  }
};

/// (x - m) - ln(sum of e^(x - m)), m the largest x along the axis.
struct LowerLogSoftmax : OpConversionPattern<LogSoftmaxOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(LogSoftmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    unsigned rank = shape.size();
    SmallVector<int64_t> reduced(shape);
    reduced[op.getAxis()] = 1;
    Type from = op.getInput().getType().getElementType(), to = op.getType().getElementType();
    Windows windows = axisWindows(rewriter, adaptor.getInput(), op.getAxis());
    Value largest = emitExtreme(rewriter, loc, windows, reduced, from, /*largest=*/true);
    auto distance = [&](OpBuilder &b, Location l, ValueRange args) -> Value {
      Value x = emitReal(b, l, args[0], from), m = emitReal(b, l, args[1], from);
      return arith::SubFOp::create(b, l, x, m);
    };
    AffineMap row = AffineMap::getMultiDimMapWithTargets(
        rank + 1, llvm::to_vector(llvm::seq<unsigned>(0, rank)), op.getContext());
    Value zeros = emitFill(rewriter, loc, reduced, rewriter.getF32FloatAttr(0));
    Value sum = emitReduction(rewriter, loc, {adaptor.getInput(), largest}, {windows.maps[0], row},
                              zeros, 1, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                                Value power = math::ExpOp::create(b, l, distance(b, l, args));
                                return arith::AddFOp::create(b, l, args[2], power);
                              });
    AffineMap identity = rewriter.getMultiDimIdentityMap(rank),
              broadcast = broadcastMap(op.getContext(), reduced, shape, rank);
    replaceByParallel(
        rewriter, op, {adaptor.getInput(), largest, sum}, {identity, broadcast, broadcast},
        [&](OpBuilder &b, Location l, ValueRange args) {
          Value logarithm = math::LogOp::create(b, l, args[2]);
          return emitStored(getNumerics(op), b, l,
                            arith::SubFOp::create(b, l, distance(b, l, args), logarithm), to);
        });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Batch normalization
//===----------------------------------------------------------------------===//

/// x * k + b with k = scale / sqrt(variance + epsilon) and b = bias - mean * k, computed here.
struct LowerBatchNorm : OpConversionPattern<BatchNormOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(BatchNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    SmallVector<ElementsAttr> attributes; // they own what the views below read
    SmallVector<ConstantData> parameters;
    for (Value parameter : op->getOperands().drop_front()) {
      auto constant = parameter.getDefiningOp<ConstantOp>();
      FailureOr<ElementsAttr> reals =
          constant ? dequantizeConstant(constant) : FailureOr<ElementsAttr>();
      FailureOr<ConstantData> data =
          failed(reals) ? FailureOr<ConstantData>() : ConstantData::get(*reals);
      if (failed(data))
        return op.emitOpError() << "has a parameter of " << parameter.getType()
                                << " that is not a readable constant";
      attributes.push_back(*reals);
      parameters.push_back(*data);
    }
    std::vector<float> factors, offsets;
    for (int64_t c = 0, end = parameters[0].size(); c < end; ++c) {
      double deviation = std::sqrt(static_cast<double>(parameters[3].getFloat(c)) +
                                   op.getEpsilon().convertToDouble());
      double factor = parameters[0].getFloat(c) / deviation;
      factors.push_back(static_cast<float>(factor));
      offsets.push_back(
          static_cast<float>(parameters[1].getFloat(c) - parameters[2].getFloat(c) * factor));
    }
    ArrayRef<int64_t> shape = op.getType().getShape();
    auto type = RankedTensorType::get({shape.back()}, rewriter.getF32Type());
    Value factor = emitConstant(rewriter, op.getLoc(), makeConstant<float>(type, factors));
    Value offset = emitConstant(rewriter, op.getLoc(), makeConstant<float>(type, offsets));
    unsigned rank = shape.size();
    AffineMap channels = selectDims(op.getContext(), rank, {rank - 1});
    Type from = op.getInput().getType().getElementType(), to = op.getType().getElementType();
    replaceByParallel(rewriter, op, {adaptor.getInput(), factor, offset},
                      {rewriter.getMultiDimIdentityMap(rank), channels, channels},
                      [&](OpBuilder &b, Location l, ValueRange args) {
                        Value scaled =
                            arith::MulFOp::create(b, l, emitReal(b, l, args[0], from), args[1]);
                        return emitStored(getNumerics(op), b, l,
                                          arith::AddFOp::create(b, l, scaled, args[2]), to);
                      });
    return success();
  }
};

} // namespace

void populatePoolingToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<LowerMaxPool2D, LowerAvgPool2D, LowerReduce, LowerSoftmax, LowerLogSoftmax,
               LowerBatchNorm>(converter, patterns.getContext());
}

} // namespace nnq
