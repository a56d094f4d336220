// Operations of NNQElementwiseOps.td, by their interface: operands dequantized, the function on
// f32, the result quantized. What has an exact form on codes takes that: tables, clamps, changes of
// sign.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/UnaryFunctions.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

quant::UniformQuantizedType perTensorType(Value value) {
  return dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(value));
}

bool isByte(quant::UniformQuantizedType type) {
  return type && type.getStorageTypeIntegralWidth() == 8;
}

/// A function of one code, on tensors of one shape.
Value emitUnaryOnCodes(OpBuilder &builder, Location loc, Value input, Type element,
                       llvm::function_ref<Value(OpBuilder &, Location, Value)> function) {
  ArrayRef<int64_t> shape = shapeOf(input);
  return emitParallel(
      builder, loc, input, builder.getMultiDimIdentityMap(shape.size()), shape, element,
      [&](OpBuilder &b, Location l, ValueRange args) { return function(b, l, args[0]); });
}

//===----------------------------------------------------------------------===//
// Exact forms on codes
//===----------------------------------------------------------------------===//

/// A clamp whose input and result have one type: to the codes of its bounds, on integers.
struct LowerClampOnCodes : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    auto quantizable = dyn_cast<QuantizableOp>(op.getOperation());
    auto bounds = quantizable ? quantizable.getClampBounds() : std::nullopt;
    auto type = perTensorType(op->getResult(0));
    if (!bounds || !type || op->getOperand(0).getType() != op->getResult(0).getType())
      return rewriter.notifyMatchFailure(op, "not a clamp within one quantized type");
    QuantParams params = getQuantParams(type);
    int64_t lo = quantizeValue(static_cast<float>(bounds->first), params),
            hi = quantizeValue(static_cast<float>(bounds->second), params);
    Type storage = type.getStorageType();
    auto clamp = [&](OpBuilder &b, Location l, Value code) -> Value {
      if (lo > params.storageMin)
        code = type.isSigned() ? Value(arith::MaxSIOp::create(b, l, code, bound(b, l, storage, lo)))
                               : arith::MaxUIOp::create(b, l, code, bound(b, l, storage, lo));
      if (hi < params.storageMax)
        code = type.isSigned() ? Value(arith::MinSIOp::create(b, l, code, bound(b, l, storage, hi)))
                               : arith::MinUIOp::create(b, l, code, bound(b, l, storage, hi));
      return code;
    };
    rewriter.replaceOp(op, emitUnaryOnCodes(rewriter, op.getLoc(), operands[0], storage, clamp));
    return success();
  }

private:
  static Value bound(OpBuilder &b, Location loc, Type storage, int64_t value) {
    APInt bits(storage.getIntOrFloatBitWidth(), value, /*isSigned=*/true, /*implicitTrunc=*/true);
    return arith::ConstantOp::create(b, loc, b.getIntegerAttr(storage, bits));
  }
};

/// requantize between u8 and i8 with one scale and zero points 128 apart: the same reals, the
/// codes' top bit inverted.
struct LowerChangeOfSign : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    if (!isa<RequantizeOp>(op))
      return rewriter.notifyMatchFailure(op, "not a change of scale");
    auto from = perTensorType(op->getOperand(0)), to = perTensorType(op->getResult(0));
    if (!isByte(from) || !isByte(to) || from.isSigned() == to.isSigned())
      return rewriter.notifyMatchFailure(op, "not a change between u8 and i8");
    int64_t shift = from.isSigned() ? 128 : -128;
    if (static_cast<float>(from.getScale()) != static_cast<float>(to.getScale()) ||
        to.getZeroPoint() - from.getZeroPoint() != shift ||
        to.getStorageTypeMin() - from.getStorageTypeMin() != shift ||
        to.getStorageTypeMax() - from.getStorageTypeMax() != shift)
      return rewriter.notifyMatchFailure(op, "not the same reals");
    auto invert = [](OpBuilder &b, Location l, Value code) -> Value {
      return arith::XOrIOp::create(
          b, l, code,
          arith::ConstantOp::create(b, l, b.getIntegerAttr(code.getType(), APInt(8, 0x80))));
    };
    rewriter.replaceOp(
        op, emitUnaryOnCodes(rewriter, op.getLoc(), operands[0], to.getStorageType(), invert));
    return success();
  }
};

