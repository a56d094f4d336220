// Products of two activations: nnq.matmul.

#include "Product.h"
#include "Rounding.h"
#include "RowSums.h"
#include "Structured.h"

#include "nnq/Conversion/NNQToLinalg/NNQToLinalg.h"
#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Dialect/NNQ/IR/Accumulation.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace nnq {
namespace {

/// An operand of a product: a tensor in memory, and where loops (b..., m, n, k) find its elements.
struct Factor {
  Value tensor;
  Type element; ///< as the operation has it
  AffineMap map;

  quant::UniformQuantizedType quantized() const {
    return dyn_cast<quant::UniformQuantizedType>(element);
  }
};

/// The same without dimensions of size 1 that are read again for each batch: weights name loops only.
Factor dropBroadcast(OpBuilder &builder, Location loc, Factor factor) {
  SmallVector<AffineExpr> exprs;
  SmallVector<int64_t> shape;
  for (auto [expr, size] : llvm::zip(factor.map.getResults(), shapeOf(factor.tensor)))
    if (!isa<AffineConstantExpr>(expr)) {
      exprs.push_back(expr);
      shape.push_back(size);
    }
  return {emitReshape(builder, loc, factor.tensor, shape), factor.element,
          AffineMap::get(factor.map.getNumDims(), 0, exprs, builder.getContext())};
}

/// The product of integers of 8 or 16 bits and of 8 bits by dot products, whose weights are signed
/// and have no zero point: with q = a signed copy of the right codes and z their zero point,
///
///     sum of (p - z_p) * (q - z_q) = sum of p * q - z_q * sum of p - z_p * sum of q + K * z_p * z_q
///
/// over k, in i32 modulo 2^32.
class IntegerProduct {
public:
  IntegerProduct(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, int64_t depth,
                 Factor lhs, Factor rhs)
      : b(builder), loc(loc), shape(shape), depth(depth), lhs(std::move(lhs)), rhs(std::move(rhs)) {
  }

  /// The accumulators.
  Value emit() {
    makeSigned();
    rhs = dropBroadcast(b, loc, rhs);
    return emitContract(b, loc,
                        {lhs.tensor, rhs.tensor, emitStart(), lhs.map, rhs.map,
                         BytesAttr::get(b.getContext()), !lhs.quantized().isSigned()});
  }

private:
  /// The right codes less 128, where they are unsigned: their highest bits inverted.
  void makeSigned() {
    rhsZeroPoint = rhs.quantized().getZeroPoint();
    if (rhs.quantized().isSigned())
      return;
    rhsZeroPoint -= 128;
    ArrayRef<int64_t> of = shapeOf(rhs.tensor);
    rhs.tensor =
        emitParallel(b, loc, rhs.tensor, b.getMultiDimIdentityMap(of.size()), of, b.getI8Type(),
                     [&](OpBuilder &inner, Location l, ValueRange args) -> Value {
                       return arith::XOrIOp::create(inner, l, args[0],
                                                    emitInteger(inner, l, b.getI8Type(), -128));
                     });
  }

