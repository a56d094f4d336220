// The width of each layer as an attribute.

#include "nnq/Transforms/LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Transforms/ObservationNames.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace nnq {

LogicalResult setLayerWidths(ModuleOp module, StringRef source,
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
    InFlightDiagnostic diag = module.emitError() << source << ": '" << name
                                                 << "' is no layer in float of this network";
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

llvm::Expected<std::vector<std::pair<std::string, LayerWidth>>> getLayerWidths(ModuleOp module) {
  SmallVector<AccumulatingOp> layers;
  module.walk([&](AccumulatingOp op) { layers.push_back(op); });
  std::vector<std::pair<std::string, LayerWidth>> widths;
  llvm::StringSet<> seen;
  for (AccumulatingOp op : layers) {
    llvm::Expected<std::optional<LayerWidth>> width = getLayerWidth(op);
    if (!width)
      return llvm::createStringError(bitWidthAttrName + " of '" + getLayerName(op) +
                                     "': " + llvm::toString(width.takeError()));
    if (*width && seen.insert(getLayerName(op)).second)
      widths.emplace_back(getLayerName(op), **width);
  }
  return widths;
}

} // namespace nnq
