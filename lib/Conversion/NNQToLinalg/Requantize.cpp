// nnq.requantize where it is more than one function of one scale: accumulators, and types with a
// scale per index of an axis or per block, on either side.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

/// A pattern for nnq.requantize. It matches the interface, as the pattern for all elementwise
/// operations does: the driver ranks patterns for an operation and patterns for an interface apart.
struct RequantizePattern : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const final {
    auto requantize = dyn_cast<RequantizeOp>(*op);
    if (!requantize)
      return rewriter.notifyMatchFailure(op, "not a change of scale");
    return lower(requantize, operands.front(), rewriter);
  }

  virtual LogicalResult lower(RequantizeOp op, Value input,
                              ConversionPatternRewriter &rewriter) const = 0;
};

//===----------------------------------------------------------------------===//
// From and to one scale
//===----------------------------------------------------------------------===//

/// requantize between u8 and i8 with one scale and zero points 128 apart: the same reals, the
/// codes' top bit inverted.
struct LowerChangeOfSign : RequantizePattern {
  using RequantizePattern::RequantizePattern;
  LogicalResult lower(RequantizeOp op, Value input,
                      ConversionPatternRewriter &rewriter) const override {
    auto from = perTensorType(op.getInput()), to = perTensorType(op.getResult());
    if (!isByte(from) || !isByte(to) || from.isSigned() == to.isSigned())
      return rewriter.notifyMatchFailure(op, "not a change between u8 and i8");
    int64_t shift = from.isSigned() ? 128 : -128;
    if (static_cast<float>(from.getScale()) != static_cast<float>(to.getScale()) ||
        to.getZeroPoint() - from.getZeroPoint() != shift ||
        to.getStorageTypeMin() - from.getStorageTypeMin() != shift ||
        to.getStorageTypeMax() - from.getStorageTypeMax() != shift)
      return rewriter.notifyMatchFailure(op, "not the same reals");
    replaceByFunction(rewriter, op, input, [](OpBuilder &b, Location l, Value code) -> Value {
      Value topBit =
          arith::ConstantOp::create(b, l, b.getIntegerAttr(code.getType(), APInt(8, 0x80)));
      return arith::XOrIOp::create(b, l, code, topBit);
    });
    return success();
  }
};

/// requantize from an i32 type, an accumulator: saturate(rint(f32(q - z) * (s_from / s_to)) +
/// z_to), one multiplier per scale.
struct LowerRequantizeOfAccumulator : RequantizePattern {
  using RequantizePattern::RequantizePattern;
  LogicalResult lower(RequantizeOp op, Value input,
                      ConversionPatternRewriter &rewriter) const override {
    auto from = getQuantizedElement(op.getInput().getType());
    auto to = perTensorType(op.getResult());
    if (!from || !to || !from.getStorageType().isInteger(32) ||
        isa<quant::UniformQuantizedSubChannelType>(from))
      return rewriter.notifyMatchFailure(op, "not from an accumulator to one scale");
    SmallVector<int64_t> zeroPoints = getZeroPoints(from);
    if (!llvm::all_equal(zeroPoints))
      return rewriter.notifyMatchFailure(op, "zero points differ");
    SmallVector<float> multipliers = llvm::map_to_vector(getScales(from), [&](double scale) {
      return static_cast<float>(scale) / static_cast<float>(to.getScale());
    });
    unsigned rank = op.getType().getRank();
    SmallVector<Value> inputs{input};
    SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(rank)};
    bool perAxis = multipliers.size() > 1;
    if (perAxis) {
      auto type =
          RankedTensorType::get({static_cast<int64_t>(multipliers.size())}, rewriter.getF32Type());
      inputs.push_back(emitConstant(rewriter, op.getLoc(), makeConstant<float>(type, multipliers)));
      maps.push_back(
          selectDims(op.getContext(), rank, {static_cast<unsigned>(getQuantizedAxis(from))}));
    }
    replaceByParallel(rewriter, op, inputs, maps, [&](OpBuilder &b, Location l, ValueRange args) {
      Value accumulator = args[0];
      if (zeroPoints.front() != 0)
        accumulator = arith::SubIOp::create(b, l, accumulator,
                                            emitInteger(b, l, b.getI32Type(), zeroPoints.front()));
      Value multiplier = perAxis ? args[1] : emitF32(b, l, multipliers.front());
      return emitRequantize(b, l, accumulator, multiplier, *llvm::max_element(multipliers), to);
    });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Several scales
//===----------------------------------------------------------------------===//

/// The operands of a generic, and numbers of which each scale of a type has one.
class ScaleOperands {
public:
  ScaleOperands(OpBuilder &builder, Location loc, Value input)
      : builder(builder), loc(loc),
        rank(shapeOf(input).size()), values{input}, maps{builder.getMultiDimIdentityMap(rank)} {}

