// --nnq-set-bit-widths: from a file of widths to the attribute nnq.bit_width.

#include "nnq/Transforms/LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/BitWidthFiles.h"
#include "nnq/Transforms/ObservationNames.h"
#include "nnq/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace nnq {
#define GEN_PASS_DEF_SETBITWIDTHS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct SetBitWidths : nnq::impl::SetBitWidthsBase<SetBitWidths> {
  using SetBitWidthsBase::SetBitWidthsBase;

  void runOnOperation() override {
    if (file.empty()) {
      getOperation().emitError() << "--nnq-set-bit-widths needs file=PATH of a file of bit-widths";
      return signalPassFailure();
    }
    llvm::Expected<BitWidthFile> widths = BitWidthFile::read(file);
    if (!widths) {
      getOperation().emitError() << llvm::toString(widths.takeError());
      return signalPassFailure();
    }
    if (failed(setLayerWidths(getOperation(), file, widths->layers)) ||
        failed(markWide(widths->wide)))
      signalPassFailure();
  }

private:
  LogicalResult markWide(ArrayRef<std::string> names) {
    llvm::StringMap<bool> isFound;
    for (const std::string &name : names)
      isFound[name] = false;
    UnitAttr wide = UnitAttr::get(&getContext());
    auto isWide = [&](StringAttr name) {
      auto found = name ? isFound.find(name.getValue()) : isFound.end();
      return found != isFound.end() && (found->second = true);
    };
    getOperation().walk([&](Operation *op) {
      if (isWide(op->getAttrOfType<StringAttr>(observationAttrName)))
        op->setAttr(wideAttrName, wide);
      if (auto func = dyn_cast<func::FuncOp>(op))
        for (unsigned i = 0; i < func.getNumArguments(); ++i)
          if (isWide(func.getArgAttrOfType<StringAttr>(i, observationAttrName)))
            func.setArgAttr(i, wideAttrName, wide);
    });
    for (const std::string &name : names)
      if (!isFound[name])
        return getOperation().emitError()
               << file << ": '" << name << "', which is to be wide, is no tensor of this network "
               << "that has statistics; --nnq-fold-calibration comes first";
    return success();
  }
};

} // namespace
