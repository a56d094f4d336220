// Elementwise operations, by their interface: operands dequantized, the function on f32 or
// integers, the result quantized. What has an exact form on codes takes that: tables, clamps, what
// the numerics profile computes on bytes.

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
    NumericsProfile numerics = getNumerics(op);
    int64_t lo = numerics.quantize(static_cast<float>(bounds->first), params),
            hi = numerics.quantize(static_cast<float>(bounds->second), params);
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

/// Operations that the profile has a formula for between bytes.
struct LowerByteArithmetic : OpInterfaceConversionPattern<ElementwiseOp> {
  using OpInterfaceConversionPattern::OpInterfaceConversionPattern;
  LogicalResult matchAndRewrite(ElementwiseOp op, ArrayRef<Value> operands,
                                ConversionPatternRewriter &rewriter) const override {
    NumericsProfile numerics = getNumerics(op);
    if (!numerics.computesOnBytes(op))
      return rewriter.notifyMatchFailure(op, "the profile has no formula for it on bytes");
    ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
    SmallVector<AffineMap> maps = llvm::map_to_vector(operands, [&](Value v) {
      return broadcastMap(op.getContext(), shapeOf(v), shape, shape.size());
    });
    replaceByParallel(rewriter, op, operands, maps, [&](OpBuilder &b, Location l, ValueRange args) {
      return numerics.emitOnBytes(b, l, op, args.drop_back());
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
    NumericsProfile numerics = getNumerics(op);
    QuantParams params = getQuantParams(to);
    CodeTable codes =
        buildTable([&](double x) { return op.evaluateScalar(x); }, getQuantParams(from),
                   [&](float real) { return numerics.quantize(real, params); });
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
    NumericsProfile numerics = getNumerics(op);
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      SmallVector<Value> values;
      unsigned next = 0;
      for (const Operand &operand : operands)
        values.push_back(emitReal(
            b, l, operand.scalar ? arith::ConstantOp::create(b, l, operand.scalar) : args[next++],
            operand.type));
      return emitStored(numerics, b, l, op.emitScalar(b, l, values), result);
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
