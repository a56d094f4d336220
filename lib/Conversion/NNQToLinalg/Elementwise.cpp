// Elementwise operations, by their interface: operands dequantized, the function on f32 or
// integers, the result quantized. What has an exact form on codes takes that: tables, clamps, sums
// and products of bytes.

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/NNQ/IR/ConstantData.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"
#include "nnq/Quantization/Requantize.h"
#include "nnq/Quantization/UnaryFunctions.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/DialectConversion.h"

#include <array>
#include <cmath>

using namespace mlir;

namespace nnq {
namespace {

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
    Type storage = getMemoryType(type);
    auto clamp = [&](OpBuilder &b, Location l, Value code) -> Value {
      if (lo > params.storageMin)
        code = type.isSigned() ? Value(arith::MaxSIOp::create(b, l, code, bound(b, l, storage, lo)))
                               : arith::MaxUIOp::create(b, l, code, bound(b, l, storage, lo));
      if (hi < params.storageMax)
        code = type.isSigned() ? Value(arith::MinSIOp::create(b, l, code, bound(b, l, storage, hi)))
                               : arith::MinUIOp::create(b, l, code, bound(b, l, storage, hi));
      return code;
    };
    replaceByFunction(rewriter, op, operands[0], clamp);
    return success();
  }

private:
  static Value bound(OpBuilder &b, Location loc, Type storage, int64_t value) {
    APInt bits(storage.getIntOrFloatBitWidth(), value, /*isSigned=*/true, /*implicitTrunc=*/true);
    return arith::ConstantOp::create(b, loc, b.getIntegerAttr(storage, bits));
  }
};

/// Sums and products from bytes to a byte. The zero point of the result is added before rounding,
/// so that codes are counted as the model counts them (`getCodeOffset`).
class ByteArithmetic {
public:
  static std::optional<ByteArithmetic> match(Operation *op) {
    auto byteType = [](Value value) {
      auto type = perTensorType(value);
      return isByte(type) ? type : quant::UniformQuantizedType();
    };
    if (!isa<AddOp, MulOp>(op))
      return std::nullopt;
    ByteArithmetic matched;
    matched.op = op;
    matched.types = {byteType(op->getOperand(0)), byteType(op->getOperand(1)),
                     byteType(op->getResult(0))};
    if (!llvm::all_of(matched.types, [](auto type) { return static_cast<bool>(type); }))
      return std::nullopt;
    return matched;
  }

  Value emit(OpBuilder &builder, Location loc, Value a, Value b) const {
    return isa<AddOp>(op) ? emitSum(builder, loc, a, b) : emitProduct(builder, loc, a, b);
  }

private:
  QuantParams params(unsigned i) const { return getQuantParams(types[i], getCodeOffset(op, i)); }

  /// The code as the model counts it, in f32.
  Value emitCode(OpBuilder &builder, Location loc, Value code, unsigned i) const {
    Value wide = emitExtend(builder, loc, code, types[i].isSigned(), builder.getI32Type());
    if (int64_t offset = getCodeOffset(op, i))
      wide = arith::AddIOp::create(builder, loc, wide,
                                   emitInteger(builder, loc, wide.getType(), offset));
    return arith::SIToFPOp::create(builder, loc, builder.getF32Type(), wide);
  }

  Value emitSum(OpBuilder &builder, Location loc, Value a, Value b) const {
    SumFactors factors = sumFactors(params(0), params(1), params(2));
    Value sum = math::FmaOp::create(builder, loc, emitCode(builder, loc, b, 1),
                                    emitF32(builder, loc, factors.rhs),
                                    emitF32(builder, loc, factors.offset));
    sum = math::FmaOp::create(builder, loc, emitCode(builder, loc, a, 0),
                              emitF32(builder, loc, factors.lhs), sum);
    float largest = 256 * (factors.lhs + factors.rhs) + std::abs(factors.offset);
    return emitRoundToCode(builder, loc, sum, largest, types[2], getCodeOffset(op, 2));
  }