/// requantize from an i32 type, an accumulator: saturate(rint(f32(q - z) * (s_from / s_to)) +
/// z_to), one multiplier per scale.
struct LowerRequantizeOfAccumulator : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    if (!isa<RequantizeOp>(op))
      return rewriter.notifyMatchFailure(op, "not a change of scale");
    auto from = getQuantizedElement(op->getOperand(0).getType());
    auto to = perTensorType(op->getResult(0));
    if (!from || !to || !from.getStorageType().isInteger(32) ||
        isa<quant::UniformQuantizedSubChannelType>(from))
      return rewriter.notifyMatchFailure(op, "not from an accumulator to one scale");
    SmallVector<int64_t> zeroPoints = getZeroPoints(from);
    if (!llvm::all_equal(zeroPoints))
      return rewriter.notifyMatchFailure(op, "zero points differ");
    SmallVector<float> multipliers = llvm::map_to_vector(getScales(from), [&](double scale) {
      return static_cast<float>(scale) / static_cast<float>(to.getScale());
    });
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
    SmallVector<Value> inputs{operands[0]};
    SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(shape.size())};
    bool perAxis = multipliers.size() > 1;
    if (perAxis) {
      auto type =
          RankedTensorType::get({static_cast<int64_t>(multipliers.size())}, rewriter.getF32Type());
      inputs.push_back(emitConstant(rewriter, loc, makeConstant<float>(type, multipliers)));
      maps.push_back(selectDims(op.getContext(), shape.size(),
                                {static_cast<unsigned>(getQuantizedAxis(from))}));
    }
    Value result = emitParallel(
        rewriter, loc, inputs, maps, shape, to.getStorageType(),
        [&](OpBuilder &b, Location l, ValueRange args) {
          Value accumulator = args[0];
          if (zeroPoints.front() != 0)
            accumulator = arith::SubIOp::create(
                b, l, accumulator, emitInteger(b, l, b.getI32Type(), zeroPoints.front()));
          Value multiplier = perAxis ? args[1] : emitF32(b, l, multipliers.front());
          return emitRequantize(b, l, accumulator, multiplier, *llvm::max_element(multipliers), to);
        });
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// The function of one code whose value for a byte is that byte's entry of `table`.
Value emitLookUp(OpBuilder &builder, Location loc, Value codes, ElementsAttr table) {
  Value entries = emitConstant(builder, loc, table);
  return emitUnaryOnCodes(builder, loc, codes, table.getElementType(),
                          [&](OpBuilder &b, Location l, Value code) -> Value {
                            Value index =
                                arith::IndexCastUIOp::create(b, l, b.getIndexType(), code);
                            return tensor::ExtractOp::create(b, l, entries, index);
                          });
}

/// A function of one variable from 8 bits to 8 bits: a table of 256 entries, indexed by the byte.
struct LowerToTable : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    if (op->getNumOperands() != 1)
      return rewriter.notifyMatchFailure(op, "not a function of one variable");
    auto from = perTensorType(op->getOperand(0)), to = perTensorType(op->getResult(0));
    if (!isByte(from) || !isByte(to) || op->getOperand(0).getDefiningOp<ConstantOp>())
      return rewriter.notifyMatchFailure(op, "not from 8 bits to 8 bits");
    CodeTable codes = buildTable([&](double x) { return op.evaluateScalar(x); },
                                 getQuantParams(from), getQuantParams(to));
    auto table = makeConstant<uint8_t>(RankedTensorType::get({256}, to.getStorageType()), codes);
    rewriter.replaceOp(op, emitLookUp(rewriter, op.getLoc(), operands[0], table));
    return success();
  }
};