  SmallVector<Value> &getValues() { return values; }
  SmallVector<AffineMap> &getMaps() { return maps; }

  /// Numbers for the scales of `type`: equal ones become a constant of the body, others an operand.
  template <typename T> struct Numbers {
    T first;
    std::optional<unsigned> operand;

    Value get(OpBuilder &b, Location l, ValueRange args) const {
      if (operand)
        return args[*operand];
      if constexpr (std::is_same_v<T, float>)
        return emitF32(b, l, first);
      else
        return emitInteger(b, l, b.getI32Type(), first);
    }
  };
  template <typename T> Numbers<T> add(quant::QuantizedType type, ArrayRef<T> numbers) {
    if (llvm::all_equal(numbers))
      return {numbers.front(), std::nullopt};
    Type element = std::is_same_v<T, float> ? Type(builder.getF32Type()) : builder.getI32Type();
    auto tensor = RankedTensorType::get(shapeOfScales(type), element);
    values.push_back(emitConstant(builder, loc, makeConstant<T>(tensor, numbers)));
    maps.push_back(mapToScales(type));
    return {numbers.front(), static_cast<unsigned>(values.size() - 1)};
  }

private:
  static SmallVector<int64_t> shapeOfScales(quant::QuantizedType type) {
    if (auto blocks = dyn_cast<quant::UniformQuantizedSubChannelType>(type))
      return SmallVector<int64_t>(blocks.getScales().getType().getShape());
    return {static_cast<int64_t>(getScales(type).size())};
  }

  AffineMap mapToScales(quant::QuantizedType type) {
    MLIRContext *context = builder.getContext();
    auto blocks = dyn_cast<quant::UniformQuantizedSubChannelType>(type);
    if (!blocks)
      return selectDims(context, rank, {static_cast<unsigned>(getQuantizedAxis(type))});
    SmallVector<AffineExpr> exprs(rank, builder.getAffineConstantExpr(0));
    for (auto [dim, size] : blocks.getBlockSizeInfo())
      exprs[dim] = builder.getAffineDimExpr(dim).floorDiv(size);
    return AffineMap::get(rank, 0, exprs, context);
  }

  OpBuilder &builder;
  Location loc;
  unsigned rank;
  SmallVector<Value> values;
  SmallVector<AffineMap> maps;
};

/// Whether two types have the same scale for the same elements, whatever it is.
bool haveOneGrouping(quant::QuantizedType a, quant::QuantizedType b) {
  auto x = dyn_cast<quant::UniformQuantizedSubChannelType>(a),
       y = dyn_cast<quant::UniformQuantizedSubChannelType>(b);
  if (x && y)
    return x.getBlockSizeInfo() == y.getBlockSizeInfo();
  return !x && !y && getQuantizedAxis(a) == getQuantizedAxis(b);
}

/// requantize from or to a type with several scales.
struct LowerRequantizeOfScales : RequantizePattern {
  using RequantizePattern::RequantizePattern;
  LogicalResult lower(RequantizeOp op, Value input,
                      ConversionPatternRewriter &rewriter) const override {
    auto from = getQuantizedElement(op.getInput().getType()),
         to = getQuantizedElement(op.getType());
    auto isPlain = [](quant::QuantizedType type) {
      return !type || isa<quant::UniformQuantizedType>(type);
    };
    bool isConstant = op.getInput().getDefiningOp<ConstantOp>() != nullptr;
    if (isPlain(to) && (isPlain(from) || isConstant))
      return rewriter.notifyMatchFailure(op, "one scale, or constant");
    ScaleOperands scales(rewriter, op.getLoc(), input);
    Requantize requantize(scales, from, to);
    replaceByParallel(
        rewriter, op, scales.getValues(), scales.getMaps(),
        [&](OpBuilder &b, Location l, ValueRange args) { return requantize.emit(b, l, args); });
    return success();
  }

private:
  template <typename T> using Numbers = ScaleOperands::Numbers<T>;