  Value emitProduct(OpBuilder &builder, Location loc, Value a, Value b) const {
    Type i32 = builder.getI32Type();
    QuantParams result = params(2);
    float multiplier = requantizeMultiplier(params(0).scale, params(1).scale, result.scale);
    Value product = arith::MulIOp::create(builder, loc, emitCentred(builder, loc, a, types[0], i32),
                                          emitCentred(builder, loc, b, types[1], i32));
    Value scaled = arith::MulFOp::create(
        builder, loc, arith::SIToFPOp::create(builder, loc, builder.getF32Type(), product),
        emitF32(builder, loc, multiplier));
    scaled = arith::AddFOp::create(builder, loc, scaled,
                                   emitF32(builder, loc, static_cast<float>(result.zeroPoint)));
    return emitRoundToCode(builder, loc, scaled, 0x1p16f * multiplier + 0x1p9f, types[2],
                           getCodeOffset(op, 2));
  }

  Operation *op;
  std::array<quant::UniformQuantizedType, 3> types; ///< of the operands and the result
};

struct LowerByteArithmetic : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    auto arithmetic = ByteArithmetic::match(op);
    if (!arithmetic)
      return rewriter.notifyMatchFailure(op, "no sum or product from bytes to a byte");
    ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
    SmallVector<AffineMap> maps = llvm::map_to_vector(operands, [&](Value v) {
      return broadcastMap(op.getContext(), shapeOf(v), shape, shape.size());
    });
    replaceByParallel(rewriter, op, operands, maps, [&](OpBuilder &b, Location l, ValueRange args) {
      return arithmetic->emit(b, l, args[0], args[1]);
    });
    return success();
  }
};

/// Replaces `op` by the function whose value for a byte is that byte's entry of `table`.
void replaceByLookUp(RewriterBase &rewriter, Operation *op, Value codes, ElementsAttr table) {
  Value entries = emitConstant(rewriter, op->getLoc(), table);
  replaceByFunction(rewriter, op, codes, [&](OpBuilder &b, Location l, Value code) -> Value {
    Value index = arith::IndexCastUIOp::create(b, l, b.getIndexType(), code);
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
    auto table = makeConstant<uint8_t>(RankedTensorType::get({256}, getMemoryType(to)), codes);
    replaceByLookUp(rewriter, op, operands[0], table);
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
    replaceByLookUp(rewriter, op, operands[0], table);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// The general form
//===----------------------------------------------------------------------===//

/// An operand: a scalar known at compile time, or a tensor; its elements have `type` before
/// lowering.
struct Operand {
  TypedAttr scalar;
  Value tensor;
  Type type;
};

FailureOr<Operand> prepareOperand(Operation *op, Value original, Value lowered,
                                  OpBuilder &builder) {
  auto constant = original.getDefiningOp<ConstantOp>();
  if (!constant)
    return Operand{nullptr, lowered, getElementTypeOrSelf(original)};
  FailureOr<ElementsAttr> values = dequantizeConstant(constant);
  FailureOr<ConstantData> data =
      failed(values) ? FailureOr<ConstantData>() : ConstantData::get(*values);
  if (failed(data))
    return op->emitOpError() << "has a constant operand whose data can't be read";
  Type element = getElementTypeOrSelf(original);
  Type type = element.isInteger() ? element : builder.getF32Type();
  auto dense = dyn_cast<DenseElementsAttr>(*values);
  if (data->size() != 1 && !(dense && dense.isSplat()))
    return Operand{nullptr, emitConstant(builder, op->getLoc(), *values), type};
  if (type.isF32())
    return Operand{builder.getF32FloatAttr(data->getFloat(0)), nullptr, type};
  return Operand{builder.getIntegerAttr(getMemoryType(type), data->getInteger(0, true)), nullptr,
                 type};
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
      SmallVector<Value> values;
      unsigned next = 0;
      for (const Operand &operand : operands)
        values.push_back(emitReal(
            b, l, operand.scalar ? arith::ConstantOp::create(b, l, operand.scalar) : args[next++],
            operand.type));
      return emitStored(b, l, op.emitScalar(b, l, values), result);
    };
    replaceByParallel(rewriter, op, inputs, maps, body);
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
  patterns.add<LowerClampOnCodes, LowerByteArithmetic>(converter, context, /*benefit=*/3);
}

} // namespace nnq