/// nnq.unary from 8 bits to f32: the same with reals in the table, as the function is exact on
/// codes. (A clamp or a change of scale is exact as it stands.)
struct LowerToTableOfReals : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    auto from = perTensorType(op->getOperand(0));
    if (!isa<UnaryOp>(op) || !isByte(from) || !getElementTypeOrSelf(op->getResult(0)).isF32() ||
        op->getOperand(0).getDefiningOp<ConstantOp>())
      return rewriter.notifyMatchFailure(op, "not a function from 8 bits to reals");
    SmallVector<float> reals;
    for (int32_t byte : llvm::seq(256))
      reals.push_back(static_cast<float>(op.evaluateScalar(dequantizeValue(
          from.isSigned() ? static_cast<int8_t>(byte) : byte, getQuantParams(from)))));
    auto table = makeConstant<float>(RankedTensorType::get({256}, rewriter.getF32Type()), reals);
    rewriter.replaceOp(op, emitLookUp(rewriter, op.getLoc(), operands[0], table));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// The general form
//===----------------------------------------------------------------------===//

/// An operand: a scalar known at compile time, or a tensor whose elements have `type` before
/// lowering.
struct Operand {
  std::optional<float> scalar;
  Value tensor;
  Type type;
};

FailureOr<Operand> prepareOperand(Operation *op, Value original, Value lowered,
                                  OpBuilder &builder) {
  auto constant = original.getDefiningOp<ConstantOp>();
  if (!constant)
    return Operand{std::nullopt, lowered, getElementTypeOrSelf(original)};
  FailureOr<ElementsAttr> reals = dequantizeConstant(constant);
  FailureOr<ConstantData> data =
      failed(reals) ? FailureOr<ConstantData>() : ConstantData::get(*reals);
  if (failed(data))
    return op->emitOpError() << "has a constant operand whose data can't be read";
  auto dense = dyn_cast<DenseElementsAttr>(*reals);
  if (data->size() == 1 || (dense && dense.isSplat()))
    return Operand{data->getFloat(0), nullptr, builder.getF32Type()};
  return Operand{std::nullopt, emitConstant(builder, op->getLoc(), *reals), builder.getF32Type()};
}

struct LowerElementwise : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> lowered,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
    SmallVector<Operand> operands;
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    for (auto [original, value] : llvm::zip(op->getOperands(), lowered)) {
      FailureOr<Operand> operand = prepareOperand(op, original, value, rewriter);
      if (failed(operand))
        return failure();
      operands.push_back(*operand);
      if (operand->scalar)
        continue;
      inputs.push_back(operand->tensor);
      maps.push_back(broadcastMap(op.getContext(), shapeOf(operand->tensor), shape, shape.size()));
    }
    Type result = getElementTypeOrSelf(op->getResult(0));
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      SmallVector<Value> reals;
      unsigned next = 0;
      for (const Operand &operand : operands)
        reals.push_back(operand.scalar ? emitF32(b, l, *operand.scalar)
                                       : emitReal(b, l, args[next++], operand.type));
      return emitStored(b, l, op.emitScalar(b, l, reals), result);
    };
    rewriter.replaceOp(
        op, emitParallel(rewriter, op.getLoc(), inputs, maps, shape, getStorageType(result), body));
    return success();
  }
};

} // namespace

void populateElementwiseToLinalgPatterns(const TypeConverter &converter,
                                         RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  // All match the interface: the driver ranks patterns for an operation and patterns for an
  // interface apart.
  patterns.add<LowerElementwise>(converter, context, /*benefit=*/1);
  patterns.add<LowerToTable, LowerToTableOfReals>(converter, context, /*benefit=*/2);
  patterns.add<LowerClampOnCodes, LowerChangeOfSign, LowerRequantizeOfAccumulator>(
      converter, context, /*benefit=*/3);
}

} // namespace nnq