  Value emitStart() {
    unsigned rank = shape.size(), m = rank - 2, n = rank - 1;
    int64_t lhsZeroPoint = lhs.quantized().getZeroPoint();
    SmallVector<Value> sums;
    SmallVector<AffineMap> maps;
    // As a layer, whose last parallel loop is the other operand's.
    auto add = [&](const Factor &of, bool isSigned, int64_t factor, unsigned others) {
      if (factor == 0)
        return;
      SmallVector<unsigned> order = llvm::to_vector(llvm::seq(rank + 1));
      std::swap(order[others], order[n]);
      Nest nest{llvm::to_vector(shape), {n}, 1, {}, {}};
      std::swap(nest.shape[others], nest.shape[n]);
      nest.inputMap = of.map.compose(selectDims(b.getContext(), rank + 1, order));
      auto [tensor, map] = emitRowSums(b, loc, nest, /*window=*/{}, of.tensor, isSigned,
                                       static_cast<int32_t>(-factor));
      sums.push_back(tensor);
      order.pop_back();
      maps.push_back(map.compose(selectDims(b.getContext(), rank, order)));
    };
    add(lhs, lhs.quantized().isSigned(), rhsZeroPoint, n);
    add(rhs, /*isSigned=*/true, lhsZeroPoint, m);
    auto constant = static_cast<int32_t>(depth * lhsZeroPoint * rhsZeroPoint);
    if (sums.empty())
      return emitFill(b, loc, shape, b.getI32IntegerAttr(constant));
    return emitParallel(b, loc, sums, maps, shape, b.getI32Type(),
                        [&](OpBuilder &inner, Location l, ValueRange args) {
                          Value sum = emitInteger(inner, l, b.getI32Type(), constant);
                          for (Value term : args.take_front(sums.size()))
                            sum = arith::AddIOp::create(inner, l, sum, term);
                          return sum;
                        });
  }

  OpBuilder &b;
  Location loc;
  ArrayRef<int64_t> shape;
  int64_t depth;
  Factor lhs, rhs;
  int64_t rhsZeroPoint = 0;
};

/// (b..., m, n, k). Two quantized operands multiply as integers, each without its zero point; one
/// alone is dequantized.
struct LowerMatMul : OpConversionPattern<MatMulOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(MatMulOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (failed(verifyLowerable(op)))
      return failure();
    auto [lhsMap, rhsMap] = operandMaps(op);
    Factor lhs{adaptor.getLhs(), op.getLhs().getType().getElementType(), lhsMap},
        rhs{adaptor.getRhs(), op.getRhs().getType().getElementType(), rhsMap};
    FailureOr<Value> result = lhs.quantized() && rhs.quantized()
                                  ? emitInteger(op, lhs, rhs, rewriter)
                                  : emitFloat(op, lhs, rhs, rewriter);
    if (failed(result))
      return failure();
    rewriter.replaceOp(op, *result);
    return success();
  }

private:
  static Value emitInteger(MatMulOp op, const Factor &lhs, const Factor &rhs, OpBuilder &builder) {
    Location loc = op.getLoc();
    NumericsProfile numerics = getNumerics(op);
    ArrayRef<int64_t> shape = op.getType().getShape();
    Value sums;
    if (std::string reason = explainPlainLoops(op); reason.empty()) {
      sums = IntegerProduct(builder, loc, shape, op.getLhs().getType().getShape().back(), lhs, rhs)
                 .emit();
    } else {
      op.emitRemark() << "'" << getLayerName(op)
                      << "' is a product that runs without dot products: " << reason;
      sums = emitCentredProduct(op, lhs, rhs, builder);
    }
    double unit = numerics.getFactor(
        {getQuantParams(lhs.quantized()).scale, getQuantParams(rhs.quantized()).scale}, {});
    return emitFromAccumulator(numerics, builder, loc, sums, {{unit}, {}, {}},
                               op.getType().getElementType());
  }

  /// Why a product of integers is none by dot products; empty if it is.
  static std::string explainPlainLoops(MatMulOp op) {
    RankedTensorType lhs = op.getLhs().getType(), rhs = op.getRhs().getType();
    auto storage = [](RankedTensorType type) {
      return cast<quant::QuantizedType>(type.getElementType()).getStorageType();
    };
    if (!fitsInt32(getAccumulatorRange(op)))
      return "its sums have 64 bits";
    if (!storage(rhs).isInteger(8) || !(storage(lhs).isInteger(8) || storage(lhs).isInteger(16)))
      return "only codes of 8 bits, and of 16 by 8, have them";
    // Sums over both operands, that zero points ask for, would take as long as the product itself.
    int64_t rows = op.getType().getNumElements() * lhs.getShape().back() /
                   std::max<int64_t>(1, rhs.getNumElements());
    if (!op.getRhs().getDefiningOp<ConstantOp>() && rows < ContractOp::fewestRowsToPack)
      return "its right operand is computed, for less than " +
             std::to_string(ContractOp::fewestRowsToPack) + " rows";
    return "";
  }

