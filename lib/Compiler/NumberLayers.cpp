// --nnq-number-layers: each layer's place in the network, kept by what becomes of it.

#include "nnq/Compiler/Layers.h"
#include "nnq/Compiler/Passes.h"

namespace nnq {
#define GEN_PASS_DEF_NUMBERLAYERS
#include "nnq/Compiler/Passes.h.inc"
} // namespace nnq

using namespace mlir;
using namespace nnq;

namespace {

struct NumberLayers : nnq::impl::NumberLayersBase<NumberLayers> {
  using NumberLayersBase::NumberLayersBase;

  void runOnOperation() override {
    Builder builder(&getContext());
    // Beside the name that messages give, not instead of it.
    for (auto [number, layer] : llvm::enumerate(getLayers(getOperation())))
      layer->setLoc(
          FusedLoc::get({layer->getLoc()}, builder.getI64IntegerAttr(number), &getContext()));
  }
};

} // namespace
