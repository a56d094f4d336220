// --nnq-pick-bit-widths: from a file of sensitivities to the attribute nnq.bit_width.

#include "nnq/Transforms/LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/BitWidthFiles.h"
#include "nnq/Transforms/Passes.h"

namespace nnq {
#define GEN_PASS_DEF_PICKBITWIDTHS
#include "nnq/Transforms/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct PickBitWidths : nnq::impl::PickBitWidthsBase<PickBitWidths> {
  using PickBitWidthsBase::PickBitWidthsBase;

  void runOnOperation() override {
    if (sensitivity.empty()) {
      getOperation().emitError()
          << "--nnq-pick-bit-widths needs sensitivity=PATH of a file of sensitivities";
      return signalPassFailure();
    }
    llvm::Expected<BitWidthChoice> choice =
        chooseBitWidths(sensitivity, {bytes, bops, time}, metric);
    if (!choice) {
      getOperation().emitError() << llvm::toString(choice.takeError());
      return signalPassFailure();
    }
    if (failed(setLayerWidths(getOperation(), sensitivity, choice->layers)))
      return signalPassFailure();
    if (output.empty())
      return;
    if (llvm::Error error = BitWidthFile(*choice).write(output)) {
      getOperation().emitError() << llvm::toString(std::move(error));
      signalPassFailure();
    }
  }
};

} // namespace
