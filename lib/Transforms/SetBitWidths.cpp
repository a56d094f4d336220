// --nnq-set-bit-widths: from a file of widths to the attribute nnq.bit_width.

#include "LayerWidths.h"

#include "nnq/Dialect/NNQ/IR/NNQOps.h"
#include "nnq/Quantization/BitWidthFiles.h"
#include "nnq/Transforms/Passes.h"

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
    if (failed(setLayerWidths(getOperation(), file, widths->layers)))
      signalPassFailure();
  }
};

} // namespace
