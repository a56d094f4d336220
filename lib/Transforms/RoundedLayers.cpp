// The file that --nnq-replace-weights reads, as it is written.

#include "nnq/Transforms/RoundedLayers.h"

#include "QuantizedConstants.h"

#include "nnq/Quantization/AtomicFile.h"
#include "nnq/Transforms/ConstantValues.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace nnq;

static quant::QuantizedType getWeightType(MLIRContext *context, const RoundedLayer &layer) {
  int64_t greatest = (int64_t(1) << (layer.bits - 1)) - 1,
          least = layer.bits == 8 ? -greatest : -greatest - 1;
  if (layer.block)
    return getBlockedWeightType(context, layer.bits, layer.scales, layer.shape, layer.block, least,
                                greatest);
  SmallVector<double> scales(layer.scales.begin(), layer.scales.end());
  return quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, layer.bits),
      Float32Type::get(context), scales, SmallVector<int64_t>(scales.size(), 0), 0, least,
      greatest);
}

static OwningOpRef<ModuleOp> makeModule(MLIRContext *context, ArrayRef<RoundedLayer> layers) {
  OpBuilder builder(context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module(ModuleOp::create(loc));
  for (const RoundedLayer &layer : layers) {
    quant::QuantizedType element = getWeightType(context, layer);
    auto weights = RankedTensorType::get(layer.shape, element),
         bias = RankedTensorType::get(layer.shape.front(), builder.getF32Type());
    builder.setInsertionPointToEnd(module->getBody());
    auto function = func::FuncOp::create(builder, loc, layer.name,
                                         builder.getFunctionType({}, {weights, bias}));
    if (layer.inputScale)
      function->setAttr(inputScaleAttrName, builder.getF32FloatAttr(*layer.inputScale));
    builder.setInsertionPointToStart(function.addEntryBlock());
    Value codes = createConstant(builder, loc, weights, ArrayRef(layer.codes)),
          reals = createConstant(builder, loc, bias, ArrayRef(layer.bias));
    func::ReturnOp::create(builder, loc, ValueRange{codes, reals});
  }
  return module;
}

llvm::Error nnq::writeRoundedLayers(MLIRContext *context, ArrayRef<RoundedLayer> layers,
                                    StringRef path) {
  llvm::Expected<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (failed(writeBytecodeToFile(*makeModule(context, layers), (*file)->os())))
    return llvm::createStringError(path + ": the module cannot be written as bytecode");
  return (*file)->commit();
}