  /// The function of one element.
  struct Requantize {
    quant::QuantizedType from, to;
    std::optional<Numbers<float>> fromScale, toScale, multiplier;
    std::optional<Numbers<int32_t>> fromZero, toZero;

    Requantize(ScaleOperands &operands, quant::QuantizedType from, quant::QuantizedType to)
        : from(from), to(to) {
      if (from)
        fromZero = operands.add<int32_t>(from, zeroPointsOf(from));
      if (to)
        toZero = operands.add<int32_t>(to, zeroPointsOf(to));
      if (isAccumulated() && addMultipliers(operands))
        return;
      if (from)
        fromScale = operands.add<float>(from, scalesOf(from));
      if (to)
        toScale = operands.add<float>(to, scalesOf(to));
    }

    Value emit(OpBuilder &b, Location loc, ValueRange args) const {
      Value real = args[0];
      if (from)
        real = emitDifference(b, loc, args);
      if (multiplier) {
        real = arith::MulFOp::create(b, loc, real, multiplier->get(b, loc, args));
      } else if (isAccumulated()) {
        Value ratio =
            arith::DivFOp::create(b, loc, fromScale->get(b, loc, args), toScale->get(b, loc, args));
        real = arith::MulFOp::create(b, loc, real, ratio);
      } else {
        if (from)
          real = arith::MulFOp::create(b, loc, real, fromScale->get(b, loc, args));
        if (to)
          real = arith::DivFOp::create(b, loc, real, toScale->get(b, loc, args));
      }
      if (!to)
        return real;
      if (toZero->operand)
        return emitSaturate(b, loc, real, toZero->get(b, loc, args), to);
      QuantParams params{1.0f, toZero->first, static_cast<int32_t>(to.getStorageTypeMin()),
                         static_cast<int32_t>(to.getStorageTypeMax())};
      return emitSaturate(b, loc, real, params, getMemoryType(to));
    }

  private:
    /// An accumulator is multiplied by the ratio of the scales, not dequantized.
    bool isAccumulated() const { return from && to && from.getStorageTypeIntegralWidth() == 32; }

    /// One multiplier per scale of the finer type, if one of the types is.
    bool addMultipliers(ScaleOperands &operands) {
      SmallVector<float> x = scalesOf(from), y = scalesOf(to);
      if (x.size() > 1 && y.size() > 1 && !haveOneGrouping(from, to))
        return false;
      SmallVector<float> ratios(std::max(x.size(), y.size()));
      for (auto [i, ratio] : llvm::enumerate(ratios))
        ratio = x[x.size() > 1 ? i : 0] / y[y.size() > 1 ? i : 0];
      multiplier = operands.add<float>(x.size() > 1 ? from : to, ratios);
      return true;
    }

    /// f32(q - z).
    Value emitDifference(OpBuilder &b, Location loc, ValueRange args) const {
      bool isWide =
          from.getStorageTypeIntegralWidth() == 32 && (fromZero->operand || fromZero->first != 0);
      Type type = isWide ? b.getI64Type() : b.getI32Type();
      Value code = emitExtend(b, loc, args[0], from.isSigned(), type);
      if (fromZero->operand || fromZero->first != 0) {
        Value zero = emitExtend(b, loc, fromZero->get(b, loc, args), /*isSigned=*/true, type);
        code = arith::SubIOp::create(b, loc, code, zero);
      }
      return arith::SIToFPOp::create(b, loc, b.getF32Type(), code);
    }

    static SmallVector<float> scalesOf(quant::QuantizedType type) {
      return llvm::map_to_vector(getScales(type), [](double s) { return static_cast<float>(s); });
    }
    static SmallVector<int32_t> zeroPointsOf(quant::QuantizedType type) {
      return llvm::map_to_vector(getZeroPoints(type),
                                 [](int64_t z) { return static_cast<int32_t>(z); });
    }
  };
};

} // namespace

void populateRequantizeToLinalgPatterns(const TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<LowerRequantizeOfScales>(converter, context, /*benefit=*/2);
  patterns.add<LowerChangeOfSign, LowerRequantizeOfAccumulator>(converter, context, /*benefit=*/3);
}

} // namespace nnq
