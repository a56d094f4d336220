// From operands to a contraction, and from its accumulators to results.

#include "Product.h"

#include "Rounding.h"
#include "Structured.h"

#include "nnq/Dialect/Kernel/IR/KernelOps.h"
#include "nnq/Dialect/NNQ/IR/QuantizedTypes.h"

using namespace mlir;

namespace nnq {

Value emitContract(OpBuilder &builder, Location loc, const Product &product) {
  unsigned numLoops = product.inputMap.getNumDims(), numParallel = shapeOf(product.start).size();
  SmallVector<AffineMap> maps{product.inputMap, product.weightMap};
  llvm::append_range(maps, product.scaleMaps);
  maps.push_back(
      selectDims(builder.getContext(), numLoops, llvm::to_vector(llvm::seq(numParallel))));
  return ContractOp::create(builder, loc, product.start.getType(), product.input, product.weights,
                            product.scales, product.start, product.encoding,
                            builder.getAffineMapArrayAttr(maps), product.isUnsigned,
                            product.hasWideSums, product.accumulation, /*tiling=*/TilingAttr());
}

Value emitFromAccumulator(NumericsProfile numerics, OpBuilder &builder, Location loc,
                          Value accumulator, ChannelValues units, Type element) {
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  if (quantized && quantized.getStorageType().isInteger(32))
    return accumulator;
  auto result = dyn_cast<quant::UniformQuantizedType>(element);
  if (result)
    for (double &unit : units.values)
      unit = numerics.getFactor(unit, getQuantParams(result).scale);
  MLIRContext *context = builder.getContext();
  Multipliers multipliers =
      result ? Multipliers(numerics, context, units.values) : Multipliers(context, units.values);

  SmallVector<Value> inputs{accumulator};
  ArrayRef<int64_t> shape = shapeOf(accumulator);
  SmallVector<AffineMap> maps{builder.getMultiDimIdentityMap(shape.size())};
  if (!multipliers.isUniform()) {
    inputs.push_back(emitConstant(builder, loc, multipliers.getTensor(units.shape)));
    maps.push_back(units.map);
  }
  Type storage = result ? result.getStorageType() : element;
  return emitParallel(
      builder, loc, inputs, maps, shape, storage,
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value multiplier = multipliers.isUniform() ? multipliers.emitUniform(b, l) : args[1];
        if (result)
          return multipliers.emitRequantize(b, l, args[0], multiplier, result);
        return arith::MulFOp::create(b, l, arith::SIToFPOp::create(b, l, b.getF32Type(), args[0]),
                                     multiplier);
      });
}

Value emitFromReal(NumericsProfile numerics, OpBuilder &builder, Location loc, Value accumulator,
                   Type element) {
  auto quantized = dyn_cast<quant::UniformQuantizedType>(element);
  if (!quantized)
    return accumulator;
  ArrayRef<int64_t> shape = shapeOf(accumulator);
  return emitParallel(builder, loc, accumulator, builder.getMultiDimIdentityMap(shape.size()),
                      shape, quantized.getStorageType(),
                      [&](OpBuilder &b, Location l, ValueRange args) {
                        return emitQuantize(numerics, b, l, args[0], quantized);
                      });
}

} // namespace nnq
