// The width of each layer as an attribute.

#include "LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace nnq {

LogicalResult setLayerWidths(ModuleOp module, StringRef file,
                             ArrayRef<std::pair<std::string, LayerWidth>> layers) {
  llvm::MapVector<StringAttr, SmallVector<Operation *>> found;
  Builder builder(module.getContext());
  module.walk([&](AccumulatingOp op) {
    if (getElementTypeOrSelf(op.getInputOperand().get().getType()).isF32())
      found[builder.getStringAttr(getLayerName(op))].push_back(op);
  });
  for (const auto &[name, width] : layers) {
    if (found.contains(builder.getStringAttr(name)))
      continue;
    InFlightDiagnostic diag = module.emitError()
                              << file << ": '" << name << "' is no layer in float of this network";
    constexpr size_t shown = 10;
    Diagnostic &note = diag.attachNote();
    note << "its layers with weights:";
    for (const auto &[layer, ops] : ArrayRef(found.getArrayRef()).take_front(shown))
      note << " '" << layer.getValue() << "'";
    if (found.size() > shown)
      note << " and " << found.size() - shown << " more";
    return failure();
  }
  for (const auto &[name, width] : layers)
    for (Operation *op : found[builder.getStringAttr(name)])
      op->setAttr(bitWidthAttrName, builder.getStringAttr(width.str()));
  return success();
}

llvm::Expected<std::optional<LayerWidth>> getLayerWidth(Operation *op) {
  Attribute attribute = op->getAttr(bitWidthAttrName);
  if (!attribute)
    return std::nullopt;
  auto text = dyn_cast<StringAttr>(attribute);
  if (!text)
    return llvm::createStringError("it is no text");
  llvm::Expected<LayerWidth> width = LayerWidth::parse(text.getValue());
  if (!width)
    return width.takeError();
  return *width;
}

} // namespace nnq
