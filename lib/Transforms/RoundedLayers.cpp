// The file that --nnq-replace-weights reads, as it is written.

#include "nnq/Transforms/RoundedLayers.h"

#include "QuantizedConstants.h"

#include "nnq/Quantization/AtomicFile.h"
#include "nnq/Transforms/ConstantValues.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace nnq;

static OwningOpRef<ModuleOp> makeModule(MLIRContext *context, ArrayRef<RoundedLayer> layers) {
  OpBuilder builder(context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module(ModuleOp::create(loc));
  for (const RoundedLayer &layer : layers) {
    Type element = getWeightType(context, layer.format, layer.levels, layer.scales, layer.shape,
                                 layer.block, WeightGranularity::PerChannel);
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