  /// Loops that take zero points off as they multiply, in any type.
  static Value emitCentredProduct(MatMulOp op, const Factor &lhs, const Factor &rhs,
                                  OpBuilder &builder) {
    Type type = builder.getIntegerType(fitsInt32(getAccumulatorRange(op)) ? 32 : 64);
    Value init = emitFill(builder, op.getLoc(), op.getType().getShape(), builder.getZeroAttr(type));
    return emitReduction(builder, op.getLoc(), {lhs.tensor, rhs.tensor}, {lhs.map, rhs.map}, init,
                         1, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                           Value x = emitCentred(b, l, args[0], lhs.quantized(), type),
                                 y = emitCentred(b, l, args[1], rhs.quantized(), type);
                           return arith::AddIOp::create(b, l, args[2],
                                                        arith::MulIOp::create(b, l, x, y));
                         });
  }

  static FailureOr<Value> emitFloat(MatMulOp op, Factor lhs, Factor rhs, OpBuilder &builder) {
    Location loc = op.getLoc();
    for (auto [operand, factor] : {std::pair(op.getLhs(), &lhs), std::pair(op.getRhs(), &rhs)})
      if (failed(makeReal(op, operand, *factor, builder)))
        return failure();
    rhs = dropBroadcast(builder, loc, rhs);
    Value init = emitFill(builder, loc, op.getType().getShape(), builder.getF32FloatAttr(0)),
          sums = emitContract(
              builder, loc,
              {lhs.tensor, rhs.tensor, init, lhs.map, rhs.map, FloatsAttr::get(op.getContext())});
    return emitFromReal(getNumerics(op), builder, loc, sums, op.getType().getElementType());
  }

  /// The reals that codes stand for: constants at compile time.
  static LogicalResult makeReal(MatMulOp op, Value operand, Factor &factor, OpBuilder &builder) {
    if (!isa<quant::QuantizedType>(factor.element))
      return success();
    if (auto constant = operand.getDefiningOp<ConstantOp>()) {
      FailureOr<ElementsAttr> reals = dequantizeConstant(constant);
      if (failed(reals))
        return op.emitOpError() << "has a constant operand whose data can't be read";
      factor.tensor = emitConstant(builder, op.getLoc(), *reals);
    } else {
      ArrayRef<int64_t> shape = shapeOf(factor.tensor);
      factor.tensor = emitParallel(
          builder, op.getLoc(), factor.tensor, builder.getMultiDimIdentityMap(shape.size()), shape,
          builder.getF32Type(), [&](OpBuilder &b, Location l, ValueRange args) {
            return emitReal(b, l, args[0], factor.element);
          });
    }
    factor.element = builder.getF32Type();
    return success();
  }

  /// Of the left and the right operand.
  static std::pair<AffineMap, AffineMap> operandMaps(MatMulOp op) {
    MLIRContext *context = op.getContext();
    unsigned rank = op.getType().getRank();
    auto map = [&](ArrayRef<int64_t> shape, unsigned row, unsigned column) {
      AffineMap batch =
          broadcastMap(context, shape.drop_back(2), op.getType().getShape().drop_back(2), rank + 1);
      SmallVector<AffineExpr> exprs(batch.getResults());
      exprs.append({getAffineDimExpr(row, context), getAffineDimExpr(column, context)});
      return AffineMap::get(rank + 1, 0, exprs, context);
    };
    unsigned m = rank - 2, n = rank - 1, k = rank;
    ArrayRef<int64_t> rhs = op.getRhs().getType().getShape();
    return {map(op.getLhs().getType().getShape(), m, k),
            op.getTransposeRhs() ? map(rhs, n, k) : map(rhs, k, n)};
  }
};

} // namespace

void populateMatMulToLinalgPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<LowerMatMul>(converter, patterns.getContext());
}

} // namespace nnq
