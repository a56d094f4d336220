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

/// requantize from an i32 type, an accumulator, with one multiplier per scale, that of s_from /
/// s_to.
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
    NumericsProfile numerics = getNumerics(op);
    SmallVector<double> factors = llvm::map_to_vector(getScales(from), [&](double scale) {
      return numerics.getFactor(static_cast<float>(scale), getQuantParams(to).scale);
    });
    Multipliers multipliers(numerics, op.getContext(), factors);
    unsigned rank = op.getType().getRank();
    SmallVector<Value> inputs{input};
    SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(rank)};
    bool perAxis = factors.size() > 1;
    if (perAxis) {
      inputs.push_back(emitConstant(rewriter, op.getLoc(), multipliers.getTensor(factors.size())));
      maps.push_back(
          selectDims(op.getContext(), rank, {static_cast<unsigned>(getQuantizedAxis(from))}));
    }
    replaceByParallel(rewriter, op, inputs, maps, [&](OpBuilder &b, Location l, ValueRange args) {
      Value accumulator = args[0];
      if (zeroPoints.front() != 0)
        accumulator = arith::SubIOp::create(b, l, accumulator,
                                            emitInteger(b, l, b.getI32Type(), zeroPoints.front()));
      Value multiplier = perAxis ? args[1] : multipliers.emitUniform(b, l);
      return multipliers.emitRequantize(b, l, accumulator, multiplier, to);
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
    return {numbers.front(), addTensor(makeConstant<T>(tensor, numbers), mapToScales(type))};
  }

  /// The place of an operand with a multiplier for each scale of `type`; of two types, for each
  /// pair of scales.
  unsigned add(ArrayRef<quant::QuantizedType> types, const Multipliers &multipliers) {
    SmallVector<int64_t> shape;
    SmallVector<AffineExpr> exprs;
    for (quant::QuantizedType type : types) {
      llvm::append_range(shape, shapeOfScales(type));
      llvm::append_range(exprs, mapToScales(type).getResults());
    }
    return addTensor(multipliers.getTensor(shape),
                     AffineMap::get(rank, 0, exprs, builder.getContext()));
  }

private:
  unsigned addTensor(ElementsAttr constant, AffineMap map) {
    values.push_back(emitConstant(builder, loc, constant));
    maps.push_back(map);
    return values.size() - 1;
  }

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
    Requantize requantize(getNumerics(op), scales, from, to);
    replaceByParallel(
        rewriter, op, scales.getValues(), scales.getMaps(),
        [&](OpBuilder &b, Location l, ValueRange args) { return requantize.emit(b, l, args); });
    return success();
  }

private:
  template <typename T> using Numbers = ScaleOperands::Numbers<T>;

  /// The function of one element.
  struct Requantize {
    NumericsProfile numerics;
    quant::QuantizedType from, to;
    std::optional<Numbers<float>> fromScale, toScale;
    std::optional<Numbers<int32_t>> fromZero, toZero;
    std::optional<Multipliers> multipliers; ///< of an accumulator, which is not dequantized
    std::optional<unsigned> multiplierOperand;

    Requantize(NumericsProfile numerics, ScaleOperands &operands, quant::QuantizedType from,
               quant::QuantizedType to)
        : numerics(numerics), from(from), to(to) {
      if (from)
        fromZero = operands.add<int32_t>(from, zeroPointsOf(from));
      if (to)
        toZero = operands.add<int32_t>(to, zeroPointsOf(to));
      if (from && to && from.getStorageTypeIntegralWidth() == 32) {
        addMultipliers(operands);
        return;
      }
      if (from)
        fromScale = operands.add<float>(from, scalesOf(from));
      if (to)
        toScale = operands.add<float>(to, scalesOf(to));
    }

    Value emit(OpBuilder &b, Location loc, ValueRange args) const {
      if (multipliers)
        return emitFromAccumulator(b, loc, args);
      Value real = args[0];
      if (from)
        real = arith::MulFOp::create(
            b, loc, arith::SIToFPOp::create(b, loc, b.getF32Type(), emitDifference(b, loc, args)),
            fromScale->get(b, loc, args));
      if (!to)
        return real;
      real = arith::DivFOp::create(b, loc, real, toScale->get(b, loc, args));
      return toZero->operand
                 ? emitSaturateAround(numerics, b, loc, real, toZero->get(b, loc, args), to)
                 : emitSaturate(numerics, b, loc, real, getCodeParams(to), getMemoryType(to));
    }

  private:
    Value emitFromAccumulator(OpBuilder &b, Location loc, ValueRange args) const {
      Value multiplier =
          multiplierOperand ? args[*multiplierOperand] : multipliers->emitUniform(b, loc);
      return multipliers->emitRequantize(b, loc, emitDifference(b, loc, args), multiplier, to,
                                         toZero->operand ? toZero->get(b, loc, args) : Value());
    }

    /// One multiplier per scale of the finer type, if one of the types is; else per pair of scales.
    void addMultipliers(ScaleOperands &operands) {
      SmallVector<float> x = scalesOf(from), y = scalesOf(to);
      SmallVector<double> factors;
      if (x.size() > 1 && y.size() > 1 && !haveOneGrouping(from, to)) {
        for (float numerator : x)
          for (float denominator : y)
            factors.push_back(numerics.getFactor(numerator, denominator));
        multipliers.emplace(numerics, from.getContext(), factors);
        multiplierOperand = operands.add({from, to}, *multipliers);
        return;
      }
      for (size_t i = 0, end = std::max(x.size(), y.size()); i < end; ++i)
        factors.push_back(numerics.getFactor(x[x.size() > 1 ? i : 0], y[y.size() > 1 ? i : 0]));
      multipliers.emplace(numerics, from.getContext(), factors);
      if (!multipliers->isUniform())
        multiplierOperand = operands.add({x.size() > 1 ? from : to}, *multipliers);
    }

    /// q - z.
    Value emitDifference(OpBuilder &b, Location loc, ValueRange args) const {
      bool isWide =
          from.getStorageTypeIntegralWidth() == 32 && (fromZero->operand || fromZero->first != 0);
      Type type = isWide ? b.getI64Type() : b.getI32Type();
      Value code = emitExtend(b, loc, args[0], from.isSigned(), type);
      if (!fromZero->operand && fromZero->first == 0)
        return code;
      Value zero = emitExtend(b, loc, fromZero->get(b, loc, args), /*isSigned=*/true, type);
      return arith::SubIOp::create(b, loc, code, zero);
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
